"""Which version is the newest, and what changed between two: rules, against a naive reading of the same."""

import json

from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.rules.changes import compare
from dcant.standards.rules.guess import guess
from dcant.standards.rules.versions import newest

NUMBERS = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))


@given(st.lists(NUMBERS, min_size=1, unique=True))
def test_the_newest_is_the_greatest_by_number_never_by_text(found: list[tuple[int, int, int]]):
    listed = [(".".join(map(str, one)), place) for place, one in enumerate(found)]
    assert newest(listed) == ".".join(map(str, max(found)))


def test_a_release_is_newer_than_what_announced_it_and_latest_is_no_version():
    assert newest([("1.0.0", 1), ("1.1.0-beta.2", 2), ("1.1.0-beta.11", 3), ("latest", 9)]) == "1.1.0-beta.11"
    assert newest([("1.1.0", 1), ("1.1.0-beta.11", 2)]) == "1.1.0"
    assert newest([("latest", 1)]) is None


def test_numbers_that_are_not_semantic_follow_the_index():
    assert newest([("2021", 1), ("2.0", 2), ("10.0.0", 3)]) == "10.0.0"
    assert newest([("10.0.0", 1), ("v2024-06", 2)]) == "v2024-06"


def _document(*fields: dict) -> bytes:
    return json.dumps({"fields": list(fields)}).encode()


NAMES = st.sampled_from(["nom", "siret", "date_fin", "montant", "code_insee"])
FIELDS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "type": st.sampled_from(["string", "integer", "number", "date"])},
        optional={
            "constraints": st.fixed_dictionaries(
                {},
                optional={
                    "required": st.booleans(),
                    "enum": st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True),
                    "minimum": st.integers(0, 5),
                    "pattern": st.sampled_from(["^a", "^b"]),
                },
            )
        },
    ),
    unique_by=lambda one: one["name"],
)


@given(FIELDS)
def test_a_document_has_not_changed_from_itself(fields: list[dict]):
    assert compare(_document(*fields), _document(*fields)) == ()


@given(FIELDS, FIELDS)
def test_every_field_that_differs_is_named_and_what_breaks_comes_first(old: list[dict], new: list[dict]):
    found = compare(_document(*old), _document(*new))
    before, after = ({one["name"]: one for one in fields} for fields in (old, new))
    said = {one.field for one in found} | {one.sentence.values.get("old", "") for one in found if one.kind == "renamed"}
    for name in before.keys() | after.keys():
        normal = [{"constraints": {}} | side[name] if name in side else None for side in (before, after)]
        for one in normal:
            if one and one["constraints"].get("required") is False:
                one["constraints"] = {key: value for key, value in one["constraints"].items() if key != "required"}
        assert (name in said) == (normal[0] != normal[1]), name
    breaks = [one.breaking for one in found]
    assert breaks == sorted(breaks, reverse=True)


def test_a_value_refused_breaks_and_a_value_allowed_does_not():
    old = _document({"name": "a", "constraints": {"enum": ["x", "y"]}})
    new = _document({"name": "a", "constraints": {"enum": ["y", "z"]}})
    assert [(one.kind, one.breaking, str(one.sentence)) for one in compare(old, new)] == [
        ("enum", True, "« a » n’accepte plus : x."),
        ("enum", False, "« a » accepte aussi : z."),
    ]


def test_a_renamed_field_is_proposed_never_asserted():
    old, new = _document({"name": "num_siret", "type": "string"}), _document({"name": "numSiret", "type": "string"})
    (change,) = compare(old, new)
    assert (change.kind, change.breaking) == ("renamed", True)
    assert "semble" in change.sentence


def test_what_is_no_table_has_no_columns_and_so_no_change():
    assert compare(b"{}", b"not json") == ()


@given(st.lists(NAMES, min_size=1, unique=True))
def test_the_very_columns_of_a_standard_are_guessed_first(labels: list[str]):
    others = {"b/b": [*labels, "autre"], "c/c": ["inconnu"]}
    found = guess([label.upper() for label in labels], {"a/a": labels} | others)
    assert found[0].slug == "a/a"
    assert found[0].score == 1
    assert "c/c" not in {one.slug for one in found}
