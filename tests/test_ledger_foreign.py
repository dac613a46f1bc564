"""Whatever can be recorded by one desk can be pulled by another."""

import orjson
from commands import Wherefrom
from desks import PullingDesk
from histories import Move, erased, histories, neighbour_histories, new_ledger
from hypothesis import given
from hypothesis import strategies as st
from strategies import events

from ledger.events import Event
from ledger.foreign import refuse_unreadable
from ledger.sqlite import SqliteStore
from ledger.store import Reader


def pullable(reader: Reader) -> None:
    for row in reader.rows():
        refuse_unreadable(row, orjson.loads(row.head))


@given(st.lists(events(), max_size=8))
def test_every_event_that_can_be_recorded_can_be_pulled(history: list[Event]) -> None:
    ledger = new_ledger()
    ledger.append(history, "desk")
    pullable(ledger.store)


@given(histories() | neighbour_histories() | erased())
def test_so_can_every_history(moves: list[Move]) -> None:
    desk = PullingDesk(0)
    desk.file(moves)
    pullable(desk.store)


def test_so_can_the_seeds(wherefrom: Wherefrom) -> None:
    wherefrom.seeds()
    store = SqliteStore.open(wherefrom.db)
    assert store.size() > 200
    pullable(store)
    store.close()
