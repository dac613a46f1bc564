"""Fact checks that others publish, as JSON → elements: what a feed lists, one at a time.

Read are a schema.org ``DataFeed`` (the public feed of fact checks is one), a ``ClaimReview`` by
itself, a list of them, one a line, a JSON-LD ``@graph``, and an answer of the ``claims:search``
of Google's Fact Check Tools API. A feed may be one line of a hundred megabytes: an element is
held at a time, and line breaks mean nothing.

What an element says is read in :mod:`cli.claim_reviews`.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from cli.claim_reviews import is_review
from cli.json_rows import LINE_HINT, MAX_ITEM, NO_OBJECT, Window, read_object
from cli.rows import Row
from ledger.errors import BadInput

LISTS: Final = ("dataFeedElement", "claims", "results")
"""The members of a document that list elements: a feed's, and those of the API's answers."""

GRAPH: Final = "@graph"
_OWN: Final = ("@context", "@type", "@id")
_MARK: Final = re.compile(
    r'(?<!\\)"(?:(?:@graph|dataFeedElement|claimReview|claimReviewed)"\s*:|'
    r'(?:https?://schema\.org/|schema:)?ClaimReview")'
)
_CUT: Final = "Fetch the file again, or write {…}"


def is_feed(beginning: str) -> bool:
    """Whether a JSON text that begins so is about fact checks: no event has a field so named."""
    return bool(_MARK.search(beginning))


class FeedTable:
    """The elements of a file, each under the line it begins on and its number: ``1/3``."""

    columns: list[str] | None = None
    delimiter = ","

    def __init__(self, pieces: Iterable[str], name: str, not_held: dict[str, int]) -> None:
        """Take the text in pieces; ``not_held`` counts what lies around the elements."""
        self._pieces = iter(pieces)
        self._name = name
        self._not_held = not_held
        self._number = 0

    def rows(self) -> Iterator[Row]:
        """Yield the elements; raise ``BadInput`` where the file is no JSON from there on."""
        first = next(self._pieces, "")
        line, end, rest = first.partition("\n")
        pieces = chain([first], self._pieces)
        if end and rest and _is_whole(line):
            yield from self._by_line(pieces)
            return
        window = Window(pieces)
        while mark := window.next_mark():
            if mark == "[":
                yield from self._array(window)
            elif mark == "{":
                yield from self._document(window)
            else:
                raise BadInput(f"{self._name}:{window.line}: not JSON: {mark!r} is no value", _CUT)

    def _by_line(self, pieces: Iterable[str]) -> Iterator[Row]:
        rest = ""
        number = 0
        for piece in chain(pieces, ["\n"]):
            *lines, rest = (rest + piece).split("\n")
            if len(rest) > MAX_ITEM:
                raise BadInput(
                    f"{self._name}:{number + len(lines) + 1}: a line of more than {MAX_ITEM:,} "
                    "characters",
                    _CUT,
                )
            for text in lines:
                number += 1
                if text and not text.isspace():
                    try:
                        yield self._row(number, read_object(text))
                    except BadInput as error:
                        yield self._row(number, text, str(error))

    def _array(self, window: Window) -> Iterator[Row]:
        """Yield the items of the array that begins here."""
        window.at += 1
        while window.next_mark() != "]":
            line = window.line
            value = self._value(window)
            problem = None if isinstance(value, dict) else f"{NO_OBJECT}. {LINE_HINT}"
            yield self._row(line, value, problem)
            self._next(window, "]")
        window.at += 1

    def _document(self, window: Window) -> Iterator[Row]:
        """Yield the elements that the object that begins here lists, or that it is itself."""
        line = window.line
        window.at += 1
        members: dict[str, Any] = {}
        lists = False
        while window.next_mark() != "}":
            key = self._value(window)
            if not isinstance(key, str) or window.next_mark() != ":":
                raise BadInput(f"{self._name}:{window.line}: not JSON: no name and colon", _CUT)
            window.at += 1
            if key in members:
                raise BadInput(f"{self._name}:{window.line}: {key} is given twice", "Write it once")
            members[key] = None
            if key in LISTS and window.next_mark() == "[":
                lists = True
                yield from self._array(window)
            elif key == GRAPH:
                lists = True
                yield from self._graph(window)
            else:
                members[key] = self._value(window)
            self._next(window, "}")
        window.at += 1
        if not lists:
            yield self._row(line, members)
            return
        for name in members.keys() - {*LISTS, GRAPH, *_OWN}:
            self._not_held[name] = self._not_held.get(name, 0) + 1

    def _graph(self, window: Window) -> Iterator[Row]:
        """Yield the nodes of a graph, with the nodes they name in the place of the names."""
        line = window.line
        value = self._value(window)
        graph = _Graph(value if isinstance(value, list) else [value])
        nodes = [graph.joined(node) for node in graph.nodes]
        for node in nodes:
            if not isinstance(node, dict):
                yield self._row(line, node, f"{NO_OBJECT}. {LINE_HINT}")
            elif not graph.uses(node):
                yield self._row(line, node)

    def _value(self, window: Window) -> Any:
        window.next_mark()
        return window.item_of(self._name, _CUT, _CUT)

    def _next(self, window: Window, end: str) -> None:
        """Move behind a comma; stay at the end of an array or an object."""
        mark = window.next_mark()
        if mark == ",":
            window.at += 1
            if window.next_mark() != end:
                return
            mark = ","
        if mark != end:
            said = "it is cut off" if not mark else f"{mark!r} where a comma or {end} is wanted"
            raise BadInput(f"{self._name}:{window.line}: not JSON: {said}", _CUT)

    def _row(self, line: int, value: Any, problem: str | None = None) -> Row:
        self._number += 1
        return f"{line}/{self._number}", value, problem


def _is_whole(line: str) -> bool:
    """Whether a line is an element by itself, so that the file has one a line."""
    try:
        tree = read_object(line)
    except BadInput:
        return False
    return not any(name in tree for name in (*LISTS, GRAPH))


class _Graph:
    """The nodes of a JSON-LD graph, which name each other by their ``@id``."""

    def __init__(self, nodes: list[Any]) -> None:
        self.nodes = nodes
        self._used: set[str] = set()
        self._named = {
            node["@id"]: node
            for node in nodes
            if isinstance(node, dict) and isinstance(node.get("@id"), str)
        }

    def uses(self, node: dict[str, Any]) -> bool:
        """Whether another node names this one, so that it says nothing by itself."""
        id_ = node.get("@id")
        return isinstance(id_, str) and id_ in self._used

    def joined(self, node: Any) -> Any:
        """Return a node with what its members name: a review's claim, its rating, who made it."""
        if not isinstance(node, dict) or not is_review(node):
            return node
        joined = {name: self._named_by(member) for name, member in node.items()}
        claim = joined.get("itemReviewed")
        if isinstance(claim, dict):
            joined["itemReviewed"] = {
                name: self._named_by(member) for name, member in claim.items()
            }
        return joined

    def _named_by(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._named_by(item) for item in value]
        if not isinstance(value, dict) or value.keys() != {"@id"}:
            return value
        id_ = value["@id"]
        if not isinstance(id_, str) or id_ not in self._named:
            return value
        self._used.add(id_)
        return self._named[id_]
