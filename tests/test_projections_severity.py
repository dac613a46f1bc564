"""How much a finding matters: the formula by examples, and what must hold of any formula."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.selecting import STATUSES, VERDICTS
from projections.severity import severity

NEWEST = date(2026, 2, 6)


def told(
    verdict: str = "contradiction",
    gap: str | None = None,
    share: str | None = None,
    support: int = 1,
    age: int = 0,
    status: str = "open",
) -> int:
    since = f"{NEWEST - timedelta(days=age)}T09:00:00.000000Z"
    return severity(verdict, status, gap, share, support, since, f"{NEWEST}T08:00:00.000000Z")


@pytest.mark.parametrize(
    ("finding", "parts"),
    [
        (told(), (40, 10, 6, 20)),
        (told("altered"), (30, 10, 6, 20)),
        (told("tension"), (15, 10, 6, 20)),
        (told("revision"), (5, 10, 6, 20)),
        (told(gap="311", share="0.0907"), (40, 9, 6, 20)),
        (told(gap="40", share="0.1000"), (40, 10, 6, 20)),
        (told(gap="5", share="1.0000"), (40, 18, 6, 20)),
        (told(gap="7"), (40, 10, 6, 20)),
        (told(gap="365"), (40, 19, 6, 20)),
        (told(support=0), (40, 10, 0, 20)),
        (told(support=5), (40, 10, 14, 20)),
        (told(age=30), (40, 10, 6, 10)),
        (told(age=365), (40, 10, 6, 1)),
    ],
)
def test_the_parts_add_up(finding: int, parts: tuple[int, ...]) -> None:
    assert finding == sum(parts)


def test_what_was_dismissed_matters_no_more_and_what_was_confirmed_as_much() -> None:
    assert told(status="dismissed") == 0
    assert told(status="confirmed") == told()


shares = st.none() | st.integers(0, 20_000).map(lambda n: f"{n / 10_000:.4f}")
days = st.none() | st.integers(0, 100_000).map(str)
small = st.integers(0, 10_000)


@given(
    st.sampled_from(VERDICTS), st.sampled_from(STATUSES), days, shares, small, small,
)  # fmt: skip
def test_it_is_a_whole_number_from_0_to_100(
    verdict: str, status: str, gap: str | None, share: str | None, support: int, age: int
) -> None:
    assert 0 <= told(verdict, gap, share, support, age, status) <= 100


@given(st.lists(small, min_size=2, max_size=2).map(sorted))
def test_wider_better_supported_and_newer_never_matters_less(found: list[int]) -> None:
    less, more = found
    assert told(gap=str(less)) <= told(gap=str(more))
    assert told(share=f"{less / 10_000:.4f}") <= told(share=f"{more / 10_000:.4f}")
    assert told(support=less) <= told(support=more)
    assert told(age=less) >= told(age=more)


def test_a_graver_verdict_matters_more() -> None:
    found = [told(verdict) for verdict in VERDICTS]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
