"""« Journal public »: what was said, by which organisation, in what order, who cosigned it; and the files by which anyone checks."""

import re
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dcant.record.models import Entry, EntryQuerySet
from dcant.record.note import Malformed
from dcant.record.publication import FOLDER, policy_text
from dcant.record.questions import LogState, log_state, proof_of
from dcant.record.tiles import parse_path
from dcant.territories.models import Organisation
from dcant.web.asked import asked
from dcant.web.documents import csv_document, json_document
from dcant.web.errors import Missing
from dcant.web.log_lines import SENTENCES, log_lines

PAGE, NAMED = 50, 20
FOREVER = "public, max-age=31536000, immutable"


def entries(request: HttpRequest) -> HttpResponse:
    kind, who = asked(request, "type", longest=60), asked(request, "par", longest=200)
    state = _state()
    paginator = Paginator(_chosen(request), PAGE)
    if (
        not kind and not who
    ):  # numbers have no gap: the last one tells how many there are, without counting a million rows
        paginator.count = Entry.objects.next_index() + state.waiting
    page = paginator.get_page(request.GET.get("page"))
    return render(
        request,
        "web/record/entries.html",
        {
            "page": page,
            "lines": log_lines(page.object_list),
            "kind": kind,
            "kinds": sorted(SENTENCES),
            "who": who,
            "query": request.GET.urlencode() if kind or who else "",
            "keep": _keep(request),
            "state": state,
            "policy": _policy(),
            "log_address": request.build_absolute_uri(reverse("log-file", args=["checkpoint"])).removesuffix(
                "/checkpoint"
            ),
        },
    )


def entries_json(request: HttpRequest) -> HttpResponse:
    listed = [_entry(entry) for entry in _chosen(request)[:PAGE]]
    return json_document({"log": _state().document, "entries": listed})


def entries_csv(request: HttpRequest) -> HttpResponse:
    columns = ("index", "type", "at", "actor", "subject", "entry_id")
    return csv_document(columns, _chosen(request).values_list(*columns)[:10_000], "journal")


def entry(request: HttpRequest, entry_id: str) -> HttpResponse:
    found = get_object_or_404(Entry, entry_id=entry_id)
    proof = proof_of(found, data=settings.DATA)
    return render(
        request,
        "web/record/entry.html",
        {
            "entry": found,
            "line": log_lines([found])[0],
            "leaf": bytes(found.leaf).decode(),
            "proof": proof,
            "steps": len(proof.hashes) if proof else 0,
            "proof_text": bytes(proof).decode() if proof else "",
        },
    )


def entry_json(request: HttpRequest, entry_id: str) -> HttpResponse:
    return json_document(_entry(get_object_or_404(Entry, entry_id=entry_id)))


def entry_leaf(request: HttpRequest, entry_id: str) -> HttpResponse:
    """The entry as it was hashed, byte for byte: what `dcant record proof --entry` reads."""
    found = get_object_or_404(Entry, entry_id=entry_id)
    return _download(bytes(found.leaf), "application/json", f"{found.entry_id}.entree.json")


def entry_proof(request: HttpRequest, entry_id: str) -> HttpResponse:
    """The proof of an entry (C2SP tlog-proof): always towards the last checkpoint, with its cosignatures."""
    found = get_object_or_404(Entry, entry_id=entry_id)
    proof = proof_of(found, data=settings.DATA)
    if proof is None:
        raise Missing(_("Cette entrée n’est pas encore dans un point de contrôle signé : sa preuve viendra avec lui."))
    response = _download(bytes(proof), "text/plain; charset=utf-8", f"{found.entry_id}.tlog-proof")
    response["Cache-Control"] = "max-age=2"
    return response


def log_policy(request: HttpRequest) -> HttpResponse:
    """The policy as this site says it, to compare with the one had by another way."""
    text = _policy()
    if not text:
        raise Missing(_("Le journal n’est pas encore signé."))
    return _download(text.encode(), "text/plain; charset=utf-8", "politique.txt")


def log_file(request: HttpRequest, path: str) -> HttpResponse:
    """The log as static files (C2SP tlog-tiles): the checkpoint, fresh for seconds; tiles and bundles, for ever."""
    if path != "checkpoint" and parse_path(path) is None:
        raise Missing(_("Le journal n’a pas ce fichier."))
    try:
        data = (Path(settings.DATA) / FOLDER / path).read_bytes()
    except OSError:
        raise Missing(_("Le journal n’a pas ce fichier.")) from None
    if path == "checkpoint":
        response = HttpResponse(data, content_type="text/plain; charset=utf-8")
        response["Cache-Control"] = "max-age=2"
    else:
        response = HttpResponse(data, content_type="application/octet-stream")
        response["Cache-Control"] = FOREVER
    return response


def _state() -> LogState:
    return log_state(data=settings.DATA, witnesses=settings.WITNESSES, now=timezone.now())


def _policy() -> str:
    try:
        return policy_text(data=settings.DATA, witnesses=settings.WITNESSES)
    except (OSError, Malformed):
        return ""


def _chosen(request: HttpRequest) -> EntryQuerySet:
    """The entries asked for by their type (`type`) and by their organisation (`par`: SIREN, SIRET, or part of a name)."""
    kind, who = asked(request, "type", longest=60), asked(request, "par", longest=200)
    listed = Entry.objects.order_by("-pk")
    if kind:
        listed = listed.filter(type=kind)
    if who:
        listed = listed.filter(_said_by(who))
    return listed


def _said_by(who: str) -> Q:
    digits = re.sub(r"\s", "", who)
    if re.fullmatch(r"\d{9}|\d{14}", digits, re.ASCII):
        return Q(actor=f"org:siren:{digits}") | Q(actor__startswith=f"org:siret:{digits}")
    named = Organisation.objects.filter(name__icontains=who).order_by("pk")[:NAMED]
    return Q(actor__in=[organisation.actor for organisation in named] + [who])


def _keep(request: HttpRequest) -> str:
    """What the pager keeps of the address."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"&{kept.urlencode()}" if kept else ""


def _entry(entry: Entry) -> dict[str, object]:
    return {"index": entry.index, "leaf": entry.document}


def _download(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
