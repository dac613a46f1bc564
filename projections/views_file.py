"""The file that the views are in: opening it, and telling what is wrong with it.

Whatever befell the bytes of the file itself, the views are built anew from the ledger. Whatever
lies outside (a lock, a full disk, a folder that may not be written) is said, as a trouble of
this file: the ledger is another one.
"""

import contextlib
import sqlite3
from pathlib import Path

import orjson

from ledger.errors import StorageError
from ledger.files import make_private, share_as
from ledger.journal import journal_for
from ledger.rollback import Seen, highest_lost
from ledger.sqlite_errors import COMPLAINTS, storage_error
from ledger.sqlite_opening import BUSY_SECONDS
from ledger.store import Reader

VIEWS_ID = 0x77667276
"""``wfrv`` in ASCII, at byte 68 of the file: how we know a file that we may overwrite."""

_MAGIC = b"SQLite format 3\0"
_EMPTY_SCHEMA = b"\x0d\0\0\0\0"
"""How page 1 goes on after its header where a database has no table yet."""

_DAMAGE = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_NOTADB,
}
"""What SQLite says of a file whose bytes, tables or rows are not those that we wrote."""

_HINTS = {
    "file is not a database": "Delete the file; it is rebuilt",
    "database disk image is malformed": "Delete the file; it is rebuilt",
    "database or disk is full": "The ledger is whole; free some space and ask again",
    "disk I/O error": "The ledger is another file; check the disk of this one",
    "database is locked": "Another program is using it; ask again when it is done",
}


def is_damage(error: BaseException) -> bool:
    """Whether the error shows that a views file is damaged, as far as an error can show it.

    That is all that SQLite complains of except what lies outside the file (a lock, the disk, an
    interruption, wrong use), and JSON that is none: it was written by us.
    """
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            return "decode to UTF-8" in str(error)
        return code & 0xFF in _DAMAGE
    return isinstance(error, orjson.JSONDecodeError | UnicodeDecodeError)


def refuse_foreign(path: Path, origin: str) -> None:
    """Raise ``StorageError`` where the file is not one that we made for views.

    Ours is what bears our mark, however damaged beyond it; what is empty; and what is no
    database any more but still names the ledger (``origin``), as ours does when its first page
    is lost.
    """
    try:
        content = path.open("rb")
    except OSError:
        return  # it is missing, or SQLite will say what is wrong
    with content:
        head = content.read(105)
        if not head or head[68:72] == VIEWS_ID.to_bytes(4):
            return
        if head.startswith(_MAGIC):
            if head[68:72] == bytes(4) and head[100:] == _EMPTY_SCHEMA:
                return
        elif origin.encode() in head + content.read():
            return
    raise StorageError(
        f"{path}: not a views file of wherefrom", "Move it away: the views belong there"
    )


def is_broken(path: Path) -> bool:
    """Whether SQLite finds the file damaged when it reads all of it."""
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except COMPLAINTS as error:
        return is_damage(error)
    return bool(found[0] != "ok")


def views_error(error: sqlite3.Error, path: Path) -> StorageError:
    """Return what SQLite complains of in a views file as a message a user can act on."""
    for words, hint in _HINTS.items():
        if words in str(error):
            return StorageError(f"{path}: {words}", hint)
    return storage_error(error, str(path))


def seen_by(path: Path, store: Reader) -> list[Seen]:
    """Return the states of a ledger that its views in the file ``path`` have seen.

    That is how far they came, and what they saw before they were built anew because that was
    gone. None counts that was seen while the ledger recorded under another origin. Views that
    cannot be read tell nothing: they are asked as a witness only, and what is wrong with them is
    said when they are used.
    """
    if not path.is_file():
        return []
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=0)) as connection:
            found = connection.execute(
                "SELECT size, event FROM reached WHERE recording = ?1 "
                "UNION SELECT size, event FROM lost WHERE recording = ?1",
                (store.origin,),
            ).fetchall()
    except COMPLAINTS:
        return []
    return [Seen(*row) for row in found if type(row[0]) is int]


def keep_lost(connection: sqlite3.Connection, store: Reader, seen: list[Seen]) -> None:
    """Keep in new views what the old ones saw and the ledger does not hold any more."""
    gone = highest_lost(store, seen)
    if gone is not None:
        connection.execute(
            "INSERT INTO lost (recording, size, event) VALUES (?, ?, ?)", (store.origin, *gone)
        )


def is_taken(error: sqlite3.Error) -> bool:
    """Whether the file is sound but cannot be written, here or now."""
    return any(words in str(error) for words in ("readonly", "unable to open", "is locked"))


def refuse_to_wait(status: int, remaining: int, total: int) -> None:
    """Give up a copy that has waited as long as any statement would; Python's goes on for ever."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def discard(path: Path) -> None:
    """Delete the views, their journals first: no old one may be applied to a new file."""
    for suffix in ("-journal", "-wal", "-shm", ""):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def connect_anyhow(path: Path, like: Path | None) -> sqlite3.Connection:
    """Return a connection to the file, or to a new one where it cannot be read as a database.

    The file is for those who may read and write the file ``like``, and else for its owner only.
    """
    try:
        connection = connect(path)
    except COMPLAINTS as error:
        if not is_damage(error):
            raise
        discard(path)
        connection = connect(path)
    if like is not None:
        share_as(path, like)
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to the file, which is made where it is missing, for its owner only."""
    make_private(path)
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
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
