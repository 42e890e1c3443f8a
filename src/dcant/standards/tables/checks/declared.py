"""How a check is declared, the register of those that are known, and what is wrong with the use a schema makes of one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from dcant.standards.tables.values import CheckSpec, CompiledCheck, Field, Said, SchemaProblem

ParamKind: TypeAlias = Literal["column", "columns", "choice", "flag"]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a check: the name of a column, a list of them, a word among `choices`, or a yes-or-no."""

    name: str
    kind: ParamKind
    required: bool = True
    choices: tuple[str, ...] = ()
    at_least: int = 1  # columns


@dataclass(frozen=True, slots=True)
class HeaderFault:
    """A check that cannot be made since columns it needs are absent from the file: one error, on the header."""

    code: str
    field: str  # the first of the missing columns
    missing: tuple[str, ...]
    message: Said
    remedy: Said


@dataclass(frozen=True, slots=True)
class Bound:
    """A use of a check in a schema, its parameters known to be good, beside what is known of the table.

    `fields` describes the declared columns, by name; it is empty when the caller knows no more than their names, and
    bulk then proves nothing.
    """

    spec: CheckSpec
    present: frozenset[str]
    fields: Mapping[str, Field]

    def column(self, param: str) -> str:
        return str(self.spec.params[param])

    def columns(self, param: str) -> tuple[str, ...]:
        return listed(self.spec.params[param])

    def flag(self, param: str) -> bool:
        return is_yes(self.spec.params.get(param, False))


Binder: TypeAlias = Callable[[Bound], CompiledCheck | HeaderFault | None]


@dataclass(frozen=True, slots=True)
class CheckKind:
    """A check that schemas may ask for. Its name is also the code of its faults."""

    name: str
    params: tuple[Param, ...]
    title: Said
    bind: Binder


_KINDS: dict[str, CheckKind] = {}


def register_check(kind: CheckKind) -> None:
    """Adds a check. Another package may; none may take the name of another. Raises ValueError if it does."""
    if _KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"Un contrôle porte déjà le nom « {kind.name} ».")


def known_checks() -> tuple[str, ...]:
    return tuple(_KINDS)


def check_kind(name: str) -> CheckKind | None:
    return _KINDS.get(name)


def known_params(name: str) -> tuple[Param, ...] | None:
    """The parameters of a check, None when no check has this name."""
    kind = _KINDS.get(name)
    return None if kind is None else kind.params


def listed(given: Any) -> tuple[str, ...]:
    """The columns of a parameter: a list, or one name alone."""
    return (given,) if isinstance(given, str) else tuple(str(one) for one in given)


def is_yes(given: Any) -> bool:
    """`true`, or the words true and yes: schemas in use write both."""
    return given is True or (isinstance(given, str) and given.strip().lower() in {"true", "yes"})


def named_columns(spec: CheckSpec) -> tuple[str, ...]:
    """Every column that a well-formed use names, in the order of the parameters."""
    found: list[str] = []
    for param in known_params(spec.name) or ():
        given = spec.params.get(param.name)
        if given is not None and param.kind in {"column", "columns"}:
            found.extend(listed(given))
    return tuple(dict.fromkeys(found))


def lint_check(spec: CheckSpec, declared: Sequence[str]) -> Iterator[SchemaProblem]:
    """What is wrong with this use of a check, told to the producer of the schema: an unknown check, a parameter missing,
    ill-formed or unknown, a column that the schema does not declare. Such a check is not made, unless the only fault
    is an unknown parameter.
    """
    params = known_params(spec.name)
    if params is None:
        yield _unknown_check(spec)
        return
    for param in params:
        yield from _lint_param(spec, param, declared)
    for name in spec.params:
        if name not in {param.name for param in params}:
            yield _unknown_param(spec, name, params)


