"""The drawing of a resource and its neighbours: nothing overlaps, nothing is lost, the list is its twin."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.models import Relation, Resource
from dcant.web.branches import LETTERS, MOST, branches_of

TITLES = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), max_size=300)


@given(TITLES, st.lists(TITLES, min_size=1, max_size=20))
def test_no_two_lines_of_text_overlap_and_none_leaves_the_drawing(title, others):
    drawing = branches_of(title, [("utilise", Resource(title=one, kind="api")) for one in others])
    heights = [y for y, _text in drawing.root]
    for one in drawing.branches:
        heights += [one.y, *(y for y, _text in one.lines)]
        assert all(len(text) <= LETTERS for _y, text in one.lines)
        assert drawing.trunk[0] <= one.y - 4 <= drawing.trunk[1]
    gaps = [after - before for before, after in itertools.pairwise(heights)]
    assert min(gaps, default=99) >= 16
    assert heights[-1] < drawing.height - (16 if drawing.more else 0)
    assert len(drawing.branches) + drawing.more == len(others)
    assert len(drawing.branches) <= MOST


@pytest.mark.django_db
def test_the_list_beside_the_drawing_names_all_that_it_draws_and_the_rest(world, client):
    bricks = list(Resource.objects.filter(slug__startswith="brique-"))
    for one in bricks:
        Relation.objects.create(subject=world.rdv, name="consumes", target=one, target_ref=one.slug, source="seed")
    page = client.get(f"/ressources/{world.rdv.slug}/").content.decode()
    around = page[page.index('id="liens"') : page.index('id="retours"')]
    drawing, listed = around[: around.index("</svg>")], around[around.index("</svg>") :]
    assert drawing.count("<circle") == MOST
    assert "et 1 autre, dans la liste" in drawing
    assert all(f"/ressources/{one.slug}/" in listed for one in bricks)
    assert "/ressources/franceconnect/" in listed
    assert 'role="img"' in drawing
