"""Checkpoints, cosignatures, keys, receipts and tiles that strangers changed.

Whatever bytes they hold, the command that checks them ends by itself, and it takes them only where
they still say what was signed: what is taken tells the very same.
"""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import Answer
from hostile import harm
from mutations import scrambled
from signing import Desk

MANY = 120


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with a checkpoint that another cosigned, a receipt under it, and tiles."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.record(*(f"A{number}" for number in range(9)))
    desk.checkpoint()
    ask = desk.wherefrom
    other = Desk(desk.folder / "other", "cosigner", cosigner=True)
    ask("cosign", desk.kept, "--key", other.key, "--verifier", desk.verifier, "--output", desk.kept)
    shutil.copy(other.key, desk.folder / "cosigner.key")
    receipt = desk.folder / "receipt"
    event = ask("log", "--json").json[4]["id"]
    ask("receipt", event, "--key", desk.key, "--checkpoint", desk.kept, "--output", receipt)
    ask("export", "--format", "tiles", desk.folder / "tiles", "--key", desk.key)
    return desk


def ended(answer: Answer) -> int:
    assert answer.code in (0, 1, 2)
    assert not harm(answer.out + answer.err)
    if answer.code == 2:
        assert answer.err.startswith("Error: ")
    return answer.code


def changed(path: Path, many: int = MANY) -> Iterator[bytes]:
    """Yield the file's bytes with some changes, again and again."""
    data = path.read_bytes()
    for seed in range(many):
        other = scrambled([data], seed)
        if other != data:
            yield other


def test_a_checkpoint_says_what_was_signed_or_is_not_taken(desk: Desk) -> None:
    ask, path = desk.wherefrom, desk.folder / "changed"
    asked = ("verify", "--checkpoint", path, "--verifier", desk.verifier, "--json")
    shutil.copy(desk.kept, path)
    [whole] = ask(*asked).json["checkpoints"]
    taken = 0
    for data in changed(desk.kept):
        path.write_bytes(data)
        answer = ask(*asked, code=None)
        if ended(answer) == 0:
            [told] = answer.json["checkpoints"]
            assert (told["origin"], told["size"], told["root"]) == (
                whole["origin"], whole["size"], whole["root"],
            )  # fmt: skip
            assert any(one["state"] == "valid" for one in told["signatures"])
            taken += 1
    assert taken < MANY // 2


def test_a_receipt_tells_what_was_filed_or_is_not_taken(desk: Desk) -> None:
    ask, path = desk.wherefrom, desk.folder / "changed"
    asked = ("verify-receipt", path, "--verifier", desk.verifier, "--json")
    receipt = desk.folder / "receipt"
    shutil.copy(receipt, path)

    def told(answer: Answer) -> Any:
        said = answer.json
        return {name: said[name] for name in said if name not in ("checkpoint", "signatures")}

    whole = told(ask(*asked))
    for data in changed(receipt):
        path.write_bytes(data)
        answer = ask(*asked, code=None)
        if ended(answer) == 0:
            assert told(answer) == whole


def test_tiles_are_those_that_were_signed_or_are_not_taken(desk: Desk) -> None:
    ask, folder = desk.wherefrom, desk.folder / "tiles"
    asked = ("verify-tiles", folder, "--verifier", desk.verifier)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    whole = ask(*asked).out
    dice = random.Random(1)
    for seed in range(MANY):
        path = dice.choice(files)
        data = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(scrambled([data], seed))
        answer = ask(*asked, code=None)
        assert ended(answer) != 0 or (path.name == "checkpoint" or path.read_bytes() == data)
        path.write_bytes(data)
    assert ask(*asked).out == whole


