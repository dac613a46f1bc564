"""The soft bounds of amounts: what rounding, tolerance, conversion and vagueness excuse.

Design section 5, *Soft bounds*: plain numbers within the tolerance agree, within twice it they
are a tension; approximate ones are widened once more by their own half width; a plain number
that ends in zeros may be rounded, and so may one with fewer decimals than the other; a vague one
never conflicts.
"""

from collections.abc import Iterable
from decimal import Decimal

from ledger.decimals import exact, spell
from ledger.values import (
    ABOUT,
    DAY_SECONDS,
    Day,
    Interval,
    Quantity,
)
from projections.held import Definition, span_of
from projections.measures import ONE
from projections.outcomes import AGREE, CONFLICT, TENSION, Outcome

ROUNDING = Decimal("0.05")
"""How far a plain number may lie from the other, as a share, and still be its rounding."""


def compare_ends(
    a: Quantity,
    left: Interval,
    b: Quantity,
    right: Interval,
    tolerance: Decimal,
    by: tuple[Decimal, Decimal] = (ONE, ONE),
) -> Outcome:
    """Return how grave it is that ``left``, read from ``a``, lies wholly below ``right``.

    ``by`` is what the two were multiplied by, if their units differ. The soft bounds of design
    section 5: tolerance for plain numbers, rounding for approximate ones, for plain ones with
    fewer digits and for those that may have been converted, vagueness.
    """
    below, above = left.upper, right.lower
    assert below is not None
    assert above is not None
    gap = exact(above, "-", below)
    reach = max(below.copy_abs(), above.copy_abs())
    if tolerance and (a.plain or b.plain):
        if gap <= exact(tolerance, "*", reach):
            return AGREE
        if gap <= exact(2 * tolerance, "*", reach):
            return TENSION
    if by != (ONE, ONE):
        ends = [(a.upper, by[0]), (b.lower, by[1])]
        one, other = (last_digit([end], zeros=False) for end in ends)
        if gap <= exact(ROUNDING, "*", reach) and gap <= max(one, other):
            return AGREE
        if gap <= max(last_digit(ends, zeros=True), exact(one, "+", other)):
            return TENSION
    if a.approx == "vague" or b.approx == "vague":
        return TENSION
    slack = exact(half_width(a, left, tolerance), "+", half_width(b, right, tolerance))
    if slack and gap <= slack:
        return TENSION
    rounding = max(exact(rounded_by(a, b), "*", by[0]), exact(rounded_by(b, a), "*", by[1]))
    if rounding and gap <= rounding and gap <= exact(ROUNDING, "*", reach):
        return TENSION
    return CONFLICT


def last_digit(ends: Iterable[tuple[Decimal | None, Decimal]], *, zeros: bool) -> Decimal:
    """Return the most that conversion may have rounded: half a unit of a last stated digit.

    Who converts five miles says eight kilometres. With ``zeros``, of the last that is not 0.
    """
    most = Decimal(0)
    for end, factor in ends:
        if end:
            _, digits, exponent = Decimal(spell(end)).as_tuple()
            assert isinstance(exponent, int)
            if zeros:
                exponent += len(digits) - len("".join(map(str, digits)).rstrip("0"))
            most = max(most, exact(Decimal(5).scaleb(exponent - 1), "*", factor))
    return most


def half_width(quantity: Quantity, interval: Interval, tolerance: Decimal) -> Decimal:
    """Half the width of an approximate reading: how far it is widened once more."""
    if quantity.approx not in ("about", "rounded"):
        return Decimal(0)
    if interval.lower is not None and interval.upper is not None:
        return exact(exact(interval.upper, "-", interval.lower), "*", Decimal("0.5"))
    end = interval.lower if interval.lower is not None else interval.upper
    return exact((end or Decimal(0)).copy_abs(), "*", max(ABOUT, tolerance))


def rounded_by(quantity: Quantity, *others: Quantity) -> Decimal:
    """How far a plain number may lie from what it was rounded from, else zero.

    Half a unit of its last digit that is not 0 where it ends in 00; half a unit of its last
    digit where another amount is stated with more decimals.
    """
    if not quantity.plain or not quantity.lower:
        return Decimal(0)
    digits = spell(quantity.lower)
    decimals = len(digits.partition(".")[2])
    zeros = 0 if decimals else len(digits) - len(digits.rstrip("0"))
    if zeros >= 2:
        return Decimal(5).scaleb(zeros - 1)
    finer = any(_decimals(other) > decimals for other in others)
    return Decimal(5).scaleb(-decimals - 1) if finer else Decimal(0)


def _decimals(quantity: Quantity) -> int:
    """Return with how many decimals an amount is stated."""
    ends = (quantity.lower, quantity.upper)
    return max(0 if end is None else len(spell(end).partition(".")[2]) for end in ends)


def loosened(
    quantity: Quantity, interval: Interval, rounding: Decimal, tolerance: Decimal
) -> Interval:
    """Return what an amount may have meant at the most, by rounding and tolerance."""
    half = half_width(quantity, interval, tolerance)
    if not quantity.plain:
        return interval.widened(half, half)
    assert interval.lower is not None
    reach = interval.lower.copy_abs()
    slack = max(min(rounding, exact(ROUNDING, "*", reach)), exact(2 * tolerance, "*", reach))
    return interval.widened(slack, slack)


def conflict_free(value: Quantity | Day, definition: Definition) -> tuple[Decimal, Decimal]:
    """Return ends between which lies every value that this one may not conflict with.

    Two values of one unit whose ends (both included) do not meet are a CONFLICT; two whose ends
    meet may be anything. So among values in order only neighbours need be compared.
    """
    if isinstance(value, Day):
        if value.uncertain:
            return Decimal("-Infinity"), Decimal("Infinity")
        first, last = span_of(value)
        return Decimal(first), Decimal(last + DAY_SECONDS)
    if value.approx == "vague":
        return Decimal("-Infinity"), Decimal("Infinity")
    tolerance = definition.tolerance
    interval = value.interval(tolerance)
    half, rounding = half_width(value, interval, tolerance), rounded_by(value)
    if value.plain:
        rounding = max(rounding, last_digit([(value.lower, ONE)], zeros=False))
    # A share of the larger of two ends is at most that share of both together; rounding's
    # share, of an end that may be the smaller, a little more.
    lower, upper = (
        None
        if end is None
        else max(
            half,
            min(rounding, exact(end.copy_abs(), "*", ROUNDING + ROUNDING / 4)),
            exact(2 * tolerance, "*", end.copy_abs()),
        )
        for end in (interval.lower, interval.upper)
    )
    return (
        Decimal("-Infinity") if lower is None else exact(interval.lower or Decimal(0), "-", lower),
        Decimal("Infinity") if upper is None else exact(interval.upper or Decimal(0), "+", upper),
    )
