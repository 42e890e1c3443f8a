"""Who may do what with a shared budget. Pure: states, moments and what is on the list are given."""

from collections.abc import Collection
from datetime import datetime
from fractions import Fraction

from dcant.governance.rules.machines import BUDGET
from dcant.identifiers import Permit, Sentence

UNDER_WAY = ("open", "roadmap_published", "review")
MOST_PROJECTS, MOST_MONEY = 60, 10**12


def can_open_budget(*, cycle_state: str, title: str, amount: Fraction) -> Permit:
    if cycle_state not in UNDER_WAY:
        return Permit.no("Un budget partagé se décide dans un semestre en cours.")
    if not title:
        return Permit.no("Un budget partagé a un titre.")
    if not 0 < amount < MOST_MONEY:
        return Permit.no("Un montant est plus grand que zéro, et plus petit que mille milliards.")
    return Permit.yes("Le semestre est en cours.")


def can_add_project(*, state: str, cost: Fraction, amount: Fraction, source: str, projects: int, twice: bool) -> Permit:
    """`twice`: the same action or resource is already there."""
    if state != "proposing":
        return Permit.no("Les projets de ce budget ne changent plus : le vote est ouvert ou clos.")
    if twice:
        return Permit.no("Ce projet est déjà dans le budget.")
    if projects >= MOST_PROJECTS:
        return Permit.no(Sentence("Un budget partagé a {most} projets au plus.", most=str(MOST_PROJECTS)))
    if not 0 < cost <= amount:
        return Permit.no("Un coût est plus grand que zéro, et ne dépasse pas le budget.")
    if not source:
        return Permit.no("Dites d’où vient ce coût : un devis, un marché, une page.")
    return Permit.yes("Ce projet peut entrer dans le budget.")


def can_open_vote(*, state: str, projects: int, deadline: datetime, now: datetime) -> Permit:
    if "open_vote" not in BUDGET.get(state, {}):
        return Permit.no("Le vote de ce budget a déjà été ouvert.")
    if not projects:
        return Permit.no("Il n’y a encore aucun projet à départager.")
    if deadline <= now:
        return Permit.no("L’heure limite est déjà passée.")
    return Permit.yes("Le vote peut s’ouvrir.")


def can_approve(
    *,
    state: str,
    now: datetime,
    deadline: datetime | None,
    in_electorate: bool,
    approves: Collection[str],
    projects: Collection[str],
) -> Permit:
    """One effective ballot a seat, from the frozen electorate, before the deadline; approving nothing is a ballot too."""
    if state != "voting" or deadline is None or now > deadline:
        return Permit.no("Le vote est clos : ce bulletin arrive trop tard.")
    if not in_electorate:
        return Permit.no("Ce siège n’était pas du corps électoral quand le vote s’est ouvert.")
    if set(approves) - set(projects):
        return Permit.no("Ce bulletin nomme un projet qui n’est pas dans le budget.")
    return Permit.yes("Ce siège peut voter.")


def can_close_budget(*, state: str, now: datetime, deadline: datetime | None, waiting: int) -> Permit:
    """After the deadline, or as soon as no deliberative seat is still to be heard."""
    if state != "voting":
        return Permit.no("Le vote de ce budget n’est pas ouvert.")
    if deadline is not None and now <= deadline and waiting:
        return Permit.no(
            Sentence(
                "Il reste {waiting} siège(s) à entendre, et l’heure limite n’est pas passée.", waiting=str(waiting)
            )
        )
    return Permit.yes("L’heure limite est passée, ou tous les sièges se sont exprimés.")
