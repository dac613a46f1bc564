"""Feeds of fact checks come in: schema.org's ClaimReview, and answers of Google's search."""

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from commands import Answer, Wherefrom
from hypothesis import given
from hypothesis import strategies as st

from cli.claim_reviews import read_element
from ledger.errors import BadInput

REVIEW: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "claimReviewed": "Crime has doubled in 2 years",
    "itemReviewed": {
        "@type": "Claim",
        "author": {"@type": "Person", "name": "John Doe", "jobTitle": "Senator"},
        "datePublished": "2019-03-20",
        "appearance": [
            {"@type": "CreativeWork", "url": "https://example.org/a"},
            {"@type": "CreativeWork", "url": "https://example.org/b"},
        ],
    },
    "reviewRating": {
        "@type": "Rating",
        "alternateName": "Mostly false",
        "ratingValue": 2,
        "worstRating": "1",
        "bestRating": 5.0,
    },
    "author": {"@type": "Organization", "name": "Example Check", "url": "https://check.example/"},
    "datePublished": "2019-03-24",
    "url": "https://check.example/1",
    "sdPublisher": {"@type": "Organization", "name": "Tools"},
}
FOUND: dict[str, Any] = {
    "text": "The earth is flat",
    "claimant": "Flat Society",
    "claimDate": "2020-01-01T00:00:00Z",
    "claimReview": [
        {
            "publisher": {"name": "A", "site": "a.example"},
            "url": "https://www.a.example/x",
            "title": "No, it is not",
            "reviewDate": "2020-02-01T00:00:00Z",
            "textualRating": "Pants on Fire",
            "languageCode": "en",
        },
        {
            "publisher": {"site": "b.example"},
            "url": "https://b.example/x",
            "reviewDate": "2020-02-03T08:30:00Z",
            "textualRating": "Faux",
            "languageCode": "fr",
        },
    ],
}
Json = dict[str, Any]


def feed(*items: Json) -> Json:
    elements = [{"@type": "DataFeedItem", "item": [item]} for item in items]
    return {"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": elements}


def imported(wherefrom: Wherefrom, told: Any, *options: str, code: int = 0) -> Answer:
    path = wherefrom.folder / "feed.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return wherefrom("import", path, *options, code=code)


def filed(wherefrom: Wherefrom, type_: str = "claim-asserted") -> list[Json]:
    return [event["statement"] for event in wherefrom("log", "--json", "--type", type_).json]


def without(tree: Json, *path: str) -> Json:
    """The tree without the member at a path."""
    name, *rest = path
    return {
        key: without(member, *rest) if key == name and rest else member
        for key, member in tree.items()
        if key != name or rest
    }


def with_(tree: Json, member: Any, *path: str) -> Json:
    """The tree with another member at a path."""
    name, *rest = path
    return {**tree, name: with_(tree.get(name, {}), member, *rest) if rest else member}


def as_read(tree: Json) -> Json:
    """The tree as the importer reads it: a number is the text of its digits."""
    read: Json = json.loads(json.dumps(tree), parse_int=str, parse_float=str)
    return read


# What a ClaimReview is filed as


def test_a_claim_review_becomes_a_claim_and_a_review(wherefrom: Wherefrom) -> None:
    imported(wherefrom, feed(REVIEW))
    [claim] = filed(wherefrom)
    assert claim == {
        "subject": "Crime has doubled in 2 years",
        "predicate": "claimed",
        "value": "yes",
        "wording": "Crime has doubled in 2 years",
        "claimant": "John Doe",
        "published": "2019-03-20",
        "url": "https://example.org/a",
    }
    [id_] = [event["id"] for event in wherefrom("log", "--json", "--type", "claim-asserted").json]
    assert filed(wherefrom, "review-published") == [
        {
            "claim": id_,
            "rating": "Mostly false",
            "rating_value": "2",
            "worst_rating": "1",
            "best_rating": "5",
            "author": "Example Check",
            "author_url": "https://check.example/",
            "published": "2019-03-24",
            "url": "https://check.example/1",
        }
    ]


