"""A file sent by a form goes straight to the data folder, and never past its limit."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from dcant.standards.services.check_files import folder_of


def new_part() -> Path:
    """Where a file comes in, under a name that cannot be guessed. Whatever no check awaits is erased after a day."""
    return folder_of(settings.DATA) / f"{secrets.token_urlsafe(18)}.part"


class NotReceived(Exception):
    """Why there is no file to check: a status of HTTP and a sentence for whoever sent it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class ToFolder(FileUploadHandler):
    """Writes each file to <data>/checks as it comes. What is too large, or finds no room left, is erased at once; the rest of
    the upload is read and thrown away, so that the sender hears the answer. A context: at its end, what no check took and
    nobody asked to keep is erased, whatever became of the request.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.too_large = False
        self.no_room = False
        self._made: list[Path] = []
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._drop()
        for path in self._made:
            path.unlink(missing_ok=True)

    def keep(self, path: Path) -> None:
        """Let it outlive the request: its sender has yet to say by which standard it is to be checked."""
        self._made = [one for one in self._made if one != path]

    def received(self, path: Path | None) -> Path:
        """The file that came in. Raises NotReceived."""
        if self.too_large:
            raise NotReceived(
                413, "Ce fichier dépasse ce que ce site reçoit. En ligne de commande, il n’y a pas de limite de taille."
            )
        if self.no_room:
            raise NotReceived(
                507,
                "Ce site n’a plus la place de recevoir votre fichier. Réessayez plus tard, ou prévenez qui le tient.",
            )
        if path is None:
            raise NotReceived(400, "Choisissez un fichier, ou collez quelques lignes.")
        return path

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._drop()
        self._size = 0
        try:
            path = new_part()
            if shutil.disk_usage(path.parent).free < 2 * self.limit:  # the database lives there too
                self._give_up()
            self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            self._path = path
        except OSError:
            self._give_up()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002  # as Django calls it
        self._size += len(raw_data)
        if self._size > self.limit:
            self.too_large = True
            self._drop()
            raise StopUpload(connection_reset=False)
        if self._file is not None:
            try:
                self._file.write(raw_data)
            except OSError:
                self._give_up()

    def file_complete(self, file_size: int) -> "Waiting | None":
        if self._file is None or self._path is None:
            return None
        try:
            self._file.close()
        except OSError:
            self._give_up()
        path, self._file, self._path = self._path, None, None
        self._made.append(path)
        return Waiting(path, self.file_name, file_size)

    def take(self, text: str) -> Path | None:
        """A file made of pasted lines; None when there is no room."""
        try:
            path = new_part()
            self._made.append(path)
            path.write_text(text, encoding="utf-8")
        except OSError:
            self.no_room = True
            return None
        return path

    def upload_interrupted(self) -> None:
        self._drop()

    def _give_up(self) -> None:
        self.no_room = True
        self._drop()
        raise StopUpload(connection_reset=False)

    def _drop(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # what could not be written is not kept anyway
                self._file.close()
            self._file = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None


class Waiting(UploadedFile):  # type: ignore[type-arg]  # not generic when it runs
    """A finished file on the disk of the data folder, with the name its sender gave it."""

    def __init__(self, path: Path, name: str | None, size: int) -> None:
        super().__init__(file=None, name=name, size=size)
        self.path = path

    def close(self) -> None:
        """Nothing is held open."""
