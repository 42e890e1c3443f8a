"""The common base as a Software Catalog API tells it: software, publishers, catalogues, lines of the harvest.

Shapes: the Software Catalog API v1 of Developers Italia. Only software whose repository is stated is there: the API asks
for its address, and none is invented.
"""

import base64
import binascii
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from dcant.catalogue.exports.descriptor import descriptors
from dcant.catalogue.exports.redistribution import given, source_files
from dcant.catalogue.exports.site import Site
from dcant.catalogue.models import Holding, Kind, Resource
from dcant.catalogue.rules.joins import normal_repository
from dcant.harvest.models import Item, Line, Run

_SEED, _SOFTWARE = "seed", "software"


class BadCursor(ValueError):
    """A cursor that this catalogue has not given."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """An organisation that makes software of the base, as its sources name it."""

    name: str
    siren: str
    repositories: tuple[tuple[str, datetime, datetime], ...]
    active: bool
    created_at: datetime
    updated_at: datetime


def software_rows(*, with_withdrawn: bool = False) -> QuerySet[Resource]:
    """Software in the order of the API: by the day it came, then by row."""
    states = [Resource.State.ACTIVE, *([Resource.State.WITHDRAWN] if with_withdrawn else [])]
    rows = Resource.objects.filter(kind=Kind.SOFTWARE, state__in=states, sheet__has_key="repository_url")
    return rows.order_by("first_seen_at", "pk")


def at_repository(rows: QuerySet[Resource], url: str) -> QuerySet[Resource]:
    """Those whose code lies at this address, however it is written. One query."""
    wanted = normal_repository(url)
    if not wanted:
        return rows.none()
    stated = rows.values_list("pk", KT("sheet__repository_url__value"))
    return rows.filter(
        pk__in=[pk for pk, held in stated if isinstance(held, str) and normal_repository(held) == wanted]
    )


def software_of(identifier: UUID, site: Site) -> Resource | None:
    """The software of an identifier, that of the one it was joined to included; None for any other."""
    slugs = Resource.objects.filter(kind=Kind.SOFTWARE).values_list("slug", flat=True)
    slug = next((one for one in slugs.iterator() if site.identifier("software", one) == identifier), None)
    found = Resource.objects.at_address(slug) if slug else None
    return found if found is not None and "repository_url" in found.sheet else None


def software_objects(resources: Sequence[Resource], site: Site, data: Path) -> list[dict[str, object]]:
    """Each software as the API gives it, in the order received. Three queries at most."""
    sheets = given(resources)
    texts = descriptors(resources, sheets, site, data)
    shaped = []
    for one, text in zip(sheets, texts, strict=True):
        told: dict[str, object] = {
            "id": str(site.software(one.resource)),
            "url": one.text("repository_url"),
            "publiccodeYml": text.text,
            "active": one.resource.state == Resource.State.ACTIVE,
            "createdAt": moment(one.resource.first_seen_at),
            "updatedAt": moment(one.resource.changed_at),
        }
        if text.source:
            told["catalogId"] = str(site.identifier("catalog", text.source))
        shaped.append(told)
    return shaped


def publishers(site: Site) -> dict[str, Publisher]:
    """Who makes the software of the base, by identifier: in the order of the day their first one came. One query."""
    fields = ("producer_name", "state", "first_seen_at", "changed_at")
    stated = (KT("sheet__repository_url__value"), KT("sheet__producer_key__value"))  # a number stays a text
    by_name: dict[str, list[tuple[str, str, datetime, datetime, str | None, str | None]]] = defaultdict(list)
    for row in software_rows(with_withdrawn=True).exclude(producer_name="").values_list(*fields, *stated):
        by_name[row[0]].append(row)
    found = (
        Publisher(
            name,
            next((row[5] for row in rows if isinstance(row[5], str)), ""),
            tuple((row[4], row[2], row[3]) for row in rows if isinstance(row[4], str)),
            any(row[1] == Resource.State.ACTIVE for row in rows),
            min(row[2] for row in rows),
            max(row[3] for row in rows),
        )
        for name, rows in by_name.items()
    )
    named = [(str(site.identifier("publisher", one.name)), one) for one in found]
    return dict(sorted(named, key=lambda pair: (pair[1].created_at, pair[0])))


def publisher_object(publisher: Publisher, site: Site) -> dict[str, object]:
    """`group` is false: these are repositories that are known, not a whole forge group that would be read."""
    told: dict[str, object] = {
        "id": str(site.identifier("publisher", publisher.name)),
        "description": publisher.name,
        "codeHosting": [
            {"url": url, "group": False, "createdAt": moment(created), "updatedAt": moment(updated)}
            for url, created, updated in publisher.repositories
        ],
        "active": publisher.active,
        "createdAt": moment(publisher.created_at),
        "updatedAt": moment(publisher.updated_at),
    }
    return told | ({"alternativeId": publisher.siren} if publisher.siren else {})


def catalogs(site: Site) -> list[dict[str, object]]:
    """The sources that give software, each with its licence. Three queries at most."""
    held = set(Item.objects.filter(kind=Kind.SOFTWARE).values_list("source", flat=True).distinct())
    runs: dict[str, list[datetime]] = defaultdict(list)
    for name, started_at in Run.objects.filter(source__in=held).values_list("source", "started_at"):
        runs[name].append(started_at)
    return [
        {
            "id": str(site.identifier("catalog", name)),
            "alternativeId": name,
            "name": source.title,
            "url": source.address,
            "licence": source.licence,
            "attribution": source.attribution,
            "active": True,
            "createdAt": moment(min(runs[name])),
            "updatedAt": moment(max(runs[name])),
        }
        for name, source in source_files().items()
        if runs.get(name)
    ]


def software_lines(resource: Resource | None = None) -> QuerySet[Line]:
    """What the passages said of software, or of one software, the latest first. One query, or two."""
    if resource is None:
        seeds = Item.objects.of(_SEED).filter(kind=Kind.SOFTWARE).values("remote_id")
        about = Q(collection=_SOFTWARE) | Q(run__source=_SEED, remote_id__in=seeds)
    else:
        about = Q(pk__in=[])
        for item in Item.objects.filter(holding__resource=resource):
            about |= Q(run__source=item.source, collection=item.collection, remote_id=item.remote_id)
    return Line.objects.filter(about).select_related("run").order_by("-pk")


def log_objects(lines: Sequence[Line], site: Site) -> list[dict[str, object]]:
    """Each line as the API gives it, with the software it speaks of when it is one of the base. One query."""
    named = Q(pk__in=[])
    for name in {line.run.source for line in lines}:
        named |= Q(item__source=name, item__remote_id__in=[one.remote_id for one in lines if one.run.source == name])
    entities = {
        (one.item.source, one.item.collection, one.item.remote_id): one.resource
        for one in Holding.objects.filter(named).select_related("item", "resource")
    }
    return [_log_object(line, entities.get((line.run.source, line.collection, line.remote_id)), site) for line in lines]


def _log_object(line: Line, resource: Resource | None, site: Site) -> dict[str, object]:
    said = " ".join(part for part in (line.message, line.remedy) if part)
    at = moment(line.run.started_at)
    message = f"{line.run.source}, passage {line.run.number} : {line.get_outcome_display()} {line.remote_id}"
    told: dict[str, object] = {
        "id": str(site.identifier("log", str(line.pk))),
        "message": f"{message}. {line.code + ' : ' if line.code else ''}{said}".removesuffix(". "),
        "createdAt": at,
        "updatedAt": at,
    }
    return told | ({"entity": f"/software/{site.software(resource)}"} if resource is not None else {})


def moment(at: datetime) -> str:
    """RFC 3339, in universal time, to the second as the API writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def cursor(*parts: object) -> str:
    """An opaque place in a list: what the order is made of, for a next page that neither skips nor repeats."""
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")


def read_cursor(text: str, parts: int) -> list[str]:
    """The parts of a cursor given here; BadCursor for any other text."""
    try:
        read = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode().split("|")
    except (binascii.Error, ValueError) as error:
        raise BadCursor(text) from error
    if len(read) != parts:
        raise BadCursor(text)
    return read
