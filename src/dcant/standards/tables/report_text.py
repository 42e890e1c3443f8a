"""The report on a terminal: verdict, what to mend first, table by code and column, first errors, in forty lines."""

from typing import Literal

from dcant.standards.tables.messages import letter, title
from dcant.standards.tables.report import Fault, FileReport, Report
from dcant.standards.tables.shown import visible
from dcant.standards.tables.values import Said

Lang = Literal["fr", "en"]
MOST_LINES = 40
_CAUSES, _GROUPS = 5, 8


def to_text(report: Report, lang: Lang = "fr") -> str:
    """At most forty lines a file, without a final line break. Several files: a table first, then those that do not conform."""
    if len(report.files) == 1:
        return "\n".join(_of_file(report.files[0], lang))
    lines = [_totals(report, lang), ""]
    lines += [_plain(f"  {_mark(one, lang)}  {one.path} : {_short(one, lang)}") for one in report.files]
    for one in report.files:
        if not one.conforms:
            lines += ["", *_of_file(one, lang)]
    return "\n".join(lines)


def say(said: Said, lang: Lang) -> str:
    return said.fr if lang == "fr" else said.en


def number(count: int, lang: Lang) -> str:
    """Thousands apart: a no-break blank in French, a comma in English."""
    return f"{count:,}".replace(",", "\u202f" if lang == "fr" else ",")


def verdict(one: FileReport, lang: Lang) -> str:
    """One sentence: conforms, does not, or was not read to its end. A check that was stopped never says it conforms."""
    errors, rows = number(one.counts.errors, lang), number(one.rows, lang)
    french = lang == "fr"
    if one.stopped == "cancelled":
        return (
            f"Vérification interrompue après {rows} lignes : {errors} erreurs jusque-là, sans verdict."
            if french
            else f"Check stopped after {rows} rows: {errors} errors so far, no verdict."
        )
    if one.stopped:
        return (
            f"Le fichier n’a pas pu être lu jusqu’au bout : {rows} lignes lues, sans verdict."
            if french
            else f"The file could not be read to its end: {rows} rows read, no verdict."
        )
    schema = " ".join(part for part in (one.schema.title or one.schema.name, one.schema.version) if part)
    if one.conforms:
        said = (
            f"Conforme à « {schema} » : {rows} lignes, aucune erreur."
            if french
            else f"Conforms to “{schema}”: {rows} rows, no error."
        )
        unchecked = len(one.schema.rules_not_checked)
        if unchecked:
            said += (
                f" Mais {unchecked} règle(s) du schéma n’ont pas pu être vérifiées."
                if french
                else f" But {unchecked} rule(s) of the schema could not be checked."
            )
        return said
    with_errors = number(one.counts.rows_with_errors, lang)
    return (
        f"Non conforme à « {schema} » : {errors} erreur(s), {with_errors} ligne(s) à corriger sur {rows}."
        if french
        else f"Does not conform to “{schema}”: {errors} error(s), {with_errors} row(s) to mend of {rows}."
    )


def place(fault: Fault, lang: Lang) -> str:
    """« ligne 12, colonne C (date) »; empty for a fault of the whole file."""
    row, column = ("ligne", "colonne") if lang == "fr" else ("row", "column")
    parts = []
    if fault.row is not None:
        parts.append(f"{row} {fault.row}")
    if fault.position is not None and fault.code != "missing-label":
        parts.append(f"{column} {letter(fault.position)}" + (f" ({fault.field})" if fault.field else ""))
    return ", ".join(parts)


def _of_file(one: FileReport, lang: Lang) -> list[str]:
    head = [f"{one.path} : {verdict(one, lang)}" if one.path else verdict(one, lang), *_read_as(one, lang)]
    head += _causes(one, lang) + _table(one, lang)
    return [_plain(line) for line in head + _first(one, lang, MOST_LINES - len(head))]


def _plain(line: str) -> str:
    """A name in a file or a schema gives no order to the terminal. The blank between thousands stays."""
    return "\u202f".join(visible(part) for part in line.split("\u202f"))


