"""Where we wish to differ from frictionless 5.21, and nowhere else. Data: each entry has a test that proves it needed."""

from collections.abc import Mapping
from dataclasses import dataclass

from dcant.standards.tables.values import Said


@dataclass(frozen=True, slots=True)
class Difference:
    """One wanted difference: its number, what it says in both languages, the codes it gives."""

    id: str
    sentence: Said
    codes: tuple[str, ...]


_ALL = (
    Difference(
        "D6",
        Said(
            "Entre un instant avec fuseau et un autre sans, celui qui n’en a pas est lu en temps universel.",
            "Between a moment with a zone and one without, the one without is read as UTC.",
        ),
        ("constraint-error",),
    ),
    Difference(
        "D7",
        Said(
            "sNaN et NaN suivi de chiffres ne sont pas des nombres.",
            "sNaN, and NaN followed by digits, are not numbers.",
        ),
        ("type-error",),
    ),
    Difference(
        "D8",
        Said(
            "uniqueKeys, categories, jsonSchema et groupChar d’un entier sont appliqués, comme le demande la version 2.",
            "uniqueKeys, categories, jsonSchema and the groupChar of integers are applied, as version 2 asks.",
        ),
        ("unique-error", "constraint-error", "type-error"),
    ),
    Difference(
        "D9",
        Said(
            "Un schéma fautif sert quand même ; la règle inapplicable est dite non vérifiée.",
            "A faulty schema is used all the same; the rule that cannot be applied is said not to be checked.",
        ),
        ("rule-not-checked",),
    ),
    Difference(
        "D10",
        Said(
            "Dans un tableur, un nombre entier vaut le texte qu’on voit là où un texte est attendu.",
            "In a spreadsheet, a whole number is the text a person sees where a text is awaited.",
        ),
        ("number-as-text",),
    ),
    Difference(
        "D12",
        Said("Un caractère de contrôle invisible est signalé.", "An invisible control character is pointed out."),
        ("control-character",),
    ),
    Difference(
        "D13",
        Said(
            "Une date libre incomplète est complétée depuis le 1er janvier 2000, jamais depuis le jour de la vérification.",
            "A free date that is incomplete is completed from 1 January 2000, never from the day of the check.",
        ),
        ("type-error", "constraint-error"),
    ),
)
DIFFERENCES: Mapping[str, Difference] = {difference.id: difference for difference in _ALL}
