"""`--map` and `--set`: other people's columns as the fields of a claim.

``--map value=deaths`` takes a field from a column; ``--set predicate='COVID-19 {property}'``
fills one in where the row has none, with what the columns in braces hold (``{{`` is a brace).
Once `--map` is used, only what `--map` and `--set` name is taken, and a row whose value is
empty is passed over: a wide table has holes. Without `--map`, the columns are the fields.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final

import attrs

from cli.json_rows import as_text, is_absent
from ledger.drafts import CLAIM_FIELDS, REQUIRED
from ledger.errors import BadInput

LABEL: Final = "label"
SCOPE: Final = "scope."
PROBLEM: Final = "problem"
"""The column in which `--skip-bad` says what is wrong; an import passes over it."""

FIELDS: Final = (*(name for name in CLAIM_FIELDS if name != "scope"), LABEL)

_CLAIMS: Final = (None, "claim-asserted", "recording-corrected")
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|([{}])")


@attrs.frozen
class Template:
    """A text with columns in it; ``pieces`` are (whether it names a column, text)."""

    pieces: tuple[tuple[bool, str], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is filled from."""
        return tuple(piece for is_column, piece in self.pieces if is_column)

    def fill(self, cells: Mapping[str, Any]) -> str:
        """Return the text filled in; nothing if it has columns and all of them are empty."""
        if len(self.pieces) == 1 and not self.pieces[0][0]:
            return self.pieces[0][1]
        filled = ""
        found = False
        for is_column, piece in self.pieces:
            if not is_column:
                filled += piece
            elif not is_absent(cell := cells.get(piece)):
                found = True
                filled += as_text(cell, piece)
        return filled if found or not self.columns else ""


@attrs.frozen(slots=False)
class Recipe:
    """How the cells of a row become the fields of a claim."""

    maps: Mapping[str, str]
    sets: Mapping[str, Template]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that `--map` and `--set` name."""
        named = [*self.maps.values(), *(c for t in self.sets.values() for c in t.columns)]
        return tuple(dict.fromkeys(named))

    def check(self, columns: Sequence[str], place: str) -> None:
        """Raise ``BadInput`` at a column that is unknown and one that is needed and not there."""
        for column in self.columns:
            if column not in columns:
                raise no_column(place, column, columns)
        if not self.maps:
            for column in columns:
                if column not in (*FIELDS, PROBLEM, *self.columns) and not column.startswith(SCOPE):
                    raise _unknown_column(place, column)
        for name in REQUIRED:
            given = name in self.maps or (not self.maps and name in columns)
            if not given and name not in self.sets:
                how = f"--map {name}=COLUMN or " if self.maps else ""
                raise BadInput(
                    f"{place}: nothing gives the {name}",
                    f"Add it as a column, or name it with {how}--set {name}=TEXT",
                )

    def draft(self, cells: dict[str, Any]) -> dict[str, Any] | None:
        """Return the fields of a row, ``None`` where `--map` finds no value in it.

        The cells are used up: the answer may be made of them.
        """
        if self.maps:
            draft: dict[str, Any] = {
                name: as_text(cell, column)
                for name, column in self.maps.items()
                if not is_absent(cell := cells.get(column))
            }
        else:
            draft = dict(cells) if self.sets else cells
            for name in (PROBLEM, *self._only_for_templates):
                draft.pop(name, None)
        if self.sets and cells.get("type") in _CLAIMS:
            for name, template in self.sets.items():
                if not draft.get(name):
                    draft[name] = template.fill(cells)
        if self.maps and not draft.get("value"):
            return None
        return _scoped(draft)

    def chosen(self, cells: Mapping[str, Any], given: Collection[str]) -> dict[str, Any]:
        """Return only the fields that `--map` names, and those of `--set` that are not ``given``.

        For rows whose cells are not the fields of a claim, and which need no option to be read.
        """
        draft: dict[str, Any] = {
            name: as_text(cell, column)
            for name, column in self.maps.items()
            if not is_absent(cell := cells.get(column))
        }
        for name, template in self.sets.items():
            if name not in given and not draft.get(name):
                draft[name] = template.fill(cells)
        return {name: field for name, field in _scoped(draft).items() if field}

    @cached_property
    def _only_for_templates(self) -> tuple[str, ...]:
        return tuple(c for c in self.columns if c not in FIELDS and not c.startswith(SCOPE))

    def blame(self, problem: str) -> str:
        """Return a problem that begins with a field's name with the column it came from."""
        name, colon, rest = problem.partition(":")
        column = self.maps.get(name, name)
        return problem if column == name else f"{name} (column {column!r}){colon}{rest}"


