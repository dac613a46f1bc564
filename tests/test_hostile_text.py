"""Whatever a text holds, no command lets it do harm: on a terminal, in a file, in a spreadsheet.

Every command is walked through, in every form, in a pipe and on a terminal, on a ledger whose
every text is hostile (``tests/hostile.py``); and every option of every command is given such a
text. A command or an option that is new is walked through without anybody's doing.
"""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import attrs
import click
import hostile
import pytest
from commands import Answer, Wherefrom
from hostile import EVERYTHING, PRINTABLE, harm, hostile_claim, ledger_at
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pages import Page, markdown_tokens

from cli import harmless
from cli.commands import SECTIONS
from cli.main import cli, run
from cli.output import plain
from ledger.dates import read_day
from ledger.events import ClaimAsserted
from ledger.grammar import read_value

MARKED = "\n\t\u200e\u200f\u061c"
"""What a cell may hold: line breaks, tabs, and the marks of Arabic and Hebrew."""

COMMANDS = [name for section in SECTIONS.values() for name in section]
NOT_ASKED = {*SECTIONS["Record"], "keygen", "checkpoint", "cosign", "pull", "backup"}
"""Commands that tell nothing of what is held; a new one is asked without anything named."""

FORMS = ("", "--json", "--nl", "--csv", "--tsv", "-t")

# What is done to a single text


def test_what_is_escaped_is_what_does_harm_and_nothing_else() -> None:
    """Every character, after nothing, after a Latin letter and after a Persian one."""
    for code in (*range(0x20000), *range(0xE0000, 0xE1000)):
        for before in ("", "a", "ی"):
            text = before + chr(code)
            if code != 10:
                assert (plain(text) != text) == bool(harm(text)), hex(code)


@given(st.text() | st.text(EVERYTHING))
def test_an_escaped_text_does_no_harm(text: str) -> None:
    assert not harm(plain(text), allowed="")
    assert not harm(harmless.json_text(json.dumps(text, ensure_ascii=False)), allowed="")
    assert not harm(harmless.cell(text), allowed=MARKED)
    assert not harm(harmless.plain_but_marks(text), allowed="\u200e\u200f\u061c")


@pytest.mark.parametrize(
    "text", ["می‌خواهم", "क्‍ष", "❤️‍🔥", "👨‍👩‍👧", "葛\U000e0100城", "reported", "naïve"]
)
def test_what_scripts_and_emoji_need_stays(text: str) -> None:
    assert plain(text) == text


@given(st.text())
def test_json_is_the_same_json(text: str) -> None:
    said = json.dumps({text: [text]}, ensure_ascii=False, indent=1)
    assert json.loads(harmless.json_text(said)) == {text: [text]}


def begins_like_a_formula(cell: str) -> bool:
    number = re.fullmatch(r" *[+-]?[0-9][0-9., ]*", cell)
    return not number and cell.lstrip(" ")[:1] in tuple("=+-@＝＋－＠")


def formulas(cell: str) -> list[str]:
    """Return what a spreadsheet would compute, wherever it is that it separates cells."""
    return [part for part in re.split("[;\t\n]", cell) if begins_like_a_formula(part)]


@given(st.text("=+-@＝'; \t\r\n1.x") | st.text())
def test_no_cell_of_a_table_is_computed(text: str) -> None:
    assert formulas(harmless.cell(text)) == []


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("'=1", "''=1"),
        ("a;=1", "a;'=1"),
        ("first\n- second", "first\n'- second"),
        ("＝1", "'＝1"),
        ("-5+cmd|x", "'-5+cmd|x"),
        ("-5", "-5"),
        ("+3,428.5", "+3,428.5"),
        ("-5; -3", "-5; -3"),
        ("a-b; c=d", "a-b; c=d"),
        ("line\r\nline", "line\nline"),
        ("over\rwritten", "over\\rwritten"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_a_cell_is_changed_only_where_it_must_be(text: str, cell: str) -> None:
    assert harmless.cell(text) == cell


# Every command, on a ledger that is hostile throughout


class Screen(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), "utf-8", errors="backslashreplace", newline="")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def text(self) -> str:
        self.seek(0)
        return self.read()


