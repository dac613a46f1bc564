"""`wherefrom receipt` and `verify-receipt`: a claim with its proof, to be checked anywhere."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from commands import Answer, Wherefrom
from signing import Desk, erase, opened, rewrite

from ledger.events import SourceDescribed
from ledger.keys import read_signer
from ledger.notes import read_note

CLAIMS = """
    label,subject,predicate,value,unit,as_of,claimant,via,published,url,wording,lang
    a,storm,deaths,at least 3 428,people,2026-02-06,Red Cross,radio;agency,2026-02-07,https://example.org/a,« au moins 3 428 »,fr
    b,storm,deaths,140,people,2026-02-06,government,,2026-02-07,,,
"""  # noqa: E501


class Issuer:
    """A desk that has filed two claims."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.run = self.desk.wherefrom
        self.run.table(CLAIMS)
        self.claim, self.other = (event["id"] for event in self.run("log", "--json").json)
        self.file = folder / "a.tlog-proof"
        self.elsewhere = Wherefrom(folder / "nowhere")

    def issue(self, *options: object, of: str | None = None) -> Answer:
        key = () if "--checkpoint" in options else ("--key", self.desk.key)
        return self.run("receipt", of or self.claim[:10], "--output", self.file, *key, *options)

    def verify(self, *options: object, code: int | None = 0) -> Answer:
        """Check it where there is no ledger, with the desk's verifier key."""
        key = "--verifier", self.desk.verifier
        return self.elsewhere("verify-receipt", self.file, *key, *options, code=code)


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "desk")


def test_a_receipt_tells_who_said_what_when_and_where(issuer: Issuer) -> None:
    told = issuer.issue().out
    assert told == f"Wrote the receipt of {issuer.claim[:10]} (claim-asserted) to {issuer.file}\n"
    told = " ".join(issuer.verify().out.split())
    for words in (
        "storm, deaths: at least 3 428 people, according to Red Cross.",
        "said by Red Cross; the day is not stated",
        "read in radio, published 2026-02-07",
        "relayed by agency",
        "address https://example.org/a",
        "wording “« au moins 3 428 »” (fr)",
        f"as {issuer.claim[:10]}, position 0",
        "2 events, root ",
        "Holds: this was filed in that ledger before its root was signed.",
        "Signed by example.org/desk (key ",
    ):
        assert words in told, told
    assert "authentic" not in told
    assert "proven" not in told
    assert not issuer.elsewhere.folder.exists()


def test_programs_are_told_the_claim_and_its_trail(issuer: Issuer) -> None:
    issuer.issue()
    answer = issuer.verify("--json").json
    assert (answer["ok"], answer["problems"], answer["signature"]) == (True, [], "valid")
    assert answer["id"] == issuer.claim
    assert answer["statement"]["value"] == "at least 3 428"
    trace = issuer.run("trace", issuer.claim, "--json").json[0]
    assert answer["claim"] == trace["claim"]
    assert answer["ledger"].items() >= trace["ledger"].items()
    assert [(step["step"], step["who"], step["when"]) for step in answer["trail"]] == [
        (step["step"], step["who"], step["when"]) for step in trace["trail"]
    ]


def test_without_a_key_it_is_said_that_anybody_can_have_made_it(issuer: Issuer) -> None:
    issuer.issue()
    told = issuer.elsewhere("verify-receipt", issuer.file).out
    assert "Holds in itself: " in told
    assert "The signature was not checked" in told
    assert issuer.elsewhere("verify-receipt", issuer.file, "--json").json["signature"] == (
        "unchecked"
    )


def test_the_key_of_somebody_else_does_not_do(issuer: Issuer) -> None:
    issuer.issue()
    stranger = issuer.run("keygen", "--output", issuer.run.folder / "new.key").out.strip()
    told = issuer.elsewhere("verify-receipt", issuer.file, "--verifier", stranger, code=1).out
    assert told.startswith("Does not hold: 1 problem.\n  signed by none of the keys given")
    assert "3 428" not in told


