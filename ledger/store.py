"""What keeps the rows of a ledger: the protocol, and its contract in prose.

A store holds rows at positions 0, 1, 2, … without gaps. A row is a head, the Merkle hashes
that its leaf completed, and a body with its salt and fingerprint. Every store keeps to this,
and one suite of tests (``tests/store_contract.py``) holds every store to it:

* A row once written never changes and never goes; the store refuses to. Only ``erase`` takes
  from a row its body, salt and fingerprint, and only after a row that says so.
* ``appending()`` is the only way in. Inside it the writer is alone: what it reads is what it
  appends to. Leaving it normally makes all rows durable at once, before it returns; leaving it
  by an exception leaves the store as it was.
* ``rows()`` yields a prefix that was whole at some moment: every row of every finished append
  up to there, none of an unfinished one.
* ``with_fingerprint`` finds every row whose body has one of those fingerprints.
* What ``erase`` removed may lie on in bytes that the store no longer reads, until ``scrub`` has
  overwritten them. It can be run again at any time, and ``scrubbed`` tells whether it has to be.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from ledger.errors import Damaged

SAYS_ERASED = b'"type":"body-erased"'
"""What the head of an event that erases a body has in it, and no other head."""


class Row(NamedTuple):
    """One event as it lies in the store; ``salt`` and ``body`` are ``None`` once erased.

    A named tuple, since an import makes one for every event and a rebuild reads them all.
    """

    position: int
    head: bytes
    hashes: bytes
    salt: bytes | None
    body: bytes | None
    fingerprint: bytes | None


class Origin(NamedTuple):
    """A name under which a store recorded, and how many events it held when that began."""

    name: str
    since: int


class Erasure(NamedTuple):
    """Which row lost its body, and which row says so."""

    position: int
    erased_by: int


class HeadSeen(NamedTuple):
    """The head of another ledger's tree, as it was seen when that ledger was pulled from.

    ``origin`` is what that ledger recorded under; ``note`` is the signed checkpoint, if it was
    seen in one.
    """

    origin: str
    size: int
    root: str
    note: str | None = None


class Reader(Protocol):
    """What can be asked of a store at any time."""

    @property
    def origin(self) -> str:
        """The 32 hex digits under which this store records: the last of ``origins``."""

    @property
    def origins(self) -> Sequence[Origin]:
        """Under what it ever recorded: a copy that is appended to goes on under a new origin."""

    def size(self) -> int:
        """Return how many rows there are: the position of the next one."""

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Yield the rows from ``start`` up to but not including ``stop``, in order."""

    def row(self, position: int) -> Row:
        """Return one row; raise ``IndexError`` when there is none."""

    def at(self, positions: Sequence[int]) -> list[Row]:
        """Return the rows at these positions, in their order; ``IndexError`` if one is none."""

    def with_fingerprint(self, *fingerprints: bytes) -> list[int]:
        """Return the positions of the rows whose body has one of these fingerprints, in order."""

    def erasures(self) -> list[Erasure]:
        """Return which rows lost their bodies, in order of their positions."""

    def saying_erased(self) -> list[int]:
        """Return the positions of the ``body-erased`` rows, in order, without reading the rest."""


def own_origins(store: Reader) -> frozenset[str]:
    """Return the names under which the store itself ever recorded."""
    return frozenset(origin.name for origin in store.origins)


def consecutive(store: Reader, start: int, stop: int) -> Iterator[Row]:
    """Yield the rows from ``start`` to ``stop``; raise ``Damaged`` where one is missing."""
    expected = start
    for row in store.rows(start, stop):
        if row.position != expected:
            raise missing(expected)
        yield row
        expected += 1
    if expected != stop:
        raise missing(expected)


def missing(position: int) -> Damaged:
    """Return what to raise where the row at a position should be and is not."""
    return Damaged(f"position {position}: missing", "Run `wherefrom verify`")


class Through:
    """A reader that asks another for everything: the base of one that answers some of it itself."""

    def __init__(self, store: Reader) -> None:
        self.store = store

    @property
    def origin(self) -> str:
        """The name under which the other records."""
        return self.store.origin

    @property
    def origins(self) -> Sequence[Origin]:
        """The names under which it ever recorded."""
        return self.store.origins

    def size(self) -> int:
        """Return how many rows there are."""
        return self.store.size()

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Yield rows in order."""
        return self.store.rows(start, stop)

    def row(self, position: int) -> Row:
        """Return one row."""
        return self.store.row(position)

    def at(self, positions: Sequence[int]) -> list[Row]:
        """Return the rows at these positions."""
        return self.store.at(positions)

    def with_fingerprint(self, *fingerprints: bytes) -> list[int]:
        """Return the positions of the rows with one of these fingerprints."""
        return self.store.with_fingerprint(*fingerprints)

    def erasures(self) -> list[Erasure]:
        """Return which rows lost their bodies."""
        return self.store.erasures()

    def saying_erased(self) -> list[int]:
        """Return the positions of the rows that say that a body is erased."""
        return self.store.saying_erased()


class Writer(Reader, Protocol):
    """A store during an append."""

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows at the positions they name, which must be the next ones, in order."""

    @property
    def moved(self) -> bool:
        """Whether this is a copy of the store in which its origin began."""

    def heads_seen(self) -> list[HeadSeen]:
        """Return the heads of other ledgers that were seen, in the order in which they were."""

    def note_head(self, head: HeadSeen) -> None:
        """Keep the head of another ledger's tree."""

    def start_origin(self, origin: str) -> None:
        """Go on under a new origin; the store is no copy any more."""

    def erase(self, position: int, erased_by: int) -> None:
        """Remove body, salt and fingerprint of a row, as the later row ``erased_by`` says.

        Raises ``ValueError`` where that row is no ``body-erased``, or the body went before.
        """


class Store(Reader, Protocol):
    """A store at rest."""

    def appending(self) -> AbstractContextManager[Writer]:
        """Return a context in which rows can be added, all or none."""

    def heads_seen(self) -> list[HeadSeen]:
        """Return the heads of other ledgers that were seen, in the order in which they were."""

    @property
    def scrubbed(self) -> int:
        """How many erasures there were when their traces were last known to be overwritten."""

    def scrub(self) -> None:
        """Overwrite what erased bodies left in bytes that are read no more.

        Raises ``StorageError`` where another program stands in the way, or the disk is full;
        the rows stay as they are, and it can be run again.
        """

    def note_scrubbed(self, erasures: int) -> None:
        """Keep it that the traces of so many erasures are overwritten, here and in all views."""

    def close(self) -> None:
        """Let go of the file."""
