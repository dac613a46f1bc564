"""Processes that record and read at once for a while, and tell what they were answered.

They are forked like those of ``recorders.py``, but end by themselves.
"""

import json
import random
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from unittest.mock import patch

import attrs
from commands import Answer, Wherefrom
from numbered import told
from recorders import FORKS, Imported, Kept, claim, open_ledger, table

ROWS = 200
"""Claims in each file that is imported."""


@attrs.frozen
class Failed:
    """A command that ended as it should not."""

    answer: Answer


@attrs.frozen
class Read:
    """What a reader saw: so many events, and the root over them or their ids."""

    size: int
    root: str = ""
    ids: tuple[str, ...] = ()


def adding(path: Path, seed: int, times: int, ready: Barrier, told_to: Connection) -> None:
    """File claims out of a few, by the command."""
    dice, command = random.Random(seed), Wherefrom(path.parent, path.name)
    ready.wait()
    for _ in range(times):
        answer = command(*claim(dice.randrange(2 * times), "Ben"), "--json", code=None)
        said = answer.json if answer.code == 0 else None
        told_to.send(Kept(said["position"], said["id"]) if said else Failed(answer))


def importing(path: Path, seed: int, files: int, ready: Barrier, told_to: Connection) -> None:
    """Import files that others import, too."""
    dice, command = random.Random(seed), Wherefrom(path.parent, path.name)
    ready.wait()
    for number in dice.sample(range(files), files):
        answer = command("import", shared_file(path.parent, number), "--json", code=None)
        told_to.send(Imported(f"Cleo {number}", ROWS) if answer.code == 0 else Failed(answer))


def shared_file(folder: Path, number: int) -> Path:
    """Return the file of this number, which is written where it is missing."""
    file = folder / f"{number}.csv"
    if not file.exists():
        file.write_text(table(ROWS, f"Cleo {number}"), encoding="utf-8")
    return file


def appending(path: Path, seed: int, times: int, ready: Barrier, told_to: Connection) -> None:
    """Append to a ledger that stays open, one event or a few at a time."""
    dice = random.Random(seed)
    ready.wait()
    ledger = open_ledger(path)
    for _ in range(times):
        events = [told(dice.randrange(2 * times)) for _ in range(dice.randrange(1, 4))]
        for kept in ledger.append(events, "desk"):
            told_to.send(Kept(kept.position, kept.id))


def reading(path: Path, question: str, enough: Event, told_to: Connection) -> None:
    """Ask one question again and again."""
    command = Wherefrom(path.parent, path.name)
    while not enough.is_set():
        answer = command(*question.split(), code=None)
        told_to.send(_read(question, answer) if answer.code == 0 else Failed(answer))


def _read(question: str, answer: Answer) -> Read:
    said = json.loads(answer.out)
    if question.startswith("log"):
        return Read(len(said), ids=tuple(event["id"] for event in said))
    if question.startswith("verify"):
        assert said["ok"], said
        return Read(said["size"], root=said["root"])
    return Read(0)


def impatient(path: Path, seed: int, told_to: Connection) -> None:
    """File a claim without waiting for whoever is writing."""
    with patch("ledger.sqlite_opening.BUSY_SECONDS", 0.0):
        adding(path, seed, 1, FORKS.Barrier(1), told_to)


def patient(path: Path, seed: int, told_to: Connection) -> None:
    """File a claim as the command does."""
    adding(path, seed, 1, FORKS.Barrier(1), told_to)
