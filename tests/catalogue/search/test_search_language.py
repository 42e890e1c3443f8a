"""French: what meets what, what is corrected, what is widened, and what is said about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.search import Match, MemoryIndex, SearchDocument, SearchQuery
from dcant.catalogue.search.analysis import stem, words
from dcant.catalogue.search.synonyms import Synonyms, parse_groups, reviewed_groups
from dcant.identifiers import fold

SHEETS = (
    SearchDocument("ban", "api", "Base Adresse Nationale", "Toutes les adresses de France", codes=("BAN",)),
    SearchDocument(
        "cantine", "service", "Ma table", "Suivre la restauration scolaire", producer="Ministère des Écoles"
    ),
    SearchDocument(
        "mps", "service", "Répondre aux marchés", "Un numéro suffit", codes=("MPS", "Marchés publics simplifiés")
    ),
    SearchDocument("eau", "dataset", "Qualité de l’eau potable", body="Relevés des laboratoires."),
    SearchDocument("archives", "service", "Trier ses archives", "Pour les archivistes de l'administration"),
)


@pytest.fixture(scope="module")
def index():
    return MemoryIndex(SHEETS)


def slugs(index, text):
    return [hit.slug for hit in index.search(SearchQuery(text)).hits]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("qualite", "eau"),
        ("QUALITÉ", "eau"),
        ("qualités", "eau"),
        ("l'eau", "eau"),
        ("de l’eau", "eau"),
        ("eaux potables", "eau"),
        ("ministere", "cantine"),
        ("mps", "mps"),
        ("M.P.S.", "mps"),
        ("marches simplifies", "mps"),
        ("BAN", "ban"),
        ("comment trier mes archives ?", "archives"),
    ],
)
def test_accents_case_elision_number_and_questions_do_not_matter(index, text, slug):
    assert slugs(index, text)[0] == slug


def test_an_acronym_is_never_stemmed_nor_met_by_another_word():
    assert [word.term for word in words("Le MPS et la R2P de la mairie")] == ["=mps", "=r2p", stem("mairie")]
    assert [word.term for word in words("MARCHÉS PUBLICS")] == [stem("marches"), stem("publics")]


def test_empty_words_are_left_out_unless_there_is_nothing_else():
    assert [word.folded for word in words("Que faire de mes déchets")] == ["dechets"]
    assert [word.folded for word in words("Chez nous")] == ["chez", "nous"]


@given(st.text(max_size=60))
def test_the_analysis_sees_neither_accents_nor_apostrophes_of_any_kind(text):
    text = text.lower()
    assert [word.folded for word in words(text)] == [word.folded for word in words(text.replace("’", "'"))]
    assert all(word.folded == "".join(fold(word.folded).split()) and " " not in word.term for word in words(text))


def test_everyday_words_find_administrative_ones_and_it_is_said(index):
    hit = index.search(SearchQuery("cantine")).hits[0]
    synonyms = MemoryIndex([SHEETS[1]]).search(SearchQuery("cantine d'école"))
    assert hit.slug == "cantine"
    assert synonyms.hits[0].because[-1].field == "producer"


def test_a_synonym_says_which_words_matched_and_where():
    index = MemoryIndex([SearchDocument("a", "service", "Ma table", "Suivre la restauration scolaire")])
    hit = index.search(SearchQuery("cantine")).hits[0]
    assert hit.because == (Match("cantine", "purpose", "synonym", "restauration scolaire"),)


def test_acronyms_and_full_names_find_each_other():
    index = MemoryIndex(
        [SearchDocument("a", "api", "La BAN"), SearchDocument("b", "api", "La base des adresses nationales")]
    )
    assert set(slugs(index, "BAN")) == {"a", "b"}
    assert set(slugs(index, "base adresse nationale")) == {"a", "b"}


def test_a_word_counts_more_than_its_synonym():
    known = [
        SearchDocument("a", "service", "Restauration scolaire"),
        SearchDocument("b", "service", "Grande cantine"),
    ]
    assert slugs(MemoryIndex(known), "cantine") == ["b", "a"]


def test_a_document_that_satisfies_more_words_comes_first():
    known = [
        SearchDocument("a", "api", "Locomotive"),
        SearchDocument("b", "api", "Autre chose", body="La girafe prend la locomotive pour aller voir ailleurs."),
    ]
    assert slugs(MemoryIndex(known), "girafe locomotive") == ["b", "a"]


def test_a_title_counts_more_than_a_body():
    known = [
        SearchDocument("a", "api", "Autre chose", body="La girafe."),
        SearchDocument("b", "api", "Une girafe", body="Autre chose."),
    ]
    assert slugs(MemoryIndex(known), "girafe") == ["b", "a"]


def test_a_misspelt_word_is_corrected_and_the_correction_is_shown_as_it_is_written(index):
    found = index.search(SearchQuery("qualité de l'eau potabel "))
    assert found.corrected == "qualité de l'eau potable "
    assert found.original == "qualité de l'eau potabel "
    assert found.hits[0].slug == "eau"
    assert index.search(SearchQuery("minsitère")).corrected == "ministère"


@pytest.mark.parametrize("text", ["eaux", "adresses", "xyzxyzxyz", "eua", "qualité"])
def test_a_known_a_short_or_a_hopeless_word_is_left_as_it_is(index, text):
    assert index.search(SearchQuery(text)).corrected is None


def test_a_correction_does_not_touch_other_words_that_contain_it():
    index = MemoryIndex([SearchDocument("a", "api", "Girafe et tulipe")])
    assert index.search(SearchQuery("tulippe antitulippe ")).corrected == "tulipe antitulippe "


def test_the_last_word_finds_what_it_begins_until_a_space_ends_it(index):
    assert slugs(index, "archi") == ["archives"]
    assert index.search(SearchQuery("archi")).hits[0].because[0].how == "prefix"
    assert slugs(index, "archi ") == []
    assert slugs(index, "ar") == []


@pytest.mark.parametrize(
    "text",
    [
        "- {note: une entrée seule, same: [BAN]}",
        "- {same: [BAN, base adresse]}",
        "- {note: sans but, from: [cantine]}",
        "- {note: autre clé, same: [a, b], color: red}",
        "- {note: entrée vide, same: [BAN, '…']}",
        "- BAN",
    ],
)
def test_a_group_of_synonyms_that_is_not_well_made_is_refused(text):
    with pytest.raises(ValueError, match="groupe 1"):
        parse_groups(text)


def test_everyday_words_are_widened_one_way_only():
    synonyms = Synonyms(parse_groups("- {note: déchets, from: [poubelles], to: [déchets]}"))
    assert [synonym.shown for synonym in synonyms.of(("poubelle",))] == ["déchets"]
    assert synonyms.of(("dechets",)) == []


def test_the_reviewed_list_is_large_and_says_each_thing_once():
    groups = reviewed_groups()
    assert len(groups) >= 250
    written = [(group.same, group.everyday, group.official) for group in groups]
    assert len(set(written)) == len(written)
    assert all(len(set(group.same)) == len(group.same) for group in groups)
