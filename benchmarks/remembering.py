"""How much memory an import and a rebuild take, at two sizes: it should not grow with them.

Each is the whole command in a process of its own, and what counts is the most that its largest
process held (:mod:`benchmarks.peak`). Both sizes are large enough to fill the caches, which
have a bound; below that, more rows are simply more of the cache in use.
"""

from pathlib import Path

from benchmarks import commands, ours, workload
from benchmarks.race import Line
from benchmarks.scale import Scale

_GROWTH = 1.2
"""What "flat" allows, for several times the rows."""


def memory(scale: Scale) -> list[Line]:
    """Import and rebuild at two sizes."""
    few, many = scale.remembered
    peaks = {count: _peaks(scale.folder, count) for count in (few, many)}
    lines = []
    for number, what in enumerate(("an import", "a rebuild")):
        least, most = peaks[few][number], peaks[many][number]
        lines += [
            Line("memory", f"{what} of {few:,} claims", _megabytes(least)),
            Line(
                "memory",
                f"{what} of {many:,} claims, beside it",
                _megabytes(most),
                most / least,
                _GROWTH,
                at_most=True,
            ),
        ]
    return lines


def _peaks(folder: Path, count: int) -> tuple[int, int]:
    """Return the peak of an import of so many claims, and of the rebuild after it."""
    file, path = folder / "memory.csv", folder / f"memory-{count}.db"
    workload.write_csv(file, count)
    with ours.ledger_in(path):
        pass
    command = ("wherefrom", "--db", path)
    return commands.peak(*command, "import", file), commands.peak(*command, "rebuild")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
