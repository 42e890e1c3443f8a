"""What a licence keeps is left out of what is given away, and said; all that an open source states too stays."""

import gzip
import json

import pytest
from hypothesis import given as tried
from hypothesis import strategies as st

from dcant.catalogue.exports.dump import BATCH, compressed, dump, resource_lines
from dcant.catalogue.exports.redistribution import IDENTITY, given, is_redistributable, source_files
from dcant.catalogue.exports.site import Site
from dcant.catalogue.models import Holding, Relation, Resource
from dcant.catalogue.refreshing import refresh
from dcant.catalogue.rules.merge import CORRECTION
from dcant.harvest.models import Item, Statement
from factories import resource, shown

NODE = Site("https://socle.example", "socle.example/registre")
OPEN, CLOSED = "sill", "apigouv"
VALUES = st.sampled_from(["un", "deux", "trois"])


def stated_too(made: Resource, source: str, **facts: object) -> None:
    """A second source says these of the same resource; its sheet is made again, by the rule."""
    first = made.holdings.first().item
    item = Item.objects.create(
        source=source,
        collection="autres",
        remote_id=made.slug,
        path="x",
        title=made.title,
        kind=made.kind,
        content_hash="1" * 64,
        parser_version=1,
        first_seen_at=first.first_seen_at,
        last_seen_at=first.last_seen_at,
    )
    Holding.objects.create(resource=made, item=item)
    Statement.objects.bulk_create(
        Statement(
            item=item, field=field, value=value, fetched_at=first.first_seen_at, raw_hash="1" * 64, parser_version=1
        )
        for field, value in facts.items()
    )
    refresh(made, {}, made.changed_at)


@pytest.fixture
def mixed(db) -> Resource:
    """A resource of a closed source, of which an open one states some fields too."""
    made = resource(
        "mixte", kind="software", source=CLOSED, version="2", licence="MIT", themes=["secret", "commun"], phase="stable"
    )
    stated_too(made, OPEN, version="2", licence="GPL-3.0-only", themes=["commun", "ouvert"])
    return made


def test_the_licence_of_every_source_decides_and_an_unknown_source_is_closed():
    closed = {name for name in source_files() if not is_redistributable(name)}
    assert closed == {"apigouv", "betagouv", "catalogapi", "comptoir", "datagouv", "publiccode"}
    assert is_redistributable(CORRECTION)
    assert not is_redistributable("inconnue")


def test_a_field_that_only_a_closed_source_states_is_left_out_and_counted(mixed):
    (one,) = given([mixed])
    assert "phase" not in one.sheet
    assert "purpose" not in one.sheet
    assert one.left_out == {CLOSED: 3}  # purpose, access_type, phase
    assert one.text("title") == mixed.title


def test_a_field_that_an_open_source_states_too_stays_with_that_source(mixed):
    (one,) = given([mixed])
    assert (one.text("version"), one.sources_of("version")) == ("2", {OPEN})
    assert (one.text("licence"), one.sources_of("licence")) == ("GPL-3.0-only", {OPEN})
    assert one.sheet["licence"]["others"] == []


def test_of_a_list_made_together_only_what_open_sources_say_stays(mixed, django_assert_num_queries):
    assert set(mixed.value("themes")) == {"secret", "commun", "ouvert"}
    with django_assert_num_queries(1):
        (one, _) = given([mixed, resource_again(mixed)])
    assert sorted(one.texts("themes")) == ["commun", "ouvert"]
    assert one.sources_of("themes") == {OPEN}


def resource_again(made: Resource) -> Resource:
    found = Resource(pk=made.pk, slug=made.slug, sheet=made.sheet)
    found.title = made.title
    return found


@tried(
    st.dictionaries(
        st.sampled_from(["title", "purpose", "phase", "version", "licence"]),
        st.lists(st.tuples(st.sampled_from([OPEN, CLOSED, "seed", "betagouv"]), VALUES), min_size=1, max_size=4),
    )
)
def test_nothing_given_rests_on_a_closed_source_alone(stated):
    sheet = {}
    for field, said in stated.items():
        value = said[0][1]
        agreeing = [shown(value, source)["sources"][0] for source, one in said if one == value]
        others = [shown(one, source)["sources"][0] | {"value": one} for source, one in said if one != value]
        sheet[field] = {"value": value, "sources": agreeing, "others": others}
    (one,) = given([Resource(slug="x", sheet=sheet)])
    for field, kept in one.sheet.items():
        assert kept["sources"]
        told = {(source, value) for source, value in stated[field] if is_redistributable(source)}
        if field not in IDENTITY:
            assert {(said["source"], kept["value"]) for said in kept["sources"]} <= told
            assert {(said["source"], said["value"]) for said in kept["others"]} <= told
            assert is_redistributable(next(iter(one.sources_of(field))))
    for field in stated:
        assert field in one.sheet or not any(is_redistributable(source) for source, _ in stated[field])


def lines(pieces) -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.decompress(b"".join(compressed(pieces))).decode().splitlines()]


def test_the_dump_tells_every_shown_resource_once_between_its_sources_and_its_count(
    mixed, django_assert_max_num_queries
):
    for number in range(BATCH + 5):
        resource(f"brique-{number}", kind="software", licence="MIT")
    resource("cachee", state="unpublished")
    resource("partie", state="withdrawn")
    Relation.objects.create(subject=mixed, name="part_of", target=None, target_ref="ailleurs:x/y", source="seed")
    with django_assert_max_num_queries(8):
        head, *rows, end = lines(dump(NODE))
    assert {one["name"]: (one["licence"], one["attribution"]) for one in head["sources"]} == {
        name: (source.licence, source.attribution) for name, source in source_files().items()
    }
    assert [one["slug"] for one in rows] == list(Resource.objects.shown().order_by("pk").values_list("slug", flat=True))
    assert end == {"type": "end", "resources": BATCH + 6}
    told = next(one for one in rows if one["slug"] == "mixte")
    assert told["left_out"] == {CLOSED: 3}
    assert told["relations"] == [{"name": "part_of", "to": None, "ref": "ailleurs:x/y", "source": "seed"}]
    assert sorted(told["sheet"]["themes"]["value"]) == ["commun", "ouvert"]


def test_the_same_base_gives_the_same_bytes(mixed):
    assert b"".join(compressed(dump(NODE))) == b"".join(compressed(dump(NODE)))


def test_half_a_character_of_a_source_breaks_no_line(db):
    made = resource("casse", kind="api")
    made.sheet["version"] = shown("a\ud800b")  # SQLite holds it, PostgreSQL does not
    (line,) = resource_lines(given([made]), NODE)
    assert json.loads(line)["sheet"]["version"]["value"] == "a?b"


@pytest.mark.django_db
def test_a_fresh_copy_of_the_dump_is_not_made_again(client, django_assert_max_num_queries):
    made = resource("une", kind="api")
    first = client.get("/api/v1/dump.jsonl.gz", headers={"accept-encoding": "gzip"})
    assert first["Content-Type"] == "application/gzip"
    assert json.loads(gzip.decompress(b"".join(first)).splitlines()[1])["slug"] == "une"
    with django_assert_max_num_queries(3):
        again = client.get("/api/v1/dump.jsonl.gz", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert client.get("/api/v1/dump.jsonl.gz", headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    Relation.objects.create(subject=made, name="part_of", target=None, target_ref="x", source="seed")
    assert client.get("/api/v1/dump.jsonl.gz", headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.post("/api/v1/dump.jsonl.gz").status_code in {403, 405}
