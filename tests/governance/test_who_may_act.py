"""Who may do what, and when: each act is tried by those who may not, refused in its own words, and leaves nothing."""

from datetime import timedelta

import pytest

from dcant.governance.models import Action, Amendment, Decision, Objection, Proxy
from dcant.governance.rules.permits import charter_faults
from dcant.governance.services.actions import (
    close_amendment,
    enrich_action,
    join_as_copilot,
    link_resources,
    propose_action,
    rebase_amendment,
    submit_amendment,
)
from dcant.governance.services.cycles import (
    assess,
    begin_review,
    draft_balance_sheet,
    draft_roadmap,
    open_cycle,
    plan_cycle,
)
from dcant.governance.services.decisions import (
    cast_ballot,
    close_decision,
    close_objection,
    draft_decision,
    give_proxy,
    open_decision,
    raise_objection,
    reconvene,
    record_reservation,
)
from dcant.governance.services.founding import (
    FIRST_CHARTER,
    close_seat,
    create_programme,
    open_seat,
    publish_first_charter,
    write_charter,
)
from dcant.governance.services.speaking import Speaker
from dcant.identifiers import HalfYear, Refused
from dcant.territories.models import College, Organisation
from governance.stage import Stage, founded, organisation_of, refused

ONLY_SECRETARIAT = "Seul le secrétariat du programme peut faire cela."
ONLY_SEAT = "Seule une personne mandatée par l’organisation qui tient le siège peut parler pour lui."
NOBODY = Speaker(Organisation(key="personne", name=""), "")


@pytest.fixture
def busy(stage) -> Stage:
    """A half-year with a draft amended, a vote open, a consent with its objection."""
    stage.cycle()
    stage.adopt("Action adoptée")
    stage.amend(stage.draft("Brouillon"), "Premier, autrement.\n\nSecond.\n\nTroisième.")
    stage.open(stage.put(stage.draft("Au vote")))
    consent = stage.open(stage.put(stage.draft("En consentement"), consent=True))
    raise_objection(
        decision=consent, seat=stage.seats["t3"], reason="Trop cher.", speaker=stage.speakers["t3"], at=stage.later()
    )
    return stage


def version(title: str):
    return Action.objects.get(title=title).versions.first()


def vote() -> Decision:
    return Decision.objects.get(rule="double_majority", state="open")


