"""Where answers go: into files, pipes that close, streams that are not there, other encodings."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Wherefrom

from projections.views import views_path


@pytest.fixture
def filed(tmp_path: Path) -> Wherefrom:
    wherefrom = Wherefrom(tmp_path)
    wherefrom(
        "import",
        wherefrom.file(
            "claims.csv",
            """
            subject,predicate,value,claimant,published
            Zürich 🚂,trains,3,desk,2026-02-06
            Zürich 🚂,trams,4,desk,2026-02-06
            """,
        ),
    )
    wherefrom("contradictions")
    return wherefrom


def shell(filed: Wherefrom, script: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script of the shell in which ``$W`` is the command."""
    program = "import sys; sys.argv[0] = 'wherefrom'; from cli.main import main; main()"
    return subprocess.run(
        ["/bin/sh", "-c", script.replace("$W", '"$PY" -c "$PROGRAM" --db "$DB"')],
        env={
            **os.environ,
            "PY": sys.executable,
            "PROGRAM": program,
            "DB": str(filed.db),
            "PYTHONPATH": str(Path(__file__).parent.parent),
            **environment,
        },
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("suffix", ["", "-journal", "-wal"])
def test_an_export_never_overwrites_the_ledger_or_its_views(filed: Wherefrom, suffix: str) -> None:
    link = filed.folder / "link"
    for own in (filed.db, views_path(filed.db)):
        target = Path(f"{own}{suffix}")
        before = target.read_bytes() if target.exists() else None
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        for path in (target, link):
            answer = filed("export", "--output", path, code=2)
            assert "this is a file of the ledger" in answer.err
        assert (target.read_bytes() if target.exists() else None) == before
    hard = filed.folder / "hard"
    hard.hardlink_to(filed.db)
    for document in (filed.folder / "facts.evidence", filed.folder / "facts.evidence" / "a"):
        assert "a file of the ledger" in filed("export", "--output", document, code=2).err
    assert "a file of the ledger" in filed("export", "--output", hard, code=2).err


def test_an_export_goes_through_links_and_devices(filed: Wherefrom) -> None:
    link = filed.folder / "link"
    link.symlink_to("behind.jsonl")
    filed("export", "--output", link)
    assert link.is_symlink()
    assert link.read_text("utf-8") == filed("export").out == filed("export", "--output", "-").out
    filed("export", "--output", os.devnull)
    assert Path(os.devnull).is_char_device()


def test_a_reader_that_goes_away_is_exit_141(filed: Wherefrom) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "from cli.main import main; main()", "--db", filed.db, "log"],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_without_a_stdout_what_is_recorded_is_recorded(filed: Wherefrom) -> None:
    done = shell(filed, "$W describe desk --kind organisation >&-")
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(filed("log", "--json").json) == 3


@pytest.mark.parametrize("command", ["log --json", "trace trains --json", "search trams --nl"])
def test_json_is_json_in_any_encoding(filed: Wherefrom, command: str) -> None:
    done = shell(filed, f"$W {command}", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == filed(*command.split()).json
    assert "Zürich 🚂" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("trace", "trains", "--limit", "99999999999999999999"),
        ("search", "trains", "--limit", "99999999999999999999"),
        ("log", "--last", "999999999999999999999"),
    ],
)
def test_numbers_beyond_all_use_are_refused(filed: Wherefrom, arguments: tuple[str, ...]) -> None:
    assert "not in the range" in filed(*arguments, code=2).err


@pytest.mark.parametrize("command", ["trace", "search"])
def test_a_question_as_long_as_a_book_is_refused(filed: Wherefrom, command: str) -> None:
    question = " ".join(map(str, range(20_000)))
    assert "at most 16 words" in filed(command, question, code=2).err


def test_views_never_overwrite_another_ledger(filed: Wherefrom) -> None:
    other = views_path(filed.folder / "a.db")
    other.write_bytes(filed.db.read_bytes())
    before = other.read_bytes()
    done = filed("import", filed.folder / "claims.csv", db=filed.folder / "a.db")
    assert "Recorded 2 events" in done.out
    answer = filed("contradictions", db=filed.folder / "a.db", code=2)
    assert "not a views file of wherefrom. Move it away" in answer.err
    assert other.read_bytes() == before


def spoilt(filed: Wherefrom, *statements: str) -> None:
    """Change the ledger behind its back; its views go, so that the next command reads it all."""
    connection = sqlite3.connect(filed.db)
    triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    views_path(filed.db).unlink(missing_ok=True)


QUESTIONS = (("contradictions",), ("rebuild",), ("export",), ("search", "trams"))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_missing_position_stops_everything_that_reads(
    filed: Wherefrom, question: tuple[str, ...]
) -> None:
    spoilt(filed, "DELETE FROM bodies WHERE position = 0", "DELETE FROM events WHERE position = 0")
    answer = filed(*question, code=2)
    assert "position 0: missing" in answer.err
    assert "wherefrom verify" in answer.err
    assert "position 0: missing" in filed("verify", code=1).out


def test_a_ledger_without_its_name_says_so(filed: Wherefrom) -> None:
    spoilt(filed, "DELETE FROM origins")
    for question in QUESTIONS:
        assert "lost its name" in filed(*question, code=2).err
    assert "lost its name" in filed("verify", code=1).out


@pytest.mark.parametrize("version", [0, -3])
def test_a_format_that_never_was_is_refused(filed: Wherefrom, version: int) -> None:
    spoilt(filed, f"PRAGMA user_version = {version}")
    assert "which there never was" in filed("log", code=2).err


def test_a_missing_body_is_said_to_be_missing(filed: Wherefrom) -> None:
    spoilt(filed, "DELETE FROM bodies WHERE position = 0")
    assert "its text is missing" in filed("log").out
    assert "missing; run `wherefrom verify`" in filed("export").err


def test_a_number_that_is_a_year_and_a_position_is_neither(tmp_path: Path) -> None:
    wherefrom = Wherefrom(tmp_path)
    rows = "\n".join(f"s{n},deaths,{n},desk,2026-02-06" for n in range(1_902))
    header = "subject,predicate,value,claimant,published\n"
    wherefrom("import", wherefrom.file("claims.csv", header + rows))
    answer = wherefrom("log", "--known-at", "1901", code=2)
    assert "Write 1901-12-31 for the end of the year, or +1901 for the position" in answer.err
    assert wherefrom("log", "--last", "1", "--known-at", "+1900", "--json").json[0]["position"] == (
        1900
    )
    assert wherefrom("log", "--known-at", "1899", "--last", "1").lines[0].startswith("  1899")
