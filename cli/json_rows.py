"""JSON Lines, or one JSON array (RFC 8259) → rows.

Numbers keep the digits in which they are written. ``NaN`` and the infinities, which are no JSON
but are written by many programs, are read as :data:`NAN`: no figure, and for a row that is
mapped, no cell.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from cli.rows import Row
from ledger.decimals import MAX_DIGITS, spell
from ledger.errors import BadInput

MAX_ITEM: Final = 16 * 1024 * 1024
"""Characters of one item of an array."""

WINDOW: Final = 1 << 16
_LISTS: Final = ("via", "aliases", "disjoint", "scale")
_NO_SPACE: Final = re.compile(r"\S")
LINE_HINT: Final = 'Write one object a line: {"subject": …, "predicate": …, "value": …}'
TOO_DEEP: Final = "JSON nested too deeply, or with a number too long"
NO_OBJECT: Final = "not a JSON object"
_SCOPE_HINT: Final = 'Write {"place": "Oman"}'
_ARRAY_HINT: Final = "Write [{…}, {…}], or one object a line without brackets"


class NotANumber(str):
    """What a program wrote where it had no number."""


def _real(digits: str) -> str:
    if "e" not in digits and "E" not in digits:
        return digits
    try:
        number = Decimal(digits)
    except InvalidOperation:  # an exponent of more digits than an exponent can have
        return digits
    return digits if abs(number.adjusted()) > MAX_DIGITS else spell(number)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; two values under one name are refused, since one would be lost."""
    tree = dict(pairs)
    if len(tree) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise BadInput(f"{twice}: given twice in one object", "Write each field once")
    return tree


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_real, parse_int=str, parse_constant=NotANumber
)


def read_object(text: str) -> dict[str, Any]:
    """Return the JSON object that a line holds; raise ``BadInput`` when it holds none."""
    try:
        value = _DECODER.decode(text.strip())
    except json.JSONDecodeError as error:
        raise BadInput(f"not JSON at character {error.pos + 1}: {error.msg}", LINE_HINT) from None
    except (RecursionError, ValueError):
        raise BadInput(TOO_DEEP, LINE_HINT) from None
    if not isinstance(value, dict):
        raise BadInput(NO_OBJECT, LINE_HINT)
    return value


def is_absent(cell: Any) -> bool:
    """Whether a cell of a mapped row holds nothing: empty, null or NaN."""
    if isinstance(cell, str):
        return not cell or cell.isspace() or isinstance(cell, NotANumber)
    return cell is None


def as_text(cell: Any, column: str) -> str:
    """Return a cell as text; raise ``BadInput`` for a list, an object or NaN."""
    if isinstance(cell, NotANumber):
        raise BadInput(f"{column}: {str(cell)!r} is not a figure", "Write null, or leave it out")
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    raise BadInput(f"{column}: {_kind(cell)} where a text is wanted", "Write one text or number")


def as_draft(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON object as a draft: texts, lists of texts, and a scope's texts by name.

    ``null`` is an absent field. Raises ``BadInput`` for any other nesting.
    """
    draft: dict[str, Any] = {}
    for name, cell in tree.items():
        if isinstance(cell, list) and name in _LISTS:
            draft[name] = [as_text(item, name) for item in cell]
        elif isinstance(cell, list) and name == "pairs":
            draft[name] = cell
        elif name == "scope" and cell not in (None, ""):
            if not isinstance(cell, dict):
                raise BadInput("scope: not an object", _SCOPE_HINT)
            draft[name] = {key: as_text(text, f"scope.{key}") for key, text in cell.items()}
        elif cell is not None:
            draft[name] = as_text(cell, name)
    return draft


def _kind(cell: Any) -> str:
    return "a list" if isinstance(cell, list) else "null" if cell is None else "an object"


class JsonTable:
    """The rows of a JSON file: one object each."""

    columns: list[str] | None = None
    delimiter = ","

    def __init__(self, lines: Iterable[str], name: str, *, array: bool) -> None:
        self._lines = lines
        self._name = name
        self._array = array

    def rows(self) -> Iterator[Row]:
        """Yield the rows; what is no JSON object is a row with a problem."""
        return self._items() if self._array else self._by_line()

    def _by_line(self) -> Iterator[Row]:
        for number, text in enumerate(self._lines, 1):
            if not text.isspace():
                yield number, text, None

    def _items(self) -> Iterator[Row]:
        """Yield the items of an array, holding one of them at a time."""
        window = Window(self._lines)
        if window.next_mark() != "[":
            raise BadInput(f"{self._name}:{window.line}: not a JSON array", "Begin with [")
        window.at += 1
        while window.next_mark() != "]":
            line = window.line
            yield _item(line, window.item_of(self._name, _ARRAY_HINT, LINE_HINT))
            mark = window.next_mark()
            if mark == ",":
                window.at += 1
            elif mark != "]":
                end = "the array is cut off" if not mark else "no comma between two items"
                raise BadInput(f"{self._name}:{window.line}: not JSON: {end}", _ARRAY_HINT)
        window.at += 1
        if window.next_mark():
            raise BadInput(f"{self._name}:{window.line}: more text after the array", _ARRAY_HINT)


class Window:
    """The part of a JSON text that is being read, and the line on which ``at`` stands."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._counted = 0
        self._line = 1
        self.text = ""
        self.at = 0

    @property
    def line(self) -> int:
        """The line on which ``at`` stands."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def next_mark(self) -> str:
        """Move to the next character that is no space and return it; nothing at the end."""
        while True:
            found = _NO_SPACE.search(self.text, self.at)
            if found:
                self.at = found.start()
                return found[0]
            self.at = len(self.text)
            if not self._fill(WINDOW):
                return ""

    def item(self) -> Any:
        """Read one value and move behind it; raise ``JSONDecodeError`` when there is none."""
        if len(self.text) - self.at < WINDOW:
            self._fill(WINDOW)
        while True:
            try:
                value, self.at = _DECODER.raw_decode(self.text, self.at)
                return value
            except json.JSONDecodeError:
                held = len(self.text) - self.at
                if held > MAX_ITEM or not self._fill(held):
                    raise

    def item_of(self, name: str, cut: str, deep: str) -> Any:
        """Read one value of the file ``name`` as ``item`` does.

        Raises ``BadInput`` with the line, and with the hint ``cut`` for what is no JSON and
        ``deep`` for what is nested too deeply.
        """
        place = f"{name}:{self.line}"
        try:
            return self.item()
        except BadInput as error:
            raise BadInput(f"{place} {error.message}", error.hint) from None
        except json.JSONDecodeError as error:
            raise BadInput(f"{place}: not JSON: {error.msg}", cut) from None
        except (RecursionError, ValueError):
            raise BadInput(f"{place}: {TOO_DEEP}", deep) from None

    def _fill(self, wanted: int) -> bool:
        """Let go of what was read and read on; return whether there was anything left."""
        self._line = self.line
        pieces = [self.text[self.at :]]
        size = 0
        for text in self._lines:
            pieces.append(text)
            size += len(text)
            if size >= wanted:
                break
        self.text = "".join(pieces)
        self.at = self._counted = 0
        return size > 0


def _item(line: int, value: Any) -> Row:
    problem = None if isinstance(value, dict) else f"{NO_OBJECT}. {LINE_HINT}"
    return line, value, problem
