"""Whatever a stranger does to an item: no reader breaks, and what is not taken is said with a code and what to do."""

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.seed_folder import seed_folder
from dcant.catalogue.sources import SOURCES, load_source
from dcant.harvest.engine import read_item
from dcant.harvest.rules import RawItem, Reading
from dcant.harvest.rules.changes import canonical
from dcant.harvest.rules.redaction import redact_bytes

FIXTURES = Path(__file__).parent / "fixtures"
# Source → collection → an item as its reader receives it: front matter and body, YAML, or JSON.
SHEETS: dict[str, dict[str, dict[str, Any]]] = {
    "apigouv": {
        "apis": {
            "title": "API", "tagline": "Sert.", "is_open": "-1", "producer": "dinum", "keywords": ["a"], "themes": ["b"],
            "last_update": "01/02/2025", "contact_link": "contact@x.fr", "external_site": "https://x.fr",
            "doc_tech_link": "https://x.fr/d", "visits_2019": "12", "partners": ["p", "q"], "datagouv_uuid": ["1"],
            "access_page": [{"who": ["Une commune"], "is_eligible": "1", "description": "d"}], "uptime": "99",
            "stat": {"lastXdays": "3", "url": "https://x.fr"}, "monitoring_link": "https://m.fr", "datapass_link": "https://d.fr",
        },
        "producers": {"name": "DINUM", "logo": "l.png", "type": "Ministère", "acronym": "D", "contact": "a@b.fr", "site": "s"},
        "services": {"title": "S", "link": "https://s.fr", "description": "d", "api": ["API"], "screenshot": "x.png"},
        "guides": {"title": "G", "tagline": "t", "tags": ["a"], "api": ["x"], "publish": "True", "related_guides": ["g"]},
    },
    "betagouv": {
        "startups": {
            "title": "P", "mission": "m", "incubator": "i", "contact": "c@x.fr", "link": "https://x.fr", "stats": "true",
            "phases": [{"name": "construction", "start": "2020-01-01", "end": "2021-01-01"}], "sponsors": ["/organisations/x"],
            "usertypes": ["collectivite"], "thematiques": ["t"], "events": [{"name": "e", "date": "2020-01-01"}],
            "repository": "https://github.com/a/b", "fast": {"promotion": "1", "montant": "2"}, "redirect_from": ["/a"],
        },
        "organisations": {"name": "O", "type": "operateur ", "acronym": "O"},
        "incubators": {"title": "I", "owner": "/organisations/o", "website": "https://i.fr", "contact": "c@i.fr"},
        "phases": {"label": "L", "short_description": "s"},
    },
    "publiccode": {
        "software": {
            "publiccodeYmlVersion": "0.4", "name": "N", "url": "https://github.com/a/b", "releaseDate": "2024-01-01",
            "platforms": ["web"], "legal": {"license": "MIT", "repoOwner": "Ville"}, "categories": ["it"],
            "description": {"fr": {"shortDescription": "s", "longDescription": "l", "features": ["f"]}},
            "maintenance": {"type": "internal", "contacts": [{"name": "Jean"}]}, "usedBy": ["Ville"],
            "localisation": {"localisationReady": "true", "availableLanguages": ["fr"]}, "developmentStatus": "stable",
            "dependsOn": {"open": [{"name": "x"}]}, "organisation": {"uri": "u", "name": "O"}, "softwareType": "web",
        },
        "repositories": {"address": "a/b", "commit": "c", "committed_on": "2026-01-01", "tags": [["v", "2026-01-01"]], "files": ["README"]},
        "lists": {"counted": 3, "said": 4, "missing": ["p"], "doubles": {"a": ["x", "y"]}},
    },
    "sill": {
        "software": {
            "id": 7, "name": "N", "description": {"fr": "d", "en": "e"}, "license": "MIT", "keywords": ["k"],
            "latestVersion": {"version": "1", "releaseDate": "2024-01-01"}, "operatingSystems": {"linux": True},
            "identifiers": [{"name": "Wikidata", "value": "Q1", "subjectOf": {"name": "Wikidata"}}],
            "dereferencing": {"reason": "r", "time": 1}, "authors": [{"@type": "Organization", "name": "O"}],
            "addedTime": 1600000000000, "codeRepositoryUrl": "https://github.com/a/b", "customAttributes": {"x": True},
        },
        "editions": {"edition-id": "2018/x", "edition": "2018", "LOGICIEL": "N", "FONCTIONNALITÉ": "f", "LICENCE": "MIT"},
    },
    "comptoir": {
        "software": {
            "id": 1, "created": "2020-01-01", "modified": "2021-01-01T10:00:00+00:00", "url": "https://c.fr/1", "name": "N",
            "licence": "GPL", "users": 3, "providers": [{"id": 1, "name": "P", "type": "Company", "external_resources": {"website": "w"}}],
            "external_resources": {
                "website": "https://x.fr", "repository": "https://x.fr/r", "wikidata": {"id": "Q1", "url": "u"}, "sill": [],
            },
        },
    },
    "datagouv": {
        "apis": {
            "id": "x", "title": "T", "acronym": "A", "description": "d", "base_api_url": "https://x.fr", "tags": ["a"],
            "availability": 99.5, "format": "REST", "license": "lov2", "access_type": "restricted", "extras": {"a": 1},
            "access_audiences": [{"role": "private", "condition": "no"}], "organization": {"id": "o", "name": "O"},
            "contact_points": [{"contact_form": "https://f.fr"}], "created_at": "2024-01-01T00:00:00", "datasets": [],
            "harvest": {"backend": "x", "archived_at": None}, "deleted_at": None, "archived_at": None,
        },
    },
    "catalogapi": {
        "software": {
            "id": "u", "url": "https://github.com/a/b", "publiccodeYml": "name: N\nurl: https://github.com/a/b\n", "active": True,
            "aliases": ["https://a.fr"], "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-01T00:00:00Z",
        },
        "publishers": {"id": "u", "description": "P", "email": "a@b.fr", "codeHosting": [{"url": "u"}], "active": False},
    },
    "suite": {
        "services": {"nom": "S", "instances": [{"id": 1, "nom": "S", "url": "https://s.fr", "maturite": "beta", "date_lancement": "2024-01-01"}]},
        "operators": {"id": "o", "nom": "O", "siret": "20005478100022", "url": "https://o.fr", "services": [1], "departements": ["35"]},
    },
    "standards": {
        "schemas": {
            "name": "g/s", "title": "T", "description": "d", "schema_url": "u", "schema_type": "tableschema", "contact": "c@x.fr",
            "labels": ["l"], "examples": [{"title": "e", "path": "p"}], "versions": [{"version_name": "1", "schema_url": "https://s.fr"}],
            "homepage": "https://github.com/a/b", "external_doc": "https://d.fr", "consolidation_dataset_id": "x",
        },
    },
}  # fmt: skip
FRONT = frozenset({"apigouv", "betagouv"})
YAMLS = {("publiccode", "software")}
ITEMS = [(source, collection) for source, collections in SHEETS.items() for collection in collections]

