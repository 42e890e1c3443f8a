"""A half-year in each of its formats: what the page and the command both give."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from dcant.governance.export.akoma_ntoso import half_year_minutes
from dcant.governance.export.atom import Feed, FeedEntry, feed
from dcant.governance.export.facts import DecisionFacts, HalfYearFacts
from dcant.governance.export.icalendar import Event, calendar
from dcant.governance.export.meetings import meeting_event, meeting_news
from dcant.governance.export.place import Place
from dcant.governance.export.tables import HEADER, half_year_document, half_year_rows
from dcant.governance.export.words import DECISIONS, marked
from dcant.identifiers import HalfYear
from dcant.identifiers.cells import csv_text


def to_json(facts: HalfYearFacts, place: Place) -> bytes:
    del place  # the data names things by their codes
    return json.dumps(half_year_document(facts), ensure_ascii=False, indent=1).encode() + b"\n"


def to_csv(facts: HalfYearFacts, place: Place) -> bytes:
    del place
    return csv_text(HEADER, half_year_rows(facts)).encode()


def to_akoma_ntoso(facts: HalfYearFacts, place: Place) -> bytes:
    return half_year_minutes(facts, site=place.site)


def to_calendar(facts: HalfYearFacts, place: Place) -> bytes:
    """The half-year as whole days, its meetings, and the deadline of each decision that was opened."""
    meetings = [meeting_event(one, place) for one in facts.meetings]
    return calendar(_title(facts), [_span(facts, place), *meetings, *_deadlines(facts, place)])


def to_feed(facts: HalfYearFacts, place: Place) -> bytes:
    """What was opened, decided and published."""
    address = _address(facts)
    told = Feed(
        name=address,
        title=_title(facts),
        author=facts.programme_title,
        address=place.page(address),
        itself=place.page(f"/programme/{facts.half_year}.atom?programme={facts.programme}") if place.site else "",
        entries=list(_happened(facts, place)),
        begun=_begun(facts),
    )
    return feed(told, node=place.node)


FORMATS: Mapping[str, Callable[[HalfYearFacts, Place], bytes]] = {
    "json": to_json,
    "csv": to_csv,
    "akn": to_akoma_ntoso,
    "ical": to_calendar,
    "atom": to_feed,
}
TYPES: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "akn": "application/akn+xml",
    "ical": "text/calendar; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}


def _title(facts: HalfYearFacts) -> str:
    return marked(f"{facts.programme_title}, semestre {facts.half_year}", demo=facts.demo)


def _address(facts: HalfYearFacts) -> str:
    return f"/programme/{facts.half_year}/?programme={facts.programme}"


def _begun(facts: HalfYearFacts) -> datetime:
    return facts.opened_at or datetime.combine(HalfYear.parse(facts.half_year).first_day, time(), UTC)


def _span(facts: HalfYearFacts, place: Place) -> Event:
    half_year = HalfYear.parse(facts.half_year)
    return Event(
        uid=f"{facts.programme}-{facts.half_year}@{place.node}",
        stamp=_begun(facts),
        start=half_year.first_day,
        end=half_year.last_day + timedelta(days=1),
        summary=_title(facts),
        address=place.page(_address(facts)) if place.site else "",
    )


def _deadlines(facts: HalfYearFacts, place: Place) -> Iterator[Event]:
    for one in facts.decisions:
        if one.opened_at and one.deadline:
            yield Event(
                uid=f"decision-{one.code}@{place.node}",
                stamp=one.closed_at or one.opened_at,
                start=one.deadline,
                summary=marked(f"Fin du vote : {one.title}", demo=facts.demo),
                description=f"Décision {DECISIONS[one.state]}.",
                address=place.page(f"/decisions/{one.code}/") if place.site else "",
                cancelled=one.state == "withdrawn",
            )


def _happened(facts: HalfYearFacts, place: Place) -> Iterator[FeedEntry]:
    here = place.page(_address(facts))
    if facts.opened_at:
        yield FeedEntry(f"{_address(facts)}#opened", marked("Semestre ouvert", demo=facts.demo), facts.opened_at, here)
    for one in facts.decisions:
        yield from _decided(one, facts, place)
    for meeting in facts.meetings:
        yield from meeting_news(meeting, place)
    for published, name, words in (
        (facts.roadmap, "roadmap", "Feuille de route publiée"),
        (facts.balance_sheet, "balance-sheet", "Bilan publié"),
    ):
        if published and published.published_at:
            title = marked(f"{words} (n° {published.number})", demo=facts.demo)
            yield FeedEntry(
                f"{_address(facts)}#{name}-{published.number}", title, published.published_at, here, published.hash
            )


def _decided(one: DecisionFacts, facts: HalfYearFacts, place: Place) -> Iterator[FeedEntry]:
    address = f"/decisions/{one.code}/"
    for moment, step, words in ((one.opened_at, "opened", "ouverte"), (one.closed_at, "closed", DECISIONS[one.state])):
        if moment:
            title = marked(f"Décision {words} : {one.title}", demo=facts.demo)
            yield FeedEntry(f"{address}#{step}", title, moment, place.page(address))
