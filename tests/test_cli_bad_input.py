"""Bad input gets one clear line with the place and what to write instead; nothing is recorded."""

import gzip
import io
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Wherefrom

from cli.main import run

HEADER = "subject,predicate,value,claimant,published"
GOOD = "storm,deaths,1,Reuters,2026-02-06"


@pytest.fixture
def wherefrom(tmp_path: Path) -> Iterator[Wherefrom]:
    """A ledger with one claim in it, which is the same to the byte when the test is over."""
    command = Wherefrom(tmp_path)
    command.table(f"{HEADER}\n{GOOD}")
    before = command.db.read_bytes()
    yield command
    assert command.db.read_bytes() == before


def refused(wherefrom: Wherefrom, data: bytes | str, name: str = "bad.csv") -> str:
    """Import a file that must be refused; return what is said, which is one line a problem."""
    file = wherefrom.folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    answer = wherefrom("import", file, code=2)
    assert answer.out == ""
    assert "Traceback" not in answer.err
    return answer.err.replace(f"{wherefrom.folder}/", "")


# Files


def test_a_file_that_is_not_there(wherefrom: Wherefrom) -> None:
    told = wherefrom("import", wherefrom.folder / "none.csv", code=2)
    assert told.err.endswith("none.csv: No such file or directory. Name a file to read\n")


def test_a_folder(wherefrom: Wherefrom) -> None:
    assert "Is a directory" in wherefrom("import", wherefrom.folder, code=2).err


def test_an_empty_file(wherefrom: Wherefrom) -> None:
    told = refused(wherefrom, "\n\n")
    assert told == "Error: bad.csv: empty. The first line names the columns\n"


@pytest.mark.parametrize("kept", [5, 40, 100, -1])
def test_a_gzip_file_that_is_cut_off(wherefrom: Wherefrom, kept: int) -> None:
    rows = "\n".join(f"s{n},p,{n},c,2026" for n in range(300))
    data = gzip.compress(f"{HEADER}\n{rows}".encode())[:kept]
    told = refused(wherefrom, data, "bad.csv.gz")
    assert told == "Error: bad.csv.gz: the gzip file ends too early. Fetch it again\n"


def test_a_gzip_file_that_is_damaged(wherefrom: Wherefrom) -> None:
    data = bytearray(gzip.compress(f"{HEADER}\n{GOOD}".encode()))
    data[-6] ^= 0xFF
    assert "the gzip file is damaged" in refused(wherefrom, bytes(data), "bad.csv.gz")


@pytest.mark.parametrize("lines", [0, 1, 50_000])
def test_another_encoding_is_told_by_its_line_and_byte(wherefrom: Wherefrom, lines: int) -> None:
    before = f"{HEADER}\n" + f"{GOOD}\n" * lines + "storm,deaths,1,"
    after = "Müller,2026\n" + f"{GOOD}\n" * 3
    told = refused(wherefrom, before.encode() + after.encode("latin-1"))
    place = f"bad.csv:{lines + 2}: byte {len(before) + 1:,} (0xFC) is no UTF-8"
    assert told.startswith(f"Error: {place}; it is in another encoding. Save it as UTF-8")


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("a,b\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"SQLite format 3\x00", "database"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_file_that_is_no_text_is_called_what_it_is(
    wherefrom: Wherefrom, start: bytes, kind: str
) -> None:
    assert kind in refused(wherefrom, start)


def test_a_text_cut_off_within_a_letter(wherefrom: Wherefrom) -> None:
    told = refused(wherefrom, f"{HEADER}\n{GOOD}é".encode()[:-1])
    assert "is no UTF-8" in told


# Tables


@pytest.mark.parametrize(
    ("rows", "line", "what"),
    [
        ('a,b,"1,c,2026\na,b,1,c,2026', 2, "a quotation mark is opened and never closed"),
        ('a,b,1,c,2026\na,b,"1"2,c,2026', 3, "broken quoting"),
        ('a,b,"x\ny",c,2026\na,b,"1"2,c,2026', 4, "broken quoting"),
    ],
)
def test_broken_quoting(wherefrom: Wherefrom, rows: str, line: int, what: str) -> None:
    assert refused(wherefrom, f"{HEADER}\n{rows}\n").startswith(f"Error: bad.csv:{line}: {what}")


def test_a_quotation_mark_that_swallows_the_rest_of_a_large_file(wherefrom: Wherefrom) -> None:
    rows = f"{GOOD}\n" * 40_000
    told = refused(wherefrom, f'{HEADER}\n{GOOD}\na,b,"1,c,2026\n{rows}')
    assert told.startswith("Error: bad.csv:3: a quotation mark is opened and never closed")


