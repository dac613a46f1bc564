"""What it costs to make the views anew from the events."""

from contextlib import closing
from pathlib import Path

from benchmarks import peer, workload
from benchmarks.race import Line, per_second, race
from benchmarks.scale import Scale


def rebuild(scale: Scale) -> list[Line]:
    """Fill the peer's claim table: by its runner, event by event, and by hand, in batches."""
    few = _events(scale, scale.runner)
    many = _events(scale, scale.rebuilt)

    def fresh(name: str, turn: int) -> Path:
        for old in scale.folder.glob(f"table-{name}-*"):
            old.unlink()
        return scale.folder / f"table-{name}-{turn}.db"

    result = race(
        scale.turns,
        {
            f"the peer's runner, {scale.runner:,} events, wal and full": (
                lambda turn: peer.rebuild_by_runner(few, fresh("synced", turn), synced=True)
            ),
            f"the peer's runner, {scale.runner:,} events, wal and off": (
                lambda turn: peer.rebuild_by_runner(few, fresh("unsynced", turn), synced=False)
            ),
            f"the peer by hand, {scale.rebuilt:,} events, wal and off": (
                lambda turn: peer.rebuild_by_hand(many, fresh("hand", turn))
            ),
        },
    )
    return [Line("rebuild", name, per_second(result.rate(name))) for name in result.rates]


def _events(scale: Scale, count: int) -> Path:
    path = scale.folder / f"rebuild-peer-{count}.db"
    with closing(peer.PeerStore(path)) as store:
        if store.size() == 0:
            store.append_all(workload.claims(count), peer.read)
    return path
