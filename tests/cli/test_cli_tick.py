"""`dcant manage tick`: what is due is done, once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from dcant.catalogue import sources
from dcant.catalogue.sources.seed import SeedReader
from dcant.cli.due import due_sources
from dcant.harvest.models import Run
from dcant.harvest.remote import Remote
from dcant.harvest.rules import SourceFile
from dcant.standards.models import TableCheck
from dcant.standards.services import end_check, take_up
from standards.checked import GOOD, a_standard, ask

pytestmark = pytest.mark.django_db


def read_lately(but: str = "") -> None:
    """Every source that has an address was read an hour ago, but that one."""
    at = timezone.now() - timedelta(hours=1)
    for name in due_sources(timezone.now()):
        if name != but:
            Run.objects.create(source=name, number=1, state="complete", started_at=at, ended_at=at, parser_version=1)


def test_what_is_past_its_time_is_erased_and_what_is_not_stays():
    read_lately()
    long_ago, now = timezone.now() - timedelta(days=31), timezone.now()
    _, document, _ = a_standard(long_ago)
    made = {at: ask(document, GOOD, at, settings.DATA, visitor=str(at.day)) for at in (long_ago, now)}
    for at in made:
        taken = take_up(at=at)
        assert taken is not None
        end_check(check=taken, state="failed", failure="Essai.", at=at, data=settings.DATA)
    for _ in range(2):
        call_command("tick")
    states = {at: TableCheck.objects.get(pk=check.pk).state for at, check in made.items()}
    assert states == {long_ago: "expired", now: "failed"}


def test_trying_it_says_the_sources_to_read_and_reads_none(capsys):
    due = due_sources(timezone.now())
    assert due
    call_command("tick", "--dry-run")
    assert capsys.readouterr().out.splitlines() == [f"{name} : à relire" for name in due]
    assert not Run.objects.exists()


def test_a_source_that_cannot_be_read_is_named_and_the_status_says_so(monkeypatch):
    """The process that reads knows only shipped sources: this one it refuses."""
    source = SourceFile.from_toml(sources._text("seed.toml").replace('name = "seed"', 'name = "inside"'))
    monkeypatch.setitem(sources.SOURCES, "inside", lambda: (source, SeedReader(max_item_bytes=1000)))
    remote = Remote(files={"api/a.yaml": "http://127.0.0.1:1/a.yaml"}, format="text")
    monkeypatch.setattr("dcant.cli.harvest.remote_of", lambda name: remote if name == "inside" else None)
    with pytest.raises(CommandError, match="inside") as failed:
        call_command("tick")
    assert failed.value.returncode == 1
