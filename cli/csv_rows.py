"""CSV (RFC 4180) → rows, each with the line on which it begins.

The separator is whichever of comma, semicolon and tab parts the header; cells may be quoted
and then hold line breaks. A row with more or fewer cells than the header is a bad row; broken
quoting ends the file, since nobody can tell where the next row would begin.
"""

import csv
import sys
from collections.abc import Iterator
from typing import Final

from cli.input_files import Line
from cli.rows import Row
from ledger.errors import BadInput

MAX_CELL: Final = 1_000_000
"""Characters of a cell; a longer one is a quotation mark that is never closed."""

_SEPARATORS: Final = ",;\t"
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab"}


class CsvTable:
    """The rows of a CSV file, whose header has been read."""

    def __init__(self, lines: Iterator[Line], name: str) -> None:
        """Read the header; raise ``BadInput`` when there is none or it repeats a column."""
        self._name = name
        self._line = 0
        csv.field_size_limit(min(MAX_CELL, sys.maxsize))
        first = next(lines, None)
        while first is not None and not first[1].strip():
            first = next(lines, None)
        if first is None:
            raise BadInput(f"{name}: empty", "The first line names the columns")
        self.delimiter = _separator(first[1])
        self._ahead = [first]
        self._reader = csv.reader(self._texts(lines), delimiter=self.delimiter, strict=True)
        header = self._next()
        assert header is not None
        self.columns: list[str] | None = [cell.strip() for cell in header]
        _check_header(self.columns, f"{name}:{first[0]}")

    def rows(self) -> Iterator[Row]:
        """Yield the rows, blank lines left out."""
        width = len(self.columns or [])
        while True:
            begins = self._line + 1
            cells = self._next()
            if cells is None:
                return
            if len(cells) == width:
                yield Row(begins, cells)
            elif cells:
                yield Row(begins, cells, self._ragged(len(cells), width))

    def _texts(self, lines: Iterator[Line]) -> Iterator[str]:
        for number, text in self._ahead:
            self._line = number
            yield text
        for number, text in lines:
            self._line = number
            yield text

    def _next(self) -> list[str] | None:
        begins = self._line + 1
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise self._broken(str(error), begins) from None

    def _broken(self, error: str, begins: int) -> BadInput:
        place = f"{self._name}:{begins}"
        if "new-line" in error:
            return BadInput(
                f"{place}: lines end with a bare carriage return", "Save it with Unix line ends"
            )
        if "unexpected end" in error or "field limit" in error:
            return BadInput(
                f"{place}: a quotation mark is opened and never closed",
                'Close it; a quotation mark inside a cell is written twice: "he said ""no"""',
            )
        return BadInput(
            f"{place}: broken quoting: text follows a closing quotation mark",
            'Quote the whole cell; a quotation mark inside it is written twice: "he said ""no"""',
        )

    def _ragged(self, cells: int, width: int) -> BadInput:
        sign = _NAMES[self.delimiter]
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
