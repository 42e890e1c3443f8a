"""The French of exported documents, and the characters that they may hold."""

import re
from collections.abc import Mapping
from datetime import datetime

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STATES: Mapping[str, str] = {
    "planned": "prévu",
    "open": "ouvert",
    "roadmap_published": "feuille de route publiée",
    "review": "évaluation",
    "closed": "bilan publié",
}
DECISIONS: Mapping[str, str] = {
    "draft": "à ouvrir",
    "open": "ouverte",
    "adopted": "adoptée",
    "rejected": "rejetée",
    "no_quorum": "sans quorum",
    "withdrawn": "retirée",
}
RULES: Mapping[str, str] = {
    "double_majority": "double majorité équilibrée",
    "qualified": "majorité qualifiée dans chaque collège",
    "consent": "consentement",
}
VOICES: Mapping[str, str] = {"deliberative": "délibérative", "consultative": "consultative"}
DEMO = "démonstration"


def printable(text: str) -> str:
    """Without the characters that XML 1.0 and calendars cannot hold (controls, lone surrogates)."""
    return _FORBIDDEN.sub("", text)


def marked(title: str, *, demo: bool) -> str:
    """A title that says when what it names was invented; one that says so already is left alone."""
    return f"{title} ({DEMO})" if demo and DEMO not in title else title


def day(moment: datetime | None) -> str:
    """« 3 mars 2026 », in UTC like the log."""
    if moment is None:
        return "date inconnue"
    return f"{'1er' if moment.day == 1 else moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
