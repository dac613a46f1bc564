"""How an amount that is passed on stands to the amount that was said, rounding allowed."""

from decimal import Decimal
from enum import Enum, auto

from ledger.decimals import exact
from ledger.values import Interval, Quantity
from projections.compare import compare_quantities, unit_of
from projections.held import Definition
from projections.outcomes import CONFLICT
from projections.soft_bounds import ROUNDING


class Stand(Enum):
    """How the worlds of one statement stand to those of another."""

    EQUAL = auto()
    WIDER = auto()
    NARROWER = auto()
    OVERLAPPING = auto()
    DISJOINT = auto()


EQUAL, WIDER, NARROWER, OVERLAPPING, DISJOINT = Stand


def from_parts(wider: bool, narrower: bool, *, meet: bool) -> Stand:
    """Return how one set stands to another: does it hold it, lie within it, or meet it at least."""
    if wider:
        return EQUAL if narrower else WIDER
    if narrower:
        return NARROWER
    return OVERLAPPING if meet else DISJOINT


def stand_of_amounts(relay: Quantity, origin: Quantity, definition: Definition) -> Stand | None:
    """Return how two amounts stand; ``None`` for a vague number missed.

    In two units of one measure only what cannot both hold is told, since who converts rounds;
    of units that measure different things, nothing.

    A plain number that is its origin's rounded to the last digit that is not 0, within 5 %, or
    within the predicate's tolerance of it, is equal to it; so is a bound of the same kind.
    """
    if unit_of(relay, definition) != unit_of(origin, definition):
        apart = compare_quantities(relay, origin, definition) == CONFLICT
        return DISJOINT if apart else None
    mine, theirs = relay.interval(definition.tolerance), origin.interval(definition.tolerance)
    if relay.approx == origin.approx == "about":  # both as wide as they come: the figures tell
        mine, theirs = _as_stated(relay), _as_stated(origin)
    if relay.plain and origin.plain and _within_share(mine, theirs, definition.tolerance):
        return EQUAL
    wider = mine.contains(theirs) or _is_rounding(relay, mine, origin, theirs)
    stand = from_parts(wider, theirs.contains(mine), meet=mine.meets(theirs))
    if stand is DISJOINT and "vague" in (relay.approx, origin.approx):
        return None
    if stand is DISJOINT and relay.plain and _nearly_meets(mine, theirs):
        return NARROWER
    return stand


def _as_stated(quantity: Quantity) -> Interval:
    return Interval(quantity.lower, quantity.upper, quantity.lower_open, quantity.upper_open)


def _within_share(a: Interval, b: Interval, tolerance: Decimal) -> bool:
    assert a.lower is not None
    assert b.lower is not None
    reach = max(a.lower.copy_abs(), b.lower.copy_abs())
    return exact(a.lower, "-", b.lower).copy_abs() <= exact(tolerance, "*", reach)


def _is_rounding(relay: Quantity, mine: Interval, origin: Quantity, theirs: Interval) -> bool:
    """Whether the relay says its origin's amount, with fewer digits."""
    if relay.approx not in (None, "about", "rounded"):
        return False
    if origin.approx == "rounded":
        if relay.approx == "rounded":
            return mine.contains(_middle(theirs)) and _width(mine) >= _width(theirs)
        theirs = _middle(theirs) if relay.plain else theirs
    if not relay.plain and (
        relay.approx != origin.approx or _shape(mine) != _shape(theirs) or relay.approx == "rounded"
    ):
        return False
    return _reaches(mine.lower, theirs.lower, -1) and _reaches(mine.upper, theirs.upper, 1)


def _shape(interval: Interval) -> object:
    ends = (interval.lower is None, interval.upper is None)
    return interval.lower == interval.upper if ends == (False, False) else ends


def _middle(interval: Interval) -> Interval:
    assert interval.lower is not None
    assert interval.upper is not None
    middle = exact(exact(interval.lower, "+", interval.upper), "*", Decimal("0.5"))
    return Interval(middle, middle)


def _width(interval: Interval) -> Decimal:
    assert interval.lower is not None
    assert interval.upper is not None
    return exact(interval.upper, "-", interval.lower)


def _reaches(end: Decimal | None, other: Decimal | None, outwards: int) -> bool:
    """Whether an end lies as far out as another, or is that one rounded."""
    if end is None:
        return True
    if other is None:
        return False
    return exact(exact(end, "-", other), "*", Decimal(outwards)) > 0 or rounds(end, other)


def _nearly_meets(mine: Interval, theirs: Interval) -> bool:
    """Whether a plain number is the rounding of one that its origin allows."""
    assert mine.lower is not None
    return any(end is not None and rounds(mine.lower, end) for end in (theirs.lower, theirs.upper))


def rounds(number: Decimal, other: Decimal) -> bool:
    """Whether ``number`` is ``other`` rounded to its last digit that is not 0, within 5 %."""
    gap = exact(number, "-", other).copy_abs()
    reach = max(number.copy_abs(), other.copy_abs())
    return gap <= _half_unit(number) and gap <= exact(ROUNDING, "*", reach)


def _half_unit(number: Decimal) -> Decimal:
    """Return half a unit of the last digit that is not 0; of zero, which has none, nothing."""
    _, digits, exponent = number.as_tuple()
    significant = "".join(map(str, digits)).rstrip("0")
    if not significant:
        return Decimal(0)
    assert isinstance(exponent, int)
    return Decimal(5).scaleb(exponent + len(digits) - len(significant) - 1)
