"""Is the Method of Equal Shares exact, and quick, beside pabutools?

    python benchmarks/budget.py [--rounds 3] [--pabutools PYTHON]

The election of Świecie 2023 (2,553 ballots, 22 projects, Equal Shares with Add1), read once by each and allocated in turns, each
round in a process of its own. pabutools is GPL: it is never installed beside dcant, but in a virtual environment of its own, given by
--pabutools (its python) or made for the run and thrown away. Where it cannot be installed, its half is left out aloud.
Bars: the published winners; not slower than pabutools; every greedy election of the corpus with its published winners or a known reason.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import describe

from dcant.governance.rules.budget import allocate, difference, read_election
from dcant.governance.rules.budget.compare import rule_of

FILE = "Poland_Swiecie_2023.pb"
WITHDRAWN_AFTER_THE_VOTE = {"Poland_Wroclaw_2017_Rejon_nr_11_750.pb"}
OURS = """
import json, sys, time
from pathlib import Path
from dcant.governance.rules.budget import allocate, read_election
election = read_election(Path(sys.argv[1]).read_bytes())
start = time.process_time()
found = allocate(election, rule="equal-shares")
print(json.dumps({"seconds": time.process_time() - start, "winners": sorted(found.winners)}))
"""
THEIRS = """
import json, sys, time
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
instance, profile = parse_pabulib(sys.argv[1])
start = time.process_time()
found = method_of_equal_shares(instance, profile, sat_class=Cost_Sat, voter_budget_increment=1)
print(json.dumps({"seconds": time.process_time() - start, "winners": sorted(one.name for one in found)}))
"""


def once(python: str, program: str, file: Path) -> dict:
    ended = subprocess.run([python, "-c", program, str(file)], capture_output=True, text=True, check=True)
    return json.loads(ended.stdout.splitlines()[-1])


def installed(folder: Path) -> str | None:
    """The python of a new environment with pabutools, None where it cannot be installed."""
    python = folder / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "pabutools==1.2.3"], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        return None
    return str(python)


def greedy_elections(folder: Path) -> tuple[int, set[str]]:
    """How many were compared, and those whose published winners differ."""
    compared, different = 0, set()
    for file in sorted(folder.glob("*.pb")):
        election = read_election(file.read_bytes())
        named = rule_of(election)
        if named and named[0] != "equal-shares" and election.published is not None:
            compared += 1
            if difference(election, allocate(election, rule=named[0])):
                different.add(file.name)
    return compared, different


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--pabutools", metavar="PYTHON", help="a python that has pabutools 1.2.3; none: installed for the run"
    )
    options = parser.parse_args()
    corpora = os.environ.get("DCANT_CORPORA") or Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"
    folder = Path(corpora) / "pabulib"
    if not folder.is_dir():
        print(f"The corpus of participatory budgets is absent ({folder}): set DCANT_CORPORA.")
        return 1
    print(describe())
    start = time.perf_counter()
    compared, different = greedy_elections(folder)
    good = different == WITHDRAWN_AFTER_THE_VOTE
    print(
        f"{compared} elections by score read and compared in {time.perf_counter() - start:.1f} s: {compared - len(different)} "
        f"with the published winners, {len(different)} explained; bar: {'met' if good else 'MISSED'}"
    )
    published = sorted(read_election((folder / FILE).read_bytes()).published or ())
    with tempfile.TemporaryDirectory(prefix="budget-bench-") as name:
        python = options.pabutools or installed(Path(name) / "venv")
        ours, theirs = [], []
        for _round in range(options.rounds):
            ours.append(once(sys.executable, OURS, folder / FILE))
            if python:
                theirs.append(once(python, THEIRS, folder / FILE))
    exact = all(one["winners"] == published for one in ours)
    mine = statistics.median(one["seconds"] for one in ours)
    print(
        f"{FILE}: {len(published)} published winners, {'found exactly' if exact else 'NOT FOUND'}; dcant {mine:.2f} s of processor (median of {len(ours)})"
    )
    if not theirs:
        print("pabutools could not be installed: its half is left out.")
        return 0 if good and exact else 1
    other = statistics.median(one["seconds"] for one in theirs)
    same = "the same winners" if all(one["winners"] == published for one in theirs) else "OTHER winners"
    print(
        f"pabutools {other:.2f} s, {same}; {other / mine:.1f} times ours; bar 1: {'met' if other >= mine else 'MISSED'}"
    )
    return 0 if good and exact and other >= mine else 1


if __name__ == "__main__":
    sys.exit(main())