def told(db: Path, *arguments: str, terminal: bool = False) -> Answer:
    """Run a command on streams that are terminals or are not."""
    out, err = Screen(terminal), Screen(terminal)
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
        patched.setenv("TERM", "xterm")
        code = run(["--db", str(db), *arguments])
    return Answer(code, out.text(), err.text())


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "facts.db"
    hostile.fill(path)
    told(path, "rebuild")
    _publish(path)
    return path


def _publish(db: Path) -> None:
    """Write receipts of what the ledger holds, and its tiles, beside it."""
    key = str(db.with_name("desk.key"))
    assert told(db, "keygen", "--output", key).code == 0
    for number, event in enumerate(json.loads(told(db, "log", "--json").out)):
        written = str(db.with_name(f"{number}.receipt"))
        assert told(db, "receipt", event["id"], "--key", key, "--output", written).code == 0
    tiles = str(db.with_name("tiles"))
    assert told(db, "export", "--format", "tiles", tiles, "--key", key).code == 0


@pytest.fixture(scope="module")
def ids(db: Path) -> list[str]:
    return [event["id"] for event in json.loads(told(db, "log", "--json").out)]


def questions(ids: list[str]) -> dict[str, list[list[str]]]:
    """Return how each command that reads is asked about the hostile ledger."""
    subject, predicate = f"=subject{EVERYTHING}", f"=predicate{EVERYTHING}"
    claimant = f"=claimantA{EVERYTHING}"
    return {
        "trace": [["5"], [ids[0]], [ids[2]], [ids[3]], [claimant[:60]]],
        "search": [["subject"], ["5"]],
        "show": [[subject], [subject, predicate, "--all"]],
        "history": [[subject, predicate]],
        "sources": [[], [claimant]],
        "contradictions": [
            [], ["--all"], ["--rule", "review"], ["--since", "2026-02-07T00:00:02Z"],
            ["--subject", subject], ["--claimant", claimant],
        ],
        "log": [[], ["--last", "3"], ["--about", "2026-02"]],
        "verify": [[]],
        "evidence": [[], [ids[0]]],
        "doctor": [[]],
        "rebuild": [[]],
        "export": [[], ["--format", "claimreview"]],
    }  # fmt: skip


def of_published(db: Path, number: int) -> dict[str, list[list[str]]]:
    """Return how what was published of a ledger of so many events is made, and asked about."""
    receipts = [str(db.with_name(f"{at}.receipt")) for at in range(number)]
    return {
        "receipt": [["last", "--key", str(db.with_name("desk.key"))]],
        "verify-receipt": [[receipt, "--now"] for receipt in receipts],
        "verify-tiles": [[str(db.with_name("tiles"))]],
    }


def forms_of(name: str) -> list[str]:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts}
    return [form for form in FORMS if not form or form in options]


