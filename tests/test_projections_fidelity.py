"""What a relay makes of its origin, over many of both: held against brute force, and against
relays that are made to be faithful or not.
"""

from collections.abc import Set
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, Literal

import attrs
import reference_relays
from histories import AMOUNTS, CLAIMS, PALETTES, THEMES, Palette, claim_of, definitions, new_ledger
from hypothesis import event, given
from hypothesis import strategies as st
from reference_past import Past, happened

from ledger.dates import read_day
from ledger.events import (
    Claim,
    ClaimAsserted,
    EntitiesMatched,
    Event,
    PredicateDefined,
)
from ledger.grammar import read_value
from projections.contradictions.amounts import rounds
from projections.contradictions.clash import Context
from projections.contradictions.fidelity import Fidelity, fidelity
from projections.held import Definition, hold
from projections.links import Ids, circle_of

# --- against brute force ---------------------------------------------------------------------

MATCHED: tuple[tuple[str, str, Literal["same", "within"]], ...] = (
    ("muscat", "oman", "within"),
    ("muscat palace", "muscat", "within"),
    ("x", "z", "same"),
)
NEAR = st.sampled_from("340 341 342 345 350 300 400 0 -340 0.34 34.2 342.5 349 351".split())
FIGURES = st.one_of(
    NEAR,
    st.builds("{} {}".format, st.sampled_from(["at least", "more than", "at most"]), NEAR),
    st.builds("about {}".format, NEAR),
    st.builds("between {} and {}".format, st.sampled_from(["300", "340"]), st.just("350")),
    st.sampled_from(["1.1 thousand", "1100", "1149", "1.15 thousand", "dozens", "hundreds"]),
)


class Known:
    """What is known of names: these matches and nothing else."""

    def __init__(self) -> None:
        rows = new_ledger()
        acts = [EntitiesMatched(a=a, b=b, relation=relation) for a, b, relation in MATCHED]
        rows.append(acts, "desk")
        self.past = Past([happened(row) for row in rows.store.rows()])

    def entity(self, name: str) -> str:
        return self.past.entity(name)

    def within(self, inner: str, outer: str) -> bool:
        return self.past.inside(inner, outer)

    def source(self, name: str) -> str:
        return name

    def anonymous(self, name: str) -> bool:
        return False

    def principal(self, name: str) -> str:
        return name


NAMES = Known()


def made_of(
    relay: Claim,
    origin: Claim,
    defined: PredicateDefined | None = None,
    *,
    translated: bool = False,
) -> Fidelity | None:
    """What the program says that a relay made of its origin."""
    definition = Definition() if defined is None else Definition.of(defined, "")
    one, other = (hold(0, "", "", each, definition, NAMES) for each in (relay, origin))
    return fidelity(one, other, Context(definition, NAMES), translated=translated)


def made_by_brute_force(
    relay: Claim, origin: Claim, defined: PredicateDefined | None, *, translated: bool
) -> str | None:
    """What brute force says of the same."""
    rows = new_ledger()
    told: list[Event] = [ClaimAsserted(claim=each) for each in (relay, origin)]
    ids = [one.id for one in rows.append([*([defined] if defined else []), *told], "desk")]
    past = Past([happened(row) for row in rows.store.rows()])
    one, other = past.counted[ids[-2]], past.counted[ids[-1]]
    return reference_relays.fidelity(one, other, translated, NAMES.past)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[PredicateDefined | None, Claim, Claim]:
    """Draw two different claims of one subject and predicate, and what may be defined of it."""
    theme = draw(st.sampled_from(THEMES))
    palette: Palette = attrs.evolve(draw(PALETTES), theme=theme)
    claims = [claim_of(palette, drawn) for drawn in draw(st.tuples(CLAIMS, CLAIMS))]
    if theme == AMOUNTS:
        claims = [attrs.evolve(one, value=read_value(draw(FIGURES))) for one in claims]
    defined = draw(st.none() | definitions(theme))
    relay, origin = (
        attrs.evolve(one, subject="Iran", predicate="toll", scope={}, claimant=who)
        for one, who in zip(claims, ("Daily", "Ann"), strict=True)
    )
    over_time = palette.over_time
    return defined and attrs.evolve(defined, name="toll", over_time=over_time), relay, origin


@given(pairs(), st.booleans())
def test_what_a_relay_makes_of_its_origin_is_what_brute_force_finds(
    drawn: tuple[PredicateDefined | None, Claim, Claim], translated: bool
) -> None:
    defined, relay, origin = drawn
    found = made_of(relay, origin, defined, translated=translated)
    event(f"{found}")
    assert found == made_by_brute_force(relay, origin, defined, translated=translated)


@given(pairs(), st.booleans())
def test_to_pass_on_the_very_words_is_faithful(
    drawn: tuple[PredicateDefined | None, Claim, Claim], translated: bool
) -> None:
    defined, _, origin = drawn
    assert made_of(attrs.evolve(origin, claimant="D"), origin, defined, translated=translated) in (
        None,
        "faithful",
    )


@given(pairs())
def test_of_two_only_one_can_say_more(
    drawn: tuple[PredicateDefined | None, Claim, Claim],
) -> None:
    """Nor is what shares nothing with another anything but misreported, whichever way it goes."""
    defined, relay, origin = drawn
    there, back = made_of(relay, origin, defined), made_of(origin, relay, defined)
    assert {there, back} != {"strengthened"}


# --- relays that are made to be faithful, or not ---------------------------------------------


