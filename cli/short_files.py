"""Files that are short by their nature: keys, checkpoints, receipts."""

import sys
from contextlib import nullcontext
from pathlib import Path

from ledger.errors import BadInput, StorageError


def read_short(path: str, most: int) -> bytes:
    """Return what is in a file (``-`` is standard input), never reading much more than ``most``.

    Raises ``BadInput`` where there are more bytes, and ``StorageError`` where none can be read.
    """
    name = shown(path)
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StorageError(f"{name}: {reason}", "Name a file that can be read") from None
    if len(data) > most:
        raise BadInput(f"{name}: longer than {most:,} bytes", "Name the right file")
    return data


def shown(path: str) -> str:
    """Return what messages call the file."""
    return "stdin" if path == "-" else path
