"""Who may act for whom. Pure: mandates and the mode of the site are given."""

from collections.abc import Collection

from dcant.identifiers import Permit

ACTING_ROLES = frozenset({"agent", "officer", "producer", "association", "state", "secretariat"})


def can_enter_as_demo(*, demo: bool) -> Permit:
    """The doors « Entrer comme… » exist on a demonstration site only."""
    if not demo:
        return Permit.no("Ce site n’est pas une démonstration : les rôles fictifs y sont fermés.")
    return Permit.yes("Site de démonstration.")


def can_act_for(*, organisation: str, mandates: Collection[tuple[str, str]]) -> Permit:
    """mandates: (key of the organisation, role), those in force today. Reading roles never act."""
    if any(key == organisation and role in ACTING_ROLES for key, role in mandates):
        return Permit.yes("Vous avez mandat pour cette organisation.")
    return Permit.no("Seule une personne qui a mandat pour cette organisation peut agir en son nom.")
