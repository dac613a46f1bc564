"""Numbers are exact: one spelling each, and a text that sorts as they do; never a float."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import decimals

from ledger.decimals import MAX_DIGITS, checked, exact, mirrored, sort_key, spell
from ledger.errors import BadInput

NUMBERS = st.one_of(
    decimals(),
    st.decimals(-(10**40), 10**40, allow_nan=False, allow_infinity=False, places=19),
    st.builds(
        lambda sign, digits, exponent: Decimal((sign, tuple(digits), exponent)),
        st.integers(0, 1),
        st.lists(st.integers(0, 9), min_size=1, max_size=30),
        st.integers(-29, 29),
    ),
)


@given(NUMBERS)
def test_a_number_has_one_spelling(number: Decimal) -> None:
    """However many zeros it was written with."""
    text = spell(number)
    assert Decimal(text) == number
    assert "E" not in text
    assert not text.startswith("+")
    with localcontext() as context:
        context.prec = 200
        for other in (number.normalize(), number * Decimal("1.000"), Decimal(text)):
            assert spell(other) == text


@given(NUMBERS, NUMBERS)
def test_two_numbers_share_a_spelling_if_they_are_equal(one: Decimal, other: Decimal) -> None:
    assert (spell(one) == spell(other)) == (one == other)


@pytest.mark.parametrize(
    ("written", "spelled"),
    [("-0", "0"), ("-0.00", "0"), ("5.30E+6", "5300000"), ("0.50", "0.5"), ("-1E-3", "-0.001")],
)
def test_the_spelling_has_no_exponent_and_no_idle_zeros(written: str, spelled: str) -> None:
    assert spell(Decimal(written)) == spelled


@given(NUMBERS, NUMBERS)
@example(Decimal("9007199254740993"), Decimal("9007199254740992"))
@example(Decimal("0.1"), Decimal(10**40))
@example(Decimal("-12"), Decimal("-1.2"))
@example(Decimal("-1.2"), Decimal("-1.25"))
@example(Decimal("1E+2"), Decimal("100.0"))
def test_sort_keys_sort_as_the_numbers_do(one: Decimal, other: Decimal) -> None:
    left, right = (sort_key(number).encode() for number in (one, other))
    assert (left < right) == (one < other)
    assert (left == right) == (one == other)


@given(NUMBERS)
def test_infinities_lie_beyond_every_sort_key(number: Decimal) -> None:
    """The views write an end that is open to infinity as ``''`` or ``'~'``."""
    assert "" < sort_key(number) < "~"


@given(NUMBERS)
def test_the_mirrored_key_is_that_of_the_negative(number: Decimal) -> None:
    assert mirrored(sort_key(number)) == sort_key(number.copy_negate())
    assert mirrored(mirrored(sort_key(number))) == sort_key(number)


@given(NUMBERS, st.sampled_from("+-*"), NUMBERS)
def test_arithmetic_loses_nothing(one: Decimal, operation: str, other: Decimal) -> None:
    a, b = Fraction(one), Fraction(other)
    expected = a + b if operation == "+" else a - b if operation == "-" else a * b
    assert Fraction(exact(one, operation, other)) == expected


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a figure"):
        checked(Decimal(text))


@pytest.mark.parametrize("text", ["1E+60", "1E-60", "1E999999", "-1E-999999", "1." + "0" * 60])
def test_more_digits_than_a_figure_has_are_refused(text: str) -> None:
    number = Decimal(text)
    with pytest.raises(BadInput, match=f"{MAX_DIGITS} digits"):
        checked(number)


@pytest.mark.parametrize("text", ["0", "1E+59", "1E-59", "-" + "9" * 60, "0." + "0" * 58 + "1"])
def test_up_to_sixty_digits_are_kept(text: str) -> None:
    number = Decimal(text)
    assert checked(number) is number
