"""How a cell is shown to a person: cut, with its invisible characters made visible."""

import unicodedata
from typing import Any

MOST = 80
_NAMED = {"\t": "⇥", "\n": "↵", "\r": "␍", "\u00a0": "⍽", "\u202f": "⍽"}


def shown(cell: Any) -> str | None:
    """At most 80 characters, « … » when cut; None stays None. Line breaks, tabs and no-break blanks have a sign, other
    control and format characters their Unicode number.
    """
    if cell is None:
        return None
    text = str(cell)
    if len(text) > MOST:
        text = text[: MOST - 1] + "…"
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    named = _NAMED.get(character)
    if named:
        return named
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return f"\\u{ord(character):04x}"
    return character
