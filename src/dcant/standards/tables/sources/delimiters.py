"""Which character parts the cells: the one that makes the labels the schema's, then the steadiest over 100 rows."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from dcant.standards.tables.sources.dialect import Dialect, records
from dcant.standards.tables.sources.faults import detected, unreadable
from dcant.standards.tables.values import Detected, Said

CANDIDATES = (",", ";", "\t", "|")
SAMPLE_ROWS = 100
_SAMPLE_CHARACTERS = 65_536
_SNIFFED_CHARACTERS = 32_768
_SNIFFED_QUOTES = 3_000
_BLANK_BY_A_QUOTE = re.compile(r"""[^\w\n"'] ["']|["'][^\w\n"'] """)
_NAMES = {"\t": "tabulation"}


@dataclass(frozen=True, slots=True)
class Delimiter:
    character: str
    found: Detected


def declared(character: str) -> Delimiter:
    character = {"\\t": "\t", "tab": "\t"}.get(character, character)
    if len(character) != 1 or character in '"\r\n':
        raise unreadable(
            "dialect-error",
            Said("Le délimiteur doit être un seul caractère.", "The delimiter must be a single character."),
            Said(
                "Choisissez la virgule, le point-virgule, la tabulation ou la barre « | ».",
                "Choose comma, semicolon, tab or “|”.",
            ),
        )
    return Delimiter(character, _said(character, "déclaré", "declared"))


def announced(character: str) -> Delimiter:
    return Delimiter(character, _said(character, "annoncé par la ligne « sep= »", "announced by the line “sep=”"))


def recognised(text: str, labels: Sequence[str], *, tabs: bool) -> Delimiter:
    """From the text that begins with the header. `tabs`: the name of the file says that tabs are likely."""
    sample = text[: max(_SAMPLE_CHARACTERS, 2 * (text.find("\n") + 1))]  # a wide header at least
    wanted = {_folded(label) for label in labels}
    matches = {one: len(wanted & {_folded(cell) for cell in _first(sample, one, 1)[0]}) for one in CANDIDATES}
    best = max(matches.values())
    likely = [one for one in CANDIDATES if matches[one] == best]
    if best and len(likely) == 1:
        french = f"{best} titre(s) de colonne du schéma ainsi reconnu(s)"
        return Delimiter(likely[0], _said(likely[0], french, f"{best} label(s) of the schema found that way"))
    steadiness = {one: _steadiness(_first(sample, one, SAMPLE_ROWS)) for one in likely}
    steadiest = max(likely, key=steadiness.__getitem__)
    if steadiness[steadiest] > (0.0, 0):
        return Delimiter(
            steadiest,
            _said(steadiest, "le plus régulier sur les 100 premières lignes", "the steadiest over the first 100 rows"),
        )
    lone = "\t" if tabs else ","
    return Delimiter(lone, _said(lone, "une seule colonne, semble-t-il", "a single column, it seems"))


def _first(sample: str, delimiter: str, count: int) -> list[list[str]]:
    """The first rows, as that delimiter parts them; a row without cells when there is none."""
    return [record.cells for record in islice(records(sample, Dialect(delimiter)), count)] or [[]]


def _steadiness(rows: list[list[str]]) -> tuple[float, int]:
    """Share of the rows that have the commonest number of cells, then that number; nothing when that is one cell."""
    counts = Counter(len(cells) for cells in rows if cells)
    if not counts:
        return 0.0, 0
    cells, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    return (times / counts.total(), cells) if cells > 1 else (0.0, 0)


def skips_initial_space(text: str, delimiter: str) -> bool:
    """Whether blanks after the delimiter are left out: as frictionless decides, which asks Python's sniffer over 100 lines."""
    sample = "".join(islice(io.StringIO(text, newline=""), SAMPLE_ROWS))
    first = next(filter(None, sample.split("\n")), "")
    if delimiter in first and f"{delimiter} " not in first and not _BLANK_BY_A_QUOTE.search(sample):
        return False  # the sniffer, which is slow, has no other ground to say yes
    if len(sample) > _SNIFFED_CHARACTERS or sample.count('"') > _SNIFFED_QUOTES:  # the sniffer's time is not linear
        sample = sample[: sample.rfind("\n", 0, _SNIFFED_CHARACTERS) + 1]
        if sample.count('"') > _SNIFFED_QUOTES:
            return False
    try:
        return bool(csv.Sniffer().sniff(sample, delimiter).skipinitialspace)
    except csv.Error:
        return False


def _folded(label: str) -> str:
    return label.strip().casefold()


def _said(character: str, french: str, english: str) -> Detected:
    return detected("delimiter", _NAMES.get(character, character), french, english)
