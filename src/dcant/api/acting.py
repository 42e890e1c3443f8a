"""Acting through the API: the session of the site and its CSRF token, and a key that keeps an act from being done twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Header
from ninja.security import APIKeyCookie
from ninja.utils import check_csrf
from pydantic import AfterValidator, Field

from dcant.accounts.answers import answer_once
from dcant.accounts.models import Mandate
from dcant.accounts.sessions import mandate_in_session
from dcant.api.problems import ERRORS, NO_NUL, Problem
from dcant.governance.services.speaking import Speaker, speaker_of
from dcant.identifiers import Permit, Refused

ACT_ERRORS = ERRORS | {403: Problem}
HOW = (
    "Lire est public. Agir demande un mandat : la session du site (cookie) et son jeton CSRF (cookie « csrftoken », rendu dans "
    "l’en-tête « X-CSRFToken »). C’est le même acte que par la page, sous le même permis, avec le même refus."
)
ActKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=100,
        pattern=r"^[!-~]*$",
        description="La même demande sous la même clé reçoit la même réponse pendant un jour, et n’agit qu’une fois.",
    ),
]


def _moment(found: datetime) -> datetime:
    try:
        return (found if found.tzinfo else timezone.make_aware(found)).astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment that no calendar holds") from None


Moment = Annotated[datetime, AfterValidator(_moment)]
SeatKey = Annotated[str, Field(max_length=40, pattern=NO_NUL, description="La clé du siège pour lequel on parle.")]


class SiteSession(APIKeyCookie):
    """The mandate of the session of the site. Whoever has none speaks for nobody, and the act says why it refuses."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        if check_csrf(request):
            because = "Le jeton CSRF manque ou n’est plus bon : rendez le cookie « csrftoken » dans l’en-tête « X-CSRFToken »."
            raise Refused(Permit.no(because), code="DCANT-A403")
        return request.COOKIES.get(self.param_name)

    def authenticate(self, request: HttpRequest, key: str | None) -> bool:  # noqa: ARG002  # as ninja calls it
        return True


SITE_SESSION = SiteSession()


def speaker(request: HttpRequest) -> Speaker:
    return speaker_of(_mandate(request))


def once(request: HttpRequest, key: str, do: Callable[[], dict[str, object]]) -> dict[str, object]:
    """Does it, or gives again what it answered under this key. Nothing is kept for who speaks for nobody: the act refuses."""
    mandate = _mandate(request)
    if not key or mandate is None:
        return do()
    asked = f"{request.method} {request.path}\n".encode() + request.body
    named = f"sha256:{sha256(asked).hexdigest()}"
    return answer_once(mandate=mandate, key=key, asked=named, do=do, at=timezone.now())


def _mandate(request: HttpRequest) -> Mandate | None:
    return mandate_in_session(request, timezone.localdate())
