"""Other engines of work behind the same seam as our pool (`many.Executor`), to be measured beside it. Neither is shipped.

Installed in an environment of their own, they are found through `PYTHONPATH`, after that of the project.
"""

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

from dcant.standards.tables.many import Executor, Job, LocalExecutor, Result, check_one


class DaskExecutor:
    """A scheduler and its worker processes on this machine, one thread each."""

    def __init__(self, processes: int) -> None:
        from distributed import Client, LocalCluster

        self._cluster = LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=None)
        self._client = Client(self._cluster)
        self._futures: list[Any] = []

    def submit(self, job: Job) -> None:
        self._futures.append(self._client.submit(check_one, job, pure=False))

    def gather(self) -> Iterator[Result]:
        from distributed import as_completed

        for _, result in as_completed(self._futures, with_results=True):
            yield result

    def cancel(self) -> None:
        self._futures.clear()
        self._client.close()
        self._cluster.close()


class RayExecutor:
    """A node of this machine with so many workers."""

    _TOGETHER = 64  # results asked for at once

    def __init__(self, processes: int) -> None:
        import ray

        ray.init(num_cpus=processes, include_dashboard=False, log_to_driver=False, logging_level="error")
        self._ray, self._work = ray, ray.remote(check_one)
        self._waiting: list[Any] = []

    def submit(self, job: Job) -> None:
        self._waiting.append(self._work.remote(job))

    def gather(self) -> Iterator[Result]:
        while self._waiting:
            some = min(self._TOGETHER, len(self._waiting))
            done, self._waiting = self._ray.wait(self._waiting, num_returns=some)
            yield from self._ray.get(done)

    def cancel(self) -> None:
        self._waiting.clear()
        self._ray.shutdown()


PEERS: dict[str, tuple[str, Callable[[int], Executor]]] = {
    "our pool": ("dcant", LocalExecutor),
    "Dask": ("distributed", DaskExecutor),
    "Ray": ("ray", RayExecutor),
}


def present() -> dict[str, Callable[[int], Executor]]:
    """Those that can be imported; the others are said to be absent."""
    found = {}
    for name, (module, executor) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            print(f"{name}: absent, not measured (install « {module} » and put it on PYTHONPATH)")
        else:
            found[name] = executor
    return found
