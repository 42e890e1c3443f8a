"""A table of measures, as a spreadsheet gives it: `indicateur`, `semestre`, `valeur`, `source`. Pure: what is known is given."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dcant.governance.rules.indicators import NotANumber, can_measure, measure_fault, parse_number
from dcant.identifiers import HalfYear, Sentence

MOST_LINES: Final = 1_000
COLUMNS: Final = ("indicateur", "semestre", "valeur", "source")


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One line of the table, its number counted from 1 with the header; `fault` empty when it may be recorded."""

    number: int
    indicator: str
    period: str
    value: str
    source: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class MeasureTable:
    """`fault`: why the whole table does not read; its lines are then empty."""

    lines: tuple[MeasureLine, ...] = ()
    fault: str = ""

    @property
    def ready(self) -> bool:
        return not self.fault and bool(self.lines) and not any(one.fault for one in self.lines)


@dataclass(frozen=True, slots=True)
class KnownIndicator:
    """How its values come, and whether whoever brings the table holds a seat of its programme."""

    computed: str
    seated: bool


def measures_of(labels: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]) -> MeasureTable:
    """The lines of the table, blank ones passed over; columns in any order, others left aside. rows: number and cells."""
    names = [label.strip().casefold() for label in labels]
    if any(names.count(column) != 1 for column in COLUMNS):
        return MeasureTable(fault="La première ligne nomme quatre colonnes : indicateur, semestre, valeur et source.")
    places = [names.index(column) for column in COLUMNS]
    lines: list[MeasureLine] = []
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(lines) == MOST_LINES:
            return MeasureTable(fault=Sentence("Un tableau porte {most} lignes au plus.", most=str(MOST_LINES)))
        indicator, period, value, source = (row[at].strip() if at < len(row) else "" for at in places)
        lines.append(MeasureLine(number, indicator[:60], period[:20], value[:40], source[:300]))
    return MeasureTable(tuple(lines)) if lines else MeasureTable(fault="Ce tableau n’a aucune ligne.")


def checked(table: MeasureTable, *, known: Mapping[str, KnownIndicator], role: str, now: HalfYear) -> MeasureTable:
    """Each line with its canonical value, or with what is wrong with it; nothing is guessed.

    known: indicators by code; role: that of the mandate of whoever brings the table, who needs the permit of the form.
    """
    lines, taken = [], set[tuple[str, str]]()
    for line in table.lines:
        indicator, value = known.get(line.indicator), line.value
        if indicator is None:
            fault: str = Sentence("Aucun indicateur n’a le code « {code} ».", code=line.indicator)
        else:
            may = can_measure(role=role, seated=indicator.seated)
            fault = "" if may else may.because
            fault = fault or measure_fault(period=line.period, source=line.source, computed=indicator.computed, now=now)
        if not fault:
            value, fault = _read(line.value)
        if not fault:
            key = (line.indicator, str(HalfYear.parse(line.period)))
            fault = "Ce tableau dit deux fois ce semestre de cet indicateur." if key in taken else ""
            taken.add(key)
        lines.append(replace(line, value=value, fault=fault))
    return replace(table, lines=tuple(lines))


def as_csv(table: MeasureTable) -> str:
    """The lines as text, to correct and send again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((line.indicator, line.period, line.value, line.source) for line in table.lines)
    return out.getvalue()


def _read(written: str) -> tuple[str, str]:
    """The canonical value, and what is wrong with it."""
    try:
        return parse_number(written), ""
    except NotANumber as error:
        return written, error.args[0]
