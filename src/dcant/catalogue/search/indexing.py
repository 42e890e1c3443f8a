"""Writing: documents become one tantivy segment, and what is read beside it.

An index is always written whole, in the order of slugs and by one thread, hence in one segment: equal scores come out by slug, document
counts are exact (no deleted leftover weighs on rare words), and the same documents give the same index whatever order they came in.
Past about a gigabyte of postings tantivy would begin a second segment, and equal scores might then leave the order of slugs: that is
several hundred thousand sheets, far above a national catalogue.

Two fields are ranked: the heading (title, keywords, purpose) and the whole. Where a word stands is kept as the numbers of the terms of each
field, differences written as characters: UTF-8 makes small numbers short.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Self

import tantivy

from dcant.catalogue.search.analysis import Word, code_terms, words
from dcant.catalogue.search.documents import FACETS, FIELDS, SearchDocument
from dcant.catalogue.search.facets import GROUPS, Combination, CombinationCount, group_field
from dcant.catalogue.search.vocabulary import Entry, Vocabulary, VocabularyCount
from dcant.identifiers import fold

HEADING = "heading"
WHOLE = "whole"
_IN_HEADING = ("title", "keywords", "purpose")
_WRITER_BYTES = 1_000_000_000
_BETWEEN_FIELDS = "\0"


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document cut into words: the words and the terms of each field."""

    words: Mapping[str, list[Word]]
    terms: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What an index needs beside its postings: its words, the number of each term, the combinations of facets of each group."""

    words: list[Entry]
    terms: list[str]
    combinations: list[list[Combination]]

    def to_json(self) -> str:
        read = {"words": self.words, "terms": self.terms, "combinations": self.combinations}
        return json.dumps(read, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The way back from `to_json`. Raises ValueError, KeyError or TypeError when the text is something else."""
        read = json.loads(text)
        return cls(
            words=[(str(folded), int(count), str(shown)) for folded, count, shown in read["words"]],
            terms=[str(term) for term in read["terms"]],
            combinations=[
                [tuple(tuple(values) for values in combination) for combination in group]
                for group in read["combinations"]
            ],
        )

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.words)


def facet_field(facet: str) -> str:
    """The field of the index that holds the values of a facet."""
    return f"facet_{facet}"


def make_schema() -> tantivy.Schema:
    """Analysed fields are given ready cut, one space between terms."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("slug", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("held", stored=True)
    builder.add_unsigned_field("by_title", fast=True)
    for field in (HEADING, WHOLE):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    for facet in FACETS:
        builder.add_text_field(facet_field(facet), tokenizer_name="raw", index_option="basic")
    for group in range(len(GROUPS)):
        builder.add_unsigned_field(group_field(group), fast=True)
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


def held_in(written: bytes) -> list[frozenset[int]]:
    """The numbers of the terms of each field, in the order of FIELDS."""
    lines = written.decode("utf-8", "surrogatepass").split(_BETWEEN_FIELDS)
    return [frozenset(accumulate(map(ord, line))) for line in lines]


def write(index: tantivy.Index, documents: Iterable[SearchDocument]) -> Beside:
    """Fill an empty index. Two documents with one slug: the last one stays."""
    by_slug = {document.slug: document for document in documents}
    titles = {
        slug: rank for rank, slug in enumerate(sorted(by_slug, key=lambda slug: (fold(by_slug[slug].title), slug)))
    }
    count, combinations = VocabularyCount(), CombinationCount()
    numbers: dict[str, int] = {}
    writer = index.writer(_WRITER_BYTES, 1)
    for slug in sorted(by_slug):
        document = by_slug[slug]
        analysed = analyse(document)
        count.add(chain.from_iterable(analysed.words.values()))
        row = _row(document, analysed, numbers)
        row.add_unsigned("by_title", titles[slug])
        for group in range(len(GROUPS)):
            row.add_unsigned(group_field(group), combinations.number(group, document))
        writer.add_document(row)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return Beside(count.finish(), list(numbers), combinations.finish())


def _row(document: SearchDocument, analysed: Analysed, numbers: dict[str, int]) -> tantivy.Document:
    row = tantivy.Document()
    row.add_text("slug", document.slug)
    row.add_bytes("held", _held(analysed, numbers))
    row.add_text(HEADING, " ".join(chain.from_iterable(analysed.terms[field] for field in _IN_HEADING)))
    row.add_text(WHOLE, " ".join(chain.from_iterable(analysed.terms.values())))
    for facet in FACETS:
        for value in document.facet_values(facet):
            row.add_text(facet_field(facet), value)
    return row


def _held(analysed: Analysed, numbers: dict[str, int]) -> bytes:
    """The way there of `held_in`; a term met for the first time takes the next number, from 1."""
    lines = []
    for field in FIELDS:
        places = sorted([numbers.setdefault(term, len(numbers) + 1) for term in dict.fromkeys(analysed.terms[field])])
        lines.append("".join(chr(after - before) for before, after in pairwise([0, *places])))
    return _BETWEEN_FIELDS.join(lines).encode("utf-8", "surrogatepass")
