"""Finding a commune among all of them, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.territories.rules.commune_index import CommuneIndex

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def codes(index: CommuneIndex, query: str, limit: int = 6) -> list[str]:
    return [found.commune.code for found in index.find(query, limit=limit)]


@pytest.mark.parametrize(
    ("query", "code", "because"),
    [
        ("Trévérien", "35345", "nom"),
        ("TREVERIEN", "35345", "nom"),
        ("trveerien", "35345", "nom proche"),
        ("breverien", "35345", "nom proche"),
        ("trévéri", "35345", "début du nom"),
        ("havre", "76351", "nom"),
        ("hay les roses", "94038", "nom"),
        ("st malo", "35288", "nom"),
        ("Chalon s/ Saône", "71076", "nom"),
        ("Saint-Jean-sur-Couesnon", "35282", "ancienne commune"),
        ("35269", "35282", "ancien code"),
        ("35345", "35345", "code INSEE"),
        ("2a004", "2A004", "code INSEE"),
        ("213 503 451", "35345", "numéro SIREN"),
        ("75111", "75056", "ancien code"),
        ("35190 treverien", "35345", "nom"),
        ("mairie de Rennes cedex", "35238", "nom"),
        ("Saint-Martin-de-Commune", "71450", "nom"),
        ("Villeneuve-sur-Lot", "47323", "nom"),
        ("saint denis 974", "97411", "nom"),
        ("saint denis la réunion", "97411", "nom"),
        ("35 rennes", "35238", "nom"),
    ],
)
def test_what_people_type_finds_the_commune_they_mean(index: CommuneIndex, query: str, code: str, because: str):
    best = index.find(query)[0]
    assert (best.commune.code, best.because) == (code, because)


@pytest.mark.parametrize(
    "query", ["sainte colombe 35", "Sainte-Colombe (Ille-et-Vilaine)", "ste colombe ille et vilaine"]
)
def test_a_homonym_is_chosen_by_its_departement(index: CommuneIndex, query: str):
    assert codes(index, query)[0] == "35262"


def test_all_homonyms_are_listed_each_with_its_departement(index: CommuneIndex):
    real = {commune.code for commune in index.communes if commune.name == "Sainte-Colombe"}
    found = index.find("Sainte-Colombe", limit=len(real))
    assert len(real) > 10
    assert {one.commune.code for one in found} == real
    assert len({one.commune.departement for one in found}) == len(real)


def test_a_postcode_lists_its_communes_most_people_first(index: CommuneIndex):
    found = [one for one in index.find("35190", limit=50) if one.because == "code postal"]
    people = [one.commune.population or 0 for one in found]
    assert people == sorted(people, reverse=True)
    assert "35345" in {one.commune.code for one in found}
    assert (
        codes(index, "35190", limit=50)[-1] == "35190"
    )  # the same five digits as an INSEE code: after the post office


@given(st.text(max_size=60), st.integers(1, 10))
def test_any_text_is_answered_in_a_total_order(index: CommuneIndex, query: str, limit: int):
    found = index.find(query, limit=limit)
    order = [(-one.score, -(one.commune.population or 0), one.commune.code) for one in found]
    assert order == sorted(order)
    assert len({one.commune.code for one in found}) == len(found) <= limit
    assert all(0 < one.score <= 1 for one in found)


@given(st.data())
def test_the_name_and_departement_of_any_commune_find_it_first_or_beside_its_only_equals(index: CommuneIndex, data):
    commune = data.draw(st.sampled_from(index.communes))
    found = index.find(f"{commune.name} ({commune.departement})", limit=5)
    same = [one.commune.code for one in found if one.score == found[0].score]
    assert commune.code in same


@given(st.data())
def test_one_typing_error_in_a_name_of_ten_letters_or_more_leaves_the_commune_in_sight(index: CommuneIndex, data):
    commune = data.draw(st.sampled_from(index.communes).filter(lambda one: len(one.name) >= 10))
    place = data.draw(st.integers(0, len(commune.name) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    wrong = commune.name[:place] + letter + commune.name[place + 1 :]
    # Homonyms and near names are many: the commune is found, among all that are as near.
    found = index.find(wrong, limit=200)
    assert commune.code in {one.commune.code for one in found}


def test_an_empty_question_has_no_answer(index: CommuneIndex):
    assert index.find("") == index.find("  -’ ") == index.find("99999") == []


def test_a_very_long_text_is_cut_and_answered(index: CommuneIndex):
    assert codes(index, "Rennes" + " " * 300 + "x" * 10_000)[0] == "35238"