def test_an_unknown_column_is_named_with_the_nearest(wherefrom: Wherefrom) -> None:
    told = refused(wherefrom, "subject,predicate,valeu,claimant,published\n")
    assert told.startswith("Error: bad.csv:1 valeu: no field of a claim is named so. ")
    assert "Did you mean value?" in told
    assert "--map" in told


def test_a_column_that_a_claim_needs(wherefrom: Wherefrom) -> None:
    told = refused(wherefrom, "subject,predicate,value,published\na,b,1,2026\n")
    assert told == (
        "Error: bad.csv:1: nothing gives the claimant. "
        "Add it as a column, or name it with --set claimant=TEXT\n"
    )


def test_two_columns_of_one_name_and_one_without(wherefrom: Wherefrom) -> None:
    assert "two columns are named 'value'" in refused(wherefrom, "value,value\n")
    assert "column 2 has no name" in refused(wherefrom, "value,,claimant\n")


def test_a_row_with_too_many_cells_or_too_few(wherefrom: Wherefrom) -> None:
    told = refused(wherefrom, f"{HEADER}\na,b,3,428,c,2026\n\na,b\n").splitlines()
    assert told[0] == (
        "bad.csv:2 6 cells, but the header names 5 columns. Quote a cell that holds a comma"
    )
    assert told[1].startswith("bad.csv:4 2 cells, but the header names 5 columns. ")
    assert told[2] == (
        "Error: 2 rows are bad, so nothing was recorded. "
        "Mend them, or leave them out with --skip-bad."
    )


def test_every_bad_row_is_listed_by_the_line_on_which_it_begins(wherefrom: Wherefrom) -> None:
    rows = ['a,b,"x\n\ny",c,2026', "a,b,1,c,tomorrow", "", 'a,b,1,"c\x07",2026']
    told = refused(wherefrom, "\n".join([HEADER, *rows]))
    places = [line.split(" ")[0] for line in told.splitlines()]
    assert places == ["bad.csv:2", "bad.csv:5", "bad.csv:7", "Error:"]


# Cells


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("value", "3,42", "Write 3.42, or 342"),
        ("value", "NaN", "is not a figure"),
        ("value", "inf", "is not a figure"),
        ("value", "-Infinity", "is not a figure"),
        ("value", "", "missing. Write what is claimed"),
        ("value", "x" * 2_001, "2,001 characters"),
        ("value", "9" * 61, "60 digits"),
        ("published", "2026-02-30", "not in the calendar"),
        ("published", "2026-13-01", "has no month 13"),
        ("published", "06/02/2026", "Write"),
        ("published", "", "missing"),
        ("as_of", "2026-02-06/2026-02-01", "ends before it begins"),
        ("said", "yesterday", "no date"),
        ("subject", "x" * 501, "501 characters"),
        ("subject", "\x1b[2Jx", "U+001B"),
        ("claimant", " ", "empty"),
        ("claimant", "a\x00b", "U+0000"),
        ("via", "a;;b", "via: empty"),
        ("modality", "sworn", "Write one of asserted, denied"),
        ("unit", "more than", "is no unit"),
        ("url", "javascript:alert(1)", "may not begin with javascript:"),
        ("url", "example.org", "is no address"),
        ("url", "https:///x", "is no address"),
        ("url", "https://a.b/" + "x" * 4_000, "4,000 allowed"),
        ("lang", "french language", "is no language tag"),
        ("locale", "xx_YY_ZZ", "is no known locale"),
        ("evidence_sha256", "abc", "is no SHA-256"),
        ("start", "-1", "no whole number"),
        ("start", "3", "end: missing"),
        ("wording", "x" * 20_001, "20,001 characters"),
        ("wording", "a\x1b[31m", "U+001B"),
        ("scope.place", "\x9b", "scope.place: control character"),
    ],
)
def test_a_cell_that_cannot_be_kept(
    wherefrom: Wherefrom, column: str, text: str, said: str
) -> None:
    cells = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {column: text}
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells.values()]
    told = refused(wherefrom, ",".join(cells) + "\n" + ",".join(quoted))
    first, last = told.splitlines()
    assert first.startswith("bad.csv:2 ")
    assert said in first
    assert first.isprintable()
    assert last.startswith("Error: 1 row is bad")


def test_a_passage_that_ends_before_it_starts(wherefrom: Wherefrom) -> None:
    told = refused(wherefrom, f"{HEADER},start,end\n{GOOD},9,9")
    assert "end: the passage ends at 9, but starts at 9" in told