def test_what_is_cosigned_was_signed(desk: Desk) -> None:
    """A cosigner who saw the ledger before takes no other size, root or name."""
    ask, path = desk.wherefrom, desk.folder / "changed"
    key = desk.folder / "again.key"
    shutil.copy(desk.folder / "cosigner.key", key)
    text = desk.kept.read_text("utf-8").partition("\n\n")[0]
    for data in changed(desk.kept, MANY // 2):
        path.write_bytes(data)
        for left in desk.folder.glob("again.key.*"):
            left.unlink()
        answer = ask("cosign", path, "--key", key, "--verifier", desk.verifier, code=None)
        if ended(answer) == 0:
            assert answer.out.startswith(text)


@pytest.mark.parametrize("name", ["desk.key", "cosigner.key", "verifier"])
def test_a_key_is_read_or_refused(desk: Desk, name: str) -> None:
    ask, path = desk.wherefrom, desk.folder / "changed.key"
    whole = desk.folder / name
    if name == "verifier":
        whole.write_text(desk.verifier + "\n", "utf-8")
    for data in changed(whole, MANY // 2):
        path.write_bytes(data)
        path.chmod(0o600)
        held = ("verify", "--checkpoint", desk.kept, "--verifier")
        for asked in (("keygen", "--show", path), (*held, path)):
            answer = ask(*asked, code=None)
            ended(answer)
            assert desk.key.read_text("utf-8").strip()[-20:] not in answer.out + answer.err


@pytest.mark.parametrize("name", ["desk.key.seen", "other/cosigner.key.seen"])
def test_what_a_key_remembers_is_read_or_refused(desk: Desk, name: str) -> None:
    path = desk.folder / name
    data = path.read_bytes()
    dice = random.Random(2)
    key = path.with_suffix("")
    for _ in range(MANY // 3):
        spoilt = bytearray(data)
        for _ in range(dice.choice((1, 3, 40))):
            spoilt[100 + dice.randrange(len(data) - 100)] = dice.randrange(256)
        path.write_bytes(spoilt)
        for left in path.parent.glob(f"{path.name}-*"):
            left.unlink()
        asked = ("cosign", desk.kept) if "cosigner" in name else ("checkpoint",)
        ended(desk.wherefrom(*asked, "--key", key, "--output", "-", code=None))
    path.write_bytes(data)


def test_a_memory_whose_index_was_altered_is_no_reason_to_sign(desk: Desk) -> None:
    """What was signed would not be found in it, and something else could be signed."""
    data = desk.seen.read_bytes()
    with closing(sqlite3.connect(desk.seen)) as connection:
        connection.execute("PRAGMA writable_schema = on")
        connection.execute("DELETE FROM sqlite_schema WHERE name LIKE 'sqlite_autoindex%'")
        connection.commit()
    told = desk.wherefrom("checkpoint", "--key", desk.key, code=2)
    assert "It is what the key has signed: restore it from a backup" in told.err
    desk.seen.write_bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"\n\n", b"\n" * 100_000, b"a" * 2_000_000, b"\xe2\x80\x94 " * 100_000,
        b"a\n1\nAAAA\n\n" + b"\xe2\x80\x94 x AAAAAAAA\n" * 10_000,
        b"c2sp.org/tlog-proof@v1\n" * 50_000,
        b"c2sp.org/tlog-proof@v1\nextra " + b"A" * 3_000_000, b"PRIVATE+KEY+" + b"+" * 500_000,
        b"c2sp.org/tlog-proof@v1\nextra AAAA\nindex " + b"9" * 1_000_000 + b"\n\n",
        b"a\n" + b"9" * 1_000_000 + b"\nAAAA\n\n\xe2\x80\x94 x AAAAAAAA\n", bytes(1_000_000),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_overlong_is_refused(desk: Desk, data: bytes) -> None:
    path = desk.folder / "overlong"
    path.write_bytes(data)
    path.chmod(0o600)
    for asked in (
        ("verify", "--checkpoint", path),
        ("verify", "--checkpoint", desk.kept, "--verifier", path),
        ("verify-receipt", path),
        ("cosign", path, "--key", desk.folder / "cosigner.key", "--verifier", desk.verifier),
        ("checkpoint", "--key", path),
        ("receipt", desk.wherefrom("log", "--json").json[4]["id"], "--checkpoint", path),
    ):
        answer = desk.wherefrom(*asked, code=2)
        assert not harm(answer.out + answer.err)
        assert len(answer.err) < 3_000
