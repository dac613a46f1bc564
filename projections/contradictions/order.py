"""The rule ``order``: an end before its beginning, a report before what it reports.

Both need only what is certain: an interval that lies wholly before another. A coarser date that
may overlap is silent.
"""

from collections.abc import Iterator, Sequence

from ledger.values import DAY_SECONDS, Day
from projections.contradictions.camps import signature
from projections.contradictions.clash import Gap, gap_between, wider_gap
from projections.contradictions.finding import Camp, Finding, claim_pair, finding_id
from projections.contradictions.neighbourhood import (
    Neighbour,
    Neighbourhood,
    camp_of,
    defined_at,
    instant_of,
    speaker_name,
    stated_as_of,
    together,
    told,
)
from projections.contradictions.slices import Slice
from projections.held import AFFIRMED, Held, span_of
from projections.outcomes import CONFLICT, TENSION, Outcome

Pair = tuple[Held, Held, Outcome]


def not_before(neighbourhood: Neighbourhood) -> Iterator[Finding]:
    """A date wholly before the one that, by the definition of its predicate, it cannot precede.

    Fires for an end of [2026-02-03] beside a start of [2026-02-06], whoever says either; not for
    an end of [2026-02], which may lie after it. Adjacent days are a tension: midnight comes at
    different times. One finding per claimant of the earlier date and as-of.
    """
    for start in neighbourhood.neighbours:
        if start.is_part:
            continue
        by_speaker: dict[str, list[Pair]] = {}
        for own in neighbourhood.own:
            for other in start.claims:
                outcome = _precedes(own, other, start)
                if outcome is not None:
                    by_speaker.setdefault(speaker_name(own), []).append((own, other, outcome))
        for name, pairs in by_speaker.items():
            yield _finding(neighbourhood, start, name, pairs)


def _precedes(own: Held, other: Held, start: Neighbour) -> Outcome | None:
    """Return how grave it is that a date lies before the one it cannot precede, if it does."""
    end, begin = own.value, other.value
    if not isinstance(end, Day) or not isinstance(begin, Day):
        return None
    if not {own.claim.modality, other.claim.modality} <= AFFIRMED:
        return None
    limit = together(own, other, start)
    apart = span_of(begin)[0] - span_of(end)[1]
    if limit is None or apart <= 0:
        return None
    soft = end.uncertain or begin.uncertain or own.hedged or other.hedged
    return TENSION if soft or apart <= DAY_SECONDS else limit


def _finding(
    neighbourhood: Neighbourhood, start: Neighbour, name: str, pairs: Sequence[Pair]
) -> Finding:
    definition = neighbourhood.context.definition
    worst = max(outcome for _, _, outcome in pairs)
    gravest = [(own, other) for own, other, outcome in pairs if outcome == worst]
    gap: Gap | None = None
    for own, other, _ in pairs:
        gap = wider_gap(gap, gap_between(own.value, other.value, definition))
    first, second = min(gravest, key=lambda pair: (_distance(*pair), pair[0].order, pair[1].order))
    own_claims = [own for own, _, _ in pairs]
    others = [other for _, other, _ in pairs]
    when = start.over_time != "constant"
    more = len({held.id for held in (*own_claims, *others)}) - 2
    verb = "cannot" if worst == CONFLICT else "may not"
    return Finding(
        id=finding_id(
            "order",
            neighbourhood.key,
            name,
            instant_of(own_claims, start.over_time),
            ("not before",),
        ),
        rule="order",
        verdict="contradiction" if worst == CONFLICT else "tension",
        key=neighbourhood.key,
        as_of=stated_as_of(own_claims, start.over_time),
        camps=(camp_of(own_claims, first), camp_of(others, second)),
        gap=gap,
        since=min(
            max(own.recorded_at, other.recorded_at, defined_at(neighbourhood, start))
            for own, other in gravest
        ),
        explanation=(
            f"{told(first, when)} {verb} lie before {told(second, when)}"
            + (f", and {more} more" if more else "")
        ),
        pairs=frozenset(claim_pair(own, other) for own, other, _ in pairs),
    )


def _distance(own: Held, other: Held) -> int:
    """Return what orders pairs, those that lie farthest apart first."""
    assert isinstance(own.value, Day)
    assert isinstance(other.value, Day)
    return span_of(own.value)[1] - span_of(other.value)[0]


def published_before(slice_: Slice) -> Iterator[Finding]:
    """A report whose latest day of publication lies before the earliest day it is about.

    Fires for a figure "as of 2026-02-09" in a text of 2026-02-06; not for one "as of 2026-02",
    nor for a forecast, a demand or a denial. A text of the day before is a tension. One finding
    per claimant and as-of.
    """
    if slice_.context.definition.over_time == "constant":
        return
    by_speaker: dict[str, list[tuple[Held, Outcome]]] = {}
    for held in sorted(slice_.own, key=lambda held: held.order):
        outcome = _too_early(held)
        if outcome is not None:
            by_speaker.setdefault(speaker_name(held), []).append((held, outcome))
    for name, claims in by_speaker.items():
        worst = max(outcome for _, outcome in claims)
        gravest = [held for held, outcome in claims if outcome == worst]
        first = gravest[0]
        verb = "cannot" if worst == CONFLICT else "may not"
        more = f", and {len(claims) - 1} more" if len(claims) > 1 else ""
        yield Finding(
            id=finding_id("order", slice_.key, name, slice_.span, ("published",)),
            rule="order",
            verdict="contradiction" if worst == CONFLICT else "tension",
            key=slice_.key,
            as_of=stated_as_of(gravest, "instant"),
            camps=_camps_of([held for held, _ in claims], slice_),
            gap=None,
            since=min(max(h.recorded_at, slice_.context.definition.recorded_at) for h in gravest),
            explanation=(
                f"a report {verb} be older than what it is about: {told(first, True)}, "
                f"published {first.claim.published.stated}{more}"
            ),
            pairs=frozenset(claim_pair(held, held) for held, _ in claims),
        )


def _too_early(held: Held) -> Outcome | None:
    published, about = held.claim.published, held.claim.as_of
    if about is None or held.claim.modality not in AFFIRMED:
        return None
    apart = span_of(about)[0] - span_of(published)[1]
    if apart <= 0:
        return None
    soft = published.uncertain or about.uncertain or held.hedged or apart <= DAY_SECONDS
    return TENSION if soft else CONFLICT


def _camps_of(claims: Sequence[Held], slice_: Slice) -> tuple[Camp, ...]:
    """Return one camp for each thing that is said."""
    groups: dict[object, list[Held]] = {}
    for held in claims:
        groups.setdefault(signature(held.value, slice_.context), []).append(held)
    return tuple(camp_of(group, group[0]) for group in groups.values())
