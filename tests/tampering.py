"""What somebody can do to a ledger who can write its file: the catalogue.

Each way takes the file and changes it with SQLite alone, or with the program, as an insider would:
triggers are dropped first and put back after, so that nothing but the deed itself is left to see.
``CAUGHT`` says of each what `verify` tells of it with a checkpoint at hand, and whether it tells
of it without one.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import attrs
from signing import opened, rewrite

from ledger.codec import encode
from ledger.events import Event, SourceDescribed
from ledger.heads import commitment, decode_head, encode_head
from ledger.merkle import Frontier, leaf_hash

EVENTS = 40
"""What the ledger holds that is tampered with; all of it is under the checkpoint."""

AT = 17
"""Where it is tampered with."""


@attrs.frozen
class Deed:
    """A way to tamper; ``said`` is what is told of it with a checkpoint, as a regular expression.

    ``alone`` says whether `verify` tells of it without a checkpoint, too.
    """

    do: Callable[[Path], None]
    said: str
    alone: bool = True


@contextmanager
def unprotected(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file without its triggers, which are put back in the end, as if nothing had been."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in triggers:
            connection.execute(sql)


def _sql(*statements: str) -> Callable[[Path], None]:
    def do(path: Path) -> None:
        with unprotected(path) as connection:
            connection.execute("PRAGMA foreign_keys = off")
            for statement in statements:
                assert connection.execute(statement).rowcount, statement

    return do


def _other(number: int) -> SourceDescribed:
    return SourceDescribed(name=f"Other {number}", kind="person")


def _edit_body_and_head(path: Path) -> None:
    """Another body, and the head that commits to it, with the hashes as they were."""
    body = encode(_other(0))
    with unprotected(path) as connection:
        head, salt = connection.execute(
            "SELECT head, salt FROM events JOIN bodies USING (position) WHERE position = ?", (AT,)
        ).fetchone()
        new = attrs.evolve(decode_head(head), body=commitment(salt, body.data))
        connection.execute("UPDATE events SET head = ? WHERE position = ?", (encode_head(new), AT))
        connection.execute(
            "UPDATE bodies SET body = ?, fingerprint = ? WHERE position = ?",
            (body.data, body.fingerprint, AT),
        )


def _with_hashes(deed: Callable[[Path], None]) -> Callable[[Path], None]:
    """Do it, and then make all hashes anew, so that they hold."""

    def do(path: Path) -> None:
        deed(path)
        frontier = Frontier()
        with unprotected(path) as connection:
            for position, head in connection.execute(
                "SELECT position, head FROM events ORDER BY position"
            ).fetchall():
                connection.execute(
                    "UPDATE events SET hashes = ? WHERE position = ?",
                    (frontier.append(leaf_hash(head)), position),
                )

    return do


def _rewritten(changed: Callable[[list[Event]], list[Event]]) -> Callable[[Path], None]:
    return lambda path: rewrite(path, changed)


def _rolled_back(path: Path) -> None:
    """An older copy is put in its place, by whoever kept one."""
    _sql(*(f"DELETE FROM {table} WHERE position >= {AT}" for table in ("bodies", "events")))(path)


def _older(path: Path) -> None:
    shutil.copy(f"{path}.older", path)


def _another_in_its_place(path: Path) -> None:
    path.unlink()
    with opened(path, create=True) as ledger:
        ledger.append([_other(number) for number in range(EVENTS)], "desk")


def _swap(table: str, columns: str) -> Callable[[Path], None]:
    def do(path: Path) -> None:
        marks = ", ".join(f"{column} = ?" for column in columns.split(", "))
        with unprotected(path) as connection:
            one, other = (
                connection.execute(
                    f"SELECT {columns} FROM {table} WHERE position = ?", (position,)
                ).fetchone()
                for position in (AT, AT + 1)
            )
            for position, values in ((AT, other), (AT + 1, one)):
                connection.execute(
                    f"UPDATE {table} SET {marks} WHERE position = ?", (*values, position)
                )

    return do


def _both(*deeds: Callable[[Path], None]) -> Callable[[Path], None]:
    def do(path: Path) -> None:
        for deed in deeds:
            deed(path)

    return do


def _unsealed(statement: str) -> Callable[[Path], None]:
    """Change what protects the file, and leave it so."""

    def do(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(statement)

    return do


def cut(path: Path) -> None:
    """Lose the last third of the file."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3 // 4096 * 4096])


