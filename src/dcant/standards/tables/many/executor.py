"""Who runs the jobs. The protocol is the whole seam: another engine of work, over several machines, is one more class."""

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Protocol, cast

from dcant.standards.tables.many.jobs import Job, Result, check_one, failed
from dcant.standards.tables.values import Said

_ATTEMPTS = 2
_LOST = Said(
    "Le processus qui vérifiait ce fichier a été arrêté de l’extérieur, deux fois : mémoire épuisée, peut-être.",
    "The process that checked this file was stopped from outside, twice: perhaps for want of memory.",
)
_SLOW = Said(
    "La vérification de ce fichier a été arrêtée : elle dépassait {:g} secondes. Aucun verdict.",
    "The check of this file was stopped: it took more than {:g} seconds. No verdict.",
)


class Executor(Protocol):
    """Runs jobs, in any order and anywhere. One result for each job, whatever happens to it."""

    def submit(self, job: Job) -> None: ...

    def gather(self) -> Iterator[Result]:
        """Each result as it comes, until every job submitted has one."""
        ...

    def cancel(self) -> None:
        """Gives up what has no result yet, and leaves nothing running. May be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class _Task:
    job: Job
    attempt: int = 1


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: _Task | None = None
    since: float | None = None  # on the clock of this machine; None until the process is up


class LocalExecutor:
    """Processes of this machine, one file at a time each. One that is killed is replaced, and its file tried once more; one
    that spends more than `seconds` on a file is replaced too, and its file told as `time-limit`.
    """

    def __init__(
        self, processes: int, work: Callable[[Job], Result] = check_one, *, seconds: float | None = None
    ) -> None:
        self._processes, self._work, self._seconds = max(processes, 1), work, seconds
        self._context = multiprocessing.get_context("spawn")  # a fork would copy the threads' locks
        self._waiting: deque[_Task] = deque()
        self._workers: list[_Worker] = []

    @property
    def pids(self) -> list[int]:
        """Of the processes at work."""
        return [one.process.pid for one in self._workers if one.process.pid is not None]

    def submit(self, job: Job) -> None:
        self._waiting.append(_Task(job))

    def gather(self) -> Iterator[Result]:
        try:
            while self._waiting or any(one.task is not None for one in self._workers):
                self._give_work()
                ready = wait([one.pipe for one in self._workers if one.task is not None], self._patience())
                for worker in list(self._workers):
                    result = self._result_of(worker) if worker.pipe in ready else self._stopped_if_late(worker)
                    if result is not None:
                        yield result
        finally:
            self.cancel()

    def cancel(self) -> None:
        self._waiting.clear()
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()
        self._workers.clear()

    def _give_work(self) -> None:
        while self._waiting:
            idle = next((one for one in self._workers if one.task is None), None)
            if idle is None:
                if len(self._workers) == self._processes:
                    return
                idle = self._started()
                self._workers.append(idle)
            idle.task = self._waiting.popleft()
            idle.since = None if idle.since is None else monotonic()
            with suppress(OSError):  # killed while idle: seen as lost when its answer is waited for
                idle.pipe.send(idle.task.job)

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._work), daemon=True, name="dcant-table")
        process.start()
        theirs.close()
        return _Worker(cast("BaseProcess", process), ours)

    def _result_of(self, worker: _Worker) -> Result | None:
        """What the process says: first that it is up, then a result for each task."""
        if worker.task is None:
            return None
        try:
            said: Result | None = worker.pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            self._bury(worker)
            return self._again_or_failed(worker.task)
        if said is None:
            worker.since = monotonic()
            return None
        task, worker.task = worker.task, None
        return replace(said, attempts=task.attempt)

    def _left(self, worker: _Worker) -> float | None:
        """Seconds this process still has for its file; None when nothing counts them."""
        if self._seconds is None or worker.since is None or worker.task is None:
            return None
        return max(worker.since + self._seconds - monotonic(), 0.0)

    def _patience(self) -> float | None:
        return min((left for one in self._workers if (left := self._left(one)) is not None), default=None)

    def _stopped_if_late(self, worker: _Worker) -> Result | None:
        if worker.task is None or self._left(worker) != 0:
            return None
        self._bury(worker)
        said = Said(_SLOW.fr.format(self._seconds), _SLOW.en.format(self._seconds))
        return failed(worker.task.job, "engine-error", "time-limit", said, attempts=worker.task.attempt)

    def _bury(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()

    def _again_or_failed(self, task: _Task) -> Result | None:
        if task.attempt < _ATTEMPTS:
            self._waiting.append(_Task(task.job, task.attempt + 1))
            return None
        return failed(task.job, "engine-error", "engine-error", _LOST, attempts=_ATTEMPTS)


def _serve(pipe: Connection, work: Callable[[Job], Result]) -> None:
    """The life of a process: until nobody is there to give it a file. Ctrl-C is for the one that gives work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        pipe.send(None)  # up: the time of its first file is counted from here
        while True:
            pipe.send(work(pipe.recv()))
    os._exit(0)  # threads that read ahead may still wait for a file that nobody wants any more
