"""Judging: from the claims of a key to findings, one slice at a time.

Three phases, each over what the last one left standing. First the *voices*: which of a
claimant's own statements are revised. Then the *slices*, pairs of voices at one instant. Then
what has no single instant: *series* that can only grow or fall, and *wishes*. A finding belongs
to its slice (or series, or wishes) and is written anew with it, so that judging again what an
event touched gives just what judging everything would.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from ledger.decimals import mirrored
from projections import schema
from projections.acts import revisers_of
from projections.contradictions.finding import Finding
from projections.contradictions.positions import Positions
from projections.contradictions.rules import (
    POSITION_RULES,
    SERIES_RULES,
    SLICE_RULES,
    VOICE_RULES,
)
from projections.contradictions.series import DAY, Point, Series
from projections.contradictions.slices import Slice
from projections.contradictions.voices import NO_CHANGES, Changes, Voice
from projections.findings import Findings
from projections.held import Held
from projections.loading import Loader, Topic
from projections.narrow import BY_SLICE, SliceKey, overlapping, slice_where
from projections.remaining import Items
from projections.revisions import keep_items, mark_revised

_WISHES = (1, 0)
"""The as-of under which a voice's changed wishes are kept: no span ends before it begins."""

_STANDS = f"standing = {schema.STANDS} AND revised = 0"

_SLICE_RULES = tuple(rule.__name__ for rule in SLICE_RULES)
_SERIES_RULES = tuple(rule.__name__ for rule in SERIES_RULES)


_AT_ONCE = 1_000
"""Claims read from the ledger in one go."""


@attrs.frozen(eq=False)
class _Statements:
    """What a slice's voices have said, by position: what to load, and what is marked so far.

    ``lists`` are those that name several things and may be revised in part.
    """

    slice: SliceKey
    topic: Topic
    by_voice: dict[int, list[int]] = attrs.field(factory=lambda: defaultdict(list))
    linked: set[int] = attrs.field(factory=set)
    retracted: set[int] = attrs.field(factory=set)
    revised: dict[int, int] = attrs.field(factory=dict)
    lists: list[int] = attrs.field(factory=list)

    @property
    def several(self) -> list[list[int]]:
        """The statements of each voice that made more than one, or had one linked as revised."""
        return [
            positions
            for positions in self.by_voice.values()
            if len(positions) > 1 or self.linked.intersection(positions)
        ]

    @property
    def needed(self) -> list[int]:
        """The positions of all of these."""
        return [position for positions in self.several for position in positions]


