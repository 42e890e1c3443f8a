"""A reading under way: what is taken leaves the fields, what is left is kept under the name of its source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from dcant.harvest.rules import Fact, Finding, Link, Reading
from dcant.harvest.rules.redaction import ADDRESS_MARK, PHONE_MARK

_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,900}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WORDS = frozenset({"title", "name", "purpose", "description", "audience_because", "audience_other", "phase"})
_SHORT = 300


@dataclass(slots=True)
class Draft:
    """`left` are the fields of one item not taken yet; `lines` gives the line of each, when the source has lines.

    Every question about a key takes it away. A value of the wrong shape is absent and said, and hides nothing else.
    """

    source: str
    left: dict[str, Any]
    url: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def say(self, name: str, value: Any, language: str = "fr") -> None:
        """One fact; nothing said is no fact. The language is that of the fields that are words."""
        if value is None or value in ("", [], {}):
            return
        said_in = language if name in _WORDS else ""
        self.facts.append(Fact(name, value, language=said_in, source_url=self.url))

    def keep(self, key: str, value: Any) -> None:
        """A value under its own name at the source."""
        self.say(f"{self.source}:{key}", value)

    def relate(self, name: str, collection: str, remote_id: str) -> None:
        self.links.append(Link(name, f"{self.source}:{collection}/{remote_id}", source_url=self.url))

    def text(self, *keys: str) -> str:
        """The first of these keys that says something; a number is its digits."""
        found = ""
        for key in keys:
            value = self.left.get(key)
            if found and value not in (None, ""):
                continue  # a synonym that says something else is kept under its own name
            self.left.pop(key, None)
            if isinstance(value, str):
                found = value.strip()
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                found = str(value)
            elif value is not None:
                self.misshapen(key, value, "un texte")
        return found

    def texts(self, key: str) -> list[str]:
        """A list of texts; one text alone is a list of one."""
        value = self.left.pop(key, None)
        values = [value] if isinstance(value, str) else value
        if values is None:
            return []
        if not isinstance(values, list):
            self.misshapen(key, value, "une liste de textes")
            return []
        texts = [one.strip() for one in values if isinstance(one, str)]
        if len(texts) != len(values):
            self.misshapen(key, [one for one in values if not isinstance(one, str)], "une liste de textes")
        return [text for text in texts if text]

    def entries(self, key: str) -> list[dict[str, Any]]:
        """A list of objects."""
        value = self.left.pop(key, None)
        if value in (None, ""):
            return []
        entries = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        if not isinstance(value, list) or len(entries) != len(value):
            odd = [one for one in value if not isinstance(one, dict)] if isinstance(value, list) else value
            self.misshapen(key, odd, "une liste d’objets")
        return entries

    def mapping(self, key: str) -> dict[str, Any]:
        """An object; `[]` is how some programs write an empty one."""
        value = self.left.pop(key, None)
        if isinstance(value, dict):
            return value
        if value not in (None, ""):
            self.misshapen(key, value, "un objet")
        return {}

    def address(self, name: str, *keys: str) -> None:
        """A web address; any other text stays under its own name, and is said."""
        value = self.text(*keys)
        if not value or _ADDRESS.fullmatch(value):
            self.say(name, value)
            return
        self.warn(
            "BAD_URL", keys[0], f"« {value[:80]} » n’est pas une adresse web.", "Écrivez une adresse « https:// »."
        )
        self.keep(keys[0], value)

    def contact(self, key: str) -> None:
        """A mailbox of a role, or a form; one that named a person is not kept."""
        value = self.text(key)
        if ADDRESS_MARK in value or PHONE_MARK in value:
            said = "Le contact nomme une personne : il n’est pas gardé."
            self.warn("NOMINATIVE_CONTACT", key, said, "Donnez une adresse de service.")
            return
        self.say("contact", value)

    def about(self, text: str, language: str = "fr") -> None:
        """What it is for: one short paragraph is the purpose, a longer text, or a second one, the description."""
        has_purpose = any(fact.field == "purpose" for fact in self.facts)
        short = len(text) <= _SHORT and "\n" not in text
        self.say("purpose" if short and not has_purpose else "description", text, language)

    def day(self, name: str, *keys: str) -> None:
        """A day: ISO, the beginning of an ISO moment, or milliseconds since 1970; anything else is kept and said."""
        key = next((key for key in keys if self.left.get(key) not in (None, "")), keys[0])
        value = self.left.pop(key, None)
        if value in (None, ""):
            return
        day = as_day(value)
        if not day:
            said = f"« {str(value)[:40]} » n’est pas une date."
            self.warn("DATE_FORM", key, said, "Écrivez par exemple 2025-12-31.")
            self.keep(key, value)
        self.say(name, day)

    def misshapen(self, key: str, value: Any, wanted: str) -> None:
        """Said, and kept as it is when there is something in it."""
        said = f"Le champ « {key[:80]} » devrait être {wanted}."
        self.warn("BAD_SHAPE", key, said, "Reprenez la forme d’une autre fiche.")
        self.keep(key, value)

    def warn(self, code: str, key: str, message: str, remedy: str) -> None:
        line = self.lines.get(key)
        place = f"ligne {line}, champ {key[:80]}" if line else f"champ {key[:80]}"
        self.findings.append(Finding("warning", code, place, message, remedy))

    def reading(self, kind: str | None, title: str, tombstone: str | None = None) -> Reading:
        """The reading; every field not taken is a fact under the name of its source."""
        for key, value in self.left.items():
            self.keep(key, value)
        return Reading(kind, title, tuple(self.facts), tuple(self.links), tuple(self.findings), tombstone)


def as_day(value: Any) -> str:
    """The ISO day of a text or of milliseconds since 1970; "" when it is no date."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, tz=UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            return ""
    written = value[:10] if isinstance(value, str) else ""
    try:
        return date.fromisoformat(written).isoformat() if _DAY.fullmatch(written) else ""
    except ValueError:
        return ""
