"""« Journal public »: what was said, by which organisation, in what order; and the files by which anyone checks it."""

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from dcant.record.models import Entry
from dcant.record.publication import FOLDER, alarm, current_checkpoint
from dcant.record.tiles import parse_path
from dcant.web.asked import asked
from dcant.web.documents import csv_document, json_document
from dcant.web.errors import Missing
from dcant.web.log_lines import log_lines

PAGE = 50
FOREVER = "public, max-age=31536000, immutable"


def entries(request: HttpRequest) -> HttpResponse:
    kind = asked(request, "type", longest=60)
    listed = Entry.objects.order_by("-pk")
    if kind:
        listed = listed.filter(type=kind)
    paginator = Paginator(listed, PAGE)
    waiting = Entry.objects.waiting().count()
    if not kind:  # numbers have no gap: the last one tells how many there are, without counting a million rows
        paginator.count = Entry.objects.next_index() + waiting
    page = paginator.get_page(request.GET.get("page"))
    return render(
        request,
        "web/record/entries.html",
        {
            "page": page,
            "lines": log_lines(page.object_list),
            "kind": kind,
            "waiting": waiting,
            "checkpoint": current_checkpoint(settings.DATA),
            "alarm": alarm(settings.DATA),
        },
    )


def entries_json(request: HttpRequest) -> HttpResponse:
    listed = list(Entry.objects.order_by("-pk")[:PAGE])
    return json_document({"entries": [_entry(entry) for entry in listed]})


def entries_csv(request: HttpRequest) -> HttpResponse:
    columns = ("index", "type", "at", "actor", "subject", "entry_id")
    return csv_document(columns, Entry.objects.order_by("-pk").values_list(*columns)[:10_000], "journal")


def entry(request: HttpRequest, entry_id: str) -> HttpResponse:
    found = get_object_or_404(Entry, entry_id=entry_id)
    return render(
        request,
        "web/record/entry.html",
        {"entry": found, "line": log_lines([found])[0], "leaf": bytes(found.leaf).decode()},
    )


def entry_json(request: HttpRequest, entry_id: str) -> HttpResponse:
    return json_document(_entry(get_object_or_404(Entry, entry_id=entry_id)))


def _entry(entry: Entry) -> dict[str, object]:
    return {"index": entry.index, "leaf": entry.document}


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
