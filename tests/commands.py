"""The command as its users run it: arguments in, exit code and both streams out."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import attrs

from cli.main import run

SEEDS = Path(__file__).parent.parent / "seeds"


@attrs.frozen
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Wherefrom:
    """`wherefrom` on one ledger, with ``folder`` to put files in."""

    def __init__(self, folder: Path, name: str = "facts.db") -> None:
        self.folder = folder
        self.db = folder / name

    def __call__(self, *arguments: object, code: int | None = 0, db: Path | None = None) -> Answer:
        """Run a command, which must end with ``code``, if that is given."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            ended = run(["--db", str(db or self.db), *map(str, arguments)])
        answer = Answer(ended, _written(out), _written(err))
        assert code in (None, ended), answer
        return answer

    def seeds(self) -> None:
        """Import the seeds."""
        self("import", *sorted(SEEDS.glob("*.jsonl")))

    def file(self, name: str, text: str) -> Path:
        """Write a file, its indentation taken away, and return its path."""
        path = self.folder / name
        lines = [line.strip() for line in text.strip().splitlines()]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def table(self, text: str) -> Answer:
        """Import a CSV of claims."""
        return self("import", self.file("claims.csv", text), "--json")


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
