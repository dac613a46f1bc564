"""Processes that record for ever, each saying what was acknowledged to it, and who checks them.

A recorder is forked from a server that has all modules loaded, so it starts in some milliseconds.
It runs the command itself (``cli.main.run``) or appends to an open ledger, and sends each
acknowledgement through a pipe in one write, as soon as it has it. :class:`Witness` keeps what
was acknowledged, and says what of it a ledger does not hold.
"""

import itertools
import json
import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from unittest.mock import patch

import attrs
from commands import Wherefrom
from numbered import told

from ledger.heads import decode_head
from ledger.log import Ledger
from ledger.merkle import leaf_hash
from ledger.sqlite import SqliteStore

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["cli.add", "cli.imports", "cli.intake", "projections.increment", "crowd", "sqlite_utils"]
)


@cache
def _serve() -> None:
    """Start the server, with the modules where this process finds them."""
    with patch.dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)):
        forkserver.ensure_running()


HEADER = "subject,predicate,value,claimant,published"


@attrs.frozen
class Kept:
    """One event was acknowledged at this position, under this id."""

    position: int
    id: str


@attrs.frozen
class Imported:
    """A file of so many claims by ``claimant`` was acknowledged."""

    claimant: str
    claims: int


@attrs.frozen
class Erased:
    """The event at this position was said to be erased, to its last byte."""

    position: int
    text: str


@attrs.frozen
class Pulled:
    """The events with these ids were said to be pulled."""

    ids: tuple[str, ...]


Acknowledged = Kept | Imported | Erased | Pulled


def open_ledger(path: Path) -> Ledger:
    """Open the ledger, or make it."""
    store = SqliteStore.open(path, os.urandom(16).hex())
    return Ledger(store, clock=lambda: datetime.now(UTC), random=os.urandom)


def append(path: Path, seed: int, acks: Connection) -> None:
    """Append one event after another to an open ledger; some of them again."""
    dice = random.Random(seed)
    ledger = open_ledger(path)
    while True:
        [kept] = ledger.append([told(dice.randrange(100_000))], "desk")
        acks.send(Kept(kept.position, kept.id))


def append_hastily(path: Path, seed: int, acks: Connection) -> None:
    """Acknowledge what is not committed yet, as nobody should."""
    ledger = open_ledger(path)
    while True:
        with ledger.appending("desk") as appending:
            from ledger.codec import encode

            [kept] = appending.add_bodies([encode(told(seed))])
            acks.send(Kept(kept.position, kept.id))
            multiprocessing.Event().wait(5)


def add(path: Path, seed: int, acks: Connection) -> None:
    """Run `wherefrom add` again and again."""
    dice = random.Random(seed)
    command = Wherefrom(path.parent, path.name)
    while True:
        said = command(*claim(dice.randrange(100_000), "Ben"), "--json").json
        acks.send(Kept(said["position"], said["id"]))


def claim(number: int, claimant: str) -> tuple[str, ...]:
    """Return the arguments by which a claim is filed."""
    words = ("add", f"s{number % 90}", f"p{number % 7}", str(number % 50))
    return (*words, "--claimant", claimant, "--published", "2026-02-06")


def import_(path: Path, seed: int, acks: Connection, rows: int = 300) -> None:
    """Run `wherefrom import` again and again, a new file each time."""
    command = Wherefrom(path.parent, path.name)
    number = 0
    while True:
        claimant = f"Cleo {os.getpid()} {number}"
        file = path.parent / f"{claimant}.csv"
        file.write_text(table(rows, claimant), encoding="utf-8")
        command("import", file, "--json")
        acks.send(Imported(claimant, rows))
        file.unlink()
        number += 1


def erase(path: Path, seed: int, acks: Connection) -> None:
    """File a claim and erase it, by the command, again and again."""
    dice = random.Random(seed)
    command = Wherefrom(path.parent, path.name)
    while True:
        text = f"Nobody was to read {dice.randrange(10**12):012}"
        arguments = claim(dice.randrange(100_000), text)
        said = command(*arguments, "--json").json
        acks.send(Kept(said["position"], said["id"]))
        command("erase", said["id"], "--ground", "it was asked for", "--yes", "--json")
        acks.send(Erased(said["position"], text))


