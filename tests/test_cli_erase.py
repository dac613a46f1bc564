"""`wherefrom erase`: the text is gone from every file, and everything that repeats it is named."""

import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import Answer, Wherefrom
from histories import Elsewhere, Ticking
from projected import dump, whole
from traces import WORDS, found_in, remarkable

from cli import doctor
from ledger import journal, scrubbing, sqlite_opening
from ledger.codec import encode
from ledger.events import BodyErased, ClaimAsserted
from ledger.log import Ledger
from ledger.sqlite import SqliteStore
from projections import views_file
from projections.increment import Increment
from projections.views import Views, views_path

GROUND = ("--ground", "Art. 17 GDPR", "--by", "the editor")

PAGE = """<html><body><p>At the port, witnesses counted exactly 12 ships on Monday morning, and
the harbour master, who asked not to be named, spoke of at least fourteen.</p>
<p>Nothing else was seen from the pier until noon, when the fog came down again.</p></body></html>
"""


def record(wherefrom: Wherefrom, *rows: dict[str, Any]) -> list[str]:
    """File these rows of JSON Lines; return their ids."""
    before = wherefrom("log", "--json").json if wherefrom.db.exists() else []
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    path = wherefrom.folder / "rows.jsonl"
    path.write_text(lines, encoding="utf-8")
    wherefrom("import", path)
    path.unlink()
    return [event["id"] for event in wherefrom("log", "--json").json[len(before) :]]


def claim(value: str = "5", **more: Any) -> dict[str, Any]:
    said = {"subject": "port", "predicate": "ships", "claimant": "Ann", "published": "2026-02-06"}
    return {**said, "value": value, **more}


def erase(wherefrom: Wherefrom, *arguments: str, code: int = 0) -> Answer:
    return wherefrom("erase", *arguments, *GROUND, code=code)


def named(answer: Answer, kind: str) -> dict[str, str]:
    """What is told of other events: by id, why."""
    return {one["id"]: one["why"] for one in answer.json[kind]}


# --- what is asked, and what is answered -----------------------------------------------------


def test_an_erased_claim_is_told_by_whom_when_and_on_which_ground(wherefrom: Wherefrom) -> None:
    one, other = record(wherefrom, claim("5"), claim("6", claimant="Ben"))
    assert wherefrom("contradictions", "--json").json
    answer = erase(wherefrom, one, "--yes")
    assert f"Erased {one[:10]}" in answer.out
    assert "cannot be brought back" in answer.out
    [told] = wherefrom("trace", one, "--json").json
    assert (told["standing"], told["claim"], told["missing"]) == ("erased", {}, False)
    assert told["erased"]["by"] == "the editor"
    assert told["erased"]["ground"] == "Art. 17 GDPR"
    says_so = wherefrom("log", "--json").json[-1]
    assert told["erased"]["event"] == says_so["id"]
    assert told["erased"]["when"] == says_so["recorded_at"]
    text = wherefrom("trace", one[:10]).out
    assert f"The text of {one[:10]} was erased." in text
    assert "by the editor, ground given: Art. 17 GDPR" in " ".join(text.split())
    line = wherefrom("log").lines[0]
    assert "erased on" in line
    assert "by the editor: Art. 17 GDPR" in line
    [listed, *_] = wherefrom("log", "--json").json
    assert (listed["statement"], listed["erased"]["ground"]) == (None, "Art. 17 GDPR")
    assert wherefrom("contradictions", "--json").json == []
    assert [found["id"] for found in wherefrom("search", "port", "--json").json] == [other]
    assert wherefrom("verify", "--json").json["erased"] == 1
    assert "1 body is erased" in wherefrom("verify").out


def test_without_a_terminal_nothing_is_done_unless_told_yes(wherefrom: Wherefrom) -> None:
    [one] = record(wherefrom, claim())
    answer = erase(wherefrom, one, code=2)
    assert one[:10] in answer.out
    assert "nothing was erased" in answer.err
    assert erase(wherefrom, one, "--json", code=2).json["erased"] == []
    assert wherefrom("trace", one, "--json").json[0]["standing"] == "stands"
    [erased] = erase(wherefrom, one, "--json", "--yes").json["erased"]
    assert (erased["id"], erased["position"], erased["type"]) == (one, 0, "claim-asserted")


