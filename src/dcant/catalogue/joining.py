"""One thing, one page: joins proposed after each run, applied when certain, decided by a person when probable, always undone."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dcant.catalogue.models import Alias, Holding, JoinProposal, Relation, Resource
from dcant.catalogue.projection import priorities, refresh, resolve_relations
from dcant.catalogue.rules.joins import Identity, Likeness, identity, same_thing
from dcant.identifiers import Permit, Refused, fold_words
from dcant.record.services import digest, write_entry

SYSTEM = "system:catalogue"


def can_decide_join(*, acts_as: str) -> Permit:
    """acts_as: role of the mandate. Producers and both colleges may; a reader, or a town hall for itself, may not."""
    if acts_as in {"producer", "association", "state", "officer"}:
        return Permit.yes("Vous avez mandat pour relire le socle commun.")
    return Permit.no(
        "Réunir ou séparer des fiches revient à une personne mandatée par un producteur ou par un collège."
    )


def propose_joins(*, at: datetime) -> list[JoinProposal]:
    """Looks for resources that may be one thing; certain ones are joined at once. Pairs already judged are left alone."""
    shown = list(Resource.objects.shown())
    identities = {
        one.pk: identity(one.kind, {field: shown["value"] for field, shown in one.sheet.items()}) for one in shown
    }
    known = set(JoinProposal.objects.values_list("kept_id", "other_id"))
    proposed = []
    for kept, other in _candidates(shown, identities):
        if (kept.pk, other.pk) in known or (other.pk, kept.pk) in known:
            continue
        judged = same_thing(identities[kept.pk], identities[other.pk])
        if judged.likeness == Likeness.DIFFERENT:
            continue
        proposal = JoinProposal.objects.create(
            kept=kept, other=other, likeness=judged.likeness, because=judged.because, proposed_at=at
        )
        proposed.append(proposal)
        if judged.likeness == Likeness.CERTAIN:
            join_resources(proposal=proposal, actor=SYSTEM, at=at)
    return proposed


def _candidates(resources: list[Resource], identities: dict[int, Identity]) -> Iterable[tuple[Resource, Resource]]:
    """Pairs that share a key, a repository or a title; the older resource is the one kept."""
    groups: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)
    for one in resources:
        who = identities[one.pk]
        for field, value in who.keys.items():
            groups[one.kind, field, value].append(one)
        if who.repository:
            groups[one.kind, "repository", who.repository].append(one)
        if who.title:
            groups[one.kind, "title", fold_words(who.title)].append(one)
    pairs = {
        tuple(sorted((a.pk, b.pk)))
        for group in groups.values()
        for place, a in enumerate(group)
        for b in group[place + 1 :]
    }
    by_key = {one.pk: one for one in resources}
    return [(by_key[first], by_key[second]) for first, second in sorted(pairs)]


@transaction.atomic
def join_resources(*, proposal: JoinProposal, actor: str, at: datetime) -> Resource:
    """Gives the items of the other resource to the one kept; the other's address answers 301 from now on.

    Raises Refused when the proposal is no longer open or one of the two is no longer shown; nothing is then written.
    """
    proposal = JoinProposal.objects.select_for_update().select_related("kept", "other").get(pk=proposal.pk)
    kept, other = proposal.kept, proposal.other
    if (
        proposal.state != JoinProposal.State.OPEN
        or other.state != Resource.State.ACTIVE
        or kept.state != Resource.State.ACTIVE
    ):
        raise Refused(Permit.no("Ces deux fiches ont changé depuis : rechargez la page."), code="DCANT-K001")
    holdings = list(Holding.objects.filter(resource=other))
    proposal.items = [holding.item_id for holding in holdings]
    Holding.objects.filter(resource=other).update(resource=kept)
    other.state, other.changed_at = Resource.State.MERGED, at
    other.save()
    Alias.objects.update_or_create(slug=other.slug, defaults={"resource": kept})
    Alias.objects.filter(resource=other).update(resource=kept)
    Relation.objects.filter(target=other).update(target=kept)
    proposal.state, proposal.decided_at, proposal.decided_by = JoinProposal.State.JOINED, at, actor
    proposal.save()
    refresh(kept, priorities(), at)
    _log("catalogue.joined", proposal, actor, at)
    return kept


@transaction.atomic
def split_resource(*, proposal: JoinProposal, actor: str, at: datetime) -> Resource:
    """Undoes a join: each item goes back to its own resource, which takes its address again. Nothing is lost."""
    proposal = JoinProposal.objects.select_for_update().select_related("kept", "other").get(pk=proposal.pk)
    if proposal.state != JoinProposal.State.JOINED:
        raise Refused(Permit.no("Ces deux fiches ne sont pas réunies."), code="DCANT-K001")
    kept, other = proposal.kept, proposal.other
    Holding.objects.filter(item__in=proposal.items, resource=kept).update(resource=other)
    Alias.objects.filter(slug=other.slug).delete()
    other.state, other.changed_at = Resource.State.ACTIVE, at
    other.save()
    proposal.state, proposal.decided_at, proposal.decided_by = JoinProposal.State.SPLIT, at, actor
    proposal.save()
    for resource in (kept, other):
        refresh(resource, priorities(), at)
    Relation.objects.filter(target=kept).update(target=None)
    resolve_relations()
    _log("catalogue.split", proposal, actor, at)
    return other


@transaction.atomic
def refuse_join(*, proposal: JoinProposal, actor: str, at: datetime) -> None:
    """The two stay apart, and the pair is not proposed again."""
    proposal.state, proposal.decided_at, proposal.decided_by = JoinProposal.State.REFUSED, at, actor
    proposal.save()


def _log(kind: str, proposal: JoinProposal, actor: str, at: datetime) -> None:
    body = {"resource": proposal.kept.slug, "other": proposal.other.slug, "because": proposal.because}
    write_entry(kind=kind, actor=actor, subject=digest(body), body=body, at=at)
