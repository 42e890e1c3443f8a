"""The registry of digital infrastructures as an applicant sees it: public ones first, private ones never ranked."""

from dataclasses import dataclass
from datetime import date

from dcant.catalogue.models import Kind, Relation, Resource
from dcant.catalogue.rules.eligibility import Applicant, Eligibility
from dcant.catalogue.rules.qualification import Qualification, qualification
from dcant.catalogue.rules.review import review_day

ENTRY_FIELDS = ("entry_route", "data_accepted", "price_basis", "price_note", "exit_terms")


@dataclass(frozen=True, slots=True)
class Entry:
    """An infrastructure seen by an applicant: may it enter, by which door, for which data, at what price, with what exit."""

    resource: Resource
    eligibility: Eligibility
    qualifications: tuple[Qualification, ...]
    sites: tuple[str, ...]
    hosted: tuple[Resource, ...] = ()

    def _text(self, field: str) -> str:
        value = self.resource.value(field)
        return value if isinstance(value, str) else ""

    @property
    def infra_type(self) -> str:
        return self._text("infra_type")

    @property
    def control(self) -> str:
        return self._text("control")

    @property
    def answers(self) -> list[tuple[str, str, str]]:
        """The questions of « Puis-je y entrer ? », each with what the sheet states, or nothing, and until when it holds."""
        return [
            (field, self._text(field), review_day(self.resource.sheet.get(field, {}).get("sources", ())))
            for field in ENTRY_FIELDS
            if field != "price_note" or self._text(field)
        ]

    @property
    def is_demo(self) -> bool:
        return "demo" in self.resource.sheet

    @property
    def public_facts(self) -> dict[str, object]:
        """What the data beside the page and the API say of it; None for what nobody states."""
        facts: dict[str, object] = {
            "slug": self.resource.slug,
            "title": self.resource.title,
            "type": self.infra_type or None,
            "control": self.control or None,
            "eligibility": str(self.eligibility.verdict),
            "because": self.eligibility.because,
            "sites": list(self.sites),
            "qualifications": [
                {
                    "scheme": held.scheme,
                    "scope": held.scope,
                    "version": held.version or None,
                    "valid_until": held.valid_until.isoformat() if held.valid_until else None,
                    "standing": str(held.standing),
                }
                for held in self.qualifications
            ],
            "hosts": [hosted.slug for hosted in self.hosted],
            "demo": self.is_demo,
            "to_review_on": {field: day for field, _text, day in self.answers if day},
        }
        return facts | {field: text or None for field, text, _day in self.answers}


def infrastructures_for(applicant: Applicant, day: date, *, infra_type: str = "", control: str = "") -> list[Entry]:
    """Every shown infrastructure (of a type, under a control), with its qualifications as they stand that day. Two queries."""
    hosted = _hosted()
    rows = [
        _entry(one, applicant, day, hosted.get(one.pk, []))
        for one in Resource.objects.shown().filter(kind=Kind.INFRASTRUCTURE)
    ]
    kept = [one for one in rows if infra_type in {"", one.infra_type} and control in {"", one.control}]
    return sorted(kept, key=lambda one: (one.control == "private", one.resource.title, one.resource.slug))


def _entry(resource: Resource, applicant: Applicant, day: date, hosted: list[Resource]) -> Entry:
    stated, sites = resource.value("qualifications"), resource.value("sites_departements")
    held = [qualification(one, day) for one in stated if isinstance(one, dict)] if isinstance(stated, list) else []
    return Entry(
        resource,
        resource.eligibility_for(applicant),
        tuple(held),
        tuple(str(code) for code in sites) if isinstance(sites, list) else (),
        tuple(hosted),
    )


def _hosted() -> dict[int, list[Resource]]:
    """What each infrastructure hosts, by its key, as the sheets of the services say. One query."""
    relations = Relation.objects.filter(
        name="hosted_on", subject__state=Resource.State.ACTIVE, target__kind=Kind.INFRASTRUCTURE
    )
    found: dict[int, list[Resource]] = {}
    named = relations.select_related("subject").defer("subject__sheet", "subject__facts")
    for relation in named.order_by("subject__title", "pk"):
        found.setdefault(relation.target_id or 0, []).append(relation.subject)
    return found
