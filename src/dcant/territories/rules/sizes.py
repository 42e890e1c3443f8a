"""The classes of population that funders use. Source: design reference of the project, thresholds of the State's schemes."""

from bisect import bisect_right

THRESHOLDS = (500, 1_000, 3_500, 10_000)


def size_class(population: int | None) -> int | None:
    """0 below 500 inhabitants, 1 below 1,000, 2 below 3,500, 3 below 10,000, 4 from 10,000; None when unknown, never 0."""
    return None if population is None else bisect_right(THRESHOLDS, population)
