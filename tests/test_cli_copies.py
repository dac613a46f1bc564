"""Copies of a ledger, and ledgers put back to an earlier state: no number is ever given twice.

An event is named by its origin and its number there. Whatever is copied, restored or moved, two
different events never have one name; ``Names`` holds that over all files of a test and all that
they ever held.
"""

import os
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from commands import Answer, Wherefrom
from histories import Ticking, new_ledger

from ledger.events import SourceDescribed
from ledger.heads import decode_head
from ledger.log import Begun, Ledger
from ledger.memory import MemoryStore
from ledger.rollback import HighWater, Seen
from ledger.sqlite import SqliteStore
from projections.views import views_path


class Names:
    """Which event bears which name, in all files looked at so far."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, int], str] = {}

    def look(self, *files: Path) -> None:
        for file in files:
            with closing(SqliteStore.reading(file)) as store:
                for row in store.rows():
                    head = decode_head(row.head)
                    id_ = row.hashes[:32].hex()
                    assert self._events.setdefault((head.origin, head.seq), id_) == id_
                assert Ledger(store, clock=Ticking(), random=random.randbytes).verify().ok


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command remembers its ledgers."""
    folder = tmp_path / "state" / "of" / "the user"
    monkeypatch.setenv("WHEREFROM_STATE", str(folder))
    return folder


@pytest.fixture
def desk(tmp_path: Path, state: Path) -> Wherefrom:
    """A ledger of two claims, in a folder of its own."""
    (tmp_path / "desk").mkdir()
    desk = Wherefrom(tmp_path / "desk")
    say(desk, "5", "6")
    return desk


def say(desk: Wherefrom, *figures: str, db: Path | None = None) -> Answer:
    """Let claims be filed, one a command; return what the first of them was answered."""
    answers = [
        desk("add", "storm", "deaths", figure, "--claimant", f"source of {figure}",
             "--published", "2026-02-06", "--as-of", "2026-02-06", db=db)
        for figure in figures
    ]  # fmt: skip
    return answers[0]


def origins(path: Path) -> list[str]:
    with closing(SqliteStore.reading(path)) as store:
        return [origin.name for origin in store.origins]


# --- a copy beside the original --------------------------------------------------------------


def copied(desk: Wherefrom) -> Path:
    return Path(shutil.copy2(desk.db, desk.folder / "copy.db"))


def backed_up(desk: Wherefrom) -> Path:
    desk("backup", desk.folder / "copy.db")
    return desk.folder / "copy.db"


def copied_with_its_folder(desk: Wherefrom) -> Path:
    there = desk.folder.with_name("copy")
    shutil.copytree(desk.folder, there)
    return there / desk.db.name


def original_moved_away(desk: Wherefrom) -> Path:
    """The copy is renamed to the original's place."""
    there = desk.db.rename(desk.folder / "moved.db")
    shutil.copy(there, desk.folder / "aside.db")
    (desk.folder / "aside.db").rename(desk.db)
    return there


@pytest.mark.parametrize(
    "copy",
    [copied, backed_up, copied_with_its_folder, original_moved_away],
    ids=lambda f: f.__name__,
)
def test_a_copy_and_its_original_never_give_one_name_twice(
    desk: Wherefrom, copy: Callable[[Wherefrom], Path]
) -> None:
    names = Names()
    desk("contradictions")
    there = copy(desk)
    for round_ in range(3):
        say(desk, f"1{round_}")
        say(desk, f"2{round_}", db=there)
        names.look(desk.db, there)
    here, other = origins(desk.db), origins(there)
    assert sorted(map(len, (here, other))) == [1, 2]
    assert here[0] == other[0]


def test_a_copy_says_once_that_it_is_one(desk: Wherefrom) -> None:
    there = copied(desk)
    told = say(desk, "7", db=there).err
    assert "\nNote: this file is a copy, or was moved to another disk. " in told
    assert origins(there)[-1] in told
    assert "Note" not in say(desk, "8", db=there).err
    assert "Note" not in say(desk, "7").err


