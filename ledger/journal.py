"""Which SQLite journal keeps an acknowledged write through ``kill -9`` and power loss.

WAL is the faster one, but SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two
connections checkpoint at the wrong moment (the WAL-reset race; fixed in 3.51.3, and in 3.50.7
and 3.44.6 for those lines). Where the linked SQLite has the race, the ledger uses a rollback
journal with ``synchronous=EXTRA``, which also syncs the folder after the journal is gone.
"""

import sqlite3

import attrs


@attrs.frozen
class Journal:
    """A journal mode, its ``synchronous`` setting, and why it was chosen."""

    mode: str
    synchronous: str
    reason: str


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this version of SQLite has the WAL-reset race fixed."""
    return (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
    )


def journal_for(version: tuple[int, int, int] | None = None) -> Journal:
    """Return the journal to use with this version of SQLite (the linked one by default)."""
    version = version or sqlite3.sqlite_version_info
    name = ".".join(map(str, version))
    if wal_is_safe(version):
        return Journal("wal", "full", f"SQLite {name} has the WAL-reset race fixed")
    return Journal(
        "persist", "extra", f"SQLite {name} has the WAL-reset race: a rollback journal instead"
    )
