"""Pulling: what comes in and how, what is refused, and what a fork leaves behind."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from desks import Breaking, PullingDesk, bodies, events, same, settle, state
from histories import Ticking, holding

from ledger.canonical import canonical
from ledger.codec import fingerprint_of
from ledger.errors import Damaged, LedgerError, StorageError
from ledger.events import BodyErased, LedgerMerged, SourceDescribed
from ledger.forks import Fork, Forked, keep
from ledger.heads import commitment, decode_head
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.merkle import Frontier, leaf_hash
from ledger.pulling import DoesNotVerify, pull
from ledger.sqlite import SqliteStore
from ledger.store import Reader, Row, Store
from ledger.verification import verify


def desks(count: int) -> list[PullingDesk]:
    """So many desks, each of which has filed two claims."""
    found = [PullingDesk(number) for number in range(count)]
    for desk in found:
        desk.say(f"{desk.number}1", f"{desk.number}2")
    return found


def merges(desk: PullingDesk) -> list[LedgerMerged]:
    found = [entry.event for entry in desk.ledger.read()]
    return [event for event in found if isinstance(event, LedgerMerged)]


# --- what comes in ---------------------------------------------------------------------------


def test_events_come_in_as_they_are_and_the_pull_is_recorded_after_them() -> None:
    ann, ben = desks(2)
    theirs = list(ben.store.rows())
    brought = ann.pull(ben)
    rows = list(ann.store.rows())
    assert [(row.head, row.salt, row.body, row.fingerprint) for row in rows[2:4]] == [
        (row.head, row.salt, row.body, row.fingerprint) for row in theirs
    ]
    assert (brought.start, brought.events, brought.lost) == (2, 2, 0)
    assert {origin: (part.events, part.recorders) for origin, part in brought.parts.items()} == {
        ben.store.origin: (2, {"desk 1"})
    }
    assert merges(ann) == [LedgerMerged(origin=ben.store.origin, size=2, root=ben.ledger.root())]
    assert brought.merged is not None
    assert brought.merged.position == 4
    assert ann.ledger.verify().ok
    assert list(ben.store.rows()) == theirs


@pytest.mark.parametrize(
    "other", [lambda ann, ben: ben, lambda ann, ben: ann,
              lambda ann, ben: cast(MemoryStore, ann.store).copy()],
    ids=["the same again", "itself", "a copy of itself"],
)  # fmt: skip
def test_where_nothing_is_new_nothing_is_recorded(other: Callable[..., Any]) -> None:
    ann, ben = desks(2)
    ann.pull(ben)
    rows, *_ = state(ann.store)
    brought = ann.pull(other(ann, ben))
    assert (brought.events, brought.merged, brought.older) == (0, None, None)
    assert state(ann.store)[0] == rows
    assert len(ann.store.origins) == 1


def test_who_hears_only_of_others_pulls_records_none() -> None:
    ann, ben = desks(2)
    assert ann.pull(ben).merged is not None
    assert ben.pull(ann).merged is not None
    brought = ann.pull(ben)
    assert (brought.events, brought.merged) == (1, None)
    assert ben.pull(ann).events == 0
    assert len(merges(ann)) == len(merges(ben)) == 2
    same((ann, ben))


def made_up(store: Store, body: bytes, **head: Any) -> Store:
    """A ledger like this one but for its first event, which has this body and these fields."""
    row = store.row(0)
    assert row.salt is not None
    said = {**json.loads(row.head), **head, "body": commitment(row.salt, body)}
    data = canonical(said)
    fingerprint = fingerprint_of(said["type"], body)
    rows = holding([Row(0, data, leaf_hash(data), row.salt, body, fingerprint)])
    return named(rows, store.origin)


def test_types_that_others_make_up_come_along() -> None:
    ann, ben = desks(2)
    other = made_up(ben.store, b'{"reading":{},"statement":{"new":1}}', type="x-weather")
    ann.pull(other)
    assert ann.store.row(2).head == other.row(0).head
    assert ann.ledger.verify().ok


@pytest.mark.parametrize(
    ("body", "head", "words"),
    [
        (b'{"reading":{},"statement":{"new":1}}', {"type": "claim-forgotten"}, "does not know"),
        (b'{"reading":{},"statement":{"new":1}}', {"schema": 2}, "does not know"),
        (b'{"reading":{},"statement":{"new":1}}', {"v": 2}, "format 2"),
        (b'{"reading":{},"statement":{"new":1}}', {}, "not of that form"),
        (b'{"reading":{},"statement":[1]}', {}, "not of that form"),
        (b"hello", {}, "not JSON"),
        (b"hello", {"type": "x-weather"}, "not JSON"),
        (b'{"reading":{},"statement":"' + b"x" * 1_048_577 + b'"}', {"type": "x-w"}, "bytes"),
        (b'{"reading":{},"statement":{"new":1}}', {"type": "ledger-merged"}, "not of that form"),
        (b'{"reading":{},"statement":{"new":1}}', {"type": "body-erased"}, "not of that form"),
        (b'{"reading":{},"statement":{}}', {"type": "body-erased", "schema": 2}, "does not know"),
        (
            b'{"reading":{"version":1},"statement":{"a":"","b":"A"}}',
            {"type": "entities-matched"},
            "not of the form",
        ),
    ],
)  # fmt: skip
def test_what_could_not_be_read_here_is_not_pulled(
    body: bytes, head: dict[str, Any], words: str
) -> None:
    """It could never be taken out again, and would stop every answer."""
    ann, ben = desks(2)
    before = state(ann.store)
    with pytest.raises(LedgerError, match=words):
        ann.pull(made_up(ben.store, body, **head))
    assert state(ann.store) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"lower":"11"', b'"lower":"zz"'),
        (b'"lower":"11"', b'"lower":"NaN"'),
        (b'"earliest":', b'"earliest":9'),
        (b"{", b"{ "),
    ],
)
def test_a_reading_that_is_none_is_not_pulled(old: bytes, new: bytes) -> None:
    ann, ben = desks(2)
    body = ben.store.row(0).body
    assert body is not None
    spoilt = body.replace(old, new, 1).replace(b'"earliest":9', b'"earliest":"9",_"')
    with pytest.raises(LedgerError):
        ann.pull(made_up(ben.store, spoilt))


def test_what_is_erased_there_while_it_is_read_waits_for_the_next_pull() -> None:
    """What says so lies behind the events that were verified, and would not come along."""
    ann, ben = desks(2)
    verified = verify(ben.store)
    ben.ledger.erase([0], "desk 1", by="Ben", ground="GDPR")
    before = state(ann.store)
    with pytest.raises(StorageError, match="Pull again"):
        pull(ann.ledger, ben.store, verified, "desk 0")
    assert state(ann.store) == before
    ann.pull(ben)
    same((ann,))


@pytest.mark.parametrize("what", ["head", "body", "salt", "fingerprint"])
def test_what_somebody_rewrites_after_it_was_verified_is_not_pulled(what: str) -> None:
    ann, ben = desks(2)
    verified = verify(ben.store)
    first, second = ben.store.rows()
    rewritten = holding([first, second._replace(**{what: getattr(first, what)})])
    with pytest.raises(StorageError, match="changed while it was read"):
        pull(ann.ledger, rewritten, verified, "desk 0")


def test_a_gap_here_is_damage_and_no_fork() -> None:
    ann, ben = desks(2)
    ann.pull(ben)
    first, _, *rest = ann.store.rows()
    damaged = Ledger(
        named(holding([first, *(row._replace(position=at) for at, row in enumerate(rest, 1))]),
              ann.store.origin),
        clock=Ticking(), random=os.urandom,
    )  # fmt: skip
    ann.say("9")
    with pytest.raises(Damaged, match="this ledger, position"):
        pull(damaged, ann.store, verify(ann.store), "desk 0")


def test_what_is_recorded_while_it_is_read_waits_for_the_next_pull() -> None:
    ann, ben = desks(2)
    verified = verify(ben.store)
    ben.say("99")
    assert pull(ann.ledger, ben.store, verified, "ann").head.size == 2
    assert ann.pull(ben).events == 1


def test_two_pulls_at_once_bring_everything_once() -> None:
    """The second finds part of its news held already when its turn comes."""
    ann, ben, cleo = desks(3)
    cleo.pull(ben)
    cleo.say("31")

    class Meanwhile(Breaking):
        """Ann pulls from Ben while what Cleo holds is looked at."""

        def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
            yield from self._reader.rows(start, stop)
            if not events(ben.store) <= events(ann.store):
                ann.pull(ben)

    brought = pull(ann.ledger, cast(Reader, Meanwhile(cleo.store, 0)), verify(cleo.store), "ann")
    assert {origin: part.events for origin, part in brought.parts.items()} == {cleo.store.origin: 4}
    heads = [row.head for row in ann.store.rows()]
    assert len(heads) == len(set(heads))
    assert ann.ledger.verify().ok
    settle((ann, ben, cleo))
    same((ann, ben, cleo))


def named(rows: Store, origin: str) -> Store:
    """A ledger that says it records under this name, and holds these rows, its hashes in order."""
    store = MemoryStore(origin)
    frontier = Frontier()
    with store.appending() as writer:
        writer.add(
            row._replace(position=at, hashes=frontier.append(leaf_hash(row.head)))
            for at, row in enumerate(rows.rows())
        )
    return store


# --- what is lost and comes back -------------------------------------------------------------


def put_back(desk: PullingDesk, copy: MemoryStore) -> None:
    """Put a desk back in place, with all that could tell it so."""
    again = copy.copy()
    again.moved = False
    desk.forget()
    desk.take(again)


@pytest.mark.parametrize("goes_on", [False, True], ids=["at once", "after it went on"])
def test_what_we_lost_comes_back_from_who_pulled_it(goes_on: bool) -> None:
    ann, ben = desks(2)
    old = cast(MemoryStore, ann.store).copy()
    ann.say("77", "78")
    ben.pull(ann)
    if goes_on:  # it noticed, or the copy lies elsewhere
        old.moved = True
        ann.take(old)
        ann.say("79")
    else:
        put_back(ann, old)
    former = ann.store.origins[0].name
    brought = ann.pull(ben)
    assert brought.lost == 2
    assert [decode_head(row.head).seq for row in ann.store.rows() if former.encode() in row.head
            and decode_head(row.head).origin == former] == [0, 1, 2, 3]  # fmt: skip
    assert ann.store.origin != former
    ann.say("80")
    assert decode_head(ann.store.row(ann.store.size() - 1).head).origin == ann.store.origin
    ben.pull(ann)
    settle((ann, ben))
    same((ann, ben))


def test_a_desk_that_was_restored_and_went_on_is_no_fork() -> None:
    ann, ben = desks(2)
    old = cast(MemoryStore, ben.store).copy()
    ben.say("77")
    ann.pull(ben)
    ben.take(old)
    ben.say("78")
    brought = ann.pull(ben)
    assert (brought.events, brought.older) == (1, None)
    settle((ann, ben))
    same((ann, ben))


def test_an_older_copy_of_what_was_pulled_is_told_and_brings_nothing() -> None:
    ann, ben = desks(2)
    old = cast(MemoryStore, ben.store).copy()
    ben.say("77")
    ann.pull(ben)
    before = state(ann.store)
    brought = ann.pull(old)
    assert brought.events == 0
    assert brought.older is not None
    assert brought.older.size == 3
    assert state(ann.store) == before


# --- forks -----------------------------------------------------------------------------------


def refused(desk: PullingDesk, other: PullingDesk | Store) -> Fork:
    """The fork that stops a pull, which then leaves everything as it was."""
    before = state(desk.store)
    with pytest.raises(Forked) as caught:
        desk.pull(other)
    assert state(desk.store) == before
    assert caught.value.exit_code == 1
    return caught.value.fork


def two_histories() -> tuple[PullingDesk, PullingDesk, PullingDesk]:
    """A desk, and two others that hold different histories under one name."""
    ann, ben = desks(2)
    other = PullingDesk(1, cast(MemoryStore, ben.store).copy())
    cast(MemoryStore, other.store).moved = False
    ben.say("98")
    other.say("99")
    return ann, ben, other


@pytest.mark.parametrize("pulled", [False, True], ids=["after nothing", "after a pull"])
def test_two_events_of_one_name_are_a_fork(pulled: bool) -> None:
    ann, ben, other = two_histories()
    if pulled:
        ann.pull(ben)
        fork = refused(ann, other)
    else:
        cleo = PullingDesk(7)
        cleo.pull(ben)
        ann.pull(other)  # and learns of Ben's history by a third desk
        fork = refused(ann, cleo)
    assert (fork.kind, fork.origin, fork.ours) == ("two-events", ben.store.origin, False)
    assert fork.here is not None
    assert fork.there is not None
    for one in (fork.here, fork.there):
        assert leaf_hash(one.head).hex() == one.id
        assert decode_head(one.head).seq == 2
    assert fork.here.id != fork.there.id
    assert "two different events are number 2 of that origin" in fork.said("ben.db")


def test_the_fork_may_be_our_own() -> None:
    """We were put back and noticed nothing, and somebody holds what we recorded before."""
    ann, ben = desks(2)
    old = cast(MemoryStore, ann.store).copy()
    ann.say("77")
    ben.pull(ann)
    put_back(ann, old)
    ann.say("78")
    assert refused(ann, ben).ours
    assert not refused(ben, ann).ours


def test_a_fork_that_arises_while_we_pull_is_found() -> None:
    ann, ben, other = two_histories()
    cleo = PullingDesk(7)
    cleo.pull(other)

    class Meanwhile(Breaking):
        """Ann pulls one history while the other is looked at."""

        def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
            yield from self._reader.rows(start, stop)
            if not events(ben.store) <= events(ann.store):
                ann.pull(ben)

    with pytest.raises(Forked):
        pull(ann.ledger, cast(Reader, Meanwhile(cleo.store, 0)), verify(cleo.store), "ann")
    assert not events(other.store) <= events(ann.store)
    assert ann.ledger.verify().ok


def test_a_desk_that_reorders_its_history_is_caught_by_who_saw_its_head() -> None:
    """All its events are those that are known, and it holds in itself."""
    ann, ben, cleo = desks(3)
    ben.pull(cleo)
    ann.pull(ben)
    rows = list(ben.store.rows())
    reordered = named(holding([*rows[2:4], *rows[:2], *rows[4:]]), ben.store.origin)
    assert verify(reordered).ok
    fork = refused(ann, reordered)
    assert (fork.kind, fork.origin) == ("rewritten", ben.store.origin)
    assert fork.seen is not None
    assert (fork.seen.size, fork.seen.root) == (5, ben.ledger.root())
    assert fork.shown.root == Ledger(reordered, clock=Ticking(), random=os.urandom).root()
    assert PullingDesk(8).pull(reordered).events == 5


def test_a_reordered_history_is_caught_by_a_head_that_was_seen_a_moment_ago() -> None:
    ann, ben, cleo = desks(3)
    ben.pull(cleo)
    rows = list(ben.store.rows())
    reordered = named(holding([*rows[2:4], *rows[:2], *rows[4:]]), ben.store.origin)

    class Meanwhile(Breaking):
        """Ann pulls the one order while the other is looked at."""

        def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
            yield from self._reader.rows(start, stop)
            if not ann.store.heads_seen():
                ann.pull(ben)

    with pytest.raises(Forked):
        pull(ann.ledger, cast(Reader, Meanwhile(reordered, 0)), verify(reordered), "ann")
    assert [head.root for head in ann.store.heads_seen()] == [ben.ledger.root()]


def test_a_rewritten_past_is_caught_though_the_ledger_goes_on_under_another_name() -> None:
    ann, ben, cleo = desks(3)
    ben.pull(cleo)
    ann.pull(ben)
    rows = list(ben.store.rows())
    reordered = named(holding([*rows[2:4], *rows[:2], *rows[4:]]), ben.store.origin)
    with reordered.appending() as writer:
        writer.start_origin("f" * 32)
    desk = PullingDesk(9, reordered)
    desk.say("55")
    assert refused(ann, desk).kind == "rewritten"


def test_a_ledger_that_went_back_and_went_on_is_refused() -> None:
    ann, ben, cleo = desks(3)
    short = cast(MemoryStore, ben.store).copy()
    ben.say("66", "67")
    ann.pull(ben)
    more = named(holding([*short.rows(), *list(cleo.store.rows())[:1]]), ben.store.origin)
    fork = refused(ann, more)
    assert (fork.kind, fork.shown.size) == ("rolled-back", 3)
    assert fork.seen is not None
    assert fork.seen.size == 4


def test_the_evidence_is_one_file_written_once(tmp_path: Path) -> None:
    ann, ben, other = two_histories()
    ann.pull(ben)
    fork = refused(ann, other)
    like = tmp_path / "facts.db"
    like.touch(0o640)
    like.chmod(0o640)
    path = keep(fork, tmp_path / "facts.forks", [("found_at", "now"), ("file", "ben.db")], like)
    told = json.loads(path.read_text())
    assert told["kind"] == "two-events"
    assert told["found_at"] == "now"
    assert told["shown"]["root"] == other.ledger.root()
    for event in told["events"]:
        assert leaf_hash(event["head"].encode()).hex() == event["id"]
    assert path.stat().st_mode & 0o777 == 0o440
    assert path.parent.stat().st_mode & 0o777 == 0o750
    before = path.read_text()
    assert keep(fork, path.parent, [("found_at", "later"), ("file", "b")], like) == path
    assert path.read_text() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


# --- what does not verify --------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row._replace(body=b"{}"),
        lambda row: row._replace(salt=bytes(16)),
        lambda row: row._replace(salt=None, body=None, fingerprint=None),
        lambda row: row._replace(hashes=bytes(32)),
    ],
)
def test_what_does_not_verify_is_not_pulled(change: Callable[[Row], Row]) -> None:
    ann, ben = desks(2)
    rows = list(ben.store.rows())
    damaged = holding([change(rows[0]), *rows[1:]])
    before = state(ann.store)
    with pytest.raises(DoesNotVerify, match="position 0"):
        ann.pull(damaged)
    assert state(ann.store) == before


def test_what_changes_while_it_is_read_is_not_pulled() -> None:
    ann, ben = desks(2)
    verified = verify(ben.store)

    class Changing(Breaking):
        """Another body with its salt, from the second reading on."""

        times = 0

        def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
            self.times += 1
            for row in self._reader.rows(start, stop):
                yield row if self.times < 2 else row._replace(body=b"{}")

    before = state(ann.store)
    with pytest.raises(StorageError, match="changed while it was read"):
        pull(ann.ledger, cast(Reader, Changing(ben.store, 0)), verified, "ann")
    assert state(ann.store) == before


# --- erasures --------------------------------------------------------------------------------


def test_what_its_own_ledger_erased_goes_here_too_and_no_pull_brings_it_back() -> None:
    ann, ben, cleo = desks(3)
    ann.pull(ben)
    cleo.pull(ann)
    ben.ledger.erase([0], "ben", by="ben", ground="asked to")
    brought = ann.pull(ben)
    assert brought.erased == 1
    assert ann.store.row(2).body is None
    ann.pull(cleo)
    assert ann.store.row(2).body is None
    assert cleo.pull(ann).erased == 1
    settle((ann, ben, cleo))
    same((ann, ben, cleo))


def test_what_another_erased_is_hidden_and_its_bytes_stay_the_owners_business() -> None:
    ann, ben = desks(2)
    ann.pull(ben)
    ben.pull(ann)
    ann.ledger.erase([2], "ann", by="ann", ground="asked to")  # recorded by Ben
    assert ben.pull(ann).erased == 0
    assert ben.store.row(0).body is not None
    assert bodies(ben.store)[ben.store.row(0).head] is None
    settle((ann, ben))
    same((ann, ben))


def test_a_row_without_its_body_comes_with_what_says_that_it_was_erased() -> None:
    ann, ben = desks(2)
    ben.ledger.erase([0], "ben", by="ben", ground="asked to")
    ann.pull(ben)
    assert [row.body is None for row in ann.store.rows(2, 4)] == [True, False]
    assert ann.ledger.verify().ok
    assert isinstance(ann.ledger.entry(4).event, BodyErased)


# --- interruptions ---------------------------------------------------------------------------


def test_a_pull_that_breaks_anywhere_leaves_everything_as_it_was() -> None:
    ann, ben = desks(2)
    ben.say(*(f"{number}" for number in range(300, 330)))
    before = state(ann.store)
    for rows in range(64):
        with pytest.raises(ConnectionError):
            pull(ann.ledger, cast(Reader, Breaking(ben.store, rows)), verify(ben.store), "ann")
        assert state(ann.store) == before
    assert ann.pull(ben).events == 32


_PULL = """
import os, sys
from datetime import UTC, datetime
from ledger.log import Ledger
from ledger.pulling import pull
from ledger.sqlite import SqliteStore
from ledger.verification import verify
here, there = SqliteStore.open(sys.argv[1]), SqliteStore.reading(sys.argv[2])
ledger = Ledger(here, clock=lambda: datetime.now(UTC), random=os.urandom)
print("pulling", flush=True)
pull(ledger, there, verify(there), "desk")
print("pulled", flush=True)
"""


def sqlite_ledger(path: Path, count: int) -> Ledger:
    store = SqliteStore.open(path, os.urandom(16).hex())
    ledger = Ledger(store, clock=Ticking(), random=os.urandom)
    ledger.append(
        [SourceDescribed(name=f"{path.stem} {at}", kind="outlet") for at in range(count)], "desk"
    )
    return ledger


def test_a_killed_pull_leaves_all_or_nothing(tmp_path: Path) -> None:
    with closing(sqlite_ledger(tmp_path / "here.db", 3).store):
        pass
    with closing(sqlite_ledger(tmp_path / "there.db", 6_000).store):
        pass
    command = [sys.executable, "-c", _PULL, str(tmp_path / "here.db"), str(tmp_path / "there.db")]
    root = Path(__file__).parent.parent
    sizes = set()
    for wait in (0.0, 0.1, 0.2, 0.3, 0.4, None):
        with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"pulling\n"
            if wait is not None:
                try:
                    process.wait(wait)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
        with closing(SqliteStore.open(tmp_path / "here.db")) as store:
            assert verify(store).ok
            sizes.add(store.size())
    assert sizes <= {3, 6_004}
    assert 6_004 in sizes


@pytest.mark.parametrize("count", [2_000, 8_000])
def test_memory_does_not_grow_with_what_is_pulled(tmp_path: Path, count: int) -> None:
    here, there = sqlite_ledger(tmp_path / "here.db", 1), sqlite_ledger(tmp_path / "t.db", count)
    with closing(here.store), closing(there.store):
        verified = verify(there.store)
        tracemalloc.start()
        try:
            pull(here, there.store, verified, "desk")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8_000_000


def test_pulling_changes_no_byte_of_the_other_file(tmp_path: Path) -> None:
    here, there = sqlite_ledger(tmp_path / "here.db", 1), sqlite_ledger(tmp_path / "there.db", 9)
    there.store.close()
    before = (tmp_path / "there.db").read_bytes()
    number = (tmp_path / "there.db").stat().st_mtime_ns
    with closing(here.store), closing(SqliteStore.reading(tmp_path / "there.db")) as other:
        pull(here, other, verify(other), "desk")
    assert (tmp_path / "there.db").read_bytes() == before
    assert (tmp_path / "there.db").stat().st_mtime_ns == number
