"""Does the passage stand where the claim says? Asked of a document that is at hand.

A claim names its document by the sha256 of its bytes, its passage by code points of the
document's text (:mod:`ledger.document_text`; W3C Web Annotation, TextPositionSelector) and,
where they were filed, by its words with what stands around them (TextQuoteSelector). A hash
shows that this is the document that was filed, unchanged; it says nothing on whether what it
tells is so.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Literal

import attrs

from ledger.document_text import DocumentText, NoText, read_text
from ledger.errors import Damaged, StorageError
from ledger.passages import places
from projections.filed import Json

State = Literal["found", "moved", "missing", "unquoted", "not-kept", "altered", "no-text"]
"""What became of a passage.

``found``: the words stand at the place, or anywhere where no place was filed. ``moved``: not
there, but elsewhere. ``missing``: nowhere, or the place lies outside. ``unquoted``: the place is
there, and no words were filed to compare. ``not-kept``: the document is not at hand.
``altered``: its bytes are no longer those it is named after. ``no-text``: it has none, or what
takes it is not installed.
"""

Texts = Callable[[str], DocumentText | None]
"""Returns the text of the document of a hash, ``None`` where it is not at hand.

Raises ``NoText`` and ``Damaged``, and ``StorageError`` where it cannot be read."""


@attrs.frozen
class Passage:
    """What a document holds where a claim points.

    ``text`` is ``None`` where that is nowhere; ``places`` is where the words stand, as they are
    likeliest meant; ``by`` is what took the document's text; ``problem`` says in words why the
    passage could not be looked up; ``quoted`` tells whether words were filed.
    """

    state: State
    text: str | None = None
    places: tuple[tuple[int, int], ...] = ()
    by: str = ""
    problem: str | None = None
    quoted: bool = True

    @property
    def quote_found(self) -> bool | None:
        """Whether the words stand there; ``None`` where that could not be told."""
        told = {"found": True, "moved": False, "missing": False}.get(self.state)
        return told if self.quoted else None


def by_hash(documents: Iterable[bytes]) -> Texts:
    """Return what finds the text of these documents by the sha256 of their bytes."""
    held = {hashlib.sha256(document).hexdigest(): document for document in documents}
    return lambda sha256: read_text(held[sha256]) if sha256 in held else None


def passage_in(said: Json, texts: Texts) -> Passage | None:
    """Return what became of the passage of a claim's statement; ``None`` where it names none."""
    sha256 = said.get("evidence_sha256")
    if not sha256 or not ("start" in said or "quote" in said):
        return None
    try:
        document = texts(sha256)
    except Damaged as error:
        return Passage("altered", problem=str(error))
    except (NoText, StorageError) as error:
        return Passage("no-text", problem=str(error))
    return Passage("not-kept") if document is None else look_up(said, document)


def look_up(said: Json, document: DocumentText) -> Passage:
    """Return what a document's text holds where a claim's statement points."""
    start, end, quote = said.get("start"), said.get("end"), said.get("quote")
    there = None
    if start is not None and end is not None and 0 <= start < end <= len(document.text):
        there = document.text[start:end]
    if quote is None:
        state: State = "missing" if there is None else "unquoted"
        return Passage(state, there, by=document.by, quoted=False)
    place = (start or 0, end or 0)
    if there == quote:
        return Passage("found", there, (place,), document.by)
    found = places(document.text, quote)
    if place in found:
        return Passage("found", there, (place,), document.by)
    found.sort(key=lambda other: _closeness(said, document.text, other), reverse=True)
    state = "missing" if not found else "found" if start is None else "moved"
    if state == "found":
        there = document.text[slice(*found[0])]
    return Passage(state, there, tuple(found), document.by)


def _closeness(said: Json, text: str, place: tuple[int, int]) -> tuple[int, int]:
    """Return how much of what stood around the quote stands around this place, and how near."""
    before, after = said.get("quote_prefix", ""), said.get("quote_suffix", "")
    start, end = place
    same = text[:start].endswith(before) + text[end : end + len(after)].startswith(after)
    return same, -abs(start - said.get("start", 0))
