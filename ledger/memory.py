"""The reference store: a list. What the SQLite store does is what this one does."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from ledger.store import Row, Writer


class MemoryStore:
    """A store that is gone when the program ends. See :mod:`ledger.store` for the contract."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._rows: list[Row] = []
        self._appending = False

    @property
    def origin(self) -> str:
        """The name of the ledger."""
        return self._origin

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

    @contextmanager
    def appending(self) -> Iterator[Writer]:
        """Add rows, all or none."""
        if self._appending:
            raise RuntimeError("an append is under way")
        before = len(self._rows)
        self._appending = True
        try:
            yield self
        except BaseException:
            del self._rows[before:]
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

    def close(self) -> None:
        """Nothing to let go of."""
