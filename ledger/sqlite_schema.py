"""The tables of a ledger's file, and the triggers by which the file itself refuses changes.

``events`` holds a row an event: its head and the Merkle hashes that its leaf completed;
``bodies`` holds, apart from it, what may one day have to be erased by law: body, salt and
fingerprint. ``erasures`` says which bodies may go, each by the ``body-erased`` event that says
so: no other body can be deleted, and no erased one comes back. ``scrubs`` says of how many of
these erasures the traces were overwritten, each time that was done. ``origins`` says under which
names the file has recorded: the first when it was made, one more for every copy of it that was
appended to (:mod:`ledger.places`). ``heads_seen`` says how other ledgers were when they were
pulled from (:mod:`ledger.pulling`).

Updates and deletes are refused by trigger, and gaps as well as ``INSERT OR REPLACE`` by a
trigger that lets only the next position in (a unique index beside a no-delete trigger would not
do: REPLACE deletes without firing it).
"""

import sqlite3
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x77667231
"""``wfr1`` in ASCII, at byte 68 of the file: how ``file`` and we know a ledger."""

MARK = f"PRAGMA application_id = {APPLICATION_ID}"

SCHEMA_VERSION = 2

TABLES = ("origins", "events", "bodies", "erasures", "scrubs", "heads_seen")

FINGERPRINTS = "bodies_by_fingerprint"
"""The index by which a statement that was recorded is found again."""

SAYS_ERASED_SQL = 'instr(head, CAST(\'"type":"body-erased"\' AS BLOB))'
"""Whether an event's head is that of one that erases a body; the same words as in its index."""

_PROTECTED = f"""
CREATE TRIGGER origins_next BEFORE INSERT ON origins
  WHEN NEW.number IS NOT (SELECT coalesce(max(number) + 1, 0) FROM origins)
  BEGIN SELECT raise(ABORT, 'this origin is not the next one'); END;
CREATE TRIGGER scrubs_next BEFORE INSERT ON scrubs
  WHEN NEW.number IS NOT (SELECT coalesce(max(number) + 1, 0) FROM scrubs)
  BEGIN SELECT raise(ABORT, 'this scrub is not the next one'); END;
CREATE TRIGGER heads_seen_next BEFORE INSERT ON heads_seen
  WHEN NEW.number IS NOT (SELECT coalesce(max(number) + 1, 0) FROM heads_seen)
  BEGIN SELECT raise(ABORT, 'this head is not the next one'); END;
CREATE TRIGGER events_next BEFORE INSERT ON events
  WHEN NEW.position IS NOT (SELECT coalesce(max(position) + 1, 0) FROM events)
  BEGIN SELECT raise(ABORT, 'this position is not the next one'); END;
CREATE TRIGGER bodies_next BEFORE INSERT ON bodies
  WHEN NEW.position <= (SELECT max(position) FROM bodies)
    OR NEW.position IN (SELECT position FROM erasures)
  BEGIN SELECT raise(ABORT, 'this position has its body, or had it'); END;
CREATE TRIGGER bodies_no_delete BEFORE DELETE ON bodies
  WHEN OLD.position NOT IN (SELECT position FROM erasures)
  BEGIN SELECT raise(ABORT, 'nothing in a ledger is ever removed but by an erasure'); END;
CREATE TRIGGER erasures_once BEFORE INSERT ON erasures
  WHEN NEW.position IN (SELECT position FROM erasures)
  BEGIN SELECT raise(ABORT, 'this position is erased'); END;
CREATE TRIGGER erasures_said BEFORE INSERT ON erasures
  WHEN NOT EXISTS (
    SELECT 1 FROM events WHERE position = NEW.erased_by AND NEW.position < NEW.erased_by
      AND {SAYS_ERASED_SQL})
  BEGIN SELECT raise(ABORT, 'only an event that says so erases a body'); END;
""" + "\n".join(
    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
    f"BEGIN SELECT raise(ABORT, 'nothing in a ledger is ever changed'); END;"
    for table in TABLES
    for verb in ("update", "delete")
    if (table, verb) != ("bodies", "delete")
)


READ_FORMAT_1 = """
CREATE TEMP VIEW origins AS SELECT 0 AS number, origin, 0 AS since, NULL AS place FROM ledger;
CREATE TEMP VIEW erasures AS SELECT 0 AS position, 0 AS erased_by WHERE false;
CREATE TEMP VIEW heads_seen AS
  SELECT 0 AS number, '' AS origin, 0 AS size, '' AS root, NULL AS note WHERE false;
CREATE TEMP VIEW scrubs AS SELECT 0 AS number, 0 AS erasures WHERE false;
"""
"""Shows a file of format 1, which is only to be read, as one of format 2."""


