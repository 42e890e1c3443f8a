"""Balance: each producer beside the others, never a sum; what nobody states is unknown, and never no."""

from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.balance import LEVELS, Brought, Measure, behind, cells, told
from dcant.identifiers import HalfYear

KINDS = ("api", "service")
EARLIER, LATER = HalfYear(2025, 2), HalfYear(2026, 1)
USERS = st.none() | st.frozensets(st.sampled_from(["etat", "territoires", ""]))
BROUGHT = st.lists(
    st.builds(
        Brought,
        slug=st.uuids().map(str),
        title=st.just("Une ressource"),
        kind=st.sampled_from(KINDS),
        level=st.sampled_from(LEVELS),
        half_year=st.sampled_from([EARLIER, LATER]),
        opened=st.sampled_from([True, False, None]),
        users=USERS,
    ),
    max_size=40,
)


def _one(level: str = "state", *, opened: bool | None = True, users: frozenset[str] | None = frozenset()) -> Brought:
    return Brought("cantine", "Cantine", "service", level, LATER, opened, users)


def _cell(brought, measure, level):
    return next(
        one for one in cells(brought, KINDS, None) if (one.kind, one.measure, one.level) == ("service", measure, level)
    )


def test_a_resource_of_the_state_used_by_towns_alone_has_crossed_over_and_one_used_by_the_state_alone_has_not():
    crossed = [_one(users=frozenset({"territoires"})), _one(users=frozenset({"etat"})), _one("local")]
    assert _cell(crossed, Measure.CROSSED, "state").count == 1
    assert _cell(crossed, Measure.USED, "state").count == 2
    assert _cell(crossed, Measure.CROSSED, "local").count == 0


def test_use_that_is_not_known_here_is_unknown_and_not_zero_out_of_everything_known():
    cell = _cell([_one(users=None)], Measure.USED, "state")
    assert (cell.count, cell.of, cell.unknown) == (0, 1, 1)


def test_use_by_an_organisation_of_neither_side_is_a_proof_of_use_that_crosses_nothing():
    brought = [_one(users=frozenset({""}))]
    assert [_cell(brought, measure, "state").count for measure in (Measure.USED, Measure.CROSSED)] == [1, 0]


@given(BROUGHT)
def test_a_cell_counts_what_its_list_shows_and_never_more_than_it_is_out_of(brought):
    for half_year in (None, EARLIER, LATER):
        kept = [one for one in brought if half_year in {None, one.half_year}]
        for cell in cells(brought, KINDS, half_year):
            listed = behind([one for one in kept if one.kind == cell.kind], cell.measure, cell.level)
            assert len(listed) == cell.count
            assert cell.of is None or cell.count + cell.unknown <= cell.of


@given(BROUGHT)
def test_the_half_years_make_up_the_whole_and_no_cell_holds_two_producers(brought):
    of_all = {(one.kind, one.measure, one.level): one.count for one in cells(brought, KINDS, None)}
    by_half_year = dict.fromkeys(of_all, 0)
    for cell in told(brought, KINDS):
        by_half_year[cell.kind, cell.measure, cell.level] += cell.count
    assert by_half_year == of_all
    produced = sum(count for (_kind, measure, _level), count in of_all.items() if measure == Measure.PRODUCED)
    assert produced == len(brought)


def test_a_half_year_asked_for_is_told_alone():
    brought = [_one(), Brought("ancienne", "Ancienne", "api", "local", EARLIER, None, None)]
    assert {cell.half_year for cell in told(brought, KINDS)} == {EARLIER, LATER}
    assert {cell.half_year for cell in told(brought, KINDS, EARLIER)} == {EARLIER}
