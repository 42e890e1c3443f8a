"""The checks that criteria of readiness are made of: each looks at what is known, and says *unknown* where nothing is."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from dcant.catalogue.rules.eligibility import OPEN_LICENCES
from dcant.catalogue.rules.readiness import UNKNOWN, Answer, Check, Known, Outcome
from dcant.identifiers import Sentence, fold

YEAR = timedelta(days=365)
TWO = 2
_ENDED = ("arrete", "abandon", "obsolete", "ferme", "archive")
_CLOSED_LICENCE = re.compile(r"proprietar|proprietaire|all rights reserved|-nc(?:-|$)|-nd(?:-|$)")
_DOCUMENT = re.compile(r"(?:-[a-z0-9_-]+(?:\.[0-9]+)*|\.[a-z]{2}(?=\.))?(?:\.(?:md|markdown|txt|rst|adoc|org|html))?")
_ACCESSIBLE = {"conforme": True, "totalement conforme": True, "partiellement conforme": True, "non conforme": False}


def stated(*fields: str) -> Check:
    """Passes when a source states one of these fields."""

    def check(known: Known) -> Answer:
        found = next((name for name in fields if known.values.get(name) not in (None, "", [], {})), "")
        return Answer(Outcome.PASS, (found,)) if found else UNKNOWN

    return check


def related(*names: str) -> Check:
    """Passes when the resource has one of these relations."""

    def check(known: Known) -> Answer:
        return (
            Answer(Outcome.PASS, detail=", ".join(sorted(known.relations & set(names))))
            if known.relations & set(names)
            else UNKNOWN
        )

    return check


def either(*checks: Check) -> Check:
    """The first of these answers that is not unknown."""

    def check(known: Known) -> Answer:
        answers = (one(known) for one in checks)
        return next((answer for answer in answers if answer.outcome != Outcome.UNKNOWN), UNKNOWN)

    return check


def best_of(*checks: Check) -> Check:
    """Passes when one passes, else fails when one fails: a tag of yesterday counts more than a forgotten release date."""

    def check(known: Known) -> Answer:
        answers = [one(known) for one in checks]
        wanted = (Outcome.PASS, Outcome.FAIL)
        return next((answer for outcome in wanted for answer in answers if answer.outcome == outcome), UNKNOWN)

    return check


def tagged(known: Known) -> Answer:
    """Passes when a repository that was read has a tag; versions may be told elsewhere than by tags."""
    if not known.tags:
        return UNKNOWN
    return Answer(Outcome.PASS, detail=Sentence("Étiquettes dans : {where}", where=", ".join(sorted(known.tags))))


def lately(read: Callable[[Known], Mapping[str, str]]) -> Check:
    """The newest of these days, over all repositories, is of the last twelve months; unknown without a day that has come."""

    def check(known: Known) -> Answer:
        days = sorted((day, repository) for repository, day in read(known).items())
        judged = within_a_year(days[-1][0], known.day) if days else None
        if judged is None:
            return UNKNOWN
        day, repository = days[-1]
        detail = Sentence("Le {day} dans {where}", day=day, where=repository)
        return Answer(Outcome.PASS if judged else Outcome.FAIL, detail=detail)

    return check


def in_tree(*names: str) -> Check:
    """Passes when every repository that was read holds one of these (see `is_one_of`); unknown when none was read."""

    def check(known: Known) -> Answer:
        if not known.trees:
            return UNKNOWN
        lacking = sorted(
            repository for repository, files in known.trees.items() if not any(is_one_of(path, names) for path in files)
        )
        if lacking:
            return Answer(Outcome.FAIL, detail=Sentence("Absent de : {where}", where=", ".join(lacking)))
        return Answer(Outcome.PASS, detail=Sentence("Présent dans : {where}", where=", ".join(sorted(known.trees))))

    return check


def is_one_of(path: str, names: tuple[str, ...]) -> bool:
    """Any case. A name that ends with « / » is a folder; one whose last part opens with a dot, or that holds one, is the
    beginning of a setting's name; any other is a document: README, README.md, LICENSE-MIT, but no code of that name.
    """
    lower = path.lower()
    return any(
        lower.startswith(name)
        and (
            name.endswith("/") or "." in name.rpartition("/")[2] or _DOCUMENT.fullmatch(lower[len(name) :]) is not None
        )
        for name in names
    )


def read_as(name: str, judge: Callable[[object, date], bool | None]) -> Check:
    """The judgment of a stated value: True passes, False fails, None is unknown; not stated is unknown."""

    def check(known: Known) -> Answer:
        value = known.values.get(name)
        judged = None if value in (None, "", [], {}) else judge(value, known.day)
        if judged is None:
            return UNKNOWN
        return Answer(Outcome.PASS if judged else Outcome.FAIL, (name,))

    return check


def open_licence(value: object, _today: date) -> bool | None:
    """Open by its SPDX name; closed by its own words; any other wording is not judged."""
    if not isinstance(value, str):
        return None
    if value.startswith(OPEN_LICENCES):
        return True
    return False if _CLOSED_LICENCE.search(fold(value)) else None


def still_going(value: object, _today: date) -> bool | None:
    return not fold(value).startswith(_ENDED) if isinstance(value, str) else None


def within_a_year(value: object, today: date) -> bool | None:
    """Twelve months before today at most; a day to come, or no day, is not judged."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if day is None or day > today else today - day <= YEAR


