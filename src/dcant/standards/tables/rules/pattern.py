"""Patterns of a schema: Python decides, RE2 accepts in bulk, and none may hang.

The reference verdict is `re.compile("^" + pattern + "$").match`. It is looser than it looks: only the outer ends of a
top-level alternation are anchored, `$` lets a last newline pass, classes know all of Unicode. What passes by this alone
gets the warning `loose-pattern`.
"""

import importlib
import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.rules.classes import Ranges, Unsupported, complement, members
from dcant.standards.tables.rules.fixed import FixedForm, fixed_forms
from dcant.standards.tables.rules.watchdog import Watchdog

_ENDS = {"AT_BEGINNING": r"\A", "AT_BEGINNING_STRING": r"\A", "AT_END": r"\z", "AT_END_STRING": r"\z"}
_PATIENCE = 1_000_000  # steps of the backtracking engine that nobody notices
_ONCE = 8  # a repetition of so many at most cannot run away
_RANGE = re.compile(r"\\x\{([0-9A-F]+)\}-\\x\{([0-9A-F]+)\}")


@dataclass(frozen=True, slots=True)
class Growth:
    """How the work of a backtracking engine grows with the cell: a power of its length, or worse."""

    power: int = 0
    explodes: bool = False

    def most_letters(self) -> int:
        """The longest cell that cannot cost more than a blink."""
        if self.explodes:
            return 16
        return int(_PATIENCE ** (1 / max(self.power, 1)))


class Pattern:
    """A compiled pattern. Raises `re.error` when Python cannot compile it."""

    def __init__(self, source: str) -> None:
        self._loose = re.compile(f"^{source}$")
        self._strict: re.Pattern[str] | None
        try:
            self._strict = re.compile(rf"(?:{source})\Z", re.ASCII)
            tree = _tree(source)
        except (re.error, RecursionError):
            self._strict, tree = None, None
        growth = Growth(explodes=True) if tree is None else _growth(tree)
        self._longest = growth.most_letters()
        self._watchdog = Watchdog(self._loose.pattern)
        self.regex = None if tree is None or self._strict is None else _re2(tree)
        self.forms: tuple[FixedForm, ...] = () if self.regex is None else fixed_forms(tree)
        self.may_take_controls = self.regex is None or _holds_controls(self.regex)

    def matches(self, text: str) -> bool | None:
        """The verdict of the reference; None when the pattern takes too long on such a text."""
        if len(text) <= self._longest:
            return self._loose.match(text) is not None
        return self._watchdog.matches(text)

    def is_loose(self, text: str) -> bool:
        """Does a text that matches pass only by the looseness of the reference?"""
        if self._strict is None:
            return False
        if len(text) <= self._longest:
            return self._strict.fullmatch(text) is None
        linear = self.regex is not None and text.isascii()
        return linear and not pc.match_substring_regex(pa.array([text]), self.regex)[0].as_py()


def _holds_controls(regex: str) -> bool:
    """Does a range of it reach into the control characters, below the blank or from 7F to 9F?"""
    ranges = [(int(low, 16), int(high, 16)) for low, high in _RANGE.findall(regex)]
    return any(low < 0x20 or (low <= 0x9F and high >= 0x7F) for low, high in ranges)


def loosely_anchored(source: str) -> bool:
    """Does the pattern have a `|` outside parentheses, with an inner end that nothing anchors? Then `aZZ` fits `a|b`."""
    branches = _branches(source)
    inner_ends = [branch.endswith("$") and not branch.endswith(r"\$") for branch in branches[:-1]]
    inner_starts = [branch.startswith("^") for branch in branches[1:]]
    return not all(inner_ends + inner_starts)


def _branches(source: str) -> list[str]:
    """The pattern, cut at the `|` that stand outside parentheses and classes."""
    depth, branches = 0, [""]
    for sign in re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", source, flags=re.DOTALL):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "|" and not depth:
            branches.append("")
        else:
            branches[-1] += sign
    return branches


