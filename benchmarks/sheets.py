"""The real sheets of the corpora as documents to search: api.gouv.fr and State start-ups, read at run time and never kept."""

import os
import re
import sys
from pathlib import Path

import yaml

from dcant.catalogue.search import SearchDocument

PROJECT = Path(__file__).resolve().parent.parent
FOLDERS = {"apigouv": "apigouv/_data/api", "startups": "startups/content/_startups"}
_TAG = re.compile(r"<[^>]*>|\]\([^)]*\)|https?://\S+")


def catalogue() -> Path:
    folder = Path(os.environ.get("DCANT_CORPORA") or PROJECT.parent / "shared" / "corpora") / "catalogue"
    if not folder.is_dir():
        sys.exit(f"Corpora absent: set DCANT_CORPORA ({folder} is not a folder).")
    return folder


def read_sheets() -> list[SearchDocument]:
    """832 sheets; the slug says where a sheet comes from, for the two catalogues share some names."""
    return [
        _document(source, path)
        for source, folder in FOLDERS.items()
        for path in sorted((catalogue() / folder).glob("*.md"))
    ]


def _document(source: str, path: Path) -> SearchDocument:
    _, front, body = path.read_text(encoding="utf-8").split("---", 2)
    sheet = yaml.load(front, Loader=yaml.BaseLoader) or {}
    kind = "api" if source == "apigouv" else "service"
    themes = _texts(sheet.get("themes")) + _texts(sheet.get("thematiques"))
    return SearchDocument(
        slug=f"{source}/{path.stem}",
        kind=kind,
        title=sheet.get("title") or path.stem,
        purpose=sheet.get("tagline") or sheet.get("mission") or "",
        keywords=_texts(sheet.get("keywords")) + themes,
        body=_TAG.sub(" ", body),
        producer=sheet.get("producer") or sheet.get("incubator") or "",
        facets={
            "kind": (kind,),
            "theme": themes,
            "access": (sheet.get("is_open", "unknown"),),
            "audience": _texts(sheet.get("usertypes")),
            "producer_level": (sheet.get("producer") or sheet.get("incubator") or "",),
            "source": (source,),
            "licence": (sheet.get("licence", "unknown"),),
            "phase": _phase(sheet.get("phases")),
        },
    )


def _phase(phases: object) -> tuple[str, ...]:
    """The last one in the order of the file."""
    last = phases[-1] if isinstance(phases, list) and phases else {}
    return _texts([last.get("name")])


def _texts(read: object) -> tuple[str, ...]:
    return tuple(str(one) for one in read if one) if isinstance(read, list) else ()
