"""The index of the site: made again whenever it is absent, broken or late, and pages stay up meanwhile."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from dcant.catalogue.index import document_of, ensure_index, folder, rebuild_index, search_base
from dcant.catalogue.models import Resource
from dcant.catalogue.search import SearchQuery
from dcant.catalogue.sources import SOURCES, source_titles
from dcant.territories.models import OperatorService
from factories import departement, operator
from neighbourhood import AT, bare_resource

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def base(tmp_path: Path, settings) -> None:
    """Three resources, one of them not shown, and a data folder of its own."""
    settings.DATA, settings.STATIC_ROOT = tmp_path, tmp_path
    for slug in ("cantine-scolaire", "rendez-vous"):
        bare_resource(slug, {"access_type": "open", "audience_local": "yes", "audience_company": "no"})
    bare_resource("cachee", {})
    Resource.objects.filter(slug="cachee").update(state=Resource.State.UNPUBLISHED)


def found(text: str) -> list[str]:
    return [hit.slug for hit in search_base(SearchQuery(text=text)).hits]


def files() -> list[Path]:
    return [path for path in folder().rglob("*") if path.is_file() and path.name != "generation"]


def empty() -> None:
    shutil.rmtree(folder(), ignore_errors=True)


def overwrite() -> None:
    for path in files():
        path.write_bytes(b"\x00broken" * 9)


def cut() -> None:
    for path in files():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def lose_some() -> None:
    for path in files()[::2]:
        path.unlink()


def test_the_first_question_makes_the_index_that_is_not_there():
    assert found("cantine") == ["cantine-scolaire"]
    assert found("cachee") == []


@pytest.mark.parametrize("harm", [empty, overwrite, cut, lose_some], ids=lambda harm: harm.__name__)
def test_a_broken_index_mends_itself_and_pages_stay_up(harm, client: Client):
    rebuild_index()
    harm()
    assert client.get("/ressources/", {"q": "cantine"}).status_code == 200
    assert found("cantine") == ["cantine-scolaire"]
    assert client.get("/api/v1/resources", {"q": "rendez vous"}).json()["count"] == 1


def test_an_index_of_the_present_base_is_left_alone_and_a_late_one_is_made_again():
    assert ensure_index()
    assert not ensure_index()
    Resource.objects.filter(slug="cantine-scolaire").update(title="Menus du jour", changed_at=AT + timedelta(days=1))
    assert ensure_index()
    assert found("menus") == ["cantine-scolaire"]
    assert not ensure_index()


def test_a_resource_that_comes_or_goes_is_seen():
    ensure_index()
    bare_resource("piscine", {})
    assert ensure_index()
    assert found("piscine") == ["piscine"]
    Resource.objects.filter(slug="piscine").delete()
    assert ensure_index()
    assert found("piscine") == []


def test_an_empty_base_has_an_index_too():
    Resource.objects.all().delete()
    assert rebuild_index() == 0
    assert found("cantine") == []


def test_the_index_knows_only_what_the_sheet_states():
    document = document_of(Resource.objects.get(slug="rendez-vous"), {})
    assert document.facets["audience"] == ("local",)
    assert document.facets["access"] == ("open",)
    assert document.facets["licence"] == document.facets["theme"] == document.facets["source"] == ()
    assert document.facets["phase"] == document.facets["departement"] == ()


def test_a_phase_is_counted_without_its_dates_and_a_departement_by_site_or_by_operator():
    shown = bare_resource(
        "coffre",
        {
            "phase": "Bêta, Accélération (du 1er mars 2024 au 2 mai 2025)",
            "sites_departements": ["56"],
            "suite_service_ids": ["7", "8"],
        },
    )
    document = document_of(shown, {"7": frozenset({"35", "2A"}), "9": frozenset({"75"})})
    assert document.facets["phase"] == ("Bêta", "Accélération")
    assert document.facets["departement"] == ("2A", "35", "56")


def test_the_base_counts_phases_and_the_departements_that_operators_state():
    by = operator("Ouest", [departement("35", "Ille-et-Vilaine")])
    OperatorService.objects.create(operator=by, service_id=7, name="Coffre")
    bare_resource("coffre", {"phase": "Accélération (depuis le 1er mars 2024)", "suite_service_ids": ["7"]})
    rebuild_index()
    facets = search_base(SearchQuery()).facets
    assert facets["phase"] == {"Accélération": 1}
    assert facets["departement"] == {"35": 1}
    narrowed = search_base(SearchQuery(filters={"departement": frozenset({"35"})}))
    assert [hit.slug for hit in narrowed.hits] == ["coffre"]


def test_the_command_makes_the_index_again_and_says_how_many_resources_it_holds(capsys):
    call_command("rebuild_search")
    assert "2 ressources" in capsys.readouterr().out
    assert found("cantine") == ["cantine-scolaire"]


def test_a_theme_is_one_whatever_the_case_its_sources_give_it():
    for slug, theme in (("cantine-scolaire", "éducation"), ("rendez-vous", "Éducation")):
        said = Resource.objects.get(slug=slug)
        said.sheet["themes"] = {"value": [theme], "sources": [], "others": []}
        said.save()
    rebuild_index()
    for asked in ("éducation", "Éducation"):
        answer = search_base(SearchQuery(filters={"theme": frozenset({asked})}))
        assert (answer.total, answer.facets["theme"]) == (2, {"Éducation": 2})


def test_a_corrected_search_offers_the_text_as_it_was_written(client: Client):
    page = client.get("/ressources/?q=cantinne scolaire").content.decode()
    assert "cantine scolaire" in page
    assert "Chercher plutôt « cantinne scolaire », tel quel" in page
    as_written = client.get("/ressources/?q=cantinne scolaire&tel-quel=1").content.decode()
    assert "Chercher plutôt" not in as_written
    assert search_base(SearchQuery("cantinne", literal=True)).total == 0
    assert client.get("/api/v1/search?q=cantinne&literal=true").json()["corrected"] is None


def test_each_known_source_has_a_title():
    assert source_titles()["sill"] == "Socle interministériel de logiciels libres"
    assert set(source_titles()) == set(SOURCES)
