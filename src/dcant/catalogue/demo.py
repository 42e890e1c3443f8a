"""Invented returns of experience and an error told, for a demonstration site: invented town halls, each row marked « démonstration »."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from dcant.catalogue.entering import Speaking
from dcant.catalogue.errors_told import report_error
from dcant.catalogue.experience import publish_report, submit_report, write_report
from dcant.catalogue.models import ExperienceReport, Resource
from dcant.catalogue.rules.experience import read_report
from dcant.territories.models import Organisation
from dcant.territories.services import new_organisation

# No commune of France bears these numbers: they begin with 0.
TOWN_HALLS: Final = (
    "00000020800017", "00000021600010", "00000022400014", "00000023200017", "00000024000010", "00000025700014",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """What one invented town hall learnt; costs in euros, planned then real; durations in months, planned then real."""

    resource: str
    problem: str
    done: str
    cost: tuple[int, int]
    months: tuple[int, int]
    again: str
    know_first: str


TOLD: Final = (
    _Told(
        "rdv-service-public",
        "Deux matinées par semaine passées au téléphone à déplacer des rendez-vous.",
        "Les créneaux des titres d’identité ont été ouverts en ligne, avec un poste à l’accueil pour aider.",
        (600, 450), (3, 2), "yes", "Garder une plage sans rendez-vous pour ceux qui viennent sans ordinateur.",
    ),
    _Told(
        "rdv-service-public",
        "Des rendez-vous oubliés, un guichet vide puis débordé.",
        "Rappels par message la veille, et une annulation en un geste.",
        (500, 900), (2, 5), "with_changes", "Former aussi la personne qui remplace en été.",
    ),
    _Told(
        "rdv-service-public",
        "Trois agendas en papier pour trois services.",
        "Un seul agenda, ouvert d’abord au seul service des passeports.",
        (400, 400), (1, 2), "yes", "Commencer par un service, pas par tous.",
    ),
    _Told(
        "rdv-service-public",
        "Les habitants appelaient pour connaître les horaires.",
        "Horaires et créneaux sur le site, affiche à l’entrée avec un code à scanner.",
        (300, 420), (2, 2), "yes", "",
    ),
    _Told(
        "rdv-service-public",
        "Une secrétaire seule, absente un jour sur deux.",
        "Prise de rendez-vous en ligne les jours de fermeture.",
        (250, 200), (1, 1), "yes", "Dire clairement quelles pièces apporter : c’est là que l’on gagne du temps.",
    ),
    _Told(
        "monservicesecurise",
        "Personne ne savait dire si le site de la commune était protégé.",
        "Le site a été décrit, puis les premières mesures cochées avec le prestataire.",
        (800, 1500), (2, 4), "with_changes", "Demander au prestataire sa liste de mesures avant de commencer.",
    ),
)  # fmt: skip


@transaction.atomic
def load_demo_experience(*, at: datetime) -> int:
    """Plays the acts of invented town halls, once; returns how many returns were published. Resources not there are left out."""
    if ExperienceReport.objects.filter(demo=True).exists():
        return 0
    resources = Resource.objects.shown().by_slugs({one.resource for one in TOLD})
    told = [one for one in TOLD if one.resource in resources]
    for number, (siret, one) in enumerate(zip(TOWN_HALLS, told, strict=False)):
        _tell(_town_hall(number + 1, siret), one, resources[one.resource], at - timedelta(days=7 * (number + 1)))
    if told:
        _tell_error(_town_hall(1, TOWN_HALLS[0]), resources[told[0].resource], at - timedelta(days=5))
    return len(told)


def _town_hall(number: int, siret: str) -> Organisation:
    found = Organisation.objects.filter(siret=siret).first()
    if found is None:
        name = f"Mairie fictive n° {number} (démonstration)"
        found = new_organisation(kind=Organisation.Kind.COMMUNE, name=name, siret=siret, is_demo=True)
        found.save()
    return found


def _tell(town_hall: Organisation, one: _Told, resource: Resource, at: datetime) -> None:
    speaking = Speaking(town_hall, "agent", demo=True)
    said, _problems = read_report(
        {
            "problem": one.problem,
            "done": one.done,
            "planned_cost": str(one.cost[0]),
            "real_cost": str(one.cost[1]),
            "planned_months": str(one.months[0]),
            "real_months": str(one.months[1]),
            "again": one.again,
            "know_first": one.know_first,
            "contact_role": "Secrétariat de mairie",
        }
    )
    report = write_report(resource=resource, said=said, speaking=speaking, at=at)
    submit_report(report=report, speaking=speaking)
    publish_report(report=report, speaking=speaking, at=at)


def _tell_error(town_hall: Organisation, resource: Resource, at: datetime) -> None:
    speaking = Speaking(town_hall, "agent", demo=True)
    message = "L’adresse de la documentation ne mène plus à la bonne page."
    report_error(resource=resource, field="documentation_url", message=message, speaking=speaking, at=at)
