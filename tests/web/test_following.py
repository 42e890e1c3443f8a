"""Following: one's own news, told since they were last seen; nobody else learns who follows what."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dcant.catalogue.index import rebuild_index
from dcant.catalogue.models import Follow, Resource
from dcant.harvest.models import Statement
from dcant.record.models import Entry
from factories import EPCI, TREVERIEN, resource, says, town_hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(world, acting_for):
    return acting_for(town_hall(world.treverien))


def _follow(client, kind: str, target: str):
    return client.post("/suivi/suivre/", {"kind": kind, "target": target})


def _looked_yesterday() -> None:
    Follow.objects.update(last_seen_at=timezone.now() - timedelta(days=1))


def _events(client) -> dict[str, list[tuple[str, str]]]:
    told = client.get("/suivi.json").json()["follows"]
    return {one["target"]: [(event["what"], event["resource"]) for event in one["events"]] for one in told}


def test_a_button_follows_what_its_page_shows_and_the_list_says_so(world, reader):
    for address in (
        f"/ressources/{world.rdv.slug}/",
        "/ressources/?q=brique&genre=software",
        f"/territoires/{TREVERIEN}/",
        f"/territoires/{EPCI}/",
        "/infrastructures/?type=cloud",
    ):
        page = reader.get(address).content.decode()
        form = re.search(r'name="kind" value="(\w+)"><input type="hidden" name="target" value="([^"]+)"', page)
        assert form, address
        assert _follow(reader, form[1], form[2].replace("&amp;", "&")).status_code == 302
    page = reader.get("/suivi/").content.decode()
    assert page.count("Ne plus suivre") == 5
    assert 'href="/ressources/?q=brique&amp;genre=software"' in page
    for target in re.findall(r'<h2 id="suivi-\d+"><a href="([^"]+)"', page):
        assert reader.get(target.replace("&amp;", "&")).status_code == 200


def test_a_new_resource_a_changed_field_a_withdrawal_and_a_use_are_each_told_where_they_belong(world, reader):
    for kind, target in (
        ("resource", "brique-01"), ("resource", "brique-02"), ("search", "q=lavoir"),
        ("territory", EPCI), ("territory", "22001"), ("infra", "hosting"),
    ):  # fmt: skip
        _follow(reader, kind, target)
    now, past = timezone.now(), timezone.now() - timedelta(days=9)
    Resource.objects.update(first_seen_at=past, changed_at=past)
    Statement.objects.update(fetched_at=past)
    _looked_yesterday()
    Statement.objects.filter(item__holding__resource__slug="brique-01", field="licence").update(ended_at=now)
    Resource.objects.filter(slug="brique-02").update(state="withdrawn", changed_at=now)
    says(world.treverien, resource("carte-des-lavoirs"))
    resource("salle-des-machines", kind="infrastructure", infra_type="hosting")
    rebuild_index()
    told = _events(reader)
    assert told["brique-01"] == [("changed", "brique-01")]
    assert told["brique-02"] == [("withdrawn", "brique-02")]
    assert told["q=lavoir"] == [("entered", "carte-des-lavoirs")]
    assert told["hosting"] == [("entered", "salle-des-machines")]
    assert ("declared", "carte-des-lavoirs") in told[EPCI]
    assert told["22001"] == []
    page = reader.get("/suivi/").content.decode()
    assert "fiche modifiée (Licence)" in page
    assert "utilisée par Commune de Trévérien" in page


def test_what_was_seen_is_told_no_more(world, reader):
    _follow(reader, "resource", world.rdv.slug)
    _looked_yesterday()
    assert _events(reader)[world.rdv.slug]
    reader.post("/suivi/lu/")
    assert _events(reader)[world.rdv.slug] == []
    assert "Rien de nouveau" in reader.get("/suivi/").content.decode()


def test_following_twice_is_following_once_and_only_ones_own_is_ceased(world, reader, client):
    _follow(reader, "resource", world.rdv.slug)
    _follow(reader, "resource", "rdv-aide-numerique")  # a former address of the same
    [mine] = Follow.objects.all()
    other = Follow.objects.get(pk=mine.pk)
    other.pk, other.target = None, "brique-00"
    other.person = type(mine.person).objects.create(key="autre", label="Autre")
    other.save()
    reader.post(f"/suivi/{other.pk}/cesser/")
    assert Follow.objects.count() == 2
    reader.post(f"/suivi/{mine.pk}/cesser/")
    assert list(Follow.objects.values_list("pk", flat=True)) == [other.pk]


@pytest.mark.parametrize(
    ("kind", "target"),
    [("resource", "nothing"), ("resource", "cachee"), ("territory", "99999"), ("infra", "pain"), ("search", "pain=a"), ("", "")],
)  # fmt: skip
def test_what_does_not_exist_cannot_be_followed(world, reader, kind, target):
    response = _follow(reader, kind, target)
    assert response.status_code == 403
    assert "DCANT-K006" in response.content.decode()
    assert not Follow.objects.exists()


def test_a_visitor_is_told_to_enter_and_follows_nothing(world, client):
    assert _follow(client, "resource", world.rdv.slug).status_code == 403
    assert "Se connecter" in client.get("/suivi/").content.decode()
    assert client.get("/suivi.json").json() == {"follows": []}
    assert 'action="/suivi/suivre/"' not in client.get(f"/ressources/{world.rdv.slug}/").content.decode()


def test_nothing_of_it_is_public(world, reader, client):
    before = Entry.objects.count()
    _follow(reader, "resource", world.rdv.slug)
    assert Entry.objects.count() == before
    assert reader.get("/suivi.json")["Cache-Control"] == "private"


def test_the_page_of_news_holds_its_budget_whatever_is_followed(world, reader, django_assert_max_num_queries):
    for number in range(12):
        _follow(reader, "resource", f"brique-{number:02d}")
    for kind, target in (("territory", EPCI), ("territory", "35"), ("infra", "cloud"), ("search", "q=brique")):
        _follow(reader, kind, target)
    _looked_yesterday()
    with django_assert_max_num_queries(12):
        response = reader.get("/suivi/")
    assert len(response.content) < 60_000
