"""May I? The one answer, and the one exception, of every permission and refusal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """Allowed or not, and because: the sentence is shown to the person as it is."""

    allowed: bool
    because: str

    @classmethod
    def yes(cls, because: str) -> "Permit":
        return cls(allowed=True, because=because)

    @classmethod
    def no(cls, because: str) -> "Permit":
        return cls(allowed=False, because=because)

    def __bool__(self) -> bool:
        return self.allowed


class Refused(Exception):
    """An act that may not be done: nothing was written. `code` has its section in docs/errors.md."""

    def __init__(self, permit: Permit, code: str) -> None:
        super().__init__(permit.because)
        self.permit = permit
        self.code = code