def walk(db: Path, ids: list[str]) -> Iterator[tuple[str, list[str], str]]:
    asked = {**questions(ids), **of_published(db, len(ids))}
    for name in COMMANDS:
        for arguments in asked.get(name, [] if name in NOT_ASKED else [[]]):
            for form in forms_of(name):
                yield name, arguments, form


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_no_answer_does_harm(db: Path, ids: list[str], terminal: bool) -> None:
    shown = set()
    walked = list(walk(db, ids))
    if terminal:  # each command once in each form that differs there
        walked = list({(name, form): (name, said, form) for name, said, form in walked}.values())
        walked = [one for one in walked if one[2] in ("", "--nl", "--csv", "-t")]
    for name, arguments, form in walked:
        answer = told(db, name, *arguments, *[form] * bool(form), terminal=terminal)
        place = (name, arguments, form, answer.code)
        assert answer.code in (0, 1), (*place, answer.err)
        allowed = MARKED if form in ("--csv", "--tsv") and not terminal else "\n"
        assert not harm(answer.out, allowed=allowed, terminal=terminal), place
        assert not harm(answer.err, terminal=terminal), place
        if "\\x1b[2J" in answer.out or "\\u001b[2J" in answer.out:
            shown.add((name, form))
    expected = {(name, form) for name, _, form in walked if not (terminal and form == "-t")}
    of_numbers = {"verify", "doctor", "rebuild", "receipt", "verify-tiles"}
    assert {name for name, _ in expected - shown} <= {*of_numbers, "evidence"}


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_what_is_told_of_a_pull_does_no_harm(
    tmp_path: Path, form: list[str], terminal: bool
) -> None:
    day = read_day("2026-02-06")
    dated: dict[str, Any] = {"as_of": day, "published": day, "said": day}
    bare: dict[str, Any] = dict.fromkeys(
        ("start", "end", "locale", "unit", "evidence_sha256", "lang")
    )
    claim = hostile_claim(EVERYTHING, 5, **dated, **bare)
    claim = attrs.evolve(claim, value=read_value("5"))
    ledger = ledger_at(tmp_path / "theirs.db")
    ledger.append([ClaimAsserted(claim=claim)], f"=recorder{EVERYTHING}"[:200])
    ledger.store.close()
    theirs = str(tmp_path / "theirs.db")
    answer = told(tmp_path / "facts.db", "pull", theirs, *form, terminal=terminal)
    assert answer.code == 0, answer.err
    assert "=recorder" in answer.out
    assert not harm(answer.out, terminal=terminal)
    assert not harm(answer.err, terminal=terminal)


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_what_is_told_of_a_pull_that_is_refused_does_no_harm(
    db: Path, tmp_path: Path, terminal: bool
) -> None:
    """Among all that this ledger holds are dates that nobody could have recorded."""
    answer = told(tmp_path / "facts.db", "pull", str(db), terminal=terminal)
    assert answer.code == 2
    assert "Nothing was pulled" in answer.err
    assert not harm(answer.err, terminal=terminal)


def test_an_answer_that_escapes_nothing_is_caught(db: Path) -> None:
    """The control: the walk finds harm where there is some."""
    with patch("cli.trust.plain", lambda text: text):
        assert {"U+001B", "U+202E", "U+200B", "U+000D"} <= harm(told(db, "log").out)


def test_no_line_of_the_log_can_be_forged(db: Path, ids: list[str]) -> None:
    lines = told(db, "log").out.splitlines()
    assert len(lines) == len(ids)
    assert not any(line.startswith("position 0") for line in lines)


def test_json_says_exactly_what_was_filed(db: Path) -> None:
    said = set(texts_of(json.loads(told(db, "log", "--json").out)))
    expected = {f"={name}{EVERYTHING}" for name in ("subject", "predicate", "wording", "title")}
    assert expected <= said
    lines = told(db, "export").out.splitlines()
    assert expected <= set(texts_of([json.loads(line) for line in lines]))


