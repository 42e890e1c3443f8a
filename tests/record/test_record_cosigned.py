"""The log asks real witnesses: each checkpoint with its cosignatures, one that is down delays nothing, a fork is refused."""

import threading
from datetime import UTC, datetime

import pytest
from own_witness import NAME, STATE, TOWNS, grow, say, served, write_policy

from dcant.cli.witnesses import poster
from dcant.record.checkpoint import Checkpoint
from dcant.record.cosigning import REASONS, Cosigners, NotCosigned, ask_witness
from dcant.record.merkle import leaf_hash, root
from dcant.record.models import Entry
from dcant.record.note import Malformed, Note
from dcant.record.policy import Policy
from dcant.record.publication import (
    current_note,
    export_log,
    forget_log,
    log_key,
    missing,
    policy_text,
    publish_log,
)
from dcant.record.questions import log_state
from dcant.record.tile_reader import TileReader
from dcant.record.tiles import folder_reader
from dcant.record.verifier import folder_files, verify_log

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 0, 1, tzinfo=UTC)
CLOSED = 1  # a port where nobody listens


class Clock:
    """Seconds that only the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Posted:
    """The real poster, and how often it was used."""

    def __init__(self) -> None:
        self.times = 0
        self._post = poster()

    def __call__(self, address: str, body: bytes) -> tuple[int, bytes]:
        self.times += 1
        return self._post(address, body)


@pytest.fixture
def both(tmp_path):
    """Two witnesses that run, and those who ask them."""
    log = log_key(tmp_path, NAME).public
    with served(STATE, log, tmp_path / "state") as state, served(TOWNS, log, tmp_path / "towns") as towns:
        yield Cosigners(write_policy(tmp_path, state, towns), post=poster())


def who(data) -> list[str]:
    """The names of the keys on the published checkpoint."""
    return [line.name for line in current_note(data).signatures]


def state_of(data):
    return log_state(data=data, witnesses=data / "witnesses.txt", now=NOW)


def audit(data, folder):
    policy = Policy.parse(policy_text(data=data, witnesses=data / "witnesses.txt").encode())
    return verify_log(folder_reader(folder), policy, files=folder_files(folder), strict=True)


def test_each_checkpoint_is_published_with_both_cosignatures_and_an_auditor_finds_nothing_to_say(tmp_path, both):
    for size in (3, 3, 300, 301):
        grow(tmp_path, range(Entry.objects.count(), size), both)
        assert who(tmp_path) == [NAME, STATE.name, TOWNS.name]
    export_log(data=tmp_path, target=tmp_path / "copy", witnesses=tmp_path / "witnesses.txt")
    assert (tmp_path / "copy" / "checkpoint").read_bytes() == bytes(current_note(tmp_path))
    report = audit(tmp_path, tmp_path / "log")
    assert (report.findings, report.cosigned, report.size) == ([], ["État", "communes"], 301)
    assert "http" not in (tmp_path / "copy" / "policy.txt").read_text(encoding="utf-8")
    state = state_of(tmp_path)
    assert [(one.witness, one.at) for one in state.cosignatures] == [
        (name, datetime.fromtimestamp(1_530_000_000, UTC)) for name in ("État", "communes")
    ]
    assert (state.quorum, state.awaited, state.alarms) == (True, (), ())


def test_a_witness_that_is_down_delays_its_cosignature_alone_and_is_asked_again(tmp_path):
    log = log_key(tmp_path, NAME).public
    clock, post = Clock(), Posted()
    with served(STATE, log, tmp_path / "state") as state:
        file = write_policy(tmp_path, state, CLOSED)
        asking = Cosigners(file, post=post, clock=clock)
        assert grow(tmp_path, range(3), asking) == 3
        assert who(tmp_path) == [NAME, STATE.name]
        assert missing(tmp_path) == {"communes": "down"}
        shown = state_of(tmp_path)
        assert ([one.reason for one in shown.awaited], shown.quorum, shown.alarms) == (["down"], False, ())
        asked = post.times
        grow(tmp_path, range(3, 5), asking)  # it rests: only the other one is asked
        assert (who(tmp_path), missing(tmp_path)) == ([NAME, STATE.name], {"communes": "down"})
        assert post.times == asked + 1
        with served(TOWNS, log, tmp_path / "towns") as towns:
            write_policy(tmp_path, state, towns)
            clock.now += 60
            assert grow(tmp_path, range(0), asking) == 0
    assert (who(tmp_path), missing(tmp_path)) == ([NAME, STATE.name, TOWNS.name], {})
    assert audit(tmp_path, tmp_path / "log").cosigned == ["État", "communes"]


def test_a_publisher_that_starts_again_is_told_the_size_and_proves_from_it(tmp_path, both):
    grow(tmp_path, range(7), both)
    post = Posted()
    grow(tmp_path, range(7, 20), Cosigners(tmp_path / "witnesses.txt", post=post))
    assert post.times == 4  # 409, then 200, for each
    assert who(tmp_path) == [NAME, STATE.name, TOWNS.name]


def test_the_side_shown_a_fork_first_refuses_the_log_and_everybody_is_told(tmp_path, both, client, settings):
    settings.DATA, settings.WITNESSES = tmp_path, tmp_path / "witnesses.txt"
    key = log_key(tmp_path, NAME)
    say(range(2))
    fork = root([leaf_hash(bytes(Entry.objects.get(index=0).leaf)), leaf_hash(b"another past")])
    policy = Policy.read(tmp_path / "witnesses.txt")
    ask_witness(
        policy.witnesses[1], key.sign(str(Checkpoint(NAME, 2, fork))), tmp_path / "nowhere", old=0, post=poster()
    )
    assert publish_log(data=tmp_path, name=NAME, cosigners=both) == 2
    assert who(tmp_path) == [NAME, STATE.name]
    assert missing(tmp_path) == {"communes": "fork"}
    grow(tmp_path, range(2, 9), Cosigners(tmp_path / "witnesses.txt", post=poster()))
    assert missing(tmp_path) == {"communes": "fork"}
    assert "witnesses" in client.get("/readyz").json()["problems"]
    page = client.get("/registre/").content.decode()
    assert "contredit ce journal" in page
    assert client.get("/registre.json").json()["log"]["alarms"] == [f"communes : {REASONS['fork']}"]


def test_a_log_that_went_back_under_what_a_witness_saw_is_an_alarm(tmp_path, both):
    grow(tmp_path, range(9), both)
    shorter = Checkpoint(NAME, 4, TileReader(tmp_path / "log", 9).root(4))
    note, policy = log_key(tmp_path, NAME).sign(str(shorter)), Policy.read(tmp_path / "witnesses.txt")
    with pytest.raises(NotCosigned) as refused:
        ask_witness(policy.witnesses[0], note, tmp_path / "log", old=0, post=poster())
    assert refused.value.code == "ahead"


def test_the_witnesses_of_a_demonstration_forget_with_its_log(tmp_path):
    log = log_key(tmp_path, NAME).public
    stores = [tmp_path / "witnesses" / side / "store" for side in ("etat", "territoires")]
    with served(STATE, log, stores[0]) as state, served(TOWNS, log, stores[1]) as towns:
        file = write_policy(tmp_path, state, towns)
        grow(tmp_path, range(9), Cosigners(file, post=poster()))
        forget_log(tmp_path)
        assert current_note(tmp_path) is None
        assert grow(tmp_path, range(0), Cosigners(file, post=poster())) == 9
    assert who(tmp_path) == [NAME, STATE.name, TOWNS.name]
    assert audit(tmp_path, tmp_path / "log").findings == []


def test_two_publishers_asking_at_once_both_have_the_cosignature(tmp_path, both):
    grow(tmp_path, range(5))
    note = current_note(tmp_path)
    start, said = threading.Barrier(6), []

    def race() -> None:
        asking = Cosigners(tmp_path / "witnesses.txt", post=poster())
        start.wait()
        said.append(asking.ask(note, tmp_path / "log"))

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(len(one.signatures), one.missing) for one in said] == [(2, {})] * 6


def _cosigned(note: Note) -> bytes:
    return str(TOWNS.cosign(note.text, 5)).encode()


REPLIES = {
    "nothing": (200, lambda _note: b"", "answer"),
    "a page": (200, lambda _note: b"<html>", "answer"),
    "bytes": (200, lambda _note: b"\xff\n", "answer"),
    "another key": (200, lambda note: str(STATE.cosign(note.text, 5)).encode(), "answer"),
    "another text": (200, lambda note: _cosigned(Note(note.text + "x\n", ())), "answer"),
    "a cut line": (200, lambda note: _cosigned(note)[:-1], "answer"),
    "the same size for ever": (409, lambda _note: b"4\n", "answer"),
    "a word": (409, lambda _note: b"five\n", "answer"),
    "a negative size": (409, lambda _note: b"-1\n", "answer"),
    "digits of another script": (409, lambda _note: "٣\n".encode(), "answer"),
    "no size": (409, lambda _note: b"", "answer"),
    "a larger size": (409, lambda _note: b"99\n", "ahead"),
    "a fork": (422, lambda _note: b"", "fork"),
    "a key it does not know": (403, lambda _note: b"", "unknown-key"),
    "a log it does not know": (404, lambda _note: b"", "unknown-log"),
    "a bad request": (400, lambda _note: b"", "answer"),
    "a redirect": (302, lambda _note: b"", "answer"),
    "a status of its own": (499, lambda _note: b"", "answer"),
    "too many": (429, lambda _note: b"", "down"),
    "a proxy alone": (503, lambda _note: b"", "down"),
}


@pytest.mark.parametrize("name", REPLIES)
def test_whatever_a_witness_replies_has_its_word_and_nothing_false_is_kept(tmp_path, name):
    status, body, code = REPLIES[name]
    grow(tmp_path, range(5))
    note, policy = current_note(tmp_path), Policy.read(write_policy(tmp_path, CLOSED, CLOSED))
    with pytest.raises(NotCosigned) as refused:
        ask_witness(policy.witnesses[1], note, tmp_path / "log", old=0, post=lambda *_: (status, body(note)))
    assert refused.value.code == code


def test_a_witness_may_send_more_lines_than_its_own_and_its_address_is_kept(tmp_path):
    grow(tmp_path, range(5))
    note, policy = current_note(tmp_path), Policy.read(write_policy(tmp_path, CLOSED, CLOSED))
    heard = []

    def post(address: str, body: bytes) -> tuple[int, bytes]:
        heard.append((address, body))
        return 200, str(STATE.cosign(note.text, 5)).encode() + _cosigned(note)

    line = ask_witness(policy.witnesses[1], note, tmp_path / "log", old=0, post=post)
    assert line.key == TOWNS.public.short
    assert heard == [("http://127.0.0.1:1/add-checkpoint", b"old 0\n\n" + bytes(note))]


def test_tiles_that_are_gone_make_no_proof_and_no_error(tmp_path, both):
    grow(tmp_path, range(300), both)
    write_policy(tmp_path, CLOSED, CLOSED)
    note, policy = current_note(tmp_path), Policy.read(tmp_path / "witnesses.txt")
    (tmp_path / "log" / "tile" / "0" / "000").unlink()
    with pytest.raises(NotCosigned) as refused:
        ask_witness(policy.witnesses[0], note, tmp_path / "log", old=77, post=poster())
    assert refused.value.code == "tiles"


def test_a_witness_without_address_is_awaited_and_said_so(tmp_path):
    file = tmp_path / "witnesses.txt"
    file.write_text(f"witness seul {STATE.public}\nquorum seul\n", encoding="utf-8")
    grow(tmp_path, range(2), Cosigners(file, post=poster()))
    assert missing(tmp_path) == {"seul": "no-address"}
    assert who(tmp_path) == [NAME]


def test_a_policy_that_no_longer_reads_stops_the_signature_and_is_said(tmp_path, both, client, settings):
    grow(tmp_path, range(2), both)
    (tmp_path / "witnesses.txt").write_text("quorum nobody\n", encoding="utf-8")
    say(range(2, 3))
    with pytest.raises(Malformed):
        publish_log(data=tmp_path, name=NAME, cosigners=both)
    assert "nobody" in state_of(tmp_path).unreadable
    assert len(state_of(tmp_path).alarms) == 1
    settings.DATA, settings.WITNESSES = tmp_path, tmp_path / "witnesses.txt"
    assert "nobody" in client.get("/readyz").json()["problems"]["log"]
    assert "nobody" in client.get("/registre/").content.decode()
