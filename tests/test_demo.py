"""`make demo`: what a newcomer sees first, and that the report raises no false alarm."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import SEEDS, Wherefrom

TOPICS = ["ballistic missiles", "support for armed groups", "treatment of its own people"]


def test_the_seeds_hold_one_contradiction_and_nothing_else(tmp_path: Path) -> None:
    wherefrom = Wherefrom(tmp_path)
    wherefrom.seeds()
    [finding] = wherefrom("contradictions", "--json").json
    assert (finding["rule"], finding["verdict"], finding["status"]) == (
        "position",
        "contradiction",
        "open",
    )
    assert (finding["subject"], finding["predicate"]) == (
        "US–Iran talks of February 2026",
        "agenda",
    )
    assert finding["disputed"] == TOPICS
    sides = [set(camp["claimants"]) for camp in finding["camps"]]
    assert sides == [{"United States government", "Marco Rubio"}, {"Iranian government"}]
    assert [camp["independent_origins"] for camp in finding["camps"]] == [1, 1]


needs_sh = pytest.mark.skipif(shutil.which("sh") is None, reason="no sh to run the demo with")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the demo prints, with the command of this environment first in PATH."""
    command = Path(sys.executable).parent / "wherefrom"
    if not command.exists():
        pytest.skip("the command is not installed beside this Python")
    temporary = tmp_path_factory.mktemp("demo")
    environment = {
        **os.environ,
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "TMPDIR": str(temporary),
        "WHEREFROM_DB": str(temporary / "mine.db"),
    }
    ended = subprocess.run(
        ["sh", str(SEEDS / "demo.sh")],
        cwd=temporary,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not list(temporary.iterdir()), "the demo cleans up and leaves our ledger alone"
    return ended.stdout


@needs_sh
def test_the_demo_traces_the_figure_to_its_claimant_relay_date_and_place(shown: str) -> None:
    trace = shown.partition("$ wherefrom trace 3428\n")[2].partition("\n3. ")[0]
    assert "at least 3,428" in trace
    assert "Iran Human Rights" in trace
    assert "outlet of document 003" in trace
    assert "2026-02-06" in trace
    assert "3939–4013" in trace


@needs_sh
def test_the_demo_shows_the_topics_and_no_other_finding(shown: str) -> None:
    report = shown.partition("$ wherefrom contradictions\n")[2].partition("\n4. ")[0]
    for topic in TOPICS:
        assert re.search(rf"× +{topic} ", report)
    assert "1 finding: 1 contradiction (position)." in report


@needs_sh
def test_the_demo_verifies_and_says_what_to_type_next(shown: str) -> None:
    assert "Consistent in itself: 276 events" in shown
    ending = shown.partition("\nNext, ")[2]
    typed = re.findall(r"^  wherefrom (\S+)", ending, re.MULTILINE)
    assert typed == ["import", "trace", "history", "add", "--help"]


@needs_sh
def test_the_demo_echoes_what_a_user_would_type(shown: str) -> None:
    typed = [line for line in shown.splitlines() if line.startswith("$ ")]
    assert typed == [
        "$ wherefrom import seeds/*.jsonl",
        "$ wherefrom trace 3428",
        "$ wherefrom contradictions",
        "$ wherefrom verify",
    ]


@needs_sh
def test_the_demo_can_be_read_in_80_columns(shown: str) -> None:
    assert [line for line in shown.splitlines() if len(line) > 80] == []