def texts_of(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from texts_of(part)


@pytest.mark.parametrize(("form", "separator"), [("--csv", ","), ("--tsv", "\t")])
def test_no_cell_is_a_formula_wherever_cells_are_separated(
    db: Path, ids: list[str], form: str, separator: str
) -> None:
    cells = []
    for name, arguments, walked in walk(db, ids):
        if walked == form:
            answer = told(db, name, *arguments, form)
            header, *rows = csv.reader(io.StringIO(answer.out, newline=""), delimiter=separator)
            assert all(len(row) == len(header) for row in rows)
            cells += [cell for row in rows for cell in row]
    assert [cell for cell in cells if formulas(cell)] == []
    assert sum(cell.startswith("'=") for cell in cells) > 50


OURS = set(
    "html head meta title style body header main section article h1 h2 h3 h4 p ul ol li dl dt dd "
    "table caption thead tbody tr th td a bdi span strong em code time footer nav div details "
    "summary small colgroup col b i".split()
)


@pytest.mark.parametrize("options", [[], ["--all"], ["--since", "2026-02-07T00:00:02Z"]])
def test_a_page_of_html_has_elements_of_ours_only(db: Path, options: list[str]) -> None:
    page = told(db, "contradictions", "--format", "html", *options).out
    assert not harm(page, allowed="\n")
    read = Page(page)
    assert read.tags <= OURS
    assert not {name for _, name in read.attributes if name.startswith("on")}
    assert all(link.startswith(("#", "https://", "http://")) for link in read.links)
    assert "<script" not in page


@pytest.mark.parametrize("options", [[], ["--all"], ["--since", "2026-02-07T00:00:02Z"]])
def test_a_page_of_markdown_has_marks_of_ours_only(db: Path, options: list[str]) -> None:
    page = told(db, "contradictions", "--format", "md", *options).out
    assert not harm(page, allowed="\n")
    kinds = {token.type for token in markdown_tokens(page)}
    assert not {"html_block", "html_inline", "image", "fence", "code_block"} & kinds
    for token in markdown_tokens(page):
        if token.type == "link_open":
            assert re.match(r"https?://", str(token.attrs["href"]))


@pytest.mark.parametrize(
    "name", ["x\\", 'x" + (6*7) + "', 'x\\" + (6*7) + "', "x\\' + (6*7) + '", "${6*7} {{6*7}}"]
)
def test_no_name_is_computed_by_what_draws(wherefrom: Wherefrom, name: str) -> None:
    for value in ("5", "6"):
        wherefrom("add", name, name, value, f"--claimant={name}", "--published=2026", "--yes")
    drawn = wherefrom.folder / "drawn.svg"
    wherefrom("history", name, name, "--plot", drawn)
    assert "42" not in drawn.read_text("utf-8")


def test_a_picture_holds_texts_and_nothing_else(db: Path) -> None:
    asked = ("history", f"=subject{EVERYTHING}", f"=predicate{EVERYTHING}", "--plot")
    path = db.with_name("drawn.svg")
    assert told(db, *asked, str(path)).code == 0
    drawn = path.read_text("utf-8")
    assert not harm(drawn, allowed=MARKED)
    assert "\\x1b[2J" in drawn
    tags = {etree.QName(element).localname for element in etree.fromstring(drawn.encode()).iter()}
    assert tags <= {"svg", "rect", "g", "path", "line", "text", "defs", "clipPath", "style"}
    page = db.with_name("drawn.html")
    assert told(db, *asked, str(page)).code == 0
    head, _, scripts = page.read_text("utf-8").partition("<script>const spec = ")
    assert not harm(head, allowed="\n\u200e\u200f\u061c")
    assert "<script" not in head
    spec = scripts.partition(";</script>")[0]
    assert not harm(spec, allowed="\n")
    assert "<" not in spec


# Every option of every command


def parameters() -> Iterator[tuple[str, click.Parameter]]:
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for parameter in command.params:
            is_text = isinstance(parameter.type, click.types.StringParamType | click.Choice)
            if is_text and not getattr(parameter, "is_flag", False):
                yield name, parameter


def complete(name: str, given: str, text: str, ids: list[str]) -> list[str]:
    """Return the arguments of a command in order, with a text where one parameter is."""
    arguments: dict[str, list[str]] = {
        "add": ["s", "p", "1", "--claimant=c", "--published=2026", "--yes"],
        "import": ["none.csv"],
        "capture": ["none.html"],
        "correct": [ids[0], "--yes"],
        "retract": [ids[0], "--reason=r", "--published=2026"],
        "link": [ids[0], "relays", ids[1]],
        "review": [ids[0], "--rating=r", "--author=a", "--published=2026"],
        "define": ["x", "--type=text"],
        "describe": ["x", "--kind=person"],
        "match": ["x", "y"],
        "unmatch": ["x", "y"],
        "adjudicate": ["0" * 16, "--dismiss", "--reason=r"],
        "trace": ["5"],
        "search": ["5"],
        "show": ["x"],
        "history": ["x", "y"],
    }
    line = list(arguments.get(name, []))
    if given.startswith("-"):
        rest = [word for word in line if not word.startswith(f"{given}=")]
        return [*rest, f"{given}={text}"]
    places = [at for at, word in enumerate(line) if not word.startswith("-")]
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    position = [p.name for p in command.params if isinstance(p, click.Argument)].index(given)
    if position < len(places):
        line[places[position]] = text
    else:
        line.insert(0, text)
    return line


TEXTS = {
    "everything": EVERYTHING,
    "printable": PRINTABLE,
    "surrogate": "a\udc80\udcff",
    "date": f"2026-02-06{PRINTABLE}",
    "number": f"5 {PRINTABLE}",
    "pair": f"key{PRINTABLE}=text{PRINTABLE}",
    "address": f"https://example.org/{PRINTABLE}".replace(" ", ""),
    "identifier": "abcdef\x1b",
    "long": PRINTABLE * 300,
}


@pytest.mark.parametrize("kind", TEXTS)
def test_no_option_of_any_command_lets_a_text_do_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "facts.db"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hostile, "_plain_keys", lambda poison: "")
        ids = hostile.fill(path, "")
    before = path.read_bytes()
    quoted = 0
    for name, parameter in parameters():
        given = (
            max(parameter.opts, key=len) if parameter.opts[0].startswith("-") else parameter.name
        )
        assert given is not None
        line = complete(name, given, TEXTS[kind], ids)
        line = [word.replace("\x00", "") for word in line]  # no shell passes it on
        answer = told(path, name, *line, terminal=True)
        assert not harm(answer.out, terminal=True), (name, given, answer)
        assert not harm(answer.err, terminal=True), (name, given, answer)
        assert answer.code in (0, 1, 2), (name, given, answer)
        quoted += "\\x1b" in answer.err or "\\u202e" in answer.err or "\\u200b" in answer.err
        if path.read_bytes() != before:
            path.write_bytes(before)
    if kind in ("everything", "printable"):
        assert quoted > 20


