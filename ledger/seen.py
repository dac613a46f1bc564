"""What a key has signed: the last checkpoint of every name, kept in a file beside the key.

Neither a ledger nor a cosigner may sign a checkpoint that contradicts one that it signed before
(C2SP tlog-checkpoint and tlog-witness). So both remember, by the name in the checkpoint's first
line, the last one they signed and the keys by which the ledger is known. To read what was last,
decide and remember has to be one step, or two checkpoints that contradict each other could be
signed at once: the file is a small SQLite database, and :meth:`SeenFile.deciding` lets one in at
a time. What is remembered is on the disk before a signature leaves, and never gets smaller.

The file is no secret. Without it every ledger is new again: that is asked for, not passed over.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.checkpoints import Checkpoint, SignedCheckpoint, read_signed_checkpoint
from ledger.errors import BadInput, Damaged, StorageError
from ledger.keys import VerifierKey, read_verifier

_WAIT_SECONDS = 30.0

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY NOT NULL, size INTEGER NOT NULL, "
    "note BLOB NOT NULL, keys TEXT NOT NULL, time INTEGER NOT NULL) STRICT",
    "CREATE TRIGGER IF NOT EXISTS seen_grows BEFORE UPDATE ON seen "
    "WHEN NEW.origin IS NOT OLD.origin OR NEW.size < OLD.size "
    "BEGIN SELECT raise(ABORT, 'what was signed is not unsigned'); END",
    "CREATE TRIGGER IF NOT EXISTS seen_stays BEFORE DELETE ON seen "
    "BEGIN SELECT raise(ABORT, 'what was signed is not forgotten'); END",
)


class Seen(NamedTuple):
    """The last checkpoint of a name, the keys it is signed with, and when it was seen."""

    signed: SignedCheckpoint
    keys: tuple[VerifierKey, ...]
    time: int
    """In seconds since 1970."""

    @property
    def checkpoint(self) -> Checkpoint:
        """The head of the tree that was seen."""
        return self.signed.checkpoint


class SeenFile:
    """The memory in the file ``path``, which is made when there is first something to remember."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def deciding(self) -> Iterator["SeenFile"]:
        """Let nobody else decide until the context is left; then what was remembered is kept.

        Leaving it by an exception forgets. Raises ``StorageError`` where the file cannot be
        used, ``Damaged`` where it is none of ours.
        """
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StorageError(
                f"{self.path}: {error.strerror}",
                "There it is kept what the key has signed: put the key where that can be written",
            ) from None
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=_WAIT_SECONDS)
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                connection.execute(statement)
            self._refuse_damaged(connection)
            self._connection = connection
            yield self
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"{self.path}: {error}", "Nothing was signed; try again when that is mended"
            ) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # it may quote what is no text
            raise _damaged(self.path, str(error)) from error
        finally:
            self._connection = None
            if connection is not None:
                connection.close()

    def _refuse_damaged(self, connection: sqlite3.Connection) -> None:
        """Raise ``Damaged`` where a row may be there and not be found: it would be signed anew."""
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise _damaged(self.path, str(found))

    def last(self, origin: str) -> Seen | None:
        """Return what was signed last under a name; ``None`` where it is new."""
        row = self._asked.execute(
            "SELECT note, keys, time FROM seen WHERE origin = ?", (origin,)
        ).fetchone()
        if row is None:
            return None
        note, keys, time = row
        try:
            known = tuple(read_verifier(line, "keys") for line in keys.splitlines())
            return Seen(read_signed_checkpoint(note, "note"), known, time)
        except (BadInput, AttributeError, TypeError) as error:
            raise _damaged(self.path, str(error)) from error

    def remember(self, signed: SignedCheckpoint, keys: Sequence[VerifierKey], time: int) -> None:
        """Keep a checkpoint that is about to be signed in place of the one before it."""
        head = signed.checkpoint
        lines = "".join(f"{key}\n" for key in keys)
        self._asked.execute(
            "INSERT INTO seen (origin, size, note, keys, time) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (origin) DO UPDATE "
            "SET size = excluded.size, note = excluded.note, keys = excluded.keys, "
            "time = excluded.time",
            (head.origin, head.size, bytes(signed.note), lines, time),
        )

    @property
    def _asked(self) -> sqlite3.Connection:
        assert self._connection is not None, "decide inside deciding() only"
        return self._connection


def seen_beside(key_file: str) -> SeenFile:
    """Return the memory of the key in a file: ``desk.key.seen`` beside ``desk.key`` itself."""
    itself = os.path.realpath(key_file) if os.path.islink(key_file) else key_file
    return SeenFile(Path(f"{itself}.seen"))


def _damaged(path: Path, what: str) -> Damaged:
    return Damaged(f"{path}: {what}", "It is what the key has signed: restore it from a backup")
