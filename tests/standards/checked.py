"""A standard in three versions, and a check of a file in every state: what pages are tried on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dcant.standards.models import Document, Standard, TableCheck
from dcant.standards.services import (
    ask_check,
    cancel_check,
    end_check,
    publish_check,
    register_standard,
    register_version,
    register_versions,
    take_up,
)
from dcant.standards.services.check_files import folder_of
from dcant.standards.tasks import run_waiting

SLUG = "atelier/bancs"
SIRET, FALSE_SIRET = "01234567400019", "01234567400010"
FIELDS = [
    {"name": "id", "type": "string", "constraints": {"required": True, "pattern": "^B[0-9]{3}$", "unique": True}},
    {"name": "nom", "type": "string", "title": "Nom du banc", "description": "Comme les habitants l’appellent."},
    {"name": "pose", "type": "date", "example": "2021-03-01", "constraints": {"required": True}},
    {"name": "places", "type": "integer", "constraints": {"minimum": 1, "maximum": 12}},
    {"name": "abrite", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
    {"name": "siret", "type": "string"},
]
CHECKS = [{"name": "french-siret-value", "params": {"column": "siret"}}]
GOOD = f"id;nom;pose;places;abrite;siret\nB001;Le grand banc;2021-03-01;4;oui;{SIRET}\nB002;Sous le tilleul;2019-11-30;3;non;\n"
HOSTILE_CELL = "<script>alert('banc')</script>"
BAD = (
    "id;nom;pose;places;abrite;siret\n"
    f"B001;{HOSTILE_CELL};01/03/2021;4;oui;{FALSE_SIRET}\n"
    "B001;=HYPERLINK;2019-02-30;0;peut-être;\n"
    ";;;;;\n"
    "B3;Court;2020-01-01\n"
)


def document(**changed: object) -> bytes:
    """The schema of the benches, as its producer publishes it."""
    schema = {"name": "bancs", "title": "Bancs publics", "fields": FIELDS, "custom_checks": CHECKS}
    return json.dumps(schema | changed, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class CheckedTables:
    """What tests name: the standard, the document in force, and a check in each state."""

    standard: Standard
    document: Document
    older: Document
    by_state: Mapping[str, TableCheck]


def a_standard(at: datetime) -> tuple[Standard, Document, Document]:
    """Version 1.1.0 is in force, 1.0.0 is not any more, and 0.9.0 was never fetched; one more standard is not a table."""
    standard, _ = register_standard(
        slug=SLUG,
        title="Bancs publics",
        description="Où s’asseoir.",
        schema_type="tableschema",
        labels=["Socle Commun des Données Locales"],
        homepage="https://forge.example/bancs",
        source="https://schemas.example/schemas.json",
        listed=True,
        at=at,
    )
    listed = [
        (number, place, f"https://schemas.example/schemas/{SLUG}/{number}/schema.json")
        for place, number in enumerate(("0.9.0", "1.0.0", "1.1.0"), 1)
    ]
    register_versions(standard=standard, listed=listed)
    older = [one for one in FIELDS if one["name"] != "abrite"]
    first = register_version(version=standard.versions.get(number="1.0.0"), content=document(fields=older), at=at)
    current = register_version(
        version=standard.versions.get(number="1.1.0"),
        content=document(licenses=[{"name": "etalab-2.0"}], Title="x"),
        at=at,
    )
    register_version(version=standard.versions.get(number="1.1.0"), content=document(title="Autres octets"), at=at)
    other, _ = register_standard(
        slug="atelier/sentiers",
        title="Sentiers",
        description="",
        schema_type="jsonschema",
        labels=[],
        homepage="",
        source="https://schemas.example/schemas.json",
        listed=True,
        at=at,
    )
    register_versions(
        standard=other, listed=[("1.0", 1, "https://schemas.example/schemas/atelier/sentiers/1.0/s.json")]
    )
    return standard, current, first


def ask(of: Document, content: str, at: datetime, data: Path, *, visitor: str = "v") -> TableCheck:
    upload = folder_of(data) / f"{visitor}.part"
    upload.write_text(content, encoding="utf-8")
    return ask_check(document=of, upload=upload, file_name="bancs.csv", options={}, visitor=visitor, at=at, data=data)


def checked_tables(now: datetime, data: Path) -> CheckedTables:
    standard, current, older = a_standard(now - timedelta(days=3))
    made = {
        "conforms": ask(current, GOOD, now, data, visitor="a"),
        "faulty": ask(current, BAD, now, data, visitor="b"),
        "published": ask(current, BAD, now, data, visitor="c"),
        "outdated": ask(
            older, GOOD.replace(";oui", "").replace(";non", "").replace(";abrite", ""), now, data, visitor="d"
        ),
        "unreadable": ask(current, "%PDF-1.7 rien d’un tableau", now, data, visitor="e"),
    }
    run_waiting(now=lambda: now, data=data)
    publish_check(check_id=made["published"].pk, at=now)
    publish_check(check_id=made["outdated"].pk, at=now)
    cancelled = ask(current, GOOD, now, data, visitor="f")
    cancel_check(check_id=cancelled.pk, at=now, data=data)
    broken = ask(current, GOOD, now, data, visitor="g")
    taken = take_up(at=now)
    assert taken is not None
    end_check(check=taken, state="failed", failure="Le disque est plein.", at=now, data=data)
    gone = ask(current, GOOD, now, data, visitor="h")
    TableCheck.objects.filter(pk=gone.pk).update(state="expired")
    running = ask(current, BAD, now, data, visitor="i")
    take_up(at=now)
    TableCheck.objects.filter(pk=running.pk).update(progress={"rows": 120_000, "errors": 35, "bytes_read": 1})
    made |= {"cancelled": cancelled, "failed": broken, "expired": gone, "running": running}
    made["received"] = ask(current, GOOD, now, data, visitor="j")
    for check in made.values():
        check.refresh_from_db()
    return CheckedTables(standard, current, older, made)
