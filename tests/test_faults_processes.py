"""Eight processes record at once beside readers, and nobody notices but by waiting.

Four run `add` again and again, two `import`, two append to a ledger that they keep open; they
begin at the same moment, with no ledger there yet, and much of what they file is the same. Four
others read meanwhile. No error reaches a user, what was acknowledged is there once, and whoever
reads sees the beginning of what is there in the end.
"""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from pathlib import Path

import pytest
from commands import Wherefrom
from conftest import PROFILE
from crowd import (
    ROWS,
    Failed,
    Read,
    adding,
    appending,
    impatient,
    importing,
    patient,
    reading,
    shared_file,
)
from recorders import FORKS, Kept, Witness, claim, open_ledger, recording

from ledger.log import Ledger
from ledger.merkle import leaf_hash
from ledger.sqlite import SqliteStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are not forked there")

Figure = Callable[[str, object], None]

TIMES = 10 if PROFILE == "torture" else 1
FILES = 3 * TIMES


QUESTIONS = ("log --json", "verify --json", "contradictions --json", "sources --json")


def misread(reads: list[Read], ids: list[str], root: Callable[[int], str]) -> list[str]:
    """Return what one reader saw that is no beginning of what is there, or that went back."""
    found = []
    before = 0
    for read in reads:
        if read.size < before:
            found.append(f"saw {read.size} events after {before}")
        before = read.size
        if read.ids and list(read.ids) != ids[: read.size]:
            found.append(f"saw {read.size} events that are no beginning")
        if read.root and read.root != root(read.size):
            found.append(f"saw a root over {read.size} events that is none")
    return found


def test_eight_processes_record_at_once_beside_readers(
    folder: Path, record_property: Figure
) -> None:
    path = folder / "facts.db"
    for number in range(FILES):
        shared_file(folder, number)
    recorders = (
        [(adding, 12 * TIMES)] * 4 + [(importing, FILES)] * 2 + [(appending, 12 * TIMES)] * 2
    )
    ready, enough = FORKS.Barrier(len(recorders)), FORKS.Event()
    witness, failures = Witness(rows=ROWS), list[Failed]()
    reads: dict[str, list[Read]] = {question: [] for question in QUESTIONS}
    with ExitStack() as stack:
        begun = [
            stack.enter_context(recording(recorder, path, seed, times, ready))
            for seed, (recorder, times) in enumerate(recorders)
        ]
        writers = [pipe for _, pipe in begun]
        wait(writers)
        begun += [
            stack.enter_context(recording(reading, path, question, enough))
            for question in QUESTIONS
        ]
        readers = dict(zip([pipe for _, pipe in begun[len(writers) :]], QUESTIONS, strict=True))
        waiting: list[Connection] = [*writers, *readers]
        while waiting:
            for pipe in wait(waiting):
                assert isinstance(pipe, Connection)
                try:
                    heard = pipe.recv()
                except EOFError:
                    waiting.remove(pipe)
                    if not set(waiting) & set(writers):
                        enough.set()
                    continue
                if isinstance(heard, Failed):
                    failures.append(heard)
                elif isinstance(heard, Read):
                    reads[readers[pipe]].append(heard)
                else:
                    witness.take(heard)
        for process, _ in begun:
            process.join(60)
            assert process.exitcode == 0
    assert not failures
    assert not witness.complaints(path)
    with closing(open_ledger(path).store) as store:
        ids = [leaf_hash(row.head).hex() for row in store.rows()]
        ledger = Ledger(store, clock=lambda: datetime.now(UTC), random=os.urandom)
        for question in QUESTIONS:
            assert reads[question], question
            assert not misread(reads[question], ids, ledger.root)
    assert set(witness.kept.items()) <= set(enumerate(ids))
    assert len(ids) == len(witness.kept) + FILES * ROWS
    command = Wherefrom(folder)
    seen = [command(*question.split()).out for question in QUESTIONS]
    command("rebuild")
    assert [command(*question.split()).out for question in QUESTIONS] == seen
    record_property("events recorded by 8 processes at once", len(ids))
    record_property("answers read meanwhile", sum(map(len, reads.values())))


def test_eight_processes_make_one_ledger(folder: Path) -> None:
    for number in range(3 * TIMES):
        path, witness = folder / f"{number}.db", Witness()
        ready = FORKS.Barrier(8)
        with ExitStack() as stack:
            begun = [
                stack.enter_context(recording(adding, path, seed, 1, ready)) for seed in range(8)
            ]
            for _, heard in begun:
                kept = heard.recv()
                assert isinstance(kept, Kept), kept
                witness.take(kept)
        assert not witness.complaints(path)


# --- the tests can fail ----------------------------------------------------------------------


def test_one_who_does_not_wait_is_told_of_an_error(folder: Path) -> None:
    """So the error would be seen above; and who waits gets his turn."""
    path = folder / "facts.db"
    Wherefrom(folder)(*claim(1, "Ann"))
    with closing(SqliteStore.open(path)) as store:
        with store.appending(), recording(impatient, path, 1) as (_, heard):
            failed = heard.recv()
        assert isinstance(failed, Failed)
        assert "database is locked. Another program is writing to it" in failed.answer.err
        with recording(patient, path, 1) as (_, heard):
            with store.appending():
                assert not heard.poll(0.5)
            assert heard.recv().position == 1


def test_what_is_no_beginning_is_found_out() -> None:
    ids = ["a", "b", "c"]
    roots = ["none", "over a", "over a, b", "over a, b, c"]
    for sound in ([Read(1, ids=("a",)), Read(2, "over a, b")], [Read(3, ids=("a", "b", "c"))], []):
        assert not misread(sound, ids, roots.__getitem__)
    for wrong in (
        [Read(2, ids=("a", "c"))],
        [Read(2, ids=("b", "c"))],
        [Read(2, "over a")],
        [Read(2), Read(1)],
    ):
        assert misread(wrong, ids, roots.__getitem__)
