"""Erasing: the body goes, for good and without a trace, and the head and every proof stay."""

import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from histories import Elsewhere, Ticking, holding, new_ledger
from hypothesis import given
from hypothesis import strategies as st
from store_contract import ORIGIN
from traces import WORDS, files, found_in, remarkable

from ledger import journal, scrubbing, sqlite_opening
from ledger.codec import encode
from ledger.dates import read_day
from ledger.erasing import WithoutErased, left_here, notices, to_carry_out
from ledger.errors import BadInput, Damaged, ErasedMeanwhile, StorageError
from ledger.events import BodyErased, Claim, ClaimAsserted, LedgerMerged
from ledger.grammar import read_value
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.merkle import leaf_hash
from ledger.merkle_proofs import (
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from ledger.sqlite import SqliteStore
from ledger.store import Erasure
from ledger.stretches import Stretch, check_stretch
from ledger.verification import verify


def claim(value: str = "5") -> ClaimAsserted:
    return ClaimAsserted(
        claim=Claim(
            subject="toll",
            predicate="deaths",
            value=read_value(value, "quantity"),
            claimant="Ann",
            published=read_day("2026-02-06"),
        )
    )


def erase(ledger: Ledger, *positions: int) -> list[Any]:
    return ledger.erase(positions, "desk", by="the editor", ground="Art. 17 GDPR")


def test_an_erased_event_keeps_its_head_its_id_and_its_place_in_the_tree() -> None:
    ledger = new_ledger()
    kept = ledger.append([claim("5"), claim("6"), claim("7")], "desk")
    before = list(ledger.store.rows())
    root = ledger.root()
    [erased] = erase(ledger, 1)
    assert (erased.position, erased.new) == (3, True)
    rows = list(ledger.store.rows())
    assert rows[1] == before[1]._replace(salt=None, body=None, fingerprint=None)
    assert [rows[0], rows[2]] == [before[0], before[2]]
    assert ledger.root(3) == root
    entry = ledger.entry(3)
    assert entry.event == BodyErased(event=kept[1].id, by="the editor", ground="Art. 17 GDPR")
    assert entry.head.recorder == "desk"
    assert notices(ledger.store)[kept[1].id].id == erased.id


def test_erasing_twice_answers_with_the_first_time() -> None:
    ledger = new_ledger()
    ledger.append([claim()], "desk")
    [first] = erase(ledger, 0)
    [again] = ledger.erase([0], "desk", by="another", ground="another ground")
    assert again == first._replace(new=False)
    assert ledger.size() == 2


def test_what_was_erased_may_be_recorded_anew() -> None:
    """Nothing is left by which it would be known again."""
    ledger = new_ledger()
    ledger.append([claim()], "desk")
    erase(ledger, 0)
    [again] = ledger.append([claim()], "desk")
    assert (again.position, again.new) == (2, True)


@pytest.mark.parametrize(
    "event",
    [
        BodyErased(event="ab" * 32, by="x", ground="y"),
        LedgerMerged(origin="ab" * 16, size=1, root="ab" * 32),
    ],
)
def test_what_says_why_something_is_missing_is_never_erased(event: Any) -> None:
    ledger = new_ledger()
    ledger.append([claim(), event], "desk")
    with pytest.raises(BadInput, match="never erased"):
        erase(ledger, 0, 1)
    assert ledger.size() == 2
    assert all(row.body is not None for row in ledger.store.rows())


def test_a_body_that_is_missing_without_a_word_is_no_erased_one() -> None:
    ledger = new_ledger()
    ledger.append([claim()], "desk")
    [row] = ledger.store.rows()
    bare = new_ledger()
    with bare.store.appending() as writer:
        writer.add([row._replace(salt=None, body=None, fingerprint=None)])
    with pytest.raises(Damaged, match="nothing says that it was erased"):
        erase(bare, 0)


# --- read without what was erased ------------------------------------------------------------


@pytest.fixture
def shared() -> tuple[Ledger, Elsewhere]:
    """Our ledger, with a claim of ours (0) and one pulled from another desk (1)."""
    ledger = new_ledger()
    ledger.append([claim("5")], "desk")
    other = Elsewhere("f00d" * 8, Ticking()())
    other.pull(ledger.store, encode(claim("6")))
    return ledger, other


def pulled_erasure(ledger: Ledger, other: Elsewhere, position: int) -> int:
    """Another desk's word that an event is erased comes in; return its position."""
    said = BodyErased(event=ledger.entry(position).id, by="them", ground="theirs")
    row = other.pull(ledger.store, encode(said))
    assert row is not None
    return row.position


def test_what_another_desk_erased_is_hidden_and_kept(shared: tuple[Ledger, Elsewhere]) -> None:
    ledger, other = shared
    reader = WithoutErased(ledger.store)
    ours = list(reader.rows())
    pulled_erasure(ledger, other, 0)
    assert list(reader.rows(0, 2)) == ours
    assert reader.look_again()
    assert not reader.look_again()
    bare = ours[0]._replace(salt=None, body=None, fingerprint=None)
    assert list(reader.rows(0, 2)) == reader.at([0, 1]) == [bare, ours[1]]
    assert reader.row(0) == bare
    assert reader.with_fingerprint(ours[0].fingerprint or b"") == []
    assert reader.with_fingerprint(ours[1].fingerprint or b"") == [1]
    assert ledger.store.row(0) == ours[0]
    assert [left.position for left in left_here(ledger.store)] == [0]
    erase(ledger, 0)
    assert left_here(ledger.store) == []


def test_a_strict_reader_finds_no_body_gone_that_it_counts_on() -> None:
    ledger = new_ledger()
    ledger.append([claim("5"), claim("6")], "desk")
    reader, strict = WithoutErased(ledger.store), WithoutErased(ledger.store, strict=True)
    erase(ledger, 1)
    assert [row.body is None for row in reader.rows()] == [False, True, False]
    assert strict.row(0).body is not None
    for read in (strict.row, lambda at: strict.at([at]), lambda at: list(strict.rows(at))):
        with pytest.raises(ErasedMeanwhile):
            read(1)
    assert strict.look_again()
    assert strict.row(1).body is None


def test_a_strict_reader_takes_a_body_that_is_missing_for_just_that() -> None:
    ledger = new_ledger()
    ledger.append([claim("5")], "desk")
    [row] = ledger.store.rows()
    bare = row._replace(salt=None, body=None, fingerprint=None)
    assert WithoutErased(holding([bare]), strict=True).row(0) == bare


def test_an_erasure_of_an_erasure_hides_nothing(shared: tuple[Ledger, Elsewhere]) -> None:
    ledger, other = shared
    position = pulled_erasure(ledger, other, 0)
    pulled_erasure(ledger, other, position)
    assert WithoutErased(ledger.store).row(position).body is not None
    assert [left.position for left in left_here(ledger.store)] == [0]


def test_only_the_desk_that_recorded_an_event_takes_it_back_elsewhere(
    shared: tuple[Ledger, Elsewhere],
) -> None:
    """A desk's word about what it recorded is carried out here; about another's it is not."""
    ledger, other = shared
    pulled_erasure(ledger, other, 0)
    assert to_carry_out(ledger.store) == []
    theirs = pulled_erasure(ledger, other, 1)
    assert to_carry_out(ledger.store) == [(1, theirs)]
    with ledger.store.appending() as writer:
        for erasure in to_carry_out(writer):
            writer.erase(*erasure)
    assert ledger.store.row(1).body is None
    assert to_carry_out(ledger.store) == []


def test_no_other_word_removes_a_body(shared: tuple[Ledger, Elsewhere]) -> None:
    """Not that of a copy, which names the same earlier origin; and what is ours goes by our own
    `erase` only, even where somebody else brings the word in our name."""
    ledger, other = shared
    copy = Elsewhere("beef" * 8, Ticking()())
    pulled_erasure(ledger, copy, 1)
    pulled_erasure(ledger, copy, 0)
    assert to_carry_out(ledger.store) == []
    pulled_erasure(ledger, Elsewhere(ledger.origin, Ticking()()), 0)
    assert to_carry_out(ledger.store) == []
    with ledger.store.appending() as writer:
        writer.start_origin("cafe" * 8)
    assert to_carry_out(ledger.store) == []
    assert [left.position for left in left_here(ledger.store)] == [0, 0, 1]
    theirs = pulled_erasure(ledger, other, 1)
    assert to_carry_out(ledger.store) == [(1, theirs)]


def test_a_word_that_names_nothing_held_here_is_kept(shared: tuple[Ledger, Elsewhere]) -> None:
    ledger, other = shared
    for name in ("ab" * 32, "not an id", "é" * 64):
        other.pull(ledger.store, encode(BodyErased(event=name, by="x", ground="y")))
    reader = WithoutErased(ledger.store)
    assert [row.body is None for row in reader.rows()] == [False] * 5
    assert left_here(ledger.store) == []
    assert to_carry_out(ledger.store) == []


# --- no byte is left in the file -------------------------------------------------------------

WAL = journal.Journal("wal", "full", "for a test")
PERSIST = journal.Journal("persist", "extra", "for a test")

LONG = 900_000
"""Characters of a wording that takes some hundred overflow pages."""

Filed = tuple[Ledger, Path, list[bytes]]


@pytest.fixture(params=[WAL, PERSIST], ids=lambda one: one.mode)
def new_file(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int, int], Filed]]:
    """Makes a ledger in which a remarkable claim lies among some forty others."""
    monkeypatch.setattr(sqlite_opening, "journal_for", lambda: request.param)
    stores = []

    def make(position: int, length: int) -> Filed:
        path = tmp_path / "facts.db"
        store = SqliteStore.open(path, ORIGIN)
        stores.append(store)
        ledger = Ledger(store, clock=Ticking(), random=random.Random(7).randbytes)
        others = [claim(str(number)) for number in range(40)]
        for events in (others[:position], [ClaimAsserted(claim=remarkable(length))], others):
            ledger.append(events, "desk")
        row = store.row(position)
        assert row.salt
        assert row.fingerprint
        return ledger, path, [row.salt, row.fingerprint, *(word.encode() for word in WORDS)]

    yield make
    for store in stores:
        store.close()


