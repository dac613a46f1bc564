"""Does the passage stand where the claim says? Asked of a document that is at hand.

A claim names its document by the sha256 of its bytes, its passage by code points of the decoded
text (UTF-8; W3C Web Annotation, TextPositionSelector) and, where one was filed, by its words
(TextQuoteSelector). A hash shows that this is the document that was filed, unchanged; it says
nothing on whether what it tells is so.
"""

import hashlib
from collections.abc import Iterable, Mapping

import attrs

from projections.filed import Json


@attrs.frozen
class Passage:
    """What a document holds where a claim points: ``text`` is ``None`` where that is nowhere.

    ``quote_found`` is ``None`` where no words were filed to compare.
    """

    text: str | None
    quote_found: bool | None


def by_hash(documents: Iterable[bytes]) -> Mapping[str, bytes]:
    """Return documents by the sha256 of their bytes, in hex."""
    return {hashlib.sha256(document).hexdigest(): document for document in documents}


def passage_in(said: Json, documents: Mapping[str, bytes]) -> Passage | None:
    """Return the passage of a claim's statement; ``None`` where its document is not at hand."""
    document = documents.get(said.get("evidence_sha256", ""))
    if document is None:
        return None
    text = document.decode("utf-8", errors="replace")
    start, end, quote = said.get("start"), said.get("end"), said.get("quote")
    there = None
    if start is not None and end is not None and 0 <= start < end <= len(text):
        there = text[start:end]
    if quote is None:
        return Passage(there, None)
    found = there == quote if start is not None else quote in text
    return Passage(quote if found else there, found)
