"""A territory: who we are, through whom, what we can reuse, who near us uses it, what is missing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from dcant.adoption.models import Offer
from dcant.adoption.questions import users_near
from dcant.adoption.reusable import Overview, Reusable, overview
from dcant.identifiers import CommuneCode, DepartementCode, EpciSiren, IdentifierError
from dcant.territories.models import Operator, Territory
from dcant.territories.search import CommuneMatch, find_communes
from dcant.territories.services import UnknownCommune, resolve
from dcant.web.acting import acting, today
from dcant.web.documents import json_document

SHOWN = 12
CLEAR_LEAD = 1.0


def search(request: HttpRequest) -> HttpResponse:
    """The one field of the home page: straight to the commune when the answer is certain, a list to choose from otherwise."""
    query = request.GET.get("q", "").strip()[:100]
    matches = find_communes(query, limit=20) if query else []
    if len(matches) == 1 or (matches and _certain(matches)):
        return redirect("territory", code=matches[0].code)
    return render(request, "web/territories/search.html", {"query": query, "matches": matches}, status=200)


def territory(request: HttpRequest, code: str) -> HttpResponse:
    """A commune, an EPCI or a département. A former commune leads to the one it became."""
    place = _find(code)
    if place.code != code:
        return redirect(reverse("territory", args=[place.code]) + f"?ancien={code}", permanent=True)
    if place.kind != Territory.Kind.COMMUNE:
        return _group(request, place)
    seen = overview(place, today())
    who = acting(request)
    return render(
        request,
        "web/territories/commune.html",
        {
            "commune": place,
            "epci": Territory.objects.epci().filter(code=place.epci_code).first() if place.epci_code else None,
            "departement": Territory.objects.filter(kind="departement", code=place.departement_code).first(),
            "former": request.GET.get("ancien", "")[:5],
            "through": _through(place, seen),
            "reusable": [one for one in seen.reusable if not one.state][:SHOWN],
            "total": len(seen.reusable),
            "declared": seen.declared,
            "near": users_near(place),
            "missing": seen.missing[:5],
            "priceless": [offer for offer in seen.offers if not offer.price_for(place.population).known],
            "ours": bool(who and who.organisation.territory_id == place.pk),
        },
    )


def territory_json(request: HttpRequest, code: str) -> HttpResponse:
    """The same as data."""
    place = _find(code)
    document: dict[str, object] = _identity(place)
    if place.kind == Territory.Kind.COMMUNE:
        seen = overview(place, today())
        document |= {
            "operators": [_operator(operator, offers) for operator, offers in _through(place, seen)],
            "reusable": [_reusable(one) for one in seen.reusable],
            "near": [
                {
                    "organisation": state.organisation.key,
                    "name": state.organisation.name,
                    "resource": state.resource.slug,
                    "since": state.day.isoformat(),
                    "demo": state.demo,
                }
                for state in users_near(place)
            ],
        }
    return json_document(document)


def _find(code: str) -> Territory:
    """By code of any kind: 35345, 243500733, 35; a former commune gives the present one. Raises Http404 with a sentence."""
    kinds = (("commune", CommuneCode), ("epci", EpciSiren), ("departement", DepartementCode))
    for kind, parse in kinds:
        try:
            value = str(parse(code))
        except IdentifierError:
            continue
        found = Territory.objects.filter(kind=kind, code=value).first()
        if found is None and kind == "commune":
            found = _successor(value)
        if found is not None:
            return found
    raise Http404(f"Aucun territoire ne porte le code « {code} ».")


def _successor(code: str) -> Territory | None:
    try:
        targets = resolve(code=code).targets
    except UnknownCommune:
        return None
    return Territory.objects.communes().filter(code=targets[0][0]).first() if len(targets) == 1 else None


def _certain(matches: list[CommuneMatch]) -> bool:
    """The first answer is certain when it is exact and no other is as good."""
    first, second = matches[0], matches[1]
    return first.score >= CLEAR_LEAD and second.score < first.score


def _through(commune: Territory, seen: Overview) -> list[tuple[Operator, list[Offer]]]:
    """The operators that cover the commune, each with its offers; one that lists no service is shown all the same."""
    offers: dict[int, list[Offer]] = {}
    for offer in seen.offers:
        offers.setdefault(offer.operator_id, []).append(offer)
    operators = Operator.objects.covering(commune).select_related("organisation").prefetch_related("services")
    return [(operator, offers.get(operator.pk, [])) for operator in operators]


def _group(request: HttpRequest, place: Territory) -> HttpResponse:
    """An EPCI or a département: its communes' uses, counted; never the list of those that do not use."""
    seen = overview(place, today())
    return render(
        request,
        "web/territories/group.html",
        {
            "place": place,
            "communes": Territory.objects.communes_of(place).count(),
            "operators": Operator.objects.filter(
                departements__code=place.departement_code, departements__kind="departement"
            ).select_related("organisation"),
            "used": [one for one in seen.reusable if one.use.epci or one.use.departement][:SHOWN],
            "reusable": seen.reusable[:SHOWN],
        },
    )


def _identity(place: Territory) -> dict[str, object]:
    return {
        "code": place.code,
        "kind": place.kind,
        "name": place.display_name,
        "departement": place.departement_code or None,
        "region": place.region_code or None,
        "epci": place.epci_code or None,
        "siren": place.siren or None,
        "postcodes": place.postcodes,
        "population": place.population,
        "population_kind": place.population_kind or None,
        "population_year": place.population_year,
        "source": place.source,
    }


def _operator(operator: Operator, offers: list[Offer]) -> dict[str, object]:
    return {
        "organisation": operator.organisation.key,
        "name": operator.organisation.name,
        "url": operator.url or None,
        "source": operator.source,
        "demo": operator.organisation.is_demo,
        "offers": [
            {
                "resource": offer.resource.slug,
                "price_basis": offer.price_basis,
                "amount_cents": offer.amount_cents,
                "exit_terms": offer.exit_terms or None,
                "source": offer.source,
                "demo": offer.demo,
            }
            for offer in offers
        ],
    }


def _reusable(one: Reusable) -> dict[str, object]:
    return {
        "resource": one.resource.slug,
        "kind": one.resource.kind,
        "title": one.resource.title,
        "eligibility": one.eligibility.verdict,
        "because": one.eligibility.because,
        "statements": list(one.eligibility.statements),
        "used_by_communes": {
            "epci": one.use.epci,
            "peers": one.use.peers,
            "same_size": one.use.size,
            "country": one.use.country,
        },
        "declared": one.state_today or None,
        "demo": bool(one.state and one.state.demo),
    }
