"""An acknowledged append survives a power cut, whatever the disk makes of the rest.

A desk records on a disk in memory (``power_loss.py``, ``disk_vfs.py``): the real store, on a
SQLite whose every write, sync and deletion is logged. Then the power fails after any of them, and
the files are what was synced, with any part of the rest, torn and damaged. Each such image is
opened by the plain SQLite of this Python, and must hold what the desk had recorded after one of its
appends: the last that was acknowledged when the power failed, or one that was begun by then.
"""

import itertools
import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

import attrs
import pytest
from conftest import PROFILE
from disk_vfs import PERSIST, WAL, mounted
from numbered import ledger_at, told
from power_loss import (
    NOTHING_KEPT,
    ORDINARY,
    Disk,
    Image,
    Killed,
    Medium,
    Note,
    Operation,
    left_by_power_cut,
)

from ledger.errors import LedgerError, StorageError
from ledger.events import ClaimAsserted
from ledger.journal import Journal
from ledger.log import Ledger
from ledger.sqlite import SqliteStore
from ledger.store import Row

Figure = Callable[[str, object], None]

IMAGES = 1_000 if PROFILE == "torture" else 60
"""So many power cuts for each of seven ways of recording."""


@attrs.frozen
class Begun:
    """An append was begun that would make the ledger so long."""

    size: int


@attrs.frozen
class Acknowledged:
    """The ledger was said to be so long."""

    size: int


@attrs.frozen
class Setting:
    """One way in which a desk may record: its journal, its disk, and how SQLite is set."""

    name: str
    journals: tuple[Journal, ...]
    """Of each run of the program, one after the other."""
    medium: Medium = ORDINARY
    pragmas: tuple[str, ...] = ()


SMALL_CACHE = "cache_size = 3"
"""In pages: what does not fit goes to the disk before the append is done."""
OFTEN = "wal_autocheckpoint = 6"
"""In pages: the WAL is carried over into the ledger all the time, and begun anew."""

SETTINGS = (
    Setting("persist", (PERSIST, PERSIST)),
    Setting("persist, small cache", (PERSIST, PERSIST), Medium(512), (SMALL_CACHE,)),
    Setting("wal", (WAL, WAL), Medium(512)),
    Setting("wal, checkpoints", (WAL, WAL), ORDINARY, (OFTEN, SMALL_CACHE)),
    Setting("from one to the other", (PERSIST, WAL, PERSIST, WAL), ORDINARY, (OFTEN,)),
    Setting("persist, bad disk", (PERSIST, PERSIST), Medium(4096, powersafe=False), (SMALL_CACHE,)),
    Setting("wal, bad disk", (WAL, WAL), Medium(512, powersafe=False), (OFTEN,)),
)
TWICE = [setting for setting in SETTINGS if setting.name != "wal, bad disk"]
"""Those that survive a second power cut while they recover from the first. A WAL on a disk that
may damage what lies beside a write does not always: the frame with which SQLite protects the end
of an append may be missing then, and the next append begins in the same sector."""
NAMES = [setting.name for setting in SETTINGS]


@attrs.frozen
class Recorded:
    """What a desk did on a disk, and the ledger that came of it."""

    path: Path
    medium: Medium
    log: Sequence[Operation]
    rows: tuple[Row, ...]
    first: int = 0
    """Operations that had been done, and were durable, before anything is cut."""


def recorded(path: Path, disk: Disk, setting: Setting) -> Recorded:
    """Record something, with every kind of append, the program started anew for each journal."""
    number = 0

    def append(ledger: Ledger, count: int, again: int = 0) -> None:
        nonlocal number
        events = [told(number + at) for at in range(-again, count)]
        number += count
        disk.note(Begun(number))
        ledger.append(events, "desk")
        disk.note(Acknowledged(number))

    rows: list[Row] = []
    for journal in setting.journals:
        with mounted(disk, path, journal, setting.pragmas):
            ledger = ledger_at(path)
            for _ in range(4):
                append(ledger, 1)
            append(ledger, 40)
            append(ledger, 0, again=1)
            with suppress(ZeroDivisionError), ledger.appending("desk") as appending:
                appending.add(told(-1))
                raise ZeroDivisionError
            append(ledger, 3, again=2)
            append(ledger, 1)
            rows = list(ledger.store.rows())
            ledger.store.close()
    assert len(rows) == number
    return Recorded(path, disk.medium, disk.log, tuple(rows))


