"""`wherefrom pull`: another ledger's events on one's own desk, and forks kept as evidence."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Answer, Wherefrom
from histories import Ticking

from ledger.codec import fingerprint_of
from ledger.events import SourceDescribed
from ledger.heads import Head, commitment, encode_head
from ledger.log import Ledger
from ledger.merkle import Frontier, leaf_hash
from ledger.sqlite import SqliteStore
from ledger.store import Row
from projections.views import views_path

Desks = Callable[[str], Wherefrom]


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desks:
    """Makes desks by their names, each with a folder of its own."""

    def desk(name: str) -> Wherefrom:
        (tmp_path / name).mkdir()
        made = Wherefrom(tmp_path / name)
        monkeypatch.setenv("WHEREFROM_RECORDER", name)
        say(made, "5", f"Source of {name}")
        return made

    return desk


def say(desk: Wherefrom, figure: str, claimant: str) -> Answer:
    return desk("add", "storm", "deaths", figure, "--claimant", claimant,
                "--published", "2026-02-06", "--as-of", "2026-02-06")  # fmt: skip


@pytest.fixture
def ann(desks: Desks) -> Wherefrom:
    return desks("ann")


@pytest.fixture
def ben(desks: Desks) -> Wherefrom:
    return desks("ben")


def listed(desk: Wherefrom) -> list[str]:
    return [event["type"] for event in desk("log", "--json").json]


def held(desk: Wherefrom) -> tuple[list[str], list[str]]:
    """The ids of the events, and what the views say of the storm."""
    events = [event["id"] for event in desk("log", "--json").json]
    shown = [{**one, "camps": sorted(map(str, one["camps"]))}
             for one in desk("show", "storm", "--json").json]  # fmt: skip
    return sorted(events), list(map(str, shown))


def test_a_pull_says_what_came_from_whom_and_what_it_contradicts(
    ann: Wherefrom, ben: Wherefrom
) -> None:
    say(ben, "9", "Cleo")
    answer = ann("pull", ben.db)
    root = ben("verify", "--json").json["root"]
    origin = SqliteStore.reading(ben.db).origin
    lines = answer.lines
    assert lines[0] == f"Pulled 2 events from {ben.db}, which holds 2 events (root {root[:12]}…):"
    assert lines[1] == f"       2  recorded by ben, origin {origin[:10]}"
    assert lines[2].endswith("position 3. The ledger holds 4.")
    assert answer.err == (
        "Warning: 1 finding is open that was not; see `wherefrom contradictions --since +0`\n"
    )
    assert "1 opened" in ann("contradictions", "--since", "+0").out
    assert listed(ann) == ["claim-asserted", "claim-asserted", "claim-asserted", "ledger-merged"]
    assert ann("pull", ben.db).out == (
        f"Nothing new in {ben.db}, which holds 2 events (root {root[:12]}…).\n"
    )


def test_a_pull_answers_programs(ann: Wherefrom, ben: Wherefrom) -> None:
    told = ann("pull", ben.db, "--json").json
    verified = ben("verify", "--json").json
    origin = SqliteStore.reading(ben.db).origin
    merged = ann("log", "--last", 1, "--json").json[0]["id"]
    assert told == {
        "other": {"file": str(ben.db), "origin": origin, "size": 1, "root": verified["root"]},
        "pulled": 1,
        "origins": [{"origin": origin, "events": 1, "recorders": ["ben"]}],
        "first_position": 1,
        "merged": merged,
        "lost_before": 0,
        "erased": 0,
        "hidden": [],
        "older": False,
        "documents": None,
        "opened": [],
        "size": 3,
    }
    again = ann("pull", ben.db, "--json").json
    assert (again["pulled"], again["first_position"], again["merged"]) == (0, None, None)


def test_desks_that_pull_in_circles_come_to_rest_with_the_same(
    ann: Wherefrom, ben: Wherefrom, desks: Desks
) -> None:
    cleo = desks("cleo")
    for _ in range(3):
        for one, other in ((ann, ben), (ben, cleo), (cleo, ann)):
            one("pull", other.db)
    for one, other in ((ann, ben), (ben, cleo), (cleo, ann)):
        assert one("pull", other.db, "--json").json["pulled"] == 0
    assert held(ann) == held(ben) == held(cleo)


def test_who_recorded_it_may_have_a_hostile_name(ann: Wherefrom, tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "evil.db", "e" * 32)
    other = Ledger(store, clock=Ticking(), random=os.urandom)
    other.append([SourceDescribed(name="radio", kind="outlet")], "\x1b[2J\u202edesk" + "x" * 180)
    store.close()
    told = ann("pull", tmp_path / "evil.db").out
    assert "recorded by \\x1b[2J\\u202edesk" in told
    assert max(map(len, told.splitlines()[1:])) < 110


def test_a_pull_starts_a_ledger(ben: Wherefrom, wherefrom: Wherefrom) -> None:
    wherefrom("pull", ben.db)
    assert listed(wherefrom) == ["claim-asserted", "ledger-merged"]


def test_what_was_pulled_is_known_from_when_it_arrived(
    ann: Wherefrom, ben: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from when the other desk recorded it; and its day of recording is told."""
    ann("pull", ben.db)
    for words in (["--known-at", "2001-01-01"], ["--since", "9000-01-01"]):
        assert ann("log", *words, "--json").json == []
    assert len(ann("log", "--known-at", "+0", "--json").json) == 1
    assert "in\n                ledger" in ann("trace", "Source of ben").out


