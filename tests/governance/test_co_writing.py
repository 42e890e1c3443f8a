"""Writing together: amendments on one text, integrated, rejected, lapsed, carried over; nobody's words are lost."""

import pytest
from django.test import Client

from dcant.accounts.models import Mandate, Person, Role
from dcant.governance.models import ActionVersion, Amendment
from dcant.governance.rules.texts import StaleBase
from dcant.governance.services.actions import (
    amended_text,
    close_amendment,
    join_as_copilot,
    propose_action,
    rebase_amendment,
    submit_amendment,
)
from dcant.identifiers import Refused
from governance.stage import TEXT, Stage, everything, refused


def close(stage: Stage, amendment: Amendment, arrow: str, *, by: str = "t1", answer: str = "") -> Amendment:
    return close_amendment(
        amendment=amendment, arrow=arrow, answer=answer, speaker=stage.speakers[by], at=stage.later()
    )


def changed(place: int, words: str) -> str:
    """The text with one paragraph said otherwise."""
    parts = TEXT.split("\n\n")
    return "\n\n".join([*parts[:place], words, *parts[place + 1 :]])


def test_integrating_rewrites_the_draft_and_names_it_anew(stage):
    version = stage.draft()
    amendment = stage.amend(version, changed(1, "Second, précisé."))
    close(stage, amendment, "integrate")
    version.refresh_from_db()
    assert version.text == changed(1, "Second, précisé.")
    assert version.hash != amendment.base_hash


def test_amendments_on_the_same_paragraph_lapse_and_the_others_are_carried_over(stage):
    version = stage.draft()
    chosen = stage.amend(version, changed(0, "Premier, choisi."))
    rival = stage.amend(version, changed(0, "Premier, rival."), "t3")
    other = stage.amend(version, changed(2, "Troisième, autre."), "e2")
    close(stage, chosen, "integrate")
    for one in (rival, other):
        one.refresh_from_db()
    version.refresh_from_db()
    assert (rival.state, other.state) == ("lapsed", "submitted")
    assert (other.base_hash, amended_text(other)) == (
        version.hash,
        "Premier, choisi.\n\nSecond.\n\nTroisième, autre.",
    )
    close(stage, other, "integrate")
    version.refresh_from_db()
    assert version.text == "Premier, choisi.\n\nSecond.\n\nTroisième, autre."


def test_a_lapsed_amendment_is_carried_by_its_author_on_the_text_of_today(stage):
    version = stage.draft()
    chosen, rival = stage.amend(version, changed(0, "A.")), stage.amend(version, changed(0, "B."), "t3")
    close(stage, chosen, "integrate")
    rival.refresh_from_db()

    read = version.hash
    version.refresh_from_db()

    def carry(wanted: str, by: str, on: str = version.hash) -> Amendment:
        return rebase_amendment(
            amendment=rival, base_hash=on, wanted=wanted, speaker=stage.speakers[by], at=stage.later()
        )

    with pytest.raises(StaleBase):
        carry(changed(0, "A et B."), "t3", on=read)
    with refused("Seule une personne mandatée"):
        carry("A et B.", "t1")
    with refused("Ce texte est déjà celui du brouillon."):
        carry(changed(0, "A."), "t3")
    assert carry(changed(0, "A et B."), "t3").state == "submitted"
    close(stage, rival, "integrate")
    version.refresh_from_db()
    assert version.text == changed(0, "A et B.")


def test_an_amendment_is_rejected_with_a_reason_or_withdrawn_and_then_moves_no_more(stage):
    version = stage.draft()
    rejected, withdrawn = stage.amend(version, changed(0, "A.")), stage.amend(version, changed(1, "B."))
    with refused("Un amendement rejeté l’est avec une raison."):
        close(stage, rejected, "reject", answer=" ")
    assert close(stage, rejected, "reject", answer="Trop vague.").answer == "Trop vague."
    close(stage, withdrawn, "withdraw", by="t2")
    for one in (rejected, withdrawn):
        for arrow in ("integrate", "reject", "withdraw", "fly", ""):
            with refused("Cette étape n’est pas ouverte"):
                close(stage, one, arrow, answer="x")
    version.refresh_from_db()
    assert version.text == TEXT


