"""Checking a whole log: every entry is hashed again, every tile compared, every checkpoint held to what was recomputed.

Trusts nothing but the policy. Works on any log of static tiles (C2SP tlog-tiles); with a list of its files it also checks
what no reader asks for any more: partial tiles beside full ones, checkpoints kept, files that nothing signs.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dcant.record.checkpoint import Checkpoint
from dcant.record.merkle import HASH, leaf_hash
from dcant.record.note import Malformed, encode, shown
from dcant.record.policy import Policy, check_signatures
from dcant.record.tiles import (
    ENTRIES,
    WIDTH,
    BundleBroken,
    Frontier,
    Read,
    join_bundle,
    parse_path,
    read_wide,
    split_bundle,
    split_tile,
    tile_path,
    width_at,
)

Take = Callable[[int, list[bytes]], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: a stable code, the file or entries it is about, and a French sentence."""

    code: str
    place: str
    message: str


@dataclass(slots=True)
class Report:
    """What a verification saw. `origin`, `size` and `root` are those of the checkpoint, held true when nothing was found.

    `cosigned`: the witnesses whose cosignature of that checkpoint verified, by their names in the policy.
    """

    origin: str = ""
    size: int = 0
    root: str = ""
    entries: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)
    cosigned: list[str] = field(default_factory=list)
    trusted: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def found(self, code: str, place: str, message: str) -> None:
        self.findings.append(Finding(code, shown(place), shown(message)))


