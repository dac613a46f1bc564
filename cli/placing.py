"""The place of what the system complains of when something cannot be written."""

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.errors import StorageError


@contextmanager
def placing(path: str) -> Iterator[None]:
    """Give the place to what the system complains of: where it is written, ``path``.

    A reader that went away is no such complaint.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        hint = "Name a file that can be written"
        if path == "stdout":
            hint = "Send the answer where there is room"
        raise StorageError(f"{path}: {error.strerror}", hint) from None
