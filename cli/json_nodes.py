"""Members of objects that others wrote, taken one by one, so that what is left can be named.

JSON-LD lets a member be one value or a list of them, a text or an object with a name, and each
publisher chooses another: :class:`Node` takes them alike, and of several the first.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from cli.json_rows import as_text
from ledger.errors import BadInput

Json = Mapping[str, Any]
Draft = dict[str, Any]
Sources = dict[str, str]
"""The path of the member that each field came from, for messages."""

_NUMBERED: Final = re.compile(r"^(?:item|claimReview)\[\d+\]\.")
_LONGEST: Final = 200
"""Characters of a path that are shown."""

_ZONE: Final = re.compile(r"[+-]\d{4}", re.ASCII)


@attrs.frozen
class Drafted:
    """A claim and its reviews, each with the members that its fields came from.

    ``latest`` is when the claim was published at the latest, for where its day is not given;
    ``named`` is the id that it has, or had in the ledger that it was exported from.
    """

    claim: Draft
    claim_sources: Sources
    latest: str
    named: str | None
    reviews: tuple[tuple[Draft, Sources], ...]


def types_of(tree: Json) -> list[str]:
    """Return the types of an object, without the vocabulary that they are from."""
    given = tree.get("@type")
    return [
        re.split(r"[/#:]", one)[-1]
        for one in (given if isinstance(given, list) else [given])
        if isinstance(one, str)
    ]


class Node:
    """The members of an object, taken one by one, so that the rest can be named."""

    def __init__(self, tree: Any, path: str, not_held: list[str]) -> None:
        self._left = dict(tree) if isinstance(tree, dict) else {}
        self.path = path
        self.not_held = not_held

    def take(self, name: str) -> Any:
        """Return a member, which then is held; ``None`` where it is absent or empty."""
        value = self._left.pop(name, None)
        return None if value in ("", [], {}) else value

    def text(self, name: str) -> str | None:
        """Return a member that is a text, or of several texts the first."""
        return self.as_text(self.take(name), name)

    def as_text(self, value: Any, name: str) -> str | None:
        """Return what a member says as one text; raise ``BadInput`` for what is none."""
        if isinstance(value, list):
            value, *more = value
            if any(one != value for one in more):
                self.drop(f"{name}[1]")
        if isinstance(value, dict) and "@value" in value:
            value = value["@value"]
        if value is None:
            return None
        text = as_text(value, f"{self.path}{name}")
        return None if not text or text.isspace() else text

    def node(self, name: str) -> "Node":
        """Return a member that is an object, or of several the first; a text is its name."""
        value = self.take(name)
        if isinstance(value, list):
            value, *more = value
            if any(one != value for one in more):
                self.drop(f"{name}[1]")
        if isinstance(value, str):
            value = {"url" if _is_address(value) else "name": value}
        if value is not None and not isinstance(value, dict):
            raise BadInput(f"{self.path}{name}: not an object", "Write {…}")
        return Node(value, f"{self.path}{name}.", self.not_held)

    def drop(self, name: str) -> None:
        """Note that a member is not held."""
        self._note(self.path + name)

    def leave(self, path: str = "", *, kind: str | None = None) -> None:
        """Note what was not taken; an object's type only where it is not ``kind``."""
        types = types_of(self._left)
        for name in ("@context", "@type"):
            self._left.pop(name, None)
        if kind is not None and types and types != [kind]:
            self._note(f"{path or self.path}@type")
        for name, value in self._left.items():
            if value not in (None, "", [], {}):
                self._note(f"{path or self.path}{name}")

    def _note(self, path: str) -> None:
        self.not_held.append(_NUMBERED.sub("", path)[:_LONGEST])


def needed(text: str | None, path: str, hint: str) -> str:
    """Return a text that must be there; raise ``BadInput`` where it is not."""
    if not text:
        raise BadInput(f"{path}: missing", hint)
    return text


def one_line_of(text: str | None) -> str | None:
    """Return a text on one line: in a page's markup line breaks mean nothing."""
    return text if text is None or text.isprintable() else " ".join(text.split())


def day_of(text: str | None) -> str | None:
    """Return a date in the spelling of EDTF: with a ``T``, and a colon in the offset."""
    if text is None:
        return None
    spelled = text.strip()
    if spelled[10:11] == " ":
        spelled = f"{spelled[:10]}T{spelled[11:]}"
    if "T" in spelled[:-5] and _ZONE.fullmatch(spelled[-5:]):
        spelled = f"{spelled[:-2]}:{spelled[-2:]}"
    return spelled


def at_the_latest(day: str) -> str:
    """Return *until this day*; an interval is left as it is."""
    return day if "/" in day else f"../{day.partition('T')[0]}"


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def host_of(url: str | None) -> str:
    """Return the host of an address as the API spells a publisher's site."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        host = None
    return (host or "").removeprefix("www.")
