"""A named pipe, and what is said while nobody is at its other end.

To open one waits until another program opens it, too, perhaps for ever. That is what a pipe is
for; but a person who named one by mistake has to be told what the command is waiting for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from cli.complaints import tell

PATIENCE = 2.0
"""Seconds until it is said that something is waited for."""


@contextmanager
def waiting_for(path: str, what: str) -> Iterator[None]:
    """Say on stderr, unless the context is left soon, which pipe waits for a program to do what.

    Nothing is said of what is no pipe.
    """
    try:
        is_pipe = Path(path).is_fifo()
    except (OSError, ValueError):  # whoever opens it says what is wrong with it
        is_pipe = False
    if not is_pipe:
        yield
        return
    note = Timer(PATIENCE, tell, [f"Note: waiting for another program to {what} {path}"])
    note.daemon = True
    note.start()
    try:
        yield
    finally:
        note.cancel()
