"""Neighbours of a thing as a small drawing: a trunk and its branches, readable at 320 pixels. A list beside says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Protocol

MOST = 12
WIDTH = 330  # in SVG units, near the width of a small screen in pixels, so that text is never drawn much smaller
LETTERS, CAPITALS = 38, 26  # of a line at 13 units
LINE, ROW_GAP, TOP = 17, 16, 14


class Neighbour(Protocol):
    """What stands at the other end of a branch: a resource of the base, a step of the life of an action."""

    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Branch:
    """A neighbour: height of its knot on the trunk, the words of the relation, the lines of its title, its kind."""

    y: int
    word: str
    kind: str
    lines: tuple[tuple[int, str], ...]  # height, text; none where the word says it all


@dataclass(frozen=True, slots=True)
class Branches:
    width: int
    height: int
    root: tuple[tuple[int, str], ...]
    trunk: tuple[int, int]  # from, to
    branches: tuple[Branch, ...]
    more: int  # neighbours that only the list names


def branches_of(title: str, relations: Sequence[tuple[str, Neighbour]]) -> Branches:
    """relations: words of the relation and the other end. Twelve branches at most; titles over two lines at most."""
    root = _lines(title, TOP)
    begins = y = root[-1][0] + 8
    drawn = []
    for word, other in relations[:MOST]:
        y += ROW_GAP + 4
        lines = _lines(other.title, y + LINE) if other.title else ()
        drawn.append(Branch(y, word, other.kind, lines))
        y = lines[-1][0] if lines else y
    ends = drawn[-1].y - 4 if drawn else begins
    more = max(0, len(relations) - MOST)
    return Branches(WIDTH, y + 10 + (LINE + 8 if more else 0), root, (begins, ends), tuple(drawn), more)


def _lines(title: str, y: int) -> tuple[tuple[int, str], ...]:
    """A title cut into two lines at most, each with the height of its baseline."""
    most = CAPITALS if title.isupper() else LETTERS
    lines = wrap(title, most, max_lines=2, placeholder=" …", break_long_words=True) or ["—"]
    return tuple((y + number * LINE, text) for number, text in enumerate(lines))
