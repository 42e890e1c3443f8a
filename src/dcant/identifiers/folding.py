"""One way to fold a French text, for every comparison that must not see accents, case, ligatures or typographic signs."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "ʼ": "'", "`": "'"})
_NOT_WORD = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Lower case, no accent, ligatures opened, typographic apostrophe made plain; spaces and signs stay."""
    opened = unicodedata.normalize("NFKD", text)
    lowered = "".join(char for char in opened if not unicodedata.combining(char)).lower()
    return lowered.translate(_LIGATURES)  # last: opening and lowering make ligatures and apostrophes of their own


def fold_words(text: str) -> str:
    """The same, with every run of signs made one space: « L'Haÿ-les-Roses » gives « l hay les roses »."""
    return _NOT_WORD.sub(" ", fold(text)).strip()
