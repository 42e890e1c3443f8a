"""The annotated workbook, read back by a reader we did not write."""

from io import BytesIO

import openpyxl
import pytest

from dcant.standards.tables import annotate as room
from dcant.standards.tables import open_source, ready, validate

PLAN = ready(
    {"fields": [{"name": "n", "type": "integer"}, {"name": "mot", "type": "string", "constraints": {"required": True}}]}
)
CONTENT = b"n,mot\n1,a\nx,=1+1\n3,\n,\n5,e,extra\n6\n7,+33\n"


def workbook(tmp_path, lang="fr"):
    source = open_source(BytesIO(CONTENT))
    (report,) = validate(source, PLAN).files
    room.annotate(source, report, tmp_path / "a.xlsx", lang=lang)
    source.close()
    return openpyxl.load_workbook(tmp_path / "a.xlsx"), report


def test_rows_keep_their_numbers_cells_are_text_and_faulty_ones_are_commented(tmp_path):
    book, report = workbook(tmp_path)
    data = book["Données"]
    assert [[cell.value or None for cell in row] for row in data.iter_rows(max_col=3)] == [
        ["n", "mot", None],
        ["1", "a", None],
        ["x", "=1+1", None],
        ["3", None, None],
        [None, None, None],
        ["5", "e", "extra"],
        ["6", None, None],
        ["7", "+33", None],
    ]
    assert {cell.data_type for row in data.iter_rows() for cell in row if cell.value is not None} == {"s"}
    commented = {cell.coordinate for row in data.iter_rows() for cell in row if cell.comment}
    assert commented == {"A3", "B4", "A5", "C6", "B7"}
    assert "« x »" in data["A3"].comment.text
    assert report.counts.errors == 6


def test_the_first_sheet_leads_to_each_cell(tmp_path):
    book, report = workbook(tmp_path)
    listing = book.worksheets[0]
    assert listing.title == "À corriger"
    links = [listing.cell(row=line, column=1).hyperlink.location for line in range(5, 5 + len(report.errors))]
    assert links == ["'Données'!A3", "'Données'!B4", "'Données'!A5", "'Données'!C6", "'Données'!B7", "'Données'!B7"]
    assert listing.auto_filter.ref == "A4:G10"
    assert "Non conforme" in listing["A1"].value


def test_text_that_a_spreadsheet_would_compute_is_made_inert(tmp_path):
    book, _ = workbook(tmp_path, "en")
    data = book["Data"]
    assert data["B3"].quotePrefix
    assert data["B8"].quotePrefix
    assert data["B3"].data_type == "s"


def test_of_a_large_file_only_the_faulty_rows_are_written_after_their_number(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "MOST_ROWS", 3)
    book, _ = workbook(tmp_path)
    rows = [[cell.value or None for cell in row] for row in book["Données"].iter_rows(max_col=4)]
    assert "7 lignes" in rows[0][0]
    assert rows[1:] == [
        ["1", "n", "mot", None],
        ["3", "x", "=1+1", None],
        ["4", "3", None, None],
        ["5", None, None, None],
        ["6", "5", "e", "extra"],
        ["7", "6", None, None],
    ]
    assert book.worksheets[0]["A5"].hyperlink.location == "'Données'!B3"


def test_a_place_that_cannot_be_written_is_an_oserror(tmp_path):
    source = open_source(BytesIO(CONTENT))
    (report,) = validate(source, PLAN).files
    with pytest.raises(OSError, match="absent"):
        room.annotate(source, report, tmp_path / "absent" / "a.xlsx")
    source.close()
