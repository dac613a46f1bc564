"""A claim as it is judged: typed, with its speaker and its instant worked out.

``Held`` is what the rules see. What depends on other events (the root of a matched name, the
predicate's definition, an inferred as-of) is worked out here, when judging, and stored nowhere.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Protocol

import attrs

from ledger.errors import BadInput
from ledger.events import Claim, Modality, OverTime, PredicateDefined
from ledger.fields import share_of
from ledger.grammar import read_value
from ledger.values import Day, Entity, Quantity, Several, Text, Truth, Value, ValueType
from projections.remaining import remaining
from projections.speakers import speaker

AFFIRMED: frozenset[Modality] = frozenset(("asserted", "alleged", "probable", "possible"))
WISHED: frozenset[Modality] = frozenset(("demanded", "refused"))

PAST = -(2**62)
FUTURE = 2**62
"""Seconds that stand for an unbounded begin and end of a time."""

Span = tuple[int, int]
"""First and last second of a time, both included, with ``PAST`` and ``FUTURE`` for unbounded."""


class Names(Protocol):
    """What is known of names: which are the same, which lies within which, who acts for whom."""

    def entity(self, name: str) -> str:
        """Return the folded root of the names that are the same entity as ``name``."""

    def within(self, inner: str, outer: str) -> bool:
        """Whether the entity root ``inner`` lies within ``outer``, directly or by steps."""

    def source(self, name: str) -> str:
        """Return the folded root of the names that are the same source as ``name``."""

    def anonymous(self, name: str) -> bool:
        """Whether the source is described as anonymous."""

    def principal(self, name: str) -> str:
        """Return the root of the source for whom ``name`` acts in the end (itself if nobody)."""


@attrs.frozen
class Definition:
    """A predicate's definition, or the assumptions made without one (``defined`` is false)."""

    value_type: ValueType | None = None
    unit: str | None = None
    over_time: OverTime = "instant"
    tolerance: Decimal = Decimal(0)
    multi_valued: bool = False
    defined: bool = False
    recorded_at: str = ""

    @classmethod
    def of(cls, event: PredicateDefined, recorded_at: str) -> "Definition":
        """Return what ``event`` defines."""
        return cls(
            value_type=event.value_type,
            unit=event.unit,
            over_time=event.over_time,
            tolerance=share_of(event.tolerance or "0", "tolerance"),
            multi_valued=event.multi_valued,
            defined=True,
            recorded_at=recorded_at,
        )


@attrs.frozen(eq=False)
class Held:
    """A claim that is judged.

    ``voice`` is whose statement it is, ``None`` for those who have no one voice (anonymous,
    not stated); ``origin`` is what counts as one independent origin. ``span`` is the as-of, or
    where that is ``inferred`` the time of publication. ``said`` orders a voice's statements.
    """

    position: int
    id: str
    recorded_at: str
    claim: Claim
    value: Value | None
    voice: str | None
    origin: str
    span: Span
    said: Span
    inferred: bool
    uncertain: bool

    @property
    def order(self) -> tuple[str, str]:
        """What breaks ties, the same on every desk: when it was recorded, then its id."""
        return (self.recorded_at, self.id)

    @property
    def hedged(self) -> bool:
        """Whether it was said with less than certainty."""
        return self.claim.modality in ("alleged", "probable", "possible")

    @property
    def daily(self) -> bool:
        """Whether its as-of is given, certain, and a day or finer."""
        return not self.inferred and not self.uncertain and is_daily(self.span)

    @property
    def so_far(self) -> bool:
        """Whether it was told before the time was over that it is about."""
        return self.said[1] < self.span[1]

    def without(self, items: Collection[int]) -> "Held":
        """Return the claim without the items of these numbers, where it names several."""
        return attrs.evolve(self, value=remaining(self.value, items)) if items else self


def is_daily(span: Span) -> bool:
    """Whether a span is a day or shorter."""
    return span[1] - span[0] < 86_400


def span_of(day: Day) -> Span:
    """Return the first and last second of a day."""
    return (
        PAST if day.earliest is None else day.earliest,
        FUTURE if day.latest is None else day.latest,
    )


def hold(
    position: int, id_: str, recorded_at: str, claim: Claim, definition: Definition, names: Names
) -> Held:
    """Return the claim as it is judged under ``definition`` with what ``names`` knows."""
    as_of = claim.as_of or claim.published
    voice, origin = speaker(claim.claimant, claim.via, id_, names)
    return Held(
        position=position,
        id=id_,
        recorded_at=recorded_at,
        claim=claim,
        value=read_under(definition, claim),
        voice=voice,
        origin=origin,
        span=span_of(as_of),
        said=span_of(claim.said or claim.published),
        inferred=claim.as_of is None,
        uncertain=as_of.uncertain,
    )


_KINDS: Mapping[ValueType, tuple[type, ...]] = {
    "quantity": (Quantity,),
    "day": (Day,),
    "entity": (Entity, Text),
    "text": (Text, Entity),
    "truth": (Truth,),
}


def read_under(definition: Definition, claim: Claim) -> Value | None:
    """Return the claim's value as the definition wants it, or ``None`` where it cannot be.

    A definition may come after the claims: a value that was recorded as another type is read
    anew from what was stated.
    """
    value = claim.value
    if definition.value_type is None:
        return value
    items = value.items if isinstance(value, Several) else (value,)
    kinds = _KINDS[definition.value_type]
    fits = all(isinstance(item, kinds) for item in items)
    if fits and isinstance(value, Several) == definition.multi_valued:
        return value
    try:
        return read_value(
            value.stated,
            definition.value_type,
            multi_valued=definition.multi_valued,
            unit=claim.unit if definition.value_type == "quantity" else None,
            locale=claim.locale,
        )
    except BadInput:
        return None
