"""Opening a ledger's file: the settings that its promise rests on, and what is no ledger."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ledger.errors import StorageError
from ledger.journal import journal_for
from ledger.sqlite_errors import COMPLAINTS, storage_error
from ledger.sqlite_schema import APPLICATION_ID, SCHEMA_VERSION

BUSY_SECONDS = 30.0


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


@contextmanager
def opening(path: str | Path, mode: str) -> Iterator[sqlite3.Connection]:
    """Have a connection to the file ``path``, which stays open but where something is raised.

    What SQLite complains of leaves this context as a ``StorageError``.
    """
    try:
        connection = connect(Path(path), mode)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
    except COMPLAINTS as error:
        raise storage_error(error, str(path)) from error


def format_of(connection: sqlite3.Connection, path: str) -> int:
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


def set_journal(connection: sqlite3.Connection, path: str) -> None:
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
