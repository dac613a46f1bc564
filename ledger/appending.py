"""One append: statements become heads and bodies at the next positions, or are found recorded.

Inside ``Store.appending()`` the writer is alone, so what follows on what is known once: the tree
so far, and the number and the time of this ledger's own last event (:class:`Tail`). From there
``seq`` counts on without gaps, and ``recorded_at`` increases even where the clock does not.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import attrs

from ledger import merkle
from ledger.codec import Body, encode
from ledger.erasing import is_erasable, notices
from ledger.errors import BadInput, Damaged
from ledger.events import BodyErased, Event
from ledger.heads import SALT_BYTES, commitment, decode_head, next_head, read_time, write_time
from ledger.rollback import Seen
from ledger.roots import frontier_of
from ledger.store import Reader, Row, Writer, own_origins

Clock = Callable[[], datetime]
Randomness = Callable[[int], bytes]


class Recorded(NamedTuple):
    """Where an event is kept; ``new`` unless the same statement was there before."""

    position: int
    id: str
    new: bool


@attrs.define
class Tail:
    """What the next event follows on: the tree so far, and this ledger's own last event."""

    frontier: merkle.Frontier
    seq: int
    last: int
    """When that event was recorded, in microseconds since 1970."""
    hashes: bytes = b""
    """The hashes kept with the last row: what tells this history from any other of its size."""
    origin: str = ""

    @property
    def seen(self) -> Seen:
        """The state of the ledger whose tail this is."""
        return Seen(self.frontier.size, self.hashes[: merkle.HASH_BYTES].hex())


