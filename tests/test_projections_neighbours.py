"""Parts and wholes, starts and ends: judged event by event, at once, and by brute force."""

from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest
import reference
from histories import Move, holding, neighbour_histories, new_ledger
from hypothesis import given
from hypothesis import strategies as st
from projected import Projection, findings
from test_projections_incremental import follow, recorded, shuffle

from ledger.dates import read_day
from ledger.events import Claim, ClaimAsserted, OverTime, PredicateDefined
from ledger.grammar import read_value
from projections.judge_neighbours import NeighbourJudge

RULES = ("part-whole", "order")


@given(neighbour_histories())
def test_neighbours_are_judged_as_brute_force_judges_them(moves: list[Move]) -> None:
    rows = recorded(moves)
    expected = [one for one in reference.judged(rows).findings if one.rule in RULES]
    with closing(Projection(holding(rows), len(rows))) as built:
        found = [one for one in findings(built.connection) if one.rule in RULES]
    assert Counter(
        reference.Shown(one.rule, one.verdict, one.since, one.camps, one.pairs) for one in found
    ) == Counter(expected)


@given(neighbour_histories())
def test_neighbours_judged_one_by_one_are_judged_as_at_once(moves: list[Move]) -> None:
    follow(moves)


@given(neighbour_histories(), st.data())
def test_neighbours_do_not_ask_in_which_order_they_came(
    moves: list[Move], data: st.DataObject
) -> None:
    shuffle(recorded(moves), data)


DAY_ONE = date(2026, 1, 1)


def said(predicate: str, value: int, day: int) -> ClaimAsserted:
    return ClaimAsserted(
        claim=Claim(
            subject="the march",
            predicate=predicate,
            value=read_value(str(value)),
            claimant="Ann",
            published=read_day("2036-01-01"),
            as_of=read_day(f"{DAY_ONE + timedelta(day)}"),
        )
    )


@pytest.mark.parametrize("over_time", ["cumulative-up", "instant", "period"])
@pytest.mark.parametrize("days", [10, 200])
def test_what_exceeds_nothing_is_loaded_beside_nothing(
    over_time: OverTime, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the series of the whole and its parts have become."""
    ledger = new_ledger()
    ledger.append(
        [
            PredicateDefined(
                name=name, value_type="quantity", over_time=over_time, disjoint=disjoint
            )
            for name, disjoint in (("toll", ("men", "women")), ("men", ()), ("women", ()))
        ]
        + [
            said(name, rate * (day + 1), day)
            for day in range(days)
            for name, rate in (("toll", 9), ("men", 2), ("women", 3))
        ],
        "desk",
    )
    loaded: list[int] = []
    with closing(Projection(ledger.store, ledger.size())) as built:
        judged = NeighbourJudge._neighbour

        def counting(self: NeighbourJudge, *arguments: Any) -> Any:
            loaded.append(1)
            return judged(self, *arguments)

        monkeypatch.setattr(NeighbourJudge, "_neighbour", counting)
        for name, rate in (("toll", 9), ("men", 2), ("women", 3)):
            ledger.append([said(name, rate * (days + 1), days)], "desk")
            built.catch_up()
        assert (loaded, findings(built.connection)) == ([], [])
        ledger.append([said("men", 9 * (days + 2), days)], "desk")
        built.catch_up()
        assert loaded
        assert findings(built.connection)
