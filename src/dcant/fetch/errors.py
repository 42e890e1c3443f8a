"""The one error of everything that can go wrong on the way out."""


class FetchError(Exception):
    """An answer that was not had: a stable `code` for programs, a French sentence and its remedy for people.

    The sentence names a host, never a whole address: a path or a query may carry a secret.
    """

    def __init__(self, code: str, message_fr: str, remedy_fr: str = "") -> None:
        super().__init__(message_fr)
        self.code = code
        self.message_fr = message_fr
        self.remedy_fr = remedy_fr
