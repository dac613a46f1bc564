"""Whether two values can both be true, by brute force: part of ``reference.py``.

Straight from the soft bounds of the design, with fractions.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

import attrs

from ledger.names import fold, words
from ledger.values import Day, Entity, Quantity, Several, Single, Text, Truth, Value
from projections.held import Definition

AGREE, TENSION, CONFLICT = range(3)
DAY = 86_400
EVER = Fraction(10**30)

Ends = tuple[Fraction, bool, Fraction, bool]
"""Lower end, is it open, upper end, is it open."""

Span = tuple[int, int]


class Names(Protocol):
    """Which names are one entity, and which lies within which."""

    def entity(self, name: str) -> str: ...

    def inside(self, inner: str, outer: str) -> bool: ...


def ends(quantity: Quantity, tolerance: Fraction) -> Ends:
    """What an amount can be; an *about* is ten per cent wide to either side, or more."""
    lower = -EVER if quantity.lower is None else Fraction(quantity.lower)
    upper = EVER if quantity.upper is None else Fraction(quantity.upper)
    if quantity.approx == "about":
        share = max(Fraction(1, 10), tolerance)
        lower -= 0 if lower == -EVER else abs(lower) * share
        upper += 0 if upper == EVER else abs(upper) * share
    return lower, quantity.lower_open, upper, quantity.upper_open


def below(a: Ends, b: Ends) -> bool:
    """Whether every number of ``a`` lies below every number of ``b``."""
    return a[2] < b[0] or (a[2] == b[0] and (a[3] or b[1]))


def within(inner: Ends, outer: Ends) -> bool:
    """Whether every number of ``inner`` is one of ``outer``."""
    begins = inner[0] == outer[0] and (inner[1] or not outer[1] or inner[0] == -EVER)
    stops = inner[2] == outer[2] and (inner[3] or not outer[3] or inner[2] == EVER)
    return (inner[0] > outer[0] or begins) and (inner[2] < outer[2] or stops)


FACTORS = {
    "tonnes": ("mass", Fraction(1000)),
    "kg": ("mass", Fraction(1)),
    "km": ("length", Fraction(1000)),
    "miles": ("length", Fraction("1609.344")),
}


def measured(quantity: Quantity, d: Definition) -> tuple[str, Fraction]:
    """What an amount measures, and how many base units its unit is."""
    return FACTORS.get(unit(quantity, d), (unit(quantity, d), Fraction(1)))


def times(of: Ends, factor: Fraction) -> Ends:
    """Ends in another unit; what has no end keeps none."""
    lower, opens, upper, closes = of
    return (
        lower if lower == -EVER else lower * factor,
        opens,
        upper if upper == EVER else upper * factor,
        closes,
    )


def last_digit(end: Fraction, *, zeros: bool) -> Fraction:
    """Half a unit of the last digit of a number, or of the last that is not 0."""
    if not end or abs(end) == EVER:
        return Fraction(0)
    place = Fraction(1)
    while end % place:
        place /= 10
    while zeros and not end % (place * 10):
        place *= 10
    return place / 2


def stated_end(number: Decimal | None, otherwise: Fraction) -> Fraction:
    """An end as it was stated, or what stands for none."""
    return otherwise if number is None else Fraction(number)


def amounts(a: Quantity, b: Quantity, d: Definition) -> int:
    """How grave it is that two amounts of one measure differ."""
    tolerance = Fraction(d.tolerance)
    by = (measured(a, d)[1], measured(b, d)[1])
    low, high = times(ends(a, tolerance), by[0]), times(ends(b, tolerance), by[1])
    if below(high, low):
        a, b, low, high, by = b, a, high, low, by[::-1]
    return fell_short(a, low, b, high, tolerance, by) if below(low, high) else AGREE


def fell_short(
    a: Quantity,
    low: Ends,
    b: Quantity,
    high: Ends,
    tolerance: Fraction,
    by: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1)),
) -> int:
    """How grave it is that ``low``, the reading of ``a``, lies below ``high``, that of ``b``."""
    gap, reach = high[0] - low[2], max(abs(high[0]), abs(low[2]))
    if tolerance and (a.plain or b.plain):
        if gap <= tolerance * reach:
            return AGREE
        if gap <= 2 * tolerance * reach:
            return TENSION
    if by[0] != by[1]:
        told = [(stated_end(a.upper, EVER), by[0]), (stated_end(b.lower, EVER), by[1])]
        if gap <= reach / 20 and gap <= max(last_digit(e, zeros=False) * f for e, f in told):
            return AGREE
        if gap <= sum(last_digit(e, zeros=False) * f for e, f in told):
            return TENSION
        if gap <= max(last_digit(end, zeros=True) * factor for end, factor in told):
            return TENSION
    if "vague" in (a.approx, b.approx):
        return TENSION
    slack = half_width(a, tolerance) * by[0] + half_width(b, tolerance) * by[1]
    if slack and gap <= slack:
        return TENSION
    rounded = max(rounding(a, b) * by[0], rounding(b, a) * by[1])
    return TENSION if gap <= rounded and gap <= reach / 20 else CONFLICT


def half_width(quantity: Quantity, tolerance: Fraction) -> Fraction:
    """By how much an approximate reading is widened once more."""
    if quantity.approx not in ("about", "rounded"):
        return Fraction(0)
    lower, _, upper, _ = ends(quantity, tolerance)
    if lower > -EVER and upper < EVER:
        return (upper - lower) / 2
    return abs(lower if upper == EVER else upper) * max(Fraction(1, 10), tolerance)


def rounding(a: Quantity, b: Quantity) -> Fraction:
    """Half a unit of the last digit of a plain number, if it may be ``b`` rounded to that digit.

    It may where it ends in 00, to the last digit that is not 0, and where ``b`` has more decimals.
    """
    number = Fraction(a.lower or 0)
    if not a.plain or not number:
        return Fraction(-1)
    if number % 100 == 0:
        return last_digit(number, zeros=True)
    mine = last_digit(number, zeros=False)
    others = [Fraction(end) for end in (b.lower, b.upper) if end]
    finer = any(last_digit(end, zeros=False) < mine for end in others)
    return mine if finer else Fraction(-1)


def span(day: Day) -> Span:
    """First and last second of a time."""
    first = -(2**62) if day.earliest is None else day.earliest
    return first, 2**62 if day.latest is None else day.latest


def daily(of: Span) -> bool:
    """Whether a time is a day or shorter."""
    return of[1] - of[0] < DAY


def dates(a: Day, b: Day) -> int:
    """Dates that share a second agree; on adjacent days, or uncertain, they may."""
    first, second = sorted((span(a), span(b)))
    if second[0] <= first[1]:
        return AGREE
    adjacent = second[0] - first[1] <= DAY
    return TENSION if adjacent or a.uncertain or b.uncertain else CONFLICT


def compare(a: Value, b: Value, d: Definition, names: Names) -> int | None:
    """Whether two values can both be true; ``None`` where they are not comparable."""
    match a, b:
        case Quantity(), Quantity():
            return amounts(a, b, d) if measured(a, d)[0] == measured(b, d)[0] else None
        case Day(), Day():
            return dates(a, b)
        case Truth(), Truth():
            return AGREE if a.yes == b.yes else CONFLICT
        case (Several(), _) | (_, Several()):
            if not d.multi_valued:
                return None
            out = left_out(a, b, d, names) | left_out(b, a, d, names)
            return CONFLICT if out else AGREE
        case (Entity() | Text() as left, Entity() | Text() as right):
            if d.defined and not d.multi_valued:
                return same_name(left.stated, right.stated, names)
    return None


def unit(quantity: Quantity, d: Definition) -> str:
    """The unit of an amount, the definition's where it states none."""
    return fold(quantity.unit or d.unit or "")


