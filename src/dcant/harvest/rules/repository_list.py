"""A list of repositories, one a line: what it names, and where the descriptor of each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from dcant.harvest.rules import SnapshotError

DESCRIPTOR = "publiccode.yml"
MOST_LISTED = 10_000
# Forges that serve a file of the default branch at …/raw/HEAD/…; the others are taken for GitLab, which most administrations run.
_RAW_HEAD = frozenset({"github.com", "www.github.com", "bitbucket.org", "codeberg.org"})


@dataclass(frozen=True, slots=True)
class Listed:
    """descriptors: name of file (`owner__name.yml`) → address on the network. clones: name → path, as written in the list."""

    descriptors: Mapping[str, str]
    clones: Mapping[str, str]


def read_repository_list(text: str) -> Listed:
    """A line is the address of a repository, that of its descriptor, or the path of a clone. Empty lines and those that
    begin by « # » say nothing; a repository named twice counts once.

    Raises SnapshotError BAD_LIST, naming the line.
    """
    descriptors: dict[str, str] = {}
    clones: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip().removeprefix("\ufeff")
        if not written or written.startswith("#"):
            continue
        if "://" not in written:
            if written not in clones.values():
                clones[_free(_name(written.split("/")), "", clones)] = written
            continue
        address, host, steps = _address(written, number)
        if address not in descriptors.values():
            descriptors[_free(f"{_name((host, *steps))}.yml", host, descriptors)] = address
    found = len(descriptors) + len(clones)
    if not found or found > MOST_LISTED:
        said = f"Cette liste nomme {found} dépôts : il en faut au moins un, et {MOST_LISTED} au plus."
        raise SnapshotError("BAD_LIST", said, "Une adresse ou un chemin de dépôt par ligne.")
    return Listed(descriptors, clones)


def _address(written: str, number: int) -> tuple[str, str, tuple[str, ...]]:
    """The address of the descriptor, its host, and the steps that name the repository."""
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    steps = tuple(step for step in parts.path.split("/") if step)
    if parts.scheme not in {"https", "http"} or not host or parts.username or parts.password or not steps:
        said = f"Ligne {number} : « {written[:200]} » n’est ni l’adresse d’un dépôt ni le chemin d’une copie."
        raise SnapshotError("BAD_LIST", said, "Écrivez une adresse https sans mot de passe, ou un chemin.")
    if steps[-1].endswith((".yml", ".yaml")):
        named = tuple(step for step in steps[:-1] if step not in {"-", "raw", "blob", "HEAD", "main", "master"})
        return written, host, named or steps
    steps = (*steps[:-1], steps[-1].removesuffix(".git"))
    raw = "raw" if host in _RAW_HEAD else "-/raw"
    return f"{parts.scheme}://{parts.netloc}/{'/'.join(steps)}/{raw}/HEAD/{DESCRIPTOR}", host, steps


def _name(steps: Sequence[str]) -> str:
    """`owner__name`, as files of descriptors are called."""
    return "__".join([step for step in steps if step not in {"", "..", "."}][-2:]) or "depot"


def _free(name: str, host: str, taken: Mapping[str, str]) -> str:
    """The name, or with its host, or with a number: two repositories are never one file."""
    stem, dot, suffix = name.partition(".yml")
    tried = [
        name,
        *([f"{host}__{name}"] if host else []),
        *(f"{stem}-{number}{dot}{suffix}" for number in range(2, len(taken) + 3)),
    ]
    return next(one for one in tried if one not in taken)