@pytest.mark.parametrize("length", [10, 3_000, LONG])
@pytest.mark.parametrize("position", [0, 20, 40])
def test_no_byte_of_an_erased_body_is_left(
    new_file: Callable[[int, int], Filed], position: int, length: int
) -> None:
    ledger, path, needles = new_file(position, length)
    assert found_in(path.parent, needles)
    erase(ledger, position)
    ledger.store.scrub()
    assert found_in(path.parent, needles) == set()
    assert [row.body is None for row in ledger.store.rows()].index(True) == position
    ledger.append([claim("100")], "desk")
    assert found_in(path.parent, needles) == set()


@pytest.mark.parametrize(
    ("length", "left_out"),
    [(10, "all"), (LONG, "all"), (LONG, "the journal"), (10, "the pages"), (LONG, "the pages")],
)
def test_the_search_finds_what_half_a_scrub_leaves(
    new_file: Callable[[int, int], Filed],
    monkeypatch: pytest.MonkeyPatch,
    length: int,
    left_out: str,
) -> None:
    """So that the test above would fail without any of the steps."""
    ledger, path, needles = new_file(20, length)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if left_out == "the pages":
            connection.execute("PRAGMA secure_delete = off")
            monkeypatch.setattr(ledger.store, "_connection", connection)
        erase(ledger, 20)
        if left_out == "the pages":
            scrubbing.drop_journal(connection, path)
        elif left_out == "the journal":
            monkeypatch.setattr(scrubbing, "drop_journal", lambda *_: None)
            ledger.store.scrub()
        assert found_in(path.parent, needles)


