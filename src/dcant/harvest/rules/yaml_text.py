"""YAML from strangers, read as text: every scalar is a string, and a bomb is an error with a place.

YAML 1.1 guesses (`yes` is true, `0.10` is a number, a date is an object) lose what was written; nothing is guessed here.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from dcant.harvest.rules.source import Finding

MAX_DEPTH = 32
MAX_EXPANDED = 8 * 1024 * 1024
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


class TextProblem(ValueError):
    """A text that cannot be read: a stable code, the place (counted from 1), French words."""

    def __init__(self, code: str, line: int, column: int, message_fr: str, remedy_fr: str) -> None:
        super().__init__(message_fr)
        self.finding = Finding(
            level="error",
            code=code,
            place=f"ligne {line}, colonne {column}",
            message_fr=message_fr,
            remedy_fr=remedy_fr,
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document: strings, lists and mappings only. `lines` gives the line of each top-level key."""

    value: Any
    lines: dict[str, int]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A Markdown file that opens with YAML between two `---` lines."""

    fields: dict[str, Any]
    body: str
    lines: dict[str, int]


def decode(data: bytes) -> str:
    """UTF-8 text, byte-order mark dropped; other encodings and control characters raise ENCODING with the place."""
    remedy = "Enregistrez le fichier en UTF-8, sans caractère de contrôle."
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise TextProblem("ENCODING", line, column, "Ce fichier n’est pas en UTF-8.", remedy) from error
    if found := _FORBIDDEN.search(text):
        before_text = text[: found.start()]
        line, column = before_text.count("\n") + 1, found.start() - before_text.rfind("\n")
        raise TextProblem("ENCODING", line, column, "Ce fichier contient un caractère de contrôle.", remedy)
    return text


def parse_yaml(text: str, *, first_line: int = 1) -> Document:
    """The one document of a text. Raises TextProblem: BAD_YAML, DUPLICATE_KEY, DEPTH, ALIAS_BOMB."""
    builder = _Builder(first_line=first_line)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + first_line, mark.column + 1) if mark else (first_line, 1)
        said = f"Le YAML ne se lit pas : « {error.problem or error.context} »."
        raise TextProblem(
            "BAD_YAML", line, column, said, "Corrigez l’indentation ou les guillemets à cet endroit."
        ) from error
    except yaml.YAMLError as error:
        said = "Le YAML contient un caractère interdit."
        raise TextProblem("BAD_YAML", first_line, 1, said, "Retirez les caractères invisibles.") from error
    return Document(value=builder.root, lines=builder.lines)


def front_matter(data: bytes) -> FrontMatter:
    """The fields and the body of a Markdown sheet. Raises TextProblem: ENCODING, FRONT_MATTER, and those of YAML."""
    text = decode(data)
    fences = [found.span() for found, _ in zip(_FENCE.finditer(text), range(2), strict=False)]
    if len(fences) < 2 or text[: fences[0][0]].strip():
        said = "Cette fiche n’a pas d’en-tête YAML entre deux lignes « --- »."
        raise TextProblem("FRONT_MATTER", 1, 1, said, "Ouvrez et fermez l’en-tête par une ligne « --- ».")
    head = text[fences[0][1] : fences[1][0]]
    document = parse_yaml(head, first_line=text.count("\n", 0, fences[0][1]) + 1)
    if not isinstance(document.value, dict):
        said = "L’en-tête de cette fiche n’est pas une liste de champs."
        raise TextProblem("FRONT_MATTER", 1, 1, said, "Écrivez l’en-tête sous la forme « champ: valeur ».")
    return FrontMatter(fields=document.value, body=text[fences[1][1] :].strip(), lines=document.lines)


@dataclass(slots=True)
class _Frame:
    container: Any
    anchor: str | None
    weight_before: int
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Builds plain values from parser events, without recursion; weighs what aliases would become when written out."""

    first_line: int
    root: Any = ""
    lines: dict[str, int] = field(default_factory=dict)
    _stack: list[_Frame] = field(default_factory=list)
    _anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    _weight: int = 0
    _documents: int = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._refuse_escaped(event)
                self._weigh(1 + len(event.value))
                if event.anchor:
                    self._anchors[event.anchor] = (event.value, 1 + len(event.value))
                self._place(event.value, event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.MappingStartEvent():
                self._open({}, event)
            case yaml.SequenceStartEvent():
                self._open([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(event)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise self._problem(
                        "BAD_YAML", event, "Ce fichier contient plusieurs documents YAML.", "N’en gardez qu’un."
                    )

    def _open(self, container: Any, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            said = f"Les champs s’emboîtent sur plus de {MAX_DEPTH} niveaux."
            raise self._problem("DEPTH", event, said, "Aplatissez la structure.")
        self._stack.append(_Frame(container, event.anchor, self._weight))
        self._weigh(1)

    def _close(self, event: yaml.Event) -> None:
        frame = self._stack.pop()
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.container, self._weight - frame.weight_before)
        self._place(frame.container, event)

    def _alias(self, event: yaml.AliasEvent) -> None:
        known = self._anchors.get(event.anchor or "")
        if known is None:
            said = f"Le renvoi « *{event.anchor} » ne désigne rien, ou se contient lui-même."
            raise self._problem("ALIAS_BOMB", event, said, "Écrivez la valeur en toutes lettres.")
        value, weight = known
        if self._weight + weight > MAX_EXPANDED:
            said = "Les renvois de ce fichier se multiplient au-delà de toute mesure."
            raise self._problem("ALIAS_BOMB", event, said, "Écrivez les valeurs en toutes lettres.")
        self._weigh(weight)
        self._place(value, event)

    def _refuse_escaped(self, event: yaml.ScalarEvent) -> None:
        """An escape may write what the text itself may not hold."""
        if _FORBIDDEN.search(event.value):
            said = "Une valeur cache un caractère de contrôle."
            raise self._problem("ENCODING", event, said, "Retirez la séquence « \\ » qui l’écrit.")

    def _weigh(self, weight: int) -> None:
        self._weight += weight

    def _place(self, value: Any, event: yaml.Event) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.key is not None:
            frame.container[frame.key] = value
            frame.key = None
        else:
            self._name(frame, value, event)

    def _name(self, frame: _Frame, key: Any, event: yaml.Event) -> None:
        if not isinstance(key, str):
            raise self._problem("BAD_YAML", event, "Un nom de champ est un texte.", "Renommez ce champ.")
        if key in frame.container:
            said = f"Le champ « {key[:80]} » est écrit deux fois."
            raise self._problem("DUPLICATE_KEY", event, said, "Gardez une seule des deux lignes.")
        frame.key = key
        if len(self._stack) == 1:
            self.lines[key] = _place_of(event)[0] + self.first_line

    def _problem(self, code: str, event: yaml.Event, message: str, remedy: str) -> TextProblem:
        line, column = _place_of(event)
        return TextProblem(code, line + self.first_line, column + 1, message, remedy)


def _place_of(event: yaml.Event) -> tuple[int, int]:
    """Line and column, from 0."""
    mark = event.start_mark
    return (mark.line, mark.column) if mark is not None else (0, 0)
