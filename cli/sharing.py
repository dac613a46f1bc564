"""Sharing work out to several processes, one for each processor.

For work in tasks of which none looks at another. The process that has the tasks hands them to
the others and, while their hands are full, does the next one itself. The results come back in
the order of the tasks, and only a few are under way at a time, so that memory does not grow
with their number.
"""

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import Any, TypeVar

import attrs

from ledger.errors import StorageError

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 3
"""Tasks that are in the hands of each worker, so that it never waits for the next."""

_MOST = 4 * _AHEAD
"""Tasks for each worker that may wait for the first of them to be back."""


def processors() -> int:
    """Return how many processes can work at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@attrs.frozen
class Workers:
    """So many other processes, and what each does once when it starts, with what it is given.

    ``what`` names the work where a process ends early.
    """

    number: int
    what: str
    start: Callable[..., None]
    given: tuple[Any, ...]


def share_out(
    tasks: Iterable[Task],
    workers: Workers,
    *,
    here: Callable[[Task], Result],
    there: Callable[[Any], Result],
    handed: Callable[[Task], Any] = lambda task: task,
) -> Iterator[Result]:
    """Yield what each task comes to, in order: done ``here``, or ``there`` as ``handed`` over.

    Raises ``StorageError`` when a worker dies, as for want of memory.
    """
    method = "fork" if sys.platform == "linux" else None
    pool = ProcessPoolExecutor(
        workers.number,
        multiprocessing.get_context(method),
        initializer=_start,
        initargs=(workers.start, workers.given),
    )
    under_way: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            if sum(not future.done() for future in under_way) < workers.number * _AHEAD:
                under_way.append(pool.submit(there, handed(task)))
            else:
                under_way.append(_done(here(task)))
            while under_way and (under_way[0].done() or len(under_way) > _MOST * workers.number):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool:
        raise StorageError(
            f"{workers.what}: a process that helped ended early", "Free some memory and try again"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _done(result: Result) -> "Future[Result]":
    future: Future[Result] = Future()
    future.set_result(result)
    return future


def _start(start: Callable[..., None], given: tuple[Any, ...]) -> None:
    """Get a worker ready; an interrupt is for the process that started it, an end for this one."""
    Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    start(*given)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however that was ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
