"""Whatever is changed in a log afterwards is found, and said where."""

import random
import shutil
from pathlib import Path

import pytest
from own_log import LOG, NOON, ORIGIN, STATE, TOWNS, entry, key, policy, signed, write_log

from dcant.record.checkpoint import Checkpoint
from dcant.record.note import COSIGNATURE, ED25519, Note
from dcant.record.policy import Policy
from dcant.record.tile_writer import TileWriter
from dcant.record.tiles import folder_reader, join_bundle, split_bundle
from dcant.record.verifier import Report, folder_files, verify_log

SIZES = [3, 200, 256, 300, 520]


def verify(folder: Path, *, strict: bool = True, **given) -> Report:
    return verify_log(folder_reader(folder), policy(), files=folder_files(folder), strict=strict, **given)


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def places(report: Report) -> str:
    return " | ".join(finding.place for finding in report.findings)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    return write_log(tmp_path_factory.mktemp("log"), SIZES)


@pytest.fixture
def log(written, tmp_path) -> Path:
    return shutil.copytree(written, tmp_path / "log")


def rewrite(log: Path, change) -> None:
    """Changes the entries and makes every bundle and tile again, as one who holds the machine but no key would."""
    entries = [entry(index) for index in range(SIZES[-1])]
    change(entries)
    notes = {path.name: path.read_bytes() for path in log.glob("checkpoint*")}
    shutil.rmtree(log)
    with TileWriter(log) as writer:
        for size in [*SIZES[:-1], len(entries)]:
            writer.append(entries[writer.size : size])
    for name, note in notes.items():
        (log / name).write_bytes(note)


def test_an_honest_log_has_nothing_against_it(log):
    report = verify(log)
    assert not report.findings
    assert (report.origin, report.size, report.entries, report.checkpoints) == (ORIGIN, 520, 520, 6)
    assert report.trusted == [LOG.public.short, STATE.public.short, TOWNS.public.short]
    assert report.ignored == []


def test_entries_are_handed_over_in_order_as_they_are_verified(log):
    taken: list[bytes] = []

    def take(index: int, entries: list[bytes]) -> None:
        assert index == len(taken)
        taken.extend(entries)

    verify_log(folder_reader(log), policy(), take=take)
    assert taken == [entry(index) for index in range(SIZES[-1])]


def test_the_published_log_verifies_too_at_its_last_size(corpora, tmp_path):
    published = corpora / "record-vectors" / "tiles-log"
    shutil.copytree(published / "tile", tmp_path / "tile")
    shutil.copy(published / "checkpoint.8", tmp_path / "checkpoint")
    for size in range(9):
        shutil.copy(published / f"checkpoint.{size}", tmp_path)
    theirs = Policy.parse((published / "policy.txt").read_bytes())
    report = verify_log(folder_reader(tmp_path), theirs, files=folder_files(tmp_path), strict=True)
    assert (report.findings, report.entries, report.checkpoints) == ([], 8, 10)


def test_every_one_of_two_hundred_flipped_bits_is_found(log):
    chance = random.Random(2018)
    files = folder_files(log)
    for _ in range(200):
        path = log / chance.choice(files)
        honest = path.read_bytes()
        bit = chance.randrange(len(honest) * 8)
        changed = bytearray(honest)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        report = verify(log)
        assert report.findings, (path, bit)
        assert path.relative_to(log).as_posix() in places(report) or "entrée" in places(report)
        path.write_bytes(honest)
    assert not verify(log).findings


@pytest.mark.parametrize("index", [0, 17, 255, 256, 519])
def test_a_changed_entry_is_named(log, index):
    number = index // 256
    bundle = log / ("tile/entries/002.p/8" if number == 2 else f"tile/entries/{number:03}")
    entries = split_bundle(bundle.read_bytes())
    entries[index % 256] = b"another"
    bundle.write_bytes(join_bundle(entries))
    report = verify(log)
    assert f"entrée {index} (" in places(report)
    assert codes(report)[-1] == "root"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda entries: entries.pop(100), "entrées 100 à 254 (tile/entries/000) | entrée 255 (tile/entries/000)"),
        (lambda entries: entries.append(b"new"), "entrée 256 (tile/entries/000)"),
        (lambda entries: entries.insert(250, b"new"), "entrée 256 (tile/entries/000) | entrées 250 à 255 (tile/entries/000)"),
        (lambda entries: entries.__setitem__(slice(7, 9), [entries[8], entries[7]]), "entrées 7 à 8 (tile/entries/000)"),
        (lambda entries: entries.clear(), "entrées 0 à 255 (tile/entries/000)"),
    ],
)  # fmt: skip
def test_entries_dropped_added_inserted_or_swapped_in_a_bundle_are_named(log, change, said):
    bundle = log / "tile/entries/000"
    entries = split_bundle(bundle.read_bytes())
    change(entries)
    bundle.write_bytes(join_bundle(entries))
    assert said in places(verify(log))


@pytest.mark.parametrize(
    ("change", "between"),
    [
        (lambda entries: entries.__setitem__(280, b"forged"), "checkpoint.300, entrées 256 à 299"),
        (lambda entries: entries.__setitem__(slice(0, 2), [entries[1], entries[0]]), "checkpoint.3, entrées 0 à 2"),
        (lambda entries: entries.insert(210, b"slipped in"), "checkpoint.256, entrées 200 à 255"),
        (lambda entries: entries.pop(301), "entrées 512 à 519 (tile/entries/002.p/8)"),
        (lambda entries: entries.append(b"one more"), "tile/entries/002.p/9"),
    ],
)
def test_a_history_rewritten_with_all_its_tiles_is_found_between_the_checkpoints_kept(log, change, between):
    rewrite(log, change)
    assert between in places(verify(log))


