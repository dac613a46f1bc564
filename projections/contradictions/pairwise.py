"""The rules that look at pairs of claims at one instant: value, category, date, negation.

Each takes a slice and yields findings. What they share (sides, camps, whose pair it is) lies
in :mod:`projections.contradictions.slices`; what makes two values clash in
:mod:`projections.compare`.
"""

from collections import defaultdict
from collections.abc import Iterator

from ledger.values import Day, Entity, Quantity, Several, Text, Truth
from projections.compare import dimension_of
from projections.contradictions.finding import Finding
from projections.contradictions.slices import Slice, findings_in
from projections.held import AFFIRMED, Held

CANNOT = "cannot both hold"


def value(slice_: Slice) -> Iterator[Finding]:
    """Several claimants, the same instant, amounts that are disjoint.

    Fires for [3428, 3428] beside [6000, ∞); not for [3428, ∞) beside [6000, ∞), which share
    every number from 6,000 on.
    """
    by_measure: dict[str, list[Held]] = defaultdict(list)
    for held in slice_.claims:
        if held.claim.modality in AFFIRMED and isinstance(held.value, Quantity):
            by_measure[dimension_of(held.value, slice_.context.definition)].append(held)
    return findings_in("value", slice_, list(by_measure.values()), CANNOT)


def category(slice_: Slice) -> Iterator[Finding]:
    """Different entities or texts under a single-valued definition, neither within the other.

    Fires for venue "Muscat" beside "Geneva"; not for "Muscat" beside "Oman" once Muscat is
    matched within Oman. Under a multi-valued definition: an item that a closed list leaves out.
    """
    if not slice_.context.definition.defined:
        return iter(())
    return findings_in("category", slice_, [_affirmed(slice_, Entity, Text, Several)], CANNOT)


def date(slice_: Slice) -> Iterator[Finding]:
    """Disjoint times of a once-only date; adjacent days are a tension.

    Fires for 2026-02-06 beside 2026-02-09; not for 2026 beside 2026-02-06, which lies in it.
    """
    return findings_in("date", slice_, [_affirmed(slice_, Day)], CANNOT)


def negation(slice_: Slice) -> Iterator[Finding]:
    """One asserts V1, another denies V2, and V1 lies within V2; or yes beside no.

    Fires for "6,000" beside a denial of "more than 5,000"; not for "3,428" beside that denial.
    """
    spoken = [
        held
        for held in slice_.claims
        if held.claim.modality in AFFIRMED or held.claim.modality == "denied"
    ]
    if not any(_denies(held, held) for held in spoken):
        return iter(())
    return findings_in("negation", slice_, [spoken], CANNOT, _denies)


def _affirmed(slice_: Slice, *kinds: type) -> list[Held]:
    return [
        held
        for held in slice_.claims
        if held.claim.modality in AFFIRMED and isinstance(held.value, kinds)
    ]


def _denies(a: Held, b: Held) -> bool:
    """Whether one says no to the other: by denying it, or as a plain no beside a yes."""
    if "denied" in (a.claim.modality, b.claim.modality):
        return True
    return isinstance(a.value, Truth) and isinstance(b.value, Truth)