# Each act of the secretariat, by anybody.
BY_SECRETARIAT = {
    "create_programme": lambda s, who: create_programme(title="A", period="B", axes=["C"], speaker=who, at=s.now),
    "open_seat": lambda s, who: open_seat(
        programme=s.programme,
        college=College.objects.get(key="etat"),
        organisation=organisation_of("e9"),
        speaker=who,
        at=s.now,
    ),
    "close_seat": lambda s, who: close_seat(seat=s.seats["e2"], speaker=who, at=s.now),
    "write_charter": lambda s, who: write_charter(charter=s.programme.charters.get(), body={}, speaker=who),
    "publish_first_charter": lambda s, who: publish_first_charter(
        charter=s.programme.charters.get(), speaker=who, at=s.now
    ),
    "plan_cycle": lambda s, who: plan_cycle(programme=s.programme, half_year=HalfYear(2027, 1), speaker=who, at=s.now),
    "open_cycle": lambda s, who: open_cycle(cycle=s.programme.cycles.get(), speaker=who, at=s.now),
    "draft_roadmap": lambda s, who: draft_roadmap(cycle=s.programme.cycles.get(), items=[], speaker=who),
    "begin_review": lambda s, who: begin_review(cycle=s.programme.cycles.get(), speaker=who, at=s.now),
    "draft_balance_sheet": lambda s, who: draft_balance_sheet(cycle=s.programme.cycles.get(), speaker=who),
    "draft_decision": lambda s, who: draft_decision(
        programme=s.programme, cycle=None, purpose="action", title="T", target=version("Brouillon"), speaker=who
    ),
    "open_decision": lambda s, who: open_decision(decision=vote(), deadline=s.now, speaker=who, at=s.now),
    "close_decision": lambda s, who: close_decision(decision=vote(), speaker=who, at=s.now + timedelta(days=60)),
    "reconvene": lambda s, who: reconvene(decision=vote(), deadline=s.now, speaker=who, at=s.now),
    "stand": lambda s, who: close_objection(objection=Objection.objects.get(), arrow="stand", speaker=who, at=s.now),
    "take in": lambda s, who: close_objection(
        objection=Objection.objects.get(), arrow="integrate", speaker=who, at=s.now
    ),
}
# Each act of the seat t3, by anybody else.
BY_SEAT = {
    "propose_action": lambda s, who: propose_action(
        axis=s.programme.axes.first(), title="T", text="U", seat=s.seats["t3"], speaker=who, at=s.now
    ),
    "enrich_action": lambda s, who: enrich_action(
        action=Action.objects.get(title="Action adoptée"), seat=s.seats["t3"], speaker=who, at=s.now
    ),
    "join_as_copilot": lambda s, who: join_as_copilot(
        version=version("Brouillon"), seat=s.seats["t3"], speaker=who, at=s.now
    ),
    "link_resources": lambda s, who: link_resources(
        action=Action.objects.get(title="Brouillon"), slugs=["x"], seat=s.seats["t3"], speaker=who, at=s.now
    ),
    "submit_amendment": lambda s, who: submit_amendment(
        version=version("Brouillon"),
        base_hash=version("Brouillon").hash,
        wanted="Autre.",
        reason="R",
        seat=s.seats["t3"],
        speaker=who,
        at=s.now,
    ),
    "cast_ballot": lambda s, who: cast_ballot(decision=vote(), seat=s.seats["t3"], value="for", speaker=who, at=s.now),
    "give_proxy": lambda s, who: give_proxy(
        decision=vote(), from_seat=s.seats["t3"], to_seat=s.seats["t1"], speaker=who, at=s.now
    ),
    "raise_objection": lambda s, who: raise_objection(
        decision=Decision.objects.get(rule="consent"), seat=s.seats["t3"], reason="R", speaker=who, at=s.now
    ),
    "withdraw": lambda s, who: close_objection(
        objection=Objection.objects.get(), arrow="withdraw", speaker=who, at=s.now
    ),
    "assess": lambda s, who: assess(
        cycle=s.programme.cycles.get(),
        action=Action.objects.get(title="Action adoptée"),
        seat=s.seats["t3"],
        grade="realisee",
        evidence="",
        speaker=who,
        at=s.now,
    ),
}


def others(stage: Stage) -> list[Speaker]:
    """Neither the secretariat nor t3: another seat of each side, a town hall without seat, a visitor."""
    town_hall = Speaker(organisation_of("c7"), "agent")
    return [stage.speakers["t1"], stage.speakers["e1"], town_hall, NOBODY]


@pytest.mark.parametrize("act", BY_SECRETARIAT)
def test_what_belongs_to_the_secretariat_is_refused_to_everyone_else_and_leaves_nothing(busy, act):
    for who in [*others(busy), busy.speakers["t3"]]:
        with refused(ONLY_SECRETARIAT):
            BY_SECRETARIAT[act](busy, who)


@pytest.mark.parametrize("act", BY_SEAT)
def test_what_belongs_to_a_seat_is_refused_to_everyone_else_the_secretariat_included(busy, act):
    for who in [*others(busy), busy.secretariat]:
        with refused(ONLY_SEAT):
            BY_SEAT[act](busy, who)


def test_a_closed_seat_speaks_no_more_from_the_next_day(busy):
    close_seat(seat=busy.seats["t3"], speaker=busy.secretariat, at=busy.now)
    busy.later(days=1)
    with refused(ONLY_SEAT):
        busy.vote(vote(), {"t3": "for"})


