"""What it costs to make the views anew from the events."""

from contextlib import closing
from pathlib import Path

from benchmarks import ours, peer, workload
from benchmarks.race import Line, against, race
from benchmarks.scale import Scale
from projections.views import Views, views_path


def rebuild(scale: Scale) -> list[Line]:
    """Make every view anew; the peer makes the claim table: by its runner, and by hand."""
    few = _events(scale, scale.runner)
    many = _events(scale, scale.rebuilt)
    synced = f"the peer's runner as it comes, {scale.runner:,} events"
    unsynced = f"the peer's runner without sync, {scale.runner:,} events"
    by_hand = f"the peer by hand, {scale.rebuilt:,} events"
    path = scale.folder / "rebuild-ours.db"

    def fresh(name: str, turn: int) -> Path:
        for old in scale.folder.glob(f"table-{name}-*"):
            old.unlink()
        return scale.folder / f"table-{name}-{turn}.db"

    with ours.ledger_in(path) as ledger:
        ours.fill(ledger, workload.claims(scale.rebuilt))
        with Views.open(ledger.store, views_path(path)) as views:

            def by_ours(_: int) -> int:
                views.rebuild()
                return views.size()

            result = race(
                scale.turns,
                {
                    "ours": by_ours,
                    synced: lambda turn: peer.rebuild_by_runner(
                        few, fresh("synced", turn), synced=True
                    ),
                    unsynced: lambda turn: peer.rebuild_by_runner(
                        few, fresh("unsynced", turn), synced=False
                    ),
                    by_hand: lambda turn: peer.rebuild_by_hand(many, fresh("hand", turn)),
                },
            )
    return [
        Line("rebuild", f"ours, every view, {scale.rebuilt:,} claims",
             result.spread("ours")),
        *against("rebuild", result, {synced: 5, unsynced: 5, by_hand: 1}),
    ]  # fmt: skip


def _events(scale: Scale, count: int) -> Path:
    path = scale.folder / f"rebuild-peer-{count}.db"
    with closing(peer.PeerStore(path)) as store:
        if store.size() == 0:
            store.append_all(workload.claims(count), peer.read)
    return path
