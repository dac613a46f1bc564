"""An answer into a file: written aside and renamed, so that a file is whole or not there."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ledger.errors import StorageError


def write_out(path: str | None, lines: Iterable[bytes]) -> None:
    """Write to the file ``path``, whole or not at all; to stdout where it is ``None``.

    Raises ``StorageError`` when the file cannot be written.
    """
    if path is None:
        sys.stdout.flush()
        for line in lines:
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    try:
        number, aside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(number)
            Path(aside).chmod(0o666 & ~_umask())
            Path(aside).replace(target)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}", "Name a file that can be written") from None


def _umask() -> int:
    """Return which permissions new files go without; there is no asking without setting."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
