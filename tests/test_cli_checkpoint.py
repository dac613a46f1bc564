"""`wherefrom checkpoint`, and `verify` held against what it wrote: anchored, or what is wrong."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from commands import Wherefrom
from signing import Desk, opened, rewrite
from tampering import unprotected

from cli import checkpointing
from cli.session import Session
from ledger.checkpoints import Checkpoint
from ledger.events import Event, SourceDescribed
from ledger.keys import check, read_verifier
from ledger.notes import Note, read_note, write_base64


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that has filed three events."""
    desk = Desk(tmp_path)
    desk.record("A", "B", "C")
    return desk


def named(name: str) -> SourceDescribed:
    return SourceDescribed(name=name, kind="person")


# checkpoint


def test_a_checkpoint_is_the_signed_size_and_root(desk: Desk) -> None:
    told = desk.checkpoint()
    with opened(desk.wherefrom.db) as ledger:
        origin, root = ledger.origin, ledger.root()
    signed = desk.signed()
    assert signed.checkpoint.origin == f"wherefrom/{origin}"
    assert (signed.checkpoint.size, signed.checkpoint.root.hex()) == (3, root)
    assert (signed.checkpoint.extensions, signed.old) == ((), None)
    assert [one.state for one in check(signed.note, [read_verifier(desk.verifier, "")])] == [
        "valid"
    ]
    assert told.lines[0].startswith("Signed: 3 events, by example.org/desk (key ")
    assert told.lines[1] == f"Root {root}"
    assert "Keep a copy where nobody who can change the ledger can change it" in " ".join(
        told.lines
    )


def test_without_a_file_a_checkpoint_is_all_there_is_on_stdout(desk: Desk) -> None:
    told = desk.wherefrom("checkpoint", "--key", desk.key)
    assert read_note(told.out.encode(), "stdout").text.count("\n") == 3
    assert "Signed: 3 events" in told.err


