"""One measure in a process of its own: seconds, processor and peak memory of a function of the script that asks."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def measured(script: str, role: str, *arguments: str) -> dict:
    """What `answer` printed in a new process running `script`."""
    command = [sys.executable, script, "--role", role, *arguments]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[-1])


def answer(work: Callable[[Path], dict], path: Path) -> int:
    """Runs the work and prints its figures; memory in MB. `work` imports what it needs before it calls `timed`."""
    found = work(path)
    print(json.dumps(found | {"peak": peak_in_megabytes()}))
    return 0


def peak_in_megabytes() -> float:
    """The most memory this process held. Not `getrusage`: it counts what the parent weighed when it was forked."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    if found is None:
        raise OSError("this system does not tell the peak of a process")
    return int(found[1]) / 1024


def timed(work: Callable[[], dict]) -> dict:
    start, worked = time.perf_counter(), time.process_time()
    found = work()
    return found | {"seconds": time.perf_counter() - start, "cpu": time.process_time() - worked}


def met(is_met: bool) -> str:  # noqa: FBT001
    return "met" if is_met else "MISSED"
