"""« Suivi »: what a signed-in person follows, and what happened to it since they last said they had seen it."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dcant.adoption.digest import send_confirmation
from dcant.adoption.following import follows_of, told_to
from dcant.catalogue.digest import ask_digest, confirm_digest, digest_of, link_token, stop_digest
from dcant.catalogue.following import News, follow, mark_seen, unfollow
from dcant.catalogue.models import Digest
from dcant.catalogue.rules.following import Followed, search_of_words
from dcant.identifiers import Refused
from dcant.web.acting import acting
from dcant.web.asked import posted
from dcant.web.documents import json_document
from dcant.web.errors import refused
from dcant.web.resources import FILTERS


def page(request: HttpRequest) -> HttpResponse:
    """One's own news; a visitor reads what following is, and where to enter."""
    told = _told(request)
    rows = [(one, _address(one), _words(one)) for one in told]
    who = acting(request)
    context = {"rows": rows, "anything": any(one.events for one in told), "mail": settings.MAIL}
    if settings.MAIL and who:
        context["digest"] = Digest.objects.filter(person=who.person).first()
    return render(request, "web/following/page.html", context)


def page_json(request: HttpRequest) -> HttpResponse:
    """The same as data, to oneself only."""
    response = json_document(
        {
            "follows": [
                {
                    "kind": one.follow.kind,
                    "target": one.follow.target,
                    "last_seen_at": one.follow.last_seen_at.isoformat(),
                    "events": [
                        {
                            "what": event.what,
                            "at": event.at.isoformat(),
                            "resource": event.slug,
                            "title": event.title,
                            "detail": list(event.detail),
                        }
                        for event in one.events
                    ],
                }
                for one in _told(request)
            ]
        }
    )
    response["Cache-Control"] = "private"
    return response


def _told(request: HttpRequest) -> list[News]:
    who = acting(request)
    return told_to(follows_of(who.person)) if who else []


def _address(one: News) -> str:
    """The page of what is followed."""
    kind, target = one.follow.kind, one.follow.target
    if kind == Followed.SEARCH:
        text, filters = search_of_words(target)
        names = {facet: name for name, facet in FILTERS.items()}
        pairs = [("q", text)] if text else []
        pairs += [(names[facet], value) for facet, values in filters.items() if facet in names for value in values]
        return f"/ressources/?{urlencode(pairs)}"
    if kind == Followed.INFRA:
        return f"/infrastructures/?{urlencode({'type': target})}"
    return f"/territoires/{target}/" if kind == Followed.TERRITORY else f"/ressources/{target}/"


def _words(one: News) -> str:
    """What is followed, as its own page names it; empty for a type of infrastructure, named by its words."""
    if one.follow.resource:
        return one.follow.resource.title
    if one.follow.territory:
        return one.follow.territory.display_name
    if one.follow.kind == Followed.INFRA:
        return ""
    text, filters = search_of_words(one.follow.target)
    values = sorted(value for chosen in filters.values() for value in chosen)
    return " · ".join([f"« {text} »"] * bool(text) + values)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    who = acting(request)
    try:
        follow(
            person=who.person if who else None,
            kind=posted(request, "kind", longest=10),
            target=posted(request, "target", longest=400),
            at=timezone.now(),
        )
    except Refused as refusal:
        return refused(request, refusal)
    messages.success(request, _("C’est suivi. Vous seul le voyez."))
    return redirect("following")


@require_POST
def cease(request: HttpRequest, follow_id: int) -> HttpResponse:
    who = acting(request)
    if who:
        unfollow(person=who.person, follow_id=follow_id)
    return redirect("following")


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    who = acting(request)
    if who:
        mark_seen(person=who.person, at=timezone.now())
    return redirect("following")


@require_POST
def ask_letter(request: HttpRequest) -> HttpResponse:
    """Wants the weekly letter, or stops it."""
    who = acting(request)
    held = Digest.objects.filter(person=who.person).first() if who else None
    if "stop" in request.POST:
        if held:
            stop_digest(token=link_token(held))
        return redirect("following")
    try:
        digest = ask_digest(person=who.person if who else None, address=posted(request, "address", longest=254))
    except Refused as refusal:
        return refused(request, refusal)
    if send_confirmation(digest=digest, site=settings.SITE_URL):
        messages.success(request, _("Une lettre est partie à cette adresse : confirmez par son lien."))
    else:
        messages.error(request, _("La lettre de confirmation n’est pas partie : essayez de nouveau plus tard."))
    return redirect("following")


@csrf_exempt  # the mail reader that stops a letter in one click (RFC 8058) has no form of ours; the link is signed
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: a button to confirm, a button to stop; looking at it changes nothing."""
    if request.method == "POST":
        if "confirm" in request.POST:
            confirm_digest(token=token, at=timezone.now())
        else:
            stop_digest(token=token)
    return render(request, "web/following/letter.html", {"digest": digest_of(token)})
