"""Who may read what, what is asked of the machine, and what of a text ever reaches SQL.

The threat model (``docs/threat-model.md``) names these tests.
"""

import os
import re
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import documents
import hostile
import pytest
from commands import Wherefrom
from test_hostile_text import complete, parameters, questions, told

from ledger.document_text import NoText, read_text
from ledger.errors import LedgerError
from ledger.kept import Kept
from projections.views import views_path

posix = pytest.mark.skipif(os.name != "posix", reason="only POSIX has these permissions")
CLAIM = ("storm", "deaths", "5", "--claimant=c", "--published=2026-02-06", "--yes")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture
def filed(wherefrom: Wherefrom) -> Wherefrom:
    """A ledger with its views and a kept document, made by somebody who hides nothing."""
    with umask(0):
        page = wherefrom.folder / "page.txt"
        page.write_text("five people died", "utf-8")
        wherefrom("capture", page)
        wherefrom("add", *CLAIM, f"--evidence={page}", "--quote=five people")
        wherefrom("contradictions")
    return wherefrom


# Who may read what


@posix
def test_whatever_the_umask_a_new_ledger_is_its_owners(filed: Wherefrom) -> None:
    """And with it all that lies beside it."""
    kept = filed.folder / "facts.evidence"
    assert mode(filed.db) == 0o600
    assert mode(views_path(filed.db)) == 0o600
    assert mode(kept) == 0o700
    for path in (*filed.folder.glob("facts.*"), *kept.iterdir()):
        assert not mode(path) & 0o077, path


@posix
def test_what_is_left_while_it_is_written_is_its_owners(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Journals, and what is written aside, looked at as often as SQLite is asked anything."""
    seen: dict[str, int] = {}

    class Watching(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            try:
                return super().execute(*arguments)
            finally:
                for path in wherefrom.folder.iterdir():
                    seen[re.sub(r"\d+", "N", path.name)] = mode(path)

    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *given, **named: connect(*given, **named, factory=Watching)
    )
    with umask(0):
        wherefrom("add", *CLAIM)
        wherefrom("contradictions")
        wherefrom("rebuild")
    assert {"facts.db", "facts.views.db", "facts.views.db.new-N"} <= set(seen)
    assert any(name.endswith(("-journal", "-wal")) for name in seen)
    assert {name: found for name, found in seen.items() if found & 0o077} == {}


@posix
@pytest.mark.parametrize("shared", [0o660, 0o644, 0o640, 0o600])
def test_who_may_use_the_ledger_may_use_what_lies_beside_it(filed: Wherefrom, shared: int) -> None:
    filed.db.chmod(shared)
    (filed.folder / "more.txt").write_text("six people died", "utf-8")
    filed("capture", filed.folder / "more.txt")
    filed("contradictions")
    assert mode(views_path(filed.db)) == shared
    views_path(filed.db).unlink()
    filed("contradictions")
    assert mode(views_path(filed.db)) == shared
    kept = filed.folder / "facts.evidence"
    assert bool(mode(kept) & 0o050) is bool(shared & 0o040)
    assert bool(mode(kept) & 0o005) is bool(shared & 0o004)
    newest = max(kept.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert mode(newest) == shared & 0o444
    filed("doctor")


@posix
def test_doctor_tells_who_may_read_it_and_what_is_open_to_more(filed: Wherefrom) -> None:
    def checks() -> list[tuple[str, str]]:
        said = filed("doctor", "--json", code=None).json["checks"]
        return [(one["state"], one["advice"]) for one in said if one["what"] == "permissions"]

    assert checks() == [("ok", "")]
    filed.db.chmod(0o644)
    assert checks() == [("note", f"chmod o-r {filed.db}, unless that is meant")]
    filed.db.chmod(0o600)
    kept = filed.folder / "facts.evidence"
    kept.chmod(0o755)
    views_path(filed.db).chmod(0o640)
    views = views_path(filed.db)
    assert checks() == [("ok", ""), *(("mend", f"chmod go-rwx {path}") for path in (views, kept))]
    filed("contradictions")
    assert checks() == [("ok", ""), ("mend", f"chmod go-rwx {kept}")]
    kept.chmod(0o700)
    assert checks() == [("ok", "")]


@posix
def test_a_private_key_and_a_backup_are_their_owners(filed: Wherefrom) -> None:
    with umask(0):
        filed("keygen", "desk", "--output", filed.folder / "desk.key")
        filed("backup", filed.folder / "copy.db")
    assert mode(filed.folder / "desk.key") == 0o600
    assert mode(filed.folder / "copy.db") == mode(filed.db) == 0o600


# What is asked of the machine: nobody on the network, no shell, no other program

READING = [question for asked in questions(["last"] * 4).values() for question in asked]


def watched(folder: Path, *arguments: str) -> list[str]:
    """Run the command by itself; return what it asked of the machine that nobody should be."""
    log = folder / "log"
    log.unlink(missing_ok=True)
    tests = Path(__file__).parent
    subprocess.run(
        [sys.executable, tests / "watched.py", log, "--db", folder / "facts.db", *arguments],
        cwd=folder,
        env={"PYTHONPATH": f"{tests.parent}", "PATH": "", "WHEREFROM_RECORDER": "desk"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=300,
    )
    return log.read_text("utf-8").splitlines()


def test_nothing_is_asked_of_the_network_a_shell_or_another_program(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(documents.page())
    (tmp_path / "paper.pdf").write_bytes(documents.pdf(["The toll rose to 3,428 people"]))
    (tmp_path / "rows.csv").write_text(
        "subject,predicate,value,claimant,published,url\n"
        "storm,deaths,5,c,2026,https://example.org/\nstorm,deaths,9,d,2026,http://127.0.0.1:9/\n"
    )
    for arguments in (
        ("import", "rows.csv"),
        ("capture", "page.html", "paper.pdf", "--url=http://127.0.0.1:9/"),
        ("add", *CLAIM, "--evidence=paper.pdf", "--quote=3,428 people"),
        ("contradictions", "--format", "html"),
        ("trace", "5"),
        ("evidence",),
        ("verify",),
        ("doctor",),
        ("history", "storm", "deaths", "--plot", "drawn.html"),
        ("history", "storm", "deaths", "--plot", "drawn.svg"),
        ("export", "--output", "out.jsonl"),
        ("match", "--suggest"),
        ("keygen", "desk", "--output", "desk.key"),
        ("checkpoint", "--key", "desk.key", "--output", "kept"),
        ("verify", "--checkpoint", "kept"),
        ("backup", "copy.db"),
    ):
        assert watched(tmp_path, *arguments) == [], arguments


def test_a_control_a_look_up_of_a_name_is_written_down(tmp_path: Path) -> None:
    program = (
        "import sys, watched, cli.main, socket\n"
        "cli.main.run = lambda arguments: socket.socket().connect_ex(('127.0.0.1', 9))\n"
        "sys.argv = ['watched', 'log']\n"
        "watched.main()"
    )
    tests = Path(__file__).parent
    path = f"{tests.parent}{os.pathsep}{tests}"
    subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": path}, check=False
    )
    assert "socket.connect" in (tmp_path / "log").read_text("utf-8")


@pytest.fixture
def listening() -> Iterator[tuple[int, list[object]]]:
    """A port on this machine, and who connected to it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        came: list[object] = []
        server.settimeout(0.2)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                try:
                    connection, address = server.accept()
                except OSError:
                    continue
                came.append(address)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1], came
        stop.set()
        thread.join()


