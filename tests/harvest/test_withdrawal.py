"""Two-phase withdrawal, against an oracle that keeps the whole history and counts it again each time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dcant.harvest.rules.withdrawal import ABSENT, Loss, Presence, missed, run_end, seen

START = datetime(2026, 1, 1, tzinfo=UTC)


class Withdrawal(RuleBasedStateMachine):
    """`history` is (what happened, when); the oracle reads it backwards and knows no state."""

    def __init__(self) -> None:
        super().__init__()
        self.presence = Presence()
        self.history: list[tuple[str, datetime]] = [("seen", START)]
        self.clock, self.run = START, 1

    @rule(hours=st.integers(-100, 200))
    def clock_moves(self, hours: int) -> None:
        self.clock += timedelta(hours=hours)

    @rule()
    def run_sees(self) -> None:
        self.run += 1
        self.presence = seen(self.presence, changed=False)
        self.history.append(("seen", self.clock))

    @rule()
    def run_misses(self) -> None:
        self.run += 1
        self.presence = missed(self.presence, run=self.run, at=self.clock)
        self.history.append(("missed", self.clock))

    def expected(self) -> bool:
        """Withdrawn: some moment since the last sighting had three misses in a row, the first seven days before it."""
        last = max(index for index, (what, _) in enumerate(self.history) if what == "seen")
        misses = [at for what, at in self.history[last + 1 :] if what == "missed"]
        return any(at - misses[0] >= timedelta(days=7) for at in misses[2:])

    @invariant()
    def agrees_with_the_whole_history(self) -> None:
        assert (self.presence.state == "withdrawn") == self.expected()
        if self.presence.state == "withdrawn":
            assert self.presence.reason == ABSENT
        if self.history[-1][0] == "seen":
            assert self.presence.state in {"seen", "returned"}
            assert self.presence.runs == 0


TestWithdrawal = Withdrawal.TestCase


def miss(presence: Presence, *days: int) -> Presence:
    for number, day in enumerate(days, start=2):
        presence = missed(presence, run=number, at=START + timedelta(days=day))
    return presence


def test_three_misses_over_seven_days_withdraw_and_fewer_or_faster_do_not():
    assert miss(Presence(), 0, 4, 7).state == "withdrawn"
    assert miss(Presence(), 0, 30).state == "unseen"
    assert miss(Presence(), 0, 1, 2, 3, 4, 5, 6).state == "unseen"
    assert miss(Presence(), 0, 1, 2).since_run == 2


def test_a_tombstone_withdraws_at_once_and_stays_while_the_bytes_are_the_same():
    ended = seen(Presence(), changed=True, tombstone="archivé")
    assert (ended.state, ended.reason) == ("withdrawn", "dit par la source : archivé")
    assert seen(ended, changed=False) == ended
    assert seen(ended, changed=True).state == "returned"


def test_what_was_withdrawn_by_absence_returns_when_it_is_seen_even_unchanged():
    assert seen(miss(Presence(), 0, 4, 8), changed=False).state == "returned"


def test_loss_is_measured_by_collection_so_that_ten_services_of_eighteen_are_seen():
    losses = {"apis": Loss(170, 0), "services": Loss(18, 10)}
    assert run_end(seen_items=178, rejected=0, losses=losses, accepted=False) == "suspect"
    assert run_end(seen_items=178, rejected=0, losses=losses, accepted=True) == "complete"
    assert run_end(seen_items=0, rejected=0, losses={}, accepted=False) == "suspect"


@given(st.integers(1, 5000), st.integers(0, 5000), st.integers(0, 3))
def test_a_loss_is_suspect_above_ten_percent_and_only_then(before, lost, rejected):
    end = run_end(seen_items=1, rejected=rejected, losses={"x": Loss(before, lost)}, accepted=False)
    assert (end == "suspect") == (lost > before / 10)
    if end != "suspect":
        assert end == ("partial" if rejected else "complete")
