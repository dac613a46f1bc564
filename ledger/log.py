"""The ledger: append, read, verify.

``Ledger`` keeps the promise of the stored form (:mod:`ledger.codec`) over any store
(:mod:`ledger.store`): positions and ``seq`` without gaps, ``recorded_at`` strictly increasing, the
same statement once, every leaf in the Merkle tree. How an append does that, tells
:mod:`ledger.appending`; here it is decided under which name it records. The clock and the
randomness come in as arguments.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import attrs

from ledger import merkle
from ledger.appending import Appending, Clock, Randomness, Recorded, Tail, tail_of
from ledger.codec import UnknownEvent, decode, encode
from ledger.events import Event
from ledger.heads import Head, decode_head
from ledger.rollback import Memory, Seen, highest_lost
from ledger.roots import root_of
from ledger.store import Row, Store, Writer
from ledger.verification import Verification, verify

ORIGIN_BYTES = 16


@attrs.frozen
class Entry:
    """An event as it was read: ``event`` is ``None`` when its body was erased."""

    position: int
    id: str
    head: Head
    event: Event | UnknownEvent | None


@attrs.frozen
class Begun:
    """That a ledger goes on under another ``origin`` than ``before``.

    It is a copy; or it was put back to an earlier state, ``lost`` says from which.
    """

    origin: str
    before: str
    lost: Seen | None


class Ledger:
    """Events in a store, under the rules of the stored form."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        random: Randomness,
        memory: Memory | None = None,
        begun: Callable[[Begun], None] | None = None,
    ) -> None:
        """Take a store.

        ``memory`` helps to notice that it was put back to an earlier state, and ``begun`` is
        told when the ledger goes on under a new origin.
        """
        self.store = store
        self._clock = clock
        self._random = random
        self._memory = memory
        self._begun = begun
        self._tail: Tail | None = None

    @property
    def origin(self) -> str:
        """The 32 hex digits under which this ledger records."""
        return self.store.origin

    def size(self) -> int:
        """Return how many events there are."""
        return self.store.size()

    def root(self, size: int | None = None) -> str:
        """Return the Merkle root over the first ``size`` events (all by default), in hex."""
        return root_of(self.store, self.size() if size is None else size)

    @contextmanager
    def appending(self, recorder: str, lost: Seen | None = None) -> Iterator[Appending]:
        """Open an append; what was added is durable, all of it, once the context is left.

        A copy, and a ledger that was put back to an earlier state, go on under a new origin, so
        that no position of an origin is given twice. That it was put back can be known from
        elsewhere: ``lost`` is a state that it was in while it recorded under its origin.
        """
        known, self._tail = self._tail, None
        begun = None
        with self.store.appending() as writer:
            tail = tail_of(writer, known)
            before = lost or (self._lost(writer, known) if tail is not known else None)
            if writer.moved or before is not None:
                begun = Begun(self._random(ORIGIN_BYTES).hex(), writer.origin, before)
                writer.start_origin(begun.origin)
                tail = tail_of(writer, None)
            yield Appending(writer, self._clock, self._random, recorder, tail)
        self._tail = tail
        if self._memory is not None and tail.frontier.size:
            self._memory.note(tail.origin, tail.seen)
        if begun is not None and self._begun is not None:
            self._begun(begun)

    def _lost(self, writer: Writer, known: Tail | None) -> Seen | None:
        """Return a state in which the ledger was and is no longer."""
        seen = [] if self._memory is None else list(self._memory.seen(writer))
        if known is not None and known.origin == writer.origin:
            seen.append(known.seen)
        return highest_lost(writer, seen)

    def append(self, events: Iterable[Event], recorder: str) -> list[Recorded]:
        """Record events, all or none; return where each is kept, in their order."""
        bodies = [encode(event) for event in events]
        with self.appending(recorder) as appending:
            return appending.add_bodies(bodies)

    def erase(
        self, positions: Iterable[int], recorder: str, *, by: str, ground: str
    ) -> list[Recorded]:
        """Erase events, all or none; return where each erasure is recorded, in their order.

        What the bodies left in the file's bytes is overwritten by ``store.scrub`` only. Raises
        as :meth:`Appending.erase` does.
        """
        with self.appending(recorder) as appending:
            return [appending.erase(position, by=by, ground=ground) for position in positions]

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Yield events in order of their position; raise ``Damaged`` at one that is none."""
        for row in self.store.rows(start, stop):
            yield _entry(row)

    def entry(self, position: int) -> Entry:
        """Return one event; raise ``IndexError`` when there is none at that position."""
        return _entry(self.store.row(position))

    def verify(self) -> Verification:
        """Check every row against its head, and the heads against the Merkle tree."""
        return verify(self.store)


def _entry(row: Row) -> Entry:
    head = decode_head(row.head)
    event = None if row.body is None else decode(head.type, head.schema, row.body)
    return Entry(row.position, merkle.leaf_hash(row.head).hex(), head, event)
