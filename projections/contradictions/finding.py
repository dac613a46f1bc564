"""A finding: what a rule has to say, as data.

Checks return findings and never raise. A finding groups the claims into *camps*, the maximal
sets of claims that can be true together; a claim may stand in several. Its ``id`` comes from
its rule, its key and its instant (or peak), so one more voice does not make a new finding.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import attrs

from ledger.decimals import spell
from ledger.names import fold
from ledger.quantity_words import write_quantity
from ledger.structure import unstructure_value
from ledger.values import Interval, Quantity, Value
from projections.contradictions.clash import Gap
from projections.filed import with_modality
from projections.held import Definition, Held
from projections.measures import ONE, factors, measure, scaled
from projections.remaining import Remaining, as_list
from projections.wordings import worded_alike

Verdict = Literal["contradiction", "tension", "revision", "altered"]
Status = Literal["open", "dismissed", "confirmed"]
Speaker = tuple[str, str]
"""A claimant's folded root, or the claimant where nobody has one voice, and a value."""

Pair = tuple[Speaker, Speaker]
"""Two speakers in conflict; the smaller first."""


@attrs.frozen
class Key:
    """What claims must share to be compared, with the spellings to show."""

    subject: str
    predicate: str
    scope: str
    subject_shown: str
    predicate_shown: str
    scope_shown: Mapping[str, str]


@attrs.frozen
class Identity:
    """What a finding's id comes from, so that it can be worked out under other names as well.

    Names are folded roots, and another match gives another root. Of the ``instant`` each part
    says whether it may be a name, which goes through matches and aliases as a source's does.
    """

    rule: str
    subject: str
    predicate: str
    scope: str
    instant: tuple[tuple[str, bool], ...] = ()

    @property
    def id(self) -> "FindingId":
        """The id that these make."""
        instant = (text for text, _ in self.instant)
        parts = (self.rule, self.subject, self.predicate, self.scope, *instant)
        digits = hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]
        return FindingId(digits, self)


class FindingId(str):
    """A finding's id, which knows what it comes from."""

    identity: Identity

    def __new__(cls, digits: str, identity: Identity) -> "FindingId":
        """Return these digits as the id that ``identity`` makes."""
        id_ = super().__new__(cls, digits)
        id_.identity = identity
        return id_


@attrs.frozen
class Camp:
    """Claims that can be true together, and what they say jointly.

    ``predicate`` is what they speak of, where the camps of a finding speak of different things.
    """

    value: Value | None
    stated: str
    claims: tuple[Held, ...]
    predicate: str | None = None

    @property
    def claimants(self) -> list[str]:
        """Return the claimants as written, each once, in order of recording."""
        return list(dict.fromkeys(held.claim.claimant for held in self.claims))

    @property
    def independent_origins(self) -> int:
        """How many independent origins stand behind the camp."""
        return len({held.origin for held in self.claims})

    @property
    def worded_alike(self) -> list[list[Held]]:
        """Claims of different origins in the same words: they may depend on one another."""
        return worded_alike(self.claims)


@attrs.frozen
class Finding:
    """One finding.

    ``as_of`` is the instant as stated, ``since`` when the conflict was complete, ``disputed``
    the items of a list that the camps disagree on. Of a relay ``change`` says what it made of its
    origin, and ``sides`` name who passed on what and who had said it.
    """

    id: FindingId
    rule: str
    verdict: Verdict
    key: Key
    as_of: str | None
    camps: tuple[Camp, ...]
    gap: Gap | None
    since: str
    explanation: str
    pairs: Iterable[Pair]
    disputed: tuple[str, ...] = ()
    change: str | None = None
    sides: tuple[str, ...] = ()

    @property
    def support(self) -> int:
        """How many independent origins stand behind the camp that has the second most of them.

        That is how well a view is backed that another contradicts; of a single camp, its own.
        """
        origins = sorted((camp.independent_origins for camp in self.camps), reverse=True)
        return origins[min(1, len(origins) - 1)] if origins else 0


def finding_id(rule: str, key: Key, *instant: object) -> FindingId:
    """Return a finding's id: 16 hex digits of a hash over its rule, its key and its instant.

    What is a text in ``instant`` may be a name, as a claimant's root: see ``Identity``.
    """
    told = tuple((str(part), isinstance(part, str)) for part in instant)
    return Identity(rule, key.subject, key.predicate, key.scope, told).id


@lru_cache(maxsize=4_096)
def value_text(value: Value | None) -> str:
    """Return a value in the words under which an adjudication remembers it."""
    if value is None:
        return ""
    if not isinstance(value, Quantity):
        return fold(value.stated)
    if value.plain and value.lower is not None:
        return f"{spell(value.lower)} {value.unit or ''}".rstrip()
    return write_quantity(value)


