"""Files that are whole or not there: written aside, and given their name when they last.

What is written aside bears the number of the process that writes it, so that what a process left
behind when it was killed can be told from what another is writing now.
"""

import errno
import glob
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


def aside_of(path: Path) -> Path:
    """Return where this process writes what is to be the file ``path``: beside it."""
    return Path(f"{path}.new-{os.getpid()}")


def remove_leftovers(path: Path) -> None:
    """Remove what processes that are no more wrote aside for the file ``path``."""
    for file in path.parent.glob(f"{glob.escape(path.name)}.new-*"):
        if _is_of_the_dead(file.name.rpartition("-")[2]):
            file.unlink(missing_ok=True)


def remove_old_folders(beginning: str) -> None:
    """Remove temporary folders that processes left which are no more.

    After ``beginning`` their names go on with the number of the process, and a hyphen. What
    belongs to somebody else, or cannot be removed, stays.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{glob.escape(beginning)}*-*"):
        if _is_of_the_dead(folder.name.removeprefix(beginning).partition("-")[0]):
            shutil.rmtree(folder, ignore_errors=True)


def _is_of_the_dead(number: str) -> bool:
    """Whether that is the number of a process which is no more."""
    if os.name != "posix" or not number.isdecimal():
        return False  # elsewhere asking for a process by signal 0 would end it
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def sync_file(path: Path) -> None:
    """Make the bytes of a file last, and let the next reader fetch them from the disk."""
    number = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(number)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(number, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(number)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last.

    Windows has no way to ask for it, and does it itself; so do some file systems.
    """
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(number)


def write_once(path: Path, data: bytes, like: Path) -> bool:
    """Write a file that is not there yet, whole and for good; return whether it was not.

    Its folder is made where it is missing. Both can be read by whoever can read ``like``.
    """
    readable = stat.S_IMODE(like.stat().st_mode) & 0o444
    try:
        path.parent.mkdir()
        path.parent.chmod(readable | readable >> 2 | 0o700)
    except FileExistsError:
        pass
    if path.exists():
        return False
    new = aside_of(path)
    try:
        new.write_bytes(data)
        sync_file(new)
        new.chmod(readable)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read and write, unless there is a file.

    SQLite makes a file of what nobody withholds by umask; it takes one that is empty for new.
    Where none can be made, whoever opens it will say why.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def share_as(path: Path, like: Path) -> None:
    """Let a file of ours be read and written by those who may read and write another one.

    Nothing is changed of a file that is somebody else's, or that is not there.
    """
    with suppress(OSError):
        wanted, found = os.stat(like), os.stat(path)
        mode = stat.S_IMODE(wanted.st_mode) & 0o666
        ours = os.name == "posix" and found.st_uid == os.geteuid()
        if ours and stat.S_IMODE(found.st_mode) != mode:
            os.chmod(path, mode)
