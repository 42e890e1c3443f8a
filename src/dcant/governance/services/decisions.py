"""Decisions: a text frozen by its hash, an electorate, ballots in public, and an outcome that follows by rule alone."""

from datetime import datetime
from fractions import Fraction
from itertools import count

from django.db import transaction
from django.db.models import Q, QuerySet

from dcant.governance.letters import tell_decision
from dcant.governance.models import (
    Ballot,
    Cycle,
    Decision,
    Objection,
    Programme,
    Proxy,
    Reservation,
    Seat,
)
from dcant.governance.models.decisions import Target
from dcant.governance.rules import counting as rule
from dcant.governance.rules.machines import DECISION, DOCUMENT, OBJECTION, follow
from dcant.governance.rules.permits import (
    can_close,
    can_follow,
    can_give_proxy,
    can_open_decision,
    can_reconvene,
    can_vote,
    ruled_as,
)
from dcant.governance.services.effects import apply_adopted
from dcant.governance.services.founding import charter_in_force
from dcant.governance.services.freezing import (
    FIELDS,
    electorate_of,
    follow_charter,
    freeze,
    require_undecided,
    still,
    target_of,
)
from dcant.governance.services.meetings import require_notice
from dcant.governance.services.speaking import Speaker, alone, log, require, require_seat, require_secretariat
from dcant.identifiers import Permit
from dcant.record.services import digest


@transaction.atomic
def draft_decision(
    *,
    programme: Programme,
    cycle: Cycle | None,
    purpose: str,
    title: str,
    target: Target,
    speaker: Speaker,
    consent: bool = False,
) -> Decision:
    """A decision to come on one target; its rule is that of the charter for this purpose, or consent where it is chosen."""
    require_secretariat(speaker)
    alone(programme, target)
    charter = charter_in_force(programme)
    if charter is None:
        require(Permit.no("La charte n’est pas encore publiée : on ne sait pas encore décider."))
        raise AssertionError
    if _pending(FIELDS[purpose], target).exists():
        require(Permit.no("Une décision porte déjà sur ce texte."))
    chosen = charter.body["rules"][ruled_as(purpose)]
    return Decision.objects.create(
        programme=programme,
        cycle=cycle,
        code=_free_code(programme),
        purpose=purpose,
        title=title.strip()[:300],
        rule=rule.CONSENT if consent and ruled_as(purpose) == Decision.Purpose.ACTION else chosen,
        charter=charter,
        demo=programme.demo,
        **{FIELDS[purpose]: target},
    )


def _free_code(programme: Programme) -> str:
    """Numbered in its programme; two programmes whose names begin alike share the numbers."""
    stem = programme.slug[:24].strip("-")
    taken = set(Decision.objects.filter(code__startswith=f"{stem}-").values_list("code", flat=True))
    first = Decision.objects.filter(programme=programme).count() + 1
    return next(code for number in count(first) if (code := f"{stem}-{number}") not in taken)


def _pending(field: str, target: Target) -> QuerySet[Decision]:
    """Decisions on one target that wait, are open, or may still be reconvened on the same text."""
    again = Q(state="no_quorum", reconvened=False, charter__body__reconvene=True, text_hash=target.hash)
    return Decision.objects.filter(Q(state__in=["draft", "open"]) | again, **{field: target})


@transaction.atomic
def open_decision(*, decision: Decision, deadline: datetime, speaker: Speaker, at: datetime) -> Decision:
    """Freezes text, charter and electorate; from here on only ballots and objections come in (invariants I6, I12)."""
    require_secretariat(speaker)
    decision = _locked(decision)
    alone(decision.programme)
    follow_charter(decision, at)
    require_notice(decision, at)
    consent_days = int(decision.charter.body["consent_days"])
    require(
        can_open_decision(
            state=decision.state, deadline=deadline, now=at, rule=decision.rule, consent_days=consent_days
        )
    )
    freeze(decision, at)
    decision.electorate = electorate_of(decision, at)
    decision.state, decision.opened_at, decision.deadline = follow(DECISION, decision.state, "open"), at, deadline
    decision.save()
    body = {
        "programme": decision.programme.slug,
        "decision": decision.code,
        "purpose": decision.purpose,
        "target": target_of(decision),
        "rule": decision.rule,
        "text": decision.text_hash,
        "charter": {
            "hash": decision.charter.hash,
            "quorum": decision.charter.body["quorum"],
            "threshold": decision.charter.body["threshold"],
        },
        "electorate": decision.electorate,
        "deadline": deadline.isoformat(timespec="seconds"),
    }
    log("decision.opened", speaker, body, at, demo=decision.demo)
    transaction.on_commit(lambda: tell_decision(decision, at))
    return decision