def test_what_cannot_be_held_is_named(wherefrom: Wherefrom) -> None:
    """Nothing is lost in silence: each with how often it occurred."""
    other = with_(REVIEW, "https://check.example/2", "url")
    answer = imported(wherefrom, feed(REVIEW, other), "--json").json
    assert answer["recorded"] == 3
    assert answer["not_held"] == {
        "itemReviewed.appearance[1]": 2,
        "itemReviewed.author.@type": 2,
        "itemReviewed.author.jobTitle": 2,
        "sdPublisher": 2,
    }
    told = imported(wherefrom, feed(REVIEW)).err
    assert told == (
        "Not held: itemReviewed.appearance[1] (1), itemReviewed.author.@type (1), "
        "itemReviewed.author.jobTitle (1), sdPublisher (1)\n"
    )


@pytest.mark.parametrize(
    ("path", "member", "name"),
    [
        (("reviewRating", "bestRating"), None, "reviewRating.ratingValue"),
        (("reviewRating", "ratingValue"), -1, "reviewRating.ratingValue"),
        (("reviewRating", "name"), "Not so", "reviewRating.name"),
        (("publisher",), {"name": "Another"}, "publisher.name"),
        (("publisher",), {"name": "Example Check", "logo": "x"}, "publisher.logo"),
        (("author",), [REVIEW["author"], {"name": "B"}], "author[1]"),
        (("itemReviewed", "name"), "About crime", "itemReviewed.name"),
        (("itemReviewed", "@id"), "https://example.org/claims/1", "itemReviewed.@id"),
        (("author", "@type"), "Person", "author.@type"),
        (("reviewBody",), "At length", "reviewBody"),
    ],
)
def test_each_member_that_has_no_place_is_named(
    wherefrom: Wherefrom, path: tuple[str, ...], member: Any, name: str
) -> None:
    plain = imported(wherefrom, feed(REVIEW), "--json").json["not_held"]
    more = imported(wherefrom, feed(with_(REVIEW, member, *path)), "--json").json["not_held"]
    assert name in more.keys() - plain.keys()


def test_every_member_is_held_or_named() -> None:
    """A member of any name, anywhere in the review, leaves a trace."""
    for path in ((), ("itemReviewed",), ("reviewRating",), ("author",), ("itemReviewed", "author")):
        not_held: list[str] = []
        list(read_element(as_read(with_(REVIEW, "x", *path, "unheardOf")), not_held))
        assert ".".join((*path, "unheardOf")) in not_held


def test_a_claim_whose_day_is_not_given_was_made_when_it_was_reviewed_or_before(
    wherefrom: Wherefrom,
) -> None:
    bare = without(REVIEW, "itemReviewed")
    imported(wherefrom, feed(bare))
    [claim] = filed(wherefrom)
    assert (claim["published"], claim["claimant"]) == ("../2019-03-24", "not stated")


def test_a_long_claim_is_worded_whole(wherefrom: Wherefrom) -> None:
    words = "word " * 200
    imported(wherefrom, feed(with_(REVIEW, words, "claimReviewed")))
    [claim] = filed(wherefrom)
    assert claim["wording"] == words
    assert len(claim["subject"]) <= 500
    assert claim["subject"].endswith("word…")


def test_line_breaks_of_a_page_are_spaces_and_dates_are_read_as_they_are_spelled(
    wherefrom: Wherefrom,
) -> None:
    review = with_(REVIEW, "Mostly\n   false", "reviewRating", "alternateName")
    review = with_(review, "2019-03-24 10:00:00+0200", "datePublished")
    imported(wherefrom, feed(review))
    [said] = filed(wherefrom, "review-published")
    assert (said["rating"], said["published"]) == ("Mostly false", "2019-03-24T10:00:00+02:00")


def test_two_reviews_of_one_claim_are_reviews_of_one_claim(wherefrom: Wherefrom) -> None:
    other = with_(with_(REVIEW, "True", "reviewRating", "alternateName"), "Other", "author", "name")
    imported(wherefrom, feed(REVIEW, other))
    assert len(filed(wherefrom)) == 1
    assert len({review["claim"] for review in filed(wherefrom, "review-published")}) == 1


def test_a_second_import_records_nothing(wherefrom: Wherefrom) -> None:
    imported(wherefrom, feed(REVIEW))
    again = imported(wherefrom, feed(REVIEW), "--json").json
    assert (again["recorded"], again["already_recorded"]) == (0, 2)


