"""A body from another ledger is taken only if this program could have written it just so."""

import shutil
from collections.abc import Callable
from contextlib import closing
from typing import Any

import orjson
import pytest
from commands import Wherefrom
from desks import PullingDesk, state
from hostile import hostile_claim
from hypothesis import event, given
from hypothesis import strategies as st
from spoiling import QUESTIONS, Rows, answers, every_kind, oddly_changed, rows_of, sealed, written

from ledger.errors import BadInput, Damaged
from ledger.events import ClaimAsserted
from ledger.foreign import check_body
from ledger.heads import decode_head
from ledger.sqlite import SqliteStore
from ledger.store import Row

Statement = dict[str, Any]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Wherefrom:
    wherefrom = Wherefrom(tmp_path_factory.mktemp("seeds"))
    wherefrom.seeds()
    return wherefrom


def admit(row: Row) -> None:
    head = decode_head(row.head)
    check_body(head.type, head.schema, row.body or b"")


def test_what_was_recorded_here_is_taken(seeds: Wherefrom) -> None:
    with closing(SqliteStore.open(seeds.db)) as store:
        for row in store.rows():
            admit(row)


CLAIM: Statement = {
    "claimant": "Ann", "predicate": "deaths", "published": "2026-02-06", "subject": "storm",
    "value": "at least 5 people",
}  # fmt: skip
PEOPLE: Statement = {"lower": "5", "type": "quantity", "unit": "people"}
READING: Statement = {
    "published": {"earliest": 1_770_336_000, "latest": 1_770_422_399},
    "value": PEOPLE,
    "version": 1,
}


def claim(statement: Statement, reading: Statement) -> bytes:
    body = {"reading": {**READING, **reading}, "statement": {**CLAIM, **statement}}
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def test_a_claim_as_it_should_be_is_taken() -> None:
    check_body("claim-asserted", 1, claim({}, {}))


MISREAD = "its reading is not that of its words"


@pytest.mark.parametrize(
    ("statement", "reading", "said"),
    [
        ({}, {"value": {**PEOPLE, "lower": "5000"}}, MISREAD),
        ({}, {"value": {**PEOPLE, "upper": "6"}}, MISREAD),
        ({}, {"value": {"lower": "5", "type": "quantity", "unit": "deaths"}}, MISREAD),
        ({"value": "5 people"}, {}, MISREAD),
        ({"published": "2026-02-07"}, {}, MISREAD),
        ({"published": "06/02/2026"}, {}, "no date"),
        ({}, {"value": {**PEOPLE, "lower": "5.0"}}, "form of claim-asserted"),
        ({}, {"value": {**PEOPLE, "lower": "NaN"}}, "no number"),
        ({"subject": 5}, {}, "form of claim-asserted"),
        ({"subject": None}, {}, "form of claim-asserted"),
        ({"modality": "sworn"}, {}, "not of that form"),
        ({"scope": {"\U0001f600": "x"}}, {}, "U\\+FFFF"),
        ({"start": 1.0, "end": 3}, {}, "form of claim-asserted"),
        ({"via": "Post"}, {}, "form of claim-asserted"),
        ({"more": "x"}, {}, "not of that form"),
    ],
)
def test_a_claim_that_nobody_could_have_recorded_is_none(
    statement: Statement, reading: Statement, said: str
) -> None:
    with pytest.raises(Damaged, match=said):
        check_body("claim-asserted", 1, claim(statement, reading))


@pytest.mark.parametrize(
    "change", [bytes.upper, lambda body: b" " + body, lambda body: body + b"\n"]
)
def test_a_body_has_one_spelling(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Damaged):
        check_body("claim-asserted", 1, change(claim({}, {})))


def test_what_is_of_tomorrow_is_taken_unread() -> None:
    check_body("claim-forgotten", 1, b'{"new":[1,2]}')
    check_body("claim-asserted", 9, b'{"new":[1,2]}')
    with pytest.raises(Damaged, match="one way"):
        check_body("claim-forgotten", 1, b'{"new": [1,2]}')
    check_body("claim-asserted", 1, claim({}, {"value": {**PEOPLE, "lower": "4"}, "version": 9}))


def test_a_ledger_that_holds_such_an_event_is_not_pulled_from() -> None:
    """Though every hash of it holds: it would stop the views of every desk that has it."""
    ann, ben = PullingDesk(0), PullingDesk(1)
    ben.ledger.append([ClaimAsserted(claim=hostile_claim("\x1b", 5))], "ben")
    assert ben.ledger.verify().ok
    before = state(ann.store)
    with pytest.raises(BadInput, match=r"position 0: .*claim-asserted.*control character"):
        ann.pull(ben)
    assert state(ann.store) == before


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Wherefrom:
    return every_kind(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def rows(whole: Wherefrom) -> Rows:
    return Rows(rows_of(whole))


@given(st.data())
def test_what_is_taken_can_be_read_by_every_command(
    whole: Wherefrom, rows: Rows, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever is odd about it: either it is not taken, or no command stumbles over it."""
    row = rows[data.draw(st.integers(0, len(rows) - 1))]
    odd = data.draw(oddly_changed(orjson.loads(row.body or b"")))
    head = decode_head(row.head)
    try:
        body = orjson.dumps(odd, option=orjson.OPT_SORT_KEYS)
        check_body(head.type, head.schema, body)
    except Damaged:
        event("not taken")
        return
    event("taken")
    copy = Wherefrom(tmp_path_factory.mktemp("taken"))
    shutil.copy(whole.db, copy.db)
    written(copy, sealed(rows, row.position, body))
    for question in data.draw(st.lists(st.sampled_from(QUESTIONS), min_size=2, max_size=3)):
        if question[0] not in ("show", "trace", "history", "search"):  # it may be gone
            assert answers(copy, question) in (0, 1)
