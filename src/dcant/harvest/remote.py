"""A frozen state of a source read over the network: files at fixed addresses, or a list in pages.

Every answer is kept, redacted, in <data>/http with what makes the next request conditional. What is read is what is kept,
so that « not modified » gives the very bytes of the last time and changes nothing.
"""

import gzip
import json
import os
import tempfile
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote, urljoin

from dcant.fetch import LIST, Fetched, Fetcher, FetchError, Limits, Validators, is_page, parse_address, read_json
from dcant.harvest.rules import SnapshotError, SourceFileError
from dcant.harvest.rules.redaction import redact_bytes
from dcant.harvest.rules.refusals import too_large
from dcant.harvest.snapshots import SourceOutOfReach

Format = Literal["json", "text"]

_MOST_PAGES = 1000
_PLACE = "{page}"
# What one address may be guilty of alone; anything else is the source itself, and the run fails.
_OF_ONE_FILE = frozenset(
    {
        "GONE",
        "NOT_FOUND",
        "TOO_LARGE",
        "RATIO",
        "REDIRECT_LOOP",
        "FORBIDDEN_ADDRESS",
        "DOWNGRADE",
        "BAD_ADDRESS",
        "BAD_JSON",
        "DEPTH",
    }
)


@dataclass(frozen=True, slots=True)
class Pages:
    """A list in pages. `path` names them ("list/{page}.json", four digits); the first is at `url`.

    `next` is the dotted key that gives the address of the next page, on the same site; none or empty ends the list. Without
    it, {page} in `url` takes the numbers from `first` on, until the list under the dotted key `items` is empty ("": the
    page itself is the list).
    """

    path: str
    url: str
    next: str = ""
    items: str = ""
    first: int = 1

    def __post_init__(self) -> None:
        if _PLACE not in self.path or bool(self.next) == (_PLACE in self.url):
            raise SourceFileError(
                "[remote] pages : « path » contient {page}, et « next » ou {page} dans « url », pas les deux."
            )


