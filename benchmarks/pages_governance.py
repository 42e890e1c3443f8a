"""How long do the pages of the programme take after ten half-years: 350 actions, 5,000 decisions, 300,000 ballots?

    python benchmarks/pages_governance.py [--quick] [--half-years 10] [--decisions 500] [--seats 60] [--addresses 40] [--rounds 3] [--sqlite]

Protocol. One process for each database, which holds one programme alone: 60 seats in two colleges; each half-year 35 new actions with their
adopted versions, 500 decisions that every seat voted, a roadmap, the grades of every seat and a balance sheet, twelve meetings; twenty indicators.
Rows are written in bulk, without lines of the log, as the database would hold them; the last half-year is under review, with decisions open.
The first round is to warm up and tells queries and size; the others are timed, and the time of an address is the median of its rounds; p50 and p95
are over the addresses of a page. SERVER time, as in `pages`: Django's test client, middleware and templates included; beside it the processor's own time, which other work on the
machine does not lengthen. Shared budgets are left out.
Bars: p95 < 100 ms, at most 10 queries, HTML < 60 kB.
"""

import argparse
import math
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from both_databases import add_options, on_both
from machine import load
from pages import KILOBYTES, P95_MS, QUERIES, peak, warm

ACTIONS, MEETINGS, INDICATORS = 35, 12, 20
START = datetime(2021, 1, 11, 9, tzinfo=UTC)
PARAGRAPHS = "\n\n".join(
    f"Paragraphe {n} : les parties ouvrent, documentent et partagent ce qu’elles utilisent." for n in range(4)
)
CHARTER = {
    "quorum": "1/2",
    "threshold": "2/3",
    "rules": dict.fromkeys(("action", "roadmap", "balance_sheet"), "double_majority") | {"charter": "qualified"},
    "voices": {"etat": "deliberative", "territoires": "deliberative"},
    "notice_days": 7,
    "consent_days": 7,
    "reconvene": True,
}
GRADES = ("realisee", "engagee", "en_retard")


