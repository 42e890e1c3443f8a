"""The sheets of api.gouv.fr: the real ones, then copies with something wrong."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.sources import SOURCES, UnknownSource, load_source
from dcant.catalogue.sources.markup import without_tags
from dcant.catalogue.sources.seed import bundled_folder
from dcant.harvest.models import Item, Line, Statement
from dcant.harvest.rules import RawItem, Reading
from dcant.harvest.rules.redaction import redact
from dcant.harvest.services import run_harvest
from dcant.harvest.snapshots import open_snapshot


class NoSink:
    def changed(self, item, statements, links): ...

    def settle(self): ...

    def withdrawn(self, item): ...

    def returned(self, item): ...


def harvest(folder: Path, data: Path, name: str = "apigouv", day: int = 0):
    source, reader = load_source(name)
    with open_snapshot(folder) as snapshot:
        return run_harvest(
            source=source,
            reader=reader,
            snapshot=snapshot,
            sink=NoSink(),
            now=lambda: datetime(2026, 11, 21, tzinfo=UTC) + timedelta(days=day),
            data=data,
        )


def read(head: str, collection: str = "apis", body: str = "") -> Reading:
    _, reader = load_source("apigouv")
    return reader.read(RawItem(collection, "x", "x.md", f"---\n{head}\n---\n{body}".encode()))


def facts(reading: Reading) -> dict[str, object]:
    return {fact.field: fact.value for fact in reading.facts}


@pytest.fixture
def copy(corpora: Path, tmp_path: Path) -> Path:
    target = tmp_path / "apigouv"
    shutil.copytree(corpora / "catalogue" / "apigouv" / "_data", target / "_data", copy_function=shutil.copyfile)
    for folder, _, _ in os.walk(target):
        Path(folder).chmod(0o755)
    return target


@pytest.mark.django_db
def test_the_real_source_gives_its_four_collections_and_a_second_run_writes_nothing(corpora, tmp_path):
    folder = corpora / "catalogue" / "apigouv"
    report = harvest(folder, tmp_path)
    created = {name: counts["created"] for name, counts in report.collections.items()}
    assert created == {"apis": 170, "producers": 60, "services": 18, "guides": 30}
    assert (report.state, report.totals["rejected"]) == ("complete", 0)
    assert harvest(folder, tmp_path, day=1).written == 0
    links = Statement.objects.current()
    assert links.links("consumes").count() == 24
    titles = {
        f"apigouv:title/{title}" for title in Item.objects.filter(collection="apis").values_list("title", flat=True)
    }
    assert {row.value["target"] for row in links.links("consumes")} <= titles
    assert Statement.objects.filter(field="published", value="false").count() == 6
    assert Statement.objects.filter(field="access_type", value="restricted").count() == 51
    assert not Statement.objects.filter(field__startswith="audience", item__statements__value="open").exists()
    assert Line.objects.get(code="DATE_FORM").remote_id == "api_quiforme"


@pytest.mark.django_db
def test_no_nominative_address_of_the_real_source_is_kept(corpora, tmp_path):
    harvest(corpora / "catalogue" / "apigouv", tmp_path)
    values = "\n".join(map(str, Statement.objects.values_list("value", flat=True)))
    assert Statement.objects.filter(field="contact").count() > 150
    assert redact(values) == values
    assert Line.objects.filter(code="NOMINATIVE_CONTACT", place__startswith="ligne ").exists()


@pytest.mark.django_db
def test_faults_on_a_copy_reject_their_sheets_and_nothing_else(copy, tmp_path):
    harvest(copy, tmp_path / "data")
    before = Statement.objects.current().count()
    api = copy / "_data" / "api"
    (api / "sirene_v3.md").write_bytes((api / "sirene_v3.md").read_bytes()[:80])
    (api / "ift.md").write_bytes("---\ntitle: été\n---\n".encode("latin-1"))
    with (api / "scanR.md").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    (api / "old").mkdir()
    shutil.copyfile(api / "webstat.md", api / "old" / "webstat.md")
    report = harvest(copy, tmp_path / "data", day=1)
    found = {(line["remote_id"], line["code"]) for line in report.findings if line["level"] == "error"}
    assert found == {
        ("sirene_v3", "FRONT_MATTER"),
        ("ift", "ENCODING"),
        ("scanR", "TOO_LARGE"),
        ("webstat", "DUPLICATE_ID"),
    }
    assert (report.state, report.exit_status) == ("partial", 1)
    assert Statement.objects.current().count() == before


@pytest.mark.django_db
def test_ten_services_lost_of_eighteen_are_suspect_though_few_of_the_whole(copy, tmp_path):
    harvest(copy, tmp_path / "data")
    for path in sorted((copy / "_data" / "service").iterdir())[:10]:
        path.unlink()
    report = harvest(copy, tmp_path / "data", day=1)
    assert (report.state, report.totals["unseen"]) == ("suspect", 0)
    assert "10 éléments sur 18" in report.findings[-1]["message"]


@pytest.mark.django_db
def test_the_shipped_sheets_are_read_each_fact_with_its_citation(tmp_path):
    report = harvest(bundled_folder(), tmp_path, name="seed")
    assert (report.state, report.totals["rejected"]) == ("complete", 0)
    assert report.totals["created"] >= 30
    assert not Statement.objects.filter(citation=None).exists()
    assert harvest(bundled_folder(), tmp_path, name="seed", day=1).written == 0


def test_access_is_read_without_making_a_no_of_what_is_not_said():
    reading = read(
        "title: A\nis_open: -1\naccess_page:\n  - who: [Un lapin]\n    is_eligible: -1\n    description: Non."
    )
    assert facts(reading)["access_type"] == "restricted"
    assert facts(reading)["audience_other"] == ["Un lapin : non prévu"]
    assert not {"audience_local", "audience_company", "audience_private"} & facts(reading).keys()


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([("Une collectivité", 1)], "yes"),
        ([("Une collectivité", -1), ("une administration", -1)], "no"),
        ([("Une collectivité", 1), ("Une administration", 0)], "under_condition"),
        ([("Une collectivité", 1), ("Un lycée", 0)], "yes"),
        ([("Une collectivité", -1), ("Un lycée", 1)], "under_condition"),
        ([("Un lycée", 1)], "under_condition"),
        ([("Un lycée", -1)], None),
    ],
)
def test_what_several_entries_say_of_one_audience(entries, expected):
    pages = "".join(f"\n  - who:\n    - {who}\n    is_eligible: {said}" for who, said in entries)
    assert facts(read(f"title: A\nis_open: -1\naccess_page:{pages}")).get("audience_local") == expected


def test_known_keys_have_the_names_of_the_base_and_others_keep_their_own():
    reading = read(
        "title: A\ntagline: Pour quoi\nproducer: dinum\nis_open: 0\nexternal_site: https://a.test\n"
        "doc_tech_link: /swaggers/a.json\nlast_update: 31/12/2020\nextrenal_site: https://b.test\nuptime: 99.90\n"
        "partners: [dinum, Une Ville]\nkeywords: [a, b]\nnew_key: {a: [b]}",
        body="Un <External href='https://c.test'>lien</External>.",
    )
    assert facts(reading) == {
        "title": "A",
        "purpose": "Pour quoi",
        "producer": "dinum",
        "access_type": "open_with_account",
        "website": "https://a.test",
        "openapi_url": "https://api.gouv.fr/swaggers/a.json",
        "updated_on": "2020-12-31",
        "apigouv:extrenal_site": "https://b.test",
        "uptime": "99.90",
        "keywords": ["a", "b"],
        "description": "Un [lien](https://c.test).",
        "apigouv:new_key": {"a": ["b"]},
    }
    assert [link.target_ref for link in reading.links] == ["apigouv:producers/dinum", "apigouv:title/Une Ville"]


def test_an_empty_list_where_a_text_is_expected_is_absent_and_said():
    reading = read("title: A\ntagline: []\nproducer: dinum\nkeywords: {a: b}\nis_open: 7\nlast_update: demain")
    assert {finding.code for finding in reading.findings} == {"BAD_SHAPE", "BAD_VALUE", "DATE_FORM"}
    assert not reading.rejected
    assert facts(reading)["producer"] == "dinum"
    assert "purpose" not in facts(reading)


def test_tags_go_and_links_stay():
    text = "<script>alert(1)</script>a<br/>b <Button href='/in'>Chercher</Button><Button href=\"https://x.test\">Y</Button>"
    assert without_tags(text) == "a\nb [Y](https://x.test)"
    assert (
        without_tags('<a href="javascript:alert(1)">clic</a> <https://x.test> 1 < 2') == "clic <https://x.test> 1 < 2"
    )


@given(st.text(alphabet="<>/ab\"'=! -\n", max_size=200))
def test_no_text_breaks_the_cleaning(text):
    assert isinstance(without_tags(text), str)


@given(st.binary(max_size=300), st.sampled_from(["apis", "producers", "services", "guides"]))
def test_any_bytes_give_a_reading(data, collection):
    _, reader = load_source("apigouv")
    for raw in (data, b"---\ntitle: a\n" + data + b"\n---\n"):
        assert isinstance(reader.read(RawItem(collection, "x", "x.md", raw)), Reading)


def test_a_sheet_of_ours_without_a_source_is_rejected():
    _, reader = load_source("seed")
    sheet = b"kind: api\nslug: x\nsources: {s: {title: T, publisher: P}}\nfacts: {title: {value: X, source: %s}}\n"
    good = reader.read(RawItem("sheets", "x", "api/x.yaml", sheet % b"s"))
    bad = reader.read(RawItem("sheets", "x", "api/x.yaml", sheet % b"unheard"))
    assert (good.kind, good.title, good.rejected) == ("api", "X", False)
    assert good.facts[0].citation == {"title": "T", "publisher": "P"}
    assert bad.rejected


def test_an_unknown_source_is_told_the_known_ones():
    with pytest.raises(UnknownSource, match=", ".join(sorted(SOURCES))):
        load_source("nowhere")
