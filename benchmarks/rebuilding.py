"""What it costs to make the views anew from the events."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks import ours, peer, workload
from benchmarks.race import Line, against, race
from benchmarks.scale import Scale
from benchmarks.workload import Claim
from projections.views import Views, views_path

CONTESTED = 0.02
"""The share of wrong claims at first, ten times what it is now: see ``docs/costs.md``."""


def rebuild(scale: Scale) -> list[Line]:
    """Make every view anew; the peer makes the claim table: by its runner, and by hand."""
    few = _events(scale, scale.runner)
    many = _events(scale, scale.rebuilt)
    synced = f"the peer's runner as it comes, {scale.runner:,} events"
    unsynced = f"the peer's runner without sync, {scale.runner:,} events"
    by_hand = f"the peer by hand, {scale.rebuilt:,} events"

    def fresh(name: str, turn: int) -> Path:
        for old in scale.folder.glob(f"table-{name}-*"):
            old.unlink()
        return scale.folder / f"table-{name}-{turn}.db"

    with (
        _views(scale.folder / "rebuild.db", workload.claims(scale.rebuilt)) as views,
        _views(
            scale.folder / "contested.db",
            workload.claims(scale.rebuilt // 5, wrong=CONTESTED),
        ) as contested,
    ):
        result = race(
            scale.turns,
            {
                "ours": lambda _: _rebuild(views),
                synced: lambda turn: peer.rebuild_by_runner(
                    few, fresh("synced", turn), synced=True
                ),
                unsynced: lambda turn: peer.rebuild_by_runner(
                    few, fresh("unsynced", turn), synced=False
                ),
                by_hand: lambda turn: peer.rebuild_by_hand(many, fresh("hand", turn)),
                "contested": lambda _: _rebuild(contested),
            },
        )
    return [
        Line("rebuild", f"ours, every view, {scale.rebuilt:,} claims", result.spread("ours")),
        *against("rebuild", result, {synced: 5, unsynced: 5, by_hand: 1}),
        Line("rebuild", f"ours, {scale.rebuilt // 5:,} claims, one in fifty wrong",
             result.spread("contested"), result.ratio("contested", by_hand), 1),
    ]  # fmt: skip


@contextmanager
def _views(path: Path, claims: Iterable[Claim]) -> Iterator[Views]:
    with ours.ledger_in(path) as ledger:
        ours.fill(ledger, claims)
        with Views.open(ledger.store, views_path(path)) as views:
            yield views


def _rebuild(views: Views) -> int:
    views.rebuild()
    return views.size()


def _events(scale: Scale, count: int) -> Path:
    path = scale.folder / f"rebuild-peer-{count}.db"
    with closing(peer.PeerStore(path)) as store:
        if store.size() == 0:
            store.append_all(workload.claims(count), peer.read)
    return path