def _read_as(one: FileReport, lang: Lang) -> list[str]:
    known = [one.format, one.encoding, _delimiter(one.delimiter, lang), one.sheet, one.member]
    read = ", ".join(part for part in known if part)
    label = "Lu comme" if lang == "fr" else "Read as"
    colon = " :" if lang == "fr" else ":"
    lines = [
        f"{label}{colon} {read} ; colonnes {one.column_mode}."
        if lang == "fr"
        else f"{label}: {read}; columns {one.column_mode}."
    ]
    problems = len(one.schema.problems)
    if problems:
        lines.append(
            f"Le schéma lui-même a {problems} défaut(s), à dire à son producteur."
            if lang == "fr"
            else f"The schema itself has {problems} fault(s), to tell its producer."
        )
    return lines


def _delimiter(delimiter: str | None, lang: Lang) -> str | None:
    if delimiter is None:
        return None
    shown = {"\t": "tab"}.get(delimiter, delimiter)
    return f"séparateur « {shown} »" if lang == "fr" else f"delimiter “{shown}”"


def _causes(one: FileReport, lang: Lang) -> list[str]:
    if not one.causes:
        return []
    lines = ["", "À corriger d’abord :" if lang == "fr" else "Mend first:"]
    for cause in one.causes[:_CAUSES]:
        lines += [f"  • {say(cause.message, lang)}", f"    → {say(cause.remedy, lang)}"]
    return lines


def _table(one: FileReport, lang: Lang) -> list[str]:
    """The most frequent (code, column), errors then warnings."""
    heading = {"fr": ("Erreurs", "Avertissements"), "en": ("Errors", "Warnings")}[lang]
    lines: list[str] = []
    for label, by_field, most in (
        (heading[0], one.counts.by_field, _GROUPS),
        (heading[1], one.counts.warnings_by_field, _GROUPS // 2),
    ):
        groups = [(times, code, field) for field, codes in by_field.items() for code, times in codes.items()]
        groups.sort(key=lambda group: (-group[0], group[2], group[1]))
        if groups:
            lines += ["", f"{label}{' :' if lang == 'fr' else ':'}"]
            lines += [
                f"  {number(times, lang):>10}  {code:<22} {field:<24} {say(title(code), lang)}".rstrip()
                for times, code, field in groups[:most]
            ]
        if len(groups) > most:
            rest = number(sum(times for times, _, _ in groups[most:]), lang)
            lines.append(f"  {rest:>10}  …")
    return lines


def _first(one: FileReport, lang: Lang, room: int) -> list[str]:
    errors = [fault for fault in one.errors if fault.level == "error"]
    shown = errors[: max(1, (room - 3) // 2)]
    if not shown:
        return []
    of = number(one.counts.errors, lang)
    label = f"Premières erreurs ({len(shown)} sur {of}) :" if lang == "fr" else f"First errors ({len(shown)} of {of}):"
    lines = ["", label]
    for fault in shown:
        where = place(fault, lang)
        lines.append(f"  {where} : {say(fault.message, lang)}" if where else f"  {say(fault.message, lang)}")
        lines.append(f"    → {say(fault.remedy, lang)}")
    return lines


def _totals(report: Report, lang: Lang) -> str:
    totals = report.totals
    if lang == "fr":
        return (
            f"{totals.conforming} fichier(s) conforme(s) sur {totals.files}, {number(totals.errors, lang)} erreur(s)."
        )
    return f"{totals.conforming} of {totals.files} file(s) conform, {number(totals.errors, lang)} error(s)."


def _mark(one: FileReport, lang: Lang) -> str:
    if one.conforms:
        return "conforme" if lang == "fr" else "conforms"
    if not one.complete:
        return "illisible" if lang == "fr" else "unread  "
    return "erreurs " if lang == "fr" else "errors  "


def _short(one: FileReport, lang: Lang) -> str:
    rows, errors = number(one.rows, lang), number(one.counts.errors, lang)
    return f"{rows} lignes, {errors} erreur(s)" if lang == "fr" else f"{rows} rows, {errors} error(s)"
