"""Does the ledger hold? Every head, every body and every hash is recomputed; none is sampled.

The rows are checked in *stretches* of 16,384, each by itself (:func:`check_stretch`), so that
several processes can share them; what only the whole can tell is left to :func:`joined`: that
each stretch goes on where the one before it ended, in the tree and in the count of every
origin, and that a body which is gone was erased by an event that says so. A stretch begins at a
multiple of its size, so when it is full it is one complete subtree, and its hash stands for it.

A head that differs from one seen before only in its number, its time and the hash of its body
is read without parsing it: canonical JSON has one spelling, and these three stand at places
that can be counted out. Any other goes through :func:`ledger.heads.decode_head`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256

import attrs

from ledger import merkle
from ledger.codec import decode, fingerprint_of
from ledger.damage import MISREAD, first_damage
from ledger.erasing import is_erasable, notice_in
from ledger.errors import Damaged
from ledger.events import BodyErased
from ledger.heads import Head, check_written, commitment, decode_head, read_time
from ledger.store import Erasure, Reader, Row

MAX_PROBLEMS = 100

LEVEL = 14
STRETCH = 1 << LEVEL
"""How many rows are checked by themselves: a complete subtree of this level."""

Problem = tuple[int, str]
"""A position, and what is wrong with it."""


@attrs.frozen
class Verification:
    """What checking every row found: ``problems`` in words, with the position of each.

    ``erased`` counts the bodies that are gone because an event says so, ``counts`` says how
    many events there are of each origin.
    """

    size: int
    root: str
    problems: tuple[str, ...]
    erased: int = 0
    counts: Mapping[str, int] = attrs.field(factory=dict, eq=False)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


@attrs.define
class _Count:
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
    counts: dict[str, _Count]
    bare: list[tuple[int, str]]
    """Position and id of the rows without a body."""
    erased: set[str]
    """The ids that ``body-erased`` events in it name."""


CheckAll = Callable[[Iterable[tuple[int, int]]], Iterable[Stretch]]
"""Checks stretches, given by their bounds, and returns them in their order."""


def verify(store: Reader, check_all: CheckAll | None = None, *, level: int = LEVEL) -> Verification:
    """Recompute everything and say what does not hold.

    Of each row: that it stands at the next position, that its head is one, that ``seq`` counts
    without gaps and ``recorded_at`` increases within its origin, that the body is the one the
    head commits to and bears its fingerprint (or was erased), and that the kept hashes are
    those of the tree. At most 100 problems are listed; the last says if there are more. Events
    that are recorded meanwhile are left to the next time. ``check_all`` may share the work out;
    by default it is done here. A stretch is a subtree of ``level``. Raises ``Damaged`` where the
    file gives what its columns cannot hold.
    """
    size = store.size()
    step = 1 << level
    bounds = ((start, min(start + step, size)) for start in range(0, size, step))
    if check_all is None:
        stretches: Iterable[Stretch] = (
            check_stretch(store, *bound, level=level) for bound in bounds
        )
    else:
        stretches = check_all(bounds)
    try:
        return _joined(stretches, store, size, level)
    except MISREAD as error:
        damage = first_damage(store)
        if damage is None:
            raise
        raise damage from error


def _joined(stretches: Iterable[Stretch], store: Reader, size: int, level: int) -> Verification:
    """Return what the stretches of the first ``size`` rows, in order, come to together."""
    problems: list[Problem] = []
    frontier = merkle.Frontier()
    ends: dict[str, tuple[int, str]] = {}
    bare: list[tuple[int, str]] = []
    erased: set[str] = set()
    more = False
    for stretch in stretches:
        found = stretch.problems + _misjoined(ends, stretch)
        if stretch.read - stretch.start == 1 << level:
            above = frontier.append_tree(level, stretch.frontier.root())
            if above != stretch.above:
                found.append(_wrong_hashes(stretch.read - 1))
        else:
            frontier = merkle.Frontier.join(frontier, stretch.frontier)
        problems += sorted(set(found))
        bare += stretch.bare
        erased |= stretch.erased
        if (
            frontier.size != min(stretch.start + (1 << level), size)
            or len(problems) >= MAX_PROBLEMS
        ):
            more = frontier.size != size
            break
    # Where the reading ended early, the event that erased a body may not have been read.
    removed = [] if more else store.erasures()
    erased |= _erased_meanwhile(store, removed, size)
    gone = [] if more else [one for one in bare if one[1] not in erased]
    here = store.at([erasure.position for erasure in removed if erasure.position < size])
    problems += [(row.position, "erased, but its body is there") for row in here if row.body]
    problems += [(position, "the body is missing") for position, _ in gone]
    told = [f"position {position}: {what}" for position, what in sorted(problems)]
    if len(told) >= MAX_PROBLEMS:
        told = [*told[:MAX_PROBLEMS], f"stopped after {MAX_PROBLEMS} problems"]
    counts = {origin: seq + 1 for origin, (seq, _) in ends.items()}
    missing = len(bare) - len(gone)
    return Verification(frontier.size, frontier.root().hex(), tuple(told), missing, counts)


def _erased_meanwhile(store: Reader, removed: Iterable[Erasure], size: int) -> set[str]:
    """Return the ids that events behind the first ``size`` say are erased, if there are any."""
    now = store.size()
    later = [erasure.erased_by for erasure in removed if size <= erasure.erased_by < now]
    notices = map(notice_in, store.at(later))
    return {notice.event for notice in notices if notice is not None}


def _misjoined(ends: dict[str, tuple[int, str]], stretch: Stretch) -> list[Problem]:
    """Return where an origin does not go on as it ended, and bring ``ends`` up to date."""
    problems: list[Problem] = []
    for origin, count in stretch.counts.items():
        seq, time = ends.get(origin, (-1, ""))
        problems += _out_of_order(count.position, count.first_seq, count.first_time, seq, time)
        ends[origin] = count.seq, count.time
    return problems


def _out_of_order(
    position: int, seq: int, time: str, last_seq: int, last_time: str
) -> Iterator[Problem]:
    if seq != last_seq + 1:
        yield position, f"event {seq} of its origin follows event {last_seq}"
    if time <= last_time:
        yield position, f"recorded at {time}, not after {last_time}"


def _wrong_hashes(position: int) -> Problem:
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
    alike: dict[tuple[bytes, bytes, bytes], tuple[_Count, bytes]] = {}
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
                problems.append(_wrong_hashes(expected))
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
            stretch.counts[head.origin] = _Count(position, head.seq, time, head.seq, time)
            return
        stretch.problems += _out_of_order(position, head.seq, time, count.seq, count.time)
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
