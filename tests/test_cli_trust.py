"""`wherefrom log`, `verify`, `doctor` and `rebuild`: what the owner of a ledger asks of it."""

import json
import os
import shutil
import sqlite3
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Wherefrom

from ledger.events import SourceDescribed
from ledger.log import Ledger
from ledger.sqlite import SqliteStore
from projections.views import views_path

CLAIMS = """
    subject,predicate,value,unit,as_of,claimant,published
    storm,deaths,100,people,2026-02-06,Red Cross,2026-02-07
    storm,deaths,140,people,2026-02-06,government,2026-02-07
"""


@pytest.fixture
def filed(wherefrom: Wherefrom) -> Wherefrom:
    wherefrom("define", "deaths", "--type", "quantity", "--unit", "people")
    wherefrom.table(CLAIMS)
    return wherefrom


def tamper(db: Path, statement: str) -> None:
    """Change the file behind the ledger's back."""
    connection = sqlite3.connect(db)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.commit()
    connection.close()


# verify


def test_verify_says_what_holds_and_what_it_cannot_say(filed: Wherefrom) -> None:
    told = filed("verify").out
    assert told.startswith("Consistent in itself: 3 events, ")
    assert "Not anchored" in told
    for word in ("authentic", "proven", "true"):
        assert word not in told


def test_verify_answers_programs_with_the_root(filed: Wherefrom) -> None:
    from ledger.roots import root_of

    answer = filed("verify", "--json").json
    store = SqliteStore.open(filed.db)
    found = {"ok": True, "size": 3, "root": root_of(store, 3), "problems": [], "erased": 0}
    assert answer == {**found, "anchored": 0, "checkpoints": []}
    store.close()


@pytest.mark.parametrize(
    ("statement", "position", "words"),
    [
        (
            "UPDATE bodies SET body = cast(replace(body, '140', '141') AS BLOB) WHERE position = 2",
            2,
            "not the one that was recorded",
        ),
        ("DELETE FROM bodies WHERE position = 1", 1, "the body is missing"),
        ("UPDATE events SET hashes = zeroblob(32) WHERE position = 0", 0, "hashes"),
        (
            "UPDATE events SET head = cast(replace(head, 'claim-asserted', 'x') AS BLOB) "
            "WHERE position = 1",
            1,
            "hashes",
        ),
        ("DELETE FROM events WHERE position = 1", 1, "missing"),
    ],
)
def test_verify_names_the_place_of_every_change(
    filed: Wherefrom, statement: str, position: int, words: str
) -> None:
    tamper(filed.db, statement)
    answer = filed("verify", "--json", code=1).json
    assert answer["ok"] is False
    assert any(
        problem.startswith(f"position {position}:") and words in problem
        for problem in answer["problems"]
    )
    told = filed("verify", code=1).out
    assert told.startswith("Not consistent: ")
    assert f"position {position}:" in told


def test_verify_of_a_file_cut_short_fails_without_a_traceback(filed: Wherefrom) -> None:
    for _ in range(3):
        filed.seeds()
    whole = filed.db.read_bytes()
    filed.db.write_bytes(whole[: len(whole) // 2])
    answer = filed("verify", "--json", code=1).json
    assert answer["ok"] is False
    assert answer["problems"]


def test_verify_wants_a_ledger(wherefrom: Wherefrom) -> None:
    assert "no such ledger" in wherefrom("verify", code=2).err


# log


def test_log_lists_events_in_order_with_what_they_say(filed: Wherefrom) -> None:
    filed("retract", "last", "--reason", "a slip", "--published", "2026-02-09")
    lines = filed("log").lines
    assert [line.split()[0] for line in lines] == ["0", "1", "2", "3"]
    assert [line.split()[4] for line in lines] == [
        "predicate-defined",
        "claim-asserted",
        "claim-asserted",
        "claim-retracted",
    ]
    assert lines[2].endswith("government: storm, deaths: 140 people as of 2026-02-06")
    assert lines[3].endswith("taken back, 2026-02-09: a slip")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--type", "quantity", "--part-of", "deaths"), "quantity, part of deaths"),
        (("--type", "day", "--not-before", "start"), "day, not before start"),
        (
            ("--type", "quantity", "--tolerance", "5%", "--disjoint", "A, B"),
            "quantity, tolerance 5%, parts that do not overlap: A; B",
        ),
    ],
)
def test_log_says_beside_what_a_predicate_is_defined(
    filed: Wherefrom, options: tuple[str, ...], says: str
) -> None:
    filed("define", "some", *options)
    assert filed("log", "--last", 1).lines[0].endswith(f"some: {says}")


def test_log_tells_programs_the_whole_statement(filed: Wherefrom) -> None:
    events = filed("log", "--json").json
    assert [event["position"] for event in events] == [0, 1, 2]
    assert events[1]["statement"]["claimant"] == "Red Cross"
    assert events[1]["recorded_at"] < events[2]["recorded_at"]
    assert [json.loads(line) for line in filed("log", "--nl").lines] == events
    assert len(filed("log", "--csv").lines) == 4


