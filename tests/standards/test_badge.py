"""The badge of a published check: one sentence, and a picture of it that any reader can open."""

from datetime import date
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.rules.badge import badge, badge_svg

DAY = date(2021, 3, 3)
SVG = "{http://www.w3.org/2000/svg}"


def said(**changed: object) -> str:
    facts = {
        "standard": "scdl/subventions 2.1.1",
        "conforms": True,
        "rows": 12_430,
        "errors": 0,
        "day": DAY,
        "outdated": False,
    }
    return str(badge(**(facts | changed)).text)


def test_it_says_the_verdict_the_version_the_rows_and_the_day():
    assert said() == "conforme scdl/subventions 2.1.1, 12\u202f430 lignes, le 3 mars 2021"
    assert said(conforms=False, errors=1) == "1 erreur, scdl/subventions 2.1.1, le 3 mars 2021"
    assert said(conforms=False, errors=17_822) == "17\u202f822 erreurs, scdl/subventions 2.1.1, le 3 mars 2021"


def test_a_version_in_force_no_more_says_so_before_any_verdict():
    assert said(outdated=True) == said(outdated=True, conforms=False, errors=3)
    assert said(outdated=True).startswith("version dépassée")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=40),
    st.integers(0, 10**9),
    st.booleans(),
)
def test_its_picture_is_well_formed_whatever_the_name_and_holds_the_very_sentence(name, rows, conforms):
    found = badge(standard=name, conforms=conforms, rows=rows, errors=rows, day=DAY, outdated=False)
    picture = ET.fromstring(badge_svg(found))
    assert (
        picture.attrib["aria-label"]
        == picture.findtext(f"{SVG}title")
        == picture.findtext(f"{SVG}text")
        == str(found.text)
    )
    assert picture.findall(f"{SVG}script") == []
