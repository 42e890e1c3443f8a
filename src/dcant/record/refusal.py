"""Why a value cannot enter the record."""


class LeafRefused(ValueError):
    """A value outside the profile of the record: a stable `code`, and the `path` of the fault inside the value."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"{code} at {path}")
        self.code = code
        self.path = path
