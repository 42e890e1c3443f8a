"""The bundled sheets: strict format, a source for every fact, real addresses, our own words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dcant.identifiers.slug import Slug

SEED = Path(__file__).resolve().parents[2] / "src" / "dcant" / "catalogue" / "seed"
KINDS = {"api", "service", "software", "standard", "dataset", "infrastructure", "practice"}
RELATIONS = {
    "provides",
    "consumes",
    "depends_on",
    "part_of",
    "based_on",
    "conforms_to",
    "replaces",
    "hosted_on",
    "describes",
}
AUDIENCE = {"yes", "no", "under_condition"}
CHOICES = {
    "producer_level": {"state", "local", "joint", "other"},
    "access_type": {"open", "open_with_account", "restricted"},
    "audience_local": AUDIENCE,
    "audience_company": AUDIENCE,
    "audience_private": AUDIENCE,
    "price_basis": {"free", "membership", "per_inhabitant", "usage", "unit", "quote"},
    "infra_type": {"cloud", "hosting", "network", "service_platform", "api_platform", "archiving", "computing"},
    "control": {"state", "local", "joint", "private"},
    "axis": {"1", "2", "3", "4"},
}
THEMES = {
    "administration",
    "citoyenneté",
    "social",
    "éducation",
    "urbanisme",
    "adresse",
    "transport",
    "environnement",
    "finances",
    "marchés publics",
    "données",
    "identité",
    "cyber-sécurité",
    "numérique",
    "entreprises",
    "associations",
    "culture",
    "santé",
    "cadre de vie",
}
LISTS = {
    "themes",
    "keywords",
    "needs",
    "steps",
    "obligations",
    "qualifications",
    "sites_departements",
    "monday",
    "suite_service_ids",
}
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
URL = re.compile(r"https?://[^\s<>\"'`|)\]}»\\]+")
EMAIL = re.compile(r"([a-z]+)\.([a-z]+)@", re.IGNORECASE)
ROLES = {"support", "contact", "api", "choruspro", "partenaires", "aife", "data", "gouv"}
WORD = re.compile(r"\w+")
RUN = 12

Sheet = dict[str, Any]


class StrictLoader(yaml.BaseLoader):
    """Every scalar is a string; a key written twice is an error."""


def _mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[str, Any]:
    keys = [key.value for key, _ in node.value]
    assert len(keys) == len(set(keys)), f"a key is written twice: {keys}"
    return yaml.BaseLoader.construct_mapping(loader, node, deep=True)


StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def _load(path: Path) -> Sheet:
    sheet: Sheet = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)
    return sheet


PATHS = sorted(SEED.glob("*/*.yaml"))
SHEETS = {path.relative_to(SEED).as_posix(): _load(path) for path in PATHS}


def _texts(value: Any) -> Iterator[str]:
    """Every string inside a value, whatever its depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    else:
        for inner in value:
            yield from _texts(inner)


def _clean(url: str) -> str:
    return url.rstrip(".,;:!?*").split("#:~:")[0].rstrip("/")


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFD", text.lower())
    return WORD.findall("".join(c for c in folded if not unicodedata.combining(c)))


def _runs(words: list[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def _files(folder: Path, suffixes: set[str]) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in suffixes)


@pytest.fixture(scope="module")
def documents(corpora: Path) -> list[str]:
    """The texts the sheets were drawn from."""
    folders = [
        corpora / "catalogue" / name for name in ("apigouv", "startups", "suite-territoriale", "schemas", "publiccode")
    ]
    folders += [corpora / "tables" / "_schemas", corpora / "territories"]
    suffixes = {"", ".md", ".json", ".yml", ".yaml"}
    found = [path for folder in folders if folder.is_dir() for path in _files(folder, suffixes)]
    return [path.read_text(encoding="utf-8", errors="replace") for path in found if path.stat().st_size < 8_000_000]


def test_the_seed_is_large_enough_and_holds_what_the_visit_shows():
    slugs = {sheet["slug"] for sheet in SHEETS.values()}
    kinds = Counter(sheet["kind"] for sheet in SHEETS.values())
    assert len(SHEETS) >= 40
    assert "quotient-familial" in slugs
    assert kinds["practice"] >= 5
    assert set(kinds) == KINDS


def test_slugs_are_well_formed_unique_across_kinds_and_equal_to_file_names():
    for name, sheet in SHEETS.items():
        assert f"{sheet['kind']}/{Slug(sheet['slug'])}.yaml" == name
    assert len({sheet["slug"] for sheet in SHEETS.values()}) == len(SHEETS)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_has_the_strict_shape(name: str):
    sheet = SHEETS[name]
    assert set(sheet) == {"kind", "slug", "sources", "facts", "relations"}
    assert sheet["kind"] in KINDS
    assert {"title", "purpose"} <= set(sheet["facts"])
    for field, fact in sheet["facts"].items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field), field
        assert set(fact) == {"value", "source"}, field
        assert isinstance(fact["value"], list) == (field in LISTS), f"{field}: list or text"
        assert fact["value"], f"{field} is empty: leave the fact out"
        assert all(text.strip() == text and text for text in _texts(fact["value"])), field


