"""Writing: documents become one tantivy segment, and what is read beside it.

An index is always written whole, in the order of slugs and by one thread, hence in one segment: equal scores come out by slug, document
counts are exact (no deleted leftover weighs on rare words), and the same documents give the same index whatever order they came in.
Past about a gigabyte of postings tantivy would begin a second segment, and equal scores might then leave the order of slugs: that is
several hundred thousand sheets, far above a national catalogue.

Two fields are ranked: the heading (title, keywords, purpose) and the whole. Where a word stands is kept as the numbers of the terms of each
field, differences written as characters: UTF-8 makes small numbers short.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from operator import sub
from typing import Self

import numpy as np
import numpy.typing as npt
import tantivy

from dcant.catalogue.search.analysis import Word, code_terms, words
from dcant.catalogue.search.documents import FACETS, FIELDS, SearchDocument
from dcant.catalogue.search.facets import GROUPS, Combination, CombinationCount, group_field
from dcant.catalogue.search.vocabulary import Entry, Vocabulary, VocabularyCount
from dcant.identifiers import fold

HEADING = "heading"
WHOLE = "whole"
IN_HEADING = ("title", "keywords", "purpose")
_WRITER_BYTES = 1_000_000_000
_BETWEEN_FIELDS = "\0"


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document cut into words: the words and the terms of each field."""

    words: Mapping[str, list[Word]]
    terms: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What an index needs beside its postings: its words, the number of each term, the mean number of terms of each field, the
    combinations of facets of each group.
    """

    words: list[Entry]
    terms: list[str]
    lengths: list[float]
    combinations: list[list[Combination]]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The way back from `to_json`. Raises ValueError, KeyError or TypeError when the text is something else."""
        read = json.loads(text)
        return cls(
            words=[(str(folded), int(count), str(shown)) for folded, count, shown in read["words"]],
            terms=[str(term) for term in read["terms"]],
            lengths=[float(length) for length in read["lengths"]],
            combinations=[
                [tuple(tuple(values) for values in combination) for combination in group]
                for group in read["combinations"]
            ],
        )

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.words)


class _Numbers(dict[str, int]):
    """The number of each term: a term met for the first time takes the next one, from 1."""

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self) + 1
        return number


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


def held_in(written: Sequence[bytes]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """What documents keep of their terms, as two arrays of one length: the line of each term, and its number.

    Each document has one line for each field, in the order of FIELDS; the lines of all documents follow one another.
    """
    text = _BETWEEN_FIELDS.join(one.decode("utf-8", "surrogatepass") for one in written)
    read = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    ends = read == ord(_BETWEEN_FIELDS)
    lines, sums = np.cumsum(ends), np.cumsum(read)
    before = np.concatenate(([0], sums[ends]))
    return lines[~ends], (sums - before[lines])[~ends]


def write(index: tantivy.Index, documents: Iterable[SearchDocument]) -> Beside:
    """Fill an empty index. Two documents with one slug: the last one stays."""
    by_slug = {document.slug: document for document in documents}
    titles = {
        slug: rank for rank, slug in enumerate(sorted(by_slug, key=lambda slug: (fold(by_slug[slug].title), slug)))
    }
    count, combinations = VocabularyCount(), CombinationCount()
    numbers = _Numbers()
    lengths = [0] * len(FIELDS)
    writer = index.writer(_WRITER_BYTES, 1)
    for slug in sorted(by_slug):
        document = by_slug[slug]
        analysed = analyse(document)
        count.add(chain.from_iterable(analysed.words.values()))
        held = [sorted(set(map(numbers.__getitem__, analysed.terms[field]))) for field in FIELDS]
        lengths = [total + len(line) for total, line in zip(lengths, held, strict=True)]
        row = _row(document, analysed, _held(held))
        row.add_unsigned("by_title", titles[slug])
        for group in range(len(GROUPS)):
            row.add_unsigned(group_field(group), combinations.number(group, document))
        writer.add_document(row)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    means = [total / max(len(by_slug), 1) for total in lengths]
    return Beside(count.finish(), list(numbers), means, combinations.finish())


def _row(document: SearchDocument, analysed: Analysed, held: bytes) -> tantivy.Document:
    row = tantivy.Document()
    row.add_text("slug", document.slug)
    row.add_bytes("held", held)
    row.add_text(HEADING, " ".join(chain.from_iterable(analysed.terms[field] for field in IN_HEADING)))
    row.add_text(WHOLE, " ".join(chain.from_iterable(analysed.terms.values())))
    for facet in FACETS:
        for value in document.facet_values(facet):
            row.add_text(facet_field(facet), value)
    return row


def _held(lines: Sequence[Sequence[int]]) -> bytes:
    """The way there of `held_in`, for one document: the numbers of each field, from the smallest, each from the one before."""
    texts = ("".join(map(chr, map(sub, line, [0, *line]))) for line in lines)
    return _BETWEEN_FIELDS.join(texts).encode("utf-8", "surrogatepass")
