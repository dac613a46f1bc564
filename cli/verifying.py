"""Verifying a ledger, a large one in several processes: each reads its stretches from the file."""

from collections.abc import Iterable, Iterator
from functools import partial

from cli.progress import Progress
from cli.sharing import Workers, processors, share_out
from ledger.sqlite import SqliteStore
from ledger.store import Reader
from ledger.verification import STRETCH, Stretch, Verification, check_stretch, verify

_WORTH_SHARING = 4 * STRETCH
"""Events below which all is checked before another process would have started."""

_store: SqliteStore


def verify_file(store: Reader, path: str, progress: Progress | None = None) -> Verification:
    """Return what :func:`ledger.verification.verify` does for the store in the file ``path``.

    ``progress`` is told how many events are done of how many.
    """
    size = store.size()

    def watched(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        for stretch in stretches:
            if progress is not None:
                progress(stretch.read, size)
            yield stretch

    def check_all(bounds: Iterable[tuple[int, int]]) -> Iterator[Stretch]:
        here = partial(_check_of, store)
        if processors() == 1 or size < _WORTH_SHARING:
            return watched(map(here, bounds))
        workers = Workers(processors() - 1, "verify", _start, (path,))
        return watched(share_out(bounds, workers, here=here, there=_check))

    return verify(store, check_all)


def _start(path: str) -> None:
    global _store
    _store = SqliteStore.open(path)


def _check(bounds: tuple[int, int]) -> Stretch:
    return check_stretch(_store, *bounds)


def _check_of(store: Reader, bounds: tuple[int, int]) -> Stretch:
    return check_stretch(store, *bounds)
