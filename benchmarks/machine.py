"""On what a benchmark ran: processor, cores, memory, versions and load. Never the name of the machine."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path


def processor() -> str:
    """The model as the kernel tells it, else the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def cores() -> int:
    """Those this process may use, which a container may have fewer of than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gibibytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def load() -> str:
    """Mean number of processes that wanted a core over the last minute, and the last five."""
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} (1 min), {five:.1f} (5 min)"


def describe() -> str:
    """One line for the head of a table."""
    versions = f"Python {platform.python_version()}, Django {version('django')}, SQLite {sqlite3.sqlite_version}"
    return f"{processor()}, {cores()} cores, {gibibytes():.0f} GiB; {platform.system()}; {versions}; {load()}"


if __name__ == "__main__":
    print(describe())
