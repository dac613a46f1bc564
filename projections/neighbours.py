"""Judging claims beside those of neighbouring predicates: ``part-whole`` and ``order``.

A finding belongs to the anchor's place: the slice of the whole, or of the end that comes too
early; for a count over time, the whole's scope. :mod:`projections.narrow_neighbours` says which
places could hold one, :mod:`projections.judge_neighbours` judges one. As with slices, what an
event touches is noted first, and only that is judged:

=========================================  =================================================
a claim comes, goes, or is revised         its own place, and those it bounds from below
a claim says less than nothing             its key, and the keys it is a part of
a key is matched, or defined otherwise     it, and the keys it is a part of
a definition names a neighbour, or did     every key of the anchor
=========================================  =================================================
"""

import sqlite3
from collections.abc import Collection, Iterator

from projections import narrow_neighbours as narrow
from projections import narrow_sums, schema
from projections.judge_neighbours import NEIGHBOUR_RULES, NeighbourJudge
from projections.loading import Loader
from projections.narrow import SliceKey
from projections.narrow_neighbours import Edge, Where, speaks
from projections.relations import Relations


class Neighbours:
    """Judges neighbours: all of them, or what is noted as touched."""

    def __init__(self, connection: sqlite3.Connection, loader: Loader) -> None:
        self._connection = connection
        self._load = loader
        self._relations = Relations(connection)
        self._judge_place = NeighbourJudge(connection, loader)
        self._edges_of: dict[int, list[Edge]] = {}
        self._places: set[SliceKey] = set()
        self._keys: set[int] = set()

    def judge_all(self) -> None:
        """Judge every place that could hold a finding."""
        anchors = set(self._relations.all_anchors())
        anchors |= self._numbers("SELECT DISTINCT predicate FROM keys WHERE over_time = 'period'")
        places = set(narrow.early_slices(self._connection))
        for anchor in sorted(anchors):
            places |= set(self._suspects(anchor))
        for place in sorted(places):
            self._judge(place)

    # what is touched

    def touch_names(self, names: Collection[int]) -> None:
        """Note names that were matched, unmatched or defined: their neighbours are others now."""
        for predicate in self._relations.related(names):
            self._keys |= self._numbers("SELECT id FROM keys WHERE predicate = ?", predicate)

    def touch_key(self, key: int) -> None:
        """Note a key that is judged anew as a whole."""
        self._keys.add(key)
        subject, predicate = self._pair(key)
        for anchor in self._relations.anchors(predicate):
            self._keys |= self._numbers(
                "SELECT id FROM keys WHERE subject = ? AND predicate = ?", subject, anchor
            )

    def touch(self, position: int) -> None:
        """Note a claim that came, went, or was revised."""
        key, predicate, *rest = self._connection.execute(
            "SELECT key, keys.predicate, scope, claims.earliest, claims.latest, flags, "
            f"class = 'quantity' AND (upper < '{schema.ZERO}' OR (lower > '' AND "
            f"lower < '{schema.ZERO}')) FROM claims JOIN topics ON topics.id = topic "
            "JOIN keys ON keys.id = key WHERE position = ?",
            (position,),
        ).fetchone()
        scope, earliest, latest, flags, is_negative = rest
        if is_negative:
            self.touch_key(key)
        own = SliceKey(key, scope, earliest, latest)
        if flags & schema.EARLY:
            self._places.add(own)
        for place in self._connection.execute(
            "SELECT key, scope, earliest, latest FROM finding_claims JOIN findings ON id = finding "
            "WHERE claim = ? AND rule IN (?, ?)",
            (position, *NEIGHBOUR_RULES),
        ):
            self._places.add(SliceKey(*place))
        edges = self._edges(predicate)
        for edge in edges:
            self._touch_own(edge, own, position)
        if any(edge.disjoint and edge.over_time.startswith("cumulative") for edge in edges):
            disjoint = [edge for edge in edges if edge.disjoint]
            if any(narrow_sums.suspect_sums(self._connection, disjoint, Where(own=position))):
                self._places.add(SliceKey(key, scope, 0, 0))
        for anchor in (*self._relations.anchors(predicate), predicate):
            for edge in self._edges(anchor):
                if edge.partner == predicate:
                    self._touch_other(edge, position)

    def _touch_own(self, edge: Edge, own: SliceKey, position: int) -> None:
        if edge.over_time == "constant":
            self._places.add(SliceKey(own.key, own.scope, 0, 0))
        elif not edge.over_time.startswith("cumulative"):
            self._places.add(own)
        elif self._any(edge, Where(own=position)):
            self._places.add(SliceKey(own.key, own.scope, 0, 0))

    def _touch_other(self, edge: Edge, position: int) -> None:
        """Note the places where a claim bounds an anchor's: in a sum it matters however low."""
        alone = not edge.disjoint
        if edge.disjoint and edge.over_time.startswith("cumulative"):
            disjoint = [each for each in self._edges(edge.anchor) if each.disjoint]
            alone = self._speaks(position) and not narrow_sums.may_exceed_with(
                self._connection, disjoint, edge, position
            )
        for match in narrow.matches(
            self._connection, edge, Where(other=position), apart=alone, standing=alone
        ):
            own = SliceKey(match.key, match.scope, match.earliest, match.latest)
            if edge.over_time.startswith("cumulative"):
                self._places.add(SliceKey(own.key, own.scope, 0, 0))
                return
            self._places.add(own)

    def _speaks(self, position: int) -> bool:
        """Whether a claim stands and affirms something; one that did may have been chosen."""
        return bool(
            self._connection.execute(
                f"SELECT 1 FROM claims WHERE position = ? AND {speaks('claims')}", (position,)
            ).fetchone()
        )

    def _any(self, edge: Edge, where: Where) -> bool:
        return next(narrow.matches(self._connection, edge, where), None) is not None

    def judge_touched(self) -> None:
        """Judge what was noted."""
        for key in sorted(self._keys):
            self._forget(key)
            self._places |= set(self._suspects(self._pair(key)[1], key))
        for place in sorted(self._places):
            self._judge(place)

    def _forget(self, key: int) -> None:
        """Take back what was found of a key."""
        found = f"SELECT id FROM findings WHERE key = ? AND rule IN {NEIGHBOUR_RULES}"
        self._connection.execute(f"DELETE FROM finding_claims WHERE finding IN ({found})", (key,))
        self._connection.execute(f"DELETE FROM findings WHERE id IN ({found})", (key,))

    # which places

    def _edges(self, anchor: int) -> list[Edge]:
        """Return what an anchor is compared with, and how over time.

        A part that nobody defined counts as its whole does; one that is defined to count
        otherwise is passed over.
        """
        known = self._edges_of.get(anchor)
        if known is not None:
            return known
        definition = self._load.definition(anchor)
        edges = []
        for partner in self._relations.partners(anchor):
            theirs = self._load.definition(partner.predicate)
            over_time = theirs.over_time if theirs.defined else definition.over_time
            if not partner.is_part:
                constant = over_time == definition.over_time == "constant"
                how = "constant" if constant else "instant"
                edges.append(Edge(anchor, partner.predicate, "day", how))  # type: ignore[arg-type]
            elif over_time == definition.over_time:
                edges.append(
                    Edge(anchor, partner.predicate, "quantity", over_time, partner.disjoint)
                )
        if definition.over_time == "period":
            edges.append(Edge(anchor, anchor, "quantity", "period", same=True))
        self._edges_of[anchor] = edges
        return edges

    def _suspects(self, anchor: int, key: int | None = None) -> Iterator[SliceKey]:
        """Yield the places of an anchor, or of one of its keys, that could hold a finding."""
        where = Where(key=key)
        edges = self._edges(anchor)
        disjoint = [edge for edge in edges if edge.disjoint]
        for edge in edges:
            if edge.over_time.startswith("cumulative"):
                for found in narrow.suspect_series(self._connection, edge, key):
                    yield SliceKey(*found, 0, 0)
            else:
                for match in narrow.matches(self._connection, edge, where):
                    yield SliceKey(match.key, match.scope, match.earliest, match.latest)
        if disjoint and disjoint[0].over_time.startswith("cumulative"):
            for found in narrow_sums.shared_series(self._connection, disjoint, key):
                yield SliceKey(*found, 0, 0)
        elif disjoint:
            yield from narrow_sums.suspect_sums(self._connection, disjoint, where)
        if key is not None:
            yield from narrow.early_slices(self._connection, key)

    def _judge(self, place: SliceKey) -> None:
        subject, anchor = self._pair(place.key)
        self._judge_place.judge(place, subject, self._edges(anchor))

    # looking up

    def _pair(self, key: int) -> tuple[int, int]:
        row = self._connection.execute(
            "SELECT subject, predicate FROM keys WHERE id = ?", (key,)
        ).fetchone()
        return (row[0], row[1])

    def _numbers(self, query: str, *parameters: object) -> set[int]:
        return {number for (number,) in self._connection.execute(query, parameters)}