def test_only_copilots_integrate_or_reject_and_only_the_author_withdraws(busy):
    amendment = Amendment.objects.get()
    for who in (busy.speakers["t3"], busy.speakers["t2"], busy.secretariat, NOBODY):
        for arrow in ("integrate", "reject"):
            with refused("Intégrer ou rejeter un amendement revient aux copilotes de l’action."):
                close_amendment(amendment=amendment, arrow=arrow, answer="Non.", speaker=who, at=busy.now)
    for who in (busy.speakers["t1"], busy.secretariat, NOBODY):
        with refused(ONLY_SEAT):
            close_amendment(amendment=amendment, arrow="withdraw", answer="", speaker=who, at=busy.now)
    with refused("Cette étape n’est pas ouverte"):  # it lapses by rule, never by choice
        close_amendment(amendment=amendment, arrow="lapse", answer="", speaker=busy.speakers["t1"], at=busy.now)
    with refused("Cette étape n’est pas ouverte"):
        rebase_amendment(
            amendment=amendment, base_hash=amendment.version.hash, wanted="X", speaker=busy.speakers["t2"], at=busy.now
        )


def test_whoever_belongs_to_no_organisation_makes_no_reservation(busy):
    with refused("organisation"):
        record_reservation(decision=vote(), text="Nous verrons.", speaker=NOBODY, at=busy.now)


# When: each act out of its time, and what it asks that is missing.
TOO_EARLY = {
    "a roadmap before the half-year": (
        "Cette étape n’est pas ouverte",
        lambda s, c: draft_roadmap(cycle=c, items=[], speaker=s.secretariat),
    ),
    "a review before the roadmap": (
        "Cette étape n’est pas ouverte",
        lambda s, c: begin_review(cycle=c, speaker=s.secretariat, at=s.now),
    ),
    "a balance sheet before the review": (
        "Cette étape n’est pas ouverte",
        lambda s, c: draft_balance_sheet(cycle=c, speaker=s.secretariat),
    ),
    "an assessment before the review": (
        "L’évaluation n’est pas ouverte.",
        lambda s, c: assess(
            cycle=c,
            action=s.draft().action,
            seat=s.seats["t3"],
            grade="realisee",
            evidence="",
            speaker=s.speakers["t3"],
            at=s.now,
        ),
    ),
}


@pytest.mark.parametrize("case", TOO_EARLY)
def test_a_step_of_the_half_year_is_not_taken_before_its_turn(stage, case):
    cycle = plan_cycle(programme=stage.programme, half_year=HalfYear(2026, 1), speaker=stage.secretariat, at=stage.now)
    because, do = TOO_EARLY[case]
    with pytest.raises(Refused, match=because):
        do(stage, cycle)


def test_a_half_year_opens_once_and_only_when_no_other_is_under_way(stage):
    cycle = stage.cycle()
    following = plan_cycle(
        programme=stage.programme, half_year=HalfYear(2026, 2), speaker=stage.secretariat, at=stage.now
    )
    with refused("Le semestre 2026-S1 est encore en cours : publiez d’abord son bilan."):
        open_cycle(cycle=following, speaker=stage.secretariat, at=stage.now)
    with refused("Cette étape n’est pas ouverte"):
        open_cycle(cycle=cycle, speaker=stage.secretariat, at=stage.now)
    with refused("Le semestre 2026-S1 existe déjà."):
        plan_cycle(programme=stage.programme, half_year=HalfYear(2026, 1), speaker=stage.secretariat, at=stage.now)


def test_nothing_opens_nor_is_put_to_the_vote_without_a_charter(stage):
    other = create_programme(title="Autre", period="2027", axes=["Un"], speaker=stage.secretariat, at=stage.now)
    cycle = plan_cycle(programme=other, half_year=HalfYear(2027, 1), speaker=stage.secretariat, at=stage.now)
    with refused("La charte n’est pas encore publiée"):
        open_cycle(cycle=cycle, speaker=stage.secretariat, at=stage.now)
    target = stage.draft()
    with refused("La charte n’est pas encore publiée"):
        draft_decision(
            programme=other, cycle=None, purpose="action", title="T", target=target, speaker=stage.secretariat
        )


