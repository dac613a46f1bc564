"""`wherefrom add`: one claim by hand, shown as it was understood, warned about at once."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commands import Wherefrom

from ledger.events import ClaimAsserted
from ledger.log import Entry, Ledger
from ledger.sqlite import SqliteStore

TOLL = ("protests", "deaths", "at least 3,428")
SOURCE = ("--claimant", "Iran Human Rights", "--published", "2026-02-06")


def entries(wherefrom: Wherefrom) -> list[Entry]:
    """What the ledger holds, read without the command."""
    store = SqliteStore.open(wherefrom.db)
    try:
        return list(Ledger(store, clock=None, random=None).read())  # type: ignore[arg-type]
    finally:
        store.close()


def last_claim(wherefrom: Wherefrom) -> Any:
    event = entries(wherefrom)[-1].event
    assert isinstance(event, ClaimAsserted)
    return event.claim


# What is recorded, and what is said about it


def test_a_claim_with_its_source_and_its_date_is_all_that_is_needed(wherefrom: Wherefrom) -> None:
    answer = wherefrom("add", *TOLL, *SOURCE)
    [entry] = entries(wherefrom)
    assert answer.out == f"Recorded as {entry.id[:10]}, position 0\n"
    claim = last_claim(wherefrom)
    assert (claim.subject, claim.predicate, claim.claimant) == (
        "protests",
        "deaths",
        "Iran Human Rights",
    )
    assert (claim.value.stated, claim.published.stated) == ("at least 3,428", "2026-02-06")


def test_it_says_how_the_value_was_understood(wherefrom: Wherefrom) -> None:
    wherefrom("define", "deaths", "--type", "quantity", "--unit", "people")
    told = wherefrom("add", "manifestations", "deaths", "au moins 3 428", *SOURCE).err
    assert "at least 3,428 people" in told


@pytest.mark.parametrize(
    ("value", "options", "doubted"),
    [
        ("3.500 people", (), "3,500"),
        ("at least 12.500", (), "12,500"),
        ("3.500 people", ("--locale", "de"), None),
        ("3.50", (), None),
        ("0.125", (), None),
        ("3,428.500", (), None),
        ("3.5001", (), None),
        ("3 500", (), None),
    ],
)
def test_a_point_before_three_digits_is_asked_about(
    wherefrom: Wherefrom, value: str, options: tuple[str, ...], doubted: str | None
) -> None:
    """In half of Europe it groups the digits: a toll of 3.500 is no toll of three and a half."""
    told = wherefrom("add", "protests", "deaths", value, *SOURCE, *options).err
    assert (f"If it groups the digits, write {doubted}" in told) == bool(doubted)
    assert ("Note: " in told) == bool(doubted)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("quantity", "5.3 million", "5.3 million"),
        ("day", "2026-02-06", "the day 2026-02-06"),
        ("day", "2026-02", "the time 2026-02"),
        ("truth", "non", "no"),
        ("entity", "Oman", "the name 'Oman'"),
        ("text", "at least 3", "the words 'at least 3'"),
    ],
)
def test_what_the_words_mean_follows_from_the_type(
    wherefrom: Wherefrom, kind: str, value: str, words: str
) -> None:
    wherefrom("define", "this", "--type", kind)
    assert (
        f"something · this: {words}\n" == wherefrom("add", "something", "this", value, *SOURCE).err
    )


def test_a_list_is_shown_as_a_list_and_a_closed_one_as_closed(wherefrom: Wherefrom) -> None:
    wherefrom("define", "agenda", "--type", "text", "--multi-valued")
    shown = wherefrom("add", "talks", "agenda", "uniquement le nucléaire; les sanctions", *SOURCE)
    assert "only the words 'le nucléaire'; the words 'les sanctions'" in shown.err
    shown = wherefrom("add", "talks", "agenda", "missiles", "--demanded", *SOURCE)
    assert "a list: the words 'missiles' (demanded)" in shown.err


def test_every_field_can_be_given(wherefrom: Wherefrom) -> None:
    wherefrom(
        *("add", *TOLL, *SOURCE),
        *("--via", "outlet of document 003", "--via", "Reuters"),
        *("--said", "2026-02-05", "--as-of", "2026-02", "--unit", "people"),
        *("--scope", "population=protesters", "--scope", "place=Iran", "--modality", "alleged"),
        *("--url", "https://example.org/a", "--archive-url", "https://archive.example/a"),
        *("--evidence-sha256", "AB" * 32, "--start", "3", "--end", "9"),
        *("--wording", "il y a eu « 3 428 » morts", "--lang", "fr"),
    )
    claim = last_claim(wherefrom)
    assert claim.via == ("outlet of document 003", "Reuters")
    assert (claim.said.stated, claim.as_of.stated, claim.value.unit) == (
        "2026-02-05",
        "2026-02",
        "people",
    )
    assert claim.scope == {"population": "protesters", "place": "Iran"}
    assert claim.modality == "alleged"
    assert (claim.url, claim.archive_url) == ("https://example.org/a", "https://archive.example/a")
    assert (claim.evidence_sha256, claim.start, claim.end) == ("ab" * 32, 3, 9)
    assert (claim.wording, claim.lang) == ("il y a eu « 3 428 » morts", "fr")


@pytest.mark.parametrize("word", ["denied", "demanded", "refused", "alleged", "forecast"])
def test_a_modality_has_a_short_option(wherefrom: Wherefrom, word: str) -> None:
    wherefrom("add", *TOLL, *SOURCE, f"--{word}")
    assert last_claim(wherefrom).modality == word


def test_the_same_claim_is_recorded_once(wherefrom: Wherefrom) -> None:
    first = wherefrom("add", *TOLL, *SOURCE, "--json").json
    again = wherefrom("add", *TOLL, *SOURCE, "--json").json
    assert first["recorded"] is True
    assert again["recorded"] is False
    assert again["id"] == first["id"]
    assert len(entries(wherefrom)) == 1


def test_the_answer_for_programs(wherefrom: Wherefrom) -> None:
    answer = wherefrom("add", *TOLL, *SOURCE, "--json").json
    [entry] = entries(wherefrom)
    assert answer == {
        "id": entry.id,
        "position": 0,
        "recorded": True,
        "understood": "at least 3,428",
        "findings": [],
    }


def test_who_records_is_named_by_the_environment(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHEREFROM_RECORDER", "night desk")
    wherefrom("add", *TOLL, *SOURCE)
    assert entries(wherefrom)[0].head.recorder == "night desk"


def test_a_contradiction_is_told_at_once(wherefrom: Wherefrom) -> None:
    wherefrom("define", "deaths", "--type", "quantity")
    day = ("--as-of", "2026-02-06", "--published", "2026-02-07")
    quiet = wherefrom("add", "storm", "deaths", "100", "--claimant", "Red Cross", *day)
    assert "Warning" not in quiet.err
    told = wherefrom("add", "storm", "deaths", "140", "--claimant", "government", *day)
    assert "Warning: contradiction" in told.err
    assert "Warning" not in told.out
    answer = wherefrom("add", "storm", "deaths", "150", "--claimant", "mayor", *day, "--json").json
    assert [finding["rule"] for finding in answer["findings"]] == ["value"]


def test_a_claim_that_agrees_is_recorded_without_a_word(wherefrom: Wherefrom) -> None:
    wherefrom("define", "deaths", "--type", "quantity")
    day = ("--as-of", "2026-02-06", "--published", "2026-02-07")
    wherefrom("add", "storm", "deaths", "at least 100", "--claimant", "Red Cross", *day)
    told = wherefrom("add", "storm", "deaths", "140", "--claimant", "government", *day)
    assert "Warning" not in told.err


# What is taken from an earlier claim of the same article


def test_like_takes_where_it_was_read_and_nothing_of_what_it_says(wherefrom: Wherefrom) -> None:
    wherefrom(
        *("add", *TOLL, *SOURCE, "--via", "Le Matin", "--url", "https://example.org/a"),
        *("--evidence-sha256", "a" * 64, "--start", "1", "--end", "2", "--lang", "fr"),
        *("--as-of", "2026-02-01", "--scope", "place=Iran"),
    )
    wherefrom("add", "talks", "venue", "Muscat", "--claimant", "Oman", "--like", "last")
    claim = last_claim(wherefrom)
    assert (claim.via, claim.published.stated, claim.url, claim.lang) == (
        ("Le Matin",),
        "2026-02-06",
        "https://example.org/a",
        "fr",
    )
    assert claim.evidence_sha256 == "a" * 64
    assert (claim.start, claim.as_of, claim.scope) == (None, None, {})


def test_like_names_a_claim_by_its_id_and_an_option_has_the_last_word(
    wherefrom: Wherefrom,
) -> None:
    first = wherefrom("add", *TOLL, *SOURCE, "--via", "A", "--json").json["id"]
    wherefrom("add", "x", "y", "z", "--claimant", "B", "--published", "2025-01-01")
    wherefrom("add", "x", "y", "w", "--claimant", "B", "--like", first[:6], "--via", "C")
    claim = last_claim(wherefrom)
    assert (claim.via, claim.published.stated) == (("C",), "2026-02-06")


def test_like_last_where_there_is_none(wherefrom: Wherefrom) -> None:
    wherefrom("define", "deaths", "--type", "quantity")
    told = wherefrom("add", *TOLL, "--claimant", "A", "--like", "last", code=2)
    assert told.err == "Error: claim: there is no claim yet. File one with `wherefrom add`\n"


# Where it stands in the document


DOCUMENT = (
    "Téhéran. – L’ONG a dénombré au moins 3 428 morts,\n"
    "dont des mineurs. Le bilan, au\u00admoins provisoire, monte."
)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "document.txt"
    path.write_bytes(DOCUMENT.encode())
    return path


def test_a_quote_is_found_exactly_and_kept_with_its_place(
    wherefrom: Wherefrom, document: Path
) -> None:
    quote = "au moins 3 428 morts"
    wherefrom("add", *TOLL, *SOURCE, "--evidence", document, "--quote", quote)
    claim = last_claim(wherefrom)
    assert claim.evidence_sha256 == hashlib.sha256(document.read_bytes()).hexdigest()
    assert DOCUMENT[claim.start : claim.end] == claim.quote == quote
    assert DOCUMENT[: claim.start].endswith(claim.quote_prefix)
    assert DOCUMENT[claim.end :].startswith(claim.quote_suffix)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("L'ONG a dénombré", "L’ONG a dénombré"),
        ("3 428  morts, dont des mineurs", "3 428 morts,\ndont des mineurs"),
        ("Téhéran. - L’ONG", "Téhéran. – L’ONG"),
        ("au moins provisoire", None),
        ("aumoins provisoire", "au\u00admoins provisoire"),
    ],
)
def test_a_quote_need_not_be_spaced_as_the_document_is(
    wherefrom: Wherefrom, document: Path, typed: str, found: str | None
) -> None:
    code = 0 if found else 2
    wherefrom("add", *TOLL, *SOURCE, "--evidence", document, "--quote", typed, code=code)
    if found:
        claim = last_claim(wherefrom)
        assert DOCUMENT[claim.start : claim.end] == claim.quote == found


def test_an_exact_quote_is_taken_before_one_that_only_reads_the_same(
    wherefrom: Wherefrom,
) -> None:
    both = wherefrom.file("both.txt", "It’s over. Really? It's over.")
    wherefrom("add", *TOLL, *SOURCE, "--evidence", both, "--quote", "It's over.")
    assert last_claim(wherefrom).start == 19


def test_a_quote_that_is_not_there_is_refused_with_the_nearest_passage(
    wherefrom: Wherefrom, document: Path
) -> None:
    quote = "au moins 3 482 morts dont des enfants"
    told = wherefrom("add", *TOLL, *SOURCE, "--evidence", document, "--quote", quote, code=2)
    assert "quote: not in the document" in told.err
    assert "au moins 3 428 morts" in told.err
    assert not wherefrom.db.exists()


def test_an_empty_quote_is_refused_and_not_taken_for_none(
    wherefrom: Wherefrom, document: Path
) -> None:
    """As a script gives it whose variable is not set."""
    told = wherefrom("add", *TOLL, *SOURCE, "--evidence", document, "--quote", "", code=2)
    assert told.err == (
        "Error: quote: empty. Give the words of the passage, or leave --quote out\n"
    )
    assert not wherefrom.db.exists()


def test_a_quote_that_stands_twice_is_refused(wherefrom: Wherefrom, tmp_path: Path) -> None:
    twice = wherefrom.file("twice.txt", "twelve days. Then twelve days more")
    told = wherefrom("add", *TOLL, *SOURCE, "--evidence", twice, "--quote", "twelve days", code=2)
    assert "2 places" in told.err


def test_a_document_that_is_no_text_has_no_passages(wherefrom: Wherefrom, tmp_path: Path) -> None:
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(b"\xff\xd8\xff\xe0")
    wherefrom("add", *TOLL, *SOURCE, "--evidence", scan)
    assert last_claim(wherefrom).evidence_sha256 == hashlib.sha256(scan.read_bytes()).hexdigest()
    told = wherefrom("add", *TOLL, *SOURCE, "--evidence", scan, "--quote", "x", code=2)
    assert "byte 0 (0xFF) is no UTF-8" in told.err


# Who is asked, and who cannot be


def test_what_is_missing_is_named_where_nobody_can_be_asked(wherefrom: Wherefrom) -> None:
    told = wherefrom("add", "protests", code=2)
    assert told.err.startswith("Error: missing: PREDICATE, VALUE, --claimant, --published. ")
    assert not wherefrom.db.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo-terminal")
def test_a_person_is_asked_for_what_is_missing_and_confirms_what_was_understood(
    wherefrom: Wherefrom,
) -> None:
    said = on_a_terminal(
        wherefrom,
        ("add", "protests", "deaths"),
        ("at least 3,428", "Iran Human Rights", "2026-02-06", "y"),
    )
    assert "protests · deaths: at least 3,428" in said
    assert said.index("Record this?") < said.index("Recorded as")
    assert last_claim(wherefrom).claimant == "Iran Human Rights"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo-terminal")
def test_who_does_not_confirm_records_nothing(wherefrom: Wherefrom) -> None:
    said = on_a_terminal(wherefrom, ("add", *TOLL, *SOURCE), ("n",))
    assert "Recorded as" not in said
    assert not wherefrom.db.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo-terminal")
def test_who_says_yes_is_not_asked(wherefrom: Wherefrom) -> None:
    assert "Record this?" not in on_a_terminal(wherefrom, ("add", *TOLL, *SOURCE, "--yes"), ())
    assert len(entries(wherefrom)) == 1


def on_a_terminal(wherefrom: Wherefrom, arguments: tuple[str, ...], lines: tuple[str, ...]) -> str:
    """Run the command on a terminal where a person types ``lines``; return what it shows."""
    ours, theirs = os.openpty()
    program = "import sys; from cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "--db", str(wherefrom.db), *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "WHEREFROM_RECORDER": "desk"},
        close_fds=True,
    )
    os.close(theirs)
    shown = b""
    typed = iter(lines)
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # nobody is at the other end any more
            break
        shown += piece
        if shown.endswith(b": "):
            os.write(ours, (next(typed) + "\n").encode())
    process.wait(timeout=60)
    os.close(ours)
    return shown.decode()