@pytest.mark.parametrize(("typed", "code"), [("n", 1), ("", 1), ("y", 0)])
def test_on_a_terminal_it_asks(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    [one] = record(wherefrom, claim())
    monkeypatch.setattr("cli.erase.interactive", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    answer = erase(wherefrom, one, code=code)
    assert one[:10] in answer.out
    assert "Erase 1 event? [y/N]" in answer.err
    standing = "stands" if code else "erased"
    assert wherefrom("trace", one, "--json").json[0]["standing"] == standing


def test_erasing_twice_changes_nothing(wherefrom: Wherefrom) -> None:
    [one] = record(wherefrom, claim())
    erase(wherefrom, one, "--yes")
    assert f"Already erased: {one[:10]}" in erase(wherefrom, one).out
    [told] = erase(wherefrom, one, "--json").json["already_erased"]
    assert (told["id"], told["by"]) == (one, "the editor")
    assert len(wherefrom("log", "--json").json) == 2


def test_several_events_go_together_or_not_at_all(wherefrom: Wherefrom) -> None:
    one, two, three = record(wherefrom, claim("5"), claim("6"), claim("7"))
    erase(wherefrom, one, "--yes")
    assert "ffffff" in erase(wherefrom, two, "ffffff", "--yes", code=2).err
    assert wherefrom("trace", two, "--json").json[0]["standing"] == "stands"
    answer = erase(wherefrom, one, two, two[:10], three, "--yes")
    assert f"Already erased: {one[:10]}" in answer.out
    assert [line for line in answer.lines if line.startswith("Erased")] == [
        f"Erased {id_[:10]}, as {event['id'][:10]} says, position {event['position']}"
        for id_, event in zip((two, three), wherefrom("log", "--json").json[-2:], strict=True)
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ffffff", *GROUND), "nothing here has an id"),
        (("no id", *GROUND), "is no id"),
        (("last",), "ground"),
        (("last", "--ground", " "), "ground"),
        (("last", "--ground", "x", "--by", " "), "by"),
        (("last", *GROUND, "--even-if-cited"), "Give --document with it"),
    ],
)
def test_bad_input_erases_nothing(
    wherefrom: Wherefrom, arguments: tuple[str, ...], words: str
) -> None:
    record(wherefrom, claim())
    assert words in wherefrom("erase", *arguments, "--yes", code=2).err
    assert len(wherefrom("log", "--json").json) == 1
    assert wherefrom("trace", "last", "--json").json[0]["standing"] == "stands"


def test_what_says_that_something_was_erased_stays(wherefrom: Wherefrom) -> None:
    [one] = record(wherefrom, claim())
    erase(wherefrom, one, "--yes")
    says_so = wherefrom("log", "--json").json[-1]["id"]
    assert "never erased" in erase(wherefrom, says_so, "--yes", code=2).err


def test_nothing_can_be_done_to_an_erased_claim(wherefrom: Wherefrom) -> None:
    one, other = record(wherefrom, claim("5"), claim("6"))
    erase(wherefrom, one, "--yes")
    for command in (
        ("link", one, "relays", other),
        ("link", other, "relays", one),
        ("correct", one, "--value", "7"),
        ("retract", one, "--reason", "x", "--published", "2026-02-07"),
        ("add", "port", "ships", "9", "--claimant", "Ann", "--like", one),
        ("review", one, "--rating", "x", "--author", "y", "--published", "2026"),
    ):
        said = wherefrom(*command, code=2).err
        assert f"{one[:10]} was erased on" in said
        assert "ground given: Art. 17 GDPR" in said
    row = json.dumps({"type": "claims-linked", "claim": other, "relation": "relays", "other": one})
    said = wherefrom("import", wherefrom.file("link.jsonl", row), code=2).err
    assert f"link.jsonl:1 other: {one[:10]} was erased" in said


def test_the_last_claim_is_the_last_that_is_not_erased(wherefrom: Wherefrom) -> None:
    one, other = record(wherefrom, claim("5"), claim("6"))
    erase(wherefrom, "last", "--yes")
    assert wherefrom("trace", other, "--json").json[0]["standing"] == "erased"
    assert wherefrom("trace", "last", "--json").json[0]["id"] == one


def test_no_import_files_an_erasure_and_no_export_writes_one(wherefrom: Wherefrom) -> None:
    one, _ = record(wherefrom, claim("5"), claim("6"))
    erase(wherefrom, one, "--yes")
    answer = wherefrom("export")
    assert [json.loads(line)["value"] for line in answer.lines] == ["6"]
    assert answer.err == "Left out: 1 whose text was erased\nLeft out: 1 that say what was erased\n"
    row = json.dumps({"type": "body-erased", "event": one, "by": "x", "ground": "y"})
    assert "wherefrom erase" in wherefrom("import", wherefrom.file("x.jsonl", row), code=2).err


def test_a_statement_that_was_erased_can_be_filed_again(wherefrom: Wherefrom) -> None:
    [one] = record(wherefrom, claim())
    erase(wherefrom, one, "--yes")
    [_, again] = record(wherefrom, claim("6"), claim())
    assert again != one
    assert wherefrom("trace", again, "--json").json[0]["standing"] == "stands"


def test_an_export_from_before_does_not_bring_it_back(wherefrom: Wherefrom) -> None:
    """Unless somebody means it: without its label the row is a statement like any other."""
    one, _ = record(wherefrom, claim("5"), claim("6"))
    kept = wherefrom.folder / "kept.jsonl"
    wherefrom("export", "--output", kept)
    erase(wherefrom, one, "--yes")
    told = wherefrom("import", kept, code=2).err
    assert f"kept.jsonl:1 label: {one[:10]} was erased here on " in told
    assert "by the editor, ground given: Art. 17 GDPR. Leave the row out" in told
    answer = wherefrom("import", kept, "--skip-bad", "--json").json
    assert (answer["recorded"], answer["already_recorded"], answer["rejected"]) == (0, 1, 1)
    record(wherefrom, claim("5"))
    assert len(wherefrom("search", "port", "--json").json) == 2


def test_an_erased_claim_is_not_shown_as_it_was_known_then(wherefrom: Wherefrom) -> None:
    one, _ = record(wherefrom, claim("5"), claim("6"))
    erase(wherefrom, one, "--yes")
    assert len(wherefrom("search", "port", "--known-at", "+1", "--json").json) == 1
    [told] = wherefrom("trace", one, "--known-at", "+1", "--json").json
    assert (told["standing"], told["erased"]["by"]) == ("erased", "the editor")


# --- what repeats it -------------------------------------------------------------------------


def test_every_event_that_repeats_or_names_it_is_told_before(wherefrom: Wherefrom) -> None:
    words = "exactly 5 ships lay in the port that morning"
    one, other = record(
        wherefrom,
        claim("5", wording=words, as_of="2026-02-06"),
        claim("7", claimant="Ben", as_of="2026-02-06"),
    )
    [finding] = wherefrom("contradictions", "--json").json
    wherefrom("adjudicate", finding["id"], "--dismiss", "--reason", "two ports")
    corrected, retracted, linked, quoting, same, _, reviewed, _ = record(
        wherefrom,
        {"type": "recording-corrected", "corrects": one, **claim("6", as_of="2026-02-06")},
        {"type": "claim-retracted", "claim": one, "published": "2026-02-07", "reason": "a slip"},
        {"type": "claims-linked", "claim": other, "relation": "disputes", "other": one},
        claim("5", subject="harbour", wording=f"She said: {words}."),
        claim("5", via=["a gazette"]),
        claim("5", claimant="Cleo"),
        {
            "type": "review-published", "claim": one, "rating": "Half true", "author": "Dee",
            "published": "2026-02-08", "explanation": f"That {words} nobody saw.",
        },
        {
            "type": "review-published", "claim": other, "rating": "Half true", "author": "Dee",
            "published": "2026-02-08", "explanation": "Nobody saw that.",
        },
    )  # fmt: skip
    decided = wherefrom("log", "--type", "contradiction-adjudicated", "--json").json[0]["id"]
    answer = erase(wherefrom, one, "--json", code=2)
    assert named(answer, "repeats") == {
        decided: "decides about it, and holds its claimant and its value",
        corrected: "corrects it",
        quoting: "holds its wording in the wording",
        same: "says the same of the same subject",
        reviewed: "holds its wording in the explanation",
    }
    assert named(answer, "names") == {retracted: "retracts it", linked: "is linked to it"}
    text = " ".join(erase(wherefrom, one, code=2).out.split())
    assert "--repeats erases these as well" in text
    for id_ in (decided, corrected, quoting, same, reviewed, retracted, linked):
        assert id_[:10] in text
    assert len(wherefrom("log", "--json").json) == 11


def test_what_is_filed_of_the_claimant_under_that_name_is_told_before(wherefrom: Wherefrom) -> None:
    one, described, aliased, matched, _, _, _ = record(
        wherefrom,
        claim("5"),
        {"type": "source-described", "name": "Ann", "kind": "person"},
        {"type": "source-described", "name": "Dr A.", "kind": "person", "aliases": ["Ann"]},
        {"type": "entities-matched", "a": "A. Bell", "b": "Ann"},
        {"type": "entities-matched", "a": "Annex", "b": "Cleo"},
        {"type": "source-described", "name": "Ben", "kind": "person"},
        claim("6", subject="quay"),
    )
    answer = erase(wherefrom, one, "--json", code=2)
    assert named(answer, "names") == {
        described: "describes its claimant by name",
        aliased: "describes its claimant by name",
        matched: "matches its claimant by name",
    }
    erase(wherefrom, one, "--repeats", "--yes")
    assert wherefrom("sources", "Ann", "--json").json, "these stay unless they are named, too"


def test_what_repeats_it_goes_with_it_when_told(wherefrom: Wherefrom) -> None:
    """And what repeats that, until nothing does."""
    one, corrected, again, other = record(
        wherefrom,
        claim("5", label="a"),
        {"type": "recording-corrected", "corrects": "@a", **claim("6"), "label": "b"},
        {"type": "recording-corrected", "corrects": "@b", **claim("7")},
        claim("8", claimant="Ben"),
    )
    answer = erase(wherefrom, one, "--repeats", "--yes", "--json").json
    assert [event["id"] for event in answer["erased"]] == [one, corrected, again]
    assert answer["repeats"] == answer["names"] == []
    assert [found["id"] for found in wherefrom("search", "port", "--json").json] == [other]


def test_a_decision_is_found_under_another_name_of_the_claimant(wherefrom: Wherefrom) -> None:
    """It keeps the name that stood for the source, and the value as it was understood."""
    one, _ = record(
        wherefrom,
        claim("exactly 5", claimant="Zoe", as_of="2026-02-06"),
        claim("7", claimant="Ben", as_of="2026-02-06"),
    )
    wherefrom("match", "Zoe", "Ann")
    [finding] = wherefrom("contradictions", "--json").json
    wherefrom("adjudicate", finding["id"], "--dismiss", "--reason", "two ports")
    [decided] = wherefrom("log", "--type", "contradiction-adjudicated", "--json").json
    assert decided["statement"]["pairs"] == [[["ann", "5"], ["ben", "7"]]]
    assert list(named(erase(wherefrom, one, "--json", code=2), "repeats")) == [decided["id"]]


def test_an_erased_correction_lets_the_recording_stand_again_and_says_so(
    wherefrom: Wherefrom,
) -> None:
    """Which recording it mended stood in the text that is gone, so nothing else is possible."""
    one, corrected = record(
        wherefrom,
        claim("5", label="a"),
        {"type": "recording-corrected", "corrects": "@a", **claim("6")},
    )
    answer = erase(wherefrom, corrected, "--yes")
    assert "the recording that it corrects stands again, as it was typed" in " ".join(
        answer.out.split()
    )
    assert one[:10] in answer.out
    assert wherefrom("trace", one, "--json").json[0]["standing"] == "stands"


@pytest.mark.parametrize(
    ("row", "then"),
    [
        ({"type": "claim-retracted", "published": "2026", "reason": "x"}, "stands"),
        ({"type": "claims-linked", "relation": "relays"}, "stands"),
        ({"type": "review-published", "rating": "x", "author": "y", "published": "2026"}, "stands"),
    ],
)
def test_an_act_that_is_erased_has_never_been(
    wherefrom: Wherefrom, row: dict[str, Any], then: str
) -> None:
    one, other = record(wherefrom, claim("5"), claim("6", claimant="Ben"))
    before = wherefrom("trace", one, "--json").json[0]
    link = {"other": other} if row["type"] == "claims-linked" else {}
    [act] = record(wherefrom, {**row, "claim": one, **link})
    erase(wherefrom, act, "--yes")
    after = wherefrom("trace", one, "--json").json[0]
    del before["ledger"], after["ledger"]
    assert after == before
    [told] = wherefrom("trace", act, "--json").json
    assert (told["standing"], told["erased"]["ground"]) == ("erased", "Art. 17 GDPR")


# --- documents -------------------------------------------------------------------------------


@pytest.fixture
def captured(wherefrom: Wherefrom) -> str:
    """The SHA-256 of a page that is kept, with the text that was taken from it."""
    page = wherefrom.folder / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    [kept] = wherefrom("capture", page, "--json").json
    page.unlink()
    assert list((wherefrom.folder / "facts.evidence").glob("*.txt"))
    return str(kept["sha256"])


def quoted(wherefrom: Wherefrom, captured: str, value: str, quote: str) -> str:
    said = ("--claimant", "Ann", "--published", "2026-02-06", "--evidence", captured, "--json")
    return str(wherefrom("add", "port", "ships", value, "--quote", quote, *said).json["id"])


def test_a_kept_document_goes_when_told_and_its_text_with_it(
    wherefrom: Wherefrom, captured: str
) -> None:
    one = quoted(wherefrom, captured, "12", "exactly 12 ships")
    answer = erase(wherefrom, one, "--json", code=2)
    [document] = answer.json["documents"]
    assert document == {"sha256": captured, "kept": True, "cited_by": [], "removed": False}
    text = " ".join(erase(wherefrom, one, code=2).out.split())
    assert "nothing else cites it. It stays: --document removes it." in text
    answer = erase(wherefrom, one, "--document", "--yes")
    assert f"Removed document {captured[:12]}" in answer.out
    assert list((wherefrom.folder / "facts.evidence").iterdir()) == []
    wherefrom("evidence")


def test_a_document_that_others_cite_stays_unless_one_insists(
    wherefrom: Wherefrom, captured: str
) -> None:
    one = quoted(wherefrom, captured, "12", "exactly 12 ships")
    other = quoted(wherefrom, captured, "14", "at least fourteen")
    answer = erase(wherefrom, one, "--document", "--yes", code=2)
    assert "cited by 1 other event; nothing was erased" in answer.err
    assert other[:10] in answer.out
    assert wherefrom("trace", one, "--json").json[0]["standing"] == "stands"
    erase(wherefrom, one, "--document", "--even-if-cited", "--yes")
    assert list((wherefrom.folder / "facts.evidence").iterdir()) == []


def test_what_a_killed_capture_left_of_a_document_goes_with_it(
    wherefrom: Wherefrom, captured: str
) -> None:
    one = quoted(wherefrom, captured, "12", "exactly 12 ships")
    folder = wherefrom.folder / "facts.evidence"
    (folder / ".capture-abc").write_text(PAGE, encoding="utf-8")
    (folder / ".capture-def").write_text("another page", encoding="utf-8")
    erase(wherefrom, one, "--document", "--yes")
    assert [path.name for path in folder.iterdir()] == [".capture-def"]


# --- no byte is left -------------------------------------------------------------------------

WAL = journal.Journal("wal", "full", "for a test")
PERSIST = journal.Journal("persist", "extra", "for a test")


@pytest.fixture(params=[WAL, PERSIST], ids=lambda one: one.mode)
def each_journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sqlite_opening, views_file, doctor):
        monkeypatch.setattr(module, "journal_for", lambda: request.param)


