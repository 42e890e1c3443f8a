"""Fills a database as large as a whole country's: communes, resources, invented events, lines of the log. Same seed, same rows."""

import os
import random
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BATCH = 5000


def fill(*, events: int, resources: int, seed: int) -> None:
    """Everything a large site holds; Django is up, the database is empty. Memory stays bounded: rows go by batches."""
    from django.db import connection
    from django.utils import timezone

    from dcant.adoption.offers import link_offers
    from dcant.adoption.projection import rebuild
    from dcant.catalogue.index import rebuild_index
    from dcant.cli.database import migrate
    from dcant.cli.harvest import harvest_one
    from dcant.governance.services import load_programme
    from dcant.territories.services import load_reference

    migrate()
    load_reference()
    harvest_one("seed", None)
    corpus = Path(os.environ.get("DCANT_CORPORA") or PROJECT.parent / "shared" / "corpora") / "catalogue" / "apigouv"
    if corpus.is_dir():
        harvest_one("apigouv", corpus)
    else:
        print(f"no corpora at {corpus}: copies stand in for them", file=sys.stderr)
    copy_resources(resources, random.Random(seed))
    link_offers()
    load_programme()
    rebuild_index()
    write_events(events, seed)
    write_lines(events)
    rebuild(today=timezone.localdate())
    if connection.vendor == "postgresql":  # what autovacuum does by itself within minutes
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def copy_resources(wanted: int, draw: random.Random) -> None:
    """Copies of harvested resources under other names, until there are as many as wanted."""
    from dcant.catalogue.models import Resource

    models = list(Resource.objects.shown())
    copies = []
    for number in range(wanted - len(models)):
        copy = draw.choice(models)
        copies.append(
            Resource(
                slug=f"{copy.slug[:60]}-copie-{number}",
                title=f"{copy.title} (copie {number})",
                kind=copy.kind,
                purpose=copy.purpose,
                producer_name=copy.producer_name,
                producer_level=copy.producer_level,
                sheet=copy.sheet,
                facts=copy.facts,
                first_seen_at=copy.first_seen_at,
                changed_at=copy.changed_at,
            )
        )
    Resource.objects.bulk_create(copies, batch_size=200)


def write_events(count: int, seed: int) -> None:
    """Same seed, same events; over the last thirty months, so that some have lapsed; a pair may speak several times."""
    from datetime import UTC, datetime, timedelta

    import numpy as np
    from django.utils import timezone

    from dcant.adoption.models import AdoptionEvent
    from dcant.adoption.rules import expiry
    from dcant.catalogue.models import Resource
    from dcant.territories.models import Organisation

    draw = np.random.default_rng(seed)
    organisations = list(Organisation.objects.filter(kind="commune").order_by("key").values_list("pk", flat=True))
    resources = list(Resource.objects.shown().order_by("slug").values_list("pk", flat=True))
    weights = 1 / np.arange(1, len(resources) + 1)
    kinds = ("used", "requested", "planned", "deployed")
    first = timezone.localdate() - timedelta(days=912)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        drawn = zip(
            draw.integers(len(organisations), size=size),
            draw.choice(len(resources), size=size, p=weights / weights.sum()),
            draw.choice(4, size=size, p=(0.7, 0.12, 0.1, 0.08)),
            draw.integers(912, size=size),
            strict=True,
        )
        rows = []
        for organisation, resource, kind, days in drawn:
            day = first + timedelta(days=int(days))
            rows.append(
                AdoptionEvent(
                    organisation_id=organisations[organisation],
                    resource_id=resources[resource],
                    kind=kinds[kind],
                    day=day,
                    expires_on=expiry(kinds[kind], day),
                    at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC),
                    declared_by="0" * 64,
                    salt=b"benchmark",
                    demo=True,
                )
            )
        AdoptionEvent.objects.bulk_create(rows, batch_size=1000)


def write_lines(count: int) -> None:
    """Numbered lines of the log whose leaves are drawn from a few hundred true ones: pages read the leaf, not its name."""
    from django.utils import timezone

    from dcant.adoption.models import AdoptionEvent
    from dcant.adoption.services import public_body
    from dcant.record.models import Entry
    from dcant.record.services import Draft, digest

    models = []
    for event in AdoptionEvent.objects.select_related("organisation", "resource", "via__organisation")[:500]:
        body = public_body(event)
        draft = Draft("adoption.declared", event.organisation.actor, digest(body), body, event.at)
        models.append(draft.entry())
    index = Entry.objects.next_index()
    now = timezone.now()
    for start in range(0, count, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, count)):
            line = models[number % len(models)]
            rows.append(
                Entry(
                    entry_id=f"benchmark-{number}",
                    index=index + number,
                    type=line.type,
                    at=now,
                    actor=line.actor,
                    subject=line.subject,
                    leaf=line.leaf,
                )
            )
        Entry.objects.bulk_create(rows, batch_size=1000)


def contents() -> dict[str, int]:
    from dcant.adoption.models import AdoptionEvent, AdoptionState
    from dcant.catalogue.models import Resource
    from dcant.record.models import Entry
    from dcant.territories.models import Territory

    return {
        "communes": Territory.objects.communes().count(),
        "resources": Resource.objects.shown().count(),
        "events": AdoptionEvent.objects.count(),
        "states": AdoptionState.objects.count(),
        "lines": Entry.objects.count(),
    }
