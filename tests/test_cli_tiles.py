"""`wherefrom export --format tiles`: the ledger as a folder that anyone can serve and check."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from commands import Wherefrom

from ledger.checkpoints import read_checkpoint
from ledger.heads import decode_head
from ledger.keys import check, read_verifier
from ledger.notes import read_note
from ledger.tile_folder import TileFolder
from ledger.tiles import ENTRIES, Tile, read_bundle

CLAIM = ("storm", "deaths", "100", "--claimant", "Red Cross", "--published", "2026-02-07")


class Desk:
    """A ledger with a key, and the folder that it publishes."""

    def __init__(self, wherefrom: Wherefrom) -> None:
        self.run = wherefrom
        wherefrom.seeds()
        self.key = wherefrom.folder / "desk.key"
        made = wherefrom("keygen", "--output", self.key, "--json").json
        self.verifier = made["verifier"]
        self.folder = wherefrom.folder / "public"

    def export(self, *options: object, code: int = 0) -> str:
        answer = self.run(
            "export", "--format", "tiles", self.folder, "--key", self.key, *options, code=code
        )
        return answer.err if code else answer.out

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def desk(wherefrom: Wherefrom) -> Desk:
    return Desk(wherefrom)


def test_an_export_is_the_checkpoint_and_the_tiles_of_all_heads(desk: Desk) -> None:
    told = desk.export()
    assert told.startswith("Wrote 5 new tiles and the checkpoint to ")
    note = read_note(desk.files()["checkpoint"], "checkpoint")
    [signature] = check(note, [read_verifier(desk.verifier, "key")])
    assert signature.state == "valid"
    checkpoint = read_checkpoint(note.text, "checkpoint")
    answer = desk.run("verify", "--json").json
    assert (checkpoint.size, checkpoint.root.hex()) == (276, answer["root"])
    assert TileFolder(desk.folder).check(276, {276: checkpoint.root}) == []
    bundle = Tile(ENTRIES, 1, 20)
    heads = [decode_head(entry) for entry in read_bundle(desk.files()[bundle.path], 20)]
    logged = desk.run("log", "--last", 20, "--json").json
    assert [head.recorded_at for head in heads] == [event["recorded_at"] for event in logged]


def test_what_people_wrote_is_not_published(desk: Desk) -> None:
    desk.export()
    everything = b"".join(desk.files().values())
    for said in (b"Iran Human Rights", b"3,428", b"protest"):
        assert said not in everything


def test_a_later_export_adds_to_the_folder(desk: Desk) -> None:
    desk.export("--known-at", "99")
    before = desk.files()
    desk.run("add", *CLAIM)
    assert "277 events" in desk.export()
    after = desk.files()
    changed = {name for name, data in before.items() if after[name] != data}
    assert changed == {"checkpoint"}
    assert after.keys() > before.keys()
    assert desk.export().startswith("Wrote 0 new tiles")
    assert desk.files() == after


def test_a_folder_can_be_named_as_for_other_exports(desk: Desk) -> None:
    desk.run("export", "--format", "tiles", "--output", desk.folder, "--key", desk.key)
    assert "checkpoint" in desk.files()


def test_an_empty_ledger_has_a_checkpoint_and_no_tiles(wherefrom: Wherefrom) -> None:
    desk = Desk(wherefrom)
    desk.export("--known-at", "2001-01-01")
    assert list(desk.files()) == ["checkpoint"]
    assert b"\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" in desk.files()["checkpoint"]


def test_a_folder_of_another_ledger_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = Desk(Wherefrom(tmp_path / "b"))
    other.export()
    shutil.copytree(other.folder, desk.folder)
    before = desk.files()
    assert "checkpoint: of 'wherefrom/" in desk.export(code=2)
    (desk.folder / "checkpoint").unlink()
    assert "of another tree, or damaged" in desk.export(code=2)
    del before["checkpoint"]
    assert desk.files() == before


def test_a_folder_of_another_history_or_a_longer_one_is_left_alone(desk: Desk) -> None:
    """A ledger restored from a backup and appended to cannot go on where it was published."""
    backup = desk.run.folder / "backup.db"
    shutil.copy(desk.run.db, backup)
    desk.run("add", *CLAIM)
    desk.export()
    before = desk.files()
    assert "of 277 events, and this export is of 276" in desk.export("--known-at", "275", code=2)
    restored = desk.run(
        "export", "--format", "tiles", desk.folder, "--key", desk.key, db=backup, code=2
    )
    assert "checkpoint: of " in restored.err
    assert desk.files() == before


def test_a_checkpoint_with_another_root_under_the_same_name_is_told(desk: Desk) -> None:
    desk.export("--known-at", "99")
    file = desk.folder / "checkpoint"
    file.write_bytes(file.read_bytes().replace(b"\n100\n", b"\n101\n"))
    assert "of another history, whose first 101 events are not" in desk.export(code=2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--format", "tiles"], "Name one folder"),
        (["--format", "tiles", "a", "--output", "b"], "Name one folder"),
        (["--format", "tiles", "--output", "-"], "Name one folder"),
        (["--format", "tiles", "a"], "no key to sign with"),
        (["--format", "tiles", "a", "--about", "2026"], "Tiles are of all events"),
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


def test_the_ledger_s_own_files_are_no_place_for_tiles(desk: Desk) -> None:
    page = desk.run.file("page.html", "<p>a page</p>")
    desk.run("capture", page)
    for folder in (desk.run.db, desk.run.folder / "facts.evidence"):
        answer = desk.run("export", "--format", "tiles", folder, "--key", desk.key, code=2)
        assert "this is a file of the ledger" in answer.err


def test_a_folder_that_cannot_be_made_or_read_is_told(desk: Desk) -> None:
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


def test_a_damaged_ledger_is_not_published(desk: Desk) -> None:
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
