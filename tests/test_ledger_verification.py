"""Verifying leaves nothing out, however its work is cut and shared, and reads what it may skip.

The reference says row by row, in the plainest way, what has to hold.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from histories import Desk, Move, Ticking, histories, holding, new_ledger, shared
from hypothesis import given
from hypothesis import strategies as st

from cli import verifying
from cli.verifying import verify_file
from ledger.codec import fingerprint_of
from ledger.errors import Damaged
from ledger.events import BodyErased, EntitiesMatched, Event
from ledger.heads import check_written, commitment, decode_head, read_time
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.merkle import Frontier, leaf_hash
from ledger.sqlite import SqliteStore
from ledger.store import Row
from ledger.verification import verify


def reference(rows: Sequence[Row]) -> list[str]:
    """What does not hold of rows, at the positions that they name."""
    problems: list[tuple[int, str]] = []
    frontier = Frontier()
    last: dict[str, tuple[int, str]] = {}
    for expected, row in enumerate(rows):
        if row.position != expected:
            problems.append((expected, "missing"))
            break
        if frontier.append(leaf_hash(row.head)) != row.hashes:
            problems.append((expected, "the kept hashes are not those of the tree"))
        try:
            head = decode_head(row.head)
            read_time(head.recorded_at)
        except Damaged as error:
            problems.append((expected, error.message))
            continue
        seq, recorded_at = last.get(head.origin, (-1, ""))
        if head.seq != seq + 1:
            problems.append((expected, f"event {head.seq} of its origin follows event {seq}"))
        if head.recorded_at <= recorded_at:
            problems.append((expected, f"recorded at {head.recorded_at}, not after {recorded_at}"))
        last[head.origin] = (head.seq, head.recorded_at)
        try:
            check_written(head, row.head)
        except Damaged as error:
            problems.append((expected, error.message))
        if row.body is None or row.salt is None:
            problems.append((expected, "the body is missing"))
        elif commitment(row.salt, row.body) != head.body:
            problems.append((expected, "the body is not the one that was recorded"))
        elif fingerprint_of(head.type, row.body) != row.fingerprint:
            problems.append((expected, "the fingerprint is not that of the body"))
    return [f"position {position}: {what}" for position, what in sorted(problems)]


class Rows(MemoryStore):
    """A store of rows that need not hold."""

    def __init__(self, rows: Iterable[Row]) -> None:
        super().__init__("0" * 32)
        self._rows = list(rows)

    def size(self) -> int:
        return self._rows[-1].position + 1

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        end = self.size() if stop is None else stop
        return (row for row in self._rows if start <= row.position < end)


def put(row: Row, name: str, value: bytes) -> Row:
    """The row with one of its parts replaced."""
    return Row(**{**row._asdict(), name: value})


@st.composite
def damages(draw: st.DrawFn, rows: Sequence[Row]) -> list[Row]:
    """The rows with something done to one or two of them."""
    changed = list(rows)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(changed) - 1))
        what = draw(st.sampled_from(["head", "hashes", "salt", "body", "fingerprint"]))
        how = draw(st.sampled_from(["flip", "cut", "from another", "swap", "leave out", "double"]))
        value = getattr(changed[at], what) or b"?"
        other = draw(st.integers(0, len(changed) - 1))
        if how == "flip":
            byte = draw(st.integers(0, len(value) - 1))
            flipped = value[byte] ^ draw(st.integers(1, 255))
            value = value[:byte] + bytes([flipped]) + value[byte + 1 :]
            changed[at] = put(changed[at], what, value)
        elif how == "cut":
            changed[at] = put(changed[at], what, value[:-1])
        elif how == "from another":
            changed[at] = put(changed[at], what, getattr(changed[other], what))
        elif how == "swap":
            one, two = changed[at], changed[other]
            changed[at] = two._replace(position=one.position)
            changed[other] = one._replace(position=two.position)
        elif how == "double":
            changed.insert(at, changed[at])
            changed = [row._replace(position=number) for number, row in enumerate(changed)]
        elif len(changed) > 1:
            del changed[at]
    return changed


@given(histories() | shared(), st.integers(0, 4), st.data())
def test_what_does_not_hold_is_found_wherever_it_lies(
    history: list[Move], level: int, data: st.DataObject
) -> None:
    """In stretches of 1 to 16 rows; of several ledgers' events, alike and unlike."""
    desk = Desk()
    for move in history:
        desk.play(move)
    rows = list(desk.ledger.store.rows())
    if not rows:
        return
    changed = data.draw(damages(rows))
    problems = reference(changed)
    found = verify(Rows(changed), level=level)
    without_the_next = [problem.split("; the next")[0] for problem in found.problems]
    assert sorted(without_the_next) == sorted(set(problems))
    if changed == rows:
        assert found.ok
        assert (found.size, found.root) == (len(rows), desk.ledger.root())