def complaint(found: Recorded, image: Image, cut: int, folder: Path) -> str | None:
    """Return what is wrong with an image of the disk, once it is opened; ``None`` if nothing is."""
    noted = [change.words for change in found.log[:cut] if isinstance(change, Note)]
    least = max((note.size for note in noted if isinstance(note, Acknowledged)), default=0)
    most = max((note.size for note in noted if isinstance(note, Begun)), default=0)
    path = folder / "facts.db"
    for name, content in image.items():
        Path(f"{path}{name.removeprefix(str(found.path))}").write_bytes(content)
    try:
        return _opened(path, found.rows, least, most)
    except (sqlite3.Error, LedgerError) as error:
        return str(error)
    finally:
        for file in folder.iterdir():
            file.unlink()


def _opened(path: Path, recorded: tuple[Row, ...], least: int, most: int) -> str | None:
    try:
        SqliteStore.open(path).close()
    except StorageError as error:
        if least or "no such ledger" not in error.message:
            raise
    ledger = ledger_at(path)
    with closing(ledger.store):
        rows = tuple(ledger.store.rows())
        if rows != recorded[: len(rows)]:
            return "holds what was never recorded"
        if not least <= len(rows) <= most:
            return f"holds {len(rows)} events, of {least} acknowledged and {most} begun"
        if problems := ledger.verify().problems:
            return problems[0]
        [new] = ledger.append([told(-2)], "desk")
        if new.position != len(rows) or not ledger.verify().ok:
            return "cannot be appended to"
    with closing(sqlite3.connect(path)) as connection:
        [(sound,)] = connection.execute("PRAGMA integrity_check(1)")
    return None if sound == "ok" else str(sound)


@attrs.define
class Cuts:
    """What became of a number of power cuts."""

    images: int = 0
    different: set[int] = attrs.Factory(set)
    complaints: list[str] = attrs.Factory(list)

    def look(self, found: Recorded, image: Image, cut: int, folder: Path) -> None:
        self.images += 1
        self.different.add(hash(frozenset(image.items())))
        trouble = complaint(found, image, cut, folder)
        if trouble is not None:
            self.complaints.append(f"image {self.images}, cut at {cut}: {trouble}")


def cut_often(found: Recorded, images: int, folder: Path, seed: int = 0) -> Cuts:
    """Cut the power after any operation, so often; look at what is left."""
    dice = random.Random(seed)
    cuts = Cuts()
    for _ in range(images):
        cut = dice.randrange(found.first, len(found.log) + 1)
        image = left_by_power_cut(found.log[:cut], found.medium, dice)
        cuts.look(found, image, cut, folder)
    return cuts


@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_nothing_acknowledged_is_lost_when_the_power_fails(
    setting: Setting, tmp_path: Path, folder: Path, record_property: Figure
) -> None:
    found = recorded(tmp_path / "facts.db", Disk(setting.medium), setting)
    cuts = cut_often(found, IMAGES, folder)
    record_property("power cuts", cuts.images)
    record_property("of them, ledgers lost or corrupt", len(cuts.complaints))
    assert not cuts.complaints
    assert len(cuts.different) > IMAGES / 2


