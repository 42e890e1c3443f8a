"""One thing, one page: joins proposed after each run, applied when certain, decided by a person when probable, always undone."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from dcant.catalogue.models import COMPARED, Alias, Holding, JoinProposal, Relation, Resource
from dcant.catalogue.projection import resolve_relations
from dcant.catalogue.refreshing import priorities, refresh
from dcant.catalogue.rules.joins import (
    LISTED,
    PAGE,
    REPOSITORY,
    SCHEMA,
    STRONG,
    Identity,
    Likeness,
    candidates,
    identity,
    of_one_code,
    same_thing,
)
from dcant.identifiers import Permit, Refused
from dcant.record.services import digest, write_entry

SYSTEM = "system:catalogue"
SAME_CODEBASE = "same_codebase"


def can_decide_join(*, acts_as: str) -> Permit:
    """acts_as: role of the mandate. Producers and both colleges may; a reader, or a town hall for itself, may not."""
    if acts_as in {"producer", "association", "state", "officer"}:
        return Permit.yes("Vous avez mandat pour relire le socle commun.")
    return Permit.no(
        "Réunir ou séparer des fiches revient à une personne mandatée par un producteur ou par un collège."
    )


def propose_joins(*, at: datetime) -> list[JoinProposal]:
    """Looks for resources that may be one thing; certain ones are joined at once. Pairs already judged are left alone."""
    identities = _identities()
    known = set(JoinProposal.objects.values_list("kept_id", "other_id"))
    gone: set[int] = set()  # joined in this very round: what they still look like is looked at next time
    proposed = []
    for kept, other in candidates(identities):
        if (kept, other) in known or (other, kept) in known or gone & {kept, other}:
            continue
        judged = same_thing(identities[kept], identities[other])
        if judged.likeness == Likeness.DIFFERENT:
            continue
        with transaction.atomic():  # a certain one is never left waiting by a crash
            proposal = JoinProposal.objects.create(
                kept_id=kept, other_id=other, likeness=judged.likeness, because=judged.because, proposed_at=at
            )
            if judged.likeness == Likeness.CERTAIN:
                _join(proposal, SYSTEM, at)
                gone.add(other)
        proposed.append(proposal)
    return proposed


def relate_codebases() -> None:
    """Makes the relations between products of one repository those that the shown sheets give now; writes only what differs."""
    wanted = of_one_code(_identities())
    present = {(row.subject_id, row.target_id): row.pk for row in Relation.objects.filter(source=COMPARED)}
    gone = [pk for pair, pk in present.items() if pair not in wanted]
    if gone:
        Relation.objects.filter(pk__in=gone).delete()
    Relation.objects.bulk_create(
        Relation(
            subject_id=subject, name=SAME_CODEBASE, target_id=target, target_ref=f"{COMPARED}:{target}", source=COMPARED
        )
        for subject, target in sorted(wanted - present.keys())
    )


def _identities() -> dict[int, Identity]:
    """What tells each shown resource from another, by its key in the base. One query, without the rest of the sheets."""
    fields = (*STRONG, REPOSITORY, PAGE, SCHEMA)
    values = {f"shown_{field}": KeyTextTransform("value", KeyTransform(field, "sheet")) for field in fields}
    rows = Resource.objects.shown().annotate(**values).values("pk", "kind", "title", *values)
    return {
        row["pk"]: identity(row["kind"], {"title": row["title"], **{one: _said(one, row) for one in fields}})
        for row in rows
    }


def _said(name: str, row: Mapping[str, str | None]) -> object:
    """The shown value of a field: its text, or the list that its text writes."""
    text = row[f"shown_{name}"]
    return json.loads(text) if name in LISTED and text and text.startswith("[") else text


@transaction.atomic
def join_resources(*, proposal: JoinProposal, actor: str, at: datetime) -> Resource:
    """Gives the items of the other resource to the one kept; the other's address answers 301 from now on.

    Raises Refused when the proposal is no longer open or one of the two is no longer shown; nothing is then written.
    """
    kept = _join(proposal, actor, at)
    relate_codebases()
    return kept


def _join(proposal: JoinProposal, actor: str, at: datetime) -> Resource:
    proposal = _locked(proposal)
    kept, other = proposal.kept, proposal.other
    if (
        proposal.state != JoinProposal.State.OPEN
        or other.state != Resource.State.ACTIVE
        or kept.state != Resource.State.ACTIVE
    ):
        raise _changed()
    proposal.items = [holding.item_id for holding in Holding.objects.filter(resource=other).order_by("item")]
    Holding.objects.filter(resource=other).update(resource=kept)
    other.state, other.changed_at = Resource.State.MERGED, at
    other.save()
    Alias.objects.update_or_create(slug=other.slug, defaults={"resource": kept})
    Alias.objects.filter(resource=other).update(resource=kept)
    _decide(proposal, JoinProposal.State.JOINED, actor, at)
    refresh(kept, priorities(), at)
    _aim_again(kept, other)
    _log("catalogue.joined", proposal, actor, at)
    return kept


@transaction.atomic
def split_resource(*, proposal: JoinProposal, actor: str, at: datetime) -> Resource:
    """Undoes a join: each item goes back to its own resource, which takes its address again. Nothing is lost.

    The one kept may itself have been joined to a third since: the items are then taken back from that one.
    """
    proposal = _locked(proposal)
    other = proposal.other
    if proposal.state != JoinProposal.State.JOINED:
        raise Refused(Permit.no("Ces deux fiches ne sont pas réunies."), code="DCANT-K001")
    holder = Alias.objects.select_related("resource").get(slug=other.slug).resource
    Holding.objects.filter(item__in=proposal.items, resource=holder).update(resource=other)
    Alias.objects.filter(slug=other.slug).delete()
    Alias.objects.filter(slug__in=_joined_to(other)).update(resource=other)
    other.state, other.changed_at = Resource.State.ACTIVE, at
    other.save()
    _decide(proposal, JoinProposal.State.SPLIT, actor, at)
    for resource in (holder, other):
        refresh(resource, priorities(), at)
    _aim_again(holder, other)
    relate_codebases()
    _log("catalogue.split", proposal, actor, at)
    return other


@transaction.atomic
def refuse_join(*, proposal: JoinProposal, actor: str, at: datetime) -> None:
    """The two stay apart, and the pair is not proposed again. Raises Refused when the proposal is no longer open."""
    proposal = _locked(proposal)
    if proposal.state != JoinProposal.State.OPEN:
        raise _changed()
    _decide(proposal, JoinProposal.State.REFUSED, actor, at)


def _locked(proposal: JoinProposal) -> JoinProposal:
    """The proposal and its two resources as they are now, held until the end: two decisions never cross."""
    held = JoinProposal.objects.select_for_update().get(pk=proposal.pk)
    pair = Resource.objects.select_for_update().order_by("pk").in_bulk([held.kept_id, held.other_id])
    held.kept, held.other = pair[held.kept_id], pair[held.other_id]
    return held


def _changed() -> Refused:
    return Refused(Permit.no("Ces deux fiches ont changé depuis : rechargez la page."), code="DCANT-K001")


def _decide(proposal: JoinProposal, state: JoinProposal.State, actor: str, at: datetime) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by = state, at, actor
    proposal.save()


def _joined_to(resource: Resource) -> set[str]:
    """The addresses of all that was joined to a resource before it was joined itself."""
    slugs: set[str] = set()
    around = {resource.pk}
    while around:
        joined = JoinProposal.objects.filter(kept__in=around, state=JoinProposal.State.JOINED)
        rows = list(joined.values_list("other_id", "other__slug"))
        around = {pk for pk, slug in rows if slug not in slugs}
        slugs |= {slug for _, slug in rows}
    return slugs


def _aim_again(*resources: Resource) -> None:
    """Relations whose target was one of these find it again from the words of their source; none aims at itself."""
    Relation.objects.filter(target__in=resources).exclude(source=COMPARED).update(target=None)
    resolve_relations()


def _log(kind: str, proposal: JoinProposal, actor: str, at: datetime) -> None:
    body = {"resource": proposal.kept.slug, "other": proposal.other.slug, "because": proposal.because}
    write_entry(kind=kind, actor=actor, subject=digest(body), body=body, at=at)
