"""The benchmark runs, and its claims are what it says they are; no time is judged here."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

pytest.importorskip("eventsourcing", reason="the benchmark's peer: pip install 'wherefrom[bench]'")

from click import ClickException
from click.testing import CliRunner, Result

from benchmarks import commands, kept, ours, workload
from benchmarks.race import Line
from benchmarks.run import ITEMS, main
from cli.main import run
from projections.views import Views, views_path

JHU = """\
country,date,property,value,kind,previous,commit,published
Aldmark,2020-03-01,deaths,12,new,,c1,2020-04-01T06:00:00+00:00
Aldmark,2020-03-02,deaths,15,new,,c1,2020-04-01T06:00:00+00:00
Aldmark,2020-03-03,deaths,11,new,,c1,2020-04-01T06:00:00+00:00
Aldmark,2020-03-03,confirmed,110,new,,c1,2020-04-01T06:00:00+00:00
Aldmark,2020-03-03,confirmed,114,revised,110,c2,2020-05-01T06:00:00+00:00
"""


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run whole commands without starting a process for each; ours only."""

    def here(name: str, *arguments: object) -> int:
        if name == "wherefrom":
            with redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")):
                assert run([str(argument) for argument in arguments]) == 0
        return 1

    monkeypatch.setattr(commands, "run", here)
    monkeypatch.setattr(commands, "peak", here)


def measure(folder: Path, *arguments: str) -> Result:
    log = folder / "jhu.csv"
    log.write_text(JHU)
    words = ["--scale", "small", "--folder", str(folder), "--jhu", str(log), *arguments]
    return CliRunner().invoke(main, words, catch_exceptions=False)


@pytest.mark.usefixtures("in_this_process")
def test_every_item_is_measured_and_the_table_written_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "costs.md"
    page.write_text("Before.\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nAfter.\n")
    done = measure(tmp_path, "--markdown", str(page))
    assert done.exit_code == 0, done.output
    before, *table, after = page.read_text().splitlines()
    assert (before, after) == ("Before.", "After.")
    assert "old" not in table
    rows = [line.strip("| ").split(" | ") for line in table if line.startswith("| ")]
    assert rows[0] == ["item", "what", "measured", "ratio", "target", "verdict"]
    assert list(dict.fromkeys(row[0] for row in rows[2:])) == list(ITEMS)
    assert all(any(character.isdigit() for character in row[2]) for row in rows[2:])


def test_a_large_ledger_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kept.desk(tmp_path, 300):
        pass
    monkeypatch.delattr(ours, "fill")
    with kept.desk(tmp_path, 300) as again:
        assert again.ledger.size() == again.views.size() == len(ours.definitions()) + 300


def test_every_run_appends_claims_that_are_not_there_yet(tmp_path: Path) -> None:
    sizes = []
    for _ in range(2):
        assert measure(tmp_path, "--only", "caught-up").exit_code == 0
        with kept.desk(tmp_path, 1_000) as large:
            sizes.append(large.ledger.size())
    first = len(ours.definitions()) + 1_000
    assert sizes == [first + 4, first + 8]


def test_the_peak_of_a_command_is_its_own_and_not_that_of_who_started_it() -> None:
    ballast = b"x" * 200_000_000
    assert 5_000_000 < commands.peak("wherefrom", "--version") < len(ballast)


def test_a_command_that_fails_ends_the_run_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(ClickException, match="no-such-ledger"):
        commands.run("wherefrom", "--db", tmp_path / "no-such-ledger", "log")


def test_claims_of_which_none_is_wrong_make_no_finding(tmp_path: Path) -> None:
    """Else it would hang on the invention how much there is to judge, not on the stated share."""
    path = tmp_path / "honest.db"
    with ours.ledger_in(path) as ledger:
        ours.fill(ledger, workload.claims(4_000, wrong=0.0))
        with Views.open(ledger.store, views_path(path)) as views:
            assert views.findings() == []


def test_some_of_a_share_of_wrong_claims_are_found(tmp_path: Path) -> None:
    path = tmp_path / "wrong.db"
    with ours.ledger_in(path) as ledger:
        ours.fill(ledger, workload.claims(4_000, wrong=0.02))
        with Views.open(ledger.store, views_path(path)) as views:
            assert views.findings()


@pytest.mark.parametrize(
    ("line", "held"),
    [
        (Line("x", "as fast", "", ratio=2.6, target=2.5), True),
        (Line("x", "too slow", "", ratio=2.4, target=2.5), False),
        (Line("x", "as small", "", ratio=1.1, target=1.2, at_most=True), True),
        (Line("x", "too large", "", ratio=1.3, target=1.2, at_most=True), False),
        (Line("x", "soon", "", target=0.01, at_most=True, seconds=0.009), True),
        (Line("x", "late", "", target=0.01, at_most=True, seconds=0.011), False),
        (Line("x", "no target", "", ratio=0.1), None),
    ],
)
def test_a_line_is_judged_by_its_target(line: Line, held: bool | None) -> None:
    assert line.held is held


def test_part_of_a_run_is_not_written_as_if_it_were_the_whole(tmp_path: Path) -> None:
    page = tmp_path / "costs.md"
    page.write_text("<!-- measured: begin -->\n<!-- measured: end -->\n")
    done = measure(tmp_path, "--markdown", str(page), "--only", "append")
    assert done.exit_code == 2
    assert "leave --only out" in done.output
