"""Tampering is found, given a kept checkpoint, and what is said of it names what and where.

``tests/tampering.py`` is the catalogue. What can be found without a checkpoint is, too; what
cannot is shown here to go unnoticed, so that nobody trusts more than there is.
"""

import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from mutations import flipped
from signing import Desk, opened, rewrite
from tampering import AT, CAUGHT, EVENTS, unprotected

from ledger.errors import Damaged, LedgerError
from ledger.events import SourceDescribed
from ledger.log import Ledger
from ledger.notes import Note, read_note, write_base64
from ledger.sqlite import SqliteStore
from ledger.store import Row
from ledger.verification import verify


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose ledger is whole and under a checkpoint; each deed is done to a copy of it."""
    desk = Desk(tmp_path_factory.mktemp("whole"))
    desk.record(*(f"A{number}" for number in range(AT)))
    shutil.copy(desk.wherefrom.db, f"{desk.wherefrom.db}.older")
    desk.record(*(f"A{number}" for number in range(AT, EVENTS)))
    desk.checkpoint()
    assert desk.verify("--verifier", desk.verifier, "--json").json["anchored"] == EVENTS
    return desk


@pytest.fixture
def desk(whole: Desk) -> Iterator[Desk]:
    """The desk, whose files are put back when the test is over."""
    before = {path: path.read_bytes() for path in whole.folder.iterdir() if path.is_file()}
    yield whole
    for path in whole.folder.iterdir():
        if path not in before:
            path.unlink()
    for path, data in before.items():
        path.write_bytes(data)


@pytest.mark.parametrize("how", CAUGHT)
def test_tampering_is_found_and_told(desk: Desk, how: str) -> None:
    deed = CAUGHT[how]
    deed.do(desk.wherefrom.db)
    told = desk.verify("--verifier", desk.verifier, code=1)
    assert told.err == ""
    said = " ".join(told.out.split())
    assert re.search(deed.said, said), said
    answer = desk.verify("--verifier", desk.verifier, "--json", code=1).json
    assert answer["ok"] is False
    assert answer["anchored"] == 0
    assert (
        any(re.search(deed.said, problem) for problem in answer["problems"]) or "(?s" in deed.said
    )


@pytest.mark.parametrize("how", CAUGHT)
def test_what_is_found_without_a_checkpoint_and_what_is_not(desk: Desk, how: str) -> None:
    """Whoever can write the file can make it consistent again; only a checkpoint tells."""
    deed = CAUGHT[how]
    deed.do(desk.wherefrom.db)
    told = desk.wherefrom("verify", code=1 if deed.alone else 0)
    assert ("Not anchored" in told.out) is not deed.alone or "Not protected" in told.out


def _append(ledger: Ledger) -> None:
    ledger.append([SourceDescribed(name="one more", kind="person")], "desk")


def _erase(ledger: Ledger) -> None:
    ledger.erase([AT], "desk", by="desk", ground="law")


@pytest.mark.parametrize(
    ("what", "deed"),
    [("INSERT ON events", _append), ("INSERT ON bodies", _append), ("DELETE ON bodies", _erase)],
)
def test_a_file_that_passes_over_what_is_recorded_is_told_of_when_it_does(
    desk: Desk, what: str, deed: Callable[[Ledger], None]
) -> None:
    """Nothing is called recorded that is not there, nor erased that is."""
    with closing(sqlite3.connect(desk.wherefrom.db)) as connection:
        connection.execute(f"CREATE TRIGGER quiet BEFORE {what} BEGIN SELECT raise(IGNORE); END")
    with opened(desk.wherefrom.db) as ledger:
        with pytest.raises(Damaged, match="passes over what is written"):
            deed(ledger)
        assert ledger.size() == EVENTS
        assert ledger.store.erasures() == []


def test_a_file_that_was_altered_refuses_changes_again_once_it_is_copied(desk: Desk) -> None:
    CAUGHT["a trigger is dropped"].do(desk.wherefrom.db)
    checks = {
        check["what"]: check for check in desk.wherefrom("doctor", "--json", code=1).json["checks"]
    }
    assert "events_no_update" in checks["protections"]["seen"]
    desk.wherefrom("backup", desk.folder / "copy.db")
    shutil.move(desk.folder / "copy.db", desk.wherefrom.db)
    assert desk.verify("--json").json["ok"] is True
    assert desk.wherefrom("doctor", "--json").json["ok"] is True


@pytest.mark.parametrize("recursive", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO events SELECT 17, x'00', hashes FROM events LIMIT 1",
        "INSERT OR REPLACE INTO bodies SELECT 17, salt, x'00', fingerprint FROM bodies LIMIT 1",
        "INSERT OR REPLACE INTO events SELECT 41, head, hashes FROM events WHERE position = 17",
        "INSERT OR IGNORE INTO events SELECT 99, head, hashes FROM events WHERE position = 17",
        "REPLACE INTO origins SELECT number, 'ff', since, place FROM origins",
        "UPDATE OR REPLACE events SET position = 17 WHERE position = 18",
        "UPDATE bodies SET body = x''",
        "DELETE FROM bodies WHERE position = 17",
        "DELETE FROM events",
        "INSERT INTO bodies SELECT 12, salt, body, fingerprint FROM bodies WHERE position = 17",
        "INSERT INTO erasures VALUES (17, 18)",
        "UPDATE erasures SET position = 1",
    ],
)
def test_the_file_refuses_changes_by_any_program(
    desk: Desk, statement: str, recursive: bool
) -> None:
    """Also ``INSERT OR REPLACE``, which deletes without firing a trigger unless asked to."""
    rows = rows_of(desk.wherefrom.db)
    with closing(sqlite3.connect(desk.wherefrom.db, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {'on' if recursive else 'off'}")
        if statement == "UPDATE erasures SET position = 1":
            connection.execute(statement)  # there is none
        else:
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
    assert rows_of(desk.wherefrom.db) == rows
    assert desk.verify("--verifier", desk.verifier, "--json").json["ok"] is True


def test_without_its_triggers_a_file_takes_the_same_changes(desk: Desk) -> None:
    """The control: it is the triggers that refuse."""
    with unprotected(desk.wherefrom.db) as connection:
        connection.execute("UPDATE bodies SET body = x''")
        connection.execute(
            "INSERT OR REPLACE INTO events SELECT position, x'00', hashes FROM events"
        )
    assert len(desk.wherefrom("verify", "--json", code=1).json["problems"]) == 2 * EVENTS


def test_an_altered_index_is_found_by_doctor_and_records_nothing_twice_for_good(
    desk: Desk,
) -> None:
    """`verify` checks what was recorded; whether the index finds it is SQLite's to check."""
    path = desk.wherefrom.db
    with unprotected(path) as connection:
        connection.execute("PRAGMA writable_schema = on")
        connection.execute(
            "UPDATE sqlite_schema SET sql = 'CREATE INDEX bodies_by_fingerprint ON bodies "
            "(fingerprint) WHERE position < 0' WHERE name = 'bodies_by_fingerprint'"
        )
    with unprotected(path) as connection:
        connection.execute("REINDEX bodies_by_fingerprint")
        connection.execute("PRAGMA writable_schema = on")
        connection.execute(
            "UPDATE sqlite_schema SET sql = 'CREATE INDEX bodies_by_fingerprint ON bodies "
            "(fingerprint)' WHERE name = 'bodies_by_fingerprint'"
        )
    assert desk.wherefrom("verify", "--json").json["ok"] is True
    checks = desk.wherefrom("doctor", "--json", code=1).json["checks"]
    [integrity] = [check for check in checks if check["what"] == "integrity"]
    assert integrity["state"] == "mend"
    assert "bodies_by_fingerprint" in integrity["seen"]


