"""What a Git repository shows of how its code is kept: the paths that readiness asks about, its tags, its last commit.

One item a repository, named by its public address, beside the descriptor it may hold: a product may have several.
"""

import re
from collections.abc import Iterable
from itertools import islice

from dcant.catalogue.rules.joins import normal_repository
from dcant.catalogue.rules.readiness_checks import is_one_of
from dcant.catalogue.rules.readiness_criteria import TREE_NAMES
from dcant.catalogue.sources.json_lists import fields_of
from dcant.harvest.git import GitSnapshot
from dcant.harvest.rules import Fact, Finding, RawItem, Reading, SnapshotError
from dcant.harvest.rules.changes import canonical
from dcant.harvest.rules.yaml_text import TextProblem

REPOSITORIES = "repositories"
FILES, TAGS, COMMITTED_ON = "files", "tags", "committed_on"
MOST_PATHS, LONGEST_PATH = 300, 200
_CLONED_FROM = re.compile(r"(?:https?|ssh|git)://.+|[\w.-]+@[\w.-]+:.+")


def repository_item(git: GitSnapshot, *, path: str, claimed: str) -> RawItem:
    """path: its folder, as the log names it. claimed: the address its descriptor gives, for one cloned from no address.

    Its own address comes first: a copy whose descriptor still names the original is judged as what it is.
    """
    origin = git.origin()
    address = normal_repository(origin if _CLONED_FROM.fullmatch(origin) else claimed)
    if not address:
        said = "On ne sait pas à quelle adresse publique ce dépôt répond : ses fichiers ne sont pas regardés."
        remedy = "Clonez-le depuis son adresse, ou écrivez « url » dans son publiccode.yml."
        problem = Finding("warning", "NO_ADDRESS", path, said, remedy)
        return RawItem(REPOSITORIES, path or "depot", path, b"", problem=problem)
    try:
        history = git.history()
    except SnapshotError as error:
        return RawItem(REPOSITORIES, address, path, b"", problem=error.finding(path))
    about = {
        "address": address,
        "commit": history.commit,
        COMMITTED_ON: history.committed_on,
        TAGS: [list(tag) for tag in history.tags],
        FILES: kept_paths(git.list("")),
    }
    return RawItem(REPOSITORIES, address, path, canonical(about).encode())


def kept_paths(paths: Iterable[str]) -> list[str]:
    """Those that a criterion looks for, bounded; none that hides a sign."""
    kept = (path for path in paths if len(path) <= LONGEST_PATH and path.isprintable() and is_one_of(path, TREE_NAMES))
    return list(islice(kept, MOST_PATHS))


def read_repository(raw: RawItem) -> Reading:
    """The facts of one repository; it is no resource."""
    try:
        about = fields_of(raw)
    except TextProblem as problem:
        return Reading.refused(problem.finding)
    url = f"https://{raw.remote_id}"
    facts = tuple(
        Fact(name, about[name], source_url=url) for name in ("commit", COMMITTED_ON, TAGS, FILES) if name in about
    )
    return Reading(None, raw.remote_id, facts)
