"""Operators keep their own entry in the registry of infrastructures: who may, the act, and what stands entered today."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from dcant.catalogue.models import Holding, Kind, Resource
from dcant.catalogue.projection import CatalogueSink, free_slug
from dcant.catalogue.rules.entry import BY_FIELD, Problem
from dcant.catalogue.rules.entry_table import Table, TableLine
from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.operator import KEPT_BY, SOURCE, Entered
from dcant.harvest.locks import source_lock
from dcant.harvest.models import Run, Statement
from dcant.harvest.rules import RawItem
from dcant.harvest.services import take_in
from dcant.identifiers import Permit, Refused, Sentence
from dcant.record.services import digest, write_entry
from dcant.territories.models import Organisation

FILLING = frozenset({"producer", "officer"})
SECRETARIAT = "secretariat"
YEAR, LONGEST = timedelta(days=365), timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Filled:
    """What is said of one infrastructure. Without resource, a new one is made; `values`: field → value (rules.entry)."""

    values: Mapping[str, object]
    review_on: date
    resource: Resource | None = None


@dataclass(frozen=True, slots=True)
class Speaking:
    """For which organisation, under which role; `demo`: on a demonstration site what is said is invented."""

    organisation: Organisation
    acts_as: str
    demo: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """Everything by which a source may name the organisation."""
        return frozenset({self.organisation.key, self.organisation.siren, self.organisation.siret} - {""})


def can_fill_entry(*, acts_as: str, keys: Collection[str], kept_by: Collection[str], is_new: bool) -> Permit:
    """acts_as: role of the mandate; keys: the key and the numbers of the organisation spoken for; kept_by: those that the
    sheet states for who keeps the infrastructure, or runs it.

    The operator alone speaks for its infrastructure. When no source states who that is by a number, the secretariat says it.
    """
    if acts_as not in FILLING:
        return Permit.no("Remplir une fiche d’infrastructure revient à une personne mandatée par son opérateur.")
    if is_new or set(keys) & set(kept_by):
        return Permit.yes("Votre organisation tient cette infrastructure.")
    if not kept_by:
        return Permit.no(
            "Aucune source ne dit par un numéro qui tient cette infrastructure : le secrétariat peut le dire."
        )
    return Permit.no("Une autre organisation tient cette infrastructure : elle seule remplit sa fiche.")


def can_name_operator(*, acts_as: str, kept_by: Collection[str]) -> Permit:
    """kept_by as above. Only where nothing states it: a fact of a source is not overwritten."""
    if acts_as != SECRETARIAT:
        return Permit.no("Dire qui tient une infrastructure revient au secrétariat du programme.")
    if kept_by:
        return Permit.no("On sait déjà qui tient cette infrastructure.")
    return Permit.yes("Vous tenez le secrétariat du programme.")


def kept_by(resource: Resource) -> frozenset[str]:
    """The keys that the sheet states for who keeps or runs an infrastructure."""
    stated = (resource.value(KEPT_BY), resource.value("producer_key"))
    return frozenset(str(one) for one in stated if one)


def permit_to_fill(speaking: Speaking, resource: Resource | None) -> Permit:
    if resource is not None and (resource.kind != Kind.INFRASTRUCTURE or resource.state != Resource.State.ACTIVE):
        return Permit.no("Cette fiche n’est pas celle d’une infrastructure présente au socle.")
    return can_fill_entry(
        acts_as=speaking.acts_as,
        keys=speaking.keys,
        kept_by=kept_by(resource) if resource else frozenset(),
        is_new=resource is None,
    )


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line of a table against the base: the sheet it corrects (None: a new one), and what is wrong in it."""

    line: TableLine
    resource: Resource | None
    problems: tuple[Problem, ...]

    def filled(self, today: date) -> Filled:
        return Filled(self.line.values, self.line.review_on or today + YEAR, self.resource)


def check_table(table: Table, speaking: Speaking, today: date) -> list[CheckedLine]:
    """Each line as the act would take it, nothing written. Two queries."""
    known = Resource.objects.by_slugs(line.slug for line in table.lines if line.slug)
    mine = _kept_titles(speaking)
    checked = []
    for line in table.lines:
        resource = known.get(line.slug)
        problems = list(line.problems)
        if line.slug and resource is None:
            problems.append(
                Problem("slug", "Le socle n’a pas de fiche à cette adresse : laissez la case vide pour une nouvelle.")
            )
        else:
            one = CheckedLine(line, resource, ())
            permits = [permit_to_fill(speaking, resource)]
            if not problems:
                permits.append(_can_be_said(one.filled(today), today, mine))
            problems += [Problem("", permit.because) for permit in permits if not permit]
        checked.append(CheckedLine(line, resource, tuple(problems)))
    return checked


def _kept_titles(speaking: Speaking) -> Mapping[str, str]:
    """Title → slug of the infrastructures that the organisation keeps."""
    shown = Resource.objects.shown().filter(kind=Kind.INFRASTRUCTURE)
    return {one.title: one.slug for one in shown if kept_by(one) & speaking.keys}


