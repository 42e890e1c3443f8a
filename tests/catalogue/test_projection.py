"""From statements to sheets: sources joined, producers named, what is withdrawn kept, relations read from both ends."""

from datetime import UTC, datetime, timedelta

import pytest

from dcant.catalogue.models import RELATION_NAMES, Alias, Holding, Relation, Resource
from dcant.catalogue.projection import CatalogueSink, resolve_relations
from dcant.catalogue.refreshing import priorities, refresh_all
from dcant.harvest.models import Item, ItemState, Statement

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = AT + timedelta(days=1)


def item(source: str, remote_id: str, *, kind: str = "api", collection: str = "apis", title: str = "", **facts) -> Item:
    """An item with its current statements; a key « link_x » is a relation named x."""
    made, _ = Item.objects.update_or_create(
        source=source,
        collection=collection,
        remote_id=remote_id,
        defaults={
            "path": f"{collection}/{remote_id}",
            "title": title or remote_id,
            "kind": kind,
            "content_hash": "0" * 64,
            "parser_version": 1,
            "first_seen_at": AT,
            "last_seen_at": AT,
        },
    )
    made.statements.update(ended_at=LATER)
    for field, value in {"title": made.title, **facts}.items():
        link = field.startswith("link_")
        Statement.objects.create(
            item=made,
            field=field.replace("link_", "link:"),
            value={"target": value} if link else value,
            source_url=f"https://{source}.example/{remote_id}",
            fetched_at=AT,
            raw_hash="0" * 64,
            parser_version=1,
        )
    return made


def take_in(*items: Item, at: datetime = AT) -> None:
    sink = CatalogueSink(at)
    for one in items:
        sink.changed(one, [], [])
    sink.finish()


def gone(one: Item) -> None:
    one.state = ItemState.WITHDRAWN
    one.save()
    CatalogueSink(LATER).withdrawn(one)


def test_two_sources_of_the_same_thing_make_one_sheet_and_both_are_heard():
    ours = item(
        "seed", "franceconnect", collection="api", title="FranceConnect", purpose="Se connecter.", licence="MIT"
    )
    theirs = item("apigouv", "franceconnect", title="API FranceConnect", purpose="Un bouton.", access_type="restricted")
    for order in ([ours, theirs], [theirs, ours]):
        take_in(*order)
        sheet = Resource.objects.get().sheet
        assert {said["source"] for said in sheet["purpose"]["sources"] + sheet["purpose"]["others"]} == {
            "seed",
            "apigouv",
        }
        assert sheet["access_type"]["sources"][0]["url"] == "https://apigouv.example/franceconnect"
        assert sheet["licence"]["value"] == "MIT"
        assert Resource.objects.get().facts == {"access_type": "restricted", "licence": "MIT"}
    assert Holding.objects.count() == 2


def test_what_no_reviewed_file_joins_stays_two():
    take_in(item("apigouv", "one", title="La même"), item("apigouv", "other", title="La même"))
    assert list(Resource.objects.order_by("slug").values_list("slug", flat=True)) == ["la-meme", "la-meme-api"]


def test_the_same_title_of_another_kind_is_another_thing():
    take_in(
        item("apigouv", "a", title="DataPass"),
        item("apigouv", "b", kind="service", collection="services", title="DataPass"),
    )
    assert Resource.objects.count() == 2


def test_a_producer_named_by_its_key_gets_its_name_even_when_it_comes_later():
    sheet = item("apigouv", "a", producer="dinum")
    take_in(sheet)
    assert Resource.objects.get().producer_name == "dinum"
    take_in(item("apigouv", "dinum", kind="", collection="producers", name="Direction du numérique", level="state"))
    found = Resource.objects.get()
    assert (found.producer_name, found.producer_level) == ("Direction du numérique", "state")
    assert found.sheet["producer_name"]["sources"][0]["url"] == "https://apigouv.example/dinum"


def test_a_resource_withdrawn_by_its_only_source_keeps_its_last_sheet_and_its_address():
    one = item("apigouv", "a", title="Éphémère", purpose="Utile.")
    take_in(one)
    before = Resource.objects.get()
    one.statements.update(ended_at=LATER)
    gone(one)
    after = Resource.objects.get()
    assert after.state == Resource.State.WITHDRAWN
    assert (after.slug, after.sheet, after.purpose) == (before.slug, before.sheet, "Utile.")
    assert not Resource.objects.shown().exists()
    take_in(item("apigouv", "b", title="Éphémère"))
    assert set(Resource.objects.values_list("slug", flat=True)) == {"ephemere", "ephemere-api"}


def test_a_resource_that_one_source_still_holds_is_not_withdrawn_and_says_what_that_one_says():
    ours, theirs = (
        item("seed", "api-geo", collection="api", purpose="À nous."),
        item("apigouv", "api-geo", purpose="À eux."),
    )
    take_in(ours, theirs)
    gone(ours)
    found = Resource.objects.get()
    assert (found.state, found.purpose) == (Resource.State.ACTIVE, "À eux.")
    gone(theirs)
    assert Resource.objects.get().state == Resource.State.WITHDRAWN


def test_what_comes_back_is_the_same_resource():
    one = item("apigouv", "a")
    take_in(one)
    gone(one)
    one.state = ItemState.RETURNED
    one.save()
    CatalogueSink(LATER).returned(one)
    assert Resource.objects.get().state == Resource.State.ACTIVE