def test_a_command_and_an_option_that_are_none(tmp_path: Path) -> None:
    for arguments in ([EVERYTHING], [f"--{EVERYTHING}"], ["log", f"--{EVERYTHING}"], ["a\udc80"]):
        answer = told(tmp_path / "facts.db", *[text.replace("\x00", "") for text in arguments])
        assert answer.code == 2
        assert not harm(answer.out + answer.err)
        assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("who", [EVERYTHING.replace("\x00", ""), PRINTABLE[:150], "a\udc80"])
def test_the_name_of_who_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setenv("WHEREFROM_RECORDER", who)
    path = tmp_path / "facts.db"
    for arguments in (
        ["add", "s", "p", "1", "--claimant=c", "--published=2026", "--yes"],
        ["trace", "1"],
        ["log", "-t"],
    ):
        answer = told(path, *arguments)
        assert not harm(answer.out + answer.err)


# Files: their names, and what is in them


NAME = "a\x1b[31m\u202e\u200b;touch x`$(x)'\"\n=1"


def test_the_names_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / NAME
    folder.mkdir()
    monkeypatch.chdir(folder)
    wherefrom = Wherefrom(folder, f"{NAME}.db")
    rows = folder / f"{NAME}.csv"
    rows.write_text(
        "subject,predicate,value,claimant,published\na,b,1,c,2026\na,b,1,c,x\n", "utf-8"
    )
    page = folder / f"{NAME}.html"
    page.write_text("<html><p>some words of a page, long enough to be its text", "utf-8")
    line = folder / f"{NAME}.jsonl"
    line.write_text("{", "utf-8")
    for arguments in (
        ["import", rows],
        ["import", line],
        ["import", rows, "--skip-bad"],
        ["import", rows, "--skip-bad"],
        ["capture", page],
        ["capture", folder],
        ["capture", folder / f"none{NAME}"],
        [
            "add",
            "a",
            "c",
            "x",
            "--claimant=c",
            "--published=2026",
            f"--evidence={page}",
            "--quote=no",
        ],
        ["export", "--output", folder / f"{NAME}.out"],
        ["export", "--output", folder / f"none{NAME}" / "x"],
        ["export", "--output", wherefrom.db],
        ["export", "--format", "claimreview", "--output", folder / f"{NAME}.feed"],
        ["history", "a", "b", "--plot", folder / f"{NAME}.svg"],
        ["evidence", "--evidence", folder / f"none{NAME}"],
        ["doctor"],
        ["verify"],
        ["rebuild"],
    ):
        answer = told(wherefrom.db, *map(str, arguments))
        assert not harm(answer.out + answer.err), arguments
        assert not any(text.startswith("=1") for text in (answer.out + answer.err).splitlines())
    wherefrom.db.chmod(0o666)
    assert not harm(told(wherefrom.db, "doctor").out)
    wherefrom.db.write_bytes(b"x" * 4096)
    for command in ("log", "verify", "doctor", "rebuild"):
        answer = told(wherefrom.db, command)
        assert not harm(answer.out + answer.err)


