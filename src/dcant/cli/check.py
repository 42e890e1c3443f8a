"""`dcant check table FILE… --schema REF`: does this table follow its schema, and what is to be mended. A path needs no database."""

import argparse
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from dcant.cli.database import add_data, end_progress, fail, progress, set_up

if TYPE_CHECKING:
    from dcant.standards.tables import FileReport, Plan, Report, Source

COLUMNS = ("auto", "fr", "exact", "equal", "subset", "superset", "partial")
_LISTED, _ANNOTATED = 1_000, 50_000  # errors kept for the report, and for the workbook
CONFORMS, DOES_NOT, UNREADABLE, INTERRUPTED = 0, 1, 2, 130
OF_THE_REGISTER = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+(@[A-Za-z0-9_.+-]+)?")


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("check", help="vérifie un fichier selon un référentiel")
    parts = command.add_subparsers(dest="part", required=True, metavar="table")
    table = parts.add_parser("table", help="un tableau (csv, xlsx, xls, ods) selon un Table Schema")
    table.add_argument("files", nargs="*", metavar="FILE", help="les fichiers ; « - » : l’entrée standard")
    table.add_argument(
        "--schema",
        metavar="REF",
        help="le fichier du schéma, ou son nom au registre : proprietaire/nom ou proprietaire/nom@version",
    )
    table.add_argument(
        "--columns",
        choices=COLUMNS,
        default="auto",
        help="apparier les colonnes par nom (fr) ou par place (exact) ; auto : ce que dit le schéma, sinon fr",
    )
    table.add_argument("--encoding", metavar="NAME", help="encodage du fichier, sinon reconnu")
    table.add_argument(
        "--delimiter", metavar="CHAR", help="séparateur des colonnes, sinon reconnu ; « tab » : tabulation"
    )
    table.add_argument("--sheet", metavar="NAME", help="feuille du classeur, sinon la première qui n’est pas vide")
    table.add_argument("--member", metavar="NAME", help="fichier à lire dans l’archive zip")
    table.add_argument(
        "--reference",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="table à laquelle le schéma renvoie sous ce nom",
    )
    table.add_argument(
        "--annotate", type=Path, metavar="OUT.xlsx", help="le tableau lui-même, cases à corriger coloriées"
    )
    table.add_argument("--format", choices=["text", "json", "html"], default="text")
    table.add_argument("--output", type=Path, metavar="F", help="écrire le rapport dans ce fichier")
    table.add_argument("--lang", choices=["fr", "en"], default="fr", help="langue du rapport")
    table.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help="nombre d’erreurs listées (1000, 50000 avec --annotate) ; toutes sont comptées",
    )
    table.add_argument(
        "--manifest", type=Path, metavar="LIST.csv", help="liste de fichiers : colonnes path, schema et reference"
    )
    table.add_argument(
        "--jobs", type=int, metavar="N", help="nombre de processus pour beaucoup de fichiers (défaut : les cœurs)"
    )
    table.add_argument(
        "--time-limit",
        type=float,
        metavar="S",
        help="secondes au plus pour un fichier, parmi beaucoup ; au-delà il est laissé sans verdict",
    )
    table.add_argument(
        "--results",
        type=Path,
        metavar="OUT.jsonl",
        help="une ligne par fichier, au fil de l’eau ; relancé, ne vérifie que ce qui a changé",
    )
    add_data(table)
    table.set_defaults(run=run_table)


def run_table(args: argparse.Namespace) -> int:
    """Exit status: 0 conforms, 1 does not, 2 unreadable, the worst of several; 130 interrupted, with what was found so far."""
    from dcant.standards.tables import Report, SourceUnreadable, together

    of_many = (args.manifest, args.results, args.jobs, args.time_limit)
    if any(one is not None for one in of_many):
        from dcant.cli.check_many import run_many

        return run_many(args)
    if not args.files or args.schema is None:
        fail("Indiquez un fichier et « --schema », ou une liste avec « --manifest ».")
    plan = _plan(args.schema, args.lang)
    references = references_of(args.reference)
    if args.limit is not None and args.limit < 0:
        fail("« --limit » est un nombre d’erreurs : 0 ou plus.")
    if args.annotate is not None and len(args.files) > 1:
        fail("« --annotate » ne prend qu’un fichier à la fois.")
    reports: list[Report] = []
    with _interruptible() as interrupted:
        for path in args.files:
            if interrupted():
                break
            try:
                reports.append(_check(path, plan, args, references, interrupted))
            except SourceUnreadable as unreadable:  # of a reference, or to annotate: else it is in the report
                end_progress()
                fail(_said(unreadable.fault, args.lang))
            end_progress()
    report = together(reports)
    _write(report, args)
    return INTERRUPTED if interrupted() else max(_status(one) for one in report.files)