@pytest.mark.parametrize("whole", [True, False])
def test_pages_keep_copies_that_only_writing_the_file_anew_removes(
    new_file: Callable[[int, int], Filed], whole: bool
) -> None:
    """Where a page is split, what goes to the other half stays behind in this one as well.

    So it does, unless SQLite overwrites what it deletes: before this version it did so only where
    it had been built to.
    """
    ledger, path, _ = new_file(0, 10)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        store = ledger.store
        assert isinstance(store, SqliteStore)
        store._connection.execute("PRAGMA secure_delete = off")
        ledger.append([claim(f"{number} of them") for number in range(100, 2_000)], "desk")
        erased = list(range(1, 1_500))
        needles = [row.fingerprint or b"" for row in store.at(erased)]
        store._connection.execute("PRAGMA secure_delete = on")
        erase(ledger, *erased)
        if whole:
            store.scrub()
        else:
            scrubbing.drop_journal(connection, path)
        left = [needle for _, data in files(path.parent) for needle in needles if needle in data]
    assert bool(left) is not whole


def test_a_scrub_waits_for_whoever_reads_and_says_so(
    new_file: Callable[[int, int], Filed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not done half: what was erased is erased, and the scrub can be done again."""
    monkeypatch.setattr(sqlite_opening, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(scrubbing, "PATIENCE", 0.1)
    ledger, path, needles = new_file(20, 3_000)
    with closing(SqliteStore.open(path)) as mine, closing(sqlite3.connect(path)) as reader:
        erase(ledger, 20)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        with pytest.raises(StorageError, match="locked"):
            mine.scrub()
        reader.execute("COMMIT")
        assert found_in(path.parent, needles)
        mine.scrub()
    assert found_in(path.parent, needles) == set()


def test_how_many_erasures_left_no_trace_is_kept_and_only_grows(tmp_path: Path) -> None:
    path = tmp_path / "facts.db"
    with closing(SqliteStore.open(path, ORIGIN)) as store:
        assert store.scrubbed == 0
        store.note_scrubbed(1)
        store.note_scrubbed(3)
    with closing(SqliteStore.open(path)) as store:
        assert store.scrubbed == 3
    with closing(sqlite3.connect(path)) as connection:
        for statement in (
            "UPDATE scrubs SET erasures = 9",
            "DELETE FROM scrubs",
            "INSERT OR REPLACE INTO scrubs VALUES (0, 9)",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


@given(st.integers(1, 40), st.data())
def test_every_proof_made_before_still_verifies(size: int, data: st.DataObject) -> None:
    ledger = new_ledger()
    ledger.append([claim(str(number)) for number in range(size)], "desk")
    rows = list(ledger.store.rows())
    root = bytes.fromhex(ledger.root())

    def stored(at: Sequence[int]) -> list[bytes]:
        return [row.hashes for row in ledger.store.at(at)]

    before = [inclusion_proof(at, size, stored) for at in range(size)]
    erase(ledger, *data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    for row, proof in zip(rows, before, strict=True):
        assert verify_inclusion(leaf_hash(row.head), row.position, size, proof, root)
        assert inclusion_proof(row.position, size, stored) == proof
    grown = ledger.size()
    proof = consistency_proof(size, grown, stored)
    assert verify_consistency(size, grown, proof, root, bytes.fromhex(ledger.root()))


# --- and the ledger verifies -----------------------------------------------------------------


def test_a_body_may_be_missing_where_an_event_says_so_and_only_there() -> None:
    ledger = new_ledger()
    ledger.append([claim("5"), claim("6"), claim("7")], "desk")
    erase(ledger, 0, 2)
    found = ledger.verify()
    assert (found.ok, found.erased) == (True, 2)
    rows = list(ledger.store.rows())
    bare = [*rows[:1], rows[1]._replace(salt=None, body=None, fingerprint=None), *rows[2:]]
    assert verify(holding(bare)).problems == ("position 1: the body is missing",)


def test_what_says_that_a_body_is_erased_must_be_there_itself(
    shared: tuple[Ledger, Elsewhere],
) -> None:
    ledger, other = shared
    erase(ledger, 0)
    pulled_erasure(ledger, other, 2)
    rows = list(ledger.store.rows())
    rows[2] = rows[2]._replace(salt=None, body=None, fingerprint=None)
    assert verify(holding(rows)).problems == (
        "position 0: the body is missing",
        "position 2: the body of a body-erased is missing",
    )


def test_a_body_that_was_erased_here_and_is_back_is_a_problem() -> None:
    """What another desk erased may be here: whether it goes is for this desk to say."""
    ledger = new_ledger()
    ledger.append([claim("5"), claim("6")], "desk")
    rows = list(ledger.store.rows())
    erase(ledger, 1)
    back = [*rows, *ledger.store.rows(2)]
    assert verify(holding(back)).ok

    class Back(MemoryStore):
        def erasures(self) -> list[Erasure]:
            return [Erasure(1, 2)]

    store = Back(ORIGIN)
    with store.appending() as writer:
        writer.add(back)
    assert verify(store).problems == ("position 1: erased, but its body is there",)


def test_what_is_erased_while_a_ledger_is_verified_is_no_problem() -> None:
    ledger = new_ledger()
    ledger.append([claim("5"), claim("6")], "desk")

    def erasing_meanwhile(bounds: Iterable[tuple[int, int]]) -> Iterator[Stretch]:
        for bound in bounds:
            erase(ledger, 1)
            yield check_stretch(ledger.store, *bound)

    found = verify(ledger.store, erasing_meanwhile)
    assert (found.ok, found.size) == (True, 2)
