"""Reading a whole table in a test, ours and frictionless's, as the same list."""

import io
import warnings
from contextlib import closing
from pathlib import Path

import pyarrow as pa

from dcant.standards.tables.sources import Limits, open_source
from dcant.standards.tables.values import Restart, Source


def rows_of(source: Source) -> list[tuple[int, tuple]]:
    """(row number, cells) of every row, ragged ones among the others, blank lines with no cell."""
    with closing(source):
        while True:
            try:
                return [row for batch in source.batches() for row in _rows_of_batch(batch)]
            except Restart:
                continue


def _rows_of_batch(batch):
    columns = [column.to_pylist() if isinstance(column, pa.Array) else column for column in batch.columns]
    assert all(len(column) == len(batch.rows) for column in columns)
    whole = list(zip(batch.rows.tolist(), zip(*columns, strict=True), strict=True))
    return sorted(whole + [(row.row, row.cells) for row in batch.ragged], key=lambda row: row[0])


def rows_in(content: bytes, *, block: int = 1 << 20, **asked) -> list[tuple[int, tuple]]:
    return rows_of(open_source(io.BytesIO(content), limits=Limits(block_bytes=block), **asked))


def frictionless_rows(content: bytes | Path, **options) -> list[list]:
    """The cells of every row, header first, as frictionless reads them: an oracle we did not write."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from frictionless import Dialect
        from frictionless.resources import TableResource

        delimiter = options.pop("delimiter", None)
        if delimiter:
            options["dialect"] = Dialect.from_descriptor({"csv": {"delimiter": delimiter}})
        if isinstance(content, bytes):
            source = {"data": content, "format": options.pop("format", "csv"), "scheme": "buffer"}
        else:
            source = {"path": str(content)}
        with TableResource(**source, **options) as resource:
            return [list(cells) for cells in resource.cell_stream]
