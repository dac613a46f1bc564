"""Judging one place of an anchor beside its neighbours: claims in, findings out.

What a place holds is loaded as :mod:`projections.narrow_neighbours` finds it: of a slice the
pairs that may not both hold, of a count over time the wholes that are less than a part before
them. Which places there are, and which an event touches, is for :mod:`projections.neighbours`.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence

import attrs

from projections import narrow_neighbours as narrow
from projections import narrow_sums, schema
from projections.contradictions.finding import Finding
from projections.contradictions.neighbourhood import Neighbour, Neighbourhood
from projections.contradictions.rules import EARLY_RULES, ORDER_RULES, PART_RULES
from projections.contradictions.series import DAY, Point, fallen
from projections.contradictions.slices import Slice
from projections.findings import Findings
from projections.held import Definition
from projections.loading import Loader
from projections.measures import converts
from projections.narrow import SliceKey
from projections.narrow_neighbours import Edge, Where, speaks

NEIGHBOUR_RULES = ("part-whole", "order")
"""The rules whose findings are written here."""


class NeighbourJudge:
    """Judges places and writes what it finds."""

    def __init__(self, connection: sqlite3.Connection, loader: Loader) -> None:
        self._connection = connection
        self._load = loader
        self._findings = Findings(connection)

    def judge(self, place: SliceKey, subject: int, edges: Sequence[Edge]) -> None:
        """Judge one place of an anchor with this subject, and write what is found there."""
        context = self._load.key(place.key).context
        if context.definition.over_time.startswith("cumulative"):
            by_edge, own = self._series_claims(place, subject, edges)
        else:
            by_edge, own = self._slice_claims(place, edges)
        findings: dict[str, list[Finding]] = {rule: [] for rule in NEIGHBOUR_RULES}
        for kind, rules, name in (
            ("quantity", PART_RULES, "part-whole"),
            ("day", ORDER_RULES, "order"),
        ):
            neighbours = [
                self._neighbour(edge, subject, by_edge[edge], place.key)
                for edge in edges
                if edge.kind == kind and by_edge.get(edge)
            ]
            if neighbours:
                case = Neighbourhood(
                    key=self._load.shown_key(place.key, place.scope),
                    own=tuple(self._load.all_held(sorted(own), context)),
                    neighbours=tuple(each for each in neighbours if each is not None),
                    context=context,
                )
                findings[name] += [found for rule in rules for found in rule(case)]
        findings["order"] += self._early(place)
        for name, found in findings.items():
            self._findings.write(place, (name,), found)

    def _neighbour(
        self, edge: Edge, subject: int, positions: Collection[int], key: int
    ) -> Neighbour | None:
        """Return a neighbour with its claims, unless an amount of either is below zero."""
        theirs = self._key_of(subject, edge.partner)
        if theirs is None:
            return None
        if edge.kind == "quantity" and any(
            narrow.below_zero(self._connection, each) for each in (key, theirs)
        ):
            return None
        definition = self._load.definition(edge.partner)
        if not definition.defined:
            definition = _as_part(self._load.definition(edge.anchor))
        context = self._load.key(theirs).context
        [name] = self._connection.execute(
            "SELECT folded FROM names WHERE id = ?", (edge.partner,)
        ).fetchone()
        return Neighbour(
            predicate=name,
            definition=definition,
            over_time=edge.over_time,
            claims=tuple(self._load.all_held(sorted(positions), context)),
            is_part=edge.kind == "quantity",
            disjoint=edge.disjoint,
            same=edge.same,
        )

    def _early(self, place: SliceKey) -> list[Finding]:
        """Return what is found of claims that were published before the time they are about."""
        rows = self._connection.execute(
            "SELECT position FROM claims INDEXED BY claims_by_slice WHERE topic IN "
            "(SELECT id FROM topics WHERE key = ?) AND scope = ? AND earliest = ? AND latest = ? "
            f"AND flags & {schema.EARLY} AND {speaks('claims')}",
            (place.key, place.scope, place.earliest, place.latest),
        ).fetchall()
        if not rows:
            return []
        context = self._load.key(place.key).context
        case = Slice(
            key=self._load.shown_key(place.key, place.scope),
            span=(place.earliest, place.latest),
            own=tuple(self._load.all_held(sorted(at for (at,) in rows), context)),
            visiting=(),
            context=context,
        )
        return [finding for rule in EARLY_RULES for finding in rule(case)]

    def _slice_claims(
        self, place: SliceKey, edges: Sequence[Edge]
    ) -> tuple[dict[Edge, set[int]], set[int]]:
        """Return the claims of a place that may not hold together, by neighbour, and its own."""
        where = Where(place=place)
        disjoint = [edge for edge in edges if edge.disjoint]
        together = bool(disjoint) and any(
            narrow_sums.suspect_sums(self._connection, disjoint, where)
        )
        by_edge: dict[Edge, set[int]] = {}
        own: set[int] = set()
        for edge in edges:
            if edge.over_time == "constant" and (place.earliest, place.latest) != (0, 0):
                continue
            apart = not (edge.disjoint and together)
            for match in narrow.matches(self._connection, edge, where, apart=apart):
                by_edge.setdefault(edge, set()).add(match.other)
                own.add(match.own)
        return by_edge, own

    def _series_claims(
        self, place: SliceKey, subject: int, edges: Sequence[Edge]
    ) -> tuple[dict[Edge, set[int]], set[int]]:
        """Return the same of a count over time: the wholes that are less than a part before."""
        by_edge: dict[Edge, set[int]] = {}
        own: set[int] = set()
        if (place.earliest, place.latest) != (0, 0):
            return by_edge, own
        down = any(edge.over_time == "cumulative-down" for edge in edges)
        wholes = list(self._points(place.key, place.scope, down, whole=True))
        parts: dict[Edge, list[Point]] = {}
        for edge in edges:
            theirs = self._key_of(subject, edge.partner)
            if theirs is not None:
                parts[edge] = list(self._points(theirs, place.scope, down, whole=False))
        for edge, points in parts.items():
            for position, candidates in fallen([*wholes, *points]):
                own.add(position)
                for equals in candidates:
                    by_edge.setdefault(edge, set()).update(equals)
        sums = _below_sums(wholes, [parts[edge] for edge in parts if edge.disjoint])
        if sums:
            own |= sums
            for edge, points in parts.items():
                if edge.disjoint:
                    by_edge.setdefault(edge, set()).update(point.position for point in points)
        return by_edge, own

    def _points(self, key: int, scope: int, down: bool, *, whole: bool) -> Iterator[Point]:
        """Yield the claims of a count as a sweep sees them; backwards for one that can only fall.

        A whole bounds nothing from below here, and a part is bounded by nothing.
        """
        for position, lower, upper, flags, latest in self._connection.execute(
            "SELECT position, lower, upper, flags, latest FROM claims "
            "INDEXED BY claims_by_slice WHERE topic IN (SELECT id FROM topics WHERE key = ?) "
            f"AND scope = ? AND class = 'quantity' AND {speaks('claims')}",
            (key, scope),
        ):
            opens = flags & schema.OPEN_END
            last = latest // DAY
            yield Point(
                position=position,
                first_day=-last if down else last,
                last_day=-last if down else last,
                floor=(lower, opens),
                ceiling=(upper, -opens) if whole else (schema.HIGHEST, 0),
                is_peak=not whole,
            )

    def _key_of(self, subject: int, predicate: int) -> int | None:
        row = self._connection.execute(
            "SELECT id FROM keys WHERE subject = ? AND predicate = ?", (subject, predicate)
        ).fetchone()
        return None if row is None else int(row[0])


def _as_part(whole: Definition) -> Definition:
    """Return how a part that nobody defined counts: as its whole does.

    But for a unit that converts: the views hold such a part's amounts as they were stated.
    """
    return attrs.evolve(whole, unit=None) if converts(whole.unit) else whole


def _below_sums(wholes: Iterable[Point], parts: Sequence[Sequence[Point]]) -> set[int]:
    """Return the wholes that are no more than the sum of the highest bounds before them."""
    if len(parts) < 2:
        return set()
    highest = [""] * len(parts)
    events = [(point.first_day, 1, 0, point) for point in wholes]
    events += [(each.last_day, 0, at, each) for at, points in enumerate(parts) for each in points]
    found: set[int] = set()
    for _, is_whole, at, point in sorted(events, key=lambda event: event[:2]):
        if not is_whole:
            highest[at] = max(highest[at], point.floor[0])
        else:
            floors = [floor for floor in highest if floor > schema.ZERO]
            if len(floors) > 1 and narrow_sums.exceed(floors, point.ceiling[0]):
                found.add(point.position)
    return found
