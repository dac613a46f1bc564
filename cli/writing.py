"""An answer into a file: written aside and renamed, so that a file is whole or not there.

When a command says that it wrote a file, the file is on the disk, and so is its name.
"""

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cli.file_kinds import DATABASE, VERIFIER_KEY, kind_of_file
from cli.placing import placing
from cli.waiting import waiting_for
from ledger.errors import BadInput
from ledger.files import sync_folder

_BESIDE = ("", "-journal", "-wal", "-shm")
"""What SQLite puts after the name of a database for the files that belong to it."""


def refuse_own(path: str | None, *places: Path, option: str = "--output") -> None:
    """Raise ``BadInput`` when ``path`` belongs to one of these: a database, or a folder.

    To a database belong the files that SQLite keeps beside it, to a folder what is in it.
    """
    if path is None:
        return
    if not path:
        raise BadInput(f"{option}: no name is given", "Write one after it")
    target = Path(os.path.realpath(path))
    for place in places:
        for suffix in _BESIDE:
            own = Path(f"{os.path.realpath(place)}{suffix}")
            same = own.exists() and target.exists() and own.samefile(target)
            if same or own in (target, *target.parents):
                raise BadInput(
                    f"{option} {path}: this is a file of the ledger", "Name another file"
                )


def refuse_kept(path: str | None, *, option: str = "--output", but: str | None = None) -> None:
    """Raise ``BadInput`` when the file is a key, a ledger, a checkpoint or a receipt.

    What was written over is gone, and none of them can be made again. ``but`` is what may stand
    there: a receipt is written over another.
    """
    if path is None:
        return
    target = Path(os.path.realpath(path))
    kind = kind_of_file(target) if target.is_file() else None
    if kind not in (None, VERIFIER_KEY, but):
        what = "a database, perhaps a ledger" if kind == DATABASE else kind
        raise BadInput(f"{option} {path}: {what}, and not written over", "Name another file")


def write_out(path: str | None, lines: Iterable[bytes]) -> None:
    """Write to the file ``path``, whole or not at all; to stdout where it is ``None``.

    A symbolic link is followed, and what is no ordinary file (a device, a pipe) is written to
    as it stands. Raises ``StorageError`` when the file cannot be written.
    """
    if path is None:
        sys.stdout.flush()
        for line in lines:
            with placing("stdout"):
                sys.stdout.buffer.write(line)
        with placing("stdout"):
            sys.stdout.buffer.flush()
        return
    with placing(path):
        target = Path(os.path.realpath(path))
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            with waiting_for(path, "read from"), target.open("wb") as file:
                file.writelines(lines)
        else:
            _replace(target, lines)


def refuse_unwritable(path: str | None) -> None:
    """Raise ``StorageError`` where :func:`write_out` could not write the file, nor a new one.

    For what is done before anything is written and cannot be undone, as signing. A disk that is
    full by then is not foreseen.
    """
    if path is None:
        return
    with placing(path):
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.is_file() or not target.exists():
            with tempfile.NamedTemporaryFile(prefix=_aside(target), dir=target.parent):
                pass


def _replace(target: Path, lines: Iterable[bytes]) -> None:
    number, name = tempfile.mkstemp(prefix=_aside(target), dir=target.parent)
    aside = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(number)
        aside.chmod(0o666 & ~_umask())
        aside.replace(target)
        sync_folder(target.parent)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _aside(target: Path) -> str:
    return f".{target.name[:100]}."


def _umask() -> int:
    """Return which permissions new files go without; there is no asking without setting."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
