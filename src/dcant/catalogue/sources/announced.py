"""What a list says of itself, read as one item that is no resource: how many elements it announces, what it names twice.

It stands beside the elements, so that `read` stays pure: no element knows of the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcant.catalogue.sources.json_lists import fields_of
from dcant.harvest.rules import Fact, Finding, RawItem, Reading
from dcant.harvest.rules.changes import canonical
from dcant.harvest.rules.yaml_text import TextProblem

LISTS = "lists"
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Announced:
    """`said` is the number the list announces, None when it announces none; `counted` the elements that came.

    `missing` names the pages that did not come; `doubles` gives, for one address, the files that claim it.
    """

    counted: int
    said: int | None = None
    missing: Sequence[str] = ()
    doubles: Mapping[str, Sequence[str]] | None = None

    def as_item(self, name: str) -> RawItem:
        about = {
            "counted": self.counted,
            "said": self.said,
            "missing": list(self.missing),
            "doubles": {address: list(files) for address, files in (self.doubles or {}).items()},
        }
        return RawItem(LISTS, name, f"{name}#liste", canonical(about).encode())


def number_of(value: object) -> int | None:
    """A number of elements as lists write it, or None."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value.strip()[:12])
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_list(raw: RawItem, *, source: str, title: str) -> Reading:
    """The reading of such an item: warnings COUNT, MISSING_PAGE and DUPLICATE, and the numbers as facts."""
    try:
        about = fields_of(raw)
    except TextProblem as problem:
        return Reading.refused(problem.finding)
    findings = []
    said, counted = number_of(about.get("said")), number_of(about.get("counted"))
    if said is not None and said != counted:
        words = f"La liste annonce {said} éléments, {counted} sont venus."
        findings.append(_warning("COUNT", raw, words, "Téléchargez la liste de nouveau, en entier."))
    for page in _texts(about.get("missing")):
        words = f"Il manque une page : {page}."
        findings.append(_warning("MISSING_PAGE", raw, words, "Téléchargez toutes les pages, puis recommencez."))
    doubles = about.get("doubles")
    for address, files in sorted(doubles.items()) if isinstance(doubles, dict) else []:
        words = f"Plusieurs fichiers disent décrire {address[:200]} : {', '.join(_texts(files))}."
        findings.append(_warning("DUPLICATE", raw, words, "Corrigez « url » dans l’un d’eux, ou n’en gardez qu’un."))
    numbers = {"counted": counted, "said": said}
    facts = tuple(Fact(f"{source}:{key}", number) for key, number in numbers.items() if number is not None)
    return Reading(None, title, facts, findings=tuple(findings))


def _texts(values: object) -> list[str]:
    texts = [value[:200] for value in values if isinstance(value, str)] if isinstance(values, list) else []
    return texts[:_SHOWN]


def _warning(code: str, raw: RawItem, message: str, remedy: str) -> Finding:
    return Finding("warning", code, raw.remote_id, message, remedy)
