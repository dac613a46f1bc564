"""Which sides of a slice clash, without looking at every pair of them.

Amounts and dates lie on a line: two that lie far apart conflict for certain, so only
neighbours are compared (``near``); how grave it is for the others follows from how surely each
is said, and of what time. A thousand different figures cost a thousand comparisons, not half a
million. Names and lists have no order, so there every pair is compared.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal

from ledger.values import Day, Quantity
from projections.contradictions.camps import Side, one_voice
from projections.contradictions.clash import (
    Context,
    Gap,
    clash,
    gap_between,
    same_instant,
    wider_gap,
)
from projections.contradictions.finding import Speaker, speaker_of
from projections.contradictions.pairs import Opposed, gaps_between, ranges_of
from projections.held import Held, span_of
from projections.measures import measure
from projections.outcomes import AGREE, CONFLICT, TENSION, Outcome
from projections.soft_bounds import conflict_free

PairRule = Callable[[Held, Held], bool]


def any_pair(_a: Held, _b: Held) -> bool:
    """Every pair is the rule's business."""
    return True


class Opposition:
    """How the sides of one instant stand to each other; a side is named by its number.

    A pair *fires* if one of the two is the slice's own, ``takes`` says that it is the rule's
    business, they are not one voice, and they do not agree.
    """

    def __init__(
        self, sides: Sequence[Side], own: Collection[Held], context: Context, takes: PairRule
    ) -> None:
        self._sides = sides
        self._own = [side.first in own for side in sides]
        self._context = context
        self._takes = takes
        self._on_a_line = _on_a_line(sides, context)
        self._manner = [
            (
                *(side.first.span, side.first.so_far),
                *(side.first.inferred, side.first.uncertain, side.first.hedged),
            )
            for side in sides
        ]
        self._far: dict[object, Outcome] = {}
        self.neighbours: list[set[int]] = [set() for _ in sides]
        self._near: dict[tuple[int, int], Outcome] = {}
        self._partners: list[list[int]] = [[] for _ in sides]
        for i, j in self._near_pairs():
            outcome = self._compared(i, j)
            if outcome == AGREE:
                self.neighbours[i].add(j)
                self.neighbours[j].add(i)
            else:
                self._near[min(i, j), max(i, j)] = outcome
                self._partners[i].append(j)
                self._partners[j].append(i)

    def _near_pairs(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs that have to be compared; all others conflict in what they say."""
        count = len(self._sides)
        if not self._on_a_line:
            yield from ((i, j) for i in range(count) for j in range(i))
            return
        ends = [
            (Decimal("-Infinity"), Decimal("Infinity"))
            if side.first.claim.modality == "denied"
            else conflict_free(_measure(side), self._context.definition)
            for side in self._sides
        ]
        open_: list[tuple[Decimal, int]] = []
        for i in sorted(range(count), key=lambda at: ends[at]):
            while open_ and open_[0][0] < ends[i][0]:
                heapq.heappop(open_)
            yield from ((i, j) for _, j in open_)
            heapq.heappush(open_, (ends[i][1], i))

    def _compared(self, i: int, j: int) -> Outcome:
        a, b = self._sides[max(i, j)].first, self._sides[min(i, j)].first
        limit = same_instant(a, b, self._context.definition.over_time)
        outcome = None if limit is None else clash(a, b, self._context)
        return AGREE if limit is None or outcome is None else min(limit, outcome)

    def outcome(self, i: int, j: int) -> Outcome:
        """Return how two sides stand to each other."""
        if j in self.neighbours[i]:
            return AGREE
        near = self._near.get((min(i, j), max(i, j)))
        if near is not None:
            return near
        manners = (self._manner[i], self._manner[j])
        far = self._far.get(manners)
        if far is None:
            a, b = self._sides[i].first, self._sides[j].first
            limit = same_instant(a, b, self._context.definition.over_time) or AGREE
            far = min(limit, TENSION) if a.hedged or b.hedged else limit
            self._far[manners] = far
        return far

    def fires(self, i: int, j: int) -> bool:
        """Whether two sides of different voices clash, and this slice is the one to say so."""
        return (
            i != j
            and (self._own[i] or self._own[j])
            and self.outcome(i, j) != AGREE
            and self._takes(self._sides[i].first, self._sides[j].first)
            and not one_voice(self._sides[i], self._sides[j])
        )

    def gravest(self) -> tuple[Outcome, str] | None:
        """Return the worst outcome, and when the first pair with it was complete; or nothing."""
        possible = set(self._near.values())
        if self._takes is not any_pair:
            return self._worst_of(possible)
        agreeing = sum(map(len, self.neighbours)) // 2
        if len(self._near) + agreeing < len(self._sides) * (len(self._sides) - 1) // 2:
            possible |= {TENSION, CONFLICT}
        return self._worst_of(possible)

    def _worst_of(self, possible: set[Outcome]) -> tuple[Outcome, str] | None:
        for outcome in sorted(possible, reverse=True):
            since = self._first(outcome)
            if since is not None:
                return outcome, since
        return None

    def _first(self, outcome: Outcome) -> str | None:
        """Return when the first two claims that stand so to each other were both recorded."""
        claims = [(held, at) for at, side in enumerate(self._sides) for held in side.claims]
        voices: dict[int, set[str | None]] = defaultdict(set)
        seen: set[tuple[int, str]] = set()
        for held, at in sorted(claims, key=lambda claim: claim[0].order):
            voice = held.voice
            if voice is None or (at, voice) not in seen:
                others = voices if self._takes is any_pair else self._partners[at]
                for other in others:
                    said = voices.get(other, set())
                    differ = voice is None or None in said or said != {voice}
                    if (
                        said
                        and differ
                        and self.fires(at, other)
                        and self.outcome(at, other) == outcome
                    ):
                        return held.recorded_at
            if voice is not None:
                seen.add((at, voice))
            voices[at].add(voice)
        return None

    def gap(self) -> Gap | None:
        """Return the widest gap between two that clash, of equals that of the first pair."""
        if not self._on_a_line or self._takes is not any_pair:
            return self._widest((i, j) for i, j in self._near if self.fires(i, j))
        lows, highs = [], []
        for at, side in enumerate(self._sides):
            low, high = _ends(_measure(side), self._context)
            lows += [] if low is None else [(-low, at)]
            highs += [] if high is None else [(high, at)]
        lows.sort()
        highs.sort()
        widest: Decimal | None = None
        ties: list[tuple[int, int]] = []
        # The lowest high end and the highest low end lie farthest apart; from there outwards.
        open_ = [(highs[0][0] + lows[0][0], 0, 0)] if highs and lows else []
        while open_:
            distance, below, above = heapq.heappop(open_)
            if distance > 0 or (widest is not None and distance > widest):
                break
            i, j = highs[below][1], lows[above][1]
            if self.fires(i, j):
                widest = distance
                ties.append((i, j))
            if above + 1 < len(lows):
                heapq.heappush(open_, (highs[below][0] + lows[above + 1][0], below, above + 1))
            if above == 0 and below + 1 < len(highs):
                heapq.heappush(open_, (highs[below + 1][0] + lows[0][0], below + 1, 0))
        return self._widest(ties)

    def _widest(self, pairs: "Iterator[tuple[int, int]] | list[tuple[int, int]]") -> Gap | None:
        gap: Gap | None = None
        for last, first in sorted((max(pair), min(pair)) for pair in pairs):
            a, b = self._sides[first].first.value, self._sides[last].first.value
            gap = wider_gap(gap, gap_between(a, b, self._context.definition))
        return gap

    def _rivals(self, at: int, own: Collection[int]) -> Collection[int]:
        """Return the sides that one may clash with."""
        if self._takes is not any_pair:
            return self._partners[at]
        return range(len(self._sides)) if self._own[at] else own

    def pairs(self) -> Opposed:
        """Return who opposes whom, by what they say."""
        sides_of: dict[tuple[Speaker, bool], set[int]] = defaultdict(set)
        for at, side in enumerate(self._sides):
            for held in side.claims:
                sides_of[speaker_of(held), held.voice is None].add(at)
        speakers = sorted(sides_of)
        said_by: dict[int, list[int]] = defaultdict(list)
        voices: dict[str, list[int]] = defaultdict(list)
        for number, ((who, _), no_voice) in enumerate(speakers):
            for at in sides_of[speakers[number]]:
                said_by[at].append(number)
            if not no_voice:
                voices[who].append(number)
        own = [at for at, mine in enumerate(self._own) if mine]
        against: list[tuple[tuple[int, int], ...]] = []
        for number, speaker in enumerate(speakers):
            (who, _), no_voice = speaker
            same = set() if no_voice else set(voices[who])
            its = sides_of[speaker]
            if len(its) == 1 and self._takes is any_pair and all(self._own[at] for at in its):
                [at] = its
                spared = self.neighbours[at] | {at}
                held_back = {
                    other
                    for side in spared
                    for other in said_by[side]
                    if sides_of[speakers[other]] <= spared
                }
                holes = sorted(one for one in held_back | same if one >= number)
                against.append(tuple(gaps_between(holes, number, len(speakers))))
            else:
                clashing = {
                    other
                    for at in its
                    for side in self._rivals(at, own)
                    if self.fires(at, side)
                    for other in said_by[side]
                    if other >= number
                }
                against.append(tuple(ranges_of(sorted(clashing - same))))
        return Opposed(tuple(speaker for speaker, _ in speakers), tuple(against))


def _on_a_line(sides: Sequence[Side], context: Context) -> bool:
    """Whether these are amounts of one unit, or dates, that are all of times that meet."""
    claims = [side.first for side in sides]
    if context.definition.over_time != "constant" and max(held.span[0] for held in claims) > min(
        held.span[1] for held in claims
    ):
        return False
    if all(isinstance(held.value, Day) for held in claims):
        return True
    units = {
        measure(held.value.unit or context.definition.unit)
        for held in claims
        if isinstance(held.value, Quantity)
    }
    return len(units) == 1 and all(isinstance(held.value, Quantity) for held in claims)


def _measure(side: Side) -> Quantity | Day:
    value = side.first.value
    assert isinstance(value, Quantity | Day)
    return value


def _ends(value: Quantity | Day, context: Context) -> tuple[Decimal | None, Decimal | None]:
    if isinstance(value, Day):
        first, last = span_of(value)
        return Decimal(first), Decimal(last)
    interval = value.interval(context.definition.tolerance)
    return interval.lower, interval.upper
