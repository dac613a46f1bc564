"""`wherefrom export`: what was filed, as JSON Lines that `import` reads back."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from commands import SEEDS, Wherefrom
from histories import Desk, Move, histories
from hypothesis import given, settings
from projected import whole

from ledger.exporting import Exported, export_lines
from ledger.heads import decode_head
from ledger.memory import MemoryStore
from ledger.sqlite import SqliteStore
from ledger.store import Row

FILED = """
    {"label": "a", "subject": "storm", "predicate": "deaths", "value": "at least 3 428", "unit": "people", "scope": {"place": "Oman"}, "claimant": "Red Cross", "via": ["radio", "agency"], "published": "2026-02-07", "as_of": "2026-02~", "start": 4, "end": 9, "wording": "« au moins 3 428 »", "lang": "fr"}
    {"label": "b", "type": "recording-corrected", "corrects": "@a", "subject": "storm", "predicate": "deaths", "value": "at least 3,429", "claimant": "Red Cross", "published": "2026-02-07"}
    {"type": "claims-linked", "claim": "@b", "relation": "relays", "other": "@a"}
    {"type": "claim-retracted", "claim": "@b", "published": "2026-02-09", "reason": "a slip"}
    {"label": "d", "type": "predicate-defined", "name": "deaths", "value_type": "quantity", "over_time": "cumulative-up", "tolerance": "5%"}
    {"type": "predicate-defined", "name": "deaths", "value_type": "quantity", "after": "@d"}
    {"type": "predicate-defined", "name": "party", "value_type": "entity", "multi_valued": true, "disjoint": ["A", "B"]}
    {"type": "source-described", "name": "Red Cross", "kind": "organisation", "aliases": ["RC"]}
    {"type": "entities-matched", "a": "Muscat", "b": "Oman", "relation": "within"}
    {"type": "contradiction-adjudicated", "finding": "fb0e50c0ad6ec148", "decision": "dismissed", "reason": "two counts", "pairs": [[["a", "1"], ["b", "2"]]]}
