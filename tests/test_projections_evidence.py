"""What becomes of a passage: the selector of a claim, checked against a document's text."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.document_text import DocumentText, NoText
from ledger.errors import Damaged
from ledger.passages import find_passage, passage_at
from projections.evidence import look_up, passage_in

# Letters that are like no other, so that what stands exactly there is all that there is to find.
letters = st.text(st.sampled_from("abc"), min_size=1, max_size=30)


def filed(text: str, start: int, end: int) -> dict[str, Any]:
    """Return what a claim files of a passage."""
    found = passage_at(text, start, end)
    told = {"quote": found.quote, "quote_prefix": found.prefix, "quote_suffix": found.suffix}
    return {"evidence_sha256": "ab" * 32, "start": start, "end": end, **told}


@given(letters, st.data())
def test_what_was_found_in_a_text_is_found_there_again(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    place = find_passage(text, text[start:end], start)
    passage = look_up(filed(text, place.start, place.end), DocumentText(text, "x-1"))
    assert passage.state == "found"
    assert passage.quote_found
    assert (passage.text, passage.places, passage.by) == (text[start:end], ((start, end),), "x-1")


@given(
    letters, st.text(st.sampled_from("abc"), min_size=1, max_size=4), st.integers(0, 40), st.data()
)
def test_a_passage_is_found_or_moved_or_missing(
    text: str, quote: str, start: int, data: st.DataObject
) -> None:
    end = start + data.draw(st.integers(1, 6))
    passage = look_up({"quote": quote, "start": start, "end": end}, DocumentText(text))
    there = text[start:end] if end <= len(text) else None
    elsewhere = {(at, at + len(quote)) for at in range(len(text)) if text.startswith(quote, at)}
    expected = "found" if there == quote else "moved" if elsewhere else "missing"
    assert (passage.state, passage.text) == (expected, there)
    assert set(passage.places) == (elsewhere if expected == "moved" else set(passage.places))
    assert passage.quote_found is (expected == "found")


@given(st.text(st.sampled_from("abc "), min_size=1, max_size=40), letters, st.data())
def test_after_an_insertion_the_likeliest_place_is_the_one_that_moved_along(
    text: str, inserted: str, data: st.DataObject
) -> None:
    quote = "QUOTE"
    where = data.draw(st.integers(0, len(text)))
    before = f"{text[:where]}{quote}{text[where:]} and {quote}"
    after = inserted + before
    passage = look_up(filed(before, where, where + len(quote)), DocumentText(after))
    if passage.state == "moved":
        moved = where + len(inserted)
        # Of what stood before and after it only the beginning of the text changed.
        assert passage.places[0] == (moved, moved + len(quote)) or where < 32
    assert passage.state in ("moved", "found")


def test_what_stands_around_it_tells_which_of_several_places_is_meant() -> None:
    """The nearest is Monday's."""
    text = "Monday: five died. Tuesday: five died. Friday: five died."
    told = filed(text, 28, 37)
    assert told["quote"] == "five died"
    passage = look_up(told, DocumentText(f"{'x' * 18}{text}"))
    assert passage.state == "moved"
    assert passage.places == ((46, 55), (26, 35), (65, 74))


def test_a_place_holds_where_only_spacing_or_accents_are_written_otherwise() -> None:
    text = DocumentText("un cafe\u0301\u00a0noir, un café noir")
    assert look_up({"quote": "café noir", "start": 3, "end": 13}, text).state == "moved"
    alike = DocumentText("un cafe\u0301\u00a0noir")
    assert look_up({"quote": "café noir", "start": 3, "end": 13}, alike).state == "found"


def test_a_place_without_words_is_there_or_not() -> None:
    text = DocumentText("abc")
    inside, outside = ({"start": 0, "end": end} for end in (3, 4))
    assert (look_up(inside, text).state, look_up(inside, text).text) == ("unquoted", "abc")
    assert (look_up(outside, text).state, look_up(outside, text).quote_found) == ("missing", None)


def test_a_document_that_cannot_be_read_is_not_a_missing_passage() -> None:
    told = {"evidence_sha256": "ab" * 32, "quote": "x"}
    for error, state in ((NoText("why", "then"), "no-text"), (Damaged("why", "then"), "altered")):

        def fail(sha256: str, error: Exception = error) -> None:
            raise error

        passage = passage_in(told, fail)
        assert passage is not None
        assert (passage.state, passage.problem) == (state, "why. then")
        assert passage.quote_found is None
