"""A passage looked at while it runs, and one that failed: how far it is, what was kept, when it tries again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from dcant.catalogue.services import harvest_source
from dcant.harvest.models import Run, RunState
from dcant.harvest.snapshots import open_snapshot

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SHEET = "---\ntitle: Fiche {n}\ntagline: À quoi sert {n}.\nproducer: dinum\nis_open: 1\n---\n"


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def passage(source: str, state: RunState, *, ago: timedelta = timedelta(minutes=5), **more: object) -> Run:
    began = timezone.now() - ago
    ended = None if state == RunState.RUNNING else began + timedelta(minutes=1)
    return Run.objects.create(
        source=source, number=1, state=state, started_at=began, ended_at=ended, parser_version=1, **more
    )


def test_a_passage_under_way_says_how_far_it_is_and_looks_again_unless_it_is_told_not_to(client: Client):
    counts = {"apis": {"seen": 170, "created": 40, "rejected": 2}, "producers": {"seen": 30}}
    passage("apigouv", RunState.RUNNING, collections=counts)
    page = text(client, "/ressources/sources/apigouv/passages/1/")
    assert "42 éléments traités sur 200" in page
    assert 'value="42" max="200"' in page
    assert "passage.js" in page
    still = text(client, "/ressources/sources/apigouv/passages/1/?fixe=1")
    assert "passage.js" not in still
    assert "Ne plus actualiser" not in still
    assert "Actualiser" in still


def test_one_that_has_read_nothing_yet_says_so(client: Client):
    passage("apigouv", RunState.RUNNING)
    page = text(client, "/ressources/sources/apigouv/passages/1/")
    assert "Lecture de la source." in page
    assert "Aucune ligne jusqu’ici." in page


def test_a_failed_passage_says_when_the_source_is_read_again(client: Client):
    run = passage("datagouv", RunState.FAILED)
    for address in ("/ressources/sources/datagouv/passages/1/", "/ressources/sources/datagouv/"):
        hour = timezone.localtime(run.ended_at + timedelta(hours=1)).strftime("%H:%M")
        assert f"{hour}, ou peu après." in text(client, address)
    Run.objects.update(ended_at=run.started_at - timedelta(hours=2))
    assert "dès que le programme de fond passe" in text(client, "/ressources/sources/datagouv/passages/1/")
    passage("apigouv", RunState.FAILED)
    assert "une personne en donne le dossier" in text(client, "/ressources/sources/apigouv/passages/1/")


def test_a_passage_tells_its_counts_batch_by_batch(tmp_path: Path):
    folder = tmp_path / "source" / "_data" / "api"
    folder.mkdir(parents=True)
    for number in range(450):
        (folder / f"fiche-{number:03d}.md").write_text(SHEET.format(n=number), encoding="utf-8")
    told: list[tuple[int, int]] = []
    with open_snapshot(tmp_path / "source") as snapshot:
        harvest_source(
            name="apigouv",
            snapshot=snapshot,
            now=lambda: NOW,
            data=tmp_path / "data",
            on_progress=lambda _done, _total: told.append(Run.objects.get().progress),
        )
    assert len(told) > 2
    assert told == sorted(told)
    assert {total for _, total in told} == {told[-1][1]}
    assert 0 < told[0][0] < told[-1][0]
    assert Run.objects.get().progress[0] == told[-1][1]
