"""How much is measured: ``full`` is what the targets are about, ``small`` only shows it runs."""

from pathlib import Path

import attrs


@attrs.frozen(kw_only=True)
class Scale:
    """The sizes of one run of the program, and where it works."""

    folder: Path
    """For what is thrown away afterwards."""
    kept: Path
    """For ledgers that the next run may use again (:mod:`benchmarks.kept`)."""
    jhu: Path | None
    """The change log of Johns Hopkins University's series, where it is at hand."""
    turns: int = 3
    appends: int = 300
    append_turns: int = 9
    imported: int = 100_000
    rebuilt: int = 500_000
    runner: int = 20_000
    """Events for the peer's own runner: at its rate the full number takes minutes a turn."""
    few: int = 10_000
    many: int = 1_000_000
    caught_up: int = 20
    """Claims appended and caught up with, in each turn."""
    questions: int = 20
    """Claims that are asked for, by each kind of question."""
    commands: int = 9
    """Times that a whole command is run."""
    remembered: tuple[int, int] = (250_000, 1_000_000)
    """The two sizes at which memory is measured."""
    jhu_rows: int | None = None
    """So many rows of the change log only."""


def full(folder: Path, kept: Path, jhu: Path | None) -> Scale:
    """Return the sizes that the targets name."""
    return Scale(folder=folder, kept=kept, jhu=jhu)


def small(folder: Path, kept: Path, jhu: Path | None) -> Scale:
    """Return sizes that take seconds; the figures they give mean nothing."""
    return Scale(
        folder=folder,
        kept=kept,
        jhu=jhu,
        turns=1,
        appends=10,
        append_turns=1,
        imported=500,
        rebuilt=500,
        runner=50,
        few=200,
        many=1_000,
        caught_up=2,
        questions=2,
        commands=1,
        remembered=(200, 400),
        jhu_rows=2_000,
    )
