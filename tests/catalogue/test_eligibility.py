"""Is this resource for us? Silence is « unknown », and a no always rests on a statement that says no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.eligibility import (
    LOCAL_KINDS,
    OPEN_LICENCES,
    PUBLIC_KINDS,
    Applicant,
    Verdict,
    eligibility,
    judged_facts,
)

AUDIENCES = {"public": "audience_local", "person": "audience_private", "company": "audience_company"}
KINDS = [*sorted(PUBLIC_KINDS), "person", "company", "association"]
FIELDS = ["audience_local", "audience_company", "audience_private", "access_type", "licence", "price_basis"]
LIMITS = [f"{kind}_population_max" for kind in KINDS]
words = st.sampled_from(
    ["yes", "no", "under_condition", "open", "open_with_account", "restricted", "MIT", "0", "3499", "²", "٣", "-1", ""]
)
values = words | st.text(max_size=4) | st.none() | st.integers() | st.booleans() | st.lists(words, max_size=2)
facts = st.dictionaries(st.sampled_from([*FIELDS, *LIMITS]), values, max_size=6)
applicants = st.builds(Applicant, st.sampled_from(KINDS), st.none() | st.integers(0, 5_000))


def audience(kind: str) -> str:
    return AUDIENCES["public" if kind in PUBLIC_KINDS else "person" if kind == "person" else "company"]


@given(applicants, facts)
def test_a_no_always_rests_on_a_statement_that_says_no(applicant, stated):
    answer = eligibility(applicant, stated)
    assert answer.because.endswith(".")
    assert set(answer.statements) <= set(stated)
    if answer.verdict == Verdict.NO:
        (field,) = answer.statements
        too_many = field == f"{applicant.kind}_population_max" and applicant.population > int(stated[field])
        assert too_many or (field == audience(applicant.kind) and stated[field] == "no")


@given(applicants, facts)
def test_a_yes_or_a_condition_rests_on_a_statement_too(applicant, stated):
    answer = eligibility(applicant, stated)
    if answer.verdict in {Verdict.YES, Verdict.UNDER_CONDITIONS}:
        assert answer.statements


@given(applicants, facts, st.dictionaries(st.sampled_from(["title", "themes", "purpose", "phase"]), values))
def test_a_verdict_rests_on_the_judged_facts_alone(applicant, stated, others):
    assert eligibility(applicant, judged_facts(stated | others)) == eligibility(applicant, stated)


@given(applicants)
def test_silence_is_unknown(applicant):
    assert eligibility(applicant, {}).verdict == Verdict.UNKNOWN


@given(applicants, facts, values)
def test_what_a_sheet_says_of_other_publics_changes_nothing(applicant, stated, value):
    others = set(AUDIENCES.values()) - {audience(applicant.kind)}
    changed = {**stated, **dict.fromkeys(others, value)}
    bare = {field: found for field, found in stated.items() if field not in others}
    assert eligibility(applicant, changed) == eligibility(applicant, bare)


@pytest.mark.parametrize("kind", sorted(LOCAL_KINDS))
@given(limit=st.integers(0, 10**6), more=st.integers(1, 10**6))
def test_the_limit_itself_is_inside_and_one_more_is_outside(kind: str, limit: int, more: int):
    stated = {f"{kind}_population_max": str(limit), "audience_local": "yes"}
    assert eligibility(Applicant(kind, limit), stated).verdict == Verdict.YES
    assert eligibility(Applicant(kind, limit + more), stated).verdict == Verdict.NO
    assert eligibility(Applicant(kind, None), stated).verdict == Verdict.UNKNOWN


def test_the_limit_of_communes_is_nothing_to_a_group():
    stated = {"commune_population_max": "3499", "audience_local": "yes"}
    assert eligibility(Applicant("epci", 90_000), stated).verdict == Verdict.YES


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        ({"audience_local": "yes", "access_type": "restricted"}, "yes"),
        ({"audience_local": "under_condition", "access_type": "open"}, "under_conditions"),
        ({"audience_local": "no", "access_type": "open", "licence": "MIT"}, "no"),
        ({"access_type": "open"}, "yes"),
        ({"access_type": "open_with_account"}, "under_conditions"),
        ({"access_type": "restricted"}, "unknown"),
        ({"audience_company": "no"}, "unknown"),
        ({"licence": "AGPL-3.0-or-later"}, "yes"),
        ({"licence": "CC-BY-NC-4.0"}, "unknown"),
        ({"licence": "Proprietary"}, "unknown"),
    ],
    ids=range(10),
)
def test_the_table_of_a_commune(stated, verdict: str):
    assert eligibility(Applicant("commune", 900), stated).verdict == verdict


@pytest.mark.parametrize("licence", OPEN_LICENCES)
def test_every_open_licence_lets_anyone_reuse(licence: str):
    assert eligibility(Applicant("company"), {"licence": licence}).verdict == Verdict.YES
