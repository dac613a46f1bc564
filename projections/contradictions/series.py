"""The rule ``cumulative``: a count that can only grow has fallen.

A lower bound above a *later* upper bound cannot be, whoever said either. (For a count that can
only fall, mirrored.) The sweep works on bare points, ordered by time, and hands only those
that fell below an earlier peak to the rule, which looks at the claims themselves: at the
highest peaks first, and at no more of them than it takes to decide.
"""

import itertools
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache

import attrs

from ledger.decimals import exact, spell
from ledger.values import Interval, Quantity
from projections.compare import one_unit
from projections.contradictions.clash import (
    Context,
    Gap,
    clash,
    gap_between,
    same_instant,
    wider_gap,
)
from projections.contradictions.finding import (
    Camp,
    Finding,
    FindingId,
    Key,
    claim_pair,
    finding_id,
    make_camp,
)
from projections.held import Held
from projections.measures import ONE, measure
from projections.outcomes import CONFLICT, TENSION, Outcome
from projections.soft_bounds import compare_ends

DAY = 86_400


@attrs.frozen
class Point:
    """A claim as the sweep sees it: what it is at least and at most.

    ``floor`` and ``ceiling`` are sort keys of the two ends, each with a mark for an open one,
    such that ``floor > ceiling`` says that the one lies above the other. For a count that can
    only fall both are mirrored, so that the sweep is the same.
    """

    position: int
    first_day: int
    last_day: int
    floor: tuple[str, int]
    ceiling: tuple[str, int]
    is_peak: bool


@attrs.frozen(eq=False)
class Series:
    """Standing claims of one cumulative key: all that were said of it, at any time.

    ``points`` are the claims as the sweep sees them; ``claims`` returns one by its position.
    ``beside`` returns the standing claims of the same instant as a claim.
    """

    key: Key
    points: Sequence[Point]
    claims: Mapping[int, Held]
    beside: Callable[[Held], Sequence[Held]]
    context: Context


def fallen(points: Iterable[Point]) -> Iterator[tuple[int, Iterator[list[int]]]]:
    """Yield each point below an earlier floor, with the positions of the higher floors before it.

    *Earlier* means: its last day is not after the other's first day. The highest come first,
    of equals the latest; those that are equal in both stand together. One pass over the points
    in order of time, with the floors passed so far in order of height: what lies above a point
    is read off from the top, as far as it is asked for and before the next point is.
    """
    points = list(points)
    peaks = sorted((p for p in points if p.is_peak), key=lambda p: p.last_day)
    heights: list[_Height] = []
    passed = 0
    for point in sorted(points, key=lambda p: (p.first_day, p.position)):
        while passed < len(peaks) and peaks[passed].last_day <= point.first_day:
            peak = peaks[passed]
            insort(heights, (peak.floor, peak.last_day, peak.position))
            passed += 1
        if heights and heights[-1][0] > point.ceiling:
            yield point.position, _above(point, heights)


_Height = tuple[tuple[str, int], int, int]
"""Floor, last day and position of a peak."""


def _above(point: Point, heights: Sequence[_Height]) -> Iterator[list[int]]:
    higher = itertools.takewhile(lambda height: height[0] > point.ceiling, reversed(heights))
    for _, equals in itertools.groupby(higher, key=lambda height: height[:2]):
        yield [position for _, _, position in equals]


def cumulative(series: Series) -> Iterator[Finding]:
    """A lower bound above a later upper bound of a count that can only grow.

    Fires for [6000, 6000] by 20 January beside [3428, 3428] by 6 February; not for [6000, ∞)
    beside [3428, ∞), nor for a rise. Each fallen claim is charged to the highest earlier bound
    (the latest of equals): one finding per peak.
    """
    charged: dict[int, list[tuple[Held, Outcome]]] = defaultdict(list)
    for position, candidates in fallen(series.points):
        claim = series.claims[position]
        peak = _peak_of(claim, candidates, series)
        if peak is not None:
            charged[peak[0].position].append((claim, peak[1]))
    merged: dict[FindingId, list[tuple[Held, list[tuple[Held, Outcome]]]]] = defaultdict(list)
    for position, fell in charged.items():
        peak_claim = series.claims[position]
        merged[_peak_id(peak_claim, series)].append((peak_claim, fell))
    for id_, group in merged.items():
        yield _finding(id_, group, series)


def _peak_of(
    claim: Held, candidates: Iterable[Sequence[int]], series: Series
) -> tuple[Held, Outcome] | None:
    """Return the highest earlier bound that the claim fell below: a hard one where there is one.

    What lies hard below one bound of a voice is charged to the highest of that voice, though
    rounding might excuse it there: after 3,697, 3,700 and 3,617, a 3,650 belongs to the same
    fall.
    """
    beside = cache(lambda: series.beside(claim))
    always_soft = _is_soft(claim)
    soft: dict[str | None, Held] = {}
    for equals in candidates:
        peaks = sorted((series.claims[at] for at in equals), key=lambda held: held.order)
        for peak in reversed(peaks):
            outcome = _fall(peak, claim, series.context)
            if outcome is None or _left_to_value(peak, claim, beside, series.context):
                continue
            if outcome == CONFLICT:
                return soft.get(peak.voice or "", peak), outcome
            if always_soft:
                return peak, outcome
            soft.setdefault(None, peak)
            if peak.voice is not None and not peak.uncertain:
                soft.setdefault(peak.voice, peak)
    return (soft[None], TENSION) if soft else None


