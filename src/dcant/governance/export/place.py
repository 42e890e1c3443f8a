"""Where documents are read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """site: its address without the last slash, empty for relative addresses; node: its name for ever."""

    node: str
    site: str = ""

    def page(self, address: str) -> str:
        return f"{self.site}{address}"
