"""Checking many files: `check_many`, with a line for each and a summary."""

from dcant.standards.tables.many.executor import Executor, LocalExecutor
from dcant.standards.tables.many.jobs import Document, Job, Result, Settings, check_one
from dcant.standards.tables.many.manifest import Listed, ManifestUnreadable, read_manifest
from dcant.standards.tables.many.results import ResultsFile
from dcant.standards.tables.many.run import check_many
from dcant.standards.tables.many.summary import Summary

__all__ = [
    "Document",
    "Executor",
    "Job",
    "Listed",
    "LocalExecutor",
    "ManifestUnreadable",
    "Result",
    "ResultsFile",
    "Settings",
    "Summary",
    "check_many",
    "check_one",
    "read_manifest",
]
