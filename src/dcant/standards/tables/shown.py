"""How cells and numbers are shown to a person."""

import unicodedata
from typing import Any, Literal

Lang = Literal["fr", "en"]
LANGS: tuple[Lang, Lang] = ("fr", "en")
MOST = 80
_NAMED = {"\t": "⇥", "\n": "↵", "\r": "␍", "\u00a0": "⍽", "\u202f": "⍽"}


def shown(cell: Any) -> str | None:
    """At most 80 characters, « … » when cut; None stays None. Line breaks, tabs and no-break blanks have a sign, other
    control and format characters their Unicode number.
    """
    if cell is None:
        return None
    text = str(cell)
    return visible(text if len(text) <= MOST else text[: MOST - 1] + "…")


def visible(text: str) -> str:
    """The same text with nothing in it that a terminal would obey or a reader would not see."""
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    named = _NAMED.get(character)
    if named:
        return named
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return f"\\u{ord(character):04x}"
    return character


def number(count: int, lang: Lang) -> str:
    """Thousands apart: a narrow no-break blank in French, a comma in English."""
    return f"{count:,}".replace(",", "\u202f" if lang == "fr" else ",")


def counted(count: int, french: str, english: str, lang: Lang) -> str:
    """« 3 lignes », “1 row”: the words take the mark of the plural, one `s` a word."""
    words = french if lang == "fr" else english
    if count > 1 or (count == 0 and lang == "en"):
        words = " ".join(f"{word}s" for word in words.split()) if lang == "fr" else f"{words}s"
    return f"{number(count, lang)} {words}"
