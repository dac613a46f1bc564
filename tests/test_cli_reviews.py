"""`review` files what a fact check says of a claim; `export --format claimreview` passes it on."""

import json
from pathlib import Path
from typing import Any

import pytest
from commands import Wherefrom

CLAIM = """
    subject,predicate,value,claimant,published,url
    storm,deaths,at least 12,Red Cross,2026-02-06,https://example.org/storm
"""
REVIEW = ("--rating", "Mostly false", "--author", "Example Check", "--published", "2026-02-09")


@pytest.fixture
def wherefrom(tmp_path: Path) -> Wherefrom:
    command = Wherefrom(tmp_path)
    command.table(CLAIM)
    return command


def exported(wherefrom: Wherefrom) -> list[dict[str, Any]]:
    feed = wherefrom("export", "--format", "claimreview").json
    assert feed["@context"] == "https://schema.org"
    assert feed["@type"] == "DataFeed"
    return [review for element in feed["dataFeedElement"] for review in element["item"]]


def test_a_review_is_filed_and_traced(wherefrom: Wherefrom) -> None:
    said = wherefrom("review", "last", *REVIEW, "--url", "https://check.example.org/1", "--json")
    assert said.json["recorded"] is True
    [trace] = wherefrom("trace", "storm", "--json").json
    step = trace["trail"][-1]
    assert (step["step"], step["who"], step["when"]) == (
        "reviewed",
        "Example Check",
        "2026-02-09",
    )
    assert (step["rating"], step["url"]) == ("Mostly false", "https://check.example.org/1")
    told = wherefrom("trace", "storm").out
    assert "reviewed      “Mostly false”, says Example Check, 2026-02-09" in told
    assert "https://check.example.org/1" in told


def test_the_same_review_is_filed_once(wherefrom: Wherefrom) -> None:
    wherefrom("review", "last", *REVIEW)
    assert "Already recorded" in wherefrom("review", "last", *REVIEW).out


def test_a_review_with_a_figure_and_a_title_survives_everything(wherefrom: Wherefrom) -> None:
    """Its body is of a later version than the other events'."""
    figure = ("--rating-value", "2.0", "--worst-rating", "1", "--best-rating", "5")
    wherefrom("review", "last", *REVIEW, *figure, "--title", "No", "--lang", "en")
    assert wherefrom("verify", "--json").json["ok"]
    wherefrom("rebuild")
    lines = wherefrom("export").lines
    again = Wherefrom(wherefrom.folder, "again.db")
    again("import", wherefrom.file("all.jsonl", "\n".join(lines)))
    [review] = again("log", "--type", "review-published", "--json").json
    assert review["statement"]["rating_value"] == "2"
    assert review["statement"]["title"] == "No"
    assert again("verify", "--json").json["ok"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--scale", "True"), "scale: one label is no scale"),
        (("--scale", "False, True"), "rating: 'Mostly false' is not on the scale False, True"),
        (("--scale", "Mostly false, mostly FALSE"), "scale: the same label twice"),
        (("--rating-value", "2"), "worst_rating: missing. A figure needs its scale"),
        (
            ("--rating-value", "6", "--worst-rating", "1", "--best-rating", "5"),
            "rating_value: 6 is not on the scale from 1 to 5",
        ),
        (
            ("--rating-value", "1", "--worst-rating", "1", "--best-rating", "1.0"),
            "best_rating: the same as worst_rating, 1",
        ),
        (
            ("--rating-value", "NaN", "--worst-rating", "1", "--best-rating", "5"),
            "rating_value: 'nan' is no number",
        ),
        (("--url", "javascript:alert(1)"), "url: an address may not begin with javascript:"),
        (("--published", "2026-02-30"), "published: 2026-02-30 is not in the calendar"),
        (("--lang", "English!"), "lang: 'English!' is no language tag"),
    ],
)
def test_what_is_no_review_is_refused(
    wherefrom: Wherefrom, options: tuple[str, ...], complaint: str
) -> None:
    before = wherefrom.db.read_bytes()
    told = wherefrom("review", "last", *REVIEW, *options, code=2).err
    assert complaint.lower() in told.lower()
    assert told.count("\n") == 1
    assert wherefrom.db.read_bytes() == before


def test_a_review_is_of_a_claim(wherefrom: Wherefrom) -> None:
    wherefrom("define", "deaths", "--type", "quantity")
    id_ = wherefrom("log", "--json").json[-1]["id"]
    assert "is no claim but a predicate-defined" in wherefrom("review", id_, *REVIEW, code=2).err