PAGE = """<!DOCTYPE html SYSTEM "http://127.0.0.1:{port}/x.dtd" [
<!ENTITY file SYSTEM "file://{secret}"><!ENTITY away SYSTEM "http://127.0.0.1:{port}/x">
<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<html xmlns:xi="http://www.w3.org/2001/XInclude"><head><base href="http://127.0.0.1:{port}/">
<link rel=stylesheet href="/style.css"><script src="/script.js"></script>
<meta http-equiv=refresh content="0;url=http://127.0.0.1:{port}/"></head>
<body background="http://127.0.0.1:{port}/"><p>before &file; &away; &d; after
<xi:include href="file://{secret}" parse="text"/><img src="http://127.0.0.1:{port}/x.png">
<iframe src="file://{secret}"></iframe><object data="http://127.0.0.1:{port}/"></object>
<p>enough words of a page that they are taken for its text, and then some more of them"""


@pytest.mark.parametrize("beginning", ["", '<?xml version="1.0"?>\n'])
def test_a_page_fetches_nothing_and_reads_no_file(
    tmp_path: Path, listening: tuple[int, list[object]], beginning: str
) -> None:
    port, came = listening
    secret = tmp_path / "secret"
    secret.write_text("what nobody should read", "utf-8")
    page = beginning + PAGE.format(port=port, secret=secret)
    text = read_text(page.encode()).text
    assert "before" in text
    assert "after" in text
    assert "what nobody should read" not in text
    assert len(text) < 2_000
    assert came == []


