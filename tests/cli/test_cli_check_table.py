"""`dcant check table`: the verdict of a file, said in forty lines, as JSON or as a page; the status of the worst."""

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dcant.cli import check, main
from dcant.standards.tables import Report
from own_node import dcant, environment

SCHEMA = {
    "name": "essai",
    "title": "Essai",
    "version": "1.0.0",
    "fields": [
        {"name": "code", "type": "string", "constraints": {"required": True, "pattern": r"\d{5}"}},
        {"name": "jour", "type": "date"},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (tmp_path / "bon.csv").write_text("code,jour\n35238,2021-03-01\n", encoding="utf-8")
    lines = "".join(f"1001,{day:02}/03/2021\n" for day in range(1, 29))
    (tmp_path / "faux.csv").write_text(f"code,jour\n{lines}", encoding="utf-8")
    return tmp_path


def check_table(folder: Path, *arguments: str) -> int:
    return main(["check", "table", *arguments, "--schema", str(folder / "schema.json")])


def test_a_file_that_conforms_ends_with_0_and_says_so(folder: Path, capsys):
    assert check_table(folder, str(folder / "bon.csv")) == 0
    shown = capsys.readouterr()
    assert "Conforme à « Essai 1.0.0 » : 1 ligne, aucune erreur." in shown.out
    assert shown.err == ""


@pytest.mark.parametrize(("lang", "words"), [("fr", "Non conforme"), ("en", "Does not conform")])
def test_a_file_that_does_not_ends_with_1_and_says_what_to_mend_in_forty_lines(folder: Path, capsys, lang, words):
    assert check_table(folder, str(folder / "faux.csv"), "--lang", lang) == 1
    shown = capsys.readouterr().out
    assert words in shown
    assert shown.index("28 date") < shown.index("01/03/2021 »" if lang == "fr" else "01/03/2021”")
    assert len(shown.splitlines()) <= 40


def test_json_is_one_document_that_reads_back(folder: Path, capsys):
    assert (
        check_table(folder, str(folder / "faux.csv"), str(folder / "bon.csv"), "--format", "json", "--limit", "5") == 1
    )
    report = Report.from_json(capsys.readouterr().out)
    assert [one.conforms for one in report.files] == [False, True]
    assert report.counts.errors == 56
    assert report.files[0].sample.kept == 40


def test_a_page_stands_alone_in_the_file_asked(folder: Path, capsys):
    assert check_table(folder, str(folder / "faux.csv"), "--format", "html", "--output", str(folder / "r.html")) == 1
    assert capsys.readouterr().out == ""
    page = (folder / "r.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "28 dates au format JJ/MM/AAAA" in page


def test_the_workbook_asked_is_written_beside_the_report(folder: Path, capsys):
    assert check_table(folder, str(folder / "faux.csv"), "--annotate", str(folder / "a.xlsx")) == 1
    assert (folder / "a.xlsx").read_bytes().startswith(b"PK")
    assert "Non conforme" in capsys.readouterr().out
    (folder / "faux.csv").write_bytes(b'code,jour\n"35238,2021-03-01\n')
    assert check_table(folder, str(folder / "faux.csv"), "--annotate", str(folder / "b.xlsx")) == 2
    assert not (folder / "b.xlsx").exists()


def test_the_status_is_that_of_the_worst_file(folder: Path, capsys):
    (folder / "image.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    assert check_table(folder, str(folder / "bon.csv"), str(folder / "image.csv"), str(folder / "faux.csv")) == 2
    assert "illisible" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--schema", "absent.json"], "Aucun schéma"),
        (["faux.csv", "--schema", "SCHEMA", "--annotate", "a.xlsx"], "un fichier à la fois"),
        (["--schema", "SCHEMA", "--reference", "communes"], "NOM=FICHIER"),
        (["--schema", "SCHEMA", "--limit", "-1"], "--limit"),
        (["--schema", "NOT_JSON"], "NOT_JSON"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(folder: Path, capsys, monkeypatch, arguments, said):
    monkeypatch.chdir(folder)
    (folder / "NOT_JSON").write_text("{", encoding="utf-8")
    given = [{"SCHEMA": "schema.json"}.get(one, one) for one in arguments]
    with pytest.raises(SystemExit) as ended:
        main(["check", "table", "bon.csv", *given])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err


def test_a_standard_of_the_register_needs_the_base_that_holds_it(folder: Path):
    ended = dcant(
        environment(folder / "data"),
        *["check", "table", str(folder / "bon.csv"), "--schema", "scdl/deliberations@2.1.5"],
        *["--data", str(folder / "data")],
        status=2,
    )
    assert ended.stdout == ""
    assert "Aucune base" in ended.stderr


def test_standard_input_is_read_and_what_was_recognised_is_said(folder: Path):
    ended = subprocess.run(
        [sys.executable, "-m", "dcant", "check", "table", "-", "--schema", str(folder / "schema.json")],
        input="jour;code\n2021-03-01;35238\n;été\n".encode("cp1252"),
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "cp1252, séparateur « ; »" in ended.stdout.decode()
    assert ended.stderr == b""


def test_an_interrupted_check_gives_what_it_found_and_ends_with_130(folder: Path, capsys, monkeypatch):
    """Ctrl-C comes while the first block is told: the second is never checked, nor the second file."""
    monkeypatch.setattr(check, "_progress", lambda _: lambda *_: signal.raise_signal(signal.SIGINT))
    (folder / "long.csv").write_text("code,jour\n" + "35238,2021-03-01\n" * 300_000, encoding="utf-8")
    before = signal.getsignal(signal.SIGINT)
    assert check_table(folder, str(folder / "long.csv"), str(folder / "bon.csv"), "--format", "json") == 130
    (report,) = Report.from_json(capsys.readouterr().out).files
    assert (report.conforms, report.complete, report.stopped) == (False, False, "cancelled")
    assert 0 < report.rows < 300_000
    assert signal.getsignal(signal.SIGINT) == before


def test_a_file_of_a_given_reference_is_read(folder: Path, capsys):
    document = SCHEMA | {"foreignKeys": [{"fields": "code", "reference": {"resource": "communes", "fields": "insee"}}]}
    (folder / "schema.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "communes.csv").write_text("insee\n35238\n", encoding="utf-8")
    assert check_table(folder, str(folder / "bon.csv"), "--reference", f"communes={folder / 'communes.csv'}") == 0
    (folder / "communes.csv").write_text("insee\n35000\n", encoding="utf-8")
    assert check_table(folder, str(folder / "bon.csv"), "--reference", f"communes={folder / 'communes.csv'}") == 1
    assert "ne se trouve pas dans communes" in capsys.readouterr().out


# What the remedies say, done by hand on the three « invalide » files of the corpus.
MENDED = {
    "etalab__schema-stationnement/exemple-invalide.csv": [
        (2, "id", "35238-P-001"),
        (2, "num_siret", "21350238800019"),
        (2, "tarif_pmr", "gratuit"),
    ],
    "etalab__schema-lieux-covoiturage/exemple-invalide.csv": [(3, "date_maj", "2019-06-24")],
    "etalab__schema-comptage-mobilites/channel/exemple-invalide.csv": [
        (2, "temporality", "PERMANENT"),
        (2, "started_at", "2020-06-22T10:00:00Z"),
        (3, "channel_id", "autre"),
        (3, "temporality", "PERMANENT"),
        (3, "started_at", "2020-06-22T10:00:00Z"),
        (4, "mobility_type", "BIKE"),
        (5, "mobility_type", "BIKE,PEDESTRIAN"),
    ],
}


@pytest.mark.parametrize("name", MENDED)
def test_a_real_invalid_file_passes_once_mended_as_it_is_told(corpora: Path, tmp_path: Path, name: str, capsys):
    source = corpora / "tables" / name
    schema = str(source.parent / "schema.json")
    assert main(["check", "table", str(source), "--schema", schema, "--format", "json"]) == 1
    (report,) = Report.from_json(capsys.readouterr().out).files
    told = {(one.row, one.field) for one in report.errors}
    assert len(report.errors) == len(MENDED[name])
    rows = list(csv.reader(io.StringIO(source.read_text(encoding="utf-8-sig"))))
    for row, label, value in MENDED[name]:
        assert (row, label) in told or (row, None) in told
        rows[row - 1][rows[0].index(label)] = value
    with (tmp_path / "mended.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    assert main(["check", "table", str(tmp_path / "mended.csv"), "--schema", schema]) == 0, capsys.readouterr().out
