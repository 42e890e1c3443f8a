"""What pages and the API ask of returns of experience: those that stand, as data, and their spread."""

from collections.abc import Sequence

from django.utils import timezone

from dcant.catalogue.models import ExperienceReport, Resource
from dcant.catalogue.rules.experience import QUESTIONS, Spread, spread

MOST = 500


def reports_of(resource: Resource) -> list[ExperienceReport]:
    """The returns that stand, the latest first. One query."""
    reports = ExperienceReport.objects.published().filter(resource=resource)
    return list(reports.order_by("-published_at", "code")[:MOST])


def spreads_of(reports: Sequence[ExperienceReport]) -> list[tuple[str, Spread]]:
    """What happened over what was planned, for « cost » and for « months »; left out when no return says both."""
    found = {
        "cost": spread((one.planned_cost, one.real_cost) for one in reports),
        "months": spread((one.planned_months, one.real_months) for one in reports),
    }
    return [(name, one) for name, one in found.items() if one is not None]


def report_document(report: ExperienceReport) -> dict[str, object]:
    """A published return, as everyone may read it."""
    reply = getattr(report, "reply", None)
    return {
        "code": report.code,
        "version": report.version,
        "resource": report.resource.slug,
        "organisation": report.organisation.actor,
        "name": report.organisation.name,
        "population_class": report.population_class,
        **{question.field: getattr(report, question.field) for question in QUESTIONS},
        "published_on": timezone.localdate(report.published_at).isoformat() if report.published_at else None,
        "digest": report.digest,
        "entry": report.entry.entry_id if report.entry else None,
        "reply": {"organisation": reply.organisation.actor, "text": reply.text} if reply else None,
        "demo": report.demo,
    }
