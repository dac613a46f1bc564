"""Building the views anew: events in, rows and findings out, at full speed.

Rows first, into empty tables; then the indexes, then what acts do, then one judgement of all
that SQL finds suspect. :mod:`projections.increment` adds a few events to views that stand; the
two agree after every step.
"""

import sqlite3
from collections.abc import Callable

from ledger.store import Reader, consecutive
from projections import narrow
from projections.acts import settle
from projections.families import FAMILY_ACTS, FamilyJudge
from projections.filling import CLAIM_ACTS, NAME_ACTS, batches, mark_reached, recast, rekey
from projections.interning import Interner
from projections.judge import Judge
from projections.loading import Loader
from projections.matches import Components
from projections.neighbours import Neighbours

Progress = Callable[[int, int], None]


def build_whole(
    connection: sqlite3.Connection, store: Reader, stop: int, progress: Progress | None = None
) -> None:
    """Fill the empty tables of ``connection`` with the first ``stop`` events of ``store``."""
    connection.execute("BEGIN")
    interner = Interner(connection, defining=False)
    skipped = 0
    origins: set[str] = set()
    for batch in batches(consecutive(store, 0, stop), interner, origins):
        batch.write(connection, store)
        skipped += batch.skipped
        if progress is not None and batch.claims:
            progress(batch.claims[-1][0] + 1, stop)
    from projections.tables import create_indexes

    create_indexes(connection)
    loader = Loader(connection, store)
    names = {
        name
        for target, other in connection.execute(
            f"SELECT target, other FROM acts WHERE type IN ({', '.join('?' * 3)})", NAME_ACTS
        )
        for name in (target, other)
        if name
    }
    rekey(connection, interner, Components(connection).rename(names))
    for (key,) in connection.execute("SELECT id FROM keys").fetchall():
        interner.define_key(key)
    recast(connection, loader, interner, "1", ())
    targets = connection.execute(
        f"SELECT target FROM acts WHERE type IN {CLAIM_ACTS} "
        "UNION SELECT other FROM acts WHERE type = 'claims-linked' "
        "UNION SELECT lower(hex(id)) FROM claims JOIN twins USING (position)"
    ).fetchall()
    settle(connection, (target for (target,) in targets))
    judge = Judge(connection, loader, fresh=True)
    slices = list(dict.fromkeys(narrow.suspect_slices(connection)))
    judge.voices(slices)
    for slice_ in slices:
        judge.slice(slice_)
    for key, scope in narrow.wish_keys(connection):
        judge.wishes(key, scope)
    for key, scope in narrow.suspect_series(connection):
        judge.series(key, scope)
    Neighbours(connection, loader).judge_all()
    told_of = connection.execute(f"SELECT DISTINCT target FROM acts WHERE type IN {FAMILY_ACTS}")
    FamilyJudge(connection, loader, fresh=True).judge([target for (target,) in told_of])
    mark_reached(connection, store, stop, skipped, origins)
    connection.execute("COMMIT")
    if progress is not None:
        progress(stop, stop)
