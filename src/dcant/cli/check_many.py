"""`dcant check table` on many files: `--manifest`, `--jobs`, `--results`. One line for each as it ends, then a summary."""

import argparse
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from dcant.cli.check import (
    CONFORMS,
    DOES_NOT,
    INTERRUPTED,
    OF_THE_REGISTER,
    UNREADABLE,
    delimiter_of,
    of_the_register,
    references_of,
    write_to,
)
from dcant.cli.database import end_progress, fail, progress

if TYPE_CHECKING:
    from dcant.standards.tables.many import Document, Job, Listed, Result, Summary


def run_many(args: argparse.Namespace) -> int:
    """Exit status: 0 all conform, 1 one does not, 2 one could not be checked, 130 interrupted."""
    from dcant.standards.tables.many import LocalExecutor, ResultsFile, check_many

    _must_suit(args)
    listed = _listed(args)
    jobs = list(_jobs(listed, args))
    with ExitStack() as opened:
        results = None
        if args.results is not None:
            try:
                results = opened.enter_context(ResultsFile(args.results))
            except OSError as error:
                fail(f"Les résultats ne peuvent pas être écrits dans {args.results} : {error.strerror}.")

        def tell(done: int, last: "Result") -> None:
            progress(f"{done} / {len(jobs)} fichiers, le dernier : {last.path}")

        executor = LocalExecutor(args.jobs or _cores(), seconds=args.time_limit)
        summary = check_many(jobs, executor=executor, results=results, on_result=tell)
    end_progress()
    text = json.dumps(summary.as_dict(), ensure_ascii=False, indent=1)
    text = text if args.format == "json" else summary.to_text(args.lang)
    if args.output is None:
        print(text)
    else:
        write_to(args.output, text)
    return _status(summary)


def _must_suit(args: argparse.Namespace) -> None:
    if args.jobs is not None and args.jobs < 1:
        fail("« --jobs » est un nombre de processus : 1 ou plus.")
    if args.time_limit is not None and args.time_limit <= 0:
        fail("« --time-limit » est un nombre de secondes : plus que 0.")
    if args.format == "html" or args.annotate is not None or args.limit is not None:
        fail(
            "« --annotate », « --limit » et « --format html » ne vont pas avec « --manifest », « --jobs », « --results »."
        )
    if "-" in args.files:
        fail("L’entrée standard ne va pas avec « --manifest », « --jobs », « --results ».")


def _listed(args: argparse.Namespace) -> "list[Listed]":
    """The files of the command, then those of the list."""
    from dcant.standards.tables.many import Listed, ManifestUnreadable, read_manifest

    found = [Listed(path) for path in args.files]
    if args.manifest is not None:
        try:
            found += read_manifest(args.manifest)
        except ManifestUnreadable as unreadable:
            fail(str(unreadable))
    if not found:
        fail("Aucun fichier à vérifier : ni dans la commande, ni dans la liste.")
    if args.schema is None and any(not one.schema for one in found):
        fail("Un fichier n’a pas de schéma : indiquez « --schema », ou la colonne schema de la liste.")
    return found


def _jobs(listed: "list[Listed]", args: argparse.Namespace) -> "Iterator[Job]":
    from dcant.standards.tables.many import Job, Settings

    documents: dict[str, Document] = {}
    common = tuple(references_of(args.reference).items())
    for one in listed:
        ref = one.schema or args.schema
        if ref not in documents:
            documents[ref] = _document(ref)
        settings = Settings(
            args.columns, args.encoding, delimiter_of(args), args.sheet, args.member, common + one.references
        )
        yield Job(one.path, documents[ref], settings)


def _document(ref: str) -> "Document":
    """The schema's bytes; those that are no schema are told for each of its files."""
    from dcant.standards.tables.many import Document

    if not Path(ref).exists() and not OF_THE_REGISTER.fullmatch(ref):
        fail(f"Aucun schéma à cet endroit : {ref}")
    try:
        content = Path(ref).read_bytes() if Path(ref).exists() else of_the_register(ref)
    except OSError as error:
        fail(f"Le schéma {ref} ne peut pas être lu : {error.strerror}.")
    return Document(ref, content)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _status(summary: "Summary") -> int:
    if not summary.complete:
        return INTERRUPTED
    verdicts = summary.verdicts
    if verdicts["unreadable"] or verdicts["engine-error"]:
        return UNREADABLE
    return DOES_NOT if verdicts["does-not-conform"] else CONFORMS
