"""A backup is a prefix of the ledger, whole and checked, or the file that was there before."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger import backup
from ledger.backup import Backup, back_up
from ledger.errors import BadInput, Damaged, StorageError
from ledger.events import BodyErased, SourceDescribed
from ledger.files import aside_of
from ledger.log import Ledger
from ledger.roots import root_of
from ledger.sqlite import SqliteStore
from ledger.sqlite_schema import create_tables
from ledger.store import HeadSeen, Reader, Row, Store
from ledger.verification import verify

ORIGIN = "0123456789abcdef" * 2
SECRET = "a name to be forgotten"


def ledger_in(path: Path) -> Ledger:
    """The ledger in a file, made where there is none; its clock ticks with its events."""
    store = SqliteStore.open(path, ORIGIN)
    start = datetime(2026, 2, 6, tzinfo=UTC)
    return Ledger(
        store,
        clock=lambda: start + timedelta(seconds=store.size()),
        random=random.Random(store.size()).randbytes,
    )


def later(store: Store) -> Ledger:
    """A ledger of which another process appends."""
    return Ledger(store, clock=lambda: datetime(2026, 3, 1, tzinfo=UTC), random=os.urandom)


def describe(ledger: Ledger, *names: object) -> None:
    ledger.append([SourceDescribed(name=f"source {name}", kind="outlet") for name in names], "desk")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger of some thousand events, so that it is read in several pages."""
    ledger = ledger_in(tmp_path / "facts.db")
    describe(ledger, *range(4_500))
    with closing(ledger.store):
        yield ledger


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere" / "facts.db"


def store_of(ledger: Ledger) -> SqliteStore:
    assert isinstance(ledger.store, SqliteStore)
    return ledger.store


class Interrupted:
    """A reader between whose pages something happens, as in another process."""

    def __init__(self, reader: Reader, happens: Callable[[int], None]) -> None:
        self._reader = reader
        self._happens = happens

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        for row in self._reader.rows(start, stop):
            if row.position % 1_000 == 999:
                self._happens(row.position)
            yield row

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)


def while_copying(happens: Callable[[int], None]) -> backup.Watching:
    @contextmanager
    def watching(step: str, reader: Reader) -> Iterator[Reader]:
        yield Interrupted(reader, happens) if step == "Copying" else reader  # type: ignore[misc]

    return watching


def names(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()}


def test_a_backup_holds_the_same_rows_in_the_same_tables(ledger: Ledger, target: Path) -> None:
    with ledger.store.appending() as writer:
        writer.note_head(HeadSeen("f" * 32, 5, "a" * 64, "a note"))
    made = back_up(store_of(ledger), target)
    assert made == Backup(4_500, ledger.root())
    with closing(SqliteStore.open(target)) as copy:
        assert copy.heads_seen() == ledger.store.heads_seen()
        assert list(copy.rows()) == list(ledger.store.rows())
        assert copy.origins == ledger.store.origins
        assert copy.moved

    def made_of(path: Path) -> set[tuple[object, ...]]:
        with closing(sqlite3.connect(path)) as connection:
            tables = connection.execute("SELECT type, name, sql FROM sqlite_schema")
            return {*tables, *connection.execute("PRAGMA application_id"),
                    *connection.execute("PRAGMA user_version")}  # fmt: skip

    assert made_of(target) == made_of(Path(store_of(ledger).path))
    assert names(target) <= {"facts.db", "facts.db-journal"}


def test_what_is_recorded_meanwhile_neither_waits_nor_spoils_the_copy(
    ledger: Ledger, target: Path
) -> None:
    path = Path(store_of(ledger).path)
    with closing(ledger_in(path).store) as store:
        other = later(store)
        made = back_up(store_of(ledger), target, while_copying(lambda at: describe(other, "x", at)))
    assert ledger.size() > made.size == 4_500
    assert made.root == ledger.root(4_500)


_APPEND_FOR_EVER = """
import itertools, os, sys, time
from datetime import UTC, datetime
from ledger.events import SourceDescribed
from ledger.log import Ledger
from ledger.sqlite import SqliteStore
from ledger.sqlite_schema import create_tables
ledger = Ledger(SqliteStore.open(sys.argv[1]), clock=lambda: datetime.now(UTC), random=os.urandom)
for number in itertools.count():
    name = f"{os.getpid()} {number}"
    [kept] = ledger.append([SourceDescribed(name=name, kind="outlet")], "desk")
    print(kept.position, flush=True)
    time.sleep(0.01)
"""


