"""The rows of an import's files, checked one by one into the staging file.

What is wrong with a row is said on stderr as ``FILE:LINE field: what. What to write instead``;
a bad row never stops the rows after it. With ``skip_bad`` the bad rows are also written to
``FILE.rejected.csv``, under the columns they came in and one more, ``problem``, which an
import passes over: mend the rows and import that file. Rows of JSON go, as they were, to
``FILE.rejected.jsonl``.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import IO, Any

import click

from cli.csv_rows import CsvTable
from cli.input_files import Line, open_bytes, read_lines, shown_name
from cli.json_rows import JsonTable, as_draft
from cli.mapping import LABEL, PROBLEM, Recipe, no_column
from cli.rows import Row, Table
from cli.session import CLAIM_FIELDS, CLAIM_TYPES, Session
from cli.summing import summed
from ledger.drafts import Drafts
from ledger.errors import BadInput, LedgerError, StorageError
from ledger.fields import read_name
from ledger.staging import MARK, Staging

_JSON_NAMES = (".jsonl", ".ndjson", ".json")


class Intake:
    """Reads files into ``staging``, and counts what it passed over and what was bad."""

    def __init__(
        self,
        session: Session,
        staging: Staging,
        recipe: Recipe,
        total: str | None,
        skip_bad: bool,
    ) -> None:
        self.rejected = 0
        self.skipped = 0
        self._session = session
        self._staging = staging
        self._recipe = recipe
        self._total = total
        self._skip_bad = skip_bad
        self._drafts = Drafts(session.definition, self._resolve)

    def read(self, path: str, progress: Callable[[int], None]) -> None:
        """Check the rows of a file and stage them.

        Raises ``BadInput`` and ``StorageError`` for what is wrong with the file as a whole.
        """
        name = shown_name(path)
        with open_bytes(path, progress) as stream:
            table = _table(read_lines(stream, name), name)
            rejects = Rejects(name, table) if self._skip_bad else None
            try:
                for row in self._rows(table, name):
                    try:
                        self._take(row)
                    except LedgerError as error:
                        self.rejected += 1
                        problem = self._recipe.blame(str(error))
                        click.echo(f"{name}:{row.line} {problem}", err=True)
                        if rejects:
                            rejects.write(row, problem)
            finally:
                if rejects:
                    rejects.close()

    def _rows(self, table: Table, name: str) -> Iterator[Row]:
        """Return the rows, added up where that was asked for; refuse columns nobody knows."""
        recipe = self._recipe
        if self._total is not None and self._total not in recipe.columns:
            raise BadInput(
                f"--sum {self._total}: no --map or --set uses that column",
                f"Write --map value={self._total}",
            )
        if table.columns is not None:
            recipe.check(table.columns, f"{name}:1")
            rows = table.rows()
        else:
            rows = _known_columns(table.rows(), recipe, name)
        return rows if self._total is None else summed(rows, self._total, recipe.columns)

    def _take(self, row: Row) -> None:
        if row.problem:
            raise row.problem
        draft = self._recipe.draft(row.cells)
        if draft is None:
            self.skipped += 1
            return
        label = draft.pop(LABEL, None)
        event = self._drafts.read(draft)
        self._staging.add(event, read_name(label, LABEL).removeprefix(MARK) if label else None)

    def _resolve(self, text: str, what: str) -> str:
        """Return the id that a reference names; a label stays until the row it names has an id."""
        if not text.startswith(MARK):
            return self._session.resolve(text, what)
        kind = self._staging.labelled(text, what)
        if what in CLAIM_FIELDS and kind not in CLAIM_TYPES:
            raise BadInput(f"{what}: {text} is no claim but a {kind}", "Name a claim")
        return text


class Rejects:
    """The file of the rows that were left out, made when there is the first of them."""

    def __init__(self, name: str, table: Table) -> None:
        self._columns = table.columns
        self.path = f"{name}.rejected.{'csv' if table.columns else 'jsonl'}"
        self._table = table
        self._file: IO[str] | None = None
        self._writer: Any = None

    def write(self, row: Row, problem: str) -> None:
        """Add a row, and in a CSV what is wrong with it."""
        if self._file is None:
            self._open()
        assert self._file is not None
        if self._columns is None:
            self._file.write(str(row.raw).strip() + "\n")
            return
        cells = list(row.raw)
        if len(self._columns) == len(cells) and self._columns[-1] == PROBLEM:
            cells.pop()
        self._writer.writerow([*cells, problem])

    def close(self) -> None:
        """Finish the file, and say where it is."""
        if self._file is not None:
            self._file.close()
            click.echo(f"The bad rows are in {self.path}", err=True)

    def _open(self) -> None:
        try:
            self._file = open(self.path, "w", encoding="utf-8", newline="")  # noqa: SIM115
        except OSError as error:
            raise StorageError(
                f"{self.path}: {error.strerror}", "Import from a folder that can be written"
            ) from None
        if self._columns is not None:
            self._writer = csv.writer(self._file, delimiter=self._table.delimiter)
            columns = [column for column in self._columns if column != PROBLEM]
            self._writer.writerow([*columns, PROBLEM])


def _table(lines: Iterator[Line], name: str) -> Table:
    """Return the rows of a file: JSON by its name or its first character, else CSV."""
    blank: list[Line] = []
    for line in lines:
        blank.append(line)
        if line[1].strip():
            break
    first = blank[-1][1].strip()[:1] if blank else ""
    whole: Iterable[Line] = chain(blank, lines)
    if first in ("[", "{") or name.removesuffix(".gz").lower().endswith(_JSON_NAMES):
        return JsonTable(iter(whole), name, array=first == "[")
    return CsvTable(iter(whole), name)


def _known_columns(rows: Iterator[Row], recipe: Recipe, name: str) -> Iterator[Row]:
    """Yield rows of JSON; complain at the end of a column that is named and was never there."""
    seen: dict[str, None] = {}
    for row in rows:
        if row.problem is None:
            seen.update(dict.fromkeys(row.cells))
            try:
                row = row if recipe.maps else row._replace(cells=as_draft(row.cells))
            except BadInput as error:
                row = row._replace(problem=error)
        yield row
    for column in recipe.columns if seen else ():
        if column not in seen:
            raise no_column(name, column, list(seen))
