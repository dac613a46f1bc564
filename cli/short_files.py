"""Files that are short by their nature: keys, checkpoints, receipts."""

import sys
from contextlib import nullcontext
from pathlib import Path

from cli.file_kinds import refuse_other
from cli.waiting import waiting_for
from ledger.errors import BadInput, StorageError


def read_short(path: str, most: int, wanted: str, *others: str) -> bytes:
    """Return what is in a file (``-`` is standard input), never reading much more than ``most``.

    ``wanted`` and ``others`` are the kinds of file that may stand here (:mod:`cli.file_kinds`).
    Raises ``BadInput`` where it is one of the other kinds, or there are more bytes, and
    ``StorageError`` where none can be read.
    """
    name = shown(path)
    if not path:
        raise BadInput(f"no name is given where {wanted} is wanted", "Name the file")
    try:
        with (
            waiting_for(path, "write to"),
            nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file,
        ):
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StorageError(f"{name}: {reason}", "Name a file that can be read") from None
    refuse_other(data, name, wanted, *others)
    if len(data) > most:
        raise BadInput(f"{name}: longer than {most:,} bytes", "Name the right file")
    return data


def shown(path: str) -> str:
    """Return what messages call the file."""
    return "stdin" if path == "-" else path
