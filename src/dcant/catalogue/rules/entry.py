"""What an operator says of its own infrastructure, by form or by table: the columns, their reading and their writing.

One list of columns makes the form, the table and its published schema (Table Schema): none of the three can drift.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dcant.identifiers import Sentence

Shape = Literal["text", "long", "choice", "list", "qualifications", "url"]
Values = Mapping[str, object]

AUDIENCE = ("yes", "under_condition", "no")
TYPES = ("cloud", "hosting", "network", "service_platform", "api_platform", "archiving", "computing")
CONTROLS = ("state", "local", "joint", "private")
ACCESS = ("open", "open_with_account", "restricted")
DATA = ("public", "ordinary", "sensitive", "restricted")
PRICES = ("free", "membership", "per_inhabitant", "usage", "unit", "quote", "unknown")

_PLACE = r"(?:0[1-9]|[1-8]\d|9[0-5]|2A|2B|97[1-6])"
_PLACES = re.compile(rf"{_PLACE}(?: {_PLACE})*")
_QUALIFICATION = re.compile(r"[^|;]+\|[^|;]+\|[^|;]*\|(?: *\d{4}-\d{2}-\d{2} *| *)")
_QUALIFICATIONS = rf"{_QUALIFICATION.pattern}(?:; *{_QUALIFICATION.pattern})*"
_URL = re.compile(r"https?://[^\s<>\"|]+")
_PARTS = ("scheme", "scope", "version", "valid_until")


@dataclass(frozen=True, slots=True)
class Column:
    """One thing an operator may state: field of the sheet, name in the table, question of the form, and what it may hold."""

    field: str
    name: str
    question: str
    shape: Shape = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    longest: int = 300
    hint: str = ""


COLUMNS = (
    Column("title", "titre", "Nom de l’infrastructure", required=True, longest=200),
    Column("purpose", "finalite", "À quoi sert-elle, en une phrase ?", required=True, longest=300),
    Column("infra_type", "genre", "Genre", "choice", TYPES, required=True),
    Column("control", "controle", "Sous le contrôle de qui est-elle ?", "choice", CONTROLS, required=True),
    Column(
        "sites_departements", "departements", "Départements de ses sites", "list", hint="Codes séparés par une espace : 35 56 2A."
    ),
    Column(
        "qualifications", "qualifications", "Qualifications", "qualifications", longest=2000,
        hint="Référentiel | service et portée | version | valable jusqu’au ; la suivante après un point-virgule.",
    ),
    Column("access_type", "acces", "Comment y accède-t-on ?", "choice", ACCESS),
    Column("audience_local", "ouverte_aux_collectivites", "Est-elle ouverte aux collectivités ?", "choice", AUDIENCE),
    Column(
        "entry_route", "porte", "Par quelle porte entre-t-on ?",
        hint="Adhésion, convention, centrale d’achat, marché public…",
    ),
    Column("data_accepted", "donnees", "Jusqu’à quelle sensibilité de données ?", "choice", DATA),
    Column("health_data", "donnees_sante", "Reçoit-elle des données de santé ?", "choice", AUDIENCE),
    Column("price_basis", "prix", "Comment se paie-t-elle ?", "choice", PRICES),
    Column("price_note", "prix_precision", "Précision sur le prix", "long", longest=600),
    Column("exit_notice", "preavis_de_sortie", "Quel préavis pour sortir ?"),
    Column("exit_formats", "formats_rendus", "Dans quels formats rendez-vous les données ?"),
    Column("exit_terms", "sortie", "Que coûte la sortie, et qui aide ?", "long", longest=600),
    Column("keys_held_by", "cles", "Qui tient les clés ?"),
    Column("can_cut_access", "coupure", "Qui peut couper l’accès ?"),
    Column("subcontractors", "sous_traitants", "Quels sous-traitants, sous quel droit ?", "long", longest=600),
    Column("opening_delay", "delai", "Combien de temps entre la demande et l’ouverture ?"),
    Column("capacity", "capacite", "Quelle capacité ?"),
    Column("service_level", "niveau_de_service", "Quel niveau de service est promis ?"),
    Column("networks_reached", "reseaux", "Quels réseaux atteint-elle ?"),
    Column("contact", "contact", "À quel service écrire ?", hint="Une adresse de service, jamais celle d’une personne."),
    Column("website", "site", "Page publique", "url", longest=500),
)  # fmt: skip
SLUG, REVIEW = "slug", "a_revoir_le"
BY_FIELD = {column.field: column for column in COLUMNS}
HEADER = (SLUG, *(column.name for column in COLUMNS), REVIEW)


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be taken: the name of its column (`titre`), and the sentence for who fills it."""

    column: str
    message: str


