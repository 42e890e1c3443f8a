"""The search before any reference is loaded."""

import pytest

from dcant.territories.models import Territory
from dcant.territories.search import find_communes


@pytest.mark.django_db
def test_communes_entered_by_hand_are_found_without_a_loaded_reference():
    Territory.objects.create(
        kind="commune", code="35345", name="Trévérien", sort_key="treverien", departement_code="35"
    )
    assert [found.code for found in find_communes("treverien")] == ["35345"]
    Territory.objects.update(name="Ailleurs")
    assert find_communes("treverien") == []