def accessible(value: object, _today: date) -> bool | None:
    return _ACCESSIBLE.get(fold(value)) if isinstance(value, str) else None


def said_true(value: object, _today: date) -> bool | None:
    """A box ticked at the source passes; one not ticked says nothing."""
    return True if fold(str(value)) in {"true", "oui", "yes"} else None


def maintained(value: object, _today: date) -> bool | None:
    """The maintenance key of publiccode.yml: « none » is a statement that nobody maintains it."""
    kind = value.get("type") if isinstance(value, Mapping) else None
    return kind != "none" if isinstance(kind, str) and kind else None


def free_of_supplier(value: object, _today: date) -> bool | None:
    """Maintained inside, by a community, or by two contractors at least; one contractor alone is a tie."""
    if not isinstance(value, Mapping):
        return None
    if value.get("type") in {"internal", "community"}:
        return True
    contractors = value.get("contractors")
    return len(contractors) >= TWO if isinstance(contractors, list) and contractors else None


def in_french(value: object, _today: date) -> bool | None:
    """The localisation key of publiccode.yml."""
    languages = value.get("availableLanguages") if isinstance(value, Mapping) else None
    if not isinstance(languages, list) or not languages:
        return None
    return any(str(one).lower().partition("-")[0] == "fr" for one in languages)


def only_when_restricted(check: Check) -> Check:
    """Asked of a resource whose access is restricted, and of no other."""

    def asked(known: Known) -> Answer:
        access = known.text("access_type")
        if not access:
            return UNKNOWN
        return check(known) if access == "restricted" else Answer(Outcome.NOT_APPLICABLE, ("access_type",))

    return asked


def described_for_machines(known: Known) -> Answer:
    """A descriptor that machines read: publiccode.yml for software, OpenAPI for an API, a schema for a standard."""
    if known.kind == "software":
        return Answer(Outcome.PASS, detail="publiccode.yml") if "publiccode" in known.listed_in else UNKNOWN
    fields = {"api": ("openapi_url",), "standard": ("schema_url", "schema_name"), "dataset": ("datagouv_id",)}
    return stated(*fields.get(known.kind, ()))(known)


def listed_twice(known: Known) -> Answer:
    """In two catalogues at least; in one alone, others may hold it under a name we do not know."""
    found = sorted(known.listed_in)
    return Answer(Outcome.PASS, detail=", ".join(found)) if len(found) >= TWO else UNKNOWN


def used_by_two(known: Known) -> Answer:
    """Attested by two organisations at least; fewer proves nothing, since nobody has to attest."""
    usage = known.usage
    if usage is None or usage.organisations < TWO:
        return UNKNOWN
    return Answer(Outcome.PASS, detail=Sentence("{count} organisations l’attestent", count=str(usage.organisations)))
