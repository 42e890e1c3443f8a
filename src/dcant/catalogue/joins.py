"""Which harvested item is which resource already in the base: a reviewed file, never a guess."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def _same() -> Mapping[str, Sequence[str]]:
    table = tomllib.loads(files("dcant.catalogue").joinpath("joins.toml").read_text(encoding="utf-8"))
    return {slug: tuple(refs) for slug, refs in table["same"].items()}


@cache
def _slugs() -> Mapping[str, str]:
    return {ref: slug for slug, refs in _same().items() for ref in refs}


def joined_slug(ref: str) -> str:
    """The slug of the resource that an item (« apigouv:apis/franceconnect ») is, or nothing."""
    return _slugs().get(ref, "")


def joined_refs(slug: str) -> Sequence[str]:
    """The items that are the thing of that slug; none for most."""
    return _same().get(slug, ())


def reserved_slugs() -> frozenset[str]:
    """Addresses that the file promises to a thing: another of the same title takes the next one, whoever comes first."""
    return frozenset(_same())
