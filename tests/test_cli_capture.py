"""`wherefrom capture` and what is quoted from captured documents."""

import hashlib
import io
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import documents
import pytest
from commands import Answer, Wherefrom

from ledger import document_text, kept
from ledger.kept import Kept

SOURCE = ("--claimant", "Ministry", "--published", "2026-02-06", "--yes")
STORM = ("storm", "deaths", "3,428", *SOURCE)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may so much as ask for a connection."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def write(wherefrom: Wherefrom, name: str, data: bytes) -> Path:
    path = wherefrom.folder / name
    path.write_bytes(data)
    return path


def folder(wherefrom: Wherefrom) -> Kept:
    return Kept(wherefrom.folder / "facts.evidence")


def events(wherefrom: Wherefrom) -> list[dict[str, Any]]:
    return wherefrom("log", "--json").json if wherefrom.db.exists() else []


def last(wherefrom: Wherefrom) -> dict[str, Any]:
    statement: dict[str, Any] = events(wherefrom)[-1]["statement"]
    return statement


# What is kept, and what is said of it


def test_a_document_is_kept_under_its_hash_and_recorded(wherefrom: Wherefrom) -> None:
    data = b"On Friday, five people died.\n"
    path = write(wherefrom, "article.txt", data)
    digest = hashlib.sha256(data).hexdigest()
    said = wherefrom("capture", path, "--title", "Storm", "--url", "https://e.org/x")
    assert said.lines[0] == f"{digest}  {path}"
    assert said.lines[1].startswith(f"Kept as {wherefrom.folder}/facts.evidence/{digest}, recorded")
    assert said.lines[2] == "Its text has 29 code points"
    assert folder(wherefrom).read(digest) == data
    told = last(wherefrom)
    assert told.pop("captured")[4] == "-"
    assert told == {
        "sha256": digest, "media_type": "text/plain", "title": "Storm", "url": "https://e.org/x",
    }  # fmt: skip


def test_what_is_given_is_recorded_as_given(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "a.txt", b"x")
    wherefrom(
        "capture", path, "--captured", "2026-02", "--media-type", "text/markdown",
        "--archive-url", "https://a.org/1",
    )  # fmt: skip
    told = last(wherefrom)
    assert (told["captured"], told["media_type"]) == ("2026-02", "text/markdown")
    assert told["archive_url"] == "https://a.org/1"


def test_the_same_bytes_again_change_nothing(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "a.html", documents.page())
    first = wherefrom("capture", path, "--url", "https://e.org/x", "--json").json[0]
    before = (events(wherefrom), sorted(os.listdir(folder(wherefrom).folder)))
    copy = write(wherefrom, "b.html", documents.page())
    for again in ((path,), (copy,), (path, "--url", "https://e.org/x"), (path, copy)):
        said = wherefrom("capture", *again)
        assert "Kept already as" in said.out
        assert f"already recorded as {first['id'][:10]}, position 0" in said.out
    assert (events(wherefrom), sorted(os.listdir(folder(wherefrom).folder))) == before


def test_what_is_new_about_the_same_bytes_is_recorded(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "a.txt", b"x")
    wherefrom("capture", path, "--url", "https://e.org/x")
    said = wherefrom("capture", path, "--url", "https://mirror.org/x")
    assert "Kept already as" in said.out
    assert ", recorded as" in said.out
    assert len(events(wherefrom)) == 2


def test_several_files_and_stdin(wherefrom: Wherefrom) -> None:
    paths = [write(wherefrom, f"{n}.txt", f"text {n}".encode()) for n in range(3)]
    stdin = mock.Mock(buffer=io.BytesIO(b"from a pipe"))
    with mock.patch("sys.stdin", stdin):
        told = wherefrom("capture", *paths, "-", "--json").json
    assert [one["position"] for one in told] == [0, 1, 2, 3]
    assert [one["file"] for one in told] == [*map(str, paths), "-"]
    assert folder(wherefrom).read(told[3]["sha256"]) == b"from a pipe"
    assert {one["recorded"] for one in told} == {one["new"] for one in told} == {True}


def test_as_json(wherefrom: Wherefrom) -> None:
    [told] = wherefrom("capture", write(wherefrom, "a.pdf", documents.pdf(["x y"])), "--json").json
    assert told["media_type"] == "application/pdf"
    assert told["text"] == {"code_points": 3, "by": kept_by(told["sha256"], wherefrom)}
    assert Path(told["kept"]).is_file()


def kept_by(sha256: str, wherefrom: Wherefrom) -> str:
    text = folder(wherefrom).kept_text(sha256)
    assert text is not None
    return text.by