def test_what_is_said_to_be_written_is_on_the_disk_with_its_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key whose verifier key was handed out, and a checkpoint, are not to go with the power."""
    sync, there = os.fsync, []

    def watched(number: int) -> None:
        sync(number)
        if os.fstat(number).st_ino == desk.folder.stat().st_ino:
            there.append({path.name for path in desk.folder.iterdir()})

    monkeypatch.setattr(os, "fsync", watched)
    desk.wherefrom("keygen", "--output", desk.folder / "new.key")
    assert "new.key" in there[-1]
    desk.checkpoint()
    assert desk.kept.name in there[-1]


def test_the_key_may_be_named_once_and_for_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHEREFROM_KEY", str(desk.key))
    assert "example.org/desk" in desk.wherefrom("checkpoint").out


def test_without_a_key_nothing_is_signed(desk: Desk) -> None:
    told = desk.wherefrom("checkpoint", code=2)
    assert told.err == (
        "Error: no key to sign with. Make one with `wherefrom keygen --output FILE`, and name it "
        "with --key or WHEREFROM_KEY\n"
    )
    assert told.out == ""


def test_a_cosigners_key_does_not_sign_a_ledger_of_its_own(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other", cosigner=True)
    told = desk.wherefrom("checkpoint", "--key", other.key, code=2)
    assert "a cosigner's key, and a ledger's key is wanted" in told.err


def test_a_later_checkpoint_replaces_the_one_it_extends(desk: Desk) -> None:
    desk.checkpoint()
    desk.record("D")
    told = desk.checkpoint()
    assert desk.signed().checkpoint.size == 4
    assert "It extends what was signed before: 3 events." in told.out


def test_signing_the_same_again_leaves_the_other_signatures(desk: Desk) -> None:
    desk.checkpoint()
    before = desk.signed().note
    line = before.signatures[0]
    cosigned = Note(before.text, (line.__class__("example.org/else", b"abcd", b"x" * 72), line))
    desk.kept.write_bytes(bytes(cosigned))
    desk.checkpoint()
    assert desk.signed().note.signatures == cosigned.signatures
    desk.record("D")
    desk.checkpoint()
    assert [one.name for one in desk.signed().note.signatures] == ["example.org/desk"]


def test_an_empty_ledger_can_be_signed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.record()
    desk.checkpoint()
    assert desk.signed().checkpoint.size == 0
    desk.record("A")
    desk.checkpoint()
    assert desk.verify("--json").json["anchored"] == 1


def test_the_proof_comes_first_where_a_cosigner_needs_it(desk: Desk) -> None:
    from ledger.merkle_proofs import verify_consistency

    desk.checkpoint()
    before = desk.signed().checkpoint
    desk.record("D", "E")
    by_size = desk.wherefrom("checkpoint", "--key", desk.key, "--after", 3).out
    by_file = desk.wherefrom("checkpoint", "--key", desk.key, "--after", desk.kept).out
    assert by_size == by_file
    assert by_size.startswith("old 3\n")
    desk.checkpoint("--after", desk.kept)
    signed = desk.signed()
    assert signed.old == 3
    assert verify_consistency(3, 5, signed.proof, before.root, signed.checkpoint.root)
    assert desk.verify("--json").json["anchored"] == 5


def test_there_is_no_proof_from_more_events_than_there_are(desk: Desk) -> None:
    told = desk.wherefrom("checkpoint", "--key", desk.key, "--after", 4, code=2)
    assert "the ledger has no more than 3 events" in told.err


@pytest.mark.parametrize("options", [[], ["--quick"]])
def test_a_ledger_that_was_rolled_back_is_not_signed(desk: Desk, options: list[str]) -> None:
    """Neither over the file, nor anywhere else: the key remembers what it signed."""
    copy = desk.folder / "copy.db"
    shutil.copy(desk.wherefrom.db, copy)
    desk.record("D")
    desk.checkpoint()
    kept = desk.kept.read_bytes()
    shutil.copy(copy, desk.wherefrom.db)
    told = desk.checkpoint(*options, code=1)
    assert told.err.startswith("Not signed.")
    assert "of 4 events, but the ledger has 3 events: it was rolled back" in " ".join(
        told.err.split()
    )
    assert desk.kept.read_bytes() == kept
    elsewhere = desk.wherefrom("checkpoint", "--key", desk.key, *options, code=1)
    assert f"{desk.seen}: of 4 events" in " ".join(elsewhere.err.split())
    assert elsewhere.out == ""


@pytest.mark.parametrize("options", [[], ["--quick"]])
def test_a_ledger_that_was_rewritten_is_not_signed(desk: Desk, options: list[str]) -> None:
    desk.checkpoint()
    rewrite(desk.wherefrom.db, lambda events: [events[0], named("X"), *events[2:], named("D")])
    desk.wherefrom("verify")
    told = desk.checkpoint(*options, code=1)
    assert "the first 3 events are not those that were signed" in " ".join(told.err.split())


def test_without_a_memory_the_file_alone_keeps_a_rewritten_ledger_from_being_signed(
    desk: Desk,
) -> None:
    desk.checkpoint()
    desk.seen.unlink()
    rewrite(desk.wherefrom.db, lambda events: [named("X"), *events])
    desk.checkpoint(code=1)
    desk.wherefrom("checkpoint", "--key", desk.key, "--after", desk.kept, code=1)


def test_what_does_not_hold_in_itself_is_not_signed_unless_in_a_hurry(desk: Desk) -> None:
    connection = sqlite3.connect(desk.wherefrom.db)
    connection.execute("DROP TRIGGER bodies_no_update")
    connection.execute("UPDATE bodies SET body = x'00' WHERE position = 1")
    connection.commit()
    connection.close()
    told = desk.checkpoint(code=1)
    assert "the ledger does not hold in itself: position 1: the body" in " ".join(told.err.split())
    assert not desk.kept.exists()
    desk.checkpoint("--quick")
    assert desk.signed().checkpoint.size == 3


def test_a_file_that_was_altered_is_not_signed_though_its_events_hold(desk: Desk) -> None:
    """All that `verify` checks is checked."""
    with closing(sqlite3.connect(desk.wherefrom.db)) as connection:
        connection.execute("DROP TRIGGER events_no_delete")
    told = " ".join(desk.checkpoint(code=1).err.split())
    assert "the file was altered: the trigger events_no_delete" in told
    assert "is missing; see `wherefrom verify`" in told
    assert not desk.kept.exists()


def test_a_copy_that_went_on_by_itself_is_signed_under_its_own_name(desk: Desk) -> None:
    """And says that it lacks what was signed of the ledger it was copied from."""
    desk.checkpoint()
    before = desk.signed().checkpoint
    copy = Desk(desk.folder / "copy")
    shutil.copy(desk.wherefrom.db, copy.wherefrom.db)
    desk.record("D")
    desk.checkpoint()
    copy.record("E")
    told = copy.wherefrom("checkpoint", "--key", desk.key, "--output", copy.kept)
    assert (
        f"of 4 events of {before.origin}, of which this ledger has 3: it is a copy that" in told.err
    )
    assert copy.signed().checkpoint.origin != before.origin
    answer = copy.wherefrom("verify", "--checkpoint", desk.kept, "--json", code=1).json
    assert answer["checkpoints"][0]["extended"] is False
    assert (
        "of which this ledger has 3: it is a copy that went on by itself" in answer["problems"][0]
    )


def test_what_is_signed_meanwhile_is_not_contradicted_by_less(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else uses the key while the ledger is being checked."""
    checked = checkpointing._checked_head

    def slowly(session: Session, quick: bool) -> Checkpoint:
        head = checked(session, quick)
        monkeypatch.setattr(checkpointing, "_checked_head", checked)
        desk.record("D")
        desk.wherefrom("checkpoint", "--key", desk.key)
        return head

    monkeypatch.setattr(checkpointing, "_checked_head", slowly)
    told = desk.checkpoint(code=2)
    assert "meanwhile 4 events were signed. Try again" in told.err
    assert not desk.kept.exists()
    desk.checkpoint()
    assert desk.signed().checkpoint.size == 4


