"""Bad input to the commands of trust: one line with place and remedy, and nothing signed by it."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from commands import Wherefrom
from signing import Desk

from cli import waiting
from ledger.errors import BadInput
from ledger.notes import read_note


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with two events, a key, and a checkpoint of them."""
    desk = Desk(tmp_path)
    desk.record("A", "B")
    desk.checkpoint()
    return desk


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Wherefrom:
    monkeypatch.chdir(desk.folder)
    return desk.wherefrom


def last(run: Wherefrom) -> str:
    """Return the id of the last event."""
    id_ = run("log", "--json").json[-1]["id"]
    assert isinstance(id_, str)
    return id_


# A signature is remembered before it leaves, so what keeps it from leaving is found out before


@pytest.mark.parametrize("output", ["folder", "none/x", "x" * 300, "", "facts.db/x"])
@pytest.mark.parametrize("command", ["checkpoint", "receipt", "cosign"])
def test_nothing_is_signed_that_cannot_be_written(
    run: Wherefrom, desk: Desk, command: str, output: str
) -> None:
    Path("folder").mkdir()
    run("keygen", "example.org/w", "--cosigner", "--output", "w.key")
    before = desk.seen.read_bytes()
    words: dict[str, list[object]] = {
        "checkpoint": ["--key", desk.key],
        "receipt": [last(run), "--key", desk.key],
        "cosign": [desk.kept, "--key", "w.key", "--verifier", desk.verifier],
    }
    told = run(command, *words[command], "--output", output, code=2)
    assert told.err.startswith("Error: ")
    assert not told.err.startswith("Error: :")
    assert desk.seen.read_bytes() == before
    assert not Path("w.key.seen").exists()


@pytest.mark.parametrize("folder", ["a.file", "none/x", "loop", "dangling", "-", ""])
def test_nothing_is_signed_for_tiles_without_a_folder(
    run: Wherefrom, desk: Desk, folder: str
) -> None:
    Path("a.file").write_text("a")
    Path("loop").symlink_to("loop")
    Path("dangling").symlink_to("nowhere")
    before = desk.seen.read_bytes()
    told = run("export", "--format", "tiles", folder, "--key", desk.key, code=2)
    assert told.err.startswith("Error: ")
    assert not told.err.startswith("Error: :")
    assert desk.seen.read_bytes() == before


def test_a_full_disk_behind_stdout_is_named(tmp_path: Path, run: Wherefrom) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with full.open("w") as out:
        ended = subprocess.run(
            [sys.executable, "-c", "from cli.main import main; main()", "--db", run.db, "log"],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: stdout: No space left on device. Send the answer ")
    assert ended.stderr.count("\n") == 1


def test_what_the_key_has_signed_is_named_where_it_cannot_be_opened(
    run: Wherefrom, desk: Desk
) -> None:
    desk.seen.unlink()
    os.mkfifo(desk.seen)
    told = run("checkpoint", "--key", desk.key, code=2)
    assert told.err.startswith(f"Error: {desk.seen}: ")
    assert "Nothing was signed" in told.err


# Names


@pytest.mark.parametrize(
    "words",
    [
        ["--db", "", "log"],
        ["verify", "--checkpoint", ""],
        ["verify", "--checkpoint", "kept.checkpoint", "--verifier", ""],
        ["verify-receipt", ""],
        ["checkpoint", "--key", ""],
        ["keygen", "--show", ""],
        ["keygen", "--output", ""],
        ["backup", ""],
        ["pull", ""],
        ["verify-tiles", ""],
        ["export", "--output", ""],
    ],
)
def test_an_empty_name_is_told(run: Wherefrom, words: list[str]) -> None:
    told = run(*words, code=2).err
    assert "no name is given" in told or "no file is named" in told
    assert ". " in told  # the remedy


@pytest.mark.parametrize("output", ["-", "--cosigner", "--json"])
def test_no_key_is_made_in_the_name_of_an_option(run: Wherefrom, output: str) -> None:
    told = run("keygen", "example.org/n", "--output", output, code=2)
    assert f"--output {output}: " in told.err
    assert f"./{output}" in told.err
    assert not Path(output).exists()


def test_a_key_has_no_empty_name(run: Wherefrom) -> None:
    assert "'' cannot be the name of a key" in run("keygen", "", "--output", "n.key", code=2).err


@pytest.mark.parametrize("command", [["backup"], ["export", "--format", "tiles", "--key"]])
def test_a_link_to_itself_is_no_crash(run: Wherefrom, desk: Desk, command: list[str]) -> None:
    Path("loop").symlink_to("loop")
    key = [desk.key] if "--key" in command else []
    assert "Traceback" not in run(*command, *key, "loop", code=None).err


# What an editor does to a signed file


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda data: b"\xef\xbb\xbf" + data, "a byte-order mark"),
        (lambda data: data.replace(b"\n", b"\r\n"), "line ends of Windows"),
    ],
)
def test_a_checkpoint_that_an_editor_changed(
    run: Wherefrom, desk: Desk, change: object, what: str
) -> None:
    assert callable(change)
    Path("edited").write_bytes(change(desk.kept.read_bytes()))
    for words in (
        ["verify", "--checkpoint", "edited"],
        ["receipt", last(run), "--checkpoint", "edited"],
        ["export", "--format", "tiles", "t", "--checkpoint", "edited"],
    ):
        told = run(*words, code=2).err
        assert told.startswith(f"Error: edited: changed by an editor, which put {what} in. ")
    assert not Path("t").exists()
    with pytest.raises(BadInput, match="changed by an editor"):
        read_note(Path("edited").read_bytes(), "edited")


