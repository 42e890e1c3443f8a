"""Descriptors of public software: `owner__name.yml` files in one folder, or `publiccode.yml` at the top of repositories,
in a folder or in a list.

A descriptor that lies inside a repository already described belongs to it, and is not read. Of each Git repository, bare or
not, given alone or in a folder of repositories, the last commit counts, and its tree is kept too (see `repositories`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from dcant.catalogue.rules.joins import normal_repository
from dcant.catalogue.sources.announced import LISTS, Announced, read_list
from dcant.catalogue.sources.descriptors import claim_of, draft_of, last_part, title_of
from dcant.catalogue.sources.places import below, folder_of, joined, one_place
from dcant.catalogue.sources.repositories import REPOSITORIES, read_repository, repository_item
from dcant.harvest.rules import Finding, RawItem, Reading, Snapshot, SnapshotError
from dcant.harvest.rules.yaml_text import TextProblem
from dcant.harvest.snapshots import open_repository, raw_item, repositories_in
from dcant.identifiers import fold_words

SOFTWARE = "software"
_SUFFIXES = frozenset({".yml", ".yaml"})
_WANTED = "des fichiers « publiccode.yml », ou « proprietaire__nom.yml » dans un dossier"


def find(snapshot: Snapshot) -> str:
    """The folder of the descriptors, seen from the snapshot: that of the `owner__name.yml` files, else the one given.

    Raises SnapshotError NOT_FOUND or AMBIGUOUS.
    """
    return _place_in(snapshot.list(""))


def _place_in(paths: list[str]) -> str:
    sheets = Counter(folder_of(path) for path in paths if PurePosixPath(path).suffix in _SUFFIXES)
    flat = Counter(folder_of(path) for path in paths if _is_flat(path))
    # Most of its YAML files: one such name among others is something else.
    holders = {folder for folder, count in flat.items() if 2 * count > sheets[folder]}
    return one_place(holders or {"" for path in paths if _is_descriptor(path)}, _WANTED)


def _is_flat(path: str) -> bool:
    pure = PurePosixPath(path)
    owner, between, name = pure.stem.partition("__")
    return pure.suffix in _SUFFIXES and bool(owner and between and name)


def _is_descriptor(path: str) -> bool:
    pure = PurePosixPath(path)
    return pure.stem == "publiccode" and pure.suffix in _SUFFIXES


@dataclass(frozen=True, slots=True)
class PublicCodeReader:
    max_item_bytes: int
    name: str = "publiccode"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        first: dict[tuple[str, str], str] = {}
        claims: dict[str, list[str]] = {}
        count = 0
        for raw in self._found(snapshot):
            if raw.collection != SOFTWARE:
                yield raw
                continue
            count += 1
            url, name = claim_of(raw.data)
            address = normal_repository(url)
            raw = replace(raw, remote_id=_identifier(raw.path, address))  # noqa: PLW2901 -- the same, under its name
            claim = (address, fold_words(name))
            if address and first.setdefault(claim, raw.path) != raw.path:
                yield replace(raw, problem=_double(raw.path, first[claim], url))
                continue
            if address:
                claims.setdefault(address, []).append(raw.path)
            yield raw
        if count:
            doubles = {address: files for address, files in claims.items() if len(files) > 1}
            yield Announced(count, doubles=doubles).as_item("descripteurs")

    def _found(self, snapshot: Snapshot) -> Iterator[RawItem]:
        """Descriptors that are files of a folder, then repositories, each with its descriptor when it holds one."""
        repositories = repositories_in(snapshot)
        apart = tuple(f"{folder}/" for folder in repositories if folder)
        paths = [path for path in snapshot.list("") if not path.startswith(apart)]
        if not apart or any(_is_flat(path) or _is_descriptor(path) for path in paths):
            prefix = _place_in(paths)
            for path in _descriptors([below(prefix, path) for path in paths if path.startswith(prefix)]):
                yield replace(self._descriptor(snapshot, joined(prefix, path)), path=path)
        for folder in repositories:
            yield from self._repository(snapshot, folder)

    def _descriptor(self, snapshot: Snapshot, path: str) -> RawItem:
        return raw_item(snapshot=snapshot, collection=SOFTWARE, remote_id=path, path=path, limit=self.max_item_bytes)

    def _repository(self, snapshot: Snapshot, folder: str) -> Iterator[RawItem]:
        """The tree of a repository; of one in a folder, its descriptor too. One alone without descriptor is a place of
        descriptors, and no product.
        """
        try:
            with open_repository(snapshot, folder) as git:
                top = [path for path in git.list("") if _is_descriptor(path) and not folder_of(path)][:1]
                described = [self._descriptor(git, path) for path in top]
                if folder:
                    yield from (replace(raw, path=joined(folder, raw.path)) for raw in described)
                if folder or described:
                    claimed = claim_of(described[0].data)[0] if described else ""
                    yield repository_item(git, path=folder, claimed=claimed)
        except SnapshotError as error:
            yield RawItem(REPOSITORIES, folder, folder, b"", problem=error.finding(folder))

    def read(self, raw: RawItem) -> Reading:
        if raw.collection == LISTS:
            return read_list(raw, source=self.name, title="Descripteurs publiccode.yml")
        if raw.collection == REPOSITORIES:
            return read_repository(raw)
        try:
            draft = draft_of(raw.data)
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        title = title_of(draft) or last_part(draft.url) or raw.remote_id
        return draft.reading(SOFTWARE, title)


def _descriptors(paths: list[str]) -> list[str]:
    """The files to read, sorted; of descriptors one below another, the upper one."""
    tops = {folder_of(path) for path in paths if _is_descriptor(path)}
    return [
        path
        for path in paths
        if (_is_flat(path) and not folder_of(path)) or (_is_descriptor(path) and not _is_inside(folder_of(path), tops))
    ]


def _is_inside(folder: str, tops: set[str]) -> bool:
    """True when a folder above this one holds a descriptor."""
    above = PurePosixPath(folder).parents if folder else ()
    return any(str(parent) in tops or ("" in tops and str(parent) == ".") for parent in above)


def _double(path: str, first: str, url: str) -> Finding:
    said = f"« {first} » et « {path} » portent le même nom et la même adresse {url[:200]} : le premier est gardé."
    return Finding("error", "DUPLICATE", path, said, "Une copie de dépôt change « url », ou retire son descripteur.")


def _identifier(path: str, address: str) -> str:
    """`owner__name`, by the file, by its two folders, or by the address it gives when it lies at the top."""
    if _is_flat(path):
        return PurePosixPath(path).stem
    parts = PurePosixPath(folder_of(path)).parts or PurePosixPath(address).parts
    return "__".join(parts[-2:]) or "publiccode"