def _tree(source: str) -> Any:
    """What Python understood of the pattern; None where its parser is out of reach."""
    try:
        tree = importlib.import_module("re._parser").parse(source)
    except ImportError:
        return None
    return tree if tree.state.flags == re.UNICODE else None


def _re2(tree: Any) -> str | None:
    """RE2 that takes nothing Python would not, over the whole cell; None when it cannot be said."""
    try:
        return rf"\A(?:{_sequence(tree)})\z"
    except (Unsupported, RecursionError):
        return None


def _sequence(tree: Any) -> str:
    return "".join(_node(str(op), value) for op, value in tree)


def _node(op: str, value: Any) -> str:  # noqa: PLR0911 - one line per kind of node
    if op == "LITERAL":
        return _set([(value, value)])
    if op == "NOT_LITERAL":
        return _set(complement([(value, value)]))
    if op == "ANY":
        return _set(complement([(10, 10)]))
    if op == "IN":
        return _set(members(value))
    if op == "BRANCH":
        return "(?:" + "|".join(map(_sequence, value[1])) + ")"
    if op == "AT" and str(value) in _ENDS:
        return _ENDS[str(value)]
    if op == "SUBPATTERN" and not value[1] and not value[2]:
        return f"(?:{_sequence(value[3])})"
    if op in {"MAX_REPEAT", "MIN_REPEAT"}:
        return _repeat(*value)
    raise Unsupported(op)


def _repeat(least: int, most: Any, tree: Any) -> str:
    endless = str(most) == "MAXREPEAT"
    if least > 1000 or (not endless and int(most) > 1000):
        raise Unsupported("RE2 repeats a thousand times at most")
    times = f"{{{least},{'' if endless else int(most)}}}"
    return f"(?:{_sequence(tree)}){times}"


def _set(ranges: Ranges) -> str:
    if not ranges:
        raise Unsupported("an empty class")
    return "[" + "".join(rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in ranges) + "]"


def _growth(tree: Any, *, repeated: bool = False) -> Growth:
    """The worst case of a backtracking engine, from above: each long repetition adds a power; one within another,
    or a repeated choice whose branches may begin alike, is taken to explode.
    """
    power, explodes = 0, False
    for op, value in tree:
        inner = _growth_of(str(op), value, repeated=repeated)
        power, explodes = power + inner.power, explodes or inner.explodes
    return Growth(power, explodes)


def _growth_of(op: str, value: Any, *, repeated: bool) -> Growth:
    if op == "SUBPATTERN":
        return _growth(value[3], repeated=repeated)
    if op == "BRANCH":
        branches = [_growth(branch, repeated=repeated) for branch in value[1]]
        alike = repeated and not _begin_apart(value[1])
        return Growth(max(b.power for b in branches), alike or any(b.explodes for b in branches))
    if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, body = value
        if int(most) == int(least) and not repeated and int(most) <= _ONCE:
            return _growth(body)
        endless = int(most) > _ONCE and int(most) != int(least)
        inner = _growth(body, repeated=True)
        varies = int(most) != int(least)
        return Growth(inner.power + endless, inner.explodes or (repeated and varies))
    if op in {"GROUPREF", "GROUPREF_EXISTS", "ASSERT", "ASSERT_NOT", "ATOMIC_GROUP"}:
        return Growth(explodes=True)
    return Growth()


def _begin_apart(branches: Any) -> bool:
    """No two branches can begin with the same letter."""
    firsts = [_first(branch) for branch in branches]
    known = [first for first in firsts if first is not None]
    return len(known) == len(firsts) == len(set(known))


def _first(branch: Any) -> str | None:
    if not len(branch):
        return None
    op, value = branch[0]
    if str(op) == "SUBPATTERN":
        return _first(value[3])
    if str(op) == "LITERAL":
        return chr(value)
    return str(value) if str(op) == "AT" else None
