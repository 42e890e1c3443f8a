"""What changed between two versions of a Table Schema, and whether a file that conformed may conform no more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from dcant.identifiers import Sentence
from dcant.standards.rules.fields import constraints_of, raw_fields

_ALIKE = 0.72  # two names this close may be one field renamed; a proposal for a reader, never a verdict
_LOWER = ("minimum", "exclusiveMinimum", "minLength")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `breaking`: a file that conformed to the old version may fail the new one."""

    kind: str
    field: str
    breaking: bool
    sentence: Sentence


def compare(old: bytes, new: bytes) -> tuple[Change, ...]:
    """The differences in the order of the new document, those that break first. Two equal documents give none."""
    before = {one["name"]: one for one in raw_fields(old)}
    after = {one["name"]: one for one in raw_fields(new)}
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    renamed = dict(_renamed(before, after, gone, come))
    found = [change for name in after if name in before for change in _field(name, before[name], after[name])]
    for name in come:
        if name in renamed:
            said = Sentence("« {old} » semble devenu « {new} » : à vérifier.", old=renamed[name], new=name)
            found.append(Change("renamed", name, breaking=True, sentence=said))
            continue
        required = constraints_of(after[name]).get("required") is True
        pattern = "Nouveau champ obligatoire « {field} »." if required else "Nouveau champ facultatif « {field} »."
        found.append(Change("field-added", name, breaking=required, sentence=Sentence(pattern, field=name)))
    found += [
        Change("field-removed", name, breaking=True, sentence=Sentence("Champ retiré : « {field} ».", field=name))
        for name in gone
        if name not in renamed.values()
    ]
    return tuple(sorted(found, key=lambda change: not change.breaking))


def _renamed(
    before: Mapping[str, Any], after: Mapping[str, Any], gone: list[str], come: list[str]
) -> Iterator[tuple[str, str]]:
    """Pairs (new name, old name): one of those gone and one of those come, of one type, of like names or one title."""
    left = list(gone)
    for name in come:
        alike = [
            old
            for old in left
            if before[old].get("type") == after[name].get("type")
            and (
                SequenceMatcher(None, old.lower(), name.lower()).ratio() >= _ALIKE
                or (before[old].get("title") and before[old].get("title") == after[name].get("title"))
            )
        ]
        if len(alike) == 1:
            left.remove(alike[0])
            yield name, alike[0]


def _field(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old_type, new_type = str(before.get("type") or "string"), str(after.get("type") or "string")
    if old_type != new_type:
        wider = new_type in {"string", "any"} or (old_type, new_type) == ("integer", "number")
        said = Sentence("« {field} » : le type passe de {old} à {new}.", field=name, old=old_type, new=new_type)
        yield Change("type", name, breaking=not wider, sentence=said)
    old_form, new_form = str(before.get("format") or "default"), str(after.get("format") or "default")
    if old_form != new_form:
        said = Sentence("« {field} » : le format passe de {old} à {new}.", field=name, old=old_form, new=new_form)
        yield Change("format", name, breaking=new_form not in {"default", "any"}, sentence=said)
    yield from _rules(name, constraints_of(before), constraints_of(after))
    yield from _words(name, before, after)


def _rules(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    was, now = before.get("required") is True, after.get("required") is True
    if was != now:
        pattern = "« {field} » devient obligatoire." if now else "« {field} » n’est plus obligatoire."
        yield Change("required", name, breaking=now, sentence=Sentence(pattern, field=name))
    if before.get("unique") is not after.get("unique") and (before.get("unique") or after.get("unique")):
        now = after.get("unique") is True
        pattern = "« {field} » doit être sans doublon." if now else "« {field} » peut avoir des doublons."
        yield Change("unique", name, breaking=now, sentence=Sentence(pattern, field=name))
    if before.get("pattern") != after.get("pattern"):
        # Whether one expression accepts all that another does is not decided here: a new one may refuse.
        now = after.get("pattern") is not None
        pattern = "« {field} » : la forme attendue change." if now else "« {field} » n’a plus de forme imposée."
        yield Change("pattern", name, breaking=now, sentence=Sentence(pattern, field=name))
    yield from _enum(name, before.get("enum"), after.get("enum"))
    for bound in (*_LOWER, *_UPPER):
        if before.get(bound) != after.get(bound):
            narrowed = _narrowed(bound, before.get(bound), after.get(bound))
            said = Sentence(
                "« {field} » : {rule} passe de {old} à {new}.",
                field=name,
                rule=bound,
                old=_shown(before.get(bound)),
                new=_shown(after.get(bound)),
            )
            yield Change("bound", name, breaking=narrowed, sentence=said)


def _enum(name: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if not isinstance(after, list):
        yield Change(
            "enum", name, breaking=False, sentence=Sentence("« {field} » n’a plus de liste de valeurs.", field=name)
        )
        return
    if not isinstance(before, list):
        yield Change(
            "enum", name, breaking=True, sentence=Sentence("« {field} » a maintenant une liste de valeurs.", field=name)
        )
        return
    refused = [str(value) for value in before if value not in after]
    allowed = [str(value) for value in after if value not in before]
    if refused:
        said = Sentence("« {field} » n’accepte plus : {values}.", field=name, values=", ".join(refused[:8]))
        yield Change("enum", name, breaking=True, sentence=said)
    if allowed:
        said = Sentence("« {field} » accepte aussi : {values}.", field=name, values=", ".join(allowed[:8]))
        yield Change("enum", name, breaking=False, sentence=said)


def _words(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if any(before.get(key) != after.get(key) for key in ("title", "description", "example", "examples")):
        said = Sentence("« {field} » : les explications changent.", field=name)
        yield Change("words", name, breaking=False, sentence=said)


def _narrowed(bound: str, before: Any, after: Any) -> bool:
    if after is None:
        return False
    if before is None:
        return True
    try:
        return float(after) > float(before) if bound in _LOWER else float(after) < float(before)
    except (TypeError, ValueError):
        return True  # not numbers: it may refuse


def _shown(value: Any) -> str:
    return "aucune limite" if value is None else str(value)