def _scoped(draft: dict[str, Any]) -> dict[str, Any]:
    """Gather the qualifiers of a draft, ``scope.NAME``, in its scope."""
    qualifiers = [name for name in draft if "." in name and name.startswith(SCOPE)]
    if qualifiers:
        if draft.get("scope"):
            raise BadInput(
                f"{qualifiers[0]}: there is a scope beside it",
                "Write all qualifiers one way: as scope.NAME, or in the scope",
            )
        scope = {name[6:]: draft.pop(name) for name in qualifiers}
        draft["scope"] = {name: text for name, text in scope.items() if text}
    return draft


def read_recipe(maps: Collection[str], sets: Collection[str]) -> Recipe:
    """Return the recipe that the options FIELD=COLUMN and FIELD=TEMPLATE describe.

    Raises ``BadInput`` for an unknown field, one that is named twice, and a broken template.
    """
    return Recipe(
        dict(_parts("--map", maps, "COLUMN")),
        {name: _template(name, text) for name, text in _parts("--set", sets, "TEMPLATE")},
    )


def _parts(option: str, given: Collection[str], what: str) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for text in given:
        name, equals, rest = text.partition("=")
        name = name.strip()
        if not equals or not rest:
            raise BadInput(f"{option} {text}: not FIELD={what}", f"Write {option} value={what}")
        if name not in FIELDS and not (name.startswith(SCOPE) and name != SCOPE):
            close = get_close_matches(name, FIELDS, 1, 0.6)
            hint = (
                f"Did you mean {close[0]}?" if close else f"Known: {', '.join(FIELDS)}, scope.NAME"
            )
            raise BadInput(f"{option} {text}: no field is named {name!r}", hint)
        if any(name == before for before, _ in parts):
            raise BadInput(f"{option} {text}: {name} is given twice", "Give it once")
        parts.append((name, rest))
    return parts


def _template(name: str, text: str) -> Template:
    pieces: list[tuple[bool, str]] = []
    at = 0
    for found in _PART.finditer(text):
        if found[2] or found[1] == "":
            raise BadInput(
                f"--set {name}={text}: a brace that is not closed, or names no column",
                "Write {column}, or {{ for a brace",
            )
        pieces.append((False, text[at : found.start()]))
        pieces.append((True, found[1]) if found[1] else (False, found[0][0]))
        at = found.end()
    pieces.append((False, text[at:]))
    return Template(tuple(piece for piece in pieces if piece[1]))


def _unknown_column(place: str, column: str) -> BadInput:
    close = get_close_matches(column.lower(), (*FIELDS, "scope."), 1, 0.6)
    hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(FIELDS)}, scope.NAME"
    return BadInput(
        f"{place} {column}: no field of a claim is named so",
        f"{hint} Other tables are read with --map FIELD=COLUMN",
    )


def refuse_unseen(named: Collection[str], seen: Collection[str], place: str) -> None:
    """Raise ``BadInput`` at a column that is named and was in none of the rows that were seen."""
    for column in named if seen else ():
        if column not in seen:
            raise no_column(place, column, list(seen))


def no_column(place: str, column: str, columns: Sequence[str]) -> BadInput:
    """Return the error for a column that an option names and the file does not have."""
    close = get_close_matches(column, columns, 1, 0.6)
    hint = f"Did you mean {close[0]!r}?" if close else f"There are {', '.join(columns)}"
    return BadInput(f"{place}: there is no column {column!r}", hint)
