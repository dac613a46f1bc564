"""The reference store: a list. What the SQLite store does is what this one does."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from ledger.store import SAYS_ERASED, Erasure, HeadSeen, Origin, Row, Writer


class MemoryStore:
    """A store that is gone when the program ends. See :mod:`ledger.store` for the contract."""

    def __init__(self, origin: str) -> None:
        self._origins: tuple[Origin, ...] = (Origin(origin, 0),)
        self._rows: list[Row] = []
        self._erasures: tuple[Erasure, ...] = ()
        self._heads_seen: tuple[HeadSeen, ...] = ()
        self._appending = False
        self.moved = False
        self.scrubbed = 0

    @property
    def origin(self) -> str:
        """The name under which the ledger records."""
        return self._origins[-1].name

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The names under which it ever recorded, this one last."""
        return self._origins

    def copy(self) -> "MemoryStore":
        """Return a copy, which knows that it is one."""
        store = MemoryStore(self.origin)
        store._origins, store._rows, store.moved = self._origins, list(self._rows), True
        store._erasures, store._heads_seen = self._erasures, self._heads_seen
        store.scrubbed = self.scrubbed
        return store

    def size(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Yield rows in order."""
        yield from self._rows[start:stop]

    def row(self, position: int) -> Row:
        """Return one row."""
        if position < 0:
            raise IndexError(position)
        return self._rows[position]

    def at(self, positions: Sequence[int]) -> list[Row]:
        """Return the rows at these positions."""
        return [self.row(position) for position in positions]

    def with_fingerprint(self, *fingerprints: bytes) -> list[int]:
        """Return the positions of the rows with these fingerprints."""
        return [row.position for row in self._rows if row.fingerprint in fingerprints]

    def erasures(self) -> list[Erasure]:
        """Return which rows lost their bodies."""
        return sorted(self._erasures)

    def saying_erased(self) -> list[int]:
        """Return the positions of the rows that say that a body is erased."""
        return [row.position for row in self._rows if SAYS_ERASED in row.head]

    @contextmanager
    def appending(self) -> Iterator[Writer]:
        """Add rows, all or none."""
        if self._appending:
            raise RuntimeError("an append is under way")
        before = list(self._rows), self._origins, self._erasures, self._heads_seen, self.moved
        self._appending = True
        try:
            yield self
        except BaseException:
            self._rows, self._origins, self._erasures, self._heads_seen, self.moved = before
            raise
        finally:
            self._appending = False

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows at the next positions."""
        if not self._appending:
            raise RuntimeError("rows are added inside appending() only")
        for row in rows:
            if row.position != len(self._rows):
                raise ValueError(f"position {row.position} is not the next one")
            self._rows.append(row)

    def heads_seen(self) -> list[HeadSeen]:
        """Return the heads of other ledgers that were seen."""
        return list(self._heads_seen)

    def note_head(self, head: HeadSeen) -> None:
        """Keep the head of another ledger's tree."""
        self._heads_seen += (head,)

    def start_origin(self, origin: str) -> None:
        """Go on under a new origin."""
        self._origins += (Origin(origin, len(self._rows)),)
        self.moved = False

    def erase(self, position: int, erased_by: int) -> None:
        """Remove the body of one row, as the row ``erased_by`` says."""
        erased, says_so = self.row(position), self.row(erased_by)
        if position >= erased_by or SAYS_ERASED not in says_so.head:
            raise ValueError("only an event that says so erases a body")
        if erased.body is None:
            raise ValueError("this position is erased")
        self._rows[position] = erased._replace(salt=None, body=None, fingerprint=None)
        self._erasures += (Erasure(position, erased_by),)

    def scrub(self) -> None:
        """Nothing to overwrite: what is removed here is gone."""

    def note_scrubbed(self, erasures: int) -> None:
        """Keep it that so many erasures left no traces."""
        self.scrubbed = max(self.scrubbed, erasures)

    def close(self) -> None:
        """Nothing to let go of."""
