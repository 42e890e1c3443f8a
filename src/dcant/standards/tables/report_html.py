"""The report as one HTML page that stands alone: no script, no outside file, readable when printed."""

from html import escape
from typing import Final

from dcant.standards.tables.messages import letter, title
from dcant.standards.tables.report import Fault, FileReport, Report
from dcant.standards.tables.report_text import say, verdict
from dcant.standards.tables.shown import Lang, number

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:1rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold}"
    "th,td{border-bottom:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    ".wide{overflow-x:auto}"
)
_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "fr": {
        "report": "Rapport de vérification",
        "first": "À corriger d’abord",
        "by": "Par sorte d’erreur et par colonne",
        "list": "Erreurs et avertissements",
        "count": "Nombre",
        "code": "Code",
        "column": "Colonne",
        "row": "Ligne",
        "value": "Valeur",
        "what": "Ce qui ne va pas",
        "remedy": "Remède",
        "warning": "avertissement",
        "kept": "{kept} exemples sur {of}.",
        "schema": "Défauts du schéma lui-même",
    },
    "en": {
        "report": "Check report",
        "first": "Mend first",
        "by": "By kind of error and column",
        "list": "Errors and warnings",
        "count": "Count",
        "code": "Code",
        "column": "Column",
        "row": "Row",
        "value": "Value",
        "what": "What is wrong",
        "remedy": "Remedy",
        "warning": "warning",
        "kept": "{kept} examples of {of}.",
        "schema": "Faults of the schema itself",
    },
}


def to_html(report: Report, lang: Lang = "fr") -> str:
    """The whole page; everything that comes from the file is escaped."""
    words = _WORDS[lang]
    parts = [
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{words['report']}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{words['report']}</h1>",
    ]
    for one in report.files:
        parts += _of_file(one, lang)
    return "\n".join([*parts, "</main></body></html>"])


def _of_file(one: FileReport, lang: Lang) -> list[str]:
    words = _WORDS[lang]
    parts = [f"<section><h2>{escape(one.path)}</h2>", f"<p><strong>{escape(verdict(one, lang))}</strong></p>"]
    if one.causes:
        parts.append(f"<h3>{words['first']}</h3><ol>")
        parts += [
            f"<li>{escape(say(cause.message, lang))}. {escape(say(cause.remedy, lang))}</li>" for cause in one.causes
        ]
        parts.append("</ol>")
    parts += _by_code(one, lang)
    parts += _faults(one, lang)
    if one.schema.problems:
        parts.append(f"<h3>{words['schema']}</h3><ul>")
        parts += [
            f"<li><code>{escape(problem.pointer)}</code> {escape(say(problem.message, lang))}</li>"
            for problem in one.schema.problems
        ]
        parts.append("</ul>")
    return [*parts, "</section>"]


def _by_code(one: FileReport, lang: Lang) -> list[str]:
    words = _WORDS[lang]
    groups = [(times, code, field) for field, codes in one.counts.by_field.items() for code, times in codes.items()]
    if not groups:
        return []
    rows = [
        f"<tr><td>{number(times, lang)}</td><td>{escape(say(title(code), lang))} <code>{escape(code)}</code></td><td>{escape(field)}</td></tr>"
        for times, code, field in sorted(groups, key=lambda group: (-group[0], group[2], group[1]))
    ]
    return [_table(words["by"], (words["count"], words["code"], words["column"]), rows)]


def _faults(one: FileReport, lang: Lang) -> list[str]:
    if not one.errors:
        return []
    words, sample = _WORDS[lang], one.sample
    kept = number(sample.kept + sample.warnings_kept, lang)
    of = number(sample.of + sample.warnings_of, lang)
    columns = (words["row"], words["column"], words["value"], words["what"], words["remedy"])
    rows = [_row(fault, lang) for fault in one.errors]
    return [f"<p>{words['kept'].format(kept=kept, of=of)}</p>", _table(words["list"], columns, rows)]


def _row(fault: Fault, lang: Lang) -> str:
    where = f"{letter(fault.position)} " if fault.position and fault.code != "missing-label" else ""
    level = "" if fault.level == "error" else f" ({_WORDS[lang]['warning']})"
    cells = (
        str(fault.row or ""),
        where + (fault.field or ""),
        fault.cell or "",
        say(fault.message, lang) + level,
        say(fault.remedy, lang),
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _table(caption: str, columns: tuple[str, ...], rows: list[str]) -> str:
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