def test_a_picture_is_kept_though_nothing_can_be_quoted_from_it(wherefrom: Wherefrom) -> None:
    picture = write(wherefrom, "scan.png", b"\x89PNG\r\n\x1a\n\x00")
    said = wherefrom("capture", picture)
    assert "it is kept, but cannot be quoted from" in said.err
    assert len(said.err.splitlines()) == 1
    assert last(wherefrom)["media_type"] == "image/png"
    digest = said.out.split()[0]
    told = wherefrom("add", *STORM, "--evidence", digest[:8], "--quote", "x", code=2)
    assert "byte 0 (0x89) is no UTF-8, so it has no text" in told.err


def test_a_pdf_is_kept_where_nothing_can_read_it(wherefrom: Wherefrom) -> None:
    paper = write(wherefrom, "paper.pdf", documents.pdf(["3,428 people"]))
    with mock.patch.dict(sys.modules, {"pypdf": None}):
        said = wherefrom("capture", paper)
        assert "pypdf, which takes the text of a PDF, is not installed" in said.err
        told = wherefrom("add", *STORM, "--evidence", paper, "--quote", "3,428 people", code=2)
        assert "pip install pypdf" in told.err
    wherefrom("capture", paper)
    wherefrom("add", *STORM, "--evidence", paper, "--quote", "3,428 people")
    assert last(wherefrom)["start"] == 0


# What is refused


def refused(wherefrom: Wherefrom, *arguments: object) -> str:
    """Return the one line that is said; nothing is kept or recorded."""
    said: Answer = wherefrom("capture", *arguments, code=2)
    assert said.out == ""
    assert not wherefrom.db.exists()
    assert not folder(wherefrom).folder.exists()
    [line] = said.err.splitlines()
    return line


@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
def test_what_cannot_be_captured_is_refused_with_one_line(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(wherefrom, "a.txt", b"x" * 9)
    link = wherefrom.folder / "link"
    link.symlink_to(file)
    pipe = wherefrom.folder / "pipe"
    os.mkfifo(pipe)
    large = wherefrom.folder / "large"
    with large.open("wb") as sparse:
        sparse.truncate(2 * 1024**3)
    told = {
        link: f"a symbolic link. Name the file itself: {file}",
        wherefrom.folder: "a folder. Name the files in it",
        pipe: "no ordinary file",
        write(wherefrom, "empty", b""): "empty. Save the document again",
        large: "more than the 1,073,741,824 bytes",
        wherefrom.folder / "none": "No such file or directory",
        Path("/dev/null"): "no ordinary file",
    }
    for path, words in told.items():
        assert words in refused(wherefrom, path)
        assert words in refused(wherefrom, file, path)
    with mock.patch("sys.stdin", mock.Mock(buffer=io.BytesIO())):
        assert refused(wherefrom, file, "-").startswith("Error: stdin: empty")
    monkeypatch.setattr(kept, "MAX_DOCUMENT", 8)
    assert "more than the 8 bytes" in refused(wherefrom, file)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "secret", b"x")
    path.chmod(0)
    assert "Permission denied" in refused(wherefrom, path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--url", "javascript:alert(1)"), "url: an address may not begin with javascript:"),
        (("--captured", "soon"), "captured: "),
        (("--title", "a\x1b[31mb"), "title: "),
        (("--media-type", "x" * 200), "media_type: "),
    ],
)
def test_a_description_that_cannot_be_read(
    wherefrom: Wherefrom, options: tuple[str, ...], words: str
) -> None:
    assert words in refused(wherefrom, write(wherefrom, "a.txt", b"x"), *options)


def test_an_address_is_not_given_to_two_files(wherefrom: Wherefrom) -> None:
    two = [write(wherefrom, name, name.encode()) for name in "ab"]
    assert "--url: given for 2 files" in refused(wherefrom, *two, "--url", "https://e.org/")


def test_an_altered_document_is_named_and_left_alone(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "a.txt", b"x")
    place = Path(wherefrom("capture", path, "--json").json[0]["kept"])
    place.chmod(0o600)
    place.write_bytes(b"y")
    said = wherefrom("capture", path, code=2)
    assert "its bytes are no longer those it is named after. Move it away" in said.err
    assert place.read_bytes() == b"y"


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not allow")
def test_names_and_texts_that_a_terminal_would_obey_are_shown_harmless(
    wherefrom: Wherefrom,
) -> None:
    text = "Before \x1b[2J\u202eevil\u2069 \u009b31m five people died after"
    path = write(wherefrom, "a\x1b[31m\u202e.txt", text.encode())
    page = write(wherefrom, "b\x1b]0;x\x07.html", f"<html><p>{text}".encode())
    answers = [wherefrom("capture", path), wherefrom("capture", page)]
    answers += [
        wherefrom("add", *STORM, "--evidence", path, "--quote", quote, code=code)
        for quote, code in (("e", 2), ("evil people dying after", 2), ("five people died", 0))
    ]
    answers += [wherefrom("trace", "last"), wherefrom("log")]
    for answer in answers:
        assert not {"\x1b", "\u202e", "\u2069", "\x9b", "\x07"} & set(answer.out + answer.err)
    claim = last(wherefrom)
    assert text[claim["start"] : claim["end"]] == "five people died"
    assert claim["quote_prefix"] == "31m "


