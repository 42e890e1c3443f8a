"""Acts of the programme: one transaction, one line of the log each."""

from dcant.governance.services.seed import SEED, load_programme

__all__ = ["SEED", "load_programme"]
