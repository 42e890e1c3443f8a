"""Do we say of a cell what frictionless says, and does the bulk rule never take what the exact one would not?

    python benchmarks/tables/fuzz.py [--strings 1000000] [--seed S]

Every type × format × option × constraint; strings grown from good ones by small edits, by a fresh seed (printed; give it
back with --seed). Bar: 0 difference outside the wanted ones (src/dcant/standards/tables/differences.py), 0 false bulk
acceptance. Needs frictionless (of the dev dependencies).
"""

import argparse
import random
import secrets
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "standards" / "tables"))

from cell_oracle import Pair, cases, grow, one_day

BLOCK = 200
SHOWN = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = secrets.randbelow(2**32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    chance, began = random.Random(seed), time.perf_counter()
    found: list[str] = []
    with one_day():
        pairs = [Pair(case) for case in cases()]
        tried = 0
        while tried < options.strings:
            for pair in pairs:
                texts = [grow(pair.case.seeds, chance) for _ in range(BLOCK)]
                found += [difference for text in texts if (difference := pair.difference(text))]
                found += [f"FALSE ACCEPT {pair.case.name}: {text!r}" for text in pair.false_acceptances(texts)]
                tried += len(texts)
    for line in found[:SHOWN]:
        print(line)
    for pair in pairs:
        if pair.crashes:
            print(f"the oracle crashed {len(pair.crashes)} times on {pair.case.name}: {pair.crashes[0]}")
    seconds = time.perf_counter() - began
    print(f"{tried} strings on {len(pairs)} fields in {seconds:.0f} s: {len(found)} differences or false acceptances")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
