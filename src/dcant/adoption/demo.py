"""Invented adoptions for a demonstration site, each marked « démonstration » on its row and in its record entry. Fixed seed."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils import timezone

from dcant.adoption.models import AdoptionEvent, Offer
from dcant.adoption.projection import rebuild
from dcant.adoption.rules import Kind, PriceBasis, expiry
from dcant.adoption.services import ENTRY_KINDS, public_body
from dcant.catalogue.models import Resource
from dcant.record.canonical import commitment
from dcant.record.services import Draft, digest, write_entries
from dcant.territories.models import College, Operator, Organisation, Territory
from dcant.territories.services import new_organisation

SEED: Final = 2018
DEPARTEMENTS: Final = ("22", "33", "35", "56", "60")
EVENTS: Final = 3000
# How likely a commune is to have said something of a resource: everyday ones first.
RESOURCES: Final = {
    "rdv-service-public": 9, "mes-adresses": 9, "demarches-simplifiees": 8, "aides-territoires": 8, "messages": 6,
    "espace-sur-demande": 5, "franceconnect": 5, "adresse-ban": 5, "quotient-familial": 4, "api-particulier": 4,
    "monservicesecurise": 4, "fichiers": 3, "visio": 3, "proconnect": 3, "mon-suivi-social": 3, "grist-anct": 2,
    "chorus-pro": 2, "aidants-connect": 2, "scdl-deliberations": 1, "base-adresse-locale": 1,
}  # fmt: skip
KINDS: Final = {Kind.USED: 70, Kind.REQUESTED: 12, Kind.PLANNED: 10, Kind.DEPLOYED: 8}
FIRST_DAY: Final = date(2024, 7, 1)
OPERATOR: Final = {"name": "Opérateur fictif de l’Ouest", "siret": "00000005900014", "departements": ("22", "35", "56")}
# Organisations that do not exist, for the roles of the demonstration that no territory can lend itself to.
SEATS: Final = (
    ("producteur", "Producteur fictif", "00000001800010", Organisation.Kind.AGENCY, College.STATE),
    (
        "association",
        "Association de maires fictive",
        "00000002600013",
        Organisation.Kind.ASSOCIATION,
        College.TERRITORIES,
    ),
    (
        "departements",
        "Assemblée de départements fictive",
        "00000006700017",
        Organisation.Kind.ASSOCIATION,
        College.TERRITORIES,
    ),
    ("etat", "Direction de l’État fictive", "00000003400017", Organisation.Kind.STATE, College.STATE),
    ("agence", "Agence de l’État fictive", "00000007500010", Organisation.Kind.AGENCY, College.STATE),
    ("prefecture", "Préfecture fictive", "00000009100017", Organisation.Kind.STATE, College.STATE),
    (
        "intercommunalites",
        "Fédération d’intercommunalités fictive",
        "00000010900017",
        Organisation.Kind.ASSOCIATION,
        College.TERRITORIES,
    ),
    ("secretariat", "Secrétariat fictif du programme", "00000008300014", Organisation.Kind.OTHER, None),
    ("auditeur", "Cabinet d’audit fictif", "00000004200010", Organisation.Kind.COMPANY, None),
)


@transaction.atomic
def load_demo(*, at: datetime) -> int:
    """About 3,000 events over a few départements, with their record entries, and one invented operator with prices.

    Loads once: a base that already holds demonstration events is left alone. Returns the number of events written.
    """
    if AdoptionEvent.objects.filter(demo=True).exists():
        return 0
    _load_operator()
    events = list(_events(random.Random(SEED), timezone.localdate(at)))  # noqa: S311  # invented data, drawn the same each time
    drafts = []
    for event in events:
        body = public_body(event)
        drafts.append(
            Draft(
                kind=f"adoption.{ENTRY_KINDS[Kind(event.kind)]}",
                actor=event.organisation.actor,
                subject=digest(body),
                body=body,
                at=event.at,
                entry_id=_identity(event),
            )
        )
    for event, entry in zip(events, write_entries(drafts), strict=True):
        event.entry = entry
    AdoptionEvent.objects.bulk_create(events, batch_size=500)
    rebuild(today=timezone.localdate(at))
    return len(events)


def _events(draw: random.Random, today: date) -> Iterator[AdoptionEvent]:
    communes = Organisation.objects.filter(
        kind=Organisation.Kind.COMMUNE, territory__departement_code__in=DEPARTEMENTS
    ).select_related("territory")
    organisations = sorted(communes, key=lambda one: one.key)
    resources = {
        resource.slug: resource for resource in Resource.objects.shown().filter(slug__in=RESOURCES).defer("sheet")
    }
    slugs = sorted(resources)
    if not organisations or not slugs:
        return
    said: set[tuple[int, int]] = set()
    weights = [RESOURCES[slug] for slug in slugs]
    days = max((today - FIRST_DAY).days, 1)
    for _ in range(EVENTS):
        organisation = draw.choice(organisations)
        resource = resources[draw.choices(slugs, weights)[0]]
        kind = draw.choices(list(KINDS), list(KINDS.values()))[0]
        day = FIRST_DAY + timedelta(days=draw.randrange(days))
        salt = draw.randbytes(32)
        if (organisation.pk, resource.pk) in said:
            continue
        said.add((organisation.pk, resource.pk))
        yield AdoptionEvent(
            organisation=organisation,
            resource=resource,
            kind=kind,
            day=day,
            expires_on=expiry(kind, day),
            at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC),
            declared_by=commitment(salt, {"person": "demo"}),
            salt=salt,
            demo=True,
        )


def _identity(event: AdoptionEvent) -> str:
    """The same identity at each load of the same data: the demonstration log does not depend on the day it was made."""
    text = f"{event.organisation.key}/{event.resource.slug}/{event.day}"
    return sha256(text.encode()).hexdigest()[:32]


@transaction.atomic
def load_seats() -> None:
    """The invented organisations that roles of the demonstration act for; once."""
    for _persona, name, siret, kind, college in SEATS:
        if not Organisation.objects.filter(siret=siret).exists():
            shown = f"{name} (démonstration)"
            new_organisation(kind=kind, name=shown, siret=siret, college=college, is_demo=True).save()


def seat_of(persona: str) -> str:
    """The SIRET of the invented organisation that a role of the demonstration acts for."""
    return next(siret for key, _name, siret, _kind, _college in SEATS if key == persona)


def _load_operator() -> None:
    """An operator that does not exist, so that prices can be shown without lending any to a real one."""
    organisation = new_organisation(
        kind=Organisation.Kind.OPERATOR,
        name=f"{OPERATOR['name']} (démonstration)",
        siret=str(OPERATOR["siret"]),
        is_demo=True,
    )
    organisation.save()
    operator = Operator.objects.create(
        organisation=organisation, source_id="demo", status="démonstration", source="démonstration"
    )
    operator.departements.set(
        Territory.objects.filter(kind=Territory.Kind.DEPARTEMENT, code__in=OPERATOR["departements"])
    )
    prices = {
        "rdv-service-public": (PriceBasis.PER_INHABITANT, 35),
        "messages": (PriceBasis.PER_INHABITANT, 120),
        "espace-sur-demande": (PriceBasis.MEMBERSHIP, 24_000),
        "monservicesecurise": (PriceBasis.FREE, None),
    }
    for slug, resource in Resource.objects.by_slugs(prices).items():
        basis, cents = prices[slug]
        Offer.objects.create(
            operator=operator,
            resource=resource,
            price_basis=basis,
            amount_cents=cents,
            exit_terms="Préavis de trois mois ; données rendues en CSV (démonstration).",
            source="démonstration",
            demo=True,
        )
