"""The text of a document, and the folder in which documents are kept."""

import builtins
import hashlib
import io
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import documents
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import document_text, kept
from ledger.document_text import NoText, kind_of, media_type_of, read_text, taken_by
from ledger.errors import BadInput, Damaged, StorageError
from ledger.kept import Kept

BODY = (
    "Home News Storm over the coast The toll rose to 3,428 people, the ministry said. "
    "The harbour on Friday Dead 3,428 Café “Lido” was closed. © The Paper"
)

# Its text


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "utf-16"])
def test_a_page_has_all_that_stands_in_its_body(charset: str) -> None:
    taken = read_text(documents.page(charset))
    assert taken.text == BODY
    assert taken.by == taken_by("html")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One<p>Two", "One Two"),
        (
            "<!doctype html><title>T</title><style>b{}</style><nav>Menu</nav><h1>One</h1>",
            "Menu One",
        ),
        ("  <!-- a > b --><nav>Menu</nav><p>One", "Menu One"),
        ('<?xml version="1.0" encoding="utf-8"?>\n<html><body>é</body></html>', "é"),
        ("<html><body>a\x00b \x1b[31mred</body></html>", "red"),
        ('<meta charset="no-such-thing"><p>caf\u00e9', "café"),
    ],
)
def test_pages_as_they_come(source: str, text: str) -> None:
    assert text in read_text(source.encode()).text


def test_a_page_that_says_nothing_of_its_encoding_is_windows_1252_unless_it_is_utf8() -> None:
    assert read_text("<p>“café”".encode("cp1252")).text == "“café”"
    assert read_text("<p>“café”".encode()).text == "“café”"


def test_a_pdf_has_the_text_of_its_pages() -> None:
    taken = read_text(documents.pdf(["Toll (provisional)", "3,428 people, café"], ["Page two"]))
    assert taken.text == "Toll (provisional)\n3,428 people, café\n\nPage two"
    assert taken.by == taken_by("pdf")


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text and "<" not in text))
def test_a_plain_text_is_the_file_itself(text: str) -> None:
    data = text.encode("utf-8", errors="replace")
    assert read_text(data) == document_text.DocumentText(data.decode())


@given(st.binary(max_size=200), st.sampled_from([b"", b"%PDF-1.4\n", b"<html>", b"<p>"]))
def test_any_bytes_have_the_same_text_again_or_none(data: bytes, beginning: bytes) -> None:
    document = beginning + data
    try:
        taken = read_text(document)
    except NoText:
        return
    assert taken == read_text(document)
    if taken.by:
        assert not {"\x1b", "\x00", "\x9b"} & set(taken.text)
    else:
        assert taken.text.encode() == document


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff\xd8\xff\xe0", "byte 0 (0xFF) is no UTF-8, so it has no text"),
        (b"ab\x00", "byte 2 is a NUL"),
        (b"%PDF-1.4\nrubbish", "cannot be read as PDF"),
        (documents.pdf([""]), "no text can be taken from this PDF. It may be a scan"),
        (b"<html><script>write()</script></html>", "A script may write it"),
    ],
)
def test_what_has_no_text_says_why(data: bytes, told: str) -> None:
    with pytest.raises(NoText) as error:
        read_text(data)
    assert told in str(error.value)


def test_a_large_document_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_text, "MAX_READ", 10)
    with pytest.raises(NoText, match="11 bytes, more than the 10"):
        read_text(b"x" * 11)


@pytest.mark.parametrize(
    ("library", "data"), [("pypdf", documents.pdf(["x"])), ("trafilatura", documents.page())]
)
def test_a_library_that_is_not_installed_is_named(
    library: str, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == library:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoText, match=f"{library}, which takes .* pip install {library}"):
        read_text(data)


def test_what_libraries_complain_of_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    """Their complaints quote the document, and a terminal would obey it."""
    broken = documents.pdf(["x"]).replace(b"0000000009 0", b"0000000019 0")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger(), "handlers", [])
        assert read_text(broken).text == "x"
    assert capfd.readouterr() == ("", "")


def test_the_kind_is_told_by_the_bytes_alone() -> None:
    kinds = {
        "pdf": [documents.pdf(["x"]), b"\n%PDF-1.7"],
        "html": [documents.page(), documents.page("utf-16"), b"<P\n>x", b"\xef\xbb\xbf<html>"],
        "text": [b"x", b"<rss>", b"<particle>", b"a < b", b"plain <html>"],
        "other": [b"\x89PNG\r\n", b"PK\x03\x04\x00"],
    }
    for kind, all_of_it in kinds.items():
        assert [kind_of(data) for data in all_of_it] == [kind] * len(all_of_it)


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"<html>", "page.txt", "text/html"),
        (b"%PDF-1.4", "x", "application/pdf"),
        (b"a,b", "table.csv", "text/csv"),
        (b"a,b", "picture.png", "text/plain"),
        (b"\x89PNG\x00", "picture.png", "image/png"),
        (b"\x89PNG\x00", "picture.txt", "application/octet-stream"),
    ],
)
def test_media_types(data: bytes, name: str, media_type: str) -> None:
    assert media_type_of(data, name, kind_of(data) != "other") == media_type


# Where it is kept


@pytest.fixture
def folder(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "facts.evidence", tmp_path / "facts.db")


def put(folder: Kept, data: bytes) -> str:
    with folder.aside(io.BytesIO(data), "it") as aside:
        folder.keep(aside)
    return aside.sha256


