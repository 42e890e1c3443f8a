"""What a run has found so far: counts and sample, causes, and which rows have an error."""

import numpy as np

from dcant.standards.tables.causes import Causes
from dcant.standards.tables.report import Fault
from dcant.standards.tables.tally import Tally
from dcant.standards.tables.values import Rows


class Findings:
    """Everything the steps of a run add to; it knows nothing of columns or files."""

    def __init__(self, limit: int) -> None:
        self.tally = Tally(limit)
        self.causes = Causes()
        self._marked = np.zeros(1 << 16, dtype=np.bool_)

    @property
    def rows_with_errors(self) -> int:
        return int(self._marked.sum())

    def mark(self, rows: Rows) -> None:
        """These rows have an error, whatever was said of them before."""
        if len(rows):
            highest = int(rows.max())
            if highest >= len(self._marked):
                longer = np.zeros(max(highest + 1, 2 * len(self._marked)), dtype=np.bool_)
                longer[: len(self._marked)] = self._marked
                self._marked = longer
            self._marked[rows] = True

    def add(self, fault: Fault) -> None:
        """One fault, counted, kept if there is room, its row marked when it is an error. The header is no row."""
        self.tally.add(fault)
        if fault.level == "error" and fault.row is not None:
            self.mark(np.array([fault.row], dtype=np.int64))

    def count_error(self, code: str, field: str | None, row: int) -> None:
        """An error of a row, counted without being put in words."""
        self.tally.count("error", code, field)
        self.mark(np.array([row], dtype=np.int64))

    def add_of_header(self, fault: Fault) -> None:
        self.tally.add(fault)
