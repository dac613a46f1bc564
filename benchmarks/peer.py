"""The peer: the library ``eventsourcing`` with its SQLite recorder, used as its docs advise.

What is measured is the fastest way through its public interface that we found, not the first:

* *A claim is one bare event*, not an aggregate with a creation event: ``Application.save``
  takes both, and an aggregate costs about a fifth more.
* *Saves are batched*: one ``save`` of many events is one transaction.
* *Its own runner* is the one for systems: a follower pulls from the leader's notification log
  and records what it makes of each event, with the event's position, in one transaction.
  (``ProjectionRunner`` needs a recorder that can be subscribed to; the SQLite one cannot.)
  It pulls sections of 1,000 where the default is 10. The runner is the single-threaded one;
  the newer two, one of them with threads, differed from it by less than the noise.
* *By hand*: the same events read in pages with ``select_notifications``, decoded with the
  peer's own mapper, written in batches, the position in the transaction of each batch.

It sets WAL by itself and leaves ``synchronous`` as SQLite was compiled, here FULL: durable, and
its own choice, so its events are kept that way. WAL with FULL syncs once a commit; it is the
faster journal wherever ours has to use another. The claim table that it fills is ours, columns
and indexes taken from :mod:`projections.tables`, but only that table: no names, no words, no
findings. And it is spared what ours does for a claim: nothing is checked when it imports, and
what the table needs of numbers and dates was read beforehand and lies in its events.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.application import Application, ProcessingEvent
from eventsourcing.domain import DomainEvent, datetime_now_with_tzinfo
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteFactory,
    SQLiteProcessRecorder,
)
from eventsourcing.system import Follower, SingleThreadedRunner, System
from eventsourcing.utils import Environment

from benchmarks.workload import Claim
from ledger.dates import read_day
from ledger.decimals import sort_key
from ledger.grammar import read_value
from ledger.values import Quantity
from projections import schema
from projections.tables import create_indexes, create_tables

SAVE = 10_000
"""Events in one ``save`` of many: more of them gain nothing."""

PAGE = 1_000
"""Notifications read at a time, and rows written at a time by hand."""

Reading = dict[str, Any]


@dataclass(frozen=True)
class ClaimAsserted(DomainEvent):
    originator_id: UUID
    originator_version: int
    said: Claim
    reading: Reading


class Claims(Application[UUID]):
    """The leader: keeps the events."""

    log_section_size = PAGE


class ClaimTable(Follower[UUID]):
    """The follower: keeps the claim table, one transaction an event."""

    pull_section_size = PAGE
    name = "ClaimTable"

    def __init__(self, env: Any = None) -> None:
        super().__init__(env)
        self.row = Rows()

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return TableFactory(env)

    def policy(self, domain_event: Any, processing_event: ProcessingEvent[UUID]) -> None:
        assert processing_event.tracking is not None
        position = processing_event.tracking.notification_id
        processing_event.collect_events(claim=self.row(position, domain_event))


class UnsyncedClaimTable(ClaimTable):
    """The same with ``synchronous=OFF``, as a view that can be rebuilt may be kept."""

    name = "ClaimTable"

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        factory = TableFactory(env)
        pool = factory.datastore.pool
        pool.close()
        factory.datastore.pool = UnsyncedPool(db_name=pool.db_name)
        return factory


class UnsyncedPool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        connection.cursor().execute("PRAGMA synchronous = OFF")
        return connection


class TableRecorder(SQLiteProcessRecorder):
    """Writes the row beside the position, as the peer's examples of such views do."""

    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), *TABLE, *INDEXES]

    def _insert_events(self, c: Any, stored_events: Any, **kwargs: Any) -> Any:
        recorded = super()._insert_events(c, stored_events, **kwargs)
        c.execute(INSERT, kwargs["claim"])
        return recorded


class TableFactory(SQLiteFactory):
    process_recorder_class = TableRecorder


class Rows:
    """An event → its row of the claim table; names become numbers, as in ours."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    def __call__(self, position: int, event: ClaimAsserted) -> tuple[Any, ...]:
        said, reading = event.said, event.reading
        number = self._number
        return (
            position,
            event.originator_id.bytes,
            number((said["subject"].casefold(), said["predicate"].casefold())),
            number(("scope", said["scope.place"])),
            reading["class"],
            number(said["unit"]),
            reading["lower"],
            reading["upper"],
            reading["flags"],
            None if reading["class"] == "quantity" else number(said["value"].casefold()),
            0,
            number(said["claimant"].casefold()),
            number(said["via"].casefold()),
            reading["earliest"],
            reading["latest"],
            reading["said"],
        )

    def _number(self, name: Any) -> int:
        return self._numbers.setdefault(name, len(self._numbers))


class PeerStore:
    """The peer's events in a file."""

    def __init__(self, path: Path) -> None:
        self._app = Claims(
            env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
        )

    def append(self, claim: Claim) -> None:
        """Keep one claim; durable when this returns."""
        self._app.save(_event(claim, {}))

    def append_all(self, claims: Iterable[Claim], read: Callable[[Claim], Reading]) -> None:
        """Keep many claims, each with what ``read`` makes of it, ``SAVE`` to a transaction."""
        remaining = iter(claims)
        while batch := list(islice(remaining, SAVE)):
            self._app.save(*[_event(claim, read(claim)) for claim in batch])

    def size(self) -> int:
        """Return how many events there are."""
        return self._app.recorder.max_notification_id() or 0

    def pages(self) -> Iterator[list[tuple[int, ClaimAsserted]]]:
        """Yield all events with their positions, ``PAGE`` at a time."""
        decode: Callable[[Any], Any] = self._app.mapper.to_domain_event
        at = 0
        while page := self._app.recorder.select_notifications(at, PAGE, inclusive_of_start=False):
            yield [(notification.id, decode(notification)) for notification in page]
            at = page[-1].id

    def close(self) -> None:
        """Let go of the file."""
        self._app.close()


