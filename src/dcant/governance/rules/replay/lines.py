"""An entry of the log as replay reads it. Nothing of it is believed: each value is asked for by its type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from dcant.governance.rules.counting import share_of
from dcant.record.canonical import digest, loads, timestamp
from dcant.record.refusal import LeafRefused

_KEYS, _VERSION = {"v", "type", "id", "at", "actor", "subject", "body"}, 1


class Broken(ValueError):
    """The line breaks a rule in such a way that nothing more can be done with it: the rule's code, and a French sentence."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule, self.message = rule, message


@dataclass(frozen=True, slots=True)
class Line:
    """An entry: its place in the log, its type, its moment to the second, who acted, and what it says."""

    index: int
    entry_id: str
    kind: str
    at: datetime
    actor: str
    subject: str
    body: Mapping[str, object]

    @classmethod
    def read(cls, index: int, leaf: bytes) -> "Line":
        """Raises Broken for what is no leaf of the house's."""
        try:
            value = loads(leaf)
        except LeafRefused as error:
            raise Broken("leaf", f"Cette entrée ne se lit pas : {error}.") from error
        if value.keys() != _KEYS or number(value, "v") != _VERSION:
            raise Broken("leaf", "Cette entrée n’a pas la forme d’une entrée de ce journal.")
        body = mapping(value, "body")
        kind, at, actor = text(value, "type"), moment(text(value, "at")), text(value, "actor")
        if timestamp(at) != value["at"]:
            raise Broken("leaf", "Le moment d’une entrée s’écrit à la seconde, en temps universel.")
        return cls(index, text(value, "id"), kind, at, actor, text(value, "subject"), body)

    def check_subject(self) -> None:
        """An act of the programme has for subject the hash of what it says. Raises Broken."""
        if self.subject != digest(self.body):
            raise Broken("subject", "Le sujet de cette entrée n’est pas l’empreinte de ce qu’elle dit.")

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def latest(self) -> datetime:
        """The last moment that this second may stand for: what must come after a deadline is given the benefit of it."""
        return self.at + timedelta(microseconds=999_999)


def text(body: Mapping[str, object], key: str, default: str | None = None) -> str:
    value = body.get(key, default)
    if not isinstance(value, str):
        raise Broken("shape", f"« {key} » : un texte est attendu.")
    return value


def number(body: Mapping[str, object], key: str) -> int:
    value = body.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Broken("shape", f"« {key} » : un nombre est attendu.")
    return value


def mapping(body: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = body.get(key)
    if not isinstance(value, dict):
        raise Broken("shape", f"« {key} » : un objet est attendu.")
    return value


def rows(body: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    value = body.get(key)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Broken("shape", f"« {key} » : une liste d’objets est attendue.")
    return value


def texts(body: Mapping[str, object], key: str) -> list[str]:
    value = body.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Broken("shape", f"« {key} » : une liste de textes est attendue.")
    return value


def moment(said: str) -> datetime:
    """A moment with its time zone, in UTC."""
    try:
        found = datetime.fromisoformat(said)
        utc = found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Broken("shape", f"« {said} » n’est pas un moment.") from error
    if found.tzinfo is None:
        raise Broken("shape", f"« {said} » ne dit pas son fuseau.")
    return utc


def share(body: Mapping[str, object], key: str) -> Fraction:
    found = share_of(text(body, key))
    if found is None:
        raise Broken("charter", f"« {key} » n’est pas une fraction de l’unité : « {body[key]} ».")
    return found
