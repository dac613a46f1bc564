"""What another ledger holds that is not here, before it is brought in.

:class:`News` counts the new events and seals them: when they are read again to be brought in they
are to be the same. :class:`OnlyNew` shows them as a ledger of their own, for whoever wants to look
at them first.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from ledger.events import BodyErased, LedgerMerged
from ledger.merkle import HASH_BYTES, leaf_hash
from ledger.store import Erasure, Reader, Row, Through

_MOST_RECORDERS: Final = 5
_PAGE: Final = 1_000


@attrs.define
class Part:
    """How many events of an origin are new, and by whom they were recorded (some)."""

    events: int = 0
    recorders: set[str] = attrs.Factory(set)


@attrs.define
class News:
    """What is new: where it lies, how much of what, and a seal over the rows."""

    positions: "array[int]" = attrs.Factory(lambda: array("Q"))
    parts: dict[str, Part] = attrs.Factory(dict)
    only_merges: bool = True
    """Whether there is nothing but other ledgers' pulls."""
    erasures: int = 0
    bare: set[str] = attrs.Factory(set)
    """The ids of those without a body."""
    seal: Any = attrs.Factory(hashlib.sha256)

    def add(self, row: Row, head: Mapping[str, Any]) -> None:
        """Take in a row, whose head is this."""
        self.positions.append(row.position)
        part = self.parts.setdefault(head["origin"], Part())
        part.events += 1
        if len(part.recorders) < _MOST_RECORDERS:
            part.recorders.add(head["recorder"])
        self.only_merges &= head["type"] == LedgerMerged.TYPE
        self.erasures += head["type"] == BodyErased.TYPE
        if row.body is None:
            self.bare.add(row.hashes[:HASH_BYTES].hex())
        self.seal.update(leaf_hash(row.head))
        self.seal.update((row.salt or b"") + (row.body or b"") + (row.fingerprint or b""))


class OnlyNew(Through):
    """A store (:class:`ledger.store.Reader`) of the rows of another at some positions only.

    They are numbered from 0; ``positions`` says where each lies in the other.
    """

    def __init__(self, other: Reader, positions: "array[int]") -> None:
        super().__init__(other)
        self.positions = positions

    def size(self) -> int:
        """Return how many rows there are."""
        return len(self.positions)

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Yield rows in order."""
        stop = self.size() if stop is None else min(stop, self.size())
        for first in range(start, stop, _PAGE):
            yield from self.at(range(first, min(first + _PAGE, stop)))

    def row(self, position: int) -> Row:
        """Return one row."""
        return self.at([position])[0]

    def at(self, positions: Sequence[int]) -> list[Row]:
        """Return the rows at these positions."""
        if any(position < 0 for position in positions):
            raise IndexError(min(positions))
        rows = self.store.at([self.positions[position] for position in positions])
        return [row._replace(position=at) for row, at in zip(rows, positions, strict=True)]

    def with_fingerprint(self, *fingerprints: bytes) -> list[int]:
        """Return the positions of the rows with one of these fingerprints."""
        return self._here(self.store.with_fingerprint(*fingerprints))

    def erasures(self) -> list[Erasure]:
        """Return which rows lost their bodies."""
        found = [(self._here([one.position]), self._here([one.erased_by])) for one in
                 self.store.erasures()]  # fmt: skip
        return [Erasure(*at, *by) for at, by in found if at and by]

    def saying_erased(self) -> list[int]:
        """Return the positions of the rows that say that a body is erased."""
        return self._here(self.store.saying_erased())

    def _here(self, positions: Sequence[int]) -> list[int]:
        """Return the numbers that these positions of the other have here, where they have one."""
        found = []
        for position in positions:
            at = bisect_left(self.positions, position)
            if at < len(self.positions) and self.positions[at] == position:
                found.append(at)
        return found
