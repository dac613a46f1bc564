"""Ours: a claim of the workload as an event, and a ledger of them in a file."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.workload import LEVELS, POSTS, TOLLS, Claim
from ledger import events
from ledger.codec import encode
from ledger.dates import read_day
from ledger.events import ClaimAsserted, Event, PredicateDefined
from ledger.grammar import read_value
from ledger.log import Ledger
from ledger.sqlite import SqliteStore
from ledger.store import Row
from ledger.values import ValueType

RECORDER = "bench"
ORIGIN = "0" * 32

_BATCH = 500

_TYPES: dict[str, ValueType] = {
    **dict.fromkeys(TOLLS + LEVELS, "quantity"),
    **dict.fromkeys(POSTS, "entity"),
}


def definitions() -> list[Event]:
    """Return what the workload's predicates are: tolls grow, levels vary, posts are held."""
    return [
        *(
            PredicateDefined(name=name, value_type="quantity", over_time="cumulative-up")
            for name in TOLLS
        ),
        *(PredicateDefined(name=name, value_type="quantity") for name in LEVELS),
        *(PredicateDefined(name=name, value_type="entity") for name in POSTS),
    ]


def event(claim: Claim) -> ClaimAsserted:
    """Return the event that records a claim, its value and dates read and checked."""
    place = claim["scope.place"]
    return ClaimAsserted(
        claim=events.Claim(
            subject=claim["subject"],
            predicate=claim["predicate"],
            value=read_value(
                claim["value"], _TYPES[claim["predicate"]], unit=claim["unit"] or None
            ),
            claimant=claim["claimant"],
            published=read_day(claim["published"]),
            scope={"place": place} if place else {},
            as_of=read_day(claim["as_of"]),
            via=tuple(claim["via"].split(";")),
            url=claim["url"],
            wording=claim["wording"],
            lang=claim["lang"],
        )
    )


class WithoutHashes(SqliteStore):
    """A store that keeps no hash of any subtree: to see what keeping them costs an append."""

    _last: Row | None = None

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows without their hashes; the last is remembered, for what is added to it."""
        batch = list(rows)
        self._last = batch[-1] if batch else self._last
        super().add(row._replace(hashes=b"") for row in batch)

    def row(self, position: int) -> Row:
        """Return one row; the last one as it was given."""
        last = self._last
        return last if last is not None and last.position == position else super().row(position)


@contextmanager
def ledger_in(path: Path, kind: type[SqliteStore] = SqliteStore) -> Iterator[Ledger]:
    """Open the ledger in a file, a new one if need be, with the workload's definitions."""
    with closing(kind.open(path, ORIGIN)) as store:
        ledger = Ledger(store, clock=lambda: datetime.now(UTC), random=os.urandom)
        ledger.append(definitions(), RECORDER)
        yield ledger


def fill(ledger: Ledger, claims: Iterable[Claim]) -> None:
    """Record many claims in one transaction, so that there are all of them or none."""
    remaining = iter(claims)
    with ledger.appending(RECORDER) as appending:
        while batch := [encode(event(claim)) for claim in islice(remaining, _BATCH)]:
            appending.add_bodies(batch)
