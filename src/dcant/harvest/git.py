"""The tree and the history of a Git repository, read from strangers: nothing of theirs is run, nothing is fetched.

Only plumbing is called, which looks at objects: no hook, no alias, no filter, no pager, no signature program. A missing
object is never asked of a remote, whose settings could name a program.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO, Self

from dcant.harvest.rules import SnapshotError
from dcant.harvest.rules.refusals import forbidden, too_large

MOST_LISTED = 64 * 1024 * 1024  # bytes of one answer: some five hundred thousand paths
MOST_TAGS = 50
_LONGEST_ANSWER = 60.0  # seconds
_LONGEST_COMMIT = 1024 * 1024
_LONGEST_TAG = 100
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # the same, for versions of git that do not know the line above
    "LC_ALL": "C",
}
_COMMITTER = re.compile(rb"^committer .*> ([0-9]{1,12}) [+-][0-9]{4}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class History:
    """The last commit and its day (ISO); the latest tags, each with its day, the newest first."""

    commit: str
    committed_on: str
    tags: tuple[tuple[str, str], ...] = ()


class GitSnapshot:
    """The tree of the last commit of a repository; files not committed are not seen. Needs the `git` program."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        # Never that of a folder above, when this one turns out to be none.
        above = {"GIT_CEILING_DIRECTORIES": str(repository.resolve().parent)}
        self._environment = os.environ | _ENVIRONMENT | above
        self._process: subprocess.Popen[bytes] | None = None
        self._commit = self._git("rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        self._files: dict[str, tuple[str, str]] = {}
        for row in self._git("ls-tree", "-r", "-z", "--full-tree", self._commit).split(b"\0"):
            if row:
                about, path = row.split(b"\t", 1)
                mode, _, identifier = about.decode().split(" ")
                self._files[path.decode(errors="replace")] = (mode, identifier)

    @property
    def ref(self) -> str:
        return self._commit

    def list(self, prefix: str) -> list[str]:
        start = prefix.strip("/") + "/" if prefix.strip("/") else ""
        return sorted(path for path in self._files if path.startswith(start))

    def read(self, path: str, limit: int) -> bytes:
        mode, identifier = self._files.get(path, ("", ""))
        if not identifier:
            raise SnapshotError("UNREADABLE", "Ce fichier n’est pas dans le dépôt.")
        if not mode.startswith("100"):
            raise forbidden(path)
        return self._object(identifier, limit)

    def _object(self, identifier: str, limit: int) -> bytes:
        asked, answered = self._pipes()
        try:
            asked.write(f"{identifier}\n".encode())
            asked.flush()
            header = answered.readline().split()
            if len(header) != 3:
                raise SnapshotError("UNREADABLE", "Cet objet manque dans le dépôt Git.", "Refaites une copie complète.")
            size = int(header[2])
            if size > limit:
                self._skip(answered, size + 1)
                raise too_large(size, limit)
            data = answered.read(size)
            answered.read(1)
        except OSError as error:
            raise SnapshotError("UNREADABLE", "Le programme git s’est arrêté.") from error
        return data

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 -- fixed program and words; the folder is the operator's
                self._command("cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment,
            )
        asked, answered = self._process.stdin, self._process.stdout
        if asked is None or answered is None:
            raise SnapshotError("UNREADABLE", "Le programme git ne répond pas.")
        return asked, answered

    @staticmethod
    def _skip(stream: IO[bytes], size: int) -> None:
        while size > 0 and (piece := stream.read(min(size, 65_536))):
            size -= len(piece)

    def history(self) -> History:
        """The day of the last commit, and the latest tags; both as the repository writes them, in UTC."""
        header = self._object(self._commit, _LONGEST_COMMIT).partition(b"\n\n")[0]
        committed = _COMMITTER.search(header)
        wanted = "--format=%(creatordate:unix)%00%(refname:strip=2)"
        rows = self._git("for-each-ref", "--sort=-creatordate", f"--count={MOST_TAGS}", wanted, "refs/tags")
        pairs = (row.partition(b"\0") for row in rows.split(b"\n"))
        tags = ((name.decode(errors="replace"), _day(seconds)) for seconds, _, name in pairs)
        return History(
            commit=self._commit,
            committed_on=_day(committed[1]) if committed else "",
            tags=tuple(
                (name, day) for name, day in tags if day and 0 < len(name) <= _LONGEST_TAG and name.isprintable()
            ),
        )

    def origin(self) -> str:
        """Where it was cloned from, as its own settings write it; "" when they do not say."""
        try:
            said = self._git("config", "--local", "--no-includes", "--get", "remote.origin.url")
        except SnapshotError:  # git answers « not set » by an error
            return ""
        return said.decode(errors="replace").strip()

    def _command(self, *arguments: str) -> tuple[str, ...]:
        return ("git", "--no-replace-objects", "--no-pager", *_SETTINGS, "-C", str(self._repository), *arguments)

    def _git(self, *arguments: str) -> bytes:
        """What git answers, bounded in bytes and in time."""
        try:
            with subprocess.Popen(  # noqa: S603 -- fixed program and words; the folder is the operator's
                self._command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment,
            ) as process:
                late = Timer(_LONGEST_ANSWER, process.kill)
                late.start()
                try:
                    answer = process.stdout.read(MOST_LISTED + 1) if process.stdout else b""
                    if len(answer) > MOST_LISTED:
                        process.kill()
                        raise too_large(len(answer), MOST_LISTED)
                    status = process.wait()
                finally:
                    late.cancel()
        except OSError as error:
            raise self._bad() from error
        if status:
            raise self._bad()
        return answer

    def _bad(self) -> SnapshotError:
        return SnapshotError(
            "BAD_REPOSITORY",
            f"Le dépôt Git « {self._repository.name} » ne se lit pas.",
            "Vérifiez que git est installé, que le dépôt vous appartient et qu’il a au moins un commit.",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            asked, answered = self._pipes()
            asked.close()
            answered.close()
            self._process.wait()
            self._process = None


def _day(seconds: bytes) -> str:
    """The ISO day of seconds since 1970; "" when they are none, or of no day."""
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
