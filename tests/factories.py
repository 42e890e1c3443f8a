"""A small world for tests: a few communes around Trévérien, operators, sheets, uses, a public log, a programme."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from dcant.accounts.models import Mandate, Person, Role
from dcant.adoption.models import AdoptionEvent, Offer
from dcant.adoption.rules import Kind
from dcant.adoption.services import Declarant, adopt_resource
from dcant.catalogue.entering import Speaking
from dcant.catalogue.errors_told import report_error
from dcant.catalogue.experience import publish_report, submit_report, write_report
from dcant.catalogue.index import rebuild_index
from dcant.catalogue.models import Alias, ExperienceReport, Holding, Relation, Resource
from dcant.catalogue.refreshing import LIST_FACTS
from dcant.catalogue.rules.experience import read_report
from dcant.governance.services import load_programme
from dcant.harvest.models import Item, Line, Run, Statement
from dcant.identifiers import IdentifierError, Siren
from dcant.record.cosigning import Cosigners
from dcant.record.keys import SigningKey
from dcant.record.publication import log_key, publish_log
from dcant.record.sequencer import sequence_entries
from dcant.record.services import digest, write_entry
from dcant.record.witness import Witness
from dcant.territories.models import College, FormerCode, Operator, Organisation, Territory
from dcant.territories.rules.sizes import size_class
from dcant.territories.services import new_organisation
from governance.played import Played, played_half_years
from standards.checked import CheckedTables, checked_tables

TREVERIEN, DINGE, REFUSING, LEAVING = "35345", "35094", "35996", "35997"
FORMER_CODE = "35990"  # once a commune, now part of Dingé
EPCI = "243500733"
HOSTILE = "<script>alert('mal')</script> **gras** [lien](javascript:alert(1)) <img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("https://mal.example")'
DEPARTEMENTS = [*(f"{n:02d}" for n in range(1, 96) if n not in {20, 35}), "2A", "2B", "971", "972", "973", "974", "976"]
# Addresses that the guided visit names must exist here too.
KNOWN = {
    "rdv-service-public": "service",
    "quotient-familial": "api",
    "franceconnect": "api",
    "scdl-deliberations": "standard",
    "monservicesecurise": "service",
    "criteres-autonomie": "standard",  # the autonomy panel leads there
}


def siren_ending(first_eight: str) -> str:
    """The valid SIREN that begins with eight digits."""
    for key in "0123456789":
        try:
            return Siren(first_eight + key).digits
        except IdentifierError:
            continue
    raise AssertionError(first_eight)


def departement(code: str, name: str) -> Territory:
    place = Territory.objects.create(
        kind=Territory.Kind.DEPARTEMENT, code=code, name=name, sort_key=name.lower(), source="essai"
    )
    place.departement_code = code
    place.save()
    return place


def epci(code: str, name: str, *, departement_code: str = "35") -> Territory:
    return Territory.objects.create(
        kind=Territory.Kind.EPCI,
        code=code,
        name=name,
        sort_key=name.lower(),
        departement_code=departement_code,
        population=30_000,
        source="essai",
    )


def commune(code: str, name: str, *, group: Territory | None = None, population: int | None = 900) -> Territory:
    """A commune and its town hall."""
    place = Territory.objects.create(
        kind=Territory.Kind.COMMUNE,
        code=code,
        name=name,
        sort_key=name.lower(),
        departement_code=code[:2],
        epci_code=group.code if group else "",
        population=population,
        population_kind="municipal",
        population_year=2023,
        size_class=size_class(population),
        postcodes=[f"{code[:2]}190"],
        source="essai",
    )
    siren = siren_ending(f"21{code[:2]}0{code[2:]}")
    new_organisation(
        name=f"Commune {place.of_name}", kind="commune", siren=siren, college=College.TERRITORIES, territory=place
    ).save()
    return place


def town_hall(place: Territory) -> Organisation:
    return Organisation.objects.get(kind="commune", territory=place)


def operator(name: str, departements: list[Territory]) -> Operator:
    organisation = new_organisation(name=name, kind="operator", slug=name.lower().replace(" ", "-"))
    organisation.save()
    made = Operator.objects.create(
        organisation=organisation, source_id=organisation.key, url="https://operateur.example/", source="essai"
    )
    made.departements.set(departements)
    return made


def resource(
    slug: str, *, kind: str = "service", state: str = "active", source: str = "seed", **facts: object
) -> Resource:
    """A resource with its sheet, each fact from one source, and the harvested item it rests on."""
    at = timezone.now()
    title = slug.replace("-", " ").capitalize()
    facts = {"title": title, "purpose": f"À quoi sert {slug}.", "kind": kind, "access_type": "open"} | facts
    made = Resource.objects.create(
        slug=slug,
        kind=kind,
        state=state,
        title=facts["title"],
        purpose=facts["purpose"],
        producer_name=str(facts.get("producer_name", "")),
        sheet={field: shown(value, source) for field, value in facts.items()},
        facts={field: value for field, value in facts.items() if field in LIST_FACTS},
        first_seen_at=at,
        changed_at=at,
    )
    item = Item.objects.create(
        source=source,
        collection="resources",
        remote_id=slug,
        path=f"{slug}.yaml",
        title=made.title,
        kind=kind,
        content_hash="0" * 64,
        parser_version=1,
        first_seen_at=at,
        last_seen_at=at,
    )
    Holding.objects.create(resource=made, item=item)
    Statement.objects.bulk_create(
        Statement(item=item, field=field, value=value, fetched_at=at, raw_hash="0" * 64, parser_version=1)
        for field, value in facts.items()
    )
    return made


def shown(value: object, source: str = "seed") -> Mapping[str, object]:
    """A fact as sheets keep it."""
    said = {"source": source, "fetched_at": "2026-11-02", "url": "https://source.example/fiche"}
    if source == "seed":
        said["citation"] = {"title": "Une page", "publisher": "Un producteur", "date": "2026-01-05"}
    return {"value": value, "sources": [said], "others": []}


def offer(by: Operator, of: Resource, **fields: object) -> Offer:
    return Offer.objects.create(operator=by, resource=of, source="essai", **fields)


def says(place: Territory, of: Resource, kind: Kind = Kind.USED, *, ago: int = 30, **fields: object) -> AdoptionEvent:
    """The town hall of a commune declares, by the real act."""
    adopter = town_hall(place)
    now = timezone.localtime()
    return adopt_resource(
        resource=of,
        adopter=adopter,
        declarant=Declarant("person-of-tests", {adopter.key}),
        at=now,
        kind=kind,
        day=now.date() - timedelta(days=ago),
        **fields,
    )


def told(place: Territory, of: Resource, **answers: str) -> ExperienceReport:
    """A town hall tells what it learnt, by the real acts; and an error of the same sheet."""
    speaking = Speaking(town_hall(place), "agent")
    given = {
        "problem": FORMULA,
        "done": "Un agenda partagé.",
        "again": "with_changes",
        "planned_cost": "1000",
        "real_cost": "1500",
    }
    said, problems = read_report(given | answers)
    assert problems == {}
    report = write_report(resource=of, said=said, speaking=speaking, at=timezone.now())
    submit_report(report=report, speaking=speaking)
    report_error(resource=of, field="title", message=FORMULA, speaking=speaking, at=timezone.now())
    return publish_report(report=report, speaking=speaking, at=timezone.now())


def mandate(organisation: Organisation, role: str = Role.AGENT) -> Mandate:
    person, _ = Person.objects.get_or_create(key=f"{role}-{organisation.key}", defaults={"label": f"Rôle {role}"})
    return Mandate.objects.create(
        person=person, organisation=organisation, role=role, valid_from=date(2020, 1, 1), evidence="essai"
    )


def run(source: str, number: int, *, state: str = "complete", lines: int = 0, at: datetime | None = None) -> Run:
    """A passage and its lines, with its entry in the public log."""
    counts = {"seen": lines, "created": lines, "updated": 0, "unchanged": 0, "rejected": 0, "withdrawn": 0, "warned": 0}
    made = Run.objects.create(
        source=source,
        number=number,
        state=state,
        started_at=at or timezone.now(),
        ended_at=None if state == "running" else timezone.now(),
        parser_version=1,
        totals=counts,
        collections={"resources": counts},
    )
    Line.objects.bulk_create(
        Line(
            run=made,
            collection="resources",
            remote_id=f"item-{n}",
            outcome="warned",
            code="DCANT-H001",
            message=FORMULA,
        )
        for n in range(lines)
    )
    if state != "running":
        body = {"source": source, "run": number, "state": state}
        with transaction.atomic():
            entry = write_entry(
                kind="harvest.run", actor="system:harvest", subject=digest(body), body=body, at=timezone.now()
            )
        made.record_entry = entry.entry_id
        made.save()
    return made


@dataclass(frozen=True, slots=True)
class World:
    """What tests name; everything else is only there in number."""

    treverien: Territory
    rdv: Resource
    operator: Operator
    offer: Offer
    written: AdoptionEvent
    waiting: AdoptionEvent
    played: Played
    checked: CheckedTables
    report: ExperienceReport


def small_world(*, crowd: int = 12) -> World:
    """`crowd`: how many further communes, resources and offers stand around; budgets are tried with many."""
    for key in (College.TERRITORIES, College.STATE):
        College.objects.get_or_create(key=key, defaults={"name": key})
    departements = [departement(code, f"Département {code}") for code in DEPARTEMENTS]
    ours = departement("35", "Ille-et-Vilaine")
    group = epci(EPCI, "CC Bretagne Romantique")
    treverien = commune(TREVERIEN, "Trévérien", group=group, population=941)
    dinge = commune(DINGE, "Dingé", group=group, population=1_650)
    commune("22001", "Trévérec", population=None)  # in no intercommunality, people unknown
    FormerCode.objects.create(old_code=FORMER_CODE, old_name="Ancienne-sur-Ille", territory=dinge, via="fusion")
    real = operator("Operateur essai", [ours, departements[0]])
    resources = _resources(crowd)
    rdv = resources["rdv-service-public"]
    offers = [offer(real, one) for one in resources.values()]
    offer(
        operator("Second operateur", [ours]),
        rdv,
        price_basis="per_inhabitant",
        amount_cents=35,
        exit_terms="Trois mois.",
    )
    for number in range(crowd):
        says(commune(f"35{500 + number}", f"Voisine-{number:02d}", group=group), rdv, ago=number + 1, via=real)
    for number, one in enumerate(resources.values()):
        says(dinge, one, (Kind.USED, Kind.REQUESTED, Kind.PLANNED)[number % 3], ago=number)
    says(commune(REFUSING, "Refusante-les-Bois", group=group), rdv, Kind.REFUSED)
    leaving = commune(LEAVING, "Partante-sur-Mer", group=group)
    says(leaving, rdv, ago=40)
    says(leaving, rdv, Kind.WITHDRAWN, ago=3)
    load_programme()
    played = played_half_years(timezone.now())
    run("seed", 1, lines=10 * crowd)
    run("apigouv", 1, state="failed")
    run("apigouv", 2, state="running")
    report = told(dinge, rdv)
    written = says(treverien, resources["quotient-familial"], ago=10)
    while sequence_entries():
        pass
    waiting = says(treverien, resources["franceconnect"], ago=5, via=real)
    written.entry.refresh_from_db()
    checked = checked_tables(timezone.now(), Path(settings.DATA))
    return World(treverien, rdv, real, offers[0], written, waiting, played, checked, report)


@contextmanager
def own_folder(**changed: object) -> Iterator[Path]:
    """A data folder of one's own, with its search index. `changed`: settings."""
    with tempfile.TemporaryDirectory(prefix="dcant-world-") as folder:
        static = Path(folder) / "static"
        static.mkdir()
        own = {"DATA": Path(folder), "STATIC_ROOT": static, "WITNESSES": Path(folder) / "witnesses.txt"}
        with override_settings(**(own | changed)):
            yield Path(folder)


