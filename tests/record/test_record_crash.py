"""A writer killed at any moment, five times: what it had published stands, and the log goes on."""

import random
import signal
import subprocess
import sys
from pathlib import Path

from own_log import entry, policy, signed

from dcant.record.tile_reader import TileReader
from dcant.record.tile_writer import TileWriter
from dcant.record.tiles import folder_reader
from dcant.record.verifier import folder_files, verify_log

WRITE = """
import random, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from own_log import entry, signed
from dcant.record.tile_writer import TileWriter
chance = random.Random(int(sys.argv[3]))
with TileWriter(Path(sys.argv[2])) as writer:
    while True:
        size = writer.size
        writer.append(entry(index) for index in range(size, size + chance.randint(1, 90)))
        note = signed(writer.size, writer.root)
        writer.publish(note)
        print(writer.size, flush=True)
"""


def killed_writer(log: Path, turn: int) -> int:
    """Lets a process write, kills it while it does, and tells the last size that it said was published."""
    command = [sys.executable, "-c", WRITE, str(Path(__file__).parent), str(log), str(turn)]
    lines = random.Random(turn).randint(1, 12)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    return int([line for line in said if line.endswith("\n") and line.strip()][-1])


def test_a_log_whose_writer_is_killed_five_times_loses_nothing_it_published(tmp_path):
    published = 0
    for turn in range(5):
        said = killed_writer(tmp_path, turn)
        assert said > published
        with TileWriter(tmp_path) as writer:
            published = writer.size
            assert published >= said
            assert writer.root == TileReader(tmp_path, published).root()
        report = verify_log(folder_reader(tmp_path), policy(), files=folder_files(tmp_path), strict=True)
        assert (report.findings, report.entries) == ([], published)
    with TileWriter(tmp_path) as writer:
        writer.append([entry(published)])
        writer.publish(signed(writer.size, writer.root))
    reader = TileReader(tmp_path, published + 1)
    assert [reader.entry(index) for index in range(published + 1)] == [entry(index) for index in range(published + 1)]
