"""Sources that are one JSON document with many elements: each element becomes an item, its bytes canonical JSON.

A document that does not parse is a failed run, never an empty list. One bad element is one line, the others are read.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dcant.catalogue.sources.people import without_people
from dcant.harvest.rules import Finding, RawItem, Snapshot, SnapshotError
from dcant.harvest.rules.changes import canonical
from dcant.harvest.rules.redaction import ADDRESS_MARK, PHONE_MARK
from dcant.harvest.rules.yaml_text import MAX_DEPTH, TextProblem, decode

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# An address right after a line break: the « n » of the escape is a letter too, and goes away with the address.
_BROKEN_ESCAPE = re.compile(rf"(?<!\\)((?:\\\\)*)\\(?={re.escape(ADDRESS_MARK)}|{re.escape(PHONE_MARK)})")
_REMEDY = "Téléchargez la liste de nouveau ; si elle est ainsi à la source, signalez-le à son producteur."


def load_document(snapshot: Snapshot, path: str, limit: int) -> Any:
    """The JSON value of a file. Raises SnapshotError: TOO_LARGE, UNREADABLE, NOT_JSON (a page), BAD_JSON."""
    data = snapshot.read(path, limit)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise SnapshotError("NOT_JSON", f"« {path} » est une page, pas une liste JSON.", _REMEDY)
    try:
        return _parsed(_mended(data.decode("utf-8-sig")))
    except json.JSONDecodeError as error:
        said = f"« {path} » ne se lit pas comme du JSON : ligne {error.lineno}, colonne {error.colno}."
        raise SnapshotError("BAD_JSON", said, _REMEDY) from error
    except (ValueError, RecursionError) as error:
        raise SnapshotError("BAD_JSON", f"« {path} » ne se lit pas comme du JSON.", _REMEDY) from error


def elements_of(document: Any, path: str, key: str = "") -> list[Any]:
    """The list itself, or the one under a key; `[]` in place of the object is an empty list. Raises BAD_JSON."""
    found = document.get(key) if key and isinstance(document, dict) else document
    if not isinstance(found, list) or (key and document is found and found):
        where = f"une liste sous « {key} »" if key else "une liste"
        raise SnapshotError("BAD_JSON", f"« {path} » n’a pas la forme attendue : {where}.", _REMEDY)
    return found


def as_items(
    elements: Iterable[Any],
    *,
    collection: str,
    path: str,
    name: Callable[[dict[str, Any]], str],
    clean: Callable[[dict[str, Any]], dict[str, Any]] = lambda element: element,
) -> Iterator[RawItem]:
    """One item an element, in the order of the list; `clean` takes away what must never be kept.

    What names a person goes before the bytes are made: an escape of JSON must not hide an address from the redaction.
    """
    seen: Counter[str] = Counter()
    for rank, element in enumerate(elements, start=1):
        remote_id = name(element) if isinstance(element, dict) else ""
        if not remote_id:
            said = f"L’élément n° {rank} de « {path} » n’a pas d’identifiant, ou n’est pas un objet."
            problem = Finding("error", "MISSING_ID", path, said, "Donnez-lui un identifiant.")
            yield RawItem(collection, f"rang-{rank}", f"{path}#rang-{rank}", b"", problem=problem)
            continue
        seen[remote_id] += 1
        again = f", fois {seen[remote_id]}" if seen[remote_id] > 1 else ""
        yield _item(collection, remote_id, f"{path}#{remote_id}{again}", clean(element))


def _item(collection: str, remote_id: str, path: str, element: dict[str, Any]) -> RawItem:
    try:
        data = canonical(_without_people(element, 1)).encode(errors="surrogatepass")
    except TextProblem as problem:
        return RawItem(collection, remote_id, path, b"", problem=problem.finding)
    return RawItem(collection, remote_id, path, data)


def fields_of(raw: RawItem) -> dict[str, Any]:
    """The fields of one element. Raises TextProblem: ENCODING, BAD_JSON, DEPTH."""
    text = _mended(decode(raw.data))
    try:
        fields = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise TextProblem("BAD_JSON", 1, 1, "Cet élément ne se lit pas comme du JSON.", _REMEDY) from error
    if not isinstance(fields, dict):
        raise TextProblem("BAD_JSON", 1, 1, "Cet élément n’est pas un objet JSON.", _REMEDY)
    _check(fields, 1)
    return fields


def _mended(text: str) -> str:
    return _BROKEN_ESCAPE.sub(r"\1 ", text)


def _parsed(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if math.isfinite(value):
        return value
    raise ValueError(text)


def _without_people(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return without_people(value)
    if isinstance(value, (dict, list)):
        _refuse_depth(depth)
        if isinstance(value, dict):
            return {without_people(key): _without_people(inner, depth + 1) for key, inner in value.items()}
        return [_without_people(inner, depth + 1) for inner in value]
    return value


def _check(value: Any, depth: int) -> None:
    """Control characters that an escape may write, and nesting."""
    if isinstance(value, str):
        if _FORBIDDEN.search(value):
            said = "Une valeur cache un caractère de contrôle."
            raise TextProblem("ENCODING", 1, 1, said, "Retirez la séquence « \\u » qui l’écrit.")
    elif isinstance(value, (dict, list)):
        _refuse_depth(depth)
        for inner in [*value, *value.values()] if isinstance(value, dict) else value:
            _check(inner, depth + 1)


def _refuse_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        said = f"Les champs s’emboîtent sur plus de {MAX_DEPTH} niveaux."
        raise TextProblem("DEPTH", 1, 1, said, "Aplatissez la structure.")
