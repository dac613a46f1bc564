"""Checking the rows of a large table in several processes, one for each processor.

Checking a row costs several times what reading it does, and no row of a table looks at another.
The process that reads the table hands chunks of it to the others and, while their hands are
full, checks the next one itself. The chunks come back in their order, and only a few are under
way at a time, so that memory does not grow with the table. A worker opens no file: it is given
the definitions.
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
"""Chunks that are in the hands of each worker, so that it never waits for the next."""

_MOST = 4 * _AHEAD
"""Chunks for each worker that may wait for the first of them to be back."""

_checker: Checker
_columns: Sequence[str]


def processors() -> int:
    """Return how many processes can work at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_with_workers(
    chunks: Iterable[list[Row]], columns: Sequence[str], checker: Checker, workers: int
) -> Iterator[Checked]:
    """Yield what each chunk comes to, in order, checked here or by one of ``workers`` others.

    Raises ``StorageError`` when a worker dies, as for want of memory.
    """
    method = "fork" if sys.platform == "linux" else None
    pool = ProcessPoolExecutor(
        workers,
        multiprocessing.get_context(method),
        initializer=_start,
        initargs=(columns, checker.recipe, checker.definitions),
    )
    under_way: deque[Future[Checked]] = deque()
    try:
        for chunk in chunks:
            if sum(not future.done() for future in under_way) < workers * _AHEAD:
                under_way.append(pool.submit(_check, marshal.dumps(cast(Any, chunk))))
            else:
                under_way.append(_done(checker.check(chunk, columns)))
            while under_way and (under_way[0].done() or len(under_way) > _MOST * workers):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool:
        raise StorageError(
            "import: a process that checked rows ended early", "Free some memory and try again"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _done(checked: Checked) -> "Future[Checked]":
    future: Future[Checked] = Future()
    future.set_result(checked)
    return future


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
