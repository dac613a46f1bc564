"""Where an import waits: checked and encoded events, in a temporary file, until all are in.

A large import is parsed here first, however long that takes, and then enters the ledger in one
short transaction: readers are never locked out while it parses, a bad row at the end costs
nothing, and the memory used does not grow with the rows. The file is SQLite's own temporary
database: it has no name, and is gone when the program ends, however it ends.

A row may carry a label, and a later row may name it as ``@label`` where an event names another.
What it names has no id before it enters the ledger, so the event waits with the label in the
place of the id, and gets the id on the way in.
"""

import marshal
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import attrs

from ledger.act_drafts import REFERENCES
from ledger.appending import Appending
from ledger.codec import Body, decode, encode, encode_claim, newest_schema
from ledger.errors import BadInput, NotFound, StorageError
from ledger.events import EVENT_TYPES, ClaimAsserted, ClaimsLinked, Event

MARK: Final = "@"
_SCHEMA = """
CREATE TABLE chunks (number INTEGER PRIMARY KEY, rows BLOB);
CREATE TABLE labels (label TEXT PRIMARY KEY, type TEXT, id TEXT) WITHOUT ROWID;
"""

Staged = tuple[str, bytes, bytes, str | None, bool, int]
"""Type, body, fingerprint, label, whether a label stands where an id belongs, and schema."""


def staged(event: Event, label: str | None = None) -> Staged:
    """Return an event encoded for staging; raise ``BadInput`` when it is too large."""
    waits = not isinstance(event, ClaimAsserted) and bool(_labels(event))
    return _staged(encode(event), label, waits)


def staged_claim(fields: Mapping[str, Any], label: str | None = None) -> Staged:
    """Return what ``staged`` does for a claim of these fields."""
    return _staged(encode_claim(fields), label, False)


def _staged(body: Body, label: str | None, waits: bool) -> Staged:
    type_, data, fingerprint, schema = body
    return type_, data, fingerprint, label, waits, schema


def _labels(event: Event) -> dict[str, str]:
    """Return the labels that stand where the event names another, by field."""
    named = {name: getattr(event, name, None) for name in REFERENCES}
    return {
        name: reference[len(MARK) :]
        for name, reference in named.items()
        if isinstance(reference, str) and reference.startswith(MARK)
    }


def packed(rows: list[Staged]) -> bytes:
    """Return staged rows as the bytes of a chunk, which another process may have made."""
    return marshal.dumps(rows)


@attrs.frozen
class Entered:
    """What entering came to: new events, those held already, where the first new one is."""

    recorded: int
    already_recorded: int
    first_position: int | None
    size: int


class Staging:
    """The events of one import."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -16384"):
            self._connection.execute(f"PRAGMA {pragma}")
        for statement in _SCHEMA.strip().split(";\n"):
            self._connection.execute(statement)
        self._connection.execute("BEGIN")
        self.count = 0

    def add(self, chunk: bytes, count: int) -> None:
        """Let the ``count`` events of a chunk wait; raise ``StorageError`` on a full disk."""
        with _filing():
            self._connection.execute("INSERT INTO chunks (rows) VALUES (?)", (chunk,))
        self.count += count

    def take_label(self, label: str, type_: str) -> None:
        """Give a label to an event of this type; raise ``BadInput`` where it is taken."""
        if self.has_label(label):
            raise BadInput(
                f"label: {label!r} is taken by a row above", "Give every row a label of its own"
            )
        with _filing():
            self._connection.execute(
                "INSERT INTO labels (label, type) VALUES (?, ?)", (label, type_)
            )

    def has_label(self, label: str) -> bool:
        """Whether an event of this import has the label."""
        found = self._connection.execute("SELECT 1 FROM labels WHERE label = ?", (label,))
        return found.fetchone() is not None

    def type_of(self, reference: str, what: str) -> str:
        """Return the type of the event that ``@label`` names, in the field ``what``.

        Raises ``NotFound`` where no row before has that label.
        """
        label = reference.removeprefix(MARK)
        row = self._connection.execute(
            "SELECT type FROM labels WHERE label = ?", (label,)
        ).fetchone()
        if row is None:
            raise NotFound(
                f"{what}: no row above is labelled {label!r}",
                "Label one, or name an event by its id",
            )
        return str(row[0])

    def enter(self, appending: Appending) -> Entered:
        """Hand every event to the ledger, in order; return what that came to.

        Raises ``StorageError`` where the temporary file cannot be read or written.
        """
        recorded, first = 0, None
        with _filing():
            for (chunk,) in self._connection.execute("SELECT rows FROM chunks ORDER BY number"):
                for rows in _runs(marshal.loads(chunk)):  # noqa: S302  (our own, in a file without a name)
                    bodies = [
                        self._with_ids(type_, data)
                        if waits
                        else Body(type_, data, fingerprint, schema)
                        for type_, data, fingerprint, _, waits, schema in rows
                    ]
                    kept = appending.add_bodies(bodies)
                    new = [found.position for found in kept if found.new]
                    recorded += len(new)
                    first = new[0] if new and first is None else first
                    self._connection.executemany(
                        "UPDATE labels SET id = ? WHERE label = ?",
                        [(at.id, row[3]) for at, row in zip(kept, rows, strict=True) if row[3]],
                    )
        return Entered(recorded, self.count - recorded, first, appending.size)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _with_ids(self, type_: str, data: bytes) -> Body:
        """Return the body with the ids in the place of the labels."""
        event: Any = decode(type_, newest_schema(type_), data)
        assert type(event) is EVENT_TYPES[type_]
        labels = _labels(event)
        ids: dict[str, Any] = {name: self._id(label) for name, label in labels.items()}
        named: Any = attrs.evolve(event, **ids)
        if isinstance(named, ClaimsLinked) and named.claim == named.other:
            marked = " and ".join(MARK + label for label in labels.values())
            raise BadInput(
                f"other: the same claim as claim ({marked})",
                "Rows of equal content are one claim; link two different ones",
            )
        return encode(named)

    def _id(self, label: str) -> str:
        [id_] = self._connection.execute(
            "SELECT id FROM labels WHERE label = ?", (label,)
        ).fetchone()
        return str(id_)


@contextmanager
def _filing() -> Iterator[None]:
    """Say of what SQLite complains of here that it is the temporary file, not the ledger."""
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(
            f"temporary file: {error}", "Free some space, or set TMPDIR to a larger disk"
        ) from error


def _runs(rows: list[Staged]) -> Iterator[list[Staged]]:
    """Split rows before each one that waits, so that what it names has its id by then."""
    run: list[Staged] = []
    for row in rows:
        if row[4] and run:
            yield run
            run = []
        run.append(row)
    if run:
        yield run