texts = st.text(max_size=12) | st.sampled_from(
    ["", " ", "null", "~", "oui", "0.10", "200", "2024-02-30", "99/99/9999", "javascript:alert(1)", "http://[", "a\r\nb",
     "prenom.nom@mairie.fr", "é" * 400, "x" * 20_000, "\ufeff", "\u202e", "https://x.fr/" + "a" * 2000, "-1", "{{x}}"]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)


def written(source: str, collection: str, fields: Any) -> bytes:
    """The bytes of an item as the source writes them."""
    if source in FRONT:
        return b"---\n" + yaml.safe_dump(fields, allow_unicode=True).encode(errors="replace") + b"---\nCorps\n"
    if (source, collection) in YAMLS:
        return yaml.safe_dump(fields, allow_unicode=True).encode(errors="replace")
    return canonical(fields).encode(errors="surrogatepass")


@cache
def reader_of(source: str):
    return load_source(source)[1]


def read(source: str, collection: str, data: bytes) -> Reading:
    return read_item(reader_of(source), RawItem(collection, "un", "un", redact_bytes(data)), in_future=lambda _: ())


def check(reading: Reading) -> None:
    """A sheet with a title, or one line that says what is wrong and what to do; never a fault of ours."""
    assert "UNREADABLE" not in {finding.code for finding in reading.findings}, reading.findings
    for finding in reading.findings:
        assert finding.code.isupper()
        assert finding.code.isascii()
        assert finding.message_fr
        assert finding.remedy_fr, finding
    assert reading.rejected or reading.title.strip()
    json.dumps([[fact.field, fact.value] for fact in reading.statements()], allow_nan=False)
    assert "prenom.nom@" not in json.dumps([fact.value for fact in reading.statements()])


