"""A name is kept as it was written and matched folded."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import names, printable

from ledger.errors import BadInput
from ledger.names import MAX_NAME, clean, fold, refuse_controls, words

HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212"
APOSTROPHES = "'\u2018\u2019\u02bc\u2032`´"
SPACES = " \u00a0\u202f\u2009\u3000"

ANY_TEXT = st.text(max_size=30)


@given(names())
def test_a_clean_name_is_kept_as_it_is(name: str) -> None:
    assert clean(name) == name


@given(printable())
def test_what_is_kept_is_trimmed_nfc_and_stays_so(name: str) -> None:
    if not name.strip():
        with pytest.raises(BadInput, match="empty"):
            clean(name)
        return
    kept = clean(name)
    assert kept == unicodedata.normalize("NFC", name).strip()
    assert clean(kept) == kept


@given(ANY_TEXT)
@example("é")
@example("ﬁ İ ẞ ΐ \u0345 K")
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(ANY_TEXT)
def test_the_form_of_accents_makes_no_difference(name: str) -> None:
    assert fold(unicodedata.normalize("NFD", name)) == fold(unicodedata.normalize("NFC", name))


@given(names(), st.data())
def test_case_spaces_hyphens_and_apostrophes_make_no_difference(
    name: str, data: st.DataObject
) -> None:
    def another(character: str) -> str:
        for kinds in (HYPHENS, APOSTROPHES):
            if character in kinds:
                return data.draw(st.sampled_from(kinds))
        if character == " ":
            return data.draw(st.text(SPACES, min_size=1, max_size=3))
        return data.draw(st.sampled_from([character, character.swapcase()]))

    other = "".join(map(another, name))
    # Some letters have no way back: ß, long s and their like fold to what they stand for.
    assert fold(other) == fold(fold(name)) or name.swapcase().swapcase() != name


def test_one_person_in_two_spellings_is_one_name() -> None:
    assert fold("Badr\u00a0al\u2011Busaidi") == fold("badr al-busaidi")
    assert fold("l\u2019Iran") == fold("L'IRAN")
    assert fold("soft\u00adhyphen\u200b") == fold("softhyphen")


def test_accents_letters_and_inner_marks_do_make_a_difference() -> None:
    assert fold("Genève") != fold("Geneve")
    assert fold("al-Busaidi") != fold("al Busaidi")
    assert fold("U.S.") != fold("US")


def test_words_are_letters_and_digits_without_punctuation() -> None:
    assert words("Muscat, (Oman) – 2026") == {"muscat", "oman", "2026"}
    assert words("…") == frozenset()


@pytest.mark.parametrize("name", ["", " ", "\u00a0", "\t"])
def test_a_name_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="subject: empty"):
        clean(name, "subject")


@pytest.mark.parametrize("character", ["\x00", "\n", "\t", "\x1b", "\x7f", "\x85", "\ud800"])
def test_a_control_character_is_refused_with_its_place(character: str) -> None:
    with pytest.raises(BadInput, match=rf"subject: .* U\+{ord(character):04X} at character 4"):
        clean(f"abc{character}d", "subject")
    with pytest.raises(BadInput):
        refuse_controls(f"é{character}", "wording")


def test_a_name_has_a_longest_length() -> None:
    assert len(clean("é" * MAX_NAME)) == MAX_NAME
    with pytest.raises(BadInput, match="501 characters, more than the 500"):
        clean("é" * (MAX_NAME + 1))
    assert clean("x" * 900, limit=900) == "x" * 900


@pytest.mark.parametrize("name", ["\u200b", "\ufeff\u00ad", "\u200b \u2060"])
def test_a_name_that_nobody_can_see_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="invisible"):
        clean(name)