def test_claims_are_filed_as_one_likes_with_set_and_map(wherefrom: Wherefrom) -> None:
    imported(
        wherefrom,
        feed(REVIEW),
        "--set", "subject=Crime",
        "--set", "predicate=reviewed by {author.name}",
        "--map", "claimant=itemReviewed.author.jobTitle",
        "--set", "scope.place=here",
        "--set", "published=1999",
    )  # fmt: skip
    [claim] = filed(wherefrom)
    assert (claim["subject"], claim["predicate"]) == ("Crime", "reviewed by Example Check")
    assert (claim["claimant"], claim["scope"]) == ("Senator", {"place": "here"})
    assert claim["published"] == "2019-03-20"  # --set fills in what is not given


def test_a_path_that_no_element_has_is_named(wherefrom: Wherefrom) -> None:
    told = imported(wherefrom, feed(REVIEW), "--map", "subject=claimReviewd", code=2).err
    assert "there is no column 'claimReviewd'. Did you mean 'claimReviewed'?" in told


# The forms of a file


@pytest.mark.parametrize(
    "told",
    [
        feed(REVIEW),
        [REVIEW],
        REVIEW,
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, REVIEW]},
        {"@graph": [{**REVIEW, "author": {"@id": "#us"}}, {**REVIEW["author"], "@id": "#us"}]},
        json.dumps(REVIEW) + "\n" + json.dumps(REVIEW) + "\n",
        json.dumps(feed(REVIEW), indent=2),
        {**feed(), "dataFeedElement": [{"item": None}, REVIEW, {"item": REVIEW}]},
    ],
)
def test_reviews_are_found_wherever_they_stand(wherefrom: Wherefrom, told: Any) -> None:
    imported(wherefrom, told)
    assert len(filed(wherefrom)) == 1
    [review] = filed(wherefrom, "review-published")
    assert review["author"] == "Example Check"


def test_an_answer_of_the_search_is_read(wherefrom: Wherefrom) -> None:
    answer = imported(wherefrom, {"claims": [FOUND], "nextPageToken": "more"}, "--json").json
    assert answer["not_held"] == {"nextPageToken": 1}
    [claim] = filed(wherefrom)
    assert (claim["wording"], claim["claimant"]) == ("The earth is flat", "Flat Society")
    assert claim["published"] == "2020-01-01"
    one, two = filed(wherefrom, "review-published")
    assert (one["rating"], one["author"], one["title"]) == ("Pants on Fire", "A", "No, it is not")
    assert (one["published"], one["lang"]) == ("2020-02-01", "en")
    assert (two["author"], two["published"]) == ("b.example", "2020-02-03T08:30:00Z")


def test_a_site_that_is_not_that_of_the_address_is_named(wherefrom: Wherefrom) -> None:
    review = {**FOUND["claimReview"][0], "publisher": {"name": "A", "site": "other.example"}}
    answer = imported(wherefrom, {"claims": [{**FOUND, "claimReview": [review]}]}, "--json")
    assert answer.json["not_held"] == {"publisher.site": 1}


def test_a_feed_on_one_long_line_is_read_an_element_at_a_time(wherefrom: Wherefrom) -> None:
    """The public feed is one line, longer than a line of a table may be."""
    filler = "x" * 100_000
    elements = [with_(REVIEW, filler + str(number), "reviewBody") for number in range(200)]
    path = wherefrom.folder / "feed.json.gz"
    path.write_bytes(gzip.compress(json.dumps(feed(*elements)).encode()))
    assert wherefrom("import", path, "--json").json["recorded"] == 2


# Bad input


