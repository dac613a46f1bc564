"""What a ledger's owner asks of it: what happened, does it hold, is all well."""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import click

from cli.anchoring import anchor_json, anchored, anchors_of, read_kept, say_anchors
from cli.key_files import verifier_keys, verifier_option
from cli.moments import size_at, time_options, wanted_events
from cli.output import MOST, Form, echo_json, emit, output_options, paint, plain, wrapped
from cli.phrasing import counted
from cli.progress import progress_bar
from cli.recording import json_option
from cli.session import SHORT, Session, pass_session

if TYPE_CHECKING:
    from ledger.verification import Verification

_NOT_ANCHORED = (
    "Not anchored: whoever can rewrite the whole file can make it consistent again. To be able to "
    "tell, keep what `wherefrom checkpoint` writes elsewhere, and name it with --checkpoint."
)

_WHAT_NOW: Final = (
    "Leave this file as it is, and go on with a copy that holds, a backup or another desk's: "
    "`wherefrom --db COPY verify` tells."
)
UNPROTECTED_HINT: Final = (
    "The events hold. `wherefrom backup FILE` makes a copy that refuses changes; find out who "
    "altered this one."
)
LOG_COLUMNS = ("position", "recorded_at", "type", "id", "recorder", "summary")


@click.command("log")
@click.option("--last", metavar="N", type=click.IntRange(1, MOST), help="Only the last N of them.")
@click.option("--since", metavar="DATE", help="Only what was recorded on that day or later.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only events of this type.")
@time_options
@output_options
@pass_session
def log_command(
    session: Session,
    last: int | None,
    since: str | None,
    types: tuple[str, ...],
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """List the events in the order in which they were recorded.

    Each with its position, when it was recorded, its id and what it says; in JSON also the
    whole statement. With --about: the claims about that time, and what corrects, retracts or
    links them.
    """
    from ledger.errors import BadInput
    from ledger.events import EVENT_TYPES
    from projections.listing import listed
    from projections.moments import size_before

    for type_ in types:
        if type_ not in EVENT_TYPES and not type_.startswith("x-"):
            close = get_close_matches(type_, EVENT_TYPES, 1, 0.5)
            hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(EVENT_TYPES)}"
            raise BadInput(f"--type: {type_!r} is unknown", hint)
    store = session.reader()
    start = 0 if since is None else size_before(store, since, "--since")
    stop = size_at(store, known_at)
    wanted = wanted_events(session, known_at, about)
    events = listed(store, start, stop, types, last, wanted)
    if form == "text":
        for event in events:
            click.echo(_log_line(event))
    else:
        emit(form, events, LOG_COLUMNS, lambda event: [event[name] for name in LOG_COLUMNS])


def _log_line(event: dict[str, Any]) -> str:
    when = event["recorded_at"][:19].replace("T", " ")
    return (
        f"{event['position']:>6}  {when}  {paint(event['id'][:SHORT], fg='cyan')}  "
        f"{plain(event['type']):<19}  {plain(event['summary'])}"
    )


@click.command("verify")
@click.option(
    "--checkpoint",
    "checkpoints",
    metavar="FILE",
    multiple=True,
    help="A checkpoint that was kept elsewhere; again for more.",
)
@verifier_option
@json_option
@pass_session
def verify_command(
    session: Session, checkpoints: tuple[str, ...], verifiers: tuple[str, ...], as_json: bool
) -> None:
    """Check every event against what was recorded, and the Merkle root over all of them.

    Exit 1 if anything does not hold. What holds is consistent in itself, not anchored: it shows
    that nothing in this file was changed singly, not that nobody replaced the whole of it.

    With --checkpoint, show that the ledger extends what was signed: the events that it had then
    are the first it has now, unchanged and in their order. With --verifier, check who signed
    that, too: one of the keys given must have signed, and no signature by one may be wrong.
    """
    if verifiers and not checkpoints:
        raise click.UsageError("--verifier checks a checkpoint: name one with --checkpoint.")
    keys = verifier_keys(verifiers)
    kept = [(path, read_kept(path)) for path in checkpoints]
    found = verified(session)
    anchors = anchors_of(session, kept, keys, sound=found.ok) if kept else []
    bare = unprotected(session) if found.ok else []
    told = (problem for anchor in anchors for problem in anchor.problems)
    problems = [*found.problems, *bare, *told]
    ok = not problems and all(anchor.ok for anchor in anchors)
    if as_json:
        said = {"ok": ok, "size": found.size, "root": found.root, "problems": problems}
        said["erased"] = found.erased
        held = [anchor_json(anchor) for anchor in anchors]
        echo_json({**said, "anchored": anchored(anchors) if ok else 0, "checkpoints": held})
    else:
        _say_verified(found, bool(anchors))
        _say_unprotected(bare)
        if anchors:
            say_anchors(anchors, found, session, keys)
    if not ok:
        raise click.exceptions.Exit(1)


def verified(session: Session) -> "Verification":
    """Verify the session's ledger; one that cannot be read is a problem found, not an error."""
    from cli.verifying import verify_file
    from ledger.errors import Damaged, StorageError
    from ledger.verification import Verification

    try:
        store = session.ledger().store
        with progress_bar("Verifying") as progress:
            return verify_file(store, session.path, progress)
    except Damaged as error:
        return Verification(0, "", (str(error),))
    except StorageError as error:
        if "malformed" not in error.message:
            raise
        return Verification(0, "", (str(error),))


def unprotected(session: Session) -> list[str]:
    """Return which of its protections the session's ledger lacks."""
    from ledger.sqlite import SqliteStore

    store = session.ledger().store
    return store.unprotected() if isinstance(store, SqliteStore) else []


def _say_unprotected(problems: list[str]) -> None:
    if problems:
        click.echo(paint("Not protected", fg="red", bold=True) + ": the file was altered.")
        for problem in problems:
            click.echo(wrapped(problem, "  ", "    "))
        click.echo(wrapped(UNPROTECTED_HINT, "  ", "    "))


def _say_verified(found: "Verification", held_against: bool) -> None:
    events = counted(found.size, "event")
    if found.ok:
        click.echo(paint("Consistent in itself", fg="green", bold=True), nl=False)
        click.echo(f": {events}, in order, without gaps, each as recorded.")
        if found.erased:
            bodies = counted(found.erased, "body is", "bodies are")
            click.echo(f"{bodies} erased, as later events say.")
        click.echo(f"Root {found.root}")
        if not held_against:
            click.echo(wrapped(_NOT_ANCHORED))
        return
    number = len(found.problems)
    click.echo(paint("Not consistent", fg="red", bold=True), nl=False)
    click.echo(f": {number} problem{'' if number == 1 else 's'} in {events} read.")
    for problem in found.problems:
        click.echo(wrapped(problem, "  ", "    "))
    click.echo(wrapped(_WHAT_NOW))


@click.command("rebuild")
@json_option
@pass_session
def rebuild_command(session: Session, as_json: bool) -> None:
    """Make the views anew from the ledger, which stays as it is.

    Never needed for right answers: views that are missing, damaged or old are rebuilt when they
    are next asked. It takes what a reader sees in one step from the old views to the new ones.
    """
    from cli.rebuilding import rebuild

    rebuild(session, as_json=as_json)


@click.command("doctor")
@json_option
@pass_session
def doctor_command(session: Session, as_json: bool) -> None:
    """Look at the ledger's file, its views, the disk and the program, and say what to mend.

    Exit 1 if something needs mending.
    """
    from cli.doctor import examine

    examine(session.path, as_json=as_json)
