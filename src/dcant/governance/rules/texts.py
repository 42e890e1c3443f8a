"""A text in paragraphs, its name (a hash), and amendments bound to it."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

_BREAK = re.compile(r"\n[ \t]*\n+")
_WORDS = re.compile(r"\s+|[^\s]+")
Op = Literal["replace", "delete", "insert_after"]


def clean(text: str) -> str:
    """One form for one text: NFC, Unix line ends, no trailing blanks, one empty line between paragraphs."""
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    stripped = (re.sub(r"[ \t]+$", "", part, flags=re.MULTILINE).strip("\n") for part in _BREAK.split(plain))
    return "\n\n".join(part for part in stripped if part.strip())


def paragraphs(text: str) -> tuple[str, ...]:
    cleaned = clean(text)
    return tuple(cleaned.split("\n\n")) if cleaned else ()


def text_hash(text: str) -> str:
    """The name of a text: SHA-256 of its clean form in UTF-8. What is adopted is this name, never « the current text »."""
    return f"sha256:{sha256(clean(text).encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of one paragraph of the base, counted from 0; insert_after -1 puts a paragraph first."""

    op: Op
    paragraph: int
    text: str = ""


class StaleBase(ValueError):
    """The amendment was written on a text that is no longer the current one: it must be carried over to the new one."""


def apply_operations(base: str, operations: Iterable[Operation]) -> str:
    """The base with its operations, in any order. Raises ValueError for a paragraph that is not there or is changed twice."""
    parts = paragraphs(base)
    changed: dict[int, str | None] = {}
    inserted: dict[int, list[str]] = {}
    for one in operations:
        lowest = -1 if one.op == "insert_after" else 0
        if not lowest <= one.paragraph < len(parts):
            raise ValueError(f"Le texte n’a pas de paragraphe {one.paragraph + 1}.")
        if one.op == "insert_after":
            inserted.setdefault(one.paragraph, []).append(one.text)
        elif one.paragraph in changed:
            raise ValueError(f"Le paragraphe {one.paragraph + 1} est changé deux fois.")
        else:
            changed[one.paragraph] = one.text if one.op == "replace" else None
    out = list(inserted.get(-1, ()))
    for place, part in enumerate(parts):
        kept = changed.get(place, part)
        if kept is not None:
            out.append(kept)
        out += inserted.get(place, ())
    return clean("\n\n".join(out))


def integrate(base: str, base_hash: str, operations: Iterable[Operation]) -> str:
    """The new text. Raises StaleBase when the amendment was written on another text than the current one."""
    if text_hash(base) != base_hash:
        raise StaleBase("Le texte a changé depuis cet amendement : il faut le reporter sur le nouveau texte.")
    return apply_operations(base, operations)


def touched(operations: Iterable[Operation]) -> frozenset[int]:
    """The paragraphs of the base that an amendment bears on; an insertion bears on the paragraph it follows."""
    return frozenset(one.paragraph for one in operations)


def operations_between(base: str, wanted: str) -> list[Operation]:
    """The amendment that turns one text into another, paragraph by paragraph."""
    before, after = paragraphs(base), paragraphs(wanted)
    found: list[Operation] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        common = min(i2 - i1, j2 - j1)
        found += [Operation("replace", i1 + step, after[j1 + step]) for step in range(common)]
        found += [Operation("delete", place) for place in range(i1 + common, i2)]
        found += [Operation("insert_after", i1 + common - 1, text) for text in after[j1 + common : j2]]
    return found


def rebase(operations: Iterable[Operation], integrated: Sequence[Operation]) -> list[Operation]:
    """Carries an amendment over another one, integrated into the same base and bearing on other paragraphs.

    Exact even where paragraphs say the same words: places are counted, never looked for. Raises ValueError for a shared paragraph.
    """
    operations = list(operations)
    shared = touched(operations) & touched(integrated)
    if shared:
        raise ValueError(f"Les deux amendements portent sur le paragraphe {min(shared) + 1}.")
    return [Operation(one.op, one.paragraph + _shift(one.paragraph, integrated), one.text) for one in operations]


def _shift(paragraph: int, integrated: Iterable[Operation]) -> int:
    """How far a paragraph moved: one more for each insertion before it, one less for each deletion."""
    steps = {"insert_after": 1, "delete": -1, "replace": 0}
    return sum(steps[one.op] for one in integrated if one.paragraph < paragraph)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words of a difference: kept, added or removed."""

    kind: Literal["kept", "added", "removed"]
    text: str


def side_by_side(base: str, operations: Iterable[Operation]) -> list[tuple[str, str]]:
    """Each paragraph that changes, as it was and as it would be; empty where there is none. In the order of the text."""
    parts, rows = paragraphs(base), sorted(operations, key=lambda one: (one.paragraph, one.op == "insert_after"))
    return [("" if one.op == "insert_after" else parts[one.paragraph], one.text) for one in rows]


def difference(before: str, after: str) -> list[Piece]:
    """Word by word, in reading order: removed words come before those that replace them."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("kept", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", "".join(new[j1:j2])))
    return pieces
