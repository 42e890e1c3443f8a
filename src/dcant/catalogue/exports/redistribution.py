"""What of a sheet may be given away: each source has its licence, and one that forbids it is left out, and named."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from dcant.catalogue.models import Resource
from dcant.catalogue.refreshing import stated_of
from dcant.catalogue.rules.merge import LIST_FIELDS, Stated, merge
from dcant.catalogue.sources import SOURCES, load_source
from dcant.harvest.models import Statement
from dcant.harvest.rules import SourceFile

Sheet = Mapping[str, Mapping[str, object]]

# What a thing is called, where its code lies and who makes it: names and addresses that belong to nobody, and that a
# licence asks to be said.
IDENTITY = frozenset({"title", "kind", "repository_url", "producer", "producer_name"})
# Sources whose texts are in the language of whoever wrote them; the others write in French.
ANY_LANGUAGE = frozenset({"publiccode", "catalogapi"})


@dataclass(frozen=True, slots=True)
class Given:
    """A resource as it may be given away: its sheet without what a licence keeps, and how many fields each source kept."""

    resource: Resource
    sheet: Sheet
    left_out: Mapping[str, int]

    def text(self, field: str) -> str:
        """The value of a field when it is a text, else nothing."""
        value = self.sheet[field]["value"] if field in self.sheet else ""
        return value if isinstance(value, str) else ""

    def texts(self, field: str) -> list[str]:
        """The texts of a field that is a list, or of one text alone."""
        value = self.sheet[field]["value"] if field in self.sheet else []
        return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one]

    def language(self, field: str) -> str:
        """« fr » when a source that writes in French states the field; "" when its language is not known."""
        return "" if not field or self.sources_of(field) <= ANY_LANGUAGE else "fr"

    def sources_of(self, field: str) -> frozenset[str]:
        return frozenset(str(one["source"]) for one in _said(self.sheet.get(field, {}), "sources"))

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that what is given rests on, in alphabetical order: they are to be named."""
        return tuple(sorted({name for field in self.sheet for name in self.sources_of(field)}))


@cache
def source_files() -> Mapping[str, SourceFile]:
    """The data file of every known source, by name."""
    return {name: load_source(name)[0] for name in sorted(SOURCES)}


def is_redistributable(source: str) -> bool:
    """True for a source whose licence lets its facts be given away; a source that is no more known is not."""
    return source in source_files() and source_files()[source].redistributable


def given(resources: Sequence[Resource]) -> list[Given]:
    """Each resource as it may be given away, in the order received. One query at most, whatever their number.

    A field that an open source states too is kept with that source and its value. Of a list that several sources make
    together, what the open ones say is read again in their statements. The fields of IDENTITY always stay.
    """
    mixed = [
        one.pk
        for one in resources
        if any(field in LIST_FIELDS and _is_mixed(shown) for field, shown in one.sheet.items())
    ]
    stated = _stated_lists(mixed) if mixed else {}
    return [_given(one, stated.get(one.pk, {})) for one in resources]


def _given(resource: Resource, lists: Mapping[str, Sequence[Stated]]) -> Given:
    sheet: dict[str, Mapping[str, object]] = {}
    left_out: dict[str, int] = defaultdict(int)
    for field, shown in resource.sheet.items():
        if field in IDENTITY:
            sheet[field] = shown
            continue
        if field in LIST_FIELDS and _is_mixed(shown):
            kept = _list_of(field, lists.get(field, ()), shown)
        else:
            kept = _kept(shown)
        if kept is not None:
            sheet[field] = kept
        else:
            for name in {str(one["source"]) for one in _said(shown, "sources")}:
                left_out[name] += 1
    return Given(resource, sheet, dict(sorted(left_out.items())))


def _kept(shown: Mapping[str, object]) -> Mapping[str, object] | None:
    """The value of an open source: the one shown, else the first of what others say; None when none is open."""
    sources, others = _open(_said(shown, "sources")), _open(_said(shown, "others"))
    if sources:
        return {"value": shown["value"], "sources": sources, "others": others}
    if not others:
        return None
    value = others[0]["value"]
    return {
        "value": value,
        "sources": [_without_value(one) for one in others if one["value"] == value],
        "others": [one for one in others if one["value"] != value],
    }


def _list_of(field: str, stated: Sequence[Stated], shown: Mapping[str, object]) -> Mapping[str, object] | None:
    if not stated:
        return None
    value = merge(stated, {})[field].value
    return {"value": value, "sources": _open(_said(shown, "sources")), "others": _open(_said(shown, "others"))}


def _stated_lists(resources: Iterable[int]) -> dict[int, dict[str, list[Stated]]]:
    """What open sources state of the fields that are lists: resource → field → statements."""
    rows = Statement.objects.current().filter(item__holding__resource__in=list(resources), field__in=LIST_FIELDS)
    found: dict[int, dict[str, list[Stated]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.select_related("item__holding"):
        if is_redistributable(row.item.source):
            found[row.item.holding.resource_id][row.field].append(stated_of(row, row.item.source))
    return found


def _is_mixed(shown: Mapping[str, object]) -> bool:
    """True when open and closed sources make this value together."""
    said = _said(shown, "sources")
    return 0 < len(_open(said)) < len(said)


def _open(said: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    return [one for one in said if is_redistributable(str(one["source"]))]


def _said(shown: Mapping[str, object], part: str) -> Sequence[Mapping[str, object]]:
    said = shown.get(part, ())
    return said if isinstance(said, list) else ()


def _without_value(one: Mapping[str, object]) -> Mapping[str, object]:
    return {key: inner for key, inner in one.items() if key != "value"}
