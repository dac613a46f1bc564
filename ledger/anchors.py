"""Anchors: does a ledger extend what a kept checkpoint says that it was?

A ledger that was rewritten from its first event on, with all its hashes made anew, is consistent
in itself. What it cannot be is an extension of a checkpoint that was kept elsewhere: the first
events, as many as the checkpoint counts, have another root. So each checkpoint is held against
the ledger, and what does not fit is said as precisely as it can be known:

* *fewer events than were signed*: it was rolled back to an older copy, or cut off at its end;
* *another root*: something in those events was changed, left out or put in; between a smaller
  checkpoint that fits and the first that does not lies the earliest place of it;
* *another ledger's name*: the checkpoint is of a ledger that this one never was.

A checkpoint is worth what its signature is worth to whoever checks. Without a key to check it
with, it is worth what the place is where it was kept; that is said, and never called valid.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import attrs

from ledger.checkpoints import Checkpoint, SignedCheckpoint, origin_line
from ledger.keys import Checked, VerifierKey, check
from ledger.store import Origin

SignatureState = Literal["valid", "unchecked", "unknown", "wrong"]


@attrs.frozen
class Held:
    """The ledger that checkpoints are held against."""

    size: int
    root_at: Callable[[int], bytes] | None
    """Returns the root over the first events; ``None`` where that cannot be asked."""
    origins: Sequence[Origin]
    sound: bool = True
    """Whether its rows were checked and hold, so that the roots are those of the events."""


@attrs.frozen
class Anchor:
    """One kept checkpoint, and what became of it; ``source`` is where it came from.

    ``extended`` says whether the ledger extends it, ``None`` that this cannot be told.
    """

    source: str
    checkpoint: Checkpoint
    signatures: tuple[Checked, ...]
    signature: SignatureState
    extended: bool | None
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it shows that the ledger extends it, as far as the signature was checked."""
        return self.extended is True and not self.problems


def anchors(
    held: Held, kept: Sequence[tuple[str, SignedCheckpoint]], keys: Sequence[VerifierKey]
) -> list[Anchor]:
    """Hold each kept checkpoint, given with its source, against the ledger.

    With no ``keys`` no signature is checked; with some, a checkpoint has to bear a valid
    signature by at least one of them, and no wrong one (C2SP signed-note).
    """
    extended = [_extends(held, sent.checkpoint) for _, sent in kept]
    fitting = [sent.checkpoint.size for (_, sent), fits in zip(kept, extended, strict=True) if fits]
    found = []
    for (source, sent), fits in zip(kept, extended, strict=True):
        signatures = tuple(check(sent.note, keys))
        signature = signature_state(signatures, keys)
        problems = signature_problems(signatures, keys)
        if fits is False:
            problems.append(_misfit(held, sent.checkpoint, fitting))
        told = tuple(f"{source}: {problem}" for problem in problems)
        found.append(Anchor(source, sent.checkpoint, signatures, signature, fits, told))
    return found


def _extends(held: Held, checkpoint: Checkpoint) -> bool | None:
    if held.root_at is None:
        return None
    if checkpoint.size > held.size:
        return False
    fits = held.root_at(checkpoint.size) == checkpoint.root
    return None if fits and not held.sound else fits


def signature_state(signatures: Sequence[Checked], keys: Sequence[VerifierKey]) -> SignatureState:
    """Return what the signatures of a note come to together, for whoever knows these keys."""
    states = {one.state for one in signatures}
    if not keys:
        return "unchecked"
    if "wrong" in states:
        return "wrong"
    return "valid" if "valid" in states else "unknown"


def signature_problems(signatures: Sequence[Checked], keys: Sequence[VerifierKey]) -> list[str]:
    """Return why a note does not count for whoever knows these keys (C2SP signed-note)."""
    state = signature_state(signatures, keys)
    if state == "wrong":
        return [
            f"the signature by {signed_by(one)} is not over this checkpoint: "
            "it is forged, or one of the two was changed"
            for one in signatures
            if one.state == "wrong"
        ]
    if state == "unknown":
        names = ", ".join(map(signed_by, signatures))
        return [f"signed by none of the keys given, but by {names}, which was not checked"]
    return []


def signed_by(one: Checked) -> str:
    """Return how a signer is named: by the name beside the signature, and the key's id."""
    return f"{one.signature.name} (key {one.signature.key_id.hex()})"


def _misfit(held: Held, checkpoint: Checkpoint, fitting: Sequence[int]) -> str:
    """Say why a ledger does not extend a checkpoint."""
    size, name = checkpoint.size, checkpoint.origin
    theirs = count(size)
    if not was_called(name, held.origins):
        here = origin_line(held.origins[-1].name)
        return f"of {theirs} of another ledger, {name}; this one is {here}"
    end = given_up(name, held.origins)
    if end is not None and size > end:
        return (
            f"of {theirs} of {name}, of which this ledger has {end:,}: it is a copy that went on "
            "by itself, or was put back to one, and what was recorded there since is not here"
        )
    if size > held.size:
        return (
            f"of {theirs}, but the ledger has {count(held.size)}: it was rolled back to an older "
            "copy, or cut off at its end"
        )
    if not held.sound:
        return f"the hashes kept with the first {theirs} do not lead to the root that was signed"
    if size == 0:
        return "of no events, but with another root than no events have"
    return f"the first {theirs} are not those that were signed: {_place(size, fitting)}"


def _place(size: int, fitting: Sequence[int]) -> str:
    """Say where the events of a checkpoint that does not fit differ from those of the ledger."""
    since = max((other for other in fitting if other < size), default=0)
    if since == size - 1:
        return f"at position {since} there is another event"
    return f"from position {since} to {size - 1} something was changed, left out or put in"


def was_called(line: str, origins: Sequence[Origin]) -> bool:
    """Return whether a checkpoint's first line is a name that the ledger has or had."""
    return any(origin_line(origin.name) == line for origin in origins)


def given_up(line: str, origins: Sequence[Origin]) -> int | None:
    """Return after how many events the ledger gave up a name; ``None``: not yet, or never had."""
    for origin, after in pairwise(origins):
        if origin_line(origin.name) == line:
            return after.since
    return None


def count(size: int) -> str:
    """Return a number of events in words."""
    return "1 event" if size == 1 else f"{size:,} events"