def test_a_programme_has_a_title_an_axis_and_a_name_of_its_own(stage):
    for title, axes in (("  ", ["Un"]), ("Titre", ["", " "])):
        with refused("Un programme a un titre et un axe au moins."):
            create_programme(title=title, period="2027", axes=axes, speaker=stage.secretariat, at=stage.now)
    with refused("Un programme de ce nom existe déjà"):
        create_programme(
            title="Programme d’essai", period="2026-2028", axes=["Un"], speaker=stage.secretariat, at=stage.now
        )


def test_an_organisation_holds_one_seat_even_on_the_day_it_changes_college(stage):
    with refused("Cette organisation tient déjà un siège."):
        stage.add_seat("e1")
    close_seat(seat=stage.seats["e1"], speaker=stage.secretariat, at=stage.now)
    with refused("Ce siège est déjà fermé."):
        close_seat(seat=stage.seats["e1"], speaker=stage.secretariat, at=stage.now)
    with refused("Cette organisation tient déjà un siège."):  # until tonight
        stage.add_seat("e1")
    stage.later(days=1)
    stage.add_seat("e1")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"voices": {"etat": "deliberative", "territoires": "consultative"}}, "Il faut deux collèges délibératifs"),
        ({"voices": None}, "Il faut deux collèges délibératifs au moins."),
        ({"rules": {"action": "double_majority"}}, "Aucune règle n’est choisie pour « roadmap »."),
        ({"rules": dict.fromkeys(("action", "roadmap", "balance_sheet", "charter"), "loud")}, "Aucune règle"),
        (
            {"rules": dict.fromkeys(("action", "roadmap", "balance_sheet", "charter"), "consent")},
            "Changer la charte demande la majorité qualifiée.",
        ),
        ({"notice_days": -1}, "« notice_days » doit être un nombre de jours."),
        ({"consent_days": True}, "« consent_days » doit être un nombre de jours."),
        ({"consent_days": 366}, "« consent_days » doit être un nombre de jours."),
    ],
)
def test_a_charter_that_lacks_something_says_what(change, fault):
    found = charter_faults({**FIRST_CHARTER, **change}, {"etat": 1, "territoires": 1})
    assert any(one.startswith(fault) for one in found), found
    assert charter_faults(FIRST_CHARTER, {"etat": 1, "territoires": 1}) == []


@pytest.mark.django_db
def test_a_charter_is_not_published_while_a_college_has_no_seat():
    with pytest.raises(Refused, match="« territoires » n’a aucun siège"):
        founded(seats="e1 e2")


def test_a_published_charter_changes_no_more(stage):
    charter = stage.programme.charters.get()
    with refused("Cette étape n’est pas ouverte"):
        write_charter(charter=charter, body={}, speaker=stage.secretariat)
    with refused("Cette étape n’est pas ouverte"):
        publish_first_charter(charter=charter, speaker=stage.secretariat, at=stage.now)


def test_a_second_charter_is_never_published_by_the_secretariat_alone(stage):
    second = stage.programme.charters.create(number=2, body=dict(FIRST_CHARTER))
    with refused("Changer la charte demande une décision à la majorité qualifiée."):
        publish_first_charter(charter=second, speaker=stage.secretariat, at=stage.now)


def test_a_proxy_goes_to_another_seat_of_the_same_college_one_for_each_holder_and_never_passes_on(busy):
    def give(one: str, other: str) -> Proxy:
        return give_proxy(
            decision=vote(),
            from_seat=busy.seats[one],
            to_seat=busy.seats[other],
            speaker=busy.speakers[one],
            at=busy.now,
        )

    for other in ("e1", "t1"):
        with refused("On donne procuration à un autre siège de son propre collège."):
            give("t1", other)
    give("t1", "t2")
    with refused("Ce siège porte déjà une procuration : une seule par siège."):
        give("t3", "t2")
    with refused("Une procuration ne se transmet pas"):
        give("t2", "t3")
    busy.vote(vote(), dict.fromkeys(busy.seats, "for"))
    closed = busy.close(vote())
    with refused("Cette décision n’est plus ouverte."):
        give_proxy(
            decision=closed,
            from_seat=busy.seats["e1"],
            to_seat=busy.seats["e2"],
            speaker=busy.speakers["e1"],
            at=busy.now,
        )