class Judge:
    """Judges what is named to it and writes what it finds.

    ``fresh`` says that nothing was judged before, and that each place is judged once. ``replaced``
    gathers, unless so, the positions of the claims that another one revises, or none, since.
    """

    def __init__(
        self, connection: sqlite3.Connection, loader: Loader, *, fresh: bool = False
    ) -> None:
        self.replaced: set[int] = set()
        self._fresh = fresh
        self._connection = connection
        self._load = loader
        self._findings = Findings(connection, fresh=fresh)

    def voices(self, slices: Iterable[SliceKey]) -> set[int]:
        """Work out who revised what in these slices; return the positions whose standing changed.

        Their claims are read from the ledger some hundreds at a time, not slice by slice.
        """
        changed: set[int] = set()
        waiting: list[_Statements] = []
        count = 0
        for slice_ in slices:
            statements = self._statements(slice_)
            waiting.append(statements)
            count += len(statements.needed)
            if count >= _AT_ONCE:
                changed |= self._judge_voices(waiting)
                waiting, count = [], 0
        return changed | self._judge_voices(waiting)

    def _statements(self, slice_: SliceKey) -> "_Statements":
        topic = self._load.key(slice_.key)
        where, parameters = slice_where(slice_, constant=topic.constant)
        found = _Statements(slice_, topic)
        for (
            position,
            source,
            anonymous,
            reviser,
            flags,
            standing,
            class_,
        ) in self._connection.execute(
            "SELECT position, names.source, names.anonymous, CASE WHEN revised THEN reviser END, "
            "flags, standing, class "
            f"FROM {BY_SLICE} CROSS JOIN names ON names.id = claimant WHERE {where} "
            f"AND mode < {schema.DEMANDED} AND standing IN ({schema.STANDS}, {schema.RETRACTED})",
            parameters,
        ):
            if reviser is not None:
                found.revised[position] = reviser
            if class_ == "list":
                found.lists.append(position)
            if standing == schema.RETRACTED:
                found.retracted.add(position)
            if not anonymous:
                found.by_voice[source].append(position)
            if flags & schema.LINKED:
                found.linked.add(position)
        return found

    def _judge_voices(self, slices: Sequence["_Statements"]) -> set[int]:
        rows = self._load.rows([position for one in slices for position in one.needed])
        changed: set[int] = set()
        for one in slices:
            findings: list[Finding] = []
            after: dict[int, int] = {}
            items: dict[int, Items] = {}
            for positions in one.several:
                held = [self._load.hold(rows[at], one.topic.context) for at in positions]
                found, changes = self._voice(held, one.linked, one.retracted, one.topic, one.slice)
                findings += found
                after |= changes.revised
                items |= changes.items
            self._mark_revised(one.revised, after)
            changed |= one.revised.keys() ^ after.keys()
            changed |= keep_items(self._connection, one.lists, items)
            self._findings.write(one.slice, ("revision",), findings)
        return changed

    def _voice(
        self,
        held: Sequence[Held],
        linked: set[int],
        retracted: set[int],
        topic: Topic,
        slice_: SliceKey,
    ) -> tuple[list[Finding], Changes]:
        held = [one for one in held if one.voice is not None]
        name = held[0].voice if held else None
        if name is None:
            return [], NO_CHANGES
        revisers = {}
        for one in held:
            if one.position in linked:
                others = self._load.all_said(
                    sorted(revisers_of(self._connection, one.id)), topic.context
                )
                revisers[one.position] = [other for other in others if other.voice == name]
        voice = Voice(
            key=self._load.shown_key(slice_.key, slice_.scope),
            name=name,
            instant=(slice_.earliest, slice_.latest),
            claims=tuple(held),
            revisers=revisers,
            context=topic.context,
            retracted=retracted,
        )
        return [finding for rule in VOICE_RULES for finding in rule(voice)], voice.changes

    def clear(self, slice_: SliceKey) -> set[int]:
        """Take back what was found in a slice that can hold no finding any more.

        Returns the positions of the claims that were revised in it and stand again.
        """
        where, parameters = slice_where(slice_, constant=self._load.key(slice_.key).constant)
        rows = self._connection.execute(
            f"SELECT position, reviser FROM claims WHERE {where} "
            f"AND (revised = 1 OR class = 'list') AND mode < {schema.DEMANDED}",
            parameters,
        ).fetchall()
        again = {position: reviser for position, reviser in rows if reviser is not None}
        self._mark_revised(again, {})
        in_part = keep_items(self._connection, (position for position, _ in rows), {})
        self._findings.write(slice_, (*_SLICE_RULES, "revision"), ())
        return again.keys() | in_part

    def slice(self, slice_: SliceKey) -> None:
        """Judge the standing claims of a slice against each other."""
        topic = self._load.key(slice_.key)
        where, parameters = slice_where(slice_, constant=topic.constant)
        own = self._standing(where, parameters)
        visiting: list[int] = []
        if topic.over_time == "instant" and own:
            visiting = [row[0] for row in overlapping(self._connection, slice_, wider=True)]
            visiting = self._only_standing(visiting)
        findings: list[Finding] = []
        if own and self._several_voices([*own, *visiting]):
            case = Slice(
                key=self._load.shown_key(slice_.key, slice_.scope),
                span=(slice_.earliest, slice_.latest),
                own=tuple(self._load.all_held(own, topic.context)),
                visiting=tuple(self._load.all_held(visiting, topic.context)),
                context=topic.context,
            )
            findings = [finding for rule in SLICE_RULES for finding in rule(case)]
        self._findings.write(slice_, _SLICE_RULES, findings)

    def _standing(self, where: str, parameters: Sequence[object]) -> list[int]:
        return [
            position
            for (position,) in self._connection.execute(
                f"SELECT position FROM {BY_SLICE} WHERE {where} AND mode < {schema.DEMANDED} "
                f"AND {_STANDS} ORDER BY position",
                tuple(parameters),
            )
        ]

    def _only_standing(self, positions: Sequence[int]) -> list[int]:
        return [
            at
            for at in positions
            if self._connection.execute(
                f"SELECT 1 FROM claims WHERE position = ? AND {_STANDS}", (at,)
            ).fetchone()
        ]

    def _several_voices(self, positions: Sequence[int]) -> bool:
        voices: set[int] = set()
        for at in positions:
            source, anonymous, unstated = self._connection.execute(
                "SELECT source, anonymous, folded = 'not stated' FROM claims "
                "JOIN names ON names.id = claimant WHERE position = ?",
                (at,),
            ).fetchone()
            voices.add(-at - 1 if anonymous or unstated else source)
            if len(voices) > 1:
                return True
        return False

    def series(self, key: int, scope: int) -> None:
        """Judge the standing claims of a count that can only grow, or only fall, over time."""
        topic = self._load.key(key)
        down = topic.over_time == "cumulative-down"
        findings: list[Finding] = []
        if topic.over_time.startswith("cumulative"):
            case = Series(
                key=self._load.shown_key(key, scope),
                points=list(self._points(key, scope, down)),
                claims=_Lazily(self._load, topic),
                beside=lambda held: self._beside(held, topic, key, scope),
                context=topic.context,
            )
            findings = [finding for rule in SERIES_RULES for finding in rule(case)]
        self._findings.write(SliceKey(key, scope, 0, 0), _SERIES_RULES, findings)

    def _points(self, key: int, scope: int, down: bool) -> Iterator[Point]:
        for position, lower, upper, flags, mode, earliest, latest in self._connection.execute(
            "SELECT position, lower, upper, flags, mode, earliest, latest "
            f"FROM {BY_SLICE} WHERE topic IN (SELECT id FROM topics WHERE key = ?) AND scope = ? "
            f"AND class = 'quantity' AND mode <= {schema.HEDGED} "
            f"AND {_STANDS}",
            (key, scope),
        ):
            opens = flags & schema.OPEN_END
            if down:
                lower, upper = _mirrored_end(upper), _mirrored_end(lower)
            yield Point(
                position=position,
                first_day=earliest // DAY,
                last_day=latest // DAY,
                floor=(lower, opens),
                ceiling=(upper, -opens),
                is_peak=mode == schema.ASSERTED,
            )

    def _beside(self, held: Held, topic: Topic, key: int, scope: int) -> list[Held]:
        where, parameters = slice_where(SliceKey(key, scope, *held.span), constant=False)
        positions = self._standing(where, parameters)
        return [] if len(positions) < 2 else self._load.all_held(positions, topic.context)

    def wishes(self, key: int, scope: int) -> None:
        """Judge what parties demand and refuse: who changed position, and who cannot be met."""
        topic = self._load.key(key)
        rows = self._connection.execute(
            "SELECT position, reviser, flags, standing FROM claims WHERE topic IN "
            "(SELECT id FROM topics WHERE key = ?) AND scope = ? "
            f"AND mode IN ({schema.DEMANDED}, {schema.REFUSED}) "
            f"AND standing IN ({schema.STANDS}, {schema.RETRACTED})",
            (key, scope),
        ).fetchall()
        before = {row[0]: row[1] for row in rows if row[1] is not None}
        linked = {position for position, _, flags, _ in rows if flags & schema.LINKED}
        retracted = {row[0] for row in rows if row[3] == schema.RETRACTED}
        held = self._load.all_said((row[0] for row in rows), topic.context)
        place = SliceKey(key, scope, *_WISHES)
        findings: list[Finding] = []
        after: dict[int, int] = {}
        items: dict[int, Items] = {}
        by_voice: dict[str | None, list[Held]] = defaultdict(list)
        for one in held:
            by_voice[one.voice].append(one)
        for claims in by_voice.values():
            found, changes = self._voice(claims, linked, retracted, topic, place)
            findings += found
            after |= changes.revised
            items |= changes.items
        self._mark_revised(before, after)
        keep_items(self._connection, (row[0] for row in rows), items)
        self._findings.write(place, ("revision",), findings)
        case = Positions(
            key=self._load.shown_key(key, scope),
            wishes=tuple(
                one.without(items.get(one.position, ()))
                for one in held
                if one.position not in after.keys() | retracted
            ),
            context=topic.context,
        )
        found_here = [finding for rule in POSITION_RULES for finding in rule(case)]
        self._findings.write(SliceKey(key, scope, 0, 0), ("position",), found_here)

    def _mark_revised(self, before: Mapping[int, int], after: Mapping[int, int]) -> None:
        changed = mark_revised(self._connection, before, after)
        if not self._fresh:
            self.replaced |= changed


class _Lazily(dict[int, Held]):
    """Claims by position, loaded when they are asked for."""

    def __init__(self, loader: Loader, topic: Topic) -> None:
        super().__init__()
        self._loader = loader
        self._topic = topic

    def __missing__(self, position: int) -> Held:
        held = self._loader.held(position, self._topic.context)
        self[position] = held
        return held


def _mirrored_end(key: str) -> str:
    if key == schema.LOWEST:
        return schema.HIGHEST
    return schema.LOWEST if key == schema.HIGHEST else mirrored(key)