def test_a_unit_for_what_is_no_number(wherefrom: Wherefrom) -> None:
    told = refused(wherefrom, f"{HEADER},unit\nstorm,name,Boris,Reuters,2026,people")
    assert "unit: the value 'Boris' is no number" in told


def test_a_mapped_column_is_named_beside_its_field(wherefrom: Wherefrom) -> None:
    file = wherefrom.file("wide.csv", "tank\n NaN")
    options = [f"--set={name}=2026" for name in HEADER.split(",") if name != "value"]
    told = wherefrom("import", file, "--map", "value=tank", *options, code=2)
    assert "wide.csv:2 value (column 'tank'): 'NaN' is not a figure" in told.err


# JSON


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"subject": "a"', "not JSON at character"),
        ("[1, 2]", "not a JSON object"),
        ("17", "not a JSON object"),
        ('{"value": NaN}', "value: 'NaN' is not a figure"),
        ('{"subject": NaN}', "subject: 'NaN' is not a figure"),
        ('{"scope": "a=b"}', 'scope: not an object. Write {"place": "Oman"}'),
        ('{"scope": {"a": "b"}, "scope.x": "c"}', "scope.x: there is a scope beside it"),
        ('{"value": "1", "value": "2"}', "value: given twice in one object"),
        (
            '{"type": "contradiction-adjudicated", "finding": "abcdef12", '
            '"decision": "dismissed", "reason": "r"}',
            "finding: none has an id that begins with 'abcdef12'",
        ),
        (
            '{"type": "predicate-defined", "name": "x", "value_type": "quantity", '
            '"disjoint": "A; a"}',
            "disjoint: the same part twice",
        ),
        ('{"subject": {"a": 1}}', "subject: an object"),
        ('{"subject": ["a"]}', "subject: a list"),
        ('{"subject": "\\ud800"}', "U+D800"),
        ('{"typ": "claim-asserted"}', "Did you mean"),
        ('{"type": "claim-assertd"}', "Did you mean claim-asserted?"),
        ('{"type": "predicate-defined", "name": "x"}', "value_type: missing"),
        ('{"type": "predicate-defined", "name": "x", "value_type": "int"}', "Write one of"),
        ('{"type": "claims-linked", "claim": "@a", "relation": "relays"}', "labelled 'a'"),
        ('{"type": "contradiction-adjudicated", "pairs": 1}', "finding: missing"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_event(wherefrom: Wherefrom, line: str, said: str) -> None:
    told = refused(wherefrom, line, "bad.jsonl")
    assert said in told
    assert "bad.jsonl:1" in told


def test_nan_and_infinity_as_a_value(wherefrom: Wherefrom) -> None:
    for constant in ("NaN", "-Infinity", "1e999"):
        line = (
            f'{{"subject": "a", "predicate": "b", "value": {constant}, "claimant": "c", '
            '"published": "2026"}'
        )
        assert "bad.jsonl:1 value:" in refused(wherefrom, line, "bad.jsonl")


def test_an_array_that_is_cut_off(wherefrom: Wherefrom) -> None:
    assert "bad.json:2: not JSON: the array is cut off" in refused(
        wherefrom, '[{"subject": "a"},\n{"subject": "b"}', "bad.json"
    )


def test_text_after_an_array(wherefrom: Wherefrom) -> None:
    row = '{"subject": "a", "predicate": "b", "value": 1, "claimant": "c", "published": "2026"}'
    told = refused(wherefrom, f"[{row}]\n{row}", "bad.json")
    assert told.startswith("Error: bad.json:2: more text after the array")


def test_a_key_given_twice_in_an_array(wherefrom: Wherefrom) -> None:
    assert "bad.json:2 value: given twice" in refused(
        wherefrom, '[\n{"value": 1, "value": 2}]', "bad.json"
    )


def test_a_link_of_a_claim_to_itself_through_two_labels(wherefrom: Wherefrom) -> None:
    row = '"subject": "a", "predicate": "b", "value": 1, "claimant": "c", "published": "2026"'
    link = '{"type": "claims-linked", "claim": "@x", "relation": "relays", "other": "@y"}'
    lines = f'{{{row}, "label": "x"}}\n{{{row}, "label": "y"}}\n{link}'
    assert "other: the same claim as claim (@x and @y)" in refused(wherefrom, lines, "bad.jsonl")


@pytest.mark.parametrize("link", [True, False])
def test_skip_bad_writes_over_no_file(wherefrom: Wherefrom, link: bool) -> None:
    file = wherefrom.file("some.csv", f"{HEADER}\n2{GOOD}\nbad,row")
    rejected = wherefrom.folder / "some.csv.rejected.csv"
    if link:
        rejected.symlink_to(wherefrom.db)
    else:
        rejected.write_text("mine", encoding="utf-8")
    before = rejected.read_bytes()
    told = wherefrom("import", file, "--skip-bad", code=2)
    assert "some.csv.rejected.csv: is there already" in told.err
    assert "Move it away" in told.err
    assert rejected.read_bytes() == before


def test_a_message_shows_foreign_text_escaped_and_cut(wherefrom: Wherefrom) -> None:
    header = f"{HEADER},\x1b[2J\u202e{'x' * 9_000}"
    told = refused(wherefrom, header)
    assert "\\x1b[2J\\u202ex" in told
    assert len(told) < 2_100
    told = wherefrom("verify", db=wherefrom.folder / "\x1b]0;x\x07.db", code=2).err
    assert "\\x1b]0;x\\x07.db" in told


def test_a_label_that_is_taken(wherefrom: Wherefrom) -> None:
    told = refused(wherefrom, f"{HEADER},label\n{GOOD},x\n2{GOOD},x")
    assert "label: 'x' is taken by a row above" in told


# Options


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--map", "tank"], "--map tank: not FIELD=COLUMN"),
        (["--map", "valeu=tank"], "Did you mean value?"),
        (["--map", "value=a", "--map", "value=b"], "value is given twice"),
        (["--map", "value=tnk"], "there is no column 'tnk'. Did you mean 'tank'?"),
        (["--map", "value=tank"], "nothing gives the subject"),
        (["--set", "value={tank"], "brace"),
        (["--sum", "tank"], "no --map or --set uses that column"),
        (["--locale", "klingon"], "is no known locale"),
        (["--colour"], "No such option"),
    ],
)
def test_an_option_that_cannot_be_followed(
    wherefrom: Wherefrom, options: list[str], said: str
) -> None:
    file = wherefrom.file("wide.csv", "tank\n 1")
    told = wherefrom("import", file, *options, code=2)
    assert said in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--json", "log"], "Options of a command stand after it: `wherefrom COMMAND --json`"),
        (["log", "--db", "x"], "It stands before the command: `wherefrom --db FILE COMMAND`"),
        (["verfy"], "No such command 'verfy'. Did you mean 'verify'? See `wherefrom --help`."),
        (["xyzzy"], "No such command 'xyzzy'. See `wherefrom --help`."),
        (["verify", "kept"], "argument (kept). A file is named with --checkpoint. See `wherefrom "),
        (["doctor", "kept"], "argument (kept). See `wherefrom doctor --help`."),
    ],
)
def test_a_word_in_the_wrong_place(wherefrom: Wherefrom, arguments: list[str], said: str) -> None:
    told = wherefrom(*arguments, code=2)
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_without_a_command_the_commands_are_listed_line_by_line(
    wherefrom: Wherefrom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([]) == 2
    assert capsys.readouterr().err == wherefrom("--help").out


@pytest.mark.parametrize("arguments", [["add", "a", "b", "1"], ["erase", "last", "--ground", "x"]])
def test_an_answer_of_no_changes_nothing_and_says_so(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(f"cli.{arguments[0]}.interactive", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    more = ["--claimant=c", "--published=2026"] if arguments[0] == "add" else []
    before = wherefrom("log", "--json").json
    told = wherefrom(*arguments, *more, code=1)
    assert "Nothing was " in told.err
    assert "Interrupted" not in told.err
    assert wherefrom("log", "--json").json == before


ADD = ["add", "a", "b", "1", "--claimant=c", "--published=2026"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*ADD, "--denied", "--forecast"], "modality: --denied and --forecast at once"),
        ([*ADD, "--denied", "--modality=alleged"], "modality: --denied and --modality at once"),
        ([*ADD, "--scope=a=b", "--scope=A=c"], "scope: 'A' is given twice"),
        ([*ADD, f"--evidence={__file__}", f"--evidence-sha256={'0' * 64}"], "its SHA-256 is"),
        (["define", "x", "--type=day", "--not-before=X"], "not_before: the same as name"),
        (["define", "x", "--type=quantity", "--part-of=X"], "part_of: the same as name"),
        (["define", "x", "--type=quantity", "--disjoint=A,a"], "disjoint: the same part twice"),
        (["define", "x", "--type=quantity", "--disjoint=X,a"], "disjoint: the same as name"),
        ([*ADD[:3], "-5", *ADD[4:]], "after two hyphens: -- -5"),
    ],
)
def test_options_that_contradict_each_other(
    wherefrom: Wherefrom, arguments: list[str], said: str
) -> None:
    told = wherefrom(*arguments, code=2)
    assert said in told.err
    assert len(told.err.splitlines()) == 1


