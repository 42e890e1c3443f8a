"""publiccode.yml 0.7 out: the file of its author when one was harvested, else one composed from the sheet."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from dcant.catalogue.exports.licences import spdx_expression
from dcant.catalogue.exports.redistribution import Given, source_files
from dcant.catalogue.exports.site import Site
from dcant.catalogue.models import Resource
from dcant.harvest.models import Item, Statement
from dcant.harvest.storage import load_raw

VERSION = "0.7"
# Sources whose items carry the file of an author; a folder or a repository first, another catalogue after.
AUTHORED = ("publiccode", "catalogapi")
STATUSES = frozenset({"concept", "development", "beta", "stable", "obsolete"})
_ODD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
SHORT, LONG = 150, 150  # most signs of a short description, fewest of a long one
# The vocabulary of publiccode.yml 0.7 (categories list of the standard): no other word is a category.
CATEGORIES = frozenset(
    """
    accounting agile-project-management applicant-tracking application-development appointment-scheduling backup
    billing-and-invoicing blog budgeting business-intelligence business-process-management cad call-center-management
    cloud-management collaboration communications compliance-management contact-management content-management crm
    customer-service-and-support data-analytics data-collection data-visualization design design-system
    digital-asset-management digital-citizenship document-management donor-management e-commerce e-signature
    educational-content email-management email-marketing employee-management enterprise-project-management
    enterprise-social-networking erp event-management facility-management feedback-and-reviews-management
    financial-reporting fleet-management fundraising gamification geographic-information-systems grant-management
    graphic-design help-desk hr ide identity-management instant-messaging integrated-library-system inventory-management
    it-asset-management it-development it-management it-security it-service-management knowledge-management
    learning-management-system marketing mind-mapping mobile-marketing mobile-payment network-management office
    online-booking online-community payment-gateway payroll predictive-analysis procurement productivity-suite
    project-collaboration project-management property-management real-estate-management regulations-and-directives
    remote-support resource-management sales-management seo service-desk social-media-management survey talent-management
    task-management taxes-management test-management time-management time-tracking translation video-conferencing
    video-editing visitor-management voip warehouse-management web-collaboration web-conferencing whistleblowing
    website-builder workflow-management other
    """.split()  # noqa: SIM905 -- a table of words reads better so
)
# What no sheet of the base states in the words of the standard: only whoever makes the software knows.
_PRODUCER_ALONE = {
    "platforms": "les plateformes (web, windows, mac, linux, ios, android)",
    "softwareType": "le genre de logiciel (standalone/web, library, addon…)",
    "description.fr.features": "au moins une fonction",
    "maintenance.type": "qui l’entretient (internal, contract, community, none), et son contact",
    "localisation.localisationReady": "s’il peut être traduit (true ou false)",
    "localisation.availableLanguages": "ses langues (fr, en…)",
}


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The text of a publiccode.yml. `source`: that of the author's own file; "" when it is composed here, and then
    `missing` gives what the producer must still supply, key → what is asked.
    """

    text: str
    source: str
    missing: Mapping[str, str]


def descriptors(resources: Sequence[Resource], sheets: Iterable[Given], site: Site, data: Path) -> list[Descriptor]:
    """The descriptor of each software, in the order received (`sheets`: the same as they may be given). Two queries.

    The file of an author lies in a repository and is under its licence: it is given away as it was harvested (without
    the addresses that name persons) when it states a licence that is known. Otherwise one is composed from the sheet.
    """
    authored = _authored(resources, data)
    return [authored[one.resource.pk] if one.resource.pk in authored else composed(one, site) for one in sheets]


def _authored(resources: Sequence[Resource], data: Path) -> dict[int, Descriptor]:
    items = Item.objects.held().filter(source__in=AUTHORED, kind="software", holding__resource__in=list(resources))
    listed = sorted(items.select_related("holding"), key=lambda one: (AUTHORED.index(one.source), one.pk))
    licences = Statement.objects.current().filter(item__in=listed, field="licence").values_list("item_id", "value")
    free = {item for item, value in licences if isinstance(value, str) and spdx_expression(value)}
    found: dict[int, Descriptor] = {}
    for item in listed:
        text = _text_of(item, data) if item.pk in free and item.holding.resource_id not in found else ""
        if text:
            found[item.holding.resource_id] = Descriptor(text, item.source, {})
    return found


