"""What broke an answer is found, and named: the first event that is not what it should be."""

from collections.abc import Callable

import pytest
from histories import holding, new_ledger

from ledger.damage import first_damage
from ledger.events import BodyErased, SourceDescribed
from ledger.memory import MemoryStore
from ledger.store import Row


@pytest.fixture
def rows() -> list[Row]:
    ledger = new_ledger()
    ledger.append([SourceDescribed(name=name, kind="person") for name in "abcd"], "desk")
    return list(ledger.store.rows())


def test_of_a_ledger_that_holds_nothing_is_said(rows: list[Row]) -> None:
    assert first_damage(holding(rows)) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row, other: row._replace(head=b"{}"), "head"),
        (lambda row, other: row._replace(body=other.body), "not the one that was recorded"),
        (lambda row, other: row._replace(salt=other.salt), "not the one that was recorded"),
        (
            lambda row, other: row._replace(salt=None, body=None, fingerprint=None),
            "the body is missing",
        ),
    ],
)
def test_the_first_event_that_is_not_what_it_should_be_is_named(
    rows: list[Row], change: Callable[[Row, Row], Row], words: str
) -> None:
    damaged = holding([rows[0], *(change(row, rows[0]) for row in rows[1:])])
    found = first_damage(damaged)
    assert found is not None
    assert found.message.startswith("position 1: ")
    assert words in found.message


def test_a_gap_is_named() -> None:
    class Gap(MemoryStore):
        def size(self) -> int:
            return 3

    found = first_damage(Gap("0" * 32))
    assert found is not None
    assert found.message == "position 0: missing"


def test_what_was_erased_is_no_damage() -> None:
    ledger = new_ledger()
    one, _ = ledger.append([SourceDescribed(name=name, kind="person") for name in "ab"], "desk")
    ledger.append([BodyErased(event=one.id, by="desk", ground="law")], "desk")
    first, *rest = ledger.store.rows()
    bare = first._replace(salt=None, body=None, fingerprint=None)
    assert first_damage(holding([bare, *rest])) is None
