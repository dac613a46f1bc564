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

import orjson
import pytest
from commands import Wherefrom
from hypothesis import given
from hypothesis import strategies as st
from mutations import NUMBERS, TOKENS, mutated, scrambled
from spoiling import QUESTIONS, Rows, answers, every_kind, oddly_changed, rows_of, sealed, written

from ledger.errors import Damaged
from ledger.events import EVENT_TYPES
from ledger.foreign import check_body
from ledger.heads import decode_head, encode_head


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Wherefrom:
    return every_kind(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def copy(whole: Wherefrom, tmp_path: Path) -> Wherefrom:
    shutil.copytree(whole.folder, tmp_path / "copy")
    return Wherefrom(tmp_path / "copy")


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


@pytest.fixture(scope="module")
def rows(whole: Wherefrom) -> Rows:
    return Rows(rows_of(whole))


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
        check_body(kind, data.draw(st.integers(1, 3)), body)
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
