"""Both stores keep to the contract, and to each other whatever is done to them.

``store_contract.py`` says what a store is; here it is asked of the store in memory and of the
one in a SQLite file, which besides refuses whatever would change the past.
"""

import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from histories import CLAIMS, PALETTES, START, claim_of
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from store_contract import ORIGIN, NewStore, StoreContract, fill, row

from ledger import places
from ledger.codec import encode
from ledger.errors import StorageError
from ledger.events import ClaimAsserted
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.sqlite import SqliteStore
from ledger.store import HeadSeen, Row


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def new_store(self) -> NewStore:
        return lambda: MemoryStore(ORIGIN)


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def new_store(self, tmp_path: Path) -> Iterator[NewStore]:
        stores: list[SqliteStore] = []

        def make() -> SqliteStore:
            stores.append(SqliteStore.open(tmp_path / f"{len(stores)}.db", ORIGIN))
            return stores[-1]

        yield make
        for store in stores:
            store.close()


# --- two ledgers, driven alike ---------------------------------------------------------------

EVENTS = st.tuples(PALETTES, CLAIMS).map(
    lambda drawn: ClaimAsserted(claim=claim_of(drawn[0], drawn[1]))
)
SEVERAL = st.lists(EVENTS, max_size=4)


class TwoLedgers(RuleBasedStateMachine):
    """One ledger in memory, one on disk; whatever is done to both, they read the same.

    And bytes once stored never change: every row is compared with what it was when it came.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.db"
        self.now = START
        self.memory = MemoryStore(ORIGIN)
        self.disk = SqliteStore.open(self.path, ORIGIN)
        self.first_seen: list[Row] = []
        self.recorded: dict[bytes, ClaimAsserted] = {}

    def ledgers(self) -> list[Ledger]:
        """Both ledgers, with clocks and dice that fall alike."""
        return [
            Ledger(store, clock=lambda: self.now, random=random.Random(store.size()).randbytes)
            for store in (self.memory, self.disk)
        ]

    @rule(seconds=st.integers(-10, 10), events=SEVERAL)
    def append(self, seconds: int, events: list[ClaimAsserted]) -> None:
        self.now += timedelta(seconds=seconds)
        one, other = (ledger.append(events, "desk") for ledger in self.ledgers())
        assert one == other
        self.recorded |= {encode(event).fingerprint: event for event in events}

    @rule(number=st.integers(0, 30))
    def append_again(self, number: int) -> None:
        if self.recorded:
            event = list(self.recorded.values())[number % len(self.recorded)]
            for ledger in self.ledgers():
                [again] = ledger.append([event], "another desk")
                assert not again.new
                assert ledger.entry(again.position).event == event

    @rule(events=SEVERAL)
    def fail_to_append(self, events: list[ClaimAsserted]) -> None:
        for ledger in self.ledgers():
            with suppress(ZeroDivisionError), ledger.appending("desk") as appending:
                for event in events:
                    appending.add(event)
                raise ZeroDivisionError

    @rule()
    def open_the_file_again(self) -> None:
        self.disk.close()
        self.disk = SqliteStore.open(self.path)

    @rule(start=st.integers(0, 12), stop=st.none() | st.integers(0, 12))
    def read_a_stretch(self, start: int, stop: int | None) -> None:
        assert list(self.disk.rows(start, stop)) == list(self.memory.rows(start, stop))

    @rule(size=st.integers(0, 30))
    def know_the_root(self, size: int) -> None:
        one, other = (ledger.root(min(size, ledger.size())) for ledger in self.ledgers())
        assert one == other

    @invariant()
    def both_read_the_same_and_nothing_has_changed(self) -> None:
        rows = list(self.memory.rows())
        assert list(self.disk.rows()) == rows
        assert rows[: len(self.first_seen)] == self.first_seen
        self.first_seen = rows
        assert self.disk.size() == self.memory.size() == len(rows) == len(self.recorded)
        for fingerprint in self.recorded:
            [position] = self.memory.with_fingerprint(fingerprint)
            assert self.disk.with_fingerprint(fingerprint) == [position]

    @invariant()
    def both_verify(self) -> None:
        one, other = (ledger.verify() for ledger in self.ledgers())
        assert one.ok, one.problems
        assert one == other

    def teardown(self) -> None:
        self.disk.close()
        self.folder.cleanup()


TestTwoLedgers = TwoLedgers.TestCase
TestTwoLedgers.settings = settings(
    max_examples=settings().max_examples // 2, stateful_step_count=20
)


# --- the file refuses ------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of three rows, which has seen another's head."""
    path = tmp_path / "facts.db"
    with closing(SqliteStore.open(path, ORIGIN)) as store:
        fill(store, 3)
        with store.appending() as writer:
            writer.note_head(HeadSeen("f" * 32, 5, "a" * 64))
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET head = x'00' WHERE position = 1",
        "UPDATE events SET position = 3 WHERE position = 2",
        "UPDATE OR REPLACE events SET position = 1 WHERE position = 2",
        "UPDATE bodies SET body = x'00'",
        "UPDATE origins SET origin = 'ffffffffffffffffffffffffffffffff'",
        "DELETE FROM events WHERE position = 2",
        "DELETE FROM bodies",
        "DELETE FROM origins",
        "INSERT INTO events VALUES (4, x'00', x'00')",
        "INSERT INTO events VALUES (2, x'00', x'00')",
        "INSERT INTO events VALUES (-1, x'00', x'00')",
        "INSERT INTO events VALUES (NULL, NULL, x'00')",
        "INSERT OR REPLACE INTO events VALUES (1, x'00', x'00')",
        "INSERT OR IGNORE INTO events VALUES (1, x'00', x'00')",
        "INSERT INTO events VALUES (1, x'00', x'00') ON CONFLICT DO UPDATE SET head = x'00'",
        "INSERT INTO events (head, hashes, position) SELECT head, hashes, 0 FROM events",
        "INSERT OR REPLACE INTO bodies VALUES (1, x'00', x'00', x'00')",
        "INSERT INTO bodies VALUES (2, x'00', x'00', x'00')",
        "REPLACE INTO bodies SELECT position, salt, body || 'x', fingerprint FROM bodies",
        "INSERT INTO origins VALUES (0, 'ffffffffffffffffffffffffffffffff', 0, NULL)",
        "INSERT OR REPLACE INTO origins SELECT number, 'f', since, place FROM origins",
        "UPDATE heads_seen SET size = 6",
        "DELETE FROM heads_seen",
        "INSERT INTO heads_seen VALUES (0, 'f', 5, 'a', NULL)",
        "INSERT INTO heads_seen VALUES (2, 'f', 5, 'a', NULL)",
        "INSERT OR REPLACE INTO heads_seen SELECT number, origin, 6, root, note FROM heads_seen",
        "INSERT INTO erasures VALUES (1, 2)",
        "INSERT INTO erasures VALUES (1, 1)",
        "INSERT INTO erasures VALUES (1, 9)",
    ],
)
def test_the_database_itself_refuses_to_change_the_past(path: Path, statement: str) -> None:
    """Whoever opens the file, and whatever settings they have."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = list(connection.iterdump())
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
        assert list(connection.iterdump()) == before
    with closing(SqliteStore.open(path)) as store:
        assert list(store.rows()) == [row(0), row(1), row(2)]


def test_a_row_is_checked_though_it_is_the_next(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for values in ("3, NULL, x'00'", "3, 'text', x'00'", "3, x'00', NULL"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(f"INSERT INTO events VALUES ({values})")


def test_a_missing_file_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such ledger"):
        SqliteStore.open(tmp_path / "facts.db")
    assert not (tmp_path / "facts.db").exists()


def test_an_existing_ledger_keeps_its_origin(path: Path) -> None:
    with closing(SqliteStore.open(path, "f" * 32)) as store:
        assert store.origin == ORIGIN
        assert store.size() == 3


def test_a_folder_another_file_and_another_database_are_no_ledgers(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="a folder"):
        SqliteStore.open(tmp_path, ORIGIN)
    (tmp_path / "text").write_text("no database, and longer than the header of one" * 9)
    with pytest.raises(StorageError, match="not a database"):
        SqliteStore.open(tmp_path / "text", ORIGIN)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE mine (x)")
    with pytest.raises(StorageError, match="no wherefrom ledger"):
        SqliteStore.open(tmp_path / "other.db", ORIGIN)


def test_a_ledger_of_a_newer_version_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 3")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="newer wherefrom"):
        SqliteStore.open(path)
    assert path.read_bytes() == before


_FORMAT_1 = """
DROP TABLE origins; DROP TABLE erasures; DROP TABLE heads_seen;
DROP TABLE scrubs;
DROP INDEX events_saying_erased;
DROP TRIGGER bodies_next; DROP TRIGGER bodies_no_delete;
CREATE TABLE ledger (origin TEXT NOT NULL) STRICT;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT raise(ABORT, 'never'); END;
INSERT INTO ledger VALUES ('0123456789abcdef0123456789abcdef');
PRAGMA user_version = 1;
"""
"""Makes of a file what the first version would have made."""


def test_a_ledger_of_the_first_format_becomes_one_of_this(path: Path) -> None:
    """Its events stay. It may be a copy, so what it records next has a new origin."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_FORMAT_1)
    with closing(SqliteStore.open(path)) as store:
        assert list(store.rows()) == [row(0), row(1), row(2)]
        assert list(store.origins) == [(ORIGIN, 0)]
        assert store.moved
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("DELETE FROM bodies", "DELETE FROM origins"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


def test_a_ledger_of_the_first_format_can_be_read_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_FORMAT_1)
    before = path.read_bytes()
    with closing(SqliteStore.reading(path)) as store:
        assert list(store.rows()) == [row(0), row(1), row(2)]
        assert list(store.origins) == [(ORIGIN, 0)]
        assert (store.erasures(), store.saying_erased(), store.heads_seen()) == ([], [], [])
    assert path.read_bytes() == before


