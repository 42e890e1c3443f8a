"""A territory: who we are, through whom, what we can reuse, who near us uses it, what is missing."""

from django.db.models import Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dcant.adoption.models import Offer
from dcant.adoption.questions import users_near
from dcant.adoption.reusable import Overview, Reusable, overview
from dcant.identifiers import CommuneCode, DepartementCode, EpciSiren, IdentifierError
from dcant.territories.models import Operator, Territory
from dcant.territories.search import CommuneMatch, find_communes
from dcant.territories.services import UnknownCommune, resolve
from dcant.web.acting import today
from dcant.web.asked import asked
from dcant.web.documents import json_document
from dcant.web.errors import Missing

SHOWN = 12
CLEAR_LEAD = 1.0


def search(request: HttpRequest) -> HttpResponse:
    """The one field of the home page: straight to the commune when the answer is certain, a list to choose from otherwise."""
    query = asked(request, "q", longest=100)
    matches = find_communes(query, limit=20) if query else []
    if len(matches) == 1 or (matches and _certain(matches)):
        return redirect("territory", code=matches[0].code)
    return render(request, "web/territories/search.html", {"query": query, "matches": matches}, status=200)


def territory(request: HttpRequest, code: str) -> HttpResponse:
    """A commune, an EPCI or a département. A former commune leads to the one it became."""
    place = find_place(code)
    if place.code != code:
        former = "" if _same(place, code) else f"?ancien={code}"
        return redirect(reverse("territory", args=[place.code]) + former, permanent=True)
    if place.kind != Territory.Kind.COMMUNE:
        return _group(request, place)
    seen = overview(place, today())
    around = _around(place)
    return render(
        request,
        "web/territories/commune.html",
        {
            "commune": place,
            "epci": around.get(Territory.Kind.EPCI),
            "departement": around.get(Territory.Kind.DEPARTEMENT),
            "former": _former(request, place),
            "through": _through(place, seen),
            "reusable": [one for one in seen.reusable if not one.state][:SHOWN],
            "total": len(seen.reusable),
            "declared": seen.declared,
            "near": users_near(place),
            "missing": seen.missing[:5],
            "priceless": [offer for offer in seen.offers if not offer.price_for(place.population).known],
        },
    )


def territory_json(request: HttpRequest, code: str) -> HttpResponse:
    """The same as data."""
    place = find_place(code)
    document: dict[str, object] = place.public_facts
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


def find_place(code: str) -> Territory:
    """By code of any kind: 35345, 243500733, 35; a former commune gives the present one. Raises Missing."""
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
    raise Missing(_("Aucun territoire ne porte le code « %(code)s ».") % {"code": code})


def _same(place: Territory, code: str) -> bool:
    """The code of the address is that of the place, written otherwise (« 2a004 »)."""
    return "".join(code.split()).upper() == place.code


def _former(request: HttpRequest, place: Territory) -> str:
    """The former code by which one came, when it is truly one of this commune."""
    code = asked(request, "ancien", longest=5)
    return code if code and place.former_codes.filter(old_code=code).exists() else ""


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


def _around(commune: Territory) -> dict[str, Territory]:
    """The intercommunality and the département of a commune, by kind; one that is unknown is not there. One query."""
    groups = Q(kind=Territory.Kind.EPCI, code=commune.epci_code) | Q(
        kind=Territory.Kind.DEPARTEMENT, code=commune.departement_code
    )
    return {group.kind: group for group in Territory.objects.filter(groups)}


def _through(commune: Territory, seen: Overview) -> list[tuple[Operator, list[Offer]]]:
    """The operators that cover the commune, each with its offers; one that lists no service is shown all the same."""
    offers: dict[int, list[Offer]] = {}
    for offer in seen.offers:
        offers.setdefault(offer.operator_id, []).append(offer)
    operators = list(Operator.objects.covering(commune).select_related("organisation"))
    # What an operator lists is named only where none of it is a resource of the base.
    prefetch_related_objects([operator for operator in operators if operator.pk not in offers], "services")
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
