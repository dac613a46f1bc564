"""The ledger keeps its promise over any store: nothing twice, nothing lost, nothing unnoticed."""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import attrs
import pytest
from histories import ORIGIN, START, Ticking, holding, new_ledger
from hypothesis import given
from hypothesis import strategies as st
from strategies import events

from ledger.appending import Recorded
from ledger.canonical import canonical
from ledger.codec import UnknownEvent, encode, fingerprint_of
from ledger.dates import read_day
from ledger.errors import BadInput
from ledger.events import Claim, ClaimAsserted, Event
from ledger.grammar import read_value
from ledger.heads import commitment, read_time
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash
from ledger.sqlite import SqliteStore
from ledger.store import Row
from ledger.values import Quantity
from ledger.verification import verify

EVENTS = st.lists(events(), max_size=6)


def claim(value: str, claimant: str = "Ann") -> ClaimAsserted:
    """A claim like any other."""
    return ClaimAsserted(
        claim=Claim(
            subject="Iran",
            predicate="toll",
            value=read_value(value),
            claimant=claimant,
            published=read_day("2026-02-06"),
        )
    )


def ledger_at(*moments: datetime) -> Ledger:
    """A ledger whose clock shows these moments, one after another."""
    clock = iter(moments)
    return Ledger(MemoryStore(ORIGIN), clock=lambda: next(clock), random=random.randbytes)


# --- appending -------------------------------------------------------------------------------


@given(EVENTS)
def test_what_was_appended_is_read_in_its_order(history: list[Event]) -> None:
    ledger = new_ledger()
    recorded = ledger.append(history, "desk")
    assert [ledger.entry(one.position).event for one in recorded] == history
    assert [one.id for one in recorded] == [ledger.entry(one.position).id for one in recorded]
    read = list(ledger.read())
    assert [entry.position for entry in read] == list(range(ledger.size()))
    assert [entry.head.seq for entry in read] == list(range(ledger.size()))
    assert {entry.head.origin for entry in read} <= {ORIGIN}
    assert {entry.head.recorder for entry in read} <= {"desk"}
    assert ledger.verify().ok


@given(EVENTS, st.data())
def test_the_same_statement_is_recorded_once(history: list[Event], data: st.DataObject) -> None:
    """In one append or in several, and recording it again answers where it is."""
    ledger = new_ledger()
    first: dict[bytes, Recorded] = {}
    repeated = data.draw(st.lists(st.sampled_from(history), max_size=9)) if history else []
    for batch in (history, repeated, repeated + history):
        for event, kept in zip(batch, ledger.append(batch, "desk"), strict=True):
            known = first.setdefault(encode(event).fingerprint, kept)
            assert kept.new == (kept is known)
            assert (kept.position, kept.id) == (known.position, known.id)
    assert ledger.size() == len(first)


def test_a_better_reading_of_a_recorded_statement_is_not_recorded_again() -> None:
    ledger = new_ledger()
    said = claim("at least 5")
    [kept] = ledger.append([said], "desk")
    better = Quantity("at least 5", lower=Decimal(5), upper=Decimal(8_000_000_000))
    read = ClaimAsserted(claim=attrs.evolve(said.claim, value=better))
    assert ledger.append([read], "desk") == [kept._replace(new=False)]
    assert ledger.entry(0).event == said


def test_equal_statements_of_another_origin_are_another_recording() -> None:
    """An event that was pulled from elsewhere is not ours; ours is recorded beside it."""
    theirs = Ledger(MemoryStore("f" * 32), clock=Ticking(), random=random.randbytes)
    theirs.append([claim("5")], "they")
    store = holding(theirs.store.rows())
    ledger = Ledger(store, clock=Ticking(), random=random.randbytes)
    [kept] = ledger.append([claim("5")], "desk")
    assert (kept.position, kept.new) == (1, True)
    assert [entry.head.seq for entry in ledger.read()] == [0, 0]
    assert ledger.append([claim("5")], "desk") == [kept._replace(new=False)]
    assert ledger.verify().ok