"""  # noqa: E501

Line = dict[str, Any]


def lines_of(wherefrom: Wherefrom, *options: str) -> list[Line]:
    return [json.loads(line) for line in wherefrom("export", *options).lines]


def unlabelled(lines: list[Line]) -> list[Line]:
    """The lines with numbers in the place of the ids, which every ledger makes its own."""
    numbers = {f"@{line['label']}": f"@{number}" for number, line in enumerate(lines)}
    return [
        {
            name: numbers.get(text, text) if isinstance(text, str) else text
            for name, text in line.items()
            if name != "label"
        }
        for line in lines
    ]


FINDING = re.compile(r"\b[0-9a-f]{16}\b")


def views_of(db: Path) -> dict[str, list[str]]:
    """All that the views show, with positions in the place of ids and times of recording.

    A finding about one claim has its id from the claim's, so findings go by what ids come from.
    """
    store = SqliteStore.open(db)
    numbers = {}
    for row in store.rows():
        numbers[row.hashes[:32].hex()] = f"#{row.position}"
        numbers[decode_head(row.head).recorded_at.lower()] = f"time {row.position}"
    pattern = re.compile(r"[0-9a-fA-F]{64}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

    def numbered(shown: object) -> str:
        return pattern.sub(lambda found: numbers.get(found[0].lower(), found[0]), repr(shown))

    seen = whole(store)
    store.close()
    findings = seen.pop("findings")
    known = {
        id_: f"{rule} at {numbered(instant)}"
        for id_, (_, _, rule, *_, instant, _) in findings.items()
    }

    def named(shown: object) -> str:
        return FINDING.sub(lambda found: known.get(found[0], found[0]), numbered(shown))

    parts = (*seen.items(), ("findings", findings.items()))
    return {part: sorted(map(named, rows)) for part, rows in parts}


def test_a_line_is_the_statement_with_its_type_and_its_id_for_a_label(
    wherefrom: Wherefrom,
) -> None:
    wherefrom("import", wherefrom.file("filed.jsonl", FILED))
    exported = lines_of(wherefrom)
    ids = [event["id"] for event in wherefrom("log", "--json").json]
    assert [line["label"] for line in exported] == ids
    assert {line["type"] for line in exported} >= {"claim-asserted", "predicate-defined"}
    filed = [json.loads(line) for line in FILED.strip().splitlines()]
    named = {"@a": f"@{ids[0]}", "@b": f"@{ids[1]}", "@d": f"@{ids[4]}"}
    for number, (line, typed) in enumerate(zip(exported, filed, strict=True)):
        typed.setdefault("type", "claim-asserted")
        typed.pop("label", None)
        del line["label"]
        assert line == {
            name: named.get(text, text) if isinstance(text, str) else text
            for name, text in typed.items()
        }, number


def test_the_seeds_come_back_as_they_were_filed(wherefrom: Wherefrom) -> None:
    wherefrom.seeds()
    filed = [
        json.loads(text)
        for path in sorted(SEEDS.glob("*.jsonl"))
        for text in path.read_text(encoding="utf-8").splitlines()
    ]
    exported = lines_of(wherefrom)
    for line, typed in zip(exported, filed, strict=True):
        del line["label"]
        typed.setdefault("type", "claim-asserted")
        typed.pop("label", None)
        assert line == typed


def replayed(history: list[Move]) -> bytes:
    """Return the export of a history, told to a ledger directly."""
    desk = Desk()
    desk.findings = lambda: [
        (id_, found[1]) for id_, found in whole(desk.ledger.store)["findings"].items()
    ]
    for move in history:
        desk.play(move)
    return b"".join(export_lines(desk.ledger.store, desk.ledger.size(), Exported()))


@given(histories())
@settings(max_examples=25)
def test_what_is_exported_and_imported_is_the_same_again(history: list[Move]) -> None:
    """The same statements in the same order, the same views; importing again changes nothing.

    The first import leaves out what no command would have recorded, the last what cannot be
    read any more since its predicate was defined after it was filed.
    """
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Wherefrom(Path(folder), "ours.db"), Wherefrom(Path(folder), "theirs.db")
        history_file, export_file = ours.folder / "history.jsonl", ours.folder / "export.jsonl"
        history_file.write_bytes(replayed(history))
        ours("import", history_file, "--skip-bad")
        if not ours.db.exists():
            return
        ours("export", "--output", export_file)
        recorded = theirs("import", export_file, "--json").json
        assert recorded["rejected"] == recorded["already_recorded"] == 0
        assert unlabelled(lines_of(theirs)) == unlabelled(lines_of(ours))
        assert views_of(theirs.db) == views_of(ours.db)
        for ledger in (theirs, ours):
            again = ledger("import", export_file, "--skip-bad", "--json").json
            assert again["recorded"] == 0
            for rejects in ours.folder.glob("export.jsonl.rejected.*"):
                rejects.unlink()


def test_known_at_exports_a_prefix(wherefrom: Wherefrom) -> None:
    wherefrom("import", wherefrom.file("filed.jsonl", FILED))
    assert lines_of(wherefrom, "--known-at", "2") == lines_of(wherefrom)[:3]
    assert lines_of(wherefrom, "--known-at", "2001-01-01") == []


def test_output_is_whole_or_not_there(wherefrom: Wherefrom) -> None:
    wherefrom("import", wherefrom.file("filed.jsonl", FILED))
    target = wherefrom.folder / "out.jsonl"
    target.write_text("what was there before", encoding="utf-8")
    wherefrom("export", "--output", target, "--known-at", "99", code=2)
    assert target.read_text(encoding="utf-8") == "what was there before"
    assert "Wrote 10 events" in wherefrom("export", "--output", target).out
    assert len(target.read_text(encoding="utf-8").splitlines()) == 10
    missing = wherefrom.folder / "nowhere" / "out.jsonl"
    assert "Name a file that can be written" in wherefrom("export", "--output", missing, code=2).err
    names = {path.name for path in wherefrom.folder.iterdir()}
    assert not {name for name in names if name.startswith(".")}


def test_an_export_that_fails_midway_leaves_the_old_file(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    wherefrom("import", wherefrom.file("filed.jsonl", FILED))
    target = wherefrom.folder / "out.jsonl"
    target.write_text("what was there before", encoding="utf-8")

    def breaking(*_: object) -> Any:
        yield b"{}\n"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ledger.exporting.export_lines", breaking)
    answer = wherefrom("export", "--output", target, code=2)
    assert "No space left on device" in answer.err
    assert target.read_text(encoding="utf-8") == "what was there before"
    assert {path.name for path in wherefrom.folder.iterdir()} >= {"out.jsonl"}
    assert not [path for path in wherefrom.folder.iterdir() if path.name.startswith(".out")]


def test_what_an_import_could_not_read_is_left_out_and_said(wherefrom: Wherefrom) -> None:
    """A text that is missing, an event of an unknown type, and what names either of them."""
    wherefrom("import", wherefrom.file("filed.jsonl", FILED))
    store = SqliteStore.open(wherefrom.db)
    rows = list(store.rows())
    store.close()
    erased = Row(0, rows[0].head, rows[0].hashes, None, None, None)
    strange = Row(
        5, rows[5].head.replace(b"predicate-defined", b"x-ours"), *(
            rows[5].hashes, rows[5].salt, rows[5].body, rows[5].fingerprint
        )
    )  # fmt: skip
    kept = MemoryStore("0" * 32)
    with kept.appending() as writer:
        writer.add([erased, *rows[1:5], strange, *rows[6:]])
    counts = Exported()
    exported = [json.loads(line) for line in export_lines(kept, 10, counts)]
    assert counts == Exported(written=5, missing=1, unknown=1, dangling=3)
    assert [line["type"] for line in exported] == [
        "predicate-defined",
        "predicate-defined",
        "source-described",
        "entities-matched",
        "contradiction-adjudicated",
    ]
