"""Where the bytes come from: a path or a stream, made into one thing that can be read again from the top."""

import hashlib
import os
import stat
import tempfile
import threading
from pathlib import Path
from typing import BinaryIO, Protocol

from dcant.standards.tables.sources.faults import SEND_IT_AGAIN, number, unreadable
from dcant.standards.tables.sources.limits import MEGABYTE, Limits
from dcant.standards.tables.values import Said


class ByteReader(Protocol):
    """The bytes of a table, in order, unpacked when they were packed."""

    bytes_read: int  # of the file given by the person, packed or not

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end, none after it."""
        ...

    def finish(self) -> str:
        """Read what is left, and tell the SHA-256 of the whole file. Raises SourceUnreadable if it changed meanwhile."""
        ...


class Origin:
    """The file given. A stream that cannot go back is copied to a temporary file without a name, which no crash leaves behind."""

    def __init__(self, given: str | os.PathLike[str] | BinaryIO, limits: Limits) -> None:
        self._borrowed = False
        if isinstance(given, (str, os.PathLike)):
            self.path = str(given)
            self.file = _open_path(Path(given), limits)
        else:
            name = getattr(given, "name", None)
            self.path = name if isinstance(name, str) and name != "<stdin>" else "-"
            self.file, self._borrowed = _seekable(given, limits)
        self._state = self._look()
        self.size = self._state[0]

    @property
    def name(self) -> str:
        """The last part of the path, as a hint of the format: « - » for a stream without a name."""
        return Path(self.path).name or "-"

    def _look(self) -> tuple[int, int]:
        """Size and time of change, which must be the same at the end."""
        try:
            seen = os.fstat(self.file.fileno())
        except (OSError, ValueError):  # a stream in memory has no file beneath
            return self.file.seek(0, os.SEEK_END), 0
        return seen.st_size, seen.st_mtime_ns

    def must_be_unchanged(self, *, read: int | None = None) -> None:
        if self._look() != self._state or (read is not None and read != self.size):
            raise unreadable(
                "source-error",
                Said("Le fichier a changé pendant sa lecture.", "The file changed while it was being read."),
                Said(
                    "Attendez que l’autre programme ait fini d’écrire, puis recommencez.",
                    "Wait until the other program has finished writing, then try again.",
                ),
                offset=read,
            )

    def head(self, size: int) -> bytes:
        self.file.seek(0)
        return read_exactly(self.file, size)

    def sha256(self) -> str:
        """Of the whole file, for what is not read from one end to the other."""
        reader = PlainReader(self)
        return reader.finish()

    def close(self) -> None:
        if not self._borrowed:
            self.file.close()


class PlainReader:
    """The bytes as they are; the hash is made on the way."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._hash = hashlib.sha256()
        self._hashing: threading.Thread | None = None
        self.bytes_read = 0
        origin.file.seek(0)

    def read(self, size: int) -> bytes:
        found = read_exactly(self._origin.file, size)
        self._add(found)
        self.bytes_read += len(found)
        return found

    def _add(self, found: bytes) -> None:
        """A large block is hashed beside the work on it: one at a time, in order."""
        self._wait()
        if len(found) < MEGABYTE:
            self._hash.update(found)
        else:
            self._hashing = threading.Thread(target=self._hash.update, args=(found,), name="dcant-hash")
            self._hashing.start()

    def _wait(self) -> None:
        if self._hashing is not None:
            self._hashing.join()
            self._hashing = None

    def finish(self) -> str:
        while self.read(MEGABYTE):
            pass
        self._wait()
        self._origin.must_be_unchanged(read=self.bytes_read)
        return self._hash.hexdigest()


def read_exactly(file: BinaryIO, size: int) -> bytes:
    """A raw file may give less than asked for without being at its end."""
    try:
        found = file.read(size)
        if len(found) == size or not found:
            return found
        parts = [found]
        missing = size - len(found)
        while missing and (more := file.read(missing)):
            parts.append(more)
            missing -= len(more)
    except (OSError, ValueError) as error:
        raise unreadable(
            "source-error",
            Said("La lecture du fichier a échoué.", "Reading the file failed."),
            SEND_IT_AGAIN,
        ) from error
    return b"".join(parts)


def _open_path(path: Path, limits: Limits) -> BinaryIO:
    try:
        kind = path.stat().st_mode
        if stat.S_ISREG(kind):
            return path.open("rb")
        if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
            with path.open("rb") as pipe:
                return _spooled(pipe, limits)
    except (OSError, ValueError) as error:
        raise _cannot_open(error) from error
    if stat.S_ISDIR(kind):
        raise unreadable(
            "scheme-error",
            Said("C’est un dossier, pas un fichier.", "This is a folder, not a file."),
            Said("Indiquez le fichier lui-même.", "Name the file itself."),
        )
    raise unreadable(
        "scheme-error",
        Said("Ce n’est pas un fichier ordinaire.", "This is not an ordinary file."),
        Said(
            "Indiquez un fichier ou envoyez son contenu sur l’entrée standard.",
            "Name a file or send its content to standard input.",
        ),
    )


def _cannot_open(error: OSError | ValueError) -> Exception:
    if isinstance(error, FileNotFoundError):
        message = Said("Ce fichier n’existe pas.", "This file does not exist.")
        remedy = Said("Vérifiez le nom et le dossier du fichier.", "Check the name and the folder of the file.")
    elif isinstance(error, PermissionError):
        message = Said("Vous n’avez pas le droit de lire ce fichier.", "You are not allowed to read this file.")
        remedy = Said(
            "Demandez le droit de le lire, ou copiez-le dans un de vos dossiers.",
            "Ask for the right to read it, or copy it to one of your folders.",
        )
    else:
        message = Said("Ce fichier ne peut pas être ouvert.", "This file cannot be opened.")
        remedy = Said("Vérifiez le nom et le dossier du fichier.", "Check the name and the folder of the file.")
    return unreadable("scheme-error", message, remedy)


def _seekable(stream: BinaryIO, limits: Limits) -> tuple[BinaryIO, bool]:
    """The stream itself if it can go back to its top, else a copy."""
    try:
        if stream.seekable():
            stream.seek(0)
            return stream, True
    except (OSError, ValueError, AttributeError):  # says it can, and cannot
        pass
    return _spooled(stream, limits), False


def _spooled(stream: BinaryIO, limits: Limits) -> BinaryIO:
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - given to the caller, closed with the source
    try:
        size = 0
        while block := read_exactly(stream, MEGABYTE):
            size += len(block)
            _must_fit(size, limits)
            copy.write(block)
        copy.seek(0)
    except OSError as error:
        copy.close()
        raise unreadable(
            "source-error",
            Said("Il n’y a plus de place pour recopier le flux.", "There is no room left to copy the stream."),
            Said("Libérez de la place dans le dossier temporaire.", "Free some room in the temporary folder."),
        ) from error
    except BaseException:
        copy.close()
        raise
    return copy


def _must_fit(size: int, limits: Limits) -> None:
    if size > limits.spooled_bytes:
        french, english = number(limits.spooled_bytes // MEGABYTE)
        raise unreadable(
            "source-error",
            Said(f"Le flux dépasse {french} Mo.", f"The stream is larger than {english} MB."),
            Said(
                "Enregistrez-le dans un fichier, puis vérifiez ce fichier.", "Save it to a file, then check that file."
            ),
            offset=size,
        )