@given(EVENTS, EVENTS, EVENTS)
def test_a_copy_goes_on_under_an_origin_of_its_own(
    before: list[Event], here: list[Event], there: list[Event]
) -> None:
    """So nothing the two record can be taken for the same event; what both held, both know."""
    ledger = new_ledger()
    ledger.append(before, "desk")
    store = cast(MemoryStore, ledger.store).copy()
    copy = Ledger(store, clock=Ticking(), random=random.Random(8).randbytes)
    ledger.append(here, "desk")
    copy.append(there, "desk")
    known = {encode(event).fingerprint for event in before}
    new = {encode(event).fingerprint for event in there} - known
    of_the_copy = [entry for entry in copy.read() if entry.head.origin == copy.origin]
    assert copy.origin != ledger.origin
    assert [entry.head.seq for entry in of_the_copy] == list(range(len(new)))
    assert copy.size() == len(known) + len(new)
    assert copy.verify().ok
    assert {e.id for e in copy.read()} & {e.id for e in ledger.read()} == {
        entry.id for entry in ledger.read(0, len(known))
    }


@given(EVENTS, EVENTS)
def test_an_append_is_kept_whole_or_not_at_all(before: list[Event], lost: list[Event]) -> None:
    ledger = new_ledger()
    ledger.append(before, "desk")
    rows, root = list(ledger.store.rows()), ledger.root()
    with suppress(ZeroDivisionError), ledger.appending("desk") as appending:
        for event in lost:
            appending.add(event)
        raise ZeroDivisionError
    assert list(ledger.store.rows()) == rows
    assert ledger.root() == root
    recorded = ledger.append(lost, "desk")
    assert [ledger.entry(one.position).event for one in recorded] == lost
    assert ledger.verify().ok


def test_an_event_that_cannot_be_written_stops_the_others() -> None:
    ledger = new_ledger()
    huge = claim("5")
    huge = attrs.evolve(huge, claim=attrs.evolve(huge.claim, wording="x" * 2**20))
    with pytest.raises(BadInput):
        ledger.append([claim("6"), huge], "desk")
    with pytest.raises(BadInput, match="recorder"):
        ledger.append([claim("6")], "x" * 201)
    assert ledger.size() == 0


def test_an_open_append_knows_its_size_and_root() -> None:
    ledger = new_ledger()
    ledger.append([claim("5")], "desk")
    with ledger.appending("desk") as appending:
        assert appending.size == 1
        assert appending.root() == ledger.root()
        appending.add(claim("6"))
        size, root = appending.size, appending.root()
    assert (size, root) == (ledger.size(), ledger.root()) == (2, ledger.root(2))


# --- the clock -------------------------------------------------------------------------------

MICROSECOND = timedelta(microseconds=1)


@given(st.lists(st.tuples(st.timedeltas(-MICROSECOND * 5, MICROSECOND * 5), st.integers(1, 4))))
def test_recorded_at_strictly_increases_whatever_the_clock_does(
    steps: list[tuple[timedelta, int]],
) -> None:
    """It stands still, it runs back: the next event is a microsecond later than the last."""
    now = START
    ledger = Ledger(MemoryStore(ORIGIN), clock=lambda: now, random=random.randbytes)
    expected: list[datetime] = []
    for step, count in steps:
        now += step
        ledger.append([claim(str(len(expected) + number)) for number in range(count)], "desk")
        for _ in range(count):
            last = expected[-1] + MICROSECOND if expected else now
            expected.append(max(now, last))
    assert [read_time(entry.head.recorded_at) for entry in ledger.read()] == expected


def test_the_time_is_told_in_utc() -> None:
    paris = datetime(2026, 2, 6, 19, 30, 0, 5, timezone(timedelta(hours=1)))
    ledger = ledger_at(paris)
    ledger.append([claim("5")], "desk")
    assert ledger.entry(0).head.recorded_at == "2026-02-06T18:30:00.000005Z"


def test_the_ledger_goes_on_where_another_program_left_it() -> None:
    ledger = ledger_at(START)
    ledger.append([claim("5"), claim("6")], "desk")
    behind = Ledger(ledger.store, clock=lambda: START - timedelta(1), random=random.randbytes)
    behind.append([claim("7")], "another")
    assert [entry.head.seq for entry in behind.read()] == [0, 1, 2]
    assert behind.verify().ok


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(("keeps", "fails", "restores")))))
def test_ledgers_that_take_turns_on_one_store_go_on_where_it_stands(
    turns: list[tuple[int, str]],
) -> None:
    """One appends, or fails to, or the store is set back to a past and goes another way."""
    store = MemoryStore(ORIGIN)
    ledgers = [
        Ledger(store, clock=lambda: START, random=random.Random(seed).randbytes) for seed in (1, 2)
    ]
    for number, (which, what) in enumerate(turns):
        if what == "restores":
            del store._rows[-1:]
        with suppress(ZeroDivisionError), ledgers[which].appending("desk") as appending:
            appending.add(claim(str(number)))
            if what == "fails":
                raise ZeroDivisionError
        assert verify(store).ok


