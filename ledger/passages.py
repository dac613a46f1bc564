"""Where a quoted passage lies in a document, so that nobody counts code points.

A passage is told by its place (W3C Web Annotation, TextPositionSelector: code points from 0,
end excluded) and by its words with a little before and after (TextQuoteSelector). What a
person quotes is rarely spaced as the document is: an exact match is taken first, then one
in which runs of spaces (line ends among them), kinds of hyphen, of apostrophe and of quotation
mark, marks that nobody sees, and whether an accent is written with its letter (NFC) or after it
(NFD) make no difference. What is kept is always the document's own text.
"""

import re
from collections import Counter
from unicodedata import normalize

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
_COMBINING = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
_NOT_KEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no text of a claim may hold (:func:`ledger.fields.read_context`)."""

_SHOWN = 3
_AROUND = 16


@attrs.frozen
class Passage:
    """A place in a document, and the document's text there and around it."""

    start: int
    end: int
    quote: str
    prefix: str
    suffix: str


def find_passage(document: str, quote: str, start: int | None = None) -> Passage:
    """Return where ``quote`` stands in ``document``; ``start`` chooses one of several places.

    Raises ``BadInput`` when it stands there more than once and none is chosen, or not at all;
    the message then shows the passage that shares the most words with it.
    """
    if not quote.strip():
        raise BadInput("quote: empty", "Quote the words that make the claim")
    found = places(document, quote)
    if not found:
        nearest = _nearest(document, quote)
        hint = (
            f"The nearest is: {nearest}" if nearest else "Nothing in it comes near; is it the file?"
        )
        raise BadInput("quote: not in the document", hint)
    chosen = found if start is None else [place for place in found if place[0] == start]
    if not chosen:
        raise BadInput(
            f"start: the quote does not stand at {start} in the document, but at "
            f"{_listed(document, found)}",
            "Leave --start out, or choose one of them",
        )
    if len(chosen) > 1:
        raise BadInput(
            f"quote: {len(found):,} places in the document read so: {_listed(document, found)}",
            "Quote a word more before or after, or choose a place by where it starts: "
            f"--start {found[0][0]}",
        )
    return passage_at(document, *chosen[0])


def places(document: str, quote: str) -> list[tuple[int, int]]:
    """Return every start and end of ``quote`` in ``document``, those that read exactly so first.

    Where it stands exactly, what only reads alike is not looked for; where it stands nowhere,
    there are none.
    """
    wanted = quote.strip()
    return (_exact(document, wanted) or _alike(document, wanted)) if wanted else []


def passage_at(document: str, start: int, end: int) -> Passage:
    """Return the passage from ``start`` up to ``end``, with what stands around it.

    The context ends at a control character, which no claim may hold.
    """
    return Passage(
        start,
        end,
        document[start:end],
        _NOT_KEPT.split(document[max(0, start - CONTEXT) : start])[-1],
        _NOT_KEPT.split(document[end : end + CONTEXT])[0],
    )


def _listed(document: str, found: list[tuple[int, int]]) -> str:
    told = []
    for start, end in found[:_SHOWN]:
        around = document[max(0, start - _AROUND) : min(end, start + 2 * _AROUND) + _AROUND]
        told.append(f"{start} (“{' '.join(around.split())}”)")
    more = len(found) - _SHOWN
    return ", ".join(told) + (f" and {more:,} more" if more > 0 else "")


def _exact(document: str, wanted: str) -> list[tuple[int, int]]:
    found, start = [], document.find(wanted)
    while start >= 0:
        found.append((start, start + len(wanted)))
        start = document.find(wanted, start + 1)
    return found


def _alike(document: str, wanted: str) -> list[tuple[int, int]]:
    """Return where ``wanted`` stands but for spacing, look-alikes and the form of accents."""
    unseen = f"[{_INVISIBLE}]*"
    pieces = []
    composed = normalize("NFC", wanted.translate(dict.fromkeys(map(ord, _INVISIBLE))))
    for part in composed.split():
        pieces.append(unseen.join(map(_any_form, part)))
    if not pieces:
        return []
    pattern = rf"{unseen}\s[\s{_INVISIBLE}]*+".join(pieces)
    return [found.span() for found in re.finditer(f"{pattern}(?![{_COMBINING}])", document)]


def _any_form(mark: str) -> str:
    """Return the pattern of a character in all the forms in which it counts as the same."""
    alike = _CLASSES.get(mark)
    apart = normalize("NFD", mark)
    if alike or apart == mark:
        return alike or re.escape(mark)
    return f"(?:{mark}|{apart})"


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
