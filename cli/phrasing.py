"""Claims in words, the same in every answer: what is said, by whom, when.

All texts are for people: what comes from the ledger still has to pass
:func:`cli.output.plain` on its way out.
"""

from collections.abc import Mapping
from typing import Any, Final

from cli.session import SHORT
from ledger.events import NOT_STATED
from projections.filed import shown_value

Claim = Mapping[str, Any]
"""A claim's fields, as JSON has them."""

_SAID: Final = {
    "asserted": "according to",
    "denied": "denied by",
    "alleged": "alleged by",
    "probable": "probable according to",
    "possible": "possible according to",
    "forecast": "forecast by",
    "demanded": "demanded by",
    "refused": "refused by",
}


def sentence(claim: Claim) -> str:
    """Return a claim in one line: what is claimed of what."""
    return f"{topic(claim)}: {shown_value(dict(claim))}"


def topic(claim: Claim) -> str:
    """Return what a claim is about: subject, predicate and scope."""
    narrowed = scope(claim)
    return f"{claim['subject']}, {claim['predicate']}" + (f" ({narrowed})" if narrowed else "")


def scope(claim: Claim) -> str:
    """Return the qualifiers that narrow a claim."""
    return "; ".join(f"{name}: {text}" for name, text in claim.get("scope", {}).items())


def speaker(claim: Claim) -> str:
    """Return who says it, and how: *according to …*, *denied by …*."""
    who = claim["claimant"]
    how = _SAID[claim.get("modality", "asserted")]
    return f"{how} {'a source that is not stated' if who == NOT_STATED else who}"


def chain(claim: Claim) -> str:
    """Return the way a claim took, from who said it to what was read."""
    return " → ".join([claim["claimant"], *reversed(claim.get("via", ()))])


def as_of(claim: Claim) -> str:
    """Return the time that the value is about, or what is known of it."""
    return claim.get("as_of") or f"not stated; at the latest {claim['published']}"


def clock(recorded_at: str) -> str:
    """Return a time of recording as a person reads it."""
    return f"{recorded_at[:10]} {recorded_at[11:19]} UTC"


def short(id_: str) -> str:
    """Return as much of an id as is shown."""
    return id_[:SHORT]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return ``1 event``, ``2,000 events``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def with_revised(standing: str, told: Mapping[str, Any]) -> str:
    """Return a claim's standing with what of it its claimant has revised, where the rest stands."""
    but = f", but for {'; '.join(told['revised_items'])}" if told["revised_items"] else ""
    also = ", no longer as all there is" if told["reopened"] else ""
    return f"{standing}{but}{also}"
