"""The programme as its sources tell it: loaded from the reviewed file of the package, twice without change."""

from importlib.resources import files

import yaml
from django.db import transaction

from dcant.catalogue.models import Resource
from dcant.governance.models import Action, ActionResource, Axis, Programme

SEED = "dcant-2018-2020.yaml"


@transaction.atomic
def load_programme() -> Programme:
    """Writes the programme, its axes, its known actions and their links to the resources present in the base."""
    seed = yaml.safe_load(files("dcant.governance").joinpath("seed", SEED).read_text(encoding="utf-8"))
    facts = seed["programme"]
    programme, _ = Programme.objects.update_or_create(slug=facts.pop("slug"), defaults=facts)
    for axis in seed["axes"]:
        Axis.objects.update_or_create(programme=programme, number=axis.pop("number"), defaults=axis)
    axes = {axis.number: axis for axis in programme.axes.all()}
    for row in seed["actions"]:
        slugs = row.pop("resources")
        action, _ = Action.objects.update_or_create(code=row.pop("code"), defaults=row | {"axis": axes[row["axis"]]})
        _link(action, slugs)
    return programme


def _link(action: Action, slugs: list[str]) -> None:
    found = Resource.objects.by_slugs(slugs)
    for order, slug in enumerate(slugs):
        if slug in found:
            ActionResource.objects.update_or_create(action=action, resource=found[slug], defaults={"order": order})
    action.links.exclude(resource__slug__in=slugs).delete()
