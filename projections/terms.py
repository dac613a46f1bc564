"""What a person asks for, as terms to search for: words, phrases, numbers, dates.

==========================  =================================================================
``protest deaths``          two words; each finds names with words that begin so
``"Red Crescent"``          a phrase, its words in that order
``3428`` ``3,428`` ``3 428``  one number, however it is grouped; found as a value or a bound
``at least 5.3 million``    the number 5,300,000: what stands around a number is no word
``2026-02-06``              a date
==========================  =================================================================
"""

import re
from decimal import Decimal

import attrs

from ledger.amounts import Amount, plain, scan
from ledger.dates import read_day
from ledger.decimals import spell
from ledger.errors import BadInput
from ledger.names import fold
from ledger.phrases import after_number, head
from projections.held import Span, span_of

MAX_TERMS = 16
MAX_LETTERS = 1_000

_PHRASE = re.compile(r'"([^"]*)"?')
_WORD = re.compile(r"[^\s\"]+")
_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?=[\s\"]|$)", re.ASCII)
_FIGURE = re.compile(r"[-+]?[$€£¥]?\d", re.ASCII)
_JOINING = re.compile(r" ?(?:-|±|to|and|à|et) ?(?=\d)", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_END = re.compile(r"(?=[\s\",;:!?)]|$)")
_SHORTEST_PREFIX = 3


@attrs.frozen
class Term:
    """One thing that a claim must hold: some words, or a number, or a date.

    ``match`` is what to ask FTS5 for; a number's own spellings are in it. ``begins`` says that
    words which only begin so will do. ``is_unit`` says that the word follows a number, and may be
    its unit.
    """

    match: str
    begins: bool = False
    number: Decimal | None = None
    span: Span | None = None
    is_unit: bool = False


def read_terms(text: str) -> list[Term]:
    """Return the terms of a question; raise ``BadInput`` where there are none, or too many."""
    if len(text) > MAX_LETTERS:
        raise BadInput(
            f"{len(text):,} letters to search for",
            f"Write at most {MAX_TERMS} words, {MAX_LETTERS:,} letters in all",
        )
    phrase = plain(_CONTROLS.sub(" ", text))
    terms: list[Term] = []
    at = 0
    while at < len(phrase):
        if phrase[at] in " ,;:!?()":
            at += 1
            continue
        term, at = _next(phrase, at, bool(terms and terms[-1].number is not None))
        if term is not None and term not in terms:
            terms.append(term)
    if not terms:
        raise BadInput(f"{text!r}: no word to search for", "Write a name, a number or a date")
    if len(terms) > MAX_TERMS:
        raise BadInput(f"{len(terms)} words to search for", f"Write at most {MAX_TERMS}")
    return terms


def _next(phrase: str, at: int, after_a_number: bool) -> tuple[Term | None, int]:
    """Return the term that stands at ``at``, and where it ends."""
    quoted = _PHRASE.match(phrase, at)
    if quoted:
        return _words(quoted[1], whole=True), quoted.end()
    date = _DATE.match(phrase, at)
    if date:
        try:
            span = span_of(read_day(date[0]))
        except BadInput:
            span = None
        if span is not None:
            return Term(_quoted(date[0]), span=span), date.end()
    number = _number(phrase, at)
    if number is not None:
        return number
    word = _WORD.match(phrase, at)
    assert word is not None
    found = _words(word[0], whole=False)
    if found is not None and after_a_number:
        found = attrs.evolve(found, is_unit=True)
    return found, word.end()


def _number(phrase: str, at: int) -> tuple[Term, int] | None:
    """Return the number that stands at ``at``, with the bound before it or after it."""
    _, _, start = head(phrase, at)
    if not _FIGURE.match(phrase, start):
        return None
    amount = _amount(phrase, start)
    if amount is None:
        return None
    _, end = after_number(phrase, amount.end)
    joined = _JOINING.match(phrase, end)
    if not joined and not _END.match(phrase, end):
        return None
    figure = phrase[start : amount.end]
    spellings = {figure, spell(amount.number), f"{amount.number:,f}"}
    match = " OR ".join(_quoted(spelling) for spelling in sorted(spellings))
    return Term(f"({match})", number=amount.number), joined.end() if joined else end


def _amount(phrase: str, start: int) -> Amount | None:
    """Return the number that begins here; of digits that are no one number, only the first."""
    for end in (len(phrase), phrase.find(" ", start)):
        try:
            return scan(phrase[:end], start, None, "words") if end > start else None
        except BadInput:
            continue
    return None


def _words(text: str, *, whole: bool) -> Term | None:
    folded = fold(text)
    if not re.search(r"[^\W_]", folded):
        return None
    begins = not whole and len(folded) >= _SHORTEST_PREFIX and folded[-1].isalpha()
    return Term(_quoted(folded), begins)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