def _floor(held: Held, context: Context) -> object:
    assert isinstance(held.value, Quantity)
    interval = held.value.interval(context.definition.tolerance)
    down = context.definition.over_time == "cumulative-down"
    end = interval.upper if down else interval.lower
    assert end is not None
    factor = measure(held.value.unit or context.definition.unit)[1]
    if factor != ONE:
        end = Decimal(spell(exact(end, "*", factor)))
    return end.copy_negate() if down else end


def _fall(peak: Held, claim: Held, context: Context) -> Outcome | None:
    """Return how grave it is that ``claim`` lies below ``peak``, said of an earlier time."""
    if peak.claim.modality != "asserted" or peak.span[1] >= claim.span[0]:
        return None
    a, b = claim.value, peak.value
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        return None
    definition = context.definition
    found = one_unit(a, b, definition)
    if found is None:
        return None
    low, high, of_a, of_b = found
    if definition.over_time == "cumulative-down":
        a, b, low, high, of_a, of_b = b, a, high, low, of_b, of_a
    below = Interval(upper=low.upper, upper_open=low.upper_open)
    above = Interval(lower=high.lower, lower_open=high.lower_open)
    if not below.before(above):
        return None
    outcome = compare_ends(a, below, b, above, definition.tolerance, (of_a, of_b))
    if not outcome:
        return None
    adjacent = claim.span[0] // DAY - peak.span[1] // DAY <= 1
    across = peak.voice is None or peak.voice != claim.voice
    if _is_soft(claim) or peak.uncertain or (across and adjacent):
        return TENSION
    return outcome


def _is_soft(claim: Held) -> bool:
    """Whether a claim cannot have fallen hard, whatever it lies below."""
    return claim.inferred or claim.uncertain or claim.hedged


def _left_to_value(
    peak: Held, claim: Held, beside: Callable[[], Sequence[Held]], context: Context
) -> bool:
    """Whether the peak's claimant already contradicts the claim hard at the claim's own instant."""
    if peak.voice is None or peak.voice == claim.voice:
        return False
    return any(
        other.voice == peak.voice
        and same_instant(other, claim, context.definition.over_time) == CONFLICT
        and clash(other, claim, context) == CONFLICT
        for other in beside()
    )


def _peak_id(peak: Held, series: Series) -> FindingId:
    return finding_id("cumulative", series.key, peak.span, _floor(peak, series.context))


def _finding(
    id_: FindingId, group: Sequence[tuple[Held, Sequence[tuple[Held, Outcome]]]], series: Series
) -> Finding:
    definition = series.context.definition
    pairs = [(peak, claim, outcome) for peak, fell in group for claim, outcome in fell]
    worst = max(outcome for _, _, outcome in pairs)
    gap: Gap | None = None
    for peak, claim, _ in pairs:
        gap = wider_gap(gap, gap_between(peak.value, claim.value, definition))
    peaks = [peak for peak, _ in group]
    fell = sorted((claim for _, claim, _ in pairs), key=lambda held: (held.span, held.order))
    hard = worst == CONFLICT
    verb = "fall" if definition.over_time == "cumulative-up" else "rise"
    first, last = peaks[0], fell[0]
    more = f", and {len(fell) - 1} more" if len(fell) > 1 else ""
    return Finding(
        id=id_,
        rule="cumulative",
        verdict="contradiction" if hard else "tension",
        key=series.key,
        as_of=(first.claim.as_of or first.claim.published).stated,
        camps=(make_camp(peaks, definition), _fallen_camp(fell, series.context)),
        gap=gap,
        since=min(
            max(peak.recorded_at, claim.recorded_at, definition.recorded_at)
            for peak, claim, outcome in pairs
            if outcome == worst
        ),
        explanation=(
            f"a count that cannot {verb} {'cannot' if hard else 'may not'} hold both: "
            f"{first.claim.value.stated} ({_when(first)}, {first.claim.claimant}) and later "
            f"{last.claim.value.stated} ({_when(last)}, {last.claim.claimant}){more}"
        ),
        pairs=frozenset(claim_pair(peak, claim) for peak, claim, _ in pairs),
    )


def _fallen_camp(fell: Sequence[Held], context: Context) -> Camp:
    """Return the camp of what fell; it shows the lowest figure, which stands farthest off."""
    first = min(fell, key=lambda held: (_lowest(held, context), held.order))
    claims = sorted(dict.fromkeys(fell), key=lambda held: held.order)
    return Camp(first.value, first.claim.value.stated, tuple(claims))


def _lowest(held: Held, context: Context) -> Decimal:
    assert isinstance(held.value, Quantity)
    end = held.value.upper if held.value.upper is not None else held.value.lower
    factor = measure(held.value.unit or context.definition.unit)[1]
    return Decimal(0) if end is None else exact(end, "*", factor)


def _when(held: Held) -> str:
    return (held.claim.as_of or held.claim.published).stated