@transaction.atomic
def give_proxy(*, decision: Decision, from_seat: Seat, to_seat: Seat, speaker: Speaker, at: datetime) -> Proxy:
    """A seat lets another of its college speak for it, for this decision alone."""
    require_seat(speaker, from_seat, at.date())
    decision = _locked(decision)
    same = from_seat.college_id == to_seat.college_id and from_seat.programme_id == to_seat.programme_id
    require(
        can_give_proxy(
            same_college=same, itself=from_seat.pk == to_seat.pk, open_decision=decision.state in {"draft", "open"}
        )
    )
    if Proxy.objects.filter(decision=decision, to_seat=to_seat).exclude(from_seat=from_seat).exists():
        require(Permit.no("Ce siège porte déjà une procuration : une seule par siège."))
    if Proxy.objects.filter(decision=decision, to_seat=from_seat).exists():
        require(Permit.no("Une procuration ne se transmet pas : ce siège en porte une."))
    keys = {one["seat"] for one in decision.electorate}
    if decision.state == "open" and not {from_seat.key, to_seat.key} <= keys:
        require(Permit.no("Ce siège n’était pas du corps électoral quand la décision s’est ouverte."))
    # The ballot of a former holder goes with its proxy.
    given = Ballot.objects.filter(decision=decision, seat=from_seat, by=rule.PROXY).exclude(holder=to_seat)
    given.effective().update(superseded_at=at)
    proxy, _ = Proxy.objects.update_or_create(decision=decision, from_seat=from_seat, defaults={"to_seat": to_seat})
    body = {"decision": decision.code, "from": from_seat.key, "to": to_seat.key}
    log("proxy.given", speaker, body, at, demo=decision.demo)
    return proxy


@transaction.atomic
def cast_ballot(*, decision: Decision, seat: Seat, value: str, speaker: Speaker, at: datetime) -> Ballot:
    """A seat says, itself or by the seat that holds its proxy; said again before the deadline, the last word counts."""
    decision = _locked(decision)
    keys = {one["seat"] for one in decision.electorate}
    mine = {one.pk: one for one in speaker.seats(decision.programme, at.date())}
    proxy = Proxy.objects.filter(decision=decision, from_seat=seat, to_seat__in=list(mine)).first()
    by = rule.DIRECT if seat.pk in mine else rule.PROXY
    holder = proxy.to_seat if by == rule.PROXY and proxy else None
    if by == rule.PROXY and holder is None:
        require_seat(speaker, seat, at.date())
    require(
        can_vote(
            state=decision.state,
            now=at,
            deadline=decision.deadline,
            in_electorate=seat.key in keys and (holder is None or holder.key in keys),
            rule=decision.rule,
            value=value,
        )
    )
    Ballot.objects.filter(decision=decision, seat=seat, by=by).effective().update(superseded_at=at)
    ballot = Ballot.objects.create(decision=decision, seat=seat, value=value, by=by, holder=holder, at=at)
    body = {"decision": decision.code, "seat": seat.key, "value": value, "by": by, "text": decision.text_hash}
    log("ballot.cast", speaker, body | ({"holder": holder.key} if holder else {}), at, demo=decision.demo)
    return ballot


@transaction.atomic
def raise_objection(*, decision: Decision, seat: Seat, reason: str, speaker: Speaker, at: datetime) -> Objection:
    """A consent meets an objection, with its reason."""
    require_seat(speaker, seat, at.date())
    decision = _locked(decision)
    if decision.rule != rule.CONSENT:
        require(Permit.no("On objecte à un consentement ; ailleurs on vote contre."))
    keys = {one["seat"] for one in decision.electorate}
    acknowledged = can_vote(
        state=decision.state,
        now=at,
        deadline=decision.deadline,
        in_electorate=seat.key in keys,
        rule=decision.rule,
        value=rule.ACK,
    )
    require(acknowledged)
    if not reason.strip():
        require(Permit.no("Une objection dit sa raison."))
    objection = Objection.objects.create(decision=decision, seat=seat, reason=reason.strip()[:600], at=at)
    body = {"decision": decision.code, "objection": objection.pk, "seat": seat.key}
    log("objection.raised", speaker, body, at, demo=decision.demo)
    return objection


@transaction.atomic
def close_objection(*, objection: Objection, arrow: str, speaker: Speaker, at: datetime) -> Objection:
    """Its author withdraws it; the secretariat notes that it stands, or that the text will take it in.

    Taken in, it ends this round: the decision is withdrawn and the text is free to change, for a new decision on its new hash.
    """
    if arrow == "withdraw":
        require_seat(speaker, objection.seat, at.date())
    else:
        require_secretariat(speaker)
    decision = _locked(objection.decision)
    objection = Objection.objects.select_for_update(of=("self",)).select_related("seat").get(pk=objection.pk)
    if decision.state != "open" or decision.deadline is None or at > decision.deadline:
        require(Permit.no("Le vote est clos : cette objection reste comme elle était."))
    require(can_follow(machine=OBJECTION, state=objection.state, arrow=arrow))
    objection.state, objection.closed_at = follow(OBJECTION, objection.state, arrow), at
    objection.save()
    body = {"decision": decision.code, "objection": objection.pk, "state": objection.state}
    log("objection.closed", speaker, body, at, demo=decision.demo)
    if arrow == "integrate":
        decision.state, decision.closed_at = follow(DECISION, decision.state, "withdraw"), at
        decision.save()
        _thaw(decision)
        log(
            "decision.withdrawn",
            speaker,
            {"decision": decision.code, "text": decision.text_hash},
            at,
            demo=decision.demo,
        )
    return objection


