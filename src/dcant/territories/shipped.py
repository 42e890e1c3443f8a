"""Reads the reference that the package ships: one compressed file of territories, one list of operators."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

_FOLDER = files("dcant.territories") / "reference"


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """A commune as its sources state it; a field they leave out is None or empty. People: municipal population."""

    code: str
    name: str
    article: int | None
    zone: str
    departement: str
    region: str
    epci: str
    ept: str
    siren: str
    population: int | None
    population_year: int | None
    postcodes: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A département (with its région) or a région."""

    code: str
    name: str
    article: int
    zone: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """An EPCI or an EPT; `departement` is that of its most populated commune."""

    siren: str
    name: str
    category: str
    population: int
    departement: str


@dataclass(frozen=True, slots=True)
class FormerRow:
    """An old code and its name (empty: not stated), and the current commune where it went."""

    old_code: str
    old_name: str
    code: str
    via: str


@dataclass(frozen=True, slots=True)
class Reference:
    """All that is shipped; `digest` is the SHA-256 of the two files."""

    digest: str
    about: dict[str, str]
    regions: list[AreaRow]
    departements: list[AreaRow]
    epci: list[GroupRow]
    ept: list[GroupRow]
    communes: list[CommuneRow]
    former: list[FormerRow]
    operators: dict[str, Any]


def read_reference() -> Reference:
    """The shipped reference, in about a quarter of a second; municipal arrondissements are among the former codes."""
    territories = (_FOLDER / "territories.json.gz").read_bytes()
    operators = (_FOLDER / "operators.yaml").read_bytes()
    tables = json.loads(gzip.decompress(territories))
    former = [FormerRow(*row) for row in tables["former"]]
    former += [
        FormerRow(code, name, commune, "arrondissement-municipal") for code, name, commune in tables["arrondissements"]
    ]
    return Reference(
        digest=hashlib.sha256(territories + operators).hexdigest(),
        about=tables["about"],
        regions=[AreaRow(*row) for row in tables["regions"]],
        departements=[AreaRow(*row) for row in tables["departements"]],
        epci=[GroupRow(*row) for row in tables["epci"]],
        ept=[GroupRow(*row) for row in tables["ept"]],
        communes=[CommuneRow(*row) for row in tables["communes"]],
        former=former,
        operators=yaml.load(operators, Loader=yaml.CSafeLoader),
    )
