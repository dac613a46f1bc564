"""What a pull brought, in words and as JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from cli.anchoring import signature_lines
from cli.complaints import tell
from cli.output import plain, wrapped
from cli.phrasing import counted
from cli.session import SHORT, Session

if TYPE_CHECKING:
    from ledger.anchors import Anchor
    from ledger.erasing import Notice
    from ledger.kept_copies import Copied
    from ledger.pulling import Pulled


_MOST_OF_A_NAME: Final = 60
_MOST_HIDDEN: Final = 5


def say(
    session: Session,
    file: str,
    pulled: "Pulled",
    anchors: "Sequence[Anchor]",
    copied: "Copied | None",
    opened: list[str] | None,
) -> None:
    """Say what was pulled from ``file``; what contradicts now (``opened``) goes to stderr."""
    head = pulled.head
    holds = f"which holds {counted(head.size, 'event')} (root {head.root[:12]}…)"
    if not pulled.events:
        click.echo(f"Nothing new in {plain(file)}, {holds}.")
    else:
        click.echo(f"Pulled {counted(pulled.events, 'event')} from {plain(file)}, {holds}:")
    for origin, part in sorted(pulled.parts.items()):
        names = ", ".join(plain(name)[:_MOST_OF_A_NAME] for name in sorted(part.recorders))
        click.echo(f"{part.events:>8,}  recorded by {names}, origin {origin[:SHORT]}")
    for anchor in anchors:
        click.echo(
            wrapped(f"It extends {anchor.source}, of {counted(anchor.checkpoint.size, 'event')}.")
        )
        for line in signature_lines(anchor.signatures):
            click.echo(wrapped(line, "  ", "    "))
        if anchor.signature == "unchecked":
            click.echo("  The signature was not checked: name the verifier key with --verifier.")
    if pulled.merged is not None:
        where = f"{pulled.merged.id[:SHORT]}, position {pulled.merged.position}"
        click.echo(f"Recorded as {where}. The ledger holds {session.ledger().size():,}.")
    if copied is not None and copied.new:
        click.echo(f"{counted(copied.new, 'document')} came along.")
    if pulled.lost:
        tell(
            f"Note: {counted(pulled.lost, 'event')} of these under a name that this ledger had: "
            "recorded since it was copied, or lost when it was put back. If you know of neither, "
            "somebody else made them up: see `wherefrom log`"
        )
    if pulled.erased:
        texts = "1 text" if pulled.erased == 1 else f"{pulled.erased:,} texts"
        tell(f"Note: {texts} went from this ledger, too, as the one that recorded it took it back")
        if session.kept.find(""):
            tell(
                "Documents stay: if one that is kept here held the text, name what captured it "
                "(`wherefrom log --type evidence-captured`) to `wherefrom erase --document`"
            )
    _tell_hidden(pulled.hidden)
    if pulled.older is not None:
        tell(
            f"Note: {file} held {counted(pulled.older.size, 'event')} when it was last pulled "
            "from: it is a backup, or was put back to an earlier state"
        )
    if opened:
        open_ = (
            "1 finding is open that was not"
            if len(opened) == 1
            else (f"{len(opened):,} findings are open that were not")
        )
        since = f" --since +{pulled.start - 1}" if pulled.start else ""
        tell(f"Warning: {open_}; see `wherefrom contradictions{since}`")


def _tell_hidden(hidden: "Sequence[Notice]") -> None:
    """Say which texts that are here are shown no more, since somebody else erased them."""
    if not hidden:
        return
    tell(
        f"Warning: {counted(len(hidden), 'event held here was', 'events held here were')} erased "
        "by others and can be seen in no answer any more. The text is still in this file; "
        "`wherefrom erase ID` takes it out:"
    )
    for notice in hidden[:_MOST_HIDDEN]:
        day, by, ground = notice.recorded_at[:10], notice.by, notice.ground
        tell(f"{notice.event[:SHORT]} on {day} by {by[:_MOST_OF_A_NAME]}: {ground[:200]}")
    if hidden[_MOST_HIDDEN:]:
        tell(f"and {len(hidden) - _MOST_HIDDEN:,} more: see `wherefrom doctor`")


def pulled_json(
    session: Session,
    file: str,
    pulled: "Pulled",
    copied: "Copied | None",
    opened: list[str] | None,
) -> dict[str, Any]:
    """Return what programs are told of a pull."""
    head = pulled.head
    documents = None
    if copied is not None:
        documents = {"held": copied.held, "new": copied.new, "problems": copied.problems}
    return {
        "other": {"file": file, "origin": head.origin, "size": head.size, "root": head.root},
        "pulled": pulled.events,
        "origins": [
            {"origin": origin, "events": part.events, "recorders": sorted(part.recorders)}
            for origin, part in sorted(pulled.parts.items())
        ],
        "first_position": pulled.start if pulled.events else None,
        "merged": None if pulled.merged is None else pulled.merged.id,
        "lost_before": pulled.lost,
        "erased": pulled.erased,
        "hidden": [notice.event for notice in pulled.hidden],
        "older": pulled.older is not None,
        "documents": documents,
        "opened": opened,
        "size": session.ledger().size(),
    }
