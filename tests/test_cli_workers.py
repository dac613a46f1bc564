"""Processes that help an import: what they check comes back in order, and they end with it."""

import signal
import subprocess
import sys

import pytest

from cli.checking import Checker
from cli.mapping import read_recipe
from cli.rows import Row
from cli.workers import check_with_workers

IMPORT = """
import time
from cli.checking import Checker
from cli.mapping import read_recipe
from cli.workers import check_with_workers

def chunks():
    for _ in range(6):
        yield [(2, ["a"], None)]
    print("started", flush=True)
    time.sleep(600)
    yield []

for _ in check_with_workers(chunks(), ["subject"], Checker(read_recipe([], []), {}), 2):
    pass
"""


def test_chunks_come_back_in_their_order_whoever_checked_them() -> None:
    """Far more of them than the workers' hands can hold, so that most are checked here."""
    chunks: list[list[Row]] = [[(2 + number, ["a"], None)] for number in range(200)]
    checker = Checker(read_recipe([], []), {})
    found = check_with_workers(chunks, ["subject"], checker, 2)
    lines = [row[0] for checked in found for row, _ in checked.bad]
    assert lines == list(range(2, 202))


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_when_the_process_that_started_them_is_killed(number: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", IMPORT], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.send_signal(number)
    # Every worker holds the other end: the output ends when the last of them does.
    rest, _ = process.communicate(timeout=120)
    assert rest == ""
    assert process.returncode == -number
