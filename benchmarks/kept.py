"""Large ledgers that are made once and kept: with ``--folder``, from one run to the next.

A million claims take minutes to make and are the same every time. A ledger is filled in one
transaction, so a file that holds enough events is complete, and one that was left half made
holds none of them. Its name tells by a hash which claims it was made of: other claims make
another file. What is measured may append to a ledger here; the next run finds those events
there too, and appends others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path

import attrs
import orjson

from benchmarks import ours, workload
from ledger.log import Ledger
from projections.views import Views, views_path

_SAMPLE = 500
"""Claims that are hashed to tell one workload from another."""


@attrs.frozen
class Desk:
    """A ledger of the workload in the file ``path``, and its views, caught up with it."""

    path: Path
    ledger: Ledger
    views: Views


@contextmanager
def desk(
    folder: Path, count: int, wrong: float = workload.WRONG, contested: int = 1
) -> Iterator[Desk]:
    """Open the ledger of ``count`` claims in ``folder``; make it where it is not there."""

    def claims() -> Iterator[workload.Claim]:
        return workload.claims(count, wrong=wrong, contested=contested)

    sample = list(islice(claims(), _SAMPLE))
    path = folder / f"claims-{count}-{sha256(orjson.dumps(sample)).hexdigest()[:8]}.db"
    with ours.ledger_in(path) as ledger:
        if ledger.size() < count:
            ours.fill(ledger, claims())
        with Views.open(ledger.store, views_path(path)) as views:
            yield Desk(path, ledger, views)
