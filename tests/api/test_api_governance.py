"""The programme through the API: what it answers, what a draft that changed does, and one act for one key."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from api.hands import ROOT, send, signed_in
from dcant.accounts.answers import KEPT
from dcant.accounts.models import RememberedAnswer
from dcant.catalogue.models import Resource
from dcant.governance.models import Amendment, Ballot, Meeting, Seat
from dcant.governance.rules.counting import Ballot as Said
from dcant.governance.rules.counting import Charter, outcome
from dcant.governance.rules.counting import Seat as Place
from dcant.governance.rules.texts import text_hash
from dcant.record.models import Entry
from factories import says
from governance.played import CLOSED, PLANNED, UNDER_WAY
from governance.stage import TEXT, everything

pytestmark = pytest.mark.django_db


def ask(client: Client, address: str, **query: object):
    answer = client.get(ROOT + address, query)
    assert answer.status_code == 200, (address, answer.content[:300])
    return answer.json()


def lists(world) -> list[str]:
    played = world.played
    return [
        "/programmes",
        f"/programmes/{played.slug}/seats",
        "/cycles",
        "/actions",
        f"/actions/{played.draft.code}/versions",
        "/amendments",
        "/decisions",
        f"/decisions/{played.vote.code}/ballots",
        f"/decisions/{played.vote.code}/proxies",
        f"/decisions/{played.consent.code}/objections",
        f"/decisions/{played.rejected.code}/reservations",
        "/roadmaps",
        "/balance-sheets",
        "/assessments",
        "/meetings",
        "/record/entries",
    ]


def test_every_list_holds_something_in_few_queries_and_pages_it(world, client, django_assert_max_num_queries):
    for address in lists(world):
        with django_assert_max_num_queries(10):
            whole = ask(client, address, page_size=100)
        assert whole["count"] > 0, address
        first = ask(client, address, page_size=1)
        assert first["results"] == whole["results"][:1], address
        assert (first["next"] is None) == (whole["count"] == 1), address


@pytest.mark.parametrize(
    ("address", "query", "field"),
    [
        ("/cycles", {"state": "open"}, "state"),
        ("/actions", {"nature": "proposed"}, "nature"),
        ("/amendments", {"state": "lapsed"}, "state"),
        ("/decisions", {"purpose": "roadmap"}, "purpose"),
        ("/decisions", {"state": "open"}, "state"),
        ("/roadmaps", {"cycle": CLOSED}, "cycle"),
        ("/balance-sheets", {"state": "published"}, "state"),
        ("/assessments", {"college": "etat"}, "college"),
        ("/meetings", {"state": "cancelled"}, "state"),
    ],
)
def test_a_filter_narrows_to_what_was_asked_and_an_unknown_value_to_nothing(address, query, field, world, client):
    (value,) = query.values()
    found = ask(client, address, page_size=100, **query)["results"]
    assert {row[field] for row in found} == {value}
    (name,) = query
    assert ask(client, address, **{name: "rien-de-tel"})["count"] == 0


def test_one_thing_is_at_its_own_address_as_in_its_list(world, client):
    played = world.played
    for address, row in (
        (f"/programmes/{played.slug}", "/programmes"),
        (f"/cycles/{played.slug}/{UNDER_WAY}", "/cycles"),
        (f"/actions/{played.draft.code}", "/actions"),
        (f"/actions/{played.draft.code}/versions/1", f"/actions/{played.draft.code}/versions"),
        (f"/amendments/{Amendment.objects.first().pk}", "/amendments"),
        (f"/meetings/{played.meetings[0].code}", "/meetings"),
    ):
        assert ask(client, address) in ask(client, row, page_size=100)["results"], address


@pytest.mark.parametrize(
    "address",
    [
        "/programmes/nothing",
        "/cycles/nothing/2025-S1",
        "/actions/nothing",
        "/actions/nothing/versions",
        "/actions/nothing/versions/1",
        "/amendments/987654321",
        "/decisions/nothing",
        "/decisions/nothing/ballots",
        "/decisions/nothing/objections",
        "/meetings/nothing",
        "/record/entries/nothing/proof",
    ],
)
def test_what_is_not_there_is_a_problem_in_words(address, world, client):
    answer = client.get(ROOT + address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"].endswith(".")
    assert answer.json()["detail"] != "Rien n’existe à cette adresse."


def test_a_decision_carries_what_recomputes_its_outcome(world, client):
    """The file is judged by the rule alone, away from the database."""
    for decided in (world.played.rejected, world.played.roadmap):
        said = ask(client, f"/decisions/{decided.code}")
        file = said["file"]
        found = outcome(
            Charter(file["charter"]["rule"]),
            [Place(one["seat"], one["college"], one["voice"]) for one in file["electorate"]],
            [Said(one["seat"], one["value"], one["by"], one.get("holder", "")) for one in file["ballots"]],
            [],
        )
        assert found.outcome == said["outcome"]["outcome"] == said["state"]


def test_a_meeting_nobody_was_told_of_is_not_told_here(world, client):
    draft = Meeting.objects.get(state="draft")
    assert client.get(f"{ROOT}/meetings/{draft.code}").status_code == 404
    assert draft.code not in {row["meeting"] for row in ask(client, "/meetings", page_size=100)["results"]}


def test_no_name_of_a_person_is_in_any_answer(world, client):
    from governance.played import PERSON

    for address in lists(world):
        assert PERSON not in json.dumps(ask(client, address, page_size=100), ensure_ascii=False), address


def test_the_proof_of_an_entry_is_that_of_its_page_and_waits_for_the_checkpoint(world, client):
    entry = Entry.objects.written().last()
    proof = client.get(f"{ROOT}/record/entries/{entry.entry_id}/proof")
    assert proof["Content-Type"].startswith("text/plain")
    assert proof.content == client.get(f"/registre/{entry.entry_id}.tlog-proof").content
    assert proof.content.startswith(b"c2sp.org/tlog-proof@v1")
    fresh = says(world.treverien, Resource.objects.get(slug="brique-04"), ago=0).entry
    waits = client.get(f"{ROOT}/record/entries/{fresh.entry_id}/proof")
    assert (waits.status_code, "point de contrôle" in waits.json()["detail"]) == (404, True)


def test_a_draft_that_changed_is_412_with_both_texts_and_nothing_written(world):
    draft = world.played.draft.versions.get()
    assert draft.text != TEXT
    seat = world.played.stage.seats["t3"].key
    mine = {"seat": seat, "wanted": "Premier.\n\nSecond, par moi.\n\nTroisième.", "reason": "Plus clair."}
    address = f"/actions/{world.played.draft.code}/amendments"
    before, client = everything(), signed_in("t3")
    stale = send(client, address, mine, If_Match=f'"{text_hash(TEXT)}"')
    assert (stale.status_code, stale["Content-Type"]) == (412, "application/problem+json")
    said = stale.json()
    assert said["code"] == "DCANT-G002"
    assert said["current"] == {"hash": draft.hash, "text": draft.text}
    assert said["yours"] == {"hash": text_hash(mine["wanted"]), "text": mine["wanted"]}
    assert everything() == before
    assert send(client, address, mine).status_code == 422, "without If-Match nothing is overwritten by chance"
    for tag in (f'"{draft.hash}"', draft.hash, f'W/"{draft.hash}"'):
        made = send(client, address, mine, If_Match=tag)
        assert made.status_code == 201, made.content
    assert made.json()["wanted"] == mine["wanted"]
    assert made.json()["base_hash"] == said["current"]["hash"]


def test_a_lapsed_amendment_is_not_carried_over_a_text_that_its_author_did_not_read(world):
    lapsed = Amendment.objects.get(state="lapsed")
    address, client = f"/amendments/{lapsed.pk}/rebase", signed_in("t3")
    stale = send(client, address, {"wanted": "Tout autre."}, If_Match=f'"{lapsed.base_hash}"')
    assert (stale.status_code, stale.json()["yours"]["text"]) == (412, "Tout autre.")
    present = stale.json()["current"]["hash"]
    carried = send(client, address, {"wanted": "Tout autre."}, If_Match=f'"{present}"')
    assert (carried.status_code, carried.json()["state"]) == (200, "submitted")


def ballot(world, value: str = "for") -> tuple[str, dict[str, str]]:
    return f"/decisions/{world.played.vote.code}/ballots", {
        "seat": world.played.stage.seats["t3"].key,
        "value": value,
    }


def test_a_ballot_sent_again_under_its_key_is_one_ballot_with_one_answer(world):
    address, body = ballot(world)
    client, entries = signed_in("t3"), Entry.objects.count()
    first = send(client, address, body, Idempotency_Key="bulletin-1")
    again = send(client, address, body, Idempotency_Key="bulletin-1")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 201
    assert Entry.objects.count() == entries + 1
    assert Ballot.objects.filter(decision=world.played.vote, seat__key=body["seat"]).count() == 1
    other = send(client, address, body, Idempotency_Key="bulletin-2")
    assert other.status_code == 201
    assert Entry.objects.count() == entries + 2
    assert send(client, address, body).json()["at"] not in {first.json()["at"], other.json()["at"]}


def test_a_key_serves_one_request_of_one_mandate(world):
    address, body = ballot(world)
    client = signed_in("t3")
    assert send(client, address, body, Idempotency_Key="cle").status_code == 201
    reused = send(client, address, body | {"value": "against"}, Idempotency_Key="cle")
    assert (reused.status_code, reused.json()["code"]) == (422, "DCANT-C002")
    theirs = body | {"seat": world.played.stage.seats["t1"].key}
    assert send(signed_in("t1"), address, theirs, Idempotency_Key="cle").status_code == 201


def test_a_refused_act_leaves_its_key_free_and_a_visitor_none(world):
    address, body = ballot(world, "peut-être")
    client = signed_in("t3")
    for _ in range(2):
        assert send(client, address, body, Idempotency_Key="k").status_code == 403
    assert send(client, address, body | {"value": "for"}, Idempotency_Key="k").status_code == 201
    assert send(Client(), address, body, Idempotency_Key="v").status_code == 403
    assert RememberedAnswer.objects.count() == 1


def test_an_answer_is_kept_for_a_day(world):
    address, body = ballot(world)
    client = signed_in("t3")
    first = send(client, address, body, Idempotency_Key="k").json()
    RememberedAnswer.objects.update(at=timezone.now() - KEPT * 1.01)
    assert send(client, address, body, Idempotency_Key="k").json() != first
    assert RememberedAnswer.objects.count() == 1


def test_a_table_of_seats_is_looked_at_then_opened_once(world):
    slug = world.played.slug
    address = f"/programmes/{slug}/seats/import"
    table = {"text": "college;organisation\netat;organisme-c900\n"}
    seats, client = Seat.objects.count(), signed_in("c900", "secretariat")
    looked = send(client, address, table | {"dry_run": True}).json()
    assert (looked["ready"], looked["opened"], looked["lines"][0]["fault"]) == (True, [], "")
    assert Seat.objects.count() == seats
    opened = send(client, address, table, Idempotency_Key="import")
    assert opened.json()["opened"]
    assert send(client, address, table, Idempotency_Key="import").content == opened.content
    assert Seat.objects.count() == seats + 1
    assert send(client, address, table).status_code == 403, "without its key it is another import, of a seat now held"
    wrong = send(client, address, {"text": "college,organisation\nx,y\n", "dry_run": True}).json()
    assert (wrong["ready"], bool(wrong["lines"][0]["fault"])) == (False, True)
    assert send(signed_in("e1"), address, table | {"dry_run": True}).status_code == 403


def test_a_session_without_its_csrf_token_does_not_act(world):
    address, body = ballot(world)
    client = signed_in("t3", enforce_csrf_checks=True)
    before = everything()
    bare = send(client, address, body)
    assert (bare.status_code, bare["Content-Type"], bare.json()["code"]) == (
        403,
        "application/problem+json",
        "DCANT-A403",
    )
    client.cookies["csrftoken"] = "t" * 32
    assert send(client, address, body, X_CSRFToken="u" * 32).json()["code"] == "DCANT-A403"
    assert everything() == before
    assert send(client, address, body, X_CSRFToken="t" * 32).status_code == 201


@pytest.mark.parametrize("bad", ["\x00", "\ud800"])
def test_text_that_no_database_holds_is_refused_with_its_place(bad, world):
    address = f"/decisions/{world.played.vote.code}/reservations"
    answer = send(signed_in("t3"), address, {"text": f"a{bad}b"})
    assert (answer.status_code, answer.json()["code"]) == (422, "DCANT-A422")


@pytest.mark.parametrize("deadline", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "demain", "2020-01-01"])
def test_a_deadline_that_cannot_be_is_refused(deadline, world):
    address = f"/decisions/{world.played.waiting.code}/open"
    answer = send(signed_in("c900", "secretariat"), address, {"deadline": deadline})
    assert answer.status_code in {403, 422}, answer.content


def test_a_programme_and_its_half_years_are_told_whole(world, client):
    told = ask(client, f"/programmes/{world.played.slug}")
    assert told["charter"]["hash"].startswith("sha256:")
    assert [axis["number"] for axis in told["axes"]] == [1, 2]
    cycles = ask(client, "/cycles", programme=world.played.slug)["results"]
    assert [one["cycle"] for one in cycles] == [PLANNED, UNDER_WAY, CLOSED]
