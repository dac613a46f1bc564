"""`wherefrom cosign`: two desks that send each other small files, and what the second refuses."""

import shutil
from pathlib import Path

import pytest
from commands import Answer
from signing import Desk, opened, rewrite

from ledger.events import SourceDescribed
from ledger.keys import check, read_verifier
from ledger.notes import Note


class Two:
    """A desk that files, another that cosigns, and a post between them."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder / "desk")
        self.other = Desk(folder / "other", "witness", cosigner=True)
        self.desk.record("A", "B", "C")
        self.letter = folder / "letter.txt"
        self.back = folder / "back.txt"

    def send(self, *options: object) -> None:
        """Sign the ledger into the letter."""
        self.letter.unlink(missing_ok=True)
        signing = ("checkpoint", "--key", self.desk.key, "--output", self.letter)
        self.desk.wherefrom(*signing, *options)

    def cosign(self, *options: object, code: int = 0, db: Path | None = None) -> Answer:
        """Have the letter cosigned."""
        signing = ("cosign", self.letter, "--key", self.other.key, "--output", self.back)
        return self.other.wherefrom(*signing, *options, code=code, db=db)

    def first(self) -> None:
        """Send the first letter, and have it cosigned."""
        self.send()
        self.cosign("--verifier", self.desk.verifier)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def words(answer: Answer) -> str:
    return " ".join((answer.out + answer.err).split())


def test_the_first_time_the_ledgers_key_is_asked_for(two: Two) -> None:
    two.send()
    told = two.cosign(code=2)
    assert "which this key has never cosigned. Name the key the ledger signs with" in told.err
    assert not two.back.exists()
    told = two.cosign("--verifier", two.desk.verifier)
    assert (
        told.lines[0] == f"Cosigned: 3 events of {two.desk.signed(two.letter).checkpoint.origin}."
    )
    assert "Seen for the first time, so there was nothing to compare it with." in words(told)


def test_both_signatures_can_be_checked_by_a_third(two: Two) -> None:
    two.first()
    note = two.desk.signed(two.back).note
    keys = [read_verifier(desk.verifier, "") for desk in (two.desk, two.other)]
    assert [one.state for one in check(note, keys)] == ["valid", "valid"]
    shutil.copy(two.back, two.desk.kept)
    told = two.desk.verify("--verifier", two.desk.verifier, "--verifier", two.other.verifier).lines
    assert told[3].startswith("  Signed by example.org/desk (key ")
    assert told[4].startswith("  Cosigned by example.org/witness (key ")
    assert told[4].endswith(" UTC.")
    alone = two.desk.verify("--verifier", two.other.verifier)
    assert "Not checked, for want of the key: example.org/desk" in words(alone)
    [checkpoint] = two.desk.verify("--verifier", two.other.verifier, "--json").json["checkpoints"]
    assert [one["state"] for one in checkpoint["signatures"]] == ["unknown", "valid"]
    assert checkpoint["signatures"][1]["time"].endswith(" UTC")


def test_from_then_on_a_proof_is_asked_for_and_enough(two: Two) -> None:
    """The key is remembered, the ledger is not at hand: the letters are all there is."""
    two.first()
    for names in ("D", "EF", "GHIJK"):
        two.desk.record(*names)
        two.send()
        told = two.cosign(code=2)
        assert "no proof that it extends the" in told.err
        assert "Ask for one made with `wherefrom checkpoint --after " in told.err
        two.send("--after", two.back)
        told = two.cosign()
        assert "It extends the" in told.out
        assert two.desk.signed(two.back).old is None
    assert two.desk.signed(two.back).checkpoint.size == 11


@pytest.mark.parametrize("size", [0, 2, 4])
def test_a_proof_from_another_size_is_none(two: Two, size: int) -> None:
    """It proves nothing, and accuses nobody: the other desk is asked for the right one."""
    two.first()
    two.desk.record("D", "E")
    two.send("--after", size)
    assert "checkpoint --after 3`" in two.cosign(code=2).err


def test_a_copy_of_the_ledger_does_instead_of_a_proof(two: Two, tmp_path: Path) -> None:
    two.first()
    two.desk.record("D", "E")
    two.send()
    copy = tmp_path / "copy.db"
    shutil.copy(two.desk.wherefrom.db, copy)
    assert "It extends the 3 events" in two.cosign(db=copy).out


def test_a_ledger_of_ones_own_is_no_copy_of_another(two: Two) -> None:
    two.first()
    two.desk.record("D", "E")
    two.other.record(*"ABCDEFG")
    two.send()
    assert "no proof" in two.cosign(code=2).err


def test_the_same_again_is_cosigned_again_once(two: Two) -> None:
    two.first()
    shutil.copy(two.back, two.letter)
    told = two.cosign()
    assert "It is the same that you cosigned on " in told.out
    assert [one.name for one in two.desk.signed(two.back).note.signatures] == [
        "example.org/desk",
        "example.org/witness",
    ]


def test_the_letter_may_be_written_over_and_stdout_is_the_note_alone(two: Two) -> None:
    two.send()
    signing = ("cosign", two.letter, "--key", two.other.key, "--verifier", two.desk.verifier)
    told = two.other.wherefrom(*signing)
    assert "Cosigned" in told.err
    two.other.wherefrom(*signing, "--output", two.letter)
    assert two.letter.read_text().partition("\n— example.org/witness")[0] in told.out


def test_several_cosigners_sign_one_after_the_other(two: Two, tmp_path: Path) -> None:
    two.first()
    third = Desk(tmp_path / "third", "third", cosigner=True)
    third.wherefrom(
        "cosign", two.back, "--key", third.key, "--verifier", two.desk.verifier,
        "--output", two.back,
    )  # fmt: skip
    note = two.desk.signed(two.back).note
    keys = [read_verifier(desk.verifier, "") for desk in (two.desk, two.other, third)]
    assert [one.state for one in check(note, keys)] == ["valid"] * 3


# What is refused


def refused(two: Two, db: Path | None = None) -> str:
    """Why the letter was not cosigned; nothing was written, and nothing is remembered."""
    two.back.unlink(missing_ok=True)
    before = two.other.seen.read_bytes()
    told = two.cosign(code=1, db=db)
    assert told.err.startswith("Not cosigned.")
    assert not two.back.exists()
    assert two.other.seen.read_bytes() == before
    return words(told)


def test_an_older_checkpoint_is_refused(two: Two) -> None:
    two.send()
    older = two.letter.read_bytes()
    two.desk.record("D")
    two.send()
    two.cosign("--verifier", two.desk.verifier)
    two.letter.write_bytes(older)
    assert "of 3 events, which is less than the 4 events that you cosigned on" in refused(two)


def forget(two: Two) -> None:
    """Make the first desk's key sign what it likes."""
    two.desk.seen.unlink()


