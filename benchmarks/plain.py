"""Plain ``sqlite3`` doing the least possible work: one table, one row, one commit.

No ids, no hashes, no index, no check; a claim goes in as the JSON it arrives as. Nothing that
keeps events in SQLite durably can be faster by much, so this is the yardstick of an append.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path


class PlainStore:
    """A file with a table of numbered texts, under the journal and the sync it is given."""

    def __init__(self, path: Path, mode: str, synchronous: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute(f"PRAGMA journal_mode = {mode}")
        self._connection.execute(f"PRAGMA synchronous = {synchronous}")
        self._connection.execute(
            "CREATE TABLE events (position INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT"
        )

    def append(self, body: bytes) -> None:
        """Keep one event; durable when this returns."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO events (body) VALUES (?)", (body,))
        self._connection.execute("COMMIT")

    def append_all(self, bodies: Iterable[bytes]) -> None:
        """Keep many events in one transaction; durable when this returns."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            "INSERT INTO events (body) VALUES (?)", ((body,) for body in bodies)
        )
        self._connection.execute("COMMIT")

    def size(self) -> int:
        """Return how many events there are."""
        size: int = self._connection.execute("SELECT count(*) FROM events").fetchone()[0]
        return size

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
