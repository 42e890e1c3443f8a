"""The common base in the terms of DCAT-AP 3: catalogue, data services, datasets, software, standards.

Source: DCAT 3 (W3C), DCAT-AP 3.0 (SEMIC), ADMS. An infrastructure and a practice are plain dcat:Resource: no narrower
class fits them. What nobody states is absent.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from dcant.catalogue.exports.graph import Iri, Node, Text, Value, web_iri
from dcant.catalogue.exports.licences import spdx_licence
from dcant.catalogue.exports.redistribution import Given, given, source_files
from dcant.catalogue.exports.site import Site
from dcant.catalogue.models import Kind, Relation, Resource

TYPES = {
    Kind.API: ("dcat:DataService",),
    Kind.SERVICE: ("dcat:DataService",),
    Kind.DATASET: ("dcat:Dataset",),
    Kind.SOFTWARE: ("dcat:Dataset", "adms:Asset"),
    Kind.STANDARD: ("dct:Standard",),
    Kind.INFRASTRUCTURE: ("dcat:Resource",),
    Kind.PRACTICE: ("dcat:Resource",),
}
# How the catalogue names its members, by kind; a standard is no dcat:Resource and is told by its own node alone.
MEMBER = {
    Kind.API: "dcat:service",
    Kind.SERVICE: "dcat:service",
    Kind.DATASET: "dcat:dataset",
    Kind.SOFTWARE: "dcat:dataset",
}
RELATED = {
    "consumes": "dct:requires",
    "depends_on": "dct:requires",
    "part_of": "dct:isPartOf",
    "based_on": "dct:source",
    "conforms_to": "dct:conformsTo",
    "replaces": "dct:replaces",
}
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
_STATUS = "http://purl.org/adms/status/"
_PUBLIC = {"open": "PUBLIC", "open_with_account": "PUBLIC", "restricted": "NON_PUBLIC"}
_STAGES = {
    "concept": "UnderDevelopment",
    "development": "UnderDevelopment",
    "beta": "UnderDevelopment",
    "stable": "Completed",
    "obsolete": "Deprecated",
}
_MAILBOX = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_TITLE = "Le socle commun des ressources numériques de l’État et des territoires"
_ABOUT = "Logiciels, API, services, référentiels, données, infrastructures et pratiques que d’autres administrations peuvent reprendre."


def catalogue_nodes(resources: Sequence[Resource], site: Site, page: Node | None = None) -> Iterator[Node]:
    """The catalogue with these members, then each of them. Two queries, whatever their number."""
    shown = given(resources)
    yield _catalogue(shown, site)
    if page is not None:
        yield page
    yield from resource_nodes(shown, site)


def resource_nodes(shown: Iterable[Given], site: Site) -> Iterator[Node]:
    """Each resource, then the record of its sheet: when it came, when it changed, on what it rests. One query."""
    listed = list(shown)
    relations: dict[int, list[Relation]] = {}
    rows = Relation.objects.filter(
        subject__in=[one.resource for one in listed],
        target__state=Resource.State.ACTIVE,
    )
    for relation in rows.select_related("target").order_by("pk"):
        relations.setdefault(relation.subject_id, []).append(relation)
    for one in listed:
        yield _resource(one, relations.get(one.resource.pk, ()), site)
        yield _record(one, site)


def page_node(address: str, *, of: str, first: str, previous: str, following: str, total: int) -> Node:
    """A page of the catalogue, and where the others are (Hydra)."""
    links = {"hydra:first": first, "hydra:previous": previous, "hydra:next": following}
    return Node(
        address,
        ("hydra:PartialCollectionView",),
        (
            ("dct:isPartOf", Iri(of)),
            *((term, Iri(to)) for term, to in links.items() if to),
            ("hydra:totalItems", Text(str(total), datatype="xsd:integer")),
        ),
    )


def catalogue_iri(site: Site) -> str:
    return site.address("/ressources/")


def _catalogue(shown: Iterable[Given], site: Site) -> Node:
    said: list[tuple[str, Value]] = [
        ("dct:title", Text(_TITLE, "fr")),
        ("dct:description", Text(_ABOUT, "fr")),
        ("dct:publisher", Node("", ("foaf:Agent",), (("foaf:name", Text(site.name)),))),
        ("dct:language", Iri("http://publications.europa.eu/resource/authority/language/FRA")),
        ("foaf:homepage", Iri(site.address("/"))),
    ]
    for source in source_files().values():
        kept = "" if source.redistributable else " ; ses faits ne sont pas rediffusés"
        said.append(("dct:provenance", _provenance(f"{source.attribution}, licence : {source.licence}{kept}")))
    for one in shown:
        if one.resource.kind != Kind.STANDARD:
            said.append((MEMBER.get(Kind(one.resource.kind), "dcat:resource"), Iri(site.resource(one.resource.slug))))
        said.append(("dcat:record", Iri(_record_iri(one, site))))
    return Node(catalogue_iri(site), ("dcat:Catalog",), tuple(said))


def _resource(one: Given, relations: Iterable[Relation], site: Site) -> Node:
    kind = Kind(one.resource.kind)
    said = [*_common(one), *_of_kind(one, kind)]
    for relation in relations:
        if relation.target is not None:
            term = RELATED.get(relation.name, "dct:relation")
            if relation.name == "provides" and kind == Kind.API and relation.target.kind == Kind.DATASET:
                term = "dcat:servesDataset"
            said.append((term, Iri(site.resource(relation.target.slug))))
    return Node(site.resource(one.resource.slug), TYPES[kind], tuple(said))


def _common(one: Given) -> Iterator[tuple[str, Value]]:
    yield "dct:identifier", Text(one.resource.slug)
    yield "dct:title", Text(one.text("title") or one.resource.title, one.language("title"))
    yield "dct:description", _description(one)
    if acronym := one.text("acronym"):
        yield "skos:altLabel", Text(acronym)
    for term, field in {"dct:issued": "created_on", "dct:modified": "updated_on"}.items():
        if day := _day(one.text(field)):
            yield term, day
    yield from _addresses(one, {"dcat:landingPage": "website", "foaf:page": "documentation_url"})
    for word in [*one.texts("themes"), *one.texts("keywords")]:
        yield "dcat:keyword", Text(word)
    yield from _publisher(one)
    yield from _contact(one)
    if access := _PUBLIC.get(one.text("access_type")):
        yield "dct:accessRights", Iri(_ACCESS + access)


def _of_kind(one: Given, kind: Kind) -> Iterator[tuple[str, Value]]:
    if kind in {Kind.API, Kind.SERVICE}:
        # A service of the web is entered by its site; an API by an endpoint that somebody stated, or by none.
        yield from _addresses(one, {"dcat:endpointURL": "endpoint_url", "dcat:endpointDescription": "openapi_url"})
        if kind == Kind.SERVICE and not one.text("endpoint_url"):
            yield from _addresses(one, {"dcat:endpointURL": "website"})
        yield from _licence(one)
    elif kind in {Kind.SOFTWARE, Kind.DATASET}:
        yield from _version(one)
        yield from _distribution(one, "repository_url" if kind == Kind.SOFTWARE else "website")
    else:
        yield from _version(one)
        yield from _licence(one)
        yield from _addresses(one, {"rdfs:seeAlso": "schema_url", "dct:source": "repository_url"})
    if one.resource.state == Resource.State.WITHDRAWN:
        yield "adms:status", Iri(_STATUS + "Withdrawn")
    elif status := _STAGES.get(one.text("phase")):
        yield "adms:status", Iri(_STATUS + status)


def _description(one: Given) -> Text:
    told = [field for field in ("purpose", "description") if one.text(field)]
    if not told:
        return Text("Description non rediffusée ici : voir la fiche.", "fr")
    languages = {one.language(field) for field in told}
    return Text("\n\n".join(one.text(field) for field in told), languages.pop() if len(languages) == 1 else "")


def _version(one: Given) -> Iterator[tuple[str, Value]]:
    if version := one.text("version"):
        yield "dcat:version", Text(version)
        yield "owl:versionInfo", Text(version)


def _distribution(one: Given, field: str) -> Iterator[tuple[str, Value]]:
    address = web_iri(one.text(field))
    if address is not None:
        released = _day(one.text("released_on"))
        dated = [("dct:issued", released)] if released else []
        yield (
            "dcat:distribution",
            Node("", ("dcat:Distribution",), (("dcat:accessURL", address), *dated, *_licence(one))),
        )


def _licence(one: Given) -> Iterator[tuple[str, Value]]:
    written = one.text("licence")
    known = spdx_licence(written)
    if known and "+" not in known:
        yield "dct:license", Iri(f"http://spdx.org/licenses/{known}")
    elif written:
        yield "dct:license", Node("", ("dct:LicenseDocument",), (("rdfs:label", Text(written)),))


def _publisher(one: Given) -> Iterator[tuple[str, Value]]:
    name, number = one.text("producer_name") or one.text("producer"), one.text("producer_key")
    if name:
        numbered = (("dct:identifier", Text(number)),) if number else ()
        yield "dct:publisher", Node("", ("foaf:Agent",), (("foaf:name", Text(name)), *numbered))


def _contact(one: Given) -> Iterator[tuple[str, Value]]:
    """A mailbox or a form; who answers is the producer, for no person is ever named."""
    written = one.text("contact")
    if _MAILBOX.fullmatch(written):
        reached: tuple[str, Value] | None = ("vcard:hasEmail", Iri(f"mailto:{written}"))
    else:
        form = web_iri(written)
        reached = ("vcard:hasURL", form) if form else None
    if reached is not None:
        name = one.text("producer_name") or one.text("producer") or one.resource.title
        yield "dcat:contactPoint", Node("", ("vcard:Organization",), (("vcard:fn", Text(name)), reached))


def _record(one: Given, site: Site) -> Node:
    said: list[tuple[str, Value]] = [
        ("foaf:primaryTopic", Iri(site.resource(one.resource.slug))),
        ("dct:issued", _moment(one.resource.first_seen_at)),
        ("dct:modified", _moment(one.resource.changed_at)),
    ]
    known = source_files()
    rests_on = [known[name] for name in one.sources if name in known]
    said += [
        ("dct:provenance", _provenance(f"{source.attribution}, licence : {source.licence}")) for source in rests_on
    ]
    for name, count in one.left_out.items():
        licence = known[name].licence if name in known else "inconnue"
        said.append(("rdfs:comment", Text(f"Laissé de côté : {count} champs de « {name} », licence : {licence}", "fr")))
    return Node(_record_iri(one, site), ("dcat:CatalogRecord",), tuple(said))


def _record_iri(one: Given, site: Site) -> str:
    return f"{site.resource(one.resource.slug)}#fiche"


def _provenance(label: str) -> Node:
    return Node("", ("dct:ProvenanceStatement",), (("rdfs:label", Text(label, "fr")),))


def _addresses(one: Given, fields: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    for term, field in fields.items():
        address = web_iri(one.text(field))
        if address is not None:
            yield term, address


def _day(text: str) -> Text | None:
    try:
        return Text(date.fromisoformat(text).isoformat(), datatype="xsd:date")
    except ValueError:
        return None


def _moment(at: datetime) -> Text:
    return Text(at.isoformat(timespec="seconds"), datatype="xsd:dateTime")
