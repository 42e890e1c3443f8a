"""Meetings as data, as events of a calendar and as news of a feed."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from dcant.governance.export.atom import FeedEntry
from dcant.governance.export.facts import MeetingFacts
from dcant.governance.export.icalendar import Event, calendar
from dcant.governance.export.place import Place
from dcant.governance.export.words import marked

HEADER = ("meeting", "title", "starts_at", "state", "noticed_at", "place", "agenda", "minutes", "demo")


def meetings_calendar(name: str, meetings: Iterable[MeetingFacts], place: Place) -> bytes:
    return calendar(name, [meeting_event(one, place) for one in meetings])


def meeting_event(meeting: MeetingFacts, place: Place) -> Event:
    """The moment and the agenda; a cancelled meeting stays, and says so."""
    return Event(
        uid=f"seance-{meeting.code}@{place.node}",
        stamp=meeting.cancelled_at or meeting.noticed_at or meeting.starts_at,
        start=meeting.starts_at,
        summary=marked(meeting.title, demo=meeting.demo),
        description="\n".join(place.page(f"/decisions/{code}/") for code in meeting.agenda),
        address=place.page(_address(meeting)) if place.site else "",
        location=meeting.place,
        sequence=meeting.sequence,
        cancelled=meeting.state == "cancelled",
    )


def meeting_news(meeting: MeetingFacts, place: Place) -> Iterator[FeedEntry]:
    address = _address(meeting)
    told = (
        (meeting.noticed_at, "noticed", "Séance convoquée"),
        (meeting.cancelled_at, "cancelled", "Séance annulée"),
        (
            meeting.minutes.published_at if meeting.minutes else None,
            f"minutes-{meeting.minutes.number}" if meeting.minutes else "",
            "Procès-verbal publié",
        ),
    )
    for moment, step, words in told:
        if moment:
            title = marked(f"{words} : {meeting.title}", demo=meeting.demo)
            yield FeedEntry(f"{address}#{step}", title, moment, place.page(address))


def meeting_document(meeting: MeetingFacts) -> dict[str, object]:
    minutes = meeting.minutes
    return {
        "meeting": meeting.code,
        "title": meeting.title,
        "place": meeting.place or None,
        "starts_at": meeting.starts_at.isoformat(timespec="seconds"),
        "state": meeting.state,
        "noticed_at": _moment(meeting.noticed_at),
        "cancelled_at": _moment(meeting.cancelled_at),
        "agenda": list(meeting.agenda),
        "minutes": {"number": minutes.number, "hash": minutes.hash, "body": minutes.body[0]} if minutes else None,
        "demo": meeting.demo,
    }


def meeting_row(meeting: MeetingFacts) -> tuple[object, ...]:
    """In the order of HEADER."""
    return (
        meeting.code,
        meeting.title,
        _moment(meeting.starts_at),
        meeting.state,
        _moment(meeting.noticed_at),
        meeting.place,
        " ".join(meeting.agenda),
        meeting.minutes.hash if meeting.minutes else None,
        "yes" if meeting.demo else "no",
    )


def _address(meeting: MeetingFacts) -> str:
    return f"/seances/{meeting.code}/"


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
