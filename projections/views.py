"""The views file: where it stands, how it catches up, when it is thrown away.

``facts.db`` is the ledger, ``facts.views.db`` beside it holds every view, with how many events
it has seen *and the id of the last of them*, written in the same transaction as the rows. If it
is missing, damaged, of an older version or of another history (that id is not at that
position), it is built anew: aside, at full speed, and then copied into the live file with
SQLite's backup API, in one transaction. Renaming a new file over a live database would let an
old journal be applied to it, and corrupt it. Readers never see half a view.

What builds and judges is imported when there is something to build: most commands find their
views caught up, and should answer at once.
"""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import orjson

from ledger.errors import NotFound, StorageError
from ledger.journal import journal_for
from ledger.store import Reader
from projections import schema

if TYPE_CHECKING:
    from projections.build import Progress
    from projections.contradictions.finding import Pair
    from projections.held import Definition

_FEW = 200
_SHARE = 20
"""So many new events are added one by one: 200, or a twentieth of what the views hold. Beyond that
building anew is quicker, since it costs a twentieth of an increment for each event."""


def views_path(ledger_path: str | Path) -> Path:
    """Return where the views of a ledger lie: ``facts.db`` → ``facts.views.db``."""
    path = Path(ledger_path)
    return path.with_name(f"{path.stem}.views{path.suffix or '.db'}")


class Views:
    """The views of a ledger, caught up with it when opened."""

    def __init__(self, connection: sqlite3.Connection, store: Reader) -> None:
        self.connection = connection
        self.store = store
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> "Views":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @classmethod
    def open(cls, store: Reader, path: Path, progress: "Progress | None" = None) -> "Views":
        """Return the views in the file ``path``, made or caught up as need be.

        Where the file cannot be written (a read-only folder), they are built in a temporary
        one. Raises ``Damaged`` at an event that the projections cannot read.
        """
        try:
            views = cls(_connect(path), store)
        except sqlite3.DatabaseError as error:
            if "not a database" in str(error) or "malformed" in str(error):
                path.unlink(missing_ok=True)
                Path(f"{path}-journal").unlink(missing_ok=True)
                views = cls(_connect(path), store)
            elif os.access(path.parent, os.W_OK):
                raise StorageError(f"{path}: {error}", "Delete the file; it is rebuilt") from error
            else:
                return cls.prefix(store, store.size(), progress)
        try:
            views.catch_up(progress)
        except sqlite3.DatabaseError as error:
            views.close()
            if "readonly" in str(error) or "unable to open" in str(error):
                return cls.prefix(store, store.size(), progress)
            raise StorageError(f"{path}: {error}", "Delete the file; it is rebuilt") from error
        except BaseException:
            views.close()
            raise
        return views

    @classmethod
    def prefix(cls, store: Reader, size: int, progress: "Progress | None" = None) -> "Views":
        """Return the views as they were after the first ``size`` events, in a temporary file."""
        folder = tempfile.TemporaryDirectory(prefix="wherefrom-")
        connection = _build_aside(store, Path(folder.name) / "views.db", size, progress)
        views = cls(connection, store)
        views._folder = folder
        return views

    def catch_up(self, progress: "Progress | None" = None) -> None:
        """Bring the views to the ledger's last event."""
        size = self.store.size()
        reached = self._reached()
        if reached == size:
            return
        if reached is None or size - reached > max(_FEW, reached // _SHARE):
            self.rebuild(progress)
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            again = self._reached()  # another process may have been quicker
            if again is not None and again < size:
                from projections.build import Increment

                Increment(self.connection, self.store).add(again, size)
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def rebuild(self, progress: "Progress | None" = None) -> None:
        """Build every view anew and put it in the place of the old one, all at once."""
        database = self.connection.execute("PRAGMA database_list").fetchone()[2]
        aside = Path(f"{database}.new-{os.getpid()}")
        try:
            built = _build_aside(self.store, aside, self.store.size(), progress)
            try:
                built.backup(self.connection)
            finally:
                built.close()
        finally:
            aside.unlink(missing_ok=True)

    def _reached(self) -> int | None:
        """Return how many events the views hold; ``None`` where they must be built anew."""
        try:
            row = self.connection.execute(
                "SELECT version, origin, size, event FROM reached"
            ).fetchone()
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise
            return None
        if row is None or row[:2] != (schema.VERSION, self.store.origin):
            return None
        size, event = int(row[2]), row[3]
        if size > self.store.size():
            return None
        here = self.store.row(size - 1).hashes[:32].hex() if size else ""
        return size if here == event else None

    def definition(self, predicate: str) -> "Definition":
        """Return the definition in force of a predicate, or the assumptions made without one."""
        from projections.loading import Loader

        return Loader(self.connection, self.store).definition_named(predicate)

    def find(self, prefix: str) -> list[tuple[str, int, str]]:
        """Return id, position and type of the events whose id begins with these hex digits.

        At most ten; the prefix may be of any length and either case.
        """
        digits = prefix.lower()
        low = bytes.fromhex(digits + "0" * (64 - len(digits)))
        high = bytes.fromhex(digits + "f" * (64 - len(digits)))
        found = {
            id_.hex(): (position, "claim-asserted")
            for position, id_ in self.connection.execute(
                "SELECT position, id FROM claims WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 10",
                (low, high),
            )
        }
        for position, id_, type_ in self.connection.execute(
            "SELECT position, id, type FROM acts WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 10",
            (low.hex(), high.hex()),
        ):
            found[id_] = (position, type_)
        return [(id_, *found[id_]) for id_ in sorted(found)[:10]]

    def findings(self, claims: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """Return the findings, or those that these claims (ids in hex) take part in, as JSON."""
        if claims is None:
            rows = self.connection.execute("SELECT json FROM findings ORDER BY id").fetchall()
        else:
            marks = [bytes.fromhex(id_) for id_ in claims]
            rows = self.connection.execute(
                "SELECT DISTINCT findings.id, json FROM claims JOIN finding_claims "
                "ON claim = position JOIN findings ON findings.id = finding "
                f"WHERE claims.id IN ({', '.join('?' * len(marks))}) ORDER BY findings.id",
                marks,
            ).fetchall()
        return [orjson.loads(row[-1]) for row in rows]

    def pairs(self, finding: str) -> "tuple[Pair, ...]":
        """Return the conflicting pairs of a finding, as an adjudication has to cover them.

        Raises ``NotFound`` when there is no such finding.
        """
        row = self.connection.execute(
            "SELECT pairs FROM findings WHERE id = ?", (finding,)
        ).fetchone()
        if row is None:
            raise NotFound(
                f"{finding}: no such finding",
                "`wherefrom contradictions` lists them with their ids",
            )
        return tuple(((a[0], a[1]), (b[0], b[1])) for a, b in orjson.loads(row[0]))

    def size(self) -> int:
        """Return how many events the views have seen."""
        return int(self.connection.execute("SELECT size FROM reached").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
        if self._folder is not None:
            self._folder.cleanup()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30.0)
    try:
        journal = journal_for()
        for pragma in (
            "trusted_schema = off",
            f"journal_mode = {journal.mode}",
            "synchronous = normal",
            "cache_size = -65536",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchone()
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _build_aside(
    store: Reader, path: Path, size: int, progress: "Progress | None"
) -> sqlite3.Connection:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    with _closed_on_error(connection):
        for pragma in (
            "journal_mode = off",
            "synchronous = off",
            "locking_mode = exclusive",
            "cache_size = -65536",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchone()
        from projections.build import build_whole
        from projections.tables import create_tables

        create_tables(connection)
        build_whole(connection, store, size, progress)
    return connection


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise
