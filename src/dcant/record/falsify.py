"""« Falsifier pour voir »: one byte of a copy of the log is changed, and the verifier says where. The log itself is only read."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

from dcant.identifiers import Permit, Sentence
from dcant.record.checkpoint import Checkpoint
from dcant.record.note import shown
from dcant.record.policy import Policy
from dcant.record.tiles import (
    ENTRIES,
    LEVEL_BITS,
    WIDTH,
    folder_reader,
    join_bundle,
    read_wide,
    split_bundle,
    tile_path,
    width_at,
)
from dcant.record.verifier import Finding, verify_log

MOST_ENTRIES = 20_000  # a page waits for it: about a tenth of a second
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Falsified:
    """What was changed in the copy, and what the verifier found: the byte at `place` of entry `index`, with some text around."""

    index: int
    place: int
    before: tuple[str, str, str]
    after: str
    size: int
    findings: tuple[Finding, ...]


def can_falsify(size: int) -> Permit:
    """A page that waits does bounded work."""
    if size == 0:
        return Permit.no("Le journal n’est pas encore signé : il n’y a rien à falsifier.")
    if size > MOST_ENTRIES:
        pattern = "Ce journal a plus de {most} entrées, c’est trop pour une page : copiez-le et falsifiez votre copie."
        return Permit.no(Sentence(pattern, most=str(MOST_ENTRIES)))
    return Permit.yes("Une copie est falsifiée, jamais le journal.")


def falsify(folder: Path, policy: Policy, chance: Random) -> Falsified:
    """Copies the published log of `folder`, flips one bit of one entry of the copy, and verifies the copy by this policy.

    Raises OSError and Malformed when the log itself cannot be read; ValueError for one that is empty.
    """
    read = folder_reader(folder)
    note = read("checkpoint")
    size = Checkpoint.read(note)[0].size
    with tempfile.TemporaryDirectory(prefix="dcant-falsify-") as temporary:
        copy = Path(temporary)
        (copy / "checkpoint").write_bytes(note)
        level, number = ENTRIES, 0
        while width_at(level, 0, size):
            while width := width_at(level, number, size):
                data, wide = read_wide(read, level, number, width)
                file = copy / tile_path(level, number, wide)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
                number += 1
            level, number = level + 1, 0
        index = chance.randrange(size)
        place, before, after = _flip(copy, index, size, chance)
        report = verify_log(folder_reader(copy), policy)
    return Falsified(index, place, before, after, size, tuple(report.findings))


def _flip(copy: Path, index: int, size: int, chance: Random) -> tuple[int, tuple[str, str, str], str]:
    """Changes one bit of this entry: at which byte, the text before, there and after, and what stands there now."""
    number = index >> LEVEL_BITS
    width = width_at(ENTRIES, number, size)
    data, wide = read_wide(folder_reader(copy), ENTRIES, number, width)
    entries = split_bundle(data)
    entry = bytearray(entries[index % WIDTH])
    place = chance.randrange(len(entry))
    around = (
        bytes(entry[max(0, place - _AROUND) : place]),
        bytes([entry[place]]),
        bytes(entry[place + 1 : place + _AROUND]),
    )
    entry[place] ^= 1
    entries[index % WIDTH] = bytes(entry)
    (copy / tile_path(ENTRIES, number, wide)).write_bytes(join_bundle(entries))
    text = tuple(_legible(part) for part in around)
    return place, (text[0], text[1], text[2]), _legible(bytes([entry[place]]))


def _legible(data: bytes) -> str:
    return shown(data.decode(errors="replace"))
