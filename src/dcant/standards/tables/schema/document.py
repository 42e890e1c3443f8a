"""From what was given to a JSON document, or a clear reason why it is none."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from dcant.standards.tables.values import Said, SchemaUnreadable

SchemaRef: TypeAlias = Mapping[str, Any] | str | Path | bytes

LARGEST = 5_000_000  # bytes
_DEEPEST = 64
_NONE: tuple[str, ...] = ()
_MOST_NODES = 500_000  # a mapping may share its parts and unfold without end


@dataclass(frozen=True, slots=True)
class Document:
    """The mapping that holds `fields`, and where it stands in what was given."""

    ref: str
    sha256: str
    body: Mapping[str, Any]
    pointer: str  # of `body` in what was given: "" or "/schema"
    doubled: tuple[str, ...]  # pointers of keys written twice; the last one counts


def read_document(ref: SchemaRef) -> Document:
    """Read a path, bytes or a mapping. Raises SchemaUnreadable, with a code, for what is not a Table Schema."""
    name = str(ref) if isinstance(ref, (str, Path)) else ""
    if isinstance(ref, Mapping):
        given, doubled = ref, _NONE
        _measure(given)
        raw = json.dumps(given, sort_keys=True, ensure_ascii=False, default=str).encode()
        _refuse_large(len(raw))
    else:
        raw = ref if isinstance(ref, bytes) else _read_file(Path(ref))
        _refuse_large(len(raw))
        given, doubled = _parse(raw)
    body, pointer = _unwrapped(given)
    return Document(name, hashlib.sha256(raw).hexdigest(), body, pointer, doubled)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise SchemaUnreadable(
            "schema-not-found",
            Said(
                f"Le schéma « {path} » ne peut pas être lu ({reason}).",
                f"The schema “{path}” cannot be read ({reason}).",
            ),
            Said("Vérifiez l’adresse du fichier.", "Check the path of the file."),
        ) from problem


def _refuse_large(size: int) -> None:
    if size > LARGEST:
        raise SchemaUnreadable(
            "schema-too-large",
            Said("Le schéma dépasse 5 Mo.", "The schema is over 5 MB."),
            Said(
                "Vérifiez que c’est bien le schéma, et non les données.", "Check that this is the schema, not the data."
            ),
        )


def _parse(raw: bytes) -> tuple[Any, tuple[str, ...]]:
    doubled: list[tuple[dict[str, Any], str]] = []

    def gather(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            doubled.extend((made, key) for key in made if keys.count(key) > 1)
        return made

    try:
        given = json.loads(raw, object_pairs_hook=gather)
    except RecursionError as problem:
        raise _too_deep() from problem
    except ValueError as problem:
        at = f" (ligne {problem.lineno})" if isinstance(problem, json.JSONDecodeError) else ""
        line = at.replace("ligne", "line")
        raise SchemaUnreadable(
            "schema-not-json",
            Said(f"Le schéma n’est pas du JSON bien formé{at}.", f"The schema is not well-formed JSON{line}."),
            Said("Corrigez le fichier, ou téléchargez-le à nouveau.", "Mend the file, or download it again."),
        ) from problem
    _measure(given)
    places = {(id(holder), key) for holder, key in doubled}
    pointers = tuple(pointer for pointer, holder, key in _walk(given) if (id(holder), key) in places) if places else ()
    return given, pointers


def _walk(given: Any) -> Iterator[tuple[str, Any, str]]:
    """Every key of every object: its pointer, its holder, itself."""
    waiting = [("", given)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, Mapping):
            for key, item in value.items():
                here = f"{pointer}/{escaped(str(key))}"
                yield here, value, key
                waiting.append((here, item))
        elif isinstance(value, (list, tuple)):
            waiting.extend((f"{pointer}/{index}", item) for index, item in enumerate(value))


def escaped(key: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _measure(given: Any) -> None:
    waiting, seen = [(given, 0)], 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if depth > _DEEPEST or seen > _MOST_NODES:
            raise _too_deep()
        if isinstance(value, Mapping):
            waiting.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, (list, tuple)):
            waiting.extend((item, depth + 1) for item in value)


def _too_deep() -> SchemaUnreadable:
    return SchemaUnreadable(
        "schema-too-deep",
        Said(
            "Le schéma est trop imbriqué pour être un schéma de table.",
            "The schema is nested too deeply for a table schema.",
        ),
        Said("Vérifiez que c’est bien le schéma.", "Check that this is the schema."),
    )


def _unwrapped(given: Any) -> tuple[Mapping[str, Any], str]:
    if not isinstance(given, Mapping):
        raise SchemaUnreadable(
            "schema-not-object",
            Said("Le schéma n’est pas un objet JSON.", "The schema is not a JSON object."),
            Said(
                "Un schéma commence par une accolade et contient « fields ».",
                "A schema opens with a brace and holds “fields”.",
            ),
        )
    body, pointer = given, ""
    if "fields" not in given and isinstance(given.get("schema"), Mapping):
        body, pointer = given["schema"], "/schema"
    elif "fields" not in given and isinstance(given.get("resources"), list) and len(given["resources"]) == 1:
        only = given["resources"][0]
        if isinstance(only, Mapping) and isinstance(only.get("schema"), Mapping):
            body, pointer = only["schema"], "/resources/0/schema"
    fields = body.get("fields")
    if not isinstance(fields, (list, tuple)) or not fields:
        raise SchemaUnreadable(
            "schema-without-fields",
            Said("Ce document n’a pas de champs (« fields ») : ce n’est pas un schéma de table.",
                 "This document has no “fields”: it is not a table schema."),
            Said("Donnez un fichier Table Schema ; un schéma JSON n’est pas vérifiable ici.",
                 "Give a Table Schema file; a JSON Schema cannot be checked here."),
        )  # fmt: skip
    return body, pointer
