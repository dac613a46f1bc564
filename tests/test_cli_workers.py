"""Processes that help an import end with it, however it ends."""

import signal
import subprocess
import sys

import pytest

IMPORT = """
import time
from cli.mapping import read_recipe
from cli.workers import check_in_workers

def chunks():
    for _ in range(6):
        yield [(2, ["a"], None)]
    print("started", flush=True)
    time.sleep(600)
    yield []

for _ in check_in_workers(chunks(), ["subject"], read_recipe([], []), {}, 2):
    pass
"""


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
