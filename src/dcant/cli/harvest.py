"""`dcant harvest [SOURCE …] [--from PATH]`: bring in what sources say now, from a folder or over the network."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcant.cli.database import add_data, end_progress, fail, progress, set_up

if TYPE_CHECKING:
    from dcant.harvest.git import GitSnapshot
    from dcant.harvest.remote import Remote, RemoteSnapshot
    from dcant.harvest.report import RunReport
    from dcant.harvest.repository_list import RepositoryList
    from dcant.harvest.snapshots import FolderSnapshot


class NotRead(Exception):
    """A source that could not be asked at all: no passage took place. The sentence is for the operator."""


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("harvest", help="moissonne les sources du socle commun")
    command.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="nom d’une source ; sans nom : le socle fourni (seed)"
    )
    command.add_argument(
        "--from",
        dest="origin",
        type=Path,
        metavar="PATH",
        help="dossier ou dépôt Git de la source, ou dossier commun à plusieurs ; pour publiccode, aussi un fichier "
        "qui liste des dépôts ; sans lui : son adresse",
    )
    command.add_argument("--format", choices=["text", "json"], default="text")
    command.add_argument(
        "--kept",
        action="store_true",
        help="relire les octets gardés, sans réseau, après une nouvelle version de lecture",
    )
    command.add_argument("--dry-run", action="store_true", help="tout faire, ne rien garder")
    command.add_argument(
        "--accept-loss",
        type=int,
        metavar="RUN",
        help="la perte du dernier passage, suspect, est réelle : le prochain passage la comptera",
    )
    command.add_argument("--reason", metavar="TEXT", help="pourquoi cette perte est réelle : écrit au registre")
    add_data(command)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from dcant.catalogue.sources import ALIASES, SOURCES

    names = list(dict.fromkeys(ALIASES.get(name, name) for name in args.sources or ["seed"]))
    unknown = sorted(set(names) - set(SOURCES))
    if unknown:  # said before a base is made for nothing
        fail(f"Source inconnue : {', '.join(unknown)}. Sources connues : {', '.join(sorted(SOURCES))}.")
    if args.accept_loss is not None:
        return _accept_loss(args, names)
    if args.reason is not None:
        fail("« --reason » accompagne « --accept-loss ».")
    if args.kept and (args.origin is not None or args.dry_run):
        fail("« --kept » va sans « --from » ni « --dry-run ».")
    set_up(create=True)
    return _harvest_all(args, names)


def _harvest_all(args: argparse.Namespace, names: list[str]) -> int:
    """One passage a source, whatever became of the one before; the status is that of the worst."""
    from dcant.identifiers import Refused

    reports, worst = [], 0
    for name in names:
        try:
            report = (
                _kept(name) if args.kept else _passage(name, args.origin, dry_run=args.dry_run, on_progress=_line(name))
            )
        except (NotRead, Refused) as problem:
            end_progress()
            print(str(problem), file=sys.stderr)
            worst = 2
            continue
        end_progress()
        reports.append(report)
        worst = max(worst, int(report.exit_status))
        if args.format == "text":
            _print(report)
    if args.format == "json":
        json.dump({"runs": [report.as_dict() for report in reports]}, sys.stdout, ensure_ascii=False, indent=1)
        print()
    return worst


def _accept_loss(args: argparse.Namespace, names: list[str]) -> int:
    """The act of whoever runs the node: no mandate is needed at its shell, and the public log says who acted."""
    if len(args.sources) != 1 or args.origin is not None or args.dry_run:
        fail("« --accept-loss » va avec une source et une raison, sans « --from » ni « --dry-run ».")
    set_up()
    from django.utils import timezone

    from dcant.catalogue.services import OPERATOR, SHELL, accept_loss
    from dcant.harvest.models import Run
    from dcant.identifiers import Refused

    (name,) = names
    try:
        accepted = accept_loss(
            source=name,
            number=args.accept_loss,
            reason=args.reason or "",
            acts_as=SHELL,
            actor=OPERATOR,
            at=timezone.now(),
        )
    except Run.DoesNotExist:
        fail(f"La source « {name} » n’a pas de passage {args.accept_loss}.")
    except Refused as refusal:
        fail(refusal.permit.because)
    else:
        said = {"source": name, "run": accepted.number, "reason": accepted.loss_reason}
        if args.format == "json":
            json.dump({"accepted": said}, sys.stdout, ensure_ascii=False, indent=1)
            print()
        else:
            print(f"{name}, passage {accepted.number} : perte acceptée. Elle comptera au prochain passage.")
    return 0


def harvest_one(
    name: str,
    origin: Path | None,
    *,
    dry_run: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> "RunReport":
    """One passage, for a command that cannot go on without it: exits 2 when the source cannot be asked at all."""
    try:
        return _passage(name, origin, dry_run=dry_run, on_progress=on_progress)
    except NotRead as problem:
        fail(str(problem))
        raise


def _kept(name: str) -> "RunReport":
    """From the bytes kept of former passages. Raises Refused when a passage over the source is under way."""
    from django.conf import settings
    from django.utils import timezone

    from dcant.catalogue.services import read_source_again

    return read_source_again(name=name, now=timezone.now, data=settings.DATA)


def _passage(
    name: str, origin: Path | None, *, dry_run: bool, on_progress: Callable[[int, int], None] | None
) -> "RunReport":
    """From the folder given, else from the bundled seed, else over the network where the source says.

    Raises NotRead, and Refused when a passage over it is under way.
    """
    from django.conf import settings
    from django.utils import timezone

    from dcant.catalogue.seed_folder import seed_folder
    from dcant.catalogue.services import harvest_source
    from dcant.harvest.rules import SnapshotError

    folder = origin or (seed_folder() if name == "seed" else None)
    try:
        with _given(name, folder) if folder is not None else _over_the_network(name) as snapshot:
            return harvest_source(
                name=name,
                snapshot=snapshot,
                now=timezone.now,
                data=settings.DATA,
                on_progress=on_progress,
                dry_run=dry_run,
            )
    except SnapshotError as error:
        raise NotRead(f"{folder or name} : {error.message_fr} {error.remedy_fr}".strip()) from error


def _given(name: str, path: Path) -> "FolderSnapshot | GitSnapshot | RepositoryList":
    """What lies at the path that the operator gave. Raises SnapshotError."""
    from django.conf import settings

    from dcant.fetch import Fetcher
    from dcant.harvest.repository_list import RepositoryList
    from dcant.harvest.snapshots import open_snapshot

    if name == "publiccode" and path.is_file():
        return RepositoryList(path, data=settings.DATA, fetcher=Fetcher())
    return open_snapshot(path)


def remote_of(name: str) -> "Remote | None":
    """Where a source says it is on the network; None when it must be given a folder. Raises SourceFileError."""
    from dcant.catalogue import sources

    return sources.remote_of(name)


def _over_the_network(name: str) -> "RemoteSnapshot":
    """The address comes from a file shipped with the project, not from the operator: it must be public."""
    from django.conf import settings

    from dcant.catalogue.sources import load_source
    from dcant.fetch import Fetcher
    from dcant.harvest.remote import RemoteSnapshot
    from dcant.harvest.rules import SourceFileError

    try:
        source, remote = load_source(name)[0], remote_of(name)
    except SourceFileError as error:
        raise NotRead(str(error)) from error
    if remote is None:
        raise NotRead(
            f"La source « {name} » ne se lit pas sur le réseau. Copiez-la ({source.address} ; un dépôt Git se clone), "
            "puis donnez le dossier : --from CHEMIN."
        )
    return RemoteSnapshot(remote=remote, data=settings.DATA, fetcher=Fetcher(), max_list_bytes=source.max_list_bytes)


def _line(name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(f"{name} : {done} / {total}")


def _print(report: "RunReport") -> None:
    totals = report.totals
    print(
        f"{report.source}, passage {report.run} : {report.state}. Vus {totals['seen']}, créés {totals['created']}, "
        f"mis à jour {totals['updated']}, inchangés {totals['unchanged']}, rejetés {totals['rejected']}, "
        f"retirés {totals['withdrawn']} ; {report.written} lignes écrites en {report.seconds} s."
    )
    for finding in report.findings[:40]:
        place = f" ({finding['place']})" if finding["place"] else ""
        print(
            f"  {finding['code']} {finding['collection']}/{finding['remote_id']}{place} : {finding['message']} {finding['remedy']}"
        )
    if len(report.findings) > 40:
        print(f"  … et {len(report.findings) - 40} autres lignes, sur la page du passage.")
