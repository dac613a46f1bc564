"""A quantity → English words that read as the same quantity.

The words come from the reading, not from what was typed, so that a person can check how a
value was understood: ``5,3 millions`` is shown as ``5.3 million``, ``au moins 3 428`` as ``at
least 3,428``. :func:`ledger.quantities.read_quantity` reads them back to the same interval,
unit and approximation.
"""

from decimal import Decimal

from ledger.decimals import exact, spell
from ledger.names import fold
from ledger.phrases import COUNTING_NOUNS, CURRENCIES, is_french
from ledger.values import Quantity

_SCALES = ((12, "trillion"), (9, "billion"), (6, "million"), (3, "thousand"))
_FRENCH_SCALES = ((12, "thousand milliard"), (9, "milliard"), *_SCALES[2:])
_LONGER = tuple((12 + power, f"{name} trillion") for power, name in _SCALES)


def write_quantity(quantity: Quantity) -> str:
    """Return ``quantity`` in words, such as ``at least 3,428 people``.

    What the grammar could not have read (no bound at all, a width no rounding gives) is
    given as it was stated.
    """
    if quantity.approx == "rounded":
        words = _rounded(quantity)
    elif quantity.approx == "vague":
        words = _vague(quantity)
    else:
        words = _bounds(quantity)
    if words is not None:
        return words
    unit = quantity.unit
    if unit is None or fold(unit) in fold(quantity.stated):
        return quantity.stated
    return f"{quantity.stated} {unit}"


def _bounds(quantity: Quantity) -> str | None:
    lower, upper = quantity.lower, quantity.upper
    about = "about " if quantity.approx == "about" else ""
    at_least = "more than " if quantity.lower_open else "at least "
    at_most = "less than " if quantity.upper_open else "at most "
    if lower is None and upper is None:
        return None
    if upper is None:
        assert lower is not None
        return f"{at_least}{about}{_last(lower, quantity.unit)}"
    last = _last(upper, quantity.unit)
    if lower is None:
        return f"{at_most}{about}{last}"
    first = _sign(quantity.unit) + _grouped(lower)
    if quantity.lower_open or quantity.upper_open:
        return f"{at_least}{about}{first} and {at_most}{last}"
    if lower == upper:
        return about + last
    return f"about {first} to {last}" if about else f"between {first} and {last}"


def _rounded(quantity: Quantity) -> str | None:
    """Return the scaled number whose last digit spans the interval: 5.3 million."""
    if quantity.lower is None or quantity.upper is None:
        return None
    width = exact(quantity.upper, "-", quantity.lower)
    if width <= 0 or width != Decimal(10) ** width.adjusted():
        return None
    centre = exact(exact(quantity.lower, "+", quantity.upper), "*", Decimal("0.5"))
    step = width.adjusted()
    scales = _FRENCH_SCALES if is_french(quantity.unit or "") else (*_LONGER, *_SCALES)
    fitting = [(power, name) for power, name in scales if power >= step]
    for power, name in [
        scale for scale in fitting if centre.copy_abs() >= 10 ** scale[0]
    ] + fitting[-1:]:
        scaled = exact(centre, "*", Decimal(10) ** -power)
        figure = f"{scaled:.{power - step}f}"
        if Decimal(figure) == scaled:
            return _with_unit(f"{figure} {name}", quantity.unit)
    return None


def _vague(quantity: Quantity) -> str | None:
    """Return the vague words that set the lower bound: dozens of people."""
    if quantity.lower is None or quantity.upper is not None:
        return None
    words = {Decimal(1): "some", Decimal(2): "several"}
    for power, many in ((0, ""), *((power, f" of {name}s") for power, name in reversed(_SCALES))):
        for noun, size in COUNTING_NOUNS.items():
            words.setdefault(Decimal(2 * size * 10**power), f"{noun}s{many}")
    word = words.get(quantity.lower)
    if word is None:
        return None
    bound = "more than " if quantity.lower_open else ""
    of = "" if quantity.lower <= 2 else "of "
    return f"{bound}{word} {of}{quantity.unit}" if quantity.unit else f"{bound}{word}"


def _grouped(number: Decimal) -> str:
    return f"{Decimal(spell(number)):,f}"


def _last(number: Decimal, unit: str | None) -> str:
    return _with_unit(_grouped(number), unit)


def _sign(unit: str | None) -> str:
    """Return the currency sign that ``unit`` begins with, which stands before the number."""
    sign = unit.split()[0] if unit else ""
    return sign if sign and sign in CURRENCIES else ""


def _with_unit(figure: str, unit: str | None) -> str:
    if unit is None:
        return figure
    sign = _sign(unit)
    if sign:
        return sign + figure + unit.removeprefix(sign)
    return figure + unit if unit.startswith("%") else f"{figure} {unit}"
