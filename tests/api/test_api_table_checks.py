"""Checking a table from a program: from the file sent to the report, to its publication, and to nothing left."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dcant.api.table_checks import MODES
from dcant.record.models import Entry
from dcant.standards.models import TableCheck
from dcant.standards.services import take_up
from dcant.standards.services.check_files import file_of, folder_of
from dcant.standards.tables import header
from dcant.standards.tasks import run_waiting
from standards.checked import BAD, FALSE_SIRET, GOOD, SLUG

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/table-checks"


@pytest.fixture(autouse=True)
def alone(world):
    """No check of the world's own waits."""
    TableCheck.objects.filter(state__in=["received", "running"]).update(state="cancelled")


def send(client: Client, content: str | bytes = BAD, name: str = "bancs.csv", schema: str = SLUG, **options: str):
    data = content.encode() if isinstance(content, str) else content
    return client.post(ROOT, {"schema": schema, "file": SimpleUploadedFile(name, data)} | options)


def run() -> None:
    run_waiting(now=timezone.now, data=Path(settings.DATA))


def checked(client: Client, content: str | bytes = BAD, **options: str) -> dict:
    """What the API says of a file that was sent and checked; with the key that came at the sending."""
    asked = send(client, content, **options).json()
    run()
    return client.get(asked["address"]).json() | {"key": asked["key"]}


def parts_left() -> list[str]:
    return sorted(path.name for path in folder_of(Path(settings.DATA)).glob("*.part"))


