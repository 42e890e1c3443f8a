"""Entries of the log as sentences: who did what, with the names of today in place of numbers. Four queries a page at most."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dcant.catalogue.models import Resource
from dcant.governance.models import Action, Decision
from dcant.record.models import Entry
from dcant.territories.models import Organisation

SENTENCES = {
    "adoption.proposed": _("propose"),
    "adoption.requested": _("a demandé"),
    "adoption.planned": _("a prévu"),
    "adoption.deployed": _("a installé"),
    "adoption.declared": _("utilise"),
    "adoption.refused": _("a refusé"),
    "adoption.withdrawn": _("n’utilise plus"),
    "programme.opened": _("a ouvert le programme"),
    "seat.opened": _("a ouvert un siège"),
    "seat.closed": _("a fermé un siège"),
    "mandate.started": _("a nommé qui parle pour un siège"),
    "mandate.ended": _("a mis fin à un mandat"),
    "person.erased": _("a effacé le nom d’une personne"),
    "charter.published": _("a publié la charte"),
    "college.created": _("a créé un collège dans le programme"),
    "cycle.planned": _("a prévu le semestre"),
    "cycle.opened": _("a ouvert le semestre"),
    "cycle.review_begun": _("a ouvert l’évaluation du semestre"),
    "action.proposed": _("a proposé l’action"),
    "action.enriched": _("a rouvert le texte de l’action"),
    "action.copilot_joined": _("copilote l’action"),
    "action.resources_linked": _("a relié des ressources à l’action"),
    "action.version_adopted": _("action adoptée :"),
    "action.ending_proposed": _("a proposé le terme de l’action"),
    "action.ended": _("action terminée :"),
    "amendment.submitted": _("a amendé l’action"),
    "amendment.closed": _("amendement clos sur l’action"),
    "decision.opened": _("a ouvert la décision"),
    "decision.reconvened": _("a reconvoqué la décision"),
    "decision.closed": _("a clos la décision"),
    "decision.withdrawn": _("a retiré la décision"),
    "proxy.given": _("a donné procuration pour la décision"),
    "ballot.cast": _("a voté sur la décision"),
    "objection.raised": _("a soulevé une objection à la décision"),
    "objection.closed": _("objection close sur la décision"),
    "reservation.recorded": _("a dit une réserve sur la décision"),
    "assessment.published": _("a évalué l’action"),
    "roadmap.published": _("a publié la feuille de route du semestre"),
    "balance_sheet.published": _("a publié le bilan du semestre"),
    "meeting.noticed": _("a convoqué la séance"),
    "meeting.cancelled": _("a annulé la séance"),
    "minutes.published": _("a publié le procès-verbal de la séance"),
    "budget.opened": _("a ouvert le budget partagé"),
    "budget.project_added": _("a proposé un projet au budget partagé"),
    "budget.vote_opened": _("a ouvert le vote du budget partagé"),
    "budget.ballot_cast": _("a voté sur le budget partagé"),
    "budget.allocated": _("a clos le budget partagé"),
    "indicator.defined": _("a défini l’indicateur"),
    "measurement.recorded": _("a dit une mesure de l’indicateur"),
    "harvest.run": _("Passage sur la source"),
    "harvest.loss_accepted": _("a accepté la perte d’un passage sur la source"),
    "catalogue.withdrawn": _("Ressource retirée :"),
    "catalogue.returned": _("Ressource revenue :"),
    "catalogue.joined": _("a réuni deux fiches :"),
    "catalogue.split": _("a séparé deux fiches :"),
    "catalogue.entries_filled": _("a tenu sa fiche d’infrastructure"),
    "catalogue.operator_named": _("a nommé l’opérateur d’une infrastructure"),
    "experience.published": _("a raconté son expérience de"),
    "experience.withdrawn": _("a retiré son retour d’expérience sur"),
    "experience.replied": _("a répondu à un retour d’expérience sur"),
    "error.told": _("a signalé une erreur sur"),
    "error.answered": _("a répondu à une erreur signalée sur"),
    "error.fixed": _("a corrigé une erreur signalée sur"),
    "error.declined": _("n’a pas retenu une erreur signalée sur"),
    "table_check.published": _("Rapport de vérification publié, selon"),
    "table_check.withdrawn": _("Publication d’un rapport de vérification retirée"),
}

# What an entry is about, by the first of these it holds.
_ABOUT = ("budget", "indicator", "action", "decision", "meeting", "cycle", "programme", "standard")
_PAGES = {"action": "/actions/", "decision": "/decisions/"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry: who (empty for the site itself), the verb, what, and the address of what."""

    entry: Entry
    who: str
    verb: object
    what: str
    address: str


def log_lines(entries: Iterable[Entry]) -> list[LogLine]:
    """Each entry with its names and titles; what is no longer known stays a code, an unknown type stays its own word."""
    listed = [(entry, entry.body) for entry in entries]
    names = _names({entry.actor for entry, _body in listed})
    slugs = {str(body["resource"]) for _entry, body in listed if "resource" in body}
    titles = dict(Resource.objects.filter(slug__in=slugs).values_list("slug", "title")) if slugs else {}
    decided = _titles(Decision, {str(body["decision"]) for _entry, body in listed if "decision" in body})
    written = _titles(Action, {str(body["action"]) for _entry, body in listed if "action" in body})
    lines = []
    for entry, body in listed:
        slug, source = str(body.get("resource", "")), str(body.get("source", ""))
        what = titles.get(slug, slug) or source
        address = f"/ressources/{slug}/" if slug in titles else f"/ressources/sources/{source}/" if source else ""
        if not what:
            what, address = _said(body, {"decision": decided, "action": written})
        lines.append(LogLine(entry, names.get(entry.actor, ""), SENTENCES.get(entry.type, entry.type), what, address))
    return lines


def _said(body: Mapping[str, object], titles: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """What an entry of the programme is about: its title where one is known, else its own code; and the page that speaks of it."""
    kind = next((key for key in _ABOUT if key in body), "")
    code = str(body.get(kind, ""))
    title = titles.get(kind, {}).get(code)
    return title or code, f"{_PAGES[kind]}{code}/" if title else ""


def _titles(model: type[Action | Decision], codes: set[str]) -> dict[str, str]:
    return dict(model._default_manager.filter(code__in=codes).values_list("code", "title")) if codes else {}  # noqa: SLF001  # Django’s documented attribute


def _names(actors: set[str]) -> dict[str, str]:
    numbers = {actor: actor.rsplit(":", 1)[1] for actor in actors if actor.startswith("org:")}
    keys = {actor: actor.removeprefix("system:org-") for actor in actors if actor.startswith("system:org-")} | numbers
    if not keys:
        return {}
    found = dict(Organisation.objects.filter(key__in=set(keys.values())).values_list("key", "name"))
    return {actor: found[key] for actor, key in keys.items() if key in found}
