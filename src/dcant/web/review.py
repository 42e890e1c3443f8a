"""Pages for those who keep the base true: joins to read again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from dcant.catalogue.joining import can_decide_join, join_resources, refuse_join, split_resource
from dcant.catalogue.models import JoinProposal
from dcant.catalogue.services import accept_loss
from dcant.harvest.models import Run
from dcant.identifiers import Permit, Refused
from dcant.web.acting import Acting, acting
from dcant.web.errors import refused


def _permit(who: Acting | None) -> Permit:
    return can_decide_join(acts_as=who.mandate.role if who else "")


def joins(request: HttpRequest) -> HttpResponse:
    """What may be one thing, and what was joined: public to read, to decide with a mandate."""
    proposals = JoinProposal.objects.select_related("kept", "other").order_by("state", "-proposed_at", "pk")
    return render(
        request,
        "web/review/joins.html",
        {
            "open": [one for one in proposals if one.state == JoinProposal.State.OPEN][:100],
            "joined": [one for one in proposals if one.state == JoinProposal.State.JOINED][:100],
            "permit": _permit(acting(request)),
        },
    )


@require_POST
def decide(request: HttpRequest, proposal: int) -> HttpResponse:
    found = get_object_or_404(JoinProposal, pk=proposal)
    who = acting(request)
    permit = _permit(who)
    acts = {"join": join_resources, "refuse": refuse_join, "split": split_resource}
    act = acts.get(request.POST.get("decision", ""))
    if not permit or who is None or act is None:
        return refused(request, Refused(permit, code="DCANT-K002"))
    try:
        act(proposal=found, actor=who.organisation.actor, at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("joins")


@require_POST
def accept(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """A person with a mandate says that the loss of a suspect passage is real."""
    get_object_or_404(Run, source=name, number=number)
    who = acting(request)
    try:
        accept_loss(
            source=name,
            number=number,
            reason=request.POST.get("reason", ""),
            acts_as=who.mandate.role if who else "",
            actor=who.organisation.actor if who else "",
            at=timezone.now(),
        )
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("run", name=name, number=number)