def test_reviews_that_differ_are_told_at_once_and_in_every_answer(wherefrom: Wherefrom) -> None:
    wherefrom("review", "last", *REVIEW)
    other = ("--rating", "True", "--author", "Vérif", "--published", "2026-02-10T08:00:00Z")
    differ = "verdicts differ by 75% of the scale"
    who = "Example Check: “Mostly false” (2026-02-09) | Vérif: “True” (2026-02-10)"
    answer = wherefrom("review", "last", *other)
    assert f": {differ}: {who}" in answer.err
    assert answer.err.startswith("Warning: tension ")
    [finding] = wherefrom("contradictions", "--rule", "review", "--json").json
    assert finding["explanation"] == f"{differ}: {who}"
    assert finding["sides"] == ["Example Check", "Vérif"]
    assert "tension (review): Example Check, Vérif" in wherefrom("contradictions").out
    told = " ".join(wherefrom("trace", "storm").out.split())
    assert "contradicted by nothing held here reviews tension" in told
    wherefrom("add", "storm", "deaths", "5", "--claimant", "B", "--published", "2026-02-06")
    assert "its reviews differ" in " ".join(wherefrom("trace", "storm").out.split())
    [held] = wherefrom("show", "storm", "--json").json
    assert held["contradicted"] is False


# Export


def test_a_claim_without_a_wording_is_told_by_its_fields(wherefrom: Wherefrom) -> None:
    wherefrom("describe", "Red Cross", "--kind", "organisation")
    wherefrom("review", "aaaaaa", *REVIEW, code=2)
    [claim] = wherefrom("search", "storm", "--json").json
    wherefrom("review", claim["id"], *REVIEW, "--scale", "False, Mostly false, True")
    assert exported(wherefrom) == [
        {
            "@type": "ClaimReview",
            "claimReviewed": "storm, deaths: at least 12",
            "itemReviewed": {
                "@type": "Claim",
                "@id": f"urn:wherefrom:claim:{claim['id']}",
                "author": {"@type": "Organization", "name": "Red Cross"},
                "datePublished": "2026-02-06",
                "appearance": [{"@type": "CreativeWork", "url": "https://example.org/storm"}],
            },
            "reviewRating": {
                "@type": "Rating",
                "alternateName": "Mostly false",
                "ratingValue": 2,
                "worstRating": 1,
                "bestRating": 3,
                "description": "From the worst to the best: False; Mostly false; True",
            },
            "author": {"@type": "Organization", "name": "Example Check"},
            "datePublished": "2026-02-09",
        }
    ]
    assert wherefrom("export", "--format", "claimreview").err == ""


def test_a_corrected_claim_is_exported_as_it_should_read(wherefrom: Wherefrom) -> None:
    wherefrom("review", "last", *REVIEW)
    wherefrom("correct", "last", "--value", "at least 13", "--as-of", "2026-02-05")
    [review] = exported(wherefrom)
    assert review["claimReviewed"] == "storm, deaths: at least 13"
    told = wherefrom("export", "--format", "claimreview").err
    assert told == "No place in a ClaimReview: as_of (1)\n"


def test_the_feed_of_an_earlier_day_has_the_reviews_of_that_day(wherefrom: Wherefrom) -> None:
    wherefrom("review", "last", *REVIEW)
    before = wherefrom("export", "--format", "claimreview", "--known-at", "0").json
    assert before["dataFeedElement"] == []
    assert len(exported(wherefrom)) == 1


def test_a_feed_goes_to_a_file_whole(wherefrom: Wherefrom) -> None:
    wherefrom("review", "last", *REVIEW)
    path = wherefrom.folder / "feed.json"
    said = wherefrom("export", "--format", "claimreview", "--output", path)
    assert said.out == f"Wrote 1 review to {path}\n"
    assert len(json.loads(path.read_text())["dataFeedElement"]) == 1


SCALED = ("--scale", "False, Mostly false, True")
FIGURED = ("--rating-value", "2", "--worst-rating", "1", "--best-rating", "3")


def test_a_scale_in_words_beside_figures_of_another_is_named(wherefrom: Wherefrom) -> None:
    wherefrom("review", "last", *REVIEW, *SCALED, *FIGURED)
    told = wherefrom("export", "--format", "claimreview").err
    assert told == "No place in a ClaimReview: scale (1)\n"


@pytest.mark.parametrize("options", [(), SCALED, FIGURED, ("--explanation", "twice\n")])
def test_an_export_into_the_ledger_it_came_from_changes_nothing(
    wherefrom: Wherefrom, options: tuple[str, ...]
) -> None:
    wherefrom("review", "last", *REVIEW, *options)
    wherefrom("export", "--format", "claimreview", "--output", wherefrom.folder / "feed.json")
    answer = wherefrom("import", wherefrom.folder / "feed.json", "--json").json
    assert (answer["recorded"], answer["already_recorded"]) == (0, 1)
    assert answer["not_held"] == {}


def test_only_reviews_of_claims_about_a_time_are_exported(wherefrom: Wherefrom) -> None:
    wherefrom("review", "last", *REVIEW)
    about = ("export", "--format", "claimreview", "--about")
    assert wherefrom(*about, "1999").json["dataFeedElement"] == []
    assert len(wherefrom(*about, "2026-02").json["dataFeedElement"]) == 1
