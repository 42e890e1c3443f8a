"""The words of a search are kept in one writing, and read back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.following import MOST, can_follow, search_of_words, words_of_search

WORDS = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)
FILTERS = st.dictionaries(st.sampled_from(["kind", "theme", "access"]), st.frozensets(WORDS, min_size=1, max_size=3))


@given(WORDS | st.just(""), FILTERS)
def test_a_search_is_read_back_as_it_was_written(text, filters):
    assert search_of_words(words_of_search(text, filters)) == (text, filters)


@given(FILTERS)
def test_the_order_of_filters_makes_no_other_search(filters):
    turned = {facet: sorted(values, reverse=True) for facet, values in reversed(filters.items())}
    assert words_of_search("cantine", turned) == words_of_search("cantine", filters)


def test_a_visitor_follows_nothing_and_nobody_follows_more_than_a_page_holds():
    assert not can_follow(signed_in=False, already=0)
    assert can_follow(signed_in=True, already=MOST - 1)
    assert not can_follow(signed_in=True, already=MOST)
