"""Everyday words and administrative words that name one thing: read from the reviewed list, looked up in a query."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from dcant.catalogue.search.analysis import stem, words

Phrase = tuple[str, ...]
_PARTS_OF_GROUP = frozenset({"same", "from", "to", "note"})


@dataclass(frozen=True, slots=True)
class Group:
    """`same`: each entry stands for the others. `everyday` and `official`: the first are widened by the second, never the other way."""

    note: str
    same: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()
    official: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another way of saying the words of a query from `start` to `end` (not included): folded words, and as shown."""

    start: int
    end: int
    said: Phrase
    shown: str


class Synonyms:
    """The groups, by the stems of each entry."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._others: dict[Phrase, dict[Phrase, str]] = {}
        for group in groups:
            for one in group.same:
                self._learn(one, (other for other in group.same if other != one))
            for one in group.everyday:
                self._learn(one, group.official)
        self._longest = max((len(phrase) for phrase in self._others), default=0)

    def _learn(self, one: str, others: Iterable[str]) -> None:
        known = self._others.setdefault(_stems(_folded(one)), {})
        for other in others:
            known.setdefault(_folded(other), other)

    def of(self, query: Phrase) -> list[Synonym]:
        """Every synonym of every run of words of the query, the longest run first from each place."""
        stems = _stems(query)
        found = []
        for start in range(len(stems)):
            for end in range(min(len(stems), start + self._longest), start, -1):
                others = self._others.get(stems[start:end], {})
                found += [Synonym(start, end, said, shown) for said, shown in others.items()]
        return found


def parse_groups(text: str) -> tuple[Group, ...]:
    """The groups of a list. Raises ValueError with the number of the first group that is not well made."""
    groups = []
    for number, read in enumerate(yaml.load(text, Loader=yaml.CBaseLoader), start=1):  # noqa: S506 - strings only: « oui » stays a word
        if not isinstance(read, dict) or not set(read) <= _PARTS_OF_GROUP or not _is_well_made(read):
            raise ValueError(
                f"Synonymes, groupe {number} : « same » (deux entrées au moins) ou « from » et « to », et une « note »."
            )
        groups.append(
            Group(
                note=read["note"],
                same=tuple(read.get("same", ())),
                everyday=tuple(read.get("from", ())),
                official=tuple(read.get("to", ())),
            )
        )
    return tuple(groups)


@cache
def reviewed_groups() -> tuple[Group, ...]:
    """The list shipped with the project, synonyms.fr.yaml."""
    return parse_groups(resources.files(__package__).joinpath("synonyms.fr.yaml").read_text(encoding="utf-8"))


@cache
def reviewed_synonyms() -> Synonyms:
    return Synonyms(reviewed_groups())


def _is_well_made(read: dict[str, Any]) -> bool:
    entries = [entry for part in ("same", "from", "to") for entry in read.get(part, ())]
    sides = len(read.get("same", ())) >= 2 or (bool(read.get("from")) and bool(read.get("to")))
    return sides and bool(read.get("note")) and all(words(entry) for entry in entries)


def _folded(text: str) -> Phrase:
    return tuple(word.folded for word in words(text))


def _stems(phrase: Phrase) -> Phrase:
    return tuple(stem(word) for word in phrase)
