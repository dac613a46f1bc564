"""Verifying a ledger, a large one in several processes: each reads its stretches from the file."""

from collections.abc import Iterable, Iterator

from cli.progress import Progress
from cli.sharing import Workers, processors, share_out
from ledger.sqlite import SqliteStore
from ledger.store import Reader
from ledger.stretches import LEVEL, STRETCH, Stretch, check_stretch
from ledger.verification import Verification, verify

_WORTH_SHARING = 4 * STRETCH
"""Events below which all is checked before another process would have started."""

_store: SqliteStore
_level: int


def verify_file(
    store: Reader,
    path: str,
    progress: Progress | None = None,
    *,
    level: int = LEVEL,
    read_only: bool = False,
) -> Verification:
    """Return what :func:`ledger.verification.verify` does for the store in the file ``path``.

    ``progress`` is told how many events are done of how many; stretches are subtrees of ``level``.
    With ``read_only`` no byte of the file is changed.
    """
    size = store.size()

    def watched(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        for stretch in stretches:
            if progress is not None:
                progress(stretch.read, size)
            yield stretch

    def check_all(bounds: Iterable[tuple[int, int]]) -> Iterator[Stretch]:
        def here(bound: tuple[int, int]) -> Stretch:
            return check_stretch(store, *bound, level=level)

        if processors() == 1 or size < _WORTH_SHARING:
            return watched(map(here, bounds))
        workers = Workers(processors() - 1, "verify", _start, (path, level, read_only))
        return watched(share_out(bounds, workers, here=here, there=_check))

    return verify(store, check_all, level=level)


def _start(path: str, level: int, read_only: bool) -> None:
    global _store, _level
    _store = SqliteStore.reading(path) if read_only else SqliteStore.open(path)
    _level = level


def _check(bound: tuple[int, int]) -> Stretch:
    return check_stretch(_store, *bound, level=_level)