@pytest.mark.parametrize(
    ("path", "member", "complaint"),
    [
        (("claimReviewed",), None, "claimReviewed: missing. Write the claim that is reviewed"),
        (("claimReviewed",), ["  "], "claimReviewed: missing"),
        (("claimReviewed",), {"a": 1}, "claimReviewed: an object where a text is wanted"),
        (("claimReviewed",), "\u200b", "claimReviewed: nothing but invisible characters"),
        (("claimReviewed",), "a\u0007b", "claimReviewed: control character U+0007"),
        (("reviewRating",), None, "reviewRating.alternateName: missing. Write the verdict"),
        (("reviewRating",), [[]], "reviewRating: not an object"),
        (("reviewRating", "ratingValue"), "two", "reviewRating.ratingValue: 'two' is no number"),
        (("reviewRating", "ratingValue"), float("nan"), "reviewRating.ratingValue: 'NaN' is not"),
        (("reviewRating", "alternateName"), "x" * 501, "reviewRating.alternateName: 501 char"),
        (("author",), None, "author.name: missing. Name who made the review"),
        (("datePublished",), None, "datePublished: missing. Write the day of the review"),
        (("datePublished",), "2019-02-29", "datePublished: 2019-02-29 is not in the calendar"),
        (("datePublished",), "March 24, 2019", "datePublished: March 24, 2019 is no date"),
        (("itemReviewed",), True, "itemReviewed: not an object"),
        (("itemReviewed", "datePublished"), "20/03/2019", "itemReviewed.datePublished: 20/03/2019"),
        (("itemReviewed", "author", "name"), True, None),
        (("itemReviewed", "appearance"), "javascript:alert(1)", None),
        (("url",), "javascript:alert(1)", "url: an address may not begin with javascript:"),
        (("url",), "nothing", "url: 'nothing' is no address"),
        (("reviewRating", "ratingValue"), "NaN", "reviewRating.ratingValue: 'NaN' is no number"),
        (("reviewRating", "bestRating"), "sNaN", "reviewRating.bestRating: 'sNaN' is no number"),
        (("reviewRating", "worstRating"), "-inf", "reviewRating.worstRating: '-inf' is no number"),
        (("inLanguage",), "English!", "inLanguage: 'English!' is no language tag"),
    ],
)
def test_a_bad_element_is_one_line_with_its_place(
    wherefrom: Wherefrom, path: tuple[str, ...], member: Any, complaint: str | None
) -> None:
    answer = imported(
        wherefrom,
        feed(REVIEW, with_(REVIEW, member, *path)),
        code=2 if complaint else 0,
    )
    if complaint:
        line, end = answer.err.splitlines()
        assert line.startswith(f"{wherefrom.folder}/feed.json:1/2 {complaint}")
        assert "1 row is bad, so nothing was recorded" in end
        assert not wherefrom.db.exists()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"dataFeedElement": [', ":1: not JSON: Expecting value"),
        ('{"dataFeedElement": [{}', ":1: not JSON: it is cut off"),
        ('{"dataFeedElement": [{} {}]}', ":1: not JSON: '{' where a comma or ] is wanted"),
        ('{"@graph": [], "dataFeedElement" 7}', ":1: not JSON: no name and colon"),
        ('{"dataFeedElement": [], "dataFeedElement": []}', "dataFeedElement is given twice"),
        ('{"dataFeedElement":\n [{"a": 1, "a": 2}]}', ":2 a: given twice in one object"),
        ('{"dataFeedElement": []} x', ":1: not JSON: 'x' is no value"),
        ('[{"claimReviewed": "a"}, 3]', ":1/2 not a JSON object"),
        ('{"dataFeedElement": [' + "[" * 100_000, ":1: JSON nested too deeply"),
        ('{"claimReviewed": {"a":' + '{"a":' * 100_000, ":1: JSON nested too deeply"),
        ('{"claims": [{"text": "a", "claimReview": 3}]}', ":1/1 claimReview: no list of reviews"),
        ('{"claims": [{"text": "a", "claimReview": [3]}]}', "claimReview[0]: not an object"),
        (
            '{"claims": [{"text": "a", "claimReview": [{"publisher": {"name": "b"}}]}]}',
            ":1/1 claimReview[0].textualRating: missing",
        ),
        ('{"dataFeedElement": [{"item": 3}]}', ":1/1 item: not an object"),
    ],
)
def test_a_file_that_is_no_feed_is_refused(wherefrom: Wherefrom, text: str, complaint: str) -> None:
    told = imported(wherefrom, text, code=2).err
    assert complaint in told
    assert "Traceback" not in told
    assert not wherefrom.db.exists()


def test_bad_elements_are_left_out_and_kept_to_be_mended(wherefrom: Wherefrom) -> None:
    bad = without(REVIEW, "author")
    imported(wherefrom, feed(bad, REVIEW), "--skip-bad")
    assert len(filed(wherefrom)) == 1
    rejected = wherefrom.folder / "feed.json.rejected.jsonl"
    kept = json.loads(rejected.read_text())
    assert as_read(kept) == as_read({"@type": "DataFeedItem", "item": [bad]})
    assert "author.name: missing" in wherefrom("import", rejected, code=2).err


