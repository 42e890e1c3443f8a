"""A programme from nothing, its colleges and its charter."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from dcant.accounts.models import Role
from dcant.governance.models import Programme, Seat
from dcant.governance.rules.counting import CONSULTATIVE, DELIBERATIVE
from dcant.governance.services.calling import call_on_charter
from dcant.governance.services.charters import begin_charter, create_college
from dcant.governance.services.founding import (
    DCANT_AXES,
    charter_in_force,
    close_seat,
    create_programme,
    faults_of,
    open_seat,
    publish_first_charter,
    write_charter,
)
from dcant.identifiers import Permit, Refused
from dcant.territories.models import College, Organisation
from dcant.web.acting import acting, today
from dcant.web.acts import act, speaker
from dcant.web.asked import posted
from dcant.web.errors import refused


def is_secretariat(request: HttpRequest) -> bool:
    who = acting(request)
    return bool(who and who.mandate.role == Role.SECRETARIAT)


def new_programme(request: HttpRequest) -> HttpResponse:
    """The form of a blank programme; the four axes of DCANT are ready to take."""
    if request.method != "POST":
        return render(
            request,
            "web/governance/new_programme.html",
            {"axes": "\n".join(DCANT_AXES), "may": is_secretariat(request)},
        )
    made: list[Programme] = []

    def do() -> None:
        made.append(
            create_programme(
                title=posted(request, "title", longest=200),
                period=posted(request, "period", longest=40),
                axes=posted(request, "axes", longest=6_000).splitlines(),
                speaker=speaker(request),
                at=timezone.now(),
                demo=_demo(request),
            )
        )

    answer = act(request, do, "programme")
    return redirect("colleges", made[0].slug) if made else answer


def _demo(request: HttpRequest) -> bool:
    who = acting(request)
    return bool(who and who.person.is_demo)


def colleges(request: HttpRequest, programme: str) -> HttpResponse:
    """Who sits where, the charter, and what is still missing before one can decide."""
    shown = get_object_or_404(Programme.objects.filter(played=True), slug=programme)
    seats = list(Seat.objects.open_on(today()).filter(programme=shown).select_related("organisation"))
    charter = charter_in_force(shown) or shown.charters.order_by("number").first()
    following = shown.charters.filter(number__gt=charter.number).first() if charter else None
    return render(
        request,
        "web/governance/colleges.html",
        {
            "programme": shown,
            "colleges": [
                (college, [seat for seat in seats if seat.college_id == college.key])
                for college in College.objects.order_by("key")
            ],
            "charter": charter,
            "faults": faults_of(charter, timezone.now()) if charter and charter.state == "draft" else [],
            "next": following,
            "next_faults": faults_of(following, timezone.now()) if following and following.state == "draft" else [],
            "charter_decisions": shown.decisions.filter(purpose="charter").order_by("pk"),
            "may": is_secretariat(request),
            "purposes": ("action", "roadmap", "balance_sheet"),
            "rules": (
                ("double_majority", _("double majorité équilibrée")),
                ("qualified", _("majorité qualifiée dans chaque collège")),
                ("consent", _("consentement")),
            ),
            "shares": ("1/3", "1/2", "2/3", "3/4"),
        },
    )


@require_POST
def add_seat(request: HttpRequest, programme: str) -> HttpResponse:
    shown = get_object_or_404(Programme.objects.filter(played=True), slug=programme)

    def do() -> None:
        open_seat(
            programme=shown,
            college=get_object_or_404(College, key=posted(request, "college", longest=20)),
            organisation=_organisation(posted(request, "organisation", longest=40)),
            speaker=speaker(request),
            at=timezone.now(),
        )

    return act(request, do, "colleges", shown.slug)


def _organisation(text: str) -> Organisation:
    """By SIREN, SIRET or key. Raises Refused with a sentence."""
    number = "".join(text.split())
    found = (
        Organisation.objects.filter(key=number).first()
        or Organisation.objects.filter(siren=number).order_by("key").first()
    )
    if found is None:
        raise Refused(
            Permit.no("Aucune organisation connue ne porte ce numéro : écrivez un SIREN ou un SIRET."),
            code="DCANT-G001",
        )
    return found


@require_POST
def remove_seat(request: HttpRequest, programme: str, seat: str) -> HttpResponse:
    found = get_object_or_404(Seat.objects.select_related("programme"), key=seat, programme__slug=programme)
    return act(
        request, lambda: close_seat(seat=found, speaker=speaker(request), at=timezone.now()), "colleges", programme
    )


@require_POST
def charter(request: HttpRequest, programme: str) -> HttpResponse:
    """Begins the next charter; saves a draft; publishes the founding one, or puts to the vote one that changes it."""
    shown = get_object_or_404(Programme.objects.filter(played=True), slug=programme)
    who, now = speaker(request), timezone.now()
    if request.POST.get("begin"):
        return act(request, lambda: begin_charter(programme=shown, speaker=who), "colleges", shown.slug)
    draft = shown.charters.filter(state="draft").order_by("number").first()
    if draft is None:
        return refused(request, Refused(Permit.no("La charte est déjà publiée."), code="DCANT-G001"))

    def do() -> None:
        write_charter(charter=draft, body=_body(request), speaker=who)
        if request.POST.get("publish"):
            publish_first_charter(charter=draft, speaker=who, at=now)
        elif request.POST.get("vote"):
            call_on_charter(charter=draft, speaker=who, at=now)

    return act(request, do, "colleges", shown.slug)


@require_POST
def add_college(request: HttpRequest, programme: str) -> HttpResponse:
    shown = get_object_or_404(Programme.objects.filter(played=True), slug=programme)
    name = posted(request, "name", longest=80)
    return act(
        request,
        lambda: create_college(programme=shown, name=name, speaker=speaker(request), at=timezone.now()),
        "colleges",
        shown.slug,
    )


def _body(request: HttpRequest) -> dict[str, object]:
    def days(name: str) -> int:
        text = request.POST.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1

    voices = {
        college.key: request.POST.get(f"voice-{college.key}", "")
        for college in College.objects.all()
        if request.POST.get(f"voice-{college.key}") in {DELIBERATIVE, CONSULTATIVE}
    }
    return {
        "quorum": _share(request.POST.get("quorum", "")),
        "threshold": _share(request.POST.get("threshold", "")),
        "rules": {
            "action": posted(request, "rule-action", longest=20),
            "roadmap": posted(request, "rule-roadmap", longest=20),
            "balance_sheet": posted(request, "rule-balance_sheet", longest=20),
            "charter": "qualified",
        },
        "voices": voices,
        "notice_days": days("notice_days"),
        "consent_days": days("consent_days"),
        "reconvene": request.POST.get("reconvene") == "1",
    }


def _share(text: str) -> str:
    if text not in {"1/3", "1/2", "2/3", "3/4"}:
        raise Refused(Permit.no("Choisissez une part comme 1/2."), code="DCANT-G001")
    return text
