"""The shown resources without their sheets, read once a process and again whenever one of them changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

from django.db.models import Count, Max

from dcant.catalogue.models import Resource
from dcant.catalogue.rules.eligibility import Applicant, Eligibility, Facts, eligibility, judged_facts
from dcant.identifiers import fold

_Stamp = tuple[object, ...]
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Shown:
    """Every shown resource by title, to be read and never changed. `alike`: for each, the place in `facts` of what its
    eligibility rests on; resources are many, these facts few.
    """

    resources: tuple[Resource, ...]
    alike: tuple[int, ...]
    facts: tuple[Facts, ...]

    def judged(self, applicant: Applicant) -> Iterator[tuple[Resource, Eligibility]]:
        """Each resource with its verdict for an applicant."""
        verdicts = [eligibility(applicant, facts) for facts in self.facts]
        return zip(self.resources, map(verdicts.__getitem__, self.alike), strict=True)


_kept: list[tuple[_Stamp, Shown]] = []  # one at most


def shown_resources() -> Shown:
    """Every shown resource: a page that judges them all does not fetch them each time.

    One query tells whether any has changed since; a second reads them again.
    """
    of = Resource.objects.shown().aggregate(rows=Count("pk"), last=Max("changed_at"), newest=Max("pk"))
    stamp = (of["rows"], of["last"], of["newest"])
    with _lock:
        if not _kept or _kept[0][0] != stamp:
            _kept[:] = [(stamp, _read())]
        return _kept[0][1]


def _read() -> Shown:
    rows = Resource.objects.shown().defer("sheet", "changed_at").order_by()
    resources = sorted(rows, key=lambda one: (fold(one.title), one.slug))
    places: dict[str, int] = {}
    facts: list[Mapping[str, object]] = []
    alike = []
    for resource in resources:
        judged = judged_facts(resource.facts)
        place = places.setdefault(repr(sorted(judged.items())), len(facts))
        if place == len(facts):
            facts.append(judged)
        alike.append(place)
    return Shown(tuple(resources), tuple(alike), tuple(facts))


def forget_shown() -> None:
    """Reads them again at the next question: for another database under the same process."""
    with _lock:
        _kept.clear()