Filed = tuple[Wherefrom, str, list[bytes | str]]


@pytest.fixture
def filed(wherefrom: Wherefrom, each_journal: None) -> Iterator[Callable[[int], Filed]]:
    """A ledger in which a remarkable claim lies among others, asked about before and after.

    Another program has both files open, so that no journal goes because nobody is left.
    """
    idle: list[sqlite3.Connection] = []

    def make(length: int) -> Filed:
        event = ClaimAsserted(claim=remarkable(length))
        others = [claim(str(number), claimant=f"source {number % 7}") for number in range(40)]
        ids = record(wherefrom, *others[:20])
        with closing(SqliteStore.open(wherefrom.db)) as store:
            ledger = Ledger(store, clock=Ticking(), random=random.Random(7).randbytes)
            ids += [one.id for one in ledger.append([event], "desk")]
        wherefrom("contradictions")
        record(wherefrom, *others[20:])
        record(wherefrom, *(claim(str(number), subject="bay") for number in range(5)))
        wherefrom("search", "zyxqvorn")
        with closing(SqliteStore.open(wherefrom.db)) as store:
            row = store.row(20)
        assert row.salt
        assert row.fingerprint
        for path in (wherefrom.db, views_path(wherefrom.db)):
            idle.append(sqlite3.connect(path))
            idle[-1].execute("SELECT count(*) FROM sqlite_schema").fetchall()
        return wherefrom, ids[20], [row.salt, row.fingerprint, *WORDS]

    yield make
    for connection in idle:
        connection.close()


