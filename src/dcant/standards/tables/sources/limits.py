"""How far a file may go before it is refused aloud: every bound is said when it is met, none cuts in silence."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading. Sizes in bytes.

    A plain file has no bound of size: it is read in constant memory. What is packed has two (`unpacked_bytes`, `ratio`),
    since a few bytes may unfold without end; a spreadsheet, which is held whole, has its own.
    """

    block_bytes: int = 4 * MEGABYTE  # read at once; sets the memory
    record_bytes: int = 32 * MEGABYTE  # one row of a text file
    columns: int = 16_384  # those of a spreadsheet program
    spooled_bytes: int = 32 * 1024 * MEGABYTE  # a stream copied to a temporary file
    unpacked_bytes: int = 32 * 1024 * MEGABYTE
    ratio: int = 400  # unpacked over packed, looked at beyond `ratio_from`
    ratio_from: int = 64 * MEGABYTE
    members: int = 1_000  # of an archive
    sheet_bytes: int = 1024 * MEGABYTE  # a workbook, unpacked
    sheet_cells: int = 60_000_000  # of the smallest rectangle that holds the cells of a sheet
    faults: int = 1_000  # rows with unreadable bytes told one by one; the rest is counted
