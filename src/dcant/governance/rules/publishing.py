"""What the log tells of a roadmap or a balance sheet, and the name by which it is put to the vote."""

from collections.abc import Iterable, Mapping

from dcant.record.canonical import digest


def public_rows(rows: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """The rows of a document, what graders wrote as evidence by its hash alone: free text may name somebody, and the log forgets nothing."""
    return [
        {key: digest({"evidence": value}) if key == "evidence" else value for key, value in row.items()} for row in rows
    ]


def document_hash(rows: Iterable[Mapping[str, object]]) -> str:
    """The name of a roadmap or balance sheet: that of its public rows, so that the log alone is enough to find it again."""
    return digest({"body": public_rows(rows)})