def _lint_param(spec: CheckSpec, param: Param, declared: Sequence[str]) -> Iterator[SchemaProblem]:
    given = spec.params.get(param.name)
    if given is None:
        if param.required:
            yield _missing_param(spec, param)
    elif not _is_well_formed(param, given):
        yield _bad_param(spec, param)
    elif param.kind in {"column", "columns"}:
        for column in listed(given):
            if column not in declared:
                yield _unknown_column(spec, param, column)


def is_usable(spec: CheckSpec, declared: Sequence[str]) -> bool:
    return all(problem.code == "check-param-unknown" for problem in lint_check(spec, declared))


def _is_well_formed(param: Param, given: Any) -> bool:
    if param.kind == "column":
        return isinstance(given, str) and bool(given)
    if param.kind == "choice":
        return given in param.choices
    if param.kind == "flag":
        return isinstance(given, bool | str)
    if not isinstance(given, str | list | tuple) or not given:
        return False
    return len(listed(given)) >= param.at_least and all(isinstance(one, str) for one in given)


def _unknown_check(spec: CheckSpec) -> SchemaProblem:
    return SchemaProblem(
        "check-unknown",
        f"{spec.pointer}/name",
        Said(
            f"Le contrôle « {spec.name} » n’est pas connu : il ne sera pas fait.",
            f"The check “{spec.name}” is not known: it will not be made.",
        ),
        Said(f"Choisissez parmi : {', '.join(_KINDS)}.", f"Choose among: {', '.join(_KINDS)}."),
    )


def _missing_param(spec: CheckSpec, param: Param) -> SchemaProblem:
    return SchemaProblem(
        "check-param-missing",
        f"{spec.pointer}/params",
        Said(
            f"Le contrôle « {spec.name} » demande le paramètre « {param.name} » : sans lui, il ne sera pas fait.",
            f"The check “{spec.name}” needs the parameter “{param.name}”: without it, it will not be made.",
        ),
        Said(f"Ajoutez « {param.name} » à params.", f"Add “{param.name}” to params."),
    )


def _bad_param(spec: CheckSpec, param: Param) -> SchemaProblem:
    wanted = {
        "column": Said("le nom d’une colonne", "the name of a column"),
        "columns": Said(
            f"une liste d’au moins {param.at_least} nom(s) de colonnes",
            f"a list of at least {param.at_least} column name(s)",
        ),
        "choice": Said(f"l’un de {', '.join(param.choices)}", f"one of {', '.join(param.choices)}"),
        "flag": Said("true ou false", "true or false"),
    }[param.kind]
    return SchemaProblem(
        "check-param-error",
        f"{spec.pointer}/params/{param.name}",
        Said(
            f"Le paramètre « {param.name} » du contrôle « {spec.name} » est mal formé : il ne sera pas fait.",
            f"The parameter “{param.name}” of the check “{spec.name}” is ill-formed: it will not be made.",
        ),
        Said(f"Écrivez {wanted.fr}.", f"Write {wanted.en}."),
    )


def _unknown_column(spec: CheckSpec, param: Param, column: str) -> SchemaProblem:
    return SchemaProblem(
        "check-column-unknown",
        f"{spec.pointer}/params/{param.name}",
        Said(
            f"Le contrôle « {spec.name} » nomme la colonne « {column} », que le schéma ne décrit pas : "
            "il ne sera pas fait.",
            f"The check “{spec.name}” names the column “{column}”, which the schema does not describe: "
            "it will not be made.",
        ),
        Said(
            "Corrigez le nom, ou décrivez la colonne dans fields.", "Mend the name, or describe the column in fields."
        ),
    )


def _unknown_param(spec: CheckSpec, name: str, params: Sequence[Param]) -> SchemaProblem:
    known = ", ".join(param.name for param in params)
    return SchemaProblem(
        "check-param-unknown",
        f"{spec.pointer}/params/{name}",
        Said(
            f"Le contrôle « {spec.name} » n’a pas de paramètre « {name} » : il est ignoré.",
            f"The check “{spec.name}” has no parameter “{name}”: it is ignored.",
        ),
        Said(f"Choisissez parmi : {known}.", f"Choose among: {known}."),
    )