def refusal(answer, status: int, code: str) -> str:
    """The sentence of a refusal, once its shape is found right."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], said["code"]) == (status, code)
    return said["detail"]


def test_a_file_is_taken_with_its_address_and_its_place_then_checked_and_told(client):
    first = send(client, name="a.csv")
    second = send(client, GOOD).json()
    assert first.status_code == 202
    assert first["Location"] == first.json()["address"]
    assert (first.json()["state"], first.json()["ahead"], second["ahead"]) == ("received", 0, 1)
    assert first.json()["worker_absent"] is True
    run()
    done = client.get(first["Location"]).json()
    assert (done["state"], done["conforms"], done["rows"], done["ahead"]) == ("done", False, 4, None)
    assert "key" not in done
    report = client.get(done["report"]).json()
    assert report["files"][0]["counts"]["errors"] == done["errors"]
    rows = list(csv.DictReader(io.StringIO(client.get(done["errors_csv"]).content.decode())))
    assert len(rows) == done["errors"]
    assert any(row["code"] == "french-siret-value" and row["row"] == "2" for row in rows)
    assert all(row["message"] and row["remedy"] for row in rows)
    with zipfile.ZipFile(io.BytesIO(client.get(done["annotated"]).content)) as book:
        assert "xl/workbook.xml" in book.namelist()
    good = client.get(second["address"]).json()
    assert (good["conforms"], good["errors"], good["annotated"]) == (True, 0, None)


def test_what_is_asked_of_the_reading_is_obeyed(client):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("autre.csv", "x\n1\n")
        archive.writestr("bancs.csv", GOOD.replace(";", "\t").encode("cp1252"))
    done = checked(client, packed.getvalue(), member="bancs.csv", delimiter="tab", encoding="cp1252", columns="exact")
    report = client.get(done["report"]).json()["files"][0]
    assert (report["member"], report["delimiter"], report["encoding"]) == ("bancs.csv", "\t", "cp1252")
    assert (report["column_mode"], report["conforms"]) == ("exact", True)


def test_the_ways_of_matching_columns_are_those_of_the_engine():
    assert MODES == header.MODES


def test_a_version_is_chosen_by_its_number_and_an_unknown_one_is_refused_with_those_that_are(client):
    older = send(client, schema=f"{SLUG}@1.0.0").json()
    assert older["version"] == "1.0.0"
    assert "1.1.0" in refusal(send(client, schema=f"{SLUG}@9.9.9"), 404, "schema-not-found")
    refusal(send(client, schema="nobody/nothing"), 404, "schema-not-found")
    assert TableCheck.objects.filter(state="received").count() == 1
    assert parts_left() == []


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({}, 400, "DCANT-T003"),
        ({"file": "a text, not a file"}, 400, "DCANT-T003"),
        ({"file": SimpleUploadedFile("a.csv", b"x\n1\n"), "columns": "loosely"}, 422, "DCANT-A422"),
        ({"file": SimpleUploadedFile("a.csv", b"x\n1\n"), "sheet": "a\0b"}, 422, "DCANT-A422"),
        ({"file": SimpleUploadedFile("a.csv", b"x\n1\n"), "sheet": "a" * 201}, 422, "DCANT-A422"),
        ({"file": SimpleUploadedFile("a.csv", b"x\n1\n"), "sheet": "a" * 1_500_000}, 400, "DCANT-T003"),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_and_keeps_no_file(client, sent, status, code):
    assert refusal(client.post(ROOT, {"schema": SLUG} | sent), status, code)
    assert parts_left() == []
    assert not TableCheck.objects.filter(state="received").exists()


def test_a_body_that_is_no_form_is_refused(client):
    for kind in ("application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/csv"):
        refusal(client.post(ROOT, b"id;nom\n", content_type=kind), 400, "DCANT-T003")


def test_a_file_too_large_is_refused_with_the_way_out_and_leaves_nothing(client, settings):
    settings.TABLE_CHECK_BYTES = 2_000
    assert "ligne de commande" in refusal(send(client, b"x" * 200_000), 413, "DCANT-T003")
    assert parts_left() == []


def test_a_third_check_from_one_address_waits_for_its_turn_and_another_address_does_not(client):
    assert [send(client).status_code for _ in range(2)] == [202, 202]
    refusal(send(client), 403, "DCANT-T001")
    assert parts_left() == []
    assert send(Client(REMOTE_ADDR="192.0.2.7")).status_code == 202


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "source-error"),
        (b"%PDF-1.7\n", "format-error"),
        (b"\x89PNG\r\n\x1a\n\0\0", "format-error"),
        (b"<!doctype html><html><body>Connexion</body></html>", "format-error"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "compression-error"),
    ],
)
def test_what_is_no_table_is_told_in_the_report_with_the_code_of_the_engine(client, content, code):
    done = checked(client, content)
    found = client.get(done["report"]).json()["files"][0]
    assert (done["state"], done["conforms"], found["complete"]) == ("done", False, False)
    assert [one["code"] for one in found["errors"]] == [code]


def test_what_waits_is_cancelled_at_once_and_what_runs_is_asked_to_stop(client, django_capture_on_commit_callbacks):
    waiting = send(client).json()
    check = TableCheck.objects.get(pk=waiting["id"])
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(waiting["address"]).json()["state"] == "cancelled"
    assert not file_of(check, Path(settings.DATA)).exists()
    running = send(client).json()
    take_up(at=timezone.now())
    assert client.delete(running["address"]).json()["state"] == "running"
    assert TableCheck.objects.get(pk=running["id"]).cancel_asked
    refusal(client.get(running["address"] + "/report"), 404, "DCANT-A404")


def test_what_is_done_is_erased_and_its_address_says_so(client):
    done = checked(client)
    erased = client.delete(done["address"]).json()
    assert (erased["state"], erased["report"], erased["annotated"]) == ("expired", None, None)
    for part in ("report", "errors.csv", "annotated.xlsx"):
        assert "de nouveau" in refusal(client.get(f"{done['address']}/{part}"), 410, "DCANT-A410")


def test_a_published_report_shows_its_counts_to_all_and_its_cells_to_whoever_holds_the_key(client):
    done, stranger = checked(client), Client()
    assert FALSE_SIRET in stranger.get(done["report"]).content.decode()  # whoever holds the address, until it is public
    public = stranger.post(f"{done['address']}/publication").json()
    assert public["published_at"]
    told = stranger.get(done["address"]).json()
    assert (told["errors"], told["report"], told["annotated"]) == (done["errors"], None, None)
    assert stranger.get(told["badge"])["Content-Type"] == "image/svg+xml"
    for part in ("report", "errors.csv", "annotated.xlsx"):
        address = f"{done['address']}/{part}"
        for key in ("", "f" * 64):
            refusal(stranger.get(address, headers={"Check-Key": key}), 403, "DCANT-T004")
        assert stranger.get(address, headers={"Check-Key": done["key"]}).status_code == 200
    entry = Entry.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.type, FALSE_SIRET in str(entry.leaf)) == ("table_check.published", False)


def test_only_the_key_withdraws_what_is_public_and_nothing_public_is_erased(client):
    done = checked(client, GOOD)
    client.post(f"{done['address']}/publication")
    refusal(client.delete(f"{done['address']}/publication"), 403, "DCANT-T004")
    refusal(client.delete(done["address"]), 403, "DCANT-T004")
    key = {"Check-Key": done["key"]}
    refusal(client.delete(done["address"], headers=key), 403, "DCANT-T002")
    assert client.get(done["page"] + "badge.svg").status_code == 200
    assert client.delete(f"{done['address']}/publication", headers=key).json()["published_at"] is None
    assert client.get(done["page"] + "badge.svg").status_code == 404
    assert client.delete(done["address"], headers=key).json()["state"] == "expired"


def test_what_is_not_done_is_not_published(client):
    waiting = send(client).json()
    refusal(client.post(f"{waiting['address']}/publication"), 403, "DCANT-T002")
    assert not TableCheck.objects.get(pk=waiting["id"]).published_at


def test_an_address_that_nobody_was_given_leads_nowhere(client):
    for address in (f"{ROOT}/nothing", f"{ROOT}/%00", f"{ROOT}/nothing/report"):
        refusal(client.get(address), 404, "DCANT-A404")
    for address in (f"{ROOT}/nothing", f"{ROOT}/nothing/publication"):
        refusal(client.delete(address), 404, "DCANT-A404")


def test_the_bytes_of_a_version_bear_their_hash_and_an_alias_is_asked_again(client, world):
    address = f"/api/v1/standards/{SLUG}/versions/"
    first = client.get(f"{address}1.1.0/schema.json")
    assert first["ETag"] == f'"{world.checked.document.sha256}"'
    again = client.get(f"{address}1.1.0/schema.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    latest = client.get(f"{address}latest/schema.json")
    assert ("immutable" in first["Cache-Control"], latest["Cache-Control"]) == (True, "no-cache")
