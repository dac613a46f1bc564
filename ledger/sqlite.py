"""The store on disk: one SQLite file, whose tables :mod:`ledger.sqlite_schema` tells of.

Positions are the row numbers, written in order, so an append touches the last pages of two
tables and one random page of the one index. Which journal keeps an acknowledged write is
:mod:`ledger.journal`'s to say.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ledger.errors import Damaged, StorageError
from ledger.files import make_private
from ledger.heads import is_origin
from ledger.journal import journal_for
from ledger.places import place_of
from ledger.protections import altered
from ledger.scrubbing import scrub
from ledger.sqlite_errors import COMPLAINTS, Explaining, no_ledger, of_append, storage_error
from ledger.sqlite_schema import (
    APPLICATION_ID,
    MARK,
    READ_FORMAT_1,
    SAYS_ERASED_SQL,
    SCHEMA_VERSION,
    create,
    is_blank,
    name_origin,
    upgrade,
)
from ledger.store import Erasure, HeadSeen, Origin, Row, Writer

BUSY_SECONDS = 30.0
_PAGE = 500
_AT_ONCE = 500

_ROW = (
    "SELECT position, head, hashes, salt, body, fingerprint "
    "FROM events LEFT JOIN bodies USING (position) "
)


class SqliteStore:
    """A store in a file. See :mod:`ledger.store` for the contract."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.path = path
        self._connection = connection
        self._explaining = Explaining(path)
        self._last_written: tuple[int, bytes] | None = None
        """Position and head of what the append under way has written last."""
        self._place: str | None = None
        self._origins: tuple[Origin, ...] = ()
        self._look_up_origins()

    @classmethod
    def open(cls, path: str | Path, new_origin: str | None = None) -> "SqliteStore":
        """Return the store in the file ``path``.

        With ``new_origin`` (32 hex digits) a file that does not exist or holds nothing becomes
        a new ledger of that name, which only its owner can read; without, it is ``NoLedger``.
        Raises ``StorageError`` when the
        file is no ledger, of a newer version, or cannot be read or written.
        """
        name = str(path)
        file = Path(path)
        if file.is_dir():
            raise StorageError(f"{name}: a folder, not a file", "Name a file with --db")
        if new_origin is None and not file.exists():
            raise no_ledger(name)
        if new_origin is not None:
            make_private(file)
        try:
            connection = connect(file, mode="rw" if new_origin is None else "rwc")
            try:
                if is_blank(connection):
                    if new_origin is None:
                        raise no_ledger(name)
                    create(connection, new_origin, lambda: place_of(file))
                if _format_of(connection, name) < SCHEMA_VERSION:
                    upgrade(connection)
                _set_journal(connection, name)
                return cls(connection, name)
            except BaseException:
                connection.close()
                raise
        except COMPLAINTS as error:
            raise storage_error(error, name) from error

    @classmethod
    def reading(cls, path: str | Path) -> "SqliteStore":
        """Return the store in a file of which no byte is to be changed, of any format.

        Raises ``StorageError`` as ``open`` does, and where an interrupted write has to be taken
        back first.
        """
        name = str(path)
        file = Path(path)
        if not file.is_file():
            raise StorageError(f"{name}: no such ledger")
        try:
            connection = connect(file, mode="ro")
            try:
                if _format_of(connection, name) == 1:
                    connection.executescript(READ_FORMAT_1)
                return cls(connection, name)
            except BaseException:
                connection.close()
                raise
        except COMPLAINTS as error:
            raise storage_error(error, name) from error

    @property
    def origin(self) -> str:
        """The name under which the ledger records."""
        return self._origins[-1].name

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The names under which it ever recorded, this one last."""
        return self._origins

    @property
    def moved(self) -> bool:
        """Whether the file is another than the one that its origin began in: a copy of it."""
        return self._place != place_of(self.path)

    def _look_up_origins(self) -> None:
        rows = self._connection.execute(
            "SELECT origin, since, place FROM origins ORDER BY number"
        ).fetchall()
        if not rows or not all(type(name) is str and is_origin(name) for name, _, _ in rows):
            # what is signed, and what is kept in the user's folder, is named after it
            raise Damaged(
                f"{self.path}: a ledger that has lost its name", "Restore it from a backup"
            )
        self._origins = tuple(Origin(name, since) for name, since, _ in rows)
        self._place = rows[-1][2]

    def size(self) -> int:
        """Return how many rows there are."""
        with self._explaining:
            row = self._connection.execute("SELECT max(position) FROM events").fetchone()
        return 0 if row[0] is None else int(row[0]) + 1

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Yield rows in order, a page at a time, so that no lock is held between pages."""
        while stop is None or start < stop:
            end = start + _PAGE if stop is None else min(stop, start + _PAGE)
            with self._explaining:
                page = self._connection.execute(
                    _ROW + "WHERE position >= ? AND position < ? ORDER BY position", (start, end)
                ).fetchall()
            yield from _sound(page)
            if len(page) < end - start:
                return
            start = end

    def row(self, position: int) -> Row:
        """Return one row."""
        with self._explaining:
            values = self._connection.execute(_ROW + "WHERE position = ?", (position,)).fetchone()
        if values is None:
            raise IndexError(position)
        [row] = _sound([values])
        return row

    def at(self, positions: Sequence[int]) -> list[Row]:
        """Return the rows at these positions, some hundreds to a query."""
        found: dict[int, Row] = {}
        for start in range(0, len(positions), _AT_ONCE):
            some = positions[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            with self._explaining:
                page = self._connection.execute(
                    _ROW + f"WHERE position IN ({marks})", some
                ).fetchall()
            found.update((row.position, row) for row in _sound(page))
        try:
            return [found[position] for position in positions]
        except KeyError as error:
            raise IndexError(error.args[0]) from None

    def with_fingerprint(self, *fingerprints: bytes) -> list[int]:
        """Return the positions of the rows with these fingerprints, some hundreds to a query."""
        found: list[int] = []
        for start in range(0, len(fingerprints), _AT_ONCE):
            some = fingerprints[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            with self._explaining:
                page = self._connection.execute(
                    f"SELECT position FROM bodies WHERE fingerprint IN ({marks})", some
                ).fetchall()
            found += [position for (position,) in page]
        return sorted(found)

    def erasures(self) -> list[Erasure]:
        """Return which rows lost their bodies."""
        with self._explaining:
            found = self._connection.execute(
                "SELECT position, erased_by FROM erasures ORDER BY position"
            ).fetchall()
        return [Erasure(*row) for row in found]

    def saying_erased(self) -> list[int]:
        """Return the positions of the rows that say that a body is erased, by an index of them."""
        with self._explaining:
            rows = self._connection.execute(
                f"SELECT position FROM events WHERE {SAYS_ERASED_SQL} ORDER BY position"
            ).fetchall()
        return [position for (position,) in rows]

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

    def heads_seen(self) -> list[HeadSeen]:
        """Return the heads of other ledgers that were seen."""
        with self._explaining:
            found = self._connection.execute(
                "SELECT origin, size, root, note FROM heads_seen ORDER BY number"
            ).fetchall()
        return [HeadSeen(*row) for row in found]

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

    @property
    def scrubbed(self) -> int:
        """How many erasures there were when their traces were last overwritten everywhere."""
        with self._explaining:
            row = self._connection.execute("SELECT max(erasures) FROM scrubs").fetchone()
        return row[0] or 0

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

    def unprotected(self) -> list[str]:
        """Return what of the file's protections was removed, changed or added, in words."""
        with self._explaining:
            return altered(self._connection)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _sound(page: list[Any]) -> Iterator[Row]:
    """Return rows as they were read; raise ``Damaged`` where a field is not even bytes.

    SQLite checks what goes into a table, not what comes out of a damaged one.
    """
    for position, head, hashes, salt, body, fingerprint in page:
        if not (type(head) is type(hashes) is bytes) or not (
            type(body) is type(salt) is type(fingerprint) is bytes
            or body is salt is fingerprint is None
        ):
            raise Damaged(
                f"position {position}: holds what no event holds", "Restore it from a backup"
            )
    return map(Row._make, page)


def connect(file: Path, mode: str = "rw") -> sqlite3.Connection:
    """Return a connection to ``file`` with the settings that the ledger's promise rests on.

    ``mode`` is SQLite's: ``rwc`` makes the file where it is missing, ``ro`` only reads.
    """
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    for pragma in (
        "trusted_schema = off",
        "foreign_keys = on",
        "recursive_triggers = on",
        "secure_delete = on",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _format_of(connection: sqlite3.Connection, path: str) -> int:
    """Return the format of a ledger; refuse a file that is none, or of one not known here."""

    def pragma(name: str) -> Any:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]

    if pragma("application_id") != APPLICATION_ID:
        raise StorageError(
            f"{path}: a database, but no wherefrom ledger", "Name a ledger with --db, or a new file"
        )
    version = int(pragma("user_version"))
    if version < 1:
        raise StorageError(
            f"{path}: a ledger of format {version}, which there never was",
            "Restore it from a backup",
        )
    if version > SCHEMA_VERSION:
        raise StorageError(
            f"{path}: made by a newer wherefrom (format {version}, this one reads "
            f"{SCHEMA_VERSION})",
            "Update wherefrom",
        )
    return version


def _set_journal(connection: sqlite3.Connection, path: str) -> None:
    """Set the journal that is safe here.

    A WAL must not be kept where it is not: while another program holds the file, this waits, and
    then raises ``StorageError``. A file that cannot be written keeps what it has.
    """
    journal = journal_for()
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        if mode == journal.mode:
            break
        try:
            connection.execute(f"PRAGMA journal_mode = {journal.mode}").fetchone()
            break
        except sqlite3.OperationalError as error:
            if "readonly" in str(error):
                break
            if "locked" not in str(error):
                raise
            if mode != "wal":
                break
            if time.monotonic() >= deadline:
                raise StorageError(
                    f"{path}: another program has it open with a journal that is not safe here "
                    f"({journal.reason})",
                    "Close the other program and try again",
                ) from error
        time.sleep(0.05)
    connection.execute(f"PRAGMA synchronous = {journal.synchronous}")