_GONE = (f"DELETE FROM {table} WHERE position = {AT}" for table in ("bodies", "events"))
_LATER = tuple(
    f"UPDATE {table} SET position = {sign}position{less} WHERE position {which}"
    for table in ("bodies", "events")
    for sign, less, which in (("-", "", f"> {AT}"), ("-", " - 1", "< 0"))
)
"""Everything behind the gap moves up by one; through negative numbers, so that none meets."""

_HASHES = f"position {AT}: the kept hashes are not those of the tree"
_BODY = f"position {AT}: the body is not the one that was recorded"
_CHANGED = f"the first {EVENTS} events are not those that were signed"

CAUGHT: dict[str, Deed] = {
    "a body is edited": Deed(
        _sql(
            "UPDATE bodies SET body = CAST(replace(CAST(body AS TEXT), 'A17', 'B17') AS BLOB) "
            f"WHERE position = {AT}"
        ),
        _BODY,
    ),
    "a head is edited": Deed(
        _sql(
            "UPDATE events SET head = CAST(replace(CAST(head AS TEXT), 'desk', 'desq') AS BLOB) "
            f"WHERE position = {AT}"
        ),
        _HASHES,
    ),
    "a body and its head are edited": Deed(_edit_body_and_head, _HASHES),
    "a body and its head are edited, and all hashes": Deed(
        _with_hashes(_edit_body_and_head), _CHANGED, alone=False
    ),
    "a salt is edited": Deed(
        _sql(f"UPDATE bodies SET salt = randomblob(16) WHERE position = {AT}"), _BODY
    ),
    "a fingerprint is edited": Deed(
        _sql(f"UPDATE bodies SET fingerprint = randomblob(32) WHERE position = {AT}"),
        f"position {AT}: the fingerprint is not that of the body",
    ),
    "a hash is edited": Deed(
        _sql(f"UPDATE events SET hashes = randomblob(length(hashes)) WHERE position = {AT}"),
        _HASHES,
    ),
    "bodies and salts are swapped": Deed(
        _swap("bodies", "body, salt"), rf"{_BODY}(?s:.*)position {AT + 1}: the body is not the one"
    ),
    "bodies, salts and fingerprints are swapped": Deed(
        _swap("bodies", "body, salt, fingerprint"),
        rf"{_BODY}(?s:.*)position {AT + 1}: the body is not the one",
    ),
    "heads are swapped": Deed(_swap("events", "head"), _HASHES),
    "two rows are swapped": Deed(
        _both(_swap("events", "head, hashes"), _swap("bodies", "body, salt, fingerprint")),
        f"position {AT}: event {AT + 1} of its origin follows event {AT - 1}",
    ),
    "two rows are swapped, and all hashes made anew": Deed(
        _with_hashes(
            _both(_swap("events", "head"), _swap("bodies", "body, salt, fingerprint")),
        ),
        f"position {AT}: event {AT + 1} of its origin follows event {AT - 1}",
    ),
    "two events are swapped, and all made anew": Deed(
        _rewritten(lambda said: [*said[:AT], said[AT + 1], said[AT], *said[AT + 2 :]]),
        _CHANGED,
        alone=False,
    ),
    "an event is inserted, and all made anew": Deed(
        _rewritten(lambda said: [*said[:AT], _other(0), *said[AT:]]), _CHANGED, alone=False
    ),
    "an event is deleted": Deed(
        _sql(*_GONE), f"position {AT}: missing; the next event is at {AT + 1}"
    ),
    "an event is deleted, and those after it move up": Deed(
        _sql(
            f"DELETE FROM bodies WHERE position = {AT}",
            f"DELETE FROM events WHERE position = {AT}",
            *_LATER,
        ),
        f"position {AT}: event {AT + 1} of its origin follows event {AT - 1}",
    ),
    "an event is deleted, and all made anew": Deed(
        _rewritten(lambda said: [*said[:AT], *said[AT + 1 :]]), "cut off at its end", alone=False
    ),
    "an event is deleted and another added, and all made anew": Deed(
        _rewritten(lambda said: [*said[:AT], *said[AT + 1 :], _other(0)]), _CHANGED, alone=False
    ),
    "the last event is deleted": Deed(
        _sql(
            f"DELETE FROM bodies WHERE position = {EVENTS - 1}",
            f"DELETE FROM events WHERE position = {EVENTS - 1}",
        ),
        f"of {EVENTS} events, but the ledger has {EVENTS - 1} events: it was rolled back to an "
        "older copy, or cut off at its end",
        alone=False,
    ),
    "the last event is replaced": Deed(
        _rewritten(lambda said: [*said[:-1], _other(0)]), _CHANGED, alone=False
    ),
    "it is rolled back to an older copy": Deed(
        _rolled_back, f"the ledger has {AT} events: it was rolled back", alone=False
    ),
    "it is rewritten whole": Deed(
        _rewritten(lambda said: [_other(number) for number in range(len(said))]),
        _CHANGED,
        alone=False,
    ),
    "another ledger is put in its place": Deed(
        _another_in_its_place, f"of {EVENTS} events of another ledger, wherefrom/", alone=False
    ),
    "a body is removed": Deed(
        _sql(f"DELETE FROM bodies WHERE position = {AT}"), f"position {AT}: the body is missing"
    ),
    "a body is removed, and entered as erased": Deed(
        _sql(
            f"DELETE FROM bodies WHERE position = {AT}",
            f"INSERT INTO erasures VALUES ({AT}, {AT + 1})",
        ),
        f"position {AT}: the body is missing",
    ),
    "a body is removed, and entered as erased by what is yet to come": Deed(
        _sql(
            f"DELETE FROM bodies WHERE position = {AT}",
            f"INSERT INTO erasures VALUES ({AT}, {EVENTS})",
        ),
        f"position {AT}: the body is missing",
    ),
    "a body is entered as erased": Deed(
        _sql(f"INSERT INTO erasures VALUES ({AT}, {AT + 1})"),
        f"position {AT}: erased, but its body is there",
    ),
    "a trigger is dropped": Deed(
        _unsealed("DROP TRIGGER events_no_update"),
        "the trigger events_no_update, by which the file refuses changes, is missing",
    ),
    "a trigger does nothing": Deed(
        _unsealed(
            "DROP TRIGGER bodies_no_delete; CREATE TRIGGER bodies_no_delete BEFORE DELETE ON "
            "bodies WHEN false BEGIN SELECT raise(ABORT, 'never'); END"
        ),
        "the trigger bodies_no_delete is not the one that a ledger has",
    ),
    "a trigger is added": Deed(
        _unsealed(
            "CREATE TRIGGER quiet BEFORE INSERT ON events BEGIN SELECT raise(IGNORE); END"
        ),
        "the trigger 'quiet' on 'events' is none that a ledger has",
    ),
    "a trigger is added, to the table by another spelling": Deed(
        _unsealed(
            "CREATE TRIGGER quiet BEFORE INSERT ON EVENTS BEGIN SELECT raise(IGNORE); END"
        ),
        "the trigger 'quiet' on 'EVENTS' is none that a ledger has",
    ),
    "the index of statements is dropped": Deed(
        _unsealed("DROP INDEX bodies_by_fingerprint"),
        "the index bodies_by_fingerprint, by which a statement is found again, is not there",
    ),
    "the file is cut short": Deed(cut, "malformed"),
    "an older file is copied over it": Deed(
        _older,
        f"the ledger has {AT} events: it was rolled back",
        alone=False,
    ),
}  # fmt: skip
