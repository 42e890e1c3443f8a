"""Many files: one result each whatever happens to it, nothing checked twice without need, and the sums are right."""

import json
import os
import select
import signal
import threading

import pytest

from dcant.standards.tables import validate
from dcant.standards.tables.many import (
    Document,
    Job,
    Listed,
    LocalExecutor,
    ManifestUnreadable,
    Result,
    ResultsFile,
    Settings,
    check_many,
    check_one,
    read_manifest,
)

SCHEMA = {"fields": [{"name": "code", "type": "integer"}, {"name": "jour", "type": "date"}]}
DOCUMENT = Document("essai", json.dumps(SCHEMA).encode())
GOOD, BAD = "code,jour\n1,2021-03-01\n", "code,jour\nx,2021-03-01\ny,01/03/2021\n"


class Here:
    """An executor without processes: the seam is that small."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.run: list[str] = []

    def submit(self, job):
        self.jobs.append(job)

    def gather(self):
        for job in self.jobs:
            self.run.append(job.path)
            yield check_one(job)

    def cancel(self):
        self.jobs.clear()


def job(path, document=DOCUMENT, **settings) -> Job:
    return Job(str(path), document, Settings(**settings))


@pytest.fixture
def files(tmp_path):
    for name, text in (("bon", GOOD), ("faux", BAD), ("vide", "")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return [tmp_path / f"{name}.csv" for name in ("bon", "faux", "vide", "absent")]


def run(jobs, path, **others):
    """The summary, and which files were really checked."""
    here = Here()
    with ResultsFile(path) as results:
        summary = check_many(jobs, executor=here, results=results, **others)
    return summary, here.run


def lines(path) -> list[Result]:
    return [Result.from_line(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_file_has_a_line_that_says_what_its_own_report_says(files, tmp_path):
    check_many([job(path) for path in files], executor=Here(), results=(kept := ResultsFile(tmp_path / "r.jsonl")))
    kept.__exit__(None, None, None)
    found = lines(tmp_path / "r.jsonl")
    assert [one.verdict for one in found] == ["conforms", "does-not-conform", "unreadable", "unreadable"]
    for path, one in zip(files, found, strict=True):
        (report,) = validate(path, SCHEMA).files
        assert (one.rows, one.errors, one.by_code, one.by_field) == (
            report.rows, report.counts.errors, report.counts.by_code, report.counts.by_field,
        )  # fmt: skip
    assert [(one["code"], one["field"], one["row"]) for one in found[1].examples] == [
        ("type-error", "code", 2),
        ("type-error", "jour", 3),
    ]


def test_two_processes_say_the_same_as_none(files):
    alone = check_many([job(path) for path in files * 3], executor=Here())
    assert check_many([job(path) for path in files * 3], executor=LocalExecutor(2)).as_dict() == alone.as_dict()
    assert alone.as_dict()["by_schema"] == {
        "essai": {"conforms": 3, "does-not-conform": 3, "unreadable": 6, "engine-error": 0}
    }
    assert alone.as_dict()["by_code"]["type-error"] == {"errors": 9, "files": 3}


def test_run_again_only_what_changed_is_checked(files, tmp_path):
    out, jobs = tmp_path / "r.jsonl", [job(path) for path in files[:2]]
    first, run_first = run(jobs, out)
    written = out.read_bytes()
    again, run_again = run(jobs, out)
    assert (len(run_first), run_again) == (2, [])
    assert out.read_bytes() == written
    assert again.as_dict() == first.as_dict()
    files[0].write_text(BAD, encoding="utf-8")  # what the other file already was
    assert run(jobs, out)[1] == []
    assert lines(out)[-1].path == str(files[0])
    assert lines(out)[-1].errors == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"document": Document("essai", json.dumps({"fields": SCHEMA["fields"][::-1]}).encode())},
        {"columns": "exact"},
        {"delimiter": ","},
        {"encoding": "cp1252"},
    ],
)
def test_another_schema_or_another_way_of_reading_is_another_question(files, tmp_path, changed):
    run([job(files[0])], tmp_path / "r.jsonl")
    assert run([job(files[0], **changed)], tmp_path / "r.jsonl")[1] == [str(files[0])]


def test_a_reference_that_changed_makes_the_file_checked_again(files, tmp_path):
    first = tmp_path / "communes.csv"
    second = tmp_path / "autres.csv"
    first.write_text("code\n1\n", encoding="utf-8")
    second.write_text("code\n2\n", encoding="utf-8")
    document = Document("r", json.dumps(SCHEMA | {"foreignKeys": [
        {"fields": "code", "reference": {"resource": "communes", "fields": "code"}}]}).encode())  # fmt: skip
    summary, _ = run([job(files[0], document, references=(("communes", str(first)),))], tmp_path / "r.jsonl")
    assert summary.errors == 0
    summary, checked = run([job(files[0], document, references=(("communes", str(second)),))], tmp_path / "r.jsonl")
    assert (summary.errors, checked) == (1, [str(files[0])])


def test_what_could_not_be_read_is_tried_again_at_the_next_run(files, tmp_path):
    run([job(files[3])], tmp_path / "r.jsonl")
    files[3].write_text(GOOD, encoding="utf-8")
    summary, checked = run([job(files[3])], tmp_path / "r.jsonl")
    assert checked == [str(files[3])]
    assert summary.verdicts["conforms"] == 1


def test_a_line_cut_short_by_a_crash_is_passed_over_and_its_file_checked_again(files, tmp_path):
    out = tmp_path / "r.jsonl"
    run([job(path) for path in files[:2]], out)
    out.write_bytes(out.read_bytes()[:-20])
    assert run([job(path) for path in files[:2]], out)[1] == [str(files[1])]
    whole = out.read_text(encoding="utf-8").splitlines()
    assert Result.from_line(whole[-1]).path == str(files[1])
    assert run([job(path) for path in files[:2]], out)[1] == []


def test_a_schema_that_is_none_is_said_of_its_files_and_stops_no_other(files):
    jobs = [job(files[0], Document("rien", b"{}")), job(files[0])]
    assert check_many(jobs, executor=Here()).verdicts == {"unreadable": 1, "conforms": 1}


def test_a_fault_of_ours_is_an_engine_error_and_stops_no_other(files):
    jobs = [job(files[0], columns="no such way"), job(files[0])]
    summary = check_many(jobs, executor=LocalExecutor(1))
    assert summary.verdicts == {"engine-error": 1, "conforms": 1}
    assert summary.errors_by_code == {"engine-error": 1}


def killed_while_reading(executor: LocalExecutor, pipe, times: int) -> threading.Thread:
    """Kills the process that opens this pipe, as many times: opening waits until somebody reads it. Then feeds it."""

    def kill() -> None:
        for _ in range(times):
            with pipe.open("wb"):
                (pid,) = executor.pids
                seen = os.pidfd_open(pid)
                os.kill(pid, signal.SIGKILL)
                select.select([seen], [], [])  # until it is dead, and reads the pipe no more
                os.close(seen)
        if times == 1:
            with pipe.open("wb") as out:
                out.write(GOOD.encode())

    killer = threading.Thread(target=kill)
    killer.start()
    return killer


@pytest.mark.parametrize(("times", "verdict"), [(1, "conforms"), (2, "engine-error")])
def test_the_file_of_a_killed_process_is_tried_once_more_and_the_others_are_checked(files, tmp_path, times, verdict):
    pipe = tmp_path / "tube.csv"
    os.mkfifo(pipe)
    executor, out = LocalExecutor(1), tmp_path / "r.jsonl"
    killer = killed_while_reading(executor, pipe, times)
    with ResultsFile(out) as results:
        check_many([job(pipe), *map(job, files[:2])], executor=executor, results=results)
    killer.join()
    by_path = {one.path: one for one in lines(out)}
    assert (by_path[str(pipe)].verdict, by_path[str(pipe)].attempts) == (verdict, 2)
    assert [by_path[str(path)].verdict for path in files[:2]] == ["conforms", "does-not-conform"]
    assert executor.pids == []


def test_a_slow_file_does_not_hold_the_others(files, tmp_path):
    pipe = tmp_path / "tube.csv"
    os.mkfifo(pipe)
    ended = []

    def feed_at_last(_done: int, last: Result) -> None:
        ended.append(last.path)
        if len(ended) == 2:
            pipe.write_text(GOOD, encoding="utf-8")

    check_many([job(pipe), *map(job, files[:2])], executor=LocalExecutor(2), on_result=feed_at_last)
    assert ended[2:] == [str(pipe)]


def test_a_file_over_the_time_limit_ends_without_verdict_while_the_others_go_on(files, tmp_path):
    pipe, out = tmp_path / "tube.csv", tmp_path / "r.jsonl"
    os.mkfifo(pipe)  # that nobody ever writes to
    executor = LocalExecutor(1, seconds=4)
    jobs = [job(pipe), *map(job, files[:2])]
    with ResultsFile(out) as results:
        check_many(jobs, executor=executor, results=results)
    by_path = {one.path: one for one in lines(out)}
    assert (by_path[str(pipe)].verdict, by_path[str(pipe)].by_code) == ("engine-error", {"time-limit": 1})
    assert "4 secondes" in by_path[str(pipe)].examples[0]["message"]["fr"]
    assert by_path[str(pipe)].key is None  # tried again at the next run
    assert [by_path[str(path)].verdict for path in files[:2]] == ["conforms", "does-not-conform"]
    assert executor.pids == []


def test_an_interruption_keeps_what_was_done_and_says_the_rest_was_not(files, tmp_path):
    def interrupt(_done: int, _last: Result) -> None:
        raise KeyboardInterrupt

    summary, _ = run([job(path) for path in files], tmp_path / "r.jsonl", on_result=interrupt)
    assert (summary.complete, summary.files) == (False, 1)
    assert len(lines(tmp_path / "r.jsonl")) == 1
    assert "Interrompu" in summary.to_text()


def test_a_list_gives_paths_beside_it_with_their_schema_and_references(tmp_path):
    (tmp_path / "s.json").write_text("{}", encoding="utf-8")
    (tmp_path / "l.csv").write_text(
        "path;schema;reference\na.csv;s.json;x=b.csv|y=c.csv\n/d.csv;scdl/eau@1.0\n", "utf-8"
    )
    assert read_manifest(tmp_path / "l.csv") == [
        Listed(f"{tmp_path}/a.csv", f"{tmp_path}/s.json", (("x", f"{tmp_path}/b.csv"), ("y", f"{tmp_path}/c.csv"))),
        Listed("/d.csv", "scdl/eau@1.0"),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "fichier\na.csv\n", "path,autre\na,b\n", "path\na,b\n", "path,schema\n,s.json\n", "path,reference\na,b\n"],
)
def test_what_is_no_list_is_said(tmp_path, text):
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestUnreadable):
        read_manifest(tmp_path / "l.csv")
