"""`wherefrom doctor`: what a look at the files, the disk and the program shows, and what to mend.

Each check says what it saw; one that found something to mend says what to do. Only the ledger
is worth mending: whatever is wrong with the views, they are rebuilt when next asked.
"""

import json
import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from shlex import quote
from typing import Final, Literal, NamedTuple

import click

from cli.erasing import unfinished
from cli.output import paint, wrapped
from cli.phrasing import counted
from cli.session import SHORT
from ledger.erasing import left_here
from ledger.errors import StorageError
from ledger.journal import journal_for
from ledger.sqlite import SqliteStore
from ledger.sqlite_opening import connect
from ledger.sqlite_schema import APPLICATION_ID, SCHEMA_VERSION
from projections import schema
from projections.views import views_path

UNPROTECTED_ADVICE: Final = (
    "Somebody altered the file. Run `wherefrom verify`, with a --checkpoint that you kept; if all "
    "holds, `wherefrom backup FILE` makes a copy that refuses changes"
)
_LOW_DISK = 100 * 2**20
_SHOWN = 5

State = Literal["ok", "note", "mend"]


class Check(NamedTuple):
    """What was looked at, how it is, what was seen, and what to do about it."""

    what: str
    state: State
    seen: str
    advice: str = ""


def examine(path: str, *, as_json: bool) -> None:
    """Run every check on the ledger at ``path`` and say what they saw; exit 1 if one says mend.

    Raises ``StorageError`` where there is no such file.
    """
    file = Path(path)
    if not file.is_file():
        raise StorageError(f"{path}: no such ledger", "--db names another")
    checks: list[Check] = []
    for check in _checks(file):
        checks.append(check)
        if not as_json:
            _say(check)
    ok = all(check.state != "mend" for check in checks)
    if as_json:
        click.echo(json.dumps({"ok": ok, "checks": [check._asdict() for check in checks]}))
    elif ok:
        click.echo(
            "Nothing to mend. `wherefrom verify` checks what was recorded, `backup` copies it."
        )
    if not ok:
        raise click.exceptions.Exit(1)


def _say(check: Check) -> None:
    colour = {"ok": "green", "note": "yellow", "mend": "red"}[check.state]
    text = wrapped(f"{check.what:<12}  {check.seen}", "", " " * 14)
    click.echo(text.replace(check.what, paint(check.what, fg=colour, bold=True), 1))
    if check.advice:
        click.echo(wrapped(check.advice, "          ->  ", " " * 14))


def _checks(file: Path) -> Iterator[Check]:
    yield Check("program", "ok", f"wherefrom {version('wherefrom')}, {_python()}")
    yield _sqlite(file)
    size, origin, check = _ledger(file)
    yield check
    if check.state != "mend":
        yield from _copy(file)
    if check.state != "mend":
        yield _integrity(file, "integrity")
        yield _protections(file)
        yield from _erasures(file)
    yield from _permissions(file)
    yield from _views(file, size, origin)
    yield _disk(file)


def _python() -> str:
    return f"Python {platform.python_version()} on {platform.system()}"


def _sqlite(file: Path) -> Check:
    journal = journal_for()
    seen = f"journal {journal.mode}, synchronous {journal.synchronous}: {journal.reason}"
    try:
        mode = _ask(file, "PRAGMA journal_mode")
    except sqlite3.Error:
        return Check("journal", "ok", seen)
    if mode == "wal" and journal.mode != "wal":
        return Check(
            "journal",
            "mend",
            f"{seen}, but the file is in WAL mode and could not be changed",
            "Close the other programs that use it, and run this again",
        )
    return Check("journal", "ok", seen)


def _ledger(file: Path) -> tuple[int, str, Check]:
    """Return how many events there are, the name it was made under, and how the file is."""
    try:
        with closing(SqliteStore.open(file)) as store:
            size, origins = store.size(), store.origins
    except StorageError as error:
        return 0, "", Check("ledger", "mend", error.message, error.hint)
    seen = (
        f"{file}: {counted(size, 'event')}, {_bytes(file.stat().st_size)}, "
        f"origin {origins[-1].name}, "
        f"application id {APPLICATION_ID:#x}, format {_ask(file, 'PRAGMA user_version')} "
        f"(this version writes {SCHEMA_VERSION})"
    )
    return size, origins[0].name, Check("ledger", "ok", seen)


def _copy(file: Path) -> Iterator[Check]:
    with closing(SqliteStore.open(file)) as store:
        if store.moved:
            seen = "a copy, or moved to another disk: what is recorded next begins an origin here"
            yield Check("origin", "note", seen)


def _integrity(file: Path, what: str) -> Check:
    """Let SQLite look at every page of a file."""
    try:
        said = " ".join(str(_ask(file, "PRAGMA integrity_check(1)")).split())
    except sqlite3.Error as error:
        said = str(error)
    if said == "ok":
        return Check(what, "ok", f"SQLite's integrity_check finds nothing wrong with {file.name}")
    return Check(
        what, "mend", f"SQLite's integrity_check of {file.name}: {said}", "Restore it from a backup"
    )


