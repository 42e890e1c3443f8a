"""Names of places and numbers of organisations: pure rules."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dcant.identifiers import IdentifierError
from dcant.identifiers.siren import luhn
from dcant.territories.rules.names import area_of, commune_of, group_of, guess_article
from dcant.territories.rules.organisations import actor_of, organisation_numbers
from dcant.territories.shipped import Reference


@pytest.mark.parametrize(
    ("name", "article", "written"),
    [
        ("Trévérien", 0, "de Trévérien"),
        ("Agen", 1, "d'Agen"),
        ("Le Havre", 2, "du Havre"),
        ("La Rochelle", 3, "de La Rochelle"),
        ("Les Lilas", 4, "des Lilas"),
        ("L'Haÿ-les-Roses", 5, "de L'Haÿ-les-Roses"),
        ("Aux Marais", 6, "des Marais"),
        ("Los Masos", 8, "de Los Masos"),
    ],
)
def test_de_before_a_commune_takes_its_article_in(name: str, article: int, written: str):
    assert commune_of(name, article) == written


@pytest.mark.parametrize(
    ("name", "article", "written"),
    [
        ("Ain", 5, "de l'Ain"),
        ("Var", 2, "du Var"),
        ("Ille-et-Vilaine", 1, "d'Ille-et-Vilaine"),
        ("Hauts-de-France", 4, "des Hauts-de-France"),
        ("La Réunion", 0, "de La Réunion"),
        ("Bretagne", 0, "de Bretagne"),
    ],
)
def test_de_before_a_departement_or_a_region_adds_the_article(name: str, article: int, written: str):
    assert area_of(name, article) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("CC Bretagne Romantique", "de la CC Bretagne Romantique"),
        ("Métropole de Lyon", "de la Métropole de Lyon"),
        ("Eurométropole de Strasbourg", "de l'Eurométropole de Strasbourg"),
        ("Orléans Métropole", "d'Orléans Métropole"),
        ("Rennes Métropole", "de Rennes Métropole"),
    ],
)
def test_de_before_a_group_follows_its_first_word(name: str, written: str):
    assert group_of(name) == written


def test_the_article_read_from_a_name_is_nearly_always_that_of_the_source(reference: Reference):
    stated = [row for row in reference.communes if row.article is not None]
    differ = [row.name for row in stated if row.article != guess_article(row.name)]
    assert len(differ) < len(stated) / 100


def a_siren(first: str) -> st.SearchStrategy[str]:
    def complete(digits: str) -> str:
        return digits + str(-luhn(digits + "0") % 10)

    return st.text("0123456789", min_size=7, max_size=7).map(lambda rest: complete(first + rest))


@given(a_siren("2"))
def test_a_siren_never_gives_a_siret(siren: str):
    numbers = organisation_numbers(siren=siren)
    assert (numbers.key, numbers.siret) == (siren, "")
    assert actor_of(numbers) == f"org:siren:{siren}"


@given(a_siren("0"))
def test_a_number_of_the_demonstration_is_refused_elsewhere_and_the_other_way_round(siren: str):
    assume(siren != "0" * 9)
    assert organisation_numbers(siren=siren, is_demo=True).key == siren
    with pytest.raises(IdentifierError, match="démonstration"):
        organisation_numbers(siren=siren)
    with pytest.raises(IdentifierError, match="démonstration"):
        organisation_numbers(siren="200054781", is_demo=True)


@given(a_siren("2"), st.integers(0, 8), st.integers(1, 9))
def test_a_wrong_digit_is_refused(siren: str, place: int, shift: int):
    wrong = siren[:place] + str((int(siren[place]) + shift) % 10) + siren[place + 1 :]
    with pytest.raises(IdentifierError):
        organisation_numbers(siren=wrong, is_demo=wrong.startswith("0"))


def test_a_siret_gives_its_siren_and_must_belong_to_the_one_stated():
    numbers = organisation_numbers(siret="130 026 032 00016")
    assert (numbers.key, numbers.siren) == ("13002603200016", "130026032")
    assert actor_of(numbers) == "org:siret:13002603200016"
    with pytest.raises(IdentifierError, match="n’appartient pas"):
        organisation_numbers(siret="13002603200016", siren="200054781")


def test_an_organisation_without_number_is_named_by_its_slug_or_refused():
    assert actor_of(organisation_numbers(slug="departement-35")) == "system:org-departement-35"
    with pytest.raises(IdentifierError):
        organisation_numbers()
