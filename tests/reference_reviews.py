"""Which fact checks of one claim clash, by brute force: part of ``reference.py``.

Where each verdict of the histories stands is written down there by hand.
"""

from collections.abc import Iterator
from itertools import combinations

import attrs
from histories import VERDICTS, Verdict
from reference_past import Happened, Past, Spoken
from reference_values import span

from ledger.events import ReviewPublished
from ledger.names import fold
from ledger.values import Day


@attrs.frozen
class Clashing:
    """A claim, who came to which verdicts that clash, and since when they do."""

    claim: Spoken
    pairs: frozenset[frozenset[tuple[str, str]]]
    since: str


def clashing(past: Past) -> Iterator[Clashing]:
    """Every claim that was not taken back and on which two reviewers' last verdicts clash."""
    for root, claim in past.counted.items():
        first: dict[ReviewPublished, Happened] = {}
        for act in sorted(past.acts(ReviewPublished), key=lambda act: act.order):
            if past.root(act.event.claim) == root:
                first.setdefault(attrs.evolve(act.event, claim=""), act)
        last: dict[str, Happened] = {}
        for act in sorted(first.values(), key=_when):
            last[_voice(act.event.author, past)] = act
        clashes = [
            (one, other)
            for one, other in combinations(last.items(), 2)
            if _clash(one[1].event, other[1].event)
        ]
        if clashes and not claim.retracted:
            since = min(max(one[1].at, other[1].at) for one, other in clashes)
            pairs = frozenset(
                frozenset((voice, act.event.rating) for voice, act in pair) for pair in clashes
            )
            yield Clashing(claim, pairs, max(since, claim.order[0]))


def _when(act: Happened) -> tuple[int, str, str]:
    published: Day = act.event.published
    return (span(published)[1], *act.order)


def _voice(author: str, past: Past) -> str:
    return fold(author) if past.anonymous(author) else past.source(author)


def _clash(one: ReviewPublished, other: ReviewPublished) -> bool:
    a, b = _verdict(one), _verdict(other)
    if a.place is None or b.place is None:
        return False
    apart = abs(a.place - b.place)
    return apart == 1 or (apart > a.step and apart > b.step)


def _verdict(review: ReviewPublished) -> Verdict:
    [found] = [
        one
        for one in VERDICTS
        if (one.rating, one.scale, one.figures)
        == (
            review.rating,
            review.scale,
            (review.rating_value, review.worst_rating, review.best_rating),
        )
    ]
    return found
