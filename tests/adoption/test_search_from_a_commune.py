"""A search seen from a commune: what is open to it, then what is used near it, then the order of the text."""

from datetime import date

import pytest

from dcant.adoption.reusable import found_anywhere, found_from
from dcant.catalogue.search import Hit, Match, SearchResult
from dcant.territories.models import College
from factories import commune, departement, epci, says
from neighbourhood import bare_resource

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)
OPEN, CLOSED = {"access_type": "open", "audience_local": "yes"}, {"access_type": "restricted", "audience_local": "no"}


@pytest.fixture
def here():
    """A commune whose neighbour uses « voisine » and « lointaine »."""
    College.objects.create(key=College.TERRITORIES, name="Territoires")
    departement("35", "Ille-et-Vilaine")
    group = epci("243500139", "CC Bretagne Romantique")
    home = commune("35345", "Trévérien", group=group)
    neighbour = commune("35094", "Dingé", group=group)
    for slug, facts in (("fermee", CLOSED), ("texte", OPEN), ("voisine", OPEN), ("lointaine", OPEN)):
        made = bare_resource(slug, facts)
        if slug in {"voisine", "lointaine"}:
            says(neighbour, made)
    return home


def found(**scores):
    because = (Match("cantine", "title", "word", "cantine"),)
    hits = tuple(Hit(slug, score, because) for slug, score in scores.items())
    return SearchResult(hits, len(hits), None, "cantine", {})


def slugs(seen):
    return [one.resource.slug for one in seen]


def test_what_is_open_comes_first_then_what_neighbours_use_then_the_text(here):
    seen = found_from(found(fermee=9.0, texte=8.0, voisine=6.0), here, TODAY)
    assert slugs(seen) == ["voisine", "texte", "fermee"]


def test_what_neighbours_use_is_not_raised_when_it_hardly_answers(here):
    seen = found_from(found(texte=8.0, lointaine=3.0), here, TODAY)
    assert slugs(seen) == ["texte", "lointaine"]


def test_from_nowhere_the_order_is_that_of_the_text(here):
    assert slugs(found_anywhere(found(fermee=9.0, texte=8.0, voisine=6.0))) == ["fermee", "texte", "voisine"]


def test_each_hit_says_why_from_a_commune_and_from_nowhere(here):
    answer = found(texte=8.0)
    assert [one.matches for one in found_from(answer, here, TODAY)] == [answer.hits[0].because]
    assert [one.matches for one in found_anywhere(answer)] == [answer.hits[0].because]