@pytest.mark.parametrize(
    ("options", "positions"),
    [
        (["--last", "2"], [1, 2]),
        (["--last", "9"], [0, 1, 2]),
        (["--type", "claim-asserted"], [1, 2]),
        (["--type", "predicate-defined", "--type", "claim-asserted"], [0, 1, 2]),
        (["--type", "claim-asserted", "--last", "1"], [2]),
        (["--type", "x-ours"], []),
        (["--since", "2001-01-01"], [0, 1, 2]),
        (["--since", "9000-01-01"], []),
        (["--known-at", "1"], [0, 1]),
        (["--known-at", "1", "--last", "1"], [1]),
        (["--known-at", "2001-01-01"], []),
    ],
)
def test_log_shows_a_part(filed: Wherefrom, options: list[str], positions: list[int]) -> None:
    assert [event["position"] for event in filed("log", "--json", *options).json] == positions


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--last", "0"], "--last"),
        (["--since", "soon"], "--since: soon is no date"),
        (["--type", "claim"], "--type: 'claim' is unknown. Did you mean claims-linked?"),
        (["--type", "zzz"], "--type: 'zzz' is unknown. Known: claim-asserted, "),
        (["--known-at", "3"], "the last event is at position 2"),
    ],
)
def test_log_refuses_what_cannot_be_meant(filed: Wherefrom, options: list[str], words: str) -> None:
    assert words in filed("log", *options, code=2).err


def test_log_keeps_every_event_on_one_line(filed: Wherefrom) -> None:
    filed("retract", "last", "--reason", "a slip,\nand \u202ered", "--published", "2026-02-09")
    assert len(filed("log").lines) == 4
    assert "a slip,\\nand \\u202ered" in filed("log").out


# doctor


def test_doctor_finds_nothing_to_mend_in_a_fresh_ledger(filed: Wherefrom) -> None:
    filed("contradictions")
    filed.db.chmod(0o600)
    answer = filed("doctor", "--json").json
    assert answer["ok"] is True
    seen = {check["what"]: check["seen"] for check in answer["checks"]}
    assert sqlite3.sqlite_version in seen["journal"]
    assert "3 events" in seen["ledger"]
    assert "0x77667231" in seen["ledger"]
    assert {check["state"] for check in answer["checks"]} == {"ok"}
    assert "Nothing to mend" in filed("doctor").out


def test_doctor_takes_views_that_are_behind_missing_or_broken_lightly(filed: Wherefrom) -> None:
    def views() -> tuple[str, str]:
        checks = filed("doctor", "--json").json["checks"]
        check = next(check for check in checks if check["what"] == "views")
        return check["state"], check["seen"]

    path = views_path(filed.db)
    path.unlink(missing_ok=True)
    assert views()[0] == "note"
    filed("contradictions")
    assert views()[0] == "ok"
    store = SqliteStore.open(filed.db)
    behind = Ledger(store, clock=lambda: datetime.now(UTC), random=os.urandom)
    behind.append([SourceDescribed(name="radio", kind="outlet")], "desk")
    store.close()
    assert "1 behind the ledger" in views()[1]
    path.write_bytes(b"no database at all, but long enough to look like one" * 100)
    assert views()[0] == "note"


def test_doctor_wants_mended_what_anybody_may_write(filed: Wherefrom) -> None:
    filed.db.chmod(0o666)
    answer = filed("doctor", "--json", code=1).json
    [check] = [check for check in answer["checks"] if check["state"] == "mend"]
    assert check["what"] == "permissions"
    assert check["advice"] == f"chmod o-w {filed.db}"
    assert "chmod o-w" in filed("doctor", code=1).out


def test_doctor_warns_of_a_disk_that_is_nearly_full(
    filed: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 99, 1))
    assert "only 1 bytes free" in filed("doctor", code=1).out


def test_doctor_says_what_is_wrong_with_a_damaged_ledger(filed: Wherefrom) -> None:
    for _ in range(3):
        filed.seeds()
    whole = filed.db.read_bytes()
    filed.db.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))
    answer = filed("doctor", "--json", code=1).json
    assert any("Restore it" in check["advice"] for check in answer["checks"])


def test_doctor_of_another_file_says_that_it_is_no_ledger(
    wherefrom: Wherefrom, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    answer = wherefrom("doctor", "--json", db=other, code=1).json
    assert any("no wherefrom ledger" in check["seen"] for check in answer["checks"])
    assert "no such ledger" in wherefrom("doctor", db=tmp_path / "none.db", code=2).err


# rebuild


def test_rebuild_makes_the_same_views_again(filed: Wherefrom) -> None:
    before = filed("contradictions", "--json").json
    answer = filed("rebuild", "--json").json
    assert (answer["events"], answer["claims"], answer["findings"]) == (3, 2, 1)
    views_path(filed.db).write_bytes(b"")
    assert "3 events" in filed("rebuild").out
    assert filed("contradictions", "--json").json == before


def test_rebuild_puts_right_what_the_views_say_wrongly(filed: Wherefrom) -> None:
    before = filed("contradictions", "--json").json
    views = sqlite3.connect(views_path(filed.db))
    views.execute("DELETE FROM findings")
    views.commit()
    views.close()
    assert filed("contradictions", "--json").json == []
    filed("rebuild")
    assert filed("contradictions", "--json").json == before


def test_rebuild_leaves_the_ledger_alone(filed: Wherefrom) -> None:
    before = filed.db.read_bytes()
    filed("rebuild")
    assert filed.db.read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_rebuild_says_where_it_may_not_write(filed: Wherefrom, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        assert "cannot be written" in filed("rebuild", code=2).err
    finally:
        tmp_path.chmod(0o755)
