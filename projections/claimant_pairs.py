"""How often two claimants stand against each other: counted over whole reports."""

import sqlite3
from collections import Counter
from collections.abc import Iterator

import attrs
import orjson

from projections.selecting import REVISION, Wanted, select
from projections.sources import preferred_name


@attrs.frozen
class ClaimantPair:
    """Two claimants (one twice where it contradicts itself), and their findings by verdict."""

    one: str
    other: str
    verdicts: Counter[str]

    @property
    def count(self) -> int:
        """In how many findings they oppose each other."""
        return sum(self.verdicts.values())


def claimant_pairs(connection: sqlite3.Connection, wanted: Wanted) -> list[ClaimantPair]:
    """Return the pairs that oppose each other in the findings asked for, the most frequent first.

    Revisions are left out: nobody opposes anybody there.
    """
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in select(connection, wanted, "pairs", f"NOT ({REVISION})"):
        for pair in set(_opponents(row.json)):
            found.setdefault(pair, Counter())[row.verdict] += 1
    shown: dict[str, str] = {}
    for name in {name for pair in found for name in pair}:
        shown[name] = preferred_name(connection, name)
    pairs = [ClaimantPair(shown[a], shown[b], verdicts) for (a, b), verdicts in found.items()]
    return sorted(pairs, key=lambda pair: (-pair.count, pair.one, pair.other))


def _opponents(pairs: str) -> Iterator[tuple[str, str]]:
    """Yield the folded names of those who oppose each other in a finding, the smaller first."""
    speakers, against = orjson.loads(pairs)
    names = [name for name, _ in speakers]
    for name, ranges in zip(names, against, strict=True):
        for other in {other for start, stop in ranges for other in names[start:stop]}:
            yield min(name, other), max(name, other)
