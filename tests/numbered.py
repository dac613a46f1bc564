"""Claims by number, each like no other, and ledgers to put them in; quick to import."""

import random
from datetime import UTC, datetime
from pathlib import Path

from ledger.dates import read_day
from ledger.events import Claim, ClaimAsserted
from ledger.grammar import read_value
from ledger.log import Ledger
from ledger.sqlite import SqliteStore

ORIGIN = "5eed" * 8
START = datetime(2026, 2, 6, 18, 30, tzinfo=UTC)


def told(number: int) -> ClaimAsserted:
    """Return the claim of this number; some are long."""
    claim = Claim(
        subject="Iran",
        predicate="toll",
        value=read_value(str(number)),
        claimant="Ann",
        published=read_day("2026-02-06"),
        wording="It is said so. " * (number % 40),
    )
    return ClaimAsserted(claim=claim)


def ledger_at(path: Path) -> Ledger:
    """Return the ledger in a file, which is made where there is none; its dice fall as ever."""
    store = SqliteStore.open(path, ORIGIN)
    return Ledger(store, clock=lambda: START, random=random.Random(store.size()).randbytes)
