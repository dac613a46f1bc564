"""Fact checks of one claim that come to different verdicts: the rule ``review``."""

from contextlib import closing
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projected import Found, Projection, dump, whole
from told import Told

from ledger.dates import read_day
from ledger.events import (
    ClaimRetracted,
    ContradictionAdjudicated,
    EntitiesMatched,
    EntitiesUnmatched,
    RecordingCorrected,
    ReviewPublished,
    SourceDescribed,
)
from projections.contradictions.verdicts import WORDS, Place, differ, place_of

CLAIM = "Ann says 12 as of 2026-02-06"
FIVE = ("False", "Mostly false", "Half true", "Mostly true", "True")


def reviewed(*verdicts: tuple[str, str], **more: Any) -> Told:
    """A ledger with one claim, and reviews of it by (author, rating), a day after the other."""
    told = Told(CLAIM)
    for day, (author, rating) in enumerate(verdicts, 7):
        told.record(review_of(told, author, rating, f"2026-02-{day:02d}", **more))
    return told


def review_of(
    told: Told, author: str, rating: str, published: str = "2026-02-20", **more: Any
) -> ReviewPublished:
    claim = next(told.ledger.read()).id
    return ReviewPublished(
        claim=claim, author=author, rating=rating, published=read_day(published), **more
    )


def only(told: Told) -> Found:
    [found] = told.findings()
    assert (found.rule, found.verdict) == ("review", "tension")
    return found


# What fires and what does not


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("False", "Half true"),
        ("False", "True"),
        ("Pants on Fire!", "Mostly True"),
        ("Faux", "C'est vrai"),
        ("Falso", "Mostly true"),
        ("Misleading", "True"),
        ("« Trompeur »", "vrai."),
        ("half-true", "Falsch"),
    ],
)
def test_verdicts_that_are_no_neighbours_differ(one: str, other: str) -> None:
    assert reviewed(("A", one), ("B", other)).found() == {"review": "tension"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("False", "false"),
        ("False", "Mostly false"),
        ("Pants on Fire", "False"),
        ("Mostly false", "Half True"),
        ("Misleading", "Faux"),
        ("Mixture", "Mostly true"),
        ("True", "Mostly true"),
        ("Satire", "True"),
        ("Missing context", "True"),
        ("Unproven", "False"),
        ("This photo was taken in 2015", "True"),
        ("Not false", "False"),
    ],
)
def test_neighbours_agree_and_what_has_no_place_is_compared_with_nothing(
    one: str, other: str
) -> None:
    assert reviewed(("A", one), ("B", other)).found() == {}


def test_scales_of_different_lengths_are_compared_by_where_the_verdicts_stand() -> None:
    told = reviewed(("A", "Nul"), scale=("Nul", "Passable", "Bien", "Très bien"))
    told.record(review_of(told, "B", "4/5", rating_value="4", worst_rating="1", best_rating="5"))
    assert told.found() == {"review": "tension"}
    told.record(review_of(told, "B", "2", rating_value="2", worst_rating="1", best_rating="5"))
    assert told.found() == {}


def test_the_two_ends_of_a_scale_of_two_differ_and_its_end_is_no_neighbour_of_the_middle() -> None:
    two = ("No", "Yes")
    assert reviewed(("A", "No"), ("B", "Yes"), scale=two).found() == {"review": "tension"}
    told = reviewed(("A", "Yes"), scale=two)
    told.record(review_of(told, "B", "Mostly false"))
    assert told.found() == {}


def test_a_scale_that_was_written_the_wrong_way_round_says_nothing() -> None:
    """The best first: its words say otherwise, so nothing is compared by it."""
    told = reviewed(("A", "True"), scale=FIVE[::-1])
    told.record(review_of(told, "B", "False"))
    assert told.found() == {}


# What the finding says


def test_the_finding_has_every_pair_that_clashes_and_one_camp_the_claim() -> None:
    told = reviewed(("A", "Mostly true"), ("B", "False"), ("C", "Mostly false"))
    found = only(told)
    assert found.pairs == frozenset(
        (
            frozenset((("a", "Mostly true"), ("b", "False"))),
            frozenset((("a", "Mostly true"), ("c", "Mostly false"))),
        )
    )
    [(claims, origins)] = found.camps
    assert claims == {next(told.ledger.read()).id}
    assert origins == 1


def test_it_is_open_since_the_second_of_the_first_two_that_clash() -> None:
    told = reviewed(("A", "True"), ("B", "Mostly true"), ("C", "False"), ("D", "False"))
    assert only(told).since == list(told.ledger.read())[3].head.recorded_at


def test_one_more_review_keeps_the_finding_its_id() -> None:
    told = reviewed(("A", "True"), ("B", "False"))
    before = only(told).id
    told.record(review_of(told, "C", "Faux"))
    assert only(told).id == before


# One author


def test_a_later_review_replaces_the_earlier_one_of_its_author() -> None:
    told = reviewed(("A", "True"), ("B", "False"), ("B", "Mostly true"))
    assert told.found() == {}


def test_later_is_what_was_published_later_not_what_was_recorded_later() -> None:
    told = reviewed(("A", "True"), ("B", "False"))
    told.record(review_of(told, "B", "True", "2026-02-01"))
    assert told.found() == {"review": "tension"}


def test_of_one_day_the_one_recorded_last_counts() -> None:
    """So that a slip of the keyboard is mended by filing the review again."""
    told = reviewed(("A", "True"))
    told.record(review_of(told, "B", "False"), review_of(told, "B", "True"))
    assert told.found() == {}