# Ids


def test_an_id_that_is_unknown_too_short_or_none_at_all(wherefrom: Wherefrom) -> None:
    for id_, said in (
        ("abcdef", "nothing here has an id that begins with abcdef"),
        ("abc", "is no id. Write 6 or more"),
        ("deaths", "is no id"),
        ("f" * 65, "is no id"),
    ):
        told = wherefrom("link", id_, "relays", "last", code=2)
        assert said in told.err
        assert len(told.err.splitlines()) == 1


def test_an_id_that_could_be_several_names_them(tmp_path: Path) -> None:
    from cli.session import Session
    from ledger.errors import NotFound

    class Views:
        def find(self, prefix: str) -> list[tuple[str, int, str]]:
            return [(prefix + digit * 58, 0, "claim-asserted") for digit in "ab"]

        def release(self) -> None:
            pass

    session = Session(str(tmp_path / "facts.db"))
    session.ledger(create=True)
    session.views = Views  # type: ignore[assignment, method-assign]
    with pytest.raises(NotFound, match=r"abcdef could be abcdefaaaa .*, abcdefbbbb "):
        session.resolve("abcdef", "claim")
    session.close()


def test_an_id_of_something_that_is_no_claim(tmp_path: Path) -> None:
    command = Wherefrom(tmp_path)
    id_ = command("define", "x", "--type", "text", "--json").json["id"]
    told = command("retract", id_, "--reason", "y", "--published", "2026", code=2)
    assert "is no claim but a predicate-defined" in told.err