def test_a_copy_does_not_write_over_what_was_signed_of_events_that_it_lacks(desk: Desk) -> None:
    """It is all that is left to show that there were such events."""
    copy = Desk(desk.folder / "copy")
    shutil.copy(desk.wherefrom.db, copy.wherefrom.db)
    desk.record("D")
    desk.checkpoint()
    before = desk.kept.read_bytes()
    copy.record("E")
    told = copy.wherefrom("checkpoint", "--key", desk.key, "--output", desk.kept, code=1)
    said = " ".join(told.err.split())
    assert "of which this ledger has 3: it is a copy" in said
    assert f"Keep {desk.kept} as it is, and sign into a new file" in said
    assert desk.kept.read_bytes() == before


def test_a_ledger_whose_name_is_none_is_not_signed(desk: Desk) -> None:
    """With lines in its name it would have the key sign whatever they say, of any ledger."""
    for name in ("0" * 32 + "\n999\n" + "A" * 43 + "=", "../desk", "", "0" * 31):
        with unprotected(desk.wherefrom.db) as connection:
            connection.execute("UPDATE origins SET origin = ?", (name,))
        told = desk.wherefrom("checkpoint", "--quick", "--key", desk.key, code=2)
        assert "a ledger that has lost its name" in told.err
        assert told.out == ""


