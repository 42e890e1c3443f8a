"""The public log on its pages: who cosigned and who is awaited, a proof to take away, a search, and a falsified copy."""

import pytest

from dcant.record.models import Entry
from dcant.record.policy import Policy
from dcant.record.proof import ProofFile, check_proof
from dcant.web.log_lines import SENTENCES

pytestmark = pytest.mark.django_db


def test_the_page_says_who_cosigned_and_who_is_awaited(world, client):
    page = client.get("/registre/").content.decode()
    assert "Témoin « État »" in page
    assert "a cosigné le 26 juin 2018" in page
    assert "Témoin « communes »" in page
    assert "en attente du témoin" in page
    assert "Ce témoin ne répond pas" in page
    assert "dcant record verify http://testserver/registre/log --policy politique.txt" in page
    said = client.get("/registre.json").json()["log"]
    assert [one["reason"] for one in said["cosignatures"]] == [None, "down"]
    assert (said["ok"], said["quorum"], said["alarms"]) == (True, False, [])
    assert client.get("/registre/log/checkpoint").content.decode().count("\n— ") == 2


def test_a_proof_taken_from_the_site_is_checked_offline_with_the_policy_of_one_s_own(world, client):
    entry = world.written.entry.entry_id
    answer = client.get(f"/registre/{entry}.tlog-proof")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{entry}.tlog-proof"'
    leaf = client.get(f"/registre/{entry}/entree.json").content
    said = client.get("/registre/politique.txt").content.decode()
    proof = ProofFile.parse(answer.content)
    assert check_proof(proof, leaf, Policy.parse(said.replace("quorum équilibre", "quorum État").encode()))
    assert [code for code, _said in check_proof(proof, leaf, Policy.parse(said.encode())).findings] == ["quorum"]
    changed = check_proof(proof, leaf.replace(b"2", b"3", 1), Policy.parse(said.encode()))
    assert changed.findings[0][0] == "inclusion"
    page = client.get(f"/registre/{entry}/").content.decode()
    assert f"dcant record proof {entry}.tlog-proof --entry {entry}.entree.json --policy politique.txt" in page


def test_an_entry_that_is_in_no_checkpoint_has_no_proof_yet_and_the_page_says_so(world, client):
    entry = world.waiting.entry.entry_id
    assert client.get(f"/registre/{entry}.tlog-proof").status_code == 404
    assert "sa preuve viendra avec lui" in client.get(f"/registre/{entry}/").content.decode()
    assert client.get("/registre/nothing.tlog-proof").status_code == 404


def _ids(client, query: str) -> list[str]:
    return [one["leaf"]["id"] for one in client.get(f"/registre.json?{query}").json()["entries"]]


def test_entries_are_found_by_type_and_by_organisation_on_the_page_and_in_the_data(world, client):
    entry = world.written.entry
    organisation = world.written.organisation
    assert entry.entry_id in _ids(client, f"type={entry.type}")
    assert entry.entry_id not in _ids(client, "type=harvest.run")
    number = entry.actor.rpartition(":")[2]
    for who in (organisation.name, number, f"{number[:9]}", f"{number[:3]} {number[3:]}"):
        assert entry.entry_id in _ids(client, f"par={who}"), who
        assert f"/registre/{entry.entry_id}/" in client.get(f"/registre/?par={who}").content.decode()
        assert entry.entry_id in client.get(f"/registre.csv?par={who}").content.decode()
    assert _ids(client, "par=zzzzzz") == _ids(client, "par=%") == []
    assert "Aucune entrée de ce genre" in client.get("/registre/?par=zzzzzz").content.decode()


def test_a_copy_is_falsified_on_a_demonstration_and_the_entry_is_named(world, client, settings):
    assert client.post("/registre/falsifier/").status_code == 404
    assert "falsifier" not in client.get("/registre/").content.decode()
    settings.DEMO = True
    assert client.get("/registre/falsifier/").status_code == 405
    assert "une seule machine" in client.get("/registre/").content.decode()
    before = client.get("/registre/log/checkpoint").content
    page = client.post("/registre/falsifier/").content.decode()
    assert "La copie est trahie par l’entrée n°" in page
    assert "<code>entry</code>" in page
    assert "<del>" in page
    assert client.get("/registre/log/checkpoint").content == before


def test_a_log_too_long_or_unreadable_is_not_falsified_and_says_why(world, client, settings, tmp_path, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr("dcant.record.falsify.MOST_ENTRIES", 0)
    refused = client.post("/registre/falsifier/")
    assert refused.status_code == 403
    assert "DCANT-R001" in refused.content.decode()
    settings.DATA = tmp_path
    assert client.post("/registre/falsifier/").status_code == 403
    assert Entry.objects.exists()


def test_every_kind_of_line_is_said_in_words(world):
    """What stands in the log of a world where everything was played reads as a sentence."""
    kinds = set(Entry.objects.values_list("type", flat=True))
    assert len(kinds) > 30
    assert kinds - set(SENTENCES) == set()
