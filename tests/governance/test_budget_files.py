"""Participatory budgets of real cities: every file reads, published winners are found again, and a broken file says its line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.cli import main
from dcant.governance.rules.budget import BudgetFileError, allocate, difference, read_election
from dcant.governance.rules.budget.compare import rule_of

# Published winners that do not follow from ballots, costs and the named rule.
EXPLAINED = {
    "Poland_Wroclaw_2017_Rejon_nr_11_750.pb": "its first project was withdrawn after the vote and given a cost of 999999999 in the file: "
    "the list stops there, where the city went on to the next",
}
SMALL = """META
key;value
description;"Une élection;
sur deux lignes"
country;France
unit;Ici
instance;2026
num_projects;3
num_votes;3
budget;10,5
rule;greedy
vote_type;approval
PROJECTS
project_id; cost;name;selected
a;6;"Un; deux";1
b;5;Trois;0
c;4.5;Quatre;1
VOTES
voter_id;vote
v1;a,b
v2;a,c
v3;
"""


@pytest.fixture(scope="module")
def elections(corpora: Path) -> Path:
    folder = corpora / "pabulib"
    if not folder.is_dir():
        pytest.skip("the corpus of participatory budgets is absent")
    return folder


def test_every_published_election_reads_and_every_winner_by_score_is_found_again_or_explained(elections):
    files, compared, different = sorted(elections.glob("*.pb")), 0, set()
    for file in files:
        election = read_election(file.read_bytes())
        named = rule_of(election)
        if named is None or election.published is None or named[0] == "equal-shares":
            continue
        compared += 1
        if difference(election, allocate(election, rule=named[0])):
            different.add(file.name)
    assert len(files) == 60
    assert compared == 39
    assert different == set(EXPLAINED)


def test_the_published_election_by_equal_shares_has_the_published_winners(elections, capsys):
    file = elections / "Poland_Swiecie_2023.pb"
    options = ["--rule", "equal-shares", "--completion", "add1", "--compare", "--format", "json"]
    assert main(["governance", "budget", str(file), *options]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["funded"]) == 17
    assert told["published"] == {"winners": 17, "same": True, "only_computed": [], "only_published": []}
    assert sum(one["voters"] for one in told["funded"][0]["paid"]) == 1030


def test_a_city_that_changed_the_result_ends_with_1_and_the_difference(elections, capsys):
    file = elections / "Poland_Wroclaw_2017_Rejon_nr_11_750.pb"
    assert main(["governance", "budget", str(file), "--compare"]) == 1
    assert "Publiés seulement : 425" in capsys.readouterr().out


def test_a_small_file_reads_quotes_commas_and_an_empty_ballot():
    election = read_election(SMALL.encode())
    assert [(one.key, str(one.cost), one.name) for one in election.projects][::2] == [
        ("a", "6", "Un; deux"),
        ("c", "9/2", "Quatre"),
    ]
    assert str(election.budget) == "21/2"
    assert election.approvals()["v3"] == frozenset()
    assert allocate(election, rule="greedy").winners == {"a", "c"} == election.published
    assert read_election(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()).budget == election.budget


@pytest.mark.parametrize(
    ("was", "becomes", "line", "said"),
    [
        ("META\n", "", 1, "commence par la section META"),
        ("key;value", "key;valeur", 2, "« value » manque"),
        ("country;France\n", "", 11, "« country » manque"),
        ("country;France", "country;France\ncountry;France", 6, "deux fois"),
        ("num_projects;3", "num_projects;4", 8, "le fichier en contient 3"),
        ("num_votes;3", "num_votes;trois", 9, "nombre entier"),
        ("budget;10,5", "budget;dix", 10, "doit être un nombre"),
        ("budget;10,5", "budget;0", 10, "plus grand que zéro"),
        ("vote_type;approval", "vote_type;runes", 12, "vote_type est l’un de"),
        ("PROJECTS\n", "VOTES\n", 13, "pas à sa place"),
        ("b;5;Trois;0", "b;5;Trois", 16, "3 champs"),
        ("b;5;Trois;0", "a;5;Trois;0", 16, "là deux fois"),
        ("b;5;Trois;0", "b;-5;Trois;0", 16, "plus grand que zéro"),
        ("b;5;Trois;0", "b;5;Trois;oui", 16, "selected"),
        ("b;5;Trois;0", 'b;5;"Trois;0', 16, "guillemets"),
        ("v2;a,c", "v2;a,z", 21, "inconnu"),
        ("v2;a,c", "v2;a,a", 21, "deux fois"),
        ("v2;a,c", "v1;a,c", 21, "déjà pris"),
        ("vote_type;approval", "vote_type;cumulative", 20, "« points » manque"),
        ("vote_type;approval", "vote_type;choose-1", 20, "trop de projets"),
        ("VOTES\nvoter_id;vote\nv1;a,b\nv2;a,c\nv3;\n", "", 17, "la section VOTES manque"),
        ("Trois", "Tr\0is", 16, "nul"),
    ],
)
def test_a_broken_file_says_its_line(was, becomes, line, said):
    with pytest.raises(BudgetFileError, match=said) as refused:
        read_election(SMALL.replace(was, becomes, 1).encode())
    assert refused.value.line == line


def test_bytes_that_are_not_utf_8_say_their_line():
    with pytest.raises(BudgetFileError, match="UTF-8") as refused:
        read_election(SMALL.encode().replace(b"Trois", b"Tr\xffis"))
    assert refused.value.line == 16


@given(st.integers(0, len(SMALL)), st.text(alphabet='";,\nav1\0 é-9', max_size=4), st.integers(0, 6))
def test_a_file_changed_anywhere_reads_or_says_its_line_and_nothing_else(place, put, cut):
    changed = SMALL[:place] + put + SMALL[place + cut :]
    line = 1
    try:
        read_election(changed.encode())
    except BudgetFileError as error:
        line = error.line
    assert 1 <= line <= changed.count("\n") + 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SMALL.replace("v2;a,c", "v2;z"), "ligne 21"),
        (SMALL.replace("rule;greedy", "rule;greedy-custom"), "dites --rule"),
    ],
)
def test_a_file_that_cannot_be_counted_ends_with_2(tmp_path, capsys, content, said):
    file = tmp_path / "small.pb"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["governance", "budget", str(file)])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err


def test_a_file_without_published_winners_cannot_be_compared(tmp_path, capsys):
    file = tmp_path / "small.pb"
    file.write_text(SMALL.replace(";selected", "").replace(";1\n", "\n").replace("Trois;0", "Trois"), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["governance", "budget", str(file), "--compare"])
    assert ended.value.code == 2
    assert "rien à comparer" in capsys.readouterr().err


def test_the_text_says_who_pays_and_what_is_missing(tmp_path, capsys):
    file = tmp_path / "small.pb"
    file.write_text(SMALL, encoding="utf-8")
    assert main(["governance", "budget", str(file), "--rule", "equal-shares"]) == 0
    shown = capsys.readouterr().out
    assert "+ a Un; deux : 6, 2 soutiens paient 3 au plus" in shown
    assert "- b Trois : 5, ses soutiens n’ont plus que" in shown
