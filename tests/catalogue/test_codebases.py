"""Products made from one code: related on their pages, never joined, and the relation follows what sheets say."""

import pytest
from django.test import Client
from test_joining import ACTOR, NOW, software
from test_projection import gone, item, take_in

from dcant.catalogue.joining import join_resources, propose_joins, relate_codebases, split_resource
from dcant.catalogue.models import JoinProposal, Relation, Resource

pytestmark = pytest.mark.django_db
CODE = "https://forge.example/etat/suite"


def related() -> set[tuple[str, str]]:
    rows = Relation.objects.filter(name="same_codebase")
    return {tuple(sorted((row.subject.slug, row.target.slug))) for row in rows.select_related("subject", "target")}


def test_two_products_of_one_repository_are_two_sheets_that_name_each_other(client: Client):
    take_in(
        software("a", title="Tulipe", repository_url=CODE),
        software("b", title="Girafe", repository_url=f"{CODE}.git/"),
        item("betagouv", "c", kind="service", collection="startups", title="Portail rouge", repository_url=CODE),
        software("d", title="Autre", repository_url="https://forge.example/etat/autre"),
    )
    assert propose_joins(at=NOW) == []
    relate_codebases()
    assert related() == {("girafe", "tulipe"), ("portail-rouge", "tulipe"), ("girafe", "portail-rouge")}
    assert Resource.objects.shown().count() == 4
    for slug, other in (("tulipe", "Girafe"), ("girafe", "Tulipe")):
        page = client.get(f"/ressources/{slug}/").content.decode()
        assert "partage son code avec" in page
        assert other in page
    (told, *_) = client.get("/api/v1/resources/tulipe/relations").json()["results"]
    assert (told["name"], told["source"]) == ("same_codebase", "catalogue")


def test_looking_again_writes_nothing_and_a_sheet_made_again_keeps_its_relation():
    first = software("a", title="Tulipe", repository_url=CODE)
    take_in(first, software("b", title="Girafe", repository_url=CODE))
    relate_codebases()
    rows = set(Relation.objects.values_list("pk", flat=True))
    take_in(first)
    relate_codebases()
    assert set(Relation.objects.values_list("pk", flat=True)) == rows


def test_the_relation_goes_with_what_it_rests_on():
    take_in(software("a", title="Tulipe", repository_url=CODE), software("b", title="Girafe", repository_url=CODE))
    relate_codebases()
    take_in(software("b", title="Girafe", repository_url="https://forge.example/etat/messages"))
    relate_codebases()
    assert related() == set()
    take_in(software("b", title="Girafe", repository_url=CODE))
    relate_codebases()
    assert related() == {("girafe", "tulipe")}
    gone(software("a", title="Tulipe", repository_url=CODE))
    relate_codebases()
    assert related() == set()


def test_a_join_brings_the_relations_of_the_other_and_a_split_gives_them_back():
    take_in(
        software("a", title="Tulipe", website="https://tulipe.example"),
        software("b", title="Tulipe et Cie", website="https://tulipe.example", repository_url=CODE),
        software("c", title="Girafe", repository_url=CODE),
    )
    propose_joins(at=NOW)
    relate_codebases()
    assert related() == {("girafe", "tulipe-et-cie")}
    proposal = JoinProposal.objects.get()
    join_resources(proposal=proposal, actor=ACTOR, at=NOW)
    assert related() == {("girafe", "tulipe")}
    split_resource(proposal=proposal, actor=ACTOR, at=NOW)
    assert related() == {("girafe", "tulipe-et-cie")}
