"""How things are timed here: in turns, on one machine, and by the median.

A machine is never as fast in one minute as in the next, so what is compared runs in turns, A B
A B A B; a ratio is the median of the ratios within each turn, not the quotient of two numbers
from different minutes. The first turn warms everything up and is not counted.
"""

import time
from collections.abc import Callable, Mapping
from statistics import median

import attrs

Run = Callable[[int], int]
"""Something to time: given the number of the turn, does its work and returns how much it was."""


@attrs.frozen
class Result:
    """How fast each runner was, in units of work a second, turn by turn."""

    rates: Mapping[str, tuple[float, ...]]

    def rate(self, name: str) -> float:
        """Return the median rate."""
        return median(self.rates[name])

    def spread(self, name: str) -> str:
        """Spell the median rate and, where there were several turns, the lowest and highest."""
        rates = self.rates[name]
        if len(rates) == 1:
            return per_second(rates[0])
        return f"{per_second(self.rate(name))} ({min(rates):,.0f} to {max(rates):,.0f})"

    def ratio(self, name: str, other: str) -> float:
        """Return how many times as fast as the other it was: the median over the turns."""
        pairs = zip(self.rates[name], self.rates[other], strict=True)
        return median(own / its for own, its in pairs)


@attrs.frozen
class Line:
    """One line of the table: a figure, what it is compared with, and what was promised.

    ``ratio`` is how many times as fast (or, with ``at_most``, as slow or as large) ours is.
    Where the target is about a time and no ratio, ``seconds`` is what it took. A line without
    a ``target`` is there to read the others by.
    """

    item: str
    what: str
    figure: str
    ratio: float | None = None
    target: float | None = None
    at_most: bool = False
    seconds: float | None = None

    @property
    def held(self) -> bool | None:
        """Whether the target is met; ``None`` where there is none."""
        judged = self.ratio if self.seconds is None else self.seconds
        if judged is None or self.target is None:
            return None
        return judged <= self.target if self.at_most else judged >= self.target


def race(turns: int, runners: Mapping[str, Run]) -> Result:
    """Time the runners in turns; ``turns`` are counted, one more before them is not."""
    rates: dict[str, list[float]] = {name: [] for name in runners}
    for turn in range(turns + 1):
        for name, run in runners.items():
            started = time.perf_counter()
            work = run(turn)
            if turn:
                rates[name].append(work / (time.perf_counter() - started))
    return Result({name: tuple(found) for name, found in rates.items()})


def per_second(rate: float) -> str:
    """Spell a rate for the table."""
    return f"{rate:,.0f}/s"


def against(item: str, result: Result, targets: Mapping[str, float | None]) -> list[Line]:
    """Return a line for ``ours`` beside each of the others, with its target where it has one."""
    return [
        Line(item, f"beside {name}", result.spread(name), result.ratio("ours", name), target)
        for name, target in targets.items()
    ]
