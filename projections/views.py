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
import gc
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import orjson

from ledger.erasing import WithoutErased
from ledger.errors import ErasedMeanwhile, NotFound
from ledger.files import aside_of, make_private, remove_leftovers, remove_old_folders
from ledger.scrubbing import drop_journal
from ledger.store import Reader
from projections import schema
from projections.views_file import (
    VIEWS_ID,
    connect,
    connect_anyhow,
    discard,
    is_damage,
    is_taken,
    keep_lost,
    refuse_foreign,
    refuse_to_wait,
    seen_by,
    views_error,
)

if TYPE_CHECKING:
    from projections.build import Progress
    from projections.contradictions.finding import Pair
    from projections.held import Definition

_FEW = 200
_SHARE = 20
"""So many new events are added one by one: 200, or a twentieth of what the views hold. Beyond that
building anew is quicker, since it costs a twentieth of an increment for each event."""

_TRIES = 5

_FOLDER = "wherefrom-"
"""How the name of a temporary folder of views begins; then comes the number of the process."""


def views_path(ledger_path: str | Path) -> Path:
    """Return where the views of a ledger lie: ``facts.db`` → ``facts.views.db``."""
    path = Path(ledger_path)
    return path.with_name(f"{path.stem}.views{path.suffix or '.db'}")


