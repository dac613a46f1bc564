"""The rows that `--skip-bad` leaves out, in a file of their own.

Rows of CSV go to ``FILE.rejected.csv`` under the columns they came in and one more,
``problem``, which an import passes over: mend the rows and import that file. Rows of JSON go
to ``FILE.rejected.jsonl``.
"""

import csv
import json
import os
from typing import IO, Any

from cli.mapping import PROBLEM
from cli.rows import Raw, Row
from ledger.errors import BadInput, StorageError

_ENDINGS = ("csv", "jsonl")


def refuse_existing(name: str) -> None:
    """Raise ``BadInput`` if a file that the bad rows of ``name`` may go to is there already."""
    for ending in _ENDINGS:
        path = f"{name}.rejected.{ending}"
        if os.path.lexists(path):
            raise _is_there(path)


def _is_there(path: str) -> BadInput:
    return BadInput(f"{path}: is there already, and bad rows would go there", "Move it away")


class Rejects:
    """The file, made when there is a first row for it."""

    def __init__(self, name: str, columns: list[str] | None, delimiter: str) -> None:
        self.path = f"{name}.rejected.{'jsonl' if columns is None else 'csv'}"
        self.written = False
        self._columns = None if columns is None else [c for c in columns if c != PROBLEM]
        self._all_columns = columns or []
        self._delimiter = delimiter
        self._file: IO[str] | None = None
        self._writer: Any = None

    def write(self, row: Row, problem: str) -> None:
        """Add a row, and in a CSV what is wrong with it."""
        file = self._file or self._open()
        raw = row[1]
        if self._columns is None:
            text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
            file.write(text.strip() + "\n")
        else:
            self._writer.writerow([*self._cells(raw), problem])

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()

    def _cells(self, raw: Raw) -> list[str]:
        """Return the cells of a row under the columns of the file it came from."""
        if isinstance(raw, dict):
            return [str(raw.get(column, "")) for column in self._columns or ()]
        cells = list(raw)
        if len(cells) == len(self._all_columns):
            return [c for c, name in zip(cells, self._all_columns, strict=True) if name != PROBLEM]
        return cells + [""] * (len(self._columns or ()) - len(cells))

    def _open(self) -> IO[str]:
        try:
            file = self._file = open(self.path, "x", encoding="utf-8", newline="")  # noqa: SIM115
        except FileExistsError:
            raise _is_there(self.path) from None
        except OSError as error:
            raise StorageError(
                f"{self.path}: {error.strerror}", "Import from a folder that can be written"
            ) from None
        self.written = True
        if self._columns is not None:
            self._writer = csv.writer(file, delimiter=self._delimiter)
            self._writer.writerow([*self._columns, PROBLEM])
        return file
