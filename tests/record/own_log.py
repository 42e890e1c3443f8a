"""A log of a test's own, with the keys of its log and of three witnesses, and the policy of the double majority."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from dcant.record.checkpoint import Checkpoint
from dcant.record.keys import SigningKey
from dcant.record.note import COSIGNATURE, ED25519
from dcant.record.policy import Policy
from dcant.record.tile_writer import TileWriter

ORIGIN = "journal.example/registre"
NOON = 1_530_000_000


def key(name: str, kind: int) -> SigningKey:
    """The same key at every run."""
    return SigningKey(name, kind, sha256(name.encode()).digest())


LOG = key(ORIGIN, ED25519)
STATE = key("etat.example/temoin", COSIGNATURE)
TOWNS = key("communes.example/temoin", COSIGNATURE)
DEPARTMENTS = key("departements.example/temoin", COSIGNATURE)
POLICY = f"""# The double majority: the State's witness, and one of the territories'.
log {LOG.public}
witness etat {STATE.public}
witness communes {TOWNS.public}
witness departements {DEPARTMENTS.public}
group territoires any communes departements
group equilibre all etat territoires
quorum equilibre
"""


def policy() -> Policy:
    return Policy.parse(POLICY.encode())


def signed(size: int, root: bytes, witnesses: Sequence[SigningKey] = (STATE, TOWNS)) -> bytes:
    text = str(Checkpoint(ORIGIN, size, root))
    return bytes(LOG.sign(text).with_signatures([witness.cosign(text, NOON) for witness in witnesses]))


def entry(index: int) -> bytes:
    return f'{{"id":"{index}","said":"é{"." * (index % 37)}"}}'.encode()


def write_log(folder: Path, sizes: Iterable[int]) -> Path:
    """A log that grew to these sizes one after the other, and published a cosigned checkpoint at each."""
    with TileWriter(folder) as writer:
        for size in sizes:
            writer.append(map(entry, range(writer.size, size)))
            writer.publish(signed(size, writer.root))
    return folder
