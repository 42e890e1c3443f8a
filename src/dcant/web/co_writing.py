"""Actions written together: proposing, amending by paragraph, integrating or rejecting, putting to the vote."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from dcant.governance.lineage import life_of
from dcant.governance.models import Action, ActionVersion, Amendment, Axis, Programme
from dcant.governance.rules.machines import ENDED
from dcant.governance.rules.texts import StaleBase, clean, difference, side_by_side
from dcant.governance.services.actions import (
    amended_text,
    close_amendment,
    enrich_action,
    join_as_copilot,
    link_resources,
    operations_of,
    propose_action,
    rebase_amendment,
    submit_amendment,
)
from dcant.governance.services.calling import call_on_draft
from dcant.identifiers import Permit, Refused
from dcant.web.acts import act, my_seats, seat_named, speaker
from dcant.web.asked import posted
from dcant.web.branches import branches_of
from dcant.web.colleges import is_secretariat
from dcant.web.errors import refused


def propose(request: HttpRequest, programme: str) -> HttpResponse:
    shown = get_object_or_404(Programme.objects.filter(played=True), slug=programme)
    if request.method != "POST":
        origins = Action.objects.filter(axis__programme=shown).exclude(state="").order_by("title")
        context = {
            "programme": shown,
            "axes": shown.axes.all(),
            "origins": origins,
            "seats": my_seats(request, shown),
            "chosen": request.GET.get("issue-de", ""),
        }
        return render(request, "web/governance/propose.html", context)
    made: list[Action] = []

    def do() -> None:
        number = posted(request, "axis", longest=3)
        seat = seat_named(request, shown)
        action = propose_action(
            axis=get_object_or_404(
                Axis, programme=shown, number=int(number) if number.isascii() and number.isdigit() else 0
            ),
            title=posted(request, "title", longest=300),
            text=posted(request, "text", longest=20_000),
            deliverables=posted(request, "deliverables", longest=2_000),
            due=posted(request, "due", longest=10),
            split_from=_origin(posted(request, "split_from", longest=40), shown),
            seat=seat,
            speaker=speaker(request),
            at=timezone.now(),
        )
        slugs = posted(request, "resources", longest=600).replace(",", " ").split()[:10]
        link_resources(action=action, slugs=slugs, seat=seat, speaker=speaker(request), at=timezone.now())
        made.append(action)

    answer = act(request, do, "programme")
    return answer if not made else act(request, lambda: None, "action", made[0].code)


def _origin(code: str, programme: Programme) -> Action | None:
    if not code:
        return None
    return get_object_or_404(Action.objects.select_related("axis"), code=code, axis__programme=programme)


def written(request: HttpRequest, action: Action) -> dict[str, object]:
    """What the page of an action of this site shows beside its sources: versions, amendments with their difference."""
    programme = action.axis.programme
    life = life_of(action)
    versions = life.versions
    draft = next((one for one in versions if one.state == "draft"), None)
    current = next((one for one in versions if one.state == "adopted"), None)
    ended = action.state in ENDED
    shown = current if ended else draft or current
    amendments = list(shown.amendments.select_related("seat__organisation")) if shown else []
    mine = my_seats(request, programme)
    pilots = {seat.pk for seat in draft.copilots.all()} if draft else set()
    return {
        "programme": programme,
        "versions": versions,
        "draft": draft,
        "ended": ended,
        "text_shown": shown,
        "amendments": [
            (one, difference(one.base, amended_text(one)), side_by_side(one.base, operations_of(one)))
            for one in amendments
        ],
        "seats": mine,
        "is_pilot": any(seat.pk in pilots for seat in mine),
        "may": is_secretariat(request),
        "life": life,
        "drawing": branches_of(action.title, [(date_format(step.at, "j F Y"), step) for step in life.steps])
        if life.steps
        else None,
    }


def _draft(code: str) -> ActionVersion:
    return get_object_or_404(
        ActionVersion.objects.select_related("action__axis__programme"), action__code=code, state="draft"
    )


def amend(request: HttpRequest, code: str) -> HttpResponse:
    """The draft to rewrite; someone who saved first is never overwritten: both texts are shown."""
    draft = _draft(code)
    programme = draft.action.axis.programme
    context = {
        "action": draft.action,
        "draft": draft,
        "seats": my_seats(request, programme),
        "wanted": draft.text,
        "reason": "",
    }
    if request.method != "POST":
        return render(request, "web/governance/amend.html", context)
    wanted, reason = clean(posted(request, "wanted", longest=20_000)), posted(request, "reason", longest=400)
    try:
        submit_amendment(
            version=draft,
            base_hash=posted(request, "base", longest=80),
            wanted=wanted,
            reason=reason,
            seat=seat_named(request, programme),
            speaker=speaker(request),
            at=timezone.now(),
        )
    except StaleBase:
        draft.refresh_from_db()
        stale = difference(draft.text, wanted)
        context |= {"wanted": wanted, "reason": reason, "stale": stale, "draft": draft}
        return render(request, "web/governance/amend.html", context, status=409)
    except Refused as refusal:
        return refused(request, refusal)
    return act(request, lambda: None, "action", code)


@require_POST
def answer(request: HttpRequest, amendment: int) -> HttpResponse:
    """Integrate, reject, withdraw, or carry a lapsed amendment over to the present text."""
    found = get_object_or_404(Amendment.objects.select_related("version__action", "seat__programme"), pk=amendment)
    code, now = found.version.action.code, timezone.now()
    arrow = posted(request, "arrow", longest=20)

    def do() -> None:
        try:
            if arrow == "rebase":
                rebase_amendment(
                    amendment=found,
                    base_hash=posted(request, "base", longest=80),
                    wanted=posted(request, "wanted", longest=20_000),
                    speaker=speaker(request),
                    at=now,
                )
            else:
                close_amendment(
                    amendment=found,
                    arrow=arrow,
                    answer=posted(request, "answer", longest=400),
                    speaker=speaker(request),
                    at=now,
                )
        except StaleBase as stale:
            raise Refused(Permit.no(str(stale)), code="DCANT-G002") from stale

    return act(request, do, "action", code)


@require_POST
def pilot(request: HttpRequest, code: str) -> HttpResponse:
    draft = _draft(code)

    def do() -> None:
        seat = seat_named(request, draft.action.axis.programme)
        join_as_copilot(version=draft, seat=seat, speaker=speaker(request), at=timezone.now())

    return act(request, do, "action", code)


@require_POST
def enrich(request: HttpRequest, code: str) -> HttpResponse:
    action = get_object_or_404(Action.objects.select_related("axis__programme"), code=code)

    def do() -> None:
        seat = seat_named(request, action.axis.programme)
        enrich_action(action=action, seat=seat, speaker=speaker(request), at=timezone.now())

    return act(request, do, "action", code)


@require_POST
def put_to_vote(request: HttpRequest, code: str) -> HttpResponse:
    """The secretariat makes a decision of a draft, for the half-year under way."""
    draft, consent = _draft(code), request.POST.get("rule") == "consent"
    return act(request, lambda: call_on_draft(version=draft, speaker=speaker(request), consent=consent), "action", code)
