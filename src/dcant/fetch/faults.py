"""What goes wrong on the wire, in the words of the house, and whether another try may help."""

import httpcore

from dcant.fetch.connection import TlsFailure
from dcant.fetch.errors import FetchError

OF_THE_WIRE = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, TlsFailure)
_AGAIN = "Réessayez plus tard."


class Passing(Exception):
    """A fault that may pass. `retry_after`: seconds the site asked to be left alone, when it did."""

    def __init__(self, error: FetchError, retry_after: float | None = None) -> None:
        super().__init__(error.message_fr)
        self.error = error
        self.retry_after = retry_after


class Unreachable(Passing):
    """No connection to this IP address: another of the same name may do."""


def as_fault(host: str, error: Exception) -> Exception:
    """The FetchError of a fault of the wire, or the Passing that carries it."""
    if isinstance(error, TlsFailure):
        said = f"Le certificat de « {host} » n’est pas valable, ou la connexion chiffrée échoue."
        return FetchError("TLS", said, "Signalez-le au site ; rien n’est lu sans certificat valable.")
    if isinstance(error, httpcore.ConnectTimeout):
        return Unreachable(FetchError("TIMEOUT", f"« {host} » ne répond pas à temps.", _AGAIN))
    if isinstance(error, httpcore.TimeoutException):
        return Passing(FetchError("TIMEOUT", f"« {host} » ne répond pas à temps.", _AGAIN))
    if isinstance(error, httpcore.ConnectError):
        return Unreachable(FetchError("CONNECTION", f"« {host} » refuse la connexion.", _AGAIN))
    if isinstance(error, httpcore.NetworkError):
        return Passing(FetchError("CONNECTION", f"La connexion à « {host} » s’est coupée.", _AGAIN))
    return Passing(FetchError("TRUNCATED", f"La réponse de « {host} » est coupée, ou n’est pas du HTTP.", _AGAIN))
