"""How each college grades an action at the end of a half-year. Two colleges, two grades: never averaged, never added."""

from collections.abc import Sequence

# From best to worst; « abandonnée » says that the action was given up.
SCALE = ("realisee", "engagee", "en_retard", "non_engagee", "abandonnee")
NOT_ASSESSED = "non_evaluee"


def college_grade(grades: Sequence[str]) -> str:
    """Several graders of one college: the lower middle grade from best to worst; none: « non évaluée ».

    Raises ValueError for a grade that is not of the scale. Source: majority judgment, Balinski and Laraki.
    """
    places = sorted(_place(grade) for grade in grades)
    return SCALE[places[len(places) // 2]] if places else NOT_ASSESSED


def disagree(first: str, second: str) -> bool:
    """Two colleges that both assessed, and did not say the same."""
    return NOT_ASSESSED not in {first, second} and first != second


def _place(grade: str) -> int:
    if grade not in SCALE:
        raise ValueError(f"« {grade} » n’est pas une note de l’échelle.")
    return SCALE.index(grade)
