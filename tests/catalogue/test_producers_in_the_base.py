"""Who stands behind a resource: named and placed by its source where it says so, by the reviewed table where it does not."""

from datetime import UTC, datetime

import pytest
from test_projection import LATER, item, take_in

from dcant.catalogue.models import Resource
from dcant.catalogue.producers import REVIEWED, level_of
from dcant.catalogue.services import harvest_source
from dcant.catalogue.sources import load_source
from dcant.harvest.models import Statement
from dcant.harvest.rules.yaml_text import front_matter
from dcant.harvest.snapshots import open_snapshot

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_an_incubator_names_the_producer_and_the_reviewed_table_says_its_level():
    take_in(
        item("betagouv", "x", kind="service", collection="startups", producer="gip-inclusion"),
        item("betagouv", "gip-inclusion", kind="", collection="incubators", name="Plateforme de l’inclusion"),
    )
    found = Resource.objects.get()
    assert (found.producer_name, found.producer_level) == ("Plateforme de l’inclusion", "other")
    assert found.sheet["producer_level"]["sources"][0]["citation"] == REVIEWED
    assert "citation" not in found.sheet["producer_name"]["sources"][0]


@pytest.mark.django_db
def test_a_level_that_the_source_states_leaves_the_table_silent():
    take_in(
        item("apigouv", "a", producer="renater"),
        item("apigouv", "renater", kind="", collection="producers", name="RENATER", level="other"),
    )
    shown = Resource.objects.get().sheet["producer_level"]
    assert (level_of("apigouv", "renater"), shown["value"], shown["others"]) == ("state", "other", [])


@pytest.mark.django_db
def test_a_number_is_shown_where_the_table_has_one_and_nowhere_else():
    take_in(item("apigouv", "a", title="A", producer="rennes"), item("apigouv", "b", title="B", producer="dinum"))
    assert Resource.objects.get(slug="a").value("producer_key") == "243500139"
    assert Resource.objects.get(slug="b").value("producer_key") is None


@pytest.mark.django_db
def test_the_table_says_nothing_of_a_producer_it_does_not_know_nor_of_that_key_at_another_source():
    take_in(
        item("apigouv", "a", title="A", producer="Une ville"),
        item("datagouv", "b", title="B", producer="dinum"),
        item("apigouv", "c", title="C", producer=["dinum"]),
    )
    assert set(Resource.objects.values_list("producer_level", flat=True)) == {""}


@pytest.mark.django_db
def test_a_producer_renamed_at_its_source_is_renamed_on_its_resources():
    sheet = item("betagouv", "x", kind="service", collection="startups", producer="anct")
    take_in(sheet, item("betagouv", "anct", kind="", collection="incubators", name="Ancien nom"))
    Statement.objects.filter(field="name").update(ended_at=LATER)
    take_in(item("betagouv", "anct", kind="", collection="incubators", name="Nouveau nom"), at=LATER)
    assert Resource.objects.get().producer_name == "Nouveau nom"


def test_every_real_incubator_has_a_level_and_those_of_the_state_have_an_owner_of_the_state(corpora):
    content = corpora / "catalogue" / "startups" / "content"
    _, reader = load_source("betagouv")
    reviewed_alone = {"accelerema", "gip-inclusion", "menj", "mission-apprentissage"}
    keys = set()
    with open_snapshot(content) as snapshot:
        organisations = {
            raw.remote_id: {fact.field: fact.value for fact in reader.read(raw).facts}
            for raw in reader.items(snapshot)
            if raw.collection == "organisations"
        }
    for path in (content / "_incubators").glob("*.md"):
        keys.add(path.stem)
        owner = str(front_matter(path.read_bytes()).fields["owner"]).rpartition("/")[2]
        stated = organisations.get(owner, {}).get("level")
        assert level_of("betagouv", path.stem) == stated or path.stem in reviewed_alone
    assert len(keys) == 23
    assert {level_of("betagouv", key) for key in keys} == {"state", "other"}


@pytest.mark.django_db
def test_the_real_base_knows_the_level_of_every_start_up_and_of_every_api(corpora, tmp_path):
    for name, folder in (("apigouv", "apigouv"), ("betagouv", "startups")):
        with open_snapshot(corpora / "catalogue" / folder) as snapshot:
            harvest_source(name=name, snapshot=snapshot, now=lambda: NOW, data=tmp_path)
    services = Resource.objects.filter(holdings__item__collection="startups")
    assert services.exclude(producer_level="").count() == services.exclude(sheet__producer=None).count() == 662
    apis = Resource.objects.filter(holdings__item__source="apigouv", kind="api")
    assert list(apis.filter(producer_level="").values_list("slug", flat=True)) == []
