"""The registry of digital infrastructures: who may enter, by which door, with what exit; public ones first, private never ranked."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcant.adoption.reusable import applicant_of
from dcant.catalogue.models import Kind, Relation, Resource
from dcant.catalogue.rules.eligibility import Eligibility
from dcant.catalogue.rules.entry import CONTROLS, TYPES
from dcant.catalogue.rules.qualification import Qualification, qualification
from dcant.territories.models import Operator, Territory
from dcant.web.acting import today
from dcant.web.documents import csv_document, json_document
from dcant.web.drawing import TileMap, tile_map
from dcant.web.resources import ANYONE, commune_of
from dcant.web.sheets import review_day

ENTRY_FIELDS = ("entry_route", "data_accepted", "price_basis", "price_note", "exit_terms")


@dataclass(frozen=True, slots=True)
class Entry:
    """An infrastructure seen by an applicant: may it enter, by which door, for which data, at what price, with what exit."""

    resource: Resource
    eligibility: Eligibility
    qualifications: tuple[Qualification, ...]
    sites: tuple[str, ...]
    hosted: tuple[Resource, ...] = ()

    def _text(self, field: str) -> str:
        value = self.resource.value(field)
        return value if isinstance(value, str) else ""

    @property
    def infra_type(self) -> str:
        return self._text("infra_type")

    @property
    def control(self) -> str:
        return self._text("control")

    @property
    def answers(self) -> list[tuple[str, str, str]]:
        """The questions of « Puis-je y entrer ? », each with what the sheet states, or nothing, and until when it holds."""
        return [
            (field, self._text(field), review_day(self.resource.sheet.get(field, {}).get("sources", ())))
            for field in ENTRY_FIELDS
            if field != "price_note" or self._text(field)
        ]

    @property
    def is_demo(self) -> bool:
        return "demo" in self.resource.sheet


def _entries(request: HttpRequest) -> list[Entry]:
    commune = commune_of(request)
    applicant = applicant_of(commune) if commune else ANYONE
    rows = []
    hosted = _hosted()
    for resource in Resource.objects.shown().filter(kind=Kind.INFRASTRUCTURE):
        stated, sites = resource.value("qualifications"), resource.value("sites_departements")
        rows.append(
            Entry(
                resource,
                resource.eligibility_for(applicant),
                tuple(qualification(one, today()) for one in stated if isinstance(one, dict))
                if isinstance(stated, list)
                else (),
                tuple(str(code) for code in sites) if isinstance(sites, list) else (),
                tuple(hosted.get(resource.pk, ())),
            )
        )
    wanted = {"type": request.GET.get("type", ""), "controle": request.GET.get("controle", "")}
    kept = [one for one in rows if wanted["type"] in {"", one.infra_type} and wanted["controle"] in {"", one.control}]
    return sorted(kept, key=lambda one: (one.control == "private", one.resource.title, one.resource.slug))


def _hosted() -> dict[int, list[Resource]]:
    """What each infrastructure hosts, by its key, as the sheets of the services say. One query."""
    relations = Relation.objects.filter(
        name="hosted_on", subject__state=Resource.State.ACTIVE, target__kind=Kind.INFRASTRUCTURE
    )
    found: dict[int, list[Resource]] = {}
    for relation in relations.select_related("subject").order_by("subject__title", "pk"):
        found.setdefault(relation.target_id or 0, []).append(relation.subject)
    return found


def page(request: HttpRequest) -> HttpResponse:
    entries = _entries(request)
    operators = (
        Operator.objects.exclude(source_id="demo").select_related("organisation").prefetch_related("departements")
    )
    by_departement: dict[str, list[str]] = {}
    for operator in operators:
        for departement in operator.departements.all():
            by_departement.setdefault(departement.code, []).append(operator.organisation.name)
    for entry in entries:
        for code in entry.sites:
            by_departement.setdefault(code, []).append(entry.resource.title)
    places = [
        (code, name, by_departement.get(code, []))
        for code, name in Territory.objects.departements().order_by("code").values_list("code", "name")
    ]
    return render(
        request,
        "web/infrastructures/list.html",
        {
            "commune": commune_of(request),
            "entries": entries,
            "types": TYPES,
            "controls": CONTROLS,
            "type": request.GET.get("type", ""),
            "control": request.GET.get("controle", ""),
            "map": _map(places),
            "places": [place for place in places if place[2]],
            "query": request.GET.urlencode(),
        },
    )


def _map(places: list[tuple[str, str, list[str]]]) -> TileMap:
    return tile_map(
        {code: (min(2 * len(names), 5), f"{name} : {', '.join(names) or '—'}") for code, name, names in places}
    )


def page_json(request: HttpRequest) -> HttpResponse:
    return json_document({"infrastructures": [_document(one) for one in _entries(request)]})


def _document(one: Entry) -> dict[str, object]:
    document: dict[str, object] = {
        "slug": one.resource.slug,
        "title": one.resource.title,
        "type": one.infra_type or None,
        "control": one.control or None,
        "eligibility": str(one.eligibility.verdict),
        "because": one.eligibility.because,
        "sites": list(one.sites),
        "qualifications": [
            {
                "scheme": held.scheme,
                "scope": held.scope,
                "version": held.version or None,
                "valid_until": held.valid_until.isoformat() if held.valid_until else None,
                "standing": str(held.standing),
            }
            for held in one.qualifications
        ],
    }
    document["hosts"] = [hosted.slug for hosted in one.hosted]
    document["demo"] = one.is_demo
    document["to_review_on"] = {field: day for field, _text, day in one.answers if day}
    return document | {field: text or None for field, text, _day in one.answers}


def page_csv(request: HttpRequest) -> HttpResponse:
    rows = [
        (
            one.resource.slug,
            one.resource.title,
            one.infra_type,
            one.control,
            str(one.eligibility.verdict),
            one.eligibility.because,
            " ".join(one.sites),
            "; ".join(f"{held.scheme} {held.scope} ({held.standing})" for held in one.qualifications),
        )
        for one in _entries(request)
    ]
    header = ("slug", "titre", "genre", "controle", "eligibilite", "pourquoi", "departements", "qualifications")
    return csv_document(header, rows, "infrastructures")