def test_two_names_of_one_author_are_one_voice_until_they_are_unmatched() -> None:
    told = reviewed(("Check", "False"), ("The Check", "True"))
    assert told.found() == {"review": "tension"}
    [match] = told.record(EntitiesMatched(a="Check", b="The Check"))
    assert told.found() == {}
    told.record(EntitiesUnmatched(a="the check", b="Check", after=match.id))
    assert told.found() == {"review": "tension"}


def test_an_author_whose_name_looks_like_an_id_is_no_claim() -> None:
    told = reviewed(("ab" * 32, "False"), ("x" * 64, "True"))
    assert only(told).pairs == {frozenset((("ab" * 32, "False"), ("x" * 64, "True")))}


def test_the_views_follow_the_names_of_reviewers_who_claim_nothing() -> None:
    told = reviewed(("Check", "False"), ("The Check", "True"))
    [match] = told.record(EntitiesMatched(a="Check", b="The Check"))
    told.record(
        EntitiesUnmatched(a="the check", b="Check", after=match.id),
        SourceDescribed(name="Check", kind="outlet", aliases=("The Check",)),
        SourceDescribed(name="the check", kind="anonymous"),
        review_of(told, "Third", "True", scale=FIVE),
    )
    store = told.ledger.store
    with closing(Projection(store)) as live:
        for size in range(1, store.size() + 1):
            live.catch_up(size)
            assert dump(live.connection) == whole(store, size), size


def test_another_name_by_description_is_one_voice_too() -> None:
    told = reviewed(("Check", "False"), ("The Check", "True"))
    told.record(SourceDescribed(name="Check", kind="outlet", aliases=("The Check",)))
    assert told.found() == {}


# What becomes of the claim


def test_a_claim_that_was_taken_back_has_no_clashing_reviews() -> None:
    told = reviewed(("A", "True"), ("B", "False"))
    claim = next(told.ledger.read()).id
    told.record(ClaimRetracted(claim=claim, published=read_day("2026-02-20"), reason="a slip"))
    assert told.found() == {}


def test_reviews_of_a_recording_hold_for_what_it_was_corrected_to() -> None:
    told = reviewed(("A", "True"))
    claim = next(told.ledger.read()).id
    [mended] = told.record(
        RecordingCorrected(corrects=claim, claim=told.read("Ann says 13 as of 2026-02-06").claim)
    )
    before = review_of(told, "B", "False")
    told.record(before)
    [(claims, _)] = only(told).camps
    assert claims == {mended.id}


def test_a_decision_holds_until_somebody_comes_to_another_verdict() -> None:
    told = reviewed(("A", "True"), ("B", "False"))
    found = only(told)
    told.record(
        ContradictionAdjudicated(
            finding=found.id,
            decision="dismissed",
            reason="they checked two versions",
            pairs=(((("a", "True")), ("b", "False")),),
        )
    )
    assert only(told).status == "dismissed"
    told.record(review_of(told, "C", "Faux"))
    assert only(told).status == "open"


# Where verdicts stand


@pytest.mark.parametrize(
    ("rating", "more", "place"),
    [
        ("Half true", {}, (Fraction(1, 2), Fraction(1, 4))),
        ("  «HALF  TRUE».", {}, (Fraction(1, 2), Fraction(1, 4))),
        ("Bien", {"scale": ("Nul", "Bien", "Parfait")}, (Fraction(1, 2), Fraction(1, 2))),
        ("Bien", {"scale": ("Nul", "Mal")}, None),
        ("Bien", {"scale": ("Bien",)}, None),
        ("x", {"figures": (2, 1, 5)}, (Fraction(1, 4), Fraction(1, 4))),
        ("x", {"figures": (2, 5, 1)}, (Fraction(3, 4), Fraction(1, 4))),
        ("x", {"figures": (30, 0, 100)}, (Fraction(3, 10), Fraction(1, 100))),
        ("x", {"figures": (0.25, 0, 0.5)}, (Fraction(1, 2), Fraction(1))),
        ("False", {"figures": (5, 1, 5)}, None),
        ("Mostly false", {"figures": (1, 1, 5)}, (Fraction(0), Fraction(1, 4))),
        ("", {}, None),
    ],
)
def test_a_verdict_has_a_place_on_its_scale(
    rating: str, more: dict[str, Any], place: tuple[Fraction, Fraction] | None
) -> None:
    if "figures" in more:
        more = {"figures": tuple(map(str, more["figures"]))}
    expected = None if place is None else Place(*place)
    assert place_of(rating, **more) == expected


def test_every_word_of_the_table_is_found_and_none_has_two_places() -> None:
    assert all(place_of(word) == Place(at, Fraction(1, 4)) for word, at in WORDS.items())
    assert len(WORDS) > 100
    assert set(WORDS.values()) == {Fraction(step, 4) for step in range(5)}


PLACES = st.builds(
    lambda steps, at: Place(Fraction(at % (steps + 1), steps), Fraction(1, steps)),
    st.integers(1, 100),
    st.integers(0, 100),
)


@given(PLACES, PLACES)
def test_two_differ_by_more_than_a_step_of_either_scale_or_from_end_to_end(
    a: Place, b: Place
) -> None:
    apart = abs(a.at - b.at)
    assert differ(a, b) == differ(b, a)
    assert not differ(a, a)
    if differ(a, b):
        assert apart > Fraction(1, 4)
        assert apart == 1 or apart > a.step
    elif apart < 1:
        assert apart <= max(a.step, b.step, Fraction(1, 4))
