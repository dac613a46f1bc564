"""What can be asked of a ledger's file at any time, and of any number of processes at once.

Whole pages of rows are asked for, so that no lock is held while one is looked at, and so whoever
records never waits for who reads.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from ledger.errors import Damaged, StorageError
from ledger.heads import is_origin
from ledger.places import place_of
from ledger.protections import altered
from ledger.sqlite_errors import Explaining
from ledger.sqlite_opening import format_of, opening
from ledger.sqlite_schema import READ_FORMAT_1, SAYS_ERASED_SQL
from ledger.store import Erasure, HeadSeen, Origin, Row

_PAGE = 500
_AT_ONCE = 500

_ROW = (
    "SELECT position, head, hashes, salt, body, fingerprint "
    "FROM events LEFT JOIN bodies USING (position) "
)


class SqliteReader:
    """The half of the store in a file that changes nothing. See :class:`ledger.store.Reader`."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.path = path
        self._connection = connection
        self._explaining = Explaining(path)
        self._place: str | None = None
        self._origins: tuple[Origin, ...] = ()
        self._look_up_origins()

    @classmethod
    def reading(cls, path: str | Path) -> Self:
        """Return the store in a file of which no byte is to be changed, of any format.

        Raises ``StorageError`` as ``open`` does, and where an interrupted write has to be taken
        back first.
        """
        if not Path(path).is_file():
            raise StorageError(f"{path}: no such ledger", "Name the file of one")
        with opening(path, "ro") as connection:
            if format_of(connection, str(path)) == 1:
                connection.executescript(READ_FORMAT_1)
            return cls(connection, str(path))

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

    def heads_seen(self) -> list[HeadSeen]:
        """Return the heads of other ledgers that were seen."""
        with self._explaining:
            found = self._connection.execute(
                "SELECT origin, size, root, note FROM heads_seen ORDER BY number"
            ).fetchall()
        return [HeadSeen(*row) for row in found]

    @property
    def scrubbed(self) -> int:
        """How many erasures there were when their traces were last overwritten everywhere."""
        with self._explaining:
            row = self._connection.execute("SELECT max(erasures) FROM scrubs").fetchone()
        return row[0] or 0

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
