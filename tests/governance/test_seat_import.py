"""Seats from a table: each line says what is wrong with it, and either all seats open or none."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from dcant.governance.models import Seat
from dcant.governance.rules.seat_file import MOST_LINES, checked, read_seats
from dcant.governance.services.seats import import_seats, preview_seats
from dcant.record.models import Entry
from governance.stage import Stage, organisation_of, refused
from governance.test_governance_pages import signed_in

KNOWN = "Aucune organisation connue ne porte ce numéro : écrivez un SIREN ou un SIRET."
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(",;"))
def test_whatever_a_spreadsheet_writes_is_read_back_line_by_line(rows, separator):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows([("organisation", "autre", "college"), *((one, "x", two) for one, two in rows)])
    table = read_seats("\ufeff" + out.getvalue())
    assert [(line.college, line.organisation) for line in table.lines] == [
        (two.strip(), "".join(one.split())) for one, two in rows
    ]


@given(st.text(max_size=200))
def test_no_text_whatever_gives_anything_but_lines_or_a_sentence(text):
    table = checked(read_seats(text), colleges={"etat"}, known={}, seated=set())
    assert bool(table.fault) != bool(table.lines)
    assert not table.ready


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "La première ligne nomme deux colonnes"),
        ("college,nom\netat,x", "La première ligne nomme deux colonnes"),
        ("college,organisation,college\n", "La première ligne nomme deux colonnes"),
        ("college,organisation\n\n , \n", "Ce tableau n’a aucune ligne."),
        ('college,organisation\netat,"x', "Ce tableau ne se lit pas"),
        ("college,organisation\n" + "etat,x\n" * (MOST_LINES + 1), f"Un tableau porte {MOST_LINES} lignes au plus."),
    ],
)
def test_a_table_that_does_not_read_says_why(text, fault):
    assert read_seats(text).fault.startswith(fault)


def new(*names: str) -> list[str]:
    return [organisation_of(name).key for name in names]


def test_each_line_says_what_is_wrong_and_nothing_opens_while_one_is(stage: Stage):
    good, twice = new("e7", "t7")
    text = f"college;organisation\netat;{good}\nailleurs;{good}\nterritoires;{twice}\netat;{twice}\netat;404\n"
    text += f"etat;{stage.seats['e1'].organisation.key}\n"
    table = preview_seats(programme=stage.programme, text=text, at=stage.now)
    assert [(line.number, line.fault) for line in table.lines] == [
        (2, ""),
        (3, "Aucun collège ne s’appelle « ailleurs »."),
        (4, ""),
        (5, "Cette organisation tient déjà un siège."),
        (6, KNOWN),
        (7, "Cette organisation tient déjà un siège."),
    ]
    with refused("Une ligne au moins est à corriger : rien n’a été ouvert."):
        import_seats(programme=stage.programme, text=text, speaker=stage.secretariat, at=stage.now)
    with refused("Ce tableau n’a aucune ligne."):
        import_seats(programme=stage.programme, text="college,organisation", speaker=stage.secretariat, at=stage.now)


def test_a_right_table_opens_every_seat_with_its_line_of_the_log_under_the_permit_of_the_form(stage: Stage):
    keys = new("e7", "t7", "t8")
    text = "\n".join(["college,organisation", f"etat,{keys[0]}", f"territoires,{keys[1]}", f"territoires,{keys[2]}"])
    for name in ("e1", "t1"):
        with refused("Seul le secrétariat"):
            import_seats(programme=stage.programme, text=text, speaker=stage.speakers[name], at=stage.now)
    before = Entry.objects.count()
    opened = import_seats(programme=stage.programme, text=text, speaker=stage.secretariat, at=stage.now)
    assert [(one.college_id, one.organisation.key) for one in opened] == [
        ("etat", keys[0]),
        ("territoires", keys[1]),
        ("territoires", keys[2]),
    ]
    assert [one.type for one in Entry.objects.order_by("pk")[before:]] == ["seat.opened"] * 3
    with refused("Une ligne au moins"):
        import_seats(programme=stage.programme, text=text, speaker=stage.secretariat, at=stage.now)


def test_the_page_shows_each_line_before_it_opens_anything(stage: Stage):
    (key,) = new("t7")
    address = f"/colleges/{stage.programme.slug}/sieges/"
    client = signed_in(stage.secretariat.organisation, "secretariat")
    number = Seat.objects.count()
    wrong = client.post(address, {"text": f"college,organisation\nterritoires,{key}\netat,404"}).content.decode()
    assert KNOWN in wrong
    assert "rien n’a été ouvert" in wrong
    assert "Ouvrir ces sièges" not in wrong
    file = SimpleUploadedFile("sieges.csv", f"collège d’été;college;organisation\n;territoires;{key}".encode("cp1252"))
    right = client.post(address, {"text": "", "file": file}).content.decode()
    assert "Organisme t7" in right
    assert "Ouvrir ces sièges" in right
    assert Seat.objects.count() == number
    done = client.post(address, {"text": f"college,organisation\nterritoires,{key}", "open": "1"})
    assert done.status_code == 302
    assert Seat.objects.filter(organisation__key=key).exists()
