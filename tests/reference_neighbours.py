"""Parts and wholes, ends and starts, by brute force: part of ``reference.py``.

Every claim is set beside every claim of every other predicate, and the design is read aloud.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import attrs
from reference_past import Past, Spoken, grouped, in_force
from reference_values import (
    AGREE,
    CONFLICT,
    DAY,
    EVER,
    TENSION,
    daily,
    ends,
    fell_short,
    half_width,
    last_digit,
    measured,
    rounding,
    span,
    stated_end,
    times,
    unit,
)

from ledger.events import PredicateDefined
from ledger.values import Day, Quantity
from projections.held import Definition

AFFIRMED = {"asserted", "alleged", "probable", "possible"}


class Beside(NamedTuple):
    """A finding: its rule, how grave, since when, its camps, and who is against whom."""

    rule: str
    worst: int
    since: str
    camps: list[list[Spoken]]
    pairs: list[tuple[Spoken, Spoken]]


class Excess(NamedTuple):
    """Parts that come to more than a whole."""

    parts: tuple[Spoken, ...]
    whole: Spoken
    outcome: int
    size: Fraction


def beside(facts: list[Spoken], past: Past) -> Iterator[Beside]:
    """The findings of ``part-whole`` and ``order`` among the facts that stand."""
    facts = [one for one in facts if one.mode in AFFIRMED]
    keys = grouped(facts, lambda one: one.key)
    said = _relations(past)
    for (subject, predicate, scope), own in keys.items():
        parts = []
        for relation, anchor, partner in sorted(said):
            others = keys.get((subject, partner, scope), [])
            if anchor != predicate or partner == anchor:
                continue
            if relation == "not-before":
                yield from _not_before(own, others, past.definition(partner))
            elif not {(subject, predicate), (subject, partner)} & past.negative:
                if (relation, anchor, partner) == ("part", anchor, partner):
                    yield from _part(own, others, past.definition(partner))
                elif relation == "disjoint":
                    parts.append((others, _defined(past.definition(partner), own)))
        yield from _sums(own, parts)
        if own[0].definition.over_time == "period" and (subject, predicate) not in past.negative:
            yield from _part(own, own, own[0].definition)
        yield from _early(own)


def _relations(past: Past) -> set[tuple[str, str, str]]:
    """What the definitions in force say: relation, anchor, partner."""
    acts = grouped(past.acts(PredicateDefined), lambda act: past.entity(act.event.name))
    said = set()
    for name, defined in acts.items():
        event = in_force(defined).event
        if event.part_of:
            said.add(("part", past.entity(event.part_of), name))
        if event.not_before:
            said.add(("not-before", name, past.entity(event.not_before)))
        for part in event.disjoint:
            said |= {(kind, name, past.entity(part)) for kind in ("part", "disjoint")}
    return said


def _defined(theirs: Definition, own: list[Spoken]) -> Definition:
    """A definition, or the anchor's where there is none (but for a unit that converts)."""
    if theirs.defined:
        return theirs
    unit = own[0].definition.unit
    return attrs.evolve(own[0].definition, unit=None if unit in ("tonnes", "km") else unit)


def _moment(a: Spoken, b: Spoken, over_time: str) -> int:
    """How grave a clash of a whole (an end) ``a`` and a part (a start) ``b`` can be."""
    if over_time == "constant":
        return CONFLICT
    so_far = a.said[1] < b.said[0] and a.said[1] < b.span[1]
    unsure = a.soft or b.soft or (over_time == "period" and so_far)
    soft = TENSION if unsure else CONFLICT
    if a.span == b.span:
        return soft if over_time == "period" or daily(a.span) else TENSION
    if over_time == "instant":
        return TENSION if a.span[0] <= b.span[1] and b.span[0] <= a.span[1] else AGREE
    if over_time == "period":
        guessed = a.claim.as_of is None or b.claim.as_of is None
        within = a.span[0] <= b.span[0] and b.span[1] <= a.span[1]
        return soft if within and not guessed else AGREE
    early, late = (b, a) if over_time == "cumulative-up" else (a, b)
    if early.span[1] >= late.span[0]:
        return AGREE
    across = a.voice is None or a.voice != b.voice
    adjacent = across and late.span[0] // DAY - early.span[1] // DAY <= 1
    unsure = early.claim.as_of is not None and early.claim.as_of.uncertain
    return TENSION if adjacent or late.soft or unsure else CONFLICT


