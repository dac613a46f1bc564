"""The views file can be lost, damaged, of another history, or killed half way: it is made right.

Whatever befell it, the next one to open the views sees what a fresh build shows.
"""

import contextlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from histories import ORIGIN, Ticking, holding
from hypothesis import given, settings
from hypothesis import strategies as st
from projected import dump, whole

from ledger.dates import read_day
from ledger.errors import Damaged, StorageError
from ledger.events import (
    Claim,
    ClaimAsserted,
    ClaimRetracted,
    EntitiesMatched,
    Event,
    PredicateDefined,
    RecordingCorrected,
)
from ledger.grammar import read_value
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.sqlite import SqliteStore
from ledger.store import Reader, Row
from projections.views import Views, views_path

Json = dict[str, Any]


def claim(number: int, dice: random.Random) -> Claim:
    """One of many claims of few keys, so that every other one meets another."""
    return Claim(
        subject=f"Country {number % 7}",
        predicate=("toll", "level")[number % 2],
        value=read_value(str(dice.choice((number, 500, 501, 90)))),
        claimant=f"Source {dice.randrange(5)}",
        published=read_day("2026-02-20"),
        as_of=read_day(f"2026-02-{dice.randrange(1, 20):02d}"),
    )


def history(count: int) -> Iterator[Event]:
    """Events of every kind that changes what was seen before."""
    dice = random.Random(count)
    yield PredicateDefined(name="toll", value_type="quantity", over_time="cumulative-up")
    for number in range(1, count - 1):
        if number % 50 == 0:
            yield EntitiesMatched(a=f"Country {number // 50 % 7}", b=f"Land {number}")
        else:
            yield ClaimAsserted(claim=claim(number, dice))
    yield PredicateDefined(name="level", value_type="quantity", tolerance="1%")


