"""Who stands behind the keys that sources give their producers: a reviewed table, never a guess from a name."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dcant.identifiers import IdentifierError, Siren, Siret

LEVELS = frozenset({"state", "local", "joint", "other"})
Organisation = Siren | Siret
# How a sheet cites this table, beside what sources say themselves.
REVIEWED = {"title": "Table relue des producteurs", "publisher": "dcant", "read_on": "2026-11-21"}
_KEYS = frozenset({"name", "level", "siren", "siret"})


class ProducersError(ValueError):
    """The table does not say what it must: a French sentence for whoever edits it."""


@dataclass(frozen=True, slots=True)
class Producer:
    """One producer of one source. `organisation` is its number where a source states it, else None: unknown."""

    name: str
    level: str
    organisation: Organisation | None = None


def level_of(source: str, key: str) -> str:
    """state, local, joint or other; "" when the table does not know that key of that source."""
    producer = _producers().get(source, {}).get(key)
    return producer.level if producer else ""


def organisation_key(source: str, key: str) -> Organisation | None:
    """The SIRET, or the SIREN, of the organisation behind a key; None when no source states it."""
    producer = _producers().get(source, {}).get(key)
    return producer.organisation if producer else None


def producers_from(text: str) -> Mapping[str, Mapping[str, Producer]]:
    """The producers by source, then by key, out of the TOML of the table. Raises ProducersError naming the entry that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProducersError(f"Table des producteurs illisible : {error}.") from error
    return {
        source: {key: _producer(f"{source}.{key}", entry) for key, entry in _entries(source, entries).items()}
        for source, entries in table.items()
    }


def _entries(place: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ProducersError(f"« {place} » devrait être une table.")
    return value


def _producer(place: str, value: object) -> Producer:
    written = _entries(place, value)
    entry = {key: field.strip() for key, field in written.items() if isinstance(field, str) and field.strip()}
    known = set(entry) == set(written) and set(entry) <= _KEYS
    if not known or "name" not in entry or entry.get("level") not in LEVELS or {"siren", "siret"} <= set(entry):
        levels = ", ".join(sorted(LEVELS))
        raise ProducersError(f"« {place} » : un nom, un niveau ({levels}), et un SIREN ou un SIRET s’il est connu.")
    return Producer(entry["name"], entry["level"], _organisation(place, entry))


def _organisation(place: str, entry: Mapping[str, str]) -> Organisation | None:
    try:
        if "siret" in entry:
            return Siret(entry["siret"])
        return Siren(entry["siren"]) if "siren" in entry else None
    except IdentifierError as error:
        raise ProducersError(f"« {place} » : {error}") from error


@cache
def _producers() -> Mapping[str, Mapping[str, Producer]]:
    return producers_from(files("dcant.catalogue.sources").joinpath("producers.toml").read_text(encoding="utf-8"))
