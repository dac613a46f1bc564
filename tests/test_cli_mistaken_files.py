"""One file named where another belongs: it is called by its name, and none is lost by it."""

from itertools import product
from pathlib import Path

import pytest
from commands import Wherefrom
from signing import Desk

from cli.file_kinds import kind_of
from ledger.checkpoints import MOST_PROOF, Checkpoint, SignedCheckpoint
from ledger.notes import Note, Signature

KINDS = {
    "a.key": "a private key",
    "a.pub": "a verifier key",
    "a.checkpoint": "a checkpoint",
    "proven.checkpoint": "a checkpoint",
    "a.receipt": "a receipt",
    "facts.db": "a database",
}
WANTED = {
    "a private key": ("checkpoint", "--key"),
    "a verifier key": ("verify-receipt", "a.receipt", "--verifier"),
    "a checkpoint": ("verify", "--checkpoint"),
    "a receipt": ("verify-receipt",),
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with a file of every kind beside another ledger."""
    desk = Desk(tmp_path)
    desk.record("A", "B")
    run = desk.wherefrom
    desk.key.rename(tmp_path / "a.key")
    key = "--key", tmp_path / "a.key"
    last = run("log", "--json").json[-1]["id"]
    (tmp_path / "a.pub").write_text(f"{desk.verifier}\n")
    run("checkpoint", *key, "--output", tmp_path / "a.checkpoint")
    run("checkpoint", *key, "--after", "1", "--output", tmp_path / "proven.checkpoint")
    run("receipt", last, *key, "--output", tmp_path / "a.receipt")
    run("backup", tmp_path / "other.db")
    return desk


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Wherefrom:
    monkeypatch.chdir(desk.folder)
    return desk.wherefrom


@pytest.mark.parametrize(("wanted", "file"), list(product(WANTED, KINDS)))
def test_a_file_in_the_place_of_another_is_called_by_its_name(
    run: Wherefrom, wanted: str, file: str
) -> None:
    good = KINDS[file] == wanted or (KINDS[file], wanted) == ("a private key", "a verifier key")
    told = run(*WANTED[wanted], file, code=0 if good else 2)
    if not good:
        assert f"Error: {file}: {KINDS[file]}, and {wanted} is wanted. Name " in told.err


@pytest.mark.parametrize("file", ["a.key", "a.checkpoint", "a.receipt"])
def test_what_is_no_table_is_not_quoted(run: Wherefrom, file: str) -> None:
    told = run("import", file, code=2)
    assert f"{file}: {KINDS[file]}, and no table" in told.err
    secret = Path("a.key").read_text().strip()[-20:]
    assert secret not in told.err


def test_a_private_key_is_no_document(run: Wherefrom) -> None:
    assert "a.key: a private key, and no document" in run("capture", "a.key", code=2).err
    assert not list(Path().glob("*.evidence/*"))


@pytest.mark.parametrize(
    ("command", "may_replace"),
    [
        (("export", "--output"), ()),
        (("export", "--format", "claimreview", "--output"), ()),
        (("receipt", "last", "--key", "a.key", "--output"), ("a.receipt",)),
        (("cosign", "a.checkpoint", "--key", "a.cosigner", "--output"), ("a.checkpoint",)),
    ],
)
def test_what_cannot_be_made_again_is_not_written_over(
    run: Wherefrom, command: tuple[str, ...], may_replace: tuple[str, ...]
) -> None:
    run("keygen", "example.org/b", "--cosigner", "--output", "a.cosigner")
    run("keygen", "example.org/c", "--output", "another.key")
    for file in ("another.key", "a.checkpoint", "a.receipt", "other.db"):
        if file in may_replace:
            continue
        before = Path(file).read_bytes()
        told = run(*command, file, code=2)
        assert f"--output {file}: " in told.err
        assert "not written over. Name another file" in told.err
        assert Path(file).read_bytes() == before


def test_the_longest_checkpoint_is_known_by_how_it_begins() -> None:
    head = Checkpoint("wherefrom/" + "0" * 32, (1 << 63) - 1, bytes(32))
    note = Note(head.text, (Signature("a", bytes(4), bytes(64)),))
    proof = (bytes(32),) * MOST_PROOF
    assert kind_of(bytes(SignedCheckpoint(head, note, 1, proof))) == "a checkpoint"


@pytest.mark.parametrize(
    "text", ["", "subject,predicate\na,b\n", "old 3\n", "a+b+c\n", "# keys\n", '{"type": "x"}']
)
def test_other_files_are_none_of_these(text: str) -> None:
    assert kind_of(text.encode()) is None