class Views:
    """The views of a ledger, caught up with it when opened.

    From then until it is closed, released or caught up again, all that is asked is answered from
    one state, whatever other processes write meanwhile: row numbers do not outlive a rebuild.
    ``rebuilt`` tells whether the views were built anew. ``store`` is the ledger without what was
    erased, whoever erased it (:class:`ledger.erasing.WithoutErased`); when something was erased
    the views are built anew, so that nothing in them is left of it.
    """

    def __init__(
        self, connection: sqlite3.Connection, store: Reader, path: Path | None = None
    ) -> None:
        self.connection = connection
        self._ledger = WithoutErased.of(store, strict=True)
        self.store: Reader = self._ledger
        self.rebuilt = False
        self._path = path
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
    def open(
        cls,
        store: Reader,
        path: Path,
        progress: "Progress | None" = None,
        *,
        like: Path | None = None,
    ) -> "Views":
        """Return the views in the file ``path``, made, mended or caught up as need be.

        Who may read and write the file ``like``, which is the ledger's, may the views' file, too.
        Where the file cannot be written (a read-only folder, a reader that stays), they are
        built in a temporary one. Raises ``Damaged`` at an event that the projections cannot
        read, and ``StorageError`` where there is no room for the file.
        """
        refuse_foreign(path, store.origins[0].name)
        try:
            views = cls(connect_anyhow(path, like), store, path)
        except sqlite3.Error as error:
            if is_taken(error) or not os.access(path.parent, os.W_OK):
                return cls.prefix(store, store.size(), progress)
            raise views_error(error, path) from error
        try:
            views.catch_up(progress)
        except BaseException as error:
            views.close()
            if isinstance(error, sqlite3.Error):
                raise views_error(error, path) from error
            raise
        return views

    @classmethod
    def scrubbed(
        cls,
        store: Reader,
        path: Path,
        progress: "Progress | None" = None,
        *,
        like: Path | None = None,
    ) -> "Views":
        """Return views in the file ``path`` that were built anew, leaving nothing of the old ones.

        Neither in the file nor in its journal, nor in what processes that were killed left aside.
        Raises ``StorageError`` where another program stands in the way, or the disk is full.
        """
        refuse_foreign(path, store.origins[0].name)
        try:
            views = cls(connect_anyhow(path, like), store, path)
            try:
                views._build_anew(progress)
                drop_journal(views.connection, path)
                views.catch_up(progress)
            except BaseException:
                views.close()
                raise
        except sqlite3.Error as error:
            raise views_error(error, path) from error
        remove_old_folders(_FOLDER)
        return views

    @classmethod
    def prefix(cls, store: Reader, size: int, progress: "Progress | None" = None) -> "Views":
        """Return the views as they were after the first ``size`` events, in a temporary file."""
        folder = tempfile.TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-")
        try:
            ledger = WithoutErased.of(store, strict=True)
            connection = _build_aside(ledger, Path(folder.name) / "views.db", size, progress)
        except BaseException:
            folder.cleanup()
            raise
        views = cls(connection, ledger)
        views.rebuilt = True
        views._folder = folder
        return views

    @property
    def aside(self) -> bool:
        """Whether these views are in a temporary file, since theirs cannot be used."""
        return self._path is None

    def catch_up(self, progress: "Progress | None" = None) -> None:
        """Bring the views to the ledger's last event, and hold them there.

        A damaged file is built anew. Where it cannot be written, or a reader keeps it for half
        a minute, the views go on in a temporary file.
        """
        mending = False
        while True:
            try:
                self.release()
                self._follow(progress, anew=mending)
                return
            except sqlite3.Error as error:
                self.release()
                if self._path is None:
                    raise
                if is_taken(error):
                    self._go_aside(progress)
                    return
                if mending or not is_damage(error):
                    raise
                mending = True

    def rebuild(self, progress: "Progress | None" = None) -> None:
        """Build every view anew and put it in the place of the old one, all at once.

        Raises ``StorageError`` where the file cannot be written.
        """
        path = self._path
        try:
            self.release()
            self._build_anew(progress)
            self.catch_up(progress)
        except sqlite3.Error as error:
            if path is None:
                raise
            raise views_error(error, path) from error

    def release(self) -> None:
        """Let others write the file; what is asked from now on may be of a later state."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")  # a COMMIT fails where a statement met damage

    def _follow(self, progress: "Progress | None", *, anew: bool) -> None:
        """Catch up and leave a read transaction open, in which that is seen to hold."""
        wanted = self.store.size()
        for _ in range(_TRIES):
            self._ledger.look_again()
            self.connection.execute("BEGIN")
            reached = None if anew else self._reached()
            if reached is not None and reached >= wanted:
                return
            self.release()
            try:
                if (
                    reached is None
                    or wanted - reached > max(_FEW, reached // _SHARE)
                    or self._erased_since(reached)
                ):
                    self._build_anew(progress)
                    anew = False
                else:
                    self._add_new()
            except ErasedMeanwhile:
                self.release()
        self._go_aside(progress)  # others put the file back to where they are, again and again

    def _erased_since(self, reached: int) -> bool:
        return any(position >= reached for position in self.store.saying_erased())

    def _add_new(self) -> None:
        """Add the new events, unless another process has been quicker or has undone the views."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            reached = self._reached()
            size = self.store.size()
            if reached is not None and reached < size and not self._erased_since(reached):
                from projections.increment import Increment

                Increment(self.connection, self.store).add(reached, size)
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:  # a full disk has taken all back already
                self.connection.execute("ROLLBACK")
            raise

    def _build_anew(self, progress: "Progress | None") -> None:
        path = self._path
        if path is None:
            self._go_aside(progress)
            return
        remove_leftovers(path)
        new, seen = aside_of(path), seen_by(path, self.store)
        try:
            built = _build_aside(self.store, new, self.store.size(), progress)
            try:
                keep_lost(built, self.store, seen)
                self._overwrite(built, path)
            finally:
                built.close()
        finally:
            new.unlink(missing_ok=True)
        self.rebuilt = True
        if self.store.saying_erased():  # what was there may be from before
            with contextlib.suppress(sqlite3.OperationalError):
                drop_journal(self.connection, path, patience=0)

    def _overwrite(self, built: sqlite3.Connection, path: Path) -> None:
        """Copy what was built over the live file; where that is no database, into a new one."""
        try:
            built.backup(self.connection, progress=refuse_to_wait)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            self.connection.close()
            discard(path)
            self.connection = connect(path)
            built.backup(self.connection, progress=refuse_to_wait)

    def _go_aside(self, progress: "Progress | None") -> None:
        """Build the views in a temporary file and go on there."""
        other = Views.prefix(self.store, self.store.size(), progress)
        self.close()
        self.connection, self._folder = other.connection, other._folder
        self.rebuilt, self._path = True, None

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
        if row is None or row[:2] != (schema.VERSION, self.store.origins[0].name):
            return None
        size, event = row[2:]
        if type(size) is not int or not 0 <= size <= self.store.size():
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
        for position, id_, type_ in self.connection.execute(
            "SELECT position, id, type FROM erased WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 10",
            (low.hex(), high.hex()),
        ):
            found[id_] = (position, type_)
        return [(id_, *found[id_]) for id_ in sorted(found)[:10]]

    def is_erased(self, id_: str) -> bool:
        """Whether the body of the event with this id is not there any more."""
        found = self.connection.execute("SELECT 1 FROM erased WHERE id = ?", (id_,)).fetchone()
        return found is not None

    def findings(self, claims: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """Return the findings, or those that these claims (ids in hex) take part in, as JSON."""
        if claims is None:
            rows = self.connection.execute("SELECT json FROM findings ORDER BY id").fetchall()
        else:
            marks = [bytes.fromhex(id_) for id_ in self._standing_for(claims)]
            rows = self.connection.execute(
                "SELECT DISTINCT findings.id, json FROM claims JOIN finding_claims "
                "ON claim = position JOIN findings ON findings.id = finding "
                f"WHERE claims.id IN ({', '.join('?' * len(marks))}) ORDER BY findings.id",
                marks,
            ).fetchall()
        return [orjson.loads(row[-1]) for row in rows]

    def _standing_for(self, claims: Iterable[str]) -> Iterable[str]:
        """Return the ids of the recordings that stand for these, where several recorded them."""
        if self.connection.execute("SELECT 1 FROM twins LIMIT 1").fetchone() is None:
            return claims
        from projections.twins import twins_of

        return [twins_of(self.connection, id_)[0] for id_ in claims]

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
        from projections.contradictions.pairs import read_pairs

        return tuple(read_pairs(row[0]))

    def size(self) -> int:
        """Return how many events the views have seen."""
        return int(self.connection.execute("SELECT size FROM reached").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
        if self._folder is not None:
            self._folder.cleanup()


def _build_aside(
    store: Reader, path: Path, size: int, progress: "Progress | None"
) -> sqlite3.Connection:
    path.unlink(missing_ok=True)
    make_private(path)
    connection = sqlite3.connect(path, isolation_level=None)
    with _closed_on_error(connection):
        for pragma in (
            "journal_mode = off",
            "synchronous = off",
            "locking_mode = exclusive",
            "cache_size = -65536",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchone()
        connection.execute(f"PRAGMA application_id = {VIEWS_ID}")
        from projections.build import build_whole
        from projections.tables import create_tables

        create_tables(connection)
        with _no_collecting():
            build_whole(connection, store, size, progress)
    return connection


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep the collector of cycles out: what building makes has none, and there is much of it.

    Looking for them took a third of the time of judging.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise
