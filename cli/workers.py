"""Checking the rows of a large table in other processes, one for each processor.

Checking a row costs several times what reading it does, and no row of a table looks at another.
The chunks come back in their order, and only a few are under way at a time, so that memory does
not grow with the table. A worker opens no file: it is given the definitions.
"""

import marshal
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import Any, cast

from cli.checking import Checked, Checker
from cli.mapping import Recipe
from cli.rows import Row
from ledger.drafts import Defined
from ledger.errors import StorageError

_AHEAD = 3
"""Chunks handed out for each worker before the first of them must be back."""

_checker: Checker
_columns: Sequence[str]


def processors() -> int:
    """Return how many processes can work at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_in_workers(
    chunks: Iterable[list[Row]],
    columns: Sequence[str],
    recipe: Recipe,
    definitions: Mapping[str, Defined],
    workers: int,
) -> Iterator[Checked]:
    """Yield what each chunk comes to, in order.

    Raises ``StorageError`` when a worker dies, as for want of memory.
    """
    method = "fork" if sys.platform == "linux" else None
    pool = ProcessPoolExecutor(
        workers,
        multiprocessing.get_context(method),
        initializer=_start,
        initargs=(columns, recipe, definitions),
    )
    under_way: deque[Future[Checked]] = deque()
    try:
        for chunk in chunks:
            under_way.append(pool.submit(_check, marshal.dumps(cast(Any, chunk))))
            if len(under_way) >= workers * _AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool:
        raise StorageError(
            "import: a process that checked rows ended early", "Free some memory and try again"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _start(columns: Sequence[str], recipe: Recipe, definitions: Mapping[str, Defined]) -> None:
    """Get a worker ready; an interrupt is for the process that started it."""
    global _checker, _columns
    Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _checker, _columns = Checker(recipe, definitions), columns


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however that was ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _check(chunk: bytes) -> Checked:
    rows: list[Row] = marshal.loads(chunk)
    return _checker.check(rows, _columns)