def test_salts_are_drawn_anew_for_every_body() -> None:
    ledger = new_ledger()
    ledger.append([claim(str(number)) for number in range(9)], "desk")
    salts = {row.salt for row in ledger.store.rows()}
    assert len(salts) == 9
    assert {len(salt or b"") for salt in salts} == {16}


# --- the root --------------------------------------------------------------------------------


@given(EVENTS, st.data())
def test_the_root_is_that_of_the_tree_of_heads(history: list[Event], data: st.DataObject) -> None:
    ledger = new_ledger()
    assert ledger.root() == EMPTY_ROOT.hex()
    ledger.append(history, "desk")
    size = data.draw(st.integers(0, ledger.size()))
    frontier = Frontier()
    for row in ledger.store.rows(0, size):
        frontier.append(leaf_hash(row.head))
    assert ledger.root(size) == frontier.root().hex()
    verified = ledger.verify()
    assert (verified.size, verified.root) == (ledger.size(), ledger.root())


# --- verify finds every damage ---------------------------------------------------------------

TABLES = ("bodies", "events")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of six claims on disk."""
    path = tmp_path / "facts.db"
    with closing(SqliteStore.open(path, ORIGIN)) as store:
        ledger = Ledger(store, clock=Ticking(), random=random.Random(1).randbytes)
        ledger.append([claim(str(number)) for number in range(6)], "desk")
    return path


def verified_after(path: Path, *statements: str) -> tuple[str, ...]:
    """What verify finds after somebody wrote to the file who first dropped every trigger."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    with closing(SqliteStore.open(path)) as store:
        return verify(store).problems


def head_with(**change: Any) -> str:
    """SQL for the head at position 3 with a field changed."""
    changes = ", ".join(f"'$.{name}', {value}" for name, value in change.items())
    return f"UPDATE events SET head = CAST(json_set(head, {changes}) AS BLOB) WHERE position = 3"


SWAP = """UPDATE {table} SET {column} = (SELECT {column} FROM {table} AS other
  WHERE other.position = CASE {table}.position WHEN 2 THEN 3 ELSE 2 END)
  WHERE position IN (2, 3)"""


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (head_with(recorder="'somebody else'"), "position 3: the kept hashes"),
        (head_with(recorded_at="'2026-02-06T18:30:04.500000Z'"), "position 3: the kept hashes"),
        (head_with(seq="4"), "position 3: event 4 of its origin follows event 2"),
        (head_with(seq="'x'"), "position 3: head"),
        (head_with(type="5"), "position 3: head"),
        (head_with(origin="json('[]')"), "position 3: head"),
        (head_with(recorded_at="5"), "position 3: head"),
        (head_with(recorded_at="'yesterday'"), "position 3: recorded_at"),
        (head_with(recorded_at="'2026-02-06T18:30:00.000000Z'"), "position 3: recorded at"),
        (head_with(body="'00'"), "position 3: the body is not the one that was recorded"),
        ("UPDATE events SET head = x'00' WHERE position = 3", "position 3: head: not JSON"),
        ("UPDATE events SET head = x'' WHERE position = 3", "position 3: head: not JSON"),
        (
            "UPDATE events SET head = CAST(head || ' ' AS BLOB) WHERE position = 3",
            "position 3: the kept hashes",
        ),
        ("UPDATE events SET hashes = x'00' WHERE position = 3", "position 3: the kept hashes"),
        ("UPDATE events SET hashes = x'' WHERE position = 5", "position 5: the kept hashes"),
        (
            "UPDATE bodies SET body = CAST(replace(body, 'Iran', 'Iraq') AS BLOB) "
            "WHERE position = 3",
            "position 3: the body is not the one that was recorded",
        ),
        ("UPDATE bodies SET body = x'' WHERE position = 3", "position 3: the body is not"),
        ("UPDATE bodies SET salt = zeroblob(16) WHERE position = 3", "position 3: the body is not"),
        (
            "UPDATE bodies SET fingerprint = zeroblob(32) WHERE position = 3",
            "position 3: the fingerprint is not that of the body",
        ),
        (
            SWAP.format(table="bodies", column="fingerprint"),
            "position 2: the fingerprint is not that of the body",
        ),
        (SWAP.format(table="bodies", column="body"), "position 2: the body is not the one"),
        (SWAP.format(table="events", column="head"), "position 2: event 3 of its origin follows"),
        (SWAP.format(table="events", column="hashes"), "position 2: the kept hashes"),
        ("DELETE FROM bodies WHERE position = 3", "position 3: the body is missing"),
        ("DELETE FROM events WHERE position = 3", "position 3: missing; the next event is at 4"),
        ("DELETE FROM events WHERE position = 0", "position 0: missing; the next event is at 1"),
        (
            "INSERT INTO events SELECT 7, head, hashes FROM events WHERE position = 5",
            "position 6: missing; the next event is at 7",
        ),
        (
            "INSERT INTO events SELECT 6, head, hashes FROM events WHERE position = 5",
            "position 6: event 5 of its origin follows event 5",
        ),
    ],
)
def test_verify_finds_what_was_changed_and_where(path: Path, statement: str, found: str) -> None:
    problems = verified_after(path, statement)
    assert any(problem.startswith(found) for problem in problems), problems


