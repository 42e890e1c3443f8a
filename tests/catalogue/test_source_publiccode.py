"""Descriptors publiccode.yml: the real ones, invented ones, then folders with something wrong."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import codes, created, facts, harvest, readings

from dcant.catalogue.joins import joined_slug
from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.people import without_people
from dcant.catalogue.sources.publiccode import find
from dcant.catalogue.sources.seed import bundled_folder
from dcant.harvest.models import Line, Statement
from dcant.harvest.rules import RawItem, Reading, SnapshotError
from dcant.harvest.rules.redaction import is_nominative
from dcant.harvest.rules.yaml_text import decode, parse_yaml
from dcant.harvest.snapshots import open_snapshot

FIXTURE = Path(__file__).parent / "fixtures" / "publiccode"
_PEOPLE = {"contact", "contacts", "email", "phone"}
_SHORT = "publiccodeYmlVersion: '0.4'\nname: {name}\nurl: https://forge.exemple.test/{url}\n"


def read(text: str | bytes) -> Reading:
    data = text if isinstance(text, bytes) else text.encode()
    return load_source("publiccode")[1].read(RawItem("software", "owner__name", "owner__name.yml", data))


def leaves(value: object) -> list[str]:
    """Every text of a value, keys left out, without what names people and what stands for nothing."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() if key not in _PEOPLE for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    text = without_people(str(value)).strip()
    return [] if text in {"", "null"} else [text]


@pytest.mark.django_db
def test_the_eighty_one_real_descriptors_all_have_a_sheet_and_a_second_run_writes_nothing(corpora, tmp_path):
    folder = corpora / "catalogue" / "publiccode"
    report = harvest("publiccode", folder, tmp_path)
    assert created(report) == {"software": 81, "repositories": 0, "lists": 1}
    assert (report.state, report.totals["rejected"]) == ("complete", 0)
    assert harvest("publiccode", folder, tmp_path, day=1).written == 0
    again = harvest("publiccode", corpora / "catalogue", tmp_path, day=2)
    assert (again.written, again.state) == (0, "complete")
    said = Counter(line["code"] for line in report.findings)
    assert (said["UNKNOWN_VERSION"], said["DUPLICATE"]) == (2, 1)
    versions = Statement.objects.filter(field="publiccode:publiccodeYmlVersion").values_list("value", flat=True)
    assert Counter(version[:3] for version in versions) == {
        "0.2": 38, "0.1": 21, "0.4": 9, "0.5": 7, "0.3": 4, "0": 1, "2.4": 1,
    }  # fmt: skip
    used_by = Statement.objects.filter(field="publiccode:usedBy").values_list("value", flat=True)
    assert (len(used_by), sum(used_by)) == (21, 1618)
    double = Line.objects.get(code="DUPLICATE").message
    assert "ConductionNL__bag_publiccode.yml, ConductionNL__brp_publiccode.yml" in double


def test_each_real_descriptor_comes_back_whole_but_for_the_people_it_names(corpora):
    folder = corpora / "catalogue" / "publiccode"
    found = readings("publiccode", folder)
    for path in sorted(folder.glob("*.yml")):
        written = parse_yaml(decode(path.read_bytes())).value
        reading = found[f"software/{path.stem}"]
        said = facts(reading)
        unsure = {line.message_fr for line in reading.findings if line.code == "OWNER_UNSURE"}
        for key in ("repoOwner", "mainCopyrightOwner"):
            if any(key in message for message in unsure):
                del written["legal"][key]
        names = written.pop("usedBy", None)
        assert said.pop("publiccode:usedBy", None) == (len(names) if names else None)
        released = written.pop("releaseDate", "")
        assert said.get("released_on", said.get("publiccode:releaseDate", "")) == released
        assert set(leaves(written)) <= set(leaves(list(said.values()))), path.stem


@pytest.mark.django_db
def test_no_contact_of_a_real_descriptor_is_kept(corpora, tmp_path):
    folder = corpora / "catalogue" / "publiccode"
    harvest("publiccode", folder, tmp_path)
    values = "\n".join(map(str, Statement.objects.values_list("value", flat=True)))
    said = values + "\n".join(Line.objects.values_list("message", flat=True))
    for path in folder.glob("*.yml"):
        maintenance = parse_yaml(decode(path.read_bytes())).value.get("maintenance", {})
        contacts = maintenance.get("contacts") if isinstance(maintenance, dict) else None
        for contact in contacts if isinstance(contacts, list) else []:
            address, name = contact.get("email", ""), contact.get("name", "")
            assert not address or address not in said
            if is_nominative(address.partition("@")[0], address.partition("@")[2]):
                assert not name or name not in said
    assert "Pingitore" not in said
    assert without_people(values) == values


