"""SQLite on a :class:`power_loss.Disk`: an APSW VFS, and connections for Python's ``sqlite3``.

APSW brings a SQLite of its own, which lets Python code stand where the operating system does.
Python's ``sqlite3`` cannot use that, so :func:`mounted` puts a connection in its place that does
as it does: the program under test runs as it is, down to its own SQL, and what SQLite writes goes
to the disk in memory. As on Unix, the first sync of a new journal syncs the folder, too, and a
deletion does if it is asked to.

One connection at a time: locks are always granted. A WAL needs memory that processes share, which
this has none of, so it is used with ``locking_mode = exclusive``; what goes to the disk is the
same.
"""

import itertools
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import apsw
from power_loss import Disk, Killed

from ledger.journal import Journal, journal_for

PERSIST = journal_for((3, 40, 1))
WAL = journal_for((3, 51, 3))

_NUMBERS = itertools.count()
_SYNCED_WITH_ITS_NAME = (
    apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
)

_WAL_FORMAT = b"\x02"
"""At byte 18 of a database that has a WAL."""

_KINDS: tuple[tuple[type[apsw.Error], type[sqlite3.Error], str], ...] = (
    (apsw.IOError, sqlite3.OperationalError, "disk I/O error"),
    (apsw.FullError, sqlite3.OperationalError, "database or disk is full"),
    (apsw.CantOpenError, sqlite3.OperationalError, "unable to open database file"),
    (apsw.BusyError, sqlite3.OperationalError, "database is locked"),
    (apsw.CorruptError, sqlite3.DatabaseError, "database disk image is malformed"),
    (apsw.NotADBError, sqlite3.DatabaseError, "file is not a database"),
    (apsw.ConstraintError, sqlite3.IntegrityError, ""),
)


class DiskVFS(apsw.VFS):
    """The files of a disk, for SQLite."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.name = f"disk-{next(_NUMBERS)}"
        self._dice = random.Random(0)
        super().__init__(self.name, base="")

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, amount: int) -> bytes:
        return self._dice.randbytes(amount)

    def xAccess(self, pathname: str, flags: int) -> bool:
        file = self.disk.names.get(pathname)
        return file is not None and bool(self.disk.files[file])

    def xDelete(self, filename: str, syncdir: bool) -> None:
        if filename not in self.disk.names:
            error = apsw.IOError()
            error.extendedresult = apsw.SQLITE_IOERR_DELETE_NOENT  # type: ignore[attr-defined]
            raise error
        self.disk.delete(filename)
        if syncdir:
            self.disk.sync_folder()

    def xGetLastError(self) -> tuple[int, str]:
        return 0, ""

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> "_File":  # type: ignore[override]
        flags[1] = flags[0]
        if name is None:
            return _File(Disk(), None, 0)
        path = name if isinstance(name, str) else name.filename()
        self.disk.before("open")
        if path not in self.disk.names and not flags[0] & apsw.SQLITE_OPEN_CREATE:
            raise apsw.CantOpenError
        return _File(self.disk, path, flags[0])


class _File:
    """An open file: what SQLite asks of one (a WAL's shared memory is not among it)."""

    def __init__(self, disk: Disk, path: str | None, flags: int) -> None:
        self._disk = disk
        known = None if path is None else disk.names.get(path)
        self._file = disk.make(path or "") if known is None else known
        created = flags & apsw.SQLITE_OPEN_CREATE
        self._sync_name = bool(created and flags & _SYNCED_WITH_ITS_NAME)

    def xRead(self, amount: int, offset: int) -> bytes:
        return self._disk.read(self._file, offset, amount)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.write(self._file, offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        self._disk.truncate(self._file, size)

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._file)
        if self._sync_name:
            self._disk.sync_folder()
            self._sync_name = False

    def xFileSize(self) -> int:
        return len(self._disk.files[self._file])

    def xLock(self, level: int) -> None:
        self._disk.before("lock")

    def xUnlock(self, level: int) -> None:
        pass

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return self._disk.medium.sector

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE if self._disk.medium.powersafe else 0

    def xClose(self) -> None:
        pass


class _Rows:
    """What a statement answered, read to its end."""

    def __init__(self, rows: list[Any], last: int, changed: int) -> None:
        self._rows = iter(rows)
        self.lastrowid = last
        self.rowcount = changed

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        return list(self._rows)


class Connection:
    """What the program uses of a ``sqlite3.Connection``."""

    def __init__(self, vfs: DiskVFS, path: str, *, create: bool) -> None:
        made = apsw.SQLITE_OPEN_CREATE if create else 0
        with _told_as_sqlite3():
            self._connection = apsw.Connection(
                path, vfs=vfs.name, flags=apsw.SQLITE_OPEN_READWRITE | made
            )

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> _Rows:
        given = parameters if isinstance(parameters, dict) else tuple(parameters)
        return self._asked(self._connection.execute, sql, given)

    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> _Rows:
        return self._asked(self._connection.executemany, sql, parameters)

    def _asked(self, ask: Callable[..., Iterable[Any]], sql: str, given: Any) -> _Rows:
        before = self._connection.total_changes()
        with _told_as_sqlite3():
            rows = list(ask(sql, given))
        changed = self._connection.total_changes() - before
        return _Rows(rows, self._connection.last_insert_rowid(), changed)

    def close(self) -> None:
        # SQLite closes whatever its last checkpoint came to; only APSW tells of it.
        with suppress(apsw.Error):
            self._connection.close()


@contextmanager
def _told_as_sqlite3() -> Iterator[None]:
    """Raise what Python's ``sqlite3`` raises where APSW raises its own."""
    try:
        yield
    except apsw.Error as error:
        for kind, told, words in _KINDS:
            if isinstance(error, kind):
                raise told(words or str(error)) from error
        raise sqlite3.OperationalError(str(error)) from error


@contextmanager
def mounted(
    disk: Disk, path: Path, journal: Journal, pragmas: Sequence[str] = ()
) -> Iterator[None]:
    """Have the database at ``path`` on the disk, with that journal, inside this context.

    Everything else stays where it is. At ``path`` lies a file of the right length, for whoever
    asks whether there is one.
    """
    vfs = DiskVFS(disk)
    real = sqlite3.connect
    opened: list[Connection] = []

    def connect(database: Any, *arguments: Any, **options: Any) -> Any:
        address, _, query = str(database).partition("?")
        if address not in (str(path), path.absolute().as_uri()):
            return real(database, *arguments, **options)
        connection = Connection(vfs, str(path), create=query != "mode=rw")
        opened.append(connection)
        path.touch()
        if journal.mode == "wal" or disk.contents().get(str(path), b"")[18:19] == _WAL_FORMAT:
            connection.execute("PRAGMA locking_mode = exclusive")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    show(disk, path)
    with ExitStack() as stack:
        stack.enter_context(patch("sqlite3.connect", connect))
        for user in ("ledger.sqlite_opening", "projections.views_file"):
            stack.enter_context(patch(f"{user}.journal_for", _always(journal)))
        try:
            yield
        finally:
            for connection in opened:
                with suppress(Killed):
                    connection.close()
            vfs.unregister()
    show(disk, path)


def show(disk: Disk, path: Path) -> None:
    """Let a file of the length that the disk knows lie at ``path``, or none."""
    file = disk.names.get(str(path))
    if file is None:
        path.unlink(missing_ok=True)
        return
    with path.open("ab") as shown:
        shown.truncate(len(disk.files[file]))


def _always(journal: Journal) -> Callable[[], Journal]:
    return lambda: journal
