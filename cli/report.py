"""`wherefrom contradictions`: the findings, as a report or as data."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click
import orjson

from cli.moments import read_about, time_options, views_at
from cli.output import Form, emit, emit_json, output_options
from cli.session import Session, pass_session
from projections import report
from projections.contradictions.rules import RULES
from projections.report import STATUSES, VERDICTS

COLUMNS = (
    "id rule verdict status subject predicate scope as_of sides gap_absolute gap_relative since "
    "explanation"
).split()


@click.command("contradictions")
@click.option("--rule", "rules", multiple=True, type=click.Choice(RULES), help="Only this rule.")
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
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """Report which sources contradict each other, and which changed their own figures.

    Findings are grouped by what they are about. A `contradiction` says that claims cannot both
    hold (or wishes both be met), a `tension` that they may not, a `revision` that a source
    changed its own figure; none says which of them is right. Revisions are only counted, unless
    --all, --rule revision or --verdict revision asks for them; the data forms leave nothing out.

    Options that narrow can be given several times; a finding is about a time if one of its
    claims is.
    """
    wanted = report.Wanted(
        rules=rules,
        verdicts=verdicts,
        statuses=statuses,
        subjects=subjects,
        claimants=claimants,
        min_gap=None if min_gap is None else report.MinGap.read(min_gap),
        about=read_about(about),
    )
    with views_at(session, known_at) as views:
        decided = report.decisions(views.connection)
        if form == "text":
            from cli.report_text import write_report

            listed = everything or "revision" in rules or "revision" in verdicts
            found = report.report(views.connection, wanted, list_revisions=listed)
            write_report(views, found, decided)
            unsettled = found.unsettled
        else:
            unsettled = Counter()
            rows = _counting(report.select(views.connection, wanted), unsettled)
            _emit(form, report.as_json(rows, decided))
    if fail and any(unsettled[verdict] for verdict in verdicts or ("contradiction",)):
        raise click.exceptions.Exit(1)


def _counting(rows: Iterable[report.Row], unsettled: Counter[str]) -> Iterator[report.Row]:
    """Pass the findings on, and count those that are open by verdict."""
    for row in rows:
        unsettled[row.verdict] += row.status == "open"
        yield row


def _emit(form: Form, findings: Iterable[str]) -> None:
    if form in ("json", "nl"):
        emit_json(findings, form)
        return
    emit(form, (orjson.loads(text) for text in findings), COLUMNS, _cells)


def _cells(finding: Mapping[str, Any]) -> list[Any]:
    gap = finding["gap"] or {}
    told = {
        **finding,
        "scope": "; ".join(f"{name}={text}" for name, text in finding["scope"].items()),
        "sides": " | ".join(
            f"{', '.join(camp['claimants'])}: {camp['stated']}" for camp in finding["camps"]
        ),
        "gap_absolute": gap.get("absolute"),
        "gap_relative": gap.get("relative"),
    }
    return [told[column] for column in COLUMNS]
