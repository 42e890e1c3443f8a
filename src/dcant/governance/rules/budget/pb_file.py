"""Participatory budgets in `.pb` files, read strictly: a fault is said with its line.

UTF-8, `;` between fields, which may be quoted; three sections META, PROJECTS, VOTES, each with a header line.
Source: Stolicki, Szufa, Talmon, « Pabulib: A Participatory Budgeting Library » (arXiv 2012.06539).
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO

from dcant.governance.rules.budget.allocation import Project
from dcant.governance.rules.budget.election import (
    APPROVAL,
    CHOOSE_ONE,
    CUMULATIVE,
    ORDINAL,
    VOTE_TYPES,
    Ballot,
    Election,
)

_SECTIONS = ("META", "PROJECTS", "VOTES")
_COLUMNS = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}
_OBLIGATORY = (
    "description", "country", "unit", "instance", "num_projects", "num_votes", "budget", "rule", "vote_type",
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:[.,][0-9]{1,9})?")
_WHOLE = re.compile(r"[0-9]{1,9}")


class BudgetFileError(ValueError):
    """A file that is not a `.pb` file: the line, from 1, and what is wrong there, in French."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"ligne {line} : {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class _Row:
    """A record of a section: its first line, its fields by column."""

    line: int
    fields: dict[str, str]

    def number(self, column: str) -> Fraction:
        text = self.fields[column].strip()
        if not _NUMBER.fullmatch(text):
            raise BudgetFileError(self.line, f"« {column} » doit être un nombre : « {text[:40]} ».")
        return Fraction(text.replace(",", "."))

    def above_zero(self, column: str) -> Fraction:
        found = self.number(column)
        if found <= 0:
            raise BudgetFileError(self.line, f"« {column} » doit être plus grand que zéro.")
        return found


def read_election(content: bytes) -> Election:
    """The election that the file tells. Raises BudgetFileError."""
    sections = _sections(_text(content))
    meta = _meta(sections["META"])
    values = {key: row.fields["value"].strip() for key, row in meta.items()}
    if values["vote_type"] not in VOTE_TYPES:
        raise BudgetFileError(meta["vote_type"].line, f"vote_type est l’un de : {', '.join(VOTE_TYPES)}.")
    projects = _projects(sections["PROJECTS"])
    ballots = _ballots(sections["VOTES"], meta, {one.key for one in projects})
    for key, found in (("num_projects", len(projects)), ("num_votes", len(ballots))):
        if _whole(meta[key]) != found:
            raise BudgetFileError(meta[key].line, f"{key} annonce {values[key]}, le fichier en contient {found}.")
    floor = meta.get("min_project_score_threshold")
    return Election(
        meta=values,
        budget=_value(meta["budget"]).above_zero("budget"),
        vote_type=values["vote_type"],
        projects=projects,
        ballots=ballots,
        threshold=_value(floor).number("min_project_score_threshold") if floor else Fraction(0),
        selected=_selected(sections["PROJECTS"]),
    )


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BudgetFileError(line, "un octet n’est pas de l’UTF-8.") from None
    if "\0" in text:
        raise BudgetFileError(text.count("\n", 0, text.index("\0")) + 1, "un caractère nul.")
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with its first line; empty lines left out."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=";", strict=True)
    first = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                yield first, fields
            first = reader.line_num + 1
    except csv.Error:
        raise BudgetFileError(first, "des guillemets mal fermés, ou un champ trop long.") from None


def _sections(text: str) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    header: list[str] | None = None
    line = 1
    for line, fields in _records(text):
        title = fields[0].strip()
        if title in _SECTIONS and not any(fields[1:]):
            _follow(title, found, line)
            section, header = found.setdefault(title, []), None
        elif not found:
            raise BudgetFileError(line, "le fichier commence par la section META.")
        elif header is None:
            header = _header(next(reversed(found)), fields, line)
        elif len(fields) != len(header):
            raise BudgetFileError(line, f"{len(fields)} champs, l’en-tête en annonce {len(header)}.")
        else:
            section.append(_Row(line, dict(zip(header, fields, strict=True))))
    for title in _SECTIONS:
        if title not in found:
            raise BudgetFileError(line, f"la section {title} manque.")
    if header is None:
        raise BudgetFileError(line, "l’en-tête de la section VOTES manque.")
    return found


def _follow(title: str, found: dict[str, list[_Row]], line: int) -> None:
    expected = _SECTIONS[len(found)] if len(found) < len(_SECTIONS) else ""
    if title != expected:
        raise BudgetFileError(line, f"la section {title} n’est pas à sa place : META, puis PROJECTS, puis VOTES.")


def _header(title: str, fields: list[str], line: int) -> list[str]:
    header = [field.strip() for field in fields]
    if len(set(header)) != len(header):
        raise BudgetFileError(line, "une colonne est nommée deux fois.")
    for column in _COLUMNS[title]:
        if column not in header:
            raise BudgetFileError(line, f"la colonne « {column} » manque dans {title}.")
    return header


def _meta(rows: list[_Row]) -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    for row in rows:
        key = row.fields["key"].strip()
        if key in found:
            raise BudgetFileError(row.line, f"« {key} » est dit deux fois.")
        found[key] = row
    for key in _OBLIGATORY:
        if key not in found:
            raise BudgetFileError(rows[-1].line if rows else 1, f"« {key} » manque dans META.")
    return found


def _value(row: _Row) -> _Row:
    """The row of a key of META, its value under the name of the key."""
    return _Row(row.line, {row.fields["key"].strip(): row.fields["value"]})


def _whole(row: _Row) -> int:
    text = row.fields["value"].strip()
    if not _WHOLE.fullmatch(text):
        raise BudgetFileError(row.line, f"« {row.fields['key'].strip()} » doit être un nombre entier.")
    return int(text)


def _projects(rows: list[_Row]) -> tuple[Project, ...]:
    found: dict[str, Project] = {}
    for row in rows:
        key = row.fields["project_id"].strip()
        if not key or "," in key:
            raise BudgetFileError(row.line, "project_id est vide, ou contient une virgule.")
        if key in found:
            raise BudgetFileError(row.line, f"le projet « {key} » est là deux fois.")
        found[key] = Project(key, row.above_zero("cost"), row.fields.get("name", "").strip())
    return tuple(found.values())


def _selected(rows: list[_Row]) -> dict[str, str] | None:
    if not rows or "selected" not in rows[0].fields:
        return None
    for row in rows:
        if not _WHOLE.fullmatch(row.fields["selected"].strip()):
            raise BudgetFileError(row.line, "« selected » doit être un nombre entier.")
    return {row.fields["project_id"].strip(): row.fields["selected"].strip() for row in rows}


def _ballots(rows: list[_Row], meta: dict[str, _Row], projects: set[str]) -> tuple[Ballot, ...]:
    kind = meta["vote_type"].fields["value"].strip()
    longest = _whole(meta["max_length"]) if kind == ORDINAL and "max_length" in meta else len(projects)
    found: dict[str, Ballot] = {}
    for row in rows:
        voter = row.fields["voter_id"].strip()
        if not voter or voter in found:
            raise BudgetFileError(row.line, f"voter_id est vide ou déjà pris : « {voter[:40]} ».")
        choices = tuple(one.strip() for one in row.fields["vote"].split(",")) if row.fields["vote"].strip() else ()
        for key in choices:
            if key not in projects:
                raise BudgetFileError(row.line, f"le bulletin nomme un projet inconnu : « {key[:40]} ».")
        if len(set(choices)) != len(choices):
            raise BudgetFileError(row.line, "le bulletin nomme deux fois un projet.")
        if len(choices) > (1 if kind == CHOOSE_ONE else longest):
            raise BudgetFileError(row.line, "le bulletin nomme trop de projets.")
        found[voter] = Ballot(voter, choices, _points(kind, row, choices, longest))
    return tuple(found.values())


def _points(kind: str, row: _Row, choices: tuple[str, ...], longest: int) -> tuple[Fraction | int, ...]:
    """Approvals are worth one; ranks as many points as places below the first, and one; the others say their points."""
    if kind in {APPROVAL, CHOOSE_ONE}:
        return (1,) * len(choices)
    if kind == ORDINAL:
        return tuple(range(longest, longest - len(choices), -1))
    if "points" not in row.fields:
        raise BudgetFileError(row.line, f"la colonne « points » manque pour un vote {kind}.")
    parts = row.fields["points"].split(",") if row.fields["points"].strip() else []
    if len(parts) != len(choices):
        raise BudgetFileError(row.line, f"{len(choices)} projets, mais {len(parts)} points.")
    points = tuple(_points_of(row.line, one) for one in parts)
    if kind == CUMULATIVE and any(one < 0 for one in points):
        raise BudgetFileError(row.line, "des points sont négatifs.")
    return points


def _points_of(line: int, text: str) -> Fraction | int:
    return int(text) if _WHOLE.fullmatch(text) else _Row(line, {"points": text}).number("points")