def _excess(parts: list[tuple[Spoken, Definition]], whole: Spoken) -> Excess | None:
    """By how much parts are more than their whole, if they may not be."""
    outcomes = [_limit(part, d, whole) for part, d in parts]
    if AGREE in outcomes:
        return None
    tolerance = max(Fraction(d.tolerance) for d in (whole.definition, *(each for _, each in parts)))
    amounts = [
        (one.value, measured(one.value, d)[1])
        for one, d in [(whole, whole.definition), *parts]
        if isinstance(one.value, Quantity)
    ]
    top, *floors = [times(ends(amount, tolerance), factor) for amount, factor in amounts]
    total = sum((floor[0] for floor in floors), Fraction(0))
    opens = top[3] or any(floor[1] for floor in floors)
    if any(floor[0] < 0 for floor in floors) or top[2] < 0:
        return None
    if not (total > top[2] or (total == top[2] and opens)):
        return None
    if len(parts) == 1:
        (a, of_a), (b, of_b) = amounts
        low, high = (-EVER, False, *top[2:]), (*floors[0][:2], EVER, False)
        outcome = fell_short(a, low, b, high, tolerance, (of_a, of_b))
    else:
        outcome = _sum_short(amounts, total, top[2], tolerance)
    outcome = min(outcome, *outcomes)
    size = total - top[2]
    return Excess(tuple(p for p, _ in parts), whole, outcome, size) if outcome else None


def _sum_short(
    amounts: list[tuple[Quantity, Fraction]], total: Fraction, top: Fraction, tolerance: Fraction
) -> int:
    gap = total - top
    if tolerance and gap <= 2 * tolerance * total:
        return AGREE if gap <= tolerance * total else TENSION
    slack = sum(half_width(amount, tolerance) * factor for amount, factor in amounts)
    told = [amount for amount, _ in amounts]
    rounded = sum(
        max(Fraction(0), *(rounding(amount, other) for other in told)) * factor
        for amount, factor in amounts
    )
    converted = Fraction(0)
    if len({factor for _, factor in amounts}) > 1:
        converted = sum(
            (
                max(
                    last_digit(stated_end(end, EVER), zeros=True)
                    for end in (amount.lower, amount.upper)
                )
                * factor
                for amount, factor in amounts
            ),
            Fraction(0),
        )
    vague = any(amount.approx == "vague" for amount, _ in amounts)
    excused = gap <= slack or gap <= converted or (gap <= rounded and gap * 20 <= total)
    return TENSION if vague or excused else CONFLICT


def _limit(part: Spoken, d: Definition, whole: Spoken) -> int:
    """How grave it can be that the one exceeds the other: units, times and hedges."""
    over_time = whole.definition.over_time
    if not isinstance(part.value, Quantity) or not isinstance(whole.value, Quantity):
        return AGREE
    if measured(part.value, d)[0] != measured(whole.value, whole.definition)[0]:
        return AGREE
    shorter = over_time == "period" and part.span != whole.span
    if shorter and set(unit(whole.value, whole.definition)) & set("$%"):
        return AGREE
    hedged = TENSION if {part.mode, whole.mode} - {"asserted"} else CONFLICT
    return min(hedged, _moment(whole, part, over_time))


def _part(own: list[Spoken], others: list[Spoken], theirs: Definition) -> Iterator[Beside]:
    """What one part says against its whole; with itself, what a month says against its year."""
    d = _defined(theirs, own)
    over_time = own[0].definition.over_time
    if d.over_time != over_time:
        return
    found: dict[object, list[Excess]] = {}
    for whole in own:
        above = [
            excess
            for part in others
            if (own is not others or part.span != whole.span)
            and (excess := _excess([(part, d)], whole)) is not None
        ]
        if over_time.startswith("cumulative") and above:
            best = max((e.outcome, e.size, e.parts[0].span[::-1]) for e in above)
            for excess in above:
                if (excess.outcome, excess.size, excess.parts[0].span[::-1]) == best:
                    found.setdefault(excess.parts[0].span, []).append(excess)
        else:
            at = None if over_time == "constant" else whole.span
            found.setdefault(at, []).extend(above)
    for excesses in found.values():
        if excesses:
            yield _beside(excesses, [d])


def _sums(own: list[Spoken], parts: list[tuple[list[Spoken], Definition]]) -> Iterator[Beside]:
    """What parts that do not overlap say together."""
    over_time = own[0].definition.over_time
    parts = [(others, d) for others, d in parts if d.over_time == over_time and others]
    found: dict[object, list[Excess]] = {}
    for whole in own:
        excess = _sum(whole, parts)
        if excess is None:
            continue
        alone = [_excess([(one, d)], whole) for others, d in parts for one in others]
        if any(single and single.outcome >= excess.outcome for single in alone):
            continue
        at: object = None if over_time == "constant" else whole.span
        if over_time.startswith("cumulative"):
            at = tuple(part.span for part in excess.parts)
        found.setdefault(at, []).append(excess)
    for excesses in found.values():
        yield _beside(excesses, [d for _, d in parts])


