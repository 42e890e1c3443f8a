"""An operator fills its own entry: who may, what is written, what is never lost, and what shows once the day of review is past."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.entering import (
    YEAR,
    Filled,
    Speaking,
    can_fill_entry,
    entered_values,
    fill_entries,
    kept_by,
    name_operator,
)
from dcant.catalogue.models import Relation, Resource
from dcant.catalogue.rules.autonomy import FIELDS, STANDARD, VERSION
from dcant.catalogue.seed_folder import seed_folder
from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.operator import Entered
from dcant.harvest.models import Item, Line, Run, Statement
from dcant.harvest.rules import RawItem
from dcant.identifiers import Refused
from dcant.record.models import Entry
from dcant.territories.services import new_organisation
from dcant.web.sheets import FIELD_WORDS
from factories import resource

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
VALUES = {"title": "Nuage local", "purpose": "Héberger.", "infra_type": "cloud", "control": "local"}
KEYS = st.frozensets(st.sampled_from("abc"))


def organisation(name, siren):
    made = new_organisation(name=name, kind="operator", siren=siren)
    made.save()
    return made


@pytest.fixture
def ours(db):
    return Speaking(organisation("Syndicat d’essai", "200054781"), "producer")


@pytest.fixture
def theirs(db):
    return Speaking(organisation("Autre syndicat", "213505910"), "producer")


def fill(speaking, tmp_path, *, of=None, at=NOON, review=None, **values):
    entry = Filled(VALUES | values, review or at.date() + YEAR, of)
    return fill_entries(entries=[entry], speaking=speaking, at=at, data=tmp_path)


def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Run, Item, Statement, Line, Entry, Resource))


@given(st.sampled_from(["producer", "officer", "agent", "state", "secretariat", ""]), KEYS, KEYS, st.booleans())
def test_only_who_keeps_an_infrastructure_fills_its_entry(acts_as, keys, kept, is_new):
    permit = can_fill_entry(acts_as=acts_as, keys=keys, kept_by=kept, is_new=is_new)
    assert bool(permit) == (acts_as in {"producer", "officer"} and (is_new or bool(keys & kept)))


def test_a_new_entry_is_a_sheet_a_run_and_one_line_of_the_record(ours, tmp_path):
    run = fill(ours, tmp_path, contact="jeanne.martin@syndicat.example", exit_notice="Trois mois")
    sheet = Resource.objects.get(slug="nuage-local")
    assert (sheet.kind, sheet.value("exit_notice"), kept_by(sheet)) == ("infrastructure", "Trois mois", {"200054781"})
    said = sheet.sheet["exit_notice"]["sources"][0]
    assert (said["source"], said["citation"]["publisher"]) == ("operator", "Syndicat d’essai")
    assert said["citation"]["review_on"] == "2027-11-20"
    assert "jeanne" not in str(sheet.sheet)
    entry = Entry.objects.get()
    assert (entry.type, entry.actor, entry.entry_id) == (
        "catalogue.entries_filled",
        "org:siren:200054781",
        run.record_entry,
    )
    assert (run.state, run.totals["created"], run.totals["seen"]) == ("complete", 1, 1)
    assert b"jeanne" not in bytes(str(entry.leaf), "utf-8")


def test_a_correction_comes_before_other_sources_and_loses_nothing_of_them(ours, tmp_path):
    nuage = resource("nuage", kind="infrastructure", producer_key="200054781", price_note="Cher.", exit_terms="Rude.")
    fill(ours, tmp_path, of=nuage, price_note="Juste.")
    nuage.refresh_from_db()
    assert (nuage.value("price_note"), nuage.value("exit_terms")) == ("Juste.", "Rude.")
    assert [one["value"] for one in nuage.sheet["price_note"]["others"]] == ["Cher."]
    assert nuage.slug == "nuage"
    assert Resource.objects.count() == 1


def test_a_corrected_list_takes_the_place_of_that_of_the_sources_which_is_told_as_theirs(ours, tmp_path, client):
    nuage = resource("nuage", kind="infrastructure", producer_key="200054781", sites_departements=["22", "35"])
    fill(ours, tmp_path, of=nuage, sites_departements=["35", "56"])
    nuage.refresh_from_db()
    assert nuage.value("sites_departements") == nuage.facts["sites_departements"] == ["35", "56"]
    assert [one["value"] for one in nuage.sheet["sites_departements"]["others"]] == [["22", "35"]]
    assert "autres sources disent" in client.get("/ressources/nuage/").content.decode()


def test_what_is_said_no_more_is_ended_and_never_erased(ours, tmp_path):
    fill(ours, tmp_path, capacity="Mille serveurs")
    made = Resource.objects.get()
    fill(ours, tmp_path, of=made, at=NOON + timedelta(days=1))
    made.refresh_from_db()
    assert made.value("capacity") is None
    assert Statement.objects.get(field="capacity").ended_at == NOON + timedelta(days=1)
    assert entered_values(made) == (VALUES, date(2027, 11, 21))
    assert Run.objects.of("operator").first().number == 2


def test_other_entries_of_the_source_are_not_absent_because_one_was_filled(ours, tmp_path):
    fill(ours, tmp_path)
    fill(ours, tmp_path, title="Second nuage")
    assert set(Item.objects.values_list("remote_id", "state")) == {("nuage-local", "seen"), ("second-nuage", "seen")}


def test_two_new_ones_of_one_name_never_share_an_address(ours, tmp_path):
    resource("nuage-local", kind="service")
    entries = [Filled(VALUES, NOON.date() + YEAR), Filled(VALUES | {"purpose": "Autre."}, NOON.date() + YEAR)]
    fill_entries(entries=entries, speaking=ours, at=NOON, data=tmp_path)
    assert Resource.objects.filter(kind="infrastructure").count() == 2
    assert Resource.objects.get(slug="nuage-local").kind == "service"


@pytest.mark.parametrize(
    ("role", "changed", "said"),
    [
        ("agent", {}, "mandatée par son opérateur"),
        ("producer", {"purpose": ""}, "Il manque une réponse"),
        ("producer", {"days": 0}, "relecture"),
        ("producer", {"days": 731}, "relecture"),
    ],
)
def test_a_refused_entry_leaves_nothing(ours, tmp_path, role, changed, said):
    before = written()
    review = NOON.date() + timedelta(days=changed.get("days", 30))
    speaking = Speaking(ours.organisation, role)
    with pytest.raises(Refused, match=said):
        fill(speaking, tmp_path, review=review, **{name: text for name, text in changed.items() if name != "days"})
    assert written() == before


def test_one_entry_refused_among_many_refuses_all(ours, theirs, tmp_path):
    fill(theirs, tmp_path, title="Le leur")
    before = written()
    entries = [Filled(VALUES, NOON.date() + YEAR), Filled(VALUES, NOON.date() + YEAR, Resource.objects.get())]
    with pytest.raises(Refused, match="Une autre organisation"):
        fill_entries(entries=entries, speaking=ours, at=NOON, data=tmp_path)
    assert written() == before


def test_a_form_sent_twice_makes_one_sheet(ours, tmp_path):
    fill(ours, tmp_path)
    with pytest.raises(Refused, match="corrigez sa fiche « nuage-local »"):
        fill(ours, tmp_path)
    assert Resource.objects.count() == 1


def test_the_secretariat_says_who_keeps_a_sheet_once_and_the_operator_may_then_fill_it(ours, tmp_path):
    nuage = resource("nuage", kind="infrastructure")
    with pytest.raises(Refused, match="le secrétariat peut le dire"):
        fill(ours, tmp_path, of=nuage)
    office = Speaking(organisation("Secrétariat", "213505910"), "secretariat")
    name_operator(resource=nuage, operator=ours.organisation, speaking=office, at=NOON, data=tmp_path)
    nuage.refresh_from_db()
    assert (nuage.title, kept_by(nuage)) == ("Nuage", {"200054781"})
    with pytest.raises(Refused, match="On sait déjà"):
        name_operator(resource=nuage, operator=office.organisation, speaking=office, at=NOON, data=tmp_path)
    fill(ours, tmp_path, of=nuage)
    assert list(Entry.objects.order_by("pk").values_list("type", flat=True)) == [
        "catalogue.operator_named",
        "catalogue.entries_filled",
    ]


def test_what_is_filled_on_a_demonstration_site_says_so(ours, tmp_path):
    fill(Speaking(ours.organisation, "producer", demo=True), tmp_path)
    assert Resource.objects.get().value("demo") == "true"
    assert '"demo":true' in str(Entry.objects.get().leaf)


def test_the_reader_gives_back_the_document_of_the_form_and_refuses_any_other():
    _, reader = load_source("operator")
    entered = Entered("Nuage", VALUES, "Syndicat", "200054781", date(2026, 11, 20), date(2027, 11, 20))
    reading = reader.read(entered.item("nuage"))
    assert {fact.field: fact.value for fact in reading.facts} == VALUES | {"kept_by": "200054781"}
    for data in (b"{", b"[]", b'{"kind": "api"}', entered.item("x").data.replace(b'"infra_type"', b'"colour"')):
        assert reader.read(RawItem("entries", "x", "x", data)).rejected


def test_a_hosting_is_read_from_both_ends(db):
    cloud, service = resource("nuage", kind="infrastructure"), resource("agenda")
    relation = Relation.objects.create(
        subject=service, name="hosted_on", target=cloud, target_ref="seed:nuage", source="seed"
    )
    assert relation.seen_from(service) == ("hébergé sur", cloud)
    assert relation.seen_from(cloud) == ("héberge", service)


def test_the_criteria_of_autonomy_are_those_of_their_sheet():
    source, reader = load_source("seed")
    path = seed_folder() / "standard" / f"{STANDARD}.yaml"
    reading = reader.read(RawItem("sheets", STANDARD, f"standard/{STANDARD}.yaml", path.read_bytes()))
    facts = {fact.field: fact.value for fact in reading.facts}
    assert (reading.kind, facts["version"]) == ("standard", VERSION)
    assert facts["description"].count("?") == len(FIELDS)
    assert set(FIELDS) <= set(FIELD_WORDS)
    assert source.name == "seed"
