"""An acknowledged event survives ``kill -9``, whenever it comes, and the next command works.

Processes record in the ways that people do (``recorders.py``), or are the command itself, and are
killed at random moments: while they make a ledger, append, import, pull, erase or write the views.
After each kill nothing that was acknowledged is missing, no import is there in part, what was said
to be erased is in none of the files, and the command goes on.
"""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Wherefrom
from conftest import PROFILE
from recorders import (
    Imported,
    Kept,
    Recorder,
    Witness,
    add,
    append,
    append_hastily,
    claim,
    drained,
    erase,
    import_,
    pull,
    recording,
    table,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

Figure = Callable[[str, object], None]

TIMES = 10 if PROFILE == "torture" else 1
WAITS = (0, 0, 1, 1, 3)
"""For so many acknowledgements, one of these, a process is left alone,"""
MOMENT = 0.03
"""and then killed within so many seconds."""
LARGE = 5_000 if PROFILE == "torture" else 600
"""Rows of the files that the command itself imports; of many, other processes check some."""


QUESTIONS = (("sources", "--json"), ("contradictions", "--json"))


def kill(recorder: Recorder, path: Path, dice: random.Random, witness: Witness) -> None:
    """Let a process record, for a moment; keep what it was acknowledged."""
    with recording(recorder, path, dice.randrange(1_000_000)) as (process, acks):
        for _ in range(dice.choice(WAITS)):
            witness.take(acks.recv())
        time.sleep(dice.random() * MOMENT)
        process.kill()
        process.join()
        for acknowledged in drained(acks):
            witness.take(acknowledged)


def look(path: Path, witness: Witness, command: Wherefrom) -> None:
    """Hold that nothing is lost, and that the command goes on; finish what was to be erased."""
    assert not witness.complaints(path)
    said = command(*claim(len(witness.kept), "Dora"), "--json").json
    witness.take(Kept(said["position"], said["id"]))
    command("erase")
    shown = [command(*question).out for question in QUESTIONS]
    if len(witness.kept) % 5 == 0:
        command("rebuild")
        assert [command(*question).out for question in QUESTIONS] == shown


@pytest.mark.parametrize(
    ("recorder", "kills"),
    [(append, 18), (add, 12), (import_, 10), (erase, 8), (pull, 8)],
    ids=["append", "add", "import", "erase", "pull"],
)
def test_nothing_acknowledged_is_lost_by_a_kill(
    recorder: Recorder, kills: int, folder: Path, record_property: Figure
) -> None:
    """A new ledger from time to time: it may be killed while it is made."""
    dice = random.Random(recorder.__name__)
    acknowledged = 0
    for number in range(kills * TIMES):
        if number % 3 == 0:
            command, witness = Wherefrom(folder, f"{number}.db"), Witness()
        before = len(witness.kept) + sum(witness.imported.values()) + len(witness.pulled)
        kill(recorder, command.db, dice, witness)
        after = len(witness.kept) + sum(witness.imported.values()) + len(witness.pulled)
        acknowledged += after - before
        look(command.db, witness, command)
    record_property("kills", kills * TIMES)
    record_property("events acknowledged to those killed", acknowledged)
    assert acknowledged > kills * TIMES / 2


def test_nothing_acknowledged_is_lost_when_the_command_itself_is_killed(
    tmp_path: Path, record_property: Figure
) -> None:
    """As a user types it: what it has printed counts."""
    dice = random.Random(1)
    killed = 0
    for number in range(10 * TIMES):
        if number % 10 == 0:
            command, witness = Wherefrom(tmp_path, f"{number}.db"), Witness(rows=LARGE)
        claimant = f"Cleo {number}"
        if number % 2:
            file = tmp_path / f"{number}.csv"
            file.write_text(table(witness.rows, claimant), encoding="utf-8")
            arguments: tuple[str, ...] = ("import", str(file), "--json")
        else:
            arguments = (*claim(number, "Ben"), "--json")
        program = [sys.executable, "-c", "from cli.main import main; main()"]
        process = subprocess.Popen(
            [*program, "--db", str(command.db), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        time.sleep(dice.random() * (1.5 if number % 2 else 1.0))
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), err
        killed += process.returncode != 0
        if out.endswith(b"\n"):
            said = json.loads(out)
            if number % 2:
                witness.take(Imported(claimant, witness.rows))
            else:
                witness.take(Kept(said["position"], said["id"]))
        look(command.db, witness, command)
    record_property("kills", killed)


# --- the tests can fail ----------------------------------------------------------------------


def test_one_who_acknowledges_before_it_is_recorded_is_found_out(tmp_path: Path) -> None:
    path, witness = tmp_path / "facts.db", Witness()
    with recording(append_hastily, path, 1) as (process, acks):
        witness.take(acks.recv())
        process.kill()
        process.join()
    assert "acknowledged as" in witness.complaints(path)[0]


def test_an_import_that_is_there_in_part_is_found_out(tmp_path: Path) -> None:
    command, witness = Wherefrom(tmp_path), Witness()
    file = tmp_path / "claims.csv"
    file.write_text(table(7, "Cleo"), encoding="utf-8")
    command("import", file)
    assert witness.complaints(command.db) == ["7 of 300 claims by Cleo"]
    witness.take(Imported("Ann", 3))
    assert "0 of 3 claims by Ann" in witness.complaints(command.db)