class Filled:
    """One programme, written half-year after half-year."""

    def __init__(self, seats: int, seed: int) -> None:
        from dcant.governance.models import Axis, Charter, Programme, Seat
        from dcant.record.canonical import digest
        from dcant.territories.models import College, Organisation
        from dcant.territories.services import new_organisation

        self.chance = random.Random(seed)
        source = {"title": "Mesure", "publisher": "Mesure", "date": "2021-01-11"}
        self.programme = Programme.objects.create(
            slug="mesure",
            title="Programme de mesure",
            period="2021-2025",
            summary="",
            source=source,
            played=True,
            demo=True,
        )
        self.axes = [
            Axis.objects.create(
                programme=self.programme, number=n, title=f"Axe {n}", plain=f"Axe {n}", address="/", source=source
            )
            for n in range(1, 5)
        ]
        self.charter = Charter.objects.create(
            programme=self.programme,
            number=1,
            body=CHARTER,
            hash=digest(CHARTER),
            state="published",
            published_at=START,
        )
        colleges = [College.objects.get_or_create(key=key, defaults={"name": key})[0] for key in CHARTER["voices"]]
        for n in range(seats):
            new_organisation(name=f"Organisme {n}", kind="other", slug=f"organisme-{n}").save()
        bodies = list(Organisation.objects.filter(name__startswith="Organisme ").order_by("pk"))
        self.seats = Seat.objects.bulk_create(
            Seat(
                programme=self.programme,
                college=colleges[n % 2],
                organisation=body,
                key=f"1-{colleges[n % 2].key}-{n}",
                valid_from=START.date(),
            )
            for n, body in enumerate(bodies)
        )
        self.electorate = [{"seat": one.key, "college": one.college_id, "voice": "deliberative"} for one in self.seats]
        self.before: list[Any] = []

    def half_year(self, number: int, decisions: int, *, last: bool) -> None:
        from dcant.governance.models import BalanceSheet, Cycle, Roadmap
        from dcant.governance.rules.publishing import document_hash

        name, at = f"{2021 + number // 2}-S{1 + number % 2}", START + timedelta(days=181 * number)
        cycle = Cycle.objects.create(
            programme=self.programme,
            half_year=name,
            state="review" if last else "closed",
            opened_at=at,
            closed_at=None if last else at + timedelta(days=170),
            demo=True,
        )
        versions = self._actions(number, at)
        items = [{"action": one.action.code, "version": one.hash, "fate": "added", "into": ""} for one in versions]
        items += [
            {"action": one.action.code, "version": one.hash, "fate": "completed", "into": ""} for one in self.before
        ]
        roadmap = Roadmap.objects.create(
            cycle=cycle, number=1, body=items, hash=document_hash(items), state="published", published_at=at
        )
        self.before = versions
        self._grades(cycle, versions, at)
        sheet = None
        if not last:
            rows = [
                {
                    "action": one.action.code,
                    "grades": {"etat": "engagee", "territoires": "realisee"},
                    "evidence": {"etat": ["Constaté."], "territoires": []},
                }
                for one in versions
            ]
            sheet = BalanceSheet.objects.create(
                cycle=cycle, number=1, body=rows, hash=document_hash(rows), state="published", published_at=at
            )
        self._decisions(cycle, at, decisions, versions, roadmap=roadmap, sheet=sheet, last=last)
        self._meetings(cycle, at)

    def _actions(self, number: int, at: datetime) -> list[Any]:
        from dcant.governance.models import Action, ActionVersion

        actions = Action.objects.bulk_create(
            Action(
                code=f"action-{number}-{n}",
                axis=self.axes[n % 4],
                nature="proposed",
                title=f"Action {n} du semestre {number}",
                statement="Ouvrir.",
                source={"title": "Mesure", "publisher": "Mesure", "date": "2021-01-11"},
                state="adopted",
                demo=True,
            )
            for n in range(ACTIONS)
        )
        versions = []
        for action in actions:
            version = ActionVersion(action=action, number=1, created_at=at, adopted_at=at, state="adopted")
            version.rewrite(f"{action.title}\n\n{PARAGRAPHS}")
            versions.append(version)
        ActionVersion.objects.bulk_create(versions)
        through = ActionVersion.copilots.through
        through.objects.bulk_create(
            through(actionversion_id=one.pk, seat_id=seat.pk) for one in versions for seat in self.seats[:2]
        )
        return versions

    def _grades(self, cycle: Any, versions: list[Any], at: datetime) -> None:
        from dcant.governance.models import Assessment

        Assessment.objects.bulk_create(
            (
                Assessment(cycle=cycle, action=one.action, college_id=seat.college_id, seat=seat, grade=self.chance.choice(GRADES), evidence="Constaté.", at=at)
                for one in versions for seat in self.seats
            ),
            batch_size=1000,
        )  # fmt: skip

    def _decisions(
        self, cycle: Any, at: datetime, count: int, versions: list[Any], *, roadmap: Any, sheet: Any, last: bool
    ) -> None:
        from dcant.governance.models import Ballot, Decision
        from dcant.governance.rules import counting

        rule = counting.Charter("double_majority")
        seats = [counting.Seat(one.key, one.college_id) for one in self.seats]
        made, words = [], {}
        for n in range(count):
            target: dict[str, Any] = {"version": versions[n % len(versions)], "purpose": "action"}
            if n == 0:
                target = {"roadmap": roadmap, "purpose": "roadmap"}
            elif n == 1 and sheet is not None:
                target = {"balance_sheet": sheet, "purpose": "balance_sheet"}
            code = f"mesure-{cycle.half_year.lower()}-{n}"
            words[code] = [self.chance.choice(("for", "for", "for", "against", "abstain")) for _ in seats]
            thing = target.get("version") or target.get("roadmap") or target["balance_sheet"]
            made.append(
                Decision(
                    programme=self.programme,
                    cycle=cycle,
                    code=code,
                    title=f"Décision {n}",
                    rule="double_majority",
                    text=getattr(thing, "text", ""),
                    text_hash=thing.hash,
                    charter=self.charter,
                    electorate=self.electorate,
                    state="open",
                    opened_at=at,
                    deadline=at + timedelta(days=20),
                    demo=True,
                    **target,
                )
            )
        made = Decision.objects.bulk_create(made, batch_size=500)
        Ballot.objects.bulk_create(
            (
                Ballot(decision=one, seat=seat, value=value, at=at)
                for one in made
                for seat, value in zip(self.seats, words[one.code], strict=True)
            ),
            batch_size=2000,
        )
        for one in made:
            if last and one.code.endswith("7"):
                continue  # still open
            said = [counting.Ballot(seat.seat, value) for seat, value in zip(seats, words[one.code], strict=True)]
            found = counting.outcome(rule, seats, said)
            one.outcome, one.state, one.closed_at = found.as_dict(), found.outcome, at + timedelta(days=21)
        Decision.objects.bulk_update(made, ["outcome", "state", "closed_at"], batch_size=100)
        self.decisions = made

    def _meetings(self, cycle: Any, at: datetime) -> None:
        from dcant.governance.models import AgendaItem, Meeting

        for n in range(MEETINGS):
            meeting = Meeting.objects.create(
                programme=self.programme, cycle=cycle, code=f"mesure-{cycle.half_year.lower()}-seance-{n}", title=f"Séance {n}", place="", starts_at=at + timedelta(days=14 * n + 9), noticed_at=at, state="convened", demo=True
            )  # fmt: skip
            AgendaItem.objects.bulk_create(
                AgendaItem(meeting=meeting, decision=one, order=order)
                for order, one in enumerate(self.decisions[n * 20 : n * 20 + 20], start=1)
            )


