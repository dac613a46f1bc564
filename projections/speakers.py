"""Whose statement a claim is: its voice, and what counts as one independent origin."""

from collections.abc import Sequence
from typing import Protocol

from ledger.events import NOT_STATED
from ledger.names import fold

UNSTATED, ANONYMOUS = "not stated: ", "anonymous through "
"""How the origins of claimants without a voice begin."""


class Sources(Protocol):
    """What is known of sources (:class:`projections.held.Names`)."""

    def source(self, name: str) -> str:
        """Return the folded root of the names that are the same source as ``name``."""

    def anonymous(self, name: str) -> bool:
        """Whether the source is described as anonymous."""

    def principal(self, name: str) -> str:
        """Return the root of the source for whom ``name`` acts in the end (itself if nobody)."""


def speaker(
    claimant: str, via: Sequence[str], id_: str, sources: Sources
) -> tuple[str | None, str]:
    """Return the voice of a claim and its origin.

    Who is not stated has no voice, and is an origin apart in every claim (``id_``); nor have
    the anonymous, and those who were read through one outlet are one origin. All others have
    one, and who acts for another is no origin apart from that other.
    """
    folded = fold(claimant)
    if folded == fold(NOT_STATED):
        return None, UNSTATED + id_
    if sources.anonymous(folded):
        return None, ANONYMOUS + (sources.source(fold(via[-1])) if via else folded)
    return sources.source(folded), sources.principal(folded)


def voice_or_name(name: str, sources: Sources) -> str:
    """Return the root of a folded name or, of those who have no one voice, the name."""
    voiceless = sources.anonymous(name) or name == fold(NOT_STATED)
    return name if voiceless else sources.source(name)
