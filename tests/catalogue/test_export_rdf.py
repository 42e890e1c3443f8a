"""The base in DCAT-AP: both writings say the same, any text survives, and what the profile asks is there."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_rdf import TYPE, Literal, Named, read_jsonld, read_turtle

from dcant.catalogue.exports.dcat import catalogue_nodes, page_node
from dcant.catalogue.exports.graph import PREFIXES, Iri, Node, Text, web_iri
from dcant.catalogue.exports.jsonld import jsonld
from dcant.catalogue.exports.site import Site
from dcant.catalogue.exports.turtle import turtle
from dcant.catalogue.models import Relation, Resource
from factories import HOSTILE, resource

SHAPES = Path(__file__).parent / "fixtures" / "dcat-ap" / "shapes.ttl"
NODE = Site("https://socle.example", "socle.example/registre")
DCAT, DCT, FOAF = (PREFIXES[name] for name in ("dcat", "dct", "foaf"))
TEXTS = st.text(max_size=40) | st.sampled_from(
    ['"', "\\", '\\"', "\n\r\t", "\x00\x7f", "é’«", "a@fr", '"""', HOSTILE, "𝒳\u2028"]
)
LEAVES = (
    st.builds(Text, TEXTS, st.sampled_from(["", "fr", "en-GB"]))
    | st.builds(Text, TEXTS, st.just(""), st.sampled_from(["xsd:date", "xsd:dateTime"]))
    | TEXTS.map(lambda text: web_iri("https://a.example/" + text) or Iri("https://a.example/"))
)
TERMS = st.sampled_from(["dct:title", "dcat:keyword", "foaf:name"])


