"""Files of the program's own that somebody damaged: the ledger, its views, what is beside it.

Whatever bytes they hold, a command ends by itself with an answer or with one line that says what
is wrong: no traceback, no hang. What it answers is the ledger's business; `verify` tells whether
that is to be relied on (``tests/test_tampering.py``).
"""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from commands import Wherefrom
from hostile import harm
from hypothesis import given
from hypothesis import strategies as st
from mutations import NUMBERS, TOKENS, mutated, scrambled
from tampering import unprotected

from ledger.admission import check_event
from ledger.errors import Damaged
from ledger.events import EVENT_TYPES
from ledger.heads import Head, commitment, decode_head, encode_head
from ledger.merkle import Frontier, leaf_hash
from ledger.sqlite import SqliteStore
from ledger.store import Row

QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("verify",),
    ("log",),
    ("contradictions",),
    ("contradictions", "--format", "md"),
    ("trace", "5"),
    ("show", "storm"),
    ("history", "storm", "deaths"),
    ("sources",),
    ("search", "so many"),
    ("evidence",),
    ("export",),
    ("export", "--format", "claimreview"),
    ("doctor",),
    ("rebuild",),
    ("match", "--suggest"),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Wherefrom:
    """A ledger with an event of every kind, and its views."""
    wherefrom = Wherefrom(tmp_path_factory.mktemp("whole"))
    page = wherefrom.folder / "page.html"
    page.write_text("<html><body><p>They said that 5 people died, so many.", "utf-8")
    claim = ("--published=2026-02-06", "--as-of=2026-02-06", "--yes")
    wherefrom("define", "deaths", "--type=quantity", "--unit=people", "--tolerance=5%")
    wherefrom("describe", "Reuters", "--kind=outlet", "--alias=R.", "--country=GB")
    wherefrom("match", "Muscat", "Oman", "--within")
    wherefrom("capture", page)
    wherefrom(
        "add", "storm", "deaths", "at least 5 people", "--claimant=Ann", "--via=Reuters", *claim,
        "--scope=place=Oman", f"--evidence={page}", "--quote=5 people died", "--wording=so many",
    )  # fmt: skip
    first = wherefrom("log", "--json").json[-1]["id"]
    wherefrom("add", "storm", "deaths", "2", "--claimant=Ben", "--scope=place=Oman", *claim)
    wherefrom("add", "storm", "venue", "Muscat; Doha", "--claimant=Ben", *claim)
    wherefrom("link", "last", "disputes", first)
    wherefrom("correct", "last", "--value=Muscat", "--yes")
    wherefrom("review", first, "--rating=False", "--author=Check", "--published=2026-02-09")
    finding = wherefrom("contradictions", "--json").json[0]["id"]
    wherefrom("adjudicate", finding, "--confirm", "--reason=both counted")
    wherefrom("retract", first, "--reason=miscounted", "--published=2026-02-10")
    for question in QUESTIONS:
        wherefrom(*question)
    return wherefrom


@pytest.fixture
def copy(whole: Wherefrom, tmp_path: Path) -> Wherefrom:
    shutil.copytree(whole.folder, tmp_path / "copy")
    return Wherefrom(tmp_path / "copy")


def answers(wherefrom: Wherefrom, question: tuple[str, ...]) -> int:
    answer = wherefrom(*question, code=None)
    assert answer.code in (0, 1, 2), (question, answer)
    assert not harm(answer.out + answer.err), question
    if answer.code == 2:
        assert answer.err.splitlines()[-1].startswith("Error: ")
    return answer.code


def damaged(whole: Wherefrom, wherefrom: Wherefrom, name: str, seed: int) -> None:
    """Damage a file of a copy, and ask it one question after the other."""
    for left in wherefrom.folder.glob("facts.*"):
        if left.is_file():
            left.unlink()
    for file in ("facts.db", "facts.views.db"):
        shutil.copy(whole.folder / file, wherefrom.folder / file)
    dice = random.Random(seed)
    data = (whole.folder / name).read_bytes()
    (wherefrom.folder / name).write_bytes(_spoilt(data, dice))
    for question in dice.sample(QUESTIONS, 3):
        answers(wherefrom, question)


