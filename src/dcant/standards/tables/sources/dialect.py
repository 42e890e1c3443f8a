"""How the rows of a text file are told apart: Python's own csv reader is the truth, as it is for frictionless."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

# Python refuses a cell above 128 kB unless told otherwise; our own bound is on the row (`Limits.record_bytes`).
csv.field_size_limit(max(csv.field_size_limit(), 2**31 - 1))


@dataclass(frozen=True, slots=True)
class Dialect:
    """The delimiter, and whether the blanks after it belong to the cell."""

    delimiter: str
    skip_initial_space: bool = False

    def rows(self, lines: Iterator[str]) -> "Iterator[list[str]]":
        return csv.reader(lines, delimiter=self.delimiter, skipinitialspace=self.skip_initial_space)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a text: its cells, the characters of the text it takes, and its first line from 0."""

    cells: list[str]
    start: int
    end: int
    line: int


class _Lines:
    """The physical lines of a text, counted as they are read. A line ends at a line feed, a carriage return, or both."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.probed = False
        self.characters = 0
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.characters += len(line)
            self.count += 1
            yield line
        self.probed = True
        yield "end"


def records(text: str, dialect: Dialect) -> Iterator[Record]:
    """Every row that is complete in `text`: what follows the last one is a quoted cell that is not closed.

    A last line without its end counts as complete. One line more is given as a probe: it comes out alone, or inside the open cell.
    """
    lines = _Lines(text)
    start = first = 0
    for cells in dialect.rows(iter(lines)):
        if lines.probed:
            return
        yield Record(cells, start, lines.characters, first)
        start, first = lines.characters, lines.count
