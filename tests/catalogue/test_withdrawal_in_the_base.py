"""From the source to the page: a loss is suspect, a person accepts it, and only then does absence count, in two phases."""

import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from test_joining import signed_in
from test_projection import gone, item, take_in

from dcant.accounts.models import Role
from dcant.catalogue.models import Resource
from dcant.catalogue.services import OPERATOR, SHELL, accept_loss, can_accept_loss, harvest_source, read_source_again
from dcant.harvest.models import Item, Run, RunState
from dcant.harvest.report import RunReport
from dcant.harvest.snapshots import open_snapshot
from dcant.identifiers import Refused
from dcant.record.models import Entry

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
SHEET = "---\ntitle: Fiche {n}\ntagline: À quoi sert {n}.\nproducer: dinum\nis_open: 1\n---\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve sheets."""
    made = tmp_path / "source"
    (made / "_data" / "api").mkdir(parents=True)
    for number in range(12):
        sheet(made, number).write_text(SHEET.format(n=number), encoding="utf-8")
    return made


def sheet(folder: Path, number: int) -> Path:
    return folder / "_data" / "api" / f"fiche-{number:02d}.md"


def harvest(folder: Path, day: float) -> RunReport:
    with open_snapshot(folder) as snapshot:
        return harvest_source(
            name="apigouv", snapshot=snapshot, now=lambda: START + timedelta(days=day), data=folder.parent / "data"
        )


def accept(number: int, *, reason: str = "Fermées par leur producteur.", acts_as: str = "state") -> Run:
    return accept_loss(source="apigouv", number=number, reason=reason, acts_as=acts_as, actor="system:tests", at=START)


def shown() -> int:
    return Resource.objects.shown().count()


@pytest.fixture
def suspect(folder: Path) -> Path:
    """Six of the twelve are gone, and a second passage has said that it is suspect."""
    harvest(folder, 0)
    for number in range(6):
        sheet(folder, number).unlink()
    assert harvest(folder, 1).state == "suspect"
    return folder


def test_until_a_person_accepts_a_loss_no_passage_counts_it(suspect: Path):
    for day in (5, 10, 20, 30):
        report = harvest(suspect, day)
        assert (report.state, report.written, report.totals["unseen"], report.exit_status) == ("suspect", 0, 0, 1)
    assert (shown(), Item.objects.exclude(state="seen").count()) == (12, 0)


def test_an_accepted_loss_counts_from_the_next_passage_on_and_withdraws_after_three_and_a_week(suspect: Path):
    accept(2)
    seen = [(harvest(suspect, day).totals["withdrawn"], shown()) for day in (2, 3, 4, 8.9)]
    assert seen == [(0, 12)] * 4
    last = harvest(suspect, 9)
    assert (last.state, last.totals["withdrawn"], shown()) == ("complete", 6, 6)
    gone_slug = Resource.objects.filter(state="withdrawn").order_by("slug").first().slug
    entries = [entry.body for entry in Entry.objects.filter(type="catalogue.withdrawn")]
    assert len(entries) == 6
    assert {"resource": gone_slug, "source": "apigouv", "reason": "absent"} in entries
    assert harvest(suspect, 10).written == 0


def test_reading_the_kept_bytes_again_takes_nothing_from_a_suspect_passage(suspect: Path):
    """It looked at no source: the suspect passage is still the last one, its loss may be accepted, and absence counts from there."""
    read_source_again(name="apigouv", now=lambda: START + timedelta(days=1.5), data=suspect.parent / "data")
    accept(2)
    report = harvest(suspect, 2)
    assert (report.state, report.totals["unseen"]) == ("complete", 6)
    last_seen = set(Item.objects.filter(state="unseen").values_list("last_seen_at", flat=True))
    assert last_seen == {START}


