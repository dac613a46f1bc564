"""`wherefrom import`: claims and other events from files, all of them or none.

Every row is read and checked first and waits in a temporary file (:mod:`ledger.staging`); the
bad ones are listed with their place and what to write instead. Only when there are none, or
`--skip-bad` leaves them out, does the rest enter the ledger, in one short transaction.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from cli.recording import json_option
from cli.session import Session, pass_session

if TYPE_CHECKING:
    from cli.intake import Intake
    from ledger.staging import Entered

_WORTH_A_BAR = 1_000_000
"""Bytes below which reading takes no longer than a blink."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Take a field from a column."
)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="FIELD=TEXT",
    help="Fill a field in; {COLUMN} stands for what that column holds.",
)
@click.option(
    "--sum", "total", metavar="COLUMN", help="First add up the rows that agree otherwise."
)
@click.option("--locale", metavar="NAME", help="Whose way of writing numbers: fr, de_CH.")
@click.option("--skip-bad", is_flag=True, help="Record the rest; bad rows go to FILE.rejected.csv.")
@json_option
@pass_session
def import_command(
    session: Session,
    files: tuple[str, ...],
    maps: tuple[str, ...],
    sets: tuple[str, ...],
    total: str | None,
    locale: str | None,
    skip_bad: bool,
    as_json: bool,
) -> None:
    """File many claims, or other events, from CSV or JSON Lines; - is standard input.

    The columns of a CSV are the fields of a claim; other tables are read with --map and --set:

    \b
    wherefrom import figures.csv.gz --map subject=country --map as_of=date \\
        --map value=deaths --map published=published --set predicate=deaths --set claimant=JHU

    A line of JSON Lines is any event: its type (a claim, if absent) beside its fields. A label
    names a row, and later rows name it @LABEL. Nothing is recorded if any row is bad.

    Fact checks of others are read, too: schema.org's ClaimReview, alone or in a DataFeed, and
    what Google's Fact Check Tools API answers. What of them cannot be held is named.
    """
    from cli.input_files import shown_name
    from cli.intake import Intake
    from cli.mapping import read_recipe
    from cli.rejects import refuse_existing
    from ledger.fields import read_locale
    from ledger.staging import Entered, Staging

    sets += (f"locale={read_locale(locale, '--locale')}",) if locale else ()
    recipe = read_recipe(maps, sets)
    if skip_bad:
        for path in files:
            refuse_existing(shown_name(path))
    with closing(Staging()) as staging:
        intake = Intake(session, staging, recipe, total, session.definitions(), skip_bad)
        with _progress(files) as progress:
            for path in files:
                intake.read(path, progress)
        refused = bool(intake.rejected) and not skip_bad
        entered = Entered(0, 0, None, session.ledger().size() if session.exists else 0)
        if staging.count and not refused:
            with session.ledger(create=True).appending(session.recorder) as appending:
                entered = staging.enter(appending)
    if as_json:
        _answer_in_json(entered, intake)
    else:
        _answer(entered, intake, refused)
    if refused:
        raise click.exceptions.Exit(2)


def _answer_in_json(entered: "Entered", intake: "Intake") -> None:
    answer = {
        "recorded": entered.recorded,
        "already_recorded": entered.already_recorded,
        "rejected": intake.rejected,
        "skipped": intake.skipped,
        "first_position": entered.first_position,
        "size": entered.size,
        "not_held": dict(sorted(intake.not_held.items())),
    }
    click.echo(json.dumps(answer))


def _answer(entered: "Entered", intake: "Intake", refused: bool) -> None:
    if refused:
        rows = "row is" if intake.rejected == 1 else "rows are"
        click.echo(
            f"Error: {intake.rejected:,} {rows} bad, so nothing was recorded. "
            "Mend them, or leave them out with --skip-bad.",
            err=True,
        )
        return
    said = f"Recorded {entered.recorded:,} events"
    if entered.first_position is not None:
        said += f", from position {entered.first_position:,}"
    if entered.already_recorded:
        said += f"; {entered.already_recorded:,} were recorded already"
    if intake.skipped:
        click.echo(f"{intake.skipped:,} rows without a value were passed over", err=True)
    if intake.not_held:
        from cli.complaints import tell
        from cli.review_checking import told

        tell(f"Not held: {told(intake.not_held)}")
    click.echo(f"{said}. The ledger holds {entered.size:,}.")


@contextmanager
def _progress(files: tuple[str, ...]) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how much of the files has been read."""
    sizes = [os.path.getsize(path) for path in files if os.path.isfile(path)]
    if not sys.stderr.isatty() or len(sizes) < len(files) or sum(sizes) < _WORTH_A_BAR:
        yield lambda _: None
        return
    with click.progressbar(length=sum(sizes), label="Reading", file=sys.stderr) as bar:
        yield bar.update
