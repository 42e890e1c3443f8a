"""The history of a sheet: any past day of it, and what changed, from which source."""

from datetime import date, datetime, time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dcant.catalogue.history import changes, first_day, sheet_on
from dcant.web.acting import today
from dcant.web.resources import find_resource
from dcant.web.sheets import blocks_of_sheet


def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Without a day: what changed. With `?jour=2026-03-01`: the sheet as it stood at the end of that day."""
    shown = find_resource(slug)
    day = _day(request.GET.get("jour", ""))
    end_of_day = timezone.make_aware(datetime.combine(day, time.max)) if day else None
    return render(
        request,
        "web/resources/history.html",
        {
            "resource": shown,
            "day": day,
            "asked": request.GET.get("jour", "")[:20],
            "blocks": blocks_of_sheet(sheet_on(shown, end_of_day)) if end_of_day else [],
            "changes": [] if day else changes(shown),
            "first": first_day(shown),
            "today": today(),
        },
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1990 <= day.year <= 2200 else None
