"""The register of standards: the list, one standard in one version, its empty file, what changed."""

import csv
import io
from dataclasses import asdict

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from dcant.catalogue.models import Resource
from dcant.standards.models import Document, Standard, StandardVersion
from dcant.standards.questions import Filters, checkable_versions, listed
from dcant.standards.rules.changes import Change, compare
from dcant.standards.rules.fields import fields_of
from dcant.web.asked import asked
from dcant.web.documents import csv_document, json_document
from dcant.web.errors import Missing

PAGE = 40
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def standards(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    known = Standard.objects.listed()
    current = _current()
    found = [(one, current.get(one.pk)) for one in listed(filters)]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "keep": f"&{query.urlencode()}" if query else "",
        "filters": filters,
        "kinds": Standard.Kind.choices,
        "producers": sorted(set(known.values_list("producer", flat=True)), key=str.lower),
        "labels": sorted({label for labels in known.values_list("labels", flat=True) for label in labels}),
        "anything": known.exists(),
        "query": query.urlencode(),
    }
    return render(request, "web/standards/list.html", context)


def standards_json(request: HttpRequest) -> HttpResponse:
    current = _current()
    rows = [_as_row(one, current.get(one.pk)) for one in listed(_filters(request))]
    return json_document({"count": len(rows), "standards": rows})


def standards_csv(request: HttpRequest) -> HttpResponse:
    current = _current()
    rows = [_as_row(one, current.get(one.pk)) for one in listed(_filters(request))]
    header = ("slug", "title", "kind", "producer", "labels", "version", "checkable", "licence", "homepage", "source")
    cells = [
        [" | ".join(map(str, value)) if isinstance(value := row[name], list) else value for name in header]
        for row in rows
    ]
    return csv_document(header, cells, "standards")


