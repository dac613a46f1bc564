"""The files of an import, row by row into the staging file.

What is wrong with a row is said on stderr as ``FILE:LINE field: what. What to write instead``,
and a bad row never stops the rows after it. The rows of a table with more than
:data:`MANY` are checked by several processes.
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TextIO

from cli.checking import Checked, Checker
from cli.complaints import tell
from cli.csv_rows import CsvTable
from cli.feed_rows import FeedTable, is_feed
from cli.input_files import open_text, pieces_of, shown_name
from cli.json_rows import JsonTable
from cli.mapping import LABEL, Recipe, refuse_unseen
from cli.rejects import Rejects
from cli.review_checking import ReviewChecker
from cli.rows import Table
from cli.session import CLAIM_FIELDS, CLAIM_TYPES, SHORT, Session
from cli.sharing import processors
from cli.summing import summed
from cli.workers import check_with_workers
from ledger.drafts import Defined
from ledger.errors import BadInput
from ledger.staging import MARK, Staging

if TYPE_CHECKING:
    from ledger.erasing import Notice

MANY = 4_000
"""Rows that one process checks before others are called to help."""

_FINDING = re.compile("[0-9a-f]{16}")
_ID = re.compile("[0-9a-f]{64}")
_WHOLE = "Import the claims first, or write the whole id and the pairs"
_CHUNK = 500
_BEGINNING = 1 << 16
"""Characters by which a file is told to be of one kind or another."""

_JSON_NAMES = (".jsonl", ".ndjson", ".json")


class Intake:
    """Reads files into ``staging``, and counts what it passed over and what was bad."""

    def __init__(
        self,
        session: Session,
        staging: Staging,
        recipe: Recipe,
        total: str | None,
        definitions: Mapping[str, Defined],
        skip_bad: bool,
    ) -> None:
        self.rejected = 0
        self.skipped = 0
        self._session = session
        self._staging = staging
        self._recipe = recipe
        self._total = total
        self._skip_bad = skip_bad
        self._checker = Checker(recipe, definitions, self._resolve, self._take_label, self._decided)
        self.not_held: Counter[str] = Counter()
        self._feeds = ReviewChecker(recipe, definitions, staging, self._holds, self.not_held)
        if total is not None and total not in recipe.columns:
            raise BadInput(
                f"--sum {total}: no --map or --set uses that column", f"Write --map value={total}"
            )

    def read(self, path: str, progress: Callable[[int], None]) -> None:
        """Check the rows of a file and stage them.

        Raises ``BadInput`` and ``StorageError`` for what is wrong with the file as a whole.
        """
        name = shown_name(path)
        with open_text(path, progress) as stream:
            table = self._table(stream, name)
            if table.columns is not None:
                self._recipe.check(table.columns, f"{name}:1")
            rejects = Rejects(name, table.columns, table.delimiter) if self._skip_bad else None
            try:
                for checked in self._checked(table, name):
                    self._absorb(checked, name, rejects)
            finally:
                if rejects:
                    rejects.close()
        if rejects and rejects.written:
            tell(f"The bad rows are in {rejects.path}")
        if isinstance(table, JsonTable) and self._total is None:
            refuse_unseen(self._recipe.columns, self._checker.seen, name)

    def _checked(self, table: Table, name: str) -> Iterator[Checked]:
        """Yield what the chunks of a table come to; from many rows on, others help."""
        rows = table.rows()
        if isinstance(table, FeedTable):
            if self._total is not None:
                raise BadInput(f"--sum: {name} holds fact checks", "Leave --sum out")
            for chunk in iter(lambda: list(islice(rows, _CHUNK)), []):
                yield self._feeds.check(chunk)
            refuse_unseen(self._recipe.columns, self._feeds.seen, name)
            return
        if self._total is not None:
            rows = summed(rows, table.columns, self._total, self._recipe.columns, name)
        chunks = iter(lambda: list(islice(rows, _CHUNK)), [])
        for chunk in islice(chunks, MANY // _CHUNK):
            yield self._checker.check(chunk, table.columns)
        columns = table.columns
        labelled = columns is None or LABEL in (*columns, *self._recipe.maps, *self._recipe.sets)
        if labelled or columns is None or processors() == 1:
            for chunk in chunks:
                yield self._checker.check(chunk, columns)
        elif following := next(chunks, None):
            yield from check_with_workers(
                chain([following], chunks), columns, self._checker, processors() - 1
            )

    def _absorb(self, checked: Checked, name: str, rejects: Rejects | None) -> None:
        if checked.count:
            self._staging.add(checked.chunk, checked.count)
        self.skipped += checked.skipped
        self.rejected += len(checked.bad)
        for row, problem in checked.bad:
            tell(f"{name}:{row[0]} {problem}")
            if rejects:
                rejects.write(row, problem)

    def _take_label(self, label: str, type_: str) -> None:
        """Keep a row's label; raise ``BadInput`` where it is the id of what was erased here.

        An export labels its rows so. One from before the erasure would bring the text back.
        """
        erased = self._erased.get(label) if _ID.fullmatch(label) else None
        if erased is not None:
            raise BadInput(
                f"label: {label[:SHORT]} was erased here on {erased.recorded_at[:10]} by "
                f"{erased.by}, ground given: {erased.ground}",
                "Leave the row out, or take its label away to file it anew",
            )
        self._staging.take_label(label, type_)

    @cached_property
    def _erased(self) -> "dict[str, Notice]":
        from ledger.erasing import notices

        return notices(self._session.ledger().store) if self._session.exists else {}

    def _holds(self, id_: str) -> bool:
        """Whether an id is that of a claim held here."""
        if not self._session.exists or not _ID.fullmatch(id_):
            return False
        found = self._session.views().find(id_)
        return any(kind in CLAIM_TYPES for _, _, kind in found)

    def _decided(self, draft: dict[str, Any]) -> dict[str, Any]:
        """Return a decision with the finding's whole id and with the pairs that it covers.

        One that has both, as an export has, is taken as it is: its claims may be in this file.
        """
        finding = draft.get("finding")
        if not finding or (draft.get("pairs") and _FINDING.fullmatch(finding)):
            return draft
        if not self._session.exists:
            raise BadInput(f"finding: there is none yet, and so no {finding!r}", _WHOLE)
        from cli import lookups

        views = self._session.views()
        id_ = lookups.find_finding(views, finding)
        return {**draft, "finding": id_, "pairs": draft.get("pairs") or views.pairs(id_)}

    def _resolve(self, text: str, what: str) -> str:
        """Return the id that a reference names; a label stays until the row it names has an id."""
        if not text.startswith(MARK):
            return self._session.resolve(text, what)
        kind = self._staging.type_of(text, what)
        if what in CLAIM_FIELDS and kind not in CLAIM_TYPES:
            raise BadInput(f"{what}: {text} is no claim but a {kind}", "Name a claim")
        return text

    def _table(self, stream: TextIO, name: str) -> Table:
        """Return the rows of a file: JSON by its name or its first character, else CSV."""
        beginning = stream.read(_BEGINNING)
        while beginning and beginning.isspace() and (more := stream.read(_BEGINNING)):
            beginning += more
        first = beginning.lstrip()[:1]
        if first in ("[", "{") and is_feed(beginning):
            return FeedTable(chain([beginning], pieces_of(stream)), name, self.not_held)
        lines = chain(io.StringIO(beginning + stream.readline(), newline=""), stream)
        if first in ("[", "{") or name.removesuffix(".gz").lower().endswith(_JSON_NAMES):
            return JsonTable(lines, name, array=first == "[")
        return CsvTable(lines, name)
