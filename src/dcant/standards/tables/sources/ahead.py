"""Working ahead: the next one is made in a thread while the caller works on the one before."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(make: Callable[[], T | None]) -> Iterator[T]:
    """What `make` gives, in order, until it gives None; what it raises is raised in its turn. Never two calls at once, and
    none under way once the iteration has ended or was given up.
    """
    with ThreadPoolExecutor(1, "dcant-table") as thread:
        coming = thread.submit(make)
        while (found := coming.result()) is not None:
            coming = thread.submit(make)
            yield found
