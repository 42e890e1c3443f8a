"""Checking a file on pages: from the form to the report, to the badge, and to nothing left."""

import io
import resource
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dcant.identifiers import Refused
from dcant.record.models import Entry
from dcant.standards.models import TableCheck
from dcant.standards.services import end_check, expire_checks, put_back_the_dead, take_up
from dcant.standards.services.check_files import annotated_of, file_of, folder_of
from dcant.standards.tasks import run_waiting
from standards.checked import BAD, FALSE_SIRET, GOOD, HOSTILE_CELL, SLUG

pytestmark = pytest.mark.django_db
FORM = "/verifier/table/"


@pytest.fixture(autouse=True)
def alone(world):
    """No check of the world's own waits."""
    TableCheck.objects.filter(state__in=["received", "running"]).update(state="cancelled")


def send(client: Client, content: str | bytes = BAD, name: str = "bancs.csv", **fields: str):
    data = content.encode() if isinstance(content, str) else content
    return client.post(FORM, {"standard": SLUG, "file": SimpleUploadedFile(name, data)} | fields)


def run() -> int:
    return run_waiting(now=timezone.now, data=Path(settings.DATA))


def checked(client: Client, content: str | bytes = BAD, **fields: str) -> str:
    """The address of the report of a file that was sent and checked."""
    address = send(client, content, **fields).url
    assert run() == 1
    return address


def left_behind() -> list[str]:
    return sorted(
        path.name
        for path in folder_of(Path(settings.DATA)).iterdir()
        if path.suffix in {"", ".part"} and path.name != ".lock"
    )


def test_a_file_is_sent_waits_is_checked_and_the_report_says_what_to_mend(client, django_capture_on_commit_callbacks):
    before = left_behind()
    answer = send(client)
    waiting = client.get(answer.url).content.decode()
    assert "file d’attente" in waiting
    with django_capture_on_commit_callbacks(execute=True):
        run()
    page = client.get(answer.url).content.decode()
    for said in ("erreurs à corriger", "Ligne 2", "SIRET", "AAAA-MM-JJ", "À corriger d’abord", "bancs.csv"):
        assert said in page, said
    assert HOSTILE_CELL not in page
    assert not set(left_behind()) - set(before)  # the file is gone once its check has ended


def test_a_file_that_conforms_is_told_so_plainly(client):
    page = client.get(checked(client, GOOD)).content.decode()
    assert "Le fichier est conforme" in page
    assert "À corriger d’abord" not in page


def test_pasted_lines_are_a_file_too_from_a_spreadsheet_or_not(client):
    for text in (GOOD, GOOD.replace(";", "\t")):
        answer = client.post(FORM, {"standard": SLUG, "pasted": text})
        run()
        assert "conforme" in client.get(answer.url).content.decode()


def test_without_a_standard_the_columns_tell_which_and_the_file_is_not_sent_again(client):
    page = send(client, standard="").content.decode()
    assert SLUG in page
    kept = page.partition('name="kept" value="')[2].partition('"')[0]
    answer = client.post(FORM, {"standard": SLUG, "kept": kept, "kept_name": "bancs.csv"})
    run()
    assert "erreurs à corriger" in client.get(answer.url).content.decode()


@pytest.mark.parametrize("kept", ["../../secret-key", "..", ".lock", "absent", "a/b"])
def test_a_kept_name_opens_nothing_but_a_file_that_was_sent(client, kept):
    answer = client.post(FORM, {"standard": SLUG, "kept": kept})
    assert answer.status_code == 400
    assert "Choisissez un fichier" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"<!doctype html><html><body>Connexion</body></html>", "page web"),
    ],
)
def test_what_is_no_table_is_recognised_and_said(client, content, said):
    assert said in client.get(checked(client, content)).content.decode()
    guessing = send(client, content, standard="").content.decode()
    assert said in guessing


