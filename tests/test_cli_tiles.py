"""`wherefrom export --format tiles`: the ledger as a folder that anyone can serve and check."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from commands import Answer, Wherefrom
from signing import Desk, rewrite

from ledger.checkpoints import read_checkpoint
from ledger.events import SourceDescribed
from ledger.heads import decode_head
from ledger.keys import check, read_signer, read_verifier
from ledger.notes import read_note
from ledger.tile_folder import TileFolder
from ledger.tiles import ENTRIES, Tile, read_bundle

CLAIM = ("storm", "deaths", "100", "--claimant", "Red Cross", "--published", "2026-02-07")


class Publisher:
    """A desk with the seeds, and the folder that it publishes."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.run = self.desk.wherefrom
        self.run.seeds()
        self.key = self.desk.key
        self.folder = folder / "public"

    def export(self, *options: object, code: int = 0) -> str:
        answer = self.run(
            "export", "--format", "tiles", self.folder, "--key", self.key, *options, code=code
        )
        return answer.err if code else answer.out

    def verify(self, *options: object, code: int = 0) -> Answer:
        return self.run("verify-tiles", self.folder, *options, code=code)

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def desk(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "desk")


def test_an_export_is_the_checkpoint_and_the_tiles_of_all_heads(desk: Publisher) -> None:
    told = desk.export()
    assert told.startswith("Wrote 5 new tiles and the checkpoint to ")
    note = read_note(desk.files()["checkpoint"], "checkpoint")
    [signature] = check(note, [read_verifier(desk.desk.verifier, "key")])
    assert signature.state == "valid"
    checkpoint = read_checkpoint(note.text, "checkpoint")
    answer = desk.run("verify", "--json").json
    assert (checkpoint.size, checkpoint.root.hex()) == (276, answer["root"])
    assert TileFolder(desk.folder).check(276, {276: checkpoint.root}) == []
    bundle = Tile(ENTRIES, 1, 20)
    heads = [decode_head(entry) for entry in read_bundle(desk.files()[bundle.path], 20)]
    logged = desk.run("log", "--last", 20, "--json").json
    assert [head.recorded_at for head in heads] == [event["recorded_at"] for event in logged]


def test_what_people_wrote_is_not_published(desk: Publisher) -> None:
    desk.export()
    everything = b"".join(desk.files().values())
    for said in (b"Iran Human Rights", b"3,428", b"protest"):
        assert said not in everything


def test_a_later_export_adds_to_the_folder(desk: Publisher) -> None:
    desk.export()
    before = desk.files()
    desk.run("add", *CLAIM)
    assert "277 events" in desk.export()
    after = desk.files()
    changed = {name for name, data in before.items() if after[name] != data}
    assert changed == {"checkpoint"}
    assert after.keys() > before.keys()
    assert desk.export().startswith("Wrote 0 new tiles")
    assert desk.files() == after


def test_what_others_signed_stays_while_nothing_is_new(desk: Publisher) -> None:
    second = Desk(desk.run.folder / "second", cosigner=True)
    desk.desk.checkpoint()
    cosigned = second.folder / "cosigned"
    known = "--verifier", desk.desk.verifier
    second.wherefrom("cosign", desk.desk.kept, "--key", second.key, *known, "--output", cosigned)
    desk.export("--checkpoint", cosigned)
    before = desk.files()
    desk.export()
    assert desk.files() == before
    told = desk.verify("--verifier", second.verifier).out
    assert "Cosigned by example.org/desk" in told
    assert "Not signed by" not in told
    desk.run("add", *CLAIM)
    desk.export()
    told = desk.verify("--verifier", second.verifier, "--verifier", desk.desk.verifier).out
    assert "Signed by example.org/desk" in told
    assert f"Not signed by example.org/desk (key {second.verifier.split('+')[1]})." in told


def test_a_folder_can_be_named_as_for_other_exports(desk: Publisher) -> None:
    desk.run("export", "--format", "tiles", "--output", desk.folder, "--key", desk.key)
    assert "checkpoint" in desk.files()


def test_a_folder_of_another_ledger_is_left_alone(desk: Publisher, tmp_path: Path) -> None:
    other = Publisher(tmp_path / "other")
    other.export()
    shutil.copytree(other.folder, desk.folder)
    before = desk.files()
    assert "checkpoint: of 'wherefrom/" in desk.export(code=2)
    (desk.folder / "checkpoint").unlink()
    assert "of another tree, or damaged" in desk.export(code=2)
    del before["checkpoint"]
    assert desk.files() == before


def test_a_folder_never_gets_shorter(desk: Publisher) -> None:
    desk.desk.checkpoint()
    desk.run("add", *CLAIM)
    desk.export()
    before = desk.files()
    told = desk.export("--checkpoint", desk.desk.kept, code=2)
    assert "of 277 events, and this export is of 276" in told
    assert desk.files() == before


