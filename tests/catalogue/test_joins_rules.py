"""Are two sheets one thing? What is certain, what a person is asked, what is never joined."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.joins import (
    MOST_ALIKE,
    MOST_OF_ONE_CODE,
    STRONG,
    Identity,
    Likeness,
    candidates,
    identity,
    normal_page,
    normal_repository,
    of_one_code,
    same_thing,
    title_key,
)

REPOSITORIES = ["", "github.com/a/b", "github.com/c/d"]
keys = st.dictionaries(
    st.sampled_from(STRONG), st.frozensets(st.sampled_from(["1", "2"]), min_size=1, max_size=2), max_size=3
)
identities = st.builds(
    Identity,
    kind=st.sampled_from(["api", "service", "software"]),
    title=st.sampled_from(["", "Grist", "grist", "Grist Core", "Docs"]),
    keys=keys,
    repository=st.sampled_from(REPOSITORIES),
    page=st.sampled_from(["", "grist.example", "docs.example"]),
)


@given(identities, identities)
def test_likeness_does_not_depend_on_who_comes_first(one, other):
    assert same_thing(one, other) == same_thing(other, one)


@given(identities, identities)
def test_two_kinds_are_never_one_thing(one, other):
    if one.kind != other.kind:
        assert same_thing(one, other).likeness == Likeness.DIFFERENT


@given(identities, identities)
def test_certain_rests_on_a_shared_number_or_on_one_name_at_one_place_and_no_register_contradicts_it(one, other):
    both = one.keys.keys() & other.keys.keys()
    agree = bool(both) and all(one.keys[field] & other.keys[field] for field in both)
    named = one.title.lower() == other.title.lower() != ""
    placed = bool(one.page and one.page == other.page) or (
        one.kind == "software" and bool(one.repository and one.repository == other.repository)
    )
    expected = one.kind == other.kind and (agree or (not both and named and placed))
    assert (same_thing(one, other).likeness == Likeness.CERTAIN) == expected
    assert same_thing(one, other).because


@given(st.lists(identities, max_size=6))
def test_every_pair_that_is_alike_is_looked_at(several):
    looked_at = candidates(dict(enumerate(several)))
    alike = {
        (a, b)
        for a, one in enumerate(several)
        for b, other in enumerate(several)
        if a < b and same_thing(one, other).likeness != Likeness.DIFFERENT
    }
    assert alike <= set(looked_at)
    assert looked_at == sorted(set(looked_at))


def test_what_hundreds_of_things_share_brings_no_pair_up():
    shared = {n: Identity("software", f"Module {n}", {"sill_id": frozenset({"7"})}) for n in range(MOST_ALIKE + 1)}
    assert candidates(shared) == []
    del shared[0]
    assert len(candidates(shared)) == MOST_ALIKE * (MOST_ALIKE - 1) // 2


@given(identities)
def test_a_thing_with_a_number_is_certainly_itself(one):
    if one.keys:
        assert same_thing(one, one).likeness == Likeness.CERTAIN


@given(identities, identities)
def test_no_pair_is_certain_for_want_of_what_would_tell_them_apart(one, other):
    """Taking away all places and numbers never makes two things more alike."""
    bare_one, bare_other = (replace(each, keys={}, repository="", page="") for each in (one, other))
    assert same_thing(bare_one, bare_other).likeness != Likeness.CERTAIN


@pytest.mark.parametrize(
    "url",
    [
        "https://www.GitHub.com/Owner/Name.git",
        "http://github.com/owner/name/",
        "github.com/OWNER/name",
        " //github.com/owner/name ",
        "git@github.com:Owner/name.git",
        "ssh://git@github.com/owner/name.git",
        "https://github.com/owner/name/tree/main/docs",
        "https://github.com/owner/name/blob/main/README.md",
    ],
)
def test_one_repository_has_one_address(url):
    assert normal_repository(url) == "github.com/owner/name"


def test_a_branch_seen_on_another_forge_is_its_repository_and_case_counts_there():
    assert normal_repository("https://git.example/a/B/-/tree/main") == "git.example/a/B"
    assert normal_repository("https://git.example/a/b") != normal_repository("https://git.example/a/B")


def test_a_page_is_its_host_alone_or_with_its_query_and_its_anchor():
    assert normal_page("https://www.grist.example/") == normal_page("http://grist.example") == "grist.example"
    assert normal_page("https://a.example/?id=1") != normal_page("https://a.example/?id=2")
    assert normal_page("https://a.example/#/un") != normal_page("https://a.example/#/deux")


@given(st.one_of(st.text(max_size=60), st.lists(st.text(max_size=9), max_size=3), st.integers(), st.none()))
def test_nothing_that_a_sheet_holds_breaks_the_reading_of_its_identity(value):
    fields = (*STRONG, "repository_url", "website", "schema_url", "title")
    found = identity("api", dict.fromkeys(fields, value))
    assert all(found.keys.values()), "an empty value is no number"
    if isinstance(value, str):
        assert isinstance(normal_repository(value) + normal_page(value) + title_key(value), str)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L’Annuaire des collectivités", "Annuaire des Collectivités"),
        ("La Suite territoriale", "Suite territoriale"),
        ("MonServiceSécurisé", "Mon Service Sécurisé"),
        ("Administration+", "Administration +"),
    ],
)
def test_a_title_is_the_same_without_its_article_its_signs_and_its_spaces(one, other):
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(("one", "other"), [("La", "Le"), ("Grist", "Grist 2"), ("Le Taxi", "Taxis")])
def test_other_words_make_another_title(one, other):
    assert title_key(one) != title_key(other)


def test_a_register_is_read_in_whatever_form_it_is_cited():
    known = identity(
        "software",
        {
            "wikidata_id": "https://www.wikidata.org/wiki/q42",
            "comptoir_id": "https://comptoir-du-libre.org/fr/softwares/00123/",
            "sill_id": "7",
        },
    )
    assert known.keys == {
        "wikidata_id": frozenset({"Q42"}),
        "comptoir_id": frozenset({"123"}),
        "sill_id": frozenset({"7"}),
    }


def test_a_schema_has_in_its_address_the_name_that_the_register_gives_it():
    address = "https://schema.data.gouv.fr/schemas/scdl/budget/0.8.3/schema.json"
    listed, ours = identity("standard", {"schema_name": "scdl/budget"}), identity("standard", {"schema_url": address})
    assert same_thing(listed, ours).likeness == Likeness.CERTAIN
    elsewhere = identity("standard", {"schema_url": address.replace("schema.data", "autre")})
    assert same_thing(listed, elsewhere).likeness == Likeness.DIFFERENT


def test_two_instances_of_one_service_are_left_to_a_person_and_two_copies_of_one_code_are_not():
    service = Identity("service", "Visio", {}, "github.com/a/meet", "visio.a.example")
    elsewhere = replace(service, page="visio.b.example")
    assert same_thing(service, elsewhere).likeness == Likeness.PROBABLE
    assert same_thing(replace(service, kind="software"), replace(elsewhere, kind="software")).likeness == "certain"


def test_one_repository_of_two_products_never_makes_them_one():
    one, other = (Identity("service", title, {}, "github.com/a/b", "a.example") for title in ("Deveco", "GPL Connect"))
    assert same_thing(one, other).likeness == Likeness.DIFFERENT


def test_a_longer_name_at_the_same_page_is_asked_of_a_person():
    one, other = (Identity("api", title, {}, "", "a.example") for title in ("API Dume", "API Dume (marchés)"))
    assert same_thing(one, other).likeness == Likeness.PROBABLE


@given(st.lists(identities, max_size=8))
def test_products_of_one_repository_are_related_whatever_they_are(several):
    found = of_one_code(dict(enumerate(several)))
    for one, other in itertools.combinations(range(len(several)), 2):
        repository = several[one].repository
        assert ((one, other) in found) == (bool(repository) and repository == several[other].repository)


def test_an_account_on_a_forge_and_the_page_of_a_whole_forge_relate_nothing():
    account = {number: Identity("service", str(number), repository="forge.example/owner") for number in range(2)}
    assert of_one_code(account) == set()
    many = {n: Identity("service", str(n), repository="forge.example/a/b") for n in range(MOST_OF_ONE_CODE + 1)}
    assert of_one_code(many) == set()
    del many[0]
    assert len(of_one_code(many)) == MOST_OF_ONE_CODE * (MOST_OF_ONE_CODE - 1) // 2
