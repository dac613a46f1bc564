"""The rows of a ledger, checked by the stretch: what each row and its neighbours can tell.

A stretch has 16,384 rows, of which the first stands at a multiple of that, so when it is full it is
one complete subtree, and its hash stands for it (:mod:`ledger.verification` joins them).

A head that differs from one seen before only in its number, its time and the hash of its body
is read without parsing it: canonical JSON has one spelling, and these three stand at places
that can be counted out. Any other goes through :func:`ledger.heads.decode_head`.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

import attrs

from ledger import merkle
from ledger.codec import decode, fingerprint_of
from ledger.erasing import is_erasable
from ledger.errors import Damaged
from ledger.events import BodyErased
from ledger.heads import Head, check_written, commitment, decode_head, read_time
from ledger.store import Reader, Row

MAX_PROBLEMS = 100

LEVEL = 14
STRETCH = 1 << LEVEL
"""How many rows are checked by themselves: a complete subtree of this level."""

Problem = tuple[int, str]
"""A position, and what is wrong with it."""


@attrs.define
class Count:
    """Where an origin's count stands: its last event so far, and its first of the stretch."""

    position: int
    first_seq: int
    first_time: str
    seq: int
    time: str


@attrs.define
class Stretch:
    """What the rows of a stretch are, as far as they can be told by themselves."""

    start: int
    read: int
    """The position behind the last row that could be read in order."""
    problems: list[Problem]
    frontier: merkle.Frontier
    """The tree of these rows alone."""
    above: bytes
    """The hashes that the last row keeps of subtrees larger than the stretch."""
    counts: dict[str, Count]
    bare: list[tuple[int, str]]
    """Position and id of the rows without a body."""
    erased: set[str]
    """The ids that ``body-erased`` events in it name."""


def out_of_order(
    position: int, seq: int, time: str, last_seq: int, last_time: str
) -> Iterator[Problem]:
    """Yield why an event does not follow on the last one of its origin; nothing where it does."""
    if seq != last_seq + 1:
        yield position, f"event {seq} of its origin follows event {last_seq}"
    if time <= last_time:
        yield position, f"recorded at {time}, not after {last_time}"


def wrong_hashes(position: int) -> Problem:
    """Return the problem of a row that keeps other hashes than the tree has."""
    return position, "the kept hashes are not those of the tree"


# What heads are alike: the lengths of what stands at places that can be counted out.
_BODY = len(b'{"body":"')
_ORIGIN = _BODY + 64
_TIME = _ORIGIN + len(b'","origin":"') + 32 + len(b'","recorded_at":"')
_REST = _TIME + len("2026-02-06T18:30:00.000000Z")
_SECOND = _TIME + len("2026-02-06T18:30:00.")
_Z = ord("Z")
_SAID = b',"statement":'
_SAID_LENGTH = len(_SAID)


def check_stretch(store: Reader, start: int, stop: int, *, level: int = LEVEL) -> Stretch:
    """Check the rows from ``start`` to ``stop``, as far as they can be told by themselves.

    ``start`` is a multiple of 2**level, and ``stop`` at most that much more.
    """
    last = start + (1 << level) - 1
    within = (level + 1) * merkle.HASH_BYTES
    frontier = merkle.Frontier()
    stretch = Stretch(start, start, [], frontier, b"", {}, [], set())
    problems = stretch.problems
    alike: dict[tuple[bytes, bytes, bytes], tuple[Count, bytes]] = {}
    expected = start
    for row in store.rows(start, stop):
        position, head, hashes, salt, body, fingerprint = row
        if position != expected:
            problems.append((expected, f"missing; the next event is at {position}"))
            break
        leaf = sha256(b"\0" + head).digest()
        before, _, kind = head.rpartition(b',"type":')
        middle, _, number = before[_REST:].partition(b',"seq":')
        known = alike.get((head[:_BODY] + head[_ORIGIN:_TIME], middle, kind))
        if (
            known is not None
            and body is not None
            and salt is not None
            and number == b"%d" % (known[0].seq + 1)
            and _is_second(head[_TIME:_SECOND])
            and head[_SECOND : _REST - 1].isdigit()
            and head[_REST - 1] == _Z
            and (time := head[_TIME:_REST].decode()) > known[0].time
            and sha256(salt + body).hexdigest().encode() == head[_BODY:_ORIGIN]
            and sha256(known[1] + body[body.find(_SAID) + _SAID_LENGTH : -1]).digest()
            == fingerprint
        ):
            count = known[0]
            count.seq += 1
            count.time = time
        else:
            found = _Row(row, leaf.hex()).checked(stretch)
            if found is not None and found.type != BodyErased.TYPE:  # those have to be read
                prefix = found.type.encode() + b"\n"
                key = head[:_BODY] + head[_ORIGIN:_TIME], middle, kind
                alike[key] = stretch.counts[found.origin], prefix
        kept = frontier.append(leaf)
        if kept != hashes:
            if expected == last:  # it also keeps those of subtrees beyond this stretch
                stretch.above = hashes[within:]
                hashes = hashes[:within]
            if kept != hashes:
                problems.append(wrong_hashes(expected))
        expected += 1
        if len(problems) >= MAX_PROBLEMS:
            break
    else:
        if expected < stop:
            problems.append((expected, "missing"))
    stretch.read = expected
    return stretch


@lru_cache(maxsize=1)
def _is_second(start: bytes) -> bool:
    """Whether the time of a head may begin so: ``2026-02-06T18:30:00.``."""
    try:
        read_time(start.decode() + "000000Z")
    except (Damaged, UnicodeDecodeError):
        return False
    return True


@attrs.frozen
class _Row:
    """One row, checked field by field."""

    row: Row
    id: str

    def checked(self, stretch: Stretch) -> Head | None:
        """Note in the stretch what the row is and what is wrong with it; return its head.

        ``None`` where the head does not hold, so that no other can be measured by it.
        """
        position = self.row.position
        try:
            head = decode_head(self.row.head)
            read_time(head.recorded_at)
        except Damaged as error:
            stretch.problems.append((position, error.message))
            return None
        self._count(head, stretch)
        self._check_body(head, stretch)
        try:
            check_written(head, self.row.head)
        except Damaged as error:
            stretch.problems.append((position, error.message))
            return None
        return head

    def _count(self, head: Head, stretch: Stretch) -> None:
        position, time = self.row.position, head.recorded_at
        count = stretch.counts.get(head.origin)
        if count is None:
            stretch.counts[head.origin] = Count(position, head.seq, time, head.seq, time)
            return
        stretch.problems += out_of_order(position, head.seq, time, count.seq, count.time)
        count.seq, count.time = head.seq, time

    def _check_body(self, head: Head, stretch: Stretch) -> None:
        position, _, _, salt, body, fingerprint = self.row
        if (body is None or salt is None) and not is_erasable(head.type):
            stretch.problems.append((position, f"the body of a {head.type} is missing"))
        elif body is None or salt is None:
            stretch.bare.append((position, self.id))
        elif commitment(salt, body) != head.body:
            stretch.problems.append((position, "the body is not the one that was recorded"))
        elif fingerprint_of(head.type, body) != fingerprint:
            stretch.problems.append((position, "the fingerprint is not that of the body"))
        elif head.type == BodyErased.TYPE:
            try:
                event = decode(head.type, head.schema, body)
            except Damaged as error:
                stretch.problems.append((position, error.message))
                return
            if isinstance(event, BodyErased):
                stretch.erased.add(event.event)
