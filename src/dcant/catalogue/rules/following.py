"""What a person may follow, and how the words of a search are kept. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from dcant.identifiers import Permit

MOST = 60  # by person: a page of news stays readable, and its making bounded


class Followed(StrEnum):
    """The four things one may follow. `INFRA` is a type of infrastructure."""

    RESOURCE = "resource"
    SEARCH = "search"
    TERRITORY = "territory"
    INFRA = "infra"


def can_follow(*, signed_in: bool, already: int) -> Permit:
    """Whoever is signed in, up to sixty things."""
    if not signed_in:
        return Permit.no("Entrez d’abord : on ne suit qu’en son propre nom.")
    if already >= MOST:
        return Permit.no("Vous suivez déjà soixante choses : cessez d’abord d’en suivre une.")
    return Permit.yes("Vous seul verrez ce que vous suivez.")


def words_of_search(text: str, filters: Mapping[str, Iterable[str]]) -> str:
    """One writing for one search, whatever the order in which its filters were chosen; "" for a search of everything."""
    pairs = [("q", text.strip())] if text.strip() else []
    pairs += sorted({(facet, value) for facet, values in filters.items() for value in values})
    return urlencode(pairs)


def search_of_words(words: str) -> tuple[str, dict[str, frozenset[str]]]:
    """The text and the filters that `words_of_search` wrote."""
    text, filters = "", dict[str, set[str]]()
    for name, value in parse_qsl(words):
        if name == "q":
            text = value
        else:
            filters.setdefault(name, set()).add(value)
    return text, {facet: frozenset(values) for facet, values in filters.items()}
