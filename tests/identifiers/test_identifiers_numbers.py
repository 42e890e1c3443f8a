"""SIREN, SIRET and INSEE codes: what parses is right, and an independent library agrees."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import siren as siren_oracle
from stdnum.fr import siret as siret_oracle

from dcant.identifiers import CommuneCode, DepartementCode, EpciSiren, IdentifierError, RegionCode, Siren, Siret
from dcant.identifiers.siren import LA_POSTE, luhn


def keyed(stem: str) -> str:
    """The digits with the key that makes them right."""
    return next(f"{stem}{key}" for key in "0123456789" if luhn(f"{stem}{key}") == 0)


def parses(kind, text: str) -> bool:
    try:
        kind(text)
    except IdentifierError as error:
        refusal = error
    else:
        return True
    assert refusal.code
    assert refusal.message == str(refusal)
    return False


digits = st.text("0123456789", min_size=9, max_size=14)
sirens = st.text("0123456789", min_size=8, max_size=8).map(keyed)
sirets = st.builds(lambda siren, nic: keyed(siren + nic), sirens, st.text("0123456789", min_size=4, max_size=4))
la_poste = st.text("0123456789", min_size=5, max_size=5).map(lambda nic: LA_POSTE + nic)


@given(digits.map(lambda text: text[:9]) | sirens)
def test_a_siren_parses_when_the_oracle_says_so_and_is_not_all_zeros(text: str):
    assert parses(Siren, text) == (siren_oracle.is_valid(text) and text != "0" * 9)


@given(digits.filter(lambda text: len(text) == 14) | sirets | la_poste)
def test_a_siret_parses_when_the_oracle_says_so_and_names_an_establishment(text: str):
    expected = siret_oracle.is_valid(text) and text[:9] != "0" * 9 and text[9:] != "0" * 5
    assert parses(Siret, text) == expected


def test_the_establishments_of_la_poste_follow_their_own_key():
    assert parses(Siret, LA_POSTE + "00048")  # the head office: the usual key
    assert parses(Siret, LA_POSTE + "49837")  # a post office: a sum of 45
    assert not parses(Siret, LA_POSTE + "49838")
    assert not parses(Siret, LA_POSTE + "00014")  # the usual key would accept it


@given(sirets, st.lists(st.sampled_from(" \t\u00a0\u202f.-_/"), min_size=15, max_size=15))
def test_signs_between_digits_change_nothing(text: str, signs: list[str]):
    spread = "".join(sign + char for sign, char in zip(signs, text, strict=False))
    if parses(Siret, text):
        assert Siret(spread) == Siret(text)
        assert Siret(spread).siren == Siren(text[:9])


@given(sirens, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_never_parses(text: str, place: int, shift: int):
    wrong = text[:place] + str((int(text[place]) + shift) % 10) + text[place + 1 :]
    assert not parses(Siren, wrong)


@pytest.mark.parametrize("kind", [Siren, Siret, EpciSiren, CommuneCode, DepartementCode, RegionCode])
@given(text=st.text(max_size=16) | st.text("0123456789²٣AB ", max_size=14))
def test_any_text_parses_to_one_written_form_or_is_refused_with_a_sentence(kind, text: str):
    if parses(kind, text):
        value = kind(text)
        assert str(value).isascii()
        assert kind(str(value)) == value
        assert hash(kind(str(value))) == hash(value)


@given(sirens)
def test_a_number_beginning_with_zero_is_said_to_be_invented_and_a_group_begins_with_two(text: str):
    if parses(Siren, text):
        assert Siren(text).is_invented == text.startswith("0")
        assert parses(EpciSiren, text) == text.startswith("2")


@pytest.mark.parametrize(
    ("text", "departement"), [("35345", "35"), ("2a004", "2A"), ("97411", "974"), ("98818", "988"), ("01 004", "01")]
)
def test_a_commune_knows_its_departement(text: str, departement: str):
    assert CommuneCode(text).departement == DepartementCode(departement)


@pytest.mark.parametrize("text", ["20004", "00123", "35000", "99123", "96001", "3534", "353456", "2C004", "٣٥٣٤٥"])
def test_what_is_no_code_of_a_commune_is_refused(text: str):
    assert not parses(CommuneCode, text)


COLUMNS = {
    "communes.csv": {
        "insee": CommuneCode,
        "siren": Siren,
        "dep": DepartementCode,
        "reg": RegionCode,
        "epci": EpciSiren,
    },
    "epci.csv": {"siren": EpciSiren, "dep_main": DepartementCode, "reg_main": RegionCode, "centre": CommuneCode},
    "ept.csv": {"siren": EpciSiren},
    "departements.csv": {"code": DepartementCode},
    "regions.csv": {"code": RegionCode},
    "passage.csv": {"new_insee": CommuneCode},
}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_code_of_the_corpora_parses(corpora, name: str):
    with (corpora / "territories" / "tables" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for column, kind in COLUMNS[name].items():
        for text in {row[column] for row in rows} - {""}:
            assert str(kind(text)) == text


def test_a_commune_of_the_corpora_lies_in_the_departement_of_its_code(corpora):
    with (corpora / "territories" / "tables" / "communes.csv").open(encoding="utf-8", newline="") as file:
        wrong = [
            row["insee"] for row in csv.DictReader(file) if str(CommuneCode(row["insee"]).departement) != row["dep"]
        ]
    assert wrong == []
