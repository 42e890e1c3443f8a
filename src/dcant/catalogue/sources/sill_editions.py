"""The editions of the SILL of 2018, 2019 and 2020, as CSV. Worksheets of the groups, which name people, are not read."""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from dcant.catalogue.sources.drafts import Draft, as_day
from dcant.catalogue.sources.places import joined
from dcant.harvest.rules import Reading, Snapshot, SnapshotError
from dcant.harvest.rules.yaml_text import TextProblem, decode
from dcant.identifiers import fold_words

EDITIONS: Mapping[str, str] = {"2018": "2018/sources.csv", "2019": "2019/sill-2019.csv", "2020": "2020/sill-2020.csv"}
_UPDATES = "2020/sill-updates.csv"
_NAMES = {"2018": "LOGICIEL", "2019": "LOGICIEL", "2020": "nom"}
_WITHDRAWN = "FR"
_ORG_DATE = re.compile(r"<(\d{4}-\d{2}-\d{2})[^>]*>")
_REMEDY = "Reprenez le fichier à sa source."


def edition_elements(snapshot: Snapshot, prefix: str, year: str, limit: int) -> list[dict[str, Any]]:
    """One element a row, with a name of its own in `edition-id`; rows of 2020 bring the changes that the list tells.

    Raises SnapshotError: ENCODING, BAD_CSV, TOO_LARGE, UNREADABLE.
    """
    rows = _rows(snapshot, joined(prefix, EDITIONS[year]), limit, (_NAMES[year],))
    changes = _changes(snapshot, prefix, limit) if year == "2020" else {}
    seen: Counter[str] = Counter()
    elements: list[dict[str, Any]] = []
    for row in rows:
        name = row.get("ID") or fold_words(row.get(_NAMES[year], "")).replace(" ", "-")
        seen[name] += 1
        # The name of the edition, and a rank for the few names that stand twice in it.
        own = f"{year}/{name}" if seen[name] == 1 else f"{year}/{name}-{seen[name]}"
        element: dict[str, Any] = {**row, "ID": row.get("ID", ""), "edition": year, "edition-id": own if name else ""}
        told = changes.get(row.get("ID", ""))
        elements.append(element | {"changements": told} if told else element)
    return elements


def read_edition(draft: Draft) -> Reading:
    """A row of history: what it was called, under which licence and version; every column stays under its own name."""
    title = draft.text("LOGICIEL", "nom")
    draft.say("title", title)
    draft.say("purpose", draft.text("FONCTIONNALITÉ", "fonction"))
    draft.say("licence", draft.text("LICENCE", "licence"))
    draft.say("version", draft.text("Version", "version"))
    draft.left.pop("edition-id", None)
    return draft.reading(None, title)


def read_software_2020(draft: Draft) -> Reading:
    """A row of 2020. The status FR takes the software out of the list: it is withdrawn, and says so."""
    title = draft.text("nom")
    draft.say("title", title)
    draft.say("purpose", draft.text("fonction"))
    draft.say("licence", draft.text("licence"))
    draft.say("version", draft.text("version"))
    draft.say("wikidata_id", draft.text("wikidata").upper())
    draft.say("comptoir_id", draft.text("comptoir-du-libre"))
    draft.left.pop("edition-id", None)
    draft.say("sill_id", draft.text("ID"))
    parent = draft.text("parent")
    if parent:
        draft.relate("depends_on", "title", parent)
    for number in _pieces(draft.text("similaire-a")):
        draft.relate("similar_to", "software", number)
    draft.keep("annees", _pieces(draft.text("annees")))
    changes = draft.entries("changements")
    draft.keep("changements", changes)
    draft.say("updated_on", max((as_day(change.get("date")) for change in changes), default=""))
    status = draft.text("statut")
    draft.keep("statut", status)
    return draft.reading("software", title, "sorti de la liste (statut FR)" if status == _WITHDRAWN else None)


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(";") if piece.strip()]


def _rows(snapshot: Snapshot, path: str, limit: int, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows as column → text, empty cells left out; cells beyond the header are kept together under « + »."""
    try:
        text = decode(snapshot.read(path, limit))
        reader = csv.DictReader(io.StringIO(text, newline=""), restkey="+", strict=True)
        rows = [{key: _cell(value) for key, value in row.items() if value} for row in reader]
        header = reader.fieldnames or ()
    except TextProblem as problem:
        said = f"« {path} » : {problem.finding.message_fr}"
        raise SnapshotError(problem.finding.code, said, problem.finding.remedy_fr) from problem
    except csv.Error as error:
        raise SnapshotError("BAD_CSV", f"« {path} » ne se lit pas comme du CSV.", _REMEDY) from error
    missing = [column for column in columns if column not in header]
    if missing:
        raise SnapshotError("BAD_CSV", f"« {path} » n’a pas la colonne « {missing[0]} ».", _REMEDY)
    return rows


def _cell(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _changes(snapshot: Snapshot, prefix: str, limit: int) -> dict[str, list[dict[str, str]]]:
    """The changes by number of software, in the order of the file; without the file, none."""
    path = joined(prefix, _UPDATES)
    if path not in snapshot.list(prefix):
        return {}
    changes: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(snapshot, path, limit, ("id", "date")):
        found = _ORG_DATE.fullmatch(row.get("date", ""))
        told = {key: value for key, value in row.items() if key not in {"id", "logiciel"}}
        changes[row.get("id", "")].append(told | ({"date": found[1]} if found else {}))
    return changes
