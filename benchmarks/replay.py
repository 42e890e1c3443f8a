"""How long does an auditor wait? Ten half-years of 35 actions and 60 seats, each decision recomputed from the log alone.

    python benchmarks/replay.py [--half-years 10] [--actions 35] [--seats 60] [--rounds 5]

Protocol. The log is written by hand in the shape the site gives it, without a database: two colleges, one charter, each half-year opened,
every action proposed or enriched, put to the vote and adopted by all the seats, roadmap and balance sheet voted, every seat's grade of
every action. Its leaves are held in memory; reading files and checking tiles is what `record_proof` measures. A round replays it all; the median counts.
The log is checked first: no finding, every decision recomputed, and one falsified outcome found. Bar: 5 s.
"""

import argparse
import json
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from machine import describe

from dcant.governance.rules import counting
from dcant.governance.rules.publishing import document_hash
from dcant.governance.rules.replay import replay
from dcant.record.canonical import digest, dumps, timestamp

BAR = 5.0
PROGRAMME = "programme-de-mesure"
CHARTER = {
    "quorum": "1/2",
    "threshold": "2/3",
    "rules": {
        "action": "double_majority",
        "roadmap": "double_majority",
        "balance_sheet": "double_majority",
        "charter": "qualified",
    },
    "voices": {"etat": "deliberative", "territoires": "deliberative"},
    "notice_days": 7,
    "consent_days": 7,
    "reconvene": True,
}


class Log:
    """Writes lines in order, a minute apart."""

    def __init__(self, seats: int) -> None:
        self.leaves: list[bytes] = []
        self._at = datetime(2020, 1, 6, 9, tzinfo=UTC)
        self._decisions = 0
        colleges = ("etat", "territoires")
        self.seats = {f"s-{number}": colleges[number % 2] for number in range(seats)}
        self.electorate = [
            {"seat": seat, "college": college, "voice": "deliberative"} for seat, college in self.seats.items()
        ]

    def say(self, kind: str, actor: str, **body: object) -> None:
        self._at += timedelta(minutes=1)
        value = {
            "v": 1,
            "type": kind,
            "id": str(len(self.leaves)),
            "at": timestamp(self._at),
            "actor": f"system:org-{actor}",
        }
        self.leaves.append(dumps(value | {"subject": digest(body), "body": body}))

    def decide(self, purpose: str, text: str, target: dict[str, object]) -> str:
        self._decisions += 1
        code = f"{PROGRAMME}-{self._decisions}"
        charter = {"hash": digest(CHARTER), "quorum": "1/2", "threshold": "2/3"}
        deadline = (self._at + timedelta(days=20)).isoformat(timespec="seconds")
        said = {"purpose": purpose, "rule": "double_majority", "text": text, "charter": charter, "deadline": deadline}
        self.say(
            "decision.opened",
            "secretariat",
            programme=PROGRAMME,
            decision=code,
            target=target,
            electorate=self.electorate,
            **said,
        )
        for seat in self.seats:
            self.say("ballot.cast", seat, decision=code, seat=seat, value="for", by="direct", text=text)
        seats = [counting.Seat(seat, college) for seat, college in self.seats.items()]
        ballots = [counting.Ballot(seat, "for") for seat in self.seats]
        outcome = counting.outcome(counting.Charter("double_majority"), seats, ballots).as_dict()
        self.say("decision.closed", "secretariat", decision=code, text=text, outcome=outcome)
        return code


def write(half_years: int, actions: int, seats: int) -> list[bytes]:
    log = Log(seats)
    log.say("programme.opened", "secretariat", programme=PROGRAMME, title="Mesure", axes=["Un"])
    for seat, college in log.seats.items():
        log.say(
            "seat.opened",
            "secretariat",
            programme=PROGRAMME,
            seat=seat,
            college=college,
            organisation=f"system:org-{seat}",
        )
    log.say("charter.published", "secretariat", programme=PROGRAMME, number=1, hash=digest(CHARTER), charter=CHARTER)
    previous: dict[str, str] = {}
    for place in range(half_years):
        previous = half_year(log, f"{2020 + place // 2}-S{1 + place % 2}", place + 1, actions, previous)
    return log.leaves


