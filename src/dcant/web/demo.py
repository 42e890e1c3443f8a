"""Doors of the demonstration: « Entrer comme… » and the way back to the first day. Closed on any other site."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcant.accounts.models import Role
from dcant.accounts.services import PERSONAS, Persona, enter_as, persona
from dcant.accounts.sessions import SESSION_KEY
from dcant.adoption.demo import seat_of
from dcant.adoption.demo_copy import copy_exists, restore_copy
from dcant.identifiers import Refused
from dcant.territories.models import Organisation
from dcant.web.errors import Missing, refused
from dcant.web.resources import commune_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Where each role sits when no commune is chosen: these territories are real, the person is not.
HOMES = {
    Role.AGENT: {"territory__kind": "commune", "territory__code": "35345"},
    Role.OFFICER: {"territory__kind": "departement", "territory__code": "35"},
}


def sign_in(request: HttpRequest) -> HttpResponse:
    """The ways in: roles on a demonstration, and on any other site a plain word that none is open yet."""
    return render(request, "web/demo/sign_in.html", {"personas": PERSONAS, "next": _next(request)})


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    chosen = persona(request.POST.get("role", ""))
    if chosen is None:
        raise Missing(_("Ce rôle n’existe pas."))
    try:
        mandate = enter_as(persona=chosen, organisation=_seat(request, chosen), demo=settings.DEMO, at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal)
    login(request, mandate.person, backend=BACKEND)
    request.session[SESSION_KEY] = mandate.pk
    return HttpResponseRedirect(_next(request))


def _seat(request: HttpRequest, chosen: Persona) -> Organisation:
    commune = commune_of(request)
    if chosen.role == Role.AGENT and commune:
        return get_object_or_404(Organisation, kind="commune", territory=commune)
    if chosen.role in HOMES:
        return get_object_or_404(Organisation, **HOMES[chosen.role])
    return get_object_or_404(Organisation, siret=seat_of(chosen.key))


def reset(request: HttpRequest) -> HttpResponse:
    """Back to the first day: the only place where a log can be taken back, and it exists on a demonstration only."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST" and copy_exists(settings.DATA):
        logout(request)
        restore_copy(settings.DATA)
        messages.success(request, _("La démonstration est revenue à son premier jour."))
        return redirect("home")
    return render(request, "web/demo/reset.html", {"possible": copy_exists(settings.DATA)})


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, or home."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and target.startswith("/") else "/"
