"""From a fresh clone to the first page of a territory, by the README's command: how long, and how much is downloaded?

    python benchmarks/cold_start.py [--warm-only] [--rounds 3]

Protocol. The last commit is cloned into an empty folder, then `make demo` makes the environment, the database and the site;
the clock stops when the page of a commune answers 200. First with an empty package cache, then in new clones with the cache
that the first run filled, hence surely warm. Megabytes downloaded: the size of that cache (packages as they travelled); where
the packages lie on this machine's own disk nothing travels, the cache stays empty, and there is no cold figure to quote.
With --warm-only the caches of the account are used as they are. What is not committed is not measured.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from machine import describe, load

PROJECT = Path(__file__).resolve().parent.parent
BAR, LIMIT = 60.0, 600.0  # seconds: the bar with a warm cache; when to give up
PAGE = "/territoires/35345/"
FOREIGN = {
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTHONHOME",
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_URL",
    "MAKEFLAGS",
    "MAKELEVEL",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def surroundings(cache: Path | None) -> dict[str, str]:
    """The environment of a newcomer: nothing of this process's Python, and the cache to use when one is given."""
    kept = {key: value for key, value in os.environ.items() if key not in FOREIGN and not key.startswith("DCANT_")}
    here = Path(sys.prefix) / "bin"
    kept["PATH"] = os.pathsep.join(one for one in os.environ["PATH"].split(os.pathsep) if Path(one) != here)
    if cache:
        kept |= {"PIP_CACHE_DIR": str(cache / "pip"), "UV_CACHE_DIR": str(cache / "uv")}
    return kept


def start(folder: Path, cache: Path | None) -> tuple[float, float]:
    """Seconds from the clone to the page, and megabytes of the environment made in it. Raises RuntimeError with the end of what was said when it never answers."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(clone)], check=True)
    port, said = free_port(), folder / "said.txt"
    command = ["make", "demo", f"PORT={port}", f"ARGS=--data {folder / 'data'}"]
    began = time.perf_counter()
    with said.open("w", encoding="utf-8") as output:
        demo = subprocess.Popen(
            command, cwd=clone, env=surroundings(cache), stdout=output, stderr=output, start_new_session=True
        )
    try:
        while time.perf_counter() - began < LIMIT and demo.poll() is None:
            if answers(f"http://127.0.0.1:{port}{PAGE}"):
                return time.perf_counter() - began, megabytes(clone / ".venv")
            time.sleep(0.1)
    finally:
        end(demo)
    raise RuntimeError("the page never answered:\n" + "\n".join(said.read_text(encoding="utf-8").splitlines()[-15:]))


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as page:
            return bool(page.status == 200)
    except (URLError, OSError):
        return False


def end(demo: "subprocess.Popen[bytes]") -> None:
    """Stops make and all that it started: its process group."""
    for word in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(demo.pid, word)
            demo.wait(timeout=20)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warm-only", action="store_true", help="skip the empty cache; use those of the account")
    parser.add_argument("--rounds", type=int, default=3, help="runs with a warm cache")
    options = parser.parse_args()
    missing = [tool for tool in ("git", "make", "python3") if shutil.which(tool) is None]
    if missing:
        print(f"left out: needs {', '.join(missing)}", file=sys.stderr)
        return 1
    print(describe(), flush=True)
    print("| package cache | seconds to the first territory page | MB downloaded | MB installed | load |")
    print("|---|---:|---:|---:|---|")
    warm = []
    with tempfile.TemporaryDirectory(prefix="dcant-cold-") as top:
        cache = None if options.warm_only else Path(top) / "cache"
        for number in range(options.rounds + (cache is not None)):
            folder = Path(top) / f"run-{number}"
            folder.mkdir()
            cold = cache is not None and number == 0
            try:
                seconds, installed = start(folder, cache)
            except RuntimeError as error:
                print(error, file=sys.stderr)
                return 1
            size = f"{megabytes(cache):.0f}" if cold and cache else ""
            print(
                f"| {'empty' if cold else 'warm'} | {seconds:.1f} | {size} | {installed:.0f} | {load()} |", flush=True
            )
            if not cold:
                warm.append(seconds)
            shutil.rmtree(folder)
    middle = median(warm)
    print(f"\nmedian, warm: {middle:.1f} s; bar: < {BAR:g} s: {'met' if middle < BAR else 'NOT MET'}")
    return 0 if middle < BAR else 1


if __name__ == "__main__":
    sys.exit(main())
