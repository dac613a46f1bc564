"""Where a verdict stands between the worst and the best of its scale.

A verdict stands at a *place* from 0, the worst, to 1, the best, and its scale has a *step*, the
distance between two neighbours. Three things can tell:

* the words that the reviewer chooses from, in their order: the third of five stands at 1/2;
* a figure between two others: 2 between 1 and 5 stands at 1/4;
* the word itself, where it is one that fact checkers use everywhere (:data:`WORDS`).

Where two of them say different things by more than a step, the scale is not what it seems (the
best was written first, or a figure means something else), and the verdict has no place. Nor has
one of which nothing is known: what has no place is compared with nothing.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

import attrs

from ledger.names import fold

_FALSE = """
    false; pants on fire; fake; fake news; incorrect; wrong; untrue; four pinocchios; fiction;
    faux; fausse; mensonge; c'est faux;
    falsch; gefälscht; frei erfunden;
    falso; falsa; es falso; bulo; mentira; boato;
    bufala; onwaar; fałsz; nieprawda; yanlış; ложь
"""
_MOSTLY_FALSE = """
    mostly false; largely false; barely true; misleading; three pinocchios; mostly incorrect;
    plutôt faux; trompeur; trompeuse; c'est trompeur; plutôt fausse;
    größtenteils falsch; überwiegend falsch; irreführend;
    engañoso; engañosa; mayormente falso; enganoso; enganosa; fuorviante; misleidend;
    grotendeels onwaar
"""
_HALF = """
    half true; half-true; mixture; mixed; partly false; partly true; partially false;
    partially true; two pinocchios; half false;
    à moitié vrai; en partie vrai; en partie faux; partiellement faux; partiellement vrai; mitigé;
    teilweise falsch; teilweise richtig; teils teils; halb wahr;
    verdad a medias; medio verdad; parcialmente falso; parcialmente verdadero;
    meia verdade; parzialmente falso; gedeeltelijk waar; deels onwaar
"""
_MOSTLY_TRUE = """
    mostly true; largely true; mostly correct; one pinocchio; mostly accurate;
    plutôt vrai; plutôt vraie; presque vrai;
    größtenteils richtig; überwiegend richtig; größtenteils wahr;
    mayormente verdadero; casi verdadero; quasi vero; grotendeels waar
"""
_TRUE = """
    true; correct; accurate; geppetto checkmark; it's true;
    vrai; vraie; exact; c'est vrai;
    wahr; richtig; stimmt;
    verdadero; verdadera; cierto; es verdad; verdadeiro; verdadeira; fato;
    vero; vera; waar; prawda; doğru; правда
"""

_AROUND: Final = re.compile(r"^[\s\"'“”„«».!:]+|[\s\"'“”„«».!:]+$")


def _bare(text: str) -> str:
    """Return a verdict as it is compared: without the marks around it, hyphens as spaces."""
    return _AROUND.sub("", " ".join(fold(text).replace("-", " ").split()))


WORDS: Final[dict[str, Fraction]] = {
    _bare(word): Fraction(place, 4)
    for place, words in enumerate((_FALSE, _MOSTLY_FALSE, _HALF, _MOSTLY_TRUE, _TRUE))
    for word in words.replace("\n", " ").split(";")
}
"""Verdicts in the words of many fact checkers, folded, on a scale of five.

Left out is what says that nothing can be said (*unproven*, *satire*, *missing context*)."""

STEP: Final = Fraction(1, 4)
"""Between two neighbours of :data:`WORDS`, and the least that counts as a difference."""


@attrs.frozen
class Place:
    """Where a verdict stands from 0, the worst, to 1, the best, and the step of its scale."""

    at: Fraction
    step: Fraction


@lru_cache(maxsize=16_384)
def place_of(
    rating: str,
    scale: tuple[str, ...] = (),
    figures: tuple[str, str, str] | None = None,
) -> Place | None:
    """Return the place of a verdict; ``None`` where it has none.

    ``scale`` are the words from the worst to the best, ``figures`` the value, the worst and the
    best, as texts. Of several places that agree the one on the reviewer's own scale counts.
    """
    places = [
        place
        for place in (_among(rating, scale), _between(figures), _of_word(rating))
        if place is not None
    ]
    if any(differ(places[0], other) for other in places[1:]):
        return None
    return places[0] if places else None


def differ(a: Place, b: Place) -> bool:
    """Whether two verdicts are further apart than neighbours, or at the two ends."""
    apart = abs(a.at - b.at)
    return apart == 1 or apart > max(a.step, b.step, STEP)


def _among(rating: str, scale: Sequence[str]) -> Place | None:
    labels = [_bare(label) for label in scale]
    if len(labels) < 2 or labels.count(_bare(rating)) != 1:
        return None
    steps = len(labels) - 1
    return Place(Fraction(labels.index(_bare(rating)), steps), Fraction(1, steps))


def _between(figures: tuple[str, str, str] | None) -> Place | None:
    if figures is None:
        return None
    value, worst, best = map(Fraction, figures)
    reach = best - worst
    return Place((value - worst) / reach, min(Fraction(1), 1 / abs(reach)))


def _of_word(rating: str) -> Place | None:
    at = WORDS.get(_bare(rating))
    return None if at is None else Place(at, STEP)
