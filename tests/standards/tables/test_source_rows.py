"""The rows of a text file are those of frictionless, whatever the size of a block."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.standards.tables.reading import frictionless_rows, rows_in, rows_of

from dcant.standards.tables.sources import Limits, open_source

PIECES = [
    "a",
    "é",
    "1",
    " ",
    "  ",
    '"',
    '"',
    '""',
    ",",
    ",",
    ";",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\x00",
    "\ufeff",
    "\x85",
    "x,y",
]
CELLS = st.sampled_from(
    ["", "a", "1", "é b", '"q"', '"a,b"', '"a\nb"', '"a""b"', '""', 'a"b', '"a"b', " a", '" a"', '"\r\n"']
)
TABLES = st.lists(st.lists(CELLS, min_size=0, max_size=4).map(",".join), max_size=12)


def same_as_frictionless(text: str, block: int) -> None:
    content = ("h1,h2,h3\n" + text).encode()
    header, *expected = frictionless_rows(content, delimiter=",", encoding="utf-8")
    assert header == ["h1", "h2", "h3"]
    found = rows_in(content, block=block, delimiter=",", encoding="utf-8")
    assert found == [(row, tuple(cells)) for row, cells in enumerate(expected, 2)]


@given(TABLES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([1, 7, 64, 100_000]))
@example(['a,"b'], "\n", 7)
def test_rows_of_cells_as_people_write_them_are_those_of_frictionless(lines, end, block):
    text = end.join(lines)
    if is_closed(text):
        same_as_frictionless(text, block)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.sampled_from([1, 5, 100_000]))
def test_rows_of_any_text_are_those_of_frictionless(text, block):
    if is_closed(text):
        same_as_frictionless(text, block)


def is_closed(text: str) -> bool:
    """No quoted cell is left open, blanks after the delimiter left out or not: frictionless would read on to the end, we
    refuse (D3)."""
    for skipped in (False, True):
        lines = list(io.StringIO(text, newline=""))
        rows, with_one_more = (csv.reader(some, skipinitialspace=skipped) for some in (lines, [*lines, "probe"]))
        if len(list(rows)) + 1 != len(list(with_one_more)):
            return False
    return True


def test_every_csv_of_the_corpus_gives_the_rows_of_frictionless(corpora: Path):
    files = sorted((corpora / "tables").rglob("*.csv"))
    assert len(files) > 30
    for file in files:
        source = open_source(file)
        expected = frictionless_rows(file, delimiter=source.delimiter, encoding=source.encoding)
        labels, *rows = expected
        assert list(source.labels) == labels, file
        assert rows_of(source) == [(row, tuple(cells)) for row, cells in enumerate(rows, 2)], file


@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_a_line_break_inside_quotes_is_not_a_row_but_is_a_line(block):
    source = open_source(io.BytesIO(b'a;b\n1;"x\ny"\n\n2;3;4\n5;6\n'), limits=Limits(block_bytes=block))
    lines = {}
    for batch in source.batches():
        for row in [*batch.rows.tolist(), *(row.row for row in batch.ragged)]:
            lines[row] = batch.line_of(row)
    assert lines == {2: 2, 3: 4, 4: 5, 5: 6}
