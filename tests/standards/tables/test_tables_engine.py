"""The engine as a whole: what a verdict may not depend on, how it stops, and what it says of what was not read."""

import csv
import io
import json
import random
from collections import Counter
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.tables import Limits, Report, open_source, ready, validate
from dcant.standards.tables.values import Restart

SCHEMA = {
    "name": "essai",
    "fields": [
        {"name": "code", "type": "string", "constraints": {"required": True, "pattern": r"\d{5}"}},
        {"name": "jour", "type": "date"},
        {"name": "montant", "type": "number", "constraints": {"minimum": 0}},
        {"name": "ouvert", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
        {"name": "genre", "type": "string", "constraints": {"enum": ["a", "b"], "unique": True}},
    ],
}
NAMES = [one["name"] for one in SCHEMA["fields"]]
PLAN = ready(SCHEMA)
GOOD = {"code": "35238", "jour": "2021-03-01", "montant": "12.5", "ouvert": "oui", "genre": ""}
cells = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["35238", "1001", "", "2A004", "01001"]),
        "jour": st.sampled_from(["2021-03-01", "01/03/2021", "", "2021-02-30", "2021-3-1"]),
        "montant": st.sampled_from(["12.5", "12,5", "-1", "", "1 000", "NaN"]),
        "ouvert": st.sampled_from(["oui", "non", "vrai", "", "OUI"]),
        "genre": st.sampled_from(["a", "b", "c", ""]),
    }
)
tables = st.lists(cells, min_size=1, max_size=12)


def written(rows, names=NAMES, delimiter=","):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([row[name] for name in names] for row in rows)
    return text.getvalue().encode()


def checked(content, plan=PLAN, **asked):
    (report,) = validate(BytesIO(content), plan, **asked).files
    return report


def faults(report, *, place=True):
    return sorted(
        (
            one.code,
            one.level,
            one.row,
            one.field or "",
            one.cell or "",
            one.position if place else 0,
            one.constraint or "",
        )
        for one in report.errors
    )


@given(tables, st.permutations(NAMES))
def test_by_name_the_order_of_the_columns_changes_no_error(rows, order):
    usual, moved = checked(written(rows)), checked(written(rows, order))
    kept = [one for one in faults(moved, place=False) if one[0] != "disordered-label"]
    assert kept == faults(usual, place=False)
    assert moved.counts.by_field == usual.counts.by_field
    assert moved.causes == usual.causes


@given(tables, st.sampled_from([64, 100, 1000]))
def test_a_verdict_does_not_depend_on_the_size_of_a_block(rows, size):
    content = written(rows * 5)
    usual = checked(content)
    source = open_source(BytesIO(content), plan_labels=NAMES, limits=replace(Limits(), block_bytes=size))
    (small,) = validate(source, PLAN).files
    source.close()
    assert replace(small, seconds=0.0) == replace(usual, seconds=0.0)


@given(tables)
def test_counts_are_the_sums_and_the_sample_is_part_of_all(rows):
    content = written(rows * 3)
    every, few = checked(content, limit=10**6), checked(content, limit=0)
    counts = every.counts
    assert few.counts == counts
    assert counts.errors == sum(counts.by_code.values()) == sum(sum(one.values()) for one in counts.by_field.values())
    listed = Counter(one.code for one in every.errors if one.level == "error")
    assert listed == Counter(counts.by_code)
    assert set(faults(few)) <= set(faults(every))
    assert counts.rows_with_errors == len({one.row for one in every.errors if one.level == "error"})
    assert list(every.errors) == sorted(every.errors, key=lambda one: one.order)


@given(tables, st.integers(0, 12))
def test_adding_a_good_row_adds_no_error(rows, place):
    more = [*rows[:place], GOOD, *rows[place:]]
    assert checked(written(more)).counts.by_field == checked(written(rows)).counts.by_field


@given(tables)
def test_the_report_of_a_real_run_comes_back_from_json(rows):
    report = validate(BytesIO(written(rows)), PLAN)
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_verdict_does_not_depend_on_encoding_or_line_ends(encoding, ends):
    text = written([GOOD | {"code": "été"}, GOOD, GOOD | {"montant": "12,5"}]).decode().replace("\n", ends)
    report = checked(text.encode(encoding))
    assert [(one.code, one.row, one.field, one.cell) for one in report.errors] == [
        ("constraint-error", 2, "code", "été"),
        ("type-error", 4, "montant", "12,5"),
    ]


def test_a_source_that_changes_its_mind_is_read_again_from_the_top():
    rows = [GOOD | {"code": "x"}] * 3000 + [GOOD | {"code": "é"}]
    content = written(rows).decode().encode("cp1252")
    source = open_source(BytesIO(content), plan_labels=NAMES, limits=replace(Limits(), block_bytes=4096))
    (report,) = validate(source, PLAN).files
    assert report.counts.errors == report.rows == 3001
    assert report.encoding == "cp1252"
    source.close()


def test_a_check_that_was_stopped_never_says_it_conforms():
    content = written([GOOD] * 5000)
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 3

    source = open_source(BytesIO(content), plan_labels=NAMES, limits=replace(Limits(), block_bytes=2000))
    (report,) = validate(source, PLAN, should_stop=stop).files
    source.close()
    assert (report.conforms, report.complete, report.stopped) == (False, False, "cancelled")
    assert 0 < report.rows < 5000


