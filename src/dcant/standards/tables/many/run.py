"""Many files: what is known is not checked again, each result is written as it comes, and all are counted."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from dcant.standards.tables.many.executor import Executor
from dcant.standards.tables.many.jobs import Job, Result, Settings, hash_of, plan_of
from dcant.standards.tables.many.results import ResultsFile
from dcant.standards.tables.many.summary import Summary
from dcant.standards.tables.schema.plan import ENGINE_VERSION
from dcant.standards.tables.values import SchemaUnreadable


def check_many(
    jobs: Iterable[Job],
    *,
    executor: Executor,
    results: ResultsFile | None = None,
    on_result: Callable[[int, Result], None] | None = None,
) -> Summary:
    """Every file is counted once, whatever happens to it. A file whose content, rules, engine and settings are those of an
    earlier line is not checked again; under another name it has a line of its own all the same.

    `on_result(how many are done, the last)`. KeyboardInterrupt gives up the rest, and the summary says that.
    """
    summary = Summary()
    try:
        for result, is_new in _outcomes(jobs, executor, results):
            if results is not None and is_new:
                results.add(result)
            summary.add(result)
            if on_result is not None:
                on_result(summary.files, result)
    except KeyboardInterrupt:
        summary.complete = False
    finally:
        executor.cancel()
    return summary


def _outcomes(jobs: Iterable[Job], executor: Executor, results: ResultsFile | None) -> Iterator[tuple[Result, bool]]:
    """Results with whether they are to be written: those known first, then the others as they come."""
    digests: dict[Settings, str] = {}
    for job in jobs:
        found = None
        if results is not None and results.known:  # else nothing is read of the files here
            if job.settings not in digests:
                digests[job.settings] = job.settings.digest()
            found = _known(job, digests[job.settings], results)
        if found is None:
            executor.submit(job)
            continue
        yield replace(found, path=job.path, schema=job.schema.ref), not _has(results, job, found)
    for result in executor.gather():
        yield result, True


def _has(results: ResultsFile | None, job: Job, found: Result) -> bool:
    return results is not None and found.key is not None and results.has(job.path, found.key)


def _known(job: Job, settings: str, results: ResultsFile) -> Result | None:
    """The earlier result that still holds."""
    try:
        plan = plan_of(job.schema.content).sha256
    except SchemaUnreadable:
        return None
    content = hash_of(job.path)
    return None if content is None else results.known.get((content, plan, ENGINE_VERSION, settings))
