"""What every store keeps to: the contract of :mod:`ledger.store`, as tests.

A test module derives a class and says how a store is made; the class then holds that store to
the contract. Where two stores disagree, the memory store is right.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress

import pytest

from ledger.errors import StorageError
from ledger.store import HeadSeen, Row, Store

ORIGIN = "0123456789abcdef" * 2

NewStore = Callable[[], Store]


def row(position: int, text: str | None = None) -> Row:
    """A row that is like no other; a store asks nothing of its bytes."""
    text = f"event {position}" if text is None else text
    body = text.encode()
    return Row(
        position=position,
        head=b"head of " + body,
        hashes=hashlib.sha256(body).digest(),
        salt=bytes(16),
        body=body,
        fingerprint=hashlib.sha256(b"fingerprint of " + body).digest(),
    )


def fill(store: Store, count: int) -> list[Row]:
    """Append ``count`` rows at once and return them."""
    start = store.size()
    rows = [row(position) for position in range(start, start + count)]
    with store.appending() as writer:
        writer.add(rows)
    return rows


class StoreContract:
    """The tests; ``new_store`` is a fixture that makes empty stores of one kind."""

    def test_a_new_store_is_empty_and_knows_its_origin(self, new_store: NewStore) -> None:
        store = new_store()
        assert store.origin == ORIGIN
        assert store.size() == 0
        assert list(store.rows()) == []
        assert store.at([]) == []
        assert store.with_fingerprint() == []

    def test_rows_come_back_as_they_were(self, new_store: NewStore) -> None:
        store = new_store()
        rows = fill(store, 3) + fill(store, 2)
        assert store.size() == 5
        assert list(store.rows()) == rows
        assert [store.row(position) for position in range(5)] == rows

    @pytest.mark.parametrize(
        ("start", "stop"),
        [(0, 0), (0, 1), (1, 4), (4, 5), (5, 5), (2, 99), (99, 100), (4, 2), (3, None), (5, None)],
    )
    def test_a_stretch_of_rows_is_the_slice_of_a_list(
        self, new_store: NewStore, start: int, stop: int | None
    ) -> None:
        store = new_store()
        rows = fill(store, 5)
        assert list(store.rows(start, stop)) == rows[start:stop]

    def test_many_rows_come_in_order_and_whole(self, new_store: NewStore) -> None:
        store = new_store()
        rows = fill(store, 4_321)
        assert list(store.rows()) == rows
        assert list(store.rows(1_999, 4_001)) == rows[1_999:4_001]
        some = [4_320, *range(0, 4_000, 3), 7]
        assert store.at(some) == [rows[position] for position in some]
        wanted = [rows[position].fingerprint or b"" for position in some]
        assert store.with_fingerprint(*wanted) == sorted(set(some))

    def test_a_body_goes_only_where_a_later_row_says_so(self, new_store: NewStore) -> None:
        store = new_store()
        says_so = row(3)._replace(head=b'{"seq":3,"type":"body-erased","v":1}')
        with store.appending() as writer:
            writer.add([row(0), row(1), row(2), says_so, row(4)])
        for position, erased_by in ((1, 2), (1, 4), (3, 3), (4, 3), (1, 5)):
            with pytest.raises((ValueError, IndexError)), store.appending() as writer:
                writer.erase(position, erased_by)
        with store.appending() as writer:
            writer.erase(1, 3)
        with pytest.raises(ValueError, match="erased"), store.appending() as writer:
            writer.erase(1, 3)
        assert (store.erasures(), store.saying_erased()) == ([(1, 3)], [3])
        bare = row(1)._replace(salt=None, body=None, fingerprint=None)
        assert list(store.rows()) == [row(0), bare, row(2), says_so, row(4)]
        assert store.with_fingerprint(row(1).fingerprint or b"") == []

    def test_an_erasure_that_fails_removes_nothing(self, new_store: NewStore) -> None:
        store = new_store()
        says_so = row(1)._replace(head=b'{"seq":1,"type":"body-erased","v":1}')
        with suppress(ZeroDivisionError), store.appending() as writer:
            writer.add([row(0), says_so])
            writer.erase(0, 1)
            raise ZeroDivisionError
        assert store.size() == 0
        assert store.erasures() == []
        with store.appending() as writer:
            writer.add([row(0), says_so])
        assert list(store.rows()) == [row(0), says_so]

    def test_a_scrub_changes_no_row(self, new_store: NewStore) -> None:
        store = new_store()
        fill(store, 3)
        says_so = row(3)._replace(head=b'{"seq":3,"type":"body-erased","v":1}')
        with store.appending() as writer:
            writer.add([says_so])
            writer.erase(1, 3)
        rows = list(store.rows())
        store.scrub()
        assert list(store.rows()) == rows
        assert store.scrubbed == 0
        store.note_scrubbed(1)
        assert (store.scrubbed, store.erasures()) == (1, [(1, 3)])
        assert fill(store, 1) == [row(4)]

    def test_heads_of_other_ledgers_are_kept_as_they_were_seen(self, new_store: NewStore) -> None:
        store = new_store()
        heads = [HeadSeen("f" * 32, 5, "a" * 64), HeadSeen("f" * 32, 5, "a" * 64, "a note\n")]
        assert store.heads_seen() == []
        with store.appending() as writer:
            for head in heads:
                writer.note_head(head)
            assert writer.heads_seen() == heads
        with suppress(ZeroDivisionError), store.appending() as writer:
            writer.note_head(HeadSeen("e" * 32, 1, "b" * 64))
            raise ZeroDivisionError
        assert store.heads_seen() == heads

    def test_a_new_origin_follows_the_old_ones(self, new_store: NewStore) -> None:
        store = new_store()
        fill(store, 2)
        with store.appending() as writer:
            assert not writer.moved
            writer.start_origin("f" * 32)
            assert not writer.moved
        assert store.origin == "f" * 32
        assert list(store.origins) == [(ORIGIN, 0), ("f" * 32, 2)]
        with suppress(ZeroDivisionError), store.appending() as writer:
            writer.start_origin("e" * 32)
            raise ZeroDivisionError
        assert list(store.origins) == [(ORIGIN, 0), ("f" * 32, 2)]

    @pytest.mark.parametrize("position", [-1, 3, 2**40])
    def test_a_row_that_is_not_there_is_an_index_error(
        self, new_store: NewStore, position: int
    ) -> None:
        store = new_store()
        fill(store, 3)
        with pytest.raises(IndexError):
            store.row(position)
        with pytest.raises(IndexError):
            store.at([0, position])

    def test_rows_are_returned_in_the_order_asked_for(self, new_store: NewStore) -> None:
        store = new_store()
        rows = fill(store, 3)
        assert store.at([2, 0, 2]) == [rows[2], rows[0], rows[2]]

    def test_every_row_of_a_fingerprint_is_found(self, new_store: NewStore) -> None:
        """Two, where one was pulled from another ledger."""
        store = new_store()
        with store.appending() as writer:
            writer.add([row(0, "same"), row(1, "other"), row(2, "same")])
        same = row(0, "same").fingerprint
        assert same is not None
        assert store.with_fingerprint(same) == [0, 2]
        assert store.with_fingerprint(b"unknown", same) == [0, 2]
        assert store.with_fingerprint(b"unknown") == []

    def test_a_row_without_its_body_is_kept_as_such(self, new_store: NewStore) -> None:
        store = new_store()
        erased = row(1)._replace(salt=None, body=None, fingerprint=None)
        with store.appending() as writer:
            writer.add([row(0), erased, row(2)])
        assert list(store.rows()) == [row(0), erased, row(2)]

    def test_an_append_that_fails_leaves_the_store_as_it_was(self, new_store: NewStore) -> None:
        store = new_store()
        rows = fill(store, 2)
        with suppress(ZeroDivisionError), store.appending() as writer:
            writer.add([row(2), row(3)])
            raise ZeroDivisionError
        assert store.size() == 2
        assert list(store.rows()) == rows
        assert store.with_fingerprint(row(2).fingerprint or b"") == []
        assert fill(store, 1) == [row(2)]

    def test_a_writer_reads_what_it_has_added(self, new_store: NewStore) -> None:
        store = new_store()
        fill(store, 1)
        with store.appending() as writer:
            writer.add([row(1)])
            assert writer.size() == 2
            assert writer.row(1) == row(1)
            assert writer.with_fingerprint(row(1).fingerprint or b"") == [1]
            writer.add([row(2)])
            assert list(writer.rows(1)) == [row(1), row(2)]

    def test_rows_go_in_by_an_append_only(self, new_store: NewStore) -> None:
        store = new_store()
        with store.appending() as writer:
            writer.add([])
        with pytest.raises(RuntimeError):
            writer.add([row(0)])
        assert store.size() == 0

    @pytest.mark.parametrize("position", [0, 1, 3, 99, -1])
    def test_only_the_next_position_can_be_written(
        self, new_store: NewStore, position: int
    ) -> None:
        store = new_store()
        rows = fill(store, 2)
        with pytest.raises(ValueError, match="not the next one"), store.appending() as writer:
            writer.add([row(position)])
        assert list(store.rows()) == rows

    def test_a_gap_in_a_batch_undoes_the_append(self, new_store: NewStore) -> None:
        store = new_store()
        with pytest.raises(ValueError, match="not the next one"), store.appending() as writer:
            writer.add([row(0), row(1), row(3)])
        assert store.size() == 0

    def test_a_writer_is_alone(self, new_store: NewStore) -> None:
        store = new_store()
        with store.appending() as writer:
            writer.add([row(0)])
            with pytest.raises((RuntimeError, StorageError)), store.appending():
                pass
            writer.add([row(1)])
        assert list(store.rows()) == [row(0), row(1)]

    def test_reading_goes_on_while_rows_are_added(self, new_store: NewStore) -> None:
        """What is read is always a prefix: rows in order, none twice, none left out."""
        store = new_store()
        fill(store, 2_500)
        seen = []
        for one in store.rows():
            seen.append(one)
            if one.position in (10, 2_100):
                fill(store, 300)
        assert seen == [row(position) for position in range(len(seen))]
        assert len(seen) >= 2_500
