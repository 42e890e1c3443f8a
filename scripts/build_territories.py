#!/usr/bin/env python3
"""Rebuilds the reference of territories that the package ships, from the public npm package, pinned by version and hash.

    scripts/build_territories.py [--from DIR|TGZ] [--output FILE] [--check]

Without --from the archive comes from the registry of the ordinary npm configuration, else from `npm pack`.
Exit status: 0 done or identical, 1 the shipped file differs (--check), 2 the archive cannot be had or is not the pinned one.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PACKAGE = "@etalab/decoupage-administratif"
VERSION = "6.0.0"
SHA256 = "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a"
OUTPUT = Path(__file__).resolve().parent.parent / "src/dcant/territories/reference/territories.json.gz"
TABLES = ("communes", "epci", "ept", "departements", "regions")
ABOUT = {
    "attribution": "INSEE, DGCL, La Poste, Etalab, Licence Ouverte 2.0",
    "package": f"{PACKAGE} {VERSION}",
    "sha256": SHA256,
    "vintage": "COG 2026 ; périmètres des EPCI de 2025",
    "populations": "populations municipales : fichier des EPCI (millésime 2022), sinon fichier des communes",
}
# The tables say no year. These come from the figures themselves (Paris 2,113,705 in one, 2,103,778 in the other) and from
# the sources the package lists; the censuses of the overseas collectivities have a year each, which it does not give.
YEAR_EPCI, YEAR_COMMUNES, YEAR_MAYOTTE = 2022, 2023, 2017
Row = dict[str, Any]


class Unavailable(Exception):
    """The archive cannot be had, or is not the pinned one."""


def registry() -> str | None:
    """The address of the registry, from the environment, `npm config`, or a .npmrc; None when nothing states one."""
    stated = os.environ.get("npm_config_registry") or os.environ.get("NPM_CONFIG_REGISTRY")  # noqa: SIM112 (npm’s own case)
    if stated:
        return stated
    npm = shutil.which("npm")
    if npm:
        answer = subprocess.run([npm, "config", "get", "registry"], capture_output=True, text=True, check=False)
        if answer.returncode == 0 and answer.stdout.strip().startswith("http"):
            return answer.stdout.strip()
    for folder in (Path.cwd(), Path.home()):
        file = folder / ".npmrc"
        for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
            key, _, value = line.partition("=")
            if key.strip() == "registry":
                return value.strip()
    return None


def downloaded() -> bytes | None:
    address = registry()
    if not address:
        return None
    url = f"{address.rstrip('/')}/{PACKAGE}/-/{PACKAGE.split('/')[1]}-{VERSION}.tgz"
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return bytes(answer.read())
    except (urllib.error.URLError, ValueError, OSError) as error:
        print(f"registry: {error}", file=sys.stderr)
        return None


def packed() -> bytes | None:
    """The archive by `npm pack`, which knows proxies and tokens that a plain request does not."""
    npm = shutil.which("npm")
    if not npm:
        return None
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([npm, "pack", f"{PACKAGE}@{VERSION}"], cwd=folder, capture_output=True, check=False)
        files = list(Path(folder).glob("*.tgz"))
        return files[0].read_bytes() if done.returncode == 0 and files else None


def tables_of(archive: bytes) -> dict[str, list[Row]]:
    found = hashlib.sha256(archive).hexdigest()
    if found != SHA256:
        raise Unavailable(f"the archive is not the pinned one: SHA-256 {found}, expected {SHA256}")
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        return {name: json.load(tar.extractfile(f"package/data/{name}.json") or io.BytesIO()) for name in TABLES}


def read_tables(source: Path | None) -> dict[str, list[Row]]:
    """The five tables, from a folder, an archive, the registry or npm, in this order."""
    if source and source.is_dir():
        folder = next((path for path in (source / "package/data", source / "data", source) if path.is_dir()), source)
        try:
            return {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in TABLES}
        except (OSError, ValueError) as error:
            raise Unavailable(f"{source}: {error}") from error
    if source:
        try:
            return tables_of(source.read_bytes())
        except OSError as error:
            raise Unavailable(f"{source}: {error}") from error
    archive = downloaded() or packed()
    if archive is None:
        raise Unavailable(
            f"{PACKAGE} {VERSION} cannot be had: no registry answers and npm is of no help; use --from DIR|TGZ"
        )
    return tables_of(archive)


def population(commune: Row, municipal: dict[str, int]) -> tuple[int | None, int | None]:
    """Municipal population and its year: of the EPCI file first, else of the commune file; unknown stays None, never 0."""
    if commune["code"] in municipal:
        return municipal[commune["code"]] or None, YEAR_MAYOTTE if commune["departement"] == "976" else YEAR_EPCI
    return commune.get("population"), None if commune["zone"] == "com" else YEAR_COMMUNES


def commune_rows(tables: dict[str, list[Row]]) -> Iterator[list[Any]]:
    """code, name, article (None: not given), zone, département, région, EPCI, EPT, SIREN, population, year, postcodes."""
    members = [(group["code"], member) for group in tables["epci"] for member in group["membres"]]
    epci = {member["code"]: code for code, member in members}
    municipal = {member["code"]: member["populationMunicipale"] for _, member in members}
    ept = {member["code"]: group["code"] for group in tables["ept"] for member in group["membres"]}
    for row in sorted(tables["communes"], key=lambda row: str(row["code"])):
        if row["type"] != "commune-actuelle":
            continue
        code = row["code"]
        people, year = population(row, municipal)
        yield [
            code,
            row["nom"],
            row.get("typeLiaison"),
            row["zone"],
            row["departement"],
            "" if row["zone"] == "com" else row["region"],  # an overseas collectivity is in no région
            epci.get(code, ""),
            ept.get(code, ""),
            row.get("siren", ""),
            people,
            year if people is not None else None,
            " ".join(row.get("codesPostaux", [])),
        ]


def former_rows(communes: list[Row]) -> Iterator[list[str]]:
    """old code, old name (empty: not given), current code, kind: former communes, delegated and associated ones."""
    parts = {(row["code"], row["chefLieu"]): row for row in communes if "chefLieu" in row}
    for (code, target), row in parts.items():
        yield [code, row["nom"], target, row["type"]]
    for row in communes:
        for old in row.get("anciensCodes", []):
            if (old, row["code"]) not in parts:
                yield [old, "", row["code"], "ancien-code"]


def group_rows(groups: list[Row], departement: dict[str, str]) -> Iterator[list[Any]]:
    """SIREN, name, type, population, département of its most populated commune."""
    for group in sorted(groups, key=lambda group: str(group["code"])):
        seat = max(group["membres"], key=lambda member: (member["populationMunicipale"] or 0, member["code"]))
        yield [
            group["code"],
            group["nom"],
            group["type"],
            group["populationMunicipale"],
            departement[seat["code"]],
        ]


def built(tables: dict[str, list[Row]]) -> dict[str, Any]:
    communes = list(commune_rows(tables))
    departement = {row[0]: row[4] for row in communes}
    needed = set(departement.values())
    strays = {member["code"] for group in tables["epci"] for member in group["membres"]} - departement.keys()
    if strays:
        raise Unavailable(f"EPCI members that are no commune: {sorted(strays)[:5]}")
    return {
        "about": ABOUT,
        "regions": [
            [row["code"], row["nom"], row["typeLiaison"], row["zone"]]
            for row in tables["regions"]
            if row["zone"] != "com"
        ],
        "departements": [
            [row["code"], row["nom"], row["typeLiaison"], row["zone"], "" if row["zone"] == "com" else row["region"]]
            for row in tables["departements"]
            if row["code"] in needed
        ],
        "epci": list(group_rows(tables["epci"], departement)),
        "ept": list(group_rows(tables["ept"], departement)),
        "communes": communes,
        "former": sorted(former_rows(tables["communes"])),
        "arrondissements": sorted(
            [row["code"], row["nom"], row["commune"]] for row in tables["communes"] if "commune" in row
        ),
    }


def encoded(reference: dict[str, Any]) -> bytes:
    return json.dumps(reference, ensure_ascii=False, separators=(",", ":")).encode()


def compare(wanted: bytes, shipped: Path) -> int:
    """The contents are compared, not the compressed bytes, which vary with the library that compresses."""
    same = shipped.is_file() and gzip.decompress(shipped.read_bytes()) == wanted
    print(f"{shipped.name}: {'identical' if same else 'differs'}")
    return 0 if same else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", type=Path, help="folder or .tgz of the npm package")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--check", action="store_true", help="write nothing, compare with the shipped file")
    options = parser.parse_args()
    try:
        content = encoded(built(read_tables(options.source)))
    except Unavailable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.check:
        return compare(content, options.output)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    print(f"{options.output.name}: {options.output.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