def claim_pair(a: Held, b: Held) -> Pair:
    """Return the two sides that an adjudication has to cover for these claims."""
    one, other = sorted((speaker_of(a), speaker_of(b)))
    return (one, other)


def speaker_of(held: Held) -> Speaker:
    """Return who says what in a claim, as an adjudication remembers it."""
    said = with_modality(value_text(held.value), held.claim.modality)
    return (held.voice or fold(held.claim.claimant), said)


def make_camp(claims: Iterable[Held], definition: Definition) -> Camp:
    """Return the camp of these claims; its value is what they say jointly.

    Where their units differ it is the narrowest of what they say, as it was stated.
    """
    ordered = tuple(sorted(claims, key=lambda held: held.order))
    values = [held.value for held in ordered if held.value is not None]
    quantities = [value for value in values if isinstance(value, Quantity)]
    if not values or len(quantities) != len(values):
        return Camp(values[0] if values else None, values[0].stated if values else "", ordered)
    if len(quantities) == 1:
        return Camp(quantities[0], quantities[0].stated, ordered)
    narrowest = min(quantities, key=lambda quantity: _width(quantity, definition))
    if len({value_text(quantity) for quantity in quantities}) == 1:
        return Camp(narrowest, narrowest.stated, ordered)
    if factors(quantity.unit or definition.unit for quantity in quantities) != (ONE,) * len(
        quantities
    ):
        return Camp(narrowest, narrowest.stated, ordered)
    joint = _intersection([quantity.interval(definition.tolerance) for quantity in quantities])
    value = Quantity(
        narrowest.stated,
        joint.lower,
        joint.upper,
        joint.lower_open,
        joint.upper_open,
        narrowest.unit or definition.unit,
    )
    return Camp(value, narrowest.stated, ordered)


def _width(quantity: Quantity, definition: Definition) -> tuple[int, Any, str]:
    factor = measure(quantity.unit or definition.unit)[1]
    interval = scaled(quantity.interval(definition.tolerance), factor)
    bounded = interval.lower is not None and interval.upper is not None
    width = interval.upper - interval.lower if bounded else 0  # type: ignore[operator]
    return (0 if bounded else 1, width, quantity.stated)


def _intersection(intervals: Sequence[Interval]) -> Interval:
    """Return what all intervals share; where tolerance alone unites them, their hull's middle."""
    lowers = [i for i in intervals if i.lower is not None]
    uppers = [i for i in intervals if i.upper is not None]
    low = max(lowers, key=lambda i: (i.lower, i.lower_open), default=Interval())
    high = min(uppers, key=lambda i: (i.upper, not i.upper_open), default=Interval())
    lower, upper = low.lower, high.upper
    if lower is not None and upper is not None and lower > upper:
        lower, upper = upper, lower
    return Interval(lower, upper, low.lower_open, high.upper_open)


def to_json(finding: Finding, status: Status) -> dict[str, Any]:
    """Return the finding as other programs rely on it (design section 6)."""
    key = finding.key
    told: dict[str, Any] = {
        "id": str(finding.id),
        "rule": finding.rule,
        "verdict": finding.verdict,
        "status": status,
        "subject": key.subject_shown,
        "predicate": key.predicate_shown,
        "scope": dict(key.scope_shown),
        "as_of": finding.as_of,
        "camps": [camp_json(camp) for camp in finding.camps],
        "gap": None if finding.gap is None else attrs.asdict(finding.gap),
        "since": finding.since,
        "explanation": finding.explanation,
        "disputed": list(finding.disputed),
    }
    if finding.change is not None:
        told["change"] = finding.change
    if finding.sides:
        told["sides"] = list(finding.sides)
    return told


def camp_json(camp: Camp) -> dict[str, Any]:
    """Return a camp as other programs rely on it; ``stands`` is what is left of a revised list."""
    values = dict.fromkeys(
        (
            ("value", held.claim.value.stated),
            ("modality", held.claim.modality),
            *((("stands", held.value.stated),) if isinstance(held.value, Remaining) else ()),
        )
        for held in camp.claims
    )
    return {
        "value": None if camp.value is None else unstructure_value(as_list(camp.value)),
        "stated": camp.stated,
        "values": [dict(value) for value in values],
        "claims": [held.id for held in camp.claims],
        "claimants": camp.claimants,
        "independent_origins": camp.independent_origins,
        "suspected_dependence": alike_json(camp.worded_alike),
        **({} if camp.predicate is None else {"predicate": camp.predicate}),
    }


def alike_json(groups: Iterable[Sequence[Held]]) -> list[dict[str, Any]]:
    """Return groups of claims that are worded alike as other programs read them."""
    return [
        {
            "claims": [held.id for held in group],
            "claimants": list(dict.fromkeys(held.claim.claimant for held in group)),
        }
        for group in groups
    ]
