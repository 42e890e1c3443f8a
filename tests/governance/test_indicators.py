"""Indicators: numbers read as written, a way measured exactly, a table recorded whole or not at all, what is unknown said so."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from dcant.governance.indicator_view import indicator_views, view_of
from dcant.governance.models import Indicator, Measurement
from dcant.governance.rules.indicators import (
    NotANumber,
    can_define,
    is_canonical,
    parse_number,
    percentage,
    progress,
)
from dcant.governance.rules.measurement_file import MOST_LINES, as_csv
from dcant.governance.services.indicators import compute_measurement, define_indicator, record_measurement
from dcant.governance.services.measurements import MOST_BYTES, import_measurements, preview_measurements
from dcant.governance.services.seed import load_programme
from dcant.governance.services.speaking import Speaker
from dcant.record.models import Entry
from dcant.web.curves import HEIGHT, WIDTH, curve_of
from factories import commune, departement, epci, resource, says
from governance.stage import Stage, founded, organisation_of, refused
from governance.test_governance_pages import signed_in

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NUMBERS = st.decimals(min_value=-(10**14), max_value=10**14, allow_nan=False, allow_infinity=False, places=6)


# Numbers: the oracle is the decimal arithmetic of the language.


@given(NUMBERS, st.sampled_from(".,"), st.sampled_from(["", " ", "\u00a0", "\u202f"]))
def test_a_number_is_read_whatever_the_sign_of_its_decimals_and_the_space_of_its_thousands(number, sign, space):
    written = f"{number:,f}".replace(".", sign if sign == "." else "#").replace(",", space).replace("#", ",")
    read = parse_number(written)
    assert Decimal(read) == number
    assert is_canonical(read)
    assert parse_number(f"  {written}\n") == read


@given(NUMBERS, NUMBERS)
def test_two_texts_are_the_same_exactly_when_the_numbers_are(one, two):
    assert (parse_number(f"{one:f}") == parse_number(f"{two:f}")) == (one == two)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ",5",
        "5,",
        "1.234,5",
        "1,234,567",
        "1e5",
        "12 34",
        "1 2345",
        "٣",
        "0x1",
        "1,1234567",
        "9" * 16,
        "NaN",
        "5 %",
    ],
)
def test_what_is_no_number_is_refused_in_its_own_words(text):
    with pytest.raises(NotANumber, match="n’est pas un nombre"):
        parse_number(text)
    assert not is_canonical(text)


@given(st.text(max_size=30))
def test_any_text_is_a_number_in_canonical_form_or_is_refused(text):
    try:
        read = parse_number(text)
    except NotANumber:
        assert not is_canonical(text)
    else:
        assert is_canonical(read)


# The way to a target.


@given(NUMBERS, NUMBERS, NUMBERS)
def test_the_way_is_exact_and_the_two_directions_mirror_each_other(baseline, target, value):
    def said(sign: int, direction: str):
        start, wanted, at = (parse_number(f"{sign * one:f}") for one in (baseline, target, value))
        return progress(baseline=start, target=wanted, value=at, direction=direction)

    up, down = said(1, "up"), said(-1, "down")
    assert up == down
    assert up.reached == (value >= target)
    expected = None if baseline == target else Fraction(value - baseline) / Fraction(target - baseline)
    assert up.share == expected
    if baseline < target:
        assert up.reached == (up.share >= 1)
    unknown = progress(
        baseline="", target=parse_number(f"{target:f}"), value=parse_number(f"{value:f}"), direction="up"
    )
    assert unknown.share is None


@given(st.integers(0, 35_000), st.integers(1, 35_000))
def test_a_share_is_that_of_the_division_to_the_nearest_hundredth(part, whole):
    assert abs(Fraction(percentage(part, whole)) - Fraction(100 * part, whole)) <= Fraction(1, 200)
    assert percentage(part, 0) is None


@pytest.mark.parametrize(("direction", "baseline", "target"), [("up", "5", "5"), ("up", "5", "4"), ("down", "5", "6")])
def test_a_target_on_the_wrong_side_of_its_baseline_is_refused(direction, baseline, target):
    facts = {"title": "T", "unit": "%", "source": "S", "computed": "none", "resource": False}
    assert "pas du bon côté" in can_define(direction=direction, baseline=baseline, target=target, **facts).because
    assert can_define(direction=direction, baseline="", target=target, **facts)


# Acts.


@pytest.fixture
def stage(db) -> Stage:
    return founded(seats="e1 t1 t2", now=NOW)


def defined(stage: Stage, **changed: object) -> Indicator:
    facts = {"title": "Mairies reliées", "unit": "%", "target": "80", "direction": "up", "source": "Charte"} | changed
    return define_indicator(programme=stage.programme, speaker=stage.speakers["t1"], at=stage.now, **facts)


def said(stage: Stage, indicator: Indicator, period: str, value: str, *, speaker: Speaker | None = None) -> Measurement:
    who = speaker or stage.speakers["t1"]
    return record_measurement(
        indicator=indicator, period=period, value=value, source="Enquête", speaker=who, at=stage.later()
    )


def test_an_indicator_and_its_measures_leave_lines_without_free_words(stage):
    before = Entry.objects.count()
    indicator = defined(stage, baseline="12,50", due="2027-S2")
    said(stage, indicator, "2025-S2", "1 234,5")
    lines = [one.document for one in Entry.objects.order_by("pk")[before:]]
    assert [one["type"] for one in lines] == ["indicator.defined", "measurement.recorded"]
    assert (lines[0]["body"]["baseline"], lines[0]["body"]["due"]) == ("12.5", "2027-S2")
    assert (lines[1]["body"]["period"], lines[1]["body"]["value"]) == ("2025-S2", "1234.5")
    assert not any(word in str(lines) for word in ("Mairies reliées", "Enquête", "Charte"))


def test_only_the_secretariat_and_the_seats_say_a_measure(stage):
    indicator = defined(stage)
    stranger = Speaker(organisation_of("t9"), "association")
    for speaker in (stranger, Speaker(type(stranger.organisation)(), "")):
        with refused("Seuls le secrétariat et les sièges"):
            said(stage, indicator, "2025-S2", "5", speaker=speaker)
        with refused("Seuls le secrétariat et les sièges"):
            define_indicator(
                programme=stage.programme, title="T", unit="u", target="5", direction="up", source="S",
                speaker=speaker, at=stage.now,
            )  # fmt: skip
    assert said(stage, indicator, "2025-S2", "5", speaker=stage.secretariat).by == stage.secretariat.organisation


def test_a_measure_is_refused_with_its_reason(stage):
    indicator = defined(stage)
    for period, value, because in (
        ("2026-S2", "5", "Le semestre 2026-S2 n’est pas encore venu."),
        ("hier", "5", "n’est pas un semestre"),
        ("2025-S2", "beaucoup", "n’est pas un nombre"),
    ):
        with refused(because):
            said(stage, indicator, period, value)
    with refused("Une mesure dit d’où elle vient."):
        record_measurement(
            indicator=indicator, period="2025-S2", value="5", source=" ", speaker=stage.secretariat, at=stage.now
        )
    with refused("Cette valeur s’écrit"):
        compute_measurement(indicator=indicator, speaker=stage.secretariat, at=stage.now)


def test_said_again_a_half_year_has_its_last_word_and_keeps_the_former(stage):
    indicator = defined(stage, baseline="0")
    for period, value in (("2025-S2", "20"), ("2025-S1", "10"), ("2025-S2", "40")):
        said(stage, indicator, period, value)
    (view,) = indicator_views([indicator])
    assert [(one.measurement.period, one.measurement.value) for one in view.measured] == [
        ("2025-S1", "10"),
        ("2025-S2", "40"),
    ]
    assert (view.superseded, view.last.progress.share) == (1, Fraction(1, 2))
    assert Measurement.objects.filter(superseded_at=None).count() == 2


def test_a_coverage_is_computed_in_communes_and_in_people_never_one_without_the_other(stage):
    departement("35", "Ille-et-Vilaine")
    group, shared = epci("243500725", "Groupe"), resource("annuaire-commun")
    towns = [
        commune(f"3500{number}", f"Bourg {number}", group=group, population=people)
        for number, people in enumerate((100, 300, 600))
    ]
    says(towns[2], shared)
    indicator = defined(stage, resource=shared, baseline="0")
    with refused("Cette valeur se calcule"):
        said(stage, indicator, "2025-S2", "50")
    made = compute_measurement(indicator=indicator, speaker=stage.speakers["t1"], at=stage.now)
    assert (made.period, made.value, made.people) == ("2026-S1", "33.33", "60")
    page = (
        signed_in(stage.secretariat.organisation, "secretariat").get(f"/indicateurs/{indicator.code}/").content.decode()
    )
    assert "33,33 %" in page
    assert "60 %" in page
    assert "Calculer maintenant" in page


# Tables.


def csv_of(*rows: str) -> bytes:
    return "\n".join(["indicateur;semestre;valeur;source", *rows]).encode()


def workbook_of(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate((("source", "indicateur", "autre", "valeur", "semestre"), *rows)):
            sheet.write_row(place, 0, row)
    return out.getvalue()


def test_each_line_of_a_table_says_what_is_wrong_with_it_and_nothing_is_recorded(stage):
    one, mine = defined(stage).code, Speaker(stage.speakers["t1"].organisation, "association")
    content = csv_of(
        f"{one};2025-S1;12,5;Enquête",
        "autre;2025-S1;1;E",
        "",
        f"{one};2025-S2;douze;E",
        f"{one};2999-S1;1;E",
        f"{one};2025-s1;13;E",
        f"{one};2024-S1;1;",
        f"{one};2024-S2",
    )
    table = preview_measurements(content=content, speaker=mine, at=stage.now)
    assert [(line.number, line.fault) for line in table.lines] == [
        (2, ""),
        (3, "Aucun indicateur n’a le code « autre »."),
        (5, "« douze » n’est pas un nombre : écrivez 1234,5."),
        (6, "Le semestre 2999-S1 n’est pas encore venu."),
        (7, "Ce tableau dit deux fois ce semestre de cet indicateur."),
        (8, "Une mesure dit d’où elle vient."),
        (9, "Une mesure dit d’où elle vient."),
    ]
    with refused("Une ligne au moins est à corriger : rien n’a été enregistré."):
        import_measurements(content=content, speaker=mine, at=stage.now)
    stranger = Speaker(organisation_of("t9"), "association")
    (line,) = preview_measurements(content=csv_of(f"{one};2025-S1;1;E"), speaker=stranger, at=stage.now).lines
    assert line.fault.startswith("Seuls le secrétariat")


def test_a_csv_and_a_workbook_record_the_same_measures_by_the_act_of_the_form(stage):
    one, two = defined(stage).code, defined(stage, title="Autre").code
    book = workbook_of(
        ("Enquête", one, "", 12.5, "2025-S1"), ("", "", "", "", ""), ("Enquête", two, "x", 1234, "2025-S1")
    )
    written = csv_of(f"{one};2025-S1;12,50;Enquête", f"{two};2025-S1;1 234;Enquête")
    tables = [preview_measurements(content=each, speaker=stage.secretariat, at=stage.now) for each in (book, written)]
    assert as_csv(tables[0]) == as_csv(tables[1])
    assert preview_measurements(content=as_csv(tables[0]).encode(), speaker=stage.secretariat, at=stage.now).ready
    before = Entry.objects.count()
    import_measurements(content=book, speaker=stage.secretariat, at=stage.now)
    assert [line.type for line in Entry.objects.order_by("pk")[before:]] == ["measurement.recorded"] * 2
    assert dict(Measurement.objects.values_list("indicator__code", "value")) == {one: "12.5", two: "1234"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", ""),
        (b"indicateur,valeur\na,1", "La première ligne nomme quatre colonnes"),
        (csv_of(" ; ; ; "), "Ce tableau n’a aucune ligne."),
        (csv_of(*["a;2025-S1;1;E"] * (MOST_LINES + 1)), f"Un tableau porte {MOST_LINES} lignes au plus."),
        (b"x" * (MOST_BYTES + 1), f"Un tableau pèse {MOST_BYTES} octets au plus."),
        (b"PK\x03\x04rien", ""),
        (b"%PDF-1.7", ""),
    ],
    ids=["empty", "columns", "blank", "long", "heavy", "zip", "pdf"],
)
def test_a_table_that_does_not_read_says_why(stage, content, fault):
    table = preview_measurements(content=content, speaker=stage.secretariat, at=stage.now)
    assert table.fault
    assert table.fault.startswith(fault)
    assert not table.lines


# Pages.


def test_the_targets_of_the_charter_of_2022_are_told_with_their_source_and_nothing_is_made_up(client, db):
    before = Entry.objects.count()
    for _again in range(2):
        load_programme()
    assert Entry.objects.count() == before
    told = {one["code"]: one for one in client.get("/indicateurs.json").json()["indicators"]}
    assert {code: (one["target"], one["due"]) for code, one in told.items()} == {
        "charte-2022-departements": ("100", "2022-12-31"),
        "charte-2022-plus-de-3500": ("50", "2022-12-31"),
        "charte-2022-moins-de-3500": ("10", "2022-12-31"),
    }
    assert all(one["baseline"] is None and one["measurements"] == [] and not one["demo"] for one in told.values())
    page = client.get("/indicateurs/charte-2022-departements/").content.decode()
    assert "mars 2022" in page
    assert "Personne n’a encore dit de mesure" in page
    assert "/indicateurs/charte-2022-departements/" in client.get("/actions/franceconnect/").content.decode()


def test_a_seat_defines_measures_and_imports_from_the_pages(stage):
    client = signed_in(stage.speakers["t1"].organisation, "association")
    sent = {
        "title": "Délai",
        "unit": "jours",
        "baseline": "30",
        "target": "10",
        "direction": "down",
        "source": "Charte",
    }
    made = client.post(f"/colleges/{stage.programme.slug}/indicateur/", sent)
    assert made["Location"] == "/indicateurs/delai/"
    client.post("/indicateurs/delai/mesurer/", {"period": "2025-S1", "value": "25", "source": "Relevé"})
    file = SimpleUploadedFile("mesures.xlsx", workbook_of(("Relevé", "delai", "", 20.5, "2025-S2")))
    looked_at = client.post("/mesures/", {"file": file, "text": ""}).content.decode()
    assert "Enregistrer ces mesures" in looked_at
    assert Measurement.objects.count() == 1
    recorded = client.post(
        "/mesures/", {"text": "indicateur,semestre,valeur,source\ndelai,2025-S2,20.5,Relevé", "record": "1"}
    )
    assert recorded.status_code == 302
    page = client.get("/indicateurs/delai/").content.decode()
    assert "47,5\u00a0% du chemin est fait" in page
    assert "20,5 jours" in page
    assert "<polyline" in page
    assert client.get("/indicateurs/delai.json").json()["measurements"][-1]["progress"] == "19/40"
    assert (
        "delai,2025-S2,20.5,jours,,10,False,0.475,Relevé,False" in client.get("/indicateurs/delai.csv").content.decode()
    )


def test_a_visitor_reads_and_says_nothing(stage, client):
    indicator = defined(stage)
    assert "Dire une mesure" not in client.get(f"/indicateurs/{indicator.code}/").content.decode()
    sent = {"period": "2025-S1", "value": "25", "source": "Relevé"}
    assert client.post(f"/indicateurs/{indicator.code}/mesurer/", sent).status_code == 403
    assert not Measurement.objects.exists()


@given(st.lists(st.tuples(st.integers(1990, 2025), st.integers(1, 2), NUMBERS), min_size=1, max_size=6), NUMBERS)
def test_a_curve_stays_within_its_frame_in_order_of_time(said, target):
    indicator = Indicator(target=parse_number(f"{target:f}"), direction="up", unit="u")
    values = {f"{year}-S{half}": parse_number(f"{value:f}") for year, half, value in said}
    rows = [Measurement(indicator=indicator, period=period, value=value) for period, value in sorted(values.items())]
    curve = curve_of(view_of(indicator, rows))
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in curve.dots)
    assert 0 <= curve.target_y <= HEIGHT
    assert [dot.x for dot in curve.dots] == sorted(dot.x for dot in curve.dots)
    ranked = sorted(zip((Fraction(row.value) for row in rows), curve.dots, strict=True), key=lambda pair: pair[0])
    assert [dot.y for _value, dot in ranked] == sorted((dot.y for _value, dot in ranked), reverse=True)
