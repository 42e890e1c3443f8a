"""Readiness: never a failure for want of data, levels by required items, a list of what to do sorted by what it gains."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.readiness import LEVELS, Criterion, Group, Known, Outcome, readiness
from dcant.catalogue.rules.readiness_checks import stated
from dcant.catalogue.rules.readiness_criteria import CRITERIA
from dcant.catalogue.rules.usage import UsageView

TODAY = date(2026, 11, 20)
KINDS = ("api", "service", "software", "standard", "dataset", "infrastructure", "practice")
FIELDS = (
    "purpose", "producer", "contact", "licence", "access_type", "phase", "released_on", "version", "repository_url",
    "publiccode:maintenance", "publiccode:localisation", "betagouv:accessibility_status", "betagouv:mon_service_securise",
    "audience_because", "exit_terms", "description",
)  # fmt: skip
SAID = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["MIT", "Arrêté", "2020-01-01", "2026-11-01", "non conforme", "restricted", "open", "CC-BY-NC-4.0"]
    ),
    st.sampled_from(
        [{"type": "none"}, {"type": "contract", "contractors": [{}]}, {"availableLanguages": ["it"]}, [], {}, None]
    ),
)
TREES = st.dictionaries(
    st.sampled_from(["depot/a", "depot/b"]),
    st.frozensets(st.sampled_from(["README.md", "LICENSE", "SECURITY.md", ".github/workflows/ci.yml", "src/a.py"])),
)
USAGES = st.none() | st.builds(
    UsageView, organisations=st.integers(1, 50), communes=st.just(0), people=st.integers(0, 10**6)
)
WORLDS = st.builds(
    Known,
    kind=st.sampled_from(KINDS),
    day=st.just(TODAY),
    values=st.dictionaries(st.sampled_from(FIELDS), SAID),
    listed_in=st.frozensets(st.sampled_from(["seed", "publiccode", "sill"])),
    relations=st.frozensets(st.sampled_from(["conforms_to", "hosted_on"])),
    trees=TREES,
    usage=USAGES,
)


def judged(known: Known) -> dict[str, Outcome]:
    return {item.id: item.outcome for item in readiness(known, CRITERIA).items}


@pytest.mark.parametrize("kind", KINDS)
def test_of_what_nothing_is_known_nothing_fails(kind):
    assert set(judged(Known(kind, TODAY)).values()) <= {Outcome.UNKNOWN, Outcome.NOT_APPLICABLE}


@given(WORLDS)
def test_a_failure_rests_on_a_statement_or_on_a_repository_read(known):
    for item in readiness(known, CRITERIA).items:
        if item.outcome == Outcome.FAIL:
            assert item.fields or (known.trees and item.detail)
            assert all(known.values.get(name) not in (None, "", [], {}) for name in item.fields)


@given(WORLDS, st.sampled_from(FIELDS))
def test_taking_a_statement_away_never_makes_a_failure(known, name):
    less = Known(
        known.kind,
        known.day,
        {field: value for field, value in known.values.items() if field != name},
        known.listed_in,
        known.relations,
        known.trees,
        known.usage,
    )
    before, after = judged(known), judged(less)
    assert {one for one, outcome in after.items() if outcome == Outcome.FAIL} <= {
        one for one, outcome in before.items() if outcome == Outcome.FAIL
    }


@given(WORLDS)
def test_without_repository_nor_usage_their_items_are_unknown(known):
    blind = judged(Known(known.kind, known.day, known.values, known.listed_in, known.relations))
    asked = {"licence_file", "readme", "changes", "contributing", "security", "ci", "used"}
    assert {blind[one] for one in asked} <= {Outcome.UNKNOWN, Outcome.NOT_APPLICABLE}


@given(WORLDS)
def test_what_to_do_is_all_that_does_not_pass_the_most_gain_first(known):
    found = readiness(known, CRITERIA)
    points = [item.points for item in found.to_do]
    assert points == sorted(points, reverse=True)
    assert {item.id for item in found.to_do} == {item.id for item in found.items if item.is_to_do}
    assert 0 <= found.level <= LEVELS
    assert 0 <= found.score <= 100
    assert bool(found.missing) == (found.level < LEVELS)
    assert {item.level for item in found.missing} <= set(range(1, found.level + 2))


def test_a_level_is_reached_when_its_items_and_those_below_pass():
    criteria = tuple(
        Criterion(name, Group.ALIVE, "?", "!", stated(name), 1, level=level)
        for name, level in (("a", 1), ("b", 2), ("c", 3))
    )

    def level(*names):
        return readiness(Known("api", TODAY, dict.fromkeys(names, "x")), criteria).level

    assert [level(), level("a"), level("b", "c"), level("a", "b"), level("a", "b", "c")] == [0, 1, 0, 2, 3]


@pytest.mark.parametrize(
    ("kind", "values", "item", "outcome"),
    [
        ("software", {"licence": "EUPL-1.2"}, "licence_open", "pass"),
        ("software", {"licence": "CC-BY-NC-SA-4.0"}, "licence_open", "fail"),
        ("software", {"licence": "Licence maison"}, "licence_open", "unknown"),
        ("service", {"licence": "MIT"}, "licence_open", "not_applicable"),
        ("service", {"phase": "Arrêté (depuis le 3 mai 2024)"}, "phase", "fail"),
        ("service", {"phase": "Accélération"}, "phase", "pass"),
        ("software", {"released_on": "2025-11-20"}, "release", "pass"),
        ("software", {"released_on": "2025-11-19"}, "release", "fail"),
        ("software", {"released_on": "2027-01-01"}, "release", "unknown"),
        ("software", {"released_on": "2021-31-01"}, "release", "unknown"),
        ("software", {"publiccode:maintenance": {"type": "none"}}, "maintenance", "fail"),
        ("software", {"publiccode:maintenance": {"type": "contract", "contractors": [{}]}}, "supplier", "fail"),
        ("software", {"publiccode:maintenance": {"type": "community"}}, "supplier", "pass"),
        ("software", {"publiccode:localisation": {"availableLanguages": ["it", "fr-FR"]}}, "french", "pass"),
        ("software", {"publiccode:localisation": {"availableLanguages": ["it"]}}, "french", "fail"),
        ("service", {"betagouv:accessibility_status": "non conforme"}, "accessibility", "fail"),
        ("service", {"betagouv:accessibility_status": "partiellement conforme"}, "accessibility", "pass"),
        ("service", {"betagouv:mon_service_securise": "false"}, "homologation", "unknown"),
        ("api", {"access_type": "open"}, "access_reason", "not_applicable"),
        ("api", {"access_type": "restricted"}, "access_reason", "unknown"),
    ],
)
def test_what_is_stated_is_judged(kind, values, item, outcome):
    assert judged(Known(kind, TODAY, values))[item] == outcome


def test_every_repository_of_a_product_counts():
    whole = frozenset({"LICENSE.md", "readme.rst", ".github/SECURITY.md"})
    trees = {"a": whole, "b": frozenset({"README"})}
    found = {item.id: item for item in readiness(Known("software", TODAY, trees=trees), CRITERIA).items}
    assert (found["readme"].outcome, found["licence_file"].outcome) == ("pass", "fail")
    assert found["licence_file"].detail == "Absent de : b"
    assert judged(Known("software", TODAY, trees={"a": whole}))["security"] == "pass"


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("LICENSE-MIT", "licence_file"), ("LICENSE.fr.md", "licence_file"), ("LICENSES/EUPL-1.2.txt", "licence_file"),
        ("README", "readme"), ("README.fr.md", "readme"), ("docs/CONTRIBUTING.rst", "contributing"),
        (".gitlab-ci.yml", "ci"), (".github/workflows/essai.yaml", "ci"), ("Jenkinsfile", "ci"), (".editorconfig", "style"),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_name_whatever_its_form(path, item):
    assert judged(Known("software", TODAY, trees={"a": frozenset({path})}))[item] == "pass"


@pytest.mark.parametrize(
    "path", ["security.py", "security/views.py", "history.js", "news/feed.py", "src/README.md", "licensed"]
)
def test_code_of_a_like_name_is_no_document(path):
    found = judged(Known("software", TODAY, trees={"a": frozenset({path})}))
    assert {found[one] for one in ("security", "changes", "readme", "licence_file")} == {"fail"}


@pytest.mark.parametrize(
    ("values", "tags", "version", "release"),
    [
        ({}, {"a": "2026-11-01", "b": "2019-01-01"}, "pass", "pass"),
        ({}, {"a": "2020-11-01"}, "pass", "fail"),
        ({"released_on": "2020-01-01"}, {"a": "2026-11-01"}, "pass", "pass"),
        ({"released_on": "2026-10-01"}, {"a": "2020-11-01"}, "pass", "pass"),
        ({"released_on": "2020-01-01"}, {}, "unknown", "fail"),
        ({}, {"a": "2031-01-01"}, "pass", "unknown"),
        ({}, {}, "unknown", "unknown"),
    ],
)
def test_the_newest_tag_of_all_repositories_is_a_version(values, tags, version, release):
    found = judged(Known("software", TODAY, values, trees={"a": frozenset(), "b": frozenset()}, tags=tags))
    assert (found["version"], found["release"]) == (version, release)


def test_the_newest_commit_of_all_repositories_says_whether_the_code_still_moves():
    def moves(**commits):
        return judged(Known("software", TODAY, commits=commits))["commits"]

    assert (moves(), moves(a="2020-01-01"), moves(a="2020-01-01", b="2026-11-19")) == ("unknown", "fail", "pass")


def test_one_attested_user_proves_nothing_and_two_pass():
    def used(organisations):
        usage = UsageView(organisations, 0, 0, freshest=TODAY - timedelta(days=1))
        return judged(Known("api", TODAY, usage=usage))["used"]

    assert (used(1), used(2)) == ("unknown", "pass")


def test_criteria_have_names_of_their_own_and_words():
    assert len({one.id for one in CRITERIA}) == len(CRITERIA)
    assert all(one.question and one.remedy.endswith(".") and one.points > 0 for one in CRITERIA)
    assert {one.group for one in CRITERIA} == set(Group)


@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 2, 0), (2, 1, -1)])
def test_no_use_known_is_no_view(counts):
    with pytest.raises(ValueError, match="no use known"):
        UsageView(*counts)
