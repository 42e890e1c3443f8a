"""The French checks of tables (`custom_checks` in a schema), and the way to add one."""

from dcant.standards.tables.checks import french_texts, places, several, sirene
from dcant.standards.tables.checks.compiled import compile_check
from dcant.standards.tables.checks.declared import (
    Bound,
    CheckKind,
    HeaderFault,
    Param,
    check_kind,
    known_checks,
    known_params,
    lint_check,
    register_check,
)
from dcant.standards.tables.checks.single import Wrong, always, register_column_check

DECLARED_IN = (sirene, several, french_texts, places)  # imported for the checks they register

__all__ = [
    "Bound",
    "CheckKind",
    "HeaderFault",
    "Param",
    "Wrong",
    "always",
    "check_kind",
    "compile_check",
    "known_checks",
    "known_params",
    "lint_check",
    "register_check",
    "register_column_check",
]
