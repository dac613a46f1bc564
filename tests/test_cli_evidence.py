"""`wherefrom evidence`, and the rule of the same name in the report."""

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import documents
import pytest
from commands import Wherefrom

from ledger import document_text
from ledger import kept as kept_documents

TEXT = "On Friday five people died. On Saturday five people were found, says Ann."
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.fixture
def wherefrom(tmp_path: Path) -> Wherefrom:
    """A ledger with one document that is kept."""
    wherefrom = Wherefrom(tmp_path)
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    wherefrom("capture", path)
    path.unlink()
    return wherefrom


def file(wherefrom: Wherefrom, **fields: Any) -> str:
    """Record a claim as another program would, whatever it says of its passage."""
    claim = {
        "subject": "storm", "predicate": "deaths", "value": "5", "claimant": "Ann",
        "published": "2026-01-02", "evidence_sha256": DIGEST, **fields,
    }  # fmt: skip
    wherefrom("import", wherefrom.file("claim.jsonl", json.dumps(claim)))
    return str(wherefrom("log", "--last", 1, "--json").json[0]["id"])


FOUND = {"quote": "five people died", "start": 10, "end": 26}
MOVED = {"quote": "five people were found", "start": 10, "end": 32}
MISSING = {"quote": "six people died", "start": 10, "end": 25}
ABSENT = {"evidence_sha256": "ab" * 32, "quote": "x"}


def test_all_is_well(wherefrom: Wherefrom) -> None:
    file(wherefrom, **FOUND)
    file(wherefrom, value="6", start=10, end=26)
    said = wherefrom("evidence")
    assert said.lines == ["2 passages: 1 found where we say, 1 without words to compare."]


def test_where_nothing_points_into_a_document(tmp_path: Path) -> None:
    wherefrom = Wherefrom(tmp_path)
    wherefrom("add", "a", "b", "c", "--claimant", "Ann", "--published", "2026", "--yes")
    assert wherefrom("evidence").lines == [
        "No claim that was neither corrected nor retracted points into a document."
    ]
    assert wherefrom("evidence", "--json").json == []


def test_what_moved_and_what_is_missing_is_named(wherefrom: Wherefrom) -> None:
    moved, missing = file(wherefrom, **MOVED), file(wherefrom, value="6", **MISSING)
    file(wherefrom, value="7", **ABSENT)
    said = wherefrom("evidence", code=1)
    text = " ".join(said.out.split())
    assert f"{moved[:10]} moved: the quoted text is not at code points 10–32 of document" in text
    assert "but at 40–62 storm, deaths: 5, according to Ann" in text
    assert "quoted: “five people were found” there now: “five people died. On S”" in text
    assert f"{missing[:10]} missing: the quoted text is not in document {DIGEST[:12]}" in text
    assert "document abababababab, 1 passage: not kept here; `wherefrom capture FILE`" in text
    assert text.endswith("3 passages: 1 moved, 1 missing, 1 in documents that are not kept.")


def test_a_document_that_is_not_kept_is_no_failure(wherefrom: Wherefrom) -> None:
    file(wherefrom, **ABSENT)
    [told] = wherefrom("evidence", "--json").json
    assert (told["state"], told["finding"]) == ("not-kept", None)
    given = wherefrom.folder / "given.txt"
    given.write_text("y", encoding="utf-8")
    file(wherefrom, value="9", evidence_sha256=hashlib.sha256(b"y").hexdigest(), quote="z")
    assert {one["state"] for one in wherefrom("evidence", "--json").json} == {"not-kept"}
    told = wherefrom("evidence", "--evidence", given, "--json", code=1).json
    assert [one["state"] for one in told] == ["not-kept", "missing"]


def test_as_data(wherefrom: Wherefrom) -> None:
    id_ = file(wherefrom, **MOVED)
    [told] = wherefrom("evidence", "--json", code=1).json
    assert told["id"] == id_
    assert (told["state"], told["places"], told["passage"]) == (
        "moved", [[40, 62]], "five people died. On S",
    )  # fmt: skip
    assert {name: told[name] for name in ("sha256", "start", "end")} == {
        "sha256": DIGEST, "start": 10, "end": 32,
    }  # fmt: skip
    [row] = csv.DictReader(io.StringIO(wherefrom("evidence", "--csv", code=1).out))
    assert (row["state"], row["places"], row["finding"]) == ("moved", "40-62", told["finding"])


def test_only_the_claims_that_are_named(wherefrom: Wherefrom) -> None:
    found = file(wherefrom, **FOUND)
    moved = file(wherefrom, value="6", **MOVED)
    assert wherefrom("evidence", found[:8], "--json").json[0]["id"] == found
    told = wherefrom("evidence", found, moved[:8], "--json", code=1).json
    assert [one["id"] for one in told] == [found, moved]
    assert "no id" in wherefrom("evidence", "storm", code=2).err
    assert "was not recorded by then" in wherefrom("evidence", moved, "--known-at", 1, code=2).err


