"""Co-writing: an action is proposed, drafted, amended by paragraph; its text is adopted by its hash."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from dcant.catalogue.models import Resource
from dcant.governance.models import Action, ActionResource, ActionVersion, Amendment, Axis, Seat
from dcant.governance.rules.machines import AMENDMENT, ENDED
from dcant.governance.rules.permits import can_follow
from dcant.governance.rules.texts import (
    Operation,
    StaleBase,
    clean,
    integrate,
    operations_between,
    rebase,
    text_hash,
    touched,
)
from dcant.governance.services.speaking import Speaker, alone, log, require, require_seat
from dcant.identifiers import HalfYear, IdentifierError, Permit, Slug

CLOSING = ("integrate", "reject", "withdraw")  # by somebody; what lapses does so by rule


@transaction.atomic
def propose_action(
    *,
    axis: Axis,
    title: str,
    text: str,
    seat: Seat,
    speaker: Speaker,
    at: datetime,
    due: str = "",
    deliverables: str = "",
    split_from: Action | None = None,
) -> Action:
    """A seat proposes an action, perhaps drawn out of another; its first draft is open to amendments at once, and its author pilots it."""
    require_seat(speaker, seat, at.date())
    if split_from is not None and split_from.axis.programme_id != axis.programme_id:
        require(Permit.no("Cette action est d’un autre programme."))
    if not title.strip() or not clean(text):
        require(Permit.no("Une action a un titre et un texte."))
    source = {"title": "Proposée sur ce site", "publisher": seat.organisation.name, "date": at.date().isoformat()}
    action = Action.objects.create(
        code=_free_code(title),
        axis=axis,
        nature=Action.Nature.PROPOSED,
        title=title.strip()[:300],
        statement=clean(text).split("\n\n")[0],
        source=source,
        state="drafting",
        split_from=split_from,
        demo=axis.programme.demo,
    )
    version = ActionVersion(
        action=action, number=1, due=_half_year(due), deliverables=deliverables.strip(), created_at=at
    )
    version.rewrite(clean(text))
    version.save()
    version.copilots.add(seat)
    body = {
        "programme": axis.programme.slug,
        "action": action.code,
        "axis": axis.number,
        "seat": seat.key,
        "text": version.hash,
    }
    origin = {"split_from": split_from.code} if split_from else {}
    log("action.proposed", speaker, body | origin, at, demo=action.demo)
    return action


def _free_code(title: str) -> str:
    base = Slug.from_title(title).text[:34].strip("-")
    taken = set(Action.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(
        code for code in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))) if code not in taken
    )


def _half_year(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return str(HalfYear.parse(text))
    except IdentifierError as error:
        require(Permit.no(error.message))
        raise


@transaction.atomic
def enrich_action(*, action: Action, seat: Seat, speaker: Speaker, at: datetime) -> ActionVersion:
    """A new draft of an adopted action, from its text in force; its copilots stay."""
    require_seat(speaker, seat, at.date())
    alone(seat.programme, action)
    current = action.versions.filter(state="adopted").first()
    if current is None or action.state != "adopted" or action.versions.filter(state="draft").exists():
        require(Permit.no("On enrichit une action adoptée, un brouillon à la fois."))
        raise AssertionError
    version = ActionVersion(
        action=action, number=current.number + 1, deliverables=current.deliverables, due=current.due, created_at=at
    )
    version.rewrite(current.text)
    version.save()
    version.copilots.set(current.copilots.all())
    body = {"action": action.code, "number": version.number, "seat": seat.key, "text": version.hash}
    log("action.enriched", speaker, body | {"copilots": _keys(version)}, at, demo=action.demo)
    return version


def _keys(version: ActionVersion) -> list[str]:
    return sorted(version.copilots.values_list("key", flat=True))


@transaction.atomic
def join_as_copilot(*, version: ActionVersion, seat: Seat, speaker: Speaker, at: datetime) -> None:
    """A seat takes its part in piloting a draft."""
    require_seat(speaker, seat, at.date())
    version = _locked(version)
    _require_draft(version)
    if version.copilots.filter(pk=seat.pk).exists():
        return
    version.copilots.add(seat)
    body = {"action": version.action.code, "number": version.number, "seat": seat.key}
    log("action.copilot_joined", speaker, body, at, demo=version.action.demo)


@transaction.atomic
def link_resources(*, action: Action, slugs: Sequence[str], seat: Seat, speaker: Speaker, at: datetime) -> None:
    """The resources of the common base that an action builds on."""
    require_seat(speaker, seat, at.date())
    linked = []
    for order, resource in enumerate(Resource.objects.shown().by_slugs(slugs).values()):
        _, new = ActionResource.objects.get_or_create(action=action, resource=resource, defaults={"order": order})
        linked += [resource.slug] if new else []
    if linked:
        body = {"action": action.code, "seat": seat.key, "resources": linked}
        log("action.resources_linked", speaker, body, at, demo=action.demo)


@transaction.atomic
def submit_amendment(
    *, version: ActionVersion, base_hash: str, wanted: str, reason: str, seat: Seat, speaker: Speaker, at: datetime
) -> Amendment:
    """A seat rewrites a draft; what differs becomes an amendment, by paragraph, bound to the text it was written on.

    Raises StaleBase when the draft changed since `base_hash`: nothing is lost, the page shows both texts.
    """
    require_seat(speaker, seat, at.date())
    version = _locked(version)
    _require_draft(version)
    if version.hash != base_hash:
        raise StaleBase("Le texte a changé pendant que vous écriviez.")
    operations = operations_between(version.text, wanted)
    if not operations or not reason.strip():
        require(Permit.no("Un amendement change quelque chose, et dit pourquoi."))
    amendment = Amendment.objects.create(
        version=version,
        base=version.text,
        base_hash=version.hash,
        operations=[asdict(one) for one in operations],
        reason=reason.strip()[:400],
        seat=seat,
        at=at,
    )
    _log_submitted(amendment, speaker, at)
    return amendment


def _log_submitted(amendment: Amendment, speaker: Speaker, at: datetime) -> None:
    """Places and base, without the words: enough for anyone to find again which amendments lapse and which text comes out."""
    operations = operations_of(amendment)
    body = {
        "action": amendment.version.action.code,
        "amendment": amendment.pk,
        "base": amendment.base_hash,
        "seat": amendment.seat.key,
        "operations": [{"op": one.op, "paragraph": one.paragraph} for one in operations],
        "wanted": text_hash(amended_text(amendment)),
    }
    log("amendment.submitted", speaker, body, at, demo=amendment.version.action.demo)


@transaction.atomic
def close_amendment(*, amendment: Amendment, arrow: str, answer: str, speaker: Speaker, at: datetime) -> Amendment:
    """A copilot integrates or rejects, the author withdraws. Integrating makes those on the same paragraphs lapse.

    Raises StaleBase when it was written on another text than the current one.
    """
    version = _locked(amendment.version)
    amendment = Amendment.objects.select_for_update().select_related("seat", "version__action").get(pk=amendment.pk)
    _require_draft(version)
    require(can_follow(machine=AMENDMENT, state=amendment.state, arrow=arrow if arrow in CLOSING else ""))
    _require_closer(amendment, arrow, speaker, at)
    if arrow == "reject" and not answer.strip():
        require(Permit.no("Un amendement rejeté l’est avec une raison."))
    if arrow == "integrate":
        _integrate(version, amendment, at)
    amendment.state = AMENDMENT[amendment.state][arrow]
    amendment.answer, amendment.closed_at = answer.strip()[:400], at
    amendment.save()
    body = {"action": version.action.code, "amendment": amendment.pk, "state": amendment.state, "text": version.hash}
    log("amendment.closed", speaker, body, at, demo=version.action.demo)
    return amendment


def _integrate(version: ActionVersion, amendment: Amendment, at: datetime) -> None:
    before = version.text
    version.rewrite(integrate(before, amendment.base_hash, operations_of(amendment)))
    version.save()
    paragraphs = touched(operations_of(amendment))
    others = version.amendments.filter(state="submitted").exclude(pk=amendment.pk)
    for other in others:
        if touched(operations_of(other)) & paragraphs:
            other.state, other.closed_at = "lapsed", at
        else:
            other.operations = [asdict(one) for one in rebase(operations_of(other), operations_of(amendment))]
            other.base, other.base_hash = version.text, version.hash
        other.save()


@transaction.atomic
def rebase_amendment(*, amendment: Amendment, base_hash: str, wanted: str, speaker: Speaker, at: datetime) -> Amendment:
    """A lapsed amendment written again by its author on the present text. Raises StaleBase when that is no longer `base_hash`."""
    version = _locked(amendment.version)
    amendment = Amendment.objects.select_for_update().select_related("seat", "version__action").get(pk=amendment.pk)
    _require_draft(version)
    require(can_follow(machine=AMENDMENT, state=amendment.state, arrow="rebase"))
    require_seat(speaker, amendment.seat, at.date())
    if version.hash != base_hash:
        raise StaleBase("Le texte a changé pendant que vous écriviez.")
    operations = operations_between(version.text, wanted)
    if not operations:
        require(Permit.no("Ce texte est déjà celui du brouillon."))
    amendment.base, amendment.base_hash = version.text, version.hash
    amendment.operations = [asdict(one) for one in operations]
    amendment.state, amendment.closed_at = "submitted", None
    amendment.save()
    _log_submitted(amendment, speaker, at)
    return amendment


def operations_of(amendment: Amendment) -> list[Operation]:
    return [Operation(**row) for row in amendment.operations]


def amended_text(amendment: Amendment) -> str:
    """The text that the amendment wants, from the base it was written on."""
    return integrate(amendment.base, text_hash(amendment.base), operations_of(amendment))


def _require_closer(amendment: Amendment, arrow: str, speaker: Speaker, at: datetime) -> None:
    if arrow == "withdraw":
        require_seat(speaker, amendment.seat, at.date())
        return
    pilots = set(amendment.version.copilots.values_list("pk", flat=True))
    mine = {seat.pk for seat in speaker.seats(amendment.seat.programme, at.date())}
    if not pilots & mine:
        require(Permit.no("Intégrer ou rejeter un amendement revient aux copilotes de l’action."))


def _require_draft(version: ActionVersion) -> None:
    if version.action.state in ENDED:
        require(Permit.no("Cette action est terminée : son texte ne change plus."))
    if version.state != "draft":
        require(Permit.no("Ce texte est adopté : il ne change plus. Enrichissez l’action par une nouvelle version."))
    if version.decisions.filter(state="open").exists():
        require(Permit.no("Ce texte est soumis au vote : il ne change pas pendant que l’on décide."))


def _locked(version: ActionVersion) -> ActionVersion:
    return ActionVersion.objects.select_for_update().select_related("action__axis__programme").get(pk=version.pk)