def half_year(log: Log, name: str, number: int, actions: int, previous: dict[str, str]) -> dict[str, str]:
    log.say("cycle.planned", "secretariat", programme=PROGRAMME, cycle=name)
    log.say("cycle.opened", "secretariat", programme=PROGRAMME, cycle=name)
    texts = {f"action-{place}": text for place in range(actions) for text in [adopt(log, place, number)]}
    fate = "enriched" if previous else "added"
    items = [{"action": code, "version": text, "fate": fate, "into": ""} for code, text in texts.items()]
    publish(log, "roadmap", name, items)
    log.say("cycle.review_begun", "secretariat", programme=PROGRAMME, cycle=name)
    for code in texts:
        for seat, college in log.seats.items():
            log.say("assessment.published", seat, cycle=name, action=code, college=college, seat=seat, grade="engagee")
    nothing = digest({"evidence": {}})
    grades = {"etat": "engagee", "territoires": "engagee"}
    publish(log, "balance_sheet", name, [{"action": code, "grades": grades, "evidence": nothing} for code in texts])
    return texts


def adopt(log: Log, place: int, number: int) -> str:
    """A first version, or the next one with an amendment taken in; its text is only its name."""
    code, base = f"action-{place}", name_of(place, number - 1)
    if number == 1:
        log.say("action.proposed", "s-0", programme=PROGRAMME, action=code, axis=1, seat="s-0", text=base)
        log.say("action.copilot_joined", "s-1", action=code, number=1, seat="s-1")
    else:
        log.say("action.enriched", "s-0", action=code, number=number, seat="s-0", text=base, copilots=["s-0", "s-1"])
    text = name_of(place, number)
    change = {"operations": [{"op": "replace", "paragraph": 0}], "wanted": text}
    one = place + 1000 * number
    log.say("amendment.submitted", "s-2", action=code, amendment=one, base=base, seat="s-2", **change)
    log.say("amendment.closed", "s-1", action=code, amendment=one, state="integrated", text=text)
    decision = log.decide("action", text, {"action": code, "number": number})
    copilots = ["s-0", "s-1"]
    log.say(
        "action.version_adopted",
        "secretariat",
        action=code,
        number=number,
        text=text,
        decision=decision,
        copilots=copilots,
    )
    return text


def name_of(place: int, number: int) -> str:
    return f"sha256:{sha256(f'{place} {number}'.encode()).hexdigest()}"


def publish(log: Log, purpose: str, cycle: str, rows: list[dict[str, object]]) -> None:
    name = digest({"body": rows}) if purpose == "balance_sheet" else document_hash(rows)
    decision = log.decide(purpose, name, {"cycle": cycle, "number": 1})
    log.say(
        f"{purpose}.published",
        "secretariat",
        programme=PROGRAMME,
        cycle=cycle,
        number=1,
        hash=name,
        body=rows,
        decision=decision,
    )


def checked(leaves: list[bytes]) -> int:
    """The honest log gives no finding, a falsified one does; returns how many decisions were recomputed."""
    state = replay(leaves)
    assert not state.findings, state.findings[:3]
    assert not state.older
    assert all(one.state == "adopted" and one.applied for one in state.decisions.values())
    closed = next(place for place, leaf in enumerate(leaves) if b'"decision.closed"' in leaf)
    value = json.loads(leaves[closed])
    value["body"]["outcome"]["outcome"] = "rejected"
    false = dumps(value | {"subject": digest(value["body"])})
    assert [one.rule for one in replay([*leaves[:closed], false, *leaves[closed + 1 :]]).findings] == ["outcome"]
    return len(state.decisions)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half-years", type=int, default=10)
    parser.add_argument("--actions", type=int, default=35)
    parser.add_argument("--seats", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(describe())
    leaves = write(options.half_years, options.actions, options.seats)
    decisions = checked(leaves)
    seconds = []
    for _ in range(options.rounds):
        start = time.perf_counter()
        replay(leaves)
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    print(
        f"{options.half_years} half-years x {options.actions} actions x {options.seats} seats: {len(leaves)} entries, {sum(map(len, leaves)) / 1e6:.1f} MB, "
        f"{decisions} decisions; replayed in {median:.2f} s (median of {options.rounds}, {min(seconds):.2f} to {max(seconds):.2f}), {len(leaves) / median:.0f} entries/s"
    )
    print(f"bar, {BAR:.0f} s: {'met' if median <= BAR else 'MISSED'}")
    return 0 if median <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
