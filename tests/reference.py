"""What stands and what contradicts what, by brute force: the measure of the projections.

Straight from the design: every event is read, every pair of claims is compared, nothing is
looked up, narrowed down or remembered. It is slow and obvious, and shares with the program
only the reading of values and the words under which an adjudication remembers them.

``judged(rows)`` is what a desk must see once it holds these events, in whatever order.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import combinations, product

import attrs
from reference_neighbours import beside
from reference_past import Happened, Past, Spoken, grouped, happened
from reference_relays import circles, passed_on
from reference_reviews import clashing
from reference_values import (
    AGREE,
    CONFLICT,
    DAY,
    EVER,
    TENSION,
    Span,
    below,
    compare,
    daily,
    denied,
    ends,
    fell_short,
    implies,
    items,
    left_out,
    measured,
    rest,
    times,
)

from ledger.events import BodyErased, ContradictionAdjudicated, LedgerMerged
from ledger.names import fold
from ledger.store import Row
from ledger.values import Day, Entity, Quantity, Several, Text, Truth, Value
from projections.contradictions.finding import Identity, value_text

AFFIRMED = {"asserted", "alleged", "probable", "possible"}
HEDGED = AFFIRMED - {"asserted"}
WISHES = {"demanded", "refused"}
VERDICTS = ("", "tension", "contradiction")

Ids = frozenset[str]
Pairs = frozenset[frozenset[tuple[str, str]]]
"""Who says what against whom: claimant and value of either side of every conflict."""


@attrs.frozen
class Shown:
    """A finding as a desk sees it: its camps as sets of claims, each with its origins."""

    rule: str
    verdict: str
    since: str
    camps: frozenset[tuple[Ids, int]]
    pairs: Pairs
    change: str | None = None


def judged(rows: Iterable[Row]) -> "Judgement":
    """Return the judgement of these events, those that are erased left out."""
    rows = list(rows)
    said = {row.hashes[:32].hex(): happened(row) for row in rows if row.body is not None}
    erased = {one.event.event for one in said.values() if isinstance(one.event, BodyErased)}
    kept = (BodyErased, LedgerMerged)
    return Judgement(
        Past([one for id_, one in said.items() if id_ not in erased or isinstance(one.event, kept)])
    )


class Judgement:
    """What becomes of every claim (``standing``, by id), and the ``findings``.

    ``left`` is what its claimant has left of a list that stands in part, in words.
    """

    def __init__(self, past: Past) -> None:
        self._past = past
        self.standing = dict(past.standing)
        self.left: dict[str, str] = {}
        self.findings: list[Shown] = []
        self._revised_by: dict[str, str] = {}
        standing: list[Spoken] = []
        for claims in grouped(past.spoken, lambda one: one.key).values():
            facts = [one for one in claims if one.mode not in (*WISHES, "forecast")]
            wishes = [one for one in claims if one.mode in WISHES]
            gone: set[str] = set()
            left: dict[str, Value] = {}
            for said in (*_instants(facts), wishes):
                for voiced in grouped(said, lambda one: one.voice).values():
                    if voiced[0].voice is not None:
                        gone |= self._voice(voiced, left)
            self.left |= {id_: value.stated for id_, value in left.items()}
            facts = _standing(facts, gone, left)
            wishes = _standing(wishes, gone, left)
            self.standing |= {id_: "revised" for id_ in gone if self.standing[id_] == "stands"}
            self.findings += [*self._slices(facts), *self._series(facts), *self._wishes(wishes)]
            standing += facts
        self.findings += [
            _told(rule, VERDICTS[worst], since, camps, pairs)
            for rule, worst, since, camps, pairs in beside(standing, past)
        ]
        self.findings += self._links()

    def status(self, identity: Identity, pairs: Pairs) -> str:
        """The decision in force about a finding, if it covers every pair that conflicts.

        Every decision is tried, and every name: did it mean this finding when it was made?
        """
        decided = [
            (act, self._past.until(act)) for act in self._past.acts(ContradictionAdjudicated)
        ]
        about = [(act, then) for act, then in decided if self._means(act, then, identity)]
        replaced = {act.event.after for act, _ in about}
        about = [(act, then) for act, then in about if act.id not in replaced] or about
        last = {act.event.finding: (act, then) for act, then in sorted(about, key=_by_order)}
        covering = [act for act, then in last.values() if pairs <= self._covered(act, then)]
        return str(max(covering, key=lambda act: act.order).event.decision) if covering else "open"

    def _means(self, act: Happened, then: Past, identity: Identity) -> bool:
        """Whether a decision's id is that of a finding under names that were the same then."""
        subjects = self._then("entity", then, identity.subject)
        predicates = self._then("entity", then, identity.predicate)
        instants = [
            [(name, True) for name in self._then("source", then, text)]
            if named
            else [(text, False)]
            for text, named in identity.instant
        ]
        return any(
            Identity(identity.rule, subject, predicate, identity.scope, instant).id
            == act.event.finding
            for subject, predicate in product(subjects, predicates)
            for instant in product(*instants)
        )

    def _then(self, kind: str, then: Past, now: str) -> set[str]:
        """The names that were, at that moment, the same as any that is the same as this now."""
        names = self._past.named | {now}
        root, former = getattr(self._past, kind), getattr(then, kind)
        mine = [name for name in names if root(name) == root(now)]
        return {name for name in names if any(former(name) == former(one) for one in mine)}

    def _covered(self, act: Happened, then: Past) -> Pairs:
        """The pairs that a decision covers, each side under every name it has had since."""
        return frozenset(
            frozenset(((who, value), (whom, against)))
            for (one, value), (other, against) in act.event.pairs
            for who in self._since(one, then)
            for whom in self._since(other, then)
        )

    def _since(self, name: str, then: Past) -> set[str]:
        names = {one for one in then.named | {name} if then.source(one) == then.source(name)}
        return names | {self._past.source(one) for one in names}

    # two claims of one key

    def clash(self, a: Spoken, b: Spoken) -> int | None:
        """How two statements stand to each other, whatever their times; ``None``: not at all."""
        outcome = self._clash(a, b)
        return TENSION if outcome == CONFLICT and {a.mode, b.mode} & HEDGED else outcome

    def _clash(self, a: Spoken, b: Spoken) -> int | None:
        if a.value is None or b.value is None:
            return None
        if a.mode in AFFIRMED and b.mode in AFFIRMED:
            return compare(a.value, b.value, a.definition, self._past)
        if a.mode == b.mode == "denied":
            truths = isinstance(a.value, Truth) and isinstance(b.value, Truth)
            return compare(a.value, b.value, a.definition, self._past) if truths else None
        if a.mode in AFFIRMED and b.mode == "denied":
            return denied(a.value, b.value, a.definition, self._past)
        if a.mode == "denied" and b.mode in AFFIRMED:
            return self._clash(b, a)
        if a.mode in WISHES and b.mode in WISHES:
            return CONFLICT if self._disputed(a, b) else AGREE
        return None

    def _disputed(self, a: Spoken, b: Spoken) -> bool:
        """Whether one demands what the other refuses or leaves out."""
        d, past = a.definition, self._past
        if a.value is None or b.value is None or a.mode == b.mode == "refused":
            return False
        if a.mode == b.mode:
            return bool(left_out(a.value, b.value, d, past) | left_out(b.value, a.value, d, past))
        wanted, refused = (a, b) if a.mode == "demanded" else (b, a)
        assert wanted.value is not None
        assert refused.value is not None
        pairs = [(x, y) for x in items(wanted.value) for y in items(refused.value)]
        return any(implies(x, y, d, past) for x, y in pairs)

    def outcome(self, a: Spoken, b: Spoken) -> int:
        """How grave it is, the times they are about considered."""
        return min(self.clash(a, b) or AGREE, instant(a, b))

    # one voice

    def _voice(self, claims: list[Spoken], left: dict[str, Value]) -> set[str]:
        """Find what a voice changed at one instant; return what is revised.

        Of lists that are revised in part, ``left`` gets what of them stands.
        """
        said = sorted(claims, key=lambda one: (one.said, one.order))
        revisions: list[tuple[Spoken, Spoken, str]] = []
        gone: set[str] = set()
        for a in said:
            by, whole, rest_of = self._revised(a, said)
            revisions += [(a, b, "revision") for b in by]
            gone |= {a.id} if whole else set()
            self._revised_by |= {a.id: by[-1].id} if whole else {}
            left |= {a.id: rest_of} if by and not whole and rest_of and not a.retracted else {}
        standing = _standing(said, gone, left)
        clashes = [
            (a, b, "tension" if self.clash(a, b) == TENSION else _graver(a, b))
            for a, b in combinations(standing, 2)
            if _one_instant(a, b) and self._replaces(b, a)
        ]
        steps = revisions + clashes
        if steps:
            verdict = min(
                (v for _, _, v in steps), key=("contradiction", "tension", "revision").index
            )
            gravest = [(a, b) for a, b, v in steps if v == verdict]
            every = frozenset(one.id for a, b, _ in steps for one in (a, b))
            since = _since(gravest)
            shown = Shown("revision", verdict, since, frozenset([(every, 0)]), frozenset())
            self.findings.append(shown)
        return gone

    def _revised(self, one: Spoken, said: list[Spoken]) -> tuple[list[Spoken], bool, Value | None]:
        """What revised a claim, whether the whole of it, and what of it is left.

        That is what is linked so, else the next that cannot be true with it; of a list, the
        next for each of its items taken alone.
        """
        linked = self._past.revisers(one)
        if linked:
            return [max(linked, key=lambda other: (other.said, other.order))], True, None
        later = [
            other
            for other in said
            if other.said[0] > one.said[1] and not _mixed(one, other) and _one_instant(one, other)
        ]
        if not isinstance(one.value, Several):
            by = [other for other in later if self._replaces(other, one)][:1]
            return by, bool(by), None
        found: list[Spoken] = []
        revised: set[str] = set()
        for item in one.value.items:
            alone = attrs.evolve(one, value=Several(item.stated, (item,)))
            hits = [other for other in later if self._replaces(other, alone)][:1]
            found += hits
            revised |= {item.stated for _ in hits}
        whole = len(revised) == len({item.stated for item in one.value.items})
        opened = [other for other in later if self._opens(other, one)][:1]
        if whole:  # then nothing more can be taken back of it
            last = max(map(later.index, found))
            opened = [other for other in opened if later.index(other) <= last]
        closed = one.value.closed and not opened
        by = [other for other in later if other in found + opened]
        return by, whole, rest(one.value, revised, closed)

    def _opens(self, later: Spoken, earlier: Spoken) -> bool:
        """Whether a voice names something that it had left out of a list."""
        if later.value is None or earlier.value is None or not self._replaces(later, earlier):
            return False
        alike = {later.mode, earlier.mode} <= AFFIRMED or later.mode == earlier.mode == "demanded"
        return alike and bool(left_out(later.value, earlier.value, earlier.definition, self._past))

    def _replaces(self, later: Spoken, earlier: Spoken) -> bool:
        """Whether a voice that says the one cannot also mean the other."""
        outcome = self.clash(later, earlier) or AGREE
        numeric = all(isinstance(one.value, Quantity | Day) for one in (later, earlier))
        return outcome == CONFLICT or (outcome == TENSION and numeric)

    # several voices at one instant

    def _slices(self, facts: list[Spoken]) -> Iterator[Shown]:
        for own in _instants(facts):
            claims = own + [one for one in facts if _visits(one, own[0])]
            affirmed = [one for one in claims if one.mode in AFFIRMED]
            amounts = [one for one in affirmed if isinstance(one.value, Quantity)]
            for of_unit in grouped(amounts, _unit).values():
                yield from self._clashes("value", of_unit, own)
            named = [one for one in affirmed if isinstance(one.value, Entity | Text | Several)]
            if own[0].definition.defined:
                yield from self._clashes("category", named, own)
            dated = [one for one in affirmed if isinstance(one.value, Day)]
            yield from self._clashes("date", dated, own)
            refuted = [one for one in claims if one.mode == "denied"]
            yield from self._clashes("negation", affirmed + refuted, own)

    def _clashes(self, rule: str, claims: list[Spoken], own: list[Spoken]) -> Iterator[Shown]:
        """The finding of a rule among claims of one instant; ``own`` are not merely visiting."""
        pairs = [
            (a, b)
            for a, b in combinations(claims, 2)
            if _voices_differ(a, b)
            and (a in own or b in own)
            and (rule != "negation" or _denies(a, b))
            and self.outcome(a, b) != AGREE
        ]
        if pairs:
            worst = max(self.outcome(a, b) for a, b in pairs)
            gravest = [pair for pair in pairs if self.outcome(*pair) == worst]
            camps = _maximal(claims, lambda a, b: self.outcome(a, b) == AGREE)
            yield _shown(rule, worst, gravest, camps, pairs)

    # over time, and wishes

    def _series(self, facts: list[Spoken]) -> Iterator[Shown]:
        fell: dict[tuple[object, ...], list[tuple[Spoken, Spoken, int]]] = {}
        for claim in facts:
            peaks = [
                (outcome, _height(peak), peak.span[1] // DAY, peak.order, peak)
                for peak in facts
                if (outcome := fall(peak, claim)) and not self._left(peak, claim, facts)
            ]
            if peaks:
                outcome, height, _, _, peak = max(peaks, key=lambda found: found[:4])
                if outcome == CONFLICT and peak.voice is not None:
                    same = [found for found in peaks if _speaks_surely(found[4], peak)]
                    _, height, _, _, peak = max(same, key=lambda found: found[1:4])
                fell.setdefault((peak.span, height, _unit(peak)), []).append((peak, claim, outcome))
        for steps in fell.values():
            worst = max(outcome for _, _, outcome in steps)
            gravest = [(a, b) for a, b, outcome in steps if outcome == worst]
            pairs = [(a, b) for a, b, _ in steps]
            camps = [[a for a, _ in pairs], [b for _, b in pairs]]
            yield _shown("cumulative", worst, gravest, camps, pairs)

    def _left(self, peak: Spoken, claim: Spoken, facts: list[Spoken]) -> bool:
        """Whether ``value`` finds the two claimants hard at the later instant anyway."""
        return any(
            other.voice == peak.voice
            and other.voice not in (None, claim.voice)
            and other.span == claim.span
            and self.outcome(other, claim) == CONFLICT
            for other in facts
        )

    def _wishes(self, wishes: list[Spoken]) -> Iterator[Shown]:
        pairs = [
            (a, b)
            for a, b in combinations(wishes, 2)
            if _voices_differ(a, b) and self.clash(a, b) == CONFLICT
        ]
        if pairs:
            camps = _maximal(wishes, lambda a, b: self.clash(a, b) != CONFLICT)
            yield _shown("position", CONFLICT, pairs, camps, pairs)

    # links

    def _links(self) -> Iterator[Shown]:
        for one in passed_on(self._past, self._revised_by):
            camps = frozenset((frozenset([side.id]), 1) for side in (one.relay, one.against))
            pairs = frozenset([frozenset(map(_side, (one.relay, one.against)))])
            verdict = "tension" if one.change is None else "altered"
            yield Shown(one.rule, verdict, one.since, camps, pairs, one.change)
        for way in circles(self._past):
            camps = frozenset((frozenset([one.id]), 1) for one in way.claims)
            pairs = frozenset(frozenset(map(_side, link)) for link in way.links)
            yield Shown("circular", "tension", way.since, camps, pairs)
        for reviewed in clashing(self._past):
            camp = (frozenset([reviewed.claim.id]), 1)
            yield Shown("review", "tension", reviewed.since, frozenset([camp]), reviewed.pairs)


def _by_order(decided: tuple[Happened, Past]) -> tuple[str, str]:
    return decided[0].order


def instant(a: Spoken, b: Spoken) -> int:
    """How grave a clash of two voices can be: less if either told a sum before its end."""
    early = a.definition.over_time == "period" and any(x.said[1] < x.span[1] for x in (a, b))
    return min(about(a, b), TENSION) if early else about(a, b)


def about(a: Spoken, b: Spoken) -> int:
    """How grave a clash can be, by the times the two are about; nothing if they pass by."""
    over_time = a.definition.over_time
    if over_time == "constant":
        return CONFLICT
    if a.span == b.span:
        exact = over_time == "period" or daily(a.span)
        return CONFLICT if exact and not a.soft and not b.soft else TENSION
    return TENSION if over_time == "instant" and _meet(a.span, b.span) else AGREE


def fall(peak: Spoken, claim: Spoken) -> int:
    """How grave it is that ``claim`` lies below the ``peak`` of an earlier time."""
    a, b = claim.value, peak.value
    over_time, tolerance = claim.definition.over_time, Fraction(claim.definition.tolerance)
    if not over_time.startswith("cumulative") or peak.mode != "asserted":
        return AGREE
    if not isinstance(a, Quantity) or not isinstance(b, Quantity) or _unit(peak) != _unit(claim):
        return AGREE
    last, first = peak.span[1] // DAY, claim.span[0] // DAY
    if claim.mode not in AFFIRMED or peak.span[1] >= claim.span[0]:
        return AGREE
    if over_time == "cumulative-down":
        a, b = b, a
    by = (measured(a, claim.definition)[1], measured(b, claim.definition)[1])
    low, high = times(ends(a, tolerance), by[0]), times(ends(b, tolerance), by[1])
    low, high = (-EVER, False, *low[2:]), (*high[:2], EVER, False)
    if not below(low, high):
        return AGREE
    outcome = fell_short(a, low, b, high, tolerance, by)
    unsure = claim.soft or (peak.claim.as_of is not None and peak.claim.as_of.uncertain)
    if unsure or claim.mode in HEDGED or (_voices_differ(peak, claim) and first - last <= 1):
        return min(outcome, TENSION)
    return outcome


def _speaks_surely(other: Spoken, peak: Spoken) -> bool:
    """Whether it is the peak, or a bound of its voice at a time that is no guess."""
    guessed = other.claim.as_of is not None and other.claim.as_of.uncertain
    return other is peak or (other.voice == peak.voice and not guessed)


def _height(peak: Spoken) -> Fraction:
    """How far up a peak reaches (for a count that can only fall: down)."""
    assert isinstance(peak.value, Quantity)
    reading = times(
        ends(peak.value, Fraction(peak.definition.tolerance)),
        measured(peak.value, peak.definition)[1],
    )
    return reading[0] if peak.definition.over_time == "cumulative-up" else -reading[2]


def _standing(claims: list[Spoken], gone: set[str], left: dict[str, Value]) -> list[Spoken]:
    """The claims that stand, as far as they do."""
    return [
        attrs.evolve(one, value=left.get(one.id, one.value))
        for one in claims
        if one.id not in gone and not one.retracted
    ]


def _unit(one: Spoken) -> str:
    return measured(one.value, one.definition)[0] if isinstance(one.value, Quantity) else ""


def _instants(facts: list[Spoken]) -> Iterable[list[Spoken]]:
    constant = facts and facts[0].definition.over_time == "constant"
    return grouped(facts, lambda one: None if constant else one.span).values()


def _meet(a: Span, b: Span) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def _visits(one: Spoken, own: Spoken) -> bool:
    """Whether a claim of a wider time is judged beside one of a narrower."""
    a, b = one.span, own.span
    wider = (a[1] - a[0], -a[0]) > (b[1] - b[0], -b[0])
    return one.definition.over_time == "instant" and wider and _meet(a, b)


def _one_instant(a: Spoken, b: Spoken) -> bool:
    """Whether a voice speaks of one thing at one time; a wish has no time."""
    if a.mode in WISHES or a.definition.over_time == "constant":
        return True
    return a.claim.as_of is not None and about(a, b) == CONFLICT


def _mixed(a: Spoken, b: Spoken) -> bool:
    """Whether only one of two statements was read via somebody."""
    return bool(a.claim.via) != bool(b.claim.via)


def _graver(a: Spoken, b: Spoken) -> str:
    """What it is to say both: dates may be too coarse to know which came later."""
    coarse = not (daily(a.said) and daily(b.said))
    changing = a.definition.over_time != "constant" and all(
        daily(one.span) and not one.soft and one.span[0] <= one.said[1] <= one.span[1]
        for one in (a, b)
    )
    return "tension" if coarse or changing or _mixed(a, b) else "contradiction"


def _voices_differ(a: Spoken, b: Spoken) -> bool:
    return a.voice is None or a.voice != b.voice


def _denies(a: Spoken, b: Spoken) -> bool:
    truths = isinstance(a.value, Truth) and isinstance(b.value, Truth)
    return truths or "denied" in (a.mode, b.mode)


def _since(pairs: list[tuple[Spoken, Spoken]]) -> str:
    """When the first of these pairs was complete, the definition included."""
    defined = pairs[0][0].definition.recorded_at
    return min(max(a.order[0], b.order[0], defined) for a, b in pairs)


def _shown(
    rule: str,
    worst: int,
    gravest: list[tuple[Spoken, Spoken]],
    camps: Iterable[list[Spoken]],
    pairs: list[tuple[Spoken, Spoken]],
) -> Shown:
    return _told(rule, VERDICTS[worst], _since(gravest), camps, pairs)


def _told(
    rule: str,
    verdict: str,
    since: str,
    camps: Iterable[list[Spoken]],
    pairs: list[tuple[Spoken, Spoken]],
) -> Shown:
    return Shown(
        rule,
        verdict,
        since,
        frozenset(
            (frozenset(one.id for one in camp), len({one.origin for one in camp})) for camp in camps
        ),
        frozenset(frozenset(map(_side, pair)) for pair in pairs),
    )


def _side(one: Spoken) -> tuple[str, str]:
    """Who says what: a side of a conflict, as an adjudication remembers it."""
    hedge = "" if one.mode == "asserted" else f"{one.mode}: "
    return one.voice or fold(one.claim.claimant), hedge + value_text(one.value)


def _maximal(
    claims: list[Spoken], together: Callable[[Spoken, Spoken], bool]
) -> Iterator[list[Spoken]]:
    """The maximal sets of claims that are pairwise ``together`` (Bron and Kerbosch, 1973)."""

    def grow(kept: list[Spoken], left: list[Spoken], tried: list[Spoken]) -> Iterator[list[Spoken]]:
        if not left and not tried:
            yield kept
        for at, one in enumerate(left):
            yield from grow(
                [*kept, one],
                [other for other in left[at + 1 :] if together(one, other)],
                [other for other in tried + left[:at] if together(one, other)],
            )

    yield from grow([], claims, [])
