"""Whatever fails while the ledger is used, it says so, loses nothing and holds nothing half.

Every operation that SQLite asks of the disk in memory (``power_loss.py``) fails in turn, once or
from then on, with an I/O error or for want of space, until the work passes untouched. Whole
commands are run besides where files may not grow, and on a disk that is really full.
"""

import itertools
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import attrs
import pytest
from commands import Answer, Wherefrom
from conftest import PROFILE
from disk_vfs import PERSIST, WAL, mounted
from numbered import ledger_at, told
from power_loss import ORDINARY, Disk, Image, ShortRead

from ledger.errors import LedgerError, StorageError
from ledger.events import ClaimAsserted
from ledger.journal import Journal
from ledger.sqlite import SqliteStore
from ledger.staging import Staging, packed, staged
from ledger.store import Row

Figure = Callable[[str, object], None]

WRITING = ("write", "truncate", "sync", "make", "delete")
READING = ("open", "lock", "read")


def io_error(kind: str) -> Exception:
    """What SQLite hears of a disk that fails."""
    if kind in ("open", "make"):
        return apsw.CantOpenError()
    error = apsw.IOError()
    error.extendedresult = {  # type: ignore[attr-defined]
        "read": apsw.SQLITE_IOERR_READ,
        "write": apsw.SQLITE_IOERR_WRITE,
        "sync": apsw.SQLITE_IOERR_FSYNC,
        "truncate": apsw.SQLITE_IOERR_TRUNCATE,
        "delete": apsw.SQLITE_IOERR_DELETE,
        "lock": apsw.SQLITE_IOERR_LOCK,
    }[kind]
    return error


def no_space(kind: str) -> Exception:
    """What SQLite hears of a disk that is full."""
    return apsw.CantOpenError() if kind == "make" else apsw.FullError()


@attrs.frozen
class Failure:
    """How operations fail."""

    name: str
    kinds: tuple[str, ...]
    error: Callable[[str], Exception]
    lasting: bool = False


FAILURES = (
    Failure("once", WRITING + READING, io_error),
    Failure("from then on", WRITING + READING, io_error, lasting=True),
    Failure("full once", ("write", "make"), no_space),
    Failure("full from then on", ("write", "make"), no_space, lasting=True),
)

MANY = 200


def many() -> list[ClaimAsserted]:
    return [told(40 * number) for number in range(10, 10 + MANY)]


def add_one(path: Path) -> None:
    """Append to a ledger that is there, or make it."""
    ledger_at(path).append([told(100)], "desk")


def import_many(path: Path) -> None:
    """Append some hundreds of events at once, as an import does."""
    with closing(Staging()) as staging:
        for event in many():
            staging.add(packed([staged(event)]), 1)
        with ledger_at(path).appending("desk") as appending:
            staging.enter(appending)


def add_again(path: Path) -> None:
    """Append what is there already."""
    ledger_at(path).append([told(1)], "desk")


@attrs.frozen
class Work:
    """What is done when something fails, to a ledger of how many events; how many it adds."""

    name: str
    before: int
    added: int
    do: Callable[[Path], None]
    pragmas: tuple[str, ...] = ()


WORK = (
    Work("a new ledger", 0, 1, add_one),
    Work("an append", 5, 1, add_one),
    Work("an append, small cache", 5, 1, add_one, ("cache_size = 3",)),
    Work("an append of what is held", 5, 0, add_again),
    Work("an import", 5, MANY, import_many),
)


def holding(path: Path, journal: Journal, events: int) -> tuple[Image, tuple[Row, ...]]:
    """Return the files of a ledger of so many events, and its rows."""
    disk = Disk()
    rows: tuple[Row, ...] = ()
    if events:
        with mounted(disk, path, journal):
            ledger = ledger_at(path)
            ledger.append([told(number) for number in range(events)], "desk")
            rows = tuple(ledger.store.rows())
    return disk.contents(), rows


def complaints(
    work: Work, failure: Failure, journal: Journal, path: Path, ats: Iterable[int]
) -> Iterator[str | None]:
    """Let the operation of each of these numbers fail; yield what is wrong after it, or ``None``.

    Ends when the work is done before that operation.
    """
    image, rows = holding(path, journal, work.before)
    for at in ats:
        disk = Disk.holding(image, ORDINARY)
        error: Exception | None = None
        with mounted(disk, path, journal, work.pragmas):
            failed = disk.fail(at, failure.kinds, failure.error, failure.lasting)
            try:
                work.do(path)
            except Exception as raised:
                error = raised
        if not next(failed):
            assert error is None
            return
        disk.before = lambda kind: None
        with mounted(disk, path, journal):
            found = _complaint(work, rows, path, error)
        yield found and f"after operation {at}: {found} ({error})"


