"""How the name of a place is reduced before it is compared: what hands type differently must become the same text."""

import re
from collections.abc import Iterable, Sequence

from dcant.identifiers.folding import fold_words

_SUR = re.compile(r"\bs/", re.IGNORECASE)
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_SMALL = {"le", "la", "les", "l", "de", "du", "des", "d", "au", "aux", "las", "los"}
_SAINTS = {"saint", "sainte", "saints", "saintes"}
_ARTICLES = {"le", "la", "les", "l", "las", "los", "aux"}
_BODIES = {"commune", "mairie"}
_OF = {"d", "de", "du", "des"}


def place_words(text: str) -> list[str]:
    """Folded words, abbreviations opened: « St-Médard s/ Ille » gives saint, medard, sur, ille."""
    return [_SHORT.get(word, word) for word in fold_words(_SUR.sub("sur ", text)).split()]


def whole_key(words: Iterable[str]) -> str:
    """The words without space: hyphen, space or nothing between them, it is the same name."""
    return "".join(words)


def bare_key(words: Sequence[str]) -> str:
    """The same without articles and « de »; a name made of nothing else keeps them."""
    return "".join(word for word in words if word not in _SMALL) or "".join(words)


def lesser_keys(words: Sequence[str]) -> set[str]:
    """The other ways to write a whole name: without its leading article, without any article or « de »."""
    unled = words[1:] if len(words) > 1 and words[0] in _ARTICLES else words
    return {whole_key(unled), bare_key(words)} - {whole_key(words)}


def is_small(word: str) -> bool:
    return word in _SMALL


def telling_words(words: Iterable[str]) -> list[str]:
    """The words that tell one place from another: neither small words, nor « Saint », borne by one commune in nine."""
    return [word for word in words if len(word) > 2 and word not in _SMALL | _SAINTS]


def without_noise(words: list[str]) -> list[str]:
    """« Mairie de Rennes cedex » asks for Rennes; Saint-Martin-de-Commune keeps its name."""
    if len(words) > 2 and words[0] in _BODIES and words[1] in _OF:
        words = words[2:]
    return words[:-1] if len(words) > 1 and words[-1] == "cedex" else words