def test_a_checkpoint_is_written_over_nothing_else(desk: Desk, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleagues,\n")
    told = desk.wherefrom("checkpoint", "--key", desk.key, "--output", letter, code=2)
    assert f"--output {letter}: is not written over (" in told.err
    assert letter.read_text() == "Dear colleagues,\n"
    for own in (desk.wherefrom.db, desk.key, desk.seen):
        told = desk.wherefrom("checkpoint", "--key", desk.key, "--output", own, code=2)
        assert "this is a file of the ledger" in told.err


def test_a_checkpoint_of_another_ledger_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.record()
    other.checkpoint()
    told = desk.wherefrom("checkpoint", "--key", desk.key, "--output", other.kept, code=1)
    assert "of another ledger" in told.err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_key_that_nothing_can_be_kept_beside_does_not_sign(desk: Desk) -> None:
    desk.folder.chmod(0o500)
    try:
        assert "put the key where" in desk.wherefrom("checkpoint", "--key", desk.key, code=2).err
    finally:
        desk.folder.chmod(0o700)


@pytest.mark.parametrize("content", [b"no database, but long enough to look like one" * 50])
def test_a_memory_that_is_none_is_no_reason_to_sign(desk: Desk, content: bytes) -> None:
    desk.seen.write_bytes(content)
    told = desk.wherefrom("checkpoint", "--key", desk.key, code=2)
    assert "restore it from a backup" in told.err
    assert told.out == ""


def test_a_memory_whose_rows_were_changed_is_damaged(desk: Desk) -> None:
    desk.checkpoint()
    connection = sqlite3.connect(desk.seen)
    with pytest.raises(sqlite3.IntegrityError, match="not forgotten"):
        connection.execute("DELETE FROM seen")
    with pytest.raises(sqlite3.IntegrityError, match="not unsigned"):
        connection.execute("UPDATE seen SET size = 2")
    connection.execute("UPDATE seen SET note = x'00'")
    connection.commit()
    connection.close()
    told = desk.checkpoint(code=2)
    assert "restore it from a backup" in told.err


# verify


def test_verify_without_a_checkpoint_says_that_nothing_anchors_the_ledger(desk: Desk) -> None:
    told = desk.wherefrom("verify")
    assert told.lines[0].startswith("Consistent in itself: 3 events")
    assert "Not anchored" in told.out
    answer = desk.wherefrom("verify", "--json").json
    assert (answer["ok"], answer["anchored"], answer["checkpoints"]) == (True, 0, [])


def test_verify_says_who_signed_what_the_ledger_extends(desk: Desk) -> None:
    desk.checkpoint()
    desk.record("D")
    told = desk.verify("--verifier", desk.verifier)
    assert told.lines[2:] == [
        f"Anchored: the first 3 events are those of {desk.kept}.",
        f"  Signed by example.org/desk (key {desk.verifier.split('+')[1]}).",
        "The event after them is in no checkpoint that was named.",
    ]
    for word in ("authentic", "proven", "true", "valid"):
        assert word not in told.out


def test_verify_never_calls_a_signature_valid_that_it_did_not_check(desk: Desk) -> None:
    desk.checkpoint()
    told = desk.verify()
    assert "Anchored" in told.out
    assert "The signature was not checked: name the verifier key with --verifier." in told.out
    assert "Signed by" not in told.out
    [checkpoint] = desk.verify("--json").json["checkpoints"]
    assert (checkpoint["signature"], checkpoint["signatures"][0]["state"]) == ("unchecked",) * 2


def test_verify_tells_programs_of_every_checkpoint(desk: Desk) -> None:
    desk.checkpoint()
    desk.record("D")
    answer = desk.verify("--verifier", desk.verifier, "--json").json
    with opened(desk.wherefrom.db) as ledger:
        assert (answer["ok"], answer["size"], answer["root"]) == (True, 4, ledger.root())
        origin, root = ledger.origin, ledger.root(3)
    assert (answer["problems"], answer["anchored"]) == ([], 3)
    assert answer["checkpoints"] == [
        {
            "file": str(desk.kept),
            "origin": f"wherefrom/{origin}",
            "size": 3,
            "root": root,
            "extended": True,
            "signature": "valid",
            "signatures": [
                {
                    "name": "example.org/desk",
                    "key": desk.verifier.split("+")[1],
                    "state": "valid",
                    "time": None,
                }
            ],
            "problems": [],
        }
    ]


def test_verifier_keys_come_as_text_or_in_files(desk: Desk, tmp_path: Path) -> None:
    desk.checkpoint()
    other = Desk(tmp_path / "other").verifier
    keys = desk.wherefrom.file("keys.txt", f"# whom we trust\n\n{other}\n{desk.verifier}")
    for options in (
        ("--verifier", desk.verifier),
        ("--verifier", keys),
        ("--verifier", desk.key),
        ("--verifier", other, "--verifier", desk.verifier),
    ):
        [checkpoint] = desk.verify("--json", *options).json["checkpoints"]
        assert checkpoint["signature"] == "valid"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("desk", "No such file"),
        ("a+b+c", "--verifier a+b+c: no verifier key"),
        ("empty.txt", "no verifier key in it"),
        ("letter.txt", "letter.txt: no verifier key"),
        ("binary.txt", "not UTF-8"),
    ],
)
def test_what_is_no_verifier_key_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, given: str, words: str
) -> None:
    desk.checkpoint()
    monkeypatch.chdir(desk.folder)
    Path("empty.txt").write_text("# nobody\n")
    Path("letter.txt").write_text("Dear colleagues,\n")
    Path("binary.txt").write_bytes(b"\xff\xfe")
    assert words in desk.verify("--verifier", given, code=2).err


def test_a_verifier_key_without_a_checkpoint_is_a_slip(desk: Desk) -> None:
    told = desk.wherefrom("verify", "--verifier", desk.verifier, code=2)
    assert "name one with --checkpoint" in told.err


