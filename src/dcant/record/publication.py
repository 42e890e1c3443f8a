"""From numbered entries to static files that anyone may mirror and check: tiles, then a signed checkpoint.

The worker alone writes them. What was signed is only ever extended; a folder that does not lead to its last checkpoint
stops the publication, and the alarm stands on /readyz and on the page of the log until a person looks.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from dcant.record.checkpoint import Checkpoint
from dcant.record.keys import SigningKey
from dcant.record.models import Entry
from dcant.record.note import Malformed
from dcant.record.tile_writer import LogInconsistent, TileWriter

BATCH = 5000
FOLDER, KEY, ALARM = "log", "log.key", "log-alarm"


def log_key(data: Path, name: str) -> SigningKey:
    """The key that signs this node's log: made once, readable by its owner alone (mode 0600)."""
    file = data / KEY
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # another process made it meanwhile
            SigningKey.new(name, "log").write(file)
    return SigningKey.read(file)


def publish_log(*, data: Path, name: str) -> int:
    """Brings the files up to the last numbered entry and signs their root; returns how many entries were added.

    Raises LogInconsistent, with the alarm set, when the tree would not extend the last one signed.
    """
    key = log_key(data, name)
    try:
        with TileWriter(data / FOLDER) as writer:
            before = writer.size
            _append(writer)
            if writer.size > before or not (data / FOLDER / "checkpoint").exists():
                writer.publish(bytes(key.sign(str(Checkpoint(key.name, writer.size, writer.root)))))
                writer.prune()
            added = writer.size - before
    except LogInconsistent as problem:
        (data / ALARM).write_text(str(problem), encoding="utf-8")
        raise
    (data / ALARM).unlink(missing_ok=True)
    return added


def _append(writer: TileWriter) -> None:
    """Every numbered entry beyond those written. Raises LogInconsistent when the database is not what was signed."""
    while rows := list(
        Entry.objects.filter(index__gte=writer.size).order_by("index").values_list("index", "leaf")[:BATCH]
    ):
        if rows[0][0] != writer.size:
            raise LogInconsistent(f"The database has no entry {writer.size}, and has entry {rows[0][0]}")
        writer.append(bytes(leaf) for _index, leaf in rows)
    if Entry.objects.next_index() < writer.size:
        raise LogInconsistent(f"{writer.size} entries are signed and the database has {Entry.objects.next_index()}")


def alarm(data: Path) -> str:
    """Why the publication stopped; nothing when it goes on."""
    try:
        return (data / ALARM).read_text(encoding="utf-8")
    except OSError:
        return ""


def current_checkpoint(data: Path) -> Checkpoint | None:
    """The last checkpoint published, or None before the first."""
    try:
        return Checkpoint.read((data / FOLDER / "checkpoint").read_bytes())[0]
    except (OSError, Malformed):
        return None


def export_log(*, data: Path, target: Path) -> None:
    """Copies the published files, and a policy that names this log's key: it must reach an auditor by another way too."""
    shutil.copytree(data / FOLDER, target, ignore=shutil.ignore_patterns(".writing"), dirs_exist_ok=False)
    vkey = SigningKey.read(data / KEY).public
    (target / "policy.txt").write_text(f"log {vkey}\nquorum none\n", encoding="utf-8")
