"""Who says what against whom, kept small: a thousand figures make half a million pairs.

A finding's *pairs* are what a decision about it has to cover. They are written as a list of
*speakers* (a claimant's folded root and a value), sorted, and beside each the ranges of those
from itself onwards that it opposes: ``[3, 9]`` stands for the fourth to the ninth.
"""

from collections.abc import Iterable, Iterator, Sequence

import attrs
import orjson

from projections.contradictions.finding import Pair, Speaker


@attrs.frozen
class Opposed:
    """Pairs of speakers: for each speaker the ranges, from and up to, of those it opposes."""

    speakers: tuple[Speaker, ...]
    against: tuple[tuple[tuple[int, int], ...], ...]

    def __iter__(self) -> Iterator[Pair]:
        for one, ranges in zip(self.speakers, self.against, strict=True):
            for start, stop in ranges:
                for other in self.speakers[start:stop]:
                    yield (one, other)


def opposed(pairs: Iterable[Pair]) -> Opposed:
    """Return these pairs in the form that is kept."""
    listed = frozenset(pairs)
    speakers = sorted({speaker for pair in listed for speaker in pair})
    number = {speaker: at for at, speaker in enumerate(speakers)}
    others: list[list[int]] = [[] for _ in speakers]
    for pair in listed:
        one, other = sorted(number[speaker] for speaker in pair)
        others[one].append(other)
    return Opposed(tuple(speakers), tuple(tuple(ranges_of(sorted(row))) for row in others))


def ranges_of(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the runs of ascending numbers, each as its first and the one after its last."""
    start = stop = -1
    for number in numbers:
        if number != stop:
            if stop > start:
                yield start, stop
            start = number
        stop = number + 1
    if stop > start:
        yield start, stop


def gaps_between(numbers: Iterable[int], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the runs from ``start`` up to ``stop`` that hold none of these ascending numbers."""
    for number in numbers:
        if number > start:
            yield start, number
        start = max(start, number + 1)
    if stop > start:
        yield start, stop


def write_pairs(pairs: "Opposed | Iterable[Pair]") -> str:
    """Return a finding's pairs as the views keep them."""
    kept = pairs if isinstance(pairs, Opposed) else opposed(pairs)
    return orjson.dumps([kept.speakers, kept.against]).decode()


def read_pairs(text: str) -> Sequence[Pair]:
    """Return the pairs that ``write_pairs`` wrote, each with the smaller side first, sorted."""
    speakers, against = orjson.loads(text)
    kept = Opposed(
        tuple((who, value) for who, value in speakers),
        tuple(tuple((start, stop) for start, stop in ranges) for ranges in against),
    )
    return sorted(set(kept))