def test_a_receipt_goes_to_stdout_where_no_file_is_named(issuer: Issuer) -> None:
    issuer.issue()
    for options in ((), ("--output", "-")):
        answer = issuer.run("receipt", issuer.claim, "--key", issuer.desk.key, *options)
        assert answer.out.encode() == issuer.file.read_bytes()
        assert answer.err == ""


@pytest.mark.parametrize("at", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_changed_receipt_is_refused_and_tells_nothing(issuer: Issuer, at: float) -> None:
    """Every byte of small receipts is changed in the tests of `ledger.receipts`."""
    issuer.issue()
    data = bytearray(issuer.file.read_bytes())
    data[int(at * len(data))] ^= 1
    issuer.file.write_bytes(data)
    answer = issuer.verify(code=None)
    assert answer.code in (1, 2)
    assert "Holds" not in answer.out
    assert "Red Cross" not in answer.out


def test_what_is_no_receipt_is_told(issuer: Issuer) -> None:
    issuer.file.write_text("a photo")
    assert "no receipt, which begins with c2sp.org/tlog-proof@v1" in issuer.verify(code=2).err
    issuer.file.unlink()
    assert f"{issuer.file}: No such file" in issuer.verify(code=2).err


def test_a_receipt_under_a_cosigned_checkpoint_names_both(issuer: Issuer, tmp_path: Path) -> None:
    issuer.desk.checkpoint()
    second = Desk(tmp_path / "second", "second", cosigner=True)
    note = read_note(issuer.desk.kept.read_bytes(), "kept")
    key = read_signer(second.key.read_text().strip(), "key")
    issuer.desk.kept.write_bytes(bytes(note.signed(key.sign(note.text, 1_800_000_000))))
    issuer.run("describe", "Red Cross", "--kind", "organisation")
    issuer.issue("--checkpoint", issuer.desk.kept)
    told = issuer.verify("--verifier", second.verifier).out
    assert "Signed by example.org/desk" in told
    assert "Cosigned by example.org/second" in " ".join(told.split())
    assert "2027-01-15 08:00:00 UTC" in " ".join(told.split())
    assert issuer.verify("--json").json["ledger"]["size"] == 2


def test_an_event_that_came_after_the_checkpoint_has_no_receipt_under_it(issuer: Issuer) -> None:
    issuer.desk.checkpoint()
    issuer.run("describe", "Red Cross", "--kind", "organisation")
    last = issuer.run("log", "--json").json[-1]["id"]
    kept = "--checkpoint", issuer.desk.kept
    told = issuer.run("receipt", last, *kept, code=2).err
    assert "recorded after this checkpoint of 2 events" in told


def test_any_event_can_have_a_receipt(issuer: Issuer) -> None:
    issuer.run("correct", issuer.claim[:8], "--value", "at least 3,429")
    issuer.run("retract", issuer.other[:8], "--reason", "a slip", "--published", "2026-02-09")
    told = []
    for event in issuer.run("log", "--json").json:
        issuer.issue(of=event["id"])
        told.append(" ".join(issuer.verify().out.split()))
    assert told[2].startswith(f"Recording {issuer.claim[:10]} should read: storm, deaths: at least")
    assert told[3].startswith(f"claim-retracted: {issuer.other[:10]} taken back, 2026-02-09: a")


def test_a_receipt_outlives_what_was_erased(issuer: Issuer) -> None:
    """The old one still holds the text; a new one says that something was filed, and when."""
    issuer.issue()
    erase(issuer.run.db, issuer.claim)
    assert "Red Cross" in issuer.verify().out
    told = issuer.issue().err
    assert "was erased; the receipt says only that it was filed" in told
    told = issuer.verify().out
    assert "An event of the type claim-asserted, whose text is not in this receipt." in told
    assert "Red Cross" not in told
    assert "recorded" in told
    answer = issuer.verify("--json").json
    assert (answer["statement"], answer["claim"]) == (None, {})


def test_the_ledger_is_asked_what_became_of_it(issuer: Issuer) -> None:
    issuer.issue()

    def now(code: int = 0) -> str:
        key = "--verifier", issuer.desk.verifier
        answer = issuer.run("verify-receipt", issuer.file, *key, "--now", code=code)
        return " ".join(answer.out.split())

    assert "now stands in " in now()
    issuer.run("retract", issuer.claim[:8], "--reason", "a slip", "--published", "2026-02-09")
    assert "now retracted in " in now()
    erase(issuer.run.db, issuer.claim)
    assert "its text erased on 2" in now()
    rewrite(issuer.run.db, lambda events: [*events[1:], *events[1:2]])
    told = now(code=1)
    assert told.startswith("Does not hold: 2 problems.")
    assert "does not hold it" in told


def test_another_ledger_does_not_hold_it(issuer: Issuer, tmp_path: Path) -> None:
    issuer.issue()
    other = Issuer(tmp_path / "other")
    told = other.run("verify-receipt", issuer.file, "--now", code=1).out
    assert f"{other.run.db}: does not hold it" in " ".join(told.split())
    assert "no such ledger" in issuer.verify("--now", code=2).err


@pytest.mark.parametrize(
    ("table", "column", "old", "new", "words"),
    [
        ("bodies", "body", "140", "141", "the text is not the one"),
        ("events", "head", '"v":1', '"v":2', "the proof does not lead from the event"),
    ],
)
def test_no_receipt_is_made_of_what_does_not_hold(
    issuer: Issuer, table: str, column: str, old: str, new: str, words: str
) -> None:
    connection = sqlite3.connect(issuer.run.db)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    changed = f"CAST(replace(CAST({column} AS TEXT), ?, ?) AS BLOB)"
    connection.execute(f"UPDATE {table} SET {column} = {changed} WHERE position = 1", (old, new))
    connection.commit()
    connection.close()
    told = issuer.run("receipt", issuer.other, "--key", issuer.desk.key, code=2)
    assert f"position 1: {words}" in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["last"], "no key to sign with"),
        (["a claim"], "CLAIM: 'a claim' is no id"),
        (["abcdef"], "nothing here has an id that begins with abcdef"),
        ([], "Missing argument 'CLAIM'"),
    ],
)
def test_receipt_refuses_what_cannot_be_meant(
    issuer: Issuer, options: list[str], words: str
) -> None:
    assert words in issuer.run("receipt", *options, code=2).err


