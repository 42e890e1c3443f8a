"""What a publiccode.yml says, in the words of the common base: one mapping, for files and for catalogues of files.

Nothing is judged here beyond what its owner needs to hear: an old, new or wrong descriptor is read all the same.
"""

import re
from typing import Any

from dcant.catalogue.sources.drafts import Draft
from dcant.catalogue.sources.people import without_people
from dcant.harvest.rules import Fact
from dcant.harvest.rules.yaml_text import TextProblem, decode, parse_yaml

_KNOWN_VERSION = re.compile(r"0\.[1-7](?:\.[0-9]{1,2})?", re.ASCII)
_MANDATORY = (
    "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description", "legal",
    "maintenance", "localisation",
)  # fmt: skip
_LEGACY = {
    "landingUrl": "landingURL",
    "landingPage": "landingURL",
    "intendedaudience": "intendedAudience",
    "localization": "localisation",
}
_BY_LANGUAGE = {"purpose": "shortDescription", "description": "longDescription", "documentation_url": "documentation"}
_LANGUAGES = ("fr", "en")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*", re.ASCII)
# At any depth. A contact is published for whoever opens the file: it stays in the file.
_PEOPLE = frozenset(
    {"contact", "contacts", "email", "emails", "phone", "phones", "author", "authors", "maintainer", "maintainers"}
)
_OWNERS = ("repoOwner", "mainCopyrightOwner")
_NOTHING = ("", "null", "Null", "NULL", "~")  # a tuple: what is looked up in it may be a list
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")


def draft_of(data: bytes) -> Draft:
    """The facts of a descriptor; the title is the fact of that name. Raises TextProblem when it is no YAML mapping."""
    document = parse_yaml(decode(data))
    if not isinstance(document.value, dict):
        remedy = "Écrivez le descripteur sous la forme « champ: valeur »."
        raise TextProblem("BAD_SHAPE", 1, 1, "Ce fichier n’est pas une liste de champs.", remedy)
    draft = Draft("publiccode", _cleaned(document.value), lines=document.lines)
    url = draft.left.get("url")
    draft.url = url.strip() if isinstance(url, str) and _is_address(url.strip()) else ""
    _tell_owner(draft)
    _facts(draft)
    return draft


def claim_of(data: bytes) -> tuple[str, str]:
    """The `url` and the `name` of a descriptor as they are written, "" for what is absent or does not read."""
    try:
        fields = parse_yaml(decode(data)).value
    except TextProblem:
        return "", ""
    return (_text(fields.get("url")), _text(fields.get("name"))) if isinstance(fields, dict) else ("", "")


def title_of(draft: Draft) -> str:
    return next((fact.value for fact in draft.facts if fact.field == "title" and isinstance(fact.value, str)), "")


def last_part(url: str) -> str:
    """The name of a repository out of its address, for want of another title."""
    return url.rstrip("/").rpartition("/")[2].removesuffix(".git")


def _cleaned(value: Any) -> Any:
    """Without contacts, addresses of persons, and what YAML writes for nothing."""
    if isinstance(value, dict):
        return {
            without_people(key): _cleaned(inner)
            for key, inner in value.items()
            if key.lower() not in _PEOPLE and inner not in _NOTHING
        }
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value if inner not in _NOTHING]
    return without_people(value)


def _tell_owner(draft: Draft) -> None:
    """Former names take their present one; a version nobody published and absent keys are said, and hide nothing."""
    for former, present in _LEGACY.items():
        if former in draft.left and present not in draft.left:
            draft.warn("LEGACY_KEY", former, f"« {former} » s’écrit « {present} ».", "Renommez ce champ.")
            draft.left[present] = draft.left.pop(former)
    version = draft.left.get("publiccodeYmlVersion")
    if version is not None and not (isinstance(version, str) and _KNOWN_VERSION.fullmatch(version.strip())):
        said = f"« {str(version)[:40]} » n’est pas une version connue de publiccode.yml."
        draft.warn("UNKNOWN_VERSION", "publiccodeYmlVersion", said, "Vérifiez-la ; la fiche est lue quand même.")
    absent = [key for key in _MANDATORY if key not in draft.left]
    if absent:
        said = f"Champs obligatoires absents : {', '.join(absent)}."
        draft.warn("MISSING_KEY", absent[0], said, "Complétez le descripteur.")


