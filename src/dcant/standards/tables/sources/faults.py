"""The sentences said of files: one maker for all, so that each has its code, its two languages and its remedy."""

from dcant.standards.tables.values import Detected, Said, SourceFault, SourceUnreadable

SEND_A_TABLE = Said(
    "Enregistrez le tableau au format CSV (UTF-8), XLSX ou ODS, puis vérifiez ce fichier-là.",
    "Save the table as CSV (UTF-8), XLSX or ODS, then check that file.",
)
SEND_IT_AGAIN = Said(
    "Copiez ou téléchargez le fichier de nouveau, puis recommencez.",
    "Copy or download the file again, then try again.",
)


def unreadable(
    code: str,
    message: Said,
    remedy: Said,
    *,
    row: int | None = None,
    line: int | None = None,
    offset: int | None = None,
) -> SourceUnreadable:
    return SourceUnreadable(SourceFault(code, "error", message, remedy, row=row, line=line, offset=offset))


def detected(what: str, value: str, french: str, english: str) -> Detected:
    return Detected(what, value, Said(french, english))


def shown(text: str, longest: int = 60) -> str:
    """A name or a value of the file as it may be printed: one line, cut, without control characters."""
    plain = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def number(value: int) -> tuple[str, str]:
    """A count as each language writes it."""
    english = f"{value:,}"
    return english.replace(",", "\u202f"), english
