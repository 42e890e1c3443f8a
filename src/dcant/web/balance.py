"""The balance between State and territories: the common base and the programme side by side, and the list behind each number."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcant.adoption.questions import sides_that_use
from dcant.catalogue.balance import brought
from dcant.catalogue.models import Kind
from dcant.catalogue.rules import balance as base
from dcant.governance.balance import SidesView, sides_of_programme
from dcant.governance.rules import balance as programme
from dcant.identifiers import HalfYear, IdentifierError
from dcant.web.acting import today
from dcant.web.asked import asked
from dcant.web.documents import csv_document, json_document
from dcant.web.errors import Missing

KINDS = tuple(kind.value for kind in Kind)
PAGE = 50
NOBODY = "inconnu"  # in an address: resources whose producer no source places on a side
# Measure → its name, and what exactly is counted, out of what.
BASE_WORDS = {
    "produced": (
        gettext_lazy("Apportées"),
        gettext_lazy("Ressources présentes au socle, selon qui les produit d’après leur source. Elles ne se comparent qu’en nombre : il n’y a pas de total."),
    ),
    "opened": (
        gettext_lazy("Ouvertes aux collectivités"),
        gettext_lazy("Sur celles que le même producteur apporte : celles qu’une commune peut reprendre, directement ou sous conditions. Inconnu : aucune source ne dit leurs conditions d’accès."),
    ),
    "used": (
        gettext_lazy("Avec une preuve d’usage"),
        gettext_lazy("Sur celles que le même producteur apporte : celles qu’une organisation au moins déclare utiliser, par une déclaration encore valable aujourd’hui."),
    ),
    "crossed": (
        gettext_lazy("Reprises par l’autre côté"),
        gettext_lazy("Produites par l’État et utilisées par une collectivité ; produites par des collectivités et utilisées par l’État. Sur celles que le même producteur apporte."),
    ),
}  # fmt: skip
PROGRAMME_WORDS = {
    "seats": (gettext_lazy("Sièges"), gettext_lazy("Les sièges ouverts aujourd’hui.")),
    "proposals": (gettext_lazy("Actions proposées"), gettext_lazy("Selon le siège qui les a proposées.")),
    "amendments": (
        gettext_lazy("Amendements intégrés"),
        gettext_lazy("Sur ceux que le même collège a soumis, ceux qui attendent une réponse compris."),
    ),
    "decisions": (
        gettext_lazy("Décisions emportées"),
        gettext_lazy("Celles où ce collège a eu son quorum et sa majorité, sur les décisions closes où il siégeait."),
    ),
    "late": (
        gettext_lazy("Copilotages à l’échéance passée"),
        gettext_lazy("Aujourd’hui : actions adoptées dont le semestre d’échéance est fini, sur toutes celles que le même collège copilote."),
    ),
}  # fmt: skip
WORDS = BASE_WORDS | PROGRAMME_WORDS


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list behind a number."""

    address: str
    title: str
    half_year: str


def _half_year(request: HttpRequest) -> HalfYear | None:
    try:
        return HalfYear.parse(asked(request, "semestre", longest=10))
    except IdentifierError:
        return None


def page(request: HttpRequest) -> HttpResponse:
    chosen = _half_year(request)
    resources = brought(sides_that_use(today()))
    sides = sides_of_programme(today())
    context = {
        "chosen": chosen,
        "half_years": _half_years(resources, sides),
        "tables": list(_base_tables(resources, chosen)),
        "kinds": KINDS,
        "sides": sides,
        "programme_rows": list(_programme_rows(sides, chosen)) if sides else [],
        "programme_words": PROGRAMME_WORDS,
    }
    return render(request, "web/balance/page.html", context)


def _half_years(resources: list[base.Brought], sides: SidesView | None) -> list[str]:
    known = {one.half_year for one in resources} | {one.half_year for one in (sides.facts if sides else ())}
    return [str(one) for one in sorted((one for one in known if one), reverse=True)]


def _base_tables(resources: list[base.Brought], chosen: HalfYear | None) -> Iterator[dict[str, object]]:
    """A table for each measure: a row for each kind that somebody brings, a column for each producer."""
    everything = list(base.cells(resources, KINDS, chosen))
    kinds = [kind for kind in KINDS if any(cell.kind == kind and cell.count for cell in everything)]
    for measure in base.Measure:
        cells = [cell for cell in everything if cell.measure == measure]
        rows = [(kind, [(cell, _behind(cell)) for cell in cells if cell.kind == kind]) for kind in kinds]
        word, definition = BASE_WORDS[measure]
        yield {"word": word, "definition": definition, "levels": base.levels_of(measure), "rows": rows, "key": measure}


def _behind(cell: base.Cell) -> str:
    """The address of the list that a cell counts."""
    level = cell.level or NOBODY
    return _list_address(cell.half_year, mesure=cell.measure, genre=cell.kind, niveau=level)


def _list_address(half_year: HalfYear | None, **filters: str) -> str:
    kept = filters | ({"semestre": str(half_year)} if half_year else {})
    return f"{reverse('balance-list')}?{urlencode(kept)}"