@pytest.mark.parametrize("length", [10, 3_000, 900_000])
def test_no_byte_of_what_is_erased_is_left_in_any_file(
    filed: Callable[[int], Filed], length: int
) -> None:
    wherefrom, id_, needles = filed(length)
    everywhere = {one.partition(":")[0] for one in found_in(wherefrom.folder, needles)}
    assert everywhere >= {"facts.db", "facts.views.db"}
    erase(wherefrom, id_, "--yes")
    assert found_in(wherefrom.folder, needles) == set()
    wherefrom("backup", wherefrom.folder / "copy.db")
    wherefrom("export", "--output", wherefrom.folder / "out.jsonl")
    with closing(sqlite3.connect(wherefrom.db)) as connection:
        connection.execute("VACUUM INTO ?", (str(wherefrom.folder / "vacuumed.db"),))
    for question in (
        ("trace", id_),
        ("log", "--json"),
        ("contradictions", "--all"),
        ("rebuild",),
        ("verify",),
        ("search", "port", "--known-at", "+30"),
    ):
        wherefrom(*question)
    record(wherefrom, *(claim(str(number), subject="cape") for number in range(9)))
    wherefrom("search", "cape")
    assert found_in(wherefrom.folder, needles) == set()
    assert "no byte of them left" in " ".join(wherefrom("doctor").out.split())
    copy = wherefrom("doctor", db=wherefrom.folder / "copy.db")
    assert "no byte of them left" in " ".join(copy.out.split())


