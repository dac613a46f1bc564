"""Camps: the maximal sets of claims that can be true together.

Claims that say the same at the same time are one *side*; sides are compared, not claims, so
that a thousand reprints cost one comparison. The camps are the maximal cliques of the graph
"can be true together" (Bron and Kerbosch, 1973, with pivoting); for intervals on a line that
graph is an interval graph and has no more cliques than sides.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import attrs

from ledger.names import fold
from ledger.values import Day, Entity, Quantity, Several, Text, Truth, Value
from projections.compare import unit_of
from projections.contradictions.clash import Context
from projections.held import Held
from projections.remaining import named_by


@attrs.frozen(eq=False)
class Side:
    """Claims that say the same thing with the same certainty of the same time."""

    claims: tuple[Held, ...]

    @property
    def first(self) -> Held:
        """The claim that stands for all of them."""
        return self.claims[0]

    @property
    def voices(self) -> frozenset[str | None]:
        """The voices behind it; ``None`` stands for any number of different ones."""
        return frozenset(held.voice for held in self.claims)


def one_voice(a: Side, b: Side) -> bool:
    """Whether both sides are statements of one and the same voice."""
    return a.voices == b.voices and len(a.voices) == 1 and None not in a.voices


def sides_of(claims: Iterable[Held], context: Context) -> list[Side]:
    """Group claims into sides, in the order in which the first of each was recorded."""
    groups: dict[object, list[Held]] = {}
    for held in sorted(claims, key=lambda held: held.order):
        said = (
            signature(held.value, context),
            held.claim.modality,
            held.span,
            held.inferred,
            held.uncertain,
            context.definition.over_time == "period" and held.so_far,
        )
        groups.setdefault(said, []).append(held)
    return [Side(tuple(group)) for group in groups.values()]


def signature(value: Value | None, context: Context) -> Any:
    """Return what two values share exactly when they say the same, however it was written."""
    if isinstance(value, Quantity):
        ends = (value.lower, value.upper, value.lower_open, value.upper_open)
        return (*ends, unit_of(value, context.definition), value.approx)
    if isinstance(value, Day):
        return (value.earliest, value.latest, value.uncertain)
    if isinstance(value, Entity | Text):
        return context.names.entity(fold(value.stated))
    if isinstance(value, Truth):
        return value.yes
    if isinstance(value, Several):
        items = frozenset(signature(item, context) for item in value.items)
        named = frozenset(signature(item, context) for item in named_by(value))
        return (items, named if value.closed else None)
    return None


def maximal_cliques(count: int, together: Callable[[int, int], bool]) -> list[tuple[int, ...]]:
    """Return the maximal sets of 0…count-1 whose members are pairwise ``together``, sorted."""
    neighbours: list[set[int]] = [set() for _ in range(count)]
    for i in range(count):
        for j in range(i):
            if together(i, j):
                neighbours[i].add(j)
                neighbours[j].add(i)
    return cliques_in(neighbours)


def cliques_in(neighbours: Sequence[set[int]]) -> list[tuple[int, ...]]:
    """Return the maximal cliques of the graph with these neighbours, sorted.

    What is not connected is looked at apart, so many nodes with few neighbours take little.
    """
    found: list[tuple[int, ...]] = []
    seen: set[int] = set()
    for start in range(len(neighbours)):
        if start not in seen:
            component = _connected(start, neighbours)
            seen |= component
            found += _cliques(component, neighbours)
    return sorted(found)


def _connected(start: int, neighbours: Sequence[set[int]]) -> set[int]:
    seen = {start}
    open_ = [start]
    while open_:
        new = neighbours[open_.pop()] - seen
        seen |= new
        open_ += new
    return seen


def _cliques(nodes: set[int], neighbours: Sequence[set[int]]) -> Iterator[tuple[int, ...]]:
    stack: list[tuple[tuple[int, ...], set[int], set[int]]] = [((), set(nodes), set())]
    while stack:
        clique, candidates, seen = stack.pop()
        if not candidates:
            if not seen and clique:
                yield tuple(sorted(clique))
            continue
        pivot = max(candidates | seen, key=lambda node: len(candidates & neighbours[node]))
        for node in sorted(candidates - neighbours[pivot]):
            stack.append(((*clique, node), candidates & neighbours[node], seen & neighbours[node]))
            candidates.discard(node)
            seen.add(node)