def test_a_backup_is_a_verified_prefix_while_other_processes_record(
    ledger: Ledger, target: Path
) -> None:
    command = [sys.executable, "-c", _APPEND_FOR_EVER, store_of(ledger).path]
    root = Path(__file__).parent.parent
    writers = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) for _ in range(2)]
    made = []
    try:
        for _ in range(3):
            for writer in writers:
                assert writer.stdout is not None
                assert writer.stdout.readline()  # it has recorded since the last backup
            made.append(back_up(store_of(ledger), target))
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert [one.size for one in made] == sorted({one.size for one in made})
    assert [one.root for one in made] == [ledger.root(one.size) for one in made]
    assert ledger.verify().ok
    with closing(SqliteStore.open(target)) as copy:
        assert root_of(copy, copy.size()) == made[-1].root


def test_a_body_that_is_erased_meanwhile_is_not_in_the_copy(ledger: Ledger, target: Path) -> None:
    path = Path(store_of(ledger).path)
    [kept] = ledger.append([SourceDescribed(name=SECRET, kind="person")], "desk")
    describe(ledger, *range(5_000, 8_000))

    def erase(position: int) -> None:
        if position == 6_999:
            with closing(ledger_in(path).store) as store:
                says_so = BodyErased(event=kept.id, by="desk", ground="a court said so")
                [erasing] = later(store).append([says_so], "desk")
                with store.appending() as writer:
                    writer.erase(kept.position, erasing.position)

    copy = target.with_name("copy")
    backup._copy(Interrupted(ledger.store, erase), copy, str(path))  # type: ignore[arg-type]
    assert SECRET.encode() not in copy.read_bytes()
    with closing(SqliteStore.reading(copy)) as store:
        assert store.row(kept.position).body is None
        assert store.erasures() == [(kept.position, 7_501)]
        assert store.size() == 7_502


def test_pages_that_were_freed_are_not_copied(ledger: Ledger, target: Path) -> None:
    path = store_of(ledger).path
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = off")
        connection.execute("CREATE TABLE notes (note)")
        connection.execute("INSERT INTO notes VALUES (?)", (SECRET * 99,))
        connection.commit()
        connection.execute("DROP TABLE notes")
    assert SECRET.encode() in Path(path).read_bytes()
    back_up(store_of(ledger), target)
    assert SECRET.encode() not in target.read_bytes()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_who_may_read_the_ledger_may_read_its_backup(
    ledger: Ledger, target: Path, mode: int
) -> None:
    Path(store_of(ledger).path).chmod(mode)
    back_up(store_of(ledger), target)
    assert target.stat().st_mode & 0o777 == mode


def test_a_later_backup_replaces_an_earlier_one(ledger: Ledger, target: Path) -> None:
    back_up(store_of(ledger), target)
    describe(ledger, "one more")
    assert back_up(store_of(ledger), target) == Backup(4_501, ledger.root())
    target.write_bytes(b"")
    assert back_up(store_of(ledger), target).size == 4_501


def test_no_journal_of_the_earlier_backup_stays(ledger: Ledger, target: Path) -> None:
    back_up(store_of(ledger), target)
    journal = Path(f"{target}-journal")
    journal.write_bytes(bytes(512) + SECRET.encode())  # as SQLite leaves one that it is done with
    back_up(store_of(ledger), target)
    assert not journal.exists()


