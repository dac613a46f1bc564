"""Can two values both be true? Pure functions over values; no claims, no time, no speakers.

Three answers, and ``None`` where the question makes no sense (different units or types):

``AGREE``     both can be true together
``TENSION``   they may not both be true: only rounding, tolerance or vagueness could save them
``CONFLICT``  they cannot both be true
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import IntEnum

from ledger.decimals import exact, spell
from ledger.names import fold, words
from ledger.values import (
    ABOUT,
    DAY_SECONDS,
    Day,
    Entity,
    Interval,
    Quantity,
    Several,
    Single,
    Text,
    Truth,
    Value,
)
from projections.held import Definition, Names, span_of
from projections.measures import ONE, factors, measure, scaled
from projections.remaining import named_by

ROUNDING = Decimal("0.05")
"""How far a plain number ending in zeros may lie from the other and still be its rounding."""


class Outcome(IntEnum):
    """How two values stand to each other, from harmless to grave."""

    AGREE = 0
    TENSION = 1
    CONFLICT = 2


AGREE, TENSION, CONFLICT = Outcome


def compare(a: Value, b: Value, definition: Definition, names: Names) -> Outcome | None:
    """Return how two affirmed values stand to each other under a predicate's definition.

    Under a multi-valued predicate lists agree, unless one is closed and the other names
    something that is not on it. Texts and entities are compared only where a definition makes
    them single-valued.
    """
    if isinstance(a, Several) or isinstance(b, Several):
        return _compare_lists(a, b, definition, names)
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        return compare_quantities(a, b, definition)
    if isinstance(a, Day) and isinstance(b, Day):
        return compare_days(a, b)
    if isinstance(a, Truth) and isinstance(b, Truth):
        return AGREE if a.yes == b.yes else CONFLICT
    if isinstance(a, Entity | Text) and isinstance(b, Entity | Text):
        if not definition.defined or definition.multi_valued:
            return None
        return compare_names(a.stated, b.stated, names)
    return None


def unit_of(quantity: Quantity, definition: Definition) -> str | None:
    """Return the folded unit of a quantity; the definition's where it states none.

    What may be compared with it is more: whatever measures the same (``dimension_of``).
    """
    unit = quantity.unit or definition.unit
    return None if unit is None else fold(unit)


def dimension_of(quantity: Quantity, definition: Definition) -> str:
    """Return what a quantity measures: the same for all that it may be compared with."""
    return measure(quantity.unit or definition.unit)[0]


def one_unit(
    a: Quantity, b: Quantity, definition: Definition
) -> tuple[Interval, Interval, Decimal, Decimal] | None:
    """Return the readings of two amounts in one unit, and by what each was multiplied for that.

    Two of one unit stay as stated; ``None`` where the units measure different things.
    """
    units = (a.unit or definition.unit, b.unit or definition.unit)
    by = factors(units)
    if by is None:
        return None
    left, right = a.interval(definition.tolerance), b.interval(definition.tolerance)
    return scaled(left, by[0]), scaled(right, by[1]), by[0], by[1]


def compare_quantities(a: Quantity, b: Quantity, definition: Definition) -> Outcome | None:
    """Compare two amounts; ``None`` when their units measure different things."""
    found = one_unit(a, b, definition)
    if found is None:
        return None
    left, right, of_a, of_b = found
    if a.plain and b.plain and left.lower == right.lower:
        return AGREE
    if left.meets(right):
        return AGREE
    if right.before(left):
        a, b, left, right, of_a, of_b = b, a, right, left, of_b, of_a
    return compare_ends(a, left, b, right, definition.tolerance, (of_a, of_b))


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
    section 5: tolerance for plain numbers, rounding for approximate ones, for plain ones that
    end in zeros and for those that may have been converted, vagueness.
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
        digits = [(a.upper, by[0]), (b.lower, by[1])]
        if gap <= exact(ROUNDING, "*", reach) and gap <= last_digit(digits, zeros=False):
            return AGREE
        if gap <= last_digit(digits, zeros=True):
            return TENSION
    if a.approx == "vague" or b.approx == "vague":
        return TENSION
    slack = exact(half_width(a, left, tolerance), "+", half_width(b, right, tolerance))
    if slack and gap <= slack:
        return TENSION
    rounding = max(exact(zeros_of(a), "*", by[0]), exact(zeros_of(b), "*", by[1]))
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


def zeros_of(quantity: Quantity) -> Decimal:
    """Half a unit of the last non-zero digit of a plain number that ends in 00, else zero."""
    if not quantity.plain or not quantity.lower:
        return Decimal(0)
    digits = spell(quantity.lower)
    zeros = len(digits) - len(digits.rstrip("0"))
    if "." in digits or zeros < 2:
        return Decimal(0)
    return Decimal(5).scaleb(zeros - 1)


def compare_denied(asserted: Value, denied: Value, definition: Definition, names: Names) -> Outcome:
    """Return how what one asserts stands to what another denies.

    It must lie within that, and whatever else it may have meant (rounded, within the tolerance)
    as well, or it is a tension; but denying the very words is always a conflict.
    """
    if not lies_within(asserted, denied, definition, names):
        return AGREE
    if isinstance(asserted, Day) and isinstance(denied, Day):
        return TENSION if asserted.uncertain or denied.uncertain else CONFLICT
    if not (isinstance(asserted, Quantity) and isinstance(denied, Quantity)):
        return CONFLICT
    if "vague" in (asserted.approx, denied.approx):
        return TENSION
    found = one_unit(asserted, denied, definition)
    assert found is not None
    stated, refused, by, _ = found
    loose = _loosened(asserted, stated, by, definition.tolerance)
    if found[2:] != (ONE, ONE):
        ends = [(asserted.lower, by), (asserted.upper, by), (denied.lower, found[3])]
        converted = last_digit([*ends, (denied.upper, found[3])], zeros=False)
        loose = loose.widened(converted, converted)
    return CONFLICT if stated == refused or refused.contains(loose) else TENSION


def _loosened(quantity: Quantity, interval: Interval, by: Decimal, tolerance: Decimal) -> Interval:
    """Return what an amount may have meant at the most, by rounding and tolerance."""
    half, zeros = half_width(quantity, interval, tolerance), exact(zeros_of(quantity), "*", by)
    if not quantity.plain:
        return interval.widened(half, half)
    assert interval.lower is not None
    reach = interval.lower.copy_abs()
    rounding = min(zeros, exact(ROUNDING, "*", reach))
    slack = max(rounding, exact(2 * tolerance, "*", reach))
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
    half, zeros = half_width(value, interval, tolerance), zeros_of(value)
    # A share of the larger of two ends is at most that share of both together; rounding's
    # share, of an end that may be the smaller, a little more.
    lower, upper = (
        None
        if end is None
        else max(
            half,
            min(zeros, exact(end.copy_abs(), "*", ROUNDING + ROUNDING / 4)),
            exact(2 * tolerance, "*", end.copy_abs()),
        )
        for end in (interval.lower, interval.upper)
    )
    return (
        Decimal("-Infinity") if lower is None else exact(interval.lower or Decimal(0), "-", lower),
        Decimal("Infinity") if upper is None else exact(interval.upper or Decimal(0), "+", upper),
    )


def compare_days(a: Day, b: Day) -> Outcome:
    """Compare two dates: one that contains the other agrees with it, adjacent days may."""
    first, second = sorted((span_of(a), span_of(b)))
    if first[1] >= second[0]:
        return AGREE
    if a.uncertain or b.uncertain or second[0] - first[1] <= DAY_SECONDS:
        return TENSION
    return CONFLICT


def compare_names(a: str, b: str, names: Names) -> Outcome:
    """Compare two names or texts: same or matched, within, one's words in the other's, else not."""
    left, right = names.entity(fold(a)), names.entity(fold(b))
    if left == right or names.within(left, right) or names.within(right, left):
        return AGREE
    mine, others = words(a), words(b)
    return TENSION if mine <= others or others <= mine else CONFLICT


def same_item(a: Single, b: Single, definition: Definition, names: Names) -> bool:
    """Whether an item of one list is an item of another."""
    single = Definition(
        value_type=definition.value_type,
        unit=definition.unit,
        tolerance=definition.tolerance,
        defined=True,
    )
    return compare(a, b, single, names) == AGREE


def items_of(value: Value) -> tuple[Single, ...]:
    """Return the items of a list, or the one value."""
    return value.items if isinstance(value, Several) else (value,)


def left_out(value: Value, of: Value, definition: Definition, names: Names) -> list[Single]:
    """Return the items of ``value`` that the closed list ``of`` does not name."""
    if not (isinstance(of, Several) and of.closed):
        return []
    return [
        item
        for item in items_of(value)
        if not any(same_item(item, other, definition, names) for other in named_by(of))
    ]


def _compare_lists(a: Value, b: Value, definition: Definition, names: Names) -> Outcome | None:
    if not definition.multi_valued:
        return None
    if left_out(a, b, definition, names) or left_out(b, a, definition, names):
        return CONFLICT
    return AGREE


def lies_within(value: Value, other: Value, definition: Definition, names: Names) -> bool:
    """Whether ``value`` being so means that ``other`` is so (for a denial of ``other``)."""
    if isinstance(value, Quantity) and isinstance(other, Quantity):
        found = one_unit(value, other, definition)
        return found is not None and found[1].contains(found[0])
    if isinstance(value, Day) and isinstance(other, Day):
        inner, outer = span_of(value), span_of(other)
        return outer[0] <= inner[0] and inner[1] <= outer[1]
    if isinstance(value, Truth) and isinstance(other, Truth):
        return value.yes == other.yes
    if isinstance(value, Several) or isinstance(other, Several):
        return any(
            lies_within(item, denied, definition, names)
            for item in items_of(value)
            for denied in items_of(other)
        )
    if isinstance(value, Entity | Text) and isinstance(other, Entity | Text):
        inner_name, outer_name = names.entity(fold(value.stated)), names.entity(fold(other.stated))
        return inner_name == outer_name or names.within(inner_name, outer_name)
    return False