def test_a_pdf_fetches_nothing_and_reads_no_file(
    tmp_path: Path, listening: tuple[int, list[object]]
) -> None:
    port, came = listening
    secret = tmp_path / "secret"
    secret.write_text("what nobody should read", "utf-8")
    action = (
        f"/OpenAction << /S /URI /URI (http://127.0.0.1:{port}/) >> "
        f"/AA << /O << /S /Launch /F ({secret}) >> >> /Type /Catalog"
    )
    pdf = documents.pdf(["The toll rose"]).replace(b"/Type /Catalog", action.encode())
    with suppress(NoText):  # it may be refused, for its places are wrong now
        assert "what nobody should read" not in read_text(pdf).text
    assert came == []


def test_no_name_of_a_document_leads_out_of_the_folder(tmp_path: Path) -> None:
    """A claim from elsewhere may name any text where the SHA-256 of its document should be."""
    secret = tmp_path / "secret"
    secret.write_text("x", "utf-8")
    kept = Kept(tmp_path / "facts.evidence")
    kept.folder.mkdir()
    for name in ("../secret", str(secret), "a/../../secret", "", ".", "..", "\x00", "f" * 63):
        assert not kept.holds(name)
        with pytest.raises(LedgerError):
            kept.read(name)
        with pytest.raises(LedgerError):
            kept.text(name)
        assert not kept.remove(name)
    (kept.folder / f"{'a' * 64}.html-1.txt").write_text("of another document", "utf-8")
    for name in ("*", "a*", "[a]", "?" * 64):
        assert kept.kept_text(name) is None
        assert not kept.remove(name)
    assert secret.exists()
    assert len(list(kept.folder.iterdir())) == 1


# What of a text ever reaches SQL: nothing, but as a parameter


def test_no_statement_depends_on_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same commands on other texts of the same shape ask SQLite in the very same words.

    Every command that reads, on a ledger whose every text is one or the other; and every option
    of every command that takes a text. So no text is ever a part of a statement.
    """
    said = {}
    for number, text in enumerate(('zq\' OR "kwv"; --', 'jy\' OR "hpb"; --')):
        said[number] = _statements(tmp_path / str(number), f"{text} 5", monkeypatch)
    assert said[0] == said[1]
    assert len(said[0]) > 300
    assert not any("kwv" in statement for statement in said[0])


def test_a_control_a_text_in_a_statement_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(views: Any, name: str) -> bool:
        quoted = name.replace("'", "''")
        found = views.connection.execute(f"SELECT 1 FROM names WHERE folded = '{quoted}'")
        return found.fetchone() is not None

    with mock.patch("cli.lookups.is_named", careless):
        one = _statements(tmp_path / "a", "a", monkeypatch, ["match"])
        other = _statements(tmp_path / "b", "b", monkeypatch, ["match"])
    assert one != other


def _statements(
    folder: Path, text: str, monkeypatch: pytest.MonkeyPatch, only: list[str] | None = None
) -> set[str]:
    """Return what SQLite is asked by every command where every text is this one."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    path = folder / "facts.db"
    asked: set[str] = set()

    class Noting(sqlite3.Connection):
        def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
            asked.add(sql)
            return super().execute(sql, *rest)

        def executemany(self, sql: str, *rest: Any) -> sqlite3.Cursor:
            asked.add(sql)
            return super().executemany(sql, *rest)

        def executescript(self, sql: str) -> sqlite3.Cursor:
            asked.add(sql)
            return super().executescript(sql)

    connect = sqlite3.connect
    with mock.patch(
        "sqlite3.connect", lambda *given, **named: connect(*given, **named, factory=Noting)
    ):
        ids = hostile.fill(path, text)
        told(path, "rebuild")
        before = {file: file.read_bytes() for file in (path, views_path(path))}
        for name, arguments in _asked(ids, text):
            if only is None or name in only:
                told(path, name, *arguments)
                for file, data in before.items():
                    if not file.exists() or file.read_bytes() != data:
                        file.write_bytes(data)
    numbers = re.compile(r"\b\d+\b|[0-9a-f]{32}")
    return {numbers.sub("N", statement) for statement in asked}


def _asked(ids: list[str], text: str) -> Iterator[tuple[str, list[str]]]:
    with mock.patch("test_hostile_text.EVERYTHING", text):
        for name, asked in questions(ids).items():
            for arguments in asked:
                yield name, arguments
    for name, parameter in parameters():
        given = max(parameter.opts, key=len)
        given = given if given.startswith("-") else str(parameter.name)
        if given not in ("--plot", "--output"):
            yield name, complete(name, given, text, ids)
