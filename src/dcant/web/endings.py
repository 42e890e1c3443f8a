"""The end of an action: a seat proposes it, the secretariat puts it to the vote."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from dcant.governance.models import Action, Ending
from dcant.governance.rules.endings import ARROWS
from dcant.governance.services.calling import call_on_ending
from dcant.governance.services.endings import propose_ending
from dcant.web.acts import act, my_seats, seat_named, speaker
from dcant.web.asked import posted


def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Completed, dropped, or merged into another action of the programme that goes on."""
    written = Action.objects.exclude(state="").select_related("axis__programme")
    action = get_object_or_404(written, code=code)
    programme = action.axis.programme
    going_on = Action.objects.filter(axis__programme=programme, state="adopted").exclude(pk=action.pk)
    if request.method != "POST":
        context = {
            "action": action,
            "seats": my_seats(request, programme),
            "fates": tuple(ARROWS),
            "joinable": going_on.order_by("title"),
        }
        return render(request, "web/governance/end.html", context)

    def do() -> None:
        joined, fate = posted(request, "into", longest=40), posted(request, "fate", longest=10)
        merged = joined and fate == "merged"
        propose_ending(
            action=action,
            fate=fate,
            into=get_object_or_404(going_on.select_related("axis"), code=joined) if merged else None,
            reason=posted(request, "reason", longest=2_000),
            seat=seat_named(request, programme),
            speaker=speaker(request),
            at=timezone.now(),
        )

    return act(request, do, "action", code)


@require_POST
def put_to_vote(request: HttpRequest, code: str, ending: int) -> HttpResponse:
    """The secretariat makes a decision of a proposal, for the half-year under way."""
    found = get_object_or_404(Ending.objects.select_related("action__axis__programme"), pk=ending, action__code=code)
    consent = request.POST.get("rule") == "consent"
    return act(request, lambda: call_on_ending(ending=found, speaker=speaker(request), consent=consent), "action", code)
