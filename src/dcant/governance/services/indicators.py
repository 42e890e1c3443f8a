"""Indicators: defined once with their source, measured half-year by half-year, a coverage computed from declarations of use."""

from datetime import datetime
from itertools import count

from django.db import transaction

from dcant.adoption.questions import coverage_by_departement, whole
from dcant.catalogue.models import Resource
from dcant.governance.models import Action, Indicator, Measurement, Programme, Seat
from dcant.governance.rules.indicators import (
    COVERAGE,
    TYPED,
    NotANumber,
    can_define,
    can_measure,
    measure_fault,
    parse_number,
    percentage,
)
from dcant.governance.services.speaking import Speaker, log, require
from dcant.identifiers import HalfYear, Permit, Slug
from dcant.record.services import digest

FROM_ADOPTIONS = "Déclarations d’usage des communes sur ce site"


@transaction.atomic
def define_indicator(
    *,
    programme: Programme,
    title: str,
    unit: str,
    target: str,
    direction: str,
    source: str,
    speaker: Speaker,
    at: datetime,
    baseline: str = "",
    due: str = "",
    action: Action | None = None,
    resource: Resource | None = None,
) -> Indicator:
    """A target in numbers, with where it comes from; it changes no more. With a resource, its values are computed."""
    require_measurer(speaker, programme, at)
    title, unit, source = title.strip()[:200], unit.strip()[:40], source.strip()[:300]
    target, baseline = _number(target), _number(baseline) if baseline.strip() else ""
    computed = COVERAGE if resource else TYPED
    permit = can_define(
        title=title,
        unit=unit,
        baseline=baseline,
        target=target,
        direction=direction,
        source=source,
        computed=computed,
        resource=resource is not None,
    )
    require(permit)
    if action is not None and action.axis.programme_id != programme.pk:
        require(Permit.no("Cette action est d’un autre programme."))
    indicator = Indicator.objects.create(
        programme=programme,
        action=action,
        code=_free_code(title),
        title=title,
        unit=unit,
        baseline=baseline,
        target=target,
        direction=direction,
        due=str(HalfYear.parse(due)) if due.strip() else "",
        source={"title": source, "publisher": speaker.organisation.name, "date": at.date().isoformat()},
        computed=computed,
        resource=resource,
        defined_at=at,
        demo=programme.demo,
    )
    log("indicator.defined", speaker, definition(indicator), at, demo=indicator.demo)
    return indicator


def definition(indicator: Indicator) -> dict[str, object]:
    """What the log says of it: its free words by their hash."""
    said: dict[str, object] = {
        "programme": indicator.programme.slug,
        "indicator": indicator.code,
        "action": indicator.action.code if indicator.action else "",
        "unit": indicator.unit,
        "baseline": indicator.baseline,
        "target": indicator.target,
        "direction": indicator.direction,
        "due": indicator.due,
        "resource": indicator.resource.slug if indicator.resource else "",
    }
    words = digest({"title": indicator.title, "source": indicator.source["title"]})
    return {key: value for key, value in said.items() if value} | {"computed": indicator.computed, "words": words}


@transaction.atomic
def record_measurement(
    *, indicator: Indicator, period: str, value: str, source: str, speaker: Speaker, at: datetime, demo: bool = False
) -> Measurement:
    """A value read somewhere, and where. Said again for the same half-year, the last word counts and the former stays."""
    indicator = _locked(indicator)
    require_measurer(speaker, indicator.programme, at)
    source = source.strip()[:300]
    now = HalfYear.of(at.date())
    fault = measure_fault(period=period, source=source, computed=indicator.computed, now=now)
    if fault:
        require(Permit.no(fault))
    made = Measurement(
        indicator=indicator,
        period=str(HalfYear.parse(period)),
        value=_number(value),
        source=source,
        demo=demo or indicator.demo,
    )
    return _write(made, speaker, at)


@transaction.atomic
def compute_measurement(*, indicator: Indicator, speaker: Speaker, at: datetime, demo: bool = False) -> Measurement:
    """The coverage of its resource as declared today, in communes and in people, for the half-year of today."""
    indicator = _locked(indicator)
    require_measurer(speaker, indicator.programme, at)
    if indicator.computed != COVERAGE or indicator.resource is None:
        require(Permit.no("Cette valeur s’écrit : elle ne se calcule pas."))
        raise AssertionError
    reached = whole(coverage_by_departement(indicator.resource))
    value = percentage(reached.communes, reached.of_communes)
    people = percentage(reached.people, reached.of_people)
    if value is None:
        require(Permit.no("Aucune commune n’est connue ici : la couverture ne se calcule pas."))
        raise AssertionError
    made = Measurement(
        indicator=indicator,
        period=str(HalfYear.of(at.date())),
        value=value,
        people=people or "",
        source=FROM_ADOPTIONS,
        demo=demo or indicator.demo,
    )
    return _write(made, speaker, at)


def _write(made: Measurement, speaker: Speaker, at: datetime) -> Measurement:
    """Takes the place of what was said before of that half-year."""
    Measurement.objects.filter(indicator=made.indicator, period=made.period, superseded_at=None).update(
        superseded_at=at
    )
    made.by, made.at = speaker.organisation, at
    made.save()
    body = {
        "programme": made.indicator.programme.slug,
        "indicator": made.indicator.code,
        "period": made.period,
        "value": made.value,
        "source_hash": digest({"source": made.source}),
    }
    log("measurement.recorded", speaker, body | ({"people": made.people} if made.people else {}), at, demo=made.demo)
    return made


def require_measurer(speaker: Speaker, programme: Programme, at: datetime) -> None:
    require(can_measure(role=speaker.role, seated=bool(speaker.seats(programme, at.date()))))


def seated_programmes(speaker: Speaker, at: datetime) -> set[int]:
    """The programmes of which the speaker's organisation holds a seat that day."""
    if not speaker.organisation.pk:
        return set()
    mine = Seat.objects.open_on(at.date()).filter(organisation=speaker.organisation)
    return set(mine.values_list("programme_id", flat=True))


def _number(text: str) -> str:
    try:
        return parse_number(text)
    except NotANumber as error:
        require(Permit.no(error.args[0]))
        raise


def _free_code(title: str) -> str:
    stem = Slug.from_title(title).text[:48].strip("-")
    taken = set(Indicator.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for number in count(1) if (code := stem if number == 1 else f"{stem}-{number}") not in taken)


def _locked(indicator: Indicator) -> Indicator:
    found = Indicator.objects.select_for_update(of=("self",)).select_related("programme", "action", "resource")
    return found.get(pk=indicator.pk)
