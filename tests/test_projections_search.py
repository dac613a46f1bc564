"""Searching: what a person asks for, as terms, and the claims that hold all of them."""

import random
import re
import unicodedata
from decimal import Decimal

import pytest
from histories import new_ledger
from hypothesis import given
from hypothesis import strategies as st
from projected import Projection

from ledger.dates import read_day
from ledger.errors import BadInput
from ledger.events import Claim, ClaimAsserted, PredicateDefined
from ledger.grammar import read_value
from ledger.log import Ledger
from ledger.names import fold
from ledger.values import Quantity, Text, Value
from projections import search as searching
from projections.asking import about
from projections.held import span_of
from projections.search import search
from projections.terms import read_terms


def claim(
    subject: str = "protests", predicate: str = "deaths", value: str = "5", **more: object
) -> Claim:
    """Return a claim of which only what matters is said."""
    fields: dict[str, object] = {"claimant": "Ann", "published": read_day("2026-02-06"), **more}
    return Claim(subject=subject, predicate=predicate, value=read_value(value), **fields)  # type: ignore[arg-type]


def ledger_of(*claims: Claim) -> Ledger:
    ledger = new_ledger()
    ledger.append([ClaimAsserted(claim=one) for one in claims], "desk")
    return ledger


def found(ledger: Ledger, asked: str, limit: int | None = None) -> list[int]:
    """Return the positions of what is found."""
    projection = Projection(ledger.store, ledger.size())
    try:
        return search(projection.connection, read_terms(asked), limit)
    finally:
        projection.close()


# What is asked for


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("3428", "3428"),
        ("3,428", "3428"),
        ("3 428", "3428"),
        ("3\u202f428", "3428"),
        ("at least 3,428", "3428"),
        ("au moins 3 428", "3428"),
        ("3,428 or more", "3428"),
        ("3.5", "3.5"),
        ("5.3 million", "5300000"),
        ("$5 billion", "5000000000"),
        ("-40", "-40"),
        ("≥ 5", "5"),
    ],
)
def test_a_number_is_one_term_however_it_is_written(asked: str, number: str) -> None:
    [term] = read_terms(asked)
    assert term.number == Decimal(number)


def test_a_range_is_two_numbers() -> None:
    assert [term.number for term in read_terms("between 3,000 and 3,500")] == [3000, 3500]
    assert [term.number for term in read_terms("3000-3500")] == [3000, 3500]


def test_digits_that_make_no_one_number_are_several() -> None:
    assert [term.number for term in read_terms("2026 3428 300 5")] == [2026, 3428, 300, 5]


def test_what_only_begins_with_a_digit_is_a_word() -> None:
    assert [term.number for term in read_terms("12-day 5G 3rd A4")] == [None] * 4


@pytest.mark.parametrize("asked", ["", "  ", "–", '""', "?!"])
def test_a_question_without_a_word_is_refused(asked: str) -> None:
    with pytest.raises(BadInput, match="no word to search for"):
        read_terms(asked)


def test_a_question_of_too_many_words_is_refused() -> None:
    with pytest.raises(BadInput, match="at most 16"):
        read_terms(" ".join(f"word{chr(97 + at)}" for at in range(17)))


@given(st.text(max_size=40))
def test_any_text_is_a_question_that_can_be_asked_or_is_refused(asked: str) -> None:
    try:
        read_terms(asked)
    except BadInput:
        return
    assert found(ledger_of(claim()), asked) in ([], [0])


# What is found


@pytest.mark.parametrize(
    "stated",
    [
        "3,428",
        "3428",
        "at least 3,428",
        "au moins 3 428",
        "more than 3,428",
        "at most 3,428",
        "between 3,000 and 3,428",
        "about 3,428",
        "at least about 3,428",
        "3.428 thousand",
        "3,428 people",
    ],
)
def test_a_number_is_found_as_a_value_and_as_a_bound(stated: str) -> None:
    assert found(ledger_of(claim(value="77"), claim(value=stated)), "3428") == [1]


@pytest.mark.parametrize("stated", ["3,429", "between 3,000 and 4,000", "about 3,809", "34280"])
def test_a_number_is_not_found_where_it_is_only_possible(stated: str) -> None:
    assert found(ledger_of(claim(value=stated)), "3428") == []


def test_the_width_of_an_about_is_no_number_that_was_stated() -> None:
    assert found(ledger_of(claim(value="about 100")), "90") == []
    assert found(ledger_of(claim(value="dozens")), "24") == []


@pytest.mark.parametrize(
    "asked",
    [
        "protests",
        "PROTEST",
        "iran deaths",
        '"Iran protests"',
        "human rights",
        "manifestants",
        "Télé tele",
        "outlet",
        "at least 3,428 people",
        "3428 gens",
        "décès deces",
        "Tehran",
        "place",
        "2026-01",
    ],
)
def test_a_claim_is_found_by_any_word_of_it(asked: str) -> None:
    whole = claim(
        "Iran protests",
        value="at least 3,428 people",
        claimant="Iran Human Rights",
        via=("outlet of 003", "Télé-Matin"),
        scope={"place": "Tehran"},
        as_of=read_day("2026-01"),
        wording="3 428 décès de manifestants, 3 428 gens",
    )
    assert found(ledger_of(claim("floods"), whole), asked) == [1]


def test_every_word_must_be_there() -> None:
    assert found(ledger_of(claim("Iran protests")), "iran floods") == []
    assert found(ledger_of(claim("Iran protests")), '"protests Iran"') == []


def test_a_unit_is_a_word_beside_a_number_only() -> None:
    ledger = ledger_of(claim(value="5 people"), claim(value="5 tonnes"))
    assert found(ledger, "5 tonnes") == [1]
    assert found(ledger, "tonnes") == []


