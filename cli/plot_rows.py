"""What a picture of a history is drawn from: plain rows, ends of scales, marks on axes.

Here exact numbers become floats, and seconds milliseconds, which is what Vega-Lite counts in.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import ceil
from typing import Any, Final

from projections.filed import shown_value, with_modality
from projections.picture import Drawn, Panel, middle

_BESIDE: Final = 9
"""So many statements of one time are set beside each other; the next begin anew."""
_DAY: Final = 86_400_000
"""A day in milliseconds, in which a picture counts time."""
_DAYS_OF_A_YEAR: Final = 366
_TICKS: Final = 7
_LATEST: Final = 253_402_300_799
"""The last second of the year 9999: what is drawn on an axis of time lies within its years."""


def rows_of(panel: Panel, *, by_said: bool) -> Iterator[dict[str, Any]]:
    """Yield what is drawn of each statement, in plain values, those of one time beside another."""
    taken: dict[int, int] = {}
    placed = []
    for one in panel.drawn:
        at = middle(one.said if by_said or one.about is None else one.about)
        if at is None:
            at = middle(one.said)
        if at is not None and abs(at) <= _LATEST and _drawable(one, panel):
            placed.append((at, one))
            taken[at] = taken.get(at, 0) + 1
    used: dict[int, int] = {}
    for at, one in placed:
        number = used.get(at, 0)
        used[at] = number + 1
        beside = min(taken[at], _BESIDE)
        yield _row(one, panel, at, number % _BESIDE - (beside - 1) / 2)


def _drawable(one: Drawn, panel: Panel) -> bool:
    return panel.axis == "name" or one.extent.bounded


def _row(one: Drawn, panel: Panel, at: int, slot: float) -> dict[str, Any]:
    said = one.statement.filed.said
    assert said is not None
    modality = said.get("modality", "asserted")
    value = shown_value(said, panel.unit)
    lower, upper = (_number(end, panel) for end in (one.extent.lower, one.extent.upper))
    anchor: Any = lower if upper is None else upper if lower is None else (lower + upper) / 2
    if panel.axis == "name":
        anchor = value
    as_of, by = said.get("as_of", "not stated"), said.get("said") or said["published"]
    told, via = with_modality(value, modality), "; ".join(said.get("via", ())) or "—"
    standing, verdict = one.statement.standing, one.verdict or ""
    return {
        "at": at * 1000,
        "described": f"{one.claimant}: {told}, as of {as_of}, said {by}, via {via}; {standing}"
        + (f"; {verdict}" if verdict else ""),
        "slot": slot,
        "claimant": one.claimant,
        "value": value,
        "told": told,
        "anchor": anchor,
        "lower": lower,
        "upper": upper,
        "soft": one.extent.soft,
        "affirmed": modality == "asserted",
        "as_of": as_of,
        "said": by,
        "via": via,
        "standing": standing,
        "held": "stands no longer" if one.gone else "stands",
        "verdict": verdict,
    }


def _number(end: Decimal | None, panel: Panel) -> float | None:
    """Return an end as what the picture's scale takes: a float, or milliseconds."""
    if end is None:
        return None
    if panel.axis == "time":
        return float(max(min(end, Decimal(_LATEST)), Decimal(-_LATEST)) * 1000)
    return float(end)


def domain_of(panel: Panel) -> tuple[float, float]:
    """Return the ends of the values' scale, with room for arrows beyond what was said."""
    ends = [
        number
        for one in panel.drawn
        for end in (one.extent.lower, one.extent.upper)
        if (number := _number(end, panel)) is not None
    ]
    if not ends:
        return 0.0, 1.0
    low, high = min(ends), max(ends)
    if panel.axis == "number" and 0 <= low <= high / 2:
        low = 0.0
    if low == high and panel.axis == "number":
        return (0.0, high * 2) if high > 0 else (low - 1, high + 1)
    room = (high - low) * 0.08 or 1.0
    return (low if low == 0 and panel.axis == "number" else low - room), high + room


def ticks_of(times: Sequence[float], *, exactly: bool = True) -> dict[str, Any]:
    """Return where an axis of time is marked, and how: its own days where these are few."""
    if not times:
        return {}
    first, last = min(times), max(times)
    days = (last - first) / _DAY
    if days > _DAYS_OF_A_YEAR * 6:
        return {"format": "%Y", "tickCount": _TICKS}
    if days > _DAYS_OF_A_YEAR:
        return {"format": "%b %Y", "tickCount": _TICKS}
    own = sorted(set(times))
    if not exactly or len(own) > _TICKS:
        step = max(1, ceil(days / _TICKS))
        start = first // _DAY * _DAY + (first % _DAY if exactly else _DAY)
        own = [start + at * step * _DAY for at in range(int((last - start) // (step * _DAY)) + 1)]
    return {"format": "%-d %b %Y", "values": own}
