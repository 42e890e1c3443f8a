"""Template words of the site: numbers and days as French writes them, icons, safe Markdown."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import markdown as markdown_library
import nh3
from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dcant.adoption.rules import STATE_WORDS
from dcant.governance.models import Cycle
from dcant.identifiers import Sentence
from dcant.territories.models import Territory
from dcant.web.coded_words import WORDS
from dcant.web.cycle_addresses import cycle_address
from dcant.web.numbers import shown_decimal
from dcant.web.rule_sentences import FIXED, PATTERNS
from dcant.web.sheets import FIELD_WORDS

if TYPE_CHECKING:
    from dcant.standards.tables.values import Said

register = template.Library()

# Drawn for this site on a grid of 24; stroked, never filled.
ICONS = {
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14m5 12 5 5",
    "check": "M4 12.5 9.5 18 20 6.5",
    "half": "M4 12h16",
    "cross": "M6 6l12 12M18 6 6 18",
    "question": "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .6-1.5 1.2-1.5 2.3M12 18.5v.1",
    "print": "M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z",
    "mail": "M3 6h18v12H3zM3 7l9 7 9-7",
    "people": "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3 20c0-4 3-6 6-6s6 2 6 6M16 5.5a3 3 0 0 1 0 5.5M18 14.5c2 .8 3 2.7 3 5.5",
    "arrow": "M5 12h14M13 6l6 6-6 6",
}
VERDICT_ICONS = {"yes": "check", "under_conditions": "half", "no": "cross", "unknown": "question"}


@register.filter
def words(value: object, field: str) -> object:
    """The meaning of a coded value, else the value itself."""
    return WORDS.get(field, {}).get(str(value), value)


@register.filter
def entry(table: Mapping[str, object], key: str) -> object:
    """The value of a key that is only known in the page."""
    return table.get(key, "")


@register.filter
def is_list(value: object) -> bool:
    return isinstance(value, list)


@register.filter
def brief(value: object, field: str) -> object:
    """A value on one line, cut at 160 characters; one that is not coded is text of a source, hence French."""
    meant = words(value, field)
    return french(_on_one_line(value)) if meant is value else _on_one_line(meant)


def _on_one_line(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 160 else f"{text[:159].rstrip()}…"


@register.filter
def field_word(field: str) -> object:
    """How pages name a field of a sheet."""
    return FIELD_WORDS.get(field, field)


@register.filter
def number(value: object) -> str:
    """« 1 234 », with a thin unbreakable space; « — » for what is not known."""
    if not isinstance(value, int | float):
        return "—"
    return f"{value:,.0f}".replace(",", "\u202f")


@register.filter
def decimal(text: object) -> str:
    """A number kept as canonical text, with the decimal sign of the language."""
    return shown_decimal(str(text))


@register.filter
def percent(share: object) -> str:
    """A share from 0 to 1 as « 12,5 % », with the decimal sign of the language; « — » when unknown."""
    if not isinstance(share, int | float):
        return "—"
    return f"{number_format(round(share * 100, 1), 1)}\u00a0%"


@register.filter
def day(value: object) -> str:
    """A day in words; text that is an ISO date is read as one."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    return date_format(value, "j F Y") if isinstance(value, date) else ""


@register.filter
def past(day: object) -> bool:
    """Is this ISO day over? False for what is no day."""
    try:
        return date.fromisoformat(str(day)) < timezone.localdate()
    except ValueError:
        return False


@register.filter
def state_word(state: str) -> str:
    return _(STATE_WORDS.get(state, state))


def _reads_french() -> bool:
    return (get_language() or "fr").startswith("fr")


@register.simple_tag
def in_french() -> SafeString:
    """The mark of an element whose content stays French, on a page in another language."""
    return SafeString("" if _reads_french() else ' lang="fr"')


@register.filter
def french(text: object) -> object:
    """Text that stays French (a title, what a source says), marked so on a page in another language."""
    return text if _reads_french() or not text else format_html('<span lang="fr">{}</span>', text)


@register.filter
def meaning(value: object, field: str) -> object:
    """The meaning of a coded value; a value that is not coded is text of a source, hence French."""
    meant = words(value, field)
    return french(value) if meant is value else meant


@register.filter
def translated(sentence: object) -> object:
    """A sentence of the rules in the language of the page; one that no catalogue holds stays French, and is marked so."""
    said = _said(sentence)
    return french(sentence) if said is None else said


def _said(sentence: object) -> str | None:
    """In the language of the page, with its values where they too are sentences; None when no catalogue holds it."""
    if isinstance(sentence, Sentence) and sentence.pattern in PATTERNS:
        return _(sentence.pattern).format(**{name: _said(value) or value for name, value in sentence.values.items()})
    return _(str(sentence)) if sentence in FIXED else None


@register.simple_tag
def said(sentence: "Said") -> str:
    """What an engine says in both languages, in that of the page."""
    return sentence.fr if _reads_french() else sentence.en


@register.filter
def after_of(territory: Territory) -> str:
    """« de Trévérien », « du Havre »; in a language that writes no such article, the name alone."""
    return territory.of_name if _reads_french() else territory.display_name


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICONS[name])


@register.inclusion_tag("web/parts/verdict.html")
def verdict(eligibility: object) -> dict[str, object]:
    return {"eligibility": eligibility, "icon_name": VERDICT_ICONS[str(getattr(eligibility, "verdict", "unknown"))]}


@register.filter
def markdown(text: object) -> SafeString:
    """Harvested Markdown as clean HTML: no script, no style, no picture, headings lowered below those of the page."""
    html = markdown_library.markdown(str(text), extensions=["tables"])
    clean = nh3.clean(
        html,
        tags={
            "p",
            "ul",
            "ol",
            "li",
            "strong",
            "em",
            "a",
            "code",
            "pre",
            "br",
            "blockquote",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        },
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener nofollow",
    )
    lowered = re.sub(r"<h[1-6]>", "<p><strong>", re.sub(r"</h[1-6]>", "</strong></p>", clean))
    return mark_safe(lowered)  # noqa: S308  # cleaned by nh3 just above


@register.simple_tag(takes_context=True)
def from_commune(context: template.Context, separator: str = "?") -> str:
    """Keeps the commune from which one looks in the next address."""
    commune = context.get("commune")
    return f"{separator}commune={commune.code}" if commune else ""


@register.simple_tag(takes_context=True)
def current(context: template.Context, prefix: str) -> SafeString:
    """aria-current on the entry of the menu one is under."""
    path = context["request"].path
    return mark_safe(' aria-current="page"') if path.startswith(prefix) else SafeString("")


@register.simple_tag
def of_cycle(cycle: Cycle, name: str = "cycle") -> str:
    """The address of a page or document of a half-year."""
    return cycle_address(cycle, name)