def test_rows_that_trade_places_whole_are_found(path: Path) -> None:
    problems = verified_after(
        path,
        *(SWAP.format(table="events", column=column) for column in ("head", "hashes")),
        *(SWAP.format(table="bodies", column=column) for column in ("salt", "body")),
        SWAP.format(table="bodies", column="fingerprint"),
    )
    assert any("event 3 of its origin follows event 1" in problem for problem in problems)


def test_an_untouched_ledger_verifies(path: Path) -> None:
    assert verified_after(path) == ()


def test_what_is_cut_off_at_the_end_shows_in_size_and_root(path: Path) -> None:
    """A ledger that is shorter is a ledger: only who noted size and root can tell."""
    with closing(SqliteStore.open(path)) as store:
        noted = verify(store)
    assert verified_after(path, *(f"DELETE FROM {t} WHERE position = 5" for t in TABLES)) == ()
    with closing(SqliteStore.open(path)) as store:
        left = verify(store)
    assert (left.size, noted.size) == (5, 6)
    assert left.root != noted.root


def test_a_past_that_was_rewritten_throughout_has_another_root(path: Path) -> None:
    """Whoever may write everything can make a ledger that verifies, but not with that root."""
    with closing(SqliteStore.open(path)) as store:
        noted = verify(store)
        rows = list(store.rows())
    forged = list(_forged(rows))
    assert [row.head for row in forged[:3]] == [row.head for row in rows[:3]]
    found = verify(holding(forged))
    assert found.ok
    assert found.size == noted.size
    assert found.root != noted.root


def _forged(rows: list[Row]) -> Iterator[Row]:
    """The rows with another figure in the fourth, and everything after it worked out anew."""
    frontier = Frontier()
    for row in rows:
        assert row.body is not None
        assert row.salt is not None
        head, body = json.loads(row.head), row.body
        if row.position == 3:
            body = body.replace(b'"value":"3"', b'"value":"4"')
            head["body"] = commitment(row.salt, body)
        data = canonical(head)
        fingerprint = fingerprint_of(head["type"], body)
        yield Row(row.position, data, frontier.append(leaf_hash(data)), row.salt, body, fingerprint)


def test_a_body_that_is_missing_is_read_as_none() -> None:
    ledger = new_ledger()
    ledger.append([claim("5")], "desk")
    [row] = ledger.store.rows()
    gone = holding([row._replace(salt=None, body=None, fingerprint=None)])
    entry = Ledger(gone, clock=Ticking(), random=random.randbytes).entry(0)
    assert entry.event is None
    assert entry.id == leaf_hash(row.head).hex()
    assert verify(gone).problems == ("position 0: the body is missing",)


def test_types_of_tomorrow_are_kept_and_verified() -> None:
    ledger = new_ledger()
    ledger.append([claim("5")], "desk")
    [row] = ledger.store.rows()
    assert row.salt is not None
    head = {**json.loads(row.head), "type": "claim-forgotten"}
    body = b'{"reading":{},"statement":{"new":1}}'
    data = canonical({**head, "body": commitment(row.salt, body)})
    fingerprint = fingerprint_of("claim-forgotten", body)
    tomorrow = holding([Row(0, data, leaf_hash(data), row.salt, body, fingerprint)])
    assert verify(tomorrow).ok
    entry = Ledger(tomorrow, clock=Ticking(), random=random.randbytes).entry(0)
    assert entry.event == UnknownEvent("claim-forgotten", 1, json.loads(body))


def test_no_more_problems_are_listed_than_somebody_reads() -> None:
    ledger = new_ledger()
    ledger.append([claim(str(number)) for number in range(300)], "desk")
    broken = holding(row._replace(salt=bytes(16)) for row in ledger.store.rows())
    problems = verify(broken).problems
    assert len(problems) == 101
    assert problems[-1] == "stopped after 100 problems"
