"""The rule ``review``: fact checks of one claim that come to different verdicts.

No review is weighed against the claim, and no verdict is called the right one: the finding says
who came to which, and how much of the scale lies between them.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from projections.contradictions.family import Family, Review
from projections.contradictions.finding import Finding, Pair, finding_id, make_camp
from projections.contradictions.verdicts import differ


def review(family: Family) -> Iterator[Finding]:
    """Reviews of one claim differ once mapped to one scale.

    With places from 0, the worst of a scale, to 1, the best: |a − b| greater than a step of
    either scale, and than 1/4; or one at 0 and one at 1. Fires for "False" (0) beside "Mostly
    true" (3/4); not for "False" beside "Mostly false" (1/4), which are neighbours, nor for
    "Satire", which has no place. Of one author's reviews the last counts.
    """
    if family.retracted:
        return
    counted = latest(family.reviews)
    clashes = [
        (one, other)
        for one, other in combinations(counted, 2)
        if one.place and other.place and differ(one.place, other.place)
    ]
    if not clashes:
        return
    involved = sorted({held for pair in clashes for held in pair}, key=_from_the_worst)
    told = " | ".join(f"{one.author}: “{one.rating}” ({_day(one)})" for one in involved)
    apart = max(_apart(*pair) for pair in clashes)
    since = min(max(one.recorded_at, other.recorded_at) for one, other in clashes)
    yield Finding(
        id=finding_id("review", family.key, family.root),
        rule="review",
        verdict="tension",
        key=family.key,
        as_of=None,
        camps=(make_camp([family.claim], family.context.definition),),
        gap=None,
        since=max(since, family.claim.recorded_at),
        explanation=f"verdicts differ by {_share(apart)} of the scale: {told}",
        pairs=frozenset(_pair(*pair) for pair in clashes),
        sides=tuple(dict.fromkeys(one.author for one in involved)),
    )


def latest(reviews: Sequence[Review]) -> list[Review]:
    """Return each author's last review."""
    by_author: dict[str, Review] = {}
    for one in sorted(reviews, key=lambda one: one.order):
        by_author[one.voice] = one
    return list(by_author.values())


def _day(one: Review) -> str:
    return one.day.partition("T")[0]


def _from_the_worst(one: Review) -> tuple[Fraction, tuple[int, str, str]]:
    assert one.place is not None
    return one.place.at, one.order


def _apart(one: Review, other: Review) -> Fraction:
    assert one.place is not None
    assert other.place is not None
    return abs(one.place.at - other.place.at)


def _share(apart: Fraction) -> str:
    return "the whole" if apart == 1 else f"{round(100 * apart)}%"


def _pair(one: Review, other: Review) -> Pair:
    """Return what a decision about the finding covers: who came to which verdict."""
    first, second = sorted((side.voice, side.rating) for side in (one, other))
    return (first, second)
