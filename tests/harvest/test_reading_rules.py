"""Text from strangers: YAML as strings, limits with a place, redaction, and what a new reading changes."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dcant.harvest.rules import Fact, SourceFile, SourceFileError
from dcant.harvest.rules.changes import canonical, changes
from dcant.harvest.rules.redaction import is_nominative, redact, redact_bytes
from dcant.harvest.rules.yaml_text import TextProblem, decode, front_matter, parse_yaml

words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)
trees = st.recursive(words, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4))


@given(trees)
def test_whatever_was_written_as_text_is_read_as_the_same_text(tree):
    written = yaml.dump(tree, default_style='"', allow_unicode=True, Dumper=yaml.SafeDumper)
    assert parse_yaml(written).value == tree


@pytest.mark.parametrize("scalar", ["yes", "no", "0.10", "200", "2020-01-01", "null", "0x1F", "1:30", "~"])
def test_no_scalar_is_guessed(scalar):
    assert parse_yaml(f"a: {scalar}").value == {"a": scalar}


def problem(text: str) -> tuple[str, str]:
    with pytest.raises(TextProblem) as caught:
        parse_yaml(text)
    return caught.value.finding.code, caught.value.finding.place


def test_an_alias_bomb_is_refused_before_it_grows():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    assert problem(bomb)[0] == "ALIAS_BOMB"
    assert problem("a: &a [*a]")[0] == "ALIAS_BOMB"
    assert problem("a: *unknown")[0] in {"ALIAS_BOMB", "BAD_YAML"}
    assert parse_yaml("a: &a [x]\nb: *a").value == {"a": ["x"], "b": ["x"]}


def test_deep_nesting_doubled_keys_and_broken_yaml_say_where():
    assert problem("[" * 100_000)[0] == "DEPTH"
    assert problem("a: 1\nb: 2\na: 3") == ("DUPLICATE_KEY", "ligne 3, colonne 1")
    assert problem("a: [1, 2\nb: 3")[0] == "BAD_YAML"
    assert problem("a: 1\n---\nb: 2")[0] == "BAD_YAML"
    assert problem("? [a]\n: b")[0] == "BAD_YAML"
    assert problem('a: "\\0"') == ("ENCODING", "ligne 1, colonne 4")


def test_other_encodings_and_control_characters_say_where():
    for data in (b"titre\n\xe9t\xe9", b"titre\nab\x00c"):
        with pytest.raises(TextProblem) as caught:
            decode(data)
        assert caught.value.finding.code == "ENCODING"
        assert caught.value.finding.place.startswith("ligne 2")
    assert decode(b"\xef\xbb\xbftitre") == "titre"


@given(st.binary(max_size=200))
def test_any_bytes_give_a_sheet_or_a_problem_with_a_code(data):
    for candidate in (data, b"---\n" + data + b"\n---\n"):
        try:
            outcome = front_matter(candidate)
        except TextProblem as caught:
            outcome = caught
        if isinstance(outcome, TextProblem):
            assert outcome.finding.code
            assert outcome.finding.place.startswith("ligne ")
        else:
            assert isinstance(outcome.fields, dict)


def test_lines_of_the_head_are_those_of_the_file():
    assert front_matter(b"---\ntitle: a\nb: c\n---\nbody\n---\n").lines == {"title": 2, "b": 3}
    with pytest.raises(TextProblem) as caught:
        front_matter(b"---\ntitle: a\nb: [c\n---\nbody")
    assert caught.value.finding.place.startswith("ligne ")


def test_names_of_people_go_and_mailboxes_of_services_stay():
    kept = [
        "api-particulier@api.gouv.fr", "contact.geoservices@ign.fr", "tapir.dgfip@dgfip.finances.gouv.fr", "mairie@x.fr",
        "support.openapi@radiofrance.com", "lemarche.api@inclusion.beta.gouv.fr", "usages.numeriques@loire-atlantique.fr",
    ]  # fmt: skip
    gone = ["prenom.nom@x.gouv.fr", "p.nom@y.fr", "Prenom-Double.NOM@z.fr", "prenom.le_nom@w.fr", "p.n.ext@v.fr"]
    text = redact("\n".join([*kept, *gone, "mailto:prenom.autre@u.fr"]))
    assert all(address in text for address in kept)
    assert "@" not in "".join(text.splitlines()[len(kept) :])
    assert not is_nominative("contact", "mairie.fr")


def test_phone_numbers_go_and_other_numbers_stay():
    text = redact(
        "Tél. 01 23 45 67 89, +33 6 12 34 56 78 ou 0612345678. SIRET 12345678901234, /id/0612345678, le 3939."
    )
    assert not {"67 89", "56 78"} & {text[i : i + 5] for i in range(len(text))}
    assert "12345678901234" in text
    assert "/id/0612345678" in text
    assert "3939" in text


@given(st.text(max_size=300) | st.from_regex(r"([a-z]{1,5}[.@ +0-9]){1,40}", fullmatch=True))
def test_redaction_done_twice_is_redaction_done_once(text):
    once = redact(text)
    assert redact(once) == once


def test_bytes_of_another_encoding_are_left_for_the_reader_to_refuse():
    assert redact_bytes(b"\xe9 prenom.nom@x.fr") == b"\xe9 prenom.nom@x.fr"


facts = st.lists(st.builds(Fact, st.sampled_from("abc"), st.integers(0, 3) | st.lists(st.integers(0, 2), max_size=2)))


@given(facts, facts)
def test_after_the_changes_what_is_held_is_what_is_said_and_a_second_reading_changes_nothing(before, reading):
    held = dict(enumerate({canonical([fact.field, fact.value]): fact for fact in before}.values()))
    change = changes(held, reading)
    after = [fact for key, fact in held.items() if key not in change.ended] + list(change.added)
    assert sorted(map(repr, after)) == sorted({repr(fact) for fact in reading})
    assert not changes(dict(enumerate(after)), reversed(reading))


def test_a_source_file_refuses_what_it_does_not_know():
    for wrong in ("name = ", 'name = "x"', 'name = "x"\nunheard = 1'):
        with pytest.raises(SourceFileError):
            SourceFile.from_toml(wrong)
