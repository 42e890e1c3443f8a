"""The report on a terminal: verdict, what to mend first, table by code and column, first errors, in forty lines."""

from dcant.standards.tables.messages import letter, title
from dcant.standards.tables.report import Fault, FileReport, Report
from dcant.standards.tables.shown import Lang, counted, number, visible
from dcant.standards.tables.values import Said

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


def verdict(one: FileReport, lang: Lang) -> str:
    """One sentence: conforms, does not, or was not read to its end. A check that was stopped never says it conforms."""
    rows, errors = counted(one.rows, "ligne", "row", lang), counted(one.counts.errors, "erreur", "error", lang)
    schema = " ".join(part for part in (one.schema.title or one.schema.name, one.schema.version) if part)
    if one.stopped == "cancelled":
        said = Said(
            f"Vérification interrompue après {rows} : {errors} jusque-là, sans verdict.",
            f"Check stopped after {rows}: {errors} so far, no verdict.",
        )
    elif one.stopped:
        said = Said(
            f"Le fichier n’a pas pu être lu jusqu’au bout ({rows}) : pas de verdict.",
            f"The file could not be read to its end ({rows}): no verdict.",
        )
    elif one.conforms:
        said = _conforms(one, schema, rows, lang)
    else:
        wrong = counted(one.counts.rows_with_errors, "ligne", "row", lang)
        said = Said(
            f"Non conforme à « {schema} » : {errors}, {wrong} à corriger sur {number(one.rows, lang)}.",
            f"Does not conform to “{schema}”: {errors}, {wrong} to mend of {number(one.rows, lang)}.",
        )
    return say(said, lang)


def _conforms(one: FileReport, schema: str, rows: str, lang: Lang) -> Said:
    french = f"Conforme à « {schema} » : {rows}, aucune erreur."
    english = f"Conforms to “{schema}”: {rows}, no error."
    unchecked = len(one.schema.rules_not_checked)
    if unchecked:
        rules = counted(unchecked, "règle", "rule", lang)
        french += (
            f" Mais {rules} du schéma n’ont pas pu être appliquées."
            if unchecked > 1
            else f" Mais {rules} du schéma n’a pas pu être appliquée."
        )
        english += f" But {rules} of the schema could not be applied."
    return Said(french, english)


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
    if not read:
        return []
    lines = [
        f"Lu comme : {read} ; colonnes {one.column_mode}."
        if lang == "fr"
        else f"Read as: {read}; columns {one.column_mode}."
    ]
    problems = len(one.schema.problems)
    if problems:
        faults = counted(problems, "défaut", "fault", lang)
        lines.append(
            f"Le schéma lui-même a {faults}, à dire à son producteur."
            if lang == "fr"
            else f"The schema itself has {faults}, to tell its producer."
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
    errors = counted(totals.errors, "erreur", "error", lang)
    conforming = counted(totals.conforming, "fichier conforme", "conforming file", lang)
    return (
        f"{conforming} sur {totals.files}, {errors}." if lang == "fr" else f"{conforming} of {totals.files}, {errors}."
    )


def _mark(one: FileReport, lang: Lang) -> str:
    if one.conforms:
        return "conforme " if lang == "fr" else "conforms"
    if not one.complete:
        return "illisible" if lang == "fr" else "unread  "
    return "erreurs  " if lang == "fr" else "errors  "


def _short(one: FileReport, lang: Lang) -> str:
    return f"{counted(one.rows, 'ligne', 'row', lang)}, {counted(one.counts.errors, 'erreur', 'error', lang)}"
