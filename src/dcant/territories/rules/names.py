"""How French place names take « de »: the article is part of the name of a commune, apart from the name of a département."""

from dcant.identifiers.folding import fold, fold_words

_FORMS = {2: "du ", 3: "de la ", 4: "des ", 5: "de l'"}
_COMMUNE_FORMS = {
    2: ("le ", "du "),
    3: ("la ", "de La "),
    4: ("les ", "des "),
    5: ("l'", "de L'"),
    6: ("aux ", "des "),
    7: ("las ", "de Las "),
    8: ("los ", "de Los "),
}
_FEMININE_GROUPS = ("cc ", "ca ", "cu ", "metropole ", "communaute ")
_ASPIRATED = {"hauts"}


def guess_article(name: str) -> int:
    """The INSEE code of the article (TNCC) read from a name that carries it, for places whose source does not give it."""
    low = fold(name)
    for code, (article, _) in _COMMUNE_FORMS.items():
        if low.startswith(article):
            return code
    return int(_elides(name))


def commune_of(name: str, article: int) -> str:
    """« de Trévérien », « d'Agen », « du Havre », « des Lilas », « de La Rochelle », « de L'Haÿ-les-Roses »."""
    if article in _COMMUNE_FORMS:
        written, form = _COMMUNE_FORMS[article]
        if fold(name).startswith(written):
            return form + name[len(written) :]
    return _plain_of(name, elides=article == 1)


def area_of(name: str, article: int) -> str:
    """A département or région, whose name comes without article: « de l'Ain », « du Var », « de La Réunion »."""
    if article in _FORMS:
        return _FORMS[article] + name
    return _plain_of(name, elides=article == 1)


def group_of(name: str) -> str:
    """A group of communes: « de la CC Bretagne Romantique », « de l'Eurométropole de Metz », « de Bordeaux Métropole »."""
    low = fold(name)
    if low.startswith(_FEMININE_GROUPS):
        return f"de la {name}"
    if low.startswith("eurometropole "):
        return f"de l'{name}"
    return _plain_of(name, elides=_elides(name))


def _plain_of(name: str, *, elides: bool) -> str:
    return f"d'{name}" if elides else f"de {name}"


def _elides(name: str) -> bool:
    words = fold_words(name)
    return words[:1] in set("aeiou") or (words[:1] == "h" and words.split()[0] not in _ASPIRATED)