# An erasure of nothing


@pytest.mark.parametrize(
    "words", [["--ground", "x", "--yes"], ["--repeats"], ["--document"], ["--by", "x"]]
)
def test_an_erasure_that_names_no_event_is_not_called_done(
    run: Wherefrom, words: list[str]
) -> None:
    told = run("erase", *words, code=2)
    assert told.err.startswith("Error: erase: no event is named; nothing was erased. ")
    assert told.out == ""


def test_an_erasure_of_the_last_claim_takes_no_other_when_it_is_repeated(run: Wherefrom) -> None:
    for value in ("1", "2"):
        run("add", "storm", "deaths", value, "--claimant", "Reuters", "--published", "2026")
    for _ in range(2):
        run("erase", "last", "--ground", "x", "--yes")
    types = [event["type"] for event in run("log", "--json").json]
    assert types.count("body-erased") == 1


def test_a_checkpoint_is_not_passed_over_where_no_tiles_are_written(
    run: Wherefrom, desk: Desk
) -> None:
    told = run("export", "--checkpoint", desk.kept, code=2)
    assert "--checkpoint is for --format tiles" in told.err


# Pipes


@pytest.mark.parametrize("command", ["verify", "checkpoint", "import"])
def test_who_waits_for_a_pipe_says_so(
    run: Wherefrom, desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    os.mkfifo("pipe")
    said, notes = threading.Event(), []

    def tell(message: str) -> None:
        notes.append(message)
        said.set()

    def other_end() -> None:
        said.wait(30)
        with open("pipe", "rb" if command == "checkpoint" else "wb") as pipe:
            if command == "checkpoint":
                pipe.read()
            else:
                pipe.write(desk.kept.read_bytes() if command == "verify" else b"subject\n")

    monkeypatch.setattr(waiting, "PATIENCE", 0.0)
    monkeypatch.setattr(waiting, "tell", tell)
    other = threading.Thread(target=other_end)
    other.start()
    words: dict[str, list[object]] = {
        "verify": ["--checkpoint", "pipe"],
        "checkpoint": ["--key", desk.key, "--output", "pipe"],
        "import": ["pipe"],
    }
    run(command, *words[command], code=2 if command == "import" else 0)
    other.join()
    what = "read from" if command == "checkpoint" else "write to"
    assert notes == [f"Note: waiting for another program to {what} pipe"]


# Told to end


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_end_leaves_nothing_half_done(
    run: Wherefrom, desk: Desk, number: signal.Signals
) -> None:
    stopped = (
        "import os, signal, sys, cli.writing as writing\n"
        "from cli.main import main\n"
        f"writing.os.fsync = lambda _: os.kill(os.getpid(), {int(number)})\n"
        "main()\n"
    )
    before = sorted(desk.folder.iterdir())
    ended = subprocess.run(
        [sys.executable, "-c", stopped, "--db", run.db, "export", "--output", "out.jsonl"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 130
    assert ended.stderr.strip().startswith("Error: Interrupted; ")
    assert sorted(desk.folder.iterdir()) == before
