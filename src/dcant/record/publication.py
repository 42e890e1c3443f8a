"""From numbered entries to static files that anyone may mirror and check: tiles, then a signed and cosigned checkpoint.

The worker alone writes them. What was signed is only ever extended; a folder that does not lead to its last checkpoint
stops the publication, and the alarm stands on /readyz and on the page of the log until a person looks. Witnesses are asked
between the signature and the publication; one that does not answer delays its cosignature, never an act.
"""

import fcntl
import json
import shutil
from contextlib import suppress
from pathlib import Path

from dcant.record.checkpoint import Checkpoint
from dcant.record.cosigning import Asked, Cosigners
from dcant.record.keys import SigningKey
from dcant.record.models import Entry
from dcant.record.note import Malformed, Note
from dcant.record.policy import Policy
from dcant.record.tile_writer import LogBusy, LogInconsistent, TileWriter

BATCH = 5000
FOLDER, KEY, PUBLIC, ALARM, MISSING = "log", "log.key", "log.vkey", "log-alarm", "log-missing"
DEMO_WITNESSES = "witnesses"  # a demonstration's own two, each with its key and its memory


def log_key(data: Path, name: str) -> SigningKey:
    """The key that signs this node's log: made once, readable by its owner alone (mode 0600)."""
    file = data / KEY
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # another process made it meanwhile
            SigningKey.new(name, "log").write(file)
    key = SigningKey.read(file)
    _keep(data / PUBLIC, f"{key.public}\n")  # pages show it, and need no secret for that
    return key


def publish_log(*, data: Path, name: str, cosigners: Cosigners | None = None, wait: bool = False) -> int:
    """Brings the files up to the last numbered entry, signs their root, has it cosigned; returns how many entries were added.

    Without `cosigners` nobody is asked. Raises LogInconsistent, when the tree would not extend the last one signed, and OSError,
    when the disk is full or read only, with the alarm set; LogBusy, without alarm, when another process is writing and this one
    was not told to `wait`. The next passage that succeeds takes the alarm away.
    """
    try:
        key = log_key(data, name)
        with TileWriter(data / FOLDER, wait=wait) as writer:
            before = writer.size
            _append(writer)
            _sign(data, writer, key, cosigners)
            added = writer.size - before
    except LogBusy:
        raise
    except (LogInconsistent, OSError) as problem:
        said = (
            f"The folder of the log cannot be written: {problem.strerror}" if isinstance(problem, OSError) else problem
        )
        with suppress(OSError):  # a full disk may refuse this too: entries that wait too long are an alarm of their own
            _keep(data / ALARM, str(said))
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


def _sign(data: Path, writer: TileWriter, key: SigningKey, cosigners: Cosigners | None) -> None:
    """A new checkpoint, or the present one with the cosignatures it lacked. What a witness was shown is never unsaid."""
    published = current_note(data)
    text = str(Checkpoint(key.name, writer.size, writer.root))
    note = published if published is not None and published.text == text else key.sign(text)
    asked = Asked()
    if cosigners is not None:
        if note is not published:
            writer.prepare(bytes(note))
        asked = cosigners.ask(note, data / FOLDER)
        _keep_missing(data, asked)
    if note is not published or asked.signatures:
        writer.publish(bytes(note.with_signatures(asked.signatures)))
        writer.prune()


def _keep_missing(data: Path, asked: Asked) -> None:
    """Who did not cosign and why, for the pages: a passing word, which the next passage writes again."""
    _keep(data / MISSING, json.dumps(asked.missing, ensure_ascii=False, sort_keys=True))


def _keep(file: Path, text: str) -> None:
    """Whole or not at all, and only when it changed."""
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        aside = file.with_name(f"{file.name}.new")
        aside.write_text(text, encoding="utf-8")
        aside.replace(file)


def missing(data: Path) -> dict[str, str]:
    """For each witness that did not cosign when last asked, by its name in the policy, a code of `cosigning.REASONS`."""
    try:
        return dict(json.loads((data / MISSING).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def alarm(data: Path) -> str:
    """Why the publication stopped; nothing when it goes on."""
    try:
        return (data / ALARM).read_text(encoding="utf-8")
    except OSError:
        return ""


def current_note(data: Path) -> Note | None:
    """The last checkpoint published, with its signatures, or None before the first."""
    try:
        return Checkpoint.read((data / FOLDER / "checkpoint").read_bytes())[1]
    except (OSError, Malformed):
        return None


def policy_text(*, data: Path, witnesses: Path) -> str:
    """A policy for auditors: this log's key, the witnesses and the quorum of the operator's own, without their addresses.

    It must reach an auditor by another way too. Raises OSError before the log has a key, and Malformed.
    """
    lines = [f"log {(data / PUBLIC).read_text(encoding='utf-8').strip()}"]
    policy = Policy.read(witnesses)
    if policy is not None:
        lines += [f"witness {witness.name} {witness.key}" for witness in policy.witnesses]
        lines += [f"group {group.name} {group.needed} {' '.join(group.members)}" for group in policy.groups]
    quorum = policy.quorum if policy is not None and policy.quorum else "none"
    return "".join(f"{line}\n" for line in (*lines, f"quorum {quorum}"))


def forget_log(data: Path) -> None:
    """Takes a demonstration's log back, in the memory of its own two witnesses too. Nothing else may ever do this."""
    work = data / FOLDER / ".writing"
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a publication under way ends first
        memories = [file for file in (data / DEMO_WITNESSES).glob("*/store/*") if file.name != "lock"]
        for file in (
            *memories,
            *(data / FOLDER).glob("checkpoint*"),
            *work.glob("signed"),
            data / ALARM,
            data / MISSING,
        ):
            file.unlink(missing_ok=True)
        shutil.rmtree(data / FOLDER / "tile", ignore_errors=True)


def export_log(*, data: Path, target: Path, witnesses: Path) -> None:
    """Copies the published files, none of them half written, and the policy. Waits for the end of a publication under way."""
    with TileWriter(data / FOLDER, wait=True):
        shutil.copytree(data / FOLDER, target, ignore=shutil.ignore_patterns(".writing"), dirs_exist_ok=False)
    (target / "policy.txt").write_text(policy_text(data=data, witnesses=witnesses), encoding="utf-8")