def said(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(st.tuples(TERMS, values), min_size=1, max_size=4).map(tuple)


NODES = st.builds(
    Node,
    st.just("https://a.example/x"),
    st.sampled_from([(), ("dcat:Dataset",), ("dcat:Dataset", "adms:Asset")]),
    said(LEAVES | st.builds(Node, st.just(""), st.sampled_from([(), ("foaf:Agent",)]), said(LEAVES))),
)


def written(nodes: list[Node]) -> tuple[str, str]:
    return "".join(turtle(nodes)), json.dumps(jsonld(nodes))


def about(triples, iri: str, term: str) -> list[object]:
    return [value for subject, name, value in triples if subject == Named(iri) and name == term]


def types(triples, iri: str) -> set[str]:
    return {value.iri.removeprefix(DCAT) for value in about(triples, iri, TYPE)}


@given(st.lists(NODES, min_size=1, max_size=3))
def test_turtle_and_json_ld_say_the_same_whatever_the_texts(nodes):
    in_turtle, in_json = written(nodes)
    assert read_turtle(in_turtle) == read_jsonld(in_json)


@given(TEXTS, st.sampled_from(["", "fr"]))
def test_a_text_comes_back_as_it_was(text, language):
    node = Node("https://a.example/x", (), (("dct:title", Text(text, language)),))
    ((_, _, value),) = read_turtle("".join(turtle([node])))
    assert (value.text, value.language) == (text.encode(errors="replace").decode(), language)


@given(st.text(max_size=60))
def test_an_address_is_escaped_or_refused(text):
    for written_as in (text, f"https://{text}", f"https://a.example/{text}"):
        iri = web_iri(written_as)
        assert iri is None or re.fullmatch(
            r"https?://[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+", iri.text, re.IGNORECASE
        )


@pytest.fixture
def base(db) -> list[Resource]:
    """One of each kind, as much as a sheet may state."""
    made = [
        resource(
            "api-une", kind="api", endpoint_url="https://api.example/v1", openapi_url="https://api.example/openapi.json"
        ),
        resource(
            "service-un", kind="service", website="https://service.example/?q=é&x=<y>", contact="aide@service.example"
        ),
        resource("donnees", kind="dataset", website="https://donnees.example/", licence="Licence Ouverte 2.0"),
        resource(
            "outil",
            kind="software",
            repository_url="https://forge.example/o",
            licence="AGPL-3.0-only",
            version="0.10",
            phase="beta",
        ),
        resource("norme", kind="standard", schema_url="https://norme.example/schema.json", producer_name="Atelier"),
        resource("nuage-local", kind="infrastructure", licence="À négocier"),
        resource("pratique", kind="practice", updated_on="2026-02-30"),
        resource(
            "fermee",
            kind="service",
            source="betagouv",
            title="Fermée",
            description=HOSTILE,
            website="https://f.example",
        ),
    ]
    for name, subject, target in (("provides", 0, 2), ("consumes", 1, 0), ("conforms_to", 2, 4), ("hosted_on", 1, 5)):
        Relation.objects.create(
            subject=made[subject], name=name, target=made[target], target_ref=f"{name}-x", source="seed"
        )
    return made


@pytest.fixture
def triples(base):
    nodes = list(catalogue_nodes(base, NODE))
    in_turtle, in_json = written(nodes)
    read = read_turtle(in_turtle)
    assert read == read_jsonld(in_json)
    return read


def test_each_kind_has_its_class_and_the_catalogue_names_it(triples):
    expected = {
        "api-une": ({"DataService"}, "service"),
        "service-un": ({"DataService"}, "service"),
        "donnees": ({"Dataset"}, "dataset"),
        "outil": ({"Dataset", PREFIXES["adms"] + "Asset"}, "dataset"),
        "norme": ({DCT + "Standard"}, None),
        "nuage-local": ({"Resource"}, "resource"),
    }
    for slug, (classes, member) in expected.items():
        iri = f"https://socle.example/ressources/{slug}/"
        assert types(triples, iri) == classes
        named = {
            term
            for term in ("service", "dataset", "resource")
            if Named(iri) in about(triples, "https://socle.example/ressources/", DCAT + term)
        }
        assert named == ({member} if member else set())


def test_what_the_profile_makes_mandatory_is_there(base, triples):
    """DCAT-AP 3.0: title and description of what is described; accessURL of a distribution; topic and day of a record."""
    catalogue = "https://socle.example/ressources/"
    for term in (DCT + "title", DCT + "description", DCT + "publisher"):
        assert about(triples, catalogue, term)
    for one in base:
        iri = NODE.resource(one.slug)
        assert about(triples, iri, DCT + "title")
        assert about(triples, iri, DCT + "description")
        for shared in about(triples, iri, DCAT + "distribution"):
            assert DCAT + "accessURL" in dict(shared)
        for held in about(triples, iri, DCT + "publisher"):
            assert FOAF + "name" in dict(held)
        (topic,) = about(triples, f"{iri}#fiche", FOAF + "primaryTopic")
        assert topic == Named(iri)
        assert about(triples, f"{iri}#fiche", DCT + "modified")


def test_what_is_stated_is_told_in_its_term(triples):
    root = "https://socle.example/ressources"
    assert about(triples, f"{root}/api-une/", DCAT + "endpointURL") == [Named("https://api.example/v1")]
    assert about(triples, f"{root}/api-une/", DCAT + "servesDataset") == [Named(f"{root}/donnees/")]
    assert about(triples, f"{root}/service-un/", DCT + "requires") == [Named(f"{root}/api-une/")]
    assert about(triples, f"{root}/service-un/", DCT + "relation") == [Named(f"{root}/nuage-local/")]
    escaped = "https://service.example/?q=%C3%A9&x=%3Cy%3E"
    assert about(triples, f"{root}/service-un/", DCAT + "endpointURL") == [Named(escaped)]
    (contact,) = about(triples, f"{root}/service-un/", DCAT + "contactPoint")
    assert Named("mailto:aide@service.example") in dict(contact).values()
    (shared,) = about(triples, f"{root}/outil/", DCAT + "distribution")
    assert dict(shared)[DCT + "license"] == Named("http://spdx.org/licenses/AGPL-3.0-only")
    assert about(triples, f"{root}/outil/", DCAT + "version") == [Literal("0.10")]
    (data,) = about(triples, f"{root}/donnees/", DCAT + "distribution")
    assert dict(data)[DCT + "license"] == Named("http://spdx.org/licenses/etalab-2.0")
    (unknown,) = about(triples, f"{root}/nuage-local/", DCT + "license")
    assert Literal("À négocier") in dict(unknown).values()
    assert about(triples, f"{root}/pratique/", DCT + "modified") == []


def test_what_a_closed_source_says_is_left_out_and_said(triples):
    iri = "https://socle.example/ressources/fermee/"
    assert about(triples, iri, DCT + "title") == [Literal("Fermée", "fr", "")]
    assert about(triples, iri, DCAT + "endpointURL") == []
    assert not [text for text in map(str, triples) if "alert(" in text]
    (comment,) = about(triples, f"{iri}#fiche", PREFIXES["rdfs"] + "comment")
    assert re.fullmatch(r"Laissé de côté : 4 champs de « betagouv », licence : CC BY-NC-SA", comment.text)


def test_a_withdrawn_resource_says_so(base):
    gone = resource("partie", kind="software", state="withdrawn", phase="stable")
    nodes = list(catalogue_nodes([gone], NODE))
    status = about(read_turtle("".join(turtle(nodes))), NODE.resource("partie"), PREFIXES["adms"] + "status")
    assert status == [Named("http://purl.org/adms/status/Withdrawn")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib, by its own parser of JSON-LD
def test_rdflib_reads_the_same_graph_in_both(base):
    rdflib = pytest.importorskip("rdflib", reason="rdflib is not installed: our own strict reader stands alone")
    one = "https://a.example/?page=1"
    page = page_node(one, of="https://a.example/", first=one, previous="", following="", total=8)
    in_turtle, in_json = written([*catalogue_nodes(base, NODE, page)])
    graphs = [
        rdflib.Graph().parse(data=text, format=form) for text, form in ((in_turtle, "turtle"), (in_json, "json-ld"))
    ]
    assert len(graphs[0]) > 50
    assert graphs[0].isomorphic(graphs[1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_validator_finds_what_the_profile_makes_mandatory(base):
    pyshacl = pytest.importorskip(
        "pyshacl", reason="pyshacl is not installed: the mandatory terms are tried one by one"
    )
    in_turtle, _ = written([*catalogue_nodes(base, NODE)])
    conforms, _, report = pyshacl.validate(
        in_turtle, shacl_graph=SHAPES.read_text(), data_graph_format="turtle", shacl_graph_format="turtle"
    )
    assert conforms, report
    broken = in_turtle.replace("foaf:name ", "foaf:nick ")
    conforms, *_ = pyshacl.validate(
        broken, shacl_graph=SHAPES.read_text(), data_graph_format="turtle", shacl_graph_format="turtle"
    )
    assert not conforms
