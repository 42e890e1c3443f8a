"""Calendars as RFC 5545 writes them: CRLF, lines folded at 75 octets, text escaped, moments in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dcant.governance.export.words import printable

PRODUCT = "-//dcant//dcant//FR"
_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Event:
    """One thing at one moment, or over whole days (`end` is then the day after the last).

    uid: the same for ever; stamp: when what is told last changed; sequence: raised at each change of the event.
    """

    uid: str
    stamp: datetime
    start: datetime | date
    summary: str
    end: datetime | date | None = None
    description: str = ""
    address: str = ""
    location: str = ""
    sequence: int = 0
    cancelled: bool = False


def calendar(name: str, events: Iterable[Event]) -> bytes:
    """A whole calendar. Without an event it holds an empty « free or busy », since RFC 5545 wants one component at least."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_text(name)}"]
    written = [line for event in events for line in _event(event)]
    lines += written or ["BEGIN:VFREEBUSY", "UID:aucune-seance@dcant", "DTSTAMP:20180101T000000Z", "END:VFREEBUSY"]
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines).encode()


def _event(event: Event) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{_moment(event.stamp)}",
        _when("DTSTART", event.start),
    ]
    if event.end is not None:
        lines.append(_when("DTEND", event.end))
    lines.append(f"SUMMARY:{_text(event.summary)}")
    for field, text in (("DESCRIPTION", event.description), ("LOCATION", event.location)):
        if text:
            lines.append(f"{field}:{_text(text)}")
    if event.address:
        lines.append(f"URL:{printable(event.address)}")
    lines += [f"SEQUENCE:{event.sequence}", f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"]
    if not isinstance(event.start, datetime):
        lines.append("TRANSP:TRANSPARENT")
    return [*lines, "END:VEVENT"]


def _when(field: str, moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return f"{field}:{_moment(moment)}"
    return f"{field};VALUE=DATE:{moment:%Y%m%d}"


def _moment(moment: datetime) -> str:
    """`%Y` drops the zeros of an early year."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04d}{utc:%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11): backslash, semicolon and comma escaped, a line break written as backslash and n."""
    plain = printable(value).replace("\x7f", "").replace("\r\n", "\n").replace("\r", "\n")
    for char, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(char, written)
    return plain


def _fold(line: str) -> str:
    """No line over 75 octets (RFC 5545, 3.1), never cut inside a character; a continuation begins with a space."""
    parts, size = [""], 0
    for char in line:
        octets = len(char.encode())
        if size + octets > _OCTETS:
            parts.append(" ")
            size = 1
        parts[-1] += char
        size += octets
    return "\r\n".join(parts)
