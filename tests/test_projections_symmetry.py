"""Which claim came first makes no difference, and who says less contradicts no one.

Two claims at a time: what is found of them must not hang on the order in which they were
recorded, and a wider interval or a coarser date never makes a contradiction where there was
none.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal

import attrs
from histories import (
    AMOUNTS,
    CLAIMS,
    DAYS,
    PALETTES,
    THEMES,
    Palette,
    Theme,
    claim_of,
    definitions,
    new_ledger,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from projected import Projection, findings

from ledger.dates import read_day
from ledger.decimals import exact
from ledger.events import Claim, ClaimAsserted, Event, Modality, PredicateDefined
from ledger.grammar import write_quantity
from ledger.values import Day, Quantity

Pair = tuple[PredicateDefined | None, Claim, Claim]
Seen = set[tuple[str, str, frozenset[frozenset[str]]]]


@st.composite
def pairs(draw: st.DrawFn, themes: Sequence[Theme] = THEMES) -> Pair:
    """Draw two claims of one subject and predicate, and what may be defined of it."""
    palette: Palette = attrs.evolve(draw(PALETTES), theme=draw(st.sampled_from(themes)))
    one, other = (claim_of(palette, drawn) for drawn in draw(st.tuples(CLAIMS, CLAIMS)))
    defined = draw(st.none() | definitions(palette.theme))
    return (
        defined and attrs.evolve(defined, name="toll", over_time=palette.over_time),
        attrs.evolve(one, subject="Iran", predicate="toll", scope={}),
        attrs.evolve(other, subject="Iran", predicate="toll", scope={}),
    )


def seen(defined: PredicateDefined | None, *claims: Claim) -> Seen:
    """Rule, verdict and camps of what is found between claims, each claim by its words.

    What ``order`` says of a report that is older than what it is about, it says of one alone.
    """
    history: list[Event] = [] if defined is None else [defined]
    ledger = new_ledger()
    ledger.append(history, "desk")
    recorded = ledger.append([ClaimAsserted(claim=claim) for claim in claims], "desk")
    words = {kept.id: repr(claim) for kept, claim in zip(recorded, claims, strict=True)}
    with closing(Projection(ledger.store, ledger.size())) as built:
        return {
            (
                found.rule,
                found.verdict,
                frozenset(frozenset(words[id_] for id_ in ids) for ids, _ in found.camps),
            )
            for found in findings(built.connection)
            if found.rule != "order"
        }


def beside(defined: PredicateDefined | None, *claims: Claim) -> Seen:
    """What is found of claims set side by side: not of one that is told before its day."""
    return {found for found in seen(defined, *claims) if found[0] != "order"}


def contradicted(defined: PredicateDefined | None, *claims: Claim) -> bool:
    """Whether a contradiction is found between them."""
    return any(verdict == "contradiction" for _, verdict, _ in beside(defined, *claims))


@given(pairs())
def test_the_order_of_recording_makes_no_difference(pair: Pair) -> None:
    defined, one, other = pair
    assert seen(defined, one, other) == seen(defined, other, one)


@given(pairs())
def test_saying_the_same_again_contradicts_nobody(pair: Pair) -> None:
    defined, one, _ = pair
    for claimant in ("Somebody else", one.claimant):
        for published in ("2026-02-06", "2026-02-10"):
            again = attrs.evolve(one, claimant=claimant, published=read_day(published), said=None)
            assert not contradicted(defined, one, again)


def fits(defined: PredicateDefined | None, theme: Theme) -> bool:
    """Whether values of a theme are read as what they are: as words, wider is just different."""
    return defined is None or (defined.value_type, defined.multi_valued) == theme[1:]


WISHES = {"demanded", "refused"}
WIDER_BY = st.decimals(0, 200, places=1)


@given(pairs([AMOUNTS]), WIDER_BY, WIDER_BY)
def test_widening_an_interval_never_makes_a_contradiction(
    pair: Pair, down: Decimal, up: Decimal
) -> None:
    """Of bounds: a bare number is judged more mildly than a bound, since it may be rounded.

    Who denies or refuses more than before says more, not less.
    """
    defined, one, other = pair
    value = one.value
    assert isinstance(value, Quantity)
    assume(not value.plain and fits(defined, AMOUNTS))
    assume(one.modality not in ("denied", "refused"))
    wider = attrs.evolve(
        value,
        lower=None if value.lower is None else exact(value.lower, "-", down),
        upper=None if value.upper is None else exact(value.upper, "+", up),
    )
    assume(not wider.plain)
    wider = attrs.evolve(wider, stated=write_quantity(wider))
    if not contradicted(defined, one, other):
        assert not contradicted(defined, attrs.evolve(one, value=wider), other)


def coarser(day: Day, down: int, up: int) -> Day:
    """A time that begins up to so many hours earlier and ends later."""

    def instant(seconds: int) -> str:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"

    start = ".." if day.earliest is None else instant(day.earliest - down * 3600)
    end = ".." if day.latest is None else instant(day.latest + up * 3600)
    return read_day(f"{start}/{end}")


DATES: Theme = (DAYS, "day", False)
HOURS = st.integers(0, 60)


@given(pairs(), HOURS, HOURS, st.booleans())
def test_blurring_what_a_claim_is_about_never_makes_a_contradiction(
    pair: Pair, down: int, up: int, doubtful: bool
) -> None:
    """Except of a period, where another as-of is another amount."""
    defined, one, other = pair
    assume(one.as_of is not None and (defined is None or defined.over_time != "period"))
    assert one.as_of is not None
    blurred = coarser(one.as_of, down, up)
    if doubtful:
        blurred = attrs.evolve(one.as_of, stated=f"{one.as_of.stated}~", uncertain=True)
    if not contradicted(defined, one, other):
        assert not contradicted(defined, attrs.evolve(one, as_of=blurred), other)


@given(pairs([DATES]), HOURS, HOURS)
def test_blurring_a_date_never_makes_a_contradiction(pair: Pair, down: int, up: int) -> None:
    defined, one, other = pair
    assert isinstance(one.value, Day)
    assume(one.modality != "denied" and fits(defined, DATES))
    blurred = attrs.evolve(one, value=coarser(one.value, down, up))
    if not contradicted(defined, one, other):
        assert not contradicted(defined, blurred, other)


@given(pairs(), st.sampled_from(("alleged", "probable", "possible", "forecast")))
def test_saying_it_with_less_certainty_never_makes_a_contradiction(
    pair: Pair, modality: Modality
) -> None:
    defined, one, other = pair
    assume(one.modality == "asserted")
    hedged = attrs.evolve(one, modality=modality)
    assert not contradicted(defined, hedged, other)


@given(pairs())
def test_another_scope_or_subject_is_another_matter(pair: Pair) -> None:
    defined, one, other = pair
    assert not beside(defined, one, attrs.evolve(other, scope={"place": "Tehran"}))
    assert not beside(defined, one, attrs.evolve(other, subject="Oman"))


@given(pairs([AMOUNTS]))
def test_another_unit_is_another_matter(pair: Pair) -> None:
    defined, one, other = pair
    assert isinstance(one.value, Quantity)
    assume(fits(defined, AMOUNTS) and {one.modality, other.modality}.isdisjoint(WISHES))
    assert not beside(
        defined, attrs.evolve(one, value=attrs.evolve(one.value, unit="barrels")), other
    )
