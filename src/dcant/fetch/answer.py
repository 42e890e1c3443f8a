"""What a site answered: a status, read into a body, a redirect, or an error with a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpcore

from dcant.fetch.address import WebAddress
from dcant.fetch.body import Body, Limits, too_large
from dcant.fetch.errors import FetchError
from dcant.fetch.faults import Passing

_OK, _NOT_MODIFIED, _NOT_FOUND, _GONE, _TOO_MANY = 200, 304, 404, 410, 429
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({_TOO_MANY, 500, 502, 503, 504})
_LONGEST_VALIDATOR = 500


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes a request conditional: an answer had before, and the address it came from in the end."""

    url: str
    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[bytes | str, bytes | str]:
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: 200 with its bytes, unpacked, or 304 (`not_modified`) without. `url` is the last of the redirects."""

    status: int
    url: str
    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    not_modified: bool = False

    @property
    def validators(self) -> Validators:
        return Validators(self.url, self.etag, self.last_modified)


@dataclass(frozen=True, slots=True)
class Redirect:
    """The site says to look elsewhere; the address is as it was given, not vetted."""

    location: str


Answer = Fetched | Redirect


@dataclass(frozen=True, slots=True)
class Reply:
    """What a site said to bytes that were posted, whatever its status: a protocol of its own gives each one its sense."""

    status: int
    body: bytes = b""
    content_type: str = ""


def read_reply(response: httpcore.Response, *, limits: Limits) -> Reply:
    """Raises FetchError, those of Body."""
    headers = _headers(response)
    return Reply(response.status, _body(response, headers, limits), headers.get("content-type", ""))


def read_answer(here: WebAddress, response: httpcore.Response, *, limits: Limits, held: Validators | None) -> Answer:
    """Raises FetchError (NOT_FOUND, GONE, HTTP_STATUS, those of Body), or Passing when another try may help."""
    headers = _headers(response)
    status = response.status
    if status in _REDIRECTS and "location" in headers:
        return Redirect(headers["location"])
    if status == _NOT_MODIFIED and held is not None and held.headers():
        return Fetched(status, here.url, etag=held.etag, last_modified=held.last_modified, not_modified=True)
    if status != _OK:
        raise _refusal(here.host, status, headers)
    return Fetched(
        status,
        here.url,
        body=_body(response, headers, limits),
        etag=_kept(headers.get("etag", "")),
        last_modified=_kept(headers.get("last-modified", "")),
        content_type=headers.get("content-type", ""),
    )


def _headers(response: httpcore.Response) -> dict[str, str]:
    """Names in lower case, the first of each. Location may be UTF-8 in the wild; bytes that are not stay visibly wrong."""
    found: dict[str, str] = {}
    for name, value in response.headers:
        found.setdefault(name.decode("latin-1").lower(), value.decode("utf-8", errors="replace"))
    return found


def _body(response: httpcore.Response, headers: Mapping[str, str], limits: Limits) -> bytes:
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > limits.bytes:
        raise too_large(limits)
    body = Body(limits, headers.get("content-encoding", "").strip().lower())
    for piece in response.iter_stream():
        body.feed(piece)
    return body.whole()


def _refusal(host: str, status: int, headers: Mapping[str, str]) -> Exception:
    if status == _GONE:
        return FetchError("GONE", f"« {host} » répond que cette adresse n’existe plus (410).")
    if status == _NOT_FOUND:
        return FetchError("NOT_FOUND", f"« {host} » ne trouve rien à cette adresse (404).", "Vérifiez l’adresse.")
    error = FetchError("HTTP_STATUS", f"« {host} » répond {status}.", "Réessayez plus tard, ou prévenez le site.")
    return Passing(error, _retry_after(headers)) if status in _TRY_AGAIN else error


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait; a date is counted from the site's own, whose clock it was written by."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    until, now = _date(text), _date(headers.get("date", ""))
    return max(0.0, (until - now).total_seconds()) if until is not None and now is not None else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else None


def _kept(validator: str) -> str:
    """A validator worth sending back: short, and plain ASCII."""
    return validator if len(validator) <= _LONGEST_VALIDATOR and validator.isascii() and validator.isprintable() else ""