def test_descriptors_joined_to_a_sheet_of_the_seed_give_its_repository(corpora):
    found = readings("publiccode", corpora / "catalogue" / "publiccode")
    joined = {joined_slug(f"publiccode:{key}"): facts(reading) for key, reading in found.items()}
    sheets = {key.partition("/")[2]: reading for key, reading in readings("seed", bundled_folder()).items()}
    same = sorted(slug for slug in joined if slug)
    assert same == ["demarches-simplifiees-logiciel", "docs", "dsfr", "meet", "udata"]
    for slug in same:
        assert sheets[slug].kind == "software"
        assert joined[slug]["repository_url"] == facts(sheets[slug])["repository_url"]


def test_every_key_has_its_place_and_yaml_guesses_nothing():
    pill = readings("publiccode", FIXTURE)["software/atelier__gelule"]
    assert (pill.kind, pill.title, codes(pill)) == ("software", "Gélule", {"OWNER_UNSURE"})
    assert facts(pill) == {
        "title": "Gélule",
        "repository_url": "https://forge.exemple.test/atelier/gelule",
        "website": "https://gelule.exemple.test/",
        "roadmap_url": "https://gelule.exemple.test/feuille-de-route",
        "version": "0.10",
        "released_on": "2026-03-04",
        "phase": "stable",
        "keywords": ["document-management"],
        "purpose": "Garder de petites choses",
        "description": "It keeps small things, and gives them back. Write to (adresse nominative retirée) to know more.",
        "documentation_url": "https://doc.gelule.exemple.test/",
        "licence": "EUPL-1.2",
        "producer": "Atelier d’Essai",
        "publiccode:description": {
            "en": {"shortDescription": "Keeps small things"},
            "fr": {"features": ["ranger", "rendre"]},
        },
        "publiccode:legal": {"repoOwner": "Atelier d’Essai"},
        "publiccode:organisation": {"uri": "https://atelier.exemple.test"},
        "publiccode:usedBy": 2,
        "publiccode:publiccodeYmlVersion": "0.5.0",
        "publiccode:platforms": ["web", "linux"],
        "publiccode:softwareType": "standalone/web",
        "publiccode:maintenance": {
            "type": "contract",
            "contractors": [{"name": "Coopérative de l’Essai", "until": "2027-01-01"}],
        },
        "publiccode:localisation": {"localisationReady": "yes", "availableLanguages": ["fr", "en"]},
        "publiccode:x-maison": {"note": ["a", {"b": "c"}]},
    }
    languages = {fact.field: fact.language for fact in pill.facts if fact.language}
    assert languages == {"purpose": "fr", "description": "en"}


def test_an_old_and_wrong_descriptor_still_has_a_sheet_and_its_owner_is_told_where():
    old = readings("publiccode", FIXTURE)["software/atelier__ancien"]
    assert not old.rejected
    assert codes(old) == {"UNKNOWN_VERSION", "LEGACY_KEY", "MISSING_KEY", "BAD_URL", "DATE_FORM", "BAD_SHAPE"}
    assert facts(old) == {
        "title": "Ancien",
        "repository_url": "https://forge.exemple.test/atelier/gelule.git",
        "purpose": "Une forme d’il y a longtemps",
        "publiccode:landingURL": "ancien.exemple.test",
        "publiccode:releaseDate": "bientôt",
        "publiccode:usedBy": 1,
        "publiccode:publiccodeYmlVersion": "9.9",
    }
    assert "ligne 5, champ releaseDate" in {finding.place for finding in old.findings}


@pytest.mark.django_db
def test_a_copy_under_the_same_name_is_left_out_another_name_is_kept_and_said(tmp_path):
    report = harvest("publiccode", FIXTURE, tmp_path)
    assert created(report) == {"software": 2, "repositories": 0, "lists": 1}
    refused = {line["remote_id"]: (line["code"], line["place"]) for line in report.findings if line["level"] == "error"}
    assert refused == {
        "atelier__casse": ("BAD_YAML", "ligne 4, colonne 1"),
        "atelier__gelule": ("DUPLICATE", "atelier__gelule.yml"),
    }
    assert harvest("publiccode", FIXTURE, tmp_path, day=1).state == report.state


def test_title_for_want_of_a_name_is_that_of_the_repository():
    assert read("url: https://forge.exemple.test/a/outil.git\n").title == "outil"
    assert read("legal: {license: MIT}\n").title == "owner__name"


