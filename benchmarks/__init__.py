"""Benchmarks, each a script: `python benchmarks/harvest.py`, or as a module from the root, `python -m benchmarks.harvest`."""

import sys
from pathlib import Path

# What they share (machine, sheets) is imported by its own name, as it is when a script of this folder is run.
sys.path.insert(0, str(Path(__file__).resolve().parent))
