"""What relays make of what they pass on, by brute force: part of ``reference.py``.

A statement about an amount or a date is held against every number that could make a difference:
the ends of both, and what lies between and beyond them. Chains and circles are walked in full.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import attrs
from reference_past import Past, Spoken, reach
from reference_values import (
    CONFLICT,
    EVER,
    amounts,
    ends,
    implies,
    items,
    measured,
    same_name,
    span,
    unit,
)

from ledger.values import Day, Entity, Quantity, Several, Text, Truth, Value

AFFIRMED = {"asserted", "alleged", "probable", "possible"}
WISHES = {"demanded", "refused"}
PASSING_ON = ("relays", "translates")
MADE_FROM = (*PASSING_ON, "revises")

FIRMER = {
    "asserted": {"alleged", "probable", "possible", "forecast"},
    "probable": {"possible"},
}
"""What is said with less certainty."""


@attrs.frozen
class Passed:
    """What is found of a relay: by which rule, against whom, since when, and what it made of it."""

    rule: str
    relay: Spoken
    against: Spoken
    since: str
    change: str | None


@attrs.frozen
class Round:
    """Claims that lead back to each other, the links among them, and since when."""

    claims: tuple[Spoken, ...]
    links: tuple[tuple[Spoken, Spoken], ...]
    since: str


def passed_on(past: Past, reviser: Mapping[str, str]) -> Iterator[Passed]:
    """What every relay that was not taken back is found to have made of its origins."""
    for root, relay in past.counted.items():
        if relay.retracted:
            continue
        named: dict[str, list[tuple[str, str]]] = {}
        for claim, relation, other, at in past.links:
            here, there = past.root(claim), past.root(other)
            if relation in PASSING_ON and here == root != there and there in past.counted:
                named.setdefault(there, []).append((at, relation))
        if not named:
            continue
        made: dict[str, str | None] = {}
        for end, told in named.items():
            origin, translated = past.counted[end], "translates" in {word for _, word in told}
            linked = max(min(told)[0], origin.order[0], relay.order[0], _defined(relay))
            made[end] = None
            if origin.key == relay.key:
                made[end] = fidelity(relay, origin, translated, past)
            back = [act.at for act in past.retractions if past.root(act.event.claim) == end]
            then = _successor(past, origin, reviser)
            if back:
                yield Passed("stale-relay", relay, origin, max(linked, min(back)), None)
            elif (
                then is not None
                and then.key == relay.key
                and fidelity(relay, then, translated, past) == "misreported"
            ):
                yield Passed("stale-relay", relay, then, max(linked, then.order[0]), None)
        for end, change in made.items():
            excused = change == "strengthened" and "faithful" in made.values()
            if change not in (None, "faithful") and not excused:
                origin = past.counted[end]
                since = max(min(named[end])[0], origin.order[0], relay.order[0], _defined(relay))
                yield Passed("relay", relay, origin, since, change)


def _defined(one: Spoken) -> str:
    return one.definition.recorded_at


def _successor(past: Past, origin: Spoken, reviser: Mapping[str, str]) -> Spoken | None:
    """What stands in the place of a claim now, if that is another."""
    path = [origin]
    while True:
        last = path[-1]
        nexts = [one for one in past.counted.values() if reviser.get(last.id) == one.id]
        nexts += [
            past.counted[past.root(claim)]
            for claim, relation, other, _ in past.links
            if relation == "corrects"
            and past.root(other) == past.root(last.id)
            and past.root(claim) in past.counted
            and past.root(claim) != past.root(last.id)
            and past.counted[past.root(claim)].speaks
            and past.counted[past.root(claim)].voice == last.voice is not None
        ]
        if not nexts:
            break
        following = max(nexts, key=lambda one: (one.said, one.order))
        if following in path:
            break
        path.append(following)
    stands = path[-1].speaks and path[-1].id not in reviser
    return path[-1] if len(path) > 1 and stands else None


def circles(past: Past) -> Iterator[Round]:
    """The largest sets of claims each of which leads to every other."""
    nodes = {root: one for root, one in past.counted.items() if not one.retracted}
    timed = [
        (max(at, nodes[a].order[0], nodes[b].order[0]), a, b)
        for claim, relation, other, at in past.links
        if relation in MADE_FROM
        and (a := past.root(claim)) != (b := past.root(other))
        and a in nodes
        and b in nodes
    ]

    def beyond(node: str, until: str = "9") -> set[str]:
        edges = [(a, b) for at, a, b in timed if at <= until]
        return {end for a, b in edges if a == node for end in reach(b, edges)}

    rounds = {frozenset(b for b in beyond(a) if a in beyond(b)) for a in nodes if a in beyond(a)}
    for members in rounds:
        inside = [(at, a, b) for at, a, b in timed if {a, b} <= members]
        yield Round(
            tuple(nodes[root] for root in members),
            tuple((nodes[a], nodes[b]) for _, a, b in inside),
            min(at for at, _, _ in inside if any(m in beyond(m, at) for m in members)),
        )


# how a relay stands to its origin

EQUAL, WIDER, NARROWER, SHARED, APART = "equal", "wider", "narrower", "shared", "apart"


def fidelity(relay: Spoken, origin: Spoken, translated: bool, past: Past) -> str | None:
    """What a relay made of what its origin said; ``None`` where they are not comparable."""
    if relay.value is None or origin.value is None or not _one_time(relay, origin):
        return None
    found = _stand(relay, origin, translated, past)
    if found is None:
        return None
    if found in (SHARED, APART):
        return "shifted" if found == SHARED else "misreported"
    firmer = origin.mode in FIRMER.get(relay.mode, ())
    softer = relay.mode in FIRMER.get(origin.mode, ())
    return "strengthened" if firmer or (found == NARROWER and not softer) else "faithful"


def _one_time(a: Spoken, b: Spoken) -> bool:
    if a.definition.over_time == "constant" or {a.mode, b.mode} <= WISHES:
        return True
    if a.claim.as_of is None or b.claim.as_of is None or a.span == b.span:
        return True
    meet = a.span[0] <= b.span[1] and b.span[0] <= a.span[1]
    return meet and a.definition.over_time != "period"


def _stand(relay: Spoken, origin: Spoken, translated: bool, past: Past) -> str | None:
    a, b, d = relay.value, origin.value, relay.definition
    assert a is not None
    assert b is not None
    modes = {relay.mode, origin.mode}
    if modes <= AFFIRMED | {"forecast"} or modes in ({"demanded"}, {"denied"}, {"refused"}):
        denied = modes in ({"denied"}, {"refused"})
        if d.multi_valued or isinstance(a, Several) or isinstance(b, Several):
            return _lists(a, b, relay, translated, denied, past) if d.multi_valued else None
        return _one(a, b, relay, translated, denied, past)
    if modes == WISHES:
        wanted, refused = (a, b) if relay.mode == "demanded" else (b, a)
        pairs = [(x, y) for x in items(wanted) for y in items(refused)]
        return APART if any(implies(x, y, d, past) for x, y in pairs) else None
    if "denied" in modes and modes <= AFFIRMED | {"denied"}:
        said, denied_value = (b, a) if relay.mode == "denied" else (a, b)
        return APART if implies(said, denied_value, d, past) else None
    return None


def _one(a: Value, b: Value, one: Spoken, translated: bool, denied: bool, past: Past) -> str | None:
    found = _affirmed(a, b, one, translated, past)
    if not denied:
        return found
    if found == APART and not isinstance(a, Truth):
        return SHARED
    return {WIDER: NARROWER, NARROWER: WIDER}.get(found or "", found)


def _lists(
    a: Value, b: Value, one: Spoken, translated: bool, denied: bool, past: Past
) -> str | None:
    """An open list says that its items are so; a closed one that nothing else is, too."""
    mine, theirs = items(a), items(b)
    if translated and any(isinstance(item, Entity | Text) for item in (*mine, *theirs)):
        return None

    def says(item: Value, others: Sequence[Value], *, mine: bool) -> bool:
        if mine:
            found = [_one(item, other, one, translated, denied, past) for other in others]
            return bool({EQUAL, WIDER} & set(found))
        found = [_one(other, item, one, translated, denied, past) for other in others]
        return bool({EQUAL, NARROWER} & set(found))

    more = [item for item in mine if not says(item, theirs, mine=True)]
    less = [item for item in theirs if not says(item, mine, mine=False)]
    my_end = isinstance(a, Several) and a.closed
    their_end = isinstance(b, Several) and b.closed
    if (less and my_end) or (more and their_end):
        return APART
    match my_end, their_end:
        case True, True:
            return EQUAL
        case True, False:
            return NARROWER
        case False, True:
            return WIDER
    if more and less:
        return SHARED
    return NARROWER if more else WIDER if less else EQUAL


def _affirmed(a: Value, b: Value, one: Spoken, translated: bool, past: Past) -> str | None:
    match a, b:
        case Quantity(), Quantity():
            return _amounts(a, b, one)
        case Day(), Day():
            mine, theirs = span(a), span(b)
            seconds = {mine[0] - 1, *mine, mine[1] + 1, theirs[0] - 1, *theirs, theirs[1] + 1}
            found = _worlds(
                {s for s in seconds if mine[0] <= s <= mine[1]},
                {s for s in seconds if theirs[0] <= s <= theirs[1]},
            )
            return NARROWER if found == EQUAL and b.uncertain and not a.uncertain else found
        case Truth(), Truth():
            return EQUAL if a.yes == b.yes else APART
        case (Entity() | Text() as left, Entity() | Text() as right):
            if not one.definition.defined:
                return None
            mine_name, their_name = past.entity(left.stated), past.entity(right.stated)
            if mine_name == their_name:
                return EQUAL
            if past.inside(their_name, mine_name):
                return WIDER
            if past.inside(mine_name, their_name):
                return NARROWER
            if translated:
                return None
            return APART if same_name(left.stated, right.stated, past) == 2 else EQUAL
    return None


def _worlds(mine: set[int] | set[Fraction], theirs: set[int] | set[Fraction]) -> str:
    if mine == theirs:
        return EQUAL
    if mine > theirs:
        return WIDER
    if mine < theirs:
        return NARROWER
    return SHARED if mine & theirs else APART


def _amounts(a: Quantity, b: Quantity, one: Spoken) -> str | None:
    d = one.definition
    if unit(a, d) != unit(b, d):
        one_measure = measured(a, d)[0] == measured(b, d)[0]
        return APART if one_measure and amounts(a, b, d) == CONFLICT else None
    tolerance = Fraction(d.tolerance)
    mine, theirs = ends(a, tolerance), ends(b, tolerance)
    if a.approx == b.approx == "about":
        mine = ends(attrs.evolve(a, approx=None), tolerance)
        theirs = ends(attrs.evolve(b, approx=None), tolerance)
    figures = sorted({mine[0], mine[2], theirs[0], theirs[2]})
    probes = [f + step for f in figures for step in (0, Fraction(-1, 10**9), Fraction(1, 10**9))]

    def allows(of: tuple[Fraction, bool, Fraction, bool], number: Fraction) -> bool:
        above = of[0] == -EVER or number > of[0] or (number == of[0] and not of[1])
        below = of[2] == EVER or number < of[2] or (number == of[2] and not of[3])
        return above and below

    found = _worlds(
        {p for p in probes if allows(mine, p)}, {p for p in probes if allows(theirs, p)}
    )
    if a.plain and b.plain:
        gap, reach_ = abs(mine[0] - theirs[0]), max(abs(mine[0]), abs(theirs[0]))
        if gap <= tolerance * reach_:
            return EQUAL
    if found not in (EQUAL, WIDER) and _rounded(a, mine, b, theirs):
        return EQUAL if found == NARROWER else WIDER
    if found == APART and "vague" in (a.approx, b.approx):
        return None
    if found == APART and a.plain and any(_rounds(mine[0], end) for end in (theirs[0], theirs[2])):
        return NARROWER
    return found


Bounds = tuple[Fraction, bool, Fraction, bool]


def _rounded(a: Quantity, mine: Bounds, b: Quantity, theirs: Bounds) -> bool:
    """Whether the one amount is the other with fewer digits."""
    middle = (theirs[0] + theirs[2]) / 2
    if a.approx == b.approx == "rounded":
        return mine[0] <= middle <= mine[2] and mine[2] - mine[0] >= theirs[2] - theirs[0]
    if a.plain:
        low, high = (middle, middle) if b.approx == "rounded" else (theirs[0], theirs[2])
        return _rounds(mine[0], low) and _rounds(mine[0], high)
    if a.approx != b.approx or a.approx in ("rounded", "vague"):
        return False
    if _kind(mine) != _kind(theirs):
        return False
    low_fits = mine[0] < theirs[0] or mine[0] == -EVER or _rounds(mine[0], theirs[0])
    high_fits = mine[2] > theirs[2] or mine[2] == EVER or _rounds(mine[2], theirs[2])
    return low_fits and high_fits


def _kind(of: Bounds) -> tuple[bool, bool, bool]:
    return of[0] == -EVER, of[2] == EVER, of[0] == of[2]


def _rounds(number: Fraction, other: Fraction) -> bool:
    """Whether a number is another, rounded to its own last digit that is not 0, within 5 %."""
    if not number or abs(number) == EVER or abs(other) == EVER:
        return number == other
    digit = Fraction(10**30)
    while number % digit:
        digit /= 10
    gap = abs(number - other)
    return gap <= digit / 2 and gap <= max(abs(number), abs(other)) / 20
