"""The same table in any format, encoding or packing gives the same labels and the same rows."""

import hashlib
import io
import os
import warnings
from contextlib import closing
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standards.tables import making
from tests.standards.tables.reading import frictionless_rows, rows_in, rows_of

from dcant.standards.tables.sources import Limits, open_source
from dcant.standards.tables.values import Restart, SourceUnreadable

LABELS = ("nom", "montant", "note")
TEXTS = st.text(st.sampled_from("aé€ï0123;,\"'= \n"), max_size=8).filter(lambda text: text.strip() == text)
ROWS = st.lists(st.tuples(TEXTS.map(lambda text: f"n{text}"), TEXTS, TEXTS), min_size=1, max_size=12)
FORMS = {
    "gz": making.gz_bytes,
    "zip": lambda content: making.zip_bytes({"dossier/table.csv": content, "__MACOSX/._table.csv": b"x"}),
    "plain": lambda content: content,
}


@given(
    ROWS,
    st.tuples(
        st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "iso-8859-15", "utf-16"]),
        st.sampled_from(["\n", "\r\n", "\r"]),
        st.sampled_from([",", ";", "\t", "|"]),
    ),
    st.sampled_from(sorted(FORMS)),
    st.sampled_from([1, 40, 1 << 20]),
)
def test_neither_encoding_nor_line_end_nor_delimiter_nor_packing_changes_the_rows(rows, written, form, block):
    encoding, end, delimiter = written
    content = making.csv_bytes([LABELS, *rows], encoding=encoding, end=end, delimiter=delimiter)
    named = encoding if encoding == "iso-8859-15" else None  # told from cp1252 by no byte of these texts
    found = rows_in(FORMS[form](content), block=block, plan_labels=LABELS, encoding=named)
    assert found == list(enumerate(rows, 2))


@given(ROWS)
def test_a_spreadsheet_of_texts_gives_the_rows_of_its_csv(rows):
    rows = [tuple(cell.replace("\n", " ") for cell in row) for row in rows]
    expected = list(enumerate(rows, 2))
    workbook = openpyxl.Workbook()
    for place, row in enumerate([LABELS, *rows], 1):
        for column, cell in enumerate(row, 1):
            workbook.active.cell(place, column, cell or None).data_type = "s" if cell else "n"
    assert rows_in(making.saved(workbook)) == expected
    assert rows_in(making.ods_bytes([LABELS, *rows])) == expected
    assert rows_in(making.zip_bytes({"t.ods": making.ods_bytes([LABELS, *rows])})) == expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8-sig", "UTF8", "mac-roman", "cp850", "utf-32"])
def test_a_declared_encoding_is_used(encoding):
    assert rows_in("a;b\n1;é\n".encode(encoding), encoding=encoding) == [(2, ("1", "é"))]


def test_a_marked_file_with_a_wrong_byte_stays_what_its_mark_says():
    source = open_source(io.BytesIO(b"\xef\xbb\xbfa;b\xff\n1;\xc3\xa9\xff\n"))
    assert source.labels == ("a", "b\ufffd")
    assert rows_of(source) == [(2, ("1", "é\ufffd"))]
    assert [(fault.code, fault.row, fault.offset) for fault in source.faults] == [
        ("encoding-error", 1, 6),
        ("encoding-error", 2, 12),
    ]


def test_a_windows_file_after_a_million_good_bytes_is_read_again_from_the_top():
    good = b"a;b\n" + b"plain;text\n" * 100_000
    source = open_source(io.BytesIO(good + b"caf\xe9;\x80\n"), limits=Limits(block_bytes=50_000))
    assert source.encoding == "utf-8"
    with pytest.raises(Restart):
        list(source.batches())
    assert source.encoding == "cp1252"
    assert str(len(good) + 3) in next(found for found in source.detected if found.what == "encoding").because.fr
    assert rows_of(source)[-1] == (100_002, ("café", "€"))


def test_bytes_that_cp1252_has_not_are_read_as_iso_8859_15():
    content = b"a;b\n" + b"\xe9;x\n" * 100_000 + b"\x81;\xa4\n"
    source = open_source(io.BytesIO(content))
    assert source.encoding == "cp1252"
    assert rows_of(source)[-1] == (100_002, ("\x81", "€"))
    assert source.encoding == "iso-8859-15"