@given(data=st.binary(min_size=1))
def test_what_is_kept_is_found_by_its_hash(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = Kept(tmp_path_factory.mktemp("kept") / "facts.evidence")
    sha256 = put(folder, data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert folder.read(sha256) == folder.path(sha256).read_bytes() == data
    assert folder.find(sha256[:6]) == [sha256]
    assert [path.name for path in folder.folder.iterdir()] == [sha256]


def test_nothing_is_written_twice(folder: Kept) -> None:
    sha256 = put(folder, b"x")
    before = folder.path(sha256).stat()
    with folder.aside(io.BytesIO(b"x"), "it") as aside:
        assert not folder.keep(aside)
    assert folder.path(sha256).stat() == before


@pytest.mark.skipif(os.name == "nt", reason="folders of POSIX")
def test_a_documents_bytes_and_then_its_name_are_made_to_last(
    folder: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is written before the bytes would be half a document after a power cut."""
    steps: list[object] = []

    def note(name: str, told: Callable[..., object]) -> None:
        real = getattr(os, name)

        def step(*arguments: Any) -> Any:
            steps.append(told(*arguments))
            return real(*arguments)

        monkeypatch.setattr(os, name, step)

    note("fsync", lambda number: os.fstat(number).st_ino)
    note("link", lambda *_: "link")
    sha256 = put(folder, b"x")
    document, within = folder.path(sha256).stat().st_ino, folder.folder.stat().st_ino
    assert steps == [document, "link", within, folder.folder.parent.stat().st_ino]


def test_bytes_that_no_longer_are_what_they_are_named_after(folder: Kept) -> None:
    sha256 = put(folder, b"x")
    folder.path(sha256).chmod(0o600)
    folder.path(sha256).write_bytes(b"y")
    with pytest.raises(Damaged, match="no longer those it is named after"):
        folder.read(sha256)
    with pytest.raises(Damaged, match="Move it away"):
        put(folder, b"x")
    assert folder.path(sha256).read_bytes() == b"y"


def test_a_text_is_kept_with_what_took_it_and_stays_when_that_changes(
    folder: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = put(folder, documents.page())
    taken = folder.keep_text(sha256)
    monkeypatch.setattr(document_text, "taken_by", lambda kind: "trafilatura-99")
    monkeypatch.setattr(document_text, "_text_of_html", lambda data: "read differently")
    assert folder.keep_text(sha256) == folder.text(sha256) == taken
    next(folder.folder.glob("*.txt")).unlink()
    assert folder.text(sha256).text == "read differently"


def test_a_plain_text_is_not_kept_a_second_time(folder: Kept) -> None:
    sha256 = put(folder, "été\r\n".encode())
    assert folder.keep_text(sha256).text == "été\r\n"
    assert [path.name for path in folder.folder.iterdir()] == [sha256]


def test_a_document_that_is_refused_leaves_nothing(
    folder: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MAX_DOCUMENT", 3)
    for data, told in ((b"", "it: empty"), (b"1234", "it: more than the 3 bytes")):
        with pytest.raises(BadInput, match=told), folder.aside(io.BytesIO(data), "it"):
            pass
        assert not folder.folder.exists()


def test_a_full_disk_leaves_nothing(folder: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, b"x")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"), folder.aside(io.BytesIO(b"y"), "it"):
        pass
    assert len(list(folder.folder.iterdir())) == 1


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_documents_can_be_read_by_whoever_can_read_the_ledger(tmp_path: Path) -> None:
    for mode, document, within in ((0o600, 0o400, 0o700), (0o644, 0o444, 0o755)):
        ledger = tmp_path / f"{mode:o}.db"
        ledger.touch()
        ledger.chmod(mode)
        folder = Kept(tmp_path / f"{mode:o}.evidence", ledger)
        sha256 = put(folder, documents.page())
        folder.keep_text(sha256)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.folder.iterdir()}
        assert modes == {document}
        assert stat.S_IMODE(folder.folder.stat().st_mode) == within


def test_without_links_a_document_is_renamed(folder: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    sha256 = put(folder, b"x")
    assert folder.read(sha256) == b"x"
    assert put(folder, b"x") == sha256
    assert [path.name for path in folder.folder.iterdir()] == [sha256]


STEPS = """
import io, os, sys
from pathlib import Path
from ledger import kept
folder = kept.Kept(Path(sys.argv[1]))
left = int(sys.argv[2])
def counted(real):
    def step(*arguments):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return real(*arguments)
    return step
for name in ("link", "fsync", "open", "write", "mkdir"):
    setattr(os, name, counted(getattr(os, name)))
class Slow(io.BytesIO):
    def read(self, size=-1):
        return counted(super().read)(2)
with folder.aside(Slow(b"a document"), "it") as aside:
    folder.keep(aside)
os._exit(0)
"""


def test_stopped_at_any_step_a_document_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"a document").hexdigest()
    stopped = 0
    for step in range(40):
        folder = tmp_path / str(step)
        ended = subprocess.run(
            [sys.executable, "-c", STEPS, str(folder), str(step)], timeout=60, check=False
        )
        if ended.returncode == 0:
            break
        stopped += 1
        there = Kept(folder)
        if there.holds(digest):
            assert there.read(digest) == b"a document"
        assert there.find("") == ([digest] if there.holds(digest) else [])
        put(there, b"a document")
        assert there.read(digest) == b"a document"
    assert 5 < stopped < 39
