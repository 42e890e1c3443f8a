"""Which harvested item is which resource already in the base: a reviewed file, never a guess."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _joins() -> dict[str, str]:
    table = tomllib.loads(files("dcant.catalogue").joinpath("joins.toml").read_text(encoding="utf-8"))
    return {ref: slug for slug, refs in table["same"].items() for ref in refs}


def joined_slug(ref: str) -> str:
    """The slug of the resource that an item (« apigouv:apis/franceconnect ») is, or nothing."""
    return _joins().get(ref, "")
