"""After a power cut the views show what the ledger holds, or are seen to be damaged and rebuilt.

They need lose nothing: what they had not kept they take from the ledger again. What must not be is
that pages of two moments lie side by side in their file and nobody notices.
"""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import attrs
import pytest
from commands import Wherefrom
from conftest import PROFILE
from disk_vfs import PERSIST, WAL, mounted
from numbered import told
from power_loss import ORDINARY, Disk, Image, Medium, left_by_power_cut
from projected import dump, whole
from recorders import open_ledger

from ledger.events import ClaimAsserted
from ledger.journal import Journal
from projections.views import Views, views_path

Figure = Callable[[str, object], None]

IMAGES = 500 if PROFILE == "torture" else 40


def disputed(number: int) -> ClaimAsserted:
    """A claim that several others contradict."""
    event = told(number % 5)
    return attrs.evolve(event, claim=attrs.evolve(event.claim, claimant=f"claimant {number}"))


@attrs.frozen
class Followed:
    """A ledger whose views followed it, event by event, on a disk."""

    path: Path
    disk: Disk
    first: int
    """Where in the disk's log that began."""


def followed(folder: Path, disk: Disk, journal: Journal) -> Followed:
    """Record what others dispute, beside the seeds, and have the views follow on the disk."""
    command = Wherefrom(folder)
    command.seeds()
    command("sources")
    views = views_path(command.db)
    disk.put({str(views): views.read_bytes()})
    first = len(disk.log)
    ledger = open_ledger(command.db)
    with closing(ledger.store):
        for number in range(8):
            with mounted(disk, views, journal):
                ledger.append([disputed(number), disputed(number + 20)], "desk")
                Views.open(ledger.store, views).close()
    return Followed(command.db, disk, first)


def cut_often(done: Followed, images: int) -> tuple[int, int]:
    """Cut the power so often; return how many views were seen to be damaged, how many wrong."""
    dice, damaged, wrong = random.Random(5), 0, 0
    with closing(open_ledger(done.path).store) as store:
        true = whole(store)
        for _ in range(images):
            cut = dice.randrange(done.first, len(done.disk.log) + 1)
            put(left_by_power_cut(done.disk.log[:cut], done.disk.medium, dice))
            with closing(Views.open(store, views_path(done.path))) as views:
                try:
                    wrong += dump(views.connection) != true
                    damaged += views.rebuilt
                except sqlite3.DatabaseError:  # a command that asks rebuilds them then
                    damaged += 1
    return damaged, wrong


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
@pytest.mark.parametrize("medium", [ORDINARY, Medium(512)], ids=["4096", "512"])
def test_after_a_power_cut_the_views_are_what_a_rebuild_makes_of_the_ledger(
    medium: Medium, journal: Journal, folder: Path, record_property: Figure
) -> None:
    damaged, wrong = cut_often(followed(folder, Disk(medium), journal), IMAGES)
    record_property("power cuts while views were written", IMAGES)
    record_property("of them, views that had to be rebuilt", damaged)
    record_property("of them, views that were wrong", wrong)
    assert not wrong


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
def test_views_of_two_moments_are_told_from_those_of_one(journal: Journal, folder: Path) -> None:
    """On a disk that says it has synced and has not; so the test above can fail."""
    done = followed(folder, Disk(lies=True), journal)
    try:
        noticed = any(cut_often(done, 40))
    except (TypeError, LookupError, ValueError):  # what stands there makes no sense
        noticed = True
    assert noticed


def put(image: Image) -> None:
    """Write the files of an image where they belong, and take away what is not in it."""
    [path] = {name for name in image if name.endswith(".db")}
    for suffix in ("", "-journal", "-wal", "-shm"):
        file = Path(path + suffix)
        if path + suffix in image:
            file.write_bytes(image[path + suffix])
        else:
            file.unlink(missing_ok=True)