def test_two_histories_of_one_length_are_kept_as_evidence(two: Two) -> None:
    two.first()
    cosigned = two.back.read_bytes()
    rewrite(two.desk.wherefrom.db, lambda events: [*reversed(events)])
    forget(two)
    two.send()
    said = refused(two)
    assert "has as many events as the 3 events that you cosigned on" in said
    assert "but another root: one of the two was falsified" in said
    kept = sorted(two.other.folder.glob("*.checkpoint"))
    assert [path.read_bytes() for path in kept] == [cosigned, two.letter.read_bytes()]
    for path in kept:
        assert str(path) in said


@pytest.mark.parametrize("with_copy", [False, True])
def test_a_rewritten_ledger_is_refused_though_it_proves_what_it_can(
    two: Two, with_copy: bool
) -> None:
    two.first()
    changed = SourceDescribed(name="X", kind="person")
    rewrite(two.desk.wherefrom.db, lambda events: [events[0], changed, *events[2:], changed])
    two.desk.record("D")
    forget(two)
    two.send("--after", 3)
    said = refused(two, two.desk.wherefrom.db if with_copy else None)
    assert "does not extend the 3 events that you cosigned on" in said
    assert "the proof does not hold" in said


def test_a_checkpoint_that_the_ledger_did_not_sign_is_refused(two: Two, tmp_path: Path) -> None:
    two.first()
    stranger = Desk(tmp_path / "stranger", "stranger")
    two.letter.unlink()
    two.desk.wherefrom("checkpoint", "--key", stranger.key, "--output", two.letter)
    assert "signed by none of the keys given, but by example.org/stranger" in refused(two)


