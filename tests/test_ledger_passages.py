"""Finding a quoted passage: where it stands, whatever was typed a little differently."""

import re
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.errors import BadInput
from ledger.fields import read_context
from ledger.passages import CONTEXT, find_passage, passage_at, places

# Few different characters, so that what stands there once often stands there twice.
texts = st.text(st.sampled_from("ab é-’\n\u00a0\u00ad\x0c3"), max_size=60) | st.text(max_size=60)


@st.composite
def passages(draw: st.DrawFn) -> tuple[str, int, int]:
    """Return a text, and the start and end of a part of it that is neither empty nor blank."""
    text = draw(texts.filter(lambda text: text.strip()))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    assume(text[start:end].strip())
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    return text, start, start + len(part.strip())


@given(passages())
def test_any_part_of_any_text_is_found_at_its_place(where: tuple[str, int, int]) -> None:
    text, start, end = where
    found = find_passage(text, text[start:end], start)
    assert (found.start, found.end, found.quote) == (start, end, text[start:end])


@given(passages())
def test_all_places_are_found_and_told_apart_by_their_start(where: tuple[str, int, int]) -> None:
    text, start, end = where
    quote = text[start:end]
    all_of_them = [at for at in range(len(text)) if text.startswith(quote, at)]
    assert [place[0] for place in places(text, quote)] == all_of_them
    if len(all_of_them) == 1:
        assert find_passage(text, quote).start == start
        return
    with pytest.raises(BadInput, match=f"{len(all_of_them)} places.*--start"):
        find_passage(text, quote)
    assert [find_passage(text, quote, at).start for at in all_of_them] == all_of_them


@given(passages())
def test_what_stands_around_a_passage_is_the_documents_and_can_be_kept(
    where: tuple[str, int, int],
) -> None:
    text, start, end = where
    found = passage_at(text, start, end)
    assert text[:start].endswith(found.prefix)
    assert text[end:].startswith(found.suffix)
    assert max(len(found.prefix), len(found.suffix)) <= CONTEXT
    for context in (found.prefix, found.suffix):
        assert read_context(context, "quote_prefix") == context


def _spaced_otherwise(text: str) -> str:
    return re.sub(r"\s+", "\r\n\t", text)


words = st.lists(st.sampled_from("été café naïve 3 428 l’ONG 한글 Ångström x".split()), min_size=1)


Form = Literal["NFC", "NFD"]
forms: st.SearchStrategy[Form] = st.sampled_from(("NFC", "NFD"))


@given(words, forms, forms, st.data())
def test_a_quote_is_found_in_any_form_of_accents_and_spacing(
    said: list[str], form: Form, typed: Form, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(said) - 1))
    before, quoted = " ".join(said[:first]), " ".join(said[first:])
    document = normalize(form, f"{before} «{quoted}» .")
    quote = normalize(typed, _spaced_otherwise(quoted))
    [*_, last] = places(document, quote)
    assert normalize("NFC", document[slice(*last)]) == normalize("NFC", quoted)


def test_what_is_typed_without_its_accent_is_not_what_is_accented() -> None:
    assert places("un cafe\u0301.", "un\ncafe") == []
    assert places("un cafe\u0301.", "un\ncaf\u00e9") == [(0, 8)]


@pytest.mark.parametrize(
    ("quote", "start", "told"),
    [
        ("  ", None, "quote: empty"),
        ("four days", None, "quote: not in the document. The nearest is: twelve days"),
        ("zebra", None, "Nothing in it comes near"),
        ("twelve days", None, r"2 places in the document read so: 0 .*, 18 .*--start 0"),
        ("twelve days", 3, r"does not stand at 3 in the document, but at 0 .*, 18"),
    ],
)
def test_what_is_wrong_with_a_quote_is_said(quote: str, start: int | None, told: str) -> None:
    with pytest.raises(BadInput) as error:
        find_passage("twelve days. Then twelve days more", quote, start)
    assert re.search(told, str(error.value))