def test_sums_are_for_tables(wherefrom: Wherefrom) -> None:
    told = imported(wherefrom, feed(REVIEW), "--sum", "url", "--map", "value=url", code=2).err
    assert "--sum" in told


# Round trip


def texts(maximum: int = 40) -> st.SearchStrategy[str]:
    return st.text("aé中 x;,“.", min_size=1, max_size=maximum).filter(
        lambda text: text == text.strip()
    )


def addresses() -> st.SearchStrategy[str]:
    return st.sampled_from(["https://example.org/a", "http://b.example/?x=é#y"])


DAYS = st.sampled_from(["2019", "2019-03", "2019-03-20", "2019-03-20T08:30:00+01:00"])


@st.composite
def claim_reviews(draw: st.DrawFn) -> Json:
    """Draw a ClaimReview with nothing in it that has no place here."""

    def some(**members: st.SearchStrategy[Any]) -> Json:
        return {name: draw(member) for name, member in members.items() if draw(st.booleans())}

    worst, best = draw(st.sampled_from([(1, 5), (0, 10), ("0.5", 7), (5, 1)]))
    figures = draw(
        st.sampled_from([{}, {"ratingValue": 3, "worstRating": worst, "bestRating": best}])
    )
    languages = st.sampled_from(["fr", "en-GB"])
    item = {
        "@type": "Claim",
        **some(
            author=st.fixed_dictionaries({"name": texts()}),
            datePublished=DAYS,
            appearance=addresses().map(lambda url: [{"@type": "CreativeWork", "url": url}]),
            inLanguage=languages,
        ),
    }
    return {
        "@type": "ClaimReview",
        "claimReviewed": draw(texts(600)),
        "itemReviewed": item,
        "reviewRating": {
            "@type": "Rating",
            "alternateName": draw(st.sampled_from(["False", "Half true", "Faux", "x"])),
            **figures,
            **some(ratingExplanation=texts()),
        },
        "author": {
            "@type": "Organization",
            "name": draw(st.sampled_from(["A", "B", "Ç"])),
            **some(url=addresses()),
        },
        "datePublished": draw(DAYS),
        **some(url=addresses(), headline=texts(), inLanguage=languages),
    }


def told_apart(reviews: list[Json]) -> list[str]:
    """The distinct reviews, without the ids by which an export names the claims."""
    bare = (without(review, "itemReviewed", "@id") for review in reviews)
    return sorted({json.dumps(review, sort_keys=True) for review in bare})


@given(st.lists(claim_reviews(), max_size=4))
def test_a_feed_that_went_in_comes_out_as_it_was(reviews: list[Json]) -> None:
    """And what came out goes into another ledger as the same events, and changes the first none."""
    with tempfile.TemporaryDirectory() as folder:
        one, two = Wherefrom(Path(folder), "one.db"), Wherefrom(Path(folder), "two.db")
        assert imported(one, feed(*reviews), "--json").json["not_held"] == {}
        if not reviews:
            return
        exported = one("export", "--format", "claimreview")
        assert exported.err == ""
        items = [item for element in exported.json["dataFeedElement"] for item in element["item"]]
        assert told_apart(items) == told_apart(reviews)
        assert imported(one, exported.out, "--json").json["recorded"] == 0
        imported(two, exported.out)
        again = two("export", "--format", "claimreview").json
        assert told_apart([e["item"][0] for e in again["dataFeedElement"]]) == told_apart(items)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "2019", "x", "http://a"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["@type", "name", "url", "@id", "@value", "alternateName", "item"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(st.sampled_from([*REVIEW]), JSON, st.sampled_from([REVIEW, FOUND]))
def test_whatever_stands_in_a_member_it_is_read_or_refused(
    name: str, member: Any, tree: Json
) -> None:
    """Never an error of the program's own."""
    try:
        drafted = list(read_element(as_read({**tree, name: member}), []))
    except BadInput:
        return
    for one in drafted:
        assert one.claim["wording"]
        assert all(review["rating"] and review["author"] for review, _ in one.reviews)