def test_a_ledger_that_was_rewritten_is_not_published_beside_what_it_was(desk: Publisher) -> None:
    """Neither with the key that remembers, nor with another."""
    desk.export()
    before = desk.files()
    forged = [SourceDescribed(name=name, kind="person") for name in ("a", "b")]
    rewrite(desk.run.db, lambda events: [*events[:-1], *forged])
    assert desk.export(code=1).startswith("Not signed")
    other_key = desk.run.folder / "new.key"
    desk.run("keygen", "--output", other_key)
    told = desk.export("--key", other_key, code=2)
    assert "of another history, whose first 276 events are not" in told
    assert desk.files() == before


def test_a_checkpoint_that_was_signed_and_cosigned_before_is_published(
    desk: Publisher, tmp_path: Path
) -> None:
    desk.desk.checkpoint()
    second = Desk(tmp_path / "second", "second", cosigner=True)
    note = read_note(desk.desk.kept.read_bytes(), "kept")
    key = read_signer(second.key.read_text().strip(), "key")
    desk.desk.kept.write_bytes(bytes(note.signed(key.sign(note.text, 1_800_000_000))))
    desk.run("add", *CLAIM)
    desk.run("export", "--format", "tiles", desk.folder, "--checkpoint", desk.desk.kept)
    assert desk.files()["checkpoint"] == desk.desk.kept.read_bytes()
    told = desk.verify("--verifier", second.verifier).out
    assert "Cosigned by example.org/second" in told
    assert "276 events" in told


@pytest.mark.parametrize("names", [["a"], []])
def test_a_checkpoint_of_another_ledger_is_not_published(
    desk: Publisher, tmp_path: Path, names: list[str]
) -> None:
    """Not even of one without events, which every ledger begins with."""
    other = Desk(tmp_path / "other")
    other.record(*names)
    other.checkpoint()
    told = desk.export("--checkpoint", other.kept, code=2)
    assert "of another ledger" in told
    assert not desk.folder.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--format", "tiles"], "Name one folder"),
        (["--format", "tiles", "a", "--output", "b"], "Name one folder"),
        (["--format", "tiles", "--output", "-"], "Name one folder"),
        (["--format", "tiles", "a"], "no key to sign with"),
        (["--format", "tiles", "a", "--about", "2026"], "Tiles are of all events"),
        (["--format", "tiles", "a", "--known-at", "1"], "Tiles are of all events"),
        (["a"], "a folder is for --format tiles"),
        (["--format", "claimreview", "a"], "a folder is for --format tiles"),
    ],
)
def test_export_refuses_what_cannot_be_meant(
    wherefrom: Wherefrom, options: list[str], words: str
) -> None:
    wherefrom("add", *CLAIM)
    assert words in wherefrom("export", *options, code=2).err
    assert not Path("a").exists()


def test_the_ledger_s_own_files_are_no_place_for_tiles(desk: Publisher) -> None:
    page = desk.run.file("page.html", "<p>a page</p>")
    desk.run("capture", page)
    for folder in (desk.run.db, desk.run.folder / "facts.evidence"):
        answer = desk.run("export", "--format", "tiles", folder, "--key", desk.key, code=2)
        assert "this is a file of the ledger" in answer.err


def test_a_ledger_and_a_key_are_not_published_beside_the_tiles(desk: Publisher) -> None:
    place = desk.run.folder / "public" / ".." / "."
    for folder in (desk.run.folder, place, desk.run.folder.parent):
        answer = desk.run("export", "--format", "tiles", folder, "--key", desk.key, code=2)
        assert f"holds {desk.run.db}, which is not to be published" in answer.err
    desk.folder.mkdir()
    key = shutil.copy(desk.key, desk.folder)
    told = desk.run("export", "--format", "tiles", desk.folder, "--key", key, code=2).err
    assert f"holds {key}, which is not to be published" in told
    assert not (desk.run.folder / "checkpoint").exists()


def test_a_folder_that_cannot_be_made_or_read_is_told(desk: Publisher) -> None:
    desk.folder.write_text("a file")
    assert f"{desk.folder}: " in desk.export(code=2)
    desk.folder.unlink()
    desk.folder.mkdir()
    for thing in ("checkpoint", "tile/0/000"):
        place = desk.folder / thing
        place.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(place)
        assert f"{place}: no ordinary file" in desk.export(code=2)
        place.unlink()
    (desk.folder / "checkpoint").write_text("<html>")
    assert f"{desk.folder / 'checkpoint'}: no signed note" in desk.export(code=2)
    (desk.folder / "checkpoint").write_bytes(bytes(100_000))
    assert "too long to be a checkpoint" in desk.export(code=2)