def test_a_backup_that_is_said_to_be_made_has_its_name_on_the_disk(
    ledger: Ledger, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, there = os.fsync, []

    def watched(number: int) -> None:
        sync(number)
        if os.fstat(number).st_ino == target.parent.stat().st_ino:
            there.append(target.exists())

    monkeypatch.setattr(os, "fsync", watched)
    back_up(store_of(ledger), target)
    assert there[-1:] == [True]


def test_a_copy_of_other_events_does_not_count_though_it_holds_in_itself(
    ledger: Ledger, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another(source: Reader, path: Path, source_path: str) -> None:
        with closing(SqliteStore.open(path, source.origin)) as store:
            describe(later(store), "of somebody else")

    monkeypatch.setattr(backup, "_copy", another)
    with pytest.raises(Damaged, match="the ledger another"):
        back_up(store_of(ledger), target)
    assert not target.exists()


def test_what_a_killed_backup_left_behind_goes(ledger: Ledger, target: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    leftover = Path(f"{target}.new-{gone.pid}")
    leftover.write_bytes(b"half a backup")
    aside_of(target).write_bytes(b"of a process that had our number")
    back_up(store_of(ledger), target)
    assert names(target) <= {"facts.db", "facts.db-journal"}


def _another_ledger(target: Path, _: Ledger) -> None:
    with closing(SqliteStore.open(target, "f" * 32)) as store:
        describe(later(store), "of its own")


def _a_copy_that_went_on(target: Path, ledger: Ledger) -> None:
    back_up(store_of(ledger), target)
    with closing(SqliteStore.open(target)) as store:
        describe(later(store), "of its own")


def _text(target: Path, _: Ledger) -> None:
    target.write_text("notes of somebody")


def _a_folder(target: Path, _: Ledger) -> None:
    target.mkdir()


@pytest.mark.parametrize("there", [_another_ledger, _a_copy_that_went_on, _text, _a_folder])
def test_nothing_but_an_earlier_backup_is_replaced(
    ledger: Ledger, target: Path, there: Callable[[Path, Ledger], None]
) -> None:
    there(target, ledger)
    before = target.read_bytes() if target.is_file() else None
    with pytest.raises(BadInput):
        back_up(store_of(ledger), target)
    assert (target.read_bytes() if target.is_file() else None) == before
    assert names(target) <= {"facts.db", "facts.db-journal"}


@pytest.mark.parametrize("mode", ["persist", "wal"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_journal_that_another_file_left_is_not_written_into_the_backup(
    ledger: Ledger, target: Path, mode: str, gone: bool
) -> None:
    """A backup was recorded in, by a program that was killed; perhaps it was removed since."""
    back_up(store_of(ledger), target)
    journal = Path(f"{target}{'-wal' if mode == 'wal' else '-journal'}")
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        for pragma in (f"journal_mode = {mode}", "cache_size = 2"):
            connection.execute(f"PRAGMA {pragma}").fetchone()
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE notes (text)")
        connection.executemany("INSERT INTO notes VALUES (?)", [("x" * 3000,)] * 200)
        if mode == "wal":
            connection.execute("COMMIT")
        left = target.read_bytes(), journal.read_bytes()
    target.write_bytes(left[0])
    journal.write_bytes(left[1])
    if gone:
        target.unlink()
    with pytest.raises(BadInput, match=r"did not finish writing to facts\.db"):
        back_up(store_of(ledger), target)
    assert journal.read_bytes() == left[1]
    journal.unlink()
    target.unlink(missing_ok=True)
    back_up(store_of(ledger), target)
    with closing(SqliteStore.open(target)) as copy:
        assert verify(copy).ok


def test_a_file_that_is_refused_is_not_touched(ledger: Ledger, target: Path) -> None:
    """Not even brought to this version's format."""
    _another_ledger(target, ledger)
    with closing(sqlite3.connect(target)) as connection:
        connection.executescript(
            "PRAGMA user_version = 1; CREATE TABLE ledger (origin TEXT); "
            "INSERT INTO ledger SELECT origin FROM origins; "
            "DROP TABLE origins; DROP TABLE erasures; DROP TABLE scrubs;"
        )
    before = target.read_bytes()
    with pytest.raises(BadInput, match="holds events that this ledger does not"):
        back_up(store_of(ledger), target)
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("UPDATE bodies SET body = zeroblob(9) WHERE position = 4321", "position 4321: "),
        ("DELETE FROM events WHERE position = 17", "position 17: missing"),
        ("UPDATE events SET hashes = zeroblob(32) WHERE position = 4200", "position 4200: "),
    ],
)
def test_a_damaged_ledger_is_not_backed_up(
    ledger: Ledger, target: Path, change: str, place: str
) -> None:
    back_up(store_of(ledger), target)
    before = target.read_bytes()
    with closing(sqlite3.connect(store_of(ledger).path)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
        connection.commit()
    with pytest.raises(Damaged, match=place):
        back_up(store_of(ledger), target)
    assert target.read_bytes() == before
    assert names(target) <= {"facts.db", "facts.db-journal"}


def test_a_full_disk_leaves_the_earlier_backup(
    ledger: Ledger, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(store_of(ledger), target)
    before = target.read_bytes()
    describe(ledger, "one more")

    def little_room(connection: sqlite3.Connection) -> None:
        create_tables(connection)
        connection.execute("PRAGMA max_page_count = 50")

    monkeypatch.setattr(backup, "create_tables", little_room)
    with pytest.raises(StorageError, match="full"):
        back_up(store_of(ledger), target)
    assert target.read_bytes() == before
    assert names(target) <= {"facts.db", "facts.db-journal"}


def test_a_copy_that_the_disk_spoilt_does_not_count(
    ledger: Ledger, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read again from where it was written, and refused."""
    back_up(store_of(ledger), target)
    before = target.read_bytes()

    def spoil(path: Path) -> None:
        data = bytearray(path.read_bytes())
        at = data.index(b"source 1234")
        data[at + 7] ^= 1
        path.write_bytes(data)

    monkeypatch.setattr(backup, "sync_file", spoil)
    with pytest.raises(Damaged, match="position 1234"):
        back_up(store_of(ledger), target)
    assert target.read_bytes() == before
