"""Where the bundled seed base lies."""

from pathlib import Path


def seed_folder() -> Path:
    """The folder of sheets shipped with the package: seed/<kind>/<slug>.yaml."""
    return Path(__file__).resolve().parent / "seed"
