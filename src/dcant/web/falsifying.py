"""« Falsifier pour voir », on a demonstration only: a byte of a copy of the log is changed, and the page names the entry."""

from random import SystemRandom

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcant.identifiers import Refused
from dcant.record.checkpoint import Checkpoint
from dcant.record.falsify import can_falsify, falsify
from dcant.record.models import Entry
from dcant.record.note import Malformed
from dcant.record.policy import Policy
from dcant.record.publication import FOLDER, current_note, policy_text
from dcant.web.errors import Missing, refused
from dcant.web.log_lines import log_lines


@require_POST
def falsified(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    note = current_note(settings.DATA)
    permit = can_falsify(Checkpoint.parse(note.text).size if note is not None else 0)
    if not permit:
        return refused(request, Refused(permit, code="DCANT-R001"))
    try:
        policy = Policy.parse(policy_text(data=settings.DATA, witnesses=settings.WITNESSES).encode())
        made = falsify(settings.DATA / FOLDER, policy, SystemRandom())
    except (OSError, Malformed) as problem:
        raise Missing(_("Le journal ne se lit pas : il n’y a rien à falsifier.")) from problem
    entry = Entry.objects.filter(index=made.index).first()
    return render(
        request,
        "web/record/falsified.html",
        {"made": made, "entry": entry, "line": log_lines([entry])[0] if entry else None},
    )