def _complaint(
    work: Work, before: tuple[Row, ...], path: Path, error: Exception | None
) -> str | None:
    if error is not None and not (isinstance(error, StorageError) and error.hint):
        return "no clear error"
    ledger = ledger_at(path)
    rows = tuple(ledger.store.rows())
    added = len(rows) - len(before)
    if rows[: len(before)] != before:
        return "what was there is not there any more"
    if added not in (0, work.added):
        return f"{added} of {work.added} events"
    if error is None and added != work.added:
        return "acknowledged, but not recorded"
    if "Nothing was recorded" in str(error) and added:
        return "recorded, but denied"
    if not ledger.verify().ok:
        return "it does not verify"
    [new] = ledger.append([told(-1)], "desk")
    return None if new.position == len(rows) and ledger.verify().ok else "cannot be appended to"


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
@pytest.mark.parametrize("work", WORK, ids=lambda work: work.name)
def test_whatever_fails_is_said_and_leaves_the_ledger_whole(
    work: Work, failure: Failure, journal: Journal, tmp_path: Path, record_property: Figure
) -> None:
    """Each operation in turn; of those of an import each seventh, except under torture."""
    step = 7 if work.added == MANY and PROFILE != "torture" else 1
    ats = itertools.count(1, step)
    found = list(complaints(work, failure, journal, tmp_path / "facts.db", ats))
    record_property("operations that failed", len(found))
    wrong = [complaint for complaint in found if complaint]
    record_property("of them, events lost, half recorded or denied", len(wrong))
    assert not wrong
    assert len(found) > 3


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("error", [io_error, lambda kind: ShortRead()], ids=["error", "short"])
def test_verify_never_says_that_all_is_well_of_what_it_could_not_read(
    error: Callable[[str], Exception], lasting: bool, journal: Journal, tmp_path: Path
) -> None:
    path = tmp_path / "facts.db"
    image, _ = holding(path, journal, 60)
    with mounted(Disk.holding(image, ORDINARY), path, journal):
        true = ledger_at(path).verify()
    for at in itertools.count(1):
        disk = Disk.holding(image, ORDINARY)
        said = None
        with mounted(disk, path, journal):
            failed = disk.fail(at, ("read",), error, lasting)
            try:
                verified = ledger_at(path).verify()
            except LedgerError as raised:
                said = raised
        if not next(failed):
            break
        assert said.hint if said else not verified.ok or verified == true
    assert verified == true
    assert at > 5


# --- the tests can fail ----------------------------------------------------------------------


def in_two_halves(store: SqliteStore, rows: Iterable[Row]) -> None:
    """Write rows as a store would that commits before it is done."""
    store._connection.execute("COMMIT")
    store._connection.execute("BEGIN IMMEDIATE")
    REAL_ADD(store, rows)


@contextmanager
def whatever_happens(store: SqliteStore) -> Iterator[SqliteStore]:
    """Append as a store would that pays no heed to a commit that failed."""
    try:
        with REAL_APPENDING(store):
            yield store
    except StorageError:
        pass


REAL_ADD = SqliteStore.add
REAL_APPENDING = SqliteStore.appending


@pytest.mark.parametrize("journal", [PERSIST, WAL], ids=lambda journal: journal.mode)
@pytest.mark.parametrize(
    ("name", "wrong", "seen"),
    [("add", in_two_halves, "of 200"), ("appending", whatever_happens, "but not recorded")],
)
def test_a_store_that_is_not_careful_is_found_out(
    name: str,
    wrong: object,
    seen: str,
    journal: Journal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SqliteStore, name, wrong)
    work, full = WORK[-1], FAILURES[-1]
    found = complaints(work, full, journal, tmp_path / "facts.db", range(1, 200, 5))
    assert any(complaint and seen in complaint for complaint in found)


# --- whole commands --------------------------------------------------------------------------

HEADER = "subject,predicate,value,claimant,published"
STEPS = 30 if PROFILE == "torture" else 5


