"""Are two items one thing? On identity keys, never on a name alone, never across kinds."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from urllib.parse import urlsplit

from dcant.identifiers import fold_words

# Fields of a sheet that name the thing itself in a public register: one value, one thing.
REGISTERS: Mapping[str, str] = {
    "sill_id": "SILL",
    "wikidata_id": "Wikidata",
    "comptoir_id": "Comptoir du Libre",
    "datagouv_id": "data.gouv.fr",
    "schema_name": "schema.data.gouv.fr",
    "suite_service_ids": "Suite territoriale",
}
STRONG = tuple(REGISTERS)
LISTED = frozenset({"suite_service_ids"})  # the fields of STRONG that hold several numbers
REPOSITORY, PAGE, SCHEMA = "repository_url", "website", "schema_url"
# A thing of these kinds is its code: one repository and one name make one thing, wherever it runs.
_CODE = frozenset({"software", "standard"})
# What more things than this share tells none from another, a portal or a forge; and pairs grow as its square.
MOST_ALIKE = 200
# What more products than this give as their repository is the page of a forge, whatever its address looks like.
MOST_OF_ONE_CODE = 20
_CASELESS_HOSTS = frozenset({"github.com", "gitlab.com"})
_OVER_SSH = re.compile(r"[\w.-]{1,40}@(?P<host>[\w.-]{1,200}):(?P<path>(?!//).{1,900})")
_INSIDE = re.compile(r"/-/.*|/(?:tree|blob)/.*")  # a branch or a file seen on a forge, not the repository
_WIKIDATA = re.compile(r"Q[1-9][0-9]{0,11}\b", re.ASCII | re.IGNORECASE)
_LAST_NUMBER = re.compile(r"[0-9]{1,12}(?=/?$)", re.ASCII)
_IN_REGISTER = re.compile(r"https?://schema\.data\.gouv\.fr/(?:schemas/)?([\w.-]+/[\w.-]+)(?:/.*)?", re.ASCII)
_ARTICLE = re.compile(r"(?:l|le|la|les) (?=.)")


class Likeness(StrEnum):
    CERTAIN = "certain"
    PROBABLE = "probable"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a thing from another: its kind, its title, its keys (field → values), its repository and its page, normalised."""

    kind: str
    title: str
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    repository: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The likeness of two things, and the sentence that a person reads before joining them."""

    likeness: Likeness
    because: str


def identity(kind: str, facts: Mapping[str, object]) -> Identity:
    """facts: field → shown value of a sheet. A schema that lies in the national register has its name in its address."""
    keys = {name: values for name in STRONG if (values := _numbers(name, facts.get(name)))}
    schema = facts.get(SCHEMA)
    if "schema_name" not in keys and isinstance(schema, str) and (found := _IN_REGISTER.fullmatch(schema.strip())):
        keys["schema_name"] = frozenset({found[1]})
    repository, page = facts.get(REPOSITORY), facts.get(PAGE)
    return Identity(
        kind,
        str(facts.get("title", "")),
        keys,
        normal_repository(repository) if isinstance(repository, str) else "",
        normal_page(page) if isinstance(page, str) else "",
    )


def _numbers(name: str, value: object) -> frozenset[str]:
    """The values of a key, each in the one form of its register: a catalogue may give the address for the number."""
    texts = value if isinstance(value, list) else [value]
    found = {text.strip() for text in texts if isinstance(text, str) and text.strip()}
    if name == "wikidata_id":
        return frozenset(one[0].upper() for text in found if (one := _WIKIDATA.search(text)))
    if name in {"sill_id", "comptoir_id"}:
        return frozenset(one[0].lstrip("0") if (one := _LAST_NUMBER.search(text)) else text for text in found)
    return frozenset(found)


def normal_repository(url: str) -> str:
    """One address for one repository: no scheme, no `www.`, no `.git`, no trailing slash, no branch; case kept but where
    the forge ignores it.
    """
    written = url.strip()
    if over_ssh := _OVER_SSH.fullmatch(written):
        written = f"//{over_ssh['host']}/{over_ssh['path']}"
    host, path, _ = _parts(written)
    path = _INSIDE.sub("", path).rstrip("/").removesuffix(".git").rstrip("/")
    if not host or not path:
        return ""
    return f"{host}{path.lower() if host in _CASELESS_HOSTS else path}"


def normal_page(url: str) -> str:
    """One address for one page: no scheme, no `www.`, no trailing slash; the query and the anchor count."""
    host, path, rest = _parts(url.strip())
    return f"{host}{path.rstrip('/')}{rest}" if host else ""


def _parts(written: str) -> tuple[str, str, str]:
    """Host, path, and what follows; nothing of what is no address."""
    try:
        parts = urlsplit(written if "//" in written else f"//{written}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "", "", ""
    query, anchor = (f"?{parts.query}" if parts.query else ""), (f"#{parts.fragment}" if parts.fragment else "")
    return host, parts.path, query + anchor


def title_key(title: str) -> str:
    """Titles that differ by case, accents, signs, spaces or a leading article alone are one title."""
    return _ARTICLE.sub("", fold_words(title), count=1).replace(" ", "") if title else ""


def _one_in_the_other(one: str, other: str) -> bool:
    """True when all the words of a title are those of the other, in a row."""
    words, others = f" {fold_words(one)} ", f" {fold_words(other)} "
    return bool(words.strip() and others.strip()) and (words in others or others in words)


def candidates(identities: Mapping[int, Identity]) -> list[tuple[int, int]]:
    """Pairs of one kind that share a number, a repository, a page or a title; the lower key first, in order."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for key, who in identities.items():
        marks = {(name, value) for name, values in who.keys.items() for value in values}
        marks |= {(REPOSITORY, who.repository), (PAGE, who.page), ("title", title_key(who.title))}
        for name, value in marks:
            if value:
                groups[who.kind, name, value].append(key)
    alike = (group for group in groups.values() if len(group) <= MOST_ALIKE)
    return sorted({pair for group in alike for pair in combinations(sorted(group), 2)})


