"""A pattern tried in another process, which is stopped when it takes too long: Python's engine cannot be interrupted."""

import json
import select
import subprocess
import sys
import threading
import weakref

_PATIENCE = 1.0  # seconds for one cell
_CHANCES = 3  # cells too long to decide before the pattern is given up
_LONGEST = 100_000  # letters; beyond, nobody waits for a backtracking engine
_SERVE = (
    "import json, re, sys\n"
    "matches = re.compile(json.loads(sys.stdin.readline())).match\n"
    "for line in sys.stdin:\n"
    "    sys.stdout.write('1' if matches(json.loads(line)) else '0')\n"
    "    sys.stdout.flush()\n"
)


class Watchdog:
    """Says whether a pattern matches a text, or None when it could not say in time. Started at its first question."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._server: subprocess.Popen[bytes] | None = None
        self._chances = _CHANCES
        self._one_at_a_time = threading.Lock()

    def matches(self, text: str) -> bool | None:
        with self._one_at_a_time:
            if not self._chances or len(text) > _LONGEST:
                return None
            answer = self._ask(text)
            if answer is None:
                self._chances -= 1
            return answer

    def _ask(self, text: str) -> bool | None:
        server = self._server or self._start()
        if server.stdin is None or server.stdout is None:
            return None
        try:
            server.stdin.write(json.dumps(text).encode() + b"\n")
            server.stdin.flush()
            ready, _, _ = select.select([server.stdout], [], [], _PATIENCE)
            said = server.stdout.read(1) if ready else b""
        except OSError:
            said = b""
        if said not in {b"0", b"1"}:
            _stop(server)
            self._server = None
            return None
        return said == b"1"

    def _start(self) -> subprocess.Popen[bytes]:
        server = subprocess.Popen(  # noqa: S603 - our own interpreter, our own lines
            [sys.executable, "-I", "-S", "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._server = server
        weakref.finalize(self, _stop, server)
        if server.stdin is not None:
            server.stdin.write(json.dumps(self._source).encode() + b"\n")
        return server


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.kill()
    for pipe in (server.stdin, server.stdout):
        if pipe is not None:
            pipe.close()
    server.wait()
