"""Progress bars, on stderr and only when it is a terminal."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ledger.store import Erasure, Origin, Reader, Row

_WORTH_A_BAR = 20_000
"""Events below which all is done before a bar would be read."""

Progress = Callable[[int, int], None]


@contextmanager
def progress_bar(label: str) -> Iterator[Progress | None]:
    """Yield what to call with how many events are done of how many; ``None``: nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = click.progressbar(length=1, label=label, file=sys.stderr)

    def show(done: int, total: int) -> None:
        if total >= _WORTH_A_BAR:
            bar.length = total
            bar.update(done - bar.pos)

    try:
        yield show
    finally:
        if bar.pos:
            bar.render_finish()


class Watched:
    """A store (:class:`ledger.store.Reader`) whose reading from first to last is told of."""

    def __init__(self, store: "Reader", progress: Progress | None) -> None:
        self._store = store
        self._progress = progress

    @property
    def origin(self) -> str:
        """The name under which the ledger records."""
        return self._store.origin

    @property
    def origins(self) -> "Sequence[Origin]":
        """The names under which it ever recorded."""
        return self._store.origins

    def size(self) -> int:
        """Return how many rows there are."""
        return self._store.size()

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator["Row"]:
        """Yield rows in order, and tell of every thousandth."""
        total = self.size() if stop is None else stop
        for row in self._store.rows(start, stop):
            if self._progress is not None and row.position % 1_000 == 999:
                self._progress(row.position + 1, total)
            yield row

    def row(self, position: int) -> "Row":
        """Return one row."""
        return self._store.row(position)

    def at(self, positions: Sequence[int]) -> list["Row"]:
        """Return the rows at these positions."""
        return self._store.at(positions)

    def with_fingerprint(self, *fingerprints: bytes) -> list[int]:
        """Return the positions of the rows with one of these fingerprints."""
        return self._store.with_fingerprint(*fingerprints)

    def erasures(self) -> "list[Erasure]":
        """Return which rows lost their bodies."""
        return self._store.erasures()

    def saying_erased(self) -> list[int]:
        """Return the positions of the rows that say that a body is erased."""
        return self._store.saying_erased()
