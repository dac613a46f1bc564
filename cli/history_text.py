"""What was said over time, as a person reads it: a table per claimant.

What a claimant revised or took back is struck through on a terminal, and says so in a pipe.
Where amounts or dates are told, a terminal also draws them, all that share a unit to one scale,
whose ends stand above: ``●`` a number, ``├──▶`` a lower bound, ``◀──┤`` an upper one, ``├──┤`` a
range, ``├┄┄┤`` what is about, rounded or uncertain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

import click

from cli.output import Styled, on_terminal, paint, print_table, width, wrapped
from cli.phrasing import counted, scope, with_revised
from ledger.decimals import spell
from projections.filed import shown_value, with_modality
from projections.picture import Extent, extent_of
from projections.timeline import Statement, Timeline

_BARS: Final = ((140, 44), (100, 24), (80, 12))
"""Columns of a terminal, and of the bars on one that has so many; narrower ones have none."""

Scale = tuple[Decimal, Decimal]
Scales = Mapping[tuple[str, str | None], Scale]
"""The least and the greatest that is drawn, by axis and unit."""


def print_timelines(timelines: Sequence[Timeline]) -> bool:
    """Write each claimant's statements, drawn to one scale; return whether there were any."""
    length = next((bar for columns, bar in _BARS if width() >= columns), 0)
    scales: Scales = {}
    if on_terminal() and length:
        scales = scales_of(
            extent_of(one, timeline.definition)
            for timeline in timelines
            for one in timeline.statements
        )
    ruler = _ruler(scales, length)
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
        columns = ["as of", "said", "value", ruler, "via", "standing"]
        rows = list(_rows(timeline, scales, length))
        if not any(row[3] for row in rows):
            del columns[3]
            for row in rows:
                del row[3]
        print_table(columns, rows, indent=2)
    return bool(timelines)


def _rows(timeline: Timeline, scales: Scales, length: int) -> Iterator[list[str]]:
    for statement in timeline.statements:
        said = statement.filed.said
        assert said is not None
        gone = "" if statement.standing == "stands" else "strike dim"
        standing = with_revised(statement.standing, statement.revised.to_json())
        extent = extent_of(statement, timeline.definition)
        scale = scales.get((extent.axis, extent.unit))
        drawn = ""
        if scale is not None:
            drawn = bar(extent.lower, extent.upper, *scale, length, soft=extent.soft)
        yield [
            said.get("as_of") or f"at the latest {said['published']}",
            said.get("said") or said["published"],
            Styled(_value(statement, timeline.unit), gone),
            Styled(drawn, gone),
            "; ".join(said.get("via", ())),
            Styled(standing, "" if standing == "stands" else "yellow"),
        ]


def _value(statement: Statement, unit: str | None) -> str:
    said = statement.filed.said
    assert said is not None
    value = statement.filed.value
    quantity = value["type"] == "quantity"
    told = shown_value(said, value.get("unit", unit) if quantity else None)
    return with_modality(told, said.get("modality", "asserted"))


def scales_of(extents: Iterable[Extent]) -> Scales:
    """Return the ends of what is drawn on each axis; none where there is only one end."""
    ends: dict[tuple[str, str | None], list[Decimal]] = {}
    for extent in extents:
        numbers = [end for end in (extent.lower, extent.upper) if end is not None]
        ends.setdefault((extent.axis, extent.unit), []).extend(numbers)
    return {
        place: (min(numbers), max(numbers))
        for place, numbers in ends.items()
        if numbers and min(numbers) < max(numbers)
    }


def _ruler(scales: Scales, length: int) -> str:
    """Return the heading of the bars: the ends of their scale, where there is but one."""
    if len(scales) != 1:
        return ""
    [((axis, _), scale)] = scales.items()
    first, last = (_day(end) if axis == "time" else f"{Decimal(spell(end)):,f}" for end in scale)
    room = length - len(first) - len(last)
    return f"{first}{' ' * room}{last}" if room > 0 else ""


def _day(second: Decimal) -> str:
    try:
        return (date(1970, 1, 1) + timedelta(seconds=int(second))).isoformat()
    except OverflowError:
        return ""


def bar(
    lower: Decimal | None,
    upper: Decimal | None,
    least: Decimal,
    greatest: Decimal,
    width: int,
    *,
    soft: bool = False,
) -> str:
    """Return the numbers from ``lower`` to ``upper`` as a bar on a line of so many columns.

    A ``soft`` one is dashed: its ends are nobody's own.
    """

    origin, length = Fraction(least), Fraction(greatest) - Fraction(least)

    def column(number: Decimal) -> int:
        return int((Fraction(number) - origin) * (width - 1) / length)

    if lower is None and upper is None:
        return ""
    start = 0 if lower is None else column(lower)
    end = width - 1 if upper is None else column(upper)
    first, last = "◀" if lower is None else "├", "▶" if upper is None else "┤"
    if start < end:
        drawn = first + ("┄" if soft else "─") * (end - start - 1) + last
    elif lower is None or upper is None:
        drawn = last if upper is None else first
    else:
        drawn = "●"
    return ("·" * start + drawn).ljust(width, "·")