def _sum(whole: Spoken, parts: list[tuple[list[Spoken], Definition]]) -> Excess | None:
    if not isinstance(whole.value, Quantity) or whole.value.upper is None:
        return None
    for sure in (True, False):
        chosen = []
        for others, d in parts:
            fit = [
                (_floor(one, d, whole), one.span[::-1], _negated(one.order), one)
                for one in others
                if _floor(one, d, whole) > 0
                and (limit := _limit(one, d, whole))
                and not (sure and (limit != CONFLICT or one.value.approx == "vague"))  # type: ignore[union-attr]
            ]
            if fit:
                chosen.append((max(fit, key=lambda each: each[:3])[3], d))
        excess = _excess(chosen, whole) if len(chosen) > 1 else None
        if excess is not None:
            return excess
    return None


def _negated(order: tuple[str, str]) -> list[int]:
    """What sorts the other way round."""
    return [-ord(letter) for letter in "".join(order)]


def _floor(one: Spoken, d: Definition, whole: Spoken) -> Fraction:
    if not isinstance(one.value, Quantity):
        return -EVER
    reading = ends(one.value, Fraction(max(d.tolerance, whole.definition.tolerance)))
    return times(reading, measured(one.value, d)[1])[0]


def _beside(excesses: list[Excess], definitions: list[Definition]) -> Beside:
    worst = max(excess.outcome for excess in excesses)
    defined = max(d.recorded_at for d in (excesses[0].whole.definition, *definitions))
    camps = [[excess.parts[at] for excess in excesses] for at in range(len(excesses[0].parts))]
    camps.append([excess.whole for excess in excesses])
    return Beside(
        "part-whole",
        worst,
        min(
            max(defined, *(one.order[0] for one in (*excess.parts, excess.whole)))
            for excess in excesses
            if excess.outcome == worst
        ),
        camps,
        [(part, excess.whole) for excess in excesses for part in excess.parts],
    )


def _not_before(own: list[Spoken], others: list[Spoken], theirs: Definition) -> Iterator[Beside]:
    """Dates before the ones that they are defined not to precede, by claimant."""
    start, end = _defined(theirs, own), own[0].definition
    constant = start.over_time == end.over_time == "constant"
    found: dict[object, list[tuple[Spoken, Spoken, int]]] = {}
    for a, b in product(own, others):
        if isinstance(a.value, Day) and isinstance(b.value, Day):
            apart = span(b.value)[0] - span(a.value)[1]
            soft = a.value.uncertain or b.value.uncertain or {a.mode, b.mode} != {"asserted"}
            outcome = _moment(a, b, "constant" if constant else "instant")
            if apart > 0 and outcome:
                graver = min(outcome, TENSION) if soft or apart <= DAY else outcome
                speaker = a.voice or a.claim.claimant.casefold()
                at = None if constant else a.span
                found.setdefault((speaker, at), []).append((a, b, graver))
    for pairs in found.values():
        worst = max(outcome for _, _, outcome in pairs)
        since = min(
            max(a.order[0], b.order[0], start.recorded_at, end.recorded_at)
            for a, b, outcome in pairs
            if outcome == worst
        )
        camps = [[a for a, _, _ in pairs], [b for _, b, _ in pairs]]
        yield Beside("order", worst, since, camps, [(a, b) for a, b, _ in pairs])


def _early(own: list[Spoken]) -> Iterator[Beside]:
    """What was published before the time that it is about."""
    if own[0].definition.over_time == "constant":
        return
    early = [
        (one, span(one.claim.as_of)[0] - span(one.claim.published)[1])
        for one in own
        if one.claim.as_of is not None
    ]
    found = grouped(
        ((one, apart) for one, apart in early if apart > 0),
        lambda each: (each[0].voice or each[0].claim.claimant.casefold(), each[0].span),
    )
    for claims in found.values():
        outcomes = {
            one.id: TENSION
            if apart <= DAY or one.soft or one.mode != "asserted" or one.claim.published.uncertain
            else CONFLICT
            for one, apart in claims
        }
        worst = max(outcomes.values())
        defined = own[0].definition.recorded_at
        gravest = [one for one, _ in claims if outcomes[one.id] == worst]
        yield Beside(
            "order",
            worst,
            min(max(one.order[0], defined) for one in gravest),
            list(grouped([one for one, _ in claims], _told).values()),
            [(one, one) for one, _ in claims],
        )


def _told(one: Spoken) -> object:
    value = one.value
    if isinstance(value, Quantity):
        return (
            value.lower,
            value.upper,
            value.lower_open,
            value.upper_open,
            value.approx,
            measured(value, one.definition),
        )
    return None if value is None else str(value)
