"""What a ledger holds of every origin: how many events, and whether another holds the same.

Of every origin a ledger holds the first so many events, without a gap. So two ledgers agree on an
origin if the first so many, as many as the one that holds fewer has, are the same; that is told
by one hash over their ids, in the order of their numbers, and takes no memory. Where the hashes
differ, the events are looked at one by one for the first that does.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from ledger.errors import Damaged
from ledger.heads import decode_head
from ledger.merkle import HASH_BYTES
from ledger.store import Reader, Row


class Census:
    """Counts the events of every origin as they are met, in order.

    ``counts`` says how many there are. Of each origin the first ``limits[origin]`` are hashed.
    """

    def __init__(self, limits: Mapping[str, int]) -> None:
        self.counts: dict[str, int] = {}
        self.limits = dict(limits)
        self._hashes: dict[str, Any] = {}

    def take(self, rows: Iterable[Row]) -> None:
        """Count these rows, which are the next ones of this ledger.

        Raises ``Damaged`` where one is missing, or is none: what is damaged here is no fork.
        """
        for row in rows:
            head = decode_head(row.head)
            if head.seq != self.counts.get(head.origin, 0):
                raise Damaged(
                    f"this ledger, position {row.position}: event {head.seq} of its origin, not "
                    f"{self.counts.get(head.origin, 0)}",
                    "Run `wherefrom verify`",
                )
            self.add(head.origin, head.seq, row.hashes[:HASH_BYTES])

    def add(self, origin: str, seq: int, id_: bytes) -> None:
        """Count an event, the next one of its origin."""
        self.counts[origin] = seq + 1
        if seq < self.limits.get(origin, 0):
            known = self._hashes.get(origin)
            if known is None:
                known = self._hashes[origin] = hashlib.sha256()
            known.update(id_)

    def digest(self, origin: str) -> bytes:
        """Return the hash over the first events of an origin."""
        known = self._hashes.get(origin)
        return b"" if known is None else known.digest()


def disagreeing(one: Census, other: Census) -> list[str]:
    """Return the origins of which the two do not hold the same first events."""
    both = one.counts.keys() & other.counts.keys()
    return sorted(origin for origin in both if one.digest(origin) != other.digest(origin))


class Named(NamedTuple):
    """An event that bears a name (origin and number) in one ledger."""

    position: int
    id: str
    head: bytes


def first_difference(
    here: Reader, there: Reader, size: int, origin: str
) -> tuple[Named, Named] | None:
    """Return the first event of an origin that the two ledgers do not have in common.

    Of ``there`` the first ``size`` events are looked at. ``None`` where there is no such event.
    """
    ids = bytearray()
    for row, _ in _of_origin(here, here.size(), origin):
        ids += row.hashes[:HASH_BYTES]
    for row, seq in _of_origin(there, size, origin):
        start = seq * HASH_BYTES
        if start >= len(ids):
            return None
        if ids[start : start + HASH_BYTES] != row.hashes[:HASH_BYTES]:
            ours = next(r for r, s in _of_origin(here, here.size(), origin) if s == seq)
            return _named(ours), _named(row)
    return None


def _of_origin(reader: Reader, size: int, origin: str) -> Iterable[tuple[Row, int]]:
    wanted = f'"origin":"{origin}"'.encode()
    for row in reader.rows(0, size):
        if wanted in row.head:
            head = orjson.loads(row.head)
            if head["origin"] == origin:
                yield row, head["seq"]


def _named(row: Row) -> Named:
    return Named(row.position, row.hashes[:HASH_BYTES].hex(), row.head)
