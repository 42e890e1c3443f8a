"""The two witnesses of a demonstration, « État » and « territoires »: processes, keys and memories of their own.

They run on one machine, which proves nothing to anybody: a real partnership hosts them apart, one on each side.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dcant.cli.database import fail

if TYPE_CHECKING:
    from dcant.record.note import VerifierKey

NAMES = {"État": "etat", "territoires": "territoires"}  # in the policy → folder and key
KEY = "witness.key"
_ADDRESS = re.compile(rb"http://\S+/")


@dataclass(frozen=True, slots=True)
class DemoWitness:
    """A witness that runs, by its name in the policy."""

    name: str
    process: "subprocess.Popen[bytes]"

    def address(self) -> str:
        """It says where it listens on its first line: the port was any free one."""
        said = self.process.stdout.readline() if self.process.stdout is not None else b""
        found = _ADDRESS.search(said)
        if found is None:
            fail(f"Le témoin « {self.name} » de la démonstration ne démarre pas.")
        return found[0].decode()


@contextmanager
def two_witnesses(data: Path, log: "VerifierKey", policy: Path) -> Iterator[list[DemoWitness]]:
    """Both witnesses of this log, on free ports of this machine; the policy that names them is written, and asks for both."""
    from dcant.record.publication import DEMO_WITNESSES

    folders = {name: data / DEMO_WITNESSES / folder for name, folder in NAMES.items()}
    keys = {name: _key(folder) for name, folder in folders.items()}
    running: list[DemoWitness] = []
    try:
        for name, folder in folders.items():
            running.append(DemoWitness(name, _start(folder, log)))
        _write(policy, log, [f"witness {one.name} {keys[one.name]} {one.address()}" for one in running])
        yield running
    finally:
        stop([witness.process for witness in running])


def stop(children: "list[subprocess.Popen[bytes]]") -> None:
    """Ends these processes together; ten seconds each, then without asking."""
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _key(folder: Path) -> "VerifierKey":
    """The public key of the witness of this folder; its private key is made there once."""
    from dcant.record.keys import SigningKey

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / KEY
    if not file.exists():
        SigningKey.new(f"{folder.name}.demonstration/temoin", "witness").write(file)
    return SigningKey.read(file).public


def _start(folder: Path, log: "VerifierKey") -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "dcant", "record", "witness", "--key", str(folder / KEY)]
    command += ["--store", str(folder / "store"), "--log", str(log), "--port", "0"]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)  # noqa: S603


def _write(policy: Path, log: "VerifierKey", witnesses: list[str]) -> None:
    lines = [
        "# La double majorité : le témoin de l’État et celui des territoires, tous deux.",
        f"log {log}",
        *witnesses,
        f"group équilibre all {' '.join(NAMES)}",
        "quorum équilibre",
    ]
    aside = policy.with_suffix(".new")
    aside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    aside.replace(policy)
