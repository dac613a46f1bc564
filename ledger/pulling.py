"""Pulling: another ledger's events brought in as they are, so that desks come to hold the same.

The other ledger was verified in whole before. Then its history is held against what was seen of it
earlier, and against every event that both hold; what contradicts is a fork (:mod:`ledger.forks`),
and nothing is pulled. What fits is brought in, in one transaction:

* the events that are not here yet, in the order in which they lie there: head, salt, body and
  fingerprint as they are, under new positions and so with other hashes of the tree;
* ``ledger-merged``, which commits to the other ledger's size and root, unless there was nothing
  new but such events: a desk that has heard only of others' pulls has pulled nothing. So desks
  that pull from each other in circles come to rest, and then hold the same set of events;
* the head that was seen, for the next time.

An event is named by its origin and its number there. A ledger holds of every origin the first so
many events, since it got them from one that did; so which events are new is a question of how many
of each origin there are, and whether the others are the same is told by a hash over their ids
(:mod:`ledger.census`). No memory grows with the ledgers.

The other ledger may hold events of our own that we do not: we were put back to an earlier state,
and it had pulled from us before. They are brought in like any other, and what we record from then
on has an origin of its own.

What another desk erased is hidden by its event; the bytes are removed as
:func:`ledger.erasing.to_carry_out` says. An event whose body is here or was, is not brought in
again, so no pull brings back what was erased.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import attrs
import orjson

from ledger.appending import Appending, Recorded
from ledger.census import Census, disagreeing, first_difference
from ledger.erasing import Notice, left_here, notices, to_carry_out
from ledger.errors import Damaged, StorageError
from ledger.events import LedgerMerged
from ledger.foreign import is_as_sealed, refuse_unreadable
from ledger.forks import Fork, Forked
from ledger.log import Ledger
from ledger.merkle import HASH_BYTES, Frontier, leaf_hash
from ledger.news import News, OnlyNew, Part
from ledger.rollback import Seen
from ledger.roots import root_of
from ledger.store import HeadSeen, Origin, Reader, Row, Store, Writer, own_origins
from ledger.verification import Verification

_PAGE: Final = 1_000


class DoesNotVerify(Damaged):
    """The other ledger is damaged, or was changed."""

    exit_code = 1


@attrs.frozen
class Pulled:
    """What a pull brought.

    ``head`` is the other ledger's; ``start`` is the position of the first new event, and
    ``parts`` tells of the new events by their origin. ``lost`` of them were our own.
    ``merged`` is where the pull is recorded, ``None`` where there was nothing to record.
    ``erased`` bodies were removed here. ``older`` is the head that was seen before, where the
    other ledger has gone back behind it without holding anything new. ``hidden`` says of which
    events the body is still here although what came in says that they are erased.
    """

    head: HeadSeen
    start: int
    parts: Mapping[str, Part]
    lost: int = 0
    merged: Recorded | None = None
    erased: int = 0
    older: HeadSeen | None = None
    hidden: Sequence[Notice] = ()

    @property
    def events(self) -> int:
        """How many events were brought in."""
        return sum(part.events for part in self.parts.values())


def pull(
    ledger: Ledger,
    other: Reader,
    verified: Verification,
    recorder: str,
    signed: Sequence[HeadSeen] = (),
    examine: Callable[[OnlyNew], None] | None = None,
) -> Pulled:
    """Bring in the events of another ledger that are not here; return what that came to.

    ``verified`` is what verifying ``other`` found; events that came after that are left to the
    next time. ``signed`` are heads of ``other`` from checkpoints that it extends, to be kept as
    seen. ``examine`` is shown the new events before they come in, and may raise what it wants.
    Raises ``DoesNotVerify`` where ``other`` does not verify, ``Forked`` where its history
    contradicts what was seen before or is held here, and ``StorageError`` where it changed while
    it was read; nothing is recorded then.
    """
    if not verified.ok:
        raise DoesNotVerify(verified.problems[0], "Nothing was pulled")
    head = HeadSeen(other.origin, verified.size, verified.root)
    store = ledger.store
    rewritten = _rewritten(store.heads_seen(), other, head)
    ours = Census(verified.counts)
    ours.take(store.rows(0, store.size()))
    theirs, news = _compare(other, head, ours)
    _refuse_different(store, other, head, ours, theirs, rewritten)
    older = _older(store.heads_seen(), head)
    if not news.parts:
        if older is None:
            _keep_heads(store, [*signed, head])
        return Pulled(head, store.size(), {}, older=older)
    if older is not None:
        raise Forked(Fork("rolled-back", head.origin, head, older))
    if examine is not None:
        examine(OnlyNew(other, news.positions))
    lost = theirs.counts.get(store.origin, 0) > ours.counts.get(store.origin, 0)
    with ledger.appending(recorder, Seen(0, "") if lost else None) as appending:
        here = appending.writer
        start, own = here.size(), own_origins(here)
        rewritten = _rewritten(here.heads_seen(), other, head)
        brought = _bring_in(appending, other, head, ours, theirs, news, rewritten)
        if brought.bare and not brought.bare <= notices(here).keys():
            raise _changed()  # erased meanwhile: what says so lies behind the events verified
        merged = None
        if not brought.only_merges:
            merged = appending.add(LedgerMerged(origin=head.origin, size=head.size, root=head.root))
        erasures = _carry_out(here) if brought.erasures else 0
        hidden = _hidden(here, start) if brought.erasures else []
        for seen in _unseen(here.heads_seen(), [*signed, head]):
            here.note_head(seen)
    ours_again = sum(part.events for origin, part in brought.parts.items() if origin in own)
    return Pulled(head, start, brought.parts, ours_again, merged, erasures, hidden=hidden)


def _rewritten(seen: Sequence[HeadSeen], other: Reader, head: HeadSeen) -> HeadSeen | None:
    """Return a head that was seen of the other ledger and that it does not extend.

    Of every name that it recorded under, the largest head is looked at that was seen while it
    did: that one extends those before it. ``head`` is the ledger's own.
    """
    for origin, end in _ends(other.origins, head.size):
        known = [one for one in seen if one.origin == origin and one.size <= end]
        last = max(known, key=_size, default=None)
        if last is not None and root_of(other, last.size) != last.root:
            return last
    return None


def _ends(origins: Sequence[Origin], size: int) -> Iterator[tuple[str, int]]:
    """Yield every name a ledger recorded under, with how many events it held at the end of that."""
    for origin, after in pairwise(origins):
        yield origin.name, min(after.since, size)
    yield origins[-1].name, size


def _size(head: HeadSeen) -> int:
    return head.size


def _older(seen: Sequence[HeadSeen], head: HeadSeen) -> HeadSeen | None:
    """Return the head that was seen of a ledger which has gone back behind it since."""
    last = max((one for one in seen if one.origin == head.origin), key=_size, default=head)
    return last if last.size > head.size else None


def _compare(other: Reader, head: HeadSeen, ours: Census) -> tuple[Census, News]:
    """Return the census of the other ledger, and what of it is not here.

    The heads are once more those that were verified, since somebody may write the file meanwhile.
    """
    theirs, news, tree = Census(ours.counts), News(), Frontier()
    for row in other.rows(0, head.size):
        leaf = leaf_hash(row.head)
        tree.append(leaf)
        if leaf != row.hashes[:HASH_BYTES]:
            raise _changed()
        said = orjson.loads(row.head)
        origin, seq = said["origin"], said["seq"]
        theirs.add(origin, seq, leaf)
        if seq >= ours.counts.get(origin, 0):
            if not is_as_sealed(row, said["type"], said["body"]):
                raise _changed()
            refuse_unreadable(row, said)
            news.add(row, said)
    if tree.root().hex() != head.root:
        raise _changed()
    return theirs, news


def _refuse_different(
    here: Reader,
    other: Reader,
    head: HeadSeen,
    ours: Census,
    theirs: Census,
    rewritten: HeadSeen | None,
) -> None:
    """Raise ``Forked`` where the two ledgers hold different events of one name.

    Or where the other was ``rewritten``, though all its events are those that are held here.
    """
    for origin in disagreeing(ours, theirs):
        found = first_difference(here, other, head.size, origin)
        if found is None:
            raise _changed()
        mine = origin in own_origins(here)
        raise Forked(Fork("two-events", origin, head, rewritten, *found, ours=mine))
    if rewritten is not None:
        raise Forked(Fork("rewritten", rewritten.origin, head, rewritten))


def _bring_in(
    appending: Appending,
    other: Reader,
    head: HeadSeen,
    ours: Census,
    theirs: Census,
    news: News,
    rewritten: HeadSeen | None,
) -> News:
    """Write the new events; return what they were.

    Some of the news may have come here since it was found to be new. That is held against what
    came, and the rest against what was read before.
    """
    before = dict(ours.counts)
    ours.take(appending.writer.rows(sum(before.values())))
    theirs.limits = dict(ours.counts)
    brought, again = News(), News()
    page: list[Row] = []
    for row in other.rows(news.positions[0], head.size):
        said = orjson.loads(row.head)
        origin, seq = said["origin"], said["seq"]
        if seq < before.get(origin, 0):
            continue
        again.add(row, said)
        theirs.add(origin, seq, row.hashes[:HASH_BYTES])
        if seq >= ours.counts.get(origin, 0):
            brought.add(row, said)
            page.append(row)
            if len(page) == _PAGE:
                appending.add_sealed(page)
                page.clear()
    _refuse_different(appending.writer, other, head, ours, theirs, rewritten)
    if again.seal.digest() != news.seal.digest():
        raise _changed()
    appending.add_sealed(page)
    return brought


def _carry_out(writer: Writer) -> int:
    """Remove the bodies that the new erasures take from this ledger; return how many."""
    erasures = to_carry_out(writer)
    for erasure in erasures:
        writer.erase(*erasure)
    return len(erasures)


def _hidden(reader: Reader, start: int) -> list[Notice]:
    """Return what is said from ``start`` on of events whose bodies stay, the first of each."""
    hidden: dict[str, Notice] = {}
    for left in left_here(reader):
        if left.notice.position >= start:
            hidden.setdefault(left.notice.event, left.notice)
    return list(hidden.values())


def _keep_heads(store: Store, heads: Sequence[HeadSeen]) -> None:
    if _unseen(store.heads_seen(), heads):
        with store.appending() as writer:
            for head in _unseen(writer.heads_seen(), heads):
                writer.note_head(head)


def _unseen(seen: Sequence[HeadSeen], heads: Sequence[HeadSeen]) -> list[HeadSeen]:
    """Return those of these heads, that were not seen before, with or without their note."""
    known = {*seen, *(one._replace(note=None) for one in seen)}
    new: list[HeadSeen] = []
    for head in heads:
        if head not in known:
            new.append(head)
            known |= {head, head._replace(note=None)}
    return new


def _changed() -> StorageError:
    return StorageError("the other ledger changed while it was read", "Pull again")
