"""Who speaks for a seat and gave an address is told of meetings and votes; nobody else is, and no link names anybody."""

from datetime import timedelta

import pytest
from django.core import mail

from dcant.accounts.models import Mandate, Person
from dcant.catalogue.models import Digest
from dcant.governance.services.meetings import cancel_meeting, convene_meeting, plan_meeting
from governance.stage import founded, organisation_of

pytestmark = pytest.mark.django_db
ADDRESS = "mairie@exemple.fr"


@pytest.fixture
def stage(settings):
    settings.MAIL, settings.SITE_URL = True, "https://base.exemple.fr"
    return founded(notice_days=2)


def reader(name: str, address: str, *, role: str = "association", confirmed: bool = True) -> None:
    """A person with a mandate for the organisation of that seat, and an address for letters."""
    person = Person.objects.create(key=f"personne-{name}-{role}", label="Rôle")
    Mandate.objects.create(
        person=person, organisation=organisation_of(name), role=role, valid_from="2020-01-01", evidence="essai"
    )
    at = "2026-01-01T00:00:00Z" if confirmed else None
    Digest.objects.create(person=person, address=address, key=f"{name}-{role}", confirmed_at=at)


def meeting_of(stage):
    cycle = stage.cycle()
    waiting = stage.put(stage.draft())
    return plan_meeting(
        cycle=cycle,
        title="Séance d’essai",
        place="Salle commune",
        starts_at=stage.now + timedelta(days=9),
        decisions=[waiting],
        speaker=stage.secretariat,
    )


def test_a_meeting_convened_then_cancelled_is_told_to_those_who_speak_for_a_seat(
    stage, django_capture_on_commit_callbacks
):
    reader("t1", ADDRESS)
    reader("t2", "pas-confirmee@exemple.fr", confirmed=False)
    reader("t3", "auditeur@exemple.fr", role="auditor")
    reader("c7", "sans-siege@exemple.fr")
    meeting = meeting_of(stage)
    with django_capture_on_commit_callbacks(execute=True):
        convene_meeting(meeting=meeting, speaker=stage.secretariat, at=stage.later())
    with django_capture_on_commit_callbacks(execute=True):
        cancel_meeting(meeting=meeting, speaker=stage.secretariat, at=stage.later())
    convened, cancelled = mail.outbox
    assert [letter.to for letter in mail.outbox] == [[ADDRESS], [ADDRESS]]
    assert convened.subject == "Convocation : Séance d’essai"
    assert f"https://base.exemple.fr/seances/{meeting.code}/" in convened.body
    assert "Décider : action" in convened.body
    assert "n’aura pas lieu" in cancelled.body
    assert not [word for word in ("personne-t1", ADDRESS, "t1-association") if word in convened.body + cancelled.body]


def test_an_open_decision_is_told_with_its_deadline(stage, django_capture_on_commit_callbacks):
    reader("e1", ADDRESS, role="state")
    stage.cycle()
    decision = stage.put(stage.draft())
    with django_capture_on_commit_callbacks(execute=True):
        stage.open(decision)
    (letter,) = mail.outbox
    assert f"/decisions/{decision.code}/" in letter.body
    assert "jusqu’au" in letter.body


def test_a_site_without_mail_or_a_mail_that_fails_stops_no_act(stage, settings, django_capture_on_commit_callbacks):
    reader("t1", ADDRESS)
    stage.cycle()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with django_capture_on_commit_callbacks(execute=True):
        assert stage.open(stage.put(stage.draft("Une"))).state == "open"
    settings.MAIL = False
    with django_capture_on_commit_callbacks(execute=True):
        assert stage.open(stage.put(stage.draft("Deux"))).state == "open"
    assert mail.outbox == []
