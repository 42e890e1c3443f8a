"""Is every outcome the one that the charter's words give, and how many are counted in a second?

    python benchmarks/outcome.py [--seats 6] [--random 1000000] [--seed 2018]

The oracle below is written apart from the rule, from the words of the charter alone: it walks through the seats one by one, keeps each one's
last word, and divides with fractions. First every profile (for, against, abstention, silence) of 1 to 6 seats a side, by the three rules: 43,681
profiles; among them are counted those that a single chamber would adopt and that the double majority does not. Then random decisions of three
colleges, the third consultative or not, with quorums and thresholds drawn, abstentions, direct ballots, proxies, both at once, and objections.
Only the calls to the rule are timed, by processor time. Bars: no difference; 10,000 outcomes a second.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from machine import describe, load

from dcant.governance.rules.counting import Ballot, Charter, Objection, Seat, outcome

PER_SECOND = 10_000
VALUES = dict.fromkeys(("double_majority", "qualified"), ("for", "against", "abstain")) | {
    "consent": ("ack", "abstain")
}
SHARES = [Fraction(part, whole) for whole in range(1, 8) for part in range(1, whole + 1)]
Case = tuple[Charter, list[Seat], list[Ballot], list[Objection]]


def oracle(charter: Charter, seats: list[Seat], ballots: list[Ballot], objections: list[Objection]) -> str:
    """Seat after seat, college after college, as a person with the charter in hand would."""
    words: dict[str, list[str | None]] = {}
    blocked = False
    for seat in seats:
        own = [ballot.value for ballot in ballots if ballot.seat == seat.seat and not ballot.holder]
        carried = [ballot.value for ballot in ballots if ballot.seat == seat.seat and ballot.holder]
        if seat.voice == "deliberative":
            words.setdefault(seat.college, []).append((own or carried or [None])[0])
            blocked |= any(one.seat == seat.seat and one.state in ("raised", "standing") for one in objections)
    heard = {college: [word for word in said if word is not None] for college, said in words.items()}
    if any(
        not heard[college] or Fraction(len(heard[college]), len(words[college])) < charter.quorum for college in words
    ):
        return "no_quorum"
    if charter.rule == "consent":
        return "rejected" if blocked else "adopted"
    for said in heard.values():
        favourable, hostile = said.count("for"), said.count("against")
        if charter.rule == "double_majority" and not favourable > hostile:
            return "rejected"
        if charter.rule == "qualified" and (
            not favourable or Fraction(favourable, favourable + hostile) < charter.threshold
        ):
            return "rejected"
    return "adopted"


def profiles(most: int) -> list[tuple[int, int, int, int]]:
    """(for, against, abstained, silent) of 1 to `most` seats."""
    return [found for found in product(range(most + 1), repeat=4) if 1 <= sum(found) <= most]


def side(college: str, profile: tuple[int, int, int, int], rule: str) -> tuple[list[Seat], list[Ballot]]:
    said = [word for word, times in zip(("for", "against", "abstain", ""), profile, strict=True) for _ in range(times)]
    if rule == "consent":  # there a « for » acknowledges, and a « against » is an abstention
        said = [{"for": "ack", "against": "abstain"}.get(word, word) for word in said]
    seats = [Seat(f"{college}{number}", college) for number in range(len(said))]
    return seats, [Ballot(seat.seat, word) for seat, word in zip(seats, said, strict=True) if word]


def every_profile(most: int) -> Iterator[Case]:
    for rule in VALUES:
        sides = {name: [side(name, profile, rule) for profile in profiles(most)] for name in ("e", "t")}
        for (one, said), (other, told) in product(sides["e"], sides["t"]):
            yield Charter(rule), [*one, *other], [*said, *told], []


def drawn(chance: random.Random) -> Case:
    """Three colleges of 1 to 6 seats; a proxy is held in its own college, and each holder has one."""
    rule = chance.choice(tuple(VALUES))
    seats, ballots, objections = [], [], []
    for college, voice in (
        ("e", "deliberative"),
        ("t", "deliberative"),
        ("c", chance.choice(("deliberative", "consultative"))),
    ):
        mine = [Seat(f"{college}{number}", college, voice) for number in range(chance.randint(1, 6))]
        holders = chance.sample(mine, len(mine))
        for seat, holder in zip(mine, holders, strict=True):
            if chance.random() < 0.6:
                ballots.append(Ballot(seat.seat, chance.choice(VALUES[rule])))
            if holder is not seat and chance.random() < 0.4:
                ballots.append(Ballot(seat.seat, chance.choice(VALUES[rule]), "proxy", holder.seat))
            if chance.random() < 0.05:
                objections.append(
                    Objection(seat.seat, chance.choice(("raised", "standing", "withdrawn", "integrated")))
                )
        seats += mine
    for several in (seats, ballots, objections):
        chance.shuffle(several)
    return Charter(rule, chance.choice(SHARES), chance.choice(SHARES)), seats, ballots, objections


def single_chamber(seats: list[Seat], ballots: list[Ballot]) -> bool:
    """Both sides added up as no charter here does: half of the seats heard, more for than against."""
    said = [ballot.value for ballot in ballots]
    return bool(said) and 2 * len(said) >= len(seats) and said.count("for") > said.count("against")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seats", type=int, default=6)
    parser.add_argument("--random", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2018)
    options = parser.parse_args()
    print(describe())
    chance = random.Random(options.seed)
    different, spent, counted, alone, denied = [], 0.0, 0, 0, 0

    def compare(case: Case) -> str:
        nonlocal spent, counted
        start = time.process_time()
        found = outcome(*case).outcome
        spent += time.process_time() - start
        counted += 1
        if found != oracle(*case):
            different.append(case)
        return found

    for case in every_profile(options.seats):
        found = compare(case)
        if case[0].rule == "double_majority" and single_chamber(case[1], case[2]):
            alone, denied = alone + 1, denied + (found != "adopted")
    held = len(profiles(options.seats)) ** 2
    print(
        f"{held} profiles of 1 to {options.seats} seats a side, by {len(VALUES)} rules: {len(different)} differ from the oracle"
    )
    print(
        f"of {alone} that a single chamber would adopt, the double majority does not adopt {denied} ({100 * denied / alone:.0f} %)"
    )
    rate = counted / spent
    for _ in range(options.random):
        compare(drawn(chance))
    print(f"{options.random} drawn (seed {options.seed}): {len(different)} differ in all; {different[:1]}")
    drawn_rate = (counted - len(VALUES) * held) / max(spent - len(VALUES) * held / rate, 1e-9)
    good = not different and min(rate, drawn_rate) >= PER_SECOND
    print(
        f"{rate:.0f} outcomes a second of processor on the profiles, {drawn_rate:.0f} on the drawn ones; {load()}; "
        f"bars, none differs and {PER_SECOND} a second: {'met' if good else 'MISSED'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