def _spoilt(data: bytes, dice: random.Random) -> bytes:
    """Change some bytes of some pages; beside the header, which ends most questions at once."""
    if dice.random() < 0.2:
        return scrambled([data], dice.randrange(10**9))
    spoilt = bytearray(data)
    page = dice.randrange(0, len(data) // 4096) * 4096
    for _ in range(dice.choice((1, 1, 2, 5, 40))):
        spoilt[min(len(data) - 1, page + 100 + dice.randrange(3996))] = dice.randrange(256)
    return bytes(spoilt)


@pytest.mark.parametrize("name", ["facts.db", "facts.views.db"])
def test_a_damaged_file_never_ends_in_a_traceback(
    whole: Wherefrom, copy: Wherefrom, name: str
) -> None:
    for seed in range(50):
        damaged(whole, copy, name, seed)


@pytest.mark.torture
@pytest.mark.parametrize("name", ["facts.db", "facts.views.db"])
def test_many_damaged_files_never_end_in_a_traceback(
    whole: Wherefrom, copy: Wherefrom, name: str
) -> None:
    for seed in range(50, 5_000):
        damaged(whole, copy, name, seed)


# Bodies and heads: sealed as they should be, and saying what none should


def rows_of(wherefrom: Wherefrom) -> list[Row]:
    with closing(SqliteStore.open(wherefrom.db)) as store:
        return [*store.rows(0, store.size())]


class Rows(list[Row]):
    """The rows of a ledger, which nobody wants to see whole."""

    def __repr__(self) -> str:
        return f"{len(self)} rows"


@pytest.fixture(scope="module")
def rows(whole: Wherefrom) -> Rows:
    return Rows(rows_of(whole))


def sealed(rows: list[Row], position: int, body: bytes) -> list[Row]:
    """Return the rows with another body at a position, and all heads and hashes made to fit."""
    frontier = Frontier()
    made = []
    for row in rows:
        if row.position == position:
            head = decode_head(row.head)
            salt = row.salt or b""
            fitting = Head(
                head.type, head.origin, head.seq, head.recorder, head.recorded_at,
                commitment(salt, body), head.schema, head.v,
            )  # fmt: skip
            row = row._replace(head=encode_head(fitting), body=body)
        made.append(row._replace(hashes=frontier.append(leaf_hash(row.head))))
    return made


def written(wherefrom: Wherefrom, rows: list[Row]) -> None:
    with unprotected(wherefrom.db) as connection:
        for row in rows:
            connection.execute(
                "UPDATE events SET head = ?, hashes = ? WHERE position = ?",
                (row.head, row.hashes, row.position),
            )
            connection.execute(
                "UPDATE bodies SET body = ? WHERE position = ?", (row.body, row.position)
            )
    for views in wherefrom.folder.glob("facts.views.db*"):
        views.unlink()


ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**53, 2**63 - 1, 1.5, "", " ", "x", "5", "\u202e", "2026-02-06",
    "a" * 3_000, "-" * 70, "../../x", "/dev/zero", [], {}, [[]], ["x"], [1], {"x": "y"}, {"x": 1},
    "NaN", "1e999999", "0" * 64, "f" * 64, "\x00",
)  # fmt: skip


@st.composite
def oddly_changed(draw: st.DrawFn, tree: Any) -> Any:
    """Draw a tree of JSON with one of its parts replaced by something odd, removed or added."""
    places: list[tuple[Any, ...]] = [()]
    for place in places:
        part = _part(tree, place)
        if isinstance(part, dict):
            places += [(*place, name) for name in part]
        elif isinstance(part, list):
            places += [(*place, at) for at in range(len(part))]
    place = draw(st.sampled_from(places))
    how = draw(st.sampled_from(["odd", "odd", "odd", "gone", "more"]))
    return _changed(tree, place, how, draw(st.sampled_from(ODD)))


def _part(tree: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        tree = tree[step]
    return tree


def _changed(tree: Any, place: tuple[Any, ...], how: str, odd: Any) -> Any:
    copy = orjson.loads(orjson.dumps(tree))
    if not place:
        return odd
    within = _part(copy, place[:-1])
    if how == "gone":
        del within[place[-1]]
    elif how == "more" and isinstance(_part(copy, place), dict):
        _part(copy, place)["x"] = odd
    else:
        within[place[-1]] = odd
    return copy


@given(st.data())
def test_a_body_that_says_what_none_should_is_told_of(
    whole: Wherefrom, rows: Rows, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    row = rows[at]
    body = orjson.dumps(data.draw(oddly_changed(orjson.loads(row.body or b""))))
    copy = Wherefrom(tmp_path_factory.mktemp("odd"))
    shutil.copy(whole.db, copy.db)
    written(copy, sealed(rows, row.position, body))
    for question in data.draw(st.lists(st.sampled_from(QUESTIONS), min_size=2, max_size=3)):
        answers(copy, question)


@given(st.sampled_from(list(EVENT_TYPES)), st.data())
def test_a_body_is_read_or_refused(rows: Rows, kind: str, data: st.DataObject) -> None:
    body = data.draw(mutated([row.body or b"" for row in rows]))
    try:
        check_event(kind, data.draw(st.integers(1, 3)), body)
    except Damaged:
        return
    assert orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS) == body


@given(st.data())
def test_a_head_is_read_or_refused(rows: Rows, data: st.DataObject) -> None:
    head = data.draw(mutated([row.head for row in rows]))
    try:
        read = decode_head(head)
    except Damaged:
        return
    assert decode_head(encode_head(read)) == read


@pytest.mark.parametrize(
    "head",
    [b"[" * 60_000, b'{"v":' * 10_000, b"{}", b"[]", b"null", b'"x"', b"\xff", b"", b" " * 65_536]
    + [b'{"seq":%b}' % number for number in NUMBERS]
    + [b'{"type":%b}' % token for token in TOKENS],
)
def test_a_head_that_is_none_is_damaged(head: bytes) -> None:
    with pytest.raises(Damaged):
        decode_head(head)


def test_a_control_a_body_that_cannot_be_read_is_told_with_its_place(copy: Wherefrom) -> None:
    rows = rows_of(copy)
    written(copy, sealed(rows, 4, b'{"reading":{},"statement":{"subject":5}}'))
    answer = copy("contradictions", code=2)
    assert "position 4: not of the form of claim-asserted" in answer.err
    with closing(sqlite3.connect(copy.db)) as connection:
        assert connection.execute("SELECT count(*) FROM bodies").fetchone()[0] == len(rows)
