"""Whatever is sent, there is a table or a sentence with a remedy: no traceback, no partial result, no endless memory."""

import contextlib
import io
import itertools
import os
import random
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standards.tables import making
from tests.standards.tables.reading import rows_of

from dcant.standards.tables.sources import Limits, open_source
from dcant.standards.tables.values import SourceUnreadable

SMALL = [["nom", "note"], ["é", "1"], ["b", "deux\nlignes"]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def fault_of(given, **asked):
    given = io.BytesIO(given) if isinstance(given, bytes) else given
    with pytest.raises(SourceUnreadable) as refused:
        rows_of(open_source(given, **asked))
    fault = refused.value.fault
    assert fault.level == "error"
    assert all((fault.message.fr, fault.message.en, fault.remedy.fr, fault.remedy.en))
    return fault


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"", "source-error", "vide"),
        (b"\n\n \r\n", "source-error", "vide"),
        (b"%PDF-1.7\n%...", "format-error", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "format-error", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "format-error", "JPEG"),
        (b"\n<!DOCTYPE html><html><body>Connexion</body></html>", "format-error", "page web"),
        (b"<html lang='fr'><title>Erreur</title>", "format-error", "page web"),
        (b"<?xml version='1.0'?><rss/>", "format-error", "XML"),
        (b"SQLite format 3\0\x10\0", "format-error", "SQLite"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "compression-error", "7z"),
        (b"BZh91AY&SY", "compression-error", "bzip2"),
        (bytes(range(32)) * 100, "format-error", "texte"),
        ("a;b\n1;2\n".encode("utf-16-le"), "format-error", "texte"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "format-error", "mot de passe"),
        (OLE + "WordDocument".encode("utf-16-le"), "format-error", "Word"),
        (OLE, "format-error", "abîmé"),
        (making.zip_bytes({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<t/>"}), "format-error", "Word"),
        (making.zip_bytes({}), "compression-error", "vide"),
        (making.zip_bytes({"a.md": b"x", "b.md": b"y"}), "compression-error", "aucun tableau"),
        (making.zip_bytes({"a.zip": making.zip_bytes({"a.csv": b"x\n1\n"})}), "compression-error", "autre archive"),
        (making.gz_bytes(making.gz_bytes(b"a\n1\n")), "compression-error", "autre archive"),
        (making.zip_bytes({"a.csv": b"%PDF-1.4"}), "format-error", "PDF"),
        (making.gz_bytes(b"a;b\n1;2\n" * 50)[:-12], "compression-error", "abîmé"),
        (making.zip_bytes({"a.csv": b"a;b\n"})[:-30], "compression-error", "abîmé"),
        (making.zip_bytes({f"{place}.csv": b"" for place in range(10_000)}), "compression-error", "10\u202f000"),
        (making.xlsx_bytes([]), "source-error", "aucune feuille"),
        (making.xlsx_bytes(SMALL)[:-200], "compression-error", "abîmé"),
    ],
    ids=itertools.count(),  # some contents hold the moment they were made
)
def test_what_is_no_table_is_refused_with_its_name_and_a_remedy(content, code, word):
    fault = fault_of(content)
    assert fault.code == code
    assert word in fault.message.fr


def test_a_path_that_leads_nowhere_is_refused(tmp_path):
    assert "n’existe pas" in fault_of(tmp_path / "absent.csv").message.fr
    assert "dossier" in fault_of(tmp_path).message.fr
    assert fault_of("a\0b.csv").code == "scheme-error"
    assert fault_of(Path("/dev/null")).code == "scheme-error"


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read every file")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_bytes(b"a\n1\n")
    path.chmod(0)
    assert "droit" in fault_of(path).message.fr


@pytest.mark.parametrize(
    "asked",
    [
        {"sheet": "x"},
        {"member": "x"},
        {"encoding": "klingon"},
        {"encoding": "idna"},
        {"encoding": "base64"},
        {"delimiter": ";;"},
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(asked):
    fault_of(b"a;b\n1;2\n", **asked)


def test_a_header_that_never_ends_is_refused():
    fault = fault_of(b'a;"b\n1;2\n3;4\n', delimiter=";")
    assert (fault.code, fault.row) == ("source-error", 1)


def test_a_member_that_is_not_there_is_refused_with_those_that_are():
    assert "« a.csv »" in fault_of(making.zip_bytes({"a.csv": b"x\n"}), member="b.csv").message.fr


@pytest.mark.parametrize("change", ["cut", "grown", "rewritten"])
def test_a_file_that_changes_while_it_is_read_is_never_called_complete(change, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"a;b\n" + b"1;2\n" * 200_000)
    source = open_source(path, limits=Limits(block_bytes=10_000))
    batches = source.batches()
    next(batches)
    if change == "cut":
        os.truncate(path, 300_000)
    elif change == "grown":
        with path.open("ab") as file:
            file.write(b"3;4\n")
    else:
        path.write_bytes(b"a;b\n" + b"5;6\n" * 200_000)
    with pytest.raises(SourceUnreadable, match="changé"):
        list(batches)
    assert source.sha256 is None
    assert source.faults[-1].code == "source-error"
    source.close()


def test_what_unfolds_without_end_is_refused():
    zeros = b"a;b\n" + b"0" * 3_000_000
    for content in (making.gz_bytes(zeros), making.zip_bytes({"a.csv": zeros})):
        fault = fault_of(content, limits=Limits(ratio_from=1_000_000, ratio=100))
        assert (fault.code, "piège" in fault.message.fr) == ("compression-error", True)
        assert "dépasse" in fault_of(content, limits=Limits(unpacked_bytes=1_000_000)).message.fr


@pytest.mark.parametrize("line", [b"x" * 3_000_000, b'"' + b"x\n" * 1_500_000, b'""' * 1_500_000])
def test_a_row_without_end_is_refused_at_its_place(line):
    fault = fault_of(b"a;b\n1;2\n" + line, limits=Limits(record_bytes=1_000_000, block_bytes=10_000))
    assert (fault.code, fault.row, fault.offset) == ("source-error", 3, 8)


def test_a_hundred_thousand_columns_are_refused():
    assert "100\u202f000 colonnes" in fault_of(b";".join([b"a"] * 100_000) + b"\n").message.fr


def far_cells() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "a", "z"
    return book


def test_a_sheet_that_would_take_all_memory_is_refused_before_it_is_loaded():
    assert "trop" in fault_of(making.saved(far_cells())).message.fr
    row = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}"{}</table:table-row>'
    full = row.format(1_000_000, 16_000, ' office:value-type="string"><text:p>x</text:p></table:table-cell>')
    assert "trop" in fault_of(making.ods_of(f'<table:table table:name="F">{full}</table:table>')).message.fr


@pytest.mark.parametrize("place", ["r = 'XFD1048576'", 'r=" XFD1048576"', "r='xfd1048576'", 'r\n="XFD1048576"'])
def test_a_far_cell_is_seen_however_its_place_is_written(place):
    with zipfile.ZipFile(io.BytesIO(making.saved(far_cells()))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b'r="XFD1048576"' in members[sheet]
    members[sheet] = members[sheet].replace(b'r="XFD1048576"', place.encode())
    assert "trop" in fault_of(making.zip_bytes(members)).message.fr


def test_rows_repeated_empty_to_the_bottom_of_a_sheet_are_no_trouble():
    cells = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell></table:table-row>'
        for text in "ab"
    )
    tail = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    source = open_source(io.BytesIO(making.ods_of(f'<table:table table:name="F">{cells}{tail}</table:table>')))
    assert (source.labels, rows_of(source)) == (("a",), [(2, ("b",))])


def test_a_workbook_whose_parts_unfold_too_far_is_refused():
    content = making.zip_bytes(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": b"<workbook/>",
            "xl/sharedStrings.xml": b" " * 20_000_000,
        }
    )
    assert fault_of(content, limits=Limits(ratio_from=1_000_000)).code == "compression-error"


def test_a_large_sheet_followed_by_small_parts_is_read():
    rows = [["code", "nom"], *([f"{number}", f"nom {number * 7919}"] for number in range(3_000))]
    source = open_source(io.BytesIO(making.xlsx_bytes(rows)), limits=Limits(ratio_from=10_000))
    assert len(rows_of(source)) == 3_000


FILES = {
    "csv": making.csv_bytes(SMALL * 5),
    "cp1252": making.csv_bytes(SMALL * 5, encoding="cp1252"),
    "utf-16": making.csv_bytes(SMALL * 5, encoding="utf-16"),
    "gz": making.gz_bytes(making.csv_bytes(SMALL * 5)),
    "zip": making.zip_bytes({"a.csv": making.csv_bytes(SMALL * 5)}),
    "xlsx": making.xlsx_bytes(SMALL),
    "ods": making.ods_bytes(SMALL),
}


@given(st.sampled_from(sorted(FILES)), st.integers(0, 2**32), st.integers(1, 8))
def test_bytes_changed_at_random_give_a_table_or_a_sentence(kind, seed, changes):
    dice = random.Random(seed)
    content = bytearray(FILES[kind])
    for _ in range(changes):
        content[dice.randrange(len(content))] = dice.randrange(256)
    if dice.random() < 0.2:
        del content[dice.randrange(len(content)) :]
    with contextlib.suppress(SourceUnreadable):
        rows_of(open_source(io.BytesIO(bytes(content)), limits=Limits(block_bytes=50)))


def peak_in_megabytes(path: Path) -> int:
    """Of a process that reads the whole file, whatever comes of it. Not `getrusage`: it counts what the parent weighed when
    it was forked.
    """
    script = (
        "import re, sys\n"
        "from dcant.standards.tables.sources import open_source\n"
        "from dcant.standards.tables.values import SourceUnreadable\n"
        "try:\n"
        "    for batch in open_source(sys.argv[1]).batches(): pass\n"
        "except SourceUnreadable as refused: print(refused.fault.code)\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


def test_one_line_of_half_a_gigabyte_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "line.csv.gz"
    packer = zlib.compressobj(1, wbits=31)
    with path.open("wb") as file:
        file.write(packer.compress(b"a;b\n1;2\n"))
        for _ in range(500):
            file.write(packer.compress(random.Random(1).randbytes(1024).hex().encode() * 512))
        file.write(packer.flush())
    assert peak_in_megabytes(path) < 400
