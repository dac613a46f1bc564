"""CSV (RFC 4180) → rows, each with the line on which it begins.

The separator is whichever of comma, semicolon and tab parts the header; cells may be quoted
and then hold line breaks. A row with more or fewer cells than the header is a bad row; broken
quoting ends the file, since nobody can tell where the next row would begin.
"""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Final

from cli.rows import Row
from ledger.errors import BadInput

MAX_CELL: Final = 1_000_000
"""Characters of a cell; a longer one is a quotation mark that is never closed."""

MAX_ROW: Final = 16 * 1024 * 1024
"""Characters of a row, over however many lines its quoted cells run."""

_SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
_TWICE: Final = 'a quotation mark inside a cell is written twice: "he said ""no"""'


class CsvTable:
    """The rows of a CSV file, whose header has been read."""

    def __init__(self, lines: Iterator[str], name: str) -> None:
        """Read the header; raise ``BadInput`` when there is none or it repeats a column."""
        self._name = name
        csv.field_size_limit(MAX_CELL)
        header = ""
        self._before = -1
        while not header.strip():
            header = next(lines, "")
            self._before += 1
            if not header:
                raise BadInput(f"{name}: empty", "The first line names the columns")
        self.delimiter = _separator(header)
        self._begins = self._before + 1
        self._size = 0
        measured = self._measured(chain([header], lines))
        self._reader = csv.reader(measured, delimiter=self.delimiter, strict=True)
        try:
            self.columns: list[str] | None = [cell.strip() for cell in next(self._reader)]
        except csv.Error as error:
            raise self._broken(str(error)) from None
        _check_header(self.columns, f"{name}:{self._before + 1}")

    def rows(self) -> Iterator[Row]:
        """Yield the rows, blank lines left out."""
        width = len(self.columns or ())
        reader, before = self._reader, self._before
        begins = self._begins = before + reader.line_num + 1
        self._size = 0
        try:
            for cells in reader:
                if len(cells) == width:
                    yield begins, cells, None
                elif cells:
                    yield begins, cells, str(self._ragged(len(cells), width))
                begins = self._begins = before + reader.line_num + 1
                self._size = 0
        except csv.Error as error:
            raise self._broken(str(error)) from None

    def _measured(self, lines: Iterator[str]) -> Iterator[str]:
        """Pass the lines on, and stop at a row that runs on and on."""
        for line in lines:
            self._size += len(line)
            if self._size > MAX_ROW:
                raise BadInput(
                    f"{self._name}:{self._begins}: a row of more than {MAX_ROW:,} characters",
                    f"Break it up, or close its quotation marks; {_TWICE}",
                )
            yield line

    def _broken(self, error: str) -> BadInput:
        place = f"{self._name}:{self._begins}"
        if "unexpected end" in error or "field limit" in error:
            return BadInput(
                f"{place}: a quotation mark is opened and never closed", f"Close it; {_TWICE}"
            )
        return BadInput(
            f"{place}: broken quoting: text follows a closing quotation mark",
            f"Quote the whole cell; {_TWICE}",
        )

    def _ragged(self, cells: int, width: int) -> BadInput:
        sign = _SEPARATORS[self.delimiter]
        return BadInput(
            f"{cells} cells, but the header names {width} columns",
            f"Quote a cell that holds a {sign}"
            if cells > width
            else "Write a cell for each column",
        )


def _separator(header: str) -> str:
    """Return the separator that the header holds most often outside quotation marks."""
    bare = "".join(header.split('"')[::2])
    return max(_SEPARATORS, key=bare.count)


def _check_header(columns: list[str], place: str) -> None:
    seen: set[str] = set()
    for number, column in enumerate(columns, 1):
        if not column:
            raise BadInput(f"{place}: column {number} has no name", "Name every column")
        if column in seen:
            raise BadInput(f"{place}: two columns are named {column!r}", "Give each its own name")
        seen.add(column)