def two_witnesses(data: Path) -> Cosigners:
    """The policy of the double majority, whose witness of the State cosigns, and whose other one does not answer."""
    state, towns = (
        SigningKey.new("etat.example/temoin", "witness"),
        SigningKey.new("communes.example/temoin", "witness"),
    )
    log = log_key(data, settings.LOG_NAME).public
    lines = [
        f"log {log}",
        f"witness État {state.public} http://127.0.0.1:1/",
        f"witness communes {towns.public} http://127.0.0.1:2/",
        "group équilibre all État communes",
        "quorum équilibre",
    ]
    settings.WITNESSES.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    witness = Witness(state, [log], data / "state", lambda: 1_530_000_000)

    def post(address: str, body: bytes) -> tuple[int, bytes]:
        if ":2/" in address:
            raise OSError("down")
        answer = witness.add_checkpoint(body)
        return answer.status, answer.body

    return Cosigners(settings.WITNESSES, post=post)


@contextmanager
def lent_world(**changed: object) -> Iterator[World]:
    """The small world in a folder of its own, taken back at the end. `changed`: settings."""
    with own_folder(**changed), transaction.atomic():
        world = small_world()
        rebuild_index()
        publish_log(data=Path(settings.DATA), name=settings.LOG_NAME, cosigners=two_witnesses(settings.DATA))
        connection.check_constraints()  # now and once: PostgreSQL would check what is pending after each test
        yield world
        transaction.set_rollback(True)


