"""The rule of passages: what is quoted from a document stands where the claim says.

Documents are files, not events, so this rule is asked when a person asks, and what it finds is
kept in no view (:mod:`projections.checking`).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from projections.contradictions.clash import Context
from projections.contradictions.finding import Finding, Key, finding_id, make_camp
from projections.held import Held

if TYPE_CHECKING:
    from projections.evidence import Passage

_DIGITS = 12


@attrs.frozen(eq=False)
class Cited:
    """The claims of one key that cite one place of one document, and what is found there."""

    key: Key
    context: Context
    claims: Sequence[Held]
    passage: "Passage"


def evidence(cited: Cited) -> Iterator[Finding]:
    """The quoted text is not where the selector says.

    With the document's text T and a selector [start, end) of the words Q: fires unless
    T[start:end] reads as Q. Fires for [3, 12) where Q stands at [4, 13) or nowhere; not where
    Q is there but for spacing, look-alike marks or the form of its accents; and not where the
    document is not at hand, which says nothing about the passage.
    """
    if cited.passage.state not in ("moved", "missing"):
        return
    first = min(cited.claims, key=lambda held: held.order)
    claim = first.claim
    place = (claim.evidence_sha256, claim.start, claim.end)
    yield Finding(
        id=finding_id("evidence", cited.key, place),
        rule="evidence",
        verdict="tension",
        key=cited.key,
        as_of=(claim.as_of or claim.published).stated,
        camps=(make_camp(cited.claims, cited.context.definition),),
        gap=None,
        since=first.recorded_at,
        explanation=explained(first, cited.passage),
        pairs=(),
    )


def explained(held: Held, passage: "Passage") -> str:
    """Return in words what is wrong with a claim's passage."""
    claim = held.claim
    document = f"document {(claim.evidence_sha256 or '')[:_DIGITS]}"
    where = document
    if claim.start is not None:
        where = f"code points {claim.start}–{claim.end} of {document}"
    if claim.quote is None:
        return f"there are no {where}"
    if not passage.places:
        return f"the quoted text is not in {document}"
    start, end = passage.places[0]
    more = len(passage.places) - 1
    also = f" and {more} more {'place' if more == 1 else 'places'}" if more else ""
    return f"the quoted text is not at {where}, but at {start}–{end}{also}"
