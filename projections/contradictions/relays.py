"""The rules that look at links: relay, stale-relay, circular.

A claim that is linked ``relays`` or ``translates`` speaks for no one; here it is held against
the claims that it names directly. :mod:`projections.contradictions.fidelity` says how it stands
to them.
"""

from collections.abc import Iterator

from projections.contradictions.clash import gap_between
from projections.contradictions.family import Family, Relayed
from projections.contradictions.fidelity import Fidelity, fidelity
from projections.contradictions.finding import (
    Finding,
    claim_pair,
    finding_id,
    make_camp,
)
from projections.filed import with_modality
from projections.held import Held


def relay(family: Family) -> Iterator[Finding]:
    """A relay says something else than the claim it names, or more.

    With R for the relay and O for its origin: R ⊇ O is faithful, R ⊂ O *strengthened*,
    R ∩ O = ∅ *misreported*, anything else *shifted*. Fires for [3428, 3428] as a relay of
    [3428, ∞); not for [3400, 3400] as one of [3428, 3428], which is rounded, nor for [3000, ∞)
    as one of [3428, 3428], which says less. A hedge that is dropped strengthens, too. What one
    of several origins bears out is not strengthened.
    """
    if family.retracted:
        return
    made: dict[str, Fidelity | None] = {one.root: _fidelity(family, one) for one in family.relayed}
    borne_out = "faithful" in made.values()
    for one in family.relayed:
        change = made[one.root]
        if change in (None, "faithful") or (change == "strengthened" and borne_out):
            continue
        told = f"{_told(one.claim)} ({one.claim.claim.claimant})"
        yield _finding(
            "relay",
            family,
            one,
            one.claim,
            since=max(one.linked_at, one.claim.recorded_at),
            explanation=f"{change}: {told} → {_told(family.claim)} ({teller(family.claim)})",
            change=change,
        )


def stale_relay(family: Family) -> Iterator[Finding]:
    """A relay passes on what its origin has taken back, or has put another figure in the place of.

    With R for the relay and S for the claim that stands in its origin's place now: fires for
    R ∩ S = ∅, as [3428, 3428] beside [6000, 6000]; not for [3428, ∞) beside [6000, 6000]. Fires
    in any case for an origin that was retracted.
    """
    if family.retracted:
        return
    for one in family.relayed:
        said = f"{_told(family.claim)} ({teller(family.claim)})"
        who = one.claim.claim.claimant
        if one.retracted_at is not None:
            since = max(one.linked_at, one.claim.recorded_at, one.retracted_at)
            told = f"passes on what was taken back: {said}, of {who}: {_told(one.claim)}"
            yield _finding("stale-relay", family, one, one.claim, since=since, explanation=told)
            continue
        successor = one.successor
        if (
            successor is not None
            and successor.same_key
            and fidelity(family.claim, successor.claim, family.context, translated=one.translated)
            == "misreported"
        ):
            since = max(one.linked_at, one.claim.recorded_at, successor.claim.recorded_at)
            told = f"passes on what was replaced: {said}, of {who}, now {_told(successor.claim)}"
            yield _finding(
                "stale-relay", family, one, successor.claim, since=since, explanation=told
            )


def circular(family: Family) -> Iterator[Finding]:
    """Claims that are linked in a circle: each came from the next, and none from anywhere else.

    Fires for A that relays B that relays A; not for A and B that both relay C. The links that
    count say what a claim was made from: ``relays``, ``translates``, ``revises`` (PROV's
    derivations, which have no circles). Two who *confirm*, *dispute* or *correct* each other do
    just that.
    """
    if family.circle is None:
        return
    circle = family.circle
    names = [teller(held) for held in circle.way]
    yield Finding(
        id=finding_id("circular", family.key, family.root),
        rule="circular",
        verdict="tension",
        key=family.key,
        as_of=None,
        camps=tuple(make_camp([held], family.context.definition) for held in circle.claims),
        gap=None,
        since=circle.since,
        explanation=f"each leads to the next: {' → '.join((*names, names[0]))}",
        pairs=frozenset(claim_pair(a, b) for a, b in circle.links),
        sides=tuple(dict.fromkeys(names)),
    )


def teller(held: Held) -> str:
    """Return who passed a claim on to us: the outlet it was read in, else the claimant."""
    claim = held.claim
    return claim.via[0] if claim.via else claim.claimant


def _fidelity(family: Family, one: Relayed) -> Fidelity | None:
    if not one.same_key:
        return None
    return fidelity(family.claim, one.claim, family.context, translated=one.translated)


def _told(held: Held) -> str:
    return with_modality(held.claim.value.stated, held.claim.modality)


def _finding(
    rule: str,
    family: Family,
    one: Relayed,
    against: Held,
    *,
    since: str,
    explanation: str,
    change: Fidelity | None = None,
) -> Finding:
    """Return what is found of a relay and the claim that it is held against."""
    definition = family.context.definition
    mine = family.claim
    as_of = mine.claim.as_of or one.claim.claim.as_of
    return Finding(
        id=finding_id(rule, family.key, family.root, one.root),
        rule=rule,
        verdict="tension" if change is None else "altered",
        key=family.key,
        as_of=None if as_of is None or definition.over_time == "constant" else as_of.stated,
        camps=(make_camp([against], definition), make_camp([mine], definition)),
        gap=gap_between(mine.value, against.value, definition),
        since=max(since, mine.recorded_at, definition.recorded_at),
        explanation=explanation,
        pairs=frozenset([claim_pair(mine, against)]),
        change=change,
        sides=(teller(mine), one.claim.claim.claimant),
    )
