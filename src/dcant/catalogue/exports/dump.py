"""The whole base as lines of JSON, one resource a line, with the licence and the attribution of each source."""

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from django.db.models import Count, Max

from dcant.catalogue.exports.graph import plain
from dcant.catalogue.exports.redistribution import Given, given, source_files
from dcant.catalogue.exports.site import Site
from dcant.catalogue.models import Relation, Resource

FORMAT = "dcant-dump/1"
BATCH = 100  # resources held at once


def shown_batches() -> Iterator[list[Resource]]:
    """Every shown resource in the order of rows, a batch at a time: memory holds one batch, whatever the size of the base."""
    last = 0
    while batch := list(Resource.objects.shown().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield batch


def dump(site: Site) -> Iterator[bytes]:
    """First line: the format and the sources; then the resources; last line: how many, so that a cut file shows.

    Three queries a batch.
    """
    sources = [
        {
            "name": source.name,
            "title": source.title,
            "address": source.address,
            "licence": source.licence,
            "attribution": source.attribution,
            "redistributed": source.redistributable,
        }
        for source in source_files().values()
    ]
    yield _line({"type": "dump", "format": FORMAT, "site": site.base, "sources": sources})
    count = 0
    for batch in shown_batches():
        yield from resource_lines(given(batch), site)
        count += len(batch)
    yield _line({"type": "end", "resources": count})


def resource_lines(shown: Iterable[Given], site: Site) -> Iterator[bytes]:
    """One line a resource: its sheet as its sources let it be given, its relations, what was left out. One query."""
    listed = list(shown)
    relations: dict[int, list[dict[str, object]]] = {}
    rows = Relation.objects.filter(subject__in=[one.resource for one in listed])
    for subject, name, target, ref, source in rows.order_by("pk").values_list(
        "subject", "name", "target__slug", "target_ref", "source"
    ):
        relations.setdefault(subject, []).append({"name": name, "to": target, "ref": ref, "source": source})
    for one in listed:
        yield _line(
            {
                "type": "resource",
                "slug": one.resource.slug,
                "address": site.resource(one.resource.slug),
                "kind": one.resource.kind,
                "title": one.resource.title,
                "sheet": one.sheet,
                "relations": relations.get(one.resource.pk, []),
                "sources": one.sources,
                "left_out": one.left_out,
                "first_seen_at": one.resource.first_seen_at.isoformat(),
                "changed_at": one.resource.changed_at.isoformat(),
            }
        )


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same through gzip, as it goes; the same pieces give the same bytes."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, 31)
    for piece in pieces:
        if packed := deflate.compress(piece):
            yield packed
    yield deflate.flush()


def last_change() -> datetime | None:
    """When a shown resource last changed. One query."""
    return Resource.objects.shown().order_by("-changed_at").values_list("changed_at", flat=True).first()


def stamp(site: Site) -> str:
    """What changes when the dump does: rows, the last change, relations, the licences as they are read. Two queries."""
    rows = Resource.objects.shown().aggregate(rows=Count("pk"), last=Max("changed_at"), newest=Max("pk"))
    relations = Relation.objects.aggregate(rows=Count("pk"), newest=Max("pk"), known=Count("target"))
    licences = [(one.name, one.licence, one.redistributable) for one in source_files().values()]
    seen = repr((FORMAT, site, *rows.values(), *relations.values(), licences))
    return sha256(seen.encode()).hexdigest()[:32]


def _line(value: object) -> bytes:
    return plain(json.dumps(value, ensure_ascii=False, separators=(",", ":"))).encode() + b"\n"