@transaction.atomic
def close_decision(*, decision: Decision, speaker: Speaker, at: datetime) -> Decision:
    """Counts by rule, and does what was decided: an action adopted, a roadmap or a balance sheet published."""
    require_secretariat(speaker)
    decision = _locked(decision)
    heard = decision.ballots.effective().values("seat").distinct().count()
    require(
        can_close(state=decision.state, now=at, deadline=decision.deadline, waiting=len(decision.electorate) - heard)
    )
    found = outcome_of(decision)
    arrow = {rule.ADOPTED: "adopt", rule.REJECTED: "reject", rule.NO_QUORUM: "lack_quorum"}[found.outcome]
    decision.state, decision.closed_at = follow(DECISION, decision.state, arrow), at
    decision.outcome = found.as_dict()
    decision.save()
    body = {"decision": decision.code, "text": decision.text_hash, "outcome": decision.outcome}
    log("decision.closed", speaker, body, at, demo=decision.demo)
    if found.outcome == rule.ADOPTED:
        apply_adopted(decision=decision, speaker=speaker, at=at)
    elif found.outcome == rule.REJECTED or decision.reconvened or not decision.charter.body.get("reconvene"):
        _thaw(decision)
    return decision


def _thaw(decision: Decision) -> None:
    """A refused roadmap, balance sheet or charter is a draft again: the next decision is on a new text or the same."""
    for document in (decision.roadmap, decision.balance_sheet, decision.new_charter):
        if document is not None:
            document.state = follow(DOCUMENT, document.state, "thaw")
            document.save(update_fields=["state"])


@transaction.atomic
def reconvene(*, decision: Decision, deadline: datetime, speaker: Speaker, at: datetime) -> Decision:
    """A decision without quorum opens once more, on the same text and electorate, ballots kept."""
    require_secretariat(speaker)
    decision = _locked(decision)
    alone(decision.programme)
    require(
        can_reconvene(
            state=decision.state,
            reconvened=decision.reconvened,
            allowed=bool(decision.charter.body.get("reconvene")),
            deadline=deadline,
            now=at,
        )
    )
    require_notice(decision, at)
    require_undecided(decision)
    version = still(decision)
    if version is not None and (version.state != "draft" or version.hash != decision.text_hash):
        require(Permit.no("Le texte a changé depuis cette décision : préparez-en une nouvelle."))
    if _pending(FIELDS[decision.purpose], decision.target).exclude(pk=decision.pk).exists():
        require(Permit.no("Une décision porte déjà sur ce texte."))
    decision.state, decision.deadline, decision.reconvened = (
        follow(DECISION, decision.state, "reconvene"),
        deadline,
        True,
    )
    decision.closed_at, decision.outcome = None, None
    decision.save()
    body = {"decision": decision.code, "deadline": deadline.isoformat(timespec="seconds")}
    log("decision.reconvened", speaker, body, at, demo=decision.demo)
    return decision


@transaction.atomic
def record_reservation(*, decision: Decision, text: str, speaker: Speaker, at: datetime) -> Reservation:
    """Any territory, at any time: what it keeps from a decision. Adopting binds nobody (invariant I13)."""
    if not speaker.organisation.pk:
        require(Permit.no("Une réserve se dit au nom d’une organisation : entrez d’abord sous un mandat."))
    if not text.strip():
        require(Permit.no("Une réserve dit ce qu’elle réserve."))
    reservation = Reservation.objects.create(
        decision=decision, organisation=speaker.organisation, text=text.strip()[:600], at=at
    )
    body = {"decision": decision.code, "reservation": reservation.pk, "text_hash": digest({"text": reservation.text})}
    log("reservation.recorded", speaker, body, at, demo=decision.demo)
    return reservation


def outcome_of(decision: Decision) -> rule.Outcome:
    """The outcome as the rule gives it now, from what is stored and nothing else (invariant I4). Two queries."""
    body = decision.charter.body
    charter = rule.Charter(decision.rule, quorum=Fraction(body["quorum"]), threshold=Fraction(body["threshold"]))
    seats = [rule.Seat(one["seat"], one["college"], one["voice"]) for one in decision.electorate]
    ballots = [
        rule.Ballot(one.seat.key, one.value, one.by, one.holder.key if one.holder else "")
        for one in decision.ballots.effective().select_related("seat", "holder")
    ]
    objections = [rule.Objection(one.seat.key, one.state) for one in decision.objections.select_related("seat")]
    return rule.outcome(charter, seats, ballots, objections)


def _locked(decision: Decision) -> Decision:
    return Decision.objects.select_for_update(of=("self",)).select_related("programme", "charter").get(pk=decision.pk)