# Quoting from what is kept


@pytest.mark.parametrize("name", ["article.txt", "page.html", "paper.pdf"])
@pytest.mark.parametrize("how", ["file", "digits", "hash", "like"])
def test_a_quote_is_found_however_the_document_is_named(
    wherefrom: Wherefrom, name: str, how: str
) -> None:
    data = {
        "article.txt": "The toll rose to 3,428\u00a0people, they said.".encode(),
        "page.html": documents.page(),
        "paper.pdf": documents.pdf(["The toll rose to", "3,428 people, they said."]),
    }[name]
    path = write(wherefrom, name, data)
    digest = wherefrom("capture", path, "--json").json[0]["sha256"]
    wherefrom("add", "storm", "hour", "night", *SOURCE, "--evidence", path)
    named = {
        "file": ("--evidence", path),
        "digits": ("--evidence", digest[:7].upper()),
        "hash": ("--evidence-sha256", digest),
        "like": ("--like", "last"),
    }[how]
    if how != "file":
        path.unlink()
    said = wherefrom("add", *STORM, *named, "--quote", "to 3,428 people", "--lang", "en")
    assert "Note" not in said.err
    claim = last(wherefrom)
    text = folder(wherefrom).text(digest).text
    assert claim["evidence_sha256"] == digest
    assert text[claim["start"] : claim["end"]] == claim["quote"]
    assert claim["quote"].split() == ["to", "3,428", "people"]
    told = wherefrom("trace", "last", "--json").json[0]["evidence"]
    assert (told["quote_found"], told["state"], told["passage"]) == (True, "found", claim["quote"])
    assert told["kept"] == str(folder(wherefrom).path(digest))
    assert "(stands there)" in wherefrom("trace", "last").out


def test_what_a_page_hides_is_no_quote(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "page.html", documents.page())
    for hidden in ("9,999 people", "color: red", "Enable scripts", "<b>3,</b>428"):
        told = wherefrom("add", *STORM, "--evidence", path, "--quote", hidden, code=2)
        assert "quote: not in the document" in told.err
    for shown in ("The harbour on Friday", 'Café "Lido" was closed', "Storm over the coast"):
        wherefrom("add", *STORM, "--evidence", path, "--quote", shown)


def test_a_place_in_a_text_that_is_not_kept_is_noted(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "page.html", documents.page())
    said = wherefrom("add", *STORM, "--evidence", path, "--quote", "The toll rose")
    assert "the place counts in the text that html-1+trafilatura-" in said.err
    plain = write(wherefrom, "a.txt", b"The toll rose")
    said = wherefrom("add", *STORM, "--evidence", plain, "--quote", "The toll rose")
    assert "Note" not in said.err


def test_one_of_several_places_is_chosen_by_where_it_starts(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "a.txt", b"five died. Later, five died, too.")
    add = ("add", *STORM, "--evidence", path, "--quote", "five died")
    said = wherefrom(*add, code=2)
    assert "2 places in the document read so: 0 (" in said.err
    assert "--start 0" in said.err
    wherefrom(*add, "--start", 18)
    claim = last(wherefrom)
    assert (claim["start"], claim["end"]) == (18, 27)
    assert claim["quote_suffix"] == ", too."
    assert "does not stand at 5" in wherefrom(*add, "--start", 5, code=2).err
    assert "ends at 27" in wherefrom(*add, "--start", 18, "--end", 30, code=2).err


def test_a_large_document_is_named_by_its_hash_and_not_read(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_text, "MAX_READ", 8)
    path = write(wherefrom, "a.txt", b"five died.")
    wherefrom("add", *STORM, "--evidence", path)
    assert last(wherefrom)["evidence_sha256"] == hashlib.sha256(b"five died.").hexdigest()
    told = wherefrom("add", *STORM, "--evidence", path, "--quote", "five", code=2)
    assert "10 bytes, more than the 8 from which text is taken" in told.err


def test_digits_of_no_document_and_of_several(wherefrom: Wherefrom) -> None:
    wherefrom("capture", write(wherefrom, "a.txt", b"x"))
    told = wherefrom("add", *STORM, "--evidence", "ffffff", "--quote", "x", code=2)
    assert "no such file, and no document kept here begins so" in told.err
    for name in ("abcdef0", "abcdef1"):
        (folder(wherefrom).folder / name.ljust(64, "0")).write_bytes(b"x")
    told = wherefrom("add", *STORM, "--evidence", "abcdef", "--quote", "x", code=2)
    assert "could be abcdef0000, abcdef1000. Write more digits" in told.err


