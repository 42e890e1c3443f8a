"""The readable part of an address: « quotient-familial »."""

import re
from dataclasses import dataclass

from dcant.identifiers.errors import IdentifierError
from dcant.identifiers.folding import fold_words

_FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
MAX_LENGTH = 80


@dataclass(frozen=True, slots=True, order=True)
class Slug:
    """Lower-case letters without accent, digits and single hyphens, 80 characters at most."""

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > MAX_LENGTH or not _FORM.fullmatch(self.text):
            raise IdentifierError(
                "slug-form", f"Une adresse s’écrit en minuscules sans accent, avec des tirets : « {self.text} »."
            )

    @classmethod
    def from_title(cls, title: str) -> "Slug":
        """The slug of a title, cut between words; a title without letter or digit raises IdentifierError."""
        words = fold_words(title).split()
        text = ""
        for word in words:
            longer = f"{text}-{word}" if text else word[:MAX_LENGTH]
            if len(longer) > MAX_LENGTH:
                break
            text = longer
        return cls(text)

    def __str__(self) -> str:
        return self.text
