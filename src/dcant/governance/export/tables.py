"""A half-year as data: one JSON document, and one table with a line for each college of each decision."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from dcant.governance.export.facts import CollegeCount, DecisionFacts, HalfYearFacts, Publication
from dcant.governance.export.meetings import meeting_document

HEADER = (
    "programme", "half_year", "demo", "decision", "title", "purpose", "rule", "state", "text", "opened_at", "deadline",
    "closed_at", "college", "voice", "seats", "recorded", "for", "against", "abstain", "quorum", "carried",
)  # fmt: skip


def half_year_document(facts: HalfYearFacts) -> dict[str, object]:
    return {
        "programme": facts.programme,
        "cycle": facts.half_year,
        "state": facts.state,
        "demo": facts.demo,
        "opened_at": _moment(facts.opened_at),
        "closed_at": _moment(facts.closed_at),
        "roadmap": _body(facts.roadmap),
        "roadmap_hash": facts.roadmap.hash if facts.roadmap else None,
        "balance_sheet": _body(facts.balance_sheet),
        "balance_sheet_hash": facts.balance_sheet.hash if facts.balance_sheet else None,
        "decisions": [_decision(one) for one in facts.decisions],
        "meetings": [meeting_document(one) for one in facts.meetings],
    }


def half_year_rows(facts: HalfYearFacts) -> Iterator[tuple[object, ...]]:
    """In the order of HEADER; a decision that is not closed has one line without a college."""
    for one in facts.decisions:
        what = (facts.programme, facts.half_year, "yes" if facts.demo else "no", one.code, one.title, one.purpose)
        how = (one.rule, one.state, one.text, _moment(one.opened_at), _moment(one.deadline), _moment(one.closed_at))
        for count in one.counts or (None,):
            yield (*what, *how, *_cells(count))


def _cells(count: CollegeCount | None) -> tuple[object, ...]:
    if count is None:
        return (None,) * 9
    said = (count.seats, count.recorded, count.for_, count.against, count.abstain)
    return (count.key, count.voice, *said, "yes" if count.quorum else "no", "yes" if count.carried else "no")


def _body(published: Publication | None) -> list[Mapping[str, object]] | None:
    return published.body if published else None


def _decision(one: DecisionFacts) -> dict[str, object]:
    return {
        "code": one.code,
        "title": one.title,
        "purpose": one.purpose,
        "rule": one.rule,
        "state": one.state,
        "text": one.text,
        "opened_at": _moment(one.opened_at),
        "deadline": _moment(one.deadline),
        "closed_at": _moment(one.closed_at),
        "outcome": one.outcome or None,
        "because": list(one.because),
        "colleges": {
            count.key: {
                "voice": count.voice,
                "seats": count.seats,
                "recorded": count.recorded,
                "for": count.for_,
                "against": count.against,
                "abstain": count.abstain,
                "quorum": count.quorum,
                "carried": count.carried,
            }
            for count in one.counts
        },
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
