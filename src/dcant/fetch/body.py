"""The body of an answer, unpacked piece by piece under its caps."""

import zlib
from dataclasses import dataclass

from dcant.fetch.errors import FetchError

_PIECE = 65_536
_HARMLESS = 65_536  # a body this small may be packed as tightly as it likes
_GZIP = 31


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one answer: bytes once unpacked, seconds for a try with its redirects, unpacked over packed size."""

    bytes: int
    seconds: float = 30.0
    ratio: int = 100


DESCRIPTOR = Limits(3 * 1024 * 1024)
LIST = Limits(64 * 1024 * 1024)


class Body:
    """Give it the bytes of the wire as they come; what exceeds a cap is never unpacked.

    Raises FetchError TOO_LARGE, RATIO, BAD_ENCODING (another packing than the gzip asked for) or TRUNCATED.
    """

    def __init__(self, limits: Limits, encoding: str) -> None:
        if encoding not in {"", "identity", "gzip", "x-gzip"}:
            raise FetchError("BAD_ENCODING", "La réponse est compressée d’une façon qui n’était pas demandée.")
        self._limits = limits
        self._unpacker = None if encoding in {"", "identity"} else zlib.decompressobj(_GZIP)
        self._pieces: list[bytes] = []
        self._size = self._wire = 0

    def feed(self, data: bytes) -> None:
        self._wire += len(data)
        if self._wire > self._limits.bytes:
            raise too_large(self._limits)
        if self._unpacker is None:
            self._keep(data)
            return
        while data:
            self._keep(self._unpacked(data))
            data = self._rest()

    def whole(self) -> bytes:
        """The bytes, once the wire has nothing more."""
        if self._unpacker is not None and self._wire and not self._unpacker.eof:
            raise FetchError("TRUNCATED", "La réponse est coupée avant sa fin.", "Réessayez plus tard.")
        return b"".join(self._pieces)

    def _unpacked(self, data: bytes) -> bytes:
        unpacker = self._unpacker
        if unpacker is None or unpacker.eof:  # a gzip file may be several, end to end
            unpacker = self._unpacker = zlib.decompressobj(_GZIP)
        try:
            return unpacker.decompress(data, _PIECE)
        except zlib.error as error:
            raise FetchError("BAD_ENCODING", "La réponse ne se décompresse pas.", "Réessayez plus tard.") from error

    def _rest(self) -> bytes:
        if self._unpacker is None:
            return b""
        return self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limits.bytes:
            raise too_large(self._limits)
        if self._size > _HARMLESS and self._size > self._wire * self._limits.ratio:
            said = f"La réponse grossit plus de {self._limits.ratio} fois en se décompressant."
            raise FetchError("RATIO", said, "Publiez ce fichier sans le remplir de vide.")
        self._pieces.append(piece)


def too_large(limits: Limits) -> FetchError:
    said = f"La réponse dépasse la limite de {limits.bytes:,} octets.".replace(",", " ")
    return FetchError("TOO_LARGE", said, "Publiez un fichier plus court, ou en plusieurs pages.")
