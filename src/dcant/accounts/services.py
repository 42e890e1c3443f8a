"""Acts on people and mandates."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dcant.accounts.models import Mandate, Person, Role
from dcant.accounts.rules import can_enter_as_demo
from dcant.identifiers import Refused
from dcant.territories.models import Organisation


@dataclass(frozen=True, slots=True)
class Persona:
    """A role to try on a demonstration site. `organisation` is the key of the one it acts for by default."""

    key: str
    label: str
    role: Role
    what: str


PERSONAS = (
    Persona("secretaire", "Secrétaire de mairie", Role.AGENT, "Une petite commune, sans service informatique."),
    Persona(
        "departement",
        "Responsable numérique d’un département",
        Role.OFFICER,
        "Voit les manques, prépare l’offre commune.",
    ),
    Persona("producteur", "Producteur d’une ressource", Role.PRODUCER, "Publie une API ou un logiciel partagé."),
    Persona("association", "Association de maires", Role.ASSOCIATION, "Siège au collège des territoires."),
    Persona("departements", "Assemblée de départements", Role.ASSOCIATION, "Siège aussi au collège des territoires."),
    Persona("etat", "Direction de l’État", Role.STATE, "Siège au collège de l’État."),
    Persona("agence", "Agence de l’État", Role.STATE, "Siège aussi au collège de l’État."),
    Persona("secretariat", "Secrétariat du programme", Role.SECRETARIAT, "Convoque, ouvre, ferme ; ne vote pas."),
    Persona("auditeur", "Auditeur", Role.AUDITOR, "Lit tout, vérifie tout, n’agit pas."),
)


def persona(key: str) -> Persona | None:
    return next((one for one in PERSONAS if one.key == key), None)


@transaction.atomic
def enter_as(*, persona: Persona, organisation: Organisation, demo: bool, at: datetime) -> Mandate:
    """Takes a demonstration role for an organisation. Raises Refused outside demonstration mode, and then nothing is written."""
    permit = can_enter_as_demo(demo=demo)
    if not permit:
        raise Refused(permit, code="DCANT-C001")
    person = Person.objects.demo(key=f"demo-{persona.key}", label=persona.label)
    mandate, _ = Mandate.objects.get_or_create(
        person=person,
        organisation=organisation,
        role=persona.role,
        defaults={"valid_from": at.date(), "evidence": "démonstration"},
    )
    return mandate