@pytest.mark.parametrize("name", SHEETS)
def test_every_fact_and_relation_names_a_source_and_every_source_serves(name: str):
    sheet = SHEETS[name]
    named = {fact["source"] for fact in sheet["facts"].values()} | {
        relation["source"] for relation in sheet["relations"]
    }
    assert named == set(sheet["sources"])


@pytest.mark.parametrize("name", SHEETS)
def test_a_source_has_title_and_publisher_and_plausible_days(name: str):
    for key, source in SHEETS[name]["sources"].items():
        assert {"title", "publisher"} <= set(source) <= {"title", "publisher", "date", "url", "read_on"}, key
        assert source["title"]
        assert source["publisher"]
        assert DATE.fullmatch(source.get("date", "2026")), key
        assert source.get("date", "2000") <= "2026-11-21", key
        assert source.get("read_on", "2026-11-21") == "2026-11-21", key


@pytest.mark.parametrize("name", SHEETS)
def test_closed_lists_hold_only_their_own_values(name: str):
    facts = SHEETS[name]["facts"]
    for field, allowed in CHOICES.items():
        assert field not in facts or facts[field]["value"] in allowed, field
    assert set(facts.get("themes", {"value": []})["value"]) <= THEMES
    for field in ("commune_population_max", "epci_population_max"):
        assert field not in facts or re.fullmatch(r"[1-9]\d*", facts[field]["value"], re.ASCII)
    for item in facts.get("qualifications", {"value": []})["value"]:
        assert {"scheme", "scope"} <= set(item) <= {"scheme", "scope", "version", "issued", "valid_until"}


def test_a_purpose_is_one_sentence_of_200_characters_at_most():
    for name, sheet in SHEETS.items():
        purpose = sheet["facts"]["purpose"]["value"]
        assert len(purpose) <= 200, name
        assert purpose.endswith("."), name


def test_a_practice_says_the_problem_and_what_to_do_on_monday():
    for name, sheet in SHEETS.items():
        if sheet["kind"] == "practice":
            assert {"problem", "monday", "axis"} <= set(sheet["facts"]), name


def test_relations_have_known_names_and_end_on_another_sheet_of_the_seed():
    slugs = {sheet["slug"] for sheet in SHEETS.values()}
    for name, sheet in SHEETS.items():
        pairs = [(relation["name"], relation["target"]) for relation in sheet["relations"]]
        assert len(pairs) == len(set(pairs)), name
        for kind, target in pairs:
            assert kind in RELATIONS, name
            assert target in slugs - {sheet["slug"]}, f"{name}: {target}"


def test_no_person_can_be_written_to_by_name():
    for name, sheet in SHEETS.items():
        for text in _texts(sheet):
            for first, last in EMAIL.findall(text):
                assert {first.lower(), last.lower()} & ROLES, f"{name}: {text}"


def test_texts_use_french_signs():
    for name, sheet in SHEETS.items():
        for text in _texts(sheet["facts"]):
            if not URL.match(text):
                assert not re.search(r"\w'\w|\"|\.\.\.", text), f"{name}: {text}"


def test_every_address_was_read_in_a_document(documents: list[str]):
    listed = (SEED / "urls-from-references.txt").read_text(encoding="utf-8").splitlines()
    known = {_clean(line) for line in listed if line and not line.startswith("#")}
    for text in documents:
        known.update(_clean(url) for url in URL.findall(text))
    unknown = {
        (name, url)
        for name, sheet in SHEETS.items()
        for text in _texts(sheet)
        for url in URL.findall(text)
        if _clean(url) not in known
    }
    assert not unknown


def test_no_run_of_twelve_words_is_copied(documents: list[str]):
    ours = {
        run: f"{name} {field}"
        for name, sheet in SHEETS.items()
        for field, fact in sheet["facts"].items()
        for text in _texts(fact["value"])
        for run in _runs(_words(URL.sub(" ", text)))
    }
    copied = {ours[run]: " ".join(run) for text in documents for run in _runs(_words(text)) if run in ours}
    assert not copied


def test_each_kind_has_the_sheets_that_the_base_was_promised_with():
    promised = {
        "api": 24,
        "service": 24,
        "software": 10,
        "standard": 18,
        "dataset": 6,
        "infrastructure": 11,
        "practice": 10,
    }
    written = {kind: len(list(SEED.joinpath(kind).glob("*.yaml"))) for kind in promised}
    assert {kind: count for kind, count in written.items() if count < promised[kind]} == {}
