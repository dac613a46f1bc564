"""What an element of a feed of fact checks says, as drafts: a claim, and the reviews of it.

The fields of schema.org's ClaimReview (https://schema.org/ClaimReview, as Google's *Fact Check*
structured data describes it) and those of an answer of ``claims:search`` (Fact Check Tools API,
v1alpha1), beside the field that each becomes:

=========================================  ==========================  =======================
ClaimReview                                claims:search               becomes
=========================================  ==========================  =======================
``claimReviewed``                          ``text``                    the claim's ``wording``
``itemReviewed.author.name``               ``claimant``                its ``claimant``
``itemReviewed.datePublished``             ``claimDate``               its ``published``
``itemReviewed.firstAppearance``, or the                               its ``url``
first ``appearance``
``itemReviewed.inLanguage``                                            its ``lang``
``reviewRating.alternateName`` or          ``textualRating``           the review's ``rating``
``name``, else ``ratingValue``
``reviewRating.ratingValue``,                                          ``rating_value``,
``worstRating``, ``bestRating``                                        ``worst_…``, ``best_…``
``reviewRating.ratingExplanation``                                     ``explanation``
``author.name``, else ``publisher.name``   ``publisher.name``, else    ``author``
                                           ``publisher.site``
``author.url``                                                         ``author_url``
``url``, ``datePublished``                 ``url``, ``reviewDate``     ``url``, ``published``
``headline`` or ``name``                   ``title``                   ``title``
``inLanguage``                             ``languageCode``            ``lang``
=========================================  ==========================  =======================

Whatever else an element holds is named, so that nothing is lost in silence. A figure is kept
only with its scale; the words of a scale, for which ClaimReview has no member, are read from the
rating's ``description`` where an export wrote them there. Of several authors or places of
appearance the first is kept. A claim whose day is not given was published at the latest when its
first review was: ``../2026-02-06``.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from cli.claim_search import found_claim
from cli.json_nodes import (
    Draft,
    Drafted,
    Json,
    Node,
    Sources,
    at_the_latest,
    day_of,
    needed,
    one_line_of,
    types_of,
)
from ledger.errors import BadInput
from ledger.names import fold

URN: Final = "urn:wherefrom:claim:"
"""Begins the ``@id`` under which an export names a claim, by the id that it has here."""

SCALE: Final = "From the worst to the best: "
"""Begins the ``description`` of a rating in which an export names the words of its scale."""

BETWEEN_LABELS: Final = "; "

_MOST_FIELDS: Final = 1_000
"""Texts of an element that `--map` and `--set` can name."""


def is_review(tree: Json) -> bool:
    """Whether an object is a ClaimReview: by its type, or by what only such a one has."""
    return "ClaimReview" in types_of(tree) if "@type" in tree else "claimReviewed" in tree


def read_element(tree: Json, not_held: list[str]) -> Iterator[Drafted]:
    """Yield what an element says; what it says that cannot be held is added to ``not_held``.

    Raises ``BadInput`` naming the member that is missing or no text.
    """
    if "claimReview" in tree:
        yield found_claim(Node(tree, "", not_held))
    elif "DataFeedItem" in types_of(tree) or ("item" in tree and not is_review(tree)):
        item = Node(tree, "", not_held)
        inside = item.take("item")
        several = inside if isinstance(inside, list) else [inside]
        for number, one in enumerate(several):
            if isinstance(one, dict):
                path = f"item[{number}]." if len(several) > 1 else ""
                yield from _reviewed(one, path, not_held)
            elif one is not None:
                raise BadInput("item: not an object", "Write {…}, or [{…}]")
        item.leave("DataFeedItem.")
    elif isinstance(tree.get("claim"), dict) and "claimReview" in tree["claim"]:
        node = Node(tree, "", not_held)
        yield found_claim(Node(node.take("claim"), "claim.", not_held))
        node.leave()
    else:
        yield from _reviewed(tree, "", not_held)


def cells_of(tree: Json) -> dict[str, str]:
    """Return the texts of an element by their paths, as `--map` and `--set` name them.

    Of a list the first item; ``item`` and ``claimReview`` are left out of the path.
    """
    cells: dict[str, str] = {}
    open_: list[tuple[str, Any]] = [("", tree)]
    while open_ and len(cells) < _MOST_FIELDS:
        path, value = open_.pop()
        if isinstance(value, list):
            open_ += [(path, value[0])] if value else []
        elif isinstance(value, dict):
            below = "" if path in ("item", "claimReview", "claim") else f"{path}." if path else ""
            open_ += [(f"{below}{name}", member) for name, member in value.items()]
        elif isinstance(value, str):
            cells.setdefault(path, value)
    return cells


def _reviewed(tree: Json, path: str, not_held: list[str]) -> Iterator[Drafted]:
    """Yield the claim and the review of a ClaimReview; anything else is only named."""
    if not is_review(tree):
        not_held.append(f"{path}{'/'.join(types_of(tree)) or 'an object without a type'}")
        return
    node = Node(tree, path, not_held)
    review, source = _review(node)
    claim, claim_source, named = _claim(node)
    claim_source.setdefault("published", source["published"])
    node.leave()
    yield Drafted(
        claim, claim_source, at_the_latest(review["published"]), named, ((review, source),)
    )


def _review(node: Node) -> tuple[Draft, Sources]:
    path = node.path
    rating = node.node("reviewRating")
    author, publisher = node.node("author"), node.node("publisher")
    name = author.text("name")
    publishing = publisher.text("name")
    if name and publishing and name != publishing:
        publisher.drop("name")
    headline, title = node.text("headline"), node.text("name")
    if headline and title and headline != title:
        node.drop("name")
    review = {
        "rating": None,
        "author": needed(name or publishing, f"{path}author.name", "Name who made the review"),
        "author_url": author.text("url"),
        "published": day_of(node.text("datePublished")),
        "url": node.text("url"),
        "title": one_line_of(headline or title),
        "lang": _language(node),
        "explanation": rating.text("ratingExplanation"),
    }
    needed(review["published"], f"{path}datePublished", "Write the day of the review")
    source = {
        "rating": f"{rating.path}alternateName",
        "author": f"{path}author.name",
        "author_url": f"{path}author.url",
        "published": f"{path}datePublished",
        "title": f"{path}{'headline' if headline else 'name'}",
        "lang": f"{path}inLanguage",
        "url": f"{path}url",
        "explanation": f"{rating.path}ratingExplanation",
    }
    _rate(rating, review, source)
    author.leave(kind="Organization")
    publisher.leave(kind="Organization")
    rating.leave(kind="Rating")
    return {name: text for name, text in review.items() if text}, source


_FIGURES: Final = {
    "rating_value": "ratingValue",
    "worst_rating": "worstRating",
    "best_rating": "bestRating",
}


def _rate(rating: Node, review: Draft, source: dict[str, str]) -> None:
    """Fill in the verdict, and its figure where that has a scale."""
    word, name = rating.text("alternateName"), rating.text("name")
    if word and name and word != name:
        rating.drop("name")
    figures = {field: rating.text(member) for field, member in _FIGURES.items()}
    labels = _labels(rating)
    given = figures["rating_value"]
    review["rating"] = one_line_of(word or name or given)
    needed(
        review["rating"],
        f"{rating.path}alternateName",
        "Write the verdict in the reviewer's word",
    )
    if labels and (given is None or figures == place_on(labels, str(review["rating"]))):
        review["scale"] = labels
        return
    if labels:
        rating.drop("description")
    if given and None not in figures.values() and _on_scale(*map(str, figures.values())):
        review.update(figures)
        source.update({field: f"{rating.path}{member}" for field, member in _FIGURES.items()})
        return
    for field, member in _FIGURES.items():
        if figures[field] is not None and (field != "rating_value" or word or name):
            rating.drop(member)


def _labels(rating: Node) -> list[str]:
    """Return the words of a scale where an export wrote them, as :data:`SCALE` begins."""
    said = rating.text("description")
    if said is None or not said.startswith(SCALE):
        if said is not None:
            rating.drop("description")
        return []
    return [label.strip() for label in said.removeprefix(SCALE).split(BETWEEN_LABELS)]


def place_on(labels: Sequence[str], rating: str) -> dict[str, str] | None:
    """Return the figures of a verdict that is one of the words of a scale, counted from 1."""
    folded = [fold(label) for label in labels]
    if len(folded) < 2 or folded.count(fold(rating)) != 1:
        return None
    return {
        "rating_value": str(folded.index(fold(rating)) + 1),
        "worst_rating": "1",
        "best_rating": str(len(folded)),
    }


def _on_scale(value: str, worst: str, best: str) -> bool:
    """Whether a figure lies on a scale that has two ends; what is no number is left to complain."""
    try:
        low, at, high = Decimal(worst), Decimal(value), Decimal(best)
    except InvalidOperation:
        return True
    if not (low.is_finite() and at.is_finite() and high.is_finite()):
        return True
    return low != high and min(low, high) <= at <= max(low, high)


def _claim(node: Node) -> tuple[Draft, Sources, str | None]:
    path = node.path
    wording = node.text("claimReviewed")
    item = node.node("itemReviewed")
    author = item.node("author")
    first, appearance = item.node("firstAppearance"), item.node("appearance")
    address, elsewhere = first.text("url"), appearance.text("url")
    if address and elsewhere and address != elsewhere:
        appearance.drop("url")
    id_ = item.text("@id")
    if id_ and not id_.startswith(URN):
        item.drop("@id")
    title = item.text("name")
    if title and title != wording:
        item.drop("name")
    claim = {
        "wording": needed(wording, f"{path}claimReviewed", "Write the claim that is reviewed"),
        "claimant": one_line_of(author.text("name")),
        "published": day_of(item.text("datePublished")),
        "url": address or elsewhere,
        "lang": _language(item),
    }
    source = {
        "wording": f"{path}claimReviewed",
        "subject": f"{path}claimReviewed",
        "claimant": f"{author.path}name",
        "url": f"{(first if address else appearance).path}url",
        "lang": f"{item.path}inLanguage",
    }
    if claim["published"]:
        source["published"] = f"{item.path}datePublished"
    author.leave(kind="")
    for place in (first, appearance):
        place.leave(kind="CreativeWork")
    item.leave(kind="Claim")
    named = id_[len(URN) :] if id_ and id_.startswith(URN) else None
    return {name: text for name, text in claim.items() if text}, source, named


def _language(node: Node) -> str | None:
    """Return the tag of a language, which may be an object with the tag as another name."""
    value = node.take("inLanguage")
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    return node.as_text(value, "inLanguage")
