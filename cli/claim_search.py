"""What the Fact Check Tools API answers to ``claims:search``: a claim with its reviews, as drafts.

The fields are those of version v1alpha1; :mod:`cli.claim_reviews` says what each becomes.
"""

from cli.json_nodes import (
    Draft,
    Drafted,
    Node,
    Sources,
    at_the_latest,
    day_of,
    host_of,
    needed,
    one_line_of,
)
from ledger.errors import BadInput


def found_claim(node: Node) -> Drafted:
    """Return a claim as the API's search answers it, with its reviews."""
    path = node.path
    wording, claimant, day = node.text("text"), node.text("claimant"), node.text("claimDate")
    given = node.take("claimReview")
    if not isinstance(given, list) or not given:
        raise BadInput(f"{path}claimReview: no list of reviews", "Write [{…}]")
    reviews = []
    for number, one in enumerate(given):
        at = f"{path}claimReview[{number}]"
        if not isinstance(one, dict):
            raise BadInput(f"{at}: not an object", "Write {…}")
        reviews.append(_found_review(Node(one, f"{at}.", node.not_held)))
    earliest = min(review["published"] for review, _ in reviews)
    node.leave()
    claim = {
        "wording": needed(wording, f"{path}text", "Write the claim that is reviewed"),
        "claimant": one_line_of(claimant),
        "published": _day_of(day),
    }
    source = {
        "wording": f"{path}text",
        "subject": f"{path}text",
        "claimant": f"{path}claimant",
        "published": f"{path}claimDate" if day else reviews[0][1]["published"],
    }
    claim = {name: field for name, field in claim.items() if field}
    return Drafted(claim, source, at_the_latest(earliest), None, tuple(reviews))


def _found_review(node: Node) -> tuple[Draft, Sources]:
    path = node.path
    publisher = node.node("publisher")
    name, site, url = publisher.text("name"), publisher.text("site"), node.text("url")
    if name and site and site != host_of(url):
        publisher.drop("site")
    review = {
        "rating": needed(
            one_line_of(node.text("textualRating")), f"{path}textualRating", "Write the verdict"
        ),
        "author": needed(
            one_line_of(name or site), f"{path}publisher.name", "Name who made the review"
        ),
        "published": needed(
            _day_of(node.text("reviewDate")), f"{path}reviewDate", "Write the day of the review"
        ),
        "url": url,
        "title": one_line_of(node.text("title")),
        "lang": node.text("languageCode"),
    }
    source = {
        "rating": f"{path}textualRating",
        "author": f"{path}publisher.{'name' if name else 'site'}",
        "published": f"{path}reviewDate",
        "url": f"{path}url",
        "title": f"{path}title",
        "lang": f"{path}languageCode",
    }
    publisher.leave()
    node.leave()
    return {name: text for name, text in review.items() if text}, source


def _day_of(text: str | None) -> str | None:
    """Return a date: the API knows only times, and writes a day as its first second in UTC."""
    spelled = day_of(text)
    return spelled and spelled.removesuffix("T00:00:00Z")
