"""What a history looks like, before anybody draws it: each statement as a range over a time.

A number is a point and a bound a range that is open on one side; *about* and rounded figures
are as wide as they are judged; a date is a range of seconds; a name or a yes stands by itself.
Panels are made of what shares an axis: one scope, one kind of value, one unit. Everything is
exact here: whoever draws makes floats of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final, Literal

import attrs

from ledger.values import Day, Quantity
from projections.held import FUTURE, PAST, Definition, Span, read_under, span_of
from projections.timeline import Statement, Timeline
from projections.views import Views

Axis = Literal["number", "time", "name"]

_AT_ONCE: Final = 500


@attrs.frozen
class Extent:
    """Where a value lies: from ``lower`` to ``upper`` (seconds for a date), open where ``None``.

    ``soft`` says that the ends are no statement's own: about, rounded, vague, uncertain.
    """

    axis: Axis
    unit: str | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    soft: bool = False

    @property
    def bounded(self) -> bool:
        """Whether there is anything to draw on a scale."""
        return self.lower is not None or self.upper is not None


@attrs.frozen(eq=False)
class Drawn:
    """A statement with where it lies, and the gravest verdict on it that is not dismissed."""

    claimant: str
    statement: Statement
    extent: Extent
    about: Span | None
    said: Span
    verdict: str | None

    @property
    def gone(self) -> bool:
        """Whether it stands no longer."""
        return self.statement.standing != "stands"


@attrs.frozen(eq=False)
class Panel:
    """Statements that share an axis, in the order in which they are listed."""

    subject: str
    predicate: str
    scope: str
    axis: Axis
    unit: str | None
    drawn: tuple[Drawn, ...]

    @property
    def claimants(self) -> list[str]:
        """Who speaks, each once."""
        return list(dict.fromkeys(one.claimant for one in self.drawn))


def extent_of(statement: Statement, definition: Definition) -> Extent:
    """Return where a statement's value lies, read as its predicate is defined."""
    value = read_under(definition, statement.filed.claim)
    if isinstance(value, Quantity):
        reach = value.interval(definition.tolerance)
        unit = value.unit or definition.unit
        return Extent("number", unit, reach.lower, reach.upper, value.approx is not None)
    if isinstance(value, Day):
        begin, end = (None if at is None else Decimal(at) for at in (value.earliest, value.latest))
        return Extent("time", None, begin, end, value.uncertain)
    return Extent("name")


def panels(views: Views, timelines: Sequence[Timeline]) -> list[Panel]:
    """Return what is to be drawn of these timelines, panel by panel."""
    verdicts = dict(_verdicts(views, (s.filed.id for t in timelines for s in t.statements)))
    found: dict[tuple[str, Axis, str | None], list[Drawn]] = {}
    about: dict[tuple[str, Axis, str | None], Timeline] = {}
    for timeline in timelines:
        for statement in timeline.statements:
            extent = extent_of(statement, timeline.definition)
            place = (timeline.key.scope, extent.axis, extent.unit)
            about.setdefault(place, timeline)
            claim = statement.filed.claim
            found.setdefault(place, []).append(
                Drawn(
                    timeline.claimant,
                    statement,
                    extent,
                    None if claim.as_of is None else span_of(claim.as_of),
                    span_of(claim.said or claim.published),
                    verdicts.get(statement.filed.id),
                )
            )
    return [
        Panel(
            about[place].key.subject_shown,
            about[place].key.predicate_shown,
            "; ".join(f"{name}: {text}" for name, text in about[place].key.scope_shown.items()),
            place[1],
            place[2],
            tuple(drawn),
        )
        for place, drawn in found.items()
    ]


def _verdicts(views: Views, claims: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield claims with a contradiction or else a tension about them, the gravest last."""
    ids = iter(claims)
    found: dict[str, list[str]] = {"tension": [], "contradiction": []}
    while some := list(islice(ids, _AT_ONCE)):
        for finding in views.findings(some):
            if finding["verdict"] in found and finding["status"] != "dismissed":
                told = [id_ for camp in finding["camps"] for id_ in camp["claims"]]
                found[finding["verdict"]] += told
    for verdict, told in found.items():
        yield from ((id_, verdict) for id_ in told)


def middle(span: Span | None) -> int | None:
    """Return the second in the middle of a time; ``None`` where it has no end or no begin."""
    if span is None or span[0] <= PAST or span[1] >= FUTURE:
        return None
    return (span[0] + span[1]) // 2
