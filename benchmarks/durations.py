"""How single answers are timed: each by itself, many times over, and by the median.

Where a rate (:mod:`benchmarks.race`) says how much is done in a second, this says how long
somebody waits.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from statistics import median

import attrs

from benchmarks.race import Line

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


@attrs.frozen
class Durations:
    """How long something took, in seconds, time after time."""

    seconds: Sequence[float]

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.seconds)

    @property
    def spread(self) -> str:
        """The median and, where there were several, the shortest and the longest."""
        if len(self.seconds) == 1:
            return spelt(self.middle)
        return f"{spelt(self.middle)} ({spelt(min(self.seconds))} to {spelt(max(self.seconds))})"

    def ratio(self, other: "Durations") -> float:
        """Return how many times as long as the other it took: the median over the turns."""
        return median(own / its for own, its in zip(self.seconds, other.seconds, strict=True))


def spelt(seconds: float) -> str:
    """Spell a duration with three digits: ``1.62 ms``, ``248 ms``."""
    size, unit = next((pair for pair in _UNITS if seconds >= pair[0]), _UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def timed(run: Callable[[], object]) -> float:
    """Return how long a run took."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def in_turns(turns: int, runs: Mapping[str, Callable[[int], object]]) -> dict[str, Durations]:
    """Time the runs in turns; ``turns`` are counted, one more before them is not."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(turns + 1):
        for name, run in runs.items():
            seconds = timed(partial(run, turn))
            if turn:
                found[name].append(seconds)
    return {name: Durations(seconds) for name, seconds in found.items()}


def within(item: str, what: str, took: Durations, limit: float) -> Line:
    """Return the line of a duration that should be below ``limit`` seconds."""
    return Line(item, what, took.spread, target=limit, at_most=True, seconds=took.middle)


def beside(item: str, what: str, took: Durations, other: Durations, limit: float) -> Line:
    """Return the line of a duration that should be at most ``limit`` times another."""
    return Line(item, what, took.spread, took.ratio(other), limit, at_most=True)


def all_of(parts: Iterable[Durations]) -> Durations:
    """Return the durations of all the parts."""
    return Durations([seconds for part in parts for seconds in part.seconds])