def test_a_damaged_ledger_is_not_published(desk: Publisher) -> None:
    connection = sqlite3.connect(desk.run.db)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(
        "UPDATE events SET head = CAST(replace(CAST(head AS TEXT), '2026-', '2025-') AS BLOB) "
        "WHERE position = 7"
    )
    connection.commit()
    connection.close()
    assert "position 7: the kept hashes are not those of the tree" in desk.export(code=2)
    assert "checkpoint" not in desk.files()


# verify-tiles


def test_what_was_published_is_checked_by_whoever_reads_it(desk: Publisher) -> None:
    desk.export()
    elsewhere = Wherefrom(desk.run.folder / "elsewhere")
    told = elsewhere("verify-tiles", desk.folder, "--verifier", desk.desk.verifier).out
    assert told.startswith("Holds: 276 events of wherefrom/")
    assert "Signed by example.org/desk" in told
    assert desk.run("verify", "--json").json["root"] in told
    for word in ("authentic", "proven", "true"):
        assert word not in told
    assert not elsewhere.db.exists()


def test_without_a_key_it_is_said_that_no_signature_was_checked(desk: Publisher) -> None:
    desk.export()
    told = desk.verify().out
    assert told.startswith("Holds in itself: ")
    assert "The signature was not checked" in told
    assert desk.verify("--json").json["signature"] == "unchecked"


def test_programs_are_told_what_was_checked(desk: Publisher) -> None:
    desk.export()
    answer = desk.verify("--json", "--verifier", desk.desk.verifier).json
    ledger = desk.run("verify", "--json").json
    assert (answer["ok"], answer["problems"], answer["signature"]) == (True, [], "valid")
    assert (answer["ledger"]["size"], answer["ledger"]["root"]) == (276, ledger["root"])
    [signature] = answer["signatures"]
    assert (signature["name"], signature["state"]) == ("example.org/desk", "valid")


def test_a_change_of_any_byte_is_found(tmp_path: Path) -> None:
    """Of larger folders, and of every bit: in the tests of `ledger.tiles`, and with Go's code."""
    desk = Desk(tmp_path / "desk")
    desk.record("a", "b")
    folder = tmp_path / "public"
    desk.wherefrom("export", "--format", "tiles", folder, "--key", desk.key)
    check = "verify-tiles", folder, "--verifier", desk.verifier
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        data = file.read_bytes()
        for at in range(len(data)):
            changed = bytearray(data)
            changed[at] ^= 1 << at % 8
            file.write_bytes(changed)
            assert desk.wherefrom(*check, code=None).code in (1, 2), f"{file}, byte {at}"
        file.write_bytes(data)
    desk.wherefrom(*check)


def test_problems_are_named_with_their_file(desk: Publisher) -> None:
    desk.export()
    (desk.folder / "tile/0/001.p/20").unlink()
    told = desk.verify(code=1).out
    assert told == "Does not hold: 1 problem.\n  tile/0/001.p/20: missing\n"
    stranger = desk.run("keygen", "--output", desk.run.folder / "new.key").out.strip()
    told = desk.verify("--verifier", stranger, code=1).out
    assert "signed by none of the keys given" in told


def test_a_folder_extends_the_checkpoints_that_were_kept_of_it(
    desk: Publisher, tmp_path: Path
) -> None:
    desk.desk.checkpoint()
    desk.run("add", *CLAIM)
    desk.export()
    kept = "--checkpoint", desk.desk.kept
    told = desk.verify(*kept, "--verifier", desk.desk.verifier).out
    assert " 277 events of " in told
    assert " signed: 276 events." in " ".join(told.split())
    good = desk.desk.kept.read_bytes()
    for old, new, words in (
        (b"\n276\n", b"\n275\n", "the root over the first 275 entries is"),
        (b"\n276\n", b"\n277\n", "but another root"),
        (b"\n276\n", b"\n278\n", "of 278 events, but the folder has 277"),
        (b"wherefrom/", b"wherefrom-", "and the folder is of wherefrom/"),
    ):
        desk.desk.kept.write_bytes(good.replace(old, new, 1))
        answer = desk.verify(*kept, "--json", code=1).json
        assert any(words in problem for problem in answer["problems"]), answer
        unsigned = desk.verify(*kept, "--verifier", desk.desk.verifier, "--json", code=1).json
        assert any("is not over this checkpoint" in one for one in unsigned["problems"])


def test_a_folder_without_a_checkpoint_is_none(desk: Publisher) -> None:
    assert "no checkpoint in it" in desk.verify(code=2).err
    desk.folder.mkdir()
    (desk.folder / "checkpoint").write_text("<html>")
    assert "no signed note" in desk.verify(code=2).err
