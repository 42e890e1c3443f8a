"""One thing, one page: what is alike, what is joined, and how all of it is undone."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from test_projection import item, take_in

from dcant.accounts.models import Role
from dcant.catalogue.joining import (
    SYSTEM,
    can_decide_join,
    join_resources,
    propose_joins,
    refuse_join,
    relate_codebases,
    split_resource,
)
from dcant.catalogue.joins import joined_refs, joined_slug, reserved_slugs
from dcant.catalogue.models import Alias, Holding, JoinProposal, Relation, Resource
from dcant.harvest.models import Statement
from dcant.identifiers import Refused
from dcant.record.models import Entry
from factories import mandate, operator

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
ACTOR = "system:tests"


def test_the_reviewed_file_reads_the_same_from_both_sides():
    for slug in reserved_slugs():
        assert joined_refs(slug)
        assert {joined_slug(ref) for ref in joined_refs(slug)} == {slug}
    assert (joined_slug("nowhere:x/y"), joined_refs("nowhere")) == ("", ())


def software(remote_id: str, source: str = "sill", **facts):
    return item(source, remote_id, kind="software", collection="software", **facts)


def base() -> dict[str, object]:
    """All that a join may touch, without days and without the proposals themselves."""
    return {
        "resources": {
            row.slug: (row.kind, row.state, row.title, row.purpose, row.sheet, row.facts)
            for row in Resource.objects.all()
        },
        "holdings": set(Holding.objects.values_list("item__remote_id", "resource__slug")),
        "aliases": set(Alias.objects.values_list("slug", "resource__slug")),
        "relations": set(Relation.objects.values_list("subject__slug", "name", "target__slug", "target_ref", "source")),
        "statements": set(Statement.objects.values_list("pk", "item", "ended_at")),
    }


@pytest.mark.django_db
def test_one_number_joins_at_once_and_the_log_says_who_did():
    take_in(
        software("a", title="Grist", sill_id="7", purpose="Un tableur."), software("b", title="Grist Core", sill_id="7")
    )
    (proposal,) = propose_joins(at=NOW)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.likeness) == ("joined", SYSTEM, "certain")
    assert Resource.objects.at_address("grist-core") == Resource.objects.at_address("grist") == proposal.kept
    assert set(proposal.kept.holdings.values_list("item__remote_id", flat=True)) == {"a", "b"}
    assert (Entry.objects.get().type, Entry.objects.get().actor) == ("catalogue.joined", SYSTEM)
    assert propose_joins(at=NOW) == []


@pytest.mark.django_db
def test_three_sheets_under_one_number_become_one():
    take_in(*(software(name, title=name, sill_id="7") for name in "abc"))
    propose_joins(at=NOW)
    assert [one.slug for one in Resource.objects.shown()] == ["a"]
    assert set(Alias.objects.values_list("slug", "resource__slug")) == {("b", "a"), ("c", "a")}


@pytest.mark.django_db
def test_a_number_learnt_by_a_join_joins_the_third_at_the_next_look():
    take_in(
        software("a", title="A", sill_id="7"),
        software("b", title="B", sill_id="7", wikidata_id="Q1"),
        software("c", title="C", wikidata_id="Q1"),
    )
    propose_joins(at=NOW)
    propose_joins(at=NOW)
    assert [one.slug for one in Resource.objects.shown()] == ["a"]


@pytest.mark.django_db
def test_one_service_listed_by_two_catalogues_at_one_address_is_joined_and_a_split_gives_all_back():
    suite = item("suite", "x", kind="service", collection="services", title="Messages", website="https://m.fr/")
    beta = item("betagouv", "y", kind="service", collection="startups", title="messages", website="http://www.m.fr")
    other = item("betagouv", "z", kind="service", collection="startups", title="Messages", website="https://autre.fr")
    take_in(suite, beta, other)
    before = base()
    propose_joins(at=NOW)
    (proposal,) = JoinProposal.objects.filter(state="joined")
    assert (proposal.likeness, proposal.decided_by) == ("certain", SYSTEM)
    assert set(proposal.kept.holdings.values_list("item__remote_id", flat=True)) == {"x", "y"}
    assert Resource.objects.shown().count() == 2, "another instance at another address stays apart"
    split_resource(proposal=proposal, actor=ACTOR, at=NOW)
    assert base() == before
    propose_joins(at=NOW)
    assert base() == before, "what a person split is not joined again"


@pytest.mark.django_db
def test_one_number_of_a_list_of_numbers_is_enough():
    take_in(
        item("suite", "x", kind="service", collection="services", title="Un", suite_service_ids=["58", "59"]),
        item("betagouv", "y", kind="service", collection="startups", title="Deux", suite_service_ids=["59"]),
        item("betagouv", "z", kind="service", collection="startups", title="Trois", suite_service_ids=["60"]),
    )
    propose_joins(at=NOW)
    joined, apart = sorted(Resource.objects.shown(), key=lambda one: one.title == "Trois")
    assert (joined.holdings.count(), apart.title, apart.holdings.count()) == (2, "Trois", 1)


@pytest.mark.django_db
def test_a_like_title_waits_for_a_person_and_a_refusal_is_for_good():
    take_in(software("a", title="Grist"), software("b", title="GRIST"))
    (proposal,) = propose_joins(at=NOW)
    assert (proposal.state, proposal.likeness) == ("open", "probable")
    assert Resource.objects.shown().count() == 2
    refuse_join(proposal=proposal, actor=ACTOR, at=NOW)
    assert propose_joins(at=NOW) == []
    for act in (join_resources, split_resource, refuse_join):
        with pytest.raises(Refused):
            act(proposal=proposal, actor=ACTOR, at=NOW)


@pytest.mark.django_db
def test_a_join_done_cannot_be_refused_after_the_fact_only_split():
    take_in(software("a", title="Grist"), software("b", title="Grist"))
    (proposal,) = propose_joins(at=NOW)
    join_resources(proposal=proposal, actor=ACTOR, at=NOW)
    joined = base()
    for act in (refuse_join, join_resources):
        with pytest.raises(Refused):
            act(proposal=proposal, actor=ACTOR, at=NOW)
    assert base() == joined
    split_resource(proposal=proposal, actor=ACTOR, at=NOW)
    assert Resource.objects.shown().count() == 2


@pytest.mark.django_db
def test_a_relation_between_the_two_does_not_aim_at_itself_once_they_are_one():
    take_in(
        software("a", title="Grist"),
        software("b", title="Grist", link_depends_on="sill:software/a"),
        software("c", title="Portail", link_depends_on="sill:software/b"),
    )
    before = base()
    (proposal,) = propose_joins(at=NOW)
    kept = join_resources(proposal=proposal, actor=ACTOR, at=NOW)
    assert [row.target for row in Relation.objects.filter(subject=kept)] == [None]
    assert Relation.objects.get(subject__slug="portail").target == kept
    split_resource(proposal=proposal, actor=ACTOR, at=NOW)
    assert base() == before


@pytest.mark.django_db
@pytest.mark.parametrize("first", [0, 1], ids=["inner first", "outer first"])
def test_a_chain_of_joins_comes_apart_in_any_order(first):
    take_in(*(software(name, title="Grist", purpose=name) for name in "abc"))
    before = base()
    pairs = {(one.kept.slug, one.other.slug): one for one in propose_joins(at=NOW)}
    inner, outer = pairs["grist-software", "grist-2"], pairs["grist", "grist-software"]
    join_resources(proposal=inner, actor=ACTOR, at=NOW)
    join_resources(proposal=outer, actor=ACTOR, at=NOW)
    assert {one.slug for one in Resource.objects.shown()} == {"grist"}
    assert Resource.objects.at_address("grist-2").slug == "grist"
    order = [inner, outer] if first == 0 else [outer, inner]
    split_resource(proposal=order[0], actor=ACTOR, at=NOW)
    expected = {"grist", "grist-2"} if first == 0 else {"grist", "grist-software"}
    assert {one.slug for one in Resource.objects.shown()} == expected
    split_resource(proposal=order[1], actor=ACTOR, at=NOW)
    assert base() == before


worlds = st.lists(
    st.tuples(
        st.sampled_from(["Grist", "grist", "Docs"]),
        st.sampled_from([None, "1", "2"]),
        st.sampled_from([None, "https://github.com/a/b"]),
        st.sampled_from([None, "https://grist.example"]),
        st.one_of(st.none(), st.integers(0, 4)),
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.django_db
@settings(max_examples=25)
@given(
    worlds,
    st.lists(st.tuples(st.sampled_from(["join", "split", "refuse"]), st.integers(0, 20)), max_size=8),
    st.randoms(),
)
def test_whatever_was_joined_splitting_it_all_gives_back_exactly_what_was(things, decisions, draw):
    with transaction.atomic():
        for number, (title, sill_id, repository, page, target) in enumerate(things):
            facts = {"sill_id": sill_id, "repository_url": repository, "website": page}
            facts |= {"purpose": f"n° {number}"}
            facts["link_depends_on"] = f"sill:software/{target}" if target is not None else None
            stated = {name: value for name, value in facts.items() if value is not None}
            take_in(software(str(number), title=title, **stated))
        relate_codebases()
        before = base()
        propose_joins(at=NOW)
        acts = {"join": join_resources, "split": split_resource, "refuse": refuse_join}
        for name, number in decisions:
            proposals = list(JoinProposal.objects.order_by("pk"))
            if proposals:
                _try(acts[name], proposals[number % len(proposals)])
            assert Holding.objects.count() == len(things)
            assert not Holding.objects.filter(resource__state="merged").exists()
            assert not Alias.objects.filter(resource__state="merged").exists()
        while joined := list(JoinProposal.objects.filter(state="joined")):
            split_resource(proposal=draw.choice(joined), actor=ACTOR, at=NOW)
        assert base() == before
        transaction.set_rollback(True)


def _try(act, proposal: JoinProposal) -> None:
    """An act that is refused writes nothing."""
    before = base()
    try:
        act(proposal=proposal, actor=ACTOR, at=NOW)
    except Refused:
        assert base() == before


@pytest.mark.django_db
def test_a_sheet_of_ours_does_not_take_in_what_only_bears_its_address():
    alien = item("betagouv", "x", kind="service", collection="startups", title="Ma commune")
    take_in(alien)
    ours = item("seed", "ma-commune", kind="service", collection="sheets", title="Ma commune")
    take_in(ours)
    assert dict(Holding.objects.values_list("item__source", "resource__slug")) == {
        "betagouv": "ma-commune",
        "seed": "ma-commune-service",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("ours_first", [True, False])
def test_the_reviewed_file_joins_in_any_order_and_keeps_its_addresses_for_its_own_things(ours_first):
    alien = item("datagouv", "x", kind="api", title="API Geo", collection="dataservices")
    asking = item("seed", "portail", kind="service", collection="sheets", title="Portail", link_consumes="seed:api-geo")
    ours = item("seed", "api-geo", kind="api", collection="sheets", title="API Géo")
    theirs = item("apigouv", "api-geo", kind="api", title="API Géo (communes)")
    take_in(*([ours, theirs] if ours_first else [theirs, ours]), alien, asking) if ours_first else take_in(
        alien, asking, theirs, ours
    )
    held = {one.item.source: one.resource.slug for one in Holding.objects.exclude(item=asking.pk)}
    assert held == {"seed": "api-geo", "apigouv": "api-geo", "datagouv": "api-geo-api"}
    assert Relation.objects.get(name="consumes").target.slug == "api-geo"


@pytest.fixture
def two_sheets(db) -> JoinProposal:
    take_in(software("a", title="Grist"), software("b", title="Grist"))
    (proposal,) = propose_joins(at=NOW)
    return proposal


@pytest.mark.usefixtures("two_sheets")
def test_the_address_of_a_joined_sheet_leads_to_the_other_and_comes_back_after_a_split(client: Client):
    proposal = JoinProposal.objects.get()
    address = f"/ressources/{proposal.other.slug}/"
    assert client.get(address).status_code == 200
    join_resources(proposal=proposal, actor=ACTOR, at=NOW)
    answer = client.get(address)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/ressources/{proposal.kept.slug}/")
    split_resource(proposal=proposal, actor=ACTOR, at=NOW)
    assert client.get(address).status_code == 200


def signed_in(client: Client, role: str) -> Client:
    held = mandate(operator(f"Operateur {role}", []).organisation, role)
    client.force_login(held.person)
    session = client.session
    session["acting_for"] = held.pk
    session.save()
    return client


def test_a_visitor_reads_the_proposals_and_decides_nothing(client: Client, two_sheets: JoinProposal):
    address = f"/ressources/sources/reunions/{two_sheets.pk}/"
    assert two_sheets.because in client.get("/ressources/sources/reunions/").content.decode().replace("&#x27;", "'")
    assert client.post(address, {"decision": "join"}).status_code == 403
    two_sheets.refresh_from_db()
    assert two_sheets.state == "open"


@pytest.mark.parametrize("role", Role.values)
def test_a_mandate_decides_as_the_permit_says(client: Client, two_sheets: JoinProposal, role: str):
    address = f"/ressources/sources/reunions/{two_sheets.pk}/"
    for decision, state in (("join", "joined"), ("split", "split")):
        answer = (
            signed_in(client, role).post(address, {"decision": decision})
            if decision == "join"
            else client.post(address, {"decision": decision})
        )
        two_sheets.refresh_from_db()
        allowed = bool(can_decide_join(acts_as=role))
        assert (answer.status_code, two_sheets.state) == ((302, state) if allowed else (403, "open"))


def test_those_who_may_decide_are_producers_and_both_colleges():
    assert {role for role in Role.values if can_decide_join(acts_as=role)} == {
        "producer",
        "association",
        "state",
        "officer",
    }
    assert not can_decide_join(acts_as="")
