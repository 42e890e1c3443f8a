"""The programme, its axes and its actions."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from dcant.governance.questions import actions_of, current_programme

router = Router(tags=["programme"])


class ActionOut(Schema):
    code: str
    axis: int
    nature: str
    title: str
    source: dict[str, Any]
    declarations_of_use: int
    resources: list[str]


class ProgrammeOut(Schema):
    programme: str | None
    title: str | None
    period: str | None
    actions: list[ActionOut]


@router.get("", response=ProgrammeOut, summary="Le programme en cours", operation_id="get_programme")
def programme(request: HttpRequest) -> dict[str, object]:
    """Empty, not an error, on a site where no programme is open."""
    shown = current_programme()
    views = [view for _axis, listed in actions_of(shown) for view in listed] if shown else []
    return {
        "programme": shown.slug if shown else None,
        "title": shown.title if shown else None,
        "period": shown.period if shown else None,
        "actions": [
            {
                "code": view.action.code,
                "axis": view.action.axis.number,
                "nature": view.action.nature,
                "title": view.action.title,
                "source": view.action.source,
                "declarations_of_use": view.uses,
                "resources": [one.resource.slug for one in view.linked],
            }
            for view in views
        ],
    }
