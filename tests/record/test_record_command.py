"""`dcant record …` as one types it: what is printed, and the exit status."""

import argparse
import functools
import http.server
import json
import re
import stat
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from own_log import LOG, POLICY, STATE, TOWNS, entry, signed, write_log

from dcant.cli import record
from dcant.record.note import Note, VerifierKey
from dcant.record.proof import ProofFile
from dcant.record.tile_reader import TileReader

START = "import argparse, sys; from dcant.cli import record; p = argparse.ArgumentParser(); record.add_to(p.add_subparsers()); a = p.parse_args(['record', *sys.argv[1:]]); sys.exit(a.run(a))"


def dcant(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    record.add_to(parser.add_subparsers())
    args = parser.parse_args(["record", *map(str, arguments)])
    try:
        return args.run(args)
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.fixture
def policy(tmp_path) -> Path:
    file = tmp_path / "policy.txt"
    file.write_text(POLICY, encoding="utf-8")
    return file


@pytest.fixture
def log(tmp_path) -> Path:
    return write_log(tmp_path / "log", [3, 300])


def test_an_honest_log_is_said_to_be_so_with_the_keys_that_were_trusted(log, policy, capsys):
    assert dcant("verify", log, "--policy", policy, "--strict", "--checkpoint", log / "checkpoint.3") == 0
    said = capsys.readouterr().out
    assert "Rien à redire : 300 entrées et 4 points de contrôle vérifiés" in said
    for key in (LOG, STATE, TOWNS):
        assert key.public.short in said


def test_a_changed_log_is_a_finding_for_people_and_for_programs(log, policy, capsys):
    bundle = log / "tile/entries/001.p/44"
    bundle.write_bytes(bundle.read_bytes().replace(b'"id":"280"', b'"id":"281"'))
    assert dcant("verify", log, "--policy", policy) == 1
    assert "entry [entrée 280 (tile/entries/001.p/44)]" in capsys.readouterr().out
    assert dcant("verify", log, "--policy", policy, "--format", "json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["size"], said["findings"][0]["code"]) == (False, 300, "entry")


def test_what_cannot_be_read_is_status_two(log, policy, tmp_path, capsys):
    bad = tmp_path / "bad.txt"
    bad.write_text("quorum nobody\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for arguments in (
        ("verify", tmp_path / "absent", "--policy", policy), ("verify", tmp_path / "empty", "--policy", policy),
        ("verify", log, "--policy", bad), ("verify", log, "--policy", tmp_path / "absent"),
        ("verify", log, "--policy", policy, "--checkpoint", tmp_path / "absent"),
        ("proof", policy, "--entry", policy, "--policy", policy), ("proof", tmp_path / "absent", "--entry", policy, "--policy", policy),
        ("witness", "--key", policy, "--store", tmp_path / "store", "--log", str(LOG.public)),
    ):  # fmt: skip
        assert dcant(*arguments) == 2
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)


def test_a_proof_is_checked_offline(log, policy, tmp_path, capsys):
    proof, own = tmp_path / "proof", tmp_path / "entry"
    note = Note.parse((log / "checkpoint").read_bytes())
    proof.write_bytes(bytes(ProofFile(42, tuple(TileReader(log, 300).inclusion(42)), note)))
    own.write_bytes(entry(42))
    assert dcant("proof", proof, "--entry", own, "--policy", policy) == 0
    assert "est la n° 42 du journal" in capsys.readouterr().out
    own.write_bytes(entry(41))
    assert dcant("proof", proof, "--entry", own, "--policy", policy, "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["findings"][0][0] == "inclusion"


def test_a_log_is_verified_over_the_network_as_in_a_folder(log, policy, capsys):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=log))
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        assert dcant("verify", address, "--policy", policy) == 0
        (log / "tile/entries/000").unlink()
        assert dcant("verify", address, "--policy", policy) == 1
        assert "entrées 0 à 255" in capsys.readouterr().out
        assert dcant("verify", f"{address}nothing", "--policy", policy) == 2
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_key_is_made_once_for_its_owner_alone(tmp_path, capsys):
    file = tmp_path / "log.key"
    assert dcant("key", "new", "--name", "a.example", "--type", "log", "--output", file) == 0
    assert VerifierKey.parse(capsys.readouterr().out.strip()).name == "a.example"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert dcant("key", "new", "--name", "a.example", "--type", "log", "--output", file) == 2
    assert dcant("key", "new", "--name", "a b", "--type", "log", "--output", tmp_path / "other") == 2


def test_a_witness_process_cosigns_and_stops(tmp_path):
    STATE.write(tmp_path / "witness.key")
    command = [
        "witness",
        "--key",
        tmp_path / "witness.key",
        "--store",
        tmp_path / "store",
        "--log",
        LOG.public,
        "--port",
        0,
    ]
    with subprocess.Popen(
        [sys.executable, "-c", START, *map(str, command)], stdout=subprocess.PIPE, text=True
    ) as process:
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0]
        request = b"old 0\n\n" + signed(1, b"\1" * 32, ())
        with urllib.request.urlopen(f"{address}add-checkpoint", request, timeout=10) as answer:
            assert answer.read().startswith("— etat.example/temoin ".encode())
        process.terminate()
