"""`wherefrom contradictions`: the findings, as a report or as data."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import click
import orjson

from cli.moments import read_about, time_options, views_at
from cli.output import MOST, Form, emit, emit_json, output_options, write_html, write_lines
from cli.report_forms import COLUMNS, Shown, cells
from cli.session import Session, pass_session
from ledger.errors import BadInput
from projections import report
from projections.contradictions.rules import RULES
from projections.decisions import as_json, decisions
from projections.selecting import STATUSES, VERDICTS, MinGap, Row, Wanted, select

if TYPE_CHECKING:
    from projections.views import Views

_NARROWING: Final = "rules verdicts statuses subjects claimants min_gap known_at about".split()


@click.command("contradictions")
@click.option(
    "--rule",
    "rules",
    multiple=True,
    type=click.Choice(RULES),
    metavar="RULE",
    help=f"Only this rule: {', '.join(RULES)}.",
)
@click.option(
    "--verdict", "verdicts", multiple=True, type=click.Choice(VERDICTS), help="Only this verdict."
)
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Only this status."
)
@click.option("--subject", "subjects", multiple=True, metavar="NAME", help="Only about this.")
@click.option(
    "--claimant", "claimants", multiple=True, metavar="NAME", help="Only where this one speaks."
)
@click.option(
    "--min-gap",
    metavar="NUMBER|SHARE",
    help="Only values at least so far apart: 100 (of the unit; days for dates), 5%.",
)
@click.option(
    "--fail",
    is_flag=True,
    help="Exit 1 if what is shown holds an open contradiction (with --verdict: an open finding).",
)
@click.option("--all", "everything", is_flag=True, help="List every revision, too.")
@click.option(
    "--format",
    "page",
    type=click.Choice(("md", "html")),
    help="Write a page to be printed or published, with the trail of every claim.",
)
@click.option(
    "--top",
    type=click.IntRange(0, MOST),
    help="Tell only so many subjects in full, the most severe. A page tells 20, the rest in short.",
)
@click.option(
    "--since",
    metavar="WHEN",
    help="What opened, changed and closed since: a date (2026-02-06), or a position (2026, +2026).",
)
@time_options
@output_options
@pass_session
def contradictions_command(
    session: Session,
    rules: tuple[str, ...],
    verdicts: tuple[str, ...],
    statuses: tuple[str, ...],
    subjects: tuple[str, ...],
    claimants: tuple[str, ...],
    min_gap: str | None,
    fail: bool,
    everything: bool,
    page: str | None,
    top: int | None,
    since: str | None,
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """Report which sources contradict each other, and which changed their own figures.

    Findings are grouped by what they are about. A `contradiction` says that claims cannot both
    hold (or wishes both be met), a `tension` that they may not, a `revision` that a source
    changed its own figure; none says which of them is right. Revisions are only counted, unless
    --all, --rule revision or --verdict revision asks for them; the data forms leave nothing out.

    With --since the answer is what changed in the picture: findings that were opened, changed, or
    closed (gone, or decided about) after that position, or from that day on.

    Options that narrow can be given several times; a finding is about a time if one of its
    claims is. The rule `evidence` reads documents, which takes a while, so it is only asked with
    --rule evidence, or by `wherefrom evidence`.
    """
    _refuse_both(form, page, top)
    wanted = Wanted(
        rules=rules,
        verdicts=verdicts,
        statuses=statuses,
        subjects=subjects,
        claimants=claimants,
        min_gap=None if min_gap is None else MinGap.read(min_gap),
        about=read_about(about),
    )
    how = Shown(
        form=form,
        page=page,
        top=top,
        list_revisions=everything or "revision" in rules or "revision" in verdicts,
        narrowed=_narrowed(click.get_current_context()),
    )
    with views_at(session, known_at) as views:
        if "evidence" in rules:
            _lay_out(session, views, since)
        if since is None:
            statuses_found = _tell(views, wanted, how)
        else:
            from cli.report_changes import tell_changes

            statuses_found = tell_changes(views, since, wanted, how)
    if fail and any(statuses_found[verdict, "open"] for verdict in verdicts or ("contradiction",)):
        raise click.exceptions.Exit(1)


def _tell(views: "Views", wanted: Wanted, how: Shown) -> Counter[tuple[str, str]]:
    """Write the report; return how many findings have which verdict and status."""
    decided = decisions(views.connection, views.store)
    if how.page is not None:
        from projections.dossier import dossier

        told = dossier(views, wanted, decided, how.chapters, list_revisions=how.list_revisions)
        views.release()
        if how.page == "md":
            from cli.report_markdown import markdown

            write_lines(markdown(told, how.narrowed))
        else:
            from cli.report_html import html

            write_html(html(told, how.narrowed))
        return told.statuses
    if how.form == "text":
        from cli.report_text import write_report

        found = report.report(views.connection, wanted, list_revisions=how.list_revisions)
        write_report(views, found, decided, how.top)
        return found.statuses
    statuses: Counter[tuple[str, str]] = Counter()
    _emit(how.form, as_json(_counting(select(views.connection, wanted), statuses), decided))
    return statuses


def _refuse_both(form: Form, page: str | None, top: int | None) -> None:
    if form != "text" and page is not None:
        raise BadInput(f"--format {page} and a form for programs", "Give one of them")
    if form != "text" and top is not None:
        raise BadInput("--top and a form for programs", "Those leave nothing out; leave out --top")


def _narrowed(context: click.Context) -> list[str]:
    """Return the options that narrow, as they were given."""
    told = []
    for parameter in context.command.params:
        value = context.params[parameter.name or ""]
        if parameter.name in _NARROWING and value:
            given = value if isinstance(value, tuple) else (value,)
            told.append(f"{parameter.opts[0].removeprefix('--')} {' or '.join(given)}")
    return told


def _counting(rows: Iterable[Row], statuses: Counter[tuple[str, str]]) -> Iterator[Row]:
    """Pass the findings on, and count them by verdict and status."""
    for row in rows:
        statuses[row.verdict, row.status] += 1
        yield row


def _emit(form: Form, findings: Iterable[str]) -> None:
    if form in ("json", "nl"):
        emit_json(findings, form)
        return
    emit(form, (orjson.loads(text) for text in findings), COLUMNS, cells)


def _lay_out(session: Session, views: "Views", since: str | None) -> None:
    """Have what the rule ``evidence`` finds now beside the other findings."""
    from cli.documents import texts
    from projections.checking import lay_out

    if since is not None:
        raise BadInput(
            "--since: the rule evidence reads documents, of which no past is kept",
            "Leave out --since, or --rule evidence",
        )
    lay_out(views, texts(session, None))
