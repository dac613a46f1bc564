"""Where an import waits: checked and encoded events, in a temporary file, until all are in.

A large import is parsed here first, however long that takes, and then enters the ledger in one
short transaction: readers are never locked out while it parses, a bad row at the end costs
nothing, and the memory used does not grow with the rows. The file is SQLite's own temporary
database: it has no name, and is gone when the program ends, however it ends.

A row may carry a label, and a later row may name it as ``@label`` where an event names another.
What it names has no id before it enters the ledger, so the event waits with the label in the
place of the id, and gets the id on the way in.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

import attrs

from ledger.act_drafts import REFERENCES
from ledger.codec import SCHEMA, Body, decode, encode
from ledger.errors import BadInput, NotFound, StorageError
from ledger.events import EVENT_TYPES, Event
from ledger.log import Appending

MARK: Final = "@"
_PAGE: Final = 5_000

_SCHEMA = """
CREATE TABLE staged (
  number INTEGER PRIMARY KEY, type TEXT, body BLOB, fingerprint BLOB, label TEXT, waits INTEGER
);
CREATE TABLE labels (label TEXT PRIMARY KEY, type TEXT, id TEXT) WITHOUT ROWID;
"""

Staged = tuple[str, bytes, bytes, str | None, bool]


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
        self._pending: list[Staged] = []
        self.count = 0

    def add(self, event: Event, label: str | None = None) -> None:
        """Encode an event and let it wait; ``label`` must be new.

        Raises ``BadInput`` when the event is too large, and for a label that is taken.
        """
        body = encode(event)
        if label is not None:
            self._take_label(label, body.type)
        waits = any(str(getattr(event, name, "")).startswith(MARK) for name in REFERENCES)
        self.add_body(body, label, waits)

    def add_body(self, body: Body, label: str | None = None, waits: bool = False) -> None:
        """Let an encoded event wait."""
        self._pending.append((body.type, body.data, body.fingerprint, label, waits))
        self.count += 1
        if len(self._pending) >= _PAGE:
            self._write()

    def labelled(self, reference: str, what: str) -> str:
        """Return the type of the event that ``@label`` names; ``what`` is the field it stands in.

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
        """Hand every event to the ledger, in order; return what that came to."""
        self._write()
        recorded, first = 0, None
        for type_, data, fingerprint, label, waits in self._rows():
            body = self._with_ids(type_, data) if waits else Body(type_, data, fingerprint)
            kept = appending.add_body(body)
            if kept.new:
                recorded += 1
                first = kept.position if first is None else first
            if label is not None:
                self._connection.execute(
                    "UPDATE labels SET id = ? WHERE label = ?", (kept.id, label)
                )
        return Entered(recorded, self.count - recorded, first, appending.size)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _take_label(self, label: str, type_: str) -> None:
        if self._connection.execute("SELECT 1 FROM labels WHERE label = ?", (label,)).fetchone():
            raise BadInput(
                f"label: {label!r} is taken by a row above", "Give every row a label of its own"
            )
        self._connection.execute("INSERT INTO labels (label, type) VALUES (?, ?)", (label, type_))

    def _write(self) -> None:
        try:
            self._connection.executemany(
                "INSERT INTO staged (type, body, fingerprint, label, waits) VALUES (?, ?, ?, ?, ?)",
                self._pending,
            )
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"temporary file: {error}", "Free some space, or set TMPDIR to a larger disk"
            ) from error
        self._pending.clear()

    def _rows(self) -> Iterator[Staged]:
        cursor = self._connection.execute(
            "SELECT type, body, fingerprint, label, waits FROM staged ORDER BY number"
        )
        while page := cursor.fetchmany(_PAGE):
            yield from page

    def _with_ids(self, type_: str, data: bytes) -> Body:
        """Return the body with the ids in the place of the labels."""
        event: Any = decode(type_, SCHEMA, data)
        assert type(event) is EVENT_TYPES[type_]
        ids: dict[str, Any] = {
            name: self._id(reference)
            for name in REFERENCES
            if (reference := getattr(event, name, None)) is not None
            and str(reference).startswith(MARK)
        }
        return encode(attrs.evolve(event, **ids))

    def _id(self, reference: str) -> str:
        [id_] = self._connection.execute(
            "SELECT id FROM labels WHERE label = ?", (reference.removeprefix(MARK),)
        ).fetchone()
        return str(id_)
