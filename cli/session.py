"""What a command works with: the ledger it names, its views, who records, what an id names.

Everything is opened when it is first asked for, so that a command that only reads never makes
a file and a command that refuses its input never makes a ledger. Here, and only here, the
clock, the dice and the name of the person are read.
"""

import getpass
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import click

from ledger.errors import BadInput, ErasedMeanwhile, NotFound, StorageError

if TYPE_CHECKING:
    from ledger.drafts import Defined
    from ledger.events import ClaimAsserted, RecordingCorrected
    from ledger.kept import Kept
    from ledger.log import Ledger
    from ledger.store import Reader
    from projections.build import Progress
    from projections.views import Views

Answer = TypeVar("Answer")

SHORT: Final = 10
"""Digits of an id that are shown; any unique prefix of six or more names it."""

CLAIM_TYPES: Final = ("claim-asserted", "recording-corrected")
CLAIM_FIELDS: Final = ("claim", "other", "corrects")
_ID = re.compile(r"[0-9a-f]{6,64}")
_SHOWN: Final = 5


class Machine(NamedTuple):
    """The clock and the dice that a command uses; the documentation brings its own."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[int], bytes] = os.urandom


class Session:
    """One run of the command on the ledger at ``path``."""

    def __init__(self, path: str, machine: Machine | None = None) -> None:
        self.path = path
        self._machine = machine or Machine()
        self._ledger: Ledger | None = None
        self._views: Views | None = None

    @cached_property
    def recorder(self) -> str:
        """Who records: ``WHEREFROM_RECORDER``, or the name of the user."""
        from ledger.names import clean

        name = os.environ.get("WHEREFROM_RECORDER")
        if name:
            return clean(name, "WHEREFROM_RECORDER", 200)
        try:
            return clean(getpass.getuser(), "name of the user", 200)
        except (KeyError, OSError):
            return f"user {os.getuid()}" if hasattr(os, "getuid") else "unnamed"

    def now(self) -> datetime:
        """Return the time of the machine's clock."""
        return self._machine.clock()

    def random(self, number: int) -> bytes:
        """Return so many random bytes from the machine's dice."""
        return self._machine.random(number)

    @property
    def kept(self) -> "Kept":
        """The documents that are kept beside the ledger."""
        from ledger.kept import Kept

        return Kept(self.evidence, Path(self.path))

    @property
    def evidence(self) -> Path:
        """The folder of the documents that are kept: ``facts.evidence`` beside ``facts.db``.

        Raises ``StorageError`` where the ledger's name is that of a folder.
        """
        path = Path(self.path)
        if path.is_dir():
            raise StorageError(f"{self.path}: a folder, not a file", "Name a file with --db")
        return evidence_beside(path)

    @property
    def exists(self) -> bool:
        """Whether there is a ledger to read. Raises ``StorageError`` where it cannot be used."""
        from ledger.errors import NoLedger

        try:
            self.ledger()
        except NoLedger:
            return False
        return True

    def ledger(self, *, create: bool = False) -> "Ledger":
        """Return the ledger; ``create`` makes it where there is none.

        Raises ``StorageError`` when the file is missing, no ledger, or cannot be used.
        """
        if self._ledger is None:
            from cli.remembering import Remembered, say_begun
            from ledger.log import Ledger
            from ledger.sqlite import SqliteStore

            clock, random = self._machine
            store = SqliteStore.open(self.path, random(16).hex() if create else None)
            memory = Remembered(self.path)
            self._ledger = Ledger(store, clock=clock, random=random, memory=memory, begun=say_begun)
        return self._ledger

    def reader(self) -> "Reader":
        """Return the ledger's events as they are answered with: without what was erased."""
        from ledger.erasing import WithoutErased

        return WithoutErased(self.ledger().store)

    def views(self) -> "Views":
        """Return the views of the ledger, caught up with it."""
        if self._views is None:
            from projections.views import Views, views_path

            path = views_path(self.path)
            self._views = Views.open(self.ledger().store, path, like=Path(self.path))
        else:
            self._views.catch_up()
        return self._views

    def scrub_views(self, progress: "Progress | None" = None) -> None:
        """Build the views anew, so that nothing of the old ones is left in any file.

        Raises ``StorageError`` where another program stands in the way, or the disk is full.
        """
        from projections.views import Views, views_path

        if self._views is not None:
            self._views.close()
            self._views = None
        path = views_path(self.path)
        like = Path(self.path)
        self._views = Views.scrubbed(self.ledger().store, path, progress, like=like)

    @property
    def asked_views(self) -> bool:
        """Whether the views as they are now have been opened."""
        return self._views is not None

    def ask(self, question: "Callable[[Views], Answer]") -> Answer:
        """Return what the views answer, and let go of them; where they are damaged, ask again.

        For commands that record, and so cannot be run again from the start.
        """
        views = self.views()
        try:
            try:
                return question(views)
            except ErasedMeanwhile:
                views.catch_up()
                return question(views)
            except Exception as error:
                from projections.views_file import is_damage

                if not is_damage(error):
                    raise
            self.mend()
            return question(views)
        finally:
            views.release()

    def mend(self) -> None:
        """Build views that were found damaged anew, and say so."""
        views = self.views()
        if not views.rebuilt:
            views.rebuild()
        click.echo("Note: the views were damaged; they are rebuilt from the ledger", err=True)

    def definition(self, predicate: str) -> "Defined":
        """Return how values of ``predicate`` are read; inferred where nothing is held yet."""
        if not self.exists:
            from ledger.drafts import UNDEFINED

            return UNDEFINED
        return self.ask(lambda views: views.definition(predicate))

    def definitions(self) -> dict[str, "Defined"]:
        """Return how values of every defined predicate are read, by its folded names."""
        if not self.exists:
            return {}
        from cli import lookups

        return dict(self.ask(lookups.definitions))

    def resolve(self, text: str, what: str) -> str:
        """Return the id of the event that ``text`` names: an id, a prefix of one, or ``last``.

        Fields that name claims want a claim. Raises ``NotFound`` when there is none or more
        than one of them, or when it was erased, and ``BadInput`` for what is no id.
        """
        if text == "last":
            return self.last_claim(what)
        id_, _, kind = self.named(text, what)
        if what in CLAIM_FIELDS and kind not in CLAIM_TYPES:
            raise BadInput(f"{what}: {id_[:SHORT]} is no claim but a {kind}", "Name a claim")
        if self.ask(lambda views: views.is_erased(id_)):
            raise NotFound(f"{what}: {self._erased(id_)}", "Name another")
        return id_

    def named(self, text: str, what: str) -> tuple[str, int, str]:
        """Return id, position and type of the event that an id or the first digits of one name.

        Raises ``NotFound`` when there is none or more than one of them, ``BadInput`` for what
        is no id.
        """
        prefix = text.strip().lower()
        if not _ID.fullmatch(prefix):
            raise BadInput(
                f"{what}: {text!r} is no id", "Write 6 or more of its digits, as `log` shows them"
            )
        found = self.ask(lambda views: views.find(prefix)) if self.exists else []
        if not found:
            raise NotFound(f"{what}: nothing here has an id that begins with {prefix}", "See `log`")
        if len(found) > 1:
            some = ", ".join(
                f"{id_[: max(SHORT, len(prefix) + 2)]} ({kind})" for id_, _, kind in found[:_SHOWN]
            )
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise NotFound(f"{what}: {prefix} could be {some}{more}", "Write more of its digits")
        return found[0]

    def _erased(self, id_: str) -> str:
        from ledger.erasing import notices

        says_so = notices(self.ledger().store).get(id_)
        if says_so is None:
            return f"the text of {id_[:SHORT]} is missing; run `wherefrom verify`"
        day = says_so.recorded_at[:10]
        return f"{id_[:SHORT]} was erased on {day} by {says_so.by}, ground given: {says_so.ground}"

    def last_claim(self, what: str, *, erased: bool = False) -> str:
        """Return the id of the claim that was recorded last and is not ``erased``, or may be."""
        from ledger.heads import decode_head
        from ledger.merkle import leaf_hash

        store = self.reader()
        for position in range(store.size() - 1, -1, -1):
            row = store.row(position)
            there = erased or row.body is not None
            if there and decode_head(row.head).type in CLAIM_TYPES:
                return leaf_hash(row.head).hex()
        raise NotFound(f"{what}: there is no claim yet", "File one with `wherefrom add`")

    def claim(self, id_: str) -> "ClaimAsserted | RecordingCorrected":
        """Return the claim with this id; raise ``NotFound`` when its text was erased."""
        from ledger.events import ClaimAsserted, RecordingCorrected

        [(_, position, kind)] = self.ask(lambda views: views.find(id_))
        event = self.ledger().entry(position).event
        if event is None:
            raise NotFound(f"{id_[:SHORT]}: the text of this claim was erased", "Name another")
        assert isinstance(event, ClaimAsserted | RecordingCorrected), kind
        return event

    def close(self) -> None:
        """Let go of the files."""
        if self._views is not None:
            self._views.close()
        if self._ledger is not None:
            self._ledger.store.close()


def evidence_beside(ledger: Path) -> Path:
    """Return the folder of the documents of a ledger: ``facts.evidence`` beside ``facts.db``."""
    return ledger.with_name(f"{ledger.stem}.evidence")


def interactive() -> bool:
    """Whether a person is there to answer: stdin and stderr are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


pass_session = click.make_pass_decorator(Session)