@pytest.mark.parametrize("setting", TWICE, ids=lambda setting: setting.name)
def test_the_power_may_fail_again_while_a_ledger_is_recovered(
    setting: Setting, tmp_path: Path, folder: Path, record_property: Figure
) -> None:
    path = tmp_path / "facts.db"
    found = recorded(path, Disk(setting.medium), setting)
    dice = random.Random(1)
    cuts = Cuts()
    for _ in range(IMAGES // 4):
        cut = dice.randrange(len(found.log) + 1)
        image = left_by_power_cut(found.log[:cut], found.medium, dice)
        again = recovered(found, cut, image, setting)
        for _ in range(4):
            cut = dice.randrange(again.first, len(again.log) + 1)
            image = left_by_power_cut(again.log[:cut], found.medium, dice)
            cuts.look(again, image, cut, folder)
    record_property("power cuts", cuts.images)
    record_property("of them, ledgers lost or corrupt", len(cuts.complaints))
    assert not cuts.complaints


def recovered(found: Recorded, cut: int, image: Image, setting: Setting) -> Recorded:
    """Open what a power cut left, file the last claim again, and then another one."""
    noted = [change for change in found.log[:cut] if isinstance(change, Note)]
    disk = Disk.holding(image, setting.medium)
    disk.log += noted
    first = len(disk.log)
    with mounted(disk, found.path, setting.journals[-1], setting.pragmas):
        ledger = ledger_at(found.path)
        size = ledger.size()
        if size:
            last = ledger.entry(size - 1).event
            assert isinstance(last, ClaimAsserted)
            assert not ledger.append([last], "desk")[0].new
            disk.note(Acknowledged(size))
        disk.note(Begun(size + 1))
        ledger.append([told(-3)], "desk")
        disk.note(Acknowledged(size + 1))
        rows = tuple(ledger.store.rows())
        ledger.store.close()
    return Recorded(found.path, disk.medium, disk.log, rows, first)


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
def test_what_a_killed_program_left_is_durable_once_it_is_acknowledged(
    journal: Journal, tmp_path: Path, folder: Path
) -> None:
    """It may stand in the file and not be synced: whoever files it again is told it is there."""
    path = tmp_path / "facts.db"
    for step in itertools.count():
        disk = Disk()
        with mounted(disk, path, journal):
            ledger = ledger_at(path)
            ledger.append([told(1)], "desk")
            disk.kill_after(step)
            with suppress(Killed):
                ledger.append([told(2)], "desk")
                break
        disk.before = lambda kind: None
        with mounted(disk, path, journal):
            ledger = ledger_at(path)
            [kept] = ledger.append([told(2)], "desk")
            disk.note(Begun(2))
            disk.note(Acknowledged(2))
            found = Recorded(path, disk.medium, disk.log, tuple(ledger.store.rows()))
        # The power fails before the program can end as it should.
        cut = 1 + disk.log.index(Note(Acknowledged(2)))
        for now in (NOTHING_KEPT, None, None):
            image = left_by_power_cut(disk.log[:cut], disk.medium, random.Random(step), now)
            assert complaint(found, image, cut, folder) is None, (step, kept)
    assert step > 5


# --- the tests can fail ----------------------------------------------------------------------

UNSAFE = (
    Setting("no sync", (attrs.evolve(PERSIST, synchronous="off"),)),
    Setting("no sync, wal", (attrs.evolve(WAL, synchronous="off"),)),
    Setting("wal, synced at checkpoints only", (attrs.evolve(WAL, synchronous="normal"),)),
    Setting("journal deleted, folder not synced", (Journal("delete", "full", "unsafe"),)),
    Setting("journal in memory", (Journal("memory", "extra", "unsafe"),)),
)


@pytest.mark.parametrize("setting", UNSAFE, ids=[setting.name for setting in UNSAFE])
def test_an_unsafe_journal_is_seen_to_lose(setting: Setting, tmp_path: Path, folder: Path) -> None:
    found = recorded(tmp_path / "facts.db", Disk(setting.medium), setting)
    assert cut_often(found, 60, folder).complaints


@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_a_disk_that_says_it_has_synced_and_has_not_is_seen_to_lose(
    setting: Setting, tmp_path: Path, folder: Path
) -> None:
    found = recorded(tmp_path / "facts.db", Disk(setting.medium, lies=True), setting)
    assert cut_often(found, 60, folder).complaints