def problem(desk: Desk, *options: object) -> str:
    """The one thing that is wrong, without the file it is said of."""
    answer = desk.verify("--json", *options, code=1).json
    assert answer["ok"] is False
    assert answer["anchored"] == 0
    [found] = answer["problems"]
    told = desk.verify(*options, code=1).out
    assert "Not what was signed: 1 problem." in told
    assert "Anchored" not in told
    before, _, text = found.partition(": ")
    assert before == str(desk.kept)
    return str(text)


def test_a_checkpoint_that_the_key_did_not_sign_is_not_taken(desk: Desk, tmp_path: Path) -> None:
    desk.checkpoint()
    other = Desk(tmp_path / "other", "other")
    said = problem(desk, "--verifier", other.verifier)
    assert said.startswith("signed by none of the keys given, but by example.org/desk (key ")


def test_a_forged_checkpoint_is_not_taken_though_the_ledger_extends_it(desk: Desk) -> None:
    """Another's signature does not make it good."""
    desk.checkpoint()
    with opened(desk.wherefrom.db) as ledger:
        root = {3: bytes.fromhex(ledger.root(3)), 2: bytes.fromhex(ledger.root(2))}
    signed = desk.signed()
    text = signed.note.text.replace("\n3\n", "\n2\n").replace(
        write_base64(root[3]), write_base64(root[2])
    )
    desk.kept.write_bytes(bytes(Note(text, signed.note.signatures)))
    assert desk.verify("--json").json["ok"] is True
    said = problem(desk, "--verifier", desk.verifier)
    assert "is not over this checkpoint: it is forged, or one of the two was changed" in said


def test_a_ledger_that_was_rolled_back_is_told_by_the_numbers(desk: Desk) -> None:
    copy = desk.folder / "copy.db"
    shutil.copy(desk.wherefrom.db, copy)
    desk.record("D")
    desk.checkpoint()
    shutil.copy(copy, desk.wherefrom.db)
    assert problem(desk, "--verifier", desk.verifier) == (
        "of 4 events, but the ledger has 3 events: it was rolled back to an older copy, or cut "
        "off at its end"
    )


REWRITTEN = {
    "changed": lambda events: [events[0], named("X"), *events[2:]],
    "swapped": lambda events: [events[1], events[0], *events[2:]],
    "inserted": lambda events: [events[0], named("X"), *events[1:]],
    "left out": lambda events: [*events[1:], named("X")],
}


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_ledger_that_was_rewritten_whole_is_told(desk: Desk, how: str) -> None:
    """Though it is consistent in itself, with every hash made anew."""
    desk.checkpoint()
    rewrite(desk.wherefrom.db, REWRITTEN[how])
    assert desk.wherefrom("verify", "--json").json["ok"] is True
    assert problem(desk) == (
        "the first 3 events are not those that were signed: from position 0 to 2 something was "
        "changed, left out or put in"
    )


@pytest.mark.parametrize("position", range(6))
def test_several_checkpoints_narrow_down_where_it_was_changed(
    tmp_path: Path, position: int
) -> None:
    desk = Desk(tmp_path)
    kept: list[Path] = []
    for names in ("AB", "C", "DEF"):
        desk.record(*names)
        kept.append(desk.folder / f"{names}.checkpoint")
        desk.wherefrom("checkpoint", "--key", desk.key, "--output", kept[-1])

    def changed(events: list[Event]) -> Iterable[Event]:
        return [*events[:position], named("X"), *events[position + 1 :]]

    rewrite(desk.wherefrom.db, changed)
    options = [word for path in kept for word in ("--checkpoint", path)]
    answer = desk.wherefrom("verify", "--json", *options, code=1).json
    extended = [one["extended"] for one in answer["checkpoints"]]
    assert extended == [position >= 2, position >= 3, False]
    first = answer["problems"][0].partition("signed: ")[2]
    if position < 2:
        assert first.startswith("from position 0 to 1 ")
    elif position == 2:
        assert first == "at position 2 there is another event"
    else:
        assert first.startswith("from position 3 to 5 ")


def test_an_erasure_takes_nothing_from_what_was_signed(desk: Desk) -> None:
    """The body goes, its hash stays: the checkpoint from before still fits, and a new one too."""
    desk.checkpoint()
    with opened(desk.wherefrom.db) as ledger:
        ledger.erase([1], "desk", by="the desk", ground="asked to")
    answer = desk.verify("--verifier", desk.verifier, "--json").json
    assert (answer["ok"], answer["size"], answer["anchored"]) == (True, 4, 3)
    desk.checkpoint()
    assert desk.verify("--json").json["anchored"] == 4