def fill_entries(*, entries: Sequence[Filled], speaking: Speaking, at: datetime, data: Path) -> Run:
    """The operator says what holds of its infrastructures, one or many: statements of one run, sheets, one line of the record.

    All or nothing. What an operator said before and says no more is ended, never erased; what other sources say stays.
    Raises Refused DCANT-K003 without mandate, without anything to say or for a day of review that is out of reach, and
    DCANT-H001 while another is being taken in.
    """
    today = timezone.localdate(at)
    if not entries:
        _require(Permit.no("Il n’y a rien à enregistrer."))
    with source_lock(data=data, source=SOURCE) as note, transaction.atomic():
        named = []
        mine = _kept_titles(speaking)
        for filled in entries:
            resource = _locked(filled.resource)
            _require(permit_to_fill(speaking, resource))
            _require(_can_be_said(filled, today, mine))
            entered = Entered(
                title=str(filled.values["title"]),
                values=filled.values,
                by=speaking.organisation.name,
                kept_by=speaking.organisation.key,
                entered_on=today,
                review_on=filled.review_on,
                demo=speaking.demo,
            )
            named.append((resource, entered))
        return _take_in("catalogue.entries_filled", named, speaking, at=at, data=data, note=note)


def name_operator(*, resource: Resource, operator: Organisation, speaking: Speaking, at: datetime, data: Path) -> Run:
    """The secretariat says which organisation keeps an infrastructure, so that it may fill its own entry. In the record."""
    with source_lock(data=data, source=SOURCE) as note, transaction.atomic():
        held = _locked(resource)
        _require(can_name_operator(acts_as=speaking.acts_as, kept_by=kept_by(held or resource)))
        entered = Entered(
            title=resource.title,
            values={},
            by=speaking.organisation.name,
            kept_by=operator.key,
            entered_on=timezone.localdate(at),
            review_on=timezone.localdate(at) + YEAR,
            demo=speaking.demo,
        )
        return _take_in("catalogue.operator_named", [(held, entered)], speaking, at=at, data=data, note=note)


def _take_in(
    act: str,
    named: Sequence[tuple[Resource | None, Entered]],
    speaking: Speaking,
    *,
    at: datetime,
    data: Path,
    note: Callable[[int], None],
) -> Run:
    """One run over these documents, and its line in the record."""
    source, reader = load_source(SOURCE)
    sink = CatalogueSink(at)
    taken: set[str] = set()
    items = [_item(resource, entered, taken) for resource, entered in named]

    def finish(run: Run) -> None:
        sink.finish()
        note(run.number)
        body: dict[str, object] = {
            "source": SOURCE,
            "run": run.number,
            "summary": f"sha256:{run.summary_hash}",
            "entries": sorted(item.remote_id for item in items),
        }
        if act == "catalogue.operator_named":
            body["operator"] = named[0][1].kept_by
        if speaking.demo:
            body["demo"] = True
        entry = write_entry(kind=act, actor=speaking.organisation.actor, subject=digest(body), body=body, at=at)
        run.record_entry = entry.entry_id

    return take_in(source=source, reader=reader, items=items, sink=sink, at=at, data=data, on_finished=finish)


def _item(resource: Resource | None, entered: Entered, taken: set[str]) -> RawItem:
    """The document of an entry, under the name it has already, else that of its sheet, else a new address."""
    held = (
        Holding.objects.filter(resource=resource, item__source=SOURCE).select_related("item").first()
        if resource
        else None
    )
    if held is not None:
        return entered.item(held.item.remote_id)
    slug = resource.slug if resource else free_slug(entered.title, Kind.INFRASTRUCTURE, given=taken)
    taken.add(slug)
    return entered.item(slug)


def _locked(resource: Resource | None) -> Resource | None:
    """As it is now, held until the end of the act."""
    return Resource.objects.select_for_update().get(pk=resource.pk) if resource else None


def _can_be_said(filled: Filled, today: date, mine: Mapping[str, str]) -> Permit:
    """mine: title → slug of what the organisation keeps already, so that a form sent twice makes one sheet."""
    missing = [
        column.question for column in BY_FIELD.values() if column.required and not filled.values.get(column.field)
    ]
    if missing:
        return Permit.no(Sentence("Il manque une réponse : {question}", question=missing[0]))
    if not today < filled.review_on <= today + LONGEST:
        return Permit.no("Le jour de relecture est à venir, dans deux ans au plus.")
    same = mine.get(str(filled.values["title"]))
    if filled.resource is None and same:
        return Permit.no(
            Sentence("Vous tenez déjà une infrastructure de ce nom : corrigez sa fiche « {slug} ».", slug=same)
        )
    return Permit.yes("Cette fiche peut être enregistrée.")


def _require(permit: Permit) -> None:
    if not permit:
        raise Refused(permit, code="DCANT-K003")


def entered_values(resource: Resource) -> tuple[dict[str, object], date | None]:
    """What the operator says today of its infrastructure, field → value, and when it is to be read again. One query."""
    rows = Statement.objects.current().filter(item__source=SOURCE, item__holding__resource=resource)
    values, review = {}, ""
    for row in rows:
        review = max(review, str((row.citation or {}).get("review_on", "")))
        if row.field in BY_FIELD:
            values[row.field] = row.value
    return values, date.fromisoformat(review) if review else None