def matched(*numbers: int) -> list[Event]:
    """Events that are alike but for a number."""
    return [EntitiesMatched(a=f"name {number}", b="the other") for number in numbers]


def test_one_wrong_byte_among_heads_that_are_alike_is_found() -> None:
    """Every byte of the head, the hashes, the salt, the body and the fingerprint, one by one."""
    ledger = new_ledger()
    ledger.append(matched(1, 2, 3, 4, 5, 6), "desk")
    rows = list(ledger.store.rows())
    for name in ("head", "hashes", "salt", "body", "fingerprint"):
        value = getattr(rows[4], name)
        for byte in range(len(value)):
            wrong = value[:byte] + bytes([value[byte] ^ 1]) + value[byte + 1 :]
            changed = [*rows[:4], put(rows[4], name, wrong), rows[5]]
            found = verify(Rows(changed)).problems
            assert sorted(found) == sorted(reference(changed)), (name, byte)
            assert found, (name, byte)


@pytest.mark.parametrize("level", [0, 1, 2, 14])
def test_a_body_may_be_gone_only_where_an_event_says_so(level: int) -> None:
    ledger = new_ledger()
    one, other, _ = ledger.append(matched(1, 2, 3), "desk")
    erasures = [BodyErased(event=id_, by="desk", ground="law") for id_ in ("0" * 64, one.id)]
    ledger.append(erasures, "desk")
    rows = list(ledger.store.rows())
    bare = [row._replace(salt=None, body=None, fingerprint=None) for row in rows]
    found = verify(holding([*bare[:2], *rows[2:]]), level=level)
    assert found.problems == (f"position {other.position}: the body is missing",)
    assert found.erased == 1
    whole = verify(holding([bare[0], *rows[1:]]), level=level)
    assert (whole.ok, whole.erased, whole.root) == (True, 1, ledger.root())


def test_several_processes_find_what_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a ledger of many stretches, of which the last is not full."""
    level, stretch = 5, 32
    path = tmp_path / "facts.db"
    with closing(SqliteStore.open(path, "0" * 32)) as store:
        ledger = Ledger(store, clock=Ticking(), random=random.Random(7).randbytes)
        ledger.append(matched(*range(40 * stretch + 10)), "desk")
        root = ledger.root()
    monkeypatch.setattr(verifying, "processors", lambda: 3)
    monkeypatch.setattr(verifying, "_WORTH_SHARING", 1)
    told: list[tuple[int, int]] = []
    with closing(SqliteStore.open(path)) as store:
        found = verify_file(store, str(path), lambda *done: told.append(done), level=level)
        assert found == verify(store)
        assert (found.ok, found.size) == (True, 40 * stretch + 10)
        assert found.root == root
    assert told == [(min(number * stretch, found.size), found.size) for number in range(1, 42)]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER bodies_no_update")
        for position in (5, 2 * stretch, 40 * stretch + 9):
            connection.execute("UPDATE bodies SET salt = x'' WHERE position = ?", (position,))
    with closing(SqliteStore.open(path)) as store:
        found = verify_file(store, str(path), level=level)
        assert found == verify(store)
        assert [problem.split(":")[0] for problem in found.problems] == [
            "position 5", f"position {2 * stretch}", f"position {40 * stretch + 9}",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"type":"body-erased"', b'"type": "body-erased"'),
        (b'"origin":"', b'"origin":"../'),
        (b'"recorder":"desk"', b'"recorder":"' + b"d" * 201 + b'"'),
    ],
)
def test_a_head_in_another_spelling_is_found_though_all_hashes_hold(
    before: bytes, after: bytes
) -> None:
    """What says that a body is erased is looked for in the bytes, and has to be found there."""
    ledger = new_ledger()
    [one] = ledger.append(matched(1), "desk")
    ledger.append([BodyErased(event=one.id, by="desk", ground="law")], "desk")
    rows = list(ledger.store.rows())
    assert before in rows[1].head
    head = rows[1].head.replace(before, after)
    frontier = Frontier()
    changed = [
        row._replace(head=said, hashes=frontier.append(leaf_hash(said)))
        for row, said in zip(rows, (rows[0].head, head), strict=True)
    ]
    problems = verify(Rows(changed)).problems
    assert any(problem.startswith("position 1: head: ") for problem in problems), problems