def _text_of(item: Item, data: Path) -> str:
    """The text kept at the harvest; "" when the bytes are not there, or are no text."""
    try:
        raw = load_raw(data=data, raw_hash=item.content_hash).decode("utf-8-sig")
        text = json.loads(raw)["publiccodeYml"] if item.source == "catalogapi" else raw
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return ""
    return text if isinstance(text, str) else ""


def composed(of: Given, site: Site) -> Descriptor:
    """A descriptor made of what the sheet states, with the list of what is missing in comments at its top. No query."""
    fields = _fields(of, site)
    missing = _missing(fields)
    sources = (source_files().get(name) for name in of.sources)
    head = [
        f"publiccode.yml {VERSION} composé d’après la fiche {site.resource(of.resource.slug)}",
        *(f"Source : {one.attribution}, licence : {one.licence}" for one in sources if one),
        *(
            f"Laissé de côté : {count} champs de « {name} », dont la licence retient la diffusion"
            for name, count in of.left_out.items()
        ),
        *(["Reste à fournir par le producteur :"] if missing else []),
        *(f"- {key} : {said}" for key, said in missing.items()),
    ]
    body = yaml.dump(fields, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return Descriptor("".join(f"# {line}\n" for line in head) + body, "", missing)


def _fields(of: Given, site: Site) -> dict[str, object]:
    """The keys of the standard that the sheet states, in the order of the standard."""
    producer = of.text("producer_name") or of.text("producer")
    phase = of.text("phase")
    fields: dict[str, object] = {
        "publiccodeYmlVersion": VERSION,
        "name": of.text("title") or of.resource.title,
        "url": _address(of, "repository_url"),
        "landingURL": _address(of, "website"),
        "softwareVersion": of.text("version"),
        "releaseDate": of.text("released_on"),
        "organisation": {"uri": site.publisher(producer), "name": producer} if producer else {},
        "categories": [one for one in of.texts("keywords") if one in CATEGORIES],
        "roadmap": _address(of, "roadmap_url"),
        "developmentStatus": phase if phase in STATUSES else "",
        "description": {"fr": _description(of)} if _description(of) else {},
        "legal": {"license": spdx_expression(of.text("licence")) or of.text("licence")} if of.text("licence") else {},
    }
    return {key: _clean(value) for key, value in fields.items() if value}


def _description(of: Given) -> dict[str, str]:
    told = {
        "shortDescription": of.text("purpose"),
        "longDescription": of.text("description"),
        "documentation": _address(of, "documentation_url"),
        "apiDocumentation": _address(of, "openapi_url"),
    }
    return {key: value for key, value in told.items() if value}


def _missing(fields: Mapping[str, object]) -> dict[str, str]:
    """What the standard asks and the sheet does not state, or states too shortly or at too great a length."""
    held = fields.get("description")
    described = held.get("fr", {}) if isinstance(held, dict) else {}
    legal = fields.get("legal")
    licence = legal.get("license", "") if isinstance(legal, dict) else ""
    short, long = described.get("shortDescription", ""), described.get("longDescription", "")
    asked = {
        "url": ("url" in fields, "l’adresse du dépôt de code"),
        "developmentStatus": ("developmentStatus" in fields, "la phase (concept, development, beta, stable, obsolete)"),
        "description.fr.shortDescription": (
            0 < len(short) <= SHORT,
            f"une phrase de {SHORT} signes au plus (ici {len(short)})",
        ),
        "description.fr.longDescription": (len(long) >= LONG, f"un texte de {LONG} signes au moins (ici {len(long)})"),
        "legal.license": (bool(spdx_expression(licence)), "la licence, par son identifiant SPDX"),
    }
    return {key: said for key, (stated, said) in asked.items() if not stated} | _PRODUCER_ALONE


def _address(of: Given, field: str) -> str:
    text = of.text(field)
    return text if text.startswith(("https://", "http://")) else ""


def _clean(value: object) -> object:
    """Without the halves of characters that no file can hold."""
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


class _Dumper(yaml.SafeDumper):
    """Writes between double quotes, escaped, a text that holds signs which YAML 1.1 takes for ends of lines."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _ODD.search(text) else None)


_Dumper.add_representer(str, _text)