def _programme_rows(sides: SidesView, chosen: HalfYear | None) -> Iterator[tuple[object, list[tuple[object, str]]]]:
    cells = list(programme.cells(sides.facts, [key for key, _name in sides.colleges], chosen))
    for measure in programme.Measure:
        yield (
            PROGRAMME_WORDS[measure][0],
            [
                (cell, _list_address(cell.half_year, mesure=cell.measure, college=cell.college))
                for cell in cells
                if cell.measure == measure
            ],
        )


def _listed(request: HttpRequest) -> tuple[str, list[Listed]]:
    """The measure asked for, and what it counts. Raises Missing for a measure that is not one."""
    measure, chosen = asked(request, "mesure", longest=20), _half_year(request)
    if measure in BASE_WORDS:
        kind, level = asked(request, "genre", longest=20), asked(request, "niveau", longest=10)
        wanted = [
            one
            for one in brought(sides_that_use(today()))
            if kind in {"", one.kind} and (chosen is None or one.half_year == chosen)
        ]
        found = base.behind(wanted, base.Measure(measure), "" if level == NOBODY else level)
        return measure, [Listed(reverse("resource", args=[one.slug]), one.title, str(one.half_year)) for one in found]
    if measure in PROGRAMME_WORDS:
        return measure, _done(measure, asked(request, "college", longest=20), chosen)
    raise Missing(_("L’équilibre ne se mesure pas ainsi : partez de ses tableaux."))


def _done(measure: str, college: str, chosen: HalfYear | None) -> list[Listed]:
    sides = sides_of_programme(today())
    facts = programme.within(sides.facts, chosen) if sides else []
    of_college = [one for one in facts if one.counts and (one.measure, one.college) == (measure, college)]
    listed = []
    for one in of_college:
        place, code, title = one.about
        address = reverse(place, args=[sides.programme.slug if sides and place == "colleges" else code])
        listed.append(Listed(address, title, str(one.half_year or "")))
    return listed


def behind(request: HttpRequest) -> HttpResponse:
    """The list behind a number, at an address that can be sent."""
    measure, listed = _listed(request)
    kept = {name: value for name, value in request.GET.items() if name != "page"}
    word, definition = WORDS[measure]
    return render(
        request,
        "web/balance/list.html",
        {
            "word": word,
            "invented": settings.DEMO and measure not in {"produced", "opened"},
            "definition": definition,
            "filters": _said(request),
            "total": len(listed),
            "page": Paginator(listed, PAGE).get_page(asked(request, "page", longest=6)),
            "keep": f"&{urlencode(kept)}",
            "query": urlencode(kept),
        },
    )


def _said(request: HttpRequest) -> list[tuple[str, str]]:
    """What the list is about: words of a filter, and its value."""
    fields = {"genre": "kind", "niveau": "producer_level", "college": "college", "semestre": "semestre"}
    said = [(field, asked(request, name, longest=20)) for name, field in fields.items()]
    return [(field, value) for field, value in said if value]


def behind_json(request: HttpRequest) -> HttpResponse:
    measure, listed = _listed(request)
    rows = [{"address": one.address, "title": one.title, "half_year": one.half_year or None} for one in listed]
    return json_document({"measure": measure, "count": len(rows), "results": rows})


def behind_csv(request: HttpRequest) -> HttpResponse:
    measure, listed = _listed(request)
    rows = [(measure, one.address, one.title, one.half_year) for one in listed]
    return csv_document(("mesure", "adresse", "titre", "semestre"), rows, "equilibre-liste")


def page_json(request: HttpRequest) -> HttpResponse:
    resources, sides = _told(request)
    return json_document(
        {
            "demo": settings.DEMO,
            "definitions": {measure: str(definition) for measure, (_word, definition) in WORDS.items()},
            "common_base": [
                {
                    "half_year": str(one.half_year),
                    "kind": one.kind,
                    "measure": one.measure.value,
                    "producer": one.level or None,
                    "count": one.count,
                    "of": one.of,
                    "unknown": one.unknown,
                }
                for one in resources
            ],
            "programme": [
                {
                    "half_year": str(one.half_year) if one.half_year else None,
                    "college": one.college,
                    "measure": one.measure.value,
                    "count": one.count,
                    "of": one.of,
                }
                for one in sides
            ],
        }
    )


def page_csv(request: HttpRequest) -> HttpResponse:
    resources, sides = _told(request)
    rows: list[tuple[object, ...]] = [
        ("socle", one.half_year, one.kind, one.measure.value, one.level or NOBODY, one.count, one.of, one.unknown)
        for one in resources
    ]
    rows += [
        ("programme", one.half_year, None, one.measure.value, one.college, one.count, one.of, None) for one in sides
    ]
    header = ("panneau", "semestre", "genre", "mesure", "producteur ou college", "nombre", "sur", "inconnus")
    return csv_document(header, rows, "equilibre")


def _told(request: HttpRequest) -> tuple[list[base.Cell], list[programme.Cell]]:
    chosen, sides = _half_year(request), sides_of_programme(today())
    done = programme.told(sides.facts, [key for key, _name in sides.colleges], chosen) if sides else ()
    return list(base.told(brought(sides_that_use(today())), KINDS, chosen)), list(done)