def test_what_its_source_does_not_publish_is_not_shown():
    take_in(item("apigouv", "a", published="false"))
    assert Resource.objects.get().state == Resource.State.UNPUBLISHED
    assert not Resource.objects.shown().exists()


def test_an_address_once_given_to_a_former_name_is_never_given_again():
    take_in(item("apigouv", "a", title="Nouvelle"))
    Alias.objects.create(slug="ancienne", resource=Resource.objects.get())
    take_in(
        item("apigouv", "b", title="Ancienne"), item("apigouv", "c", title="Sources"), item("apigouv", "d", title="!!!")
    )
    assert set(Resource.objects.values_list("slug", flat=True)) == {"nouvelle", "ancienne-api", "sources-api", "api"}


def test_a_relation_waits_for_its_other_end_and_is_then_read_from_both():
    asking = item("apigouv", "a", title="Portail", link_consumes="apigouv:apis/b")
    take_in(asking)
    dangling = Relation.objects.get()
    assert (dangling.target, dangling.target_ref) == (None, "apigouv:apis/b")
    take_in(item("apigouv", "b", title="Annuaire"))
    relation = Relation.objects.get()
    portal, directory = Resource.objects.get(slug="portail"), Resource.objects.get(slug="annuaire")
    forward, backward = RELATION_NAMES["consumes"]
    assert relation.seen_from(portal) == (forward, directory)
    assert relation.seen_from(directory) == (backward, portal)
    assert list(Relation.objects.around(portal)) == list(Relation.objects.around(directory)) == [relation]
    take_in(item("apigouv", "a", title="Portail"), at=LATER)
    assert not Relation.objects.exists()


def test_a_relation_may_name_a_title_and_one_to_itself_or_to_nothing_stays_dangling():
    take_in(
        item(
            "apigouv",
            "a",
            title="A",
            link_consumes="apigouv:title/B",
            link_part_of="apigouv:apis/a",
            link_replaces="x:y/z",
        ),
        item("apigouv", "b", title="B"),
    )
    assert {row.name: row.target and row.target.title for row in Relation.objects.all()} == {
        "consumes": "B",
        "part_of": None,
        "replaces": None,
    }
    assert resolve_relations() == 0


def test_reading_the_same_again_writes_nothing():
    one = item("apigouv", "a", purpose="Utile.", link_consumes="apigouv:apis/b")
    take_in(one)
    before = Resource.objects.values().get(), Relation.objects.values().get()
    take_in(one, at=LATER)
    assert (Resource.objects.values().get(), Relation.objects.values().get()) == before


def test_the_sheets_made_again_from_nothing_are_the_same():
    items = [
        item("seed", "api-geo", collection="api", title="Géo", purpose="À nous.", themes=["territoires"]),
        item(
            "apigouv", "api-geo", title="API Géo", purpose="À eux.", themes=["cartes"], link_consumes="apigouv:apis/a"
        ),
        item("apigouv", "a", title="Adresses"),
    ]
    take_in(*items)
    first = {row.slug: (row.sheet, row.facts, row.title) for row in Resource.objects.all()}
    for model in (Relation, Holding, Resource):
        model.objects.all().delete()
    take_in(*reversed(items))
    assert {row.slug: (row.sheet, row.facts, row.title) for row in Resource.objects.all()} == first


def test_a_batch_of_sheets_costs_no_more_questions_than_a_few(django_assert_max_num_queries):
    def batch(name: str, size: int) -> list[Item]:
        return [item("apigouv", f"{name}-{n}", title=f"Titre {name} {n}", producer="dinum") for n in range(size)]

    few, many = batch("peu", 2), batch("tant", 40)
    for some in (few, many):
        sink = CatalogueSink(AT)
        for one in some:
            sink.changed(one, [], [])
        with django_assert_max_num_queries(10):
            sink.settle()
    assert Resource.objects.count() == 42
    with django_assert_max_num_queries(6):
        refresh_all(Resource.objects.all(), priorities(), LATER)
    assert not Resource.objects.filter(changed_at=LATER).exists(), "nothing changed, nothing is written"


def test_titles_alike_in_one_batch_never_share_an_address():
    take_in(*(item("apigouv", f"n{n}", title="Même titre") for n in range(30)))
    slugs = set(Resource.objects.values_list("slug", flat=True))
    assert len(slugs) == 30
    assert {"meme-titre", "meme-titre-api", "meme-titre-2", "meme-titre-29"} <= slugs
    Alias.objects.create(slug="autre", resource=Resource.objects.first())
    take_in(item("apigouv", "x", title="Autre"), item("apigouv", "y", title="Autre"))
    assert {one.slug for one in Resource.objects.filter(title="Autre")} == {"autre-api", "autre-2"}


def test_a_producer_that_comes_after_its_things_names_them_at_the_end():
    one, other = item("apigouv", "une", title="Une", producer="dinum"), item("apigouv", "deux", title="D", producer="x")
    sink = CatalogueSink(AT)
    sink.changed(one, [], [])
    sink.changed(other, [], [])
    sink.settle()
    assert Resource.objects.get(slug="une").producer_name == "dinum"
    producer = item("apigouv", "dinum", kind="", collection="producers", name="DINUM")
    sink.changed(producer, [], [])
    sink.finish()
    assert Resource.objects.get(slug="une").producer_name == "DINUM"
    assert Resource.objects.get(slug="d").producer_name == "x"