def test_a_file_too_large_is_refused_with_the_way_out_and_leaves_nothing(client, settings):
    settings.TABLE_CHECK_BYTES = 2_000
    before = left_behind()
    answer = send(client, b"x" * 200_000)
    assert answer.status_code == 413
    assert "dcant check table" in answer.content.decode()
    assert left_behind() == before


@pytest.fixture
def no_room() -> Iterator[None]:
    """No file of this process grows beyond fifty thousand bytes: what a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_finds_no_room_is_refused_with_a_sentence_and_leaves_nothing(client, no_room):
    before = left_behind()
    pasted = client.post(FORM, {"standard": SLUG, "pasted": "x" * 100_000})
    for answer in (send(client, b"x;y\n" * 100_000), pasted):
        assert answer.status_code == 507
        assert "plus la place" in answer.content.decode()
    assert left_behind() == before
    assert not TableCheck.objects.filter(state="received").exists()


def test_a_disk_that_is_nearly_full_is_left_to_the_database(client, settings):
    settings.TABLE_CHECK_BYTES = 2**60
    before = left_behind()
    assert send(client).status_code == 507
    assert left_behind() == before


def test_a_third_check_of_one_visitor_waits_for_its_turn(client):
    assert [send(client).status_code for _ in range(2)] == [302, 302]
    before = left_behind()
    refused = send(client)
    assert refused.status_code == 403
    assert "Deux de vos vérifications" in refused.content.decode()
    assert left_behind() == before
    assert send(Client()).status_code == 302


def test_a_form_from_elsewhere_is_refused_and_nothing_of_it_is_kept(world):
    strict, before = Client(enforce_csrf_checks=True), left_behind()
    assert send(strict).status_code == 403
    assert left_behind() == before
    assert not TableCheck.objects.filter(state="received").exists()


def test_of_several_files_in_one_form_none_is_left_behind(client):
    before = left_behind()
    files = [SimpleUploadedFile(f"{place}.csv", GOOD.encode()) for place in range(3)]
    address = client.post(FORM, {"standard": SLUG, "file": files, "other": SimpleUploadedFile("o.csv", b"x")}).url
    run()
    assert "conforme" in client.get(address).content.decode()
    assert [name for name in left_behind() if name.endswith(".part")] == [
        one for one in before if one.endswith(".part")
    ]


def test_cancelling_is_one_click_before_or_during_the_check(client):
    address = send(client).url
    client.post(f"{address}etape/", {"step": "cancel"})
    assert "annulée" in client.get(address).content.decode()
    address = send(client).url
    check = take_up(at=timezone.now())
    assert check is not None
    client.post(f"{address}etape/", {"step": "cancel"})
    check.refresh_from_db()
    assert (check.state, check.cancel_asked) == ("running", True)


def test_a_published_report_shows_no_cell_to_others_and_its_badge_says_the_count(client):
    address = checked(client)
    stranger = Client()
    assert FALSE_SIRET in stranger.get(address).content.decode()  # whoever holds the address, until it is made public
    client.post(f"{address}etape/", {"step": "publish"})
    page = stranger.get(address).content.decode()
    assert "Ligne 2" in page
    for cell in (FALSE_SIRET, "=HYPERLINK", "2019-02-30", "peut-être", "bancs.csv"):
        assert cell not in page, cell
        assert cell in client.get(address).content.decode() or cell == "=HYPERLINK"
    for private in ("rapport.json", "erreurs.csv", "a-corriger.xlsx"):
        assert stranger.get(address + private).status_code == 404
    badge = stranger.get(f"{address}badge.svg")
    assert badge["Content-Type"] == "image/svg+xml"
    assert "erreurs" in badge.content.decode()
    assert SLUG in badge.content.decode()
    entry = Entry.objects.order_by("pk").last()
    assert entry is not None
    assert entry.type == "table_check.published"
    assert FALSE_SIRET not in str(entry.leaf)


def test_taking_a_publication_back_is_one_click_and_the_log_keeps_both(client):
    address = checked(client, GOOD)
    for step in ("publish", "publish", "withdraw"):
        client.post(f"{address}etape/", {"step": step})
    assert client.get(f"{address}badge.svg").status_code == 404
    kinds = list(Entry.objects.order_by("-pk").values_list("type", flat=True)[:2])
    assert kinds == ["table_check.withdrawn", "table_check.published"]


def test_a_stranger_neither_publishes_withdraws_nor_erases_what_is_public(client):
    address = checked(client, GOOD)
    client.post(f"{address}etape/", {"step": "publish"})
    stranger = Client()
    for step in ("withdraw", "erase", "cancel"):
        assert stranger.post(f"{address}etape/", {"step": step}).status_code == 404
    assert client.get(f"{address}badge.svg").status_code == 200


def test_erasing_leaves_nothing_but_an_address_that_says_so(client):
    address = checked(client)
    check = TableCheck.objects.get(pk=address.strip("/").rpartition("/")[2])
    assert annotated_of(check, Path(settings.DATA)).is_file()
    client.post(f"{address}etape/", {"step": "erase"})
    gone = client.get(address)
    assert gone.status_code == 410
    assert "n’est plus là" in gone.content.decode()
    check.refresh_from_db()
    assert (check.packed, check.file_name) == (b"", "")
    assert not annotated_of(check, Path(settings.DATA)).exists()


def test_the_annotated_workbook_holds_every_row_and_runs_nothing(client):
    workbook = client.get(f"{checked(client)}a-corriger.xlsx").content
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "sheet" in name)
        assert any(b"HYPERLINK" in parts.read(name) for name in parts.namelist())


def test_what_a_killed_process_left_is_taken_again_once_then_said_to_have_failed(client):
    address = send(client).url
    for _ in range(2):
        assert take_up(at=timezone.now()) is not None  # and its process dies here
        put_back_the_dead(at=timezone.now(), data=Path(settings.DATA))
    page = client.get(address).content.decode()
    assert "n’a pas pu se faire" in page
    assert "dcant check table" in page


def test_what_was_to_be_cancelled_when_its_process_died_is_not_begun_again(client):
    address = send(client).url
    take_up(at=timezone.now())
    client.post(f"{address}etape/", {"step": "cancel"})
    put_back_the_dead(at=timezone.now(), data=Path(settings.DATA))
    assert "annulée" in client.get(address).content.decode()
    assert run() == 0


def test_the_file_of_a_check_that_ended_goes_even_if_its_process_died_before_it_erased_it(client):
    address = checked(client, GOOD)
    check = TableCheck.objects.get(pk=address.strip("/").rpartition("/")[2])
    file_of(check, Path(settings.DATA)).write_bytes(b"x")
    expire_checks(at=timezone.now(), data=Path(settings.DATA))
    assert not file_of(check, Path(settings.DATA)).exists()
    assert "conforme" in client.get(address).content.decode()


def test_reports_go_after_thirty_days_unless_published_and_stray_files_after_one(client):
    kept, gone = checked(client, GOOD), checked(client)
    client.post(f"{kept}etape/", {"step": "publish"})
    stray = folder_of(Path(settings.DATA)) / "abandoned.part"
    stray.write_bytes(b"x")
    waiting = send(client).url
    later = timezone.now() + timedelta(days=31)
    assert expire_checks(at=later, data=Path(settings.DATA)) >= 1
    assert [client.get(address).status_code for address in (kept, gone, waiting)] == [200, 410, 200]
    assert not stray.exists()
    check = TableCheck.objects.get(pk=waiting.strip("/").rpartition("/")[2])
    assert file_of(check, Path(settings.DATA)).is_file()


def test_no_state_is_left_along_an_arrow_that_is_not_in_the_table(world):
    check = world.checked.by_state["expired"]
    with pytest.raises(Refused):
        end_check(check=check, state="done", at=timezone.now(), data=Path(settings.DATA))


def test_a_page_that_waits_says_when_nobody_checks(client):
    address = send(client).url
    assert "ne répond pas" in client.get(address).content.decode()
    (Path(settings.DATA) / "worker.beat").touch()
    assert "ne répond pas" not in client.get(address).content.decode()
