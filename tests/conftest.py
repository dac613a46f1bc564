"""How hard Hypothesis tries, and which tests run: set by ``WHEREFROM_PROFILE``.

============  ==========================================================================
``quick``     a first look: a few examples, and no time spent on making a failing one small
``dev``       the default: as many examples as a person waits for
``ci``        the same examples on every run, so that a red build is red again at home
``torture``   a thousand examples a property, ten times the kills and power cuts, and the
              tests marked ``torture`` as well
============  ==========================================================================

No profile has a deadline: a slow machine is not a wrong program.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Wherefrom
from hypothesis import HealthCheck, Phase, settings

PROFILE = os.environ.get("WHEREFROM_PROFILE", "dev")

_STATE = tempfile.TemporaryDirectory(prefix="wherefrom-state-")
os.environ["WHEREFROM_STATE"] = _STATE.name  # what commands remember stays out of the user's way

settings.register_profile(
    "dev", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci",
    settings.get_profile("dev"),
    max_examples=100,
    derandomize=True,
    database=None,
    print_blob=True,
)
settings.register_profile(
    "quick",
    settings.get_profile("dev"),
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
settings.register_profile("torture", settings.get_profile("dev"), max_examples=1000)
settings.load_profile(PROFILE)


@pytest.fixture
def wherefrom(tmp_path: Path) -> Wherefrom:
    """The command, with a ledger of its own."""
    return Wherefrom(tmp_path)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder, in memory where there is such a place: where no sync is at issue."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was counted by the tests that count (``record_property``), added up."""
    totals: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            totals.update({name: int(count) for name, count in report.user_properties})
    if totals:
        terminalreporter.section("counted")
        for name, count in totals.items():
            terminalreporter.write_line(f"{name}: {count:,}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if PROFILE == "torture":
        return
    skip = pytest.mark.skip(reason="runs for minutes: make torture")
    for item in items:
        if "torture" in item.keywords:
            item.add_marker(skip)
