"""A witness over real HTTP: each status in its order, one winner of a race, and nothing said that is not on the disk."""

import http.client
import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_log import LOG, NOON, ORIGIN, STATE, entry, key, signed

from dcant.cli.witness_server import make_server
from dcant.record.checkpoint import Checkpoint
from dcant.record.merkle import EMPTY_ROOT, leaf_hash, root
from dcant.record.note import ED25519, Note, Signature, encode, open_note
from dcant.record.tile_reader import consistency_ranges
from dcant.record.witness import MAX_BODY, Witness, application

LEAVES = [leaf_hash(entry(index)) for index in range(40)]
LAST = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"


def note(size: int, other: bytes = b"") -> bytes:
    return signed(size, root([*LEAVES[:size], leaf_hash(other)] if other else LEAVES[:size]), ())


def proof(size1: int, size2: int) -> list[bytes]:
    return [root(LEAVES[low:high]) for low, high in consistency_ranges(size1, size2)] if 0 < size1 < size2 else []


def body(old: object, size: int, steps: list[bytes] | None = None, checkpoint: bytes | None = None) -> bytes:
    steps = proof(int(old), size) if steps is None else steps
    lines = "".join(f"{encode(step)}\n" for step in steps)
    return f"old {old}\n{lines}\n".encode() + (note(size) if checkpoint is None else checkpoint)


class Site:
    """A witness being served, and one connection to it, kept open."""

    def __init__(self, store: Path) -> None:
        self.witness = Witness(STATE, [LOG.public], store, lambda: NOON)
        self.server = make_server(application(self.witness), "127.0.0.1", 0)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=10)

    def ask(self, path: str, data: bytes | None = None, method: str = "") -> tuple[int, bytes, str]:
        self.connection.request(method or ("GET" if data is None else "POST"), path, data)
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers["Content-Type"]

    def post(self, data: bytes) -> tuple[int, bytes]:
        return self.ask("/add-checkpoint", data)[:2]

    def status(self, data: bytes) -> int:
        return self.post(data)[0]


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    served = Site(tmp_path / "store")
    thread = threading.Thread(target=served.server.serve_forever, args=[0.01])
    thread.start()
    yield served
    served.connection.close()
    served.server.shutdown()
    served.server.server_close()
    thread.join()


def test_a_log_that_grows_is_cosigned_on_one_connection_at_each_step(site):
    for old, size in [(0, 0), (0, 1), (1, 8), (8, 8), (8, 33), (33, 40)]:
        status, line = site.post(body(old, size))
        assert status == 200
        whole = Note.parse(note(size) + line)
        assert [found.short for found in open_note(whole, [LOG.public, STATE.public]).verified] == [LOG.public.short, STATE.public.short]  # fmt: skip
        assert site.ask(LAST) == (200, note(size) + line, "text/plain; charset=utf-8")


def test_nothing_was_cosigned_yet(site):
    assert site.ask(LAST)[0] == 404
    assert site.ask(f"/{sha256(b'another').hexdigest()}/checkpoint")[0] == 404


def test_statuses_come_in_the_order_of_the_specification(site):
    """Each request has every fault of those after it, and is refused for the first."""
    assert site.status(body(0, 20)) == 200
    wrong = [b"\0" * 32]
    foreign = str(Checkpoint("another.example", 3, EMPTY_ROOT))
    unsigned = Note(foreign, (Signature("nobody", b"abcd", b"x"),))
    assert site.status(body(99, 3, wrong, bytes(unsigned))) == 404
    ours = str(Checkpoint(ORIGIN, 3, EMPTY_ROOT))
    stranger = key("stranger.example", ED25519)
    false = Signature(LOG.name, LOG.public.key_id, b"\0" * 64)
    assert site.status(body(99, 3, wrong, bytes(stranger.sign(ours)))) == 403
    assert site.status(body(99, 3, wrong, bytes(Note(ours, (false,))))) == 403
    assert site.status(body(99, 3, wrong, bytes(Note(ours, (*LOG.sign(ours).signatures, false))))) == 403
    assert site.status(body(99, 3, wrong, bytes(LOG.sign(ours)))) == 400
    assert site.ask("/add-checkpoint", body(2, 30, wrong)) == (409, b"20\n", "text/x.tlog.size")
    assert site.status(body(20, 30, wrong)) == 422
    assert site.status(body(20, 30)) == 200


@pytest.mark.parametrize(
    ("old", "size", "steps", "other"),
    [
        (0, 5, [b"\0" * 32], b""),  # a proof where none is due
        (20, 30, [], b""),
        (20, 30, None, b"fork"),
        (20, 20, None, b"fork"),  # the same size, another root
        (20, 20, [b"\0" * 32], b""),
    ],
)
def test_what_does_not_extend_the_last_one_is_not_cosigned(site, old, size, steps, other):
    if old:
        assert site.status(body(0, old)) == 200
    before = site.ask(LAST)[:2]
    forged = signed(size, root([*LEAVES[: size - 1], leaf_hash(other)]), ()) if other else None
    assert site.status(body(old, size, steps, forged)) == 422
    assert site.ask(LAST)[:2] == before