@pytest.mark.parametrize("block", [1, 1 << 20])
def test_a_declared_encoding_that_fails_is_said_by_row_and_byte_and_the_run_goes_on(block):
    content = "a;b\n1;é\n".encode() + b"2;caf\xe9\n3;\xc3\xa9t\xc3\n4;fin\n"
    source = open_source(io.BytesIO(content), encoding="utf-8", limits=Limits(block_bytes=block))
    rows = rows_of(source)
    assert rows == [(2, ("1", "é")), (3, ("2", "caf\ufffd")), (4, ("3", "ét\ufffd")), (5, ("4", "fin"))]
    assert [(fault.code, fault.level, fault.row, fault.line, fault.offset) for fault in source.faults] == [
        ("encoding-error", "error", 3, 3, content.index(b"\xe9\n")),
        ("encoding-error", "error", 4, 4, content.index(b"\xc3\n")),
    ]


def test_a_file_in_the_wrong_declared_encoding_says_the_first_rows_and_counts_the_rest():
    content = b"a;b\n" + b"\xe9;x\n" * 500
    source = open_source(io.BytesIO(content), encoding="utf-8", limits=Limits(faults=10))
    assert len(rows_of(source)) == 500
    assert len(source.faults) == 11
    assert "490" in source.faults[-1].message.fr


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        (b"nom,prix;net,x\na,b;c,d\n", ";"),  # the labels decide, though commas are as steady
        (b"x\ty\n1,5\t2\n3,5\t4\n", "\t"),
        (b"x|y|z\n1|2|3\n", "|"),
        (b"seule\n1\n2\n", ","),
        (b"sep=|\na|b,c\n1|2,3\n", "|"),
        (b'\xef\xbb\xbf"sep=;"\r\na;b\r\n1;2\r\n', ";"),
    ],
)
def test_the_delimiter_is_that_of_the_labels_else_the_steadiest(content, delimiter):
    with closing(open_source(io.BytesIO(content), plan_labels=["nom,prix", "net,x"])) as source:
        assert source.delimiter == delimiter
        assert len(list(source.batches())) == 1


def test_blank_lines_on_top_are_skipped_aloud_and_count_in_the_row_numbers():
    source = open_source(io.BytesIO(b"\n  \r\na;b\n1;2\n"))
    assert source.labels == ("a", "b")
    assert rows_of(source) == [(4, ("1", "2"))]
    assert [(fault.code, fault.level) for fault in source.faults] == [("blank-lines-skipped", "warning")]


def test_the_numbers_of_rows_after_blank_lines_on_top_are_those_of_frictionless():
    content = b"\n\na;b\n1;2\n\n3;4\n"
    theirs = frictionless_rows(content, delimiter=";", encoding="utf-8")
    numbers = {tuple(cells): row for row, cells in enumerate(theirs, 1) if cells}
    ours = {cells: row for row, cells in rows_in(content) if cells}
    assert numbers == {("a", "b"): 3, **ours}


def test_empty_columns_and_blank_labels_are_kept():
    source = open_source(io.BytesIO(b"a;;b;;\n1;;2;;\n"))
    assert source.labels == ("a", "", "b", "", "")
    assert rows_of(source) == [(2, ("1", "", "2", "", ""))]


@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_a_quote_never_closed_is_said_at_its_row_and_the_rows_before_are_given(block):
    source = open_source(io.BytesIO(b'a;b\n1;2\n3;"4\n5;6\n7;8\n'), limits=Limits(block_bytes=block))
    rows = []
    with pytest.raises(SourceUnreadable) as stopped:
        rows.extend(row for batch in source.batches() for row in batch.rows.tolist())
    fault = stopped.value.fault
    assert (fault.code, fault.row, fault.line, fault.offset) == ("source-error", 3, 3, 8)
    assert rows == [2]
    assert source.faults == (fault,)
    assert source.sha256 is None


def test_control_characters_are_left_to_the_rules():
    assert rows_in(b"a;b\n\x001;\x072\n") == [(2, ("\x001", "\x072"))]


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_hash_is_that_of_the_file_as_it_was_given(form, tmp_path):
    path = tmp_path / "table.bin"
    path.write_bytes(FORMS[form](making.csv_bytes([LABELS, *[("a", "b", "c")] * 1000])))
    source = open_source(path, limits=Limits(block_bytes=1000))
    reads = [batch.bytes_read for batch in source.batches()]
    assert reads == sorted(reads)
    assert reads[-1] == path.stat().st_size == source.bytes_total
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    source.close()