def is_blank(connection: sqlite3.Connection) -> bool:
    """Whether the database holds nothing: a new file, or one whose making was cut short.

    The length of the file does not tell: where a process was killed while it made a ledger, the
    file has one until SQLite takes back what was done, by the journal that is still there.
    """
    found = connection.execute(
        "SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id"
    ).fetchone()
    return bool(found == (0, 0))


def create(connection: sqlite3.Connection, origin: str, place: Callable[[], str | None]) -> None:
    """Make an empty file a ledger, in one transaction; harmless where another was quicker.

    ``place`` is asked for where the file lies once it is there.
    """
    connection.execute("PRAGMA page_size = 4096")
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        create_tables(connection)
        seal(connection)
        name_origin(connection, origin, place())
    connection.execute("COMMIT")


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, which take whatever comes until :func:`seal` protects them."""
    from sqlite_utils import Database  # here, since only a new ledger needs it: 0.2 s to import

    database = Database(connection, strict=True, execute_plugins=False)
    events = {"position": int, "head": bytes, "hashes": bytes}
    database.table("events").create(events, pk="position", not_null=events.keys())
    bodies = {"position": int, "salt": bytes, "body": bytes, "fingerprint": bytes}
    database.table("bodies").create(
        bodies,
        pk="position",
        not_null=bodies.keys(),
        foreign_keys=[("position", "events", "position")],
    )
    _create_the_rest(database)


def seal(connection: sqlite3.Connection) -> None:
    """Give the tables their index and their triggers, and the file its mark."""
    connection.execute(f"CREATE INDEX {FINGERPRINTS} ON bodies (fingerprint)")
    _protect(connection)
    connection.execute(MARK)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def upgrade(connection: sqlite3.Connection) -> None:
    """Make a file of format 1 one of format 2, in one transaction; the events stay as they are.

    Format 1 had one origin in a table ``ledger`` and did not know where it lies; whether it is a
    copy cannot be told, so its next append starts a new origin. Harmless where another process
    was quicker.
    """
    from sqlite_utils import Database

    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 1:
            named = connection.execute("SELECT origin FROM ledger").fetchone()
            connection.execute("DROP TABLE ledger")
            triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            for (trigger,) in connection.execute(triggers).fetchall():
                connection.execute(f'DROP TRIGGER "{trigger}"')
            _create_the_rest(Database(connection, strict=True, execute_plugins=False))
            _protect(connection)
            if named is not None:
                connection.execute(
                    "INSERT INTO origins (number, origin, since) VALUES (0, ?, 0)", named
                )
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def name_origin(connection: sqlite3.Connection, origin: str, place: str | None) -> None:
    """Record from now on under this origin, for the file at this place (``None``: a copy)."""
    connection.execute(
        "INSERT INTO origins (number, origin, since, place) VALUES ("
        "(SELECT coalesce(max(number) + 1, 0) FROM origins), ?, "
        "(SELECT coalesce(max(position) + 1, 0) FROM events), ?)",
        (origin, place),
    )


def _create_the_rest(database: "Database") -> None:
    origins = {"number": int, "origin": str, "since": int, "place": str}
    database.table("origins").create(origins, pk="number", not_null={"origin", "since"})
    erasures = {"position": int, "erased_by": int}
    database.table("erasures").create(
        erasures,
        pk="position",
        not_null=erasures.keys(),
        foreign_keys=[("position", "events", "position"), ("erased_by", "events", "position")],
    )
    heads_seen = {"number": int, "origin": str, "size": int, "root": str, "note": str}
    database.table("heads_seen").create(
        heads_seen, pk="number", not_null={"origin", "size", "root"}
    )
    scrubs = {"number": int, "erasures": int}
    database.table("scrubs").create(scrubs, pk="number", not_null=scrubs.keys())
    database.execute(
        f"CREATE INDEX events_saying_erased ON events (position) WHERE {SAYS_ERASED_SQL}"
    )


def protections() -> dict[str, str]:
    """Return the triggers that a ledger's file has, by name, as SQLite keeps them."""
    return {
        statement.split()[2]: statement.strip().removesuffix(";")
        for statement in _statements(_PROTECTED)
    }


def _protect(connection: sqlite3.Connection) -> None:
    for statement in _statements(_PROTECTED):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """Split a script into statements (``executescript`` would commit on its own)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
