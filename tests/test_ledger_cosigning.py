"""Nothing is signed that contradicts what was signed before, whoever sends whatever proof."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoints import Checkpoint, SignedCheckpoint
from ledger.cosigning import MAY_SIGN, judge
from ledger.errors import Damaged, StorageError
from ledger.keys import LEDGER_KEY, new_key
from ledger.merkle import Frontier, leaf_hash
from ledger.merkle_proofs import consistency_proof, root_at
from ledger.notes import Note
from ledger.seen import SeenFile, seen_beside

KEY = new_key("example.org/log", LEDGER_KEY, bytes(range(32)))


class History:
    """A sequence of events, what is kept with them, and its checkpoints."""

    def __init__(self, events: Sequence[int]) -> None:
        frontier = Frontier()
        self.events = tuple(events)
        self._rows = [frontier.append(leaf_hash(bytes([event]))) for event in events]

    def stored(self, positions: Sequence[int]) -> list[bytes]:
        return [self._rows[position] for position in positions]

    def head(self, size: int) -> Checkpoint:
        return Checkpoint("example.org/log", size, root_at(size, self.stored))

    def proof(self, old: int, new: int) -> list[bytes]:
        return consistency_proof(old, new, self.stored) if old <= new else []


def signed(head: Checkpoint) -> SignedCheckpoint:
    return SignedCheckpoint(head, Note(head.text, (KEY.sign(head.text, 0),)))


EVENTS = st.lists(st.integers(0, 1), min_size=1, max_size=9)


@given(EVENTS, EVENTS, st.data())
def test_what_may_be_signed_is_what_begins_with_what_was(
    before: list[int], after: list[int], data: st.DataObject
) -> None:
    """Held against the events themselves, which a cosigner never sees."""
    old, new = History(before), History(after)
    last_size = data.draw(st.integers(0, len(before)))
    size = data.draw(st.integers(0, len(after)))
    judgement = judge(old.head(last_size), new.head(size), [new.proof(last_size, size)])
    begins = tuple(before[:last_size]) == tuple(after[:size])[:last_size]
    assert (judgement in MAY_SIGN) == begins
    if size < last_size:
        assert judgement == "older"
    elif size == last_size:
        assert judgement == ("same" if begins else "forked")
    else:
        assert judgement == ("extends" if begins else "contradicted")


@given(st.lists(st.tuples(EVENTS, st.integers(0, 9), EVENTS, st.integers(0, 9)), max_size=12))
def test_all_that_was_ever_signed_is_one_history(
    sent: list[tuple[list[int], int, list[int], int]],
) -> None:
    """Of whatever branches it was, in whatever order, with proofs from whatever branch."""
    last = None
    extended: list[tuple[int, ...]] = []
    for events, size, others, old in sent:
        history, other = History(events), History(others)
        size, old = min(size, len(events)), min(old, size, len(others))
        proofs = [other.proof(old, min(size, len(others))), history.proof(old, size)]
        head = history.head(size)
        if judge(last, head, proofs) in MAY_SIGN:
            last = head
            extended.append(tuple(events[:size]))
    for earlier, later in pairwise(extended):
        assert later[: len(earlier)] == earlier


def test_more_events_without_a_proof_are_not_signed() -> None:
    history = History([0, 1, 0])
    assert judge(history.head(2), history.head(3), []) == "unproven"
    assert judge(history.head(2), history.head(3), [[], history.proof(2, 3)]) == "extends"
    assert judge(None, history.head(3), []) == "first"


def test_a_proof_is_not_asked_for_where_none_is_needed() -> None:
    def proofs() -> Sequence[bytes]:
        raise AssertionError("asked for")

    history = History([0, 1, 0])
    for last in (None, history.head(3)):
        assert judge(last, history.head(2 if last else 3), iter(proofs, None)) in {"first", "older"}
    assert judge(history.head(3), history.head(3), iter(proofs, None)) == "same"


# What is remembered


@pytest.fixture
def memory(tmp_path: Path) -> SeenFile:
    return seen_beside(str(tmp_path / "desk.key"))


def test_what_was_signed_is_there_when_the_file_is_opened_again(memory: SeenFile) -> None:
    head = signed(History([0, 1]).head(2))
    other = signed(Checkpoint("example.org/other", 0, bytes(32)))
    with memory.deciding():
        assert memory.last(head.checkpoint.origin) is None
        memory.remember(head, [KEY.verifier], 1_770_000_000)
        memory.remember(other, [], 5)
    again = SeenFile(memory.path)
    with again.deciding():
        last = again.last(head.checkpoint.origin)
        assert last is not None
        assert (last.signed, last.keys, last.time) == (head, (KEY.verifier,), 1_770_000_000)
        assert last.checkpoint == head.checkpoint
        assert again.last("example.org/other") == (other, (), 5)
        assert again.last("example.org/none") is None


def test_what_was_not_signed_in_the_end_is_not_remembered(memory: SeenFile) -> None:
    head = signed(History([0, 1]).head(2))
    with suppress(KeyboardInterrupt), memory.deciding():
        memory.remember(head, [], 0)
        raise KeyboardInterrupt
    with memory.deciding():
        assert memory.last(head.checkpoint.origin) is None


def test_the_memory_does_not_shrink(memory: SeenFile) -> None:
    history = History([0, 1])
    with memory.deciding():
        memory.remember(signed(history.head(2)), [], 0)
    with pytest.raises(Damaged, match="not unsigned"), memory.deciding():
        memory.remember(signed(history.head(1)), [], 0)


def test_one_decides_at_a_time(memory: SeenFile) -> None:
    """Whoever comes second sees what the first one signed."""
    head = signed(History([0, 1]).head(2))
    seen = []
    asked = threading.Event()

    def second() -> None:
        other = SeenFile(memory.path)
        asked.set()
        with other.deciding():
            seen.append(other.last(head.checkpoint.origin))

    thread = threading.Thread(target=second)
    with memory.deciding():
        pass  # so that there is nothing left to be made, which would let nobody else in either
    with memory.deciding():
        thread.start()
        asked.wait()
        thread.join(0.2)
        memory.remember(head, [], 0)
    thread.join()
    assert [last.checkpoint for last in seen if last] == [head.checkpoint]


def test_a_memory_beside_which_nothing_can_be_written_is_a_plain_error(tmp_path: Path) -> None:
    memory = seen_beside(str(tmp_path / "none" / "desk.key"))
    with pytest.raises(StorageError, match="No such file"), memory.deciding():
        pass


def test_a_memory_that_another_program_holds_is_a_plain_error(
    memory: SeenFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.seen._WAIT_SECONDS", 0.01)
    with memory.deciding():
        pass
    holder = sqlite3.connect(memory.path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="locked"), memory.deciding():
        pass
    holder.close()


def test_a_key_reached_by_a_link_has_one_memory(tmp_path: Path) -> None:
    key = tmp_path / "desk.key"
    key.write_text("")
    (tmp_path / "link.key").symlink_to(key)
    assert seen_beside(str(tmp_path / "link.key")).path == seen_beside(str(key)).path
