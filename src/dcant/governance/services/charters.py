"""Changing the rules: a new charter is written by the secretariat, and only a qualified decision puts it in force (invariant I11)."""

from datetime import datetime

from django.db import transaction

from dcant.governance.models import Charter, Programme
from dcant.governance.rules.machines import DOCUMENT
from dcant.governance.rules.permits import can_follow, together
from dcant.governance.services.founding import charter_in_force, faults_of
from dcant.governance.services.speaking import Speaker, alone, log, require, require_secretariat
from dcant.identifiers import Permit, Slug
from dcant.territories.models import College


@transaction.atomic
def begin_charter(*, programme: Programme, speaker: Speaker) -> Charter:
    """The next charter as a draft, with the rules in force to start from; the one already begun, if any."""
    require_secretariat(speaker)
    alone(programme)
    current = charter_in_force(programme)
    if current is None:
        require(Permit.no("La première charte n’est pas encore publiée : complétez-la d’abord."))
        raise AssertionError
    begun = programme.charters.exclude(state="published").first()
    return begun or Charter.objects.create(programme=programme, number=current.number + 1, body=dict(current.body))


def require_change(charter: Charter, at: datetime) -> None:
    """A charter to put to the vote changes something, and could serve as it is. Raises Refused."""
    current = charter_in_force(charter.programme)
    if current is None or charter.number <= current.number:
        require(Permit.no("La charte fondatrice se publie ; on met au vote celles qui la changent."))
    require(can_follow(machine=DOCUMENT, state=charter.state, arrow="freeze"))
    if current is not None and charter.body == current.body:
        require(Permit.no("Cette charte est mot pour mot celle qui est en vigueur."))
    faults = faults_of(charter, at)
    if faults:
        require(Permit.no(together(faults)))


@transaction.atomic
def create_college(*, programme: Programme, name: str, speaker: Speaker, at: datetime) -> College:
    """A college more, for seats of others than the two sides. It has no voice until a charter gives it one, consultative at first."""
    require_secretariat(speaker)
    alone(programme)
    name = " ".join(name.split())[:80]
    if not name:
        require(Permit.no("Un collège a un nom."))
    key = _key(Slug.from_title(name).text)
    if College.objects.filter(key=key).exists() or College.objects.filter(name=name).exists():
        require(Permit.no("Un collège de ce nom existe déjà."))
    college = College.objects.create(key=key, name=name)
    body = {"programme": programme.slug, "college": key, "name": name}
    log("college.created", speaker, body, at, demo=programme.demo)
    return college


def _key(slug: str, longest: int = 20) -> str:
    """Cut between two words where it can be."""
    return slug if len(slug) <= longest else slug[: longest + 1].rpartition("-")[0] or slug[:longest]
