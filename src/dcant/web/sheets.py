"""The facts of a sheet, in the order in which a person asks: what it does, how to get in, what it costs, will it last."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dcant.catalogue.models import Resource
from dcant.catalogue.rules.review import review_day


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its word, its value (text, or list of texts), where it comes from, and what other sources say."""

    field: str
    word: object
    value: object
    sources: tuple[Mapping[str, object], ...]
    others: tuple[Mapping[str, object], ...] = ()

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def review_on(self) -> str:
        """The day after which the value is to be confirmed; "" when a source that sets no such day says it too."""
        return review_day(self.sources)

    @property
    def is_link(self) -> bool:
        return isinstance(self.value, str) and self.value.startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Block:
    """A group of facts under one heading; `unknown` names what nobody states."""

    key: str
    heading: object
    facts: tuple[Fact, ...]
    unknown: tuple[object, ...] = ()


# heading → (field, word, asked: shown as « non renseigné » when nobody states it)
_BLOCKS: tuple[tuple[str, object, tuple[tuple[str, object, bool], ...]], ...] = (
    (
        "what",
        _("À quoi ça sert"),
        (
            ("description", _("En détail"), False),
            ("problem", _("Le problème"), False),
            ("monday", _("Que faire lundi"), False),
            ("who_did_it", _("Qui l’a fait"), False),
            ("proof", _("La preuve"), False),
            ("needs", _("Pour quels besoins"), False),
            ("website", _("Site"), False),
            ("documentation_url", _("Documentation"), False),
        ),
    ),
    (
        "access",
        _("Droits et démarches"),
        (
            ("access_type", _("Accès"), True),
            ("audience_local", _("Collectivités et administrations"), True),
            ("audience_company", _("Entreprises et associations"), False),
            ("audience_private", _("Particuliers"), False),
            ("audience_because", _("Pourquoi"), False),
            ("commune_population_max", _("Population maximale d’une commune"), False),
            ("epci_population_max", _("Population maximale d’une intercommunalité"), False),
            ("entry_route", _("Par quelle porte entrer"), False),
            ("steps", _("Les démarches, dans l’ordre"), False),
            ("request_url", _("Faire la demande"), False),
            ("account_url", _("Ouvrir un compte"), False),
            ("obligations", _("Obligations"), False),
            ("contact", _("Contact"), True),
        ),
    ),
    (
        "cost",
        _("Ce que ça coûte, et comment en sortir"),
        (
            ("price_basis", _("Prix"), True),
            ("price_note", _("Précision sur le prix"), False),
            ("exit_terms", _("Sortie"), True),
        ),
    ),
    (
        "autonomy",
        _("Rester libre"),
        (
            ("exit_notice", _("Préavis de sortie"), True),
            ("exit_formats", _("Formats rendus"), True),
            ("keys_held_by", _("Qui tient les clés"), True),
            ("can_cut_access", _("Qui peut couper l’accès"), True),
            ("subcontractors", _("Sous-traitants, et leur droit"), True),
        ),
    ),
    (
        "last",
        _("Est-ce que ça va durer"),
        (
            ("producer_name", _("Producteur"), False),
            ("producer", _("Producteur"), True),
            ("producer_level", _("Niveau du producteur"), True),
            ("phase", _("Où en est-il"), True),
            ("licence", _("Licence"), True),
            ("repository_url", _("Code source"), False),
            ("uptime", _("Disponibilité constatée"), False),
            ("rate_limit", _("Débit maximal"), False),
            ("updated_on", _("Fiche mise à jour le"), False),
        ),
    ),
    (
        "place",
        _("L’infrastructure"),
        (
            ("infra_type", pgettext_lazy("infrastructure", "Genre"), False),
            ("control", _("Sous le contrôle de"), False),
            ("qualifications", _("Qualifications"), False),
            ("data_accepted", _("Données acceptées"), False),
            ("health_data", _("Données de santé"), False),
            ("opening_delay", _("Délai d’ouverture"), False),
            ("capacity", _("Capacité"), False),
            ("service_level", _("Niveau de service"), False),
            ("networks_reached", _("Réseaux atteints"), False),
            ("kept_by", _("Numéro de l’organisation qui la tient"), False),
            ("sites_departements", _("Départements des sites"), False),
        ),
    ),
)
_NAMED = {field for _key, _heading, facts in _BLOCKS for field, _word, _asked in facts} | {
    "title", "purpose", "kind", "slug", "published", "suite_service_ids", "themes", "keywords", "acronym", "axis", "name", "demo",
}  # fmt: skip

FIELD_WORDS = {field: word for _key, _heading, facts in _BLOCKS for field, word, _asked in facts} | {
    "title": _("Titre"),
    "purpose": _("À quoi ça sert"),
    "themes": _("Thèmes"),
    "keywords": _("Mots clés"),
    "acronym": _("Sigle"),
    "producer_key": _("Numéro du producteur"),
    "audience_other": _("Autres publics, tels que la source les dit"),
    "openapi_url": _("Description OpenAPI"),
    "axis": _("Axe du programme"),
    "version": _("Version"),
    "history": _("Histoire"),
    "usage_note": _("Usage constaté par la source"),
    "used_for": _("Sert à"),
}


def blocks_of(resource: Resource) -> list[Block]:
    """The sheet by headings, then « autres champs de la source »: nothing a source says is left out."""
    return blocks_of_sheet(resource.sheet)


def blocks_of_sheet(sheet: Mapping[str, Mapping[str, object]]) -> list[Block]:
    """The same for the sheet of another day."""
    blocks = []
    for key, heading, rows in _BLOCKS:
        facts = [_fact(sheet, field, word) for field, word, _asked in rows if field in sheet]
        unknown = [word for field, word, asked in rows if asked and field not in sheet]
        if facts and key == "last" and "producer_name" in sheet:
            facts = [fact for fact in facts if fact.field != "producer"]
        if facts or (unknown and key != "place"):
            blocks.append(Block(key, heading, tuple(facts), tuple(unknown)))
    rest = [_fact(sheet, field, field.partition(":")[2] or field) for field in sheet if field not in _NAMED]
    if rest:
        blocks.append(Block("rest", _("Autres champs de la source"), tuple(rest)))
    return blocks


def _fact(sheet: Mapping[str, Mapping[str, object]], field: str, word: object) -> Fact:
    shown = sheet[field]
    return Fact(field, word, shown["value"], tuple(shown["sources"]), tuple(shown["others"]))  # type: ignore[arg-type]
