"""Reviews out, as a schema.org ``DataFeed`` of ``ClaimReview`` (JSON-LD).

:mod:`cli.claim_reviews` says which member holds which field. ``claimReviewed`` is the claim's
wording, or else its fields in a sentence; the ``@id`` of ``itemReviewed`` names the claim by its
id, so that an import into this ledger finds it. Dates are EDTF as they were filed, which is
ISO 8601-2. What has no place in a ClaimReview is counted by field.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from cli.claim_reviews import BETWEEN_LABELS, SCALE, URN, place_on
from cli.json_nodes import at_the_latest
from cli.phrasing import sentence, speaker
from cli.review_checking import PREDICATE, VALUE, subject_of
from ledger.events import NOT_STATED
from ledger.names import fold
from projections.reviews import Reviewed

Json = dict[str, Any]
Kind = Callable[[str], str | None]
"""Returns what kind of source a name is, as it was described."""

_BEGIN: Final = b'{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":[\n'
_END: Final = b"\n]}\n"
_TYPES: Final = {
    "person": "Person",
    "organisation": "Organization",
    "outlet": "Organization",
    "government": "Organization",
}
_SAID_IN_WORDS: Final = frozenset(("subject", "predicate", "value", "unit", "scope", "modality"))


class Feed:
    """A feed as it is written, with what it came to.

    ``left_out`` counts the fields that have no place in it, ``without_claim`` the reviews of
    claims whose text is not here.
    """

    def __init__(self, kind: Kind) -> None:
        self.left_out: Counter[str] = Counter()
        self.without_claim = 0
        self.written = 0
        self._kind = kind
        self._claims: set[str] = set()

    def lines(self, reviews: Iterable[Reviewed]) -> Iterator[bytes]:
        """Yield the feed, an element a line."""
        yield _BEGIN
        for review in reviews:
            if review.claim is None or review.claim.said is None:
                self.without_claim += 1
                continue
            item = self.claim_review(review.said, review.claim.said)
            yield (b",\n" if self.written else b"") + orjson.dumps(
                {"@type": "DataFeedItem", "item": [item]}
            )
            self.written += 1
        yield _END

    def claim_review(self, review: Json, claim: Json) -> Json:
        """Return one review of a claim as a ClaimReview."""
        id_ = review["claim"]
        if id_ not in self._claims:
            self._claims.add(id_)
            self.left_out.update(_without_place(claim))
        author = {
            "@type": _TYPES.get(self._kind(review["author"]) or "", "Organization"),
            "name": review["author"],
            "url": review.get("author_url"),
        }
        return _filled(
            {
                "@type": "ClaimReview",
                "claimReviewed": claim.get("wording") or _in_words(claim),
                "itemReviewed": self._item(id_, claim, review["published"]),
                "reviewRating": self._rating(review),
                "author": _filled(author),
                "datePublished": review["published"],
                "url": review.get("url"),
                "headline": review.get("title"),
                "inLanguage": review.get("lang"),
            }
        )

    def _item(self, id_: str, claim: Json, reviewed: str) -> Json:
        claimant = claim["claimant"]
        author = {"@type": _TYPES.get(self._kind(claimant) or ""), "name": claimant}
        day = claim.get("said") or claim["published"]
        return _filled(
            {
                "@type": "Claim",
                "@id": URN + id_,
                "author": None if fold(claimant) == NOT_STATED else _filled(author),
                "datePublished": None if day == at_the_latest(reviewed) else day,
                "appearance": claim.get("url") and [{"@type": "CreativeWork", "url": claim["url"]}],
                "inLanguage": claim.get("lang") if "wording" in claim else None,
            }
        )

    def _rating(self, review: Json) -> Json:
        word: str = review["rating"]
        labels: list[str] = review.get("scale", [])
        figures: Mapping[str, str] = review
        described = None
        if "rating_value" not in review and not any(mark in "".join(labels) for mark in ",;"):
            figures = place_on(labels, word) or {}
            described = SCALE + BETWEEN_LABELS.join(labels) if figures else None
        if labels and described is None:
            self.left_out["scale"] += 1
        return _filled(
            {
                "@type": "Rating",
                "alternateName": None if word == figures.get("rating_value") else word,
                "ratingValue": _number(figures.get("rating_value")),
                "worstRating": _number(figures.get("worst_rating")),
                "bestRating": _number(figures.get("best_rating")),
                "description": described,
                "ratingExplanation": review.get("explanation"),
            }
        )


def _filled(members: Mapping[str, Any]) -> Json:
    return {name: member for name, member in members.items() if member is not None}


def _number(figure: str | None) -> int | str | None:
    """Return a figure as a number where that loses nothing, else as the text it is."""
    if figure is None or not figure.lstrip("-").isdigit() or len(figure) > 15:
        return figure
    return int(figure)


def _in_words(claim: Json) -> str:
    """Return a claim that has no wording as a sentence."""
    hedged = "" if claim.get("modality", "asserted") == "asserted" else f", {speaker(claim)}"
    return f"{sentence(claim)}{hedged}"


def _without_place(claim: Json) -> Iterator[str]:
    """Yield the fields of a claim that have no place in a ClaimReview."""
    wording = claim.get("wording")
    held = {"wording", "claimant", "url", "said" if "said" in claim else "published"}
    if wording is None:
        held |= _SAID_IN_WORDS
    else:
        held.add("lang")
        filed = (claim["subject"], claim["predicate"], claim["value"])
        if filed == (subject_of(wording), PREDICATE, VALUE):
            held |= {"subject", "predicate", "value"}
    yield from claim.keys() - held - {"corrects"}
