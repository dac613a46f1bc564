"""Judging a crowded key takes work in the measure of its claims, and finds what brute force does.

Work is counted, not timed: how often two values are compared, how many peaks are looked at, how
many keys are judged again.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
import reference
from histories import new_ledger
from hypothesis import given, settings
from hypothesis import strategies as st
from projected import Projection, findings

from ledger.dates import read_day
from ledger.decimals import sort_key
from ledger.events import (
    OVER_TIME,
    Claim,
    ClaimAsserted,
    EntitiesMatched,
    Event,
    PredicateDefined,
)
from ledger.grammar import read_value
from ledger.log import Ledger
from ledger.values import Quantity
from projections.compare import compare, compare_quantities
from projections.contradictions.pairs import opposed, read_pairs, write_pairs
from projections.contradictions.series import Point, fallen
from projections.held import Definition
from projections.increment import Increment
from projections.outcomes import CONFLICT
from projections.soft_bounds import conflict_free


def said(who: str, value: str, as_of: str | None = None, **more: Any) -> ClaimAsserted:
    of_kind = {key: more.pop(key) for key in ("value_type", "multi_valued") if key in more}
    return ClaimAsserted(
        claim=Claim(
            subject=more.pop("subject", "Iran"),
            predicate="toll",
            value=read_value(value, **of_kind),
            claimant=who,
            published=read_day("2026-02-10"),
            as_of=None if as_of is None else read_day(as_of),
            **more,
        )
    )


def defined(over_time: Any, tolerance: str | None = None) -> PredicateDefined:
    return PredicateDefined(
        name="toll", value_type="quantity", over_time=over_time, tolerance=tolerance
    )


def holding(events: Sequence[Any]) -> Ledger:
    ledger = new_ledger()
    ledger.append(events, "desk")
    return ledger


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[Any]], int]:
    """Returns how many pairs of values are compared to judge these events."""

    def count(events: Sequence[Any]) -> int:
        counted = Counter[str]()

        def counting(*arguments: Any) -> Any:
            counted["compare"] += 1
            return compare(*arguments)

        ledger = holding(events)
        with monkeypatch.context() as patch:
            patch.setattr("projections.contradictions.clash.compare", counting)
            with closing(Projection(ledger.store, ledger.size())) as built:
                assert len(findings(built.connection)) >= 1
        return counted["compare"]

    return count


def test_different_figures_are_compared_with_their_neighbours_only(
    comparisons: Callable[[Sequence[Any]], int],
) -> None:
    claims = [said(f"c{number}", str(1_001 + 7 * number)) for number in range(300)]
    assert comparisons([defined("constant"), *claims]) <= 3 * len(claims)


def test_what_visits_a_day_is_compared_with_its_neighbours_only(
    comparisons: Callable[[Sequence[Any]], int],
) -> None:
    wide = [said(f"c{number}", str(1_001 + 7 * number), "2026") for number in range(100)]
    assert comparisons([defined("instant"), *wide, said("a", "5", "2026-02-01")]) <= 600


VALUES = st.one_of(
    st.integers(1, 60).map(lambda number: str(number * 50)),
    st.integers(-40, 40).map(str),
    st.integers(1, 12).map(lambda number: f"about {number * 100}"),
    st.integers(1, 12).map(lambda number: f"at least {number * 100}"),
    st.integers(1, 12).map(lambda number: f"less than {number * 100}"),
    st.sampled_from(["hundreds", "thousands", "dozens", "between 100 and 400"]),
)
CROWDS = st.lists(
    st.builds(
        said,
        st.sampled_from(["a", "b", "c", "d", "e", "not stated"]),
        VALUES,
        st.sampled_from([None, "2026-02-01", "2026-02-01", "2026-02", "2026", "2026-02-02?"]),
        modality=st.sampled_from(["asserted"] * 6 + ["alleged", "denied"]),
    ),
    min_size=2,
    max_size=14,
)


@settings(deadline=None)
@given(CROWDS, st.sampled_from(OVER_TIME), st.sampled_from([None, "5%", "30%", "90%"]))
def test_a_crowd_is_judged_as_comparing_all_pairs_judges_it(
    claims: list[Event], over_time: str, tolerance: str | None
) -> None:
    ledger = holding([defined(over_time, tolerance), *claims])
    expected = reference.judged(ledger.store.rows()).findings
    pairwise = ("value", "negation", "date", "cumulative")
    with closing(Projection(ledger.store, ledger.size())) as built:
        found = findings(built.connection)
    assert Counter(
        reference.Shown(one.rule, one.verdict, one.since, one.camps, one.pairs)
        for one in found
        if one.rule in pairwise
    ) == Counter(one for one in expected if one.rule in pairwise)


NEAR = st.integers(95, 130)
FIGURES = st.one_of(
    st.integers(9_500, 13_000).map(str),
    st.builds("{}00".format, NEAR),
    st.builds("about {}00".format, NEAR),
    st.builds("{} {}00".format, st.sampled_from(["at least", "less than"]), NEAR),
    st.builds("{}.{}".format, st.integers(95, 130), st.integers(0, 9)),
    st.sampled_from(["-10000", "10", "100", "thousands", "between 9000 and 10000"]),
)


@settings(max_examples=1_000, deadline=None)
@given(FIGURES, FIGURES, st.sampled_from(["0", "0.05", "0.3", "0.9"]))
def test_what_lies_apart_conflicts(one: str, other: str, tolerance: str) -> None:
    definition = Definition(value_type="quantity", tolerance=Decimal(tolerance), defined=True)
    a, b = read_value(one), read_value(other)
    assert isinstance(a, Quantity)
    assert isinstance(b, Quantity)
    (a_low, a_high), (b_low, b_high) = conflict_free(a, definition), conflict_free(b, definition)
    if a_high < b_low or b_high < a_low:
        assert compare_quantities(a, b, definition) == CONFLICT


SPEAKERS = st.tuples(st.sampled_from("abc"), st.sampled_from("123"))


@given(st.lists(st.tuples(SPEAKERS, SPEAKERS).map(lambda pair: tuple(sorted(pair)))))
def test_pairs_are_read_as_they_were_written(pairs: list[Any]) -> None:
    assert read_pairs(write_pairs(pairs)) == sorted(set(pairs))
    assert set(opposed(pairs)) == set(pairs)


def test_only_the_peaks_that_are_asked_for_are_looked_at() -> None:
    def point(at: int, figure: int) -> Point:
        key = sort_key(read_value(str(figure)).lower)  # type: ignore[union-attr, arg-type]
        return Point(at, at, at, (key, 0), (key, 0), True)

    points = [point(0, 10**9), *(point(at, 5_000 - at) for at in range(1, 400))]
    highest = {at: next(candidates) for at, candidates in fallen(points)}
    assert highest == {at: [0] for at in range(1, 400)}
    for at, candidates in fallen(points):
        assert [one for equals in candidates for one in equals] == list(range(at))


def test_a_match_judges_only_keys_whose_lists_have_the_name_as_an_item() -> None:
    several: dict[str, Any] = {"value_type": "text", "multi_valued": True}
    lists = ["only Oman; Qatar", "Muscat ; OMAN", "Omani officials; Qatar", "Turkey", "x; oman"]
    claims = [said("a", value, subject=f"s{at}", **several) for at, value in enumerate(lists)]
    ledger = holding(claims)
    with closing(Projection(ledger.store, ledger.size())) as built:
        size = ledger.size()
        ledger.append([EntitiesMatched(a="Oman", b="Sultanate")], "desk")
        increment = Increment(built.connection, ledger.store)
        increment.add(size, ledger.size())
        judged = {
            subject
            for (subject,) in built.connection.execute(
                "SELECT folded FROM names JOIN keys ON keys.subject = names.id "
                f"WHERE keys.id IN ({', '.join(map(str, increment._keys))})"
            )
        }
    assert judged == {"s0", "s1", "s4"}
