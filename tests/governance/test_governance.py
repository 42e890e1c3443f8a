"""The programme as its sources tell it: loaded twice without change, nothing invented, figures that follow adoptions."""

from importlib.resources import files

import pytest
import yaml

from dcant.adoption.services import Declarant, adopt_resource
from dcant.catalogue.models import Resource
from dcant.catalogue.seed_folder import seed_folder
from dcant.governance.models import Action, ActionResource, Axis, Programme
from dcant.governance.questions import action_view, actions_of, current_programme
from dcant.governance.services import SEED, load_programme
from neighbourhood import AT, Neighbourhood, bare_resource, neighbourhood

# Word for word as the State and the associations published them.
AXES = {
    1: "Construire un socle commun d'applications, de briques numériques, de référentiels et de cadres partagés",
    2: "Garantir une gouvernance partagée entre l'État et les collectivités territoriales",
    3: "Contribuer à une approche globale de la donnée",
    4: "Faciliter le passage à l'échelle de l'administration numérique dans les territoires",
}


@pytest.fixture
def near(db) -> Neighbourhood:
    return neighbourhood()


def everything() -> list[list[dict[str, object]]]:
    return [list(model.objects.order_by("pk").values()) for model in (Programme, Axis, Action, ActionResource)]


def seed() -> dict[str, list[dict[str, object]]]:
    return yaml.safe_load(files("dcant.governance").joinpath("seed", SEED).read_text(encoding="utf-8"))


def test_loading_twice_changes_nothing(near):
    load_programme()
    first = everything()
    load_programme()
    assert everything() == first
    assert all(first)


def test_the_axes_say_the_published_words(near):
    load_programme()
    assert dict(Axis.objects.values_list("number", "title")) == AXES


def test_everything_that_stands_in_the_programme_has_its_source(near):
    load_programme()
    for row in [*Programme.objects.all(), *Axis.objects.all(), *Action.objects.all()]:
        assert {"title", "publisher", "date"} <= set(row.source), row
        assert all(row.source.values())


def test_an_action_is_linked_to_the_resources_that_are_there_and_to_no_other(near):
    load_programme()
    for row in seed()["actions"]:
        linked = list(Action.objects.get(code=row["code"]).links.values_list("resource__slug", flat=True))
        assert linked == [slug for slug in row["resources"] if slug in near.resources]


def test_a_resource_that_comes_later_is_linked_at_the_next_load_and_one_that_left_the_file_is_let_go(near):
    load_programme()
    bare_resource("mon-aide-cyber", {})
    action = Action.objects.get(code="cyber-securite")
    ActionResource.objects.create(action=action, resource=near.resources["messages"])
    load_programme()
    assert list(action.links.values_list("resource__slug", flat=True)) == ["monservicesecurise", "mon-aide-cyber"]


def test_every_resource_an_action_names_is_a_sheet_of_the_seed_base():
    sheets = {path.stem for path in seed_folder().rglob("*.yaml")}
    named = {slug for row in seed()["actions"] for slug in row["resources"]}
    assert named <= sheets


def test_adopting_a_resource_moves_the_figure_of_the_actions_that_build_on_it(near):
    load_programme()
    action = Action.objects.get(code="franceconnect")
    assert action_view(action).uses == 0
    for expected, code in enumerate(("35345", "22050"), start=1):
        adopter = near.towns[code]
        adopt_resource(
            resource=near.resources["franceconnect"], adopter=adopter, declarant=Declarant("p", {adopter.key}), at=AT
        )
        assert action_view(action).uses == expected
    views = {view.action.code: view.uses for _, listed in actions_of(current_programme()) for view in listed}
    assert views["franceconnect"] == 2
    assert views["incubateur"] == 0


def test_axes_come_in_order_each_with_its_actions_in_five_queries(near, django_assert_num_queries):
    programme = load_programme()
    with django_assert_num_queries(4):
        shown = actions_of(programme)
    assert [axis.number for axis, _ in shown] == [1, 2, 3, 4]
    assert sum(len(views) for _, views in shown) == Action.objects.count() == len(seed()["actions"])


@pytest.mark.django_db
def test_a_blank_site_has_no_programme_and_links_to_no_resource():
    assert current_programme() is None
    load_programme()
    assert not Resource.objects.exists()
    assert not ActionResource.objects.exists()
