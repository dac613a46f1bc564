"""Where a quoted passage lies in a document, so that nobody counts code points.

A passage is told by its place (W3C Web Annotation, TextPositionSelector: code points from 0,
end excluded) and by its words with a little before and after (TextQuoteSelector). What a
person quotes is rarely spaced as the document is: an exact match is taken first, then one
in which runs of spaces, kinds of hyphen, of apostrophe and of quotation mark, and marks that
nobody sees make no difference. What is kept is always the document's own text.
"""

import re
from collections import Counter

import attrs

from ledger.errors import BadInput

CONTEXT = 32
"""Code points kept before and after a quote."""

_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
_ALIKE = (
    "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
    "'\u2018\u2019\u201b\u02bc\u2032`\u00b4",
    '"\u201c\u201d\u201e\u201f\u2033',
)
_CLASSES = {mark: f"[{re.escape(marks)}]" for marks in _ALIKE for mark in marks}
_WORD = re.compile(r"\w+")


@attrs.frozen
class Passage:
    """A place in a document, and the document's text there and around it."""

    start: int
    end: int
    quote: str
    prefix: str
    suffix: str


def find_passage(document: str, quote: str) -> Passage:
    """Return where ``quote`` stands in ``document``.

    Raises ``BadInput`` when it stands there more than once, or not at all; the message then
    shows the passage that shares the most words with it.
    """
    wanted = quote.strip()
    if not wanted:
        raise BadInput("quote: empty", "Quote the words that make the claim")
    places = _exact(document, wanted) or _alike(document, wanted)
    if not places:
        nearest = _nearest(document, wanted)
        hint = (
            f"The nearest is: {nearest}" if nearest else "Nothing in it comes near; is it the file?"
        )
        raise BadInput("quote: not in the document", hint)
    if len(places) > 1:
        raise BadInput(
            f"quote: {len(places)} places in the document read so",
            "Quote a word more before or after, so that only one is left",
        )
    start, end = places[0]
    return Passage(
        start,
        end,
        document[start:end],
        document[max(0, start - CONTEXT) : start],
        document[end : end + CONTEXT],
    )


def _exact(document: str, wanted: str) -> list[tuple[int, int]]:
    found = [match.start() for match in re.finditer(f"(?={re.escape(wanted)})", document)]
    return [(start, start + len(wanted)) for start in found]


def _alike(document: str, wanted: str) -> list[tuple[int, int]]:
    unseen = f"[{_INVISIBLE}]*"
    pieces = []
    for part in wanted.translate(dict.fromkeys(map(ord, _INVISIBLE))).split():
        pieces.append(unseen.join(_CLASSES.get(mark, re.escape(mark)) for mark in part))
    pattern = rf"{unseen}\s[\s{_INVISIBLE}]*".join(pieces)
    return [match.span() for match in re.finditer(pattern, document)]


def _nearest(document: str, wanted: str) -> str:
    """Return the run of as many words as ``wanted`` has that shares the most with it."""
    sought = Counter(word.casefold() for word in _WORD.findall(wanted))
    length = sum(sought.values())
    spots = list(_WORD.finditer(document))
    here: Counter[str] = Counter()
    shared, best, best_end = 0, 0, -1
    for at, spot in enumerate(spots):
        word = spot[0].casefold()
        here[word] += 1
        shared += here[word] <= sought[word]
        if at >= length:
            gone = spots[at - length][0].casefold()
            shared -= here[gone] <= sought[gone]
            here[gone] -= 1
        if shared > best:
            best, best_end = shared, at
    if best_end < 0 or 3 * best < length:
        return ""
    first = spots[max(0, best_end - length + 1)]
    return " ".join(document[first.start() : spots[best_end].end()].split())
