"""Does the ledger hold? Every head, every body and every hash is recomputed; none is sampled.

The rows are checked in stretches (:mod:`ledger.stretches`), each by itself, so that several
processes can share them. What only the whole can tell is told here: that each stretch goes on where
the one before it ended, in the tree and in the count of every origin, and that a body which is gone
was erased by an event that says so.
"""

from collections.abc import Callable, Iterable, Mapping

import attrs

from ledger import merkle
from ledger.erasing import notice_in
from ledger.store import Erasure, Reader
from ledger.stretches import (
    LEVEL,
    MAX_PROBLEMS,
    Problem,
    Stretch,
    check_stretch,
    out_of_order,
    wrong_hashes,
)


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


_MISREAD = (TypeError, ValueError, AttributeError, LookupError)
"""What reading a row raises of which SQLite gives what its columns cannot hold."""

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
    except _MISREAD as error:
        from ledger.damage import first_damage  # here, for what it reads is seldom asked: 20 ms

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
                found.append(wrong_hashes(stretch.read - 1))
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
        problems += out_of_order(count.position, count.first_seq, count.first_time, seq, time)
        ends[origin] = count.seq, count.time
    return problems