def test_a_checkpoint_of_another_ledger_is_called_that(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.record("X")
    other.checkpoint()
    shutil.copy(other.kept, desk.kept)
    name = other.signed().checkpoint.origin
    assert problem(desk).startswith(f"of 1 event of another ledger, {name}; this one is wherefrom/")


def test_a_checkpoint_of_a_former_name_still_anchors(desk: Desk) -> None:
    desk.checkpoint()
    name = desk.signed().checkpoint.origin
    copy = desk.folder / "copy.db"
    shutil.copy(desk.wherefrom.db, copy)
    with opened(copy) as ledger:
        ledger.append([named("D")], "desk")
        assert f"wherefrom/{ledger.origin}" != name
    told = desk.wherefrom("verify", "--checkpoint", desk.kept, db=copy)
    assert f"It was signed as {name}, as this ledger was called until 3 events" in " ".join(
        told.out.split()
    )


def test_a_checkpoint_of_the_same_events_by_another_name_says_so(desk: Desk) -> None:
    desk.checkpoint()
    signed = desk.signed()
    text = signed.note.text.replace(signed.checkpoint.origin, "example.org/log")
    desk.kept.write_bytes(bytes(Note(text, signed.note.signatures)))
    assert "It calls the ledger example.org/log, as this one never was." in desk.verify().out


def test_a_wrong_root_of_no_events_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.record()
    desk.checkpoint()
    text = desk.kept.read_text().replace("47DEQ", "57DEQ")
    desk.kept.write_text(text)
    assert problem(desk) == "of no events, but with another root than no events have"


def test_what_is_inconsistent_in_itself_is_never_called_anchored(desk: Desk) -> None:
    """Even where the kept hashes still lead to the root that was signed."""
    desk.checkpoint()
    connection = sqlite3.connect(desk.wherefrom.db)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute("UPDATE events SET head = cast(head || ' ' AS BLOB) WHERE position = 1")
    connection.commit()
    connection.close()
    told = desk.verify(code=1)
    assert told.out.startswith("Not consistent")
    assert "Anchored" not in told.out
    answer = desk.verify("--json", code=1).json
    assert answer["anchored"] == 0
    assert answer["checkpoints"][0]["extended"] is None
    assert all(text.startswith("position 1: ") for text in answer["problems"])


def test_a_file_that_cannot_be_read_as_a_ledger_fails_with_the_checkpoint_told_of(
    desk: Desk,
) -> None:
    for _ in range(3):
        desk.wherefrom.seeds()
    desk.checkpoint()
    whole = desk.wherefrom.db.read_bytes()
    desk.wherefrom.db.write_bytes(whole[: len(whole) // 2])
    answer = desk.verify("--json", code=1).json
    assert answer["ok"] is False
    assert answer["checkpoints"][0]["extended"] is not True


@pytest.mark.parametrize("content", [b"", b"\xff", b"Dear colleagues,\n", b"x" * 1_100_000])
def test_what_is_no_checkpoint_is_refused(desk: Desk, content: bytes) -> None:
    desk.kept.write_bytes(content)
    told = desk.verify(code=2)
    assert told.err.startswith(f"Error: {desk.kept}: ")
    assert len(told.err) < 400


def test_a_checkpoint_that_others_wrote_does_not_move_the_terminal(desk: Desk) -> None:
    """Names and origins may be anything but control characters below the space."""
    desk.checkpoint()
    signed = desk.signed()
    origin = "log\x9b31m\u202ered\x7f"
    text = signed.note.text.replace(signed.checkpoint.origin, origin)
    line = signed.note.signatures[0]
    hostile = line.__class__("\u202edesk\x9b", line.key_id, line.value)
    desk.kept.write_bytes(bytes(Note(text, (hostile,))))
    for options in ([], ["--verifier", desk.verifier]):
        told = desk.verify(*options, code=1 if options else 0)
        assert not {"\x9b", "\u202e", "\x7f"} & {*told.out}
    assert json.loads(desk.verify("--json").out)["checkpoints"][0]["origin"] == origin


def test_a_checkpoint_comes_from_a_pipe_too(wherefrom: Wherefrom, desk: Desk) -> None:
    """`-` is standard input, as for `import`."""
    assert "stdin" in wherefrom("verify", "--checkpoint", "-", code=2).err
