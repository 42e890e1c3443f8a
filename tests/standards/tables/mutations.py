"""Files spoilt at random from a seed, and what must be true of each check of one: a said end, and nothing left behind."""

import io
import random
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.standards.tables import making

from dcant.standards.tables import Plan, SourceUnreadable, open_source, ready, validate
from dcant.standards.tables.annotate import annotate

SCHEMA = {
    "fields": [
        {"name": "id", "type": "string", "constraints": {"required": True, "unique": True, "pattern": "^B[0-9]{3}$"}},
        {"name": "pose", "type": "date"},
        {"name": "places", "type": "integer", "constraints": {"minimum": 1, "maximum": 12}},
        {"name": "lieu", "type": "geopoint"},
        {"name": "siret", "type": "string"},
        {"name": "note", "type": "string", "constraints": {"maxLength": 40}},
    ],
    "primaryKey": ["id", "note"],
    "custom_checks": [{"name": "french-siret-value", "params": {"column": "siret"}}],
}
ROWS = [
    [field["name"] for field in SCHEMA["fields"]],
    *(
        [
            f"B{row:03}",
            f"2021-03-{row % 31:02}",
            str(row % 14),
            f"{row / 9},48.{row}",
            "01234567400019",
            "été\n" * (row % 3),
        ]
        for row in range(1, 31)
    ),
]
PLAIN: dict[str, bytes] = {
    "csv": making.csv_bytes(ROWS),
    "utf-16": making.csv_bytes(ROWS, encoding="utf-16"),
    "xlsx": making.xlsx_bytes(ROWS),
    "ods": making.ods_bytes(ROWS),
}
KINDS = (*PLAIN, "gz", "zip", "xlsx inside", "ods inside")
_TELLING = (
    b"\0",
    b'"',
    b"\r",
    b"\n",
    b";",
    b"\xff\xfe",
    b"PK\x03\x04",
    b"\xff\xff\xff\xff",
    b"<",
    b"&#0;",
    b"1e999",
    b"-",
)


def mutated(kind: str, seed: int) -> bytes:
    """The file of that kind, spoilt in one to eight places; « inside »: a part of the workbook, packed again."""
    chance = random.Random(f"{kind} {seed}")
    if kind == "gz":
        inside = chance.random() < 0.5
        return (
            making.gz_bytes(_spoilt(PLAIN["csv"], chance)) if inside else _spoilt(making.gz_bytes(PLAIN["csv"]), chance)
        )
    if kind == "zip":
        return _spoilt(making.zip_bytes({"a.csv": PLAIN["csv"], "note.md": b"x"}), chance)
    if kind.endswith(" inside"):
        return _spoilt_inside(PLAIN[kind.removesuffix(" inside")], chance)
    return _spoilt(PLAIN[kind], chance)


def _spoilt_inside(content: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in chance.sample(sorted(members), chance.randint(1, 2)):
        members[name] = _spoilt(members[name], chance)
    return making.zip_bytes(members)


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    octets = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(octets) + 1)
        _WAYS[chance.randrange(len(_WAYS))](octets, at, chance)
    return bytes(octets)


def _change(octets: bytearray, at: int, chance: random.Random) -> None:
    if at < len(octets):
        octets[at] = chance.randrange(256)


def _flip(octets: bytearray, at: int, chance: random.Random) -> None:
    if at < len(octets):
        octets[at] ^= 1 << chance.randrange(8)


def _tell(octets: bytearray, at: int, chance: random.Random) -> None:
    octets[at:at] = chance.choice(_TELLING)


def _drop(octets: bytearray, at: int, chance: random.Random) -> None:
    del octets[at : at + chance.randint(1, 64)]


def _double(octets: bytearray, at: int, chance: random.Random) -> None:
    octets[at:at] = octets[at : at + chance.randint(1, 256)] * chance.randint(1, 20)


def _cut(octets: bytearray, at: int, chance: random.Random) -> None:
    if chance.random() < 0.3:
        del octets[at:]


_WAYS: tuple[Callable[[bytearray, int, random.Random], None], ...] = (_change, _flip, _tell, _drop, _double, _cut)


def judged(content: bytes, plan: Plan, folder: Path) -> str:
    """How the check of such a file ended: « read », or the code that stopped it. Raises whatever the engine lets out, and
    AssertionError when an end is not said. Leaves the folder as it was.
    """
    path = folder / "spoilt"
    path.write_bytes(content)
    (found,) = validate(path, plan).files
    if not found.complete:
        assert not found.conforms
        assert found.stopped == "unreadable"
        last = found.errors[-1]
        assert last.message.fr
        assert last.message.en
        assert last.remedy.fr
        said = last.code
    else:
        assert found.sha256
        assert found.conforms == (found.counts.errors == 0)
        said = "read"
        _annotated(path, plan, folder)
    path.unlink()
    return said


def _annotated(path: Path, plan: Plan, folder: Path) -> None:
    """The copy that doors make of a table that was read."""
    (found,) = validate(path, plan).files
    out = folder / "annotated.xlsx"
    labels = [one.name for one in plan.schema.fields]
    try:
        with closing(open_source(path, plan_labels=labels)) as source:
            annotate(source, found, out)
    except SourceUnreadable:
        assert not out.exists()
    else:
        out.unlink()


def plan_of_mutations() -> Plan:
    return ready(SCHEMA)
