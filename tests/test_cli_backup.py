"""`wherefrom backup`: the ledger and its documents in another place, checked there."""

from pathlib import Path

import pytest
from commands import Wherefrom

from ledger.sqlite import SqliteStore


@pytest.fixture
def filed(wherefrom: Wherefrom) -> Wherefrom:
    wherefrom.seeds()
    wherefrom("capture", wherefrom.file("article.txt", "at least 3,428 people"))
    (wherefrom.folder / "disk").mkdir()
    return wherefrom


def test_a_backup_says_what_it_holds_and_can_be_asked(filed: Wherefrom) -> None:
    there = filed.folder / "disk" / "facts.db"
    told = filed("backup", there).out
    root = filed("verify", "--json").json["root"]
    assert told.startswith(f"Backed up 277 events to {there}, read again and checked.\n")
    assert f"\nRoot {root}\n" in told
    assert "elsewhere" in told
    assert filed("trace", "3428", db=there).out == filed("trace", "3428").out
    answer = filed("backup", there, "--json").json
    assert answer == {
        "file": str(there),
        "size": 277,
        "root": root,
        "documents": {"held": 1, "new": 0, "problems": []},
    }


def test_documents_come_along_once_or_not_at_all(filed: Wherefrom) -> None:
    there = filed.folder / "disk" / "facts.evidence"
    filed("backup", filed.folder / "disk" / "bare.db", "--no-documents")
    assert [path.name for path in there.parent.iterdir()] == ["bare.db"]
    assert "1 document in " in filed("backup", filed.folder / "disk" / "facts.db").out
    [document] = there.iterdir()
    [original] = (filed.folder / "facts.evidence").iterdir()
    assert document.name == original.name
    assert document.read_bytes() == original.read_bytes()
    assert document.stat().st_mode == original.stat().st_mode
    inode = document.stat().st_ino
    filed("backup", filed.folder / "disk" / "facts.db")
    assert document.stat().st_ino == inode


@pytest.mark.parametrize("spoilt", ["facts.evidence", "disk/facts.evidence"])
def test_a_document_that_was_altered_is_told_and_not_copied(filed: Wherefrom, spoilt: str) -> None:
    there = filed.folder / "disk" / "facts.db"
    if spoilt.startswith("disk"):
        filed("backup", there)
    [document] = (filed.folder / spoilt).iterdir()
    document.chmod(0o644)
    document.write_text("at least 3,429 people")
    answer = filed("backup", there, code=1)
    assert "its bytes are no longer those it is named after" in answer.err
    assert answer.out.startswith("Backed up 277 events")
    assert not (filed.folder / "disk" / "facts.evidence").exists() or spoilt.startswith("disk")


def test_a_document_that_was_erased_goes_from_the_backup_with_the_next(filed: Wherefrom) -> None:
    """One that is merely missing here stays there: a backup is for that."""
    filed("capture", filed.file("other.txt", "lost by accident"))
    there = filed.folder / "disk" / "facts.db"
    filed("backup", there)
    erased, lost = (
        event["statement"]["sha256"]
        for event in filed("log", "--type", "evidence-captured", "--json").json
    )
    position = filed("log", "--type", "evidence-captured", "--json").json[0]["id"]
    filed("erase", position, "--ground", "asked to", "--document", "--yes")
    (filed.folder / "facts.evidence" / lost).unlink()
    told = filed("backup", there).err
    assert "Removed from " in told
    assert erased[:10] in told
    assert [path.name for path in (there.parent / "facts.evidence").iterdir()] == [lost]


def test_the_texts_that_were_taken_come_along(filed: Wherefrom) -> None:
    filed("capture", filed.file("page.html", "<p>at least 3,428 people"))
    filed("backup", filed.folder / "disk" / "facts.db")
    here, there = (filed.folder / name / "facts.evidence" for name in (".", "disk"))
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {
        path.name: path.read_bytes() for path in there.iterdir()
    }
    assert len(list(there.glob("*.txt"))) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("facts.db", "a file of the ledger"),
        ("facts.views.db", "a file of the ledger"),
        ("facts.evidence/copy.db", "a file of the ledger"),
        ("disk", "a folder"),
        ("article.txt", "not a backup of this ledger"),
        ("nowhere/facts.db", "No such file or directory"),
    ],
)
def test_what_cannot_be_a_backup_is_refused_and_left_alone(
    filed: Wherefrom, name: str, words: str
) -> None:
    filed("contradictions")
    before = {path: path.read_bytes() for path in filed.folder.rglob("*") if path.is_file()}
    assert words in filed("backup", filed.folder / name, code=2).err
    after = {path: path.read_bytes() for path in filed.folder.rglob("*") if path.is_file()}
    assert after == before


def test_a_backup_goes_where_a_symbolic_link_leads(filed: Wherefrom) -> None:
    link = filed.folder / "link.db"
    link.symlink_to(filed.folder / "disk" / "facts.db")
    filed("backup", link)
    assert link.is_symlink()
    assert SqliteStore.open(filed.folder / "disk" / "facts.db").size() == 277


def test_there_is_nothing_to_back_up_where_there_is_no_ledger(wherefrom: Wherefrom) -> None:
    there = wherefrom.folder / "copy.db"
    assert "no such ledger" in wherefrom("backup", there, code=2).err
    assert not there.exists()


def test_reading_a_backup_changes_nothing_in_it(filed: Wherefrom, tmp_path: Path) -> None:
    there = filed.folder / "disk" / "facts.db"
    filed("backup", there)
    before = there.read_bytes()
    store = SqliteStore.reading(there)
    assert store.size() == 277
    store.close()
    assert there.read_bytes() == before
    assert not list(there.parent.glob("*-journal"))