def unread(_: Claim) -> Reading:
    """Read nothing of a claim: what the least work stores."""
    return {}


def read(claim: Claim) -> Reading:
    """Return what the claim table needs of a claim's value and dates."""
    value = read_value(claim["value"], unit=claim["unit"] or None)
    as_of = read_day(claim["as_of"])
    ends = {"class": "entity", "lower": "", "upper": "", "flags": 0}
    if isinstance(value, Quantity):
        ends = {
            "class": "quantity",
            "lower": schema.LOWEST if value.lower is None else sort_key(value.lower),
            "upper": schema.HIGHEST if value.upper is None else sort_key(value.upper),
            "flags": schema.APPROXIMATE if value.approx else 0,
        }
    published = read_day(claim["published"])
    return {
        **ends, "earliest": as_of.earliest, "latest": as_of.latest, "said": published.earliest,
    }  # fmt: skip


def rebuild_by_runner(events: Path, table: Path, *, synced: bool) -> int:
    """Fill the claim table in the new file ``table`` with the peer's own runner.

    Returns the number of rows. ``synced`` leaves the peer's settings as they are.
    """
    follower_class = ClaimTable if synced else UnsyncedClaimTable
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "CLAIMS_SQLITE_DBNAME": str(events),
        "CLAIMTABLE_SQLITE_DBNAME": str(table),
    }
    with SingleThreadedRunner[UUID](System(pipes=[[Claims, follower_class]]), env=env) as runner:
        runner.get(follower_class).pull_and_process(Claims.name)
    return _rows_in(table)


def rebuild_by_hand(events: Path, table: Path) -> int:
    """Fill the claim table in the new file ``table`` in batches; return the number of rows.

    The file is one that can be made again, so nothing waits for the disk, and the indexes are
    made at the end.
    """
    with (
        closing(PeerStore(events)) as store,
        closing(sqlite3.connect(table, isolation_level=None)) as connection,
    ):
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", *TABLE):
            connection.execute(statement)
        connection.execute("CREATE TABLE tracking (position INTEGER NOT NULL)")
        connection.execute("INSERT INTO tracking VALUES (0)")
        row = Rows()
        for page in store.pages():
            connection.execute("BEGIN")
            connection.executemany(INSERT, [row(at, event) for at, event in page])
            connection.execute("UPDATE tracking SET position = ?", (page[-1][0],))
            connection.execute("COMMIT")
        for statement in INDEXES:
            connection.execute(statement)
    return _rows_in(table)


def _event(claim: Claim, reading: Reading) -> Any:
    return ClaimAsserted(
        originator_id=uuid4(),
        originator_version=1,
        timestamp=datetime_now_with_tzinfo(),
        said=claim,
        reading=reading,
    )


def _rows_in(table: Path) -> int:
    with closing(sqlite3.connect(table)) as connection:
        rows: int = connection.execute("SELECT count(*) FROM claims").fetchone()[0]
    return rows


def _claim_table() -> tuple[list[str], list[str]]:
    """Return the statements that make our claim table, and those that make its indexes."""
    with closing(sqlite3.connect(":memory:")) as connection:
        create_tables(connection)
        create_indexes(connection)
        made = connection.execute(
            "SELECT type, sql FROM sqlite_schema WHERE tbl_name = 'claims' AND sql IS NOT NULL"
        ).fetchall()
    statements = [(kind, re.sub("^CREATE (TABLE|INDEX)", r"CREATE \1 IF NOT EXISTS", sql))
                  for kind, sql in made]  # fmt: skip
    return (
        [sql for kind, sql in statements if kind == "table"],
        [sql for kind, sql in statements if kind == "index"],
    )


TABLE, INDEXES = _claim_table()
INSERT = (
    "INSERT INTO claims (position, id, topic, scope, class, unit, lower, upper, flags, value, "
    "mode, claimant, via, earliest, latest, said) VALUES (" + ", ".join("?" * 16) + ")"
)