@contextmanager
def files_up_to(limit: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, inside this context."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def rows_of(count: int, claimant: str) -> str:
    rows = (f"s{n % 7},p{n % 11},{n},{claimant},2026" for n in range(count))
    return "\n".join((HEADER, *rows))


def check(wherefrom: Wherefrom, size: int, added: int, answer: Answer) -> None:
    """Hold that a command for which there was no room said so and left everything whole."""
    now = wherefrom("verify", "--json").json
    assert now["ok"]
    assert now["size"] in (size, size + added)
    if answer.code == 0:
        assert now["size"] == size + added
    else:
        *understood, line = answer.err.splitlines()
        assert len(understood) <= 1
        assert line.startswith("Error: ")
        assert "Traceback" not in answer.err
        assert now["size"] == size or "Nothing was recorded" not in line
    shown = wherefrom("show", "s1", "--json").out
    contradictions = wherefrom("contradictions", "--json").out
    wherefrom("rebuild")
    assert wherefrom("show", "s1", "--json").out == shown
    assert wherefrom("contradictions", "--json").out == contradictions
    copy = wherefrom.folder / "copy.db"
    assert copy.exists() == (answer.code == 0 and added == 0)
    if copy.exists():
        assert wherefrom("verify", "--json", db=copy).json == now


def adds(wherefrom: Wherefrom) -> tuple[object, ...]:
    return ("add", "s1", "p1", "7", "--claimant", "Ben", "--published", "2026")


def imports(wherefrom: Wherefrom) -> tuple[object, ...]:
    return ("import", wherefrom.file("more.csv", rows_of(250, "Cleo")))


def erases(wherefrom: Wherefrom) -> tuple[object, ...]:
    [*_, event] = wherefrom("log", "--json").json
    return ("erase", event["id"], "--ground", "it was asked for", "--yes")


def backs_up(wherefrom: Wherefrom) -> tuple[object, ...]:
    return ("backup", wherefrom.folder / "copy.db")


def pulls(wherefrom: Wherefrom) -> tuple[object, ...]:
    other = Wherefrom(wherefrom.folder, "other.db")
    other("import", other.file("other.csv", rows_of(120, "Dora")))
    return ("pull", other.db)


COMMANDS = pytest.mark.parametrize(
    ("command", "added"),
    [(adds, 1), (imports, 250), (erases, 1), (pulls, 121), (backs_up, 0)],
    ids=["add", "import", "erase", "pull", "backup"],
)
"""Commands that write, and how many events each adds."""

Command = Callable[[Wherefrom], tuple[object, ...]]


@COMMANDS
def test_a_command_where_files_may_not_grow(
    command: Command, added: int, wherefrom: Wherefrom
) -> None:
    """Neither the ledger's file nor the views' beside it: whichever reaches the limit first."""
    ended: set[int] = set()
    for step in range(STEPS):
        folder = wherefrom.folder / str(step)
        folder.mkdir()
        own = Wherefrom(folder)
        own("import", own.file("first.csv", rows_of(100, "Ann")))
        own("show", "s1")
        arguments = command(own)
        most = max(own.db.stat().st_size, (folder / "facts.views.db").stat().st_size)
        with files_up_to(4096 + (most + 100_000) * step // (STEPS - 1)):
            answer = own(*arguments, code=None)
        ended.add(answer.code)
        check(own, 100, added, answer)
        shutil.rmtree(folder)
    assert 0 in ended
    assert 2 in ended


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB, where this user may make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)]
    try:
        done = subprocess.run(made, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no `mount` here")
    if done.returncode:
        pytest.skip(f"a file system of its own: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@COMMANDS
def test_a_command_on_a_disk_that_is_full(command: Command, added: int, small_disk: Path) -> None:
    ended: set[int] = set()
    for step in range(STEPS):
        own = Wherefrom(small_disk)
        own("import", own.file("first.csv", rows_of(100, "Ann")))
        own("show", "s1")
        arguments = command(own)
        room = shutil.disk_usage(small_disk).free
        filler = small_disk / "filler"
        filler.write_bytes(bytes(room - min(room, 1 << 20) * step // (STEPS - 1)))
        answer = own(*arguments, code=None)
        filler.unlink()
        ended.add(answer.code)
        check(own, 100, added, answer)
        for file in small_disk.iterdir():
            file.unlink()
    assert 0 in ended
    assert 2 in ended
