"""The rule ``part-whole``: a part above its whole, or a month above its year.

A part bounds its whole from below, and parts that do not overlap bound it by their sum. How the
amounts compare lies in :mod:`.excess`, when claims are of the same time in
:mod:`.neighbourhood`; here is who is set against whom, and what is said of it.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import attrs

from projections.contradictions.clash import Gap, wider_gap
from projections.contradictions.excess import (
    Excess,
    ceiling_of,
    exceeds,
    floor_of,
    limit_of,
)
from projections.contradictions.finding import Camp, Finding, claim_pair, finding_id
from projections.contradictions.neighbourhood import (
    Neighbour,
    Neighbourhood,
    camp_of,
    defined_at,
    instant_of,
    stated_as_of,
    told,
)
from projections.held import Definition, Held
from projections.outcomes import CONFLICT

Height = tuple[Decimal, int, int]
"""How high a bound is, and of equals how late."""


@attrs.frozen(eq=False)
class _Part:
    """A part with its claims, the highest bound first, of equals the latest time."""

    neighbour: Neighbour
    bounds: tuple[tuple[Decimal, Held], ...]

    @classmethod
    def of(cls, neighbour: Neighbour, definition: Definition) -> "_Part":
        bounds = [
            (floor, held)
            for held in sorted(neighbour.claims, key=lambda held: held.order)
            if (floor := floor_of(held, neighbour, definition)) is not None
        ]
        bounds.sort(key=_height, reverse=True)
        return cls(neighbour, tuple(bounds))


def _height(bound: tuple[Decimal, Held]) -> Height:
    floor, held = bound
    return (floor, held.span[1], held.span[0])


def part_whole(neighbourhood: Neighbourhood) -> Iterator[Finding]:
    """A part's lower bound above the whole's upper bound, or that of parts that do not overlap.

    Fires for a part of [6000, ∞) beside a whole of [3428, 3428] of one day, or of a later one for
    a count that only grows, and for parts of 2,000 and 2,500 that are listed as disjoint beside
    that whole; not for [3000, 3000] beside [3428, ∞), nor for a part counted later than its
    whole. For a sum over a period: [7, 7] in March above [5, 5] in the year; not 5 beside 7.
    """
    definition = neighbourhood.context.definition
    named = sorted(neighbourhood.neighbours, key=lambda each: each.predicate)
    parts = [_Part.of(each, definition) for each in named if each.is_part]
    for part in parts:
        yield from _findings(neighbourhood, part)
    disjoint = [part for part in parts if part.neighbour.disjoint]
    if len(disjoint) > 1:
        yield from _sum_findings(neighbourhood, disjoint)


def _findings(neighbourhood: Neighbourhood, part: _Part) -> Iterator[Finding]:
    """Yield what one part says against its whole; of a count over time one finding a peak."""
    over_time = part.neighbour.over_time
    found: dict[object, list[Excess]] = {}
    for whole in neighbourhood.own:
        above = _above(neighbourhood, part, whole)
        if over_time.startswith("cumulative"):
            for excess in _highest(above):
                found.setdefault(excess.parts[0].span, []).append(excess)
        else:
            for _, excess in above:
                found.setdefault(instant_of([whole], over_time), []).append(excess)
    for instant, excesses in found.items():
        what = (instant, part.neighbour.predicate)
        yield _finding(neighbourhood, [part.neighbour], excesses, what)


def _above(
    neighbourhood: Neighbourhood, part: _Part, whole: Held
) -> Iterator[tuple[Height, Excess]]:
    """Yield how the part's claims exceed the whole, the highest bounds first."""
    definition = neighbourhood.context.definition
    ceiling = ceiling_of(whole, definition)
    for bound in part.bounds:
        if ceiling is None or bound[0] < ceiling:
            return
        excess = exceeds([(bound[1], part.neighbour)], whole, definition)
        if excess is not None:
            yield _height(bound), excess


def _highest(above: Iterator[tuple[Height, Excess]]) -> Sequence[Excess]:
    """Return the gravest, of equals those of the highest bound and of these of the latest time."""
    best: list[Excess] = []
    top: Height | None = None
    for height, excess in above:
        if not best or excess.outcome > best[0].outcome:
            best, top = [excess], height
        elif height == top and excess.outcome == best[0].outcome:
            best.append(excess)
        elif height != top and best[0].outcome == CONFLICT:
            break
    return best


