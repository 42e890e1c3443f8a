"""Which version of a standard is the newest."""

import re
from collections.abc import Iterable

# https://semver.org, version 2.0.0, with a leading « v » forgiven.
_SEMVER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
ALIASES = frozenset({"latest", "master", "main"})  # names for the newest, never a version


def newest(numbers: Iterable[tuple[str, int]]) -> str | None:
    """The newest of (number, place in the index): by semantic version when every one has that form, else the last listed.

    A pre-release comes before the release it announces.
    """
    listed = [one for one in numbers if one[0] not in ALIASES]
    keys = [_key(number) for number, _ in listed]
    if any(key is None for key in keys):
        return max(listed, key=lambda one: one[1])[0] if listed else None
    return max(zip(keys, listed, strict=True), key=lambda pair: (pair[0], pair[1][1]))[1][0] if listed else None


def _key(number: str) -> tuple[int, int, int, bool, tuple[tuple[int, int, str], ...]] | None:
    found = _SEMVER.fullmatch(number)
    if found is None:
        return None
    major, minor, patch, before = found.groups()
    parts = tuple((0, int(one), "") if one.isdecimal() else (1, 0, one) for one in (before or "").split("."))
    return int(major), int(minor), int(patch), before is None, parts if before else ()
