"""One table of permissions: each act tried by each persona, by its page and by the API, with one verdict, that of the `can_…` rule."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client

from api.acts import Act, Trier, acts
from api.hands import ROOT, signed_in
from dcant.accounts.rules import ACTING_ROLES
from dcant.api import api
from factories import World
from governance.stage import everything

pytestmark = pytest.mark.django_db
# Who tries: the organisation and the role of the mandate. An auditor of the very organisation that holds the seat only reads.
PERSONAS = {
    "visitor": None,
    "auditor of the seat": ("t3", "auditor"),
    "officer without seat": ("c7", "officer"),
    "secretariat": ("c900", "secretariat"),
    "seat of the State": ("e1", "state"),
    "fellow seat": ("t1", "association"),
    "seat t3": ("t3", "association"),
    "seat t3, by an agent": ("t3", "agent"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    because: str = ""


@pytest.fixture
def triers(world) -> dict[str, tuple[Client, Trier]]:
    """Each persona with its browser."""
    return {name: _enter(world, who) for name, who in PERSONAS.items()}


def _enter(world: World, who: tuple[str, str] | None) -> tuple[Client, Trier]:
    if who is None:
        return Client(), Trier("", frozenset())
    name, role = who
    seat = world.played.stage.seats.get(name)
    acts_for = role in ACTING_ROLES
    trier = Trier(role if acts_for else "", frozenset({seat.key} if seat and acts_for else ()))
    return signed_in(name, role), trier


def by_page(client: Client, act: Act) -> Verdict:
    answer = client.post(act.page, act.form)
    if answer.status_code == 302:
        return Verdict(allowed=True)
    assert answer.status_code == 403, (act.page, answer.status_code, answer.content[-300:])
    return Verdict(allowed=False, because=html.unescape(answer.content.decode()))


def by_api(client: Client, act: Act) -> Verdict:
    headers = {"If-Match": f'"{act.match}"'} if act.match else {}
    answer = client.post(f"{ROOT}{act.address}", json.dumps(act.body), content_type="application/json", headers=headers)
    if answer.status_code in {200, 201}:
        return Verdict(allowed=True)
    assert answer.status_code == 403, (act.address, answer.status_code, answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "DCANT-G001"
    return Verdict(allowed=False, because=answer.json()["detail"])


def tried(door: Callable[[Client, Act], Verdict], client: Client, act: Act) -> Verdict:
    """What it wrote is taken back; a refusal wrote nothing."""
    with transaction.atomic():
        act.before()
        before = everything()
        verdict = door(client, act)
        assert (everything() != before) == verdict.allowed
        transaction.set_rollback(True)
    return verdict


NAMES = [
    "import_seats", "propose_action", "join_as_copilot", "enrich_action", "submit_amendment", "answer_amendment",
    "rebase_amendment", "draft_decision", "open_decision", "close_decision", "reconvene_decision", "cast_ballot",
    "give_proxy", "raise_objection", "answer_objection", "answer_objection, by its other arrow", "record_reservation",
    "assess", "propose_ending", "call_on_ending", "measure", "plan_cycle", "open_cycle", "begin_review", "call_on_roadmap",
    "call_on_balance_sheet", "plan_meeting", "convene_meeting", "cancel_meeting", "note_attendance", "publish_minutes",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_act_has_one_verdict_by_page_and_by_api_for_each_persona_and_it_is_that_of_the_rule(name, world, triers):
    act = acts(world)[name]
    allowed = set()
    now = world.played.stage.now
    for persona, (client, trier) in triers.items():
        said = act.may(trier, world)
        for door in (by_page, by_api):
            world.played.stage.now = now
            verdict = tried(door, client, act)
            assert verdict.allowed == said.allowed, (persona, door.__name__, verdict.because[-300:])
            assert said.allowed or said.because in verdict.because, (persona, door.__name__)
        allowed |= {persona} if said else set()
    world.played.stage.now = now
    assert allowed, "somebody may"
    assert not allowed & {"visitor", "auditor of the seat"}
    assert allowed < set(PERSONAS)


def test_every_act_of_the_api_is_in_the_table(world):
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    acting = (said for item in paths.values() for method, said in item.items() if method != "get")
    written = {said["operationId"] for said in acting if said.get("security")}  # a check of a table takes no mandate
    assert written == {name.partition(",")[0] for name in acts(world)}
    assert set(NAMES) == set(acts(world))
