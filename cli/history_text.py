"""What was said over time, as a person reads it: a table per claimant.

What a claimant revised or took back is struck through on a terminal, and says so in a pipe.
Where amounts are told, a terminal also draws them: ``●`` a number, ``├──▶`` a lower bound,
``◀──┤`` an upper one, ``├──┤`` a range.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

import click

from cli.output import Styled, on_terminal, paint, print_table, width, wrapped
from cli.phrasing import counted, scope
from projections.filed import Json, shown_value
from projections.timeline import Statement, Timeline

_BAR: Final = 24
_NARROW: Final = 100
"""Columns of a terminal below which bars are half as long."""

Ends = tuple[Decimal | None, Decimal | None]
Scale = tuple[Decimal, Decimal]


def print_timelines(timelines: Sequence[Timeline]) -> bool:
    """Write each claimant's statements, drawn to one scale; return whether there were any."""
    scale = None
    if on_terminal():
        told = [one.filed.value for timeline in timelines for one in timeline.statements]
        scale = _scale([_ends(value) for value in told])
    for number, timeline in enumerate(timelines):
        if number:
            click.echo()
        key = timeline.key
        narrowed = scope({"scope": key.scope_shown})
        topic = f"{key.subject_shown}, {key.predicate_shown}"
        topic += f" ({narrowed})" if narrowed else ""
        count = counted(len(timeline.statements), "statement")
        heading = f"{timeline.claimant} on {topic}: {count}"
        click.echo(paint(wrapped(heading), bold=True))
        columns = ["as of", "said", "value", "", "via", "standing"]
        rows = list(_rows(timeline, scale))
        if not any(row[3] for row in rows):
            del columns[3]
            for row in rows:
                del row[3]
        print_table(columns, rows, indent=2)
    return bool(timelines)


def _rows(timeline: Timeline, scale: Scale | None) -> Iterator[list[str]]:
    length = _BAR if width() >= _NARROW else _BAR // 2
    for statement in timeline.statements:
        said = statement.filed.said
        assert said is not None
        gone = "" if statement.standing == "stands" else "strike dim"
        drawn = bar(*_ends(statement.filed.value), *scale, length) if scale else ""
        yield [
            said.get("as_of") or f"at the latest {said['published']}",
            said.get("said") or said["published"],
            Styled(_value(statement, timeline.unit), gone),
            Styled(drawn, gone),
            "; ".join(said.get("via", ())),
            Styled(statement.standing, "" if statement.standing == "stands" else "yellow"),
        ]


def _value(statement: Statement, unit: str | None) -> str:
    said = statement.filed.said
    assert said is not None
    value = statement.filed.value
    quantity = value["type"] == "quantity"
    told = shown_value(said, value.get("unit", unit) if quantity else None)
    modality = said.get("modality", "asserted")
    return told if modality == "asserted" else f"{modality}: {told}"


def _ends(value: Json) -> Ends:
    if value["type"] != "quantity":
        return None, None
    lower, upper = value.get("lower"), value.get("upper")
    return (
        None if lower is None else Decimal(lower),
        None if upper is None else Decimal(upper),
    )


def _scale(ends: Sequence[Ends]) -> Scale | None:
    """Return the least and the greatest number that is drawn; ``None`` where there is no room."""
    numbers = [number for pair in ends for number in pair if number is not None]
    if not numbers or min(numbers) == max(numbers):
        return None
    return min(numbers), max(numbers)


def bar(
    lower: Decimal | None, upper: Decimal | None, least: Decimal, greatest: Decimal, width: int
) -> str:
    """Return the numbers from ``lower`` to ``upper`` as a bar on a line of so many columns."""

    origin, length = Fraction(least), Fraction(greatest) - Fraction(least)

    def column(number: Decimal) -> int:
        return int((Fraction(number) - origin) * (width - 1) / length)

    if lower is None and upper is None:
        return ""
    start = 0 if lower is None else column(lower)
    end = width - 1 if upper is None else column(upper)
    first, last = "◀" if lower is None else "├", "▶" if upper is None else "┤"
    if start < end:
        drawn = first + "─" * (end - start - 1) + last
    elif lower is None or upper is None:
        drawn = last if upper is None else first
    else:
        drawn = "●"
    return ("·" * start + drawn).ljust(width, "·")
