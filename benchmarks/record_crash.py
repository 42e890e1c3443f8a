"""Kill -9 at random moments of numbering, publishing and witnessing: is an acknowledged act ever lost, or are two things ever said?

    python benchmarks/record_crash.py [--kills 300] [--seed 2018] [--sqlite]

Protocol. One node on each database, with two witnesses over HTTP. Three kinds of processes, all forked from this one, all killed: a person who
acts (each entry acknowledged once its transaction is committed), the worker (numbers, writes tiles, signs, has the witnesses cosign, publishes) and
each witness. A drawn process is killed with SIGKILL after a drawn time, then started again, the witnesses at the same address with the same memory.
What the worker was doing when it died is told by a shared byte. After each kill: every act acknowledged is in the database, every index given is the
same as ever and none is given twice, and no checkpoint, published, being published or held by a witness, has the size of another with another root.
At the end, all is started again and the log verified whole: every checkpoint ever seen is one of its past states, every act is in it, in the order of
its index, cosigned by both. Bar: none of it ever fails.
"""

import argparse
import mmap
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from both_databases import add_options, on_both
from machine import load

PHASES = ("starting", "numbering", "writing and signing", "with the witnesses", "publishing", "idle")
NAME = "bench.example/registre"
LONGEST = 0.25  # seconds a process lives, at most, after the first sign that it works


