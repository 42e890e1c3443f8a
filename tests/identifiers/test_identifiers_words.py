"""Half-years, slugs, folding, permits: small values that everything rests on."""

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dcant.identifiers import HalfYear, IdentifierError, Permit, Refused, Slug, fold, fold_words
from dcant.identifiers.slug import MAX_LENGTH

half_years = st.builds(HalfYear, st.integers(1901, 9997), st.sampled_from([1, 2]))
days = st.dates(date(1900, 1, 1), date(9998, 12, 31))


@given(half_years)
def test_the_next_half_year_begins_the_day_after_and_previous_comes_back(cycle: HalfYear):
    assert cycle.next().first_day == cycle.last_day + timedelta(days=1)
    assert cycle.next().previous() == cycle == cycle.previous().next()
    assert cycle.previous() < cycle < cycle.next()
    assert HalfYear.parse(str(cycle)) == cycle


@given(days, days)
def test_half_years_are_ordered_as_their_days_are(one: date, other: date):
    first, second = sorted((one, other))
    assert HalfYear.of(first) <= HalfYear.of(second)
    assert HalfYear.of(one).first_day <= one <= HalfYear.of(one).last_day


@pytest.mark.parametrize(
    "text", ["2018", "2018-S3", "18-S1", "2018-S0", "1899-S1", "9999-S1", "٢٠١٨-S1", "2018-S1x", ""]
)
def test_what_is_no_half_year_is_refused(text: str):
    with pytest.raises(IdentifierError, match="2018-S1"):
        HalfYear.parse(text)


def test_time_ends_with_a_refusal_and_not_with_a_wrong_date():
    with pytest.raises(IdentifierError):
        HalfYear(9998, 2).next()
    with pytest.raises(IdentifierError):
        HalfYear(1900, 1).previous()


@given(st.text())
@example("ẞ")  # its lower case is a ligature
@example("ŉ")  # it opens into an apostrophe
@example("\u1fef")
def test_folding_twice_is_folding_once(text: str):
    assert fold(fold(text)) == fold(text)
    assert fold_words(fold_words(text)) == fold_words(text) == fold_words(fold(text))


@given(st.text("abcéèêëàâîïôùûüçœæÉÈÀÇŒÆ'’ -", max_size=30))
def test_french_folds_to_plain_letters_whatever_its_case(text: str):
    assert fold(text).isascii()
    assert fold(text.upper()) == fold(text) == fold(text.lower())


def test_words_are_read_through_accents_ligatures_and_apostrophes():
    assert fold_words("L’Haÿ-les-Roses") == fold_words("l'hay les roses") == "l hay les roses"
    assert fold("Œuvre, CŒUR, Æther") == "oeuvre, coeur, aether"


@given(st.text(max_size=200))
def test_a_title_gives_a_slug_or_a_refusal_and_a_slug_gives_itself(title: str):
    try:
        slug = Slug.from_title(title)
    except IdentifierError:
        assert not fold_words(title)
        return
    assert len(slug.text) <= MAX_LENGTH
    assert Slug(slug.text) == Slug.from_title(slug.text) == slug
    assert fold_words(title).replace(" ", "-").startswith(slug.text)


@pytest.mark.parametrize("text", ["", "-a", "a-", "a--b", "É", "A", "a b", "a" * (MAX_LENGTH + 1), "a\n"])
def test_what_is_no_slug_is_refused(text: str):
    with pytest.raises(IdentifierError):
        Slug(text)


def test_a_permit_is_worth_its_answer_and_a_refusal_says_the_same_words():
    assert Permit.yes("parce que oui")
    assert not Permit.no("parce que non")
    refusal = Refused(Permit.no("parce que non"), code="DCANT-X000")
    assert str(refusal) == refusal.permit.because == "parce que non"
    assert refusal.code == "DCANT-X000"


@pytest.mark.parametrize("value", [Permit.yes("a"), HalfYear(2018, 1), Slug("a")])
def test_values_never_change(value):
    name = next(iter(value.__slots__))
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, None)