_DIE_WRITING = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 5")
connection.execute("BEGIN IMMEDIATE")
connection.execute("CREATE TABLE half (written)")
for _ in range(2000):
    connection.execute("INSERT INTO half VALUES (zeroblob(1000))")
os._exit(1)
"""


def test_what_was_half_written_is_not_taken_back_by_who_only_reads(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
            pytest.skip("in a WAL what is half written is passed over")
    subprocess.run([sys.executable, "-c", _DIE_WRITING, str(path)], check=False)
    before = path.read_bytes()
    with pytest.raises(StorageError, match="what wrote to it was interrupted"):
        SqliteStore.reading(path)
    assert path.read_bytes() == before
    with closing(SqliteStore.open(path)) as store:
        assert store.size() == 3
    with closing(SqliteStore.reading(path)) as store:
        assert store.size() == 3


def test_a_copied_file_knows_that_it_is_one(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy2(path, copy)
    with closing(SqliteStore.open(path)) as store, closing(SqliteStore.open(copy)) as other:
        assert (store.moved, other.moved) == (False, True)
        with other.appending() as writer:
            writer.start_origin("f" * 32)
        assert not other.moved
    with closing(SqliteStore.open(copy)) as other:
        assert (other.origin, other.moved) == ("f" * 32, False)
    renamed = path.rename(tmp_path / "renamed.db")
    with closing(SqliteStore.open(renamed)) as store:
        assert not store.moved


def test_the_same_place_on_another_machine_is_another(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where disks and files are numbered alike, as in containers of one image."""
    with closing(SqliteStore.open(path)) as store:
        assert not store.moved
        monkeypatch.setattr(places, "_machine", lambda: "another")
        assert store.moved


def test_two_writers_take_turns(path: Path) -> None:
    """Each appends at the next position, whoever wrote the one before."""
    with closing(SqliteStore.open(path)) as one, closing(SqliteStore.open(path)) as other:
        assert [len(fill(store, 2)) for store in (one, other, one)] == [2, 2, 2]
        assert list(one.rows()) == list(other.rows()) == [row(at) for at in range(9)]
