"""Which wordings are alike."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.wordings import LEAST, likeness

SPEECH = "Some 3,428 people had been killed during the protests, the group said on Friday"


@pytest.mark.parametrize(
    "other",
    [
        SPEECH.upper(),
        SPEECH.replace("3,428", "3 428"),
        SPEECH.replace("3,428", "3428"),
        SPEECH.replace("the group", "a group"),
        "“" + SPEECH.replace(", the", " – the") + "”…",
        "On Friday, the group said some 3,428 people had been killed during the protests.",
    ],
)
def test_alike_but_for_how_it_is_written(other: str) -> None:
    assert likeness(other) == likeness(SPEECH) is not None


@pytest.mark.parametrize(
    "other", [SPEECH.replace("428", "429"), SPEECH.replace("Friday", "Monday"), SPEECH + " again"]
)
def test_another_word_or_figure_is_another_wording(other: str) -> None:
    assert likeness(other) != likeness(SPEECH)


@pytest.mark.parametrize("short", ["", "3,428 dead", "at least 3,428 people were killed there"])
def test_a_few_words_are_alike_by_chance(short: str) -> None:
    assert likeness(short) is None


WORD = st.text("abcdéfg", min_size=4, max_size=6)


@given(st.sets(WORD, min_size=LEAST, max_size=14), st.sets(WORD, min_size=LEAST, max_size=14))
def test_alike_are_those_of_the_same_words_in_any_order(one: set[str], other: set[str]) -> None:
    def plain(words: set[str]) -> set[str]:
        return {word.replace("é", "e") for word in words}

    mixed = sorted(one)
    random.Random(3).shuffle(mixed)
    assert likeness(" ".join(mixed)) == likeness(", ".join(sorted(one)).upper())
    if len(plain(one)) >= LEAST and len(plain(other)) >= LEAST:
        alike = likeness(" ".join(one)) == likeness(" ".join(other))
        assert alike == (plain(one) == plain(other))