def fill(store: SqliteStore | MemoryStore, count: int) -> Ledger:
    """Append a history, and corrections and retractions of what is in it."""
    ledger = Ledger(store, clock=Ticking(), random=random.Random(5).randbytes)
    dice = random.Random(1)
    recorded = ledger.append(history(count), "desk")
    for one in recorded[10 : count - 1 : 40]:
        new = ClaimAsserted(claim=claim(one.position + 1000, dice)).claim
        if isinstance(ledger.entry(one.position).event, ClaimAsserted):
            ledger.append([RecordingCorrected(corrects=one.id, claim=new)], "desk")
    for one in recorded[11 : count - 1 : 40]:
        if isinstance(ledger.entry(one.position).event, ClaimAsserted):
            ledger.append(
                [ClaimRetracted(claim=one.id, published=read_day("2026-02-21"), reason="wrong")],
                "desk",
            )
    return ledger


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The rows of a ledger of some hundreds of events."""
    return list(fill(MemoryStore(ORIGIN), 200).store.rows())


@pytest.fixture(scope="module")
def seen(rows: list[Row]) -> Json:
    """What is seen of all of them."""
    return whole(holding(rows))


def opened(path: Path, rows: Sequence[Row]) -> Json:
    """Open the views of these events in a file, and return what they show."""
    with Views.open(holding(rows), path) as views:
        assert views.size() == len(rows)
        assert views.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return dump(views.connection)


def test_the_views_lie_beside_the_ledger() -> None:
    assert views_path("a/facts.db") == Path("a/facts.views.db")
    assert views_path(Path("facts")) == Path("facts.views.db")


def test_they_are_made_caught_up_and_left_alone(
    tmp_path: Path, rows: list[Row], seen: Json
) -> None:
    path = tmp_path / "facts.views.db"
    assert opened(path, rows[:0]) == whole(holding([]))
    assert opened(path, rows[:150]) == whole(holding(rows[:150]))
    assert opened(path, rows) == seen
    before = path.stat().st_mtime_ns
    assert opened(path, rows) == seen
    assert path.stat().st_mtime_ns == before
    assert [file.name for file in tmp_path.iterdir() if ".new-" in file.name] == []


# --- what may have happened to the file ------------------------------------------------------


def _write(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def _cut(path: Path, to: Callable[[int], int]) -> None:
    with path.open("r+b") as file:
        file.truncate(to(path.stat().st_size))


def _scribble(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"no database any more" * 40)


MISHAPS: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "emptied": lambda path: path.write_bytes(b""),
    "header damaged": lambda path: _scribble(path, 0),
    "schema damaged": lambda path: _scribble(path, 100),
    "first table damaged": lambda path: _scribble(path, 4096),
    "cut to a page": lambda path: _cut(path, lambda size: 4096),
    "cut in half": lambda path: _cut(path, lambda size: size // 2),
    "cut within a page": lambda path: _cut(path, lambda size: size // 2 + 1000),
    "of an older version": lambda path: _write(path, "UPDATE reached SET version = 0"),
    "of another ledger": lambda path: _write(path, f"UPDATE reached SET origin = '{'f' * 32}'"),
    "of another history": lambda path: _write(path, f"UPDATE reached SET event = '{'f' * 64}'"),
    "ahead of the ledger": lambda path: _write(path, "UPDATE reached SET size = size + 1000"),
    "without its mark": lambda path: _write(path, "DELETE FROM reached"),
    "without a table": lambda path: _write(path, "DROP TABLE reached"),
    "with a journal of another": lambda path: shutil.copy(path, f"{path}-journal"),
}


@pytest.mark.parametrize("mishap", MISHAPS)
def test_whatever_befell_the_file_the_next_read_is_right(
    tmp_path: Path, rows: list[Row], seen: Json, mishap: str
) -> None:
    path = tmp_path / "facts.views.db"
    opened(path, rows[:180])
    MISHAPS[mishap](path)
    assert opened(path, rows) == seen
    assert opened(path, rows) == seen


@pytest.mark.parametrize(
    "foreign",
    [
        lambda path: path.write_text("Dear diary, " * 1000),
        lambda path: _write(path, "CREATE TABLE mine (x)"),
        lambda path: SqliteStore.open(path, "f" * 32).close(),
    ],
    ids=["another file", "another database", "another ledger"],
)
def test_a_file_that_is_not_ours_is_never_overwritten(
    tmp_path: Path, rows: list[Row], foreign: Callable[[Path], object]
) -> None:
    path = tmp_path / "facts.views.db"
    foreign(path)
    before = path.read_bytes()
    with pytest.raises(StorageError, match="not a views file"):
        opened(path, rows[:10])
    assert path.read_bytes() == before


def test_a_file_that_broke_while_nothing_was_new_is_found_when_something_is(
    tmp_path: Path, rows: list[Row], seen: Json
) -> None:
    path = tmp_path / "facts.views.db"
    opened(path, rows[:180])
    pages = path.stat().st_size // 4096
    for page in range(2, pages, max(1, pages // 4)):
        opened(path, rows[:180])
        _scribble(path, page * 4096)
        with contextlib.suppress(AssertionError, sqlite3.DatabaseError):
            opened(path, rows)
        path.unlink()
        assert opened(path, rows) == seen


def test_a_ledger_restored_from_a_backup_has_other_views(tmp_path: Path, rows: list[Row]) -> None:
    """Its events up to there are the same; what came after is not."""
    path = tmp_path / "facts.views.db"
    opened(path, rows)
    store = holding(rows[:120])
    ledger = Ledger(store, clock=Ticking(), random=random.Random(6).randbytes)
    dice = random.Random(8)
    ledger.append((ClaimAsserted(claim=claim(n, dice)) for n in range(120)), "desk")
    assert opened(path, list(store.rows())) == whole(store)


# --- an error half way -----------------------------------------------------------------------


@attrs.define
class Failing:
    """A ledger that cannot be read any more after so many reads."""

    store: MemoryStore
    left: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError("the disk is gone")

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        for row in self.store.rows(start, stop):
            self._count()
            yield row

    def row(self, position: int) -> Row:
        self._count()
        return self.store.row(position)

    def at(self, positions: Sequence[int]) -> list[Row]:
        self._count()
        return self.store.at(positions)


@settings(max_examples=settings().max_examples // 4)
@given(st.sampled_from((0, 50, 200)), st.integers(0, 500))
def test_a_ledger_that_fails_half_way_leaves_the_views_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], seen: Json, reached: int, after: int
) -> None:
    path = tmp_path_factory.mktemp("views") / "facts.views.db"
    before = opened(path, rows[:reached])
    failing: Reader = Failing(holding(rows), after)
    with contextlib.suppress(OSError), Views.open(failing, path) as views:
        assert dump(views.connection) == seen
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert dump(connection) in (before, seen)
    assert opened(path, rows) == seen
    assert [file.name for file in path.parent.iterdir() if ".new-" in file.name] == []


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 300))
def test_an_interrupted_statement_leaves_the_views_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], seen: Json, after: int
) -> None:
    path = tmp_path_factory.mktemp("views") / "facts.views.db"
    before = opened(path, rows[:200])
    with Views.open(holding(rows[:200]), path) as views:
        views.store = holding(rows)
        ticks = iter(range(after))
        views.connection.set_progress_handler(lambda: next(ticks, None) is None, 1000)
        expected = seen
        try:
            views.catch_up()
        except sqlite3.OperationalError:
            expected = before
        views.connection.set_progress_handler(None, 0)
        assert dump(views.connection) == expected
    assert opened(path, rows) == seen


@pytest.mark.parametrize("reached", [0, 180], ids=["rebuild", "catch-up"])
def test_a_full_disk_leaves_the_views_as_they_were_and_says_so(
    tmp_path: Path, rows: list[Row], seen: Json, reached: int
) -> None:
    path = tmp_path / "facts.views.db"
    before = opened(path, rows[:reached])
    with Views.open(holding(rows[:reached]), path) as views:
        views.store = holding(rows)
        [pages] = views.connection.execute("PRAGMA page_count").fetchone()
        views.connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            views.catch_up()
        assert dump(views.connection) == before
    assert opened(path, rows) == seen


def test_an_event_that_cannot_be_read_stops_the_views_and_says_where(
    tmp_path: Path, rows: list[Row]
) -> None:
    path = tmp_path / "facts.views.db"
    opened(path, rows[:5])
    bodies = (
        b"{",
        b"{}",
        b'{"reading":{},"statement":{}}',
        b'{"reading":[],"statement":[]}',
        (rows[7].body or b"").replace(b'"lower":"', b'"lower":"x'),
        (rows[7].body or b"").replace(b'"type":"quantity"', b'"type":"number"'),
    )
    for body in bodies:
        broken = [*rows[:7], rows[7]._replace(body=body), *rows[8:20]]
        with pytest.raises(Damaged, match="position 7"):
            opened(path, broken)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            assert dump(connection) == whole(holding(rows[:5]))


# --- killed half way -------------------------------------------------------------------------

_OPEN_VIEWS = """
import os, signal, sys
from pathlib import Path
from ledger.sqlite import SqliteStore
from projections.views import Views
import projections.build, sqlite_utils
print("ready", flush=True)
for line in sys.stdin:
    ledger, views, kill_after = line.split()
    child = os.fork()
    if not child:
        signal.setitimer(signal.ITIMER_REAL, float(kill_after))
        Views.open(SqliteStore.open(ledger), Path(views)).close()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

