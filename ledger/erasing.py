"""What was erased: who says so of which event, and what is left to do about it.

An event ``body-erased`` names another event by its id, who erased it and on which ground. The
ledger in which that was decided removes the body, its salt and its fingerprint for good. A desk
that pulls the event hides the other one from every answer, since all desks that hold the same
events show the same; it removes the bytes itself only where the ledger that recorded the other
event is the one that takes it back. Otherwise the owner of the file decides, by `wherefrom erase`.

What says that something was erased, or that a ledger was pulled, is never erased: without it a
missing body could not be told from a damaged one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ledger.canonical import parse
from ledger.errors import Damaged, ErasedMeanwhile
from ledger.heads import decode_head
from ledger.merkle import HASH_BYTES
from ledger.store import Erasure, Reader, Row, Through, own_origins

NOT_ERASABLE: Final = ("body-erased", "ledger-merged")

_ID: Final = re.compile(r"[0-9a-f]{64}")


class Notice(NamedTuple):
    """What a ``body-erased`` says: which event is erased, by whom, and on which ground.

    Notices are ordered by when they were recorded.
    """

    recorded_at: str
    id: str
    position: int
    event: str
    by: str
    ground: str
    recorder: str
    origin: str


def notice_in(row: Row) -> Notice | None:
    """Return what a ``body-erased`` row says; ``None`` where its own body is missing.

    Raises ``Damaged`` where it has another form.
    """
    if row.body is None:
        return None
    head = decode_head(row.head)
    try:
        said = parse(row.body, f"position {row.position}")["statement"]
        event, by, ground = str(said["event"]), str(said["by"]), str(said["ground"])
    except (LookupError, TypeError) as error:
        raise Damaged(
            f"position {row.position}: not of the form of {head.type} ({error!r})",
            "Run `wherefrom verify`",
        ) from error
    id_ = row.hashes[:HASH_BYTES].hex()
    return Notice(
        head.recorded_at, id_, row.position, event, by, ground, head.recorder, head.origin
    )


def all_notices(reader: Reader) -> Iterator[Notice]:
    """Yield all that is said of erasures, in order of position; of one event there may be more."""
    for row in reader.at(reader.saying_erased()):
        notice = notice_in(row)
        if notice is not None:
            yield notice


def notices(reader: Reader) -> dict[str, Notice]:
    """Return by the id of the erased event who erased it, the one who was first.

    An event that cannot be erased may be named, too: that has no meaning (:func:`is_erasable`).
    """
    first: dict[str, Notice] = {}
    for notice in sorted(all_notices(reader)):
        first.setdefault(notice.event, notice)
    return first


def is_erasable(type_: str) -> bool:
    """Whether events of this type can be erased."""
    return type_ not in NOT_ERASABLE


class WithoutErased(Through):
    """A store (:class:`ledger.store.Reader`) as it is read by all who answer: erased is erased.

    An event that any erasure names has no body here, also where its bytes are still in the file,
    and also in answers about a time before it was erased. ``look_again`` takes in what was
    erased since. Where a body is found gone that was not erased by then, a ``strict`` one raises
    ``ErasedMeanwhile``: whoever reads it expects what is no more.
    """

    def __init__(self, store: Reader, *, strict: bool = False) -> None:
        super().__init__(store)
        self._strict = strict
        self.notices: Mapping[str, Notice] = {}
        self._ids: frozenset[bytes] = frozenset()
        self.look_again()

    @classmethod
    def of(cls, store: Reader, *, strict: bool = False) -> "WithoutErased":
        """Return the store so read; one that is read so already is returned as it is."""
        return store if isinstance(store, cls) else cls(store, strict=strict)

    def look_again(self) -> bool:
        """Take in the erasures that were recorded since; return whether there are any."""
        before = self.notices
        self.notices = notices(self.store)
        self._ids = frozenset(bytes.fromhex(id_) for id_ in self.notices if _ID.fullmatch(id_))
        return self.notices != before

    def _read(self, row: Row) -> Row:
        if row.body is None:
            if self._strict and row.hashes[:HASH_BYTES] not in self._ids:
                self._refuse_if_erased_since(row)
            return row
        if row.hashes[:HASH_BYTES] not in self._ids or not is_erasable(decode_head(row.head).type):
            return row
        return row._replace(salt=None, body=None, fingerprint=None)

    def _refuse_if_erased_since(self, row: Row) -> None:
        if row.hashes[:HASH_BYTES].hex() in notices(self.store):
            raise ErasedMeanwhile("something was erased while this was being answered", "Ask again")

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Yield rows in order."""
        return map(self._read, self.store.rows(start, stop))

    def row(self, position: int) -> Row:
        """Return one row."""
        return self._read(self.store.row(position))

    def at(self, positions: Sequence[int]) -> list[Row]:
        """Return the rows at these positions."""
        return [self._read(row) for row in self.store.at(positions)]

    def with_fingerprint(self, *fingerprints: bytes) -> list[int]:
        """Return the positions of the rows with these fingerprints that are not erased."""
        found = self.store.with_fingerprint(*fingerprints)
        if not self._ids or not found:
            return found
        return [row.position for row in self.at(found) if row.body is not None]


class Left(NamedTuple):
    """An event that somebody erased and whose body is still here: where, and who says so."""

    position: int
    notice: Notice
    origin: str
    """Of the event whose body it is."""


def left_here(reader: Reader) -> list[Left]:
    """Return the events whose bodies are still here although somebody erased them, in order.

    Reads the ledger through, unless the bodies of all that was erased are known to be gone.
    """
    named: dict[str, list[Notice]] = {}
    for notice in all_notices(reader):
        named.setdefault(notice.event, []).append(notice)
    for row in reader.at([erasure.position for erasure in reader.erasures()]):
        named.pop(row.hashes[:HASH_BYTES].hex(), None)
    if not named:
        return []
    found = []
    for row in reader.rows():
        says = named.get(row.hashes[:HASH_BYTES].hex())
        if says is None or row.body is None:
            continue
        head = decode_head(row.head)
        if is_erasable(head.type):
            found += [Left(row.position, notice, head.origin) for notice in says]
    return found


def to_carry_out(reader: Reader) -> list[Erasure]:
    """Return which bodies are to be removed here after a pull, as ``Writer.erase`` takes them.

    Those of other ledgers that take back what they recorded themselves: the erasure is of the same
    origin as the event. That two origins are one ledger's is no more than what a file says of
    itself, and so would any copy of it. What this ledger recorded goes by its own `erase` only,
    whoever says otherwise, and be it in our name.
    """
    ours = own_origins(reader)
    found: dict[int, int] = {}
    for left in left_here(reader):
        says = left.notice
        if says.origin == left.origin not in ours and says.position > left.position:
            found.setdefault(left.position, says.position)
    return [Erasure(*pair) for pair in sorted(found.items())]