@pytest.mark.parametrize("part", ["ledger", "views", "views' journal"])
def test_the_search_finds_what_is_left_without_each_part_of_the_scrub(
    filed: Callable[[int], Filed], monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """So the test above would fail if any were left out."""
    wherefrom, id_, needles = filed(900_000)
    if part == "ledger":
        monkeypatch.setattr(SqliteStore, "scrub", lambda self: None)
    elif part == "views":
        monkeypatch.setattr("cli.session.Session.scrub_views", lambda *_: None)
    else:
        monkeypatch.setattr("projections.views.drop_journal", lambda *_, **__: None)
    erase(wherefrom, id_, "--yes")
    assert found_in(wherefrom.folder, needles)


def test_a_document_leaves_no_byte_either(wherefrom: Wherefrom, captured: str) -> None:
    one = quoted(wherefrom, captured, "12", "exactly 12 ships")
    needles = ["exactly 12 ships", "harbour master", captured]
    assert found_in(wherefrom.folder, needles)
    [event] = wherefrom("log", "--type", "evidence-captured", "--json").json
    erase(wherefrom, one, event["id"], "--document", "--yes")
    assert found_in(wherefrom.folder, needles) == set()


@pytest.mark.skipif(os.name != "posix", reason="asks for a process by a signal")
def test_what_killed_processes_left_aside_goes_with_it(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The views of a moment, and views that were being built; what others work on stays."""
    [one] = record(wherefrom, claim("5", wording="Zyxqvorn lay there"))
    elsewhere = wherefrom.folder / "tmp"
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = []
    for number in (ended.pid, os.getpid()):
        folder = elsewhere / f"wherefrom-{number}-abc"
        folder.mkdir(parents=True)
        left += [folder / "views.db", wherefrom.folder / f"facts.views.db.new-{number}"]
    (elsewhere / "wherefrom-notes-abc").mkdir()
    left.append(elsewhere / "wherefrom-notes-abc" / "mine")
    for path in left:
        path.write_text("Zyxqvorn lay there", encoding="utf-8")
    erase(wherefrom, one, "--yes")
    assert [path.exists() for path in left] == [False, False, True, False, True]


# --- cut short, and held up ------------------------------------------------------------------


def test_a_program_that_reads_holds_the_scrub_up_and_erase_finishes_it(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_opening, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(scrubbing, "PATIENCE", 0.1)
    one, other = record(wherefrom, claim("5", wording="Zyxqvorn lay there"), claim("6"))
    with closing(sqlite3.connect(wherefrom.db)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        monkeypatch.setattr(SqliteStore, "erase", _while_reading(reader, SqliteStore.erase))
        answer = erase(wherefrom, one, "--yes", code=1)
        assert f"Erased {one[:10]}" in answer.out
        assert "some bytes of it are still in the files" in answer.err
        assert "wherefrom erase" in answer.err
        reader.execute("ROLLBACK")
    assert wherefrom("trace", one, "--json").json[0]["standing"] == "erased"
    told = wherefrom("doctor", code=1).out
    assert "some bytes may still be in the files" in " ".join(told.split())
    assert "Overwrote what 1 erasure had left." in wherefrom("erase").out
    assert found_in(wherefrom.folder, ["zyxqvorn"]) == set()
    assert "no byte of them left" in " ".join(wherefrom("doctor").out.split())
    assert wherefrom("erase").out.startswith("Nothing is left over. ")
    assert wherefrom("trace", other, "--json").json[0]["standing"] == "stands"


def _while_reading(reader: sqlite3.Connection, do: Callable[..., None]) -> Callable[..., None]:
    """Let the reader go for the erasing transaction and come back before the scrub."""

    def done(store: SqliteStore, *arguments: int) -> None:
        reader.execute("ROLLBACK")
        do(store, *arguments)
        scrub = SqliteStore.scrub

        def held_up(self: SqliteStore) -> None:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM events").fetchone()
            SqliteStore.scrub = scrub  # type: ignore[method-assign]
            scrub(self)

        SqliteStore.scrub = held_up  # type: ignore[method-assign]

    return done


_KILLED = """
import os, signal, sys
from cli import main
from ledger.sqlite import SqliteStore
from projections.views import Views

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

where = sys.argv.pop(1)
if where == "before the scrub":
    SqliteStore.scrub = die
elif where == "before the views":
    Views.scrubbed = die
else:
    SqliteStore.note_scrubbed = die
main.main()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("where", ["before the scrub", "before the views", "before the note"])
def test_an_erasure_that_is_killed_half_way_is_noticed_and_finished(
    wherefrom: Wherefrom, where: str
) -> None:
    one, _ = record(wherefrom, claim("5", wording="Zyxqvorn lay there " * 500), claim("6"))
    wherefrom("search", "zyxqvorn")
    command = ["--db", str(wherefrom.db), "erase", one, *GROUND, "--yes"]
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, where, *command], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert wherefrom("doctor", "--json", code=1).json["ok"] is False
    assert wherefrom("verify", "--json").json["erased"] == 1
    assert "Already erased" in erase(wherefrom, one).out
    assert found_in(wherefrom.folder, ["zyxqvorn"]) == set()
    assert wherefrom("doctor", "--json").json["ok"] is True


def test_views_that_another_process_puts_back_are_noticed(wherefrom: Wherefrom) -> None:
    """One that began to build before the erasure overwrites the views with the old text; whoever
    asks next builds them anew, and leaves no journal with it."""
    [one] = record(wherefrom, claim("5", wording="Zyxqvorn lay there " * 500))
    wherefrom("search", "zyxqvorn")
    path = views_path(wherefrom.db)
    old = path.read_bytes()
    erase(wherefrom, one, "--yes")
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(":memory:")) as before:
        before.deserialize(old)
        before.backup(live)
    assert found_in(wherefrom.folder, ["zyxqvorn"])
    wherefrom("sources")
    assert found_in(wherefrom.folder, ["zyxqvorn"]) == set()