def test_a_document_that_is_not_at_hand_leaves_the_quote_as_typed(wherefrom: Wherefrom) -> None:
    said = wherefrom("add", *STORM, "--evidence-sha256", "ab" * 32, "--quote", "five  died")
    assert "document ababababab is not kept here, so the quote was not looked up" in said.err
    assert last(wherefrom)["quote"] == "five  died"
    assert "start" not in last(wherefrom)


def test_a_corrected_quote_is_looked_up_in_the_kept_document(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "a.txt", b"five died. Then six died.")
    wherefrom("capture", path)
    path.unlink()
    digest = hashlib.sha256(b"five died. Then six died.").hexdigest()
    wherefrom("add", *STORM, "--evidence", digest[:9], "--quote", "five died")
    told = wherefrom("correct", "last", "--quote", "seven died", "--yes", code=2)
    assert "quote: not in the document" in told.err
    wherefrom("correct", "last", "--quote", "six died", "--yes")
    claim = last(wherefrom)
    assert (claim["start"], claim["quote"]) == (16, "six died")


def test_another_document_than_the_one_of_like(wherefrom: Wherefrom) -> None:
    one, two = (write(wherefrom, name, name.encode()) for name in ("one.txt", "two.txt"))
    wherefrom("add", *STORM, "--evidence", one)
    wherefrom("add", *STORM, "--like", "last", "--evidence", two, "--quote", "two")
    assert last(wherefrom)["evidence_sha256"] == hashlib.sha256(b"two.txt").hexdigest()


# What happens to it later


def test_captures_are_exported_and_imported(wherefrom: Wherefrom) -> None:
    path = write(wherefrom, "a.txt", b"x")
    wherefrom("capture", path, "--title", "Storm")
    out = wherefrom.folder / "out.jsonl"
    wherefrom("export", "--output", out)
    other = wherefrom.folder / "other.db"
    wherefrom("import", out, db=other)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert lines[0]["type"] == "evidence-captured"
    assert lines[0]["title"] == "Storm"
    assert wherefrom("log", "--json", db=other).json[0]["statement"]["title"] == "Storm"
    said = wherefrom("capture", path, db=other)
    assert "Kept as" in said.out
    assert "already recorded as" in said.out


CRASH = """
import os, sys
from cli import capture
from cli.main import run
def crash(*_):
    os._exit(9)
setattr(capture, sys.argv[1], crash)
run(sys.argv[2:])
"""


@pytest.mark.parametrize("step", ["_describe", "_record"])
def test_stopped_before_the_event_a_capture_can_be_done_again(
    wherefrom: Wherefrom, step: str
) -> None:
    path = write(wherefrom, "a.html", documents.page())
    command = ["--db", str(wherefrom.db), "capture", str(path)]
    ended = subprocess.run([sys.executable, "-c", CRASH, step, *command], check=False, timeout=60)
    assert ended.returncode == 9
    assert not wherefrom.db.exists()
    digest = hashlib.sha256(documents.page()).hexdigest()
    assert folder(wherefrom).read(digest) == documents.page()
    said = wherefrom("capture", path)
    assert "Kept already as" in said.out
    assert ", recorded as" in said.out
    assert len(events(wherefrom)) == 1


def test_a_trace_says_that_a_page_was_altered_though_its_text_is_kept(
    wherefrom: Wherefrom,
) -> None:
    path = write(wherefrom, "a.html", b"<html><body><p>On Friday, five died.</p></body></html>")
    wherefrom("capture", path)
    wherefrom("add", *STORM, "--evidence", path, "--quote", "five died")
    assert "(stands there)" in wherefrom("trace", "last").out
    document = min(folder(wherefrom).folder.iterdir(), key=lambda kept: len(kept.name))
    document.chmod(stat.S_IRUSR | stat.S_IWUSR)
    document.write_bytes(b"<html><body><p>On Friday, six died.</p></body></html>")
    assert "document ALTERED" in wherefrom("trace", "last").out


def test_without_the_folder_a_trace_says_that_the_document_is_not_at_hand(
    wherefrom: Wherefrom,
) -> None:
    path = write(wherefrom, "a.txt", b"five died")
    wherefrom("capture", path)
    wherefrom("add", *STORM, "--evidence", path, "--quote", "five died")
    [document] = folder(wherefrom).folder.iterdir()
    document.chmod(stat.S_IRUSR | stat.S_IWUSR)
    document.write_bytes(b"six died")
    assert "document ALTERED" in wherefrom("trace", "last").out
    shutil.rmtree(folder(wherefrom).folder)
    assert "(document not at hand)" in wherefrom("trace", "last").out
    told = wherefrom("trace", "last", "--evidence", path, "--json").json[0]["evidence"]
    assert (told["state"], told["kept"]) == ("found", None)
