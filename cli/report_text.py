"""The report of findings as a person reads it on a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from cli.output import paint, print_table, say, width, wrapped
from cli.phrasing import counted, short
from cli.report_words import (
    closing,
    how_much,
    kind,
    revised,
    stances,
    statement,
    status,
    topic,
    who,
)
from cli.session import SHORT
from projections.decisions import Decided
from projections.remaining import Remaining
from projections.report import Encounter, Group, Report
from projections.side_by_side import SideBySide, wishes_side_by_side
from projections.views import Views

_COLOURS: Final = {"contradiction": "red", "altered": "red", "tension": "yellow"}
_HEADER: Final = 16
"""Columns after which a party's name goes on in the next line of the table's head."""


def write_report(
    views: Views, report: Report, decided: Mapping[str, Decided], top: int | None
) -> None:
    """Write the report on stdout, when all that it needs of the views is at hand.

    Of more than ``top`` groups the rest are counted only.
    """
    told = report.groups[:top]
    tables = wishes_side_by_side(
        views,
        (
            listed.told
            for group in told
            for encounter in group.encounters
            for listed in encounter.findings
            if listed.row.status != "dismissed"
        ),
    )
    views.release()
    for group in told:
        if group.encounters:
            say(paint(wrapped(topic(group)), bold=True))
            for encounter in group.encounters:
                _encounter(encounter, tables, decided)
            for revisions in group.revisions:
                say(wrapped(f"also revised: {revised(revisions)}", "  ", "    "))
            say()
    _revised_only(told)
    _left_out(report.groups[len(told) :])
    say(wrapped(closing(report.counts)))


def _revised_only(groups: Iterable[Group]) -> None:
    quiet = [group for group in groups if not group.encounters]
    if quiet:
        say(paint("Revised only (--rule revision lists each):", bold=True))
        for group in quiet:
            for revisions in group.revisions:
                say(wrapped(f"{topic(group)}: {revised(revisions)}", "  ", "    "))
        say()


def _left_out(groups: tuple[Group, ...]) -> None:
    """Say how much is not shown."""
    if groups:
        number = sum(one.count for group in groups for one in group.encounters + group.revisions)
        subjects = counted(len(groups), "more subject")
        told = f"Not shown: {counted(number, 'finding')} on {subjects} (a larger --top shows them)."
        say(wrapped(told))
        say()


def _encounter(
    encounter: Encounter, tables: Mapping[str, SideBySide], decided: Mapping[str, Decided]
) -> None:
    told = f"{kind(encounter.rule, encounter.verdict)}: {who(encounter)}{how_much(encounter)}"
    painted = paint(encounter.verdict, fg=_COLOURS.get(encounter.verdict), bold=True)
    say(wrapped(told, "  ", "    ").replace(encounter.verdict, painted, 1))
    for listed in encounter.in_time():
        if listed.row.id in tables:
            _topics(tables[listed.row.id])
        _finding(listed.told, decided.get(listed.row.id))


def _finding(finding: Mapping[str, Any], decision: Decided | None) -> None:
    """Write what a finding says, its id, since when it stands, what was decided about it."""
    id_ = short(finding["id"])
    hanging = " " * (SHORT + 6)
    if finding["status"] == "dismissed":
        say(wrapped(f"{id_}  {status(finding, decision)}", "    ", hanging))
        return
    text = wrapped(f"{id_}  {statement(finding)}", "    ", hanging)
    say(text.replace(id_, paint(id_, fg="cyan"), 1))
    say(wrapped(status(finding, decision), hanging))


def _topics(table: SideBySide) -> None:
    """Write what each party demands, refuses and leaves out, item by item, and where it says so."""
    columns = ["", "", *(party.name for party in table.parties)]
    say()
    print_table(columns, stances(table), indent=4, limit=width(), header_limit=_HEADER)
    say()
    for party in table.parties:
        acting = f" (for {party.acts_for})" if party.acts_for else ""
        say(wrapped(f"{party.name}{acting}", "    "))
        for held in party.claims:
            claim = held.claim
            when = claim.said or claim.published
            via = f", via {', '.join(claim.via)}" if claim.via else ""
            left = (
                f"; of it stands: {held.value.stated}" if isinstance(held.value, Remaining) else ""
            )
            told = f"{short(held.id)}  {claim.modality}: {claim.value.stated}"
            say(wrapped(f"{told} ({when.stated}{via}{left})", "      ", " " * (SHORT + 8)))
    say()