@dataclass(frozen=True, slots=True)
class Remote:
    """The [remote] table of a source's file: what its reader will find, and where it is. `format`: "json" or "text".

    `documents` gives the address of a folder by the path of it ("schemas/" is "https://…/schemas/"): files whose names a
    list tells, published once and kept byte for byte.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    pages: Pages | None = None
    format: Format = "json"

    def __post_init__(self) -> None:
        if not self.files and self.pages is None:
            raise SourceFileError("[remote] : « files » ou « pages » manque.")
        if self.format not in {"json", "text"} or (self.pages is not None and self.format != "json"):
            raise SourceFileError("[remote] : « format » est « json » ou « text » ; des pages sont en JSON.")
        for path in [*self.files, *map(_folder_name, self.documents), *([self.pages.path] if self.pages else [])]:
            pure = PurePosixPath(path)
            if pure.is_absolute() or ".." in pure.parts or str(pure) != path:
                raise SourceFileError(f"[remote] : « {path} » n’est pas un chemin relatif simple.")

    @classmethod
    def from_toml(cls, text: str) -> "Remote | None":
        """The [remote] table of a source's TOML; None when it has none. Raises SourceFileError naming what is wrong."""
        try:
            table = tomllib.loads(text).get("remote")
            if table is None:
                return None
            pages = table.pop("pages", None)
            return cls(**table, pages=Pages(**pages) if pages is not None else None)
        except (tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
            raise SourceFileError(f"[remote] incomplet, ou clé inconnue : {error}.") from error

    @property
    def address(self) -> str:
        """The address the source is known by: that of its list, or of its first file."""
        return self.pages.url if self.pages is not None else next(iter(self.files.values()))


class RemoteSnapshot:
    """The files of `remote`, each fetched once at most, on first need, for one run.

    `trusted`: an operator wrote the addresses (settings, command line), which may then be private. Errors are
    SnapshotError: of one file (gone, too large), or SourceOutOfReach when the source cannot be had.
    """

    def __init__(
        self,
        *,
        remote: Remote,
        data: Path,
        fetcher: Fetcher,
        trusted: bool = False,
        max_list_bytes: int = LIST.bytes,
    ) -> None:
        self._remote = remote
        self._folder = data / "http"
        self._fetcher = fetcher
        self._trusted = trusted
        self._max_list_bytes = max_list_bytes
        self._urls = dict(remote.files)
        self._walked = remote.pages is None
        self._fresh: set[str] = set()
        self._refused: dict[str, SnapshotError] = {}

    @property
    def ref(self) -> str:
        return self._remote.address.partition("?")[0]

    def list(self, prefix: str) -> list[str]:
        """Asking for the names of pages fetches them all: nothing else tells how many there are."""
        start = prefix.strip("/") + "/" if prefix.strip("/") else ""
        pages = self._remote.pages
        if pages is not None and not self._walked and pages.path.startswith(start):
            self._urls |= self._walk(pages)
            self._walked = True
        return sorted(path for path in self._urls if path.startswith(start))

    def read(self, path: str, limit: int) -> bytes:
        url, verbatim = self._urls.get(path), False
        if url is None:
            url, verbatim = self._document(path), True
        if url is None:
            raise SnapshotError("UNREADABLE", f"« {path} » n’est pas un fichier de cette source.")
        content = self._content(url, limit, verbatim=verbatim)
        if len(content) > limit:
            raise too_large(len(content), limit)
        return content

    def _document(self, path: str) -> str | None:
        """The address of a file in one of the folders of documents; a path that would climb out of it has none."""
        for prefix, address in self._remote.documents.items():
            rest = path.removeprefix(prefix)
            if rest != path and ".." not in PurePosixPath(rest).parts and not rest.startswith("/"):
                return address + quote(rest)
        return None

    def _walk(self, pages: Pages) -> dict[str, str]:
        """The address of every page by its path, from the first to the last: half a list is no list."""
        found: dict[str, str] = {}
        left = self._max_list_bytes
        for number, (url, size) in enumerate(self._pages(pages), start=pages.first):
            left -= size
            if left < 0:
                raise too_large(self._max_list_bytes - left, self._max_list_bytes)
            if url in found.values() or len(found) >= _MOST_PAGES:
                raise SourceOutOfReach("PAGE_LOOP", "Les pages de cette liste ne finissent pas.", "Prévenez la source.")
            found[pages.path.replace(_PLACE, f"{number:04}")] = url
        return found

    def _pages(self, pages: Pages) -> Iterator[tuple[str, int]]:
        """Address and size of each page, as they come."""
        number, url = pages.first, pages.url.replace(_PLACE, str(pages.first))
        while url:
            content = self._content(url, self._max_list_bytes)
            value = _value(content)
            number += 1
            if pages.next:
                following = _next_page(url, _under(value, pages.next))
            else:
                items = _under(value, pages.items)
                if not isinstance(items, list):
                    raise _bad_list(pages.items)
                if not items:
                    return
                following = pages.url.replace(_PLACE, str(number))
            yield url, len(content)
            url = following

    def _content(self, url: str, limit: int, *, verbatim: bool = False) -> bytes:
        """What the address says, redacted unless it is a document; asked for at its first need in the run, and conditionally."""
        if url in self._refused:
            raise self._refused[url]
        path = self._folder / f"{sha256(url.encode()).hexdigest()}.gz"
        held = _load(path)
        if held is not None and url in self._fresh:
            return held[1]
        try:
            fetched = self._fetcher.fetch(
                url, trusted=self._trusted, limits=Limits(limit), conditional=held[0] if held is not None else None
            )
            content = held[1] if held is not None and fetched.not_modified else self._checked(fetched, verbatim)
        except FetchError as error:
            self._refused[url] = _as_snapshot_error(error)
            raise self._refused[url] from error
        if not fetched.not_modified:
            _keep(path, fetched.validators, content)
        self._fresh.add(url)
        return content

    def _checked(self, fetched: Fetched, verbatim: bool) -> bytes:  # noqa: FBT001
        """What is not of the format is not kept: a maintenance page must not become « not modified »."""
        if self._remote.format == "json":
            read_json(fetched.body, fetched.content_type)
        elif is_page(fetched.body, fetched.content_type):
            said = "Le site a répondu une page au lieu d’un fichier (connexion, maintenance ?)."
            raise FetchError("NOT_TEXT", said, "Ouvrez l’adresse dans un navigateur, et réessayez plus tard.")
        return fetched.body if verbatim else redact_bytes(fetched.body)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""


def _folder_name(prefix: str) -> str:
    """« schemas/ » as a plain path; anything that does not end as a folder is refused."""
    return prefix.removesuffix("/") if prefix.endswith("/") else f"{prefix}/"


def _as_snapshot_error(error: FetchError) -> SnapshotError:
    kind = SnapshotError if error.code in _OF_ONE_FILE else SourceOutOfReach
    return kind(error.code, error.message_fr, error.remedy_fr)


def _value(content: bytes) -> Any:
    try:
        return read_json(content)
    except FetchError as error:
        raise _as_snapshot_error(error) from error


def _under(value: Any, key: str) -> Any:
    """What lies under a dotted key. The first step must be there: an error told in JSON is not the end of a list."""
    steps = key.split(".") if key else []
    if steps and (not isinstance(value, dict) or steps[0] not in value):
        raise _bad_list(key)
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _next_page(url: str, following: Any) -> str:
    """The address of the next page, on the same site: the list of a source does not continue elsewhere."""
    if following is None or following == "":
        return ""
    try:
        there = parse_address(urljoin(url, str(following)), trusted=True)
    except (FetchError, ValueError) as error:
        raise SourceOutOfReach("BAD_ADDRESS", "L’adresse de la page suivante ne se lit pas.") from error
    if there.origin != parse_address(url, trusted=True).origin:
        raise SourceOutOfReach("FORBIDDEN_ADDRESS", "La page suivante de cette liste est sur un autre site.")
    return there.url


def _bad_list(key: str) -> SourceOutOfReach:
    said = (
        f"Cette liste n’a pas la forme attendue : « {key} » y manque." if key else "Cette réponse n’est pas une liste."
    )
    return SourceOutOfReach("BAD_LIST", said, "Vérifiez que la source n’a pas changé de forme.")


def _load(path: Path) -> tuple[Validators, bytes] | None:
    """An answer had before: what makes the request conditional, and its content. A damaged one is as if never had."""
    try:
        head, _, content = gzip.decompress(path.read_bytes()).partition(b"\n")
        return Validators(**json.loads(head)), content
    except (FileNotFoundError, EOFError, gzip.BadGzipFile, zlib.error, ValueError, TypeError):
        return None


def _keep(path: Path, validators: Validators, content: bytes) -> None:
    """Written aside, then renamed: an answer kept is always whole. OSError (disk full) goes to the caller."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = json.dumps(asdict(validators)).encode()
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(gzip.compress(head + b"\n" + content, 6, mtime=0))
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