# Ledgers


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("some notes, longer than the head of a database " * 20, encoding="utf-8")
    sqlite3.connect(other).executescript("CREATE TABLE t (x)").close()
    command = Wherefrom(tmp_path)
    for file in (text, other):
        before = file.read_bytes()
        told = command("add", "a", "b", "1", "--claimant=c", "--published=2026", db=file, code=2)
        assert str(file) in told.err
        assert len(told.err.splitlines()) == 1
        assert file.read_bytes() == before


def test_a_ledger_of_a_newer_version(wherefrom: Wherefrom, tmp_path: Path) -> None:
    newer = tmp_path / "newer.db"
    newer.write_bytes(wherefrom.db.read_bytes())
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    told = wherefrom("import", tmp_path / "claims.csv", db=newer, code=2)
    assert "made by a newer wherefrom" in told.err
    assert "Update wherefrom" in told.err


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that nobody can write to")
def test_a_folder_that_cannot_be_written() -> None:
    told = Wherefrom(Path("/proc/self"))("define", "x", "--type", "text", code=2)
    assert "Check that the folder exists and may be written" in told.err


def test_a_ledger_in_a_folder_that_cannot_be_written_can_still_be_read(
    wherefrom: Wherefrom,
) -> None:
    wherefrom.db.chmod(0o400)
    wherefrom.folder.chmod(0o500)
    try:
        wherefrom("verify")
        if os.geteuid():
            told = wherefrom("define", "x", "--type", "text", code=2)
            assert "Make the file and its folder writable" in told.err
    finally:
        wherefrom.folder.chmod(0o700)


@pytest.mark.skipif(not os.geteuid(), reason="root may read everything")
def test_a_ledger_that_only_others_may_read(wherefrom: Wherefrom) -> None:
    """As one of a colleague's, which is the colleague's alone unless that is changed."""
    wherefrom.db.chmod(0)
    try:
        told = wherefrom("trace", "1", code=2)
        assert told.err.endswith("facts.db: Permission denied. Have its owner let you read it\n")
        assert "cannot be read" in wherefrom("doctor", code=1).out
    finally:
        wherefrom.db.chmod(0o600)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    command = Wherefrom(tmp_path / "nowhere")
    told = command("define", "x", "--type", "text", code=2)
    assert "Check that the folder exists and may be written" in told.err


def full_disk() -> None:
    """Let no file grow beyond 400 KB, as on a disk that is nearly full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))


def test_a_disk_that_fills_up_during_an_import(wherefrom: Wherefrom) -> None:
    rows = "\n".join(f"s{n},p,{n},c,2026" for n in range(3_000))
    file = wherefrom.file("many.csv", f"{HEADER}\n{rows}")
    program = "from cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--db", wherefrom.db, "import", file],
        preexec_fn=full_disk,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "disk" in line
    assert "Nothing was recorded" in line
    assert wherefrom("verify", "--json").json["ok"] is True
