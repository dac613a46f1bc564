"""`verify --checkpoint`: kept checkpoints held against the ledger, and what came of it in words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from cli.file_kinds import CHECKPOINT
from cli.output import paint, plain, wrapped
from cli.session import Session
from cli.short_files import read_short, shown
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.anchors import Anchor, SignatureState
    from ledger.checkpoints import SignedCheckpoint
    from ledger.keys import Checked, VerifierKey
    from ledger.store import Origin
    from ledger.verification import Verification


_WHAT_NOW: Final = (
    "Keep this file and the checkpoint: they are the evidence. Go on with a copy that begins with "
    "what was signed, as `wherefrom --db COPY verify --checkpoint FILE` tells."
)


def read_kept(path: str) -> "SignedCheckpoint":
    """Return the checkpoint in a file; raise ``BadInput`` or ``StorageError`` for none."""
    from ledger.checkpoints import read_signed_checkpoint
    from ledger.notes import MOST_BYTES

    return read_signed_checkpoint(read_short(path, MOST_BYTES, CHECKPOINT), shown(path))


def anchors_of(
    session: Session,
    kept: "Sequence[tuple[str, SignedCheckpoint]]",
    keys: "Sequence[VerifierKey]",
    *,
    sound: bool = True,
) -> "list[Anchor]":
    """Hold kept checkpoints against the session's ledger; ``sound`` says that its rows hold.

    Where they do not, a ledger that cannot even be asked for its hashes fits nothing and misses
    nothing: what is wrong with it was said already.
    """
    from ledger.anchors import Held, anchors
    from ledger.merkle_proofs import root_at
    from ledger.roots import stored_hashes

    try:
        store = session.ledger().store
        hashes = stored_hashes(store)
        held = Held(store.size(), lambda size: root_at(size, hashes), store.origins, sound)
        return anchors(held, kept, keys)
    except LedgerError:
        if sound:
            raise
        return anchors(Held(0, None, (), sound), kept, keys)


def anchor_json(anchor: "Anchor") -> dict[str, Any]:
    """Return what programs are told of a checkpoint."""
    return {
        "file": anchor.source,
        "origin": anchor.checkpoint.origin,
        "size": anchor.checkpoint.size,
        "root": anchor.checkpoint.root.hex(),
        "extended": anchor.extended,
        "signature": anchor.signature,
        "signatures": signatures_json(anchor.signatures, anchor.signature),
        "problems": list(anchor.problems),
    }


def signatures_json(
    signatures: "Sequence[Checked]", state: "SignatureState"
) -> list[dict[str, Any]]:
    """Return what programs are told of the signatures of a note, which altogether are ``state``."""
    return [
        {
            "name": one.signature.name,
            "key": one.signature.key_id.hex(),
            "state": "unchecked" if state == "unchecked" else one.state,
            "time": None if one.time is None else when(one.time),
        }
        for one in signatures
    ]


def anchored(anchors: "Sequence[Anchor]") -> int:
    """Return how many events are those of a checkpoint; 0 where any of them does not fit."""
    if not all(anchor.ok for anchor in anchors):
        return 0
    return max((anchor.checkpoint.size for anchor in anchors), default=0)


def say_anchors(
    anchors: "Sequence[Anchor]",
    found: "Verification",
    session: Session,
    keys: "Sequence[VerifierKey]",
) -> None:
    """Say what every checkpoint shows of a ledger that was verified as ``found``."""
    from cli.phrasing import counted

    problems = [problem for anchor in anchors for problem in anchor.problems]
    if problems:
        number = counted(len(problems), "problem")
        click.echo(paint("Not what was signed", fg="red", bold=True) + f": {number}.")
        for problem in problems:
            click.echo(wrapped(problem, "  ", "    "))
    if not found.ok:
        return
    if not all(anchor.extended for anchor in anchors):
        click.echo(wrapped(_WHAT_NOW))
    for anchor in anchors:
        if anchor.ok:
            _say_anchor(anchor, session.ledger().store.origins, keys)
    rest = found.size - max(anchor.checkpoint.size for anchor in anchors)
    if rest > 0 and not problems:
        after = "The event after them is" if rest == 1 else f"The {rest:,} events after them are"
        click.echo(f"{after} in no checkpoint that was named.")


def _say_anchor(
    anchor: "Anchor", origins: "Sequence[Origin]", keys: "Sequence[VerifierKey]"
) -> None:
    from ledger.anchors import given_up, was_called

    events = anchor.checkpoint.size
    first = "the first event is that" if events == 1 else f"the first {events:,} events are those"
    colour = "green" if anchor.signature == "valid" else "yellow"
    click.echo(paint("Anchored", fg=colour, bold=True), nl=False)
    click.echo(f": {first} of {plain(anchor.source)}.")
    for line in signature_lines(anchor.signatures, keys):
        click.echo(wrapped(line, "  ", "    "))
    if anchor.signature == "unchecked":
        text = (
            "The signature was not checked: name the verifier key with --verifier. Without, this "
            "is worth as much as the place where the file was kept."
        )
        click.echo(wrapped(text, "  "))
    name = anchor.checkpoint.origin
    after = given_up(name, origins)
    if after is not None:
        text = f"It was signed as {name}, as this ledger was called until {after:,} events: "
        click.echo(wrapped(f"{text}then a copy began a name of its own.", "  "))
    elif not was_called(name, origins):
        click.echo(wrapped(f"It calls the ledger {name}, as this one never was.", "  "))


def signature_lines(
    signatures: "Sequence[Checked]", keys: "Sequence[VerifierKey]" = ()
) -> "list[str]":
    """Return a line for every valid signature, one for those not checked, one for those not there.

    One valid signature will do, but who gives two keys may think that both have signed.
    """
    from ledger.anchors import signed_by

    lines = []
    for one in signatures:
        if one.state == "valid" and one.time is None:
            lines.append(f"Signed by {signed_by(one)}.")
        elif one.state == "valid" and one.time is not None:
            lines.append(f"Cosigned by {signed_by(one)}, {when(one.time)}.")
    unknown = ", ".join(signed_by(one) for one in signatures if one.state == "unknown")
    if unknown and lines:
        lines.append(f"Not checked, for want of the key: {unknown}.")
    signed = [one.key for one in signatures if one.state == "valid"]
    absent = ", ".join(f"{key.name} (key {key.id.hex()})" for key in keys if key not in signed)
    if absent and lines:
        lines.append(f"Not signed by {absent}.")
    return lines


def when(seconds: int) -> str:
    """Return a moment that a signature bears, which may be beyond all calendars."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError, OSError):
        return f"{seconds} seconds after 1970"
