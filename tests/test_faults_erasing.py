"""An erasure cut short leaves the ledger whole; one that is done leaves no byte, come what may.

The power fails, an operation on the disk fails, or the process is killed while an event is erased.
Then the event is there with its body or erased, nothing else has changed, and the erasure can be
finished. Once it is done, no power cut brings the text back, whatever was not synced by then.
"""

import itertools
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import attrs
import pytest
from conftest import PROFILE
from disk_vfs import PERSIST, WAL, mounted
from numbered import ledger_at, told
from power_loss import ORDINARY, Disk, Image, Medium, left_by_power_cut
from test_faults_io import FAILURES, Failure

from ledger.errors import LedgerError, StorageError
from ledger.events import ClaimAsserted
from ledger.journal import Journal
from ledger.sqlite import SqliteStore
from ledger.store import Row

Figure = Callable[[str, object], None]

IMAGES = 500 if PROFILE == "torture" else 60
SECRET = "Nobody was to read this. "
BEFORE, ERASED = 12, 7


def secret() -> ClaimAsserted:
    """A claim whose text has to go; it fills more than a page."""
    claim = told(ERASED)
    return attrs.evolve(claim, claim=attrs.evolve(claim.claim, wording=SECRET * 300))


def erase(path: Path) -> None:
    """Erase an event, and then its bytes."""
    ledger = ledger_at(path)
    ledger.erase([ERASED], "desk", by="desk", ground="it was asked for")
    finish(ledger.store)


def finish(store: object) -> None:
    assert isinstance(store, SqliteStore)
    erasures = len(store.erasures())
    store.scrub()
    store.note_scrubbed(erasures)


def filed(path: Path, disk: Disk, journal: Journal) -> tuple[Row, ...]:
    """Record some claims, one of them the secret; return the rows."""
    events = [told(number) for number in range(BEFORE)]
    events[ERASED] = secret()
    with mounted(disk, path, journal):
        ledger = ledger_at(path)
        ledger.append(events, "desk")
        return tuple(ledger.store.rows())


def complaint(path: Path, before: tuple[Row, ...]) -> str | None:
    """Return what is wrong with a ledger after an erasure that may have been cut short."""
    ledger = ledger_at(path)
    with closing(ledger.store):
        rows = tuple(ledger.store.rows())
        for row, was in zip(rows, before, strict=False):
            gone = was._replace(salt=None, body=None, fingerprint=None)
            if row != was and (row != gone or row.position != ERASED or len(rows) == BEFORE):
                return f"position {row.position} has changed"
        if len(rows) - BEFORE not in (0, 1):
            return f"{len(rows)} events"
        verified = ledger.verify()
        if not verified.ok or verified.erased != len(rows) - BEFORE:
            return f"it does not verify: {verified}"
        if len(rows) == BEFORE:
            ledger.erase([ERASED], "desk", by="desk", ground="it was asked for")
        finish(ledger.store)
        return None if ledger.verify().ok else "it does not verify once it is finished"


def traces(image: Image) -> list[str]:
    """Return the files in which the secret is to be read."""
    return [name for name, content in image.items() if SECRET.encode() in content]


def looked_at(path: Path, before: tuple[Row, ...]) -> list[str]:
    """Return what is wrong with the files of a ledger, once an erasure is finished there."""
    try:
        found = complaint(path, before)
    except (sqlite3.Error, LedgerError) as error:
        found = str(error)
    left = traces({file.name: file.read_bytes() for file in path.parent.iterdir()})
    return [found] if found else [f"{name} still holds it" for name in left]


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
@pytest.mark.parametrize("medium", [ORDINARY, Medium(512)], ids=["4096", "512"])
def test_the_power_fails_while_an_event_is_erased(
    medium: Medium, journal: Journal, tmp_path: Path, folder: Path, record_property: Figure
) -> None:
    path, disk, dice = tmp_path / "facts.db", Disk(medium), random.Random(2)
    before = filed(path, disk, journal)
    assert traces(disk.contents())
    first = len(disk.log)
    with mounted(disk, path, journal):
        erase(path)
    wrong = []
    for _ in range(IMAGES):
        cut = dice.randrange(first, len(disk.log) + 1)
        image = left_by_power_cut(disk.log[:cut], medium, dice)
        for name, content in image.items():
            (folder / f"facts.db{name.removeprefix(str(path))}").write_bytes(content)
        wrong += [f"cut at {cut}: {found}" for found in looked_at(folder / "facts.db", before)]
        for file in folder.iterdir():
            file.unlink()
    record_property("power cuts while erasing", IMAGES)
    record_property("of them, ledgers lost or erasures not to be finished", len(wrong))
    assert not wrong


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
@pytest.mark.parametrize("medium", [ORDINARY, Medium(512)], ids=["4096", "512"])
def test_no_power_cut_brings_back_what_was_erased(
    medium: Medium, journal: Journal, tmp_path: Path, record_property: Figure
) -> None:
    """Whether it comes at once or while the next claims are filed."""
    path, disk, dice = tmp_path / "facts.db", Disk(medium), random.Random(3)
    filed(path, disk, journal)
    with mounted(disk, path, journal):
        erase(path)
        done = len(disk.log)
        ledger_at(path).append([told(100)], "desk")
    images = [
        left_by_power_cut(disk.log[: dice.randrange(done, len(disk.log) + 1)], medium, dice)
        for _ in range(IMAGES)
    ]
    record_property("power cuts after erasing", len(images))
    back = [image for image in images if traces(image)]
    record_property("of them, texts that came back", len(back))
    assert not back


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_the_disk_fails_while_an_event_is_erased(
    failure: Failure, journal: Journal, tmp_path: Path, record_property: Figure
) -> None:
    path, full = tmp_path / "facts.db", Disk()
    before = filed(path, full, journal)
    for at in itertools.count(1):
        disk = Disk.holding(full.contents(), ORDINARY)
        error: Exception | None = None
        with mounted(disk, path, journal):
            failed = disk.fail(at, failure.kinds, failure.error, failure.lasting)
            try:
                erase(path)
            except Exception as raised:
                error = raised
        if not next(failed):
            break
        assert error is None or (isinstance(error, StorageError) and error.hint), (at, error)
        disk.before = lambda kind: None
        with mounted(disk, path, journal):
            assert complaint(path, before) is None, (at, error)
        assert not traces(disk.contents()), (at, error)
    assert error is None
    record_property("operations that failed", at - 1)
    assert at > 10


# --- the tests can fail ----------------------------------------------------------------------


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
def test_a_text_that_is_deleted_and_no_more_is_found_again(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the second half of an erasure its bytes are there, and the search finds them."""
    monkeypatch.setattr(SqliteStore, "scrub", lambda store: None)
    path, disk = tmp_path / "facts.db", Disk()
    filed(path, disk, journal)
    with mounted(disk, path, journal):
        erase(path)
        assert traces(disk.contents())
