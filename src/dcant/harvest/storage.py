"""The bytes a statement was read from, kept by their hash: <data>/raw/aa/<sha256>.gz."""

import gzip
import os
import tempfile
from pathlib import Path

_LEVEL = 6


def raw_path(data: Path, raw_hash: str) -> Path:
    return data / "raw" / raw_hash[:2] / f"{raw_hash}.gz"


def keep_raw(*, data: Path, raw_hash: str, content: bytes) -> bool:
    """Keep the (redacted) content under the hash of the original bytes; False when it is there already.

    Written aside, synced, then renamed: a file of that name is always whole. OSError (disk full) goes to the caller.
    """
    path = raw_path(data, raw_hash)
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(gzip.compress(content, _LEVEL, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return True


def load_raw(*, data: Path, raw_hash: str) -> bytes:
    """The redacted copy kept under this hash; FileNotFoundError when there is none."""
    return gzip.decompress(raw_path(data, raw_hash).read_bytes())