def test_doctor_tells_of_a_copy(desk: Wherefrom) -> None:
    there = copied(desk)

    def copies(db: Path) -> list[str]:
        checks = desk("doctor", "--json", db=db).json["checks"]
        return [check["seen"] for check in checks if check["what"] == "origin"]

    assert copies(desk.db) == []
    assert "a copy" in copies(there)[0]
    say(desk, "7", db=there)
    assert copies(there) == []


def test_a_renamed_ledger_goes_on_as_it_was(desk: Wherefrom) -> None:
    moved = desk.db.rename(desk.folder / "renamed.db")
    assert "Note" not in say(desk, "7", db=moved).err
    assert len(origins(moved)) == 1


def test_asking_a_copy_begins_nothing(desk: Wherefrom) -> None:
    there = copied(desk)
    before = there.read_bytes()
    for command in ("contradictions", "log", "verify", "doctor"):
        assert "Note" not in desk(command, db=there).err
    assert there.read_bytes() == before


# --- an earlier state in the original's place ------------------------------------------------


def overwritten(desk: Wherefrom, old: Path) -> None:
    """`cp old.db facts.db`: the file keeps its number on the disk."""
    number = desk.db.stat().st_ino
    shutil.copyfile(old, desk.db)
    assert desk.db.stat().st_ino == number


def replaced(desk: Wherefrom, old: Path) -> None:
    """As by `git checkout`, which deletes and writes anew: the number may be the same or not."""
    desk.db.unlink()
    shutil.copyfile(old, desk.db)


def renamed(desk: Wherefrom, old: Path) -> None:
    shutil.copy(old, desk.folder / "aside.db")
    (desk.folder / "aside.db").rename(desk.db)


def whole_folder(desk: Wherefrom, old: Path) -> None:
    """The views are put back, too."""
    overwritten(desk, old)
    shutil.copyfile(views_path(old), views_path(desk.db))


BACK = [overwritten, replaced, renamed, whole_folder]
Back = Callable[[Wherefrom, Path], None]


def kept_then_told_more(desk: Wherefrom, save: Callable[[Wherefrom], Path], names: Names) -> Path:
    """Save the ledger, then record two claims more, which others may pull."""
    desk("contradictions")
    old = save(desk)
    shutil.copy(views_path(desk.db), views_path(old))
    say(desk, "10", "11")
    desk("contradictions")
    names.look(desk.db)
    return old


@pytest.mark.parametrize("back", BACK, ids=lambda f: f.__name__)
@pytest.mark.parametrize("save", [copied, backed_up], ids=lambda f: f.__name__)
def test_what_is_recorded_after_a_restore_has_another_name_than_what_was_lost(
    desk: Wherefrom, save: Callable[[Wherefrom], Path], back: Back
) -> None:
    names = Names()
    old = kept_then_told_more(desk, save, names)
    for figures in (("12", "13"), ("14", "15", "16"), ("17",)):
        back(desk, old)
        say(desk, *figures)
        names.look(desk.db)
    assert len(origins(desk.db)) == 2
    say(desk, "18", db=old)
    names.look(old, desk.db)


def test_a_restored_ledger_says_once_that_it_was_put_back(desk: Wherefrom) -> None:
    old = kept_then_told_more(desk, copied, Names())
    overwritten(desk, old)
    told = say(desk, "12").err
    assert (
        "\nNote: this ledger has held 4 events: it was put back to an earlier state, or this "
        in told
    )
    assert origins(desk.db)[-1] in told
    assert "Note" not in say(desk, "13").err


