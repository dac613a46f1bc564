"""How much is measured: ``full`` is what the targets are about, ``small`` only shows it runs."""

from pathlib import Path

import attrs


@attrs.frozen
class Scale:
    """The sizes of one run of the program, and the folder it works in."""

    folder: Path
    turns: int = 3
    appends: int = 300
    append_turns: int = 9
    imported: int = 100_000
    rebuilt: int = 500_000
    runner: int = 20_000
    """Events for the peer's own runner: at its rate the full number takes minutes a turn."""


def full(folder: Path) -> Scale:
    """Return the sizes that the targets name."""
    return Scale(folder)


def small(folder: Path) -> Scale:
    """Return sizes that take seconds; the ratios they give mean nothing."""
    return Scale(
        folder, turns=1, appends=20, append_turns=1, imported=500, rebuilt=500, runner=200
    )  # fmt: skip
