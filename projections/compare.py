"""Can two values both be true? Pure functions over values; no claims, no time, no speakers.

One of three answers (:mod:`projections.outcomes`), and ``None`` where the question makes no
sense (different units or types). How far amounts may lie apart and still agree, or be in
tension only, is said in :mod:`projections.soft_bounds`.
"""

from decimal import Decimal

from ledger.decimals import exact
from ledger.names import fold, words
from ledger.values import (
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
from projections.outcomes import AGREE, CONFLICT, TENSION, Outcome
from projections.remaining import named_by
from projections.soft_bounds import compare_ends, last_digit, loosened, rounded_by


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
    rounding = exact(rounded_by(asserted, denied), "*", by)
    loose = loosened(asserted, stated, rounding, definition.tolerance)
    if found[2:] != (ONE, ONE):
        ends = [(asserted.lower, by), (asserted.upper, by), (denied.lower, found[3])]
        converted = last_digit([*ends, (denied.upper, found[3])], zeros=False)
        loose = loose.widened(converted, converted)
    return CONFLICT if stated == refused or refused.contains(loose) else TENSION


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