def test_a_mended_place_is_checked_in_the_place_of_the_first(wherefrom: Wherefrom) -> None:
    first = file(wherefrom, **MOVED)
    wherefrom("correct", first, "--quote", "five people were found", "--yes")
    [told] = wherefrom("evidence", "--json").json
    assert (told["state"], told["start"]) == ("found", 40)
    assert wherefrom("evidence", first, "--json", code=1).json[0]["state"] == "moved"
    position = told["position"] - 1
    assert wherefrom("evidence", "--known-at", f"+{position}", code=1).out


def test_about_a_time(wherefrom: Wherefrom) -> None:
    file(wherefrom, **MOVED, as_of="2025")
    file(wherefrom, value="6", **FOUND, as_of="2024")
    assert wherefrom("evidence", "--about", "2024", "--json").json[0]["state"] == "found"
    assert wherefrom("evidence", "--about", "2025", "--json", code=1).json[0]["state"] == "moved"


def test_a_retracted_claim_is_left_out(wherefrom: Wherefrom) -> None:
    id_ = file(wherefrom, **MOVED)
    wherefrom("retract", id_, "--reason", "no", "--published", "2026-01-03")
    assert wherefrom("evidence", "--json").json == []


def kept(wherefrom: Wherefrom) -> Path:
    return wherefrom.folder / "facts.evidence"


def overwrite(path: Path, text: str) -> None:
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def test_altered_bytes_are_found_though_the_quote_still_stands(wherefrom: Wherefrom) -> None:
    file(wherefrom, **FOUND)
    overwrite(kept(wherefrom) / DIGEST, TEXT + " No.")
    said = " ".join(wherefrom("evidence", code=1).out.split())
    assert f"document {DIGEST[:12]}, 1 passage: " in said
    assert "its bytes are no longer those it is named after" in said
    assert said.endswith("1 passage: 1 in altered documents.")


def test_an_altered_document_that_nobody_quotes_is_found(wherefrom: Wherefrom) -> None:
    overwrite(kept(wherefrom) / DIGEST, "other")
    [told] = wherefrom("evidence", "--json", code=1).json
    assert (told["id"], told["state"], told["sha256"]) == (None, "altered", DIGEST)
    assert "its bytes are no longer" in " ".join(wherefrom("evidence", code=1).out.split())
    assert len(wherefrom("evidence", "--csv", code=1).lines) == 2


@pytest.fixture
def page(wherefrom: Wherefrom) -> str:
    """A page that is kept with its text, and quoted; return its hash."""
    path = wherefrom.folder / "page.html"
    path.write_bytes(documents.page())
    digest = str(wherefrom("capture", path, "--json").json[0]["sha256"])
    wherefrom(
        "add", "storm", "deaths", "3,428", "--claimant", "Ministry", "--published", "2026-01-02",
        "--evidence", digest[:8], "--quote", "rose to 3,428 people", "--yes",
    )  # fmt: skip
    return digest


def test_an_altered_text_beside_a_page_is_found(wherefrom: Wherefrom, page: str) -> None:
    assert wherefrom("evidence").lines == ["1 passage: 1 found where we say."]
    [text] = kept(wherefrom).glob("*.txt")
    overwrite(text, "The toll rose to 9,999 people")
    said = " ".join(wherefrom("evidence", code=1).out.split())
    assert "not the text that html-1+trafilatura-" in said
    assert "1 passage: 1 in altered documents." in said


