"""A copy of a ledger in another file, made while others record, and checked before it counts.

What is recorded never changes, so the first so many rows are the ledger as it was at a moment,
and they can be read some thousands at a time: no lock is held between, and nobody who records
has to wait. They are written to a new file beside the target, which so holds no page that was
ever freed; that file is synced, read again and verified in whole, and takes the target's name
only then. Whatever fails before leaves the target as it was.

Of an earlier file of that name only a prefix of the same ledger is replaced: yesterday's backup,
but never a ledger that holds something else.

A body that is erased while the copy is under way is erased in the copy as well.
"""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from itertools import islice
from pathlib import Path

import attrs

from ledger.errors import BadInput, Damaged, LedgerError, StorageError
from ledger.files import aside_of, remove_leftovers, sync_file, sync_folder
from ledger.kept_copies import cited_in
from ledger.roots import root_of
from ledger.sqlite import SqliteStore
from ledger.sqlite_schema import create_tables, seal
from ledger.store import Erasure, Reader, Row, consecutive
from ledger.verification import verify

_PAGE = 2_000

Watching = Callable[[str, Reader], AbstractContextManager[Reader]]
"""Returns a reader for a step of the work, which bears this name; it may tell how far it is."""


@attrs.frozen
class Backup:
    """What a backup holds: so many events, over which this is the root in hex.

    ``gone`` names documents that events cited which the backup before it still held, and that are
    erased by now.
    """

    size: int
    root: str
    gone: frozenset[str] = frozenset()


def _unwatched(_: str, reader: Reader) -> AbstractContextManager[Reader]:
    return nullcontext(reader)


def back_up(source: SqliteStore, target: Path, watching: Watching = _unwatched) -> Backup:
    """Copy a ledger to the file ``target``, and verify the copy; return what it holds.

    Raises ``BadInput`` where ``target`` is anything but an earlier backup of the same ledger,
    ``Damaged`` where the ledger does not verify, and ``StorageError`` where a file cannot be
    read or written; the target is then as it was.
    """
    target = Path(os.path.realpath(target))
    refuse_other(target, source)
    remove_leftovers(target)
    new = aside_of(target)
    try:
        with watching("Copying", source) as rows:
            _copy(rows, new, source.path)
        with suppress(PermissionError):  # some disks have none to give; 0600 it is then
            new.chmod(stat.S_IMODE(Path(source.path).stat().st_mode) & 0o666)
        sync_file(new)
        with closing(SqliteStore.reading(new)) as copy, watching("Verifying", copy) as rows:
            made = attrs.evolve(_verified(rows, source), gone=_gone(target, copy))
        refuse_other(target, source)
        Path(f"{target}-journal").unlink(missing_ok=True)  # of pages as they were, empty or not
        new.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise _not_written(target, error.strerror or str(error)) from error
    except sqlite3.Error as error:
        raise _not_written(target, str(error)) from error
    finally:
        new.unlink(missing_ok=True)
    return made


def _not_written(target: Path, what: str) -> StorageError:
    return StorageError(
        f"{target}: {what}", "Nothing was backed up; name a file where there is room to write"
    )


def refuse_other(target: Path, source: Reader) -> None:
    """Raise ``BadInput`` where there is a file that is no earlier state of ``source``.

    Nothing of it is changed. Also raised where SQLite would find a journal beside the new file
    that is of another, and would write that into it.
    """
    _refuse_journal(target)
    if not target.exists():
        return
    hint = "Name another file, or move that one away"
    if not target.is_file():
        what = "a folder" if target.is_dir() else "no ordinary file"
        raise BadInput(f"{target}: {what}", "Name a file")
    if not target.stat().st_size:
        return
    try:
        with closing(SqliteStore.reading(target)) as old:
            size = old.size()
            known = (
                size <= source.size()
                and old.origins[0] == source.origins[0]
                and root_of(old, size) == root_of(source, size)
            )
    except LedgerError as error:
        raise BadInput(f"{target}: not a backup of this ledger ({error.message})", hint) from error
    if not known:
        raise BadInput(f"{target}: holds events that this ledger does not", hint)


