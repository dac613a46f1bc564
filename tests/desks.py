"""Desks that pull from each other: each has a ledger, a clock of its own and dice of its own."""

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import attrs
from histories import START, Desk, Erase, Move, Pull, Ticking
from projected import Projection, to_cover, whole

from ledger.dates import read_day
from ledger.erasing import WithoutErased, to_carry_out
from ledger.events import Claim, ClaimAsserted, RecordingCorrected
from ledger.grammar import read_value
from ledger.heads import decode_head
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.pulling import Pulled, pull
from ledger.rollback import Seen
from ledger.store import Reader, Row, Store
from ledger.verification import verify


class Remembering:
    """What a desk remembers of its ledger, outside of it."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}

    def seen(self, reader: Reader) -> Iterable[Seen]:
        return [self._seen[reader.origin]] if reader.origin in self._seen else []

    def note(self, origin: str, seen: Seen) -> None:
        self._seen[origin] = seen


class PullingDesk(Desk):
    """A desk whose moves may speak of what it pulled from others."""

    def __init__(self, number: int, store: Store | None = None) -> None:
        super().__init__()
        self.number = number
        self.place = 0
        """Of its file: another one when the desk goes on with a copy that lies elsewhere."""
        self._memory = Remembering()
        self._clock = Ticking(START + timedelta(hours=number))
        self._random = random.Random(number)
        self.take(store or MemoryStore(f"{number:032x}"))

    def take(self, store: Store) -> None:
        """Go on with this store."""
        self.ledger = Ledger(
            store, clock=self._clock, random=self._random.randbytes, memory=self._memory
        )

    def copy(self) -> tuple[MemoryStore, int]:
        """Return a copy of the ledger, and the place that its origin began in."""
        assert isinstance(self.store, MemoryStore)
        return self.store.copy(), -1 if self.store.moved else self.place

    def put_back(self, copy: MemoryStore, place: int, *, in_place: bool) -> None:
        """Go on with a copy: written over the ledger, or on another machine."""
        again = copy.copy()
        if not in_place:
            self.place += 1
            self.forget()
        again.moved = place != self.place
        self.take(again)

    def forget(self) -> None:
        """Forget how the ledger was."""
        self._memory = Remembering()

    @property
    def store(self) -> Store:
        return self.ledger.store

    def file(self, moves: Iterable[Move]) -> None:
        """Make these moves, which may speak of every claim that can be read here."""
        for move in moves:
            self._claims = [
                row.hashes[:32].hex()
                for row in WithoutErased(self.store).rows()
                if row.body and decode_head(row.head).type in _CLAIMS
            ]
            self.findings = self._shown
            self.play(move)

    def _shown(self) -> Any:
        projection = Projection(self.store, self.store.size())
        try:
            return to_cover(projection.connection)
        finally:
            projection.close()

    def _pull(self, move: Pull) -> None:
        """Nothing comes from nowhere: what is pulled is pulled from a desk."""

    def _erase(self, move: Erase) -> None:
        super()._erase(attrs.evolve(move, elsewhere=False))

    def say(self, *figures: str) -> list[str]:
        """File a claim for each figure; return their ids."""
        events = [ClaimAsserted(claim=_claim(figure)) for figure in figures]
        return [kept.id for kept in self.ledger.append(events, f"desk {self.number}")]

    def pull(self, other: "PullingDesk | Reader") -> Pulled:
        reader = other.store if isinstance(other, PullingDesk) else other
        return pull(self.ledger, reader, verify(reader), f"desk {self.number}")


def _claim(figure: str) -> Claim:
    return Claim(
        subject="storm",
        predicate="deaths",
        value=read_value(figure, "quantity"),
        claimant=f"source of {figure}",
        published=read_day("2026-02-06"),
        as_of=read_day("2026-02-06"),
    )


_CLAIMS = (ClaimAsserted.TYPE, RecordingCorrected.TYPE)


class Breaking:
    """A reader that fails after so many rows, as a disk may."""

    def __init__(self, reader: Reader, rows: int) -> None:
        self._reader = reader
        self._left = rows

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        for row in self._reader.rows(start, stop):
            if not self._left:
                raise ConnectionError
            self._left -= 1
            yield row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


def events(store: Reader) -> set[bytes]:
    """Return the heads of all events: what two desks hold the same of."""
    return {row.head for row in store.rows()}


def bodies(store: Reader) -> dict[bytes, bytes | None]:
    """Return what every event says to those who ask: nothing where it is erased."""
    return {row.head: row.body for row in WithoutErased(store).rows()}


def state(store: Store) -> tuple[Any, ...]:
    """Return all that a ledger holds."""
    return list(store.rows()), list(store.origins), store.erasures(), store.heads_seen()


def settle(desks: Iterable[PullingDesk]) -> int:
    """Let all desks pull from all until nothing is new; return how many rounds that took."""
    desks = list(desks)
    for rounds in range(10):
        if not sum(one.pull(other).events for one, other in permutations(desks, 2)):
            return rounds
    raise AssertionError("the desks do not come to rest")


def same(desks: Iterable[PullingDesk]) -> None:
    """Hold that all desks have the same events and show the same."""
    first, *others = desks
    seen, said, shown = events(first.store), bodies(first.store), whole(first.store)
    for desk in (first, *others):
        assert verify(desk.store).ok
        assert to_carry_out(desk.store) == []
    for other in others:
        assert events(other.store) == seen
        assert bodies(other.store) == said
        assert whole(other.store) == shown
