"""Progress bars, on stderr and only when it is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ledger.store import Through

if TYPE_CHECKING:
    from ledger.store import Reader, Row

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


class Watched(Through):
    """A store (:class:`ledger.store.Reader`) whose reading from first to last is told of."""

    def __init__(self, store: "Reader", progress: Progress | None) -> None:
        super().__init__(store)
        self._progress = progress

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator["Row"]:
        """Yield rows in order, and tell of every thousandth."""
        total = self.size() if stop is None else stop
        for row in self.store.rows(start, stop):
            if self._progress is not None and row.position % 1_000 == 999:
                self._progress(row.position + 1, total)
            yield row
