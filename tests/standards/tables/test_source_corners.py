"""How far the cells of a sheet go: told from the places in its XML, however they are written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.tables.sources.corners import farthest

NAMES = ["A", "b", "Z", "AA", "XFD", "ZZZZ", "ZZZZZ", "", "É"]
NUMBERS = ["1", "0", "12", "1048576", "99999999", "123456789", "", "x"]
WRITTEN = ['<c r="{}">', "<c r='{}'>", '<c r = "{}">', '<c r=" {}">', '<row r="{}" ht="3">', '<c s="1" r="{}"/>', 'r="${}"', "r={}", "<t>a = b</t>{}"]  # fmt: skip


def column_number(name: str) -> int:
    value = 0
    for letter in name.upper():
        value = value * 26 + ord(letter) - 64
    return value


@given(st.lists(st.tuples(st.sampled_from(WRITTEN), st.sampled_from(NAMES), st.sampled_from(NUMBERS)), max_size=12))
def test_the_farthest_cell_is_that_of_a_reading_one_by_one(places: list[tuple[str, str, str]]) -> None:
    xml = "".join(written.format(name + number) for written, name, number in places)
    found = re.findall(r"""r\s*=\s*["']\s*\$?([A-Za-z]{1,4})\$?(\d{1,8})""", xml, re.ASCII)
    rows, columns = [int(number) for _, number in found], [column_number(name) for name, _ in found]
    assert farthest(xml.encode()) == (max(rows, default=0), max(columns, default=0))


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_place_cut_by_the_end_of_the_bytes_is_never_read_beyond_them(cut: int) -> None:
    whole = b'<c r="B2"/><c r="XFD1048576"/>'
    row, column = farthest(whole[:-cut])
    assert 2 <= row <= 1_048_576
    assert 2 <= column <= 16_384
    assert farthest(b"") == (0, 0)
