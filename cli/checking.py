"""Rows of input → events that may be recorded, a chunk at a time, and what is wrong with the rest.

A chunk is checked by itself, so that it may be checked in another process (:mod:`cli.workers`)
and come back as bytes that go to the staging file as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from cli.json_rows import as_draft, read_object
from cli.mapping import LABEL, Recipe
from cli.rows import Raw, Row
from ledger.drafts import UNDEFINED, Defined, Drafts
from ledger.errors import BadInput, NotFound
from ledger.events import BodyErased, ClaimAsserted, ContradictionAdjudicated
from ledger.fields import read_name
from ledger.names import fold
from ledger.staging import MARK, Staged, packed, staged, staged_claim

TakeLabel = Callable[[str, str], None]
Resolve = Callable[[str, str], str]
Complete = Callable[[dict[str, Any]], dict[str, Any]]


@attrs.frozen
class Checked:
    """What a chunk came to: events to stage, rows passed over, bad rows and their problems."""

    chunk: bytes
    count: int
    skipped: int
    bad: list[tuple[Row, str]]


class Checker:
    """Checks the rows of one table after the other."""

    def __init__(
        self,
        recipe: Recipe,
        definitions: Mapping[str, Defined],
        resolve: Resolve | None = None,
        take_label: TakeLabel | None = None,
        complete: Complete | None = None,
    ) -> None:
        """Take the definitions by folded name, and what resolves references and keeps labels.

        ``complete`` fills in what a decision leaves to the finding it is about.
        """
        self.recipe = recipe
        self.seen: dict[str, None] = {}
        self._take_label = take_label
        self._complete = complete
        self._definitions = definitions
        find = self._definition
        self._drafts = Drafts(find) if resolve is None else Drafts(find, resolve)

    @property
    def definitions(self) -> dict[str, Defined]:
        """The definitions that count by now, those in the rows included."""
        return {**self._definitions, **self._drafts.defined_here}

    def check(self, rows: Sequence[Row], columns: Sequence[str] | None) -> Checked:
        """Check rows, whose cells lie under ``columns`` unless they bring their own."""
        good = []
        bad: list[tuple[Row, str]] = []
        for row in rows:
            try:
                if row[2] is not None:
                    raise BadInput(row[2])
                draft = self.recipe.draft(self._cells(row[1], columns))
                if draft is not None:
                    if self._complete and draft.get("type") == ContradictionAdjudicated.TYPE:
                        draft = self._complete(draft)
                    good.append(self._staged(draft))
            except (BadInput, NotFound) as error:
                bad.append((row, self.recipe.blame(str(error))))
        return Checked(packed(good), len(good), len(rows) - len(good) - len(bad), bad)

    def _staged(self, draft: dict[str, Any]) -> Staged:
        label = draft.pop(LABEL, None)
        if draft.get("type") == BodyErased.TYPE:
            raise BadInput(
                f"type: no import files a {BodyErased.TYPE}",
                "`wherefrom erase` removes a text and says so",
            )
        if (draft.get("type") or ClaimAsserted.TYPE) != ClaimAsserted.TYPE:
            event = self._drafts.read(draft)
            return staged(event, self._label(label, event.TYPE) if label else None)
        fields = self._drafts.claim_fields(draft)
        return staged_claim(fields, self._label(label, ClaimAsserted.TYPE) if label else None)

    def _cells(self, raw: Raw, columns: Sequence[str] | None) -> dict[str, Any]:
        if isinstance(raw, list):
            return dict(zip(columns or (), raw, strict=True))
        tree = raw if isinstance(raw, dict) else read_object(raw)
        if self.recipe.columns:
            self.seen.update(dict.fromkeys(tree))
        return tree if self.recipe.maps else as_draft(tree)

    def _definition(self, predicate: str) -> Defined:
        return self._definitions.get(fold(predicate), UNDEFINED)

    def _label(self, text: str, type_: str) -> str:
        label = read_name(text, LABEL).removeprefix(MARK)
        if self._take_label:
            self._take_label(label, type_)
        return label