def pull(path: Path, seed: int, acks: Connection) -> None:
    """Run `wherefrom pull` again and again, from another desk each time."""
    dice = random.Random(seed)
    command = Wherefrom(path.parent, path.name)
    command(*claim(seed, "Ann"))
    for number in itertools.count():
        other = Wherefrom(path.parent, f"other-{os.getpid()}-{number}.db")
        other("import", other.file(f"{other.db.stem}.csv", table(300, f"Cleo {dice.random()}")))
        ids = tuple(event["id"] for event in other("log", "--json").json)
        command("pull", other.db)
        acks.send(Pulled(ids))


def table(rows: int, claimant: str) -> str:
    """Return a table of so many claims of one claimant."""
    claims = (f"s{n % 90},p{n % 7},{n},{claimant},2026-02-06" for n in range(rows))
    return "\n".join((HEADER, *claims))


Recorder = Callable[..., None]
READY = "ready"


@contextmanager
def recording(
    recorder: Recorder, path: Path, *given: Any
) -> Iterator[tuple[ForkServerProcess, Connection]]:
    """Have a recorder run beside, from its first step on; it is killed in the end."""
    here, there = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_run, args=(recorder, path, *given, there))
    _serve()
    process.start()
    there.close()
    try:
        assert here.recv() == READY
        yield process, here
    finally:
        process.kill()
        process.join()
        here.close()


def _run(recorder: Recorder, path: Path, *given: Any) -> None:
    *_, acks = given
    acks.send(READY)
    recorder(path, *given)


def drained(acks: Connection) -> Iterator[Acknowledged]:
    """Yield what is left in a pipe whose sender is gone; a message cut short was not sent."""
    while True:
        try:
            yield acks.recv()
        except (EOFError, OSError):
            return


@attrs.define
class Witness:
    """What was acknowledged of a ledger, by whomever."""

    kept: dict[int, str] = attrs.Factory(dict)
    imported: dict[str, int] = attrs.Factory(dict)
    rows: int = 300
    """Claims in each file that was imported."""
    erased: dict[int, str] = attrs.Factory(dict)
    pulled: set[str] = attrs.Factory(set)

    def take(self, acknowledged: Acknowledged) -> None:
        """Keep an acknowledgement."""
        if isinstance(acknowledged, Kept):
            assert self.kept.setdefault(acknowledged.position, acknowledged.id) == acknowledged.id
        elif isinstance(acknowledged, Pulled):
            self.pulled.update(acknowledged.ids)
        elif isinstance(acknowledged, Erased):
            self.erased[acknowledged.position] = acknowledged.text
        else:
            self.imported[acknowledged.claimant] = acknowledged.claims

    def complaints(self, path: Path) -> list[str]:
        """Return what does not hold of the ledger at ``path``."""
        if not path.exists():
            return ["there is no ledger"] if self.kept or self.imported else []
        with closing(open_ledger(path).store) as store:
            ledger = Ledger(store, clock=lambda: datetime.now(UTC), random=os.urandom)
            rows = list(store.rows())
            found = list(ledger.verify().problems)
        if [row.position for row in rows] != list(range(len(rows))):
            found.append("positions are not gapless")
        ids = {row.position: leaf_hash(row.head).hex() for row in rows}
        found += [
            f"position {position}: acknowledged as {id_}, and holds {ids.get(position)}"
            for position, id_ in self.kept.items()
            if ids.get(position) != id_
        ]
        lost = self.pulled - set(ids.values())
        found += [f"{len(lost)} events that were pulled"] if lost else []
        files = {
            file.name: file.read_bytes()
            for file in path.parent.iterdir()
            if file.name.startswith(path.stem)
        }
        found += [
            f"position {position}: erased, and {name} holds it"
            for position, text in self.erased.items()
            for name, content in files.items()
            if text.encode() in content
        ]
        contents = Counter(
            (row.fingerprint, decode_head(row.head).origin) for row in rows if row.fingerprint
        )
        found += [f"{number} events of one content" for number in contents.values() if number > 1]
        claimants = Counter(
            json.loads(row.body)["statement"].get("claimant", "") for row in rows if row.body
        )
        found += [
            f"{claimants[name]} of {claims} claims by {name}"
            for name, claims in self.imported.items()
            if claimants[name] != claims
        ]
        found += [
            f"{claims} of {self.rows} claims by {name}"
            for name, claims in claimants.items()
            if name.startswith("Cleo") and claims != self.rows
        ]
        return found
