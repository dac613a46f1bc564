"""How a relay stands to what it passes on: does it say as much, less, more, or something else?

A statement is taken for the set of worlds in which it is so. A relay that holds all of its
origin's worlds says no more than the origin: it is *faithful*. One that lies within them says
more (*strengthened*), one that shares some of them says something beside it (*shifted*), one
that shares none says something else (*misreported*).
"""

from collections.abc import Callable
from typing import Literal

from ledger.events import Modality
from ledger.names import fold, words
from ledger.values import Day, Entity, Quantity, Several, Single, Text, Truth, Value
from projections.compare import items_of, lies_within
from projections.contradictions.amounts import (
    DISJOINT,
    EQUAL,
    NARROWER,
    OVERLAPPING,
    WIDER,
    Stand,
    from_parts,
    stand_of_amounts,
)
from projections.contradictions.clash import Context, disputed
from projections.held import AFFIRMED, WISHED, Held, span_of

Fidelity = Literal["faithful", "strengthened", "shifted", "misreported"]

_FIRMER: frozenset[tuple[Modality, Modality]] = frozenset(
    (
        ("alleged", "asserted"),
        ("probable", "asserted"),
        ("possible", "asserted"),
        ("forecast", "asserted"),
        ("possible", "probable"),
    )
)
"""Modalities of which the second is said with more certainty than the first; of others neither."""


_OPPOSITE = {WIDER: NARROWER, NARROWER: WIDER}


def fidelity(
    relay: Held, origin: Held, context: Context, *, translated: bool = False
) -> Fidelity | None:
    """Return what a relay made of its origin, or ``None`` where the two cannot be compared.

    They cannot if they are about different times, in different units, of different kinds (a
    wish and a fact), or if they are names under a predicate that is not defined as
    single-valued. A translation's names and texts differ in any case, and are compared only
    where one is matched with the other or within it.
    """
    stand = stand_of(relay, origin, context, translated=translated)
    if stand is None:
        return None
    if stand is DISJOINT:
        return "misreported"
    if stand is OVERLAPPING:
        return "shifted"
    modes = (origin.claim.modality, relay.claim.modality)
    softer = modes[::-1] in _FIRMER
    more = modes in _FIRMER or (stand is NARROWER and not softer)
    return "strengthened" if more else "faithful"


def stand_of(
    relay: Held, origin: Held, context: Context, *, translated: bool = False
) -> Stand | None:
    """Return how what the relay says stands to what its origin says, certainty left aside."""
    if relay.value is None or origin.value is None or not _of_one_time(relay, origin, context):
        return None
    modes = {relay.claim.modality, origin.claim.modality}
    if modes <= {*AFFIRMED, "forecast"} or modes == {"demanded"}:
        return _values(relay.value, origin.value, context, translated)
    if modes in ({"denied"}, {"refused"}):
        return _denials(relay.value, origin.value, context, translated)
    if modes <= WISHED:
        return DISJOINT if disputed(relay, origin, context) else None
    if "denied" in modes and modes <= {*AFFIRMED, "denied"}:
        affirmed, denied = relay, origin
        if relay.claim.modality == "denied":
            affirmed, denied = origin, relay
        assert affirmed.value is not None
        assert denied.value is not None
        against = lies_within(affirmed.value, denied.value, context.definition, context.names)
        return DISJOINT if against else None
    return None


def _of_one_time(relay: Held, origin: Held, context: Context) -> bool:
    """Whether both are about one time; a relay that states none means that of its origin."""
    over_time = context.definition.over_time
    timeless = over_time == "constant" or {relay.claim.modality, origin.claim.modality} <= WISHED
    if timeless or relay.inferred or origin.inferred:
        return True
    if over_time == "period":
        return relay.span == origin.span
    return relay.span[0] <= origin.span[1] and origin.span[0] <= relay.span[1]


