"""The store on disk: one SQLite file, whose tables :mod:`ledger.sqlite_schema` tells of.

Positions are the row numbers, written in order, so an append touches the last pages of two
tables and one random page of the one index. Which journal keeps an acknowledged write is
:mod:`ledger.journal`'s to say.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ledger.errors import Damaged, StorageError
from ledger.files import make_private
from ledger.places import place_of
from ledger.scrubbing import scrub
from ledger.sqlite_errors import no_ledger, of_append, storage_error
from ledger.sqlite_opening import format_of, opening, set_journal
from ledger.sqlite_reading import SqliteReader
from ledger.sqlite_schema import MARK, SCHEMA_VERSION, create, is_blank, name_origin, upgrade
from ledger.store import HeadSeen, Row, Writer


class SqliteStore(SqliteReader):
    """A store in a file. See :mod:`ledger.store` for the contract."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        super().__init__(connection, path)
        self._last_written: tuple[int, bytes] | None = None
        """Position and head of what the append under way has written last."""

    @classmethod
    def open(cls, path: str | Path, new_origin: str | None = None) -> "SqliteStore":
        """Return the store in the file ``path``.

        With ``new_origin`` (32 hex digits) a file that does not exist or holds nothing becomes
        a new ledger of that name, which only its owner can read; without, it is ``NoLedger``.
        Raises ``StorageError`` when the file is no ledger, of a newer version, or cannot be read
        or written.
        """
        name = str(path)
        file = Path(path)
        if file.is_dir():
            raise StorageError(f"{name}: a folder, not a file", "Name a file with --db")
        if new_origin is None and not file.exists():
            raise no_ledger(name)
        if new_origin is not None:
            make_private(file)
        with opening(path, "rw" if new_origin is None else "rwc") as connection:
            if is_blank(connection):
                if new_origin is None:
                    raise no_ledger(name)
                create(connection, new_origin, lambda: place_of(file))
            if format_of(connection, name) < SCHEMA_VERSION:
                upgrade(connection)
            set_journal(connection, name)
            return cls(connection, name)

    @contextmanager
    def appending(self) -> Iterator[Writer]:
        """Add rows, all or none; durable when the context is left.

        So is what was found to be there already: an append that writes nothing writes the mark
        of the file anew, since a program that was killed may have left rows that are not synced.

        Raises ``StorageError``, which says whether anything was recorded, where the disk fails.
        """
        with self._explaining:
            self._connection.execute("BEGIN IMMEDIATE")
        self._last_written = None
        origins = self._origins, self._place
        committing = False
        try:
            with self._explaining:
                self._look_up_origins()
            yield self
            with self._explaining:
                if self._last_written is None:
                    self._connection.execute(MARK)
                committing = True
                self._connection.execute("COMMIT")
        except BaseException as error:
            self._take_back()
            self._origins, self._place = origins
            if isinstance(error, StorageError):
                raise of_append(error, unsure=committing and self._may_be_kept()) from error
            raise

    def _take_back(self) -> None:
        # Where this fails the disk does, which is being said already; the journal that stays
        # makes whoever opens the file next take it back.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _may_be_kept(self) -> bool:
        """Whether an append whose commit failed can be there all the same.

        It can, if the commit failed at its very end: all is written, but not all is synced.
        """
        if self._last_written is None:
            return False
        position, head = self._last_written
        try:
            found = self._connection.execute(
                "SELECT head FROM events WHERE position = ?", (position,)
            ).fetchone()
        except sqlite3.Error:
            return True
        return bool(found == (head,))

    def note_head(self, head: HeadSeen) -> None:
        """Keep the head of another ledger's tree."""
        with self._explaining:
            self._connection.execute(
                "INSERT INTO heads_seen (number, origin, size, root, note) VALUES "
                "((SELECT coalesce(max(number) + 1, 0) FROM heads_seen), ?, ?, ?, ?)",
                head,
            )

    def start_origin(self, origin: str) -> None:
        """Record under another origin from here on, in the place where the file is."""
        with self._explaining:
            name_origin(self._connection, origin, place_of(self.path))
            self._look_up_origins()

    def erase(self, position: int, erased_by: int) -> None:
        """Remove the body of one row, as the row ``erased_by`` says.

        Raises ``Damaged`` as :meth:`add` does.
        """
        with self._explaining:
            try:
                self._connection.execute(
                    "INSERT INTO erasures (position, erased_by) VALUES (?, ?)",
                    (position, erased_by),
                )
            except sqlite3.IntegrityError as error:
                raise ValueError(str(error)) from error
            gone = self._connection.execute("DELETE FROM bodies WHERE position = ?", (position,))
        if gone.rowcount != 1:
            raise self._altered()

    def scrub(self) -> None:
        """Write the file anew, and drop its journal: nothing that was erased is in either."""
        try:
            scrub(self._connection, self.path)
        except sqlite3.Error as error:
            raise storage_error(error, self.path) from error

    def note_scrubbed(self, erasures: int) -> None:
        """Keep it that the traces of so many erasures are overwritten."""
        with self._explaining:
            self._connection.execute(
                "INSERT INTO scrubs (number, erasures) VALUES "
                "((SELECT coalesce(max(number) + 1, 0) FROM scrubs), ?)",
                (erasures,),
            )

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows at the next positions.

        Raises ``Damaged`` where the file passes over what is written to it, as a trigger that
        somebody put there can make it do without a word.
        """
        if not self._connection.in_transaction:
            raise RuntimeError("rows are added inside appending() only")
        batch = list(rows)
        if batch:
            self._last_written = batch[-1].position, batch[-1].head
        with self._explaining:
            try:
                self._insert(
                    "INSERT INTO events (position, head, hashes) VALUES (?, ?, ?)",
                    [row[:3] for row in batch],
                )
            except sqlite3.IntegrityError as error:
                raise ValueError(str(error)) from error
            self._insert(
                "INSERT INTO bodies (position, salt, body, fingerprint) VALUES (?, ?, ?, ?)",
                [(row[0], *row[3:]) for row in batch if row.body is not None],
            )

    def _insert(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if rows and self._connection.executemany(statement, rows).rowcount != len(rows):
            raise self._altered()

    def _altered(self) -> Damaged:
        return Damaged(
            f"{self.path}: passes over what is written to it",
            "Nothing was recorded; `wherefrom doctor` says what was altered",
        )
