"""A French sentence that remembers how it was made, so that a page can say it in another language."""

from typing import Self


class Sentence(str):
    """A text like any other; `pattern` is the sentence with its places (« Sur devis : demander à {operator} »), `values` what fills them."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, str]

    def __new__(cls, pattern: str, **values: str) -> Self:
        made = super().__new__(cls, pattern.format(**values))
        made.pattern, made.values = pattern, values
        return made
