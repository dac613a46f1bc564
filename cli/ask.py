"""The commands that ask: trace, search."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from cli.documents import documents_option
from cli.moments import read_about, time_options, views_at
from cli.output import MOST, Form, emit, output_options, print_table
from cli.session import Session, pass_session
from ledger.errors import NotFound

if TYPE_CHECKING:
    from projections.asking import Condition
    from projections.views import Views

_TRACED = 10
"""So many claims are traced unless more are asked for."""

_LISTED = 20

_CLAIM_COLUMNS = (
    "id subject predicate value unit scope as_of modality claimant via published said url "
    "evidence_sha256 start end standing"
)
SEARCH_COLUMNS = f"{_CLAIM_COLUMNS} recorded_at position".split()
TRACE_COLUMNS = (
    f"{_CLAIM_COLUMNS} independent_origins contradictions recorded_at recorder position"
).split()


@click.command("trace")
@click.argument("words", nargs=-1, required=True, metavar="CLAIM-or-WORDS…")
@documents_option
@click.option(
    "--limit",
    type=click.IntRange(0, MOST),
    default=_TRACED,
    show_default=True,
    help="Trace at most so many claims; 0 for all.",
)
@time_options
@output_options
@pass_session
def trace_command(
    session: Session,
    words: tuple[str, ...],
    documents: tuple[str, ...],
    limit: int,
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """Show where a claim comes from: who said it, read where, recorded when, and what became of it.

    Name the claim by six or more digits of its id, by `last`, or by words and numbers that it
    holds; quotation marks keep words together:

    \b
    wherefrom trace 3428
    wherefrom trace Oman '"foreign minister"'
    """
    from cli.documents import documents_at_hand, looked_up
    from projections.asking import about as about_condition
    from projections.provenance import to_json, traces

    asked = " ".join(words)
    at_hand = documents_at_hand(documents)
    with views_at(session, known_at) as views:
        condition = about_condition(read_about(about))
        by_id, found = _find(session, views, asked, limit, condition)
        more = bool(limit) and len(found) > limit
        found = found[:limit] if limit else found
        told = (
            to_json(one, *looked_up(session, one.filed.said, at_hand))
            for one in traces(views, [*by_id, *found])
        )
        if form == "text":
            _print(list(told), len(by_id))
        else:
            emit(form, told, TRACE_COLUMNS, _trace_cells)
    if more:
        click.echo(
            f"More claims hold these words: add a word, name one by its id, or --limit {limit * 5}",
            err=True,
        )


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORDS…")
@click.option(
    "--limit",
    type=click.IntRange(0, MOST),
    help=f"At most so many claims; 0 for all. Text has {_LISTED} unless told, data has all.",
)
@time_options
@output_options
@pass_session
def search_command(
    session: Session,
    words: tuple[str, ...],
    limit: int | None,
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """List the claims that hold all these words and numbers, the newest recording first.

    A word finds those that begin so; quotation marks keep words together; a number finds itself
    however it is written, and bounds on it; a date finds values and times that are it.
    """
    from projections.asking import about as about_condition
    from projections.provenance import listed_json
    from projections.search import search
    from projections.terms import read_terms

    if limit is None:
        limit = _LISTED if form == "text" else 0
    asked = " ".join(words)
    with views_at(session, known_at) as views:
        condition = about_condition(read_about(about))
        most = limit + 1 if limit else None
        found = search(views.connection, read_terms(asked), most, condition)
        more = bool(limit) and len(found) > limit
        listed = listed_json(views, found[:limit] if limit else found)
        if form != "text":
            emit(form, listed, SEARCH_COLUMNS, _search_cells)
        elif found:
            _print_list(listed)
        else:
            raise NotFound(f"search: nothing held here has {asked!r}", _try_instead(views, asked))
    if more:
        click.echo(f"More than {limit} claims hold these words: --limit 0 lists all", err=True)


def _print_list(claims: Iterable[Mapping[str, Any]]) -> None:
    from cli.phrasing import chain, sentence, short, with_revised

    rows = [
        (
            short(claim["id"]),
            sentence(claim),
            chain(claim),
            claim.get("as_of") or f"at the latest {claim['published']}",
            with_revised(claim["standing"], claim)
            if claim["modality"] == "asserted"
            else claim["modality"],
        )
        for claim in claims
    ]
    print_table(("claim", "what is said", "by whom", "as of", "standing"), rows)


def _search_cells(claim: Mapping[str, Any]) -> list[Any]:
    cells = {
        **claim,
        "scope": "; ".join(f"{name}={text}" for name, text in claim["scope"].items()),
        "via": "; ".join(claim["via"]),
    }
    return [cells.get(column) for column in SEARCH_COLUMNS]


def _find(
    session: Session, views: "Views", asked: str, limit: int, condition: "Condition"
) -> tuple[list[int], list[int]]:
    """Return the positions of the claims found by id, and of the other ones found by words.

    Raises ``NotFound`` when there are neither.
    """
    from projections.provenance import claims_of_event
    from projections.search import search
    from projections.terms import read_terms

    by_id: list[int] = []
    digits = asked.strip().lower()
    if digits == "last":
        digits = session.last_claim("trace")
    if 6 <= len(digits) <= 64 and not set(digits) - set("0123456789abcdef"):
        events = views.find(digits)
        for id_, position, type_ in events:
            by_id += claims_of_event(views, id_, position, type_)
    by_id = list(dict.fromkeys(by_id))
    if asked.strip() == "last" or len(digits) == 64:
        found = []
    else:
        terms = read_terms(asked)
        found = search(views.connection, terms, limit + 1 if limit else None, condition)
    found = [position for position in found if position not in by_id]
    if not by_id and not found:
        raise NotFound(f"trace: nothing held here has {asked!r}", _try_instead(views, asked))
    return by_id, found


def _try_instead(views: "Views", asked: str) -> str:
    from projections.nearest import nearest_names

    near = nearest_names(views.connection, asked)
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    return "Write fewer words, or `wherefrom sources` to see who is held"


def _print(traces: list[Mapping[str, Any]], by_id: int) -> None:
    from cli.trace_text import print_short, print_trace

    full = traces if len(traces) == 1 else traces[:by_id] if by_id == 1 else []
    for trace in full:
        print_trace(trace)
    rest = traces[len(full) :]
    if full and rest:
        click.echo("\nAlso found by its words:")
    elif rest:
        click.echo(f"{len(rest)} claims hold these words:")
    for trace in rest:
        click.echo()
        print_short(trace)
    if rest:
        click.echo("\nwherefrom trace ID shows one in full.")


def _trace_cells(trace: Mapping[str, Any]) -> list[Any]:
    claim = trace["claim"]
    recorded: Mapping[str, Any] = next(
        (step for step in trace["trail"] if step["step"] == "recorded"), {}
    )
    cells = {
        **claim,
        "id": trace["id"],
        "scope": "; ".join(f"{name}={text}" for name, text in claim.get("scope", {}).items()),
        "via": "; ".join(claim.get("via", ())),
        "standing": trace["standing"],
        "independent_origins": trace["independent_origins"],
        "contradictions": "; ".join(trace["contradictions"]),
        "recorded_at": recorded.get("when"),
        "recorder": recorded.get("who"),
        "position": trace["ledger"]["position"],
    }
    return [cells.get(column) for column in TRACE_COLUMNS]