@pytest.mark.parametrize("asked", [False, True], ids=["at once", "asked before"])
def test_the_views_alone_tell_that_a_ledger_was_put_back(
    desk: Wherefrom, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    monkeypatch.setenv("WHEREFROM_STATE", "")
    names = Names()
    old = kept_then_told_more(desk, copied, names)
    overwritten(desk, old)
    if asked:  # which builds the views anew
        desk("contradictions")
        desk("rebuild")
    assert "was put back" in say(desk, "12", "13").err
    names.look(desk.db)
    assert "Note" not in say(desk, "14").err


def test_what_is_kept_in_the_users_folder_tells_it_alone(desk: Wherefrom, state: Path) -> None:
    names = Names()
    old = kept_then_told_more(desk, copied, names)
    overwritten(desk, old)
    views_path(desk.db).unlink()
    assert "was put back" in say(desk, "12", "13").err
    names.look(desk.db)
    assert {file.name for file in state.iterdir()} == set(origins(desk.db))


def test_a_machine_put_back_with_all_it_remembers_notices_nothing(
    desk: Wherefrom, state: Path
) -> None:
    """What cannot be noticed here, and shows that the tests above can fail: names are given twice.

    `pull` then finds it as a fork.
    """
    names = Names()
    desk("contradictions")
    snapshot = desk.folder.with_name("snapshot")
    shutil.copytree(desk.folder.parent, snapshot)
    say(desk, "10", "11")
    names.look(desk.db)
    overwritten(desk, snapshot / "desk" / "facts.db")
    shutil.copy(snapshot / "desk" / "facts.views.db", views_path(desk.db))
    shutil.rmtree(state)
    shutil.copytree(snapshot / "state" / "of" / "the user", state)
    assert "Note" not in say(desk, "12").err
    with pytest.raises(AssertionError):
        names.look(desk.db)


# --- views of another history ----------------------------------------------------------------


@pytest.mark.parametrize("figures", [("12",), ("12", "13"), ("12", "13", "14")])
@pytest.mark.parametrize("back", [overwritten, replaced, renamed], ids=lambda f: f.__name__)
def test_views_of_another_history_are_rebuilt(
    desk: Wherefrom, back: Back, figures: tuple[str, ...]
) -> None:
    """Shorter than the ledger by now, longer, or of the same length with another last event."""
    old = kept_then_told_more(desk, copied, Names())
    seen = desk("show", "storm", "--json").json
    back(desk, old)
    with closing(SqliteStore.open(desk.db)) as store:
        ledger = Ledger(store, clock=Ticking(), random=os.urandom)
        ledger.append([SourceDescribed(name=figure, kind="outlet") for figure in figures], "desk")
    shown = desk("show", "storm", "--json").json
    assert shown != seen
    views_path(desk.db).unlink()
    assert desk("show", "storm", "--json").json == shown


# --- what is remembered ----------------------------------------------------------------------

ORIGIN = "5eed" * 8


def test_the_last_state_of_each_origin_is_remembered(tmp_path: Path) -> None:
    memory = HighWater(tmp_path / "not" / "there")
    store = MemoryStore(ORIGIN)
    assert list(memory.seen(store)) == []
    memory.note(ORIGIN, Seen(5, "ab" * 32))
    memory.note("f" * 32, Seen(9, "cd" * 32))
    memory.note(ORIGIN, Seen(4_000_000, "ef" * 32))
    assert list(HighWater(tmp_path / "not" / "there").seen(store)) == [Seen(4_000_000, "ef" * 32)]


@pytest.mark.parametrize("text", ["", "5 abc\n", "0" * 80, "\x00" * 81, "9" * 15 + " " + "z" * 64])
def test_what_is_no_memory_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / ORIGIN).write_text(text)
    assert list(HighWater(tmp_path).seen(MemoryStore(ORIGIN))) == []


def test_what_cannot_be_remembered_is_no_error(
    desk: Wherefrom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    for place in ("file", "file/below"):
        monkeypatch.setenv("WHEREFROM_STATE", str(tmp_path / place))
        assert say(desk, f"1{len(place)}").err.count("Note") == 0


def test_a_ledger_that_was_put_back_under_a_running_program_goes_on_under_another_origin() -> None:
    begun: list[Begun] = []
    store = cast(MemoryStore, new_ledger().store)
    ledger = Ledger(store, clock=Ticking(), random=random.Random(3).randbytes, begun=begun.append)
    sources = [SourceDescribed(name=name, kind="outlet") for name in "abcd"]
    ledger.append(sources[:1], "desk")
    [kept] = store.rows()
    ledger.append(sources[1:3], "desk")
    assert begun == []
    last = store.row(2).hashes[:32].hex()
    store._rows[:] = [kept]
    ledger.append(sources[3:], "desk")
    assert begun == [Begun(store.origin, store.origins[0].name, Seen(3, last))]
    assert decode_head(store.row(1).head).origin == store.origin
    ledger.append(sources[1:2], "desk")
    assert len(begun) == 1
