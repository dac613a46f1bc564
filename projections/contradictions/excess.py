"""By how much parts are more than their whole: two ends, in one unit, with the soft bounds.

What is said of a part bounds its whole from below, so only two ends matter: how much the parts
are *at least*, and how much the whole is *at most*. None of that holds for what can be less than
nothing (a loss in one month lets another exceed the year), so amounts below zero are passed
over here, and whoever loads the claims passes over keys that hold one.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

import attrs

from ledger.decimals import exact
from ledger.phrases import CURRENCIES
from ledger.values import Interval, Quantity
from projections.contradictions.clash import Gap, gap_of
from projections.contradictions.neighbourhood import Neighbour, together
from projections.held import AFFIRMED, Definition, Held
from projections.measures import ONE, factors, measure, scaled
from projections.outcomes import AGREE, CONFLICT, TENSION, Outcome
from projections.soft_bounds import ROUNDING, compare_ends, half_width, last_digit, rounded_by


@attrs.frozen(eq=False)
class Excess:
    """Parts that together are more than a whole, by ``gap`` and as gravely as ``outcome`` says."""

    parts: tuple[Held, ...]
    whole: Held
    outcome: Outcome
    gap: Gap


def exceeds(
    parts: Sequence[tuple[Held, Neighbour]], whole: Held, definition: Definition
) -> Excess | None:
    """Return by how much parts together are more than the whole, if they may not be.

    The soft bounds of design section 5 hold for a sum as they do for one amount: within the
    tolerance it agrees; within twice that, or by rounding or vagueness, it is a tension.
    """
    limits = [limit_of(held, part, whole, definition) for held, part in parts]
    ceiling = amount_of(whole)
    known = [amount for held, _ in parts if (amount := amount_of(held)) is not None]
    limit = min((one for one in limits if one is not None), default=None)
    if limit is None or ceiling is None or None in limits:
        return None
    unit = ceiling.unit or definition.unit
    units = [
        amount.unit or part.definition.unit for amount, (_, part) in zip(known, parts, strict=True)
    ]
    by = factors([unit, *units])
    assert by is not None
    tolerance = max(definition.tolerance, *(part.definition.tolerance for _, part in parts))
    top = scaled(ceiling.interval(tolerance), by[0])
    floors = [
        scaled(amount.interval(tolerance), factor)
        for amount, factor in zip(known, by[1:], strict=True)
    ]
    floor = _sum(floors)
    if floor is None or top.upper is None or top.upper < 0 or not top.before(floor):
        return None
    readings = [(ceiling, top, by[0]), *zip(known, floors, by[1:], strict=True)]
    outcome = min(limit, _graveness(readings, floor, top, tolerance))
    if outcome == AGREE:
        return None
    gap = gap_of(top, floor, unit, converted=by[0] != ONE)
    assert gap is not None
    return Excess(tuple(held for held, _ in parts), whole, outcome, gap)


Reading = tuple[Quantity, Interval, Decimal]
"""An amount, what it can be in the unit that is compared in, and by what it was multiplied."""


def _graveness(
    readings: Sequence[Reading], floor: Interval, top: Interval, tolerance: Decimal
) -> Outcome:
    """Return how grave it is that the sum of all but the first reading exceeds the first."""
    if len(readings) == 2:
        (whole, _, of_whole), (part, _, of_part) = readings
        above = Interval(lower=floor.lower, lower_open=floor.lower_open)
        below = Interval(upper=top.upper, upper_open=top.upper_open)
        return compare_ends(whole, below, part, above, tolerance, (of_whole, of_part))
    assert floor.lower is not None
    assert top.upper is not None
    gap, reach = exact(floor.lower, "-", top.upper), floor.lower.copy_abs()
    if tolerance and gap <= exact(2 * tolerance, "*", reach):
        return AGREE if gap <= exact(tolerance, "*", reach) else TENSION
    slack = rounding = converted = Decimal(0)
    amounts = [amount for amount, _, _ in readings]
    for amount, interval, factor in readings:
        slack = exact(slack, "+", half_width(amount, interval, tolerance))
        rounding = exact(rounding, "+", exact(rounded_by(amount, *amounts), "*", factor))
        if len({by for _, _, by in readings}) > 1:
            ends = [(amount.lower, factor), (amount.upper, factor)]
            converted = exact(converted, "+", last_digit(ends, zeros=True))
    excused = gap <= max(slack, converted) or (
        gap <= rounding and gap <= exact(ROUNDING, "*", reach)
    )
    vague = any(amount.approx == "vague" for amount, _, _ in readings)
    return TENSION if excused or vague else CONFLICT


def limit_of(held: Held, part: Neighbour, whole: Held, definition: Definition) -> Outcome | None:
    """Return how grave it can be that a claim of a part exceeds one of the whole.

    ``None`` if the two are of other times, or measure different things, or what they measure
    does not add up over time.
    """
    amount, ceiling = amount_of(held), amount_of(whole)
    outcome = together(whole, held, part)
    if amount is None or ceiling is None or outcome is None:
        return None
    unit = ceiling.unit or definition.unit
    if factors([unit, amount.unit or part.definition.unit]) is None:
        return None
    if part.over_time == "period" and held.span != whole.span and not _adds_up(unit):
        return None
    return TENSION if held.hedged or whole.hedged else outcome


def amount_of(held: Held) -> Quantity | None:
    """Return the amount that a claim affirms, if it is one."""
    affirmed = held.claim.modality in AFFIRMED and isinstance(held.value, Quantity)
    return held.value if affirmed else None  # type: ignore[return-value]


def _sum(floors: Sequence[Interval]) -> Interval | None:
    """Return what amounts come to at least; ``None`` where one says nothing of that."""
    total, opens = Decimal(0), False
    for floor in floors:
        if floor.lower is None or floor.lower < 0:
            return None
        total, opens = exact(total, "+", floor.lower), opens or floor.lower_open
    return Interval(lower=total, lower_open=opens)


_NO_SUM = re.compile(
    rf"[%‰°/{CURRENCIES}]|\b(?:per|par|rate|points?|degrees?|dollars?|euros?|pounds?|yen|yuan|"
    r"roubles?|rubles?|rupees?|rials?|francs?|[a-z]?usd|eur|gbp|jpy|cny|chf|rub|inr)\b",
    re.IGNORECASE,
)


def _adds_up(unit: str | None) -> bool:
    """Whether no part of a period can take away from the others: counts, not money nor rates.

    A quarter's profit may exceed the year's, and so may its rate of growth; the attacks of a
    month cannot exceed the year's. Where the unit does not tell, silence.
    """
    return unit is None or not _NO_SUM.search(unit)


def floor_of(held: Held, part: Neighbour, definition: Definition) -> Decimal | None:
    """Return what a part is at least, in base units, as far as that is above zero."""
    amount = amount_of(held)
    if amount is None:
        return None
    interval = amount.interval(max(part.definition.tolerance, definition.tolerance))
    lower = scaled(interval, measure(amount.unit or part.definition.unit)[1]).lower
    return lower if lower is not None and lower > 0 else None


def ceiling_of(whole: Held, definition: Definition) -> Decimal | None:
    """Return what a whole is at most, in base units; ``None`` where nothing bounds it."""
    amount = amount_of(whole)
    if amount is None:
        return None
    interval = amount.interval(definition.tolerance)
    return scaled(interval, measure(amount.unit or definition.unit)[1]).upper