def test_a_fork_signed_by_the_log_alone_lacks_the_quorum(log):
    rewrite(log, lambda entries: entries.__setitem__(519, b"forged"))
    with TileWriter(log.parent / "fork") as writer:
        writer.append([*map(entry, range(519)), b"forged"])
        forged = signed(520, writer.root, ())
    for name in ("checkpoint", "checkpoint.520"):
        (log / name).write_bytes(forged)
    assert codes(verify(log, strict=False)) == ["quorum"]


def test_a_checkpoint_kept_by_the_auditor_catches_a_log_that_went_back_or_forked(log, tmp_path):
    held = (log / "checkpoint").read_bytes()
    assert not verify(log, seen=held).findings
    shorter = write_log(tmp_path / "shorter", [3, 200])
    assert codes(verify(shorter, seen=held)) == ["rolled-back"]
    with TileWriter(tmp_path / "fork") as writer:
        writer.append([b"other", *map(entry, range(1, 600))])
        writer.publish(signed(600, writer.root))
    assert codes(verify(tmp_path / "fork", seen=held)) == ["root"]
    assert codes(verify(log, seen=b"?")) == ["note-shape"]
    foreign = key("other.example", ED25519).sign(str(Checkpoint("other.example", 3, b"\0" * 32)))
    assert codes(verify(log, seen=bytes(foreign)))[:1] == ["log-unsigned"]


@pytest.mark.parametrize(
    ("path", "code"),
    [("tile/0/000", "tile-length"), ("tile/1/000.p/2", "tile-length"), ("tile/entries/001", "entry-missing")],
)
def test_a_file_that_is_gone_is_named(log, path, code):
    (log / path).unlink()
    report = verify(log)
    assert codes(report) == [code]
    assert path in places(report)


def test_when_neither_entries_nor_tile_are_left_the_verification_stops_and_says_so(log):
    (log / "tile/0/001").unlink()
    (log / "tile/entries/001").unlink()
    assert "stopped" in codes(verify(log))


@pytest.mark.parametrize(
    "path", ["tile/0/007", "tile/entries/002.p/9", "tile/5/000.p/1", "tile/0/000.p/x", "notes.txt", "tile/junk"]
)
def test_a_file_that_nothing_signs_is_named(log, path):
    (log / path).parent.mkdir(parents=True, exist_ok=True)
    (log / path).write_bytes(b"\0" * 32)
    report = verify(log)
    assert codes(report) in (["not-covered"], ["file-unknown"])
    assert places(report) == path


@pytest.mark.parametrize("path", ["tile/0/000.p/3", "tile/0/001.p/44", "tile/entries/000.p/200", "tile/1/000.p/1"])
def test_an_old_partial_file_must_agree_with_what_came_after(log, path):
    data = bytearray((log / path).read_bytes())
    data[-1] ^= 1
    (log / path).write_bytes(data)
    report = verify(log)
    assert codes(report) == ["partial"]
    assert places(report) == path


def test_a_signature_of_an_unknown_key_is_listed_and_held_against_the_log_when_strict(log):
    note = Note.parse((log / "checkpoint").read_bytes())
    other = key("passer-by.example", COSIGNATURE)
    (log / "checkpoint").write_bytes(bytes(note.with_signatures([other.cosign(note.text, NOON)])))
    lenient = verify(log, strict=False)
    assert (lenient.findings, lenient.ignored) == ([], [f"checkpoint: {other.public.short}"])
    assert codes(verify(log)) == ["signature-ignored"]


def test_what_a_stranger_wrote_is_shown_without_what_a_terminal_would_obey(log):
    note = Note.parse((log / "checkpoint").read_bytes())
    other = key("a\x9b31m\u202e", COSIGNATURE)
    (log / "checkpoint").write_bytes(bytes(note.with_signatures([other.cosign(note.text, NOON)])))
    (log / "x\x1b[2J").write_bytes(b"")
    report = verify(log)
    assert codes(report) == ["signature-ignored", "file-unknown"]
    assert all(finding.place.isprintable() and finding.message.isprintable() for finding in report.findings)
    assert report.ignored[0].isprintable()


def test_a_checkpoint_under_the_name_of_another_size_or_unreadable_is_a_finding(log):
    shutil.copy(log / "checkpoint.200", log / "checkpoint.201")
    assert codes(verify(log)) == ["checkpoint-name"]
    (log / "checkpoint.201").unlink()
    (log / "checkpoint").write_bytes(b"\0")
    report = verify(log)
    assert (codes(report), report.size) == (["note-text"], 520)
    for path in log.glob("checkpoint.*"):
        path.unlink()
    assert codes(verify(log)) == ["note-text"]


def test_a_size_that_no_log_reaches_is_refused_at_once(log):
    (log / "checkpoint").write_bytes(signed(2**62, b"\0" * 32))
    assert codes(verify(log))[-1] == "stopped"


def test_without_a_list_of_files_only_what_readers_ask_for_is_checked(log):
    (log / "notes.txt").write_bytes(b"")
    report = verify_log(folder_reader(log), policy())
    assert (report.findings, report.checkpoints) == ([], 1)
    bundle = log / "tile/entries/002.p/8"
    bundle.write_bytes(bundle.read_bytes() + b"\0\1x")
    assert codes(verify_log(folder_reader(log), policy())) == ["entry-added"]


def test_an_empty_log_has_one_root(tmp_path):
    write_log(tmp_path, [0])
    assert not verify(tmp_path).findings
    for name in ("checkpoint", "checkpoint.0"):
        (tmp_path / name).write_bytes(signed(0, b"\0" * 32))
    assert codes(verify(tmp_path)) == ["root"]


def test_a_folder_without_checkpoint_is_unreadable(tmp_path):
    with pytest.raises(FileNotFoundError):
        verify(tmp_path)
