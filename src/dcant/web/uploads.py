"""A file sent by a form goes straight to the data folder, and never past its limit."""

import os
import secrets
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from dcant.standards.services.check_files import folder_of


class ToFolder(FileUploadHandler):
    """Writes each file to <data>/checks as it comes. One that is too large is erased and the upload read no further."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.too_large = False
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._path = folder_of(settings.DATA) / f"{secrets.token_urlsafe(18)}.part"
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002  # as Django calls it
        self._size += len(raw_data)
        if self._size > self.limit:
            self.too_large = True
            self._drop()
            raise StopUpload(connection_reset=False)
        if self._file is not None:
            self._file.write(raw_data)

    def file_complete(self, file_size: int) -> "Waiting | None":
        if self._file is None or self._path is None:
            return None
        self._file.close()
        self._file = None
        return Waiting(self._path, self.file_name, file_size)

    def upload_interrupted(self) -> None:
        self._drop()

    def _drop(self) -> None:
        if self._file is not None:
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