@pytest.mark.parametrize("column", [f"x{EVERYTHING}", f"value{PRINTABLE}", PRINTABLE * 200])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_header_and_the_cells_of_a_table(tmp_path: Path, column: str, separator: str) -> None:
    path = tmp_path / "rows.csv"
    header = ["subject", "predicate", "value", "claimant", "published", column]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(header)
        writer.writerow([EVERYTHING, PRINTABLE, PRINTABLE, PRINTABLE, PRINTABLE, EVERYTHING])
    for options in (
        [],
        ["--skip-bad", "--map", f"subject={column}"],
        ["--set", f"claimant={{{column}"],
    ):
        answer = told(tmp_path / "facts.db", "import", str(path), *options)
        assert answer.code == 2
        assert not harm(answer.out + answer.err)
        assert all(len(line) < 2_100 for line in answer.err.splitlines())


def test_the_keys_the_texts_and_the_labels_of_json(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    good = {"subject": "a", "predicate": "b", "value": "1", "claimant": "c", "published": "2026"}
    rows: list[dict[str, Any]] = [
        *(
            {**good, name: text}
            for name in good
            for text in (EVERYTHING, [EVERYTHING], {EVERYTHING: 1})
        ),
        {**good, EVERYTHING: 1},
        {**good, "type": EVERYTHING},
        {**good, "label": EVERYTHING},
        {"type": "claims-linked", "claim": f"@{EVERYTHING}", "relation": "relays", "other": "@x"},
        {**good, "scope": {EVERYTHING: "x"}},
        {**good, f"scope.{EVERYTHING}": "x"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    answer = told(tmp_path / "facts.db", "import", str(path))
    assert answer.code == 2
    assert len(answer.err.splitlines()) == len(rows) + 1
    assert not harm(answer.out + answer.err)


def test_rejected_rows_are_the_rows_that_came_and_come_back(wherefrom: Wherefrom) -> None:
    """They are a copy of somebody's file: to be mended, so word for word."""
    cells = ["=1+1", "@x", "not a date =", "-5", "'=2", "a;=3"]
    rows = [[cell, "p", "1", cell, "no date"] for cell in cells]
    path = wherefrom.folder / "rows.csv"
    header = "subject,predicate,value,claimant,published".split(",")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    wherefrom("import", path, "--skip-bad")
    rejected = wherefrom.folder / "rows.csv.rejected.csv"
    with rejected.open(encoding="utf-8", newline="") as file:
        back = list(csv.reader(file))
    assert [row[:-1] for row in back[1:]] == rows
    mended = rejected.read_text("utf-8").replace("no date", "2026-02-06")
    (wherefrom.folder / "mended.csv").write_text(mended, "utf-8")
    assert wherefrom("import", wherefrom.folder / "mended.csv", "--json").json["recorded"] == len(
        cells
    )
    subjects = [one["statement"]["subject"] for one in wherefrom("log", "--json").json]
    assert subjects == cells


# Damage that is told of


def test_what_a_damaged_ledger_is_said_to_hold(tmp_path: Path) -> None:
    """A thief may write anything where a head or a body should be."""
    path = tmp_path / "facts.db"
    hostile.fill(path)
    connection = sqlite3.connect(path)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    keys = json.dumps({EVERYTHING: EVERYTHING}).encode()
    connection.execute("UPDATE events SET head = ? WHERE position = 1", (keys,))
    head = {"type": EVERYTHING, "origin": EVERYTHING, "seq": 0, "recorder": "", "schema": 1,
            "recorded_at": EVERYTHING, "body": EVERYTHING, "v": 1}  # fmt: skip
    connection.execute(
        "UPDATE events SET head = ? WHERE position = 2", (json.dumps(head).encode(),)
    )
    connection.execute("UPDATE bodies SET body = ? WHERE position = 3", (keys,))
    connection.commit()
    connection.close()
    for command in ("verify", "log", "rebuild", "contradictions", "export", "doctor"):
        for terminal in (False, True):
            answer = told(path, command, terminal=terminal)
            assert answer.code in (0, 1, 2)
            assert not harm(answer.out + answer.err, terminal=terminal), command
