"""The minutes of a half-year in Akoma Ntoso 3.0 (OASIS LegalDocML), as a `debate`.

Each college votes for itself: a decision gives one `voting` a college, with its quorum and its counts, and no total anywhere.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from xml.etree import ElementTree as ET

from dcant.governance.export.facts import CollegeCount, DecisionFacts, HalfYearFacts, MeetingFacts, Publication
from dcant.governance.export.words import DECISIONS, RULES, STATES, VOICES, day, marked, printable
from dcant.identifiers import HalfYear

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_CONCEPTS = {
    "pour": "pour",
    "contre": "contre",
    "abstention": "abstention",
    "prend-acte": "prend acte",
    "voix-recues": "sièges qui se sont exprimés",
    "sieges": "sièges du collège",
    "emporte": "le collège emporte",
    "n-emporte-pas": "le collège n’emporte pas",
    "quorum-manque": "le quorum du collège est manqué",
    "avis": "avis consultatif, sans effet sur l’issue",
}


def half_year_minutes(facts: HalfYearFacts, *, site: str) -> bytes:
    """One XML document, in UTF-8. site: the address of the site without its last slash; empty, addresses are relative."""
    root = ET.Element("akomaNtoso", {"xmlns": NAMESPACE})
    debate = ET.SubElement(root, "debate", {"name": "debate"})
    meta = ET.SubElement(debate, "meta")
    _identification(meta, facts)
    counted = [one for one in facts.decisions if one.counts]
    if counted:
        analysis = ET.SubElement(meta, "analysis", {"source": "#programme"})
        parliamentary = ET.SubElement(analysis, "parliamentary")
        for decision in counted:
            for count in decision.counts:
                _voting(parliamentary, decision, count, site)
    _references(meta, facts, site)
    body = ET.SubElement(debate, "debateBody")
    _half_year(body, facts)
    names = {count.key: count.name for one in facts.decisions for count in one.counts}
    for number, meeting in enumerate(facts.meetings, start=1):
        _section(body, f"seance-{number}", "meeting", meeting.title, _met(meeting, names))
    for number, decision in enumerate(facts.decisions, start=1):
        _section(body, f"decision-{number}", "decision", decision.title, _told(decision))
    ET.indent(root, " ")
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _identification(meta: ET.Element, facts: HalfYearFacts) -> None:
    first, last = HalfYear.parse(facts.half_year).first_day, _last_day(facts)
    work = f"/akn/fr/debate/{first.isoformat()}/{facts.programme}-{facts.half_year.lower()}"
    expression = f"{work}/fra@{last.isoformat()}"
    identification = ET.SubElement(meta, "identification", {"source": "#programme"})
    for level, address, dated, named in (
        ("FRBRWork", work, first, "semestre"),
        ("FRBRExpression", expression, last, "dernier fait rapporté"),
        ("FRBRManifestation", f"{expression}.xml", last, "dernier fait rapporté"),
    ):
        one = ET.SubElement(identification, level)
        ET.SubElement(one, "FRBRthis", {"value": f"{address}/main"})
        ET.SubElement(one, "FRBRuri", {"value": address})
        ET.SubElement(one, "FRBRdate", {"date": dated.isoformat(), "name": named})
        ET.SubElement(one, "FRBRauthor", {"href": "#programme"})
        if level == "FRBRWork":
            ET.SubElement(one, "FRBRcountry", {"value": "fr"})
        if level == "FRBRExpression":
            ET.SubElement(one, "FRBRlanguage", {"language": "fra"})


def _last_day(facts: HalfYearFacts) -> date:
    """The day of the last fact told, so that the same facts always make the same document."""
    told = [facts.opened_at, facts.closed_at]
    told += [moment for one in facts.decisions for moment in (one.opened_at, one.closed_at)]
    told += [one.published_at for one in (facts.roadmap, facts.balance_sheet) if one]
    for meeting in facts.meetings:
        told += [meeting.noticed_at, meeting.cancelled_at, meeting.minutes.published_at if meeting.minutes else None]
    return max((moment.date() for moment in told if moment), default=HalfYear.parse(facts.half_year).first_day)


def _voting(parent: ET.Element, decision: DecisionFacts, count: CollegeCount, site: str) -> None:
    name = f"vote-{decision.code}-{count.key}"
    voting = ET.SubElement(
        parent,
        "voting",
        {
            "eId": name,
            "outcome": f"#{_outcome(count)}",
            "refersTo": f"#college-{count.key}",
            "href": f"{site}/decisions/{decision.code}/",
        },
    )
    said = "prend-acte" if decision.rule == "consent" else "pour"
    rows = [("quorum", "sieges", count.seats), ("quorum", "voix-recues", count.recorded), ("count", said, count.for_)]
    rows += [("count", "contre", count.against), ("count", "abstention", count.abstain)]
    for tag, concept, value in rows:
        ET.SubElement(voting, tag, {"eId": f"{name}-{concept}", "value": str(value), "refersTo": f"#{concept}"})


def _outcome(count: CollegeCount) -> str:
    if count.voice == "consultative":
        return "avis"
    if not count.quorum:
        return "quorum-manque"
    return "emporte" if count.carried else "n-emporte-pas"


def _references(meta: ET.Element, facts: HalfYearFacts, site: str) -> None:
    references = ET.SubElement(meta, "references", {"source": "#programme"})
    ET.SubElement(
        references,
        "TLCOrganization",
        {"eId": "programme", "href": f"{site}/colleges/{facts.programme}/", "showAs": printable(facts.programme_title)},
    )
    colleges = {count.key: count.name for one in facts.decisions for count in one.counts}
    for key, name in sorted(colleges.items()):
        values = {"eId": f"college-{key}", "href": f"/ontology/organization/college/{key}", "showAs": printable(name)}
        ET.SubElement(references, "TLCOrganization", values)
    for concept, words in _CONCEPTS.items():
        values = {"eId": concept, "href": f"/ontology/concept/vote/{concept}", "showAs": words}
        ET.SubElement(references, "TLCConcept", values)


def _half_year(body: ET.Element, facts: HalfYearFacts) -> None:
    title = marked(f"{facts.programme_title}, semestre {facts.half_year}", demo=facts.demo)
    said = [f"État du semestre : {STATES[facts.state]}."]
    if facts.opened_at:
        said.append(f"Ouvert le {day(facts.opened_at)}.")
    if facts.roadmap:
        said.append(_publication("Feuille de route publiée", facts.roadmap))
    if facts.balance_sheet:
        said.append(_publication("Bilan publié", facts.balance_sheet))
    if not facts.decisions:
        said.append("Aucune décision n’a été préparée.")
    _section(body, "semestre", "halfYear", title, said)


def _publication(what: str, published: Publication) -> str:
    actions = ", ".join(str(row.get("action", "")) for row in published.body)
    return (
        f"{what} le {day(published.published_at)}, n° {published.number}, empreinte {published.hash}. "
        f"Actions : {actions}."
    )


def _met(meeting: MeetingFacts, names: Mapping[str, str]) -> list[str]:
    said = [f"Séance {meeting.code} du {day(meeting.starts_at)}, convoquée le {day(meeting.noticed_at)}."]
    if meeting.state == "cancelled":
        said.append(f"Annulée le {day(meeting.cancelled_at)}.")
    said.append(f"Ordre du jour : {', '.join(meeting.agenda)}.")
    said += [
        f"{names.get(college, college)} : {there} siège(s) présents sur {seats}."
        for college, (there, seats) in meeting.present().items()
    ]
    if meeting.minutes:
        said.append(f"Procès-verbal n° {meeting.minutes.number}, empreinte {meeting.minutes.hash}.")
    return said


def _told(decision: DecisionFacts) -> list[str]:
    said = [f"Décision {decision.code}, règle : {RULES[decision.rule]}. Issue : {DECISIONS[decision.state]}."]
    if decision.opened_at:
        said.append(f"Ouverte le {day(decision.opened_at)} sur le texte d’empreinte {decision.text}.")
    if decision.closed_at:
        said.append(f"Close le {day(decision.closed_at)}.")
    return said + [counted(one, consent=decision.rule == "consent") for one in decision.counts]


def counted(count: CollegeCount, *, consent: bool) -> str:
    """One college in one sentence."""
    values = f"pour {count.for_}, contre {count.against}" if not consent else f"prennent acte {count.for_}"
    quorum = "quorum atteint" if count.quorum else "quorum manqué"
    return (
        f"{count.name} (voix {VOICES[count.voice]}) : {count.recorded} sur {count.seats} sièges, {quorum}, "
        f"{values}, abstentions {count.abstain}."
    )


def _section(body: ET.Element, name: str, kind: str, title: str, paragraphs: Iterable[str]) -> None:
    section = ET.SubElement(body, "debateSection", {"eId": name, "name": kind})
    ET.SubElement(section, "heading").text = printable(title)
    for text in paragraphs:
        ET.SubElement(section, "p").text = printable(text)