def _values(relay: Value, origin: Value, context: Context, translated: bool) -> Stand | None:
    if isinstance(relay, Several) or isinstance(origin, Several) or context.definition.multi_valued:
        return _lists(relay, origin, context, translated, _single)
    return _single(relay, origin, context, translated)


def _denials(relay: Value, origin: Value, context: Context, translated: bool) -> Stand | None:
    """Return how two denials stand: who denies less says less."""
    if isinstance(relay, Several) or isinstance(origin, Several) or context.definition.multi_valued:
        return _lists(relay, origin, context, translated, _denied)
    return _denied(relay, origin, context, translated)


def _denied(relay: Single, origin: Single, context: Context, translated: bool) -> Stand | None:
    stand = _single(relay, origin, context, translated)
    if stand is DISJOINT and not isinstance(relay, Truth):
        return OVERLAPPING
    return None if stand is None else _OPPOSITE.get(stand, stand)


SingleStand = Callable[[Single, Single, Context, bool], Stand | None]


def _lists(
    relay: Value, origin: Value, context: Context, translated: bool, single: SingleStand
) -> Stand | None:
    """Return how two lists stand: who leaves out an item, or the *only*, says less.

    An open list says that its items are so, a closed one also that nothing else is.
    """
    if not context.definition.multi_valued:
        return None
    mine, theirs = items_of(relay), items_of(origin)
    named = any(isinstance(item, Entity | Text) for item in (*mine, *theirs))
    if translated and named:
        return None

    def follows(item: Single, others: tuple[Single, ...], swapped: bool) -> bool:
        """Whether an item is so if the others are."""
        pairs = ((other, item) if swapped else (item, other) for other in others)
        fits = (EQUAL, NARROWER) if swapped else (EQUAL, WIDER)
        return any(single(*pair, context, translated) in fits for pair in pairs)

    mine_follow = all(follows(item, theirs, False) for item in mine)
    theirs_follow = all(follows(item, mine, True) for item in theirs)
    my_end, their_end = _is_closed(relay), _is_closed(origin)
    if (my_end and not theirs_follow) or (their_end and not mine_follow):
        return DISJOINT
    if my_end and their_end:
        return EQUAL if mine_follow else DISJOINT
    wider, narrower = mine_follow and not my_end, theirs_follow and not their_end
    return from_parts(wider, narrower, meet=True)


def _is_closed(value: Value) -> bool:
    return isinstance(value, Several) and value.closed


def _single(relay: Value, origin: Value, context: Context, translated: bool) -> Stand | None:
    if isinstance(relay, Quantity) and isinstance(origin, Quantity):
        return stand_of_amounts(relay, origin, context.definition)
    if isinstance(relay, Day) and isinstance(origin, Day):
        return _days(relay, origin)
    if isinstance(relay, Truth) and isinstance(origin, Truth):
        return EQUAL if relay.yes == origin.yes else DISJOINT
    if isinstance(relay, Entity | Text) and isinstance(origin, Entity | Text):
        return _names(relay.stated, origin.stated, context, translated)
    return None


def _days(relay: Day, origin: Day) -> Stand:
    mine, theirs = span_of(relay), span_of(origin)
    stand = from_parts(
        mine[0] <= theirs[0] and theirs[1] <= mine[1],
        theirs[0] <= mine[0] and mine[1] <= theirs[1],
        meet=mine[0] <= theirs[1] and theirs[0] <= mine[1],
    )
    doubt_dropped = origin.uncertain and not relay.uncertain
    return NARROWER if stand is EQUAL and doubt_dropped else stand


def _names(relay: str, origin: str, context: Context, translated: bool) -> Stand | None:
    if not context.definition.defined:
        return None
    names = context.names
    mine, theirs = names.entity(fold(relay)), names.entity(fold(origin))
    if mine == theirs:
        return EQUAL
    if names.within(theirs, mine):
        return WIDER
    if names.within(mine, theirs):
        return NARROWER
    if translated:
        return None
    same = words(relay) <= words(origin) or words(origin) <= words(relay)
    return EQUAL if same else DISJOINT
