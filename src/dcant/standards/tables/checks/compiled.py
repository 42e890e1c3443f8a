"""From what a schema asks to a check bound to the columns of a file."""

from collections.abc import Sequence

from dcant.standards.tables.checks.declared import Bound, HeaderFault, check_kind, is_usable
from dcant.standards.tables.values import CheckSpec, CompiledCheck, Field


def compile_check(
    spec: CheckSpec, present: Sequence[str], declared: Sequence[str], *, fields: Sequence[Field] = ()
) -> CompiledCheck | HeaderFault | None:
    """The check ready to run; a HeaderFault when only some of its columns are in the file (both absent, for
    one-of-required); None when there is nothing to do: its columns are all absent, or the schema's use of it is not
    good, which `lint_check` tells.

    present: the fields that the file has. declared: the names of the schema's fields. fields: those fields themselves,
    without which `suspects` can prove nothing but that a cell is blank.
    """
    kind = check_kind(spec.name)
    if kind is None or not is_usable(spec, declared):
        return None
    return kind.bind(Bound(spec, frozenset(present), {field.name: field for field in fields}))
