"""What happened, who is who and what stands, by brute force: part of ``reference.py``.

Of every act the one in force is looked for among all; components of names are walked edge by
edge.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs
from reference_values import Span, span

from ledger.codec import decode
from ledger.events import (
    NOT_STATED,
    Claim,
    ClaimAsserted,
    ClaimRetracted,
    ClaimsLinked,
    EntitiesMatched,
    EntitiesUnmatched,
    PredicateDefined,
    RecordingCorrected,
    SourceDescribed,
)
from ledger.heads import decode_head
from ledger.merkle import leaf_hash
from ledger.names import fold
from ledger.store import Row
from ledger.values import Quantity, Value
from projections.held import Definition, read_under


@attrs.frozen
class Happened:
    """An event with its id, the moment it was recorded, and what tells equal ones."""

    id: str
    at: str
    event: Any
    fingerprint: bytes | None

    @property
    def order(self) -> tuple[str, str]:
        return self.at, self.id


def happened(row: Row) -> Happened:
    """What a row of the ledger holds."""
    head = decode_head(row.head)
    event = decode(head.type, head.schema, row.body or b"")
    return Happened(leaf_hash(row.head).hex(), head.recorded_at, event, row.fingerprint)


@attrs.frozen(eq=False)
class Spoken:
    """A claim that was not typed wrong, with who speaks and of what time."""

    id: str
    order: tuple[str, str]
    claim: Claim
    value: Value | None
    definition: Definition
    key: tuple[str, str, tuple[tuple[str, str], ...]]
    voice: str | None
    origin: str
    retracted: bool
    relays: bool

    @property
    def speaks(self) -> bool:
        """Whether it was neither taken back nor is it a relay."""
        return not self.retracted and not self.relays

    @property
    def mode(self) -> str:
        return self.claim.modality

    @property
    def span(self) -> Span:
        return span(self.claim.as_of or self.claim.published)

    @property
    def said(self) -> Span:
        return span(self.claim.said or self.claim.published)

    @property
    def soft(self) -> bool:
        """Whether its as-of is inferred or uncertain."""
        return self.claim.as_of is None or self.claim.as_of.uncertain


def in_force(acts: Sequence[Happened]) -> Happened:
    """Of acts that toggle one thing, the last that no other one replaces."""
    replaced = {act.event.after for act in acts}
    return max([act for act in acts if act.id not in replaced] or acts, key=lambda act: act.order)


def grouped(items: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    """The items under their keys."""
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def reach(start: str, edges: Iterable[tuple[str, str]]) -> set[str]:
    """All that directed edges lead to from ``start``, itself included."""
    found = {start}
    while more := {b for a, b in edges if a in found} - found:
        found |= more
    return found


def both_ways(edges: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edges and their opposites."""
    return {pair for a, b in edges for pair in ((a, b), (b, a))}


