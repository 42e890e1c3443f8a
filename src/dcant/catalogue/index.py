"""The search index of the site: a folder beside the database, made again from it whenever it is absent, broken or late."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max

from dcant.catalogue.models import Resource
from dcant.catalogue.search import IndexUnreadable, SearchDocument, SearchQuery, SearchResult, TantivyIndex
from dcant.territories.models import OperatorService, Territory

Served = Mapping[str, frozenset[str]]

# All that answers, for whoever puts it in an order of their own (from a commune, what is for it comes first).
EVERYTHING = 10_000
_TOLD = 2  # one more whenever `document_of` tells something else of the same resource

logger = logging.getLogger(__name__)


def folder() -> Path:
    return Path(settings.DATA) / "search"


@lru_cache(maxsize=4)
def _open(path: Path) -> TantivyIndex:
    return TantivyIndex(path)


def search_base(query: SearchQuery) -> SearchResult:
    """Asks the index; one that cannot be read is made again first, so that pages stay up."""
    query = replace(
        query, filters={**query.filters, "theme": frozenset(map(theme_label, query.filters.get("theme", ())))}
    )
    try:
        return _open(folder()).search(query)
    except IndexUnreadable as problem:
        logger.warning("search index rebuilt: %s", problem)
        rebuild_index()
        return _open(folder()).search(query)


def theme_label(theme: str) -> str:
    """« social » and « Social », as two sources write it, are one theme."""
    return theme[:1].upper() + theme[1:]


def rebuild_index() -> int:
    """Writes a new index from the database beside the present one, then swaps; returns the number of resources."""
    documents = list(_documents())
    _open(folder()).replace_all(documents)
    _generation_file().write_text(_generation(), encoding="ascii")
    return len(documents)


def ensure_index() -> bool:
    """Rebuilds the index when it is not that of the present database (after a crash, a restore); True when it did."""
    try:
        if _generation_file().read_text(encoding="ascii") == _generation():
            return False
    except FileNotFoundError:
        pass
    rebuild_index()
    return True


def _generation_file() -> Path:
    folder().mkdir(parents=True, exist_ok=True)
    return folder() / "generation"


def _generation() -> str:
    """What changes whenever a shown resource does, or what is told of it: how many there are, the last change."""
    of = Resource.objects.aggregate(rows=Count("pk"), last=Max("changed_at"))
    return f"{_TOLD} {of['rows']} {of['last'].isoformat() if of['last'] else '-'}"


def _documents() -> Iterator[SearchDocument]:
    served = _served()
    resources = Resource.objects.shown().prefetch_related("holdings__item")
    for resource in resources.iterator(chunk_size=500):
        yield document_of(resource, served)


def _served() -> Served:
    """The départements that operators state they serve, by number of the service they offer there. One query."""
    rows = OperatorService.objects.filter(operator__departements__kind=Territory.Kind.DEPARTEMENT)
    served: dict[str, set[str]] = {}
    for number, code in rows.values_list("service_id", "operator__departements__code"):
        served.setdefault(str(number), set()).add(code)
    return {number: frozenset(codes) for number, codes in served.items()}


def document_of(resource: Resource, served: Served) -> SearchDocument:
    """What the index knows of a resource. served: the départements where each numbered service is offered."""
    access = resource.facts.get("access_type")
    licence = resource.facts.get("licence")
    return SearchDocument(
        slug=resource.slug,
        kind=resource.kind,
        title=resource.title,
        purpose=resource.purpose,
        keywords=_words(resource, "keywords"),
        needs=_words(resource, "needs"),
        body=" ".join(str(resource.value(field) or "") for field in ("description", "problem", "proof")),
        producer=resource.producer_name,
        codes=_words(resource, "acronym"),
        facets={
            "kind": (resource.kind,),
            "theme": tuple(map(theme_label, _words(resource, "themes"))),
            "access": (access,) if isinstance(access, str) else (),
            "audience": tuple(
                audience.removeprefix("audience_")
                for audience in ("audience_local", "audience_company", "audience_private")
                if resource.facts.get(audience) in {"yes", "under_condition"}
            ),
            "producer_level": (resource.producer_level,) if resource.producer_level else (),
            "phase": _phases(resource),
            "departement": _departements(resource, served),
            "source": tuple(sorted({holding.item.source for holding in resource.holdings.all()})),
            "licence": (licence,) if isinstance(licence, str) else (),
        },
    )


def _phases(resource: Resource) -> tuple[str, ...]:
    """« Accélération (depuis le 1er mars 2024) » is counted with every acceleration; a service of several instances has several phases."""
    phase = resource.facts.get("phase")
    return tuple(one.partition(" (")[0] for one in phase.split(", ")) if isinstance(phase, str) else ()


def _departements(resource: Resource, served: Served) -> tuple[str, ...]:
    """Those of its sites, and those of the operators that offer it; silent when no source states any."""
    sites, numbers = resource.facts.get("sites_departements"), resource.facts.get("suite_service_ids")
    stated = [code for code in sites if isinstance(code, str)] if isinstance(sites, list) else []
    offered = [served.get(str(number), frozenset[str]()) for number in numbers] if isinstance(numbers, list) else []
    return tuple(sorted(set(stated).union(*offered)))


def _words(resource: Resource, field: str) -> tuple[str, ...]:
    value = resource.value(field)
    if isinstance(value, list):
        return tuple(one for one in value if isinstance(one, str))
    return (value,) if isinstance(value, str) else ()
