"""Counting many results: by schema, and by code. Memory does not grow with files."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from dcant.standards.tables.many.jobs import Result, Verdict

VERSION = "dcant-table-summary/1"
VERDICTS: tuple[Verdict, ...] = ("conforms", "does-not-conform", "unreadable", "engine-error")
_WORDS = {
    "fr": {
        "conforms": "conformes", "does-not-conform": "non conformes", "unreadable": "illisibles",
        "engine-error": "non vérifiés par notre faute", "files": "Fichiers", "rows": "lignes", "errors": "erreurs",
        "in": "fichiers", "by_schema": "Par schéma", "by_code": "Par code", ":": " : ",
        "stopped": "Interrompu : le reste n’a pas été vérifié.",
    },
    "en": {
        "conforms": "conforming", "does-not-conform": "not conforming", "unreadable": "unreadable",
        "engine-error": "not checked through our fault", "files": "Files", "rows": "rows", "errors": "errors",
        "in": "files", "by_schema": "By schema", "by_code": "By code", ":": ": ",
        "stopped": "Interrupted: the rest was not checked.",
    },
}  # fmt: skip


@dataclass(slots=True)
class Summary:
    """Files by verdict, for each schema; errors and files by code. `complete` is false when the run was stopped."""

    complete: bool = True
    files: int = 0
    rows: int = 0
    errors: int = 0
    by_schema: dict[str, Counter[Verdict]] = field(default_factory=dict)
    errors_by_code: Counter[str] = field(default_factory=Counter)
    files_by_code: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        self.files += 1
        self.rows += result.rows
        self.errors += result.errors
        self.by_schema.setdefault(result.schema, Counter())[result.verdict] += 1
        self.errors_by_code.update(result.by_code)
        self.files_by_code.update(result.by_code.keys())

    @property
    def verdicts(self) -> Counter[Verdict]:
        return sum(self.by_schema.values(), Counter[Verdict]())

    def as_dict(self) -> dict[str, Any]:
        return {
            "summary": VERSION,
            "complete": self.complete,
            "files": self.files,
            "rows": self.rows,
            "errors": self.errors,
            "verdicts": {one: self.verdicts[one] for one in VERDICTS},
            "by_schema": {
                ref: {one: counted[one] for one in VERDICTS} for ref, counted in sorted(self.by_schema.items())
            },
            "by_code": {
                code: {"errors": errors, "files": self.files_by_code[code]}
                for code, errors in sorted(self.errors_by_code.items())
            },
        }

    def to_text(self, lang: str = "fr") -> str:
        words = _WORDS[lang]
        totals = [("files", self.files), ("rows", self.rows), ("errors", self.errors)]
        lines = [_labelled(totals, words), _labelled(_met(self.verdicts), words)]
        if not self.complete:
            lines.append(words["stopped"])
        lines += ["", words["by_schema"]]
        lines += [f"  {ref} — {_labelled(_met(counted), words)}" for ref, counted in sorted(self.by_schema.items())]
        if self.errors_by_code:
            lines += ["", words["by_code"]]
        for code, errors in self.errors_by_code.most_common():
            lines.append(f"  {code} — {_labelled([('errors', errors), ('in', self.files_by_code[code])], words)}")
        return "\n".join(lines)


def _met(verdicts: Counter[Verdict]) -> list[tuple[str, int]]:
    return [(one, verdicts[one]) for one in VERDICTS if verdicts[one]]


def _labelled(counts: list[tuple[str, int]], words: dict[str, str]) -> str:
    return ", ".join(f"{words[name]}{words[':']}{count}" for name, count in counts)