def _facts(draft: Draft) -> None:
    _say(draft, "title", draft.text("name"))
    draft.address("repository_url", "url")
    draft.address("website", "landingURL")
    draft.address("roadmap_url", "roadmap")
    draft.say("version", draft.text("softwareVersion"))
    draft.day("released_on", "releaseDate")
    draft.day("created_on", "creationDate")
    # In the terms of the standard, whatever language the sheet is shown in.
    _say(draft, "phase", draft.text("developmentStatus"))
    draft.say("keywords", draft.texts("categories"))
    _descriptions(draft)
    legal, organisation = draft.mapping("legal"), draft.mapping("organisation")
    _say(draft, "licence", _taken(legal, "license"))
    producer = _taken(organisation, "name")
    for owner in _OWNERS:
        _owner(draft, legal, owner, producer)
    _say(draft, "producer", producer or _text(legal.get("repoOwner")))
    draft.keep("legal", legal)
    draft.keep("organisation", organisation)
    # Free text written by the maintainer: how many names, never a use.
    used_by = draft.left.pop("usedBy", None)
    draft.keep("usedBy", len(used_by) if isinstance(used_by, list) else int(bool(used_by)) or None)


def _descriptions(draft: Draft) -> None:
    """Each text in French, else English, else the first language that has it, else without language as long ago.

    The other languages, and what has no name here, stay together under `description`.
    """
    described = {key: _as_texts(key, value) for key, value in draft.mapping("description").items()}
    by_language = {key: value for key, value in described.items() if isinstance(value, dict)}
    bare = {key: value for key, value in described.items() if not isinstance(value, dict)}
    ordered = sorted(by_language, key=_preference)
    places = [*((language, by_language[language]) for language in ordered), ("", bare), ("", draft.left)]
    for name, key in _BY_LANGUAGE.items():
        for language, texts in places:
            text = _text(texts.get(key))
            if text and (name != "documentation_url" or _is_address(text)):
                del texts[key]
                _say(draft, name, text, language if name != "documentation_url" else "")
                break
    left = {language: texts for language, texts in by_language.items() if texts}
    draft.keep("description", left | bare)


def _as_texts(language: str, value: Any) -> Any:
    """One text alone under a language is the long one."""
    return {"longDescription": value} if isinstance(value, str) and _LANGUAGE.fullmatch(language) else value


def _preference(language: str) -> tuple[int, str]:
    """French, then English, then the order of their codes."""
    base = language.lower().partition("-")[0]
    return (_LANGUAGES.index(base) if base in _LANGUAGES else len(_LANGUAGES), language)


def _owner(draft: Draft, legal: dict[str, Any], key: str, producer: str) -> None:
    """An owner that may be a person is not kept: a lost organisation is a warning, a kept name is somebody's."""
    owner = _text(legal.get(key))
    words = owner.split()
    if not owner or owner == producer or not 2 <= len(words) <= 3:
        return
    if all(_NAME_WORD.fullmatch(word) and word[0].isupper() for word in words):
        del legal[key]
        said = f"« legal.{key} » peut être le nom d’une personne : il n’est pas gardé."
        draft.warn("OWNER_UNSURE", "legal", said, "Nommez l’organisme sous « organisation.name ».")


def _say(draft: Draft, name: str, text: str, language: str = "") -> None:
    """A fact in the language it is written in, which is seldom French here."""
    if text:
        draft.facts.append(Fact(name, text, language=language[:20], source_url=draft.url))


def _taken(held: dict[str, Any], key: str) -> str:
    """The text under a key, taken away; anything else stays."""
    text = _text(held.get(key))
    if text:
        del held[key]
    return text


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _is_address(text: str) -> bool:
    return re.fullmatch(r"https?://[^\s<>\"]{1,900}", text) is not None