def test_a_stream_that_cannot_go_back_is_read_all_the_same_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as end:
        end.write(b"a;b\n1;caf\xe9\n")
    with os.fdopen(reading, "rb") as stream:
        source = open_source(stream)
        assert (source.encoding, source.delimiter, source.path) == ("cp1252", ";", "-")
        assert rows_of(source) == [(2, ("1", "café"))]
    assert list(tmp_path.iterdir()) == []


def native_workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    moment = datetime(2021, 3, 1, 10, 5, 6)  # noqa: DTZ001 - a spreadsheet knows no time zone
    sheet.append(["code", "prix", "actif", "jour", "heure", 2024, None])
    sheet.append(["01234", 12, True, date(2021, 3, 1), time(10, 5), 1.5, None])
    sheet.append(["é", 12.5, False, moment, None, -3, "x"])
    sheet.append([None] * 7)
    sheet.append(["75001", 0, None, None, time(23, 59, 59), 10**12, None])
    return book


def test_the_cells_of_a_workbook_are_those_that_openpyxl_gives_to_frictionless(tmp_path):
    path = tmp_path / "table.xlsx"
    path.write_bytes(making.saved(native_workbook()))
    header, *expected = frictionless_rows(path)
    source = open_source(path)
    assert list(source.labels) == ["" if label is None else str(label) for label in header]
    found = rows_of(source)
    assert [row for row, _ in found] == [2, 3, 4, 5]
    assert [[cell if cell != "" else None for cell in cells] for _, cells in found] == expected
    for (_, ours), theirs in zip(found, expected, strict=True):
        assert [type(cell) for cell in ours if cell not in ("", None)] == [
            type(cell) for cell in theirs if cell is not None
        ]


def test_the_example_workbook_of_the_corpus_gives_the_cells_of_frictionless(corpora):
    file = corpora / "tables" / "NaturalSolutions__schema-arbre" / "exemple-valide.xlsx"
    _, *expected = frictionless_rows(file)
    assert [[cell if cell != "" else None for cell in cells] for _, cells in rows_of(open_source(file))] == expected


def test_every_old_workbook_of_the_corpus_is_read(corpora):
    files = sorted((corpora / "tables").rglob("*.xls"))
    assert len(files) == 7
    for file in files:
        source = open_source(file)
        assert source.format == "xls"
        assert any(source.labels)
        assert rows_of(source)


def test_the_first_filled_sheet_is_read_unless_another_is_asked_for():
    content = making.xlsx_bytes([], Deux=[["a"], ["1"]], Trois=[["b"], ["2"]])
    assert open_source(io.BytesIO(content)).sheet == "Deux"
    for name in ("Trois", "3"):
        source = open_source(io.BytesIO(content), sheet=name)
        assert (source.sheet, source.labels) == ("Trois", ("b",))
    with pytest.raises(SourceUnreadable, match=r"Quatre.*Deux.*Trois"):
        open_source(io.BytesIO(content), sheet="Quatre")


def test_blank_rows_hidden_rows_and_merged_cells_of_a_sheet_are_said():
    book = openpyxl.Workbook()
    for row in ([], ["a", "b"], ["1", "2"], ["3", "4"], ["5", None]):
        book.active.append(row)
    book.active.row_dimensions[4].hidden = True
    book.active.merge_cells("A5:B5")
    source = open_source(io.BytesIO(making.saved(book)))
    assert [(fault.code, fault.level, fault.row) for fault in source.faults] == [
        ("blank-lines-skipped", "warning", 1),
        ("hidden-rows", "warning", 4),
        ("merged-cells", "warning", 5),
    ]
    assert rows_of(source) == [(3, ("1", "2")), (4, ("3", "4")), (5, ("5", ""))]


def test_one_table_of_an_archive_is_chosen_by_its_name():
    content = making.zip_bytes({"a.csv": b"x\n1\n", "d/b.csv": b"y\n2\n", "lisez-moi.md": b"#"})
    with pytest.raises(SourceUnreadable, match=r"2 tableaux : « a.csv », « d/b.csv »"):
        open_source(io.BytesIO(content))
    for name in ("b.csv", "d/b.csv"):
        source = open_source(io.BytesIO(content), member=name)
        assert (source.member, source.labels) == ("d/b.csv", ("y",))
        assert rows_of(source) == [(2, ("2",))]


def test_no_warning_of_a_library_comes_out(recwarn):
    warnings.simplefilter("always")
    rows_in(making.xlsx_bytes([["a"], ["1"]]))
    rows_in(making.zip_bytes({"a.csv": b"x\n1\n"}))
    assert not recwarn.list