class Past:
    """All events together."""

    def __init__(self, events: Sequence[Happened]) -> None:
        self._events = events
        self._acts = grouped(events, lambda act: type(act.event))
        toggles = grouped(self.acts(EntitiesMatched, EntitiesUnmatched), _toggled).items()
        edges = {
            edge for edge, acts in toggles if isinstance(in_force(acts).event, EntitiesMatched)
        }
        self._same = both_ways((a, b) for a, b, relation in edges if relation == "same")
        described = grouped(self.acts(SourceDescribed), lambda act: fold(act.event.name))
        self._described = {name: in_force(acts).event for name, acts in described.items()}
        self._sources = self._same | both_ways(
            (name, fold(alias))
            for name, description in self._described.items()
            for alias in description.aliases
        )
        self._within = {
            (self.entity(a), self.entity(b)) for a, b, relation in edges if relation == "within"
        }
        self.links = [
            (act.event.claim, act.event.relation, act.event.other, act.at)
            for act in self.acts(ClaimsLinked)
        ]
        self.retractions = self.acts(ClaimRetracted)
        self._corrects = {act.id: act.event.corrects for act in self.acts(RecordingCorrected)}
        claims = self.acts(ClaimAsserted, RecordingCorrected)
        self._twins = {
            act.id: sorted(
                (one for one in claims if one.fingerprint == act.fingerprint),
                key=lambda one: one.order,
            )
            for act in claims
        }
        """All recordings of one claim, the first one first, by the id of each."""
        self.standing: dict[str, str] = {}
        """What became of every claim, as far as acts go."""
        self.negative: set[tuple[str, str]] = set()
        """Subjects and predicates of which anybody ever said less than nothing."""
        self.spoken: list[Spoken] = []
        """The claims that speak, or did until they were retracted."""
        self.counted: dict[str, Spoken] = {}
        """The recordings that count, relays included, by the first of their family."""
        self._settle()

    def acts(self, *kinds: type) -> list[Happened]:
        """The events of these kinds."""
        return [act for kind in kinds for act in self._acts.get(kind, [])]

    def until(self, act: Happened) -> "Past":
        """What had happened before this act."""
        return Past([event for event in self._events if event.order < act.order])

    @property
    def named(self) -> set[str]:
        """All names that a match or a description has."""
        pairs = [(act.event.a, act.event.b) for act in self.acts(EntitiesMatched)]
        pairs += [(a.event.name, *a.event.aliases) for a in self.acts(SourceDescribed)]
        return {fold(name) for names in pairs for name in names}

    def entity(self, name: str) -> str:
        """The smallest of the names that are the same as this one."""
        return min(reach(fold(name), self._same))

    def source(self, name: str) -> str:
        """The smallest of the names of this source, aliases included."""
        return min(reach(fold(name), self._sources))

    def inside(self, inner: str, outer: str) -> bool:
        """Whether one entity lies within another, by any number of steps."""
        return any(outer in reach(b, self._within) for a, b in self._within if a == inner)

    def anonymous(self, name: str) -> bool:
        """Whether any description in force of the source says that it is anonymous."""
        return any(described.kind == "anonymous" for described in self._descriptions(name))

    def principal(self, name: str) -> str:
        """For whom a source acts in the end; a circle ends at its smallest name."""
        path = [self.source(name)]
        while True:
            targets = {self.source(d.acts_for) for d in self._descriptions(path[-1]) if d.acts_for}
            onward = sorted(targets - {path[-1]})
            if not onward:
                return path[-1]
            if onward[0] in path:
                return min(path[path.index(onward[0]) :])
            path.append(onward[0])

    def _descriptions(self, name: str) -> list[SourceDescribed]:
        known = reach(fold(name), self._sources) & self._described.keys()
        return [self._described[other] for other in known]

    def family(self, id_: str) -> set[str]:
        """A recording, what it corrects, what corrects it, its twins, and so on."""
        same = {(id_, twin.id) for id_, twins in self._twins.items() for twin in twins}
        return reach(id_, same | both_ways(self._corrects.items()))

    def first(self, id_: str) -> str:
        """The first recording of a claim, of those that are one."""
        return self._twins[id_][0].id if id_ in self._twins else id_

    def _settle(self) -> None:
        taken_back = {act.event.claim for act in self.retractions}
        relaying = {a for a, relation, *_ in self.links if relation in ("relays", "translates")}
        for act in self.acts(ClaimAsserted, RecordingCorrected):
            family, root = self.family(act.id), self.root(act.id)
            if self.first(act.id) != act.id:
                self.standing[act.id] = "twin"
                continue
            if self._last_correction(root) != act.id:
                self.standing[act.id] = "corrected"
                continue
            relays, retracted = bool(family & relaying), bool(family & taken_back)
            self.standing[act.id] = "retracted" if retracted else "relays" if relays else "stands"
            one = self.counted[root] = self._spoken(act, retracted, relays)
            if isinstance(one.value, Quantity) and any(
                end is not None and end < 0 for end in (one.value.lower, one.value.upper)
            ):
                self.negative.add(one.key[:2])
            if not relays:
                self.spoken.append(one)

    def root(self, id_: str) -> str:
        """The first recording of a claim's family."""
        return self.first(next(one for one in self.family(id_) if one not in self._corrects))

    def _last_correction(self, id_: str) -> str:
        """What stands for a recording: its last correction, and of that again the last."""
        by = [
            act
            for act in self.acts(RecordingCorrected)
            if self.first(act.event.corrects) == id_ and self.first(act.id) == act.id
        ]
        return self._last_correction(max(by, key=lambda act: act.order).id) if by else id_

    def _spoken(self, act: Happened, retracted: bool, relays: bool) -> Spoken:
        claim: Claim = act.event.claim
        definition = self.definition(claim.predicate)
        voice: str | None = self.source(claim.claimant)
        if fold(claim.claimant) == NOT_STATED:
            voice, origin = None, act.id
        elif self.anonymous(claim.claimant):
            outlet = self.source(claim.via[-1]) if claim.via else fold(claim.claimant)
            voice, origin = None, f"anonymous through {outlet}"
        else:
            origin = self.principal(claim.claimant)
        scope = tuple(sorted((fold(name), fold(text)) for name, text in claim.scope.items()))
        return Spoken(
            id=act.id,
            order=act.order,
            claim=claim,
            value=read_under(definition, claim),
            definition=definition,
            key=(self.entity(claim.subject), self.entity(claim.predicate), scope),
            voice=voice,
            origin=origin,
            retracted=retracted,
            relays=relays,
        )

    def definition(self, predicate: str) -> Definition:
        """What is defined of a predicate, under any of its names."""
        root = self.entity(predicate)
        acts = [act for act in self.acts(PredicateDefined) if self.entity(act.event.name) == root]
        if not acts:
            return Definition()
        found = in_force(acts)
        return Definition.of(found.event, found.at)

    def revisers(self, one: Spoken) -> list[Spoken]:
        """The claims of the same voice that are linked as revising this one."""
        family = self.family(one.id)
        linked = {a for a, relation, b, _ in self.links if relation == "revises" and b in family}
        return [
            other
            for other in self.spoken
            if other.voice == one.voice
            and other.id not in family
            and linked & self.family(other.id)
        ]


def _toggled(act: Happened) -> tuple[str, str, str]:
    """What a match or an unmatch is about; that two are the same goes both ways."""
    a, b = fold(act.event.a), fold(act.event.b)
    if act.event.relation == "same":
        a, b = sorted((a, b))
    return a, b, act.event.relation
