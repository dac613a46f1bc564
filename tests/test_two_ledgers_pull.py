"""Desks that pull from each other, in any order, come to hold and to show the same."""

import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import cast

from desks import Breaking, PullingDesk, events, same, settle, state
from histories import Move, erased, histories
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.heads import decode_head
from ledger.memory import MemoryStore
from ledger.sqlite import SqliteStore
from ledger.store import Store

MOVES = histories() | erased()
DESK = st.integers(0, 4)


class Desks(RuleBasedStateMachine):
    """Up to five desks that file, pull, are interrupted, copied and put back."""

    def __init__(self) -> None:
        super().__init__()
        self.desks: list[PullingDesk] = []
        self.kept: list[tuple[PullingDesk, MemoryStore, int]] = []
        self.names: dict[tuple[str, int], bytes] = {}

    @initialize(count=st.integers(2, 5))
    def begin(self, count: int) -> None:
        self.desks = [PullingDesk(number) for number in range(count)]

    def desk(self, number: int) -> PullingDesk:
        return self.desks[number % len(self.desks)]

    @rule(desk=DESK, moves=MOVES, start=st.integers(0, 20))
    def file(self, desk: int, moves: list[Move], start: int) -> None:
        self.desk(desk).file(moves[start % (len(moves) + 1) :][:3])

    @rule(one=DESK, other=DESK)
    def pull(self, one: int, other: int) -> None:
        here, there = self.desk(one), self.desk(other)
        before = events(here.store)
        brought = here.pull(there)
        after = events(here.store)
        own = brought.merged is not None and brought.merged.new
        assert after >= before | events(there.store)
        assert len(after) - len(before) == brought.events + own
        again = here.pull(there)
        assert (again.events, again.merged, events(here.store)) == (0, None, after)

    @rule(one=DESK, other=DESK, rows=st.integers(0, 200))
    def pull_and_be_interrupted(self, one: int, other: int, rows: int) -> None:
        here, there = self.desk(one), self.desk(other)
        before = state(here.store)
        try:
            here.pull(cast(MemoryStore, Breaking(there.store, rows)))
        except ConnectionError:
            assert state(here.store) == before

    @rule(desk=DESK, moves=MOVES)
    def keep_a_copy_and_go_on(self, desk: int, moves: list[Move]) -> None:
        kept = self.desk(desk)
        self.kept.append((kept, *kept.copy()))
        kept.file(moves[:3])

    @precondition(lambda self: self.kept)
    @rule(which=st.integers(0, 9), in_place=st.booleans(), moves=MOVES)
    def put_back_and_go_on(self, which: int, in_place: bool, moves: list[Move]) -> None:
        desk, copy, place = self.kept[which % len(self.kept)]
        desk.put_back(copy, place, in_place=in_place)
        desk.file(moves[:3])

    @invariant()
    def no_name_is_given_twice(self) -> None:
        for desk in self.desks:
            for row in desk.store.rows():
                head = decode_head(row.head)
                assert self.names.setdefault((head.origin, head.seq), row.head) == row.head

    def teardown(self) -> None:
        if self.desks:
            assert settle(self.desks) <= 2
            same(self.desks)


TestDesks = Desks.TestCase
TestDesks.settings = settings(max_examples=settings().max_examples, stateful_step_count=15)


class Files(RuleBasedStateMachine):
    """Three ledgers in files, which are opened anew for everything and copied as files are."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.desks = [PullingDesk(number, self.opened(number)) for number in range(3)]
        self.names: dict[tuple[str, int], bytes] = {}
        for desk in self.desks:
            desk.say("1")

    def path(self, number: int) -> Path:
        return Path(self.folder.name) / f"{number}.db"

    def opened(self, number: int) -> SqliteStore:
        return SqliteStore.open(self.path(number), f"{number:032x}")

    @rule(desk=st.integers(0, 2), figure=st.integers(1, 99))
    def say(self, desk: int, figure: int) -> None:
        self.desks[desk].say(str(figure))

    @rule(one=st.integers(0, 2), other=st.integers(0, 2))
    def pull(self, one: int, other: int) -> None:
        here = self.desks[one]
        with closing(SqliteStore.reading(self.path(other))) as there:
            here.pull(there)
            assert here.pull(there).events == 0
            assert events(here.store) >= events(there)

    @rule(one=st.integers(0, 2), other=st.integers(0, 2), rows=st.integers(0, 40))
    def pull_and_be_interrupted(self, one: int, other: int, rows: int) -> None:
        here = self.desks[one]
        before = state(here.store)
        with closing(SqliteStore.reading(self.path(other))) as there:
            try:
                here.pull(cast(Store, Breaking(there, rows)))
            except ConnectionError:
                assert state(here.store) == before

    @rule(desk=st.integers(0, 2), in_place=st.booleans(), figure=st.integers(100, 199))
    def keep_a_copy_go_on_and_be_put_back(self, desk: int, in_place: bool, figure: int) -> None:
        here, path = self.desks[desk], self.path(desk)
        kept = path.with_suffix(".kept")
        here.store.close()
        shutil.copyfile(path, kept)
        here.take(self.opened(desk))
        here.say(str(figure))
        self.no_name_is_given_twice()
        here.store.close()
        if in_place:
            shutil.copyfile(kept, path)
        else:
            here.forget()
            kept.rename(path)
        here.take(self.opened(desk))
        here.say(str(figure + 100))

    @invariant()
    def no_name_is_given_twice(self) -> None:
        for desk in self.desks:
            for row in desk.store.rows():
                head = decode_head(row.head)
                assert self.names.setdefault((head.origin, head.seq), row.head) == row.head

    def teardown(self) -> None:
        try:
            assert settle(self.desks) <= 2
            same(self.desks)
        finally:
            for desk in self.desks:
                desk.store.close()
            self.folder.cleanup()


TestFiles = Files.TestCase
TestFiles.settings = settings(max_examples=settings().max_examples // 2, stateful_step_count=8)
