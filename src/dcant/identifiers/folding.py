"""One way to fold a French text, for every comparison that must not see accents, case, ligatures or typographic signs."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": "'", "ʼ": "'", "`": "'"})
_NOT_WORD = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Lower case, no accent, ligatures opened, typographic apostrophe made plain; spaces and signs stay."""
    opened = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(char for char in opened if not unicodedata.combining(char)).lower()


def fold_words(text: str) -> str:
    """The same, with every run of signs made one space: « L'Haÿ-les-Roses » gives « l hay les roses »."""
    return _NOT_WORD.sub(" ", fold(text)).strip()