def folder_files(folder: Path) -> list[str]:
    """The files of a log's folder, by path; those whose name begins with a point are the writer's own."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    return sorted(path.as_posix() for path in paths if not path.parts[0].startswith("."))


def verify_log(
    read: Read,
    policy: Policy,
    *,
    files: Collection[str] = (),
    seen: bytes | None = None,
    strict: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _size: None,
    take: Take = lambda _index, _entries: None,
) -> Report:
    """Verifies a log. `files`: all its paths, when they can be listed; `seen`: a checkpoint of this log had before.

    strict: a signature line that no key of the policy explains is a finding, and kept checkpoints need the quorum too.
    take: given the entries as they are hashed, in order, with the index of the first: what is read there is what was verified.
    Raises OSError when there is no checkpoint, or when a file that exists cannot be read.
    """
    return _Verification(read, policy, frozenset(files), take, strict=strict).run(seen, progress)


class _Verification:
    def __init__(self, read: Read, policy: Policy, files: frozenset[str], take: Take, *, strict: bool) -> None:
        self._read, self._policy, self._files, self._take_entries, self._strict = read, policy, files, take, strict
        self._report = Report()
        self._checkpoints: list[tuple[str, Checkpoint]] = []
        self._wrong: list[tuple[str, Checkpoint]] = []
        self._agreed = 0  # the largest size at which a checkpoint's root was found again
        self._partial: dict[tuple[int, int], list[int]] = {}

    def run(self, seen: bytes | None, progress: Callable[[int, int], None]) -> Report:
        try:
            last = self._take("checkpoint", self._read("checkpoint"), quorum=True)
        except FileNotFoundError:
            if seen is None:
                raise
            last, seen = self._take("--checkpoint", seen, quorum=True), None  # a log kept without its current one
        for path in sorted(self._files):
            if path.startswith("checkpoint."):
                self._take_kept(path)
        if seen is not None:
            self._take("--checkpoint", seen, quorum=self._strict)
        last = last or max((kept for _, kept in self._checkpoints), key=lambda kept: kept.size, default=None)
        if last is None:
            return self._report
        self._report.origin, self._report.size, self._report.root = shown(last.origin), last.size, encode(last.root)
        self._list_files(last.size)
        self._rehash(last, progress)
        self._compare_checkpoints(last)
        self._report.checkpoints = len(self._checkpoints)
        self._report.ignored = sorted(set(self._report.ignored))
        return self._report

    # Checkpoints

    def _take(self, place: str, data: bytes, *, quorum: bool) -> Checkpoint | None:
        """Reads a checkpoint and checks its signatures; it is compared with the tree later."""
        try:
            checkpoint, note = Checkpoint.read(data)
        except Malformed as error:
            self._report.found(error.code, place, error.message)
            return None
        checked = check_signatures(checkpoint, note, self._policy, quorum=quorum)
        for code, message in checked.findings:
            self._report.found(code, place, message)
        if not self._checkpoints:  # the log's own is the first one taken
            keys = set(checked.trusted)
            self._report.cosigned = [one.name for one in self._policy.witnesses if one.key.short in keys]
        self._report.trusted += [key for key in checked.trusted if key not in self._report.trusted]
        self._report.ignored += [shown(f"{place}: {key}") for key in checked.ignored]
        for key in checked.ignored if self._strict else ():
            self._report.found(
                "signature-ignored", place, f"Aucune clé de la politique n’explique la signature « {key} »."
            )
        self._checkpoints.append((place, checkpoint))
        return checkpoint

    def _take_kept(self, path: str) -> None:
        kept = self._take(path, self._read(path), quorum=self._strict)
        if kept is not None and path != f"checkpoint.{kept.size}":
            self._report.found(
                "checkpoint-name", path, f"Ce point de contrôle est de taille {kept.size} : son nom en dit une autre."
            )

    def _compare_checkpoints(self, last: Checkpoint) -> None:
        """One finding for all the roots that do not come out: the first one tells between which entries to look."""
        for place, checkpoint in self._checkpoints:
            if checkpoint.size > last.size:
                said = f"Un point de contrôle signé compte {checkpoint.size} entrées ; ce journal n’en a plus que {last.size}."
                self._report.found("rolled-back", place, said)
            elif checkpoint.origin != last.origin:
                self._report.found(
                    "origin", place, f"Ce point de contrôle est d’un autre journal : « {checkpoint.origin} »."
                )
        if not self._wrong:
            return
        place, first = min(self._wrong, key=lambda wrong: wrong[1].size)
        others = f" ; {len(self._wrong) - 1} autres points de contrôle sont dans ce cas" if self._wrong[1:] else ""
        said = f"La racine recalculée n’est pas celle qui a été signée à la taille {first.size}{others}."
        self._report.found("root", f"{place}, {_entries(self._agreed, first.size - 1)}", said)

    # Tiles

    def _list_files(self, size: int) -> None:
        """Sorts partial files by tile, and names what no checkpoint covers."""
        for path in sorted(self._files):
            known = parse_path(path)
            if known is None:
                beside = not path.startswith("tile/")  # a policy or a key kept beside the log is no part of it
                if path != "checkpoint" and not path.startswith("checkpoint.") and (self._strict or not beside):
                    self._report.found("file-unknown", path, "Ce fichier n’est pas d’un journal.")
            elif known[2] > width_at(*known[:2], size):
                said = "Aucun point de contrôle ne couvre ce fichier : ajout, ou écriture en cours (recommencez)."
                self._report.found("not-covered", path, said)
            elif known[2] < WIDTH:
                self._partial.setdefault(known[:2], []).append(known[2])

    def _rehash(self, last: Checkpoint, progress: Callable[[int, int], None]) -> None:
        """Goes through the log once, in order; memory does not grow with it."""
        edge = Frontier()
        awaited: dict[int, list[tuple[str, Checkpoint]]] = {}
        for place, checkpoint in self._checkpoints:
            awaited.setdefault(checkpoint.size, []).append((place, checkpoint))
        self._meet(edge, awaited)
        for number in range(-(-last.size // WIDTH)):
            for leaf in self._leaves(number, width_at(ENTRIES, number, last.size)):
                for level, tile, hashes in edge.push(leaf):
                    self._compare_tile(level, tile, hashes)
                if edge.size in awaited:
                    self._meet(edge, awaited)
            progress(edge.size, last.size)
            if edge.size < min(last.size, (number + 1) * WIDTH):
                self._report.found(
                    "stopped", tile_path(0, number), "Rien ne permet de continuer au-delà de cette tuile."
                )
                break
        for level, tile, hashes in edge.open_tiles():
            self._compare_tile(level, tile, hashes)
        self._report.entries = edge.size

    def _meet(self, edge: Frontier, awaited: dict[int, list[tuple[str, Checkpoint]]]) -> None:
        for place, checkpoint in awaited.get(edge.size, ()):
            if checkpoint.root == edge.root():
                self._agreed = edge.size
            else:
                self._wrong.append((place, checkpoint))

    def _leaves(self, number: int, width: int) -> list[bytes]:
        """The leaf hashes of a bundle's entries, each compared with its tile; those of the tile when the bundle is no use."""
        path = tile_path(ENTRIES, number, width)
        entries = self._bundle(number, width)
        self._take_entries(number * WIDTH, entries)
        computed = [leaf_hash(entry) for entry in entries]
        stored = self._stored(0, number, width)
        both = min(len(computed), len(stored))
        for low, high in _runs(index for index in range(both) if computed[index] != stored[index]):
            place = f"{_entries(number * WIDTH + low, number * WIDTH + high)} ({path})"
            said = f"Le contenu n’a pas l’empreinte que porte la tuile {tile_path(0, number, width)}."
            self._report.found("entry", place, said)
        if len(computed) < width:
            place = f"{_entries(number * WIDTH + len(computed), number * WIDTH + width - 1)} ({path})"
            self._report.found("entry-missing", place, "Ces entrées manquent, ou ne se lisent plus.")
        for partial in self._partial.get((ENTRIES, number), ()):
            if partial <= len(entries):
                self._compare_partial(ENTRIES, number, partial, join_bundle(entries[:partial]))
        return computed if len(computed) == width else stored

    def _bundle(self, number: int, width: int) -> list[bytes]:
        try:
            data, wide = read_wide(self._read, ENTRIES, number, width)
            entries = split_bundle(data)
        except FileNotFoundError:
            return []
        except BundleBroken as error:
            self._report.found(error.code, tile_path(ENTRIES, number, width), error.message)
            return error.entries[:width]
        if len(entries) > wide:
            added = _entries(number * WIDTH + wide, number * WIDTH + len(entries) - 1)
            said = f"Ce paquet a {len(entries)} entrées au lieu de {wide}."
            self._report.found("entry-added", f"{added} ({tile_path(ENTRIES, number, wide)})", said)
        return entries[:width]

    def _compare_tile(self, level: int, number: int, hashes: list[bytes]) -> None:
        """A tile recomputed against the one stored, and against the partial ones kept beside it. Level 0 met its entries before."""
        width = len(hashes)
        stored = self._stored(level, number, width) if level else []
        wrong = [index for index in range(len(stored)) if stored[index] != hashes[index]]
        for low, high in _runs(wrong):
            span, start = WIDTH**level, number * WIDTH
            below = _entries((start + low) * span, (start + high + 1) * span - 1)
            place = f"{tile_path(level, number, width)}, {below}"
            self._report.found("tile", place, "Cette tuile n’a pas les empreintes recalculées.")
        for partial in self._partial.get((level, number), ()):
            if partial != width:
                self._compare_partial(level, number, partial, b"".join(hashes[:partial]))

    def _stored(self, level: int, number: int, width: int) -> list[bytes]:
        """The hashes of a tile as it is kept; none, with a finding, when it is absent or of another length."""
        try:
            data, wide = read_wide(self._read, level, number, width)
        except FileNotFoundError:
            data, wide = b"", width
        if len(data) == wide * HASH:
            return split_tile(data)[:width]
        said = f"Cette tuile devrait avoir {wide * HASH} octets ; elle en a {len(data)}."
        self._report.found("tile-length", tile_path(level, number, wide), said)
        return []

    def _compare_partial(self, level: int, number: int, width: int, expected: bytes) -> None:
        path = tile_path(level, number, width)
        if self._read(path) != expected:
            self._report.found("partial", path, "Ce fichier partiel ne dit pas la même chose que la suite du journal.")


def _entries(low: int, high: int) -> str:
    """« entrée 17 », or « entrées 17 à 255 »."""
    return f"entrée {max(low, high)}" if low >= high else f"entrées {low} à {high}"


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Consecutive places put together: (first, last)."""
    start = last = None
    for place in places:
        if start is None or last is None:
            start = last = place
        elif place == last + 1:
            last = place
        else:
            yield start, last
            start = last = place
    if start is not None and last is not None:
        yield start, last