# The checkpoint and the key


def _edited(old: str, new: str, text: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def test_a_checkpoint_that_was_edited_is_told(desk: Desk) -> None:
    text = desk.kept.read_text("utf-8")
    lines = text.split("\n")
    edited = {
        "size": _edited(f"\n{EVENTS}\n", f"\n{EVENTS - 1}\n", text),
        "root": _edited(lines[2][:4], "AAAA", text),
        "name": _edited("wherefrom/", "wherefrom/0", text),
        "extension": _edited("=\n\n", "=\nand more\n\n", text),
    }
    for what, said in edited.items():
        desk.kept.write_text(said, "utf-8")
        told = " ".join(desk.verify("--verifier", desk.verifier, code=1).out.split())
        assert "it is forged, or one of the two was changed" in told, what


def test_every_byte_of_a_checkpoint_counts(desk: Desk) -> None:
    """Each with its lowest bit turned over: refused as no note, or told as forged."""
    data = desk.kept.read_bytes()
    for at in range(len(data)):
        desk.kept.write_bytes(flipped(data, 8 * at))
        held = ("verify", "--checkpoint", desk.kept, "--verifier", desk.verifier)
        answer = desk.wherefrom(*held, code=None)
        assert answer.code in (1, 2), at
        assert answer.err or "Not what was signed" in answer.out
    desk.kept.write_bytes(data)
    assert desk.verify("--verifier", desk.verifier).code == 0


def test_a_rewritten_ledger_with_a_checkpoint_by_another_key_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    forger = Desk(tmp_path / "forger")
    rewrite(desk.wherefrom.db, lambda events: events[::-1])
    desk.wherefrom("checkpoint", "--key", forger.key, "--output", forger.kept)
    shutil.copy(forger.kept, desk.kept)
    assert desk.verify("--json").json["ok"] is True
    told = " ".join(desk.verify("--verifier", desk.verifier, code=1).out.split())
    assert "signed by none of the keys given, but by example.org/desk" in told
    mixed = read_note(desk.kept.read_bytes(), "kept")
    [forged] = mixed.signatures
    own = desk.wherefrom("keygen", "--show", desk.key).out.strip().split("+")[1]
    stolen = type(forged)(forged.name, bytes.fromhex(own), forged.value)
    desk.kept.write_bytes(bytes(Note(mixed.text, (stolen,))))
    told = " ".join(desk.verify("--verifier", desk.verifier, code=1).out.split())
    assert "it is forged, or one of the two was changed" in told


def test_without_a_key_a_checkpoint_is_worth_as_much_as_the_place_where_it_was_kept(
    desk: Desk,
) -> None:
    """The control: whoever can change the ledger and the checkpoint goes unnoticed."""
    rewrite(desk.wherefrom.db, lambda events: events[::-1])
    with opened(desk.wherefrom.db) as ledger:
        root = ledger.root()
    lines = desk.kept.read_text("utf-8").split("\n")
    lines[2] = write_base64(bytes.fromhex(root))
    desk.kept.write_text("\n".join(lines), "utf-8")
    told = desk.verify()
    assert "Anchored" in told.out
    assert "The signature was not checked" in told.out
    desk.verify("--verifier", desk.verifier, code=1)


# Bits of the file, turned over


def rows_of(path: Path) -> list[Row] | None:
    try:
        with closing(SqliteStore.open(path)) as store:
            return [*store.rows(0, store.size())]
    except LedgerError:
        return None


def test_no_bit_of_the_file_can_be_turned_over_unnoticed(whole: Desk, tmp_path: Path) -> None:
    flips(whole, tmp_path, range(400))


@pytest.mark.torture
def test_ten_thousand_bits_of_the_file_turned_over(whole: Desk, tmp_path: Path) -> None:
    flips(whole, tmp_path, range(10_000))


def flips(whole: Desk, folder: Path, seeds: range) -> None:
    """Turn single bits over: what `verify` then calls whole has the same rows, every one.

    A bit in bytes that nobody reads changes nothing, and a bit in the index or in the statistics
    is ``doctor``'s to find; what was recorded is what counts here.
    """
    path = folder / "facts.db"
    data = whole.wherefrom.db.read_bytes()
    shutil.copy(whole.wherefrom.db, path)
    before = rows_of(path)
    with closing(SqliteStore.open(path)) as store:
        root = verify(store).root
    noticed = 0
    for seed in seeds:
        path.write_bytes(flipped(data, random.Random(seed).randrange(8 * len(data))))
        for left in folder.glob("facts.db-*"):
            left.unlink()
        try:
            with closing(SqliteStore.open(path)) as store:
                found = verify(store)
                fits = found.ok and (found.size, found.root) == (EVENTS, root)
        except (Damaged, LedgerError):
            fits = False
        assert not fits or rows_of(path) == before, seed
        noticed += not fits
    assert noticed > len(seeds) // 4


def test_a_bit_turned_over_is_told_with_its_place(desk: Desk) -> None:
    """Whichever field of a row it lies in."""
    path = desk.wherefrom.db
    data = path.read_bytes()
    rows = rows_of(path)
    assert rows is not None
    row = rows[AT]
    body = (row.salt or b"", row.body or b"", row.fingerprint or b"")
    for fields in ((row.head, row.hashes), body):
        at = data.index(b"".join(fields))  # as SQLite lays out a row
        for field in fields:
            path.write_bytes(flipped(data, 8 * (at + len(field) // 2)))
            told = desk.verify("--verifier", desk.verifier, code=1).out
            assert f"position {AT}: " in told
            at += len(field)


def test_a_ledger_that_was_renamed_is_told_of(desk: Desk) -> None:
    """Its events are those that were signed, and what it is called is not: both are said."""
    with unprotected(desk.wherefrom.db) as connection:
        connection.execute(f"UPDATE origins SET origin = '{'f' * 32}'")
    told = " ".join(desk.verify("--verifier", desk.verifier).out.split())
    assert "Anchored" in told
    assert "as this one never was" in told
