"""`wherefrom keygen`: a private key for its owner alone, a verifier key for everybody."""

import os
import stat
from pathlib import Path

import pytest
from commands import Wherefrom

from ledger.keys import COSIGNER_KEY, LEDGER_KEY, read_signer, read_verifier
from ledger.sqlite import SqliteStore


def test_keygen_writes_both_keys_and_prints_the_one_for_everybody(wherefrom: Wherefrom) -> None:
    path = wherefrom.folder / "desk.key"
    told = wherefrom("keygen", "example.org/desk", "--output", path)
    key = read_signer(path.read_text().strip(), "desk.key")
    assert told.lines == [str(key.verifier)]
    assert (key.name, key.kind) == ("example.org/desk", LEDGER_KEY)
    assert "PRIVATE" not in told.out + told.err
    assert (wherefrom.folder / "desk.key.pub").read_text() == told.out
    assert "Who has this file can sign in your name" in told.err


@pytest.mark.skipif(os.name == "nt", reason="the bits of a mode say nothing on Windows")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read_the_private_key(wherefrom: Wherefrom, mask: int) -> None:
    path = wherefrom.folder / "desk.key"
    before = os.umask(mask)
    try:
        wherefrom("keygen", "--output", path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.with_name("desk.key.pub").stat().st_mode) == 0o666 & ~mask


def test_keygen_writes_over_nothing(wherefrom: Wherefrom) -> None:
    wherefrom.seeds()
    path = wherefrom.folder / "desk.key"
    path.write_text("mine")
    assert "exists already" in wherefrom("keygen", "--output", path, code=2).err
    assert path.read_text() == "mine"
    other = wherefrom.folder / "other.key"
    other.with_name("other.key.pub").write_text("mine")
    assert "other.key.pub: exists already" in wherefrom("keygen", "--output", other, code=2).err
    assert not other.exists()
    assert other.with_name("other.key.pub").read_text() == "mine"
    link = wherefrom.folder / "link.key"
    link.symlink_to(wherefrom.folder / "elsewhere")
    wherefrom("keygen", "--output", link, code=2)
    assert not (wherefrom.folder / "elsewhere").exists()
    journal = f"{wherefrom.db}-journal"
    assert "file of the ledger" in wherefrom("keygen", "--output", journal, code=2).err


def test_two_keys_are_never_the_same(wherefrom: Wherefrom) -> None:
    one, other = (
        wherefrom("keygen", "desk", "--output", wherefrom.folder / name).out for name in "ab"
    )
    assert one != other


def test_a_ledgers_key_is_named_as_checkpoints_name_the_ledger(wherefrom: Wherefrom) -> None:
    wherefrom.seeds()
    store = SqliteStore.open(wherefrom.db)
    verifier = wherefrom("keygen", "--output", wherefrom.folder / "desk.key").out.strip()
    assert read_verifier(verifier, "key").name == f"wherefrom/{store.origin}"
    store.close()


def test_a_cosigners_key_is_of_its_own_kind_and_named_as_who_records(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHEREFROM_RECORDER", "Desk of  A+B")
    told = wherefrom("keygen", "--cosigner", "--output", wherefrom.folder / "desk.key")
    key = read_verifier(told.out.strip(), "key")
    assert (key.name, key.kind) == ("wherefrom/Desk-of-A-B", COSIGNER_KEY)


@pytest.mark.parametrize("kind", ["ledger", "cosigner"])
def test_the_verifier_key_can_be_shown_again(wherefrom: Wherefrom, kind: str) -> None:
    path = wherefrom.folder / "desk.key"
    options = ["--cosigner"] if kind == "cosigner" else []
    made = wherefrom("keygen", "desk", "--json", *options, "--output", path).json
    shown = wherefrom("keygen", "--show", path, "--json").json
    assert shown == made
    assert shown == {
        "name": "desk",
        "id": shown["verifier"].split("+")[1],
        "kind": kind,
        "verifier": wherefrom("keygen", "--show", path).out.strip(),
        "file": str(path),
    }


def keyless(folder: Path) -> dict[str, Path]:
    files = {
        "empty": b"",
        "binary": b"\xff\xfe",
        "verifier": b"desk+c74f20a3+ARpc\n",
        "long": b"PRIVATE+KEY+" + b"x" * 20_000,
        "two": b"PRIVATE+KEY+a+00000000+AA\nPRIVATE+KEY+a+00000000+AA\n",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o600)
    return {name: folder / name for name in (*files, "absent", ".")}


@pytest.mark.parametrize("name", ["empty", "binary", "verifier", "long", "two", "absent", "."])
def test_what_is_no_private_key_is_refused(wherefrom: Wherefrom, name: str) -> None:
    path = keyless(wherefrom.folder)[name]
    told = wherefrom("keygen", "--show", path, code=2)
    assert told.err.startswith(f"Error: {path}: ")
    assert len(told.err.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="the bits of a mode say nothing on Windows")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_private_key_that_others_can_use_is_refused(wherefrom: Wherefrom, mode: int) -> None:
    path = wherefrom.folder / "desk.key"
    wherefrom("keygen", "--output", path)
    path.chmod(mode)
    assert f"`chmod 600 {path}`" in wherefrom("keygen", "--show", path, code=2).err
    path.chmod(0o400)
    wherefrom("keygen", "--show", path)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["name"],
        ["--output", "a", "--show", "b"],
        ["name", "--show", "b"],
        ["--show", "b", "--cosigner"],
        ["a+b", "--output", "a"],
        ["a b", "--output", "a"],
    ],
)
def test_keygen_refuses_what_cannot_be_meant(
    wherefrom: Wherefrom, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(wherefrom.folder)
    wherefrom("keygen", *arguments, code=2)
    assert not Path("a").exists()


def test_a_key_that_cannot_be_written_whole_is_not_there(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    path = wherefrom.folder / "desk.key"
    assert "No space left" in wherefrom("keygen", "--output", path, code=2).err
    assert not path.exists()
