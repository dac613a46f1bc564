"""Claims that lead back to each other by links that say what a claim was made from."""

import sqlite3
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

import attrs

from projections.acts import family_of
from projections.contradictions.family import Circle
from projections.counted import Counted, counted_of
from projections.held import Held
from projections.links import DERIVING, Ids, circle_of, links


@attrs.frozen
class Edge:
    """A link from one claim to another, by their roots, and when it was recorded."""

    start: str
    end: str
    recorded_at: str


@attrs.frozen
class Found:
    """The claims of a circle, by the ids of their first recordings, and the links among them."""

    claims: Mapping[str, Counted]
    edges: Sequence[Edge]

    def told(self, first: str, held: Mapping[str, Held]) -> Circle:
        """Return the circle as the rule takes it, beginning at ``first``."""
        way = _way_round(first, self.edges)
        others = sorted(held.keys() - set(way), key=lambda root: held[root].order)
        return Circle(
            claims=tuple(held[root] for root in (*way, *others)),
            way=tuple(held[root] for root in way),
            links=tuple((held[edge.start], held[edge.end]) for edge in self.edges),
            since=_since(self.edges, held),
        )


def circle_through(connection: sqlite3.Connection, counted: Counted) -> Found | None:
    """Return the claims from which a way leads back to this one; ``None`` if there is none.

    What was taken back is no part of a way, nor is what is not held here.
    """
    known: dict[Ids, Counted] = {counted.family: counted}
    edges: set[Edge] = set()

    def step(node: Ids, backwards: bool) -> set[Ids]:
        ends: set[Ids] = set()
        for link in links(connection, node, DERIVING, backwards=backwards):
            family = frozenset(family_of(connection, link.end))
            one = known.get(family) or counted_of(connection, family)
            if one is None or one.retracted:
                continue
            known[family] = one
            ends.add(family)
            here, there = known[node].root, one.root
            start, end = (there, here) if backwards else (here, there)
            edges.add(Edge(start, end, link.recorded_at))
        return ends

    inside = {known[family].root: known[family] for family in circle_of(counted.family, step)}
    if not inside:
        return None
    among = {edge for edge in edges if edge.start in inside and edge.end in inside}
    return Found(inside, sorted(among, key=lambda edge: (edge.start, edge.end, edge.recorded_at)))


def _way_round(first: str, edges: Sequence[Edge]) -> list[str]:
    """Return the shortest way from ``first`` back to it; of equals the smallest, id by id."""
    ways = [[first]]
    seen: set[str] = set()
    while True:
        longer: list[list[str]] = []
        for way in ways:
            for edge in edges:
                if edge.start == way[-1]:
                    if edge.end == first:
                        return way
                    if edge.end not in seen:
                        seen.add(edge.end)
                        longer.append([*way, edge.end])
        ways = longer


def _since(edges: Sequence[Edge], held: Mapping[str, Held]) -> str:
    """Return when the first way round was complete, the claims on it included."""

    def complete(edge: Edge) -> str:
        return max(edge.recorded_at, held[edge.start].recorded_at, held[edge.end].recorded_at)

    graph: dict[str, set[str]] = {}
    for edge in sorted(edges, key=complete):
        graph.setdefault(edge.start, set()).add(edge.end)
        try:
            TopologicalSorter(graph).prepare()
        except CycleError:
            return complete(edge)
    raise AssertionError("no way round")
