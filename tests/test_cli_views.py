"""Damaged views under every command: the answer is right, since views are made from the ledger.

And a command answers from one state of the views, whatever other programs do to them meanwhile.
"""

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from commands import SEEDS, Answer, Wherefrom

import projections.build
import projections.views_file
from ledger.journal import journal_for
from ledger.sqlite import SqliteStore
from ledger.store import Reader
from projections.views import Views, views_path

PAGE = 4096
NOTE = "Note: the views were damaged; they are rebuilt from the ledger\n"

Damage = Callable[[bytearray, int], None]


def scrambled(content: bytearray, page: int) -> None:
    content[page * PAGE : (page + 1) * PAGE] = random.Random(page).randbytes(PAGE)


def zeroed(content: bytearray, page: int) -> None:
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Wherefrom:
    """The seeds with the views that belong to them."""
    wherefrom = Wherefrom(tmp_path_factory.mktemp("seeds"))
    wherefrom("import", *sorted(SEEDS.glob("*.jsonl")))
    wherefrom("sources")
    return wherefrom


@pytest.fixture
def one(tmp_path: Path) -> Wherefrom:
    """A ledger of one claim, with its views."""
    wherefrom = Wherefrom(tmp_path)
    add(wherefrom, "5", "Ann")
    return wherefrom


def add(wherefrom: Wherefrom, value: str, claimant: str, subject: str = "Storm") -> Answer:
    return wherefrom(
        "add", subject, "deaths", value, "--claimant", claimant, "--published", "2026-02-06",
        "--as-of", "2026-02-01",
    )  # fmt: skip


def without_journal(views: Path) -> None:
    Path(f"{views}-journal").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("question", "damage"),
    [
        (("trace", "3428"), zeroed),
        (("search", "Iran", "--limit", "0", "--csv"), scrambled),
        (("show", "Iran protests of January 2026", "--all"), zeroed),
        (("contradictions",), scrambled),
        (("contradictions", "--json"), zeroed),
    ],
)
def test_with_any_page_of_the_views_damaged_the_answer_is_right(
    seeds: Wherefrom, question: tuple[str, ...], damage: Damage
) -> None:
    views = views_path(seeds.db)
    right = seeds(*question)
    sound = views.read_bytes()
    noted = 0
    for page in range(len(sound) // PAGE):
        content = bytearray(sound)
        damage(content, page)
        without_journal(views)
        views.write_bytes(content)
        answer = seeds(*question)
        assert (page, answer.out) == (page, right.out)
        assert answer.err in (right.err, NOTE + right.err)
        noted += answer.err != right.err
    assert noted
    without_journal(views)
    views.write_bytes(sound)


def test_a_claim_is_recorded_once_beside_damaged_views_and_compared(one: Wherefrom) -> None:
    views = views_path(one.db)
    content = bytearray(views.read_bytes())
    for page in range(3, len(content) // PAGE):
        zeroed(content, page)
    views.write_bytes(content)
    answer = add(one, "500", "Ben")
    assert "Recorded as" in answer.out
    assert "Warning: contradiction" in answer.err
    assert len(one("log", "--nl").lines) == 2


def test_damage_met_after_part_of_the_answer_is_said_and_mended(
    one: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        click.echo("the first half")
        raise sqlite3.OperationalError("Could not decode to UTF-8 column 'json' with text 'x'")

    with monkeypatch.context() as patch:
        patch.setattr("cli.show_text.print_holdings", break_off)
        answer = one("show", "Storm", code=2)
    assert answer.out == "the first half\n"
    assert "facts.views.db: was found damaged, and is rebuilt now" in answer.err
    assert "ask again" in answer.err
    assert one("show", "Storm").err == ""


def test_a_mistake_of_the_program_is_not_taken_for_damage(
    one: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise KeyError("a mistake")

    monkeypatch.setattr("cli.show_text.print_holdings", fail)
    with pytest.raises(KeyError, match="a mistake"):
        one("show", "Storm")


def test_a_mistake_in_a_question_to_the_views_comes_out_after_one_rebuild(
    one: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_wrong(views: Views, *_: object, **__: object) -> None:
        views.connection.execute("SELECT what FROM nowhere")

    monkeypatch.setattr("projections.claims.holdings", ask_wrong)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        one("show", "Storm")


def test_a_full_disk_under_the_views_is_told_of_the_views(
    one: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("projections.claims.holdings", fill)
    answer = one("show", "Storm", code=2)
    assert "facts.views.db: database or disk is full. The ledger is whole" in answer.err


# --- other programs at the same file ---------------------------------------------------------


@contextmanager
def views_of(wherefrom: Wherefrom) -> Iterator[Views]:
    with (
        closing(SqliteStore.open(wherefrom.db)) as store,
        Views.open(store, views_path(wherefrom.db)) as views,
    ):
        yield views


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for others a tenth of a second, not half a minute."""
    monkeypatch.setattr(projections.views_file, "BUSY_SECONDS", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_reader_stays_at_one_state_and_nobody_waits_for_it(one: Wherefrom) -> None:
    with views_of(one) as reader:
        before = reader.connection.execute("SELECT * FROM claims").fetchall()
        assert "Warning: contradiction" in add(one, "500", "Ben").err
        assert len(one("contradictions", "--nl").lines) == 1
        assert reader.connection.execute("SELECT * FROM claims").fetchall() == before
        reader.catch_up()
        assert reader.size() == 2
        assert not reader.aside


@pytest.mark.usefixtures("impatient")
def test_a_rebuild_asked_for_gives_up_where_a_reader_stays(one: Wherefrom) -> None:
    with views_of(one):
        assert "another program is using it" in one("rebuild", code=2).err.lower()
    assert one("rebuild", "--json").json["events"] == 1
    assert [file.name for file in one.folder.iterdir() if ".new-" in file.name] == []


def test_a_reader_that_has_let_go_is_in_nobody_s_way(one: Wherefrom) -> None:
    with views_of(one) as reader:
        reader.release()
        one("rebuild")
        add(one, "500", "Ben")
        reader.catch_up()
        assert reader.size() == 2


def test_a_rebuild_builds_once_whatever_the_last_event_is(
    one: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    one("match", "Storm", "Gale")
    built: list[int] = []
    build = projections.build.build_whole

    def count(connection: sqlite3.Connection, store: Reader, stop: int, *rest: Any) -> None:
        built.append(stop)
        build(connection, store, stop, *rest)

    monkeypatch.setattr(projections.build, "build_whole", count)
    one("rebuild")
    assert built == [2]
    views_path(one.db).unlink()
    one("rebuild")
    assert built == [2, 2]


@pytest.mark.skipif(sys.platform == "win32", reason="asks for processes as POSIX does")
def test_a_rebuild_removes_what_dead_processes_left(one: Wherefrom) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    views = views_path(one.db)
    dead, alive = (Path(f"{views}.new-{number}") for number in (process.pid, 1))
    dead.write_bytes(b"left")
    alive.write_bytes(b"being built")
    one("rebuild")
    assert not dead.exists()
    assert alive.exists()


@pytest.mark.skipif(journal_for().mode == "wal", reason="this SQLite may keep a WAL")
def test_a_ledger_is_not_used_while_another_program_holds_its_unsafe_wal(
    one: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.sqlite_opening.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(one.db)) as other:
        other.execute("PRAGMA journal_mode = wal")
        other.execute("SELECT count(*) FROM events").fetchone()
        assert "Close the other program" in one("show", "Storm", code=2).err
    assert one("show", "Storm").err == ""
