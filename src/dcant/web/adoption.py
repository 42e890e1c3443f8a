"""« Nous l'utilisons »: the form, the act, the confirmation with its line of the log. And two sheets to print or send."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcant.adoption.models import AdoptionEvent, Offer
from dcant.adoption.questions import offers_for
from dcant.adoption.reusable import overview
from dcant.adoption.rules import Kind
from dcant.adoption.services import Declarant, adopt_resource, permit_to_declare
from dcant.catalogue.models import Resource
from dcant.identifiers import Refused
from dcant.territories.models import Operator, Organisation, Territory
from dcant.web.acting import acting, today
from dcant.web.errors import Missing, refused
from dcant.web.resources import commune_of, find_resource
from dcant.web.territories import find_place

CHOICES = (Kind.USED, Kind.REQUESTED, Kind.PLANNED, Kind.DEPLOYED, Kind.WITHDRAWN, Kind.REFUSED)


def form(request: HttpRequest, slug: str) -> HttpResponse:
    """What will be said, in whose name; the way to sign in when nobody may say it yet."""
    return _form(request, find_resource(slug), {})


def _form(request: HttpRequest, resource: Resource, errors: dict[str, str], status: int = 200) -> HttpResponse:
    who = acting(request)
    commune = commune_of(request) or (who.organisation.territory if who else None)
    adopter = Organisation.objects.filter(territory=commune, kind="commune").first() if commune else None
    may = bool(who and adopter and who.may_speak_for(adopter))
    choices = []
    if who and adopter and may:
        for kind in CHOICES:
            permit, _last = permit_to_declare(
                resource=resource, adopter=adopter, kind=kind, declarant=who.declarant, day=today(), today=today()
            )
            if permit:
                choices.append(kind)
    offers = [offer for offer in offers_for(commune) if offer.resource_id == resource.pk] if commune else []
    return render(
        request,
        "web/adoption/form.html",
        {
            "resource": resource,
            "commune": commune,
            "adopter": adopter,
            "may": may,
            "choices": choices,
            "chosen": request.POST.get("kind") or request.GET.get("kind") or (choices[0] if choices else ""),
            "operators": {offer.operator_id: offer.operator for offer in offers}.values(),
            "today": today(),
            "errors": errors,
        },
        status=status,
    )


@require_POST
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Parse, act, then the confirmation, or the reason of the refusal."""
    resource = find_resource(slug)
    commune = commune_of(request)
    adopter = get_object_or_404(Organisation.objects.filter(kind="commune"), territory=commune) if commune else None
    if adopter is None:
        raise Missing(_("Choisissez d’abord une commune."))
    day, errors = _day(request.POST.get("day", ""))
    kind = request.POST.get("kind", "")
    if kind not in CHOICES:
        errors["kind"] = _("Choisissez ce que votre commune déclare.")
    if errors or day is None:
        return _form(request, resource, errors, status=400)
    who = acting(request)
    try:
        event = adopt_resource(
            resource=resource,
            adopter=adopter,
            declarant=who.declarant if who else Declarant("", ()),
            at=timezone.localtime(),  # its day is the one of the form, not that of Greenwich
            kind=Kind(kind),
            day=day,
            via=_operator(request.POST.get("via", "")),
            demo=settings.DEMO,
        )
    except Refused as refusal:
        return refused(request, refusal)
    if event.entry is None:
        return redirect(reverse("territory", args=[adopter.territory.code if adopter.territory else ""]) + "?dit=1")
    return redirect("adopted", slug=resource.slug, entry_id=event.entry.entry_id)


def _day(text: str) -> tuple[date | None, dict[str, str]]:
    if not text:
        return today(), {}
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, {"day": _("Écrivez une date comme 2026-03-01.")}
    if day.year < 1990:
        return None, {"day": _("Cette date est trop ancienne.")}
    return day, {}


def _operator(text: str) -> Operator | None:
    return (
        Operator.objects.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 10 else None
    )


def adopted(request: HttpRequest, slug: str, entry_id: str) -> HttpResponse:
    """What was said, and its line in the public log: waiting, then numbered."""
    event = get_object_or_404(
        AdoptionEvent.objects.select_related("resource", "organisation__territory", "entry", "via__organisation"),
        entry__entry_id=entry_id,
        resource__slug=slug,
    )
    return render(request, "web/adoption/adopted.html", {"event": event, "commune": event.organisation.territory})


def mayor(request: HttpRequest, code: str) -> HttpResponse:
    """« Fiche pour le maire »: one printed page, three choices at most, what they cost, how to leave, who to call."""
    commune = find_place(code)
    if commune.kind != Territory.Kind.COMMUNE:
        raise Missing(f"Aucune commune ne porte le code « {code} ».")
    seen = overview(commune, today())
    candidates = [one for one in seen.reusable if one.is_for_us and not one.state]
    candidates.sort(key=lambda one: (not one.offers, tuple(-number for number in one.use.rank), one.resource.title))
    return render(
        request,
        "web/adoption/mayor.html",
        {
            "commune": commune,
            "choices": [
                (one, [(offer, offer.price_for(commune.population)) for offer in one.offers[:2]])
                for one in candidates[:3]
            ],
            "operators": Operator.objects.covering(commune).select_related("organisation"),
            "today": today(),
        },
    )


def letter(request: HttpRequest, offer: int) -> HttpResponse:
    """A letter ready to send to an operator that publishes no price."""
    found = get_object_or_404(Offer.objects.with_names(), pk=offer)
    return render(
        request, "web/adoption/letter.html", {"offer": found, "commune": commune_of(request), "today": today()}
    )
