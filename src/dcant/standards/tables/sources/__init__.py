"""Open any table and give its rows by column."""

from dcant.standards.tables.sources.limits import Limits
from dcant.standards.tables.sources.opening import open_source

__all__ = ["Limits", "open_source"]