def test_the_unit_of_the_definition_counts_too() -> None:
    ledger = new_ledger()
    ledger.append(
        [
            PredicateDefined(name="deaths", value_type="quantity", unit="people"),
            ClaimAsserted(claim=claim()),
        ],
        "desk",
    )
    assert found(ledger, "5 people") == [1]


def test_a_date_is_found_as_a_value_and_as_the_time_a_value_is_about() -> None:
    ledger = ledger_of(
        claim(predicate="date", value="2026-02-06", as_of=read_day("2025")),
        claim(as_of=read_day("2026-02-06")),
        claim(as_of=read_day("2026-02-07")),
    )
    assert found(ledger, "2026-02-06") == [1, 0]


def test_the_newest_come_first_and_no_more_than_asked_for() -> None:
    ledger = ledger_of(*(claim(value=str(number)) for number in range(10)))
    assert found(ledger, "deaths", 3) == [9, 8, 7]


def test_about_narrows_to_a_time_except_for_what_does_not_change() -> None:
    ledger = new_ledger()
    ledger.append(
        [
            PredicateDefined(name="born", value_type="day", over_time="constant"),
            ClaimAsserted(claim=claim("Ben", "born", "1970-05", as_of=read_day("2026"))),
            ClaimAsserted(claim=claim("Ben", "age", "55", as_of=read_day("2025-12-31"))),
            ClaimAsserted(claim=claim("Ben", "age", "56", as_of=read_day("2026-06"))),
        ],
        "desk",
    )
    projection = Projection(ledger.store, ledger.size())
    span = span_of(read_day("2025-06/2025-12"))
    assert search(projection.connection, read_terms("ben"), None, about(span)) == [2, 1]


# Against looking at every claim

WORDS = ("iran", "Iranian", "oman", "red", "crescent", "toll", "al-Busaidi", "Téhéran", "2026")
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
NUMBERS = ("5", "at least 5", "at most 40", "about 40", "more than 40", "1.1 thousand", "1100")
VALUES = st.sampled_from(NUMBERS).map(read_value) | NAMES.map(Text)
CLAIMS = st.builds(
    Claim,
    subject=NAMES,
    predicate=NAMES,
    value=VALUES,
    claimant=NAMES,
    published=st.just(read_day("2026-02-06")),
    via=st.lists(NAMES, max_size=2).map(tuple),
    scope=st.dictionaries(st.sampled_from(("place", "red")), NAMES, max_size=1),
    wording=st.none() | st.none() | NAMES,
)
QUESTIONS = st.lists(
    st.sampled_from((*WORDS, "ira", "TEHER", "busaidi", '"red crescent"', "5", "40", "1,100")),
    min_size=1,
    max_size=4,
).map(" ".join)


def tokens(text: str) -> list[str]:
    """Return the words of a text without case and accents."""
    bare = unicodedata.normalize("NFD", fold(text))
    return re.findall(r"[^\W_]+", "".join(c for c in bare if not unicodedata.combining(c)))


def in_text(asked: str, text: str, *, whole: bool = False) -> bool:
    """Whether a word, or a phrase in quotation marks, stands in a text, or only begins there."""
    wanted, there = tokens(asked), tokens(text)
    runs = [there[at : at + len(wanted)] for at in range(len(there) - len(wanted) + 1)]
    if whole or asked[0] == '"' or not asked[-1].isalpha():
        return wanted in runs
    return any(run[:-1] == wanted[:-1] and run[-1].startswith(wanted[-1]) for run in runs)


def states(value: Value, number: Decimal) -> bool:
    """Whether an amount states a number, as it was typed."""
    if not isinstance(value, Quantity):
        return False
    if value.approx == "rounded":
        assert value.lower is not None
        assert value.upper is not None
        return (value.lower + value.upper) / 2 == number
    return number in (value.lower, value.upper)


def holds(one: Claim, asked: list[str]) -> bool:
    """Whether every term stands somewhere in the claim: a dozen obvious lines."""
    names = [one.subject, one.predicate, one.claimant, "; ".join(one.via)]
    names += [text for pair in one.scope.items() for text in pair]
    if not isinstance(one.value, Quantity):
        names.append(one.value.stated)
    numbers = {"5": Decimal(5), "40": Decimal(40), "1,100": Decimal(1100), "2026": Decimal(2026)}

    def here(term: str) -> bool:
        spellings = {term, term.replace(",", "")}
        return any(in_text(spelling, name) for spelling in spellings for name in names) or (
            term in numbers and states(one.value, numbers[term])
        )

    if all(here(term) for term in asked):
        return True
    parts = [one.wording or "", one.subject, one.predicate, one.value.stated, one.claimant]
    parts += ["2026-02-06", *one.via, *(text for pair in one.scope.items() for text in pair)]
    wording = " ".join(parts)
    return one.wording is not None and all(
        any(in_text(spelling, wording, whole=True) for spelling in (term, term.replace(",", "")))
        for term in asked
    )


@given(
    st.lists(CLAIMS, min_size=1, max_size=12, unique_by=repr),
    QUESTIONS,
    st.sampled_from((1, 2, 20_000)),
    st.integers(0, 2**32),
)
def test_search_finds_what_looking_at_every_claim_finds(
    claims: list[Claim], asked: str, few: int, seed: int
) -> None:
    """Whichever index is taken: of few claims, of many, or none."""
    ledger = ledger_of(*claims)
    terms = re.findall(r'"[^"]*"|\S+', asked)
    expected = [at for at, one in enumerate(claims) if holds(one, terms)][::-1]
    limit = random.Random(seed).choice((None, 1, 3))
    before = searching.FEW
    searching.FEW = few
    try:
        assert found(ledger, asked, limit) == expected[:limit]
    finally:
        searching.FEW = before
