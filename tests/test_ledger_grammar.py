"""What people write as a value, in English and in French, and what the ledger reads in it."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import SPACES, decimals, figures, names, printable, quantities, units

from ledger import phrases
from ledger.decimals import exact, spell
from ledger.errors import BadInput
from ledger.grammar import READING_VERSION, read_quantity, read_value, write_quantity
from ledger.numerals import SCALES
from ledger.values import (
    VALUE_TYPES,
    Day,
    Entity,
    Interval,
    Quantity,
    Several,
    Text,
    Truth,
    ValueType,
)

# --- helpers -------------------------------------------------------------------------------


def shown(quantity: Quantity) -> str:
    """Return a reading as mathematicians write it: ``[3428, ∞) people``."""
    lower, upper = quantity.lower, quantity.upper
    left = "(-∞" if lower is None else "[("[quantity.lower_open] + spell(lower)
    right = "∞)" if upper is None else spell(upper) + "])"[quantity.upper_open]
    said = [f"{left}, {right}", quantity.unit, quantity.approx]
    return " ".join(part for part in said if part)


def reading(quantity: Quantity) -> tuple[object, ...]:
    """Return everything of a quantity but how it was stated."""
    return (*attributes(quantity), quantity.unit, quantity.approx)


def attributes(quantity: Quantity) -> tuple[object, ...]:
    return quantity.lower, quantity.upper, quantity.lower_open, quantity.upper_open


def refusal(text: str, **options: str) -> BadInput:
    with pytest.raises(BadInput) as refused:
        read_quantity(text, **options)
    assert refused.value.message
    assert refused.value.hint
    return refused.value


# --- figures -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3428", "[3428, 3428]"),
        ("3,428", "[3428, 3428]"),
        ("3'428", "[3428, 3428]"),
        ("3’428", "[3428, 3428]"),
        ("3 428 000", "[3428000, 3428000]"),
        ("1,234,567.89", "[1234567.89, 1234567.89]"),
        ("12.5", "[12.5, 12.5]"),
        ("3.428", "[3.428, 3.428]"),
        ("0.10", "[0.1, 0.1]"),
        ("007", "[7, 7]"),
        ("-5", "[-5, -5]"),
        ("−5", "[-5, -5]"),
        ("+5", "[5, 5]"),
        ("-0", "[0, 0]"),
        ("9007199254740993", "[9007199254740993, 9007199254740993]"),
        ("  3,428 ", "[3428, 3428]"),
        # a unit, as it is written
        ("3,428 people", "[3428, 3428] people"),
        ("3 428 morts", "[3428, 3428] morts"),
        ("5kg", "[5, 5] kg"),
        ("20 °C", "[20, 20] °C"),
        ("120 km/h", "[120, 120] km/h"),
        ("16 births/1,000 population", "[16, 16] births/1,000 population"),
        ("12 per 100,000 people", "[12, 12] per 100,000 people"),
        ("12.5%", "[12.5, 12.5] %"),
        ("12.5 %", "[12.5, 12.5] %"),
        ("12 percent", "[12, 12] %"),
        ("12 per cent", "[12, 12] %"),
        ("12 pour cent", "[12, 12] %"),
        ("80.4% of GDP", "[80.4, 80.4] % of GDP"),
        ("€5", "[5, 5] €"),
        ("5 €", "[5, 5] €"),
        ("-$5", "[-5, -5] $"),
        ("$-5", "[-5, -5] $"),
        ("US$5", "[5, 5] US$"),
        ("USD 5", "[5, 5] USD"),
        ("$5 per day", "[5, 5] $ per day"),
        ("2,381,741 sq km", "[2381741, 2381741] sq km"),
        # a note of when is no part of how much
        ("7.1% (2023 est.)", "[7.1, 7.1] %"),
        ("31,949 (July 2016 est.)", "[31949, 31949]"),
    ],
)
def test_figures(text: str, expected: str) -> None:
    assert shown(read_quantity(text)) == expected


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"U+{ord(space):04X}")
def test_every_kind_of_space_groups_digits(space: str) -> None:
    assert shown(read_quantity(f"au moins{space}3{space}428{space}morts")) == "[3428, ∞) morts"


@given(figures(), st.sampled_from(["", "-", "−", "+"]), units())
def test_a_figure_is_the_number_that_was_spelled(
    drawn: tuple[str, Decimal], sign: str, unit: str | None
) -> None:
    text, number = drawn
    expected = -number if sign in ("-", "−") else number
    quantity = read_quantity(sign + text, unit=unit)
    assert (quantity.lower, quantity.upper, quantity.unit) == (expected, expected, unit)
    assert quantity.stated == sign + text


@given(st.from_regex(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", fullmatch=True))
@example("-100000000000000.00000000000001")
def test_the_quick_way_reads_as_the_long_way_does(text: str) -> None:
    assert reading(read_quantity(text)) == reading(read_quantity(f" {text}"))
    assert read_value(text) == read_quantity(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("3,42", "Write 3.42, or 342 if it groups the digits"),
        ("34,5", "Write 34.5, or 345 if it groups the digits"),
        ("3 428,5", "Write 3428.5, or 34285 if it groups the digits"),
        ("3,428,50", "Write 3428.50, or 342850 if it groups the digits"),
        ("1,23,456", "Write 123456"),
        ("3.428.000", "Write 3428000"),
        ("3.428,50", "Write 3428.50, or 342850 if it groups the digits"),
        ("0,123", "Write 0.123"),
        ("3 42", "Write 342"),
        ("3 428,500", "Write 3428.500, or 3428500 if it groups the digits"),
        (".5", "Write 0.5"),
        ("12e5", "Write the digits out"),
        ("1.2E-5", "Write the digits out"),
        ("3,428 million", "Write 3.428, or 3428 if it groups the digits"),
        ("3,428 milliards", "Write 3.428, or 3428 if it groups the digits"),
        ("NaN", "Write a number"),
        ("inf", "Write a number"),
        ("-∞", "Write"),
        ("Infinity", "Write a number"),
        ("", "Write a number"),
        ("\u00a0", "Write a number"),
        ("½", "Write a number"),
        ("٣٤٢٨", "Write a number"),
        ("--5", "Write -5 or 5"),
        ("1" * 61, "Write fewer digits"),
        ("9" * 50 + " trillion", "Write fewer digits"),
        ("1" * 301, "Write a number"),
        ("3\t428", "Remove it"),
        ("3428\x00", "Remove it"),
        ("3428\ud800", "Remove it"),
    ],
)  # fmt: skip
def test_a_figure_with_two_readings_or_none_is_refused(text: str, hint: str) -> None:
    assert hint in refusal(text).hint


@given(st.integers(1, 999), st.from_regex(r"[0-9]{1,2}|[0-9]{4,6}", fullmatch=True))
def test_a_comma_that_groups_nothing_is_refused_with_both_readings(whole: int, rest: str) -> None:
    said = refusal(f"{whole},{rest} people")
    assert f"{whole},{rest}" in said.message
    assert f"{whole}.{rest}" in said.hint
    assert f"{whole}{rest}" in said.hint


# --- words for numbers ---------------------------------------------------------------------

ENGLISH_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
ENGLISH_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
FRENCH_UNITS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf"
).split()
FRENCH_TENS = "- - vingt trente quarante cinquante soixante".split()


def in_english(number: int) -> str:
    if number >= 1000:
        rest = f" {in_english(number % 1000)}" if number % 1000 else ""
        return f"{in_english(number // 1000)} thousand{rest}"
    if number >= 100:
        rest = f" and {in_english(number % 100)}" if number % 100 else ""
        return f"{ENGLISH_UNITS[number // 100]} hundred{rest}"
    if number < 20:
        return ENGLISH_UNITS[number]
    rest = f"-{ENGLISH_UNITS[number % 10]}" if number % 10 else ""
    return ENGLISH_TENS[number // 10] + rest


def in_french(number: int) -> str:
    if number >= 1000:
        thousands = "" if number < 2000 else in_french(number // 1000) + " "
        return f"{thousands}mille" + (f" {in_french(number % 1000)}" if number % 1000 else "")
    if number >= 100:
        hundreds = "" if number < 200 else FRENCH_UNITS[number // 100] + " "
        plural = "s" if number % 100 == 0 and number >= 200 else ""
        return f"{hundreds}cent{plural}" + (f" {in_french(number % 100)}" if number % 100 else "")
    if number >= 80:
        return "quatre-vingts" if number == 80 else f"quatre-vingt-{FRENCH_UNITS[number - 80]}"
    if number < 20:
        return FRENCH_UNITS[number]
    base = 60 if number >= 60 else number // 10 * 10
    rest = number - base
    if not rest:
        return FRENCH_TENS[base // 10]
    return FRENCH_TENS[base // 10] + (" et " if rest in (1, 11) else "-") + FRENCH_UNITS[rest]


@given(st.one_of(st.integers(0, 120), st.integers(0, 999_999)))
@example(71)
@example(80)
@example(91)
@example(100)
@example(1000)
def test_numbers_in_words(number: int) -> None:
    for words in (in_english(number), in_french(number), in_english(number).title()):
        assert shown(read_quantity(words)) == f"[{number}, {number}]"
        assert shown(read_quantity(words.replace("-", " "))) == f"[{number}, {number}]"
        assert shown(read_quantity(f"at least {words} people")) == f"[{number}, ∞) people"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no deaths", "[0, 0] deaths"),
        ("aucun mort", "[0, 0] mort"),
        ("aucune victime", "[0, 0] victime"),
        ("a hundred", "[100, 100]"),
        ("cent personnes", "[100, 100] personnes"),
        ("mille", "[1000, 1000]"),
        ("two cents", "[2, 2] cents"),
        ("deux cents", "[200, 200]"),
        ("septante-cinq", "[75, 75]"),
        # nouns that count are about that many
        ("a dozen", "[12, 12] about"),
        ("two dozen eggs", "[24, 24] eggs about"),
        ("2 dozen eggs", "[24, 24] eggs about"),
        ("une dizaine", "[10, 10] about"),
        ("une douzaine de blessés", "[12, 12] blessés about"),
        ("une centaine de morts", "[100, 100] morts about"),
        ("deux milliers de manifestants", "[2000, 2000] manifestants about"),
        ("une dizaine de milliers", "[10000, 10000] about"),
        # in the plural alone they are vague: two of them at least
        ("dozens", "[24, ∞) vague"),
        ("dozens of people", "[24, ∞) people vague"),
        ("scores of people", "[40, ∞) people vague"),
        ("hundreds", "[200, ∞) vague"),
        ("thousands of people", "[2000, ∞) people vague"),
        ("tens of thousands", "[20000, ∞) vague"),
        ("hundreds of thousands of people", "[200000, ∞) people vague"),
        ("several hundred people", "[200, ∞) people vague"),
        ("a few thousand", "[2000, ∞) vague"),
        ("des dizaines de morts", "[20, ∞) morts vague"),
        ("des centaines", "[200, ∞) vague"),
        ("des milliers de personnes", "[2000, ∞) personnes vague"),
        ("des dizaines de milliers", "[20000, ∞) vague"),
        ("plusieurs centaines d'arrestations", "[200, ∞) arrestations vague"),
        ("quelques milliers", "[2000, ∞) vague"),
        ("several", "[2, ∞) vague"),
        ("several people", "[2, ∞) people vague"),
        ("a few", "[2, ∞) vague"),
        ("many", "[2, ∞) vague"),
        ("some people", "[1, ∞) people vague"),
        ("plusieurs morts", "[2, ∞) morts vague"),
        ("quelques blessés", "[2, ∞) blessés vague"),
        ("de nombreux blessés", "[2, ∞) blessés vague"),
        ("at least several hundred", "[200, ∞) vague"),
        ("at least some people", "[1, ∞) people vague"),
    ],
)
def test_words_that_count(text: str, expected: str) -> None:
    assert shown(read_quantity(text)) == expected


# --- bounds --------------------------------------------------------------------------------

PROBES = tuple(map(Decimal, ("-1000", "0", "1999", "1999.99", "2000", "2000.01", "2001", "9999")))
MEANINGS = {
    "least": lambda probe: probe >= 2000,
    "more": lambda probe: probe > 2000,
    "most": lambda probe: probe <= 2000,
    "fewer": lambda probe: probe < 2000,
    "exactly": lambda probe: probe == 2000,
    "about": lambda probe: 1800 <= probe <= 2200,
}


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [(phrase, kind) for phrase, kind in phrases.kinds(phrases.BEFORE).items() if kind in MEANINGS],
)
def test_a_bound_holds_the_numbers_it_speaks_of(phrase: str, kind: str) -> None:
    for figure in ("2,000", "2 000 people", "2000", "two thousand"):
        space = "" if phrase.endswith("'") else " "
        for words in (phrase, phrase.upper(), phrase.capitalize()):
            interval = read_quantity(f"{words}{space}{figure}").interval()
            for probe in PROBES:
                assert interval.contains(Interval(probe, probe)) == MEANINGS[kind](probe)


WORDS = st.sampled_from([*phrases.kinds(phrases.BEFORE), "some", "wounded", "all of"])
FIGURES = st.one_of(
    decimals().map(spell),
    st.integers(0, 10**7).map("{:,}".format),
    st.sampled_from(["007", "1.50"]),
)


@given(
    st.lists(WORDS, max_size=2).map(" ".join),
    st.lists(FIGURES, min_size=1, max_size=2),
    st.sampled_from(["and", "et", "to"]),
    st.none() | units(),
)
@example("between", ["5", "3"], "and", None)
@example("exactly about", ["5"], "and", None)
@example("from", ["5"], "and", None)
@example("about", ["3", "5"], "and", None)
def test_what_is_read_at_once_is_read_as_everything_is(
    words: str, given_figures: list[str], joined: str, unit: str | None
) -> None:
    """A space at the end is no part of a value, but only the long way sets it aside."""
    text = f"{words} {f' {joined} '.join(given_figures)}".strip()
    assert outcome(text, unit) == outcome(text + " ", unit)


def outcome(text: str, unit: str | None) -> Quantity | tuple[str, str | None]:
    try:
        return read_quantity(text, unit=unit)
    except BadInput as refused:
        return refused.message, refused.hint


@pytest.mark.parametrize(("phrase", "kind"), phrases.kinds(phrases.AFTER).items())
def test_a_bound_may_stand_after_the_number(phrase: str, kind: str) -> None:
    for text in (f"2,000 {phrase}", f"2,000 people {phrase}", f"2,000 {phrase} people"):
        quantity = read_quantity(text)
        assert quantity.unit == ("people" if "people" in text else None)
        for probe in PROBES:
            inside = quantity.interval().contains(Interval(probe, probe))
            assert inside == MEANINGS[kind](probe)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at least 3,428", "[3428, ∞)"),
        ("3,428+", "[3428, ∞)"),
        ("≥3428", "[3428, ∞)"),
        (">= 3428", "[3428, ∞)"),
        ("more than 3,000", "(3000, ∞)"),
        ("plus d'un million", "(1000000, ∞)"),
        ("up to 3,000", "(-∞, 3000]"),
        ("no more than 3,000", "(-∞, 3000]"),
        ("jusqu’à 3 000", "(-∞, 3000]"),
        ("less than 1%", "(-∞, 1) %"),
        ("<200", "(-∞, 200)"),
        # ranges
        ("between 3,000 and 3,500", "[3000, 3500]"),
        ("between 3,000 and 3,500 people", "[3000, 3500] people"),
        ("between 3,000 people and 3,500 people", "[3000, 3500] people"),
        ("from 3,000 to 3,500", "[3000, 3500]"),
        ("3,000 to 3,500", "[3000, 3500]"),
        ("3,000–3,500", "[3000, 3500]"),
        ("3,000-3,500 people", "[3000, 3500] people"),
        ("entre 3 000 et 3 500 morts", "[3000, 3500] morts"),
        ("de 3 000 à 3 500", "[3000, 3500]"),
        ("5 à 10 %", "[5, 10] %"),
        ("-5 to -3", "[-5, -3]"),
        ("-5--3", "[-5, -3]"),
        ("$5–$10", "[5, 10] $"),
        ("two to three weeks", "[2, 3] weeks"),
        ("5 to 5", "[5, 5]"),
        ("more than 3 and fewer than 5", "(3, 5)"),
        ("at least 3 but at most 5 people", "[3, 5] people"),
        ("plus de 3 mais moins de 5", "(3, 5)"),
        # give or take
        ("3,400 ± 100", "[3300, 3500]"),
        ("3,400 +/- 100 people", "[3300, 3500] people"),
        ("3,400 plus or minus 100", "[3300, 3500]"),
        ("3,400 ± 5%", "[3230, 3570]"),
        ("45% ± 2%", "[43, 47] %"),
        # about
        ("about 3,400", "[3400, 3400] about"),
        ("~3,400", "[3400, 3400] about"),
        ("environ 3 400 morts", "[3400, 3400] morts about"),
        ("some 3,400 people", "[3400, 3400] people about"),
        ("nearly 3,400", "[3400, 3400] about"),
        ("près de 3 400", "[3400, 3400] about"),
        ("about 3,000 to 3,500", "[3000, 3500] about"),
        ("between about 3,000 and 3,500", "[3000, 3500] about"),
        ("between 3,000 and about 3,500", "[3000, 3500] about"),
        ("at least about 3,400", "[3400, ∞) about"),
        ("plus d'une centaine de morts", "(100, ∞) morts about"),
        ("exactly 3,400", "[3400, 3400]"),
    ],
)
def test_bounds_ranges_and_abouts(text: str, expected: str) -> None:
    assert shown(read_quantity(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "between 3,000",
        "from 3,000",
        "between 3,500 and 3,000",
        "3,500-3,000",
        "at least 3,428 or more",
        "between 3 and 5 or more",
        "more than 3 and fewer than 3",
        "more than 5 and fewer than 3",
        "at least",
        "exactly about 5",
        "fewer than dozens",
        "45 ± 2 %",
        "5.3 million ± 0.1",
        "3,400 ± -5",
        "3,400 ±",
        "$5 to €10",
        "5 more attacks",
        "3,428 or 3,500 people",
        "12 attacks at least once",
        "5 million million million",
        "12:30",
        "1/2",
        "4 July",
        "2 mars",
        "50-year plan",
        "3,428.",
        "5 (of 12)",
        "people",
        "UN peacekeepers",
        "5 billions de dollars",
        "environ 5 trillions",
        "five six",
        "12 " + "very " * 7 + "long",
    ],
)
def test_half_a_sentence_is_no_quantity(text: str) -> None:
    refusal(text)


@given(decimals(), decimals())
def test_ranges_hold_their_ends_and_no_other(one: Decimal, other: Decimal) -> None:
    lower, upper = sorted((one, other))
    for text in (f"between {lower:,f} and {upper:,f}", f"from {lower:f} to {upper:f}"):
        assert attributes(read_quantity(text)) == (lower, upper, False, False)
    width = exact(upper, "-", lower)
    around = Interval(exact(lower, "-", width), upper)
    assert read_quantity(f"{lower:,f} ± {width:f}").interval() == around


# --- rounding ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5.3 million", "[5250000, 5350000] rounded"),
        ("5.30 million", "[5295000, 5305000] rounded"),
        ("5 million people", "[4500000, 5500000] people rounded"),
        ("five million", "[4500000, 5500000] rounded"),
        ("5,3 millions", "[5250000, 5350000] rounded"),
        ("5,3 millions de personnes", "[5250000, 5350000] personnes rounded"),
        ("1,5 million d'euros", "[1450000, 1550000] euros rounded"),
        ("12,25 milliards", "[12245000000, 12255000000] rounded"),
        ("$1.923 billion", "[1922500000, 1923500000] $ rounded"),
        ("2 thousand", "[1500, 2500] rounded"),
        ("12k", "[11500, 12500] rounded"),
        ("$5m", "[4500000, 5500000] $ rounded"),
        ("£3bn", "[2500000000, 3500000000] £ rounded"),
        ("5 billion UN dollars", "[4500000000, 5500000000] UN dollars rounded"),
        ("3 lakh", "[250000, 350000] rounded"),
        ("-5.3 million", "[-5350000, -5250000] rounded"),
        # with a bound, an about or an exactly, the number stated counts
        ("at least 5.3 million", "[5300000, ∞)"),
        ("more than 5 million people", "(5000000, ∞) people"),
        ("about 5.3 million", "[5300000, 5300000] about"),
        ("exactly 5 million", "[5000000, 5000000]"),
        # a scale at the end of a range is the scale of both numbers, where that makes sense
        ("between 3 and 5 million", "[3000000, 5000000]"),
        ("3–5 million", "[3000000, 5000000]"),
        ("between 900,000 and 1.2 million", "[900000, 1200000]"),
        ("3 million to 5 million", "[3000000, 5000000]"),
        ("5.3 ± 0.1 million", "[5200000, 5400000]"),
        ("5.3 million ± 0.1 million", "[5200000, 5400000]"),
        # five metres, no five million
        ("5 m", "[5, 5] m"),
    ],
)
def test_scaled_numbers_are_rounded_in_their_last_digit(text: str, expected: str) -> None:
    assert shown(read_quantity(text)) == expected


@given(
    st.decimals(-(10**15), 10**15, allow_nan=False, places=3),
    st.sampled_from([("thousand", 3), ("million", 6), ("billion", 9), ("milliards", 9)]),
    st.integers(0, 5),
)
def test_whatever_rounds_to_the_number_stated_lies_in_its_interval(
    exact: Decimal, scale: tuple[str, int], places: int
) -> None:
    word, power = scale
    stated = (exact / 10**power).quantize(Decimal(10) ** -places, ROUND_HALF_EVEN)
    quantity = read_quantity(f"{stated:f} {word}")
    assert quantity.interval().contains(Interval(exact, exact))
    assert quantity.approx == "rounded"


# --- units and locales ---------------------------------------------------------------------


def test_the_unit_given_stands_where_the_text_names_none() -> None:
    assert read_quantity("3428", unit="people").unit == "people"
    assert read_quantity("at least 3,428", unit="people").unit == "people"
    assert read_quantity("at least 3,428 People", unit="people").unit == "people"
    assert read_quantity("12 per cent", unit="%").unit == "%"
    assert read_quantity("12", unit="percent").unit == "%"
    assert "'deaths'" in refusal("3,428 deaths", unit="people").message


@pytest.mark.parametrize("unit", ["million", "5", "or more", "dozen", "to 5", "", "a;b", "%%"])
def test_what_would_change_the_number_is_no_unit(unit: str) -> None:
    refusal("5", unit=unit)


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("3,42", "fr", "[3.42, 3.42]"),
        ("3 428,5", "fr_FR", "[3428.5, 3428.5]"),
        ("3\u202f428,5 morts", "fr-FR", "[3428.5, 3428.5] morts"),
        ("3,428", "fr", "[3.428, 3.428]"),
        ("12.5", "fr", "[12.5, 12.5]"),
        ("5,3 millions", "fr", "[5250000, 5350000] rounded"),
        ("3.428", "de", "[3428, 3428]"),
        ("3.428,5", "de", "[3428.5, 3428.5]"),
        ("3’428.5", "de_CH", "[3428.5, 3428.5]"),
        ("1,23,456", "en_IN", "[123456, 123456]"),
        ("3,428", "en", "[3428, 3428]"),
        ("3428", "de", "[3428, 3428]"),
    ],
)
def test_a_locale_reads_by_its_own_rules(text: str, locale: str, expected: str) -> None:
    assert shown(read_quantity(text, locale=locale)) == expected


@pytest.mark.parametrize(
    ("text", "locale", "hint"),
    [
        ("3.428", "fr", "Write 3,428, or 3428 if it groups"),
        ("3.42", "de", "Write 3,42, or 342 if it groups"),
        ("12.5", "de", "Write 12,5"),
        ("3,42", "en", "Write 3.42"),
        ("3,428,5", "fr", "Write 3428,5, or 34285 if it groups the digits"),
        ("3,42", "xx", "Write a language such as fr"),
        ("3,42", "", "Write a language such as fr"),
        ("3,42", "../fr", "Write a language such as fr"),
    ],
)
def test_a_locale_does_not_guess_either(text: str, locale: str, hint: str) -> None:
    assert hint in refusal(text, locale=locale).hint


@given(
    st.decimals(-(10**9), 10**9, allow_nan=False, places=2),
    st.sampled_from(["fr", "de", "de_CH", "en", "en_IN", "es", "it", "pt_PT", "pl", "sv"]),
)
def test_what_a_locale_writes_it_reads(number: Decimal, locale: str) -> None:
    written = format_decimal(number, locale=locale, decimal_quantization=False)
    quantity = read_quantity(written, locale=locale)
    assert (quantity.lower, quantity.upper) == (number, number)


# --- writing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3428", "3,428"),
        ("au moins 3 428 morts", "at least 3,428 morts"),
        ("plus de 3 000", "more than 3,000"),
        ("jusqu'à 3 000", "at most 3,000"),
        ("moins de 1 %", "less than 1%"),
        ("entre 3 000 et 3 500 morts", "between 3,000 and 3,500 morts"),
        ("3,400 ± 100", "between 3,300 and 3,500"),
        ("environ 3 400", "about 3,400"),
        ("about 3,000–3,500", "about 3,000 to 3,500"),
        ("5,3 millions de personnes", "5.3 million personnes"),
        ("5.30 million", "5.30 million"),
        ("5 milliards d'habitants de la Terre", "5 milliard habitants de la Terre"),
        ("$1.923 billion", "$1.923 billion"),
        ("at least 5.3 million", "at least 5,300,000"),
        ("dozens of people", "dozens of people"),
        ("plusieurs centaines de morts", "hundreds of morts"),
        ("des dizaines de milliers", "tens of thousands"),
        ("plusieurs", "several"),
        ("12,5 millions", "12.5 million"),
        ("more than 3 and fewer than 5", "more than 3 and less than 5"),
        ("aucun mort", "0 mort"),
    ],
)
def test_a_quantity_is_shown_as_it_was_understood(text: str, words: str) -> None:
    assert write_quantity(read_quantity(text)) == words


@given(quantities())
def test_written_words_read_as_the_same_quantity(quantity: Quantity) -> None:
    assert reading(read_quantity(write_quantity(quantity))) == reading(quantity)
    assert read_quantity(quantity.stated) == quantity


def test_what_the_grammar_cannot_say_is_shown_as_it_was_stated() -> None:
    assert write_quantity(Quantity("some say none")) == "some say none"
    odd = Quantity("5ish", Decimal(4), Decimal(7), unit="people", approx="rounded")
    assert write_quantity(odd) == "5ish people"
    vague = Quantity("umpteen people", Decimal(17), unit="people", approx="vague")
    assert write_quantity(vague) == "umpteen people"


# --- values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("3428", Quantity),
        ("2026", Quantity),
        ("at least 3,428", Quantity),
        ("at least 3,428 people", Quantity),
        ("12 people", Quantity),
        ("12 MW", Quantity),
        ("100km", Quantity),
        ("1500%", Quantity),
        ("dozens of protesters", Quantity),
        ("several people", Quantity),
        ("twelve", Quantity),
        ("five million people", Quantity),
        ("2026-02", Day),
        ("2026-02-06", Day),
        ("2026-02-06T08:30:15Z", Day),
        ("2026-02-06/2026-02-08", Day),
        ("2026/..", Day),
        ("../2026", Day),
        ("2026?", Day),
        ("201X", Day),
        ("2026-21", Day),
        ("yes", Truth),
        ("Non", Truth),
        ("no", Truth),
        ("Oman", Text),
        ("UN", Text),
        ("one Iran policy", Text),
        ("no enrichment", Text),
        ("some concessions", Text),
        ("twelve apostles", Text),
        ("Four Seasons", Text),
        ("5G network", Text),
        ("3d printing", Text),
        ("10 Downing Street", Text),
        ("50-year plan", Text),
        ("3 people were killed in Tehran", Text),
        ("talks postponed from 6 February 2026", Text),
        ("May", Text),
        ("more than half", Text),
        ("64 11 N, 51 45 W", Text),
        ("—", Text),
    ],
)
def test_without_a_type_a_value_is_what_it_most_plainly_is(text: str, kind: type) -> None:
    assert type(read_value(text)) is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3,42",
        "3,42 people",
        "3.428.000",
        "12e5",
        "NaN",
        "-inf",
        "∞",
        "45 ± 2 %",
        "1/2",
        "12:30",
        "2026-13",
        "2026-02-30",
        "2026/02/06",
        "06/02/2026",
        "6 février 2026",
        "Feb 6, 2026",
        "4 July",
        "2027-01/2026-01",
        "6/2/26",
        "tab\tbed",
        "x" * 2001,
    ],
)
def test_without_a_type_what_is_ambiguous_or_broken_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_value(text)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "value_type", "expected"),
    [
        ("2026", "quantity", Quantity("2026", Decimal(2026), Decimal(2026))),
        ("no deaths", "quantity", Quantity("no deaths", Decimal(0), Decimal(0), unit="deaths")),
        ("2026", "day", Day("2026", 1_767_225_600, 1_798_761_599)),
        ("2026", "text", Text("2026")),
        (" Jose\u0301 ", "entity", Entity("Jos\u00e9")),
        (" Jose\u0301 ", "text", Text("Jose\u0301")),
        ("yes", "entity", Entity("yes")),
        ("true", "truth", Truth("true", True)),
        ("OUI", "truth", Truth("OUI", True)),
        ("faux", "truth", Truth("faux", False)),
    ],
)
def test_with_a_type_a_value_is_read_as_it(
    text: str, value_type: ValueType, expected: object
) -> None:
    assert read_value(text, value_type) == expected


@pytest.mark.parametrize(
    ("text", "value_type"),
    [("Oman", "quantity"), ("Oman", "day"), ("34285", "day"), ("maybe", "truth"), ("", "entity"),
     ("x" * 501, "entity"), ("\x1b[31m", "text"), (" ", "text")],
)  # fmt: skip
def test_with_a_type_anything_else_is_refused(text: str, value_type: ValueType) -> None:
    with pytest.raises(BadInput) as refused:
        read_value(text, value_type)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "items", "closed"),
    [
        ("Oman", ["Oman"], False),
        ("Oman; Qatar", ["Oman", "Qatar"], False),
        ("Oman ;Qatar;", ["Oman", "Qatar"], False),
        ("only Oman; Qatar", ["Oman", "Qatar"], True),
        ("Only: Oman", ["Oman"], True),
        ("uniquement le nucléaire", ["le nucléaire"], True),
        ("exclusivement\u00a0: Oman", ["Oman"], True),
        ("seulement Oman", ["Oman"], True),
        ("exclusively Oman; Qatar", ["Oman", "Qatar"], True),
        ("Onlyville", ["Onlyville"], False),
    ],
)
def test_a_multi_valued_predicate_takes_a_list(text: str, items: list[str], closed: bool) -> None:
    expected = Several(text, tuple(map(Entity, items)), closed)
    assert read_value(text, "entity", multi_valued=True) == expected


@pytest.mark.parametrize("text", ["", ";", "only", "Oman;;Qatar", "; Oman", "only ;", "a;" * 6000])
def test_a_list_with_nothing_in_it_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_value(text, "entity", multi_valued=True)


def test_an_empty_item_is_named_by_its_place() -> None:
    with pytest.raises(BadInput, match="item 2 of the list is empty"):
        read_value("Oman;;Qatar", multi_valued=True)


def test_a_list_of_quantities_or_days_is_read_item_by_item() -> None:
    several = read_value("at least 5; 12", "quantity", multi_valued=True, unit="people")
    assert isinstance(several, Several)
    assert [item.stated for item in several.items] == ["at least 5", "12"]
    assert {item.unit for item in several.items if isinstance(item, Quantity)} == {"people"}
    assert isinstance(read_value("3428", multi_valued=True), Several)
    with pytest.raises(BadInput):
        read_value("2026-02-06; yesterday", "day", multi_valued=True)


@given(st.lists(names(), min_size=1, max_size=5), st.booleans())
def test_a_list_is_its_names_in_their_order(drawn: list[str], closed: bool) -> None:
    text = ("only " if closed else "") + "; ".join(drawn)
    several = read_value(text, "entity", multi_valued=True)
    assert several == Several(text, tuple(map(Entity, drawn)), closed)


# --- whatever comes ------------------------------------------------------------------------

VOCABULARY = [
    *phrases.kinds(phrases.BEFORE), *phrases.kinds(phrases.AFTER), *phrases.COUNTING_NOUNS,
    *phrases.INDEFINITES, *phrases.NONE, *SCALES, "and", "et", "to", "à", "de", "d'", "of", "-",
    "±", "+/-", "%", "$", "€", "per cent", "people", "km/h", "un", "deux", "cent", "quatre-vingt",
    "hundred", "3", "0", "12", "3,428", "3 428", "5.3", "900,000", "3,42", ".5", "-5", "5k", "2e5",
    "(2019 est.)", "/", ":", ";", "²", "½", "∞", "nan", "2026-02-06", "6 février 2026", "yes",
]  # fmt: skip

phrases_at_random = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=7).flatmap(
    lambda words: st.sampled_from([" ", " ", "", "\u202f"]).map(lambda space: space.join(words))
)
texts = st.one_of(phrases_at_random, printable(320), st.text(max_size=40))


@given(texts, st.sampled_from([None, "fr", "de", "en"]))
@example("1" + " 111" * 74, None)
@example("at least " * 33, None)
@example("3" + " " * 296 + "3", "fr")
@example("a" * 300, None)
@example("3 " + "and " * 70, None)
def test_any_text_is_a_quantity_that_can_be_shown_or_is_refused(
    text: str, locale: str | None
) -> None:
    try:
        quantity = read_quantity(text, locale=locale)
    except BadInput as refused:
        said = (refused.message, refused.hint)
        assert all(said), said
        return
    assert quantity.stated == text.strip()
    if quantity.lower is not None and quantity.upper is not None:
        assert quantity.lower <= quantity.upper
    assert quantity.lower is not None or quantity.upper is not None
    assert reading(read_quantity(write_quantity(quantity))) == reading(quantity)


@given(texts, st.sampled_from([None, *VALUE_TYPES]), st.booleans())
def test_any_text_is_a_value_or_is_refused(
    text: str, value_type: ValueType | None, multi_valued: bool
) -> None:
    try:
        value = read_value(text, value_type, multi_valued=multi_valued)
    except BadInput as refused:
        said = (refused.message, refused.hint)
        assert all(said), said
        return
    assert isinstance(value, Several) == multi_valued
    items = value.items if isinstance(value, Several) else (value,)
    kinds = dict(zip(VALUE_TYPES, (Quantity, Day, Entity, Text, Truth), strict=True))
    assert items
    assert value_type is None or {type(item) for item in items} == {kinds[value_type]}


def test_a_phrase_is_found_before_the_phrases_it_contains() -> None:
    """*no more than* says at most; *more than* says more."""
    for phrase, kind in phrases.kinds(phrases.BEFORE).items():
        bound, about, end = phrases.head(f"{phrase} 5", 0)
        assert (bound, about) == ((None, True) if kind == "about" else (kind, False))
        assert end >= len(phrase)


def test_the_reading_has_a_version() -> None:
    assert READING_VERSION == 1


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("None", "Write 0"),
        ("none", "Write 0"),
        ("0x10", "Write the digits"),
        ("5M", "Write 5 million"),
        ("5m", "Write 5 million, or 5 m for metres"),
        ("5 mln", "Write 5 million"),
        ("5 Mio.", "Write 5 million"),
        ("5 Mrd", "Write 5 milliard"),
        ("5 K", "Write 5 thousand, or 5 kelvin"),
        ("1,000,00", "Write 1000.00, or 100000"),
        ("5..6", "Write 5.6, or 5 to 6 for a range"),
    ],
)
@pytest.mark.parametrize("value_type", ["quantity", None])
def test_what_looks_like_a_number_of_another_size_is_refused(
    text: str, hint: str, value_type: ValueType | None
) -> None:
    with pytest.raises(BadInput) as caught:
        read_value(text, value_type)
    assert hint in f"{caught.value}"