def standard(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    found = _standard(owner, name)
    versions = list(found.versions.prefetch_related("documents").order_by("-position"))
    shown = _version(versions, asked(request, "version", longest=100))
    documents = list(shown.documents.all()) if shown else []
    return render(
        request,
        "web/standards/detail.html",
        {
            "standard": found,
            "versions": versions,
            "version": shown,
            "document": documents[0] if documents else None,
            "others": documents[1:],
            "fields": fields_of(bytes(documents[0].content)) if documents else (),
            "before": _before(versions, shown),
            "changes": _changes(versions, shown),
            "resource": Resource.objects.shown()
            .filter(sheet__schema_name__value=found.slug)
            .only("slug", "title")
            .first(),
        },
    )


def standard_json(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    found = _standard(owner, name)
    versions = list(found.versions.prefetch_related("documents").order_by("-position"))
    current = next((one for one in versions if one.state == StandardVersion.State.CURRENT), None)
    return json_document(_as_row(found, current) | {"versions": [_version_row(one) for one in versions]})


def document(request: HttpRequest, owner: str, name: str, number: str) -> HttpResponse:
    """The bytes of a version, as fetched. They never change: a copy may be kept for ever."""
    response = HttpResponse(bytes(_document(owner, name, number).content), content_type="application/json")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def template_csv(request: HttpRequest, owner: str, name: str, number: str) -> HttpResponse:
    """An empty file to fill in: the header, and one row of examples."""
    fields = fields_of(bytes(_document(owner, name, number).content))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([one.name for one in fields])
    writer.writerow([one.example for one in fields])
    # With its mark, so that a spreadsheet opens the accents right.
    return _attached(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{name}-{number}.csv")


def template_xlsx(request: HttpRequest, owner: str, name: str, number: str) -> HttpResponse:
    """The same as a workbook, every cell as text so that no leading zero is lost."""
    import xlsxwriter  # noqa: PLC0415  # only here

    fields = fields_of(bytes(_document(owner, name, number).content))
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"num_format": "@", "bold": True})
        sheet = book.add_worksheet(_("données")[:31])
        sheet.set_column(0, max(0, len(fields) - 1), 22, text)
        for column, one in enumerate(fields):
            sheet.write_string(0, column, one.name, bold)
            sheet.write_string(1, column, one.example, text)
        sheet.freeze_panes(1, 0)
    return _attached(out.getvalue(), XLSX, f"{name}-{number}.xlsx")


def changes_json(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """What changed from one version to another, given as ?de=…&a=…."""
    old, new = (_document(owner, name, asked(request, key, longest=100)) for key in ("de", "a"))
    found = compare(bytes(old.content), bytes(new.content))
    return json_document(
        {
            "standard": f"{owner}/{name}",
            "from": old.version.number,
            "to": new.version.number,
            "breaking": any(one.breaking for one in found),
            "changes": [asdict(one) for one in found],
        }
    )


def _filters(request: HttpRequest) -> Filters:
    return Filters(
        text=asked(request, "q", longest=200),
        kind=asked(request, "genre", longest=10),
        producer=asked(request, "producteur", longest=100),
        label=asked(request, "label", longest=200),
        checkable=bool(request.GET.get("verifiable")),
    )


def _current() -> dict[int, StandardVersion]:
    """By standard, the version a reader would take: in force, or the newest that can be checked here."""
    versions = StandardVersion.objects.filter(state=StandardVersion.State.CURRENT).defer("lints")
    return {one.standard_id: one for one in (*versions, *checkable_versions())}


def _standard(owner: str, name: str) -> Standard:
    found = Standard.objects.filter(slug=f"{owner}/{name}").first()
    if found is None:
        raise Missing(_("Le registre n’a pas de standard « %(slug)s ».") % {"slug": f"{owner}/{name}"})
    return found


def _version(versions: list[StandardVersion], number: str) -> StandardVersion | None:
    """The one asked, else the one in force, else the last whose document was read."""
    if number:
        found = next((one for one in versions if one.number == number), None)
        if found is None:
            raise Missing(_("Ce standard n’a pas de version « %(number)s ».") % {"number": number})
        return found
    current = next((one for one in versions if one.state == StandardVersion.State.CURRENT), None)
    if current is not None and current.documents.all():
        return current
    return next((one for one in versions if one.documents.all()), current)


def _before(versions: list[StandardVersion], shown: StandardVersion | None) -> StandardVersion | None:
    """The version before the one shown, among those whose document was read."""
    if shown is None:
        return None
    return next((one for one in versions if one.position < shown.position and one.documents.all()), None)


def _changes(versions: list[StandardVersion], shown: StandardVersion | None) -> tuple[Change, ...]:
    before = _before(versions, shown)
    if before is None or shown is None or not shown.documents.all():
        return ()
    return compare(bytes(before.documents.all()[0].content), bytes(shown.documents.all()[0].content))


def _document(owner: str, name: str, number: str) -> Document:
    version = get_object_or_404(StandardVersion, standard__slug=f"{owner}/{name}", number=number)
    found = version.documents.order_by("pk").first()
    if found is None:
        raise Missing(_("Le document de cette version n’a pas encore été lu."))
    return found


def _as_row(one: Standard, current: StandardVersion | None) -> dict[str, object]:
    return {
        "slug": one.slug,
        "title": one.title,
        "kind": one.kind,
        "producer": one.producer,
        "labels": one.labels,
        "state": one.state,
        "version": current.number if current else None,
        "checkable": bool(current and current.plan_hash),
        "licence": one.licence or None,
        "homepage": one.homepage or None,
        "source": one.source,
        "read_at": one.read_at.isoformat(),
    }


def _version_row(one: StandardVersion) -> dict[str, object]:
    documents = [{"sha256": each.sha256, "fetched_at": each.fetched_at.isoformat()} for each in one.documents.all()]
    return {
        "number": one.number,
        "state": one.state,
        "url": one.url,
        "checkable": bool(one.plan_hash),
        "documents": documents,
        "changed_under_same_number": len(documents) > 1,
        "lints": one.lints,
    }


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