def of_one_code(identities: Mapping[int, Identity]) -> set[tuple[int, int]]:
    """Pairs that give one repository, of whatever kinds and titles; the lower key first. They are related, not one thing.

    An address of one step is an account on a forge (forge.example/owner), not a repository.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for key, who in identities.items():
        if who.repository.count("/") > 1:
            groups[who.repository].append(key)
    products = (group for group in groups.values() if len(group) <= MOST_OF_ONE_CODE)
    return {pair for group in products for pair in combinations(sorted(group), 2)}


def same_thing(a: Identity, b: Identity) -> Judgement:
    """Certain when a public register gives both one number, or when one name stands at one place: the same public page,
    or, of what is code, the same repository. No register may tell them apart.

    A page or a repository alone is not enough: portals hold many services, repositories several products. A name alone
    is not either, nor a service's name with its repository: it may be two instances, run by two bodies. These are asked
    of a person. Symmetric. Source: what real sheets show, four repositories are shared by several products, seven titles
    by two kinds, six services by two instances.
    """
    if a.kind != b.kind:
        return Judgement(
            Likeness.DIFFERENT, "Deux genres différents : deux choses, reliées peut-être, jamais confondues."
        )
    both = a.keys.keys() & b.keys.keys()
    shared = sorted(name for name in both if a.keys[name] & b.keys[name])
    opposed = sorted(both - set(shared))
    same_title = bool(title_key(a.title)) and title_key(a.title) == title_key(b.title)
    same_repository = bool(a.repository) and a.repository == b.repository
    same_page = bool(a.page) and a.page == b.page
    if opposed:
        return _opposed(shared, opposed)
    numbered = ", ".join(REGISTERS[name] for name in shared)
    rules = (
        (bool(shared), Likeness.CERTAIN, f"Même identifiant ({numbered})."),
        (same_title and same_page, Likeness.CERTAIN, "Même titre à la même adresse publique."),
        (
            same_title and same_repository and a.kind in _CODE,
            Likeness.CERTAIN,
            "Même titre et même dépôt de code.",
        ),
        (
            same_repository and same_title,
            Likeness.PROBABLE,
            "Même dépôt de code et même titre : peut-être deux instances.",
        ),
        (
            same_page and _one_in_the_other(a.title, b.title),
            Likeness.PROBABLE,
            "Même adresse publique, un titre contenu dans l’autre : une personne doit comparer.",
        ),
        (same_repository, Likeness.DIFFERENT, "Même dépôt de code, autre titre : un code, deux produits."),
        (same_title, Likeness.PROBABLE, "Même titre, sans identifiant commun : une personne doit comparer."),
        (True, Likeness.DIFFERENT, "Rien ne les rapproche."),
    )
    return next(Judgement(likeness, because) for holds, likeness, because in rules if holds)


def _opposed(shared: list[str], opposed: list[str]) -> Judgement:
    same, others = (", ".join(REGISTERS[name] for name in names) for names in (shared, opposed))
    if shared:
        words = f"Même identifiant ({same}) mais un autre diffère ({others}). Une personne doit comparer."
        return Judgement(Likeness.PROBABLE, words)
    return Judgement(Likeness.DIFFERENT, f"Deux identifiants différents ({others}).")
