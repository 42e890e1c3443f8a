"""`dcant export --all DIR` and `dcant import DIR`: leave with everything, arrive on a blank node with the same pages."""

import argparse
import csv
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from dcant.cli.database import add_data, end_progress, fail, progress, set_up

FORMAT = "dcant-export/1"
# In the order in which they can be written: what is pointed at comes first. Projections are made again on arrival.
MODELS = (
    "territories.territory", "territories.formercode", "territories.membership", "territories.college",
    "territories.organisation", "territories.organisationterritory", "territories.operator",
    "territories.operator_departements", "territories.operatorservice", "territories.loadedreference",
    "record.entry", "harvest.run", "harvest.item", "harvest.line", "harvest.statement",
    "accounts.person", "accounts.mandate", "accounts.rememberedanswer",
    "standards.standard", "standards.standardversion", "standards.document", "standards.tablecheck",
    "catalogue.resource", "catalogue.holding", "catalogue.alias", "catalogue.joinproposal", "catalogue.relation",
    "catalogue.experiencereport", "catalogue.experiencereply", "catalogue.errorreport", "catalogue.follow", "catalogue.digest",
    "adoption.adoptionevent", "adoption.offer",
    "governance.programme", "governance.axis", "governance.action", "governance.actionresource",
    "governance.charter", "governance.seat", "governance.seatholder", "governance.cycle", "governance.roadmap", "governance.balancesheet",
    "governance.actionversion", "governance.actionversion_copilots", "governance.amendment", "governance.ending", "governance.decision",
    "governance.proxy", "governance.ballot", "governance.objection", "governance.reservation", "governance.assessment",
    "governance.meeting", "governance.agendaitem", "governance.attendance", "governance.minutes",
    "governance.budget", "governance.budgetproject", "governance.budgetballot",
    "governance.indicator", "governance.measurement",
)  # fmt: skip
PROJECTIONS = ("adoption.adoptionstate", "adoption.adoptiontally", "catalogue.usagesnapshot")
BATCH = 1000


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    leave = commands.add_parser("export", help="part avec tout : JSONL, CSV et un manifeste")
    leave.add_argument("--all", action="store_true", required=True, help="toutes les données du site")
    leave.add_argument("folder", type=Path, metavar="DIR")
    add_data(leave)
    leave.set_defaults(run=run_export)
    arrive = commands.add_parser("import", help="arrive sur une base vierge avec un dossier exporté")
    arrive.add_argument("folder", type=Path, metavar="DIR")
    add_data(arrive)
    arrive.set_defaults(run=run_import)


