"""What changed among the findings, as a person reads it on a terminal."""

from collections.abc import Mapping

from cli import change_words
from cli.output import paint, say, wrapped
from cli.phrasing import counted, short
from cli.report_words import about, kind, statement, status
from cli.session import SHORT
from projections.changes import KINDS, Change, Changes
from projections.decisions import Decided


def write_changes(
    found: Changes, decided: Mapping[str, Decided], top: int | None, *, list_revisions: bool
) -> None:
    """Write the changes on stdout: of each kind the ``top`` most severe, the others counted.

    Revisions are only counted, unless ``list_revisions``.
    """
    listed, revised = (found, ()) if list_revisions else found.without_revisions()
    for kind_ in KINDS:
        changes = listed.of(kind_)
        if not changes:
            continue
        say(paint(f"{kind_.capitalize()}:", bold=True))
        for change in changes[:top]:
            _change(change, decided)
        left_out = len(changes[top:]) if top is not None else 0
        if left_out:
            say(f"  and {left_out:,} more (a larger --top shows them)")
        say()
    if revised:
        say(paint("Revised (--rule revision lists each):", bold=True))
        for one in revised:
            say(wrapped(change_words.revised_since(one), "  ", "    "))
        say()
    counts = {kind_: len(listed.of(kind_)) for kind_ in KINDS}
    compared = f"The ledger held {counted(found.before, 'event')} then and holds {found.size:,} now"
    say(wrapped(f"{change_words.changed(counts)} {compared}."))


def _change(change: Change, decided: Mapping[str, Decided]) -> None:
    found = change.finding
    told = found.told
    say(wrapped(f"{about(told)}: {kind(found.row.rule, found.row.verdict)}", "  ", "    "))
    hanging = " " * (SHORT + 6)
    id_ = short(found.row.id)
    say(
        wrapped(f"{id_}  {statement(told)}", "    ", hanging).replace(id_, paint(id_, fg="cyan"), 1)
    )
    became = change_words.became(change, decided)
    opened = change.kind == "opened"
    say(wrapped(status(told, decided.get(found.row.id)) if opened else became, hanging))
