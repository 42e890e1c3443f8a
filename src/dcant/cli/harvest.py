"""`dcant harvest [SOURCE …] [--from PATH]`: bring in what sources say now, from a folder or over the network."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcant.cli.database import add_data, end_progress, fail, progress, set_up

if TYPE_CHECKING:
    from dcant.harvest.remote import Remote, RemoteSnapshot


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
        help="dossier ou dépôt Git de la source ; sans lui : son adresse",
    )
    command.add_argument("--format", choices=["text", "json"], default="text")
    command.add_argument("--dry-run", action="store_true", help="tout faire, ne rien garder")
    add_data(command)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from dcant.catalogue.sources import SOURCES
    from dcant.identifiers import Refused

    names = args.sources or ["seed"]
    unknown = sorted(set(names) - set(SOURCES))
    if unknown:  # said before a base is made for nothing
        fail(f"Source inconnue : {', '.join(unknown)}. Sources connues : {', '.join(sorted(SOURCES))}.")
    set_up(create=True)
    reports = []
    for name in names:
        try:
            reports.append(harvest_one(name, args.origin, dry_run=args.dry_run, on_progress=_line(name)))
        except Refused as refusal:
            fail(refusal.permit.because)
        end_progress()
    if args.format == "json":
        json.dump({"runs": [report.as_dict() for report in reports]}, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        for report in reports:
            _print(report)
    return max((int(report.exit_status) for report in reports), default=0)


def harvest_one(
    name: str,
    origin: Path | None,
    *,
    dry_run: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Any:
    """One passage: from the folder given, else from the bundled seed, else over the network where the source says."""
    from django.conf import settings
    from django.utils import timezone

    from dcant.catalogue.seed_folder import seed_folder
    from dcant.catalogue.services import harvest_source
    from dcant.harvest.rules import SnapshotError
    from dcant.harvest.snapshots import open_snapshot

    folder = origin or (seed_folder() if name == "seed" else None)
    try:
        with open_snapshot(folder) if folder is not None else _over_the_network(name) as snapshot:
            return harvest_source(
                name=name,
                snapshot=snapshot,
                now=timezone.now,
                data=settings.DATA,
                on_progress=on_progress,
                dry_run=dry_run,
            )
    except SnapshotError as error:
        fail(f"{folder or name} : {error.message_fr} {error.remedy_fr}".strip())
        raise


def remote_of(name: str) -> "Remote | None":
    """Where a source says it is on the network; None when it must be given a folder. Raises SourceFileError."""
    from importlib.resources import files

    from dcant.harvest.remote import Remote

    path = files("dcant.catalogue.sources").joinpath(f"{name}.toml")
    return Remote.from_toml(path.read_text(encoding="utf-8")) if path.is_file() else None


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
        fail(str(error))
        raise
    if remote is None:
        fail(
            f"La source « {name} » ne se lit pas sur le réseau. Copiez-la ({source.address} ; un dépôt Git se clone), "
            "puis donnez le dossier : --from CHEMIN."
        )
        raise AssertionError
    return RemoteSnapshot(remote=remote, data=settings.DATA, fetcher=Fetcher(), max_list_bytes=source.max_list_bytes)


def _line(name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(f"{name} : {done} / {total}")


def _print(report: Any) -> None:
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