def run_export(args: argparse.Namespace) -> int:
    set_up()
    from django.conf import settings
    from django.db import transaction

    folder: Path = args.folder
    if folder.exists() and any(folder.iterdir()):
        fail(f"{folder} n’est pas vide : choisissez un dossier neuf.")
    (folder / "tables").mkdir(parents=True, mode=0o700)
    (folder / "csv").mkdir()
    rows: dict[str, int] = {}
    with transaction.atomic():  # one moment of the database for all its tables
        for name in MODELS:
            progress(f"Export : {name}")
            rows[name] = _write_table(name, folder / "tables" / f"{name}.jsonl")
        _write_csv(folder / "csv")
    raw = Path(settings.DATA) / "raw"
    if raw.is_dir():
        shutil.copytree(raw, folder / "raw")
    files = {str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    manifest = {"format": FORMAT, "tables": rows, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    end_progress()
    print(f"Exporté dans {folder} : {sum(rows.values())} lignes, {len(files)} fichiers, manifest.json.")
    return 0


def run_import(args: argparse.Namespace) -> int:
    folder: Path = args.folder
    manifest = _manifest(folder)
    set_up(create=True)
    from django.apps import apps
    from django.conf import settings
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.utils import timezone

    from dcant.adoption.projection import rebuild
    from dcant.adoption.usage import write_usage_snapshots
    from dcant.catalogue.index import rebuild_index
    from dcant.record.publication import publish_log

    models = [apps.get_model(name) for name in MODELS]
    filled = [model._meta.label for model in models if model._base_manager.exists()]  # noqa: SLF001
    if filled:
        fail(f"La base n’est pas vierge ({', '.join(filled[:3])}…) : importez dans un dossier neuf.")
    with transaction.atomic():
        for name, model in zip(MODELS, models, strict=True):
            progress(f"Import : {name}")
            count = 0
            for batch in _read_table(folder / "tables" / f"{name}.jsonl"):
                model._base_manager.bulk_create(batch)  # noqa: SLF001
                count += len(batch)
            if count != manifest["tables"][name]:
                fail(f"{name} : {count} lignes lues, {manifest['tables'][name]} annoncées. Rien n’a été importé.")
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
        rebuild(today=timezone.localdate())
        write_usage_snapshots(today=timezone.localdate())
    if (folder / "raw").is_dir():
        shutil.copytree(folder / "raw", Path(settings.DATA) / "raw", dirs_exist_ok=True)
    rebuild_index()
    publish_log(data=settings.DATA, name=settings.LOG_NAME)  # the same leaves, signed by this node's own key
    end_progress()
    print(f"Importé : {sum(manifest['tables'].values())} lignes.")
    return 0


def _write_table(name: str, path: Path) -> int:
    from django.apps import apps
    from django.core import serializers

    model = apps.get_model(name)
    count = 0
    encoder = _exact_encoder()
    fields = [field.name for field in model._meta.local_fields]  # noqa: SLF001  # links have tables of their own
    with path.open("w", encoding="utf-8") as file:
        for row in model._base_manager.order_by("pk").iterator(chunk_size=BATCH):  # noqa: SLF001
            serializers.serialize("jsonl", [row], stream=file, fields=fields, ensure_ascii=False, cls=encoder)
            count += 1
    path.chmod(0o600)
    return count


def _exact_encoder() -> type[json.JSONEncoder]:
    """Django's own encoder cuts a moment to the millisecond: here it keeps all its digits."""
    from django.core.serializers.json import DjangoJSONEncoder

    class ExactEncoder(DjangoJSONEncoder):
        def default(self, o: Any) -> Any:
            return o.isoformat() if isinstance(o, datetime) else super().default(o)

    return ExactEncoder


def _read_table(path: Path) -> Iterator[list[Any]]:
    from django.core import serializers

    batch = []
    with path.open(encoding="utf-8") as file:
        for row in serializers.deserialize("jsonl", file, handle_forward_references=False):
            batch.append(row.object)
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _write_csv(folder: Path) -> None:
    """The same for people with a spreadsheet: resources, declarations of use, the public log."""
    from dcant.adoption.models import AdoptionState
    from dcant.catalogue.models import Resource
    from dcant.record.models import Entry

    columns: tuple[str, ...] = ("slug", "kind", "state", "title", "purpose", "producer_name", "producer_level")
    _csv(folder / "ressources.csv", columns, Resource.objects.order_by("slug").values_list(*columns))
    columns = ("organisation__key", "organisation__name", "resource__slug", "kind", "day", "expires_on", "demo")
    used = AdoptionState.objects.filter(counted__gt="").order_by("organisation__key", "resource__slug")
    _csv(folder / "usages.csv", columns, used.values_list(*columns))
    columns = ("index", "type", "at", "actor", "subject", "entry_id")
    _csv(folder / "journal.csv", columns, Entry.objects.order_by("pk").values_list(*columns))


def _csv(path: Path, header: tuple[str, ...], rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an export, once each file was found to be what it says; exits 2 otherwise."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        fail(f"{folder} n’est pas un export : manifest.json y manque ou ne se lit pas.")
    if (
        not isinstance(manifest, dict)
        or manifest.get("format") != FORMAT
        or set(manifest.get("tables", ())) != set(MODELS)
    ):
        fail(f"{folder} : cet export n’est pas du format {FORMAT}.")
    for name, digest in manifest["files"].items():
        path = folder / name
        if ".." in Path(name).parts or not path.is_file() or _digest(path) != digest:
            fail(f"{name} manque ou a changé depuis l’export. Rien n’a été importé.")
    return manifest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