@pytest.mark.parametrize(
    "descriptor",
    [
        "description: []",
        "description: {fr: []}",
        "description: {fr: un texte}",
        "legal: []\nmaintenance: []\norganisation: []",
        "usedBy: {a: b}",
        "isBasedOn: [a, {b: c}]",
        "localization: {x: y}\nlocalisation: {x: z}",
        "url: []\nlandingURL: {}",
        "publiccodeYmlVersion: [1]",
        "categories: {a: b}",
    ],
)
def test_the_wrong_shape_somewhere_never_hides_a_sheet(descriptor):
    reading = read(f"name: Outil\n{descriptor}\n")
    assert (reading.rejected, reading.title) == (False, "Outil")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "BAD_SHAPE"),
        (b"- a\n", "BAD_SHAPE"),
        (b"name: [", "BAD_YAML"),
        (b"name: a\nname: b\n", "DUPLICATE_KEY"),
        ("name: été\n".encode("latin-1"), "ENCODING"),
        (b"a: " + b"[" * 40 + b"]" * 40, "DEPTH"),
        (
            b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
            "ALIAS_BOMB",
        ),
    ],
)
def test_a_file_that_does_not_read_is_one_line_with_its_place(data, code):
    reading = read(data)
    assert [(finding.level, finding.code) for finding in reading.findings] == [("error", code)]
    assert reading.findings[0].place.startswith("ligne ")


def test_checkouts_are_named_by_their_two_folders_and_read_at_their_top_only(tmp_path):
    for place in ("ville/outil", "ville/outil/vendor/autre", "agence/outil"):
        (tmp_path / place).mkdir(parents=True)
        text = _SHORT.format(name=place.replace("/", " "), url=place)
        (tmp_path / place / "publiccode.yml").write_text(text, encoding="utf-8")
    found = readings("publiccode", tmp_path)
    assert sorted(found) == ["lists/descripteurs", "software/agence__outil", "software/ville__outil"]
    (tmp_path / "publiccode.yaml").write_text(_SHORT.format(name="Tout", url="Groupe/tout.git"), encoding="utf-8")
    assert sorted(readings("publiccode", tmp_path)) == ["lists/descripteurs", "software/Groupe__tout"]


def test_a_git_checkout_is_read_at_its_last_commit(tmp_path):
    (tmp_path / "publiccode.yml").write_text(_SHORT.format(name="Outil", url="ville/outil"), encoding="utf-8")
    git = [
        "git",
        "-C",
        str(tmp_path),
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@exemple.test",
        "-c",
        "commit.gpgsign=false",
    ]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "x"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    (tmp_path / "publiccode.yml").write_text("pas encore", encoding="utf-8")
    assert readings("publiccode", tmp_path)["software/ville__outil"].title == "Outil"


def test_descriptors_are_looked_for_by_their_names(tmp_path):
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError, match=r"publiccode\.yml"):
        find(snapshot)
    for name in ("a", "b"):
        shutil.copytree(FIXTURE, tmp_path / name)
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError) as doubt:
        find(snapshot)
    assert doubt.value.code == "AMBIGUOUS"
    with open_snapshot(tmp_path / "a") as snapshot:
        assert find(snapshot) == ""
    for stray in ("un.yml", "deux.yml", "trois.yml", "quatre.yml"):
        (tmp_path / "b" / stray).write_text("a: b", encoding="utf-8")
    with open_snapshot(tmp_path) as snapshot:
        assert find(snapshot) == "a"


@given(st.binary(max_size=300))
def test_any_bytes_give_a_reading(data):
    for raw in (data, b"name: a\ndescription:\n  fr: " + data + b"\n"):
        assert isinstance(read(raw), Reading)


@given(
    st.dictionaries(
        st.sampled_from(["name", "url", "description", "legal", "maintenance", "usedBy", "organisation", "categories"]),
        st.recursive(
            st.sampled_from(["x", "null", "https://a.test", "Jean Essai", "2026-01-01"]),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(
                    st.sampled_from(["fr", "shortDescription", "license", "repoOwner", "contacts"]), inner
                )
            ),
            max_leaves=5,
        ),
    )
)
def test_any_shape_of_known_keys_is_a_sheet_without_contacts(fields):
    reading = read(json.dumps(fields) if fields else "a: b")
    assert not reading.rejected
    assert reading.title
    assert "contacts" not in json.dumps([fact.value for fact in reading.facts])
