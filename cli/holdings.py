"""The commands that ask what is held: show, history, sources."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.moments import read_about, time_options, views_at
from cli.output import Form, emit, output_options, plain, print_table
from cli.session import Session, pass_session
from ledger.errors import NotFound
from projections.filed import with_modality

if TYPE_CHECKING:
    from projections.timeline import Timeline
    from projections.views import Views

SHOW_COLUMNS = (
    "subject predicate scope kind as_of as_of_inferred values claimants independent_origins "
    "contradicted older_instants"
).split()
HISTORY_COLUMNS = (
    "subject predicate scope claimant as_of said published value unit lower upper modality via "
    "standing id"
).split()
SOURCE_COLUMNS = (
    "name kind acts_for country language home_page aliases claims standing revised retracted "
    "relayed"
).split()


@click.command("show")
@click.argument("subject")
@click.argument("predicate", required=False)
@click.option("--all", "every_instant", is_flag=True, help="Every instant, not the latest only.")
@time_options
@output_options
@pass_session
def show_command(
    session: Session,
    subject: str,
    predicate: str | None,
    every_instant: bool,
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """Show what is held of SUBJECT now: by predicate, the latest values and who says so.

    Values that cannot hold together are marked ×, those that may not ~.
    """
    from projections.asking import about as about_condition
    from projections.claims import holdings, to_json

    with views_at(session, known_at) as views:
        condition = about_condition(read_about(about))
        found = holdings(
            views, subject, predicate, condition=condition, every_instant=every_instant
        )
        if form == "text":
            from cli.show_text import print_holdings

            held = list(found)
            if not held:
                raise NotFound(f"show: nothing that stands is held of {subject!r}", _NARROWED)
            print_holdings(held)
        elif form in ("json", "nl"):
            emit(form, map(to_json, found), (), tuple)
        else:
            camps = (row for holding in found for row in _by_camp(to_json(holding)))
            emit(form, camps, SHOW_COLUMNS, lambda row: [row[name] for name in SHOW_COLUMNS])


_NARROWED = "Leave --about out, or see `wherefrom history`"


def _by_camp(holding: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a row for each camp."""
    for camp in holding["camps"]:
        yield {
            **holding,
            "scope": _scope(holding),
            "values": " | ".join(map(_told, camp["values"])),
            "claimants": "; ".join(camp["claimants"]),
            "independent_origins": camp["independent_origins"],
        }


def _told(value: Mapping[str, str]) -> str:
    return with_modality(value.get("stands", value["value"]), value["modality"])


def _scope(told: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}={text}" for name, text in told["scope"].items())


@click.command("history")
@click.argument("subject")
@click.argument("predicate")
@click.option(
    "--plot",
    metavar="FILE",
    help="Draw it into this .svg, .png or .html file (needs the extra wherefrom[plot]).",
)
@time_options
@output_options
@pass_session
def history_command(
    session: Session,
    subject: str,
    predicate: str,
    plot: str | None,
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """Show what each claimant said of SUBJECT's PREDICATE over time, revisions included.

    On a terminal bounds are drawn as bars, and what was revised or taken back is struck
    through. --plot draws it all into a file, which is replaced if it is there: claimants are
    colours, bounds bars, open ends arrows; what stands no more is faint, what contradicts
    is ringed.
    """
    from projections.asking import about as about_condition
    from projections.timeline import timelines, to_json

    with views_at(session, known_at) as views:
        found = timelines(views, subject, predicate, about_condition(read_about(about)))
        if plot is not None:
            found = _plotted(session, views, list(found), plot, form)
            if form == "text":
                return
        if form == "text":
            from cli.history_text import print_timelines

            if not print_timelines(list(found)):
                raise NotFound(f"history: nothing is held of {subject!r} then", _NARROWED)
        elif form in ("json", "nl"):
            emit(form, map(to_json, found), (), tuple)
        else:
            rows = (row for timeline in found for row in _by_statement(to_json(timeline)))
            emit(form, rows, HISTORY_COLUMNS, lambda row: [row.get(c) for c in HISTORY_COLUMNS])


def _plotted(
    session: Session, views: "Views", found: "list[Timeline]", path: str, form: Form
) -> "Iterator[Timeline]":
    """Draw timelines into a file, say so, and pass them on."""
    from cli.phrasing import counted
    from cli.plotting import draw, format_of
    from cli.writing import refuse_kept, refuse_own, write_out
    from projections.picture import panels
    from projections.views import views_path

    ending = format_of(path)
    own = (session.evidence, Path(session.path), views_path(session.path))
    refuse_own(path, *own, option="--plot")
    refuse_kept(path, option="--plot")
    if not found:
        raise NotFound("history: nothing is held then", _NARROWED)
    key = found[0].key
    picture = draw(panels(views, found), f"{key.subject_shown}: {key.predicate_shown}", ending)
    write_out(path, [picture])
    said = counted(sum(len(one.statements) for one in found), "statement")
    who = counted(len({one.claimant for one in found}), "claimant")
    click.echo(plain(f"Drew {said} by {who} to {path}"), err=form != "text")
    return iter(found)


def _by_statement(timeline: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a row for each statement."""
    for statement in timeline["statements"]:
        value = statement["value"]
        yield {
            **{name: timeline[name] for name in ("subject", "predicate")},
            **statement,
            "scope": _scope(timeline),
            "value": statement["stated"],
            **{name: value.get(name) for name in ("unit", "lower", "upper")},
            "via": "; ".join(statement["via"]),
        }


@click.command("sources")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@time_options
@output_options
@pass_session
def sources_command(
    session: Session,
    names: tuple[str, ...],
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """List who claimed and relayed what is held, and how many of their claims still stand."""
    from projections.asking import about as about_condition
    from projections.sources import select, to_json

    with views_at(session, known_at) as views:
        found = select(views.connection, names, about_condition(read_about(about)))
        told = list(map(to_json, found))
    if form == "text":
        _print_sources(told)
    else:
        emit(form, told, SOURCE_COLUMNS, _source_cells)


def _source_cells(source: Mapping[str, Any]) -> list[Any]:
    cells = {**source, "aliases": "; ".join(source["aliases"])}
    return [cells[column] for column in SOURCE_COLUMNS]


def _print_sources(sources: list[dict[str, Any]]) -> None:
    if not sources:
        click.echo("No source is held yet.")
        return
    columns = ("source", "kind", "acts for", "also called", "stand", "revised", "retracted",
               "relayed")  # fmt: skip
    counts = ("standing", "revised", "retracted", "relayed")
    rows = [
        (
            source["name"],
            source["kind"] or "",
            source["acts_for"] or "",
            ", ".join(source["aliases"]),
            *(f"{source[count]:,}" if source[count] else "" for count in counts),
        )
        for source in sources
    ]
    print_table(*_without_empty(columns, rows))


def _without_empty(
    columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    """Leave out the columns in which no row says anything: names need the room."""
    told = [number for number, _ in enumerate(columns) if any(row[number] for row in rows)]
    return [columns[n] for n in told], [[row[n] for n in told] for row in rows]
