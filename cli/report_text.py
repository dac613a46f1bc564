"""The report of findings as a person reads it: who disagrees with whom, about what, how far apart.

Neutral throughout: claims *cannot both hold*, wishes *cannot both be met*; which side is right
is not for a program to say.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import click

from cli.output import paint, print_table, width, wrapped
from cli.session import SHORT
from projections.report import Decided, Encounter, Group, Report
from projections.side_by_side import SideBySide, side_by_side
from projections.views import Views

_COLOURS: Final = {"contradiction": "red", "altered": "red", "tension": "yellow"}
_MARK: Final = "×"
_HEADER: Final = 16
"""Columns after which a party's name goes on in the next line of the table's head."""


def write_report(views: Views, report: Report, decided: Mapping[str, Decided]) -> None:
    """Write the whole report on stdout, when all that it needs of the views is at hand."""
    tables = {
        finding["id"]: side_by_side(views, finding["id"])
        for group in report.groups
        for encounter in group.encounters
        for finding in encounter.findings
        if finding["rule"] == "position" and finding["status"] != "dismissed"
    }
    views.release()
    for group in report.groups:
        if group.encounters:
            _heading(group)
            for encounter in group.encounters:
                _encounter(encounter, tables, decided)
            for revisions in group.revisions:
                click.echo(wrapped(f"also revised: {_counted(revisions)}", "  ", "    "))
            click.echo()
    quiet = [group for group in report.groups if not group.encounters]
    if quiet:
        click.echo(paint("Revised only (--rule revision lists each):", bold=True))
        for group in quiet:
            for revisions in group.revisions:
                told = f"{_topic(group)}: {_counted(revisions)}"
                click.echo(wrapped(told, "  ", "    "))
        click.echo()
    click.echo(wrapped(_closing(report.counts)))


def _heading(group: Group) -> None:
    click.echo(paint(wrapped(_topic(group)), bold=True))


def _topic(group: Group) -> str:
    scope = "; ".join(f"{name}: {text}" for name, text in group.scope.items())
    return f"{group.subject}: {group.predicate}" + (f" ({scope})" if scope else "")


def _encounter(
    encounter: Encounter, tables: Mapping[str, SideBySide], decided: Mapping[str, Decided]
) -> None:
    kind = _kind(encounter.rule, encounter.verdict)
    told = f"{kind}: {_who(encounter)}{_how_much(encounter)}"
    painted = paint(encounter.verdict, fg=_COLOURS.get(encounter.verdict), bold=True)
    click.echo(wrapped(told, "  ", "    ").replace(encounter.verdict, painted, 1))
    for finding in encounter.findings:
        decision = decided.get(finding["id"])
        if finding["id"] in tables:
            _topics(tables[finding["id"]])
        _finding(finding, decision)


def _kind(rule: str, verdict: str) -> str:
    return verdict if rule == verdict else f"{verdict} ({rule})"


def _who(encounter: Encounter) -> str:
    if encounter.verdict == "revision":
        return ", ".join(encounter.sides)
    if len(encounter.sides) == 1:
        return f"{encounter.sides[0]} against itself"
    return " against ".join(encounter.sides)


def _how_much(encounter: Encounter) -> str:
    """Return on how many instants, and by how much at most; of one alone only how far apart."""
    number = encounter.count
    instants = f", on {number:,} instants" if number > 1 else ""
    if encounter.gap is None:
        return instants
    most = "at most " if number > 1 else ""
    return f"{instants}, {most}{_distance(encounter)} apart"


def _counted(revisions: Encounter) -> str:
    number = revisions.count
    instants = "1 figure" if number == 1 else f"{number:,} figures"
    gap = "" if revisions.gap is None else f", by at most {_distance(revisions)}"
    return f"{', '.join(revisions.sides)}, {instants}{gap}"


def _distance(encounter: Encounter) -> str:
    """Return the widest gap in words: ``1,918 people (6.6%)``, ``3 days``."""
    assert encounter.gap is not None
    amount = f"{Decimal(encounter.gap):,f}"
    unit = "days" if encounter.value.get("type") == "day" else encounter.value.get("unit", "")
    share = "" if encounter.share is None else f" ({Decimal(encounter.share) * 100:.1f}%)"
    return f"{amount} {unit}".strip() + share


def _finding(finding: Mapping[str, Any], decision: Decided | None) -> None:
    """Write what a finding says, its id, since when it stands, what was decided about it."""
    id_ = finding["id"][:SHORT]
    hanging = " " * (SHORT + 6)
    if finding["status"] == "dismissed":
        assert decision is not None
        told = f"dismissed on {decision.recorded_at[:10]}: {decision.reason}"
        click.echo(wrapped(f"{id_}  {told}", "    ", hanging))
        return
    as_of = finding["as_of"]
    dated = f"{as_of}: " if as_of and as_of not in finding["explanation"] else ""
    text = wrapped(f"{id_}  {dated}{finding['explanation']}", "    ", hanging)
    click.echo(text.replace(id_, paint(id_, fg="cyan"), 1))
    click.echo(wrapped(_standing(finding, decision), hanging))


def _standing(finding: Mapping[str, Any], decision: Decided | None) -> str:
    origins = [camp["independent_origins"] for camp in finding["camps"]]
    told = f"{finding['status']}, since {finding['since'][:10]}"
    if max(origins) > 1:
        told += f"; independent origins: {' against '.join(map(str, origins))}"
    if decision is not None and decision.covers:
        told += f"; {decision.decision} on {decision.recorded_at[:10]}: {decision.reason}"
    elif decision is not None:
        told += (
            f"; {decision.decision} on {decision.recorded_at[:10]} ({decision.reason}), "
            "which does not cover all that conflicts now"
        )
    return told


def _topics(table: SideBySide) -> None:
    """Write what each party demands, refuses and leaves out, item by item, and where it says so."""
    columns = ["", "", *(party.name for party in table.parties)]
    rows = [
        [_MARK if item.disputed else "", item.name, *(" and ".join(s) for s in item.stances)]
        for item in table.items
    ]
    click.echo()
    print_table(columns, rows, indent=4, limit=width(), header_limit=_HEADER)
    click.echo()
    for party in table.parties:
        acting = f" (for {party.acts_for})" if party.acts_for else ""
        click.echo(wrapped(f"{party.name}{acting}", "    "))
        for held in party.claims:
            claim = held.claim
            when = claim.said or claim.published
            via = f", via {', '.join(claim.via)}" if claim.via else ""
            told = f"{held.id[:SHORT]}  {claim.modality}: {claim.value.stated}"
            click.echo(wrapped(f"{told} ({when.stated}{via})", "      ", " " * (SHORT + 8)))
    click.echo()


def _closing(counts: Mapping[tuple[str, str], int]) -> str:
    """Return how many findings there are, by rule and verdict."""
    if not counts:
        return "No findings."
    total = sum(counts.values())
    told = []
    for (rule, verdict), number in counts.items():
        several = verdict if number == 1 else f"{verdict}s"
        told.append(f"{number:,} {several if rule == verdict else f'{several} ({rule})'}")
    return f"{total:,} finding{'' if total == 1 else 's'}: {', '.join(told)}."