Opener = Callable[[Path, Path, float], bool]


@pytest.fixture(scope="module")
def open_and_die() -> Iterator[Opener]:
    """Opens views in a process of its own, which the kernel kills after so many seconds.

    Returns whether it was killed. No code of the process runs when its timer goes off.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _OPEN_VIEWS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asks, answers = process.stdin, process.stdout
    assert answers.readline() == "ready\n"

    def run(ledger: Path, views: Path, kill_after: float) -> bool:
        print(ledger, views, kill_after, file=asks, flush=True)
        status = int(answers.readline())
        assert status in (0, -signal.SIGALRM)
        return status != 0

    with process:
        yield run
        asks.close()


@pytest.mark.parametrize("reached", [0, 180], ids=["rebuild", "catch-up"])
def test_killed_at_any_moment_the_next_read_is_right(
    tmp_path: Path, rows: list[Row], seen: Json, open_and_die: Opener, reached: int
) -> None:
    """Killed at random moments of what it takes, sometimes twice, and read again each time."""
    ledger, views = tmp_path / "facts.db", tmp_path / "facts.views.db"
    start, before = tmp_path / "start.db", whole(holding(rows[:reached]))
    with contextlib.closing(SqliteStore.open(ledger, ORIGIN)) as store, store.appending() as writer:
        writer.add(rows)
    opened(start, rows[:reached])
    shutil.copy(start, views)
    begun = time.perf_counter()
    assert not open_and_die(ledger, views, 600)
    takes = time.perf_counter() - begun
    dice = random.Random(reached)
    killed = 0
    for number in range(8):
        shutil.copy(start, views)
        for _ in range(1 + number % 2):
            killed += open_and_die(ledger, views, dice.uniform(0.001, takes))
        if killed:
            with contextlib.closing(sqlite3.connect(views)) as connection:
                assert dump(connection) in (before, seen)
        assert opened(views, rows) == seen
    assert killed
