"""`dcant check table` on many files: lines as they come, a summary, the status of the worst."""

import json
import os

import pytest

from dcant.cli import main

SCHEMA = {"name": "essai", "fields": [{"name": "code", "type": "integer"}]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (tmp_path / "bon.csv").write_text("code\n1\n", encoding="utf-8")
    (tmp_path / "faux.csv").write_text("code\nun\n", encoding="utf-8")
    (tmp_path / "liste.csv").write_text("path,schema\nbon.csv,schema.json\nfaux.csv,schema.json\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_list_of_files_ends_with_a_summary_and_the_status_of_the_worst(folder, capsys):
    assert main(["check", "table", "--manifest", "liste.csv", "--jobs", "1", "--results", "r.jsonl"]) == 1
    shown = capsys.readouterr()
    assert "Fichiers : 2, lignes : 2, erreurs : 1" in shown.out
    assert "type-error — erreurs : 1, fichiers : 1" in shown.out
    assert shown.err == ""
    written = [json.loads(line) for line in (folder / "r.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(one["path"], one["verdict"]) for one in written] == [
        ("bon.csv", "conforms"),
        ("faux.csv", "does-not-conform"),
    ]
    assert main(["check", "table", "--manifest", "liste.csv", "--results", "r.jsonl", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["verdicts"]["conforms"] == 1
    assert len((folder / "r.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_files_of_the_command_take_the_schema_of_the_command(folder, capsys):
    common = ["--schema", "schema.json", "--jobs", "1"]
    assert main(["check", "table", "bon.csv", *common]) == 0
    assert main(["check", "table", "bon.csv", "absent.csv", *common, "--lang", "en"]) == 2
    assert "unreadable: 1" in capsys.readouterr().out


def test_a_file_that_takes_too_long_is_left_without_verdict_and_the_others_are_checked(folder, capsys):
    os.mkfifo("sans-fin.csv")  # that nobody ever writes to
    files = ["sans-fin.csv", "bon.csv"]
    assert main(["check", "table", *files, "--schema", "schema.json", "--jobs", "1", "--time-limit", "4"]) == 2
    shown = capsys.readouterr().out
    assert "conformes : 1" in shown
    assert "time-limit — erreurs : 1, fichiers : 1" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bon.csv"],
        ["bon.csv", "--jobs", "1"],
        ["--schema", "schema.json", "--jobs", "1"],
        ["bon.csv", "--schema", "schema.json", "--jobs", "0"],
        ["bon.csv", "--schema", "schema.json", "--time-limit", "0"],
        ["bon.csv", "--schema", "ailleurs/que/la.json", "--jobs", "1"],
        ["-", "--schema", "schema.json", "--jobs", "1"],
        ["bon.csv", "--schema", "schema.json", "--jobs", "1", "--annotate", "a.xlsx"],
        ["bon.csv", "--schema", "schema.json", "--results", "nulle/part.jsonl"],
        ["--manifest", "schema.json"],
    ],
)
def test_wrong_use_is_said_and_ends_with_2(folder, capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(["check", "table", *arguments])
    assert ended.value.code == 2
    assert capsys.readouterr().err
    assert not (folder / "r.jsonl").exists()