def test_a_new_key_of_the_ledger_is_taken_when_it_is_named(two: Two, tmp_path: Path) -> None:
    two.first()
    renewed = Desk(tmp_path / "renewed", "renewed")
    two.letter.unlink()
    signing = ("checkpoint", "--key", renewed.key, "--output", two.letter)
    two.desk.wherefrom(*signing)
    two.cosign("--verifier", renewed.verifier)
    two.cosign()


def test_a_changed_letter_is_refused(two: Two) -> None:
    two.first()
    two.desk.record("D")
    two.send("--after", 3)
    text = two.letter.read_text()
    two.letter.write_text(text.replace("\n4\n", "\n5\n"))
    assert "is not over this checkpoint: it is forged" in refused(two)
    first, *rest = text.split("\n")
    two.letter.write_text("\n".join((first, *rest[1:])))
    assert "the proof does not hold" in refused(two)


def test_a_cosigners_key_does_not_pass_for_that_of_a_ledger(two: Two, tmp_path: Path) -> None:
    two.send()
    told = two.cosign("--verifier", two.other.verifier, code=2)
    assert "a cosigner's key. Name the key the ledger signs with" in told.err
    signing = ("cosign", two.letter, "--key", two.desk.key, "--verifier", two.desk.verifier)
    assert (
        "a ledger's key, and a cosigner's key is wanted"
        in two.other.wherefrom(*signing, code=2).err
    )


def test_a_lost_memory_is_noticed(two: Two) -> None:
    """The other desk proves from what this one has seen; it has not: its memory is gone."""
    two.first()
    two.desk.record("D")
    two.send("--after", two.back)
    two.other.seen.unlink()
    assert "never cosigned" in two.cosign(code=2).err
    told = two.cosign("--verifier", two.desk.verifier)
    assert "is missing: restore it." in words(told)


@pytest.mark.parametrize("content", [b"", b"\xff", b"old 3\n", b"Dear colleagues,\n"])
def test_what_is_no_checkpoint_is_refused(two: Two, content: bytes) -> None:
    two.letter.write_bytes(content)
    assert two.cosign(code=2).err.startswith(f"Error: {two.letter}: ")


def test_nothing_of_ones_own_is_written_over(two: Two) -> None:
    two.send()
    for own in (two.other.key, two.other.seen):
        told = two.other.wherefrom(
            "cosign", two.letter, "--key", two.other.key, "--output", own, code=2
        )
        assert "this is a file of the ledger" in told.err


def test_the_time_of_a_cosignature_is_that_of_the_clock(two: Two) -> None:
    from datetime import UTC, datetime

    before = int(datetime.now(UTC).timestamp())
    two.first()
    after = int(datetime.now(UTC).timestamp())
    key = read_verifier(two.other.verifier, "")
    times = [one.time for one in check(two.desk.signed(two.back).note, [key])]
    assert times[0] is None
    assert times[1] is not None
    assert before <= times[1] <= after


def test_names_that_others_chose_do_not_move_the_terminal(two: Two) -> None:
    two.send()
    with opened(two.desk.wherefrom.db) as ledger:
        name = f"wherefrom/{ledger.origin}"
    from ledger.keys import read_signer

    signer = read_signer(two.desk.key.read_text().strip(), "")
    text = two.desk.signed(two.letter).note.text.replace(name, "log\x9b31m\u202ered")
    two.letter.write_bytes(bytes(Note(text, (signer.sign(text, 0),))))
    told = two.cosign("--verifier", two.desk.verifier)
    assert not {"\x9b", "\u202e"} & {*told.out}