def test_an_empty_log_has_one_root(site):
    assert site.status(body(0, 0, [], signed(0, b"\0" * 32, ()))) == 422
    assert site.status(body(0, 0)) == 200


@pytest.mark.parametrize(
    "data",
    [
        b"", b"old 0\n\n", b"old 0\n" + note(3), b"\n\n" + note(3), b"old x\n\n" + note(3), b"old 00\n\n" + note(3),
        b"old -1\n\n" + note(3), b"old 0\r\n\n" + note(3), b"old 0\nQR==\n\n" + note(3), b"new 0\n\n" + note(3),
        b"old 4\n\n" + note(3), body(0, 3, [b"\0" * 32] * 64), b"old 0\n\n" + note(3)[:-1], b"\xff\n\n" + note(3),
        b"old 0\n\n" + bytes(LOG.sign(f"{ORIGIN}\nthree\n")),
    ],
)  # fmt: skip
def test_a_malformed_request_is_refused_and_the_connection_goes_on(site, data):
    assert site.status(data) == 400
    assert site.status(body(0, 3)) == 200


def test_of_two_racing_requests_one_wins_and_the_other_is_told_the_size(site):
    assert site.status(body(0, 10)) == 200
    fork = signed(20, root([*LEAVES[:10], *[leaf_hash(b"fork")] * 10]), ())
    forked = [root(part) for part in _fork_proof()]
    start, said = threading.Barrier(8), []

    def race(data: bytes) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", site.server.server_port, timeout=10)
        start.wait()
        connection.request("POST", "/add-checkpoint", data)
        answer = connection.getresponse()
        said.append((answer.status, answer.read()))
        connection.close()

    requests = [body(10, 20), body(10, 20, forked, fork)] * 4
    threads = [threading.Thread(target=race, args=[data]) for data in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in said) == [200] + [409] * 7
    assert {told for status, told in said if status == 409} == {b"20\n"}


def _fork_proof() -> list[list[bytes]]:
    leaves = [*LEAVES[:10], *[leaf_hash(b"fork")] * 10]
    return [leaves[low:high] for low, high in consistency_ranges(10, 20)]


def test_a_witness_that_starts_again_remembers_and_keeps_no_stranger_s_line(site, tmp_path):
    text = str(Checkpoint(ORIGIN, 10, root(LEAVES[:10])))
    stranger = key("stranger.example", ED25519).sign(text).signatures
    assert site.status(body(0, 10, [], bytes(LOG.sign(text).with_signatures(stranger)))) == 200
    assert b"stranger" not in site.ask(LAST)[1]
    again = Witness(STATE, [LOG.public], tmp_path / "store", lambda: NOON + 1)
    assert again.add_checkpoint(body(0, 10)).status == 409
    assert again.add_checkpoint(body(10, 20)).status == 200


def test_a_witness_that_cannot_write_says_nothing(tmp_path):
    witness = Witness(STATE, [LOG.public], tmp_path, lambda: NOON)
    (tmp_path / sha256(ORIGIN.encode()).hexdigest()).with_suffix(".new").mkdir()
    with pytest.raises(IsADirectoryError):
        witness.add_checkpoint(body(0, 10))
    assert witness.last(sha256(ORIGIN.encode()).hexdigest()) is None


def test_other_addresses_methods_and_lengths(site):
    assert site.ask("/")[0] == 404
    assert site.ask("/add-checkpoint")[0] == 405
    assert site.ask(LAST, b"x")[0] == 405
    assert site.ask("/../checkpoint")[0] == 404
    assert site.ask("/add-checkpoint", b"x" * (MAX_BODY + 1))[0] == 413


@pytest.mark.parametrize(
    "said", [b"Transfer-Encoding: chunked", b"Content-Length: 5\r\nContent-Length: 0", b"Connection: close"]
)
def test_a_body_whose_length_is_not_clear_is_not_read_and_ends_the_connection(site, said):
    with socket.create_connection(("127.0.0.1", site.server.server_port), timeout=10) as raw:
        raw.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n" + said + b"\r\n\r\n0\r\n\r\n")
        with raw.makefile("rb") as answers:
            answer = answers.read()
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert answer.count(b"HTTP/1.1") == 1


def test_the_application_may_live_under_a_prefix(tmp_path):
    witness = Witness(STATE, [LOG.public], tmp_path, lambda: NOON)
    said: list[str] = []

    def status(path: str) -> str:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
        application(witness, "/temoin")(environ, lambda line, _headers: said.append(line))
        return said[-1][:3]

    assert [status(path) for path in ("/add-checkpoint", "/temoin/add-checkpoint", "/temoin" + LAST)] == ["404", "405", "404"]  # fmt: skip


@given(st.binary(max_size=100) | st.tuples(st.binary(max_size=40), st.binary(max_size=40)).map(lambda two: two[0] + b"\n\n" + note(3) + two[1]))  # fmt: skip
def test_whatever_is_posted_is_answered(tmp_path_factory, data):
    witness = Witness(STATE, [LOG.public], tmp_path_factory.getbasetemp() / "any", lambda: NOON)
    assert witness.add_checkpoint(data).status in {400, 403, 404, 409, 422}
