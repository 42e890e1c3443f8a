"""Where the few standards shipped with the package lie."""

from pathlib import Path


def standards_seed_folder() -> Path:
    return Path(__file__).resolve().parent / "seed"
