"""Claims of one key beside those of its neighbours, and when the two speak of the same time.

Three of a checker's oldest questions need two predicates: can a part be more than its whole, can
something end before it began, can months come to more than their year? The key whose value
bounds the others is the *anchor* (the whole, the end); the finding is the anchor's. What the
rules share lies here; they are :mod:`projections.contradictions.parts` and
:mod:`projections.contradictions.order`.
"""

from collections.abc import Iterable, Sequence

import attrs

from ledger.events import OverTime
from ledger.names import fold
from projections.contradictions.clash import Context, same_instant, same_time
from projections.contradictions.finding import Camp, Key
from projections.held import Definition, Held
from projections.outcomes import CONFLICT, TENSION, Outcome

DAY = 86_400


@attrs.frozen(eq=False)
class Neighbour:
    """Standing claims of one neighbouring predicate, of the same subject and scope.

    ``over_time`` is how the two predicates are compared over time; ``same`` says that the
    neighbour is the anchor itself, over a shorter time.
    """

    predicate: str
    definition: Definition
    over_time: OverTime
    claims: tuple[Held, ...]
    is_part: bool = True
    disjoint: bool = False
    same: bool = False


@attrs.frozen(eq=False)
class Neighbourhood:
    """Standing claims of an anchor, at one instant or over all time, and of its neighbours."""

    key: Key
    own: tuple[Held, ...]
    neighbours: tuple[Neighbour, ...]
    context: Context


def together(own: Held, other: Held, neighbour: Neighbour) -> Outcome | None:
    """Return how grave a clash of an anchor's claim and a neighbour's can be, by their times.

    ``None`` where they pass each other by. A part counted no later than its whole is bounded by
    it (no earlier, for a count that can only fall); a period bounds all that lie in it.
    """
    over_time = neighbour.over_time
    if over_time == "period":
        limit = _within(other, own, neighbour.same)
        return TENSION if limit == CONFLICT and _so_far(own, other) else limit
    if not over_time.startswith("cumulative") or own.span == other.span:
        return same_instant(own, other, over_time)
    early, late = (other, own) if over_time == "cumulative-up" else (own, other)
    if early.span[1] >= late.span[0]:
        return None
    across = own.voice is None or own.voice != other.voice
    adjacent = late.span[0] // DAY - early.span[1] // DAY <= 1
    if late.inferred or late.uncertain or early.uncertain or (across and adjacent):
        return TENSION
    return CONFLICT


def _within(other: Held, own: Held, same: bool) -> Outcome | None:
    if other.span == own.span:
        return None if same else same_time(own, other, "period")
    if own.inferred or other.inferred:
        return None
    if other.span[0] < own.span[0] or own.span[1] < other.span[1]:
        return None
    return TENSION if own.uncertain or other.uncertain else CONFLICT


def _so_far(own: Held, other: Held) -> bool:
    """Whether a period's sum was told before the part's time was over, and the part's later.

    "5 attacks in 2026", told in February, need not foresee March.
    """
    return own.said[1] < min(other.span[1], other.said[0])


def instant_of(own: Iterable[Held], over_time: OverTime) -> object:
    """Return what names the instant of an anchor's claims in the id of a finding."""
    return "" if over_time == "constant" else min(held.span for held in own)


def stated_as_of(claims: Iterable[Held], over_time: OverTime) -> str | None:
    """Return the instant as claims state it; ``None`` for what does not change."""
    if over_time == "constant":
        return None
    return min((held.claim.as_of or held.claim.published).stated for held in claims)


def camp_of(claims: Sequence[Held], shown: Held) -> Camp:
    """Return the camp of one predicate's claims; it shows the one that stands farthest off."""
    ordered = sorted(dict.fromkeys(claims), key=lambda held: held.order)
    return Camp(shown.value, shown.claim.value.stated, tuple(ordered), shown.claim.predicate)


def told(held: Held, when: bool) -> str:
    """Return what a claim says, for an explanation: predicate, value, as-of and claimant."""
    dated = f"{(held.claim.as_of or held.claim.published).stated}, " if when else ""
    return f"{held.claim.predicate} {held.claim.value.stated} ({dated}{held.claim.claimant})"


def speaker_name(held: Held) -> str:
    """Return what names the speaker of a claim in the id of a finding."""
    return held.voice or fold(held.claim.claimant)


def defined_at(neighbourhood: Neighbourhood, neighbour: Neighbour) -> str:
    """Return when both predicates were defined as they are."""
    return max(neighbourhood.context.definition.recorded_at, neighbour.definition.recorded_at)
