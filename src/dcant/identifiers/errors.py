"""The one error of every identifier that does not parse."""


class IdentifierError(ValueError):
    """A text that is not the identifier it should be: a stable `code` for programs, a French sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
