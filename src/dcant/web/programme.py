"""The programme: what was announced, by whom, and what it moves in the common base."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from dcant.governance.models import Action, Programme
from dcant.governance.questions import LINKED, ActionView, action_view, actions_of, current_programme, digests
from dcant.web.asked import asked
from dcant.web.co_writing import written
from dcant.web.colleges import is_secretariat
from dcant.web.documents import json_document

PAGE = 60  # actions at a time


def programme(request: HttpRequest) -> HttpResponse:
    shown = current_programme()
    page = _page(request, shown)
    axes = actions_of(shown, list(page)) if shown else []
    if page.paginator.num_pages > 1:
        axes = [(axis, views) for axis, views in axes if views]
    played = digests(timezone.now())
    context = {"programme": shown, "axes": axes, "page": page, "played": played, "may": is_secretariat(request)}
    return render(request, "web/programme/programme.html", context)


def _page(request: HttpRequest, shown: Programme | None) -> Page:  # type: ignore[type-arg]  # not generic when it runs
    """The codes of its actions, axis after axis, as many as a page holds."""
    codes = list(Action.objects.filter(axis__programme=shown).values_list("code", flat=True)) if shown else []
    return Paginator(codes, PAGE).get_page(asked(request, "page", longest=6))


def programme_json(request: HttpRequest) -> HttpResponse:
    shown = current_programme()
    if shown is None:
        return json_document({"programme": None, "axes": []})
    axes = [
        {
            "number": axis.number,
            "title": axis.title,
            "source": axis.source,
            "actions": [_action(view) for view in views],
        }
        for axis, views in actions_of(shown)
    ]
    return json_document(
        {
            "programme": shown.slug,
            "title": shown.title,
            "period": shown.period,
            "source": shown.source,
            "axes": axes,
        },
    )


def action(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(
        Action.objects.select_related("axis__programme", "split_from").prefetch_related(LINKED), code=code
    )
    context: dict[str, object] = {
        "view": action_view(found),
        "action": found,
        "indicators": found.indicators.all().with_last(),
    }
    if found.state:
        context |= written(request, found)
    return render(request, "web/programme/action.html", context)


def action_json(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(
        Action.objects.select_related("axis__programme", "split_from").prefetch_related(LINKED), code=code
    )
    return json_document(_action(action_view(found)))


def _action(view: ActionView) -> dict[str, object]:
    return {
        "code": view.action.code,
        "title": view.action.title,
        "nature": view.action.nature,
        "axis": view.action.axis.number,
        "source": view.action.source,
        "declarations_of_use": view.uses,
        "resources": [
            {"slug": one.resource.slug, "used_by_communes": one.use.country if one.use else None} for one in view.linked
        ],
    }
