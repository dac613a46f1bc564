"""What a ledger's owner asks of it: what happened, does it hold, is all well, write it out."""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.anchoring import anchor_json, anchored, anchors_of, read_kept, say_anchors
from cli.harmless import json_bytes
from cli.key_files import key_option, verifier_keys, verifier_option
from cli.moments import size_at, time_options, views_at, wanted_events
from cli.output import MOST, Form, echo_json, emit, output_options, paint, plain, wrapped
from cli.progress import Watched, progress_bar
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
        f"{event['type']:<19}  {plain(event['summary'])}"
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
    events = "1 event" if found.size == 1 else f"{found.size:,} events"
    if found.ok:
        click.echo(paint("Consistent in itself", fg="green", bold=True), nl=False)
        click.echo(f": {events}, in order, without gaps, each as recorded.")
        if found.erased:
            bodies = "1 body is" if found.erased == 1 else f"{found.erased:,} bodies are"
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


@click.command("export")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "claimreview", "tiles"]),
    default="jsonl",
    show_default=True,
    help="All events as JSON Lines, the reviews as a schema.org feed, or tiles in a folder.",
)
@click.option(
    "--output",
    metavar="FILE",
    help="Write to this file, whole or not at all; - is stdout, as without.",
)
@key_option
@click.option(
    "--checkpoint",
    metavar="FILE",
    help="Tiles: up to this checkpoint, signed before and perhaps cosigned, not to a new one.",
)
@time_options
@pass_session
def export_command(
    session: Session,
    folder: str | None,
    form: str,
    output: str | None,
    key: str | None,
    checkpoint: str | None,
    known_at: str | None,
    about: str | None,
) -> None:
    """Write the events as JSON Lines that `import` reads back into any ledger.

    A line holds what was filed, word for word: the `type`, the fields, and as `label` the id
    that the event has here; a reference is `@` and that id. What is left out, because an import
    could not read it, is said on stderr. With --about: the claims about that time, what
    corrects, retracts or links them, and every definition, description and match.

    With `--format claimreview`, write the reviews and the claims they are about as a schema.org
    DataFeed of ClaimReview, which `import` reads, too. What has no place there is named on stderr.

    With `--format tiles`, write the heads of the events and all hashes into the folder DIR, and a
    checkpoint, signed with --key: what anyone can serve, and check with programs of their own
    (c2sp.org/tlog-tiles). An export into the same folder adds what is new. The texts of the
    events are not in it.
    """
    if form == "tiles":
        if known_at is not None or about is not None:
            raise click.UsageError("Tiles are of all events: leave --known-at and --about out.")
        _export_tiles(session, folder, output, key, checkpoint)
        return
    if folder is not None:
        raise click.UsageError(
            f"{folder}: a folder is for --format tiles. Name a file with --output."
        )
    from cli.writing import refuse_kept, refuse_own, write_out
    from ledger.exporting import Exported, export_lines
    from projections.views import views_path

    if output == "-":
        output = None
    refuse_own(output, session.evidence, Path(session.path), views_path(session.path))
    refuse_kept(output)
    if form == "claimreview":
        _export_reviews(session, output, known_at, about)
        return
    store = session.ledger().store
    size = size_at(store, known_at)
    wanted = wanted_events(session, known_at, about, timeless=True)
    counts = Exported()
    with progress_bar("Exporting") as progress:
        lines = export_lines(Watched(store, progress), size, counts, wanted)
        write_out(output, map(json_bytes, lines))
    for number, why in (
        (counts.erased, "whose text was erased"),
        (counts.erasures, "that say what was erased"),
        (counts.missing, "whose text is missing; run `wherefrom verify`"),
        (counts.unknown, "of a type that this version does not know"),
        (counts.dangling, "that name an event which is not here"),
    ):
        if number:
            click.echo(f"Left out: {number:,} {why}", err=True)
    if output is not None:
        click.echo(plain(f"Wrote {counts.written:,} events to {output}"))


def _export_tiles(
    session: Session,
    folder: str | None,
    output: str | None,
    key: str | None,
    checkpoint: str | None,
) -> None:
    from cli.tile_export import export_tiles
    from cli.writing import refuse_own
    from projections.views import views_path

    if (folder is None) == (output is None) or output == "-":
        raise click.UsageError("Name one folder: `wherefrom export --format tiles DIR`.")
    path = folder if output is None else output
    assert path is not None
    own = (session.evidence, Path(session.path), views_path(session.path))
    refuse_own(path, *own, option="DIR" if output is None else "--output")
    export_tiles(session, path, key, checkpoint)


def _export_reviews(
    session: Session, output: str | None, known_at: str | None, about: str | None
) -> None:
    from cli.complaints import tell
    from cli.feed_export import Feed
    from cli.review_checking import told
    from cli.writing import write_out
    from projections.reviews import reviews
    from projections.sources import describe_name

    wanted = wanted_events(session, known_at, about)
    with views_at(session, known_at) as views:
        feed = Feed(lambda name: describe_name(views.connection, name).get("kind"))
        write_out(output, map(json_bytes, feed.lines(reviews(views, wanted))))
    if feed.left_out:
        tell(f"No place in a ClaimReview: {told(feed.left_out)}")
    if feed.without_claim:
        tell(f"Left out: {feed.without_claim:,} reviews of claims whose text is not here")
    if output is not None:
        reviews_ = "review" if feed.written == 1 else "reviews"
        click.echo(plain(f"Wrote {feed.written:,} {reviews_} to {output}"))