def same_name(a: str, b: str, names: Names) -> int:
    """Names of one thing agree; where all words of the one are in the other, they may."""
    left, right = names.entity(a), names.entity(b)
    if left == right or names.inside(left, right) or names.inside(right, left):
        return AGREE
    return TENSION if words(a) <= words(b) or words(b) <= words(a) else CONFLICT


def items(value: Value | None) -> Sequence[Value]:
    """What a list names, or the one value."""
    if value is None:
        return ()
    return value.items if isinstance(value, Several) else (value,)


def same_item(a: Value, b: Value, d: Definition, names: Names) -> bool:
    """Whether an item of one list is an item of another."""
    return compare(a, b, attrs.evolve(d, defined=True, multi_valued=False), names) == AGREE


@attrs.frozen
class Rest(Several):
    """What its claimant has left of a list; where it is closed, it leaves out none it ``named``."""

    named: tuple[Single, ...] = ()


def rest(of: Several, revised: Collection[str], closed: bool) -> Rest:
    """What is left of a list without the items that are stated so."""
    kept = tuple(item for item in of.items if item.stated not in revised)
    words = "only " * closed + "; ".join(item.stated for item in kept)
    return Rest(words, kept, closed, of.items)


def left_out(a: Value, of: Value, d: Definition, names: Names) -> set[str]:
    """What ``a`` names and the closed list ``of`` does not."""
    if not isinstance(of, Several) or not of.closed:
        return set()
    named = of.named if isinstance(of, Rest) else of.items
    return {
        item.stated
        for item in items(a)
        if not any(same_item(item, other, d, names) for other in named)
    }