def test_what_is_seen_again_before_the_end_was_never_away(suspect: Path):
    accept(2)
    harvest(suspect, 2)
    for number in range(6):
        sheet(suspect, number).write_text(SHEET.format(n=number), encoding="utf-8")
    report = harvest(suspect, 20)
    assert (report.state, report.totals["withdrawn"], report.totals["returned"]) == ("complete", 0, 0)
    assert not Entry.objects.filter(type__in=["catalogue.withdrawn", "catalogue.returned"]).exists()


def test_what_comes_back_after_its_withdrawal_is_the_same_page_and_the_log_says_so(suspect: Path, client: Client):
    accept(2)
    for day in (2, 5, 9):
        harvest(suspect, day)
    address = f"/ressources/{Resource.objects.filter(state='withdrawn').order_by('slug').first().slug}/"
    assert client.get(address).status_code == 200
    for number in range(6):
        sheet(suspect, number).write_text(SHEET.format(n=number), encoding="utf-8")
    assert harvest(suspect, 12).totals["returned"] == 6
    bodies = [entry.body for entry in Entry.objects.filter(type="catalogue.returned")]
    assert (shown(), len(bodies)) == (12, 6)
    assert {tuple(sorted(body)) for body in bodies} == {("resource", "source")}
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_loss_is_accepted_with_a_reason_only(suspect: Path, reason: str):
    with pytest.raises(Refused) as refusal:
        accept(2, reason=reason)
    assert refusal.value.code == "DCANT-K002"
    assert not Entry.objects.filter(type="harvest.loss_accepted").exists()


def test_only_the_last_passage_and_a_suspect_one_may_be_accepted(suspect: Path):
    harvest(suspect, 2)
    for number in (1, 2):
        with pytest.raises(Refused):
            accept(number)
    assert accept(3).loss_accepted_at == START
    with pytest.raises(Run.DoesNotExist):
        accept(4)


def test_an_acceptance_is_worth_one_passage_and_a_further_loss_is_suspect_again(suspect: Path):
    accept(2)
    harvest(suspect, 2)
    sheet(suspect, 6).unlink()
    assert harvest(suspect, 3).state == "suspect"


def test_the_public_log_holds_the_reason_in_one_form_and_who_acted(suspect: Path):
    decomposed = unicodedata.normalize("NFD", "Fermées à la source.")
    accept_loss(source="apigouv", number=2, reason=decomposed, acts_as=SHELL, actor=OPERATOR, at=START)
    entry = Entry.objects.get(type="harvest.loss_accepted")
    assert entry.actor == "system:operator"
    assert entry.body == {"source": "apigouv", "run": 2, "reason": "Fermées à la source."}


def test_those_who_may_accept_hold_a_mandate_or_the_shell_of_the_node():
    def allowed(role: str) -> bool:
        return bool(can_accept_loss(acts_as=role, state=RunState.SUSPECT, is_last=True))

    assert {role for role in Role.values if allowed(role)} == {"producer", "association", "state", "officer"}
    assert allowed(SHELL)
    assert SHELL not in Role.values
    assert not allowed("")


@pytest.mark.parametrize("role", ["", "agent", "auditor", "secretariat", "officer", "state"])
def test_the_page_of_the_passage_accepts_for_a_mandate_only(suspect: Path, client: Client, role: str):
    if role:
        signed_in(client, role)
    page = client.get("/ressources/sources/apigouv/passages/2/").content.decode()
    answer = client.post("/ressources/sources/apigouv/passages/2/accepter/", {"reason": "Fermées."})
    allowed = role in {"officer", "state"}
    assert answer.status_code == (302 if allowed else 403)
    assert ("/accepter/" in page) == allowed
    assert (Run.objects.get(number=2).loss_accepted_at is not None) == allowed


def test_the_words_of_a_source_on_an_end_enter_the_log_in_one_form():
    one = item("sill", "a", kind="software", collection="software")
    take_in(one)
    one.withdrawn_reason = unicodedata.normalize("NFD", "dit par la source : déréférencé")
    gone(one)
    entry = Entry.objects.get(type="catalogue.withdrawn")
    assert entry.body["reason"] == "dit par la source : déréférencé"
