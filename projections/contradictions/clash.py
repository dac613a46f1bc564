"""How two claims stand to each other: values, modality and instants together.

The rules ask two questions: do these two speak of the *same instant* (design section 5), and
if so, how do they *clash*.
"""

from collections.abc import Callable
from decimal import Decimal

import attrs

from ledger.decimals import exact, spell
from ledger.events import OverTime
from ledger.values import Day, Interval, Quantity, Truth, Value
from projections.compare import compare, compare_denied, items_of, left_out, lies_within, one_unit
from projections.held import AFFIRMED, Definition, Held, Names, span_of
from projections.measures import ONE, measure, shown_in
from projections.outcomes import AGREE, CONFLICT, TENSION, Outcome


@attrs.frozen
class Context:
    """What a judgement needs beside the claims: the definition and the names."""

    definition: Definition
    names: Names


def same_instant(a: Held, b: Held, over_time: OverTime) -> Outcome | None:
    """Return how grave a clash of two voices can be, by their as-of; ``None`` if they pass by.

    ``CONFLICT`` for one and the same instant, ``TENSION`` where the times only overlap, are
    coarser than a day, inferred or uncertain; or where the sum of a period was told before it
    was over: "5 attacks in 2026", said in February, need not foresee the rest of the year.
    """
    limit = same_time(a, b, over_time)
    so_far = over_time == "period" and (a.so_far or b.so_far)
    return TENSION if so_far and limit == CONFLICT else limit


def same_time(a: Held, b: Held, over_time: OverTime) -> Outcome | None:
    """Return the same by what they are about alone, whenever it was said."""
    if over_time == "constant":
        return CONFLICT
    soft = a.inferred or b.inferred or a.uncertain or b.uncertain
    if a.span == b.span:
        if over_time == "period":
            return TENSION if soft else CONFLICT
        return CONFLICT if a.daily and b.daily else TENSION
    if over_time != "instant":
        return None
    overlap = a.span[0] <= b.span[1] and b.span[0] <= a.span[1]
    return TENSION if overlap else None


def one_instant(a: Held, b: Held, over_time: OverTime) -> bool:
    """Whether two claims of one voice speak of the same instant, so that one revises the other."""
    if a.inferred or b.inferred:
        return over_time == "constant"
    return same_time(a, b, over_time) == CONFLICT


def clash(a: Held, b: Held, context: Context) -> Outcome | None:
    """Return how the statements of two claims stand to each other, whatever their instants.

    ``None`` where they say nothing about each other: other units, forecasts, a wish and a
    fact. Hedged claims are at most a tension.
    """
    outcome = _clash(a, b, context)
    if outcome == CONFLICT and (a.hedged or b.hedged):
        return TENSION
    return outcome


def _clash(a: Held, b: Held, context: Context) -> Outcome | None:
    if a.value is None or b.value is None:
        return None
    modes = {a.claim.modality, b.claim.modality}
    definition, names = context.definition, context.names
    if modes <= AFFIRMED:
        return compare(a.value, b.value, definition, names)
    if modes == {"denied"}:
        if isinstance(a.value, Truth) and isinstance(b.value, Truth):
            return AGREE if a.value.yes == b.value.yes else CONFLICT
        return None
    if "denied" in modes and modes - {"denied"} <= AFFIRMED:
        asserted, denied = (b, a) if a.claim.modality == "denied" else (a, b)
        assert asserted.value is not None
        assert denied.value is not None
        return compare_denied(asserted.value, denied.value, definition, names)
    if modes <= {"demanded", "refused"}:
        return CONFLICT if disputed(a, b, context) else AGREE
    return None


def disputed(a: Held, b: Held, context: Context) -> list[str]:
    """Return the items, as stated, that one demands and the other refuses or leaves out."""
    if a.value is None or b.value is None:
        return []
    definition, names = context.definition, context.names
    if a.claim.modality == b.claim.modality:
        if a.claim.modality == "refused":
            return []
        out = left_out(a.value, b.value, definition, names)
        return [item.stated for item in out + left_out(b.value, a.value, definition, names)]
    demanded, refused = (a, b) if a.claim.modality == "demanded" else (b, a)
    assert demanded.value is not None
    assert refused.value is not None
    return [
        item.stated
        for item in items_of(demanded.value)
        if any(lies_within(item, other, definition, names) for other in items_of(refused.value))
    ]


@attrs.frozen
class Gap:
    """How far apart two values lie: in a unit as stated, and as a share of the larger."""

    absolute: str
    relative: str | None
    unit: str | None = None

    @property
    def size(self) -> Decimal:
        """The distance in base units, by which gaps of one kind of value compare."""
        return exact(Decimal(self.absolute), "*", measure(self.unit)[1])


def gap_between(a: Value | None, b: Value | None, definition: Definition) -> Gap | None:
    """Return the distance between two disjoint amounts or dates; ``None`` where there is none."""
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        found = one_unit(a, b, definition)
        if found is None:
            return None
        units = sorted((q.unit or definition.unit for q in (a, b)), key=_preference(definition))
        return gap_of(found[0], found[1], units[0], converted=found[2:] != (ONE, ONE))
    if isinstance(a, Day) and isinstance(b, Day):
        first, second = sorted((span_of(a), span_of(b)))
        days = (second[0] - first[1]) // 86_400 + 1
        return Gap(str(days), None, "days") if second[0] > first[1] else None
    return None


def _preference(definition: Definition) -> Callable[[str | None], tuple[object, ...]]:
    """Return what orders units: first the definition's, then the smaller, then by name."""
    wanted = definition.unit

    def rank(unit: str | None) -> tuple[object, ...]:
        return (unit is None or unit != wanted, measure(unit)[1], unit or "")

    return rank


def gap_of(left: Interval, right: Interval, unit: str | None, *, converted: bool) -> Gap | None:
    """Return the distance between two intervals, of base units if ``converted``, in a unit."""
    if right.before(left):
        left, right = right, left
    if not left.before(right) or left.upper is None or right.lower is None:
        return None
    absolute = exact(right.lower, "-", left.upper)
    reach = max(right.lower.copy_abs(), left.upper.copy_abs())
    shown = shown_in(absolute, measure(unit)[1]) if converted else absolute
    return Gap(spell(shown), f"{absolute / reach:.4f}" if reach else None, unit)


def wider_gap(a: Gap | None, b: Gap | None) -> Gap | None:
    """Return the larger of two gaps."""
    if a is None or b is None:
        return a or b
    return a if a.size >= b.size else b
