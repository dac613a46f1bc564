"""`export`: the events as JSON Lines, the reviews as a feed, or the ledger as tiles."""

from pathlib import Path

import click

from cli.harmless import json_bytes
from cli.key_files import key_option
from cli.moments import size_at, time_options, views_at, wanted_events
from cli.output import plain
from cli.progress import Watched, progress_bar
from cli.session import Session, pass_session


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
    if checkpoint is not None:
        raise click.UsageError("--checkpoint is for --format tiles: leave it out.")
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

    if (folder is None) == (output is None) or "-" in (folder, output):
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
