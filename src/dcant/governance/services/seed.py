"""The programme as its sources tell it: loaded from the reviewed file of the package, twice without change."""

from importlib.resources import files
from typing import Any

import yaml
from django.db import transaction

from dcant.catalogue.models import Resource
from dcant.governance.models import Action, ActionResource, Axis, Indicator, Programme

SEED = "dcant-2018-2020.yaml"
TARGETS = "charte-2022.yaml"


@transaction.atomic
def load_programme() -> Programme:
    """Writes the programme, its axes, its known actions and their links to the resources present in the base."""
    seed = _read(SEED)
    facts = seed["programme"]
    programme, _ = Programme.objects.update_or_create(slug=facts.pop("slug"), defaults=facts)
    for axis in seed["axes"]:
        Axis.objects.update_or_create(programme=programme, number=axis.pop("number"), defaults=axis)
    axes = {axis.number: axis for axis in programme.axes.all()}
    for row in seed["actions"]:
        slugs = row.pop("resources")
        action, _ = Action.objects.update_or_create(code=row.pop("code"), defaults=row | {"axis": axes[row["axis"]]})
        _link(action, slugs)
    _load_targets(programme)
    return programme


def _read(name: str) -> dict[str, Any]:
    text = files("dcant.governance").joinpath("seed", name).read_text(encoding="utf-8")
    seed: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return seed


def _load_targets(programme: Programme) -> None:
    """Targets told by a source: no line of the log, for nobody set them here."""
    seed = _read(TARGETS)
    action = Action.objects.get(code=seed["action"])
    for row in seed["indicators"]:
        facts = seed["common"] | row | {"programme": programme, "action": action}
        Indicator.objects.update_or_create(code=facts.pop("code"), defaults=facts)


def _link(action: Action, slugs: list[str]) -> None:
    found = Resource.objects.by_slugs(slugs)
    for order, slug in enumerate(slugs):
        if slug in found:
            ActionResource.objects.update_or_create(action=action, resource=found[slug], defaults={"order": order})
    action.links.exclude(resource__slug__in=slugs).delete()