def _resources(crowd: int) -> dict[str, Resource]:
    made = {
        slug: resource(slug, kind=kind, audience_local="yes", price_basis="free", licence="MIT", phase="En service")
        for slug, kind in KNOWN.items()
    }
    for number in range(crowd):
        slug = f"brique-{number:02d}"
        forge = f"https://forge.example/atelier/{slug}"
        made[slug] = resource(
            slug,
            kind="software",
            licence="EUPL-1.2",
            themes=["vie locale"],
            keywords=["mairie"],
            repository_url=forge,
            producer_name="Atelier commun",
        )
    held = {"scheme": "SecNumCloud", "version": "3.2", "scope": "Nuage", "valid_until": "2030-01-01"}
    resource(
        "nuage",
        kind="infrastructure",
        infra_type="cloud",
        control="state",
        qualifications=[held],
        sites_departements=["35"],
        data_accepted="Toutes.",
    )
    made["hostile"] = resource("hostile", kind="api", source="apigouv", title=FORMULA, description=HOSTILE)
    resource("retiree", state="withdrawn")
    resource("cachee", state="unpublished")
    Alias.objects.create(slug="rdv-aide-numerique", resource=made["rdv-service-public"])
    Relation.objects.create(
        subject=made["rdv-service-public"],
        name="consumes",
        target=made["franceconnect"],
        target_ref="seed:franceconnect",
        source="seed",
    )
    return made