def _refuse_journal(target: Path) -> None:
    """Raise ``BadInput`` where a journal holds what is not in the file ``target`` yet, or no more.

    A rollback journal that persists is empty where it begins with a zero
    (https://www.sqlite.org/fileformat2.html#the_rollback_journal), a WAL where it has no bytes.
    """
    for suffix, empty in (("-journal", (b"", b"\0")), ("-wal", (b"",))):
        beside = Path(f"{target}{suffix}")
        if not beside.is_file():
            continue
        with beside.open("rb") as file:
            if file.read(1) not in empty:
                raise BadInput(
                    f"{beside}: holds what some program did not finish writing to {target.name}",
                    "Close that program and ask that file something with --db, such as `log`; "
                    "where it is gone, move this away, too",
                )


def _copy(source: Reader, path: Path, source_path: str) -> None:
    """Write the rows that ``source`` holds by now into a new file."""
    path.unlink(missing_ok=True)
    path.touch(0o600, exist_ok=False)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode = off", "synchronous = off", "locking_mode = exclusive"):
            connection.execute(f"PRAGMA {pragma}").fetchone()
        connection.execute("PRAGMA secure_delete = on").fetchone()
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("BEGIN")
        create_tables(connection)
        size = _fill(connection, source)
        _copy_names(connection, source_path, size)
        seal(connection)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, source: Reader) -> int:
    """Write the rows, and which of them lost their bodies; return how many there are."""
    size = removed = 0
    erased: set[Erasure] = set()
    while True:
        start, size = size, source.size()
        for page in _pages(consecutive(source, start, size)):
            connection.executemany(
                "INSERT INTO events (position, head, hashes) VALUES (?, ?, ?)",
                [row[:3] for row in page],
            )
            connection.executemany(
                "INSERT INTO bodies (position, salt, body, fingerprint) VALUES (?, ?, ?, ?)",
                [(row.position, *row[3:]) for row in page if row.body is not None],
            )
        found = {one for one in source.erasures() if one.position < size}
        late = [(one.position,) for one in found - erased]
        removed += connection.executemany("DELETE FROM bodies WHERE position = ?", late).rowcount
        erased = found
        if all(one.erased_by < size for one in found):
            break
    connection.executemany(
        "INSERT INTO erasures (position, erased_by) VALUES (?, ?)", sorted(erased)
    )
    if not removed:  # of what went before, no byte was ever written here
        connection.execute("INSERT INTO scrubs (number, erasures) VALUES (0, ?)", (len(erased),))
    return size


def _copy_names(connection: sqlite3.Connection, source_path: str, size: int) -> None:
    """Write under which names the rows were recorded, but no place: the file is a copy.

    They are looked up anew, since another process may have started one meanwhile. The heads
    that were seen of other ledgers come along.
    """
    with closing(SqliteStore.open(source_path)) as source:
        connection.executemany(
            "INSERT INTO origins (number, origin, since) VALUES (?, ?, ?)",
            [(at, *origin) for at, origin in enumerate(source.origins) if origin.since <= size],
        )
        connection.executemany(
            "INSERT INTO heads_seen (number, origin, size, root, note) VALUES (?, ?, ?, ?, ?)",
            [(number, *head) for number, head in enumerate(source.heads_seen())],
        )


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while page := list(islice(rows, _PAGE)):
        yield page


def _gone(target: Path, copy: Reader) -> frozenset[str]:
    """Return the documents cited by events that the file at ``target`` holds, and ``copy`` not."""
    if not target.exists() or not target.stat().st_size:
        return frozenset()
    names: set[str] = set()
    with closing(SqliteStore.reading(target)) as old:
        size = old.size()
        positions = [one.position for one in copy.erasures() if one.position < size]
        for row in old.at(positions):
            names |= cited_in(row.body or b"")
    return frozenset(names)


def _verified(copy: Reader, source: Reader) -> Backup:
    """Return what the copy holds; raise ``Damaged`` where it is not what the source holds."""
    found = verify(copy)
    if not found.ok:
        raise Damaged(found.problems[0], "Nothing was backed up; run `wherefrom verify`")
    if found.root != root_of(source, found.size):
        raise Damaged(
            f"the copy of {found.size:,} events has the root {found.root}, the ledger another",
            "Nothing was backed up; run `wherefrom verify`",
        )
    return Backup(found.size, found.root)