def denied(a: Value, b: Value, d: Definition, names: Names) -> int:
    """How grave it is to assert ``a`` where ``b`` is denied."""
    if not implies(a, b, d, names):
        return AGREE
    match a, b:
        case Day(), Day():
            return TENSION if a.uncertain or b.uncertain else CONFLICT
        case Quantity(), Quantity():
            tolerance = Fraction(d.tolerance)
            by, of_denied = measured(a, d)[1], measured(b, d)[1]
            said, refused = times(ends(a, tolerance), by), times(ends(b, tolerance), of_denied)
            if "vague" in (a.approx, b.approx):
                return TENSION
            slack = half_width(a, tolerance) * by
            if a.plain:
                slack = max(
                    2 * tolerance * abs(said[0]), min(rounding(a, b) * by, abs(said[0]) / 20)
                )
            slack = max(slack, Fraction(0))
            if by != of_denied:
                told = [(end, by) for end in (a.lower, a.upper)]
                told += [(end, of_denied) for end in (b.lower, b.upper)]
                slack += max(
                    last_digit(stated_end(end, EVER), zeros=False) * factor for end, factor in told
                )
            low = said[0] if said[0] == -EVER else said[0] - slack
            high = said[2] if said[2] == EVER else said[2] + slack
            hard = said == refused or within((low, said[1], high, said[3]), refused)
            return CONFLICT if hard else TENSION
    return CONFLICT


def implies(a: Value, b: Value, d: Definition, names: Names) -> bool:
    """Whether ``b`` must be so if ``a`` is."""
    match a, b:
        case Quantity(), Quantity():
            tolerance = Fraction(d.tolerance)
            mine, theirs = measured(a, d), measured(b, d)
            return mine[0] == theirs[0] and within(
                times(ends(a, tolerance), mine[1]), times(ends(b, tolerance), theirs[1])
            )
        case Day(), Day():
            return span(b)[0] <= span(a)[0] and span(a)[1] <= span(b)[1]
        case Truth(), Truth():
            return a.yes == b.yes
        case (Several(), _) | (_, Several()):
            return any(implies(x, y, d, names) for x in items(a) for y in items(b))
        case (Entity() | Text() as left, Entity() | Text() as right):
            inner, outer = names.entity(left.stated), names.entity(right.stated)
            return inner == outer or names.inside(inner, outer)
    return False