class Appending:
    """One append under way: events go in one by one, and are kept all or none."""

    def __init__(
        self, writer: Writer, clock: Clock, random: Randomness, recorder: str, tail: Tail
    ) -> None:
        self.writer = writer
        self._clock = clock
        self._random = random
        self._recorder = recorder
        self._tail = tail

    @property
    def size(self) -> int:
        """How many events there are, those just added included."""
        return self._tail.frontier.size

    def root(self) -> str:
        """Return the root over them, in hex."""
        return self._tail.frontier.root().hex()

    def add(self, event: Event) -> Recorded:
        """Record an event, or find it recorded already."""
        return self.add_body(encode(event))

    def add_body(self, body: Body) -> Recorded:
        """Record an event whose body is encoded already, or find it recorded already."""
        return self.add_bodies((body,))[0]

    def add_bodies(self, bodies: Sequence[Body]) -> list[Recorded]:
        """Record events whose bodies are encoded already, or find them recorded already.

        Some hundreds at a time cost the least: what was recorded before is asked for once, and
        the clock is read once, from which their times count on by the microsecond.
        """
        held = self._held([body.fingerprint for body in bodies])
        salts = self._random(SALT_BYTES * len(bodies))
        self._tail.last = max(_microseconds(self._clock()) - 1, self._tail.last)
        rows: list[Row] = []
        answers: list[Recorded] = []
        for number, body in enumerate(bodies):
            known = held.get(body.fingerprint)
            if known is None:
                row = self._sealed(body, salts[number * SALT_BYTES : (number + 1) * SALT_BYTES])
                rows.append(row)
                known = Recorded(row.position, row.hashes[: merkle.HASH_BYTES].hex(), True)
                held[body.fingerprint] = known
            elif known.new:
                known = known._replace(new=False)
            answers.append(known)
        self.writer.add(rows)
        if rows:
            self._tail.hashes = rows[-1].hashes
        return answers

    def erase(self, position: int, *, by: str, ground: str) -> Recorded:
        """Remove the body of an event for good, and record who did it and on which ground.

        Returns where that is recorded; not ``new`` where the body was removed before. Raises
        ``BadInput`` for an event that cannot be erased, ``IndexError`` where there is none.
        """
        row = self.writer.row(position)
        type_, id_ = decode_head(row.head).type, row.hashes[: merkle.HASH_BYTES].hex()
        if not is_erasable(type_):
            raise BadInput(
                f"{id_[:10]}: a {type_} is never erased",
                "Without it a missing body could not be told from a damaged one",
            )
        if row.body is None:
            return self._erased_before(position, id_)
        recorded = self.add(BodyErased(event=id_, by=by, ground=ground))
        self.writer.erase(position, recorded.position)
        return recorded

    def add_sealed(self, rows: Sequence[Row]) -> None:
        """Write events that another ledger recorded, as they are, at the next positions.

        Of an origin that this ledger holds events of, the first is the next one.
        """
        placed = []
        for row in rows:
            position = self._tail.frontier.size
            hashes = self._tail.frontier.append(merkle.leaf_hash(row.head))
            placed.append(row._replace(position=position, hashes=hashes))
        self.writer.add(placed)
        if placed:
            self._tail.hashes = placed[-1].hashes

    def _erased_before(self, position: int, id_: str) -> Recorded:
        removed = {erasure.position: erasure.erased_by for erasure in self.writer.erasures()}
        says_so = removed.get(position)
        if says_so is None and id_ in (known := notices(self.writer)):
            says_so = known[id_].position
        if says_so is None:
            raise Damaged(
                f"position {position}: the body is missing, and nothing says that it was erased",
                "Run `wherefrom verify`",
            )
        hashes = self.writer.row(says_so).hashes
        return Recorded(says_so, hashes[: merkle.HASH_BYTES].hex(), False)

    def _sealed(self, body: Body, salt: bytes) -> Row:
        """Return the row of a body at the next position."""
        tail = self._tail
        tail.seq += 1
        tail.last += 1
        head = next_head(
            self.writer.origin,
            self._recorder,
            body.type,
            body.schema,
            tail.seq,
            _spell_microseconds(tail.last),
            commitment(salt, body.data),
        )
        position = tail.frontier.size
        hashes = tail.frontier.append(merkle.leaf_hash(head))
        return Row(position, head, hashes, salt, body.data, body.fingerprint)

    def _held(self, fingerprints: Sequence[bytes]) -> dict[bytes, Recorded]:
        """Return what this ledger itself recorded under these fingerprints."""
        held: dict[bytes, Recorded] = {}
        ours = own_origins(self.writer)
        positions = self.writer.with_fingerprint(*fingerprints)
        for row in self.writer.at(positions) if positions else ():
            if decode_head(row.head).origin in ours and row.fingerprint is not None:
                id_ = row.hashes[: merkle.HASH_BYTES].hex()
                held.setdefault(row.fingerprint, Recorded(row.position, id_, False))
        return held


def tail_of(writer: Writer, known: Tail | None) -> Tail:
    """Return the tail of what the writer holds: the one that is known, if nothing came since."""
    size = writer.size()
    hashes = writer.row(size - 1).hashes if size else b""
    same = known and known.frontier.size == size and known.hashes == hashes
    if known and same and known.origin == writer.origin:
        return known
    seq, last = _last_of_origin(writer, size)
    return Tail(frontier_of(writer, size), seq, last, hashes, writer.origin)


def _last_of_origin(reader: Reader, size: int) -> tuple[int, int]:
    """Return ``seq`` of the last event of this ledger's origin, and when it last recorded.

    The time is that of an earlier origin where there is no event of this one yet, so that what a
    ledger records is in the order of time, under whatever names.
    """
    stop = size
    for origin in reversed(reader.origins):
        for position in range(stop - 1, origin.since - 1, -1):
            head = decode_head(reader.row(position).head)
            if head.origin == origin.name:
                seq = head.seq if origin.name == reader.origin else -1
                return seq, _microseconds(read_time(head.recorded_at))
        stop = origin.since
    return -1, 0


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _spell_microseconds(microseconds: int) -> str:
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{_spell_second(seconds)}.{rest:06d}Z"


@lru_cache(maxsize=64)
def _spell_second(seconds: int) -> str:
    """Return a second without what follows it: ``2026-02-06T18:30:00``."""
    return write_time(datetime.fromtimestamp(seconds, UTC)).partition(".")[0]