def test_a_later_reader_of_pages_moves_nothing_while_the_text_is_kept(
    wherefrom: Wherefrom, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (document_text, kept_documents):
        monkeypatch.setattr(module, "taken_by", lambda kind: "html-9")
    monkeypatch.setattr(document_text, "_text_of_html", lambda data: "So rose to 3,428 people")
    assert wherefrom("evidence").lines == ["1 passage: 1 found where we say."]
    [text] = kept(wherefrom).glob("*.txt")
    text.unlink()
    [told] = wherefrom("evidence", "--json", code=1).json
    assert (told["state"], told["places"], told["text_by"]) == ("moved", [[3, 23]], "html-9")


def test_the_folder_can_be_lost_and_given_back(wherefrom: Wherefrom, page: str) -> None:
    shutil.rmtree(kept(wherefrom))
    assert wherefrom("evidence", "--json").json[0]["state"] == "not-kept"
    wherefrom("capture", wherefrom.folder / "page.html")
    assert wherefrom("evidence", "--json").json[0]["state"] == "found"


# The rule


def report(wherefrom: Wherefrom, *options: object) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = wherefrom("contradictions", *options, "--json").json
    return told


def test_the_rule_says_what_the_check_found(wherefrom: Wherefrom) -> None:
    moved, found = file(wherefrom, **MOVED), file(wherefrom, value="at least 4", **FOUND)
    [finding] = report(wherefrom, "--rule", "evidence")
    assert (finding["rule"], finding["verdict"], finding["status"]) == (
        "evidence", "tension", "open",
    )  # fmt: skip
    assert finding["explanation"] == (
        f"the quoted text is not at code points 10–32 of document {DIGEST[:12]}, but at 40–62"
    )
    [camp] = finding["camps"]
    assert camp["claims"] == [moved]
    assert found not in camp["claims"]
    assert finding["since"] == wherefrom("log", "--json").json[1]["recorded_at"]
    told = {one["id"]: one["finding"] for one in wherefrom("evidence", "--json", code=1).json}
    assert told == {moved: finding["id"], found: None}
    assert report(wherefrom) == []


def test_its_id_is_that_of_the_place_on_every_desk(wherefrom: Wherefrom) -> None:
    file(wherefrom, **MOVED)
    [first] = report(wherefrom, "--rule", "evidence")
    file(wherefrom, value="6", claimant="Ben", **MOVED)
    [second] = report(wherefrom, "--rule", "evidence")
    assert first["id"] == second["id"]
    assert second["camps"][0]["claimants"] == ["Ann", "Ben"]
    file(wherefrom, **{**MOVED, "start": 11})
    assert len({one["id"] for one in report(wherefrom, "--rule", "evidence")}) == 2


def test_it_stands_beside_other_rules_and_under_the_same_filters(wherefrom: Wherefrom) -> None:
    file(wherefrom, **MOVED, as_of="2026-01-01")
    file(wherefrom, value="50", claimant="Ben", as_of="2026-01-01")
    both = report(wherefrom, "--rule", "evidence", "--rule", "value")
    assert [one["rule"] for one in both] == ["value", "evidence"]
    assert [one["rule"] for one in report(wherefrom, "--rule", "value")] == ["value"]
    for options, number in (
        (("--claimant", "Ann"), 1), (("--claimant", "Ben"), 0), (("--subject", "storm"), 1),
        (("--verdict", "contradiction"), 0), (("--about", "2025"), 0), (("--about", "2026"), 1),
    ):  # fmt: skip
        assert len(report(wherefrom, "--rule", "evidence", *options)) == number
    said = wherefrom(
        "contradictions", "--rule", "evidence", "--verdict", "tension", "--fail", code=1
    )
    assert "tension (evidence): Ann\n" in said.out


@pytest.mark.parametrize("form", ["md", "html"])
def test_it_stands_in_a_printed_report(wherefrom: Wherefrom, form: str) -> None:
    file(wherefrom, **MOVED)
    said = wherefrom("contradictions", "--rule", "evidence", "--format", form)
    assert "the quoted text is not at code points 10–32 of document" in said.out


def test_it_has_no_past(wherefrom: Wherefrom) -> None:
    told = wherefrom("contradictions", "--rule", "evidence", "--since", 0, code=2)
    assert "reads documents, of which no past is kept" in told.err


def test_what_it_finds_is_kept_in_no_view(wherefrom: Wherefrom) -> None:
    file(wherefrom, **MOVED)
    assert report(wherefrom, "--rule", "evidence")
    assert report(wherefrom) == []
    assert wherefrom("trace", "last", "--json").json[0]["findings"] == []


@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
def test_what_has_no_end_is_no_document(wherefrom: Wherefrom) -> None:
    claim = ("storm", "deaths", "5", "--claimant", "Ann", "--published", "2026-01-02", "--yes")
    pipe = wherefrom.folder / "pipe"
    os.mkfifo(pipe)
    for path in ("/dev/zero", pipe):
        for command in (("add", *claim), ("evidence",), ("trace", "5")):
            told = wherefrom(*command, "--evidence", path, code=2)
            assert told.err == (
                f"Error: --evidence {path}: no ordinary file. Save what it gives, and name that\n"
            )
    assert len(wherefrom("log", "--json").json) == 1


@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_in_the_place_of_a_document_is_named(
    wherefrom: Wherefrom, make: Callable[[Path], None]
) -> None:
    path = wherefrom.folder / "facts.evidence" / DIGEST
    path.unlink()
    make(path)
    remedy = f"{path}: no ordinary file. Move it away, and capture the document again"
    [row] = wherefrom("evidence", "--json", code=1).json
    assert (row["state"], row["problem"]) == ("altered", remedy)
    again = wherefrom.folder / "again.txt"
    again.write_text(TEXT, encoding="utf-8")
    assert wherefrom("capture", again, code=2).err == f"Error: {remedy}\n"


@pytest.mark.parametrize("name", ["/", "."])
def test_a_ledger_that_is_a_folder_is_refused_before_anything_is_kept(
    wherefrom: Wherefrom, name: str
) -> None:
    file = wherefrom.file("b.txt", "words")
    for command in (("capture", file), ("evidence",), ("export", "--output", "b.txt")):
        told = wherefrom(*command, code=2, db=Path(name))
        assert told.err == f"Error: {name}: a folder, not a file. Name a file with --db\n"