def test_an_amendment_changes_something_and_says_why(stage):
    version = stage.draft()
    with refused("Un amendement change quelque chose, et dit pourquoi."):
        stage.amend(version, f"{TEXT}  \r\n\r\n ")
    with refused("Un amendement change quelque chose, et dit pourquoi."):
        submit_amendment(
            version=version,
            base_hash=version.hash,
            wanted="X",
            reason="  ",
            seat=stage.seats["t2"],
            speaker=stage.speakers["t2"],
            at=stage.now,
        )


def test_an_action_has_a_title_a_text_and_a_half_year_that_exists(stage):
    def propose(title: str = "Titre", text: str = "Texte", due: str = "") -> None:
        propose_action(
            axis=stage.programme.axes.first(),
            title=title,
            text=text,
            due=due,
            seat=stage.seats["e1"],
            speaker=stage.speakers["e1"],
            at=stage.now,
        )

    for wrong in ({"title": " "}, {"text": " \n\n "}):
        with refused("Une action a un titre et un texte."):
            propose(**wrong)
    with refused("Un semestre s’écrit comme 2018-S1"):
        propose(due="printemps")
    propose(due="2027-s1")
    propose()  # the same title: another address
    assert set(ActionVersion.objects.values_list("action__code", "due")) == {("titre", "2027-S1"), ("titre-2", "")}


def test_a_copilot_joins_a_draft_and_no_adopted_text(stage):
    version = stage.draft()
    join_as_copilot(version=version, seat=stage.seats["t2"], speaker=stage.speakers["t2"], at=stage.now)
    join_as_copilot(version=version, seat=stage.seats["t2"], speaker=stage.speakers["t2"], at=stage.now)
    assert version.copilots.count() == 3
    stage.decide(stage.put(version))
    version.refresh_from_db()
    with refused("Ce texte est adopté : il ne change plus."):
        join_as_copilot(version=version, seat=stage.seats["t3"], speaker=stage.speakers["t3"], at=stage.now)


def signed_in(stage: Stage, seat: str) -> Client:
    person = Person.objects.create(key=f"p-{seat}", label=seat)
    held = Mandate.objects.create(
        person=person,
        organisation=stage.seats[seat].organisation,
        role=Role.ASSOCIATION,
        valid_from=stage.now.date(),
        evidence="essai",
    )
    client = Client()
    client.force_login(person)
    session = client.session
    session["acting_for"] = held.pk
    session.save()
    return client


def test_of_two_people_who_write_at_once_the_second_sees_both_texts_and_loses_nothing(stage):
    version = stage.draft()
    first = stage.amend(version, changed(0, "Premier, par elle."))
    read = version.hash  # what the second person has on the screen
    close(stage, first, "integrate")
    before = everything()
    with pytest.raises(StaleBase, match="changé pendant que vous écriviez"):
        submit_amendment(
            version=version,
            base_hash=read,
            wanted=changed(2, "Troisième, par lui."),
            reason="R",
            seat=stage.seats["t3"],
            speaker=stage.speakers["t3"],
            at=stage.now,
        )
    assert everything() == before
    form = {
        "seat": stage.seats["t3"].key,
        "base": read,
        "wanted": changed(2, "Troisième, par lui."),
        "reason": "Ma raison.",
    }
    address = f"/actions/{version.action.code}/amender/"
    page = signed_in(stage, "t3").post(address, form)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Rien n’est perdu" in text
    assert "Troisième, par lui.</textarea>" in text
    assert 'value="Ma raison."' in text
    assert "elle" in "".join(text.split("<del>")[1:])  # what he would undo is shown
    version.refresh_from_db()
    assert f'name="base" value="{version.hash}"' in text  # sent again, it is judged on the text of today


def test_two_people_who_write_on_the_same_base_both_have_their_amendment(stage):
    version = stage.draft()
    for seat, words in (("t2", "A."), ("t3", "B.")):
        stage.amend(version, changed(0, words), seat)
    assert sorted(amended_text(one).partition("\n")[0] for one in Amendment.objects.all()) == ["A.", "B."]


def test_integrating_what_the_page_showed_before_another_integration_is_refused_by_a_page(stage):
    version = stage.draft()
    chosen, rival = stage.amend(version, changed(0, "A.")), stage.amend(version, changed(0, "B."), "t3")
    close(stage, chosen, "integrate")
    answer = signed_in(stage, "t1").post(f"/amendements/{rival.pk}/", {"arrow": "integrate"})
    assert answer.status_code == 403
    with pytest.raises(Refused):
        close(stage, rival, "integrate")
