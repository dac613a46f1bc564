"""What one more claim costs: appended, durable, and the views caught up with it.

The claim goes to the crowded key, where it meets thousands of others, and the ledger around
that key is small or large: the cost should not grow with it. Some are timed in each turn, and
the median of a turn is what it took. Much of that is waiting for the disk, twice: once until
the claim is durable, once for the views; so the processor's time is shown as well.
"""

import time
from statistics import median

from benchmarks import ours, workload
from benchmarks.durations import Durations, beside, timed, within
from benchmarks.kept import Desk, desk
from benchmarks.race import Line
from benchmarks.scale import Scale


def caught_up(scale: Scale) -> list[Line]:
    """Append a claim and catch up, in a small ledger and in a large one, in turns."""
    few, many = _Taken(), _Taken()
    with desk(scale.folder, scale.few) as small, desk(scale.kept, scale.many) as large:
        for turn in range(scale.turns + 1):
            for here, taken in ((small, few), (large, many)):
                found = [_one(here) for _ in range(scale.caught_up)]
                if turn:
                    taken.add(found)
    item, first, second = "caught-up", f"among {scale.few:,}", f"among {scale.many:,}"
    whole = Durations(many.whole)
    return [
        Line(item, f"one claim {first}", Durations(few.whole).spread),
        within(item, f"one claim {second}", whole, 0.010),
        beside(item, "that, beside the first", whole, Durations(few.whole), 1.5),
        Line(item, f"of it the append, {second}", Durations(many.append).spread),
        Line(item, f"of it computing, {first}", Durations(few.computing).spread),
        Line(item, f"of it computing, {second}", Durations(many.computing).spread),
    ]


class _Taken:
    """What one claim took in each turn: as a whole, to append, and of the processor's time."""

    def __init__(self) -> None:
        self.whole: list[float] = []
        self.append: list[float] = []
        self.computing: list[float] = []

    def add(self, found: list[tuple[float, float, float]]) -> None:
        """Add the medians of a turn."""
        of_turn = (median(times) for times in zip(*found, strict=True))
        for kept, took in zip((self.whole, self.append, self.computing), of_turn, strict=True):
            kept.append(took)


def _one(here: Desk) -> tuple[float, float, float]:
    """Append a claim that is not there yet (the ledger's size numbers it), and catch up."""
    event = ours.event(workload.crowded_claim(here.ledger.size()))
    computed = time.process_time()
    append = timed(lambda: here.ledger.append([event], ours.RECORDER))
    views = timed(here.views.catch_up)
    computed = time.process_time() - computed
    assert here.views.size() == here.ledger.size()
    return append + views, append, computed
