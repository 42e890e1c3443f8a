"""Pages of refusal and error: what happened, and what to do."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dcant.identifiers import Refused


class Missing(Http404):
    """Nothing at this address, with the sentence that says so to a reader; what Django says of itself is in English."""


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The one page of every refusal: its reason, as the rule says it."""
    return render(request, "web/errors/refused.html", {"refusal": refusal}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    because = _("Votre page était ouverte depuis trop longtemps. Revenez en arrière, rechargez-la, puis recommencez.")
    return render(request, "web/errors/403.html", {"because": because}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; a Missing shows its sentence."""
    because = str(exception) if isinstance(exception, Missing) else ""
    return render(request, "web/errors/404.html", {"because": because}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: no context processor, no database, since either may be what failed."""
    return render(None, "web/errors/500.html", status=500)