def _sum_findings(neighbourhood: Neighbourhood, parts: Sequence[_Part]) -> Iterator[Finding]:
    """Yield what parts that do not overlap say together against their whole.

    Of each part the highest bound counts: of what is said for certain of just this time, or if
    that exceeds nothing, of whatever is said. Where one part alone exceeds the whole as gravely,
    that has been said.
    """
    definition = neighbourhood.context.definition
    over_time = parts[0].neighbour.over_time
    found: dict[object, list[Excess]] = {}
    for whole in neighbourhood.own:
        if ceiling_of(whole, definition) is None:
            continue
        excess = None
        for sure in (True, False):
            chosen = [
                (bound, part.neighbour)
                for part in parts
                if (bound := _bound(neighbourhood, part, whole, sure=sure)) is not None
            ]
            if excess is None and len(chosen) > 1:
                excess = exceeds(chosen, whole, definition)
        if excess is None or any(
            single.outcome >= excess.outcome
            for part in parts
            for _, single in _above(neighbourhood, part, whole)
        ):
            continue
        instant: object = instant_of([whole], over_time)
        if over_time.startswith("cumulative"):
            instant = tuple(held.span for held in excess.parts)
        found.setdefault(instant, []).append(excess)
    for instant, excesses in found.items():
        neighbours = [part.neighbour for part in parts]
        yield _finding(neighbourhood, neighbours, excesses, (instant, ("sum",)))


def _bound(neighbourhood: Neighbourhood, part: _Part, whole: Held, *, sure: bool) -> Held | None:
    """Return the claim that bounds a part highest beside a whole, of equals the latest."""
    for _, held in part.bounds:
        limit = limit_of(held, part.neighbour, whole, neighbourhood.context.definition)
        vague = getattr(held.value, "approx", None) == "vague"
        if limit == CONFLICT and not vague if sure else limit is not None:
            return held
    return None


def _finding(
    neighbourhood: Neighbourhood,
    parts: Sequence[Neighbour],
    excesses: Sequence[Excess],
    what: tuple[object, ...],
) -> Finding:
    worst = max(excess.outcome for excess in excesses)
    gravest = [excess for excess in excesses if excess.outcome == worst]
    example = min(gravest, key=_widest_first)
    gap: Gap | None = None
    for excess in sorted(excesses, key=_widest_first):
        gap = wider_gap(gap, excess.gap)
    defined = max(defined_at(neighbourhood, part) for part in parts)
    over_time = parts[0].over_time
    timed = example.parts[:1] if over_time.startswith("cumulative") else (example.whole,)
    hard = worst == CONFLICT
    return Finding(
        id=finding_id("part-whole", neighbourhood.key, *what),
        rule="part-whole",
        verdict="contradiction" if hard else "tension",
        key=neighbourhood.key,
        as_of=stated_as_of(timed, over_time),
        camps=_camps(excesses, example),
        gap=gap,
        since=min(
            max(defined, *(held.recorded_at for held in (*one.parts, one.whole))) for one in gravest
        ),
        explanation=_explain(example, parts, excesses, hard=hard),
        pairs=frozenset(
            claim_pair(held, excess.whole) for excess in excesses for held in excess.parts
        ),
    )


def _widest_first(excess: Excess) -> tuple[object, ...]:
    return (excess.gap.size.copy_negate(), [held.order for held in (*excess.parts, excess.whole)])


def _camps(excesses: Sequence[Excess], example: Excess) -> tuple[Camp, ...]:
    """Return the claims of each part and those of the whole, which comes last."""
    wholes = [excess.whole for excess in excesses]
    return (
        *(
            camp_of([excess.parts[at] for excess in excesses], shown)
            for at, shown in enumerate(example.parts)
        ),
        camp_of(wholes, example.whole),
    )


def _explain(
    example: Excess, parts: Sequence[Neighbour], excesses: Sequence[Excess], *, hard: bool
) -> str:
    verb = "cannot" if hard else "may not"
    if len(example.parts) > 1:
        rule = f"parts that do not overlap {verb} come to more than their whole"
    elif parts[0].same:
        rule = f"a sum over part of a period {verb} be more than over all of it"
    else:
        rule = f"a part {verb} be more than its whole"
    when = parts[0].over_time != "constant"
    said = " + ".join(told(held, when) for held in example.parts)
    claims = {held.id for one in excesses for held in (*one.parts, one.whole)}
    more = len(claims) - len(example.parts) - 1
    others = f", and {more} more" if more else ""
    return f"{rule}: {said} beside {told(example.whole, when)}{others}"
