"""One run at a time by source: a lock the operating system frees when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dcant.identifiers import Permit, Refused


@contextmanager
def source_lock(*, data: Path, source: str) -> Iterator[Callable[[int], None]]:
    """Hold the source; yields a function that notes the number of the run, for whoever comes second.

    Raises Refused DCANT-H001 naming the first run when the source is already held.
    """
    folder = data / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / f"harvest-{source}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            number = os.pread(handle, 20, 0).decode(errors="replace").strip() or "qui commence"
            because = f"Le passage {number} de la source « {source} » est en cours : attendez sa fin."
            raise Refused(Permit.no(because), code="DCANT-H001") from None

        def note(number: int) -> None:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"n° {number}".encode(), 0)

        os.ftruncate(handle, 0)
        yield note
    finally:
        os.close(handle)
