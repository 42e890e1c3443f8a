"""`dcant harvest [SOURCE …] [--from PATH]`: bring in what sources say now."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dcant.cli.database import add_data, end_progress, fail, progress, set_up


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("harvest", help="moissonne les sources du socle commun")
    command.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="nom d’une source ; sans nom : le socle fourni (seed)"
    )
    command.add_argument("--from", dest="origin", type=Path, metavar="PATH", help="dossier ou dépôt Git de la source")
    command.add_argument("--format", choices=["text", "json"], default="text")
    command.add_argument("--dry-run", action="store_true", help="tout faire, ne rien garder")
    add_data(command)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    names = args.sources or ["seed"]
    set_up(create=True)
    from dcant.catalogue.sources import SOURCES
    from dcant.identifiers import Refused

    unknown = sorted(set(names) - set(SOURCES))
    if unknown:
        fail(f"Source inconnue : {', '.join(unknown)}. Sources connues : {', '.join(sorted(SOURCES))}.")
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
    """One passage; the bundled seed needs no folder, any other source must be given one."""
    from django.conf import settings
    from django.utils import timezone

    from dcant.catalogue.seed_folder import seed_folder
    from dcant.catalogue.services import harvest_source
    from dcant.harvest.rules import SnapshotError
    from dcant.harvest.snapshots import open_snapshot

    folder = origin or (seed_folder() if name == "seed" else None)
    if folder is None:
        fail(f"La source « {name} » se lit dans un dossier ou un dépôt Git : ajoutez --from CHEMIN.")
        raise AssertionError
    try:
        with open_snapshot(folder) as snapshot:
            return harvest_source(
                name=name,
                snapshot=snapshot,
                now=timezone.now,
                data=settings.DATA,
                on_progress=on_progress,
                dry_run=dry_run,
            )
    except SnapshotError as error:
        fail(f"{folder} : {error.message_fr} {error.remedy_fr}".strip())
        raise


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
