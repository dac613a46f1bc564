"""What the ledger knew then: from a moment to so many events, against counting them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from desks import PullingDesk
from hypothesis import given
from hypothesis import strategies as st

from ledger.dates import read_day
from ledger.errors import BadInput, NotFound
from ledger.events import SourceDescribed
from ledger.heads import Head, decode_head, encode_head, read_time
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.store import Reader
from projections.moments import size_before, size_known_at

START = datetime(2026, 2, 6, 12, tzinfo=UTC)
DATES = [
    "2026-02-05", "2026-02-06", "2026-02-06T11:59:59Z", "2026-02-06T12:00:00Z",
    "2026-02-06T12:00:01Z", "2026-02-07", "2026-02-08T00:00+01:00", "2026-02", "2025-12", "2026-12",
    "2026-02-07/2026-02-09", "../2026-02-07", "2026-02-07/..",
]  # fmt: skip
HOURS = st.lists(st.sampled_from([0, 0, 1, 7, 24, 50]), max_size=12)
HOURS_AND_ORIGINS = st.lists(
    st.tuples(st.sampled_from([0, 0, 1, 7, 24]), st.booleans()), max_size=12
)
"""How long after the one before, and whether it was pulled in."""


def ledger_of(hours: Sequence[int], pulled_in: Sequence[bool] = ()) -> Reader:
    """A ledger whose events come so many hours after one another; some were pulled in.

    Those bear the time at which another desk recorded them, years before or after.
    """
    store = MemoryStore("ab" * 16)
    times = iter([START + timedelta(hours=sum(hours[: at + 1])) for at in range(len(hours))])
    ledger = Ledger(store, clock=lambda: next(times), random=bytes)
    for at in range(len(hours)):
        ledger.append([SourceDescribed(name=f"source {at}", kind="person")], "desk")
    pulled = MemoryStore(store.origin)
    with pulled.appending() as writer:
        writer.add(
            row._replace(head=elsewhere(decode_head(row.head))) if pulled else row
            for row, pulled in zip(store.rows(), pulled_in or [False] * len(hours), strict=True)
        )
    return pulled


def elsewhere(head: Head) -> bytes:
    year = 2001 if head.seq % 2 else 2051
    when = f"{year}-01-01T00:00:00.000000Z"
    return encode_head(attrs.evolve(head, origin="cd" * 16, recorded_at=when))


def seconds(reader: Reader) -> list[int]:
    """When each event was recorded, those of other origins left out."""
    heads = [decode_head(row.head) for row in reader.rows()]
    return [
        int(datetime.fromisoformat(head.recorded_at).timestamp())
        for head in heads
        if head.origin == reader.origin
    ]


@given(HOURS)
def test_a_date_means_all_that_was_recorded_until_its_end(hours: list[int]) -> None:
    reader = ledger_of(hours)
    for date in DATES:
        day = read_day(date)
        until = [at for at in seconds(reader) if day.latest is None or at <= day.latest]
        before = [at for at in seconds(reader) if day.earliest is not None and at < day.earliest]
        assert size_known_at(reader, date) == len(until)
        assert size_before(reader, date, "--since") == len(before)


@given(HOURS_AND_ORIGINS)
def test_what_was_pulled_in_is_counted_by_its_place_not_its_time(
    events: list[tuple[int, bool]],
) -> None:
    hours, pulled_in = [hour for hour, _ in events], [pulled for _, pulled in events]
    reader = ledger_of(hours, pulled_in)
    for date in DATES:
        size = size_known_at(reader, date)
        latest = read_day(date).latest
        known = [at for at in seconds(reader) if latest is None or at <= latest]
        assert pulled_in[:size].count(False) == len(known)


def test_what_was_lost_and_came_back_is_known_from_when_it_came_back() -> None:
    """Though it bears an origin of this ledger, and was recorded here before."""
    ann, ben = PullingDesk(1), PullingDesk(2)
    copy, _ = ann.copy()
    ann.say("5", "6")
    ben.pull(ann)
    ann.take(copy)
    ann.say("7")
    day = read_time(decode_head(ann.store.row(0).head).recorded_at)
    ann.pull(ben)
    assert [decode_head(row.head).origin == ann.store.origin for row in ann.store.rows()] == [
        True, False, False, False, True,
    ]  # fmt: skip
    for seconds, size in ((-1, 0), (0, 1), (1, 5)):
        then = (day + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert size_known_at(ann.store, then) == size


def test_a_position_means_that_event_and_all_before_it() -> None:
    reader = ledger_of([1, 1, 1])
    assert [size_known_at(reader, text) for text in ("0", "1", "2")] == [1, 2, 3]
    with pytest.raises(NotFound, match="the last event is at position 2"):
        size_known_at(reader, "3")
    with pytest.raises(NotFound, match="there is no event yet"):
        size_known_at(ledger_of([]), "0")


@pytest.mark.parametrize("text", ["soon", "-1", "²", "06.02.2026", ""])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="--known-at"):
        size_known_at(ledger_of([1]), text)
