"""The house keeps its own rules: floors, names, sizes, locks, versions, and a page or a command behind each promise."""

import ast
import re
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = PROJECT / "src" / "dcant"
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
EMPTY_WORDS = {"utils", "helpers", "core", "common", "misc", "base"}
# Written apart so that this file does not hold what it looks for.
PLACES = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/[a-z]", r"[A-Z]:\\" + "Users"]))
HOSTS = re.compile("|".join(["pypi" + r"\.", "pythonhosted" + r"\.", "registry" + r"\.npmjs", "proxy" + r"\.golang"]))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a Git work tree: nothing says which files are ours")
    paths = [PROJECT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts() -> dict[Path, str]:
    found = {}
    for path in tracked():
        try:
            found[path.relative_to(PROJECT)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_every_room_says_what_it_is():
    rooms = [path.parent for path in SOURCE.glob("*/__init__.py")]
    assert len(rooms) > 8
    assert [room.name for room in rooms if not (room / "README.md").is_file()] == []


def test_no_file_is_longer_than_one_can_read():
    long = {
        str(path): len(text.splitlines())
        for path, text in texts().items()
        if path.suffix == ".py" and "migrations" not in path.parts and len(text.splitlines()) > 400
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing():
    assert [str(path) for path in tracked() if path.suffix == ".py" and path.stem in EMPTY_WORDS] == []


def floors() -> dict[str, int]:
    """Room → its floor, the ground is 0; rooms of one floor are siblings."""
    (contract,) = (one for one in PYPROJECT["tool"]["importlinter"]["contracts"] if one.get("exhaustive"))
    rows = [re.findall(r"\w+", row) for row in reversed(contract["layers"])]
    return {room: floor for floor, row in enumerate(rows) for room in row}


def room_of(model) -> str:
    return model.__module__.split(".")[1]


def test_tables_point_down_the_floors_and_never_to_a_sibling():
    level = floors()
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("dcant."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and field.concrete else None
            if target is None or not target.__module__.startswith("dcant.") or room_of(target) == room_of(model):
                continue
            if level[room_of(target)] >= level[room_of(model)]:
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert wrong == []


def test_every_template_is_used():
    templates = SOURCE / "web" / "templates"
    everything = "\n".join(
        path.read_text(encoding="utf-8") for path in SOURCE.rglob("*") if path.suffix in {".py", ".html", ".txt"}
    )
    names = [str(path.relative_to(templates)) for path in templates.rglob("*") if path.is_file()]
    assert names
    assert [name for name in names if f'"{name}"' not in everything and name != "web/errors/500.html"] == []
    assert "500.html" in everything


def patterns(resolver: URLResolver, before: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for one in resolver.url_patterns:
        place = before + str(one.pattern)
        found += patterns(one, place) if isinstance(one, URLResolver) else [(place, one)]
    return found


def test_every_address_has_a_name():
    assert [place for place, pattern in patterns(get_resolver()) if not pattern.name] == []


def test_decisions_are_numbered_without_gap():
    numbers = sorted(int(path.name[:4]) for path in (PROJECT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_every_code_of_an_error_has_its_section():
    known = "\n".join(
        re.findall(r"^## (.*)$", (PROJECT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    used = {
        code
        for path in SOURCE.rglob("*.py")
        for code in re.findall(r"DCANT-[A-Z]\d{3}", path.read_text(encoding="utf-8"))
    }
    assert used
    assert {code for code in used if code not in known} == set()


def test_no_file_names_a_machine_or_a_registry():
    found = [str(path) for path, text in texts().items() if PLACES.search(text) or HOSTS.search(text)]
    assert found == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_a_lock_holds_a_hash_for_each_package_and_no_address(name: str):
    text = (PROJECT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    entries = re.split(r"\n(?=[a-z0-9])", text.partition("\n\n")[2] or text)
    packages = [entry for entry in entries if re.match(r"[a-z0-9][\w.\[\]-]*==", entry)]
    assert len(packages) > 10
    assert [entry.splitlines()[0] for entry in packages if "--hash=sha256:" not in entry] == []


def test_what_runs_is_locked_the_same_for_the_tests():
    run, dev = (
        dict(
            re.findall(
                r"^([a-z0-9][\w.-]*)(?:\[[^\]]*\])?==(\S+)",
                (PROJECT / "requirements" / name).read_text("utf-8"),
                re.MULTILINE,
            )
        )
        for name in ("run.txt", "dev.txt")
    )
    assert run.items() <= dev.items()


def test_the_version_is_the_same_wherever_it_is_said():
    said = yaml.safe_load((PROJECT / "publiccode.yml").read_text(encoding="utf-8"))
    changes = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    latest = next(found for found in re.findall(r"^## \[?(\d+\.\d+\.\d+)", changes, re.MULTILINE))
    assert {said["softwareVersion"], latest} == {PYPROJECT["project"]["version"]}
    assert said["legal"]["license"] == PYPROJECT["project"]["license"]


def test_rules_ask_nothing_of_the_world():
    """No clock, no chance, no file, no network in a file of rules: the linter of imports sees Django alone."""
    forbidden = {"time", "random", "secrets", "os", "socket", "pathlib", "subprocess", "django", "ninja"}
    forbidden |= {"urllib.request", "http.client", "httpx"}
    wrong = []
    for path in [*SOURCE.glob("*/rules.py"), *SOURCE.glob("*/rules/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{path.name}: {name}" for name in names if {name, name.partition(".")[0]} & forbidden]
            if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
                wrong.append(f"{path.name}: {node.attr}")
    assert wrong == []


def test_migrations_of_a_room_follow_one_another():
    for folder in SOURCE.glob("*/migrations"):
        numbers = sorted(int(path.name[:4]) for path in folder.glob("[0-9]*.py"))
        assert numbers[:1] == [1], folder
        assert all(after == before + 1 for before, after in pairwise(numbers)), folder


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
