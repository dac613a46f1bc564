"""What a claim can say: a quantity, a day, an entity, a text, a truth, or several of them.

A value keeps what was *stated* and its *reading*: an interval, two instants, a yes or no.
Two values are compared by :mod:`projections.contradictions`; here lies only what each of
them means by itself.

A ``Quantity`` is an interval on the number line, because that is what people say:

====================  ==================  ==================
stated                reading             approx
====================  ==================  ==================
``3,428``             [3428, 3428]
``at least 3,428``    [3428, ∞)
``more than 3,000``   (3000, ∞)
``3,400 ± 100``       [3300, 3500]
``about 3,400``       [3400, 3400]        ``about``: widened when read, see ``interval``
``5.3 million``       [5250000, 5350000]  ``rounded``
``dozens``            [24, ∞)             ``vague``
====================  ==================  ==================
"""

from decimal import Decimal
from typing import Literal

import attrs

from ledger.decimals import exact

Approx = Literal["about", "rounded", "vague"]
ValueType = Literal["quantity", "day", "entity", "text", "truth"]
VALUE_TYPES: tuple[ValueType, ...] = ("quantity", "day", "entity", "text", "truth")

ABOUT = Decimal("0.10")
"""Half the width of an *about*, as a share of the number, unless the predicate allows more."""

DAY_SECONDS = 86_400


@attrs.frozen
class Interval:
    """A set of numbers between two ends; ``None`` is unbounded, an open end is excluded."""

    lower: Decimal | None = None
    upper: Decimal | None = None
    lower_open: bool = False
    upper_open: bool = False

    def before(self, other: "Interval") -> bool:
        """Whether every number of this interval lies below every number of the other."""
        if self.upper is None or other.lower is None:
            return False
        if self.upper == other.lower:
            return self.upper_open or other.lower_open
        return self.upper < other.lower

    def meets(self, other: "Interval") -> bool:
        """Whether the two share a number."""
        return not (self.before(other) or other.before(self))

    def contains(self, other: "Interval") -> bool:
        """Whether every number of the other lies in this one."""
        if self.lower is not None:
            if other.lower is None or other.lower < self.lower:
                return False
            if other.lower == self.lower and self.lower_open and not other.lower_open:
                return False
        if self.upper is not None:
            if other.upper is None or other.upper > self.upper:
                return False
            if other.upper == self.upper and self.upper_open and not other.upper_open:
                return False
        return True

    def widened(self, below: Decimal, above: Decimal) -> "Interval":
        """This interval with its ends moved out by ``below`` and ``above`` (both ≥ 0)."""
        return Interval(
            None if self.lower is None else exact(self.lower, "-", below),
            None if self.upper is None else exact(self.upper, "+", above),
            self.lower_open,
            self.upper_open,
        )


@attrs.frozen
class Quantity:
    """A number or a bound, as stated and as read; ``unit`` as written, e.g. ``people``."""

    stated: str
    lower: Decimal | None = None
    upper: Decimal | None = None
    lower_open: bool = False
    upper_open: bool = False
    unit: str | None = None
    approx: Approx | None = None

    @property
    def plain(self) -> bool:
        """Whether this is a bare number: one point, nothing approximate about it."""
        return self.approx is None and self.lower is not None and self.lower == self.upper

    def interval(self, tolerance: Decimal = Decimal(0)) -> Interval:
        """Return the numbers this can mean.

        An *about* reaches ten per cent, or the predicate's ``tolerance`` (a share, such as
        ``Decimal("0.05")``) where that is more, to either side of what was stated.
        """
        stated = Interval(self.lower, self.upper, self.lower_open, self.upper_open)
        if self.approx != "about":
            return stated
        share = max(ABOUT, tolerance)
        below = exact(self.lower.copy_abs(), "*", share) if self.lower is not None else Decimal(0)
        above = exact(self.upper.copy_abs(), "*", share) if self.upper is not None else Decimal(0)
        return stated.widened(below, above)


@attrs.frozen
class Day:
    """A time in EDTF (ISO 8601-2:2019, levels 0 and 1), with the first and last second it can mean.

    ``earliest`` and ``latest`` are whole seconds since 1970-01-01T00:00:00Z, both included;
    ``None`` is unbounded or unknown. A day without a time zone is a day in UTC.
    ``uncertain`` says that the text carries ``?``, ``~`` or ``%``.
    """

    stated: str
    earliest: int | None = None
    latest: int | None = None
    uncertain: bool = False

    @property
    def daily(self) -> bool:
        """Whether this is a day or finer."""
        if self.earliest is None or self.latest is None:
            return False
        return self.latest - self.earliest < DAY_SECONDS


@attrs.frozen
class Entity:
    """Somebody or something, by name."""

    stated: str


@attrs.frozen
class Text:
    """Words that are compared as words."""

    stated: str


@attrs.frozen
class Truth:
    """Yes or no."""

    stated: str
    yes: bool = True


Single = Quantity | Day | Entity | Text | Truth


@attrs.frozen
class Several:
    """A list of values; ``closed`` when it was said that there are no others (``only A; B``)."""

    stated: str
    items: tuple[Single, ...] = ()
    closed: bool = False


Value = Single | Several