def test_progress_tells_bytes_rows_and_errors():
    told = []
    content = written([GOOD | {"code": "x"}] * 3000)
    report = checked(content, on_progress=lambda *so_far: told.append(so_far))
    assert told[-1] == (len(content), len(content), 3000, 3000)
    assert report.rows == 3000


def test_a_file_that_cannot_be_opened_gives_a_report_that_does_not_conform(tmp_path):
    (report,) = validate(tmp_path / "absent.csv", PLAN).files
    assert (report.conforms, report.complete, report.stopped) == (False, False, "unreadable")
    assert report.counts.errors == 1
    assert report.errors[0].remedy.fr


def test_d3_an_unclosed_quote_is_said_with_its_row_and_nothing_partial_conforms():
    report = checked(written([GOOD, GOOD]) + b'35238,2021-03-01,1,oui,"a\n' + written([GOOD] * 3))
    assert report.stopped == "unreadable"
    assert [(one.code, one.row) for one in report.errors] == [("source-error", 4)]


def test_d4_bytes_outside_a_declared_encoding_are_said_and_the_run_goes_on():
    report = checked(written([GOOD]) + b"caf\xe9,,,,\n", encoding="utf-8")
    assert report.complete
    assert report.counts.by_code == {"constraint-error": 1, "encoding-error": 1}


def test_d5_blank_lines_before_the_header_are_skipped_and_rows_keep_their_numbers():
    report = checked(b"\n\n" + written([GOOD | {"code": "x"}]))
    assert [(one.code, one.row) for one in report.errors if one.level == "error"] == [("constraint-error", 4)]
    assert report.counts.warnings == 1


def test_causes_say_what_to_mend_first_by_the_cells_it_frees():
    rows = [GOOD | {"jour": f"{day:02}/03/2021"} for day in range(1, 29)]
    rows += [GOOD | {"montant": "1 234,50"}] * 3 + [GOOD | {"code": "1001"}] * 5 + [GOOD | {"ouvert": "vrai"}] * 2
    report = checked(written(rows))
    assert [(one.kind, one.field, one.cells) for one in report.causes] == [
        ("french-date", "jour", 28),
        ("lost-zeros", "code", 5),
        ("grouped-number", "montant", 3),
        ("yes-or-no", "ouvert", 2),
    ]
    assert report.causes[0].message.fr == (
        "28 dates au format JJ/MM/AAAA : colonne « jour », attendu AAAA-MM-JJ (vu : 01/03/2021)"
    )


def test_moved_columns_are_one_cause_when_columns_go_by_place():
    rows = [GOOD] * 10
    moved = checked(written(rows, ["jour", "code", "montant", "ouvert", "genre"]), columns="exact")
    assert moved.causes[0].kind == "columns-moved"
    assert moved.causes[0].cells == 22
    assert checked(written(rows, ["jour", "code", "montant", "ouvert", "genre"])).conforms


def test_a_blank_row_replaces_the_faults_of_its_cells_wherever_it_stands():
    content = written([GOOD]) + b",,,,\n\n,,,,,x\n" + written([GOOD]).split(b"\n", 1)[1]
    report = checked(content)
    assert [(one.code, one.row) for one in report.errors] == [("blank-row", 3), ("blank-row", 4), ("blank-row", 5)]
    assert report.counts.rows_with_errors == 3


def test_rare_faults_are_kept_beside_a_frequent_one():
    rows = [GOOD | {"code": "x"} for _ in range(5000)] + [GOOD | {"jour": "x"}]
    report = checked(written(rows), limit=100)
    assert report.counts.errors == 5001
    assert report.sample.kept == 100
    assert Counter(one.field for one in report.errors)["jour"] == 1


def test_memory_of_faults_does_not_follow_their_number():
    rows = [dict.fromkeys(NAMES, f"x{number}") for number in range(3000)]
    report = checked(written(rows))
    assert report.counts.errors == 5 * 3000
    assert len(report.errors) <= 1000


def test_a_run_restarted_gives_nothing_of_the_first_reading():
    class Once:
        """A source that changes its mind once, after its rows."""

        def __init__(self, inner):
            self.__dict__["inner"] = inner
            self.__dict__["turns"] = 0

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def batches(self):
            self.__dict__["turns"] += 1
            yield from self.inner.batches()
            if self.turns == 1:
                raise Restart

    (report,) = validate(Once(open_source(BytesIO(written([GOOD, GOOD | {"code": "x"}])))), PLAN).files
    assert (report.rows, report.counts.errors) == (2, 1)


def test_a_larger_table_is_the_same_from_blocks_of_every_size():
    chance = random.Random(5)
    rows = [{name: chance.choice([GOOD[name], "", "x", "1,5", "01/02/2021"]) for name in NAMES} for _ in range(4000)]
    content = written(rows)
    seen = set()
    for size in (256, 65_536, 1 << 24):
        source = open_source(BytesIO(content), plan_labels=NAMES, limits=replace(Limits(), block_bytes=size))
        (report,) = validate(source, PLAN).files
        source.close()
        seen.add(json.dumps(Report(files=(replace(report, seconds=0.0),)).as_dict(), sort_keys=True))
    assert len(seen) == 1