def _check(
    path: str, plan: "Plan", args: argparse.Namespace, references: dict[str, str], interrupted: Callable[[], bool]
) -> "Report":
    from dcant.standards.tables import open_source, validate

    asked = {
        "encoding": args.encoding,
        "delimiter": delimiter_of(args),
        "sheet": args.sheet,
        "member": args.member,
    }
    source = sys.stdin.buffer if path == "-" else path
    settings: dict[str, Any] = {
        "columns": args.columns,
        "limit": args.limit if args.limit is not None else (_LISTED if args.annotate is None else _ANNOTATED),
        "on_progress": _progress(path),
        "should_stop": interrupted,
        "references": references,
    }
    if args.annotate is None:
        return validate(source, plan, **settings, **asked)
    with closing(open_source(source, plan_labels=[one.name for one in plan.schema.fields], **asked)) as opened:
        report = validate(opened, plan, **settings)
        _annotate(opened, report, args)
    return report


def _annotate(opened: "Source", report: "Report", args: argparse.Namespace) -> None:
    """The workbook, when the table was read to its end."""
    from dcant.standards.tables.annotate import annotate

    if not report.complete:
        print(f"Le classeur n’est pas écrit : {args.annotate}", file=sys.stderr)
        return
    try:
        annotate(opened, report.files[0], args.annotate, lang=args.lang)
    except OSError as error:
        fail(f"Le classeur ne peut pas être écrit dans {args.annotate} : {error.strerror}")


def _plan(ref: str, lang: str) -> "Plan":
    from dcant.standards.tables import SchemaUnreadable, compile_schema, load_schema

    given = Path(ref)
    if not given.exists() and not OF_THE_REGISTER.fullmatch(ref):
        fail(f"Aucun schéma à cet endroit : {ref}")
    try:
        return compile_schema(load_schema(given if given.exists() else of_the_register(ref)))
    except SchemaUnreadable as unreadable:
        fail(f"{ref} : {_said(unreadable, lang)}")
        raise


def of_the_register(ref: str) -> bytes:
    """The bytes of « owner/slug » or « owner/slug@version », from the register of the data folder; exits 2 without one."""
    set_up()
    from dcant.standards.questions import NoSuchVersion, document_of

    try:
        return bytes(document_of(ref).content)
    except NoSuchVersion as problem:
        fail(str(problem))
        raise


def delimiter_of(args: argparse.Namespace) -> str | None:
    return "\t" if args.delimiter in {"tab", r"\t"} else args.delimiter


def references_of(given: list[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, sign, path = one.partition("=")
        if not (name and sign and path):
            fail(f"« --reference » s’écrit NOM=FICHIER, pas « {one} ».")
        found[name] = path
    return found


def _said(fault: Any, lang: str) -> str:
    """A message and its remedy."""
    return f"{fault.message.fr} {fault.remedy.fr}" if lang == "fr" else f"{fault.message.en} {fault.remedy.en}"


def _status(one: "FileReport") -> int:
    if one.conforms:
        return CONFORMS
    return DOES_NOT if one.complete else UNREADABLE


def _write(report: "Report", args: argparse.Namespace) -> None:
    from dcant.standards.tables import to_html, to_text

    if args.format == "json":
        text = report.to_json()
    elif args.format == "html":
        text = to_html(report, args.lang)
    else:
        text = to_text(report, args.lang)
    if args.output is None:
        print(text)
        return
    write_to(args.output, text)


def write_to(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"Le rapport ne peut pas être écrit dans {path} : {error.strerror}.")


def _progress(path: str) -> Callable[[int, int | None, int, int], None]:
    """Ten times a second at most."""
    last = 0.0

    def tell(done: int, total: int | None, rows: int, errors: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < 0.1:
            return
        last = now
        part = f"{100 * done // total} %, " if total else ""
        progress(f"{path} : {part}{rows} lignes, {errors} erreurs")

    return tell


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C asks to stop and keeps the report so far; the second one ends at once."""
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
