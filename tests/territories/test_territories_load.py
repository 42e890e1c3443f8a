"""The reference in the database: complete, loaded once, governed by the right bodies."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dcant.identifiers import IdentifierError
from dcant.territories.models import (
    College,
    FormerCode,
    LoadedReference,
    Membership,
    Operator,
    Organisation,
    OrganisationTerritory,
    Territory,
)
from dcant.territories.search import find_communes
from dcant.territories.services import LoadReport, UnknownCommune, load_reference, new_organisation, resolve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded(loaded: LoadReport, db) -> None:
    pass


def commune(code: str) -> Territory:
    return Territory.objects.communes().get(code=code)


def governing(kind: str, code: str) -> list[str]:
    found = Organisation.objects.filter(territories__kind=kind, territories__code=code)
    return sorted(found.values_list("name", flat=True))


def test_everything_is_there(loaded: LoadReport):
    assert Territory.objects.communes().count() == 34_969
    assert Territory.objects.epci().count() == 1_255
    assert Territory.objects.departements().count() == 101
    assert Territory.objects.regions().count() == 18
    assert Membership.objects.filter(kind="epci").count() == 34_871
    assert not loaded.updated
    assert not loaded.vanished


def test_a_second_load_writes_nothing(loaded: LoadReport):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = load_reference()
    assert report == LoadReport(created=0, updated=0, removed=0, unchanged=loaded.created)
    verbs = {query["sql"].split()[0] for query in queries.captured_queries}
    assert verbs <= {"SELECT", "SAVEPOINT", "RELEASE"}


def test_another_reference_writes_only_what_differs(loaded: LoadReport):
    LoadedReference.objects.update(digest="another")
    Territory.objects.filter(kind="commune", code="35345").update(population=1)
    Membership.objects.create(member=commune("35345"), group=Territory.objects.epci()[0], kind="epci")
    FormerCode.objects.filter(old_code="35269").delete()
    gone = Territory.objects.create(kind="commune", code="35999", name="Disparue", sort_key="disparue")
    report = load_reference()
    assert (report.created, report.updated, report.removed) == (1, 1, 1)
    assert report.vanished == ("35999",)
    assert commune("35345").population == 918
    assert Territory.objects.filter(pk=gone.pk).exists()


def test_treverien_is_described_as_its_sources_do():
    place = commune("35345")
    assert (place.display_name, place.of_name, place.population, place.size_class) == (
        "Trévérien",
        "de Trévérien",
        918,
        1,
    )
    assert (place.departement_code, place.region_code, place.postcodes) == ("35", "53", ["35190"])
    assert (place.population_kind, place.population_year) == ("municipal", 2022)
    assert "Licence Ouverte" in place.source
    neighbours = Territory.objects.neighbours_of(place)
    assert place not in neighbours
    assert {other.epci_code for other in neighbours} == {place.epci_code}


def test_an_island_without_epci_has_the_departement_for_neighbours():
    assert commune("29083").epci_code == ""
    assert {other.departement_code for other in Territory.objects.neighbours_of(commune("29083"))} == {"29"}


def test_the_communes_of_a_territory_are_those_it_is_made_of():
    for kind, code, count in (
        ("commune", "35345", 1),
        ("departement", "90", 101),
        ("region", "06", 17),
        ("ept", "200057867", 8),
    ):
        assert Territory.objects.communes_of(Territory.objects.get(kind=kind, code=code)).count() == count


@pytest.mark.parametrize(
    ("places", "name"),
    [
        ([("region", "94"), ("departement", "2A"), ("departement", "2B")], "Collectivité de Corse"),
        ([("departement", "67"), ("departement", "68")], "Collectivité européenne d'Alsace"),
        ([("region", "02"), ("departement", "972")], "Collectivité territoriale de Martinique"),
        ([("region", "03"), ("departement", "973")], "Collectivité territoriale de Guyane"),
        ([("departement", "976"), ("region", "06")], "Département de Mayotte"),
        ([("commune", "75056"), ("departement", "75")], "Commune de Paris"),
        ([("departement", "69")], "Département du Rhône"),
        ([("epci", "200046977")], "Métropole de Lyon"),
        ([("departement", "90")], "Territoire de Belfort"),
        ([("commune", "76351")], "Commune du Havre"),
        ([("region", "53")], "Région Bretagne"),
    ],
)
def test_a_territory_is_governed_by_its_one_body(places: list[tuple[str, str]], name: str):
    for kind, code in places:
        assert governing(kind, code) == [name]
    body = Organisation.objects.get(name=name, territory__kind=places[0][0], territory__code=places[0][1])
    assert OrganisationTerritory.objects.filter(organisation=body).count() == len(places)


def test_bodies_bear_the_numbers_their_source_states_and_no_other():
    town = Organisation.objects.get(siren="213503451")
    assert (town.key, town.siret, town.actor, town.college_id) == (
        "213503451",
        "",
        "org:siren:213503451",
        "territoires",
    )
    assert Organisation.objects.get(key="departement-35").actor == "system:org-departement-35"
    assert (
        not Organisation.objects.filter(kind__in=["commune", "epci", "departement", "region"])
        .exclude(siret="")
        .exists()
    )
    assert set(College.objects.values_list("key", flat=True)) == {"etat", "territoires"}


def test_operators_cover_the_departements_they_state():
    assert Operator.objects.filter(organisation__kind="operator").count() == 28
    assert [str(one) for one in Operator.objects.covering(commune("35345"))] == ["Mégalis Bretagne"]
    agency = Operator.objects.get(organisation__kind="agency")
    assert agency.organisation.college_id == "etat"
    assert not agency.departements.exists()
    assert agency.services.count() == 10
    assert Operator.objects.get(organisation__name="ADM81").organisation.siret == ""


def test_a_merged_commune_resolves_to_its_successor():
    found = resolve(code="35269")
    assert found.targets == (("35282", 1),)
    assert "Saint-Georges-de-Chesné" in found.because
    assert "Rives-du-Couesnon" in found.because


def test_a_present_commune_resolves_to_itself_and_every_former_code_to_a_present_one():
    assert resolve(code=" 2a004 ").targets == (("2A004", 1),)
    present = set(Territory.objects.communes().values_list("code", flat=True))
    old = set(FormerCode.objects.values_list("old_code", flat=True)) - present
    for code in sorted(old)[::400]:
        assert {target for target, _ in resolve(code=code).targets} <= present
        assert sum(weight for _, weight in resolve(code=code).targets) == 1


def test_an_unknown_code_is_refused_with_those_that_resemble_it():
    with pytest.raises(UnknownCommune, match="35999") as refused:
        resolve(code="35999")
    assert refused.value.nearest
    assert all(code.startswith("35") for code, _ in refused.value.nearest)
    with pytest.raises(UnknownCommune) as refused:
        resolve(code="Trévérien")
    assert refused.value.nearest[0] == ("35345", "Trévérien")


def test_the_search_reads_the_database_and_sees_a_new_reference():
    best = find_communes("sainte colombe 35")[0]
    assert (best.code, best.departement_name, best.because) == ("35262", "Ille-et-Vilaine", "nom")
    Territory.objects.filter(kind="commune", code="35262").update(name="Zzyzxville")
    LoadedReference.objects.update(digest="another")
    assert find_communes("zzyzxville")[0].code == "35262"


def test_the_same_siret_twice_is_refused_by_the_database():
    new_organisation(name="Un", kind="other", siret="35600000000048").save()
    twin = new_organisation(name="Deux", kind="other", siret="35600000000048")
    twin.key = "deux"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_an_invented_number_is_refused_outside_the_demonstration():
    with pytest.raises(IdentifierError):
        new_organisation(name="Inventée", kind="other", siren="000000018")
    assert new_organisation(name="Inventée", kind="other", siren="000000018", is_demo=True).is_demo
