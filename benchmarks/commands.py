"""Whole commands, each run in a process of its own, as a shell runs it."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from tempfile import gettempdir

import click

PEAK = Path(__file__).with_name("peak.py")


def run(name: str, *arguments: object) -> None:
    """Run an installed command to its end; what it prints is thrown away.

    Raises ``ClickException`` where it is not installed beside this Python, or fails.
    """
    _finish([_script(name), *map(str, arguments)])


def peak(name: str, *arguments: object) -> int:
    """Run an installed command; return the bytes that its largest process held at the most.

    Raises ``ClickException`` as ``run`` does.
    """
    python = shutil.which("python", path=sysconfig.get_path("scripts")) or "python3"
    words = [python, "-S", "-E", str(PEAK), _script(name), *map(str, arguments)]
    return int(_finish(words))


def _script(name: str) -> str:
    found = shutil.which(name, path=sysconfig.get_path("scripts"))
    if found is None:
        raise click.ClickException(f"{name} is not installed beside this Python")
    return found


def _finish(words: list[str]) -> str:
    remembering = {**os.environ, "WHEREFROM_STATE": str(Path(gettempdir()) / "wherefrom-bench")}
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=remembering
    )
    if done.returncode:
        raise click.ClickException(f"{' '.join(words)}: exit {done.returncode}: {done.stderr}")
    return done.stdout