def amount(text: str, **more: Any) -> Claim:
    return Claim(
        subject="Iran",
        predicate="toll",
        value=read_value(text, "quantity"),
        claimant="Ann",
        published=read_day("2026-02-06"),
        **more,
    )


NUMBERS = st.integers(1, 10**7)
ROUNDINGS = st.sampled_from((ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN))


@given(NUMBERS, st.integers(0, 6), ROUNDINGS)
def test_a_rounded_number_is_faithful_as_long_as_it_is_within_5_per_cent(
    number: int, digit: int, rounding: str
) -> None:
    """Rounded here by the decimal module, which knows nothing of claims."""
    rounded = int(Decimal(number).quantize(Decimal(10) ** digit, rounding=rounding))
    near = abs(rounded - number) * 20 <= max(rounded, number)
    found = made_of(amount(str(rounded)), amount(str(number)))
    assert found == ("faithful" if near else "misreported")


@given(NUMBERS, NUMBERS)
def test_a_number_that_is_no_rounding_is_misreported(number: int, other: int) -> None:
    digits = len(str(other)) - len(str(other).rstrip("0"))
    rounding = abs(number - other) * 2 <= 10**digits
    near = abs(number - other) * 20 <= max(number, other)
    found = made_of(amount(str(other)), amount(str(number)))
    assert found == ("faithful" if rounding and near else "misreported")
    assert rounds(Decimal(other), Decimal(number)) == (rounding and near)


def as_sets(mine: Set[Any], theirs: Set[Any]) -> str:
    """How a relay stands to its origin, by all that either leaves open."""
    if mine >= theirs:
        return "faithful"
    if mine < theirs:
        return "strengthened"
    return "shifted" if mine & theirs else "misreported"


BOUNDS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)


@given(BOUNDS, BOUNDS)
def test_ranges_stand_to_each_other_as_the_numbers_in_them_do(
    relay: list[int], origin: list[int]
) -> None:
    """Ends are odd hundreds and one, so that no rounding reaches from the one to the other."""
    mine, theirs = (set(range(200 * low + 101, 200 * high + 102)) for low, high in (relay, origin))

    def told(ends: list[int]) -> Claim:
        low, high = (200 * end + 101 for end in ends)
        return amount(f"between {low} and {high}" if low < high else f"{low}")

    assert made_of(told(relay), told(origin)) == as_sets(mine, theirs)


@given(NUMBERS, st.sampled_from(("alleged", "probable", "possible", "forecast")))
def test_a_hedge_may_be_added_and_not_dropped(number: int, hedge: Any) -> None:
    plain, hedged = amount(f"{number}"), amount(f"{number}", modality=hedge)
    assert made_of(hedged, plain) == "faithful"
    assert made_of(plain, hedged) == "strengthened"


ITEMS = st.sets(st.sampled_from(("nuclear", "missiles", "sanctions")), min_size=1)
TOPICS = PredicateDefined(name="toll", value_type="text", multi_valued=True)


def worlds(said: tuple[bool, set[str]]) -> set[frozenset[str]]:
    """The agendas that a list allows: those that hold its items, and for a closed one no others."""
    closed, items = said
    every = ("nuclear", "missiles", "sanctions", "anything else")
    agendas = [{one for at, one in enumerate(every) if bits >> at & 1} for bits in range(16)]
    return {
        frozenset(agenda) for agenda in agendas if (agenda == items if closed else agenda >= items)
    }


@given(st.tuples(st.booleans(), ITEMS), st.tuples(st.booleans(), ITEMS))
def test_lists_stand_to_each_other_as_the_agendas_that_they_allow(
    relay: tuple[bool, set[str]], origin: tuple[bool, set[str]]
) -> None:
    mine, theirs = worlds(relay), worlds(origin)

    def told(said: tuple[bool, set[str]]) -> Claim:
        closed, items = said
        text = ("only " if closed else "") + "; ".join(sorted(items))
        return attrs.evolve(amount("5"), value=read_value(text, "text", multi_valued=True))

    assert made_of(told(relay), told(origin), TOPICS) == as_sets(mine, theirs)


# --- circles ---------------------------------------------------------------------------------

NODES = st.integers(0, 7)


@given(st.sets(st.tuples(NODES, NODES), max_size=20), NODES)
def test_a_circle_is_all_that_a_claim_leads_to_and_that_leads_back(
    edges: set[tuple[int, int]], start: int
) -> None:
    edges = {(a, b) for a, b in edges if a != b}
    nodes = [frozenset([str(at)]) for at in range(8)]

    def step(node: Ids, backwards: bool) -> set[Ids]:
        if backwards:
            return {nodes[a] for a, b in edges if nodes[b] == node}
        return {nodes[b] for a, b in edges if nodes[a] == node}

    def beyond(node: int) -> set[int]:
        found: set[int] = set()
        while more := {b for a, b in edges if a in found | {node}} - found:
            found |= more
        return found

    expected = {nodes[at] for at in beyond(start) if start in beyond(at)}
    assert circle_of(nodes[start], step) == expected


def test_a_new_reprint_looks_at_no_other_reprint() -> None:
    """However many a story has: the way back from a new one is short."""
    story = frozenset(["story"])
    asked: list[Ids] = []

    def step(node: Ids, backwards: bool) -> set[Ids]:
        asked.append(node)
        if backwards:
            reprints = {frozenset([f"reprint {at}"]) for at in range(1_000)}
            return reprints if node == story else set()
        return set() if node == story else {story}

    assert circle_of(frozenset(["reprint 7"]), step) == set()
    assert len(asked) <= 3