def fill(options: argparse.Namespace) -> None:
    from django.db import connection

    from dcant.cli.database import migrate
    from dcant.governance.services import load_programme
    from dcant.governance.services.indicators import define_indicator, record_measurement
    from dcant.governance.services.speaking import Speaker

    migrate()
    load_programme()  # the one that sources tell, which a site shows first
    filled = Filled(options.seats, options.seed)
    for number in range(options.half_years):
        filled.half_year(number, options.decisions, last=number == options.half_years - 1)
    speaker, now = Speaker(filled.seats[0].organisation, "association"), START + timedelta(days=2000)
    for n in range(INDICATORS):
        one = define_indicator(programme=filled.programme, title=f"Indicateur {n}", unit="%", baseline="10", target="60", direction="up", action=None, source="Mesure", speaker=speaker, at=now)  # fmt: skip
        for number in range(options.half_years):
            period = f"{2021 + number // 2}-S{1 + number % 2}"
            record_measurement(
                indicator=one, period=period, value=str(10 + number), source="Mesure", speaker=speaker, at=now
            )
    if connection.vendor == "postgresql":  # what autovacuum does by itself within minutes
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def addresses_of(number: int, seed: int) -> dict[str, list[str]]:
    from dcant.governance.models import Action, Cycle, Decision, Indicator, Meeting, Seat

    draw = random.Random(seed)

    def some(model: Any, field: str, pattern: str) -> list[str]:
        keys = sorted(model.objects.values_list(field, flat=True))
        return [pattern.format(draw.choice(keys)) for _ in range(number)]

    return {
        "programme": ["/programme/"] * number,
        "half-year": some(Cycle, "half_year", "/programme/{}/"),
        "action": some(Action, "code", "/actions/{}/"),
        "decision": some(Decision, "code", "/decisions/{}/"),
        "meetings": ["/seances/"] * number,
        "meeting": some(Meeting, "code", "/seances/{}/"),
        "indicators": ["/indicateurs/"] * number,
        "indicator": some(Indicator, "code", "/indicateurs/{}/"),
        "colleges": ["/colleges/mesure/"] * number,
        "seat": some(Seat, "key", "/colleges/mesure/siege/{}/"),
        "to do": ["/a-faire/?programme=mesure"] * number,
        "balance": ["/equilibre/"] * number,
    }


def both_times(client: Any, addresses: list[str]) -> list[tuple[float, float]]:
    """Milliseconds of each address: passed, and of the processor in this process, which does not hold a server's own."""
    spent = []
    for address in addresses:
        start, used = time.perf_counter(), time.process_time()
        client.get(address)
        spent.append(((time.perf_counter() - start) * 1000, (time.process_time() - used) * 1000))
    return spent


def p95_of(values: list[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


def measure(options: argparse.Namespace) -> int:
    import django
    from django.test import Client

    django.setup()
    from dcant.governance.models import Action, Ballot, Decision

    fill(options)
    held = f"{options.half_years} half-years, {Action.objects.count()} actions, {Decision.objects.count()} decisions, {Ballot.objects.count()} ballots"
    print(f"\n{options.measure}: {held}; {load()}\n", flush=True)
    client, met = Client(SERVER_NAME="localhost"), True
    print(
        "| page | p50 ms | p95 ms | processor p95 ms | queries | HTML kB | bars |\n|---|---:|---:|---:|---:|---:|---|"
    )
    for page, addresses in addresses_of(options.addresses, options.seed).items():
        weight = warm(client, addresses)
        rounds = [both_times(client, addresses) for _ in range(options.rounds)]
        times, used = ([median(one[place] for one in each) for each in zip(*rounds, strict=True)] for place in (0, 1))
        p95 = p95_of(times)
        bars = {"p95": p95 < P95_MS, "queries": weight["queries"] <= QUERIES, "HTML": weight["kB"] < KILOBYTES}
        missed = ", ".join(word for word, good in bars.items() if not good)
        met = met and not missed
        figures = f"{median(times):.1f} | {p95:.1f} | {p95_of(used):.1f} | {weight['queries']:.0f} | {weight['kB']:.1f}"
        print(f"| {page} | {figures} | {f'missed: {missed}' if missed else 'met'} |", flush=True)
    print(f"\npeak memory of the process: {peak():.0f} MiB; {load()}", flush=True)
    return 0 if met else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two half-years of 60 decisions, 8 addresses, one round")
    parser.add_argument("--half-years", type=int, default=10)
    parser.add_argument("--decisions", type=int, default=500, help="by half-year")
    parser.add_argument("--seats", type=int, default=60)
    parser.add_argument("--addresses", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2018)
    add_options(parser)
    options = parser.parse_args()
    if options.quick:
        options.half_years, options.decisions, options.addresses, options.rounds = 2, 60, 8, 1
    return measure(options) if options.measure else on_both(__file__, options)


if __name__ == "__main__":
    sys.exit(main())
