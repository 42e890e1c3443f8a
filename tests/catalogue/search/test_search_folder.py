"""The index in a folder: the same answers as in memory, other processes, and what is broken."""

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given, settings
from strategies_of_search import collections, queries

from dcant.catalogue.search import IndexUnreadable, MemoryIndex, SearchDocument, SearchQuery, TantivyIndex
from dcant.catalogue.search.tantivy_index import FORMAT

GIRAFFE = SearchDocument("girafe", "api", "La girafe")
TULIP = SearchDocument("tulipe", "api", "La tulipe")


def titles(index):
    return [hit.slug for hit in index.search(SearchQuery()).hits]


def write_tulip(folder):
    TantivyIndex(folder).replace_all([TULIP])


def write_three(folder, number):
    TantivyIndex(folder).replace_all(SearchDocument(f"fiche-{number}-{one}", "api", f"Fiche {one}") for one in range(3))


@settings(max_examples=15)
@given(collections, queries)
def test_a_folder_answers_as_memory_does(tmp_path_factory, known, text):
    folder = TantivyIndex(tmp_path_factory.mktemp("index"))
    folder.replace_all(known)
    query = SearchQuery(text, explain=True)
    assert folder.search(query) == MemoryIndex(known).search(query)


def test_an_absent_index_is_unreadable_until_it_is_built(tmp_path):
    index = TantivyIndex(tmp_path / "new")
    with pytest.raises(IndexUnreadable, match="reconstruire"):
        index.search(SearchQuery())
    index.replace_all([GIRAFFE])
    assert titles(index) == ["girafe"]


def test_a_reader_sees_what_another_process_has_written(tmp_path):
    index = TantivyIndex(tmp_path)
    index.replace_all([GIRAFFE])
    assert titles(index) == ["girafe"]
    writer = multiprocessing.get_context("spawn").Process(target=write_tulip, args=(tmp_path,))
    writer.start()
    writer.join()
    assert titles(index) == ["tulipe"]


def test_writers_at_the_same_time_leave_the_whole_of_one_of_them(tmp_path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_three, args=(tmp_path, number)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert titles(TantivyIndex(tmp_path)) in [[f"fiche-{number}-{one}" for one in range(3)] for number in range(3)]


def test_a_reader_is_answered_by_the_old_index_until_the_new_one_is_whole(tmp_path):
    index = TantivyIndex(tmp_path)
    index.replace_all([GIRAFFE])
    seen = []

    def documents():
        yield TULIP
        seen.append(titles(TantivyIndex(tmp_path)))

    index.replace_all(documents())
    assert seen == [["girafe"]]
    assert titles(index) == ["tulipe"]


def test_only_the_generation_in_service_and_the_one_before_are_kept(tmp_path):
    index = TantivyIndex(tmp_path)
    for number in range(5):
        index.replace_all([SearchDocument(f"fiche-{number}", "api", "Fiche")])
    assert len(list(tmp_path.glob("generation-*"))) == 2
    assert titles(index) == ["fiche-4"]


def test_what_a_killed_writer_leaves_is_never_read(tmp_path):
    index = TantivyIndex(tmp_path)
    index.replace_all([GIRAFFE])
    (tmp_path / "generation-00000002").mkdir()
    (tmp_path / "generation-00000002" / "beside.json").write_text("[")
    assert titles(TantivyIndex(tmp_path)) == ["girafe"]
    index.replace_all([TULIP])
    assert titles(index) == ["tulipe"]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _in_service(folder):
    return folder / (folder / "current").read_text()


@pytest.mark.parametrize("name", ["beside.json", "manifest.json", "meta.json"])
def test_a_truncated_file_makes_the_index_unreadable_and_a_rebuild_mends_it(tmp_path, name):
    TantivyIndex(tmp_path).replace_all([GIRAFFE])
    _cut(_in_service(tmp_path) / name)
    broken = TantivyIndex(tmp_path)
    with pytest.raises(IndexUnreadable):
        broken.search(SearchQuery("girafe"))
    broken.replace_all([GIRAFFE])
    assert titles(broken) == ["girafe"]


def test_a_truncated_segment_makes_the_index_unreadable(tmp_path):
    TantivyIndex(tmp_path).replace_all([GIRAFFE])
    _cut(next(_in_service(tmp_path).glob("*.store")))
    with pytest.raises(IndexUnreadable):
        TantivyIndex(tmp_path).search(SearchQuery("girafe"))


@pytest.mark.parametrize("pointed", ["", "generation-00000099", "../elsewhere", "generation-/../x"])
def test_a_pointer_to_nothing_or_elsewhere_makes_the_index_unreadable(tmp_path, pointed):
    TantivyIndex(tmp_path).replace_all([GIRAFFE])
    (tmp_path / "current").write_text(pointed)
    with pytest.raises(IndexUnreadable):
        TantivyIndex(tmp_path).search(SearchQuery())


def test_an_index_of_another_format_is_unreadable(tmp_path):
    TantivyIndex(tmp_path).replace_all([GIRAFFE])
    manifest = _in_service(tmp_path) / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT - 1}'))
    with pytest.raises(IndexUnreadable):
        TantivyIndex(tmp_path).search(SearchQuery())