def test_documents_that_are_cited_come_along(ann: Wherefrom, ben: Wherefrom) -> None:
    ben("capture", ben.file("article.txt", "five died"))
    (ben.folder / "facts.evidence" / ("0" * 64)).write_text("cited by nobody, and not that")
    assert "1 document came along." in ann("pull", ben.db).lines
    [document] = (ann.folder / "facts.evidence").iterdir()
    assert document.read_text() == "five died\n"
    assert "came along" not in ann("pull", ben.db).out


def test_documents_stay_where_they_are_when_told(ann: Wherefrom, ben: Wherefrom) -> None:
    ben("capture", ben.file("article.txt", "five died"))
    assert "came along" not in ann("pull", ben.db, "--no-documents").out
    assert not (ann.folder / "facts.evidence").exists()


def test_no_pull_brings_back_a_document_that_was_erased(ann: Wherefrom, ben: Wherefrom) -> None:
    """Though what says that it was captured is still there, and it lies at the other desk."""
    article = ann.file("article.txt", "five died")
    ann("capture", article)
    claim = ["add", "storm", "deaths", "5", "--claimant", "Town", "--published", "2026-02-06"]
    ann(*claim, "--evidence", article, "--quote", "five")
    ben("pull", ann.db)
    ann("erase", "last", "--ground", "asked for", "--yes", "--document")
    say(ben, "6", "Cleo")
    for _ in range(2):
        ann("pull", ben.db)
        assert not list((ann.folder / "facts.evidence").iterdir())


def test_a_pull_says_which_texts_of_ours_somebody_else_erased(
    ann: Wherefrom, ben: Wherefrom
) -> None:
    """They are in no answer any more: nobody shall find that out by chance."""
    ben("pull", ann.db)
    [claim] = [e["id"] for e in ben("log", "--json").json if e["type"] == "claim-asserted"
               and e["origin"] == ann("log", "--json").json[0]["origin"]]  # fmt: skip
    ben("erase", claim, "--ground", "I do not like it", "--yes")
    answer = ann("pull", ben.db)
    assert "Warning: 1 event held here was erased by others" in answer.err
    assert f"{claim[:10]} on " in answer.err
    assert ": I do not like it" in answer.err
    assert "Warning" not in ann("pull", ben.db).err


def test_a_pull_says_what_went_from_here_too(ann: Wherefrom, ben: Wherefrom) -> None:
    ann("pull", ben.db)
    ben("erase", "last", "--ground", "asked for", "--yes")
    told = ann("pull", ben.db).err
    assert "1 text went from this ledger, too" in told
    assert "Documents stay" not in told


def test_a_document_that_came_along_stays_when_its_text_goes_and_that_is_said(
    ann: Wherefrom, ben: Wherefrom
) -> None:
    article = ben.file("article.txt", "five died")
    ben("capture", article)
    ben("add", "storm", "deaths", "5", "--claimant", "Town", "--published", "2026-02-06",
        "--evidence", article, "--quote", "five")  # fmt: skip
    ann("pull", ben.db)
    ben("erase", "last", "--ground", "asked for", "--yes", "--document")
    assert "Documents stay: " in ann("pull", ben.db).err
    [captured] = ann("log", "--type", "evidence-captured", "--json").json
    assert list((ann.folder / "facts.evidence").iterdir())
    ann("erase", captured["id"], "--document", "--ground", "asked for", "--yes")
    assert not list((ann.folder / "facts.evidence").iterdir())


def test_a_document_that_was_altered_does_not_come(ann: Wherefrom, ben: Wherefrom) -> None:
    ben("capture", ben.file("article.txt", "five died"))
    [document] = (ben.folder / "facts.evidence").iterdir()
    document.chmod(0o644)
    document.write_text("six died")
    answer = ann("pull", ben.db)
    assert "Not copied: " in answer.err
    assert "no longer those it is named after" in answer.err
    assert not (ann.folder / "facts.evidence").exists()


