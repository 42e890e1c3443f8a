"""What a territory may reuse: every shown resource with its verdict, its use nearby, its offers and what the territory said."""

from dataclasses import dataclass, field, replace
from datetime import date

from dcant.adoption.models import AdoptionState, Offer
from dcant.adoption.questions import Use, declared_by, offers_for, uses_near
from dcant.catalogue.models import Resource
from dcant.catalogue.rules.eligibility import Applicant, Eligibility, Verdict
from dcant.catalogue.search import Hit, Match, SearchResult
from dcant.catalogue.shown import shown_resources
from dcant.territories.models import Territory

ANYONE = Applicant(kind="commune")  # without a commune, an answer is for any commune
_VERDICT_ORDER = {Verdict.YES: 0, Verdict.UNDER_CONDITIONS: 1, Verdict.UNKNOWN: 2, Verdict.NO: 3}


@dataclass(frozen=True, slots=True)
class Reusable:
    """A resource seen from a territory. `offers` are those of its operators; `state` what it declared, with its word today.

    `matches`: why a search found it; empty when nothing was asked.
    """

    resource: Resource
    eligibility: Eligibility
    use: Use
    offers: tuple[Offer, ...] = ()
    state: AdoptionState | None = None
    state_today: str = ""
    matches: tuple[Match, ...] = ()

    @property
    def is_for_us(self) -> bool:
        return self.eligibility.verdict in {Verdict.YES, Verdict.UNDER_CONDITIONS}


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything a territory page needs, in five queries."""

    territory: Territory
    reusable: tuple[Reusable, ...]
    declared: tuple[Reusable, ...] = field(default_factory=tuple)
    offers: tuple[Offer, ...] = field(default_factory=tuple)

    @property
    def missing(self) -> tuple[Reusable, ...]:
        """What communes like this one use, that is open to it, and of which it has said nothing: most used first."""
        silent = [one for one in self.reusable if not one.state and one.is_for_us and (one.use.epci or one.use.peers)]
        return tuple(sorted(silent, key=lambda one: (-one.use.peers, -one.use.epci, one.resource.slug)))


def applicant_of(territory: Territory) -> Applicant:
    return Applicant(kind=territory.kind, population=territory.population, name=territory.display_name)


def overview(territory: Territory, today: date) -> Overview:
    """Eligible first, then used near us, then brought by an operator, then by title: a total order."""
    uses = uses_near(territory)
    states = {state.resource_id: (state, word) for state, word in declared_by(territory, today)}
    offers = offers_for(territory)
    by_resource: dict[int, list[Offer]] = {}
    for offer in offers:
        by_resource.setdefault(offer.resource_id, []).append(offer)
    unused = Use()
    unsaid: tuple[AdoptionState | None, str] = (None, "")
    listed = []
    for resource, verdict in shown_resources().judged(applicant_of(territory)):
        key = resource.pk
        state, word = states.get(key, unsaid)
        use = uses.get(key, unused)
        listed.append(Reusable(resource, verdict, use, tuple(by_resource.get(key, ())), state, word))
    listed.sort(key=_order)  # those of equal rank stay by title
    return Overview(territory, tuple(listed), tuple(one for one in listed if one.state), tuple(offers))


def _order(one: Reusable) -> tuple[int, ...]:
    epci, alike, size, country = one.use.rank
    return _VERDICT_ORDER[one.eligibility.verdict], -epci, -alike, -size, -country, not one.offers


def found_from(found: SearchResult, commune: Territory, today: date) -> list[Reusable]:
    """The hits of a search as a commune sees them: what is for it first, then used near it, then the order of the text.

    Use nearby raises only what answers at least half as well as the best: what everybody uses is not the answer to every question.
    """
    ranks = {hit.slug: rank for rank, hit in enumerate(found.hits)}
    seen = [one for one in overview(commune, today).reusable if one.resource.slug in ranks]
    if not any(hit.score for hit in found.hits):
        return seen
    enough = max(hit.score for hit in found.hits) / 2
    told = [_because_of(one, found.hits[ranks[one.resource.slug]]) for one in seen]
    near = {
        one.resource.slug for one in told if one.use.is_near and found.hits[ranks[one.resource.slug]].score >= enough
    }
    return sorted(told, key=lambda one: (not one.is_for_us, one.resource.slug not in near, ranks[one.resource.slug]))


def _because_of(one: Reusable, hit: Hit) -> Reusable:
    return replace(one, matches=hit.because)


def found_anywhere(found: SearchResult) -> list[Reusable]:
    """The hits of a search in their own order, as any commune may see them, with their use in the country. Two queries."""
    listed = Resource.objects.shown().defer("sheet").by_slugs([hit.slug for hit in found.hits])
    uses = uses_near(None, [one.pk for one in listed.values()])
    return [
        Reusable(
            listed[hit.slug],
            listed[hit.slug].eligibility_for(ANYONE),
            uses.get(listed[hit.slug].pk, Use()),
            matches=hit.because,
        )
        for hit in found.hits
        if hit.slug in listed
    ]
