"""How an answer leaves: the forms, the escapes, colours on a terminal and nowhere else."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output import Form, emit, paint, plain, print_table, width, wrapped

RECORDS: list[dict[str, Any]] = [
    {"name": "al\u2011Busaidi", "number": 1, "more": {"nested": ["a"]}},
    {"name": 'with "quotes", commas\nand a line', "number": None, "more": {}},
]
COLUMNS = ("name", "number")
TEXTS = st.text(max_size=20)


class Screen(io.StringIO):
    """Something to print on that says whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def printed(function: Callable[..., Any], *arguments: Any, terminal: bool = False) -> str:
    """Return what a function prints, in a pipe or on a terminal of 60 columns."""
    screen = Screen(terminal)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(screen):
        patch.setenv("TERM", "xterm")
        patch.setenv("COLUMNS", "60")
        patch.delenv("NO_COLOR", raising=False)
        function(*arguments)
    return screen.getvalue()


def shown(form: Form, records: list[dict[str, Any]] = RECORDS) -> None:
    emit(form, records, COLUMNS, lambda record: [record[name] for name in COLUMNS])


def test_json_is_one_array_and_nl_an_object_a_line() -> None:
    assert json.loads(printed(shown, "json")) == RECORDS
    assert [json.loads(line) for line in printed(shown, "nl").splitlines()] == RECORDS
    assert json.loads(printed(shown, "json", [])) == []


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_and_tsv_read_back(form: Form, delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(printed(shown, form)), delimiter=delimiter))
    assert rows == [["name", "number"], ["al\u2011Busaidi", "1"], [RECORDS[1]["name"], ""]]


def test_a_table_in_a_pipe_has_one_line_a_row_however_long() -> None:
    lines = printed(print_table, ("a", "b"), [["x" * 300, "y"], ["short", None]]).splitlines()
    assert len(lines) == 4
    assert lines[2].split() == ["x" * 300, "y"]
    assert all(line == line.rstrip() for line in lines)


def test_a_table_on_a_terminal_stays_within_it() -> None:
    told = printed(print_table, ("a", "b"), [["word " * 40, "y"]], terminal=True)
    assert "\x1b[1m" in told
    lines = [re.sub(r"\x1b\[\d*m", "", line) for line in told.splitlines()]
    assert len(lines) > 4
    assert max(map(len, lines)) <= 60


def test_a_table_takes_texts_for_what_they_are() -> None:
    """Rich would read [bold] as markup and :fire: as a picture."""
    assert "[bold]x[/bold] :fire:" in printed(print_table, ("a",), [["[bold]x[/bold] :fire:"]])


@given(TEXTS)
def test_plain_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    for character in plain(text):
        assert unicodedata.category(character) not in ("Cc", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in (
            *("LRE", "RLE", "LRO", "RLO", "PDF"),
            *("LRI", "RLI", "FSI", "PDI"),
        )


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=30))
def test_plain_text_keeps_what_can_be_printed(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("a\tb", "a\\tb"), ("a\r\nb", "a\\r\\nb"), ("\x1b[31m", "\\x1b[31m"), ("\u202e", "\\u202e")],
)
def test_plain_text_says_what_was_there(text: str, escaped: str) -> None:
    assert plain(text) == escaped


@given(TEXTS)
def test_json_on_a_terminal_is_safe_and_the_same_json(text: str) -> None:
    told = printed(shown, "json", [{"name": text, "number": 1}], terminal=True).rstrip("\n")
    assert json.loads(told) == [{"name": text, "number": 1}]
    assert plain(told) == told


def test_csv_keeps_lines_and_tabs_in_a_pipe_and_is_one_line_a_row_on_a_terminal() -> None:
    red = [{"name": "\x1b[31mred\n\tline", "number": 1}]
    assert '"\\x1b[31mred\n\tline",1' in printed(shown, "csv", red)
    assert "\\x1b[31mred\\n\\tline,1\n" in printed(shown, "csv", red, terminal=True)


def _paint() -> None:
    print(paint("x", fg="red"), width())


def test_colours_and_width_are_the_terminals() -> None:
    assert printed(_paint) == "x 80\n"
    assert printed(_paint, terminal=True) == "\x1b[31mx\x1b[0m 60\n"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_refused(name: str, value: str) -> None:
    def refusing() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(name, value)
            _paint()

    assert printed(refusing, terminal=True) == "x 60\n"


def test_wrapped_text_fits_and_leaves_long_words_whole() -> None:
    address = "https://example.org/" + "x" * 100
    text = f"{'word ' * 30}{address} end"
    lines = printed(lambda: print(wrapped(text, "  ", "    "))).splitlines()
    assert lines[0].startswith("  word")
    assert all(line.startswith("    ") for line in lines[1:])
    assert f"    {address}" in lines
    assert all(len(line) <= 80 for line in lines if address not in line)
