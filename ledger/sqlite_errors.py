"""What SQLite complains of, as messages that a user can act on."""

import os
import sqlite3

from ledger.errors import NoLedger, StorageError

_MALFORMED = "database disk image is malformed"

COMPLAINTS = (sqlite3.Error, UnicodeDecodeError)
"""What Python raises for SQLite; the latter where the complaint quotes what is no text."""


def storage_error(error: sqlite3.Error | UnicodeDecodeError, path: str) -> StorageError:
    """Return what SQLite complains of as a message a user can act on."""
    text = _MALFORMED if isinstance(error, UnicodeDecodeError) else str(error)
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY_ROLLBACK:
        return StorageError(
            f"{path}: what wrote to it was interrupted",
            "Ask it something with --db, such as `log`: that takes back what was half written",
        )
    if "unable to open" in text and os.path.exists(path) and not os.access(path, os.R_OK):
        return StorageError(f"{path}: Permission denied", "Have its owner let you read it")
    hints = {
        "file is not a database": "Name a ledger with --db, or a new file",
        "unable to open database file": "Check that the folder exists and may be written",
        "attempt to write a readonly database": "Make the file and its folder writable",
        "database or disk is full": "Free some space and try again",
        "disk I/O error": "Check the disk",
        "database is locked": "Another program is writing to it; try again",
        _MALFORMED: "Restore it from a backup",
        "malformed database schema": "Restore it from a backup",
    }
    for words, hint in hints.items():
        if words in text:
            return StorageError(f"{path}: {words}", hint)
    return StorageError(f"{path}: {text}")


def of_append(error: StorageError, *, unsure: bool) -> StorageError:
    """Return what befell an append, with what that means for what was to be recorded.

    ``unsure`` where that cannot be told before the disk works again.
    """
    if unsure:
        remedy = f"{error.hint}; then look" if error.hint else "Look"
        hint = f"{remedy} with `log` whether it was recorded, and if not, file it again"
    else:
        remedy = error.hint[:1].lower() + error.hint[1:]
        hint = f"Nothing was recorded; {remedy}" if remedy else "Nothing was recorded"
    return StorageError(error.message, hint)


def no_ledger(path: str) -> NoLedger:
    """Return what to raise where there is no ledger yet."""
    return NoLedger(
        f"{path}: no such ledger",
        "`wherefrom add` or `wherefrom import` starts one; --db names another",
    )


class Explaining:
    """The context of every statement: what SQLite complains of becomes a ``StorageError``.

    A class, not a generator: a single append enters it half a dozen times.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, COMPLAINTS):
            raise storage_error(error, self._path) from error
