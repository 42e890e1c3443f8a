"""« Journal public »: what was said, by which organisation, in what order. It promises no more until it can be proven."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from dcant.record.models import Entry
from dcant.web.asked import asked
from dcant.web.documents import csv_document, json_document
from dcant.web.log_lines import log_lines

PAGE = 50


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
        {"page": page, "lines": log_lines(page.object_list), "kind": kind, "waiting": waiting},
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