def _protections(file: Path) -> Check:
    with closing(SqliteStore.open(file)) as store:
        problems = store.unprotected()
    if not problems:
        return Check("protections", "ok", "the file refuses changes, by every trigger it should")
    return Check("protections", "mend", "; ".join(problems), UNPROTECTED_ADVICE)


def _erasures(file: Path) -> Iterator[Check]:
    """Tell of erasures whose traces are not overwritten yet, and of those that are not made."""
    with closing(SqliteStore.open(file)) as store:
        count, left, waiting = len(store.erasures()), unfinished(store), left_here(store)
    if left:
        seen = f"{count:,} erased; of {left:,} some bytes may still be in the files"
        yield Check("erasures", "mend", seen, "Run `wherefrom erase`, which overwrites them")
    elif count:
        yield Check("erasures", "ok", f"{count:,} erased, and no byte of them left in the files")
    if waiting:
        ids = sorted({one.notice.event[:SHORT] for one in waiting})
        some = ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN} more" if ids[_SHOWN:] else "")
        seen = f"erased elsewhere: {some}; shown nowhere, but the text is still in this file"
        yield Check("erasures", "note", seen, "`wherefrom erase EVENT` takes it out here, too")


def _views(file: Path, size: int, origin: str) -> Iterator[Check]:
    path = views_path(file)
    if not path.exists():
        yield Check("views", "note", f"{path}: not there yet; built when first asked")
        return
    try:
        row = _ask_row(path, "SELECT version, origin, size FROM reached")
    except sqlite3.Error as error:
        yield Check("views", "note", f"{path}: {error}; rebuilt when next asked")
        return
    reached = None if row is None else int(str(row[2]))
    if row is None or reached is None or row[:2] != (schema.VERSION, origin) or reached > size:
        yield Check("views", "note", f"{path}: of another version or ledger; rebuilt when asked")
        return
    behind = size - reached
    told = (
        "up to date"
        if not behind
        else f"{behind:,} behind the ledger, caught up with when next asked"
    )
    size_on_disk = _bytes(path.stat().st_size)
    seen = f"{path}: version {row[0]}, {reached:,} events, {told}, {size_on_disk}"
    yield Check("views", "ok", seen)
    check = _integrity(path, "views")
    yield check if check.state == "ok" else check._replace(advice="Run `wherefrom rebuild`")


def _permissions(file: Path) -> Iterator[Check]:
    mode = file.stat().st_mode
    said = f"{stat.filemode(mode)} {file.name}"
    if not os.access(file, os.R_OK):
        yield Check("permissions", "mend", f"{said}: cannot be read", "Have its owner let you")
    elif not os.access(file, os.W_OK) or not os.access(file.absolute().parent, os.W_OK):
        seen = f"{said}: can be read here, not added to"
        yield Check("permissions", "note", seen, "To record, make the file and its folder writable")
    elif mode & stat.S_IWOTH:
        seen = f"{said}: anybody on this machine may write to it"
        yield Check("permissions", "mend", seen, f"chmod o-w {quote(str(file))}")
    elif mode & stat.S_IROTH:
        seen = f"{said}: anybody on this machine may read it, and what is kept beside it"
        yield Check(
            "permissions", "note", seen, f"chmod o-r {quote(str(file))}, unless that is meant"
        )
    else:
        yield Check("permissions", "ok", f"{said}: can be read and added to")
    yield from _wider(file)


def _wider(file: Path) -> Iterator[Check]:
    """Look at what lies beside the ledger and holds what it holds: is it open to more people?"""
    mode = stat.S_IMODE(file.stat().st_mode)
    kept = file.with_name(f"{file.stem}.evidence")
    for path in (views_path(file), kept):
        more = stat.S_IMODE(path.stat().st_mode) & 0o066 & ~mode if path.exists() else 0
        if more and os.name == "posix":
            seen = f"{path.name} is open to more people than the ledger is"
            yield Check("permissions", "mend", seen, f"chmod go-rwx {quote(str(path))}")


def _disk(file: Path) -> Check:
    free = shutil.disk_usage(file.absolute().parent).free
    needed = max(_LOW_DISK, file.stat().st_size)
    if free < needed:
        seen = f"only {_bytes(free)} free; a rebuild and an import may need {_bytes(needed)}"
        return Check("disk", "mend", seen, "Free some space")
    return Check("disk", "ok", f"{_bytes(free)} free")


def _ask(file: Path, statement: str) -> object:
    row = _ask_row(file, statement)
    return None if row is None else row[0]


def _ask_row(file: Path, statement: str) -> tuple[object, ...] | None:
    connection = connect(file)
    try:
        row: tuple[object, ...] | None = connection.execute(statement).fetchone()
    except UnicodeDecodeError as error:  # SQLite's complaint quotes what is no text
        raise sqlite3.DatabaseError("database disk image is malformed") from error
    finally:
        connection.close()
    return row


def _bytes(number: int) -> str:
    """Return a size in words: ``212.3 MB``."""
    size = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{number} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