def forked(act: Callable[[], None]) -> int:
    """A process that does this for ever, on a database connection of its own."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # said, and ended: nothing of this process may go on in the child
            print(f"{act}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    return child


class Node:
    """The database and folder of this process, its witnesses' addresses, and all that was ever seen of it."""

    def __init__(self, data: Path) -> None:
        from dcant.record.keys import SigningKey
        from dcant.record.publication import log_key

        self.data = data
        self.phase = mmap.mmap(-1, 1)
        self.acknowledged = data / "acknowledged"
        self.keys = {name: SigningKey.new(f"{name}.example/temoin", "witness") for name in ("etat", "territoires")}
        self.ports = {name: free_port() for name in self.keys}
        self.log = log_key(data, NAME).public
        lines = [f"witness {name} {key.public} http://127.0.0.1:{self.ports[name]}/" for name, key in self.keys.items()]
        self.policy = data / "witnesses.txt"
        text = "\n".join([f"log {self.log}", *lines, "group both all etat territoires", "quorum both", ""])
        self.policy.write_text(text, encoding="utf-8")
        self.roots: dict[int, bytes] = {}
        self.indices: dict[str, int] = {}

    def act(self) -> None:
        """Entries of one transaction, then the acknowledgement, in a file that only ever grows."""
        from django.db import transaction
        from record_append import drafts

        from dcant.record.services import write_entries

        with self.acknowledged.open("a", encoding="ascii") as said:
            while True:
                with transaction.atomic():
                    written = write_entries(drafts(random.randrange(10**9), random.randint(1, 9)))
                said.write("".join(f"{entry.entry_id}\n" for entry in written))
                said.flush()
                time.sleep(0.01)

    def work(self) -> None:
        """What `dcant worker` does at each turn, without rest, each step told by the shared byte."""
        from dcant.cli.witnesses import poster
        from dcant.record.cosigning import Asked, Cosigners
        from dcant.record.note import Note
        from dcant.record.publication import publish_log
        from dcant.record.sequencer import sequence_entries

        node = self

        class Told(Cosigners):
            def ask(self, note: Note, folder: Path) -> Asked:
                node.phase[0] = 3
                asked = super().ask(note, folder)
                node.phase[0] = 4
                return asked

        asked = Told(self.policy, post=poster())
        while True:
            self.phase[0] = 1
            sequence_entries(limit=random.randint(1, 40))
            self.phase[0] = 2
            publish_log(data=self.data, name=NAME, cosigners=asked)
            self.phase[0] = 5

    def witness(self, name: str) -> None:
        from dcant.cli.witness_server import make_server
        from dcant.record.witness import Witness, application

        witness = Witness(self.keys[name], [self.log], self.data / name, lambda: int(time.time()))
        make_server(application(witness), "127.0.0.1", self.ports[name]).serve_forever(0.01)

    def look(self) -> str:
        """What is wrong now, or nothing."""
        from django.db import connection

        from dcant.record.checkpoint import Checkpoint
        from dcant.record.models import Entry

        # Read before the database: the person goes on meanwhile, and a last line may be half written.
        said = self.acknowledged.read_text(encoding="ascii") if self.acknowledged.exists() else ""
        whole = said[: said.rfind("\n") + 1].split()
        rows = dict(Entry.objects.exclude(index=None).values_list("entry_id", "index"))
        known = set(Entry.objects.values_list("entry_id", flat=True))
        connection.close()
        if lost := set(whole) - known:
            return f"{len(lost)} acknowledged acts are lost"
        if sorted(rows.values()) != list(range(len(rows))):
            return "an index is missing, or was given twice"
        if moved := [one for one, index in self.indices.items() if rows.get(one) != index]:
            return f"{len(moved)} entries changed their index"
        self.indices = rows
        files = [*(self.data / "log").glob("checkpoint*"), self.data / "log" / ".writing" / "signed"]
        files += [file for name in self.keys for file in (self.data / name).glob("[0-9a-f]*") if file.suffix != ".new"]
        for file in filter(Path.exists, files):
            found = Checkpoint.read(file.read_bytes())[0]
            if self.roots.setdefault(found.size, found.root) != found.root:
                return f"two checkpoints of size {found.size} disagree ({file.name})"
        return ""

    def whole(self) -> str:
        """What is wrong with the log in the end, or nothing; all is up again."""
        from django.db import connections

        from dcant.cli.witnesses import poster
        from dcant.record.cosigning import Cosigners
        from dcant.record.merkle import leaf_hash
        from dcant.record.models import Entry
        from dcant.record.policy import Policy
        from dcant.record.publication import publish_log
        from dcant.record.sequencer import sequence_entries
        from dcant.record.tiles import Frontier, folder_reader
        from dcant.record.verifier import folder_files, verify_log

        connections.close_all()
        while sequence_entries():
            pass
        publish_log(data=self.data, name=NAME, cosigners=Cosigners(self.policy, post=poster()), wait=True)
        wrong = self.look()
        entries: list[bytes] = []
        policy, folder = Policy.parse(self.policy.read_bytes()), self.data / "log"
        report = verify_log(
            folder_reader(folder), policy, files=folder_files(folder), take=lambda _, some: entries.extend(some)
        )
        if wrong or report.findings:
            return wrong or str(report.findings[:3])
        if report.cosigned != list(self.keys):
            return f"cosigned by {report.cosigned} alone"
        if entries != [bytes(leaf) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)]:
            return "the log is not the entries of the database in their order"
        edge, past = Frontier(), {}
        for leaf in entries:
            edge.push(leaf_hash(leaf))
            if edge.size in self.roots:
                past[edge.size] = edge.root()
        return (
            ""
            if past == {size: root for size, root in self.roots.items() if size}
            else "a checkpoint seen is no past state of the log"
        )


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def measure(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.conf import settings

    from dcant.cli.database import migrate

    migrate()
    node, chance = Node(Path(settings.DATA)), random.Random(options.seed)
    acts: dict[str, Callable[[], None]] = {"person": node.act, "worker": node.work}
    acts |= {name: lambda name=name: node.witness(name) for name in node.keys}
    victims = [*acts, "worker", "worker"]  # the worker dies more often than others
    running: dict[str, int] = {}
    killed: Counter[str] = Counter()
    wrong, start = "", time.monotonic()
    try:
        for name in ("etat", "territoires", "person", "worker"):
            running[name] = forked(acts[name])
        for _ in range(options.kills):
            victim = chance.choice(victims)
            wait_until_at_work(node, chance.random() * LONGEST)
            phase = PHASES[node.phase[0]]
            os.kill(running[victim], signal.SIGKILL)
            os.waitpid(running.pop(victim), 0)
            killed[f"worker {phase}" if victim == "worker" else victim if victim == "person" else "witness"] += 1
            wrong = node.look()
            if wrong:
                break
            running[victim] = forked(acts[victim])
            if victim == "worker":
                node.phase[0] = 0
        for name in {"person", "worker"} & running.keys():
            os.kill(running[name], signal.SIGKILL)
            os.waitpid(running.pop(name), 0)
        wrong = wrong or node.whole()
    finally:
        for child in running.values():
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    told = ", ".join(f"{times} {what}" for what, times in killed.most_common())
    print(
        f"\n{options.measure}, seed {options.seed}: {killed.total()} kills ({told}) in {time.monotonic() - start:.0f} s; "
        f"{len(node.indices)} entries, {len(node.roots)} checkpoints seen; {load()}\n"
        f"bar, nothing lost, nothing said twice: {f'MISSED: {wrong}' if wrong else 'met'}",
        flush=True,
    )
    return 1 if wrong else 0


def wait_until_at_work(node: Node, more: float) -> None:
    """Until the worker has begun a turn since it was started, then some more. It must, within a minute."""
    limit = time.monotonic() + 60
    while node.phase[0] == 0:
        if time.monotonic() > limit:
            sys.exit("the worker never began")
        time.sleep(0.002)
    time.sleep(more)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2018)
    add_options(parser)
    options: Any = parser.parse_args()
    return measure(options) if options.measure else on_both(__file__, options)


if __name__ == "__main__":
    sys.exit(main())