def read_cells(cells: Mapping[str, str]) -> tuple[dict[str, object], list[Problem]]:
    """cells: name of the column → text. Returns field → value of what is stated, and what is wrong, in order of columns.

    An empty cell states nothing. A wrong cell gives a problem and no value; the others are read all the same.
    """
    values: dict[str, object] = {}
    problems = []
    for column in COLUMNS:
        text = " ".join(cells.get(column.name, "").split()) if column.shape != "long" else cells.get(column.name, "")
        text = text.strip()
        wrong = _wrong(column, text)
        if wrong:
            problems.append(Problem(column.name, wrong))
        elif text:
            values[column.field] = _value(column, text)
    return values, problems


def _wrong(column: Column, text: str) -> str:
    """Why a cell cannot be taken; "" when it can."""
    if not text:
        return "Cette réponse est demandée." if column.required else ""
    if len(text) > column.longest:
        return Sentence("Trop long : {longest} caractères au plus.", longest=str(column.longest))
    return _misshapen(column, text)


def _misshapen(column: Column, text: str) -> str:
    if column.shape == "choice" and text not in column.choices:
        choices = ", ".join(column.choices)
        return Sentence("« {text} » n’est pas un choix. Choix : {choices}.", text=text[:40], choices=choices)
    if column.shape == "list" and not _PLACES.fullmatch(text):
        return "Écrivez des codes de département séparés par une espace, comme « 35 56 2A »."
    if column.shape == "url" and not _URL.fullmatch(text):
        return "Écrivez une adresse qui commence par « https:// »."
    return _wrong_qualifications(text) if column.shape == "qualifications" else ""


def _wrong_qualifications(text: str) -> str:
    for one in text.split(";"):
        if not _QUALIFICATION.fullmatch(one.strip()) or not all(part.strip() for part in one.split("|")[:2]):
            return (
                "Écrivez « référentiel | portée | version | 2029-06-30 » ; la version et la date peuvent rester vides."
            )
        until = one.split("|")[3].strip()
        if until and not is_day(until):
            return Sentence("« {text} » n’est pas un jour : écrivez par exemple 2029-06-30.", text=until)
    return ""


def is_day(text: str) -> bool:
    """True for a day of the calendar written 2029-06-30."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _value(column: Column, text: str) -> object:
    if column.shape == "list":
        return list(dict.fromkeys(text.split()))
    if column.shape == "qualifications":
        return [_qualification(one) for one in text.split(";")]
    return text


def _qualification(text: str) -> dict[str, str]:
    parts = (" ".join(part.split()) for part in text.split("|"))
    return {name: part for name, part in zip(_PARTS, parts, strict=True) if part}


def write_cells(values: Values) -> dict[str, str]:
    """The cells that state these values, such that reading them gives the values again. A value of another shape is text."""
    return {column.name: _cell(column, values.get(column.field)) for column in COLUMNS}


def _cell(column: Column, value: object) -> str:
    if value is None:
        return ""
    if column.shape == "qualifications" and isinstance(value, list):
        held = [one for one in value if isinstance(one, dict)]
        return " ; ".join(" | ".join(str(one.get(part) or "") for part in _PARTS) for one in held)
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return str(value)


def table_schema(address: str) -> dict[str, object]:
    """The Table Schema of the table of infrastructures (its address is given). Source: specification Table Schema 1.0."""
    slug = {
        "name": SLUG,
        "title": "Adresse de la fiche",
        "description": "Vide pour une nouvelle infrastructure.",
        "type": "string",
        "constraints": {"pattern": "[a-z0-9]+(-[a-z0-9]+)*", "maxLength": 80},
    }
    review = {
        "name": REVIEW,
        "title": "À revoir le",
        "description": "Passé ce jour, ce qui est dit s’affiche « à confirmer ». Vide : dans un an.",
        "type": "date",
        "format": "default",
    }
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "infrastructures-numeriques",
        "title": "Infrastructures numériques et leurs conditions d’accès",
        "description": "Une infrastructure par ligne, dite par l’organisme qui la tient. Une case vide ne dit rien.",
        "homepage": address,
        "version": "0.1.0",
        "fields": [slug, *(_field(column) for column in COLUMNS), review],
        "missingValues": [""],
    }


def _field(column: Column) -> dict[str, object]:
    constraints: dict[str, object] = {"required": column.required}
    if column.shape == "choice":
        constraints["enum"] = list(column.choices)
    else:
        constraints["maxLength"] = column.longest
    if column.shape == "list":
        constraints["pattern"] = _PLACES.pattern
    if column.shape == "qualifications":
        constraints["pattern"] = _QUALIFICATIONS
    field: dict[str, object] = {
        "name": column.name,
        "title": column.question,
        "type": "string",
        "constraints": constraints,
    }
    if column.shape == "url":
        field["format"] = "uri"
    if column.hint:
        field["description"] = column.hint
    return field