# --- while others read -----------------------------------------------------------------------


def erase_now(path: Path, position: int) -> None:
    """Erase as another process would: in the ledger, before anybody sees to the views."""
    with closing(SqliteStore.open(path)) as store:
        ledger = Ledger(store, clock=Ticking(), random=random.Random(7).randbytes)
        ledger.erase([position], "desk", by="x", ground="y")


def once(do: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """A function that does that the first time it is called."""
    left = [True]

    def called(*_: Any) -> None:
        if left.pop() if left else False:
            do(*arguments)

    return called


@pytest.mark.parametrize("command", [("trace", "port"), ("search", "port"), ("show", "port")])
def test_who_reads_what_is_erased_meanwhile_is_answered_anew(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """As if the question had come a moment later."""
    record(wherefrom, claim("5"), claim("6", claimant="Ben"), claim("7", claimant="Cleo"))
    wherefrom(*command)
    do, catch_up = once(erase_now, wherefrom.db, 1), Views.catch_up

    def caught_up(views: Views, *arguments: Any) -> None:
        catch_up(views, *arguments)
        do()

    monkeypatch.setattr(Views, "catch_up", caught_up)
    answer = wherefrom(*command, "--json")
    monkeypatch.setattr(Views, "catch_up", catch_up)
    assert answer.out == wherefrom(*command, "--json").out
    assert "Ben" not in answer.out


def test_views_that_catch_up_while_something_is_erased_are_built_anew(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(wherefrom, claim("5"), claim("6", claimant="Ben"))
    do, add = once(erase_now, wherefrom.db, 0), Increment.add

    def erasing_add(increment: Increment, start: int, stop: int) -> None:
        do()
        add(increment, start, stop)

    monkeypatch.setattr(Increment, "add", erasing_add)
    record(wherefrom, claim("7", claimant="Cleo"))
    found = wherefrom("search", "port", "--json").json
    assert [one["claimant"] for one in found] == ["Cleo", "Ben"]
    with closing(SqliteStore.open(wherefrom.db)) as store:
        with Views.open(store, views_path(wherefrom.db)) as views:
            seen = dump(views.connection)
        assert seen == whole(store)


# --- what other desks erase ------------------------------------------------------------------


def test_what_another_desk_erased_is_hidden_and_taken_out_when_told(wherefrom: Wherefrom) -> None:
    one, _ = record(wherefrom, claim("5", wording="Zyxqvorn lay there"), claim("6"))
    with closing(SqliteStore.open(wherefrom.db)) as store:
        said = BodyErased(event=one, by="them", ground="theirs")
        Elsewhere("f00d" * 8, Ticking()()).pull(store, encode(said))
    [told] = wherefrom("trace", one, "--json").json
    assert (told["standing"], told["erased"]["by"]) == ("erased", "them")
    assert "erased on" in wherefrom("log").lines[0]
    assert "Zyxqvorn" not in wherefrom("export").out + wherefrom("log", "--json").out
    assert "was erased on" in wherefrom("correct", one, "--value", "7", code=2).err
    assert wherefrom("verify", "--json").json["ok"] is True
    doctor = " ".join(wherefrom("doctor").out.split())
    assert f"erased elsewhere: {one[:10]};" in doctor
    assert found_in(wherefrom.folder, ["zyxqvorn"])
    erase(wherefrom, one, "--yes")
    assert found_in(wherefrom.folder, ["zyxqvorn"]) == set()
    assert "erased elsewhere" not in wherefrom("doctor").out
    assert wherefrom("trace", one, "--json").json[0]["erased"]["by"] == "them"


def test_only_erase_takes_a_body_out(wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is done, every body stays."""

    def refuse(*_: object) -> None:
        raise AssertionError("a body was removed")

    monkeypatch.setattr(SqliteStore, "erase", refuse)
    wherefrom.seeds()
    one = wherefrom("search", "3428", "--json").json[0]["id"]
    [finding] = wherefrom("contradictions", "--json").json[:1]
    day = ("--published", "2026-02-09")
    for command in (
        ("correct", one, "--value", "at least 3,482 people"),
        ("retract", "last", "--reason", "x", *day),
        ("link", one, "disputes", "last"),
        ("define", "deaths", "--type", "quantity"),
        ("describe", "Iran Human Rights", "--kind", "organisation"),
        ("match", "Muscat", "Mascate"),
        ("unmatch", "Muscat", "Mascate"),
        ("review", one, "--rating", "x", "--author", "y", *day),
        ("adjudicate", finding["id"], "--dismiss", "--reason", "x"),
        ("rebuild",),
        ("doctor",),
        ("verify",),
        ("export", "--output", str(wherefrom.folder / "out.jsonl")),
        ("backup", str(wherefrom.folder / "copy.db")),
        ("evidence",),
        ("erase",),
    ):
        wherefrom(*command)
    with closing(SqliteStore.open(wherefrom.db)) as store:
        assert all(row.body is not None for row in store.rows())