def test_a_receipt_is_not_written_over_what_the_desk_needs(issuer: Issuer) -> None:
    issuer.desk.checkpoint()
    for file in (issuer.run.db, issuer.desk.key, issuer.desk.seen):
        before = file.read_bytes()
        answer = issuer.run(
            "receipt", issuer.claim, "--key", issuer.desk.key, "--output", file, code=2
        )
        assert "this is a file of the ledger" in answer.err
        assert file.read_bytes() == before


def test_a_ledger_that_forgot_what_was_signed_gets_no_receipts(issuer: Issuer) -> None:
    backup = issuer.run.folder / "backup.db"
    shutil.copy(issuer.run.db, backup)
    issuer.run("describe", "Red Cross", "--kind", "organisation")
    issuer.issue()
    os.replace(backup, issuer.run.db)
    told = issuer.run("receipt", issuer.claim, "--key", issuer.desk.key, code=1)
    assert told.err.startswith("Not signed")


def test_hostile_text_in_a_receipt_stays_text(issuer: Issuer) -> None:
    with opened(issuer.run.db) as ledger:
        event = SourceDescribed(name="x\x1b]0;owned\x07\u202ey", kind="person")
        [recorded] = ledger.append([event], "\x1b[2J")
    issuer.issue(of=recorded.id)
    for told in (issuer.verify().out, issuer.verify("--json").out):
        assert "\x1b" not in told
        assert "\x07" not in told
    assert "\u202e" not in issuer.verify().out
