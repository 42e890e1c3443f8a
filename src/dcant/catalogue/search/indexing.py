"""Writing: documents become one tantivy segment and a vocabulary.

An index is always written whole, in the order of slugs and by one thread, hence in one segment: equal scores come out by slug, document
counts are exact (no deleted leftover weighs on rare words), and the same documents give the same index whatever order they came in.
Past about a gigabyte of postings tantivy would begin a second segment, and equal scores might then leave the order of slugs: that is
several hundred thousand sheets, far above a national catalogue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import tantivy

from dcant.catalogue.search.analysis import Word, code_terms, words
from dcant.catalogue.search.documents import FACETS, FIELDS, SearchDocument
from dcant.catalogue.search.vocabulary import Vocabulary, VocabularyCount
from dcant.identifiers import fold

EVERY_TERM = "everything"
PAIRS = "pairs"
_PAIRED = ("title", "keywords", "purpose")
_WRITER_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document cut into words: the words and the terms of each field."""

    words: Mapping[str, list[Word]]
    terms: Mapping[str, list[str]]


def facet_field(facet: str) -> str:
    """The field of the index that holds the values of a facet."""
    return f"facet_{facet}"


def pair(first: str, second: str) -> str:
    """The term of two terms that follow each other."""
    return f"{first}_{second}"


def make_schema() -> tantivy.Schema:
    """Analysed fields are given ready cut, one space between terms; `everything` tells which documents hold a term, and no more."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("slug", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("document", stored=True)
    builder.add_bytes_field("held", stored=True)
    builder.add_unsigned_field("by_title", fast=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(EVERY_TERM, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field(PAIRS, tokenizer_name="whitespace", index_option="basic")
    for facet in FACETS:
        builder.add_text_field(facet_field(facet), fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def analyse(document: SearchDocument) -> Analysed:
    """Keywords are searched together with needs, codes and the words of the slug, which often keeps a former name."""
    texts = {
        "title": document.title,
        "keywords": "\n".join((*document.keywords, *document.needs, *document.codes, document.slug)),
        "purpose": document.purpose,
        "producer": document.producer,
        "body": document.body,
    }
    found = {field: words(text) for field, text in texts.items()}
    terms = {field: [word.term for word in field_words] for field, field_words in found.items()}
    terms["keywords"] += code_terms(document.codes)
    return Analysed(found, terms)


def held_terms(analysed: Analysed) -> str:
    """The terms of each field, one line a field in the order of FIELDS, a space around each term: kept to say where a word was found."""
    return "\n".join(f" {' '.join(dict.fromkeys(analysed.terms[field]))} " for field in FIELDS)


def write(index: tantivy.Index, documents: Iterable[SearchDocument]) -> Vocabulary:
    """Fill an empty index. Two documents with one slug: the last one stays."""
    by_slug = {document.slug: document for document in documents}
    titles = {
        slug: rank for rank, slug in enumerate(sorted(by_slug, key=lambda slug: (fold(by_slug[slug].title), slug)))
    }
    count = VocabularyCount()
    writer = index.writer(_WRITER_BYTES, 1)
    for slug in sorted(by_slug):
        document = by_slug[slug]
        analysed = analyse(document)
        count.add(word for found in analysed.words.values() for word in found)
        writer.add_document(_row(document, analysed, titles[slug]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return count.finish()


def _row(document: SearchDocument, analysed: Analysed, title_rank: int) -> tantivy.Document:
    row = tantivy.Document()
    row.add_text("slug", document.slug)
    row.add_bytes("document", document.to_json().encode())
    row.add_bytes("held", held_terms(analysed).encode())
    row.add_unsigned("by_title", title_rank)
    for field, terms in analysed.terms.items():
        row.add_text(field, " ".join(terms))
    row.add_text(EVERY_TERM, " ".join(sorted({term for terms in analysed.terms.values() for term in terms})))
    row.add_text(PAIRS, " ".join(sorted(pair(*two) for field in _PAIRED for two in pairwise(analysed.terms[field]))))
    for facet in FACETS:
        for value in document.facet_values(facet):
            row.add_text(facet_field(facet), value)
    return row