# --- what is refused -------------------------------------------------------------------------


def fork(ben: Wherefrom) -> None:
    """Let Ben record, be put back with all that could tell, and record something else."""
    old = shutil.copy(ben.db, ben.folder / "old.db")
    say(ben, "7", "Cleo")
    shutil.copy(ben.db, ben.folder / "shown.db")
    shutil.copyfile(old, ben.db)
    views_path(ben.db).unlink()
    say(ben, "8", "Cleo")


def test_a_fork_is_kept_as_evidence_and_stops_the_pull(
    ann: Wherefrom, ben: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHEREFROM_STATE", "")
    fork(ben)
    ann("pull", ben.folder / "shown.db")
    before = held(ann)
    answer = ann("pull", ben.db, code=1)
    [evidence] = (ann.folder / "facts.forks").iterdir()
    assert "a fork: two different events are number 1 of that origin" in answer.err
    assert str(evidence) in answer.err
    assert answer.out == ""
    assert held(ann) == before
    told = json.loads(evidence.read_text())
    assert told["file"] == str(ben.db)
    assert [event["in"] for event in told["events"]] == ["this ledger", "the other"]
    assert told["seen"]["root"] != told["shown"]["root"]
    ann("pull", ben.db, code=1)
    assert list((ann.folder / "facts.forks").iterdir()) == [evidence]


def test_an_older_copy_is_told(ann: Wherefrom, ben: Wherefrom) -> None:
    old = shutil.copy(ben.db, ben.folder / "old.db")
    say(ben, "7", "Cleo")
    ann("pull", ben.db)
    answer = ann("pull", old)
    assert "held 2 events when it was last pulled from" in answer.err
    assert answer.out.startswith("Nothing new")


def test_what_we_lost_comes_back(
    ann: Wherefrom, ben: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHEREFROM_STATE", "")
    old = shutil.copy(ann.db, ann.folder / "old.db")
    say(ann, "7", "Cleo")
    ben("pull", ann.db)
    shutil.copyfile(old, ann.db)
    views_path(ann.db).unlink()
    answer = ann("pull", ben.db)
    assert "Note: 1 event of these" in answer.err
    assert "was put back to an earlier state" in answer.err
    assert "Cleo" in ann("show", "storm").out
    ben("pull", ann.db)
    ann("pull", ben.db)
    assert held(ann) == held(ben)


def test_a_ledger_that_does_not_verify_is_not_pulled(ann: Wherefrom, ben: Wherefrom) -> None:
    connection = sqlite3.connect(ben.db)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE bodies SET body = cast(replace(body, '5', '6') AS BLOB)")
    connection.commit()
    connection.close()
    answer = ann("pull", ben.db, code=1)
    assert f"{ben.db} does not verify: position 0: " in answer.err
    assert listed(ann) == ["claim-asserted"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("nothing.db", "no such ledger"),
        ("claims.csv", "claims.csv: no ledger. Name the ledger's file; what `wherefrom export`"),
        ("a.key", "a.key: a private key, and no ledger. Name the ledger's file"),
        (".", "a folder. Name the ledger's file in it"),
    ],
)
def test_what_is_no_ledger_cannot_be_pulled(ann: Wherefrom, other: str, words: str) -> None:
    ann.file("claims.csv", "subject,predicate\n" * 30)
    ann("keygen", "ann", "--output", ann.folder / "a.key")
    assert words in ann("pull", ann.folder / other, code=2).err


def test_a_bad_pull_starts_no_ledger(wherefrom: Wherefrom) -> None:
    wherefrom("pull", wherefrom.folder / "nothing.db", code=2)
    assert not wherefrom.db.exists()


def forged(path: Path, *events: tuple[str, bytes]) -> Path:
    """A ledger that verifies, whose bodies say what nobody could have filed."""
    store = SqliteStore.open(path, "e" * 32)
    frontier = Frontier()
    rows = []
    for at, (type_, body) in enumerate(events):
        when = f"2026-02-06T00:00:{at:02d}.000000Z"
        head = encode_head(Head(type_, "e" * 32, at, "eve", when, commitment(bytes(16), body)))
        hashes = frontier.append(leaf_hash(head))
        rows.append(Row(at, head, hashes, bytes(16), body, fingerprint_of(type_, body)))
    with store.appending() as writer:
        writer.add(rows)
    store.close()
    return path


SAYS = b'"claimant":"c","predicate":"p","published":"2026","subject":"s","value":"5"'
READ = (
    b'"published":{"earliest":1767225600,"latest":1798761599},'
    b'"value":{"lower":"5","type":"quantity","upper":"5"}'
)
SOUND = b'{"reading":{%s,"version":1},"statement":{%s}}' % (READ, SAYS)


@pytest.mark.parametrize(
    ("type_", "body", "words"),
    [
        ("claim-asserted", b"[1, 2]", "not a JSON object"),
        ("claim-asserted", b"[" * 50_000, "not JSON"),
        ("claim-asserted", SOUND.replace(b'"s"', b"7"), "not of the form"),
        ("claim-asserted", SOUND.replace(b'"earliest":17', b'"earliest":18'), "before it starts"),
        (
            "claim-asserted",
            SOUND.replace(b'"latest":17', b'"latest":%d' % 10**18),
            "Integer exceeds",
        ),
        ("claim-asserted", SOUND.replace(b'"lower":"5"', b'"lower":"6"'), "before it starts"),
        ("claim-asserted", SOUND.replace(b'"lower":"5"', b'"lower":"-1E+99999999"'), "60 digits"),
        ("claim-asserted", SOUND.replace(b'"s"', b'"%s"' % (b"s" * 2**20)), "bytes"),
        ("claim-forgotten", b'{"reading":{},"statement":{}}', "update wherefrom"),
        (
            "predicate-defined",
            b'{"reading":{"version":1},"statement":{"name":"p","over_time":"instant",'
            b'"tolerance":"much","value_type":"quantity"}}',
            "not of the form of predicate-defined",
        ),
    ],
)
def test_what_could_not_be_read_here_stays_outside(
    ann: Wherefrom, tmp_path: Path, type_: str, body: bytes, words: str
) -> None:
    """It would stop the views for good, since nothing that is here can be removed again."""
    before = held(ann)
    other = forged(tmp_path / "eve.db", ("claim-asserted", SOUND), (type_, body))
    answer = ann("pull", other, code=2)
    assert "there, position 1: " in answer.err
    assert words in answer.err
    assert "Nothing was pulled" in answer.err
    assert held(ann) == before
    sound = forged(tmp_path / "sound.db", ("claim-asserted", SOUND))
    assert ann("pull", sound, "--json").json["pulled"] == 1


# --- checkpoints -----------------------------------------------------------------------------


@pytest.fixture
def signed(ben: Wherefrom) -> tuple[Path, str]:
    """Ben's checkpoint in a file, and the key that it is checked with."""
    key = ben.folder / "ben.key"
    verifier = ben("keygen", "ben.example", "--output", key).out.strip()
    ben("checkpoint", "--key", key, "--output", ben.folder / "kept")
    return ben.folder / "kept", verifier


def test_a_ledger_that_extends_its_checkpoint_is_pulled(
    ann: Wherefrom, ben: Wherefrom, signed: tuple[Path, str]
) -> None:
    kept, verifier = signed
    say(ben, "7", "Cleo")
    told = ann("pull", ben.db, "--checkpoint", kept, "--verifier", verifier).out
    assert f"It extends {kept}, of 1 event." in " ".join(told.split())
    assert "Signed by ben.example" in told
    with SqliteStore.reading(ann.db)._connection as connection:
        notes = connection.execute("SELECT size, note FROM heads_seen ORDER BY number").fetchall()
    assert notes == [(1, kept.read_text()), (2, None)]
    assert "not checked" in ann("pull", ben.db, "--checkpoint", kept).out


def test_a_ledger_that_is_not_what_was_signed_is_a_fork(
    ann: Wherefrom, ben: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHEREFROM_STATE", "")
    fork(ben)
    key = ben.folder / "ben.key"
    verifier = ben("keygen", "ben.example", "--output", key).out.strip()
    kept = ben.folder / "kept"
    ben("checkpoint", "--key", key, "--output", kept, db=ben.folder / "shown.db")
    answer = ann("pull", ben.db, "--checkpoint", kept, "--verifier", verifier, code=1)
    assert "not those that were signed" in answer.err
    [evidence] = (ann.folder / "facts.forks").iterdir()
    told = json.loads(evidence.read_text())
    assert told["kind"] == "not-as-signed"
    assert told["seen"]["note"] == kept.read_text()
    assert listed(ann) == ["claim-asserted"]


def test_a_checkpoint_by_somebody_else_is_refused_without_a_fork(
    ann: Wherefrom, ben: Wherefrom, signed: tuple[Path, str]
) -> None:
    kept, _ = signed
    other = ann("keygen", "ann.example", "--output", ann.folder / "ann.key").out.strip()
    answer = ann("pull", ben.db, "--checkpoint", kept, "--verifier", other, code=1)
    assert "signed by none of the keys given" in answer.err
    assert not (ann.folder / "facts.forks").exists()
    assert "--verifier checks a checkpoint" in ann("pull", ben.db, "--verifier", other, code=2).err
