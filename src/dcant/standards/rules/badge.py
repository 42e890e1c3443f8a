"""What the badge of a published check says."""

from dataclasses import dataclass
from datetime import date
from html import escape

from dcant.identifiers import Sentence

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_LETTER = 6.6  # width of an average letter at 11 pixels
_TONES = {"conforms": "#22582f", "faulty": "#8a2b18", "outdated": "#6a4a00"}


@dataclass(frozen=True, slots=True)
class Badge:
    """The sentence, and its tone: conforms | faulty | outdated."""

    text: Sentence
    tone: str


def badge(*, standard: str, conforms: bool, rows: int, errors: int, day: date, outdated: bool) -> Badge:
    """« conforme scdl/subventions 2.1.1, 12 430 lignes, le 3 mars 2021 », or the number of errors; a version that is in
    force no more says so whatever the verdict was. `standard` is « owner/slug number ».
    """
    facts = {"standard": standard, "day": f"{day.day} {_MONTHS[day.month - 1]} {day.year}"}
    if outdated:
        return Badge(Sentence("version dépassée : {standard}, le {day}", **facts), "outdated")
    if conforms:
        pattern = (
            "conforme {standard}, {rows} lignes, le {day}"
            if rows > 1
            else "conforme {standard}, {rows} ligne, le {day}"
        )
        return Badge(Sentence(pattern, rows=_spaced(rows), **facts), "conforms")
    pattern = "{errors} erreurs, {standard}, le {day}" if errors > 1 else "{errors} erreur, {standard}, le {day}"
    return Badge(Sentence(pattern, errors=_spaced(errors), **facts), "faulty")


def badge_svg(found: Badge) -> str:
    """A small picture of the sentence, readable by a screen reader; asks nothing of anyone else."""
    text = escape(str(found.text))
    width = round(len(str(found.text)) * _LETTER + 22)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="22" role="img" aria-label="{text}">'
        f'<title>{text}</title><rect width="{width}" height="22" rx="3" fill="{_TONES[found.tone]}"/>'
        f'<text x="11" y="15" fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        f'textLength="{width - 22}" lengthAdjust="spacingAndGlyphs">{text}</text></svg>'
    )


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