def places(fields: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = fields.items() if isinstance(fields, dict) else enumerate(fields) if isinstance(fields, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@cache
def places_of(source: str, collection: str) -> list[tuple[Any, ...]]:
    return [path for path in places(SHEETS[source][collection]) if path]


@st.composite
def spoilt(draw: Callable[..., Any]) -> tuple[str, str, dict[str, Any], str]:
    """An item with one place given another value or taken away, and the top field that this touched."""
    source, collection = draw(st.sampled_from(ITEMS))
    fields = copy.deepcopy(SHEETS[source][collection])
    path = draw(st.sampled_from(places_of(source, collection)))
    holder = fields
    for key in path[:-1]:
        holder = holder[key]
    if draw(st.booleans()):
        holder[path[-1]] = draw(values)
    else:
        del holder[path[-1]]
    if draw(st.booleans()):
        fields[draw(texts)] = draw(values)
    return source, collection, fields, path[0]


def test_every_source_that_comes_from_elsewhere_is_tried_here():
    assert set(SHEETS) == set(SOURCES) - {"seed", "operator"}
    for source, collection in ITEMS:
        reading = read(source, collection, written(source, collection, SHEETS[source][collection]))
        check(reading)
        assert not reading.rejected


@given(spoilt())
def test_an_item_with_anything_anywhere_is_a_sheet_or_a_line_with_its_remedy(item):
    source, collection, fields, _ = item
    check(read(source, collection, written(source, collection, fields)))


@given(st.sampled_from(ITEMS), st.data())
def test_a_field_that_is_wrong_takes_no_other_away(item, data):
    """What the others state is stated still; only what rests on that field may go."""
    source, collection = item
    whole = SHEETS[source][collection]
    key = data.draw(st.sampled_from(sorted(whole)))
    without = read(source, collection, written(source, collection, {k: v for k, v in whole.items() if k != key}))
    spoilt_one = read(source, collection, written(source, collection, whole | {key: data.draw(values)}))
    check(spoilt_one)
    if not (without.rejected or spoilt_one.rejected):
        fields = {fact.field for fact in spoilt_one.facts}
        assert {fact.field for fact in without.facts} - fields <= {"purpose", "description", "phase"}, key


@given(st.sampled_from(ITEMS), st.data())
def test_bytes_cut_changed_or_in_another_form_are_read_or_refused_with_a_place(item, data):
    source, collection = item
    whole = written(source, collection, SHEETS[source][collection])
    cut = data.draw(st.integers(0, len(whole)))
    other = data.draw(st.binary(max_size=4))
    for changed in (whole[:cut], whole[:cut] + other + whole[cut:], whole.decode().encode("utf-16"), other):
        check(read(source, collection, changed))


@pytest.mark.parametrize(("source", "collection"), ITEMS)
def test_line_ends_and_marks_of_other_systems_change_nothing(source, collection):
    whole = written(source, collection, SHEETS[source][collection])
    expected = read(source, collection, whole)
    for changed in (whole.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + whole):
        reading = read(source, collection, changed)
        assert reading.title == expected.title
        assert {fact.field for fact in reading.facts} == {fact.field for fact in expected.facts}


@given(st.binary(max_size=80), values)
def test_our_own_sources_refuse_what_is_not_theirs(data, value):
    for source in ("operator", "seed"):
        for content in (data, canonical(value).encode(errors="surrogatepass")):
            check(read(source, "entries", content))
    assert seed_folder().is_dir()
