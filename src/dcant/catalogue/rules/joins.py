"""Are two items one thing? On identity keys, never on a name alone, never across kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from dcant.identifiers import fold_words

# Fields of a sheet that name the thing itself in a public register: one value, one thing.
STRONG = ("sill_id", "wikidata_id", "comptoir_id", "datagouv_id", "schema_name")
REPOSITORY = "repository_url"
_CASELESS_HOSTS = frozenset({"github.com", "gitlab.com"})


class Likeness(StrEnum):
    CERTAIN = "certain"
    PROBABLE = "probable"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a thing from another: its kind, its title, its keys (field → value) and its repository, normalised."""

    kind: str
    title: str
    keys: Mapping[str, str]
    repository: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The likeness of two things, and the sentence that a person reads before joining them."""

    likeness: Likeness
    because: str


def identity(kind: str, facts: Mapping[str, object]) -> Identity:
    """facts: field → shown value of a sheet."""
    keys = {field: str(facts[field]).strip() for field in STRONG if isinstance(facts.get(field), str) and facts[field]}
    repository = facts.get(REPOSITORY)
    return Identity(
        kind, str(facts.get("title", "")), keys, normal_repository(repository) if isinstance(repository, str) else ""
    )


def normal_repository(url: str) -> str:
    """One address for one repository: no scheme, no `www.`, no `.git`, no trailing slash; case kept but where the forge ignores it."""
    try:
        parts = urlsplit(url.strip() if "//" in url else f"//{url.strip()}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    path = parts.path.rstrip("/").removesuffix(".git").rstrip("/")
    if not host or not path:
        return ""
    return f"{host}{path.lower() if host in _CASELESS_HOSTS else path}"


def same_thing(a: Identity, b: Identity) -> Judgement:
    """Certain only when a public register gives both one number.

    An equal repository under another title is one codebase and two products; under the same title it may be two
    instances of one product, run by two bodies: probable, as an equal title alone.
    Symmetric. Source: what real sheets show, four repositories are shared by several products, seven titles by two kinds.
    """
    if a.kind != b.kind:
        return Judgement(
            Likeness.DIFFERENT, "Deux genres différents : deux choses, reliées peut-être, jamais confondues."
        )
    shared = sorted(field for field in a.keys.keys() & b.keys.keys() if a.keys[field] == b.keys[field])
    opposed = sorted(field for field in a.keys.keys() & b.keys.keys() if a.keys[field] != b.keys[field])
    same_title = bool(a.title) and fold_words(a.title) == fold_words(b.title)
    same_repository = bool(a.repository) and a.repository == b.repository
    if opposed:
        return _opposed(shared, opposed)
    rules = (
        (bool(shared), Likeness.CERTAIN, f"Même identifiant ({', '.join(shared)})."),
        (
            same_repository and same_title,
            Likeness.PROBABLE,
            "Même dépôt de code et même titre : peut-être deux instances.",
        ),
        (same_repository, Likeness.DIFFERENT, "Même dépôt de code, autre titre : un code, deux produits."),
        (same_title, Likeness.PROBABLE, "Même titre, sans identifiant commun : une personne doit comparer."),
        (True, Likeness.DIFFERENT, "Rien ne les rapproche."),
    )
    return next(Judgement(likeness, because) for holds, likeness, because in rules if holds)


def _opposed(shared: list[str], opposed: list[str]) -> Judgement:
    if shared:
        words = f"Même identifiant ({', '.join(shared)}) mais un autre diffère ({', '.join(opposed)})."
        return Judgement(Likeness.PROBABLE, f"{words} Une personne doit comparer.")
    return Judgement(Likeness.DIFFERENT, f"Deux identifiants différents ({', '.join(opposed)}).")
