"""What it costs to bring a file of claims in: the whole command, from its start to the disk.

Ours is `wherefrom import` as a person runs it, in a process of its own (its start is timed,
too), with the second process that it calls to help. It reads and checks every row, looks
whether it is there already, and seals it. The peer works in this process, which has started,
and is timed twice: storing the texts as they come, and reading numbers and dates from them.
"""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks import commands, ours, peer, workload
from benchmarks.race import Line, against, race
from benchmarks.scale import Scale
from benchmarks.workload import Claim


def bulk_import(scale: Scale) -> list[Line]:
    """Bring a CSV file of claims in."""
    file = scale.folder / "import.csv"
    workload.write_csv(file, scale.imported)
    bare = "the peer's batched saves, which read nothing"
    reading = "the peer's batched saves, numbers and dates read"

    def by_ours(turn: int) -> int:
        commands.run("wherefrom", "--db", _ours(scale.folder, turn), "import", file)
        return scale.imported

    def by_peer(read: Callable[[Claim], peer.Reading], name: str, turn: int) -> int:
        with closing(peer.PeerStore(_peers(scale.folder, name, turn))) as store:
            store.append_all(workload.read_csv(file), read)
            return store.size()

    for turn in range(scale.turns + 1):
        with ours.ledger_in(_ours(scale.folder, turn)):
            pass
        for name in ("bare", "reading"):
            peer.PeerStore(_peers(scale.folder, name, turn)).close()
    result = race(
        scale.turns,
        {
            "ours": by_ours,
            bare: partial(by_peer, peer.unread, "bare"),
            reading: partial(by_peer, peer.read, "reading"),
        },
    )
    for turn in range(scale.turns + 1):
        with ours.ledger_in(_ours(scale.folder, turn)) as ledger:
            assert ledger.size() == scale.imported + len(ours.definitions())
    what = f"ours, the whole command, {scale.imported:,} claims"
    return [
        Line("import", what, result.spread("ours")),
        *against("import", result, {bare: 2.5, reading: None}),
    ]


def _ours(folder: Path, turn: int) -> Path:
    return folder / f"import-ours-{turn}.db"


def _peers(folder: Path, name: str, turn: int) -> Path:
    return folder / f"import-peer-{name}-{turn}.db"
