"""What a key has signed is remembered through a power cut: it signs nothing that contradicts it.

A key signs one checkpoint after the other, with its memory on a disk that loses its power after any
write (``power_loss.py``). What the memory then holds is the last that was signed, or the one that
was about to be.
"""

import random
import sqlite3
from pathlib import Path

import attrs
import pytest
from conftest import PROFILE
from disk_vfs import PERSIST, mounted
from power_loss import Disk, Image, Note, Operation, left_by_power_cut

from ledger.checkpoints import Checkpoint, SignedCheckpoint
from ledger.errors import LedgerError
from ledger.keys import LEDGER_KEY, new_key
from ledger.notes import Note as SignedNote
from ledger.seen import SeenFile

KEY = new_key("example.org/log", LEDGER_KEY, bytes(range(32)))
SIGNED = 8
IMAGES = 2_000 if PROFILE == "torture" else 200


@attrs.frozen
class Begun:
    """A checkpoint of so many events was about to be signed."""

    size: int


@attrs.frozen
class Signed:
    """It was signed."""

    size: int


def checkpoint(size: int) -> SignedCheckpoint:
    head = Checkpoint("example.org/log", size, size.to_bytes(32, "big"))
    return SignedCheckpoint(head, SignedNote(head.text, (KEY.sign(head.text, 0),)))


def signed(path: Path, disk: Disk) -> list[Operation]:
    """Sign checkpoints of 1, 2, 3 … events; note on the disk what was begun and what was done."""
    with mounted(disk, path, PERSIST):
        for size in range(1, SIGNED + 1):
            memory = SeenFile(path)
            disk.note(Begun(size))
            with memory.deciding():
                memory.remember(checkpoint(size), [KEY.verifier], size)
            disk.note(Signed(size))
    return disk.log


def forgotten(log: list[Operation], path: Path, folder: Path) -> list[str]:
    """Cut the power often; return what of the memory was not as it had to be."""
    dice = random.Random(0)
    complaints = []
    for _ in range(IMAGES):
        cut = dice.randrange(len(log) + 1)
        image = left_by_power_cut(log[:cut], Disk().medium, dice)
        noted = [note.words for note in log[:cut] if isinstance(note, Note)]
        least = max((one.size for one in noted if isinstance(one, Signed)), default=0)
        most = max((one.size for one in noted if isinstance(one, Begun)), default=0)
        size = _remembered(image, path, folder)
        if not (isinstance(size, int) and least <= size <= most):
            complaints.append(f"cut at {cut}: {size}, of {least} signed and {most} begun")
    return complaints


def _remembered(image: Image, path: Path, folder: Path) -> int | str:
    for name, content in image.items():
        Path(f"{folder / path.name}{name.removeprefix(str(path))}").write_bytes(content)
    memory = SeenFile(folder / path.name)
    try:
        with memory.deciding():
            last = memory.last("example.org/log")
        return 0 if last is None else last.checkpoint.size
    except (sqlite3.Error, LedgerError) as error:
        return str(error)
    finally:
        for file in folder.iterdir():
            file.unlink()


@pytest.mark.parametrize("lies", [False, True], ids=["a disk", "a disk that syncs nothing"])
def test_what_was_signed_is_remembered_when_the_power_fails(
    tmp_path: Path, folder: Path, lies: bool
) -> None:
    """The second is the control: there it is forgotten."""
    path = tmp_path / "desk.key.seen"
    complaints = forgotten(signed(path, Disk(lies=lies)), path, folder)
    assert bool(complaints) is lies, complaints
