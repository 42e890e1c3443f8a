"""Documents made of few words, so that they meet; no word is a synonym, a code or the beginning of another."""

from hypothesis import strategies as st

from dcant.catalogue.search import FACETS, SearchDocument

WORDS = ("tulipe", "girafe", "violon", "pamplemousse", "locomotive", "cathédrale")
VALUES = ("rouge", "vert", "bleu ciel")

texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
facets = st.dictionaries(st.sampled_from(FACETS), st.lists(st.sampled_from(VALUES), max_size=2).map(tuple))
slugs = st.integers(0, 15).map("fiche-{}".format)
filters = st.dictionaries(st.sampled_from(FACETS), st.frozensets(st.sampled_from(VALUES), max_size=2), max_size=3)
queries = st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(" ".join)


@st.composite
def documents(draw):
    return SearchDocument(
        slug=draw(slugs),
        kind=draw(st.sampled_from(VALUES)),
        title=draw(texts),
        purpose=draw(texts),
        keywords=tuple(draw(st.lists(texts, max_size=2))),
        body=draw(texts),
        producer=draw(texts),
        facets=draw(facets),
    )


collections = st.lists(documents(), max_size=10, unique_by=lambda document: document.slug)
