"""Leaving no trace of what was deleted: in the pages of a SQLite file, and in its journal.

Deleting a row gives its bytes back to the file; it does not take them out. ``secure_delete``
(https://www.sqlite.org/pragma.html#pragma_secure_delete) overwrites them with zeros, but not the
copies that pages keep when rows move between them, and not the journal, which holds every page
as it was before: a rollback journal that persists keeps them after the commit, a WAL until it is
truncated. So the file is written anew from its rows (https://www.sqlite.org/lang_vacuum.html:
every page of it is overwritten or cut off), and then the journal goes.

What lies below the file is not reached: blocks that the file system has let go of, copies made
by a disk or a snapshot.
"""

import sqlite3
import time
from pathlib import Path
from typing import Final

PATIENCE: Final = 30.0
"""Seconds that another program is waited for, as any statement would."""


def scrub(connection: sqlite3.Connection, path: str | Path) -> None:
    """Write the database anew and drop its journal; raise ``sqlite3.Error`` where that fails.

    It needs as much free disk as the file takes, and waits for readers to finish.
    """
    connection.execute("VACUUM")
    drop_journal(connection, path)


def drop_journal(
    connection: sqlite3.Connection, path: str | Path, patience: float | None = None
) -> None:
    """Take away what the journal holds of pages as they were.

    Raises ``sqlite3.OperationalError`` (locked) where another program keeps it in use for longer
    than ``patience`` (in seconds, by default ``PATIENCE``).
    """
    patience = PATIENCE if patience is None else patience
    [mode] = connection.execute("PRAGMA journal_mode").fetchone()
    deadline = time.monotonic() + patience
    while not (_truncated(connection) if mode == "wal" else _deleted(connection, path, mode)):
        if time.monotonic() >= deadline:
            raise sqlite3.OperationalError("database is locked")
        time.sleep(0.05)


def _truncated(connection: sqlite3.Connection) -> bool:
    """Write the WAL back and cut it to nothing, unless a reader needs it."""
    [waits] = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.execute(f"PRAGMA busy_timeout = {waits}")
    return not busy


def _deleted(connection: sqlite3.Connection, path: str | Path, mode: str) -> bool:
    """Delete the rollback journal by SQLite's own hand, which first makes sure that it is cold.

    Leaving the mode in which it persists deletes it, where the file can be locked for that.
    """
    before = _file(path)
    for following in ("persist", "delete", mode):
        connection.execute(f"PRAGMA journal_mode = {following}").fetchone()
    return before is None or _file(path) != before


def _file(path: str | Path) -> tuple[int, int] | None:
    """Return what tells the journal from one that another program begins after it is gone."""
    try:
        found = Path(f"{path}-journal").stat()
    except FileNotFoundError:
        return None
    return None if not found.st_size else (found.st_dev, found.st_ino)
