"""``at least 3,428 people`` → an interval with a unit.

==========================================  ====================  ===========
stated                                      reading               approx
==========================================  ====================  ===========
``at least 3,428``, ``3,428 or more``       [3428, ∞)
``more than 3,000``, ``plus de 3 000``      (3000, ∞)
``between 3,000 and 3,500``, ``3-5``        [3000, 3500], [3, 5]
``3,400 ± 100``, ``3,400 ± 5 %``            [3300, 3500], [3230, 3570]
``about 3,400``, ``environ 3 400``          [3400, 3400]          ``about``
``about 3,000 to 3,500``                    [3000, 3500]          ``about``
``5.3 million``                             [5250000, 5350000]    ``rounded``
``at least 5.3 million``                    [5300000, ∞)
``between 3 and 5 million``                 [3000000, 5000000]
``dozens``, ``des dizaines``                [24, ∞), [20, ∞)      ``vague``
``a dozen``, ``plus d'une centaine``        [12, 12], (100, ∞)    ``about``
==========================================  ====================  ===========

A scale word makes a number rounded only where the number stands alone: a bound on a scaled
number is a bound at the number stated, and an *about* keeps its centre, because how wide it
is depends on the predicate. *Two thousand* in words is a numeral, hence exact; *2 thousand*
and *two million* are rounded. A note such as *(2019 est.)* at the end says when, not how much,
and is set aside. The reading depends on the text, the unit and the locale alone.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from ledger.amounts import Amount, plain, scan
from ledger.decimals import checked, exact, spell
from ledger.errors import BadInput
from ledger.names import clean, fold, refuse_controls
from ledger.phrases import after_number, head, tail_end
from ledger.units import read_unit
from ledger.values import Approx, Interval, Quantity

MAX_STATED: Final = 300
"""Characters a quantity may have."""

_NUMBER = r"(?:\d{1,15}|[1-9]\d{0,2}(?:,\d{3}){1,4})(?:\.\d{1,15})?"
PLAIN: Final = re.compile(f"-?{_NUMBER}", re.ASCII)
"""A number as programs write it, or grouped as desks do: read without looking any further."""

_USUAL = re.compile(rf"([A-Za-z ]+) ({_NUMBER})(?: (?:and|et) ({_NUMBER}))?", re.ASCII)

HINT: Final = "Write a number such as 3428, 3,428.5, at least 3,428 or 5.3 million"

_PLUS_MINUS = re.compile(r" ?(?:±|\+/-|\+-|plus or minus(?!\w)|plus ou moins(?!\w)) ?", re.I)
_TO = re.compile(r"(?: ?-|(?P<unit> [^\d]{1,40}?)? (?:to|à)(?!\w)) ?", re.IGNORECASE)
_AND = re.compile(r"(?: ?-|(?P<unit> [^\d]{1,40}?)? (?:and|et)(?!\w)) ?", re.IGNORECASE)
_ALSO = re.compile(r" (?:and|but|et|mais) ", re.IGNORECASE)
_DATED = re.compile(r" ?\((?:[^\W\d_]+\.? )?(?:\d{4} ?)?(?:est\.?|estimated?)?\)$", re.IGNORECASE)
_OVERREAD = re.compile(r"\b(?:some|de) ?$", re.IGNORECASE)
"""What begins a vague number rather than stands before one: *some people*, *de nombreux*."""
_AT_LEAST, _AT_MOST = ("least", "more"), ("most", "fewer")


def read_quantity(
    text: str, *, unit: str | None = None, locale: str | None = None, what: str = "value"
) -> Quantity:
    """Read a number or a bound, in English or French, and return the ``Quantity``.

    ``unit`` is the unit where the text names none (a differing one is an error); ``locale``
    (``fr``, ``de_CH``) reads the figures by that language's rules; ``what`` names the field
    in messages. Raises ``BadInput`` for anything that is no number, has two readings, or is
    longer than 300 characters.
    """
    if PLAIN.fullmatch(text) and (locale is None or text.lstrip("-").isdigit()):
        number = Decimal(text.replace(",", ""))
        return Quantity(text, number, number, unit=None if unit is None else _checked_unit(unit))
    usual = _usual(text, what) if locale is None else None
    if usual:
        return _quantity(text, *usual, None if unit is None else _checked_unit(unit))
    stated = text.strip()
    if not stated:
        raise BadInput(f"{what}: empty", HINT)
    if len(stated) > MAX_STATED:
        raise BadInput(f"{what}: {len(stated):,} characters are too many for a number", HINT)
    refuse_controls(stated, what)
    interval, approx, found = _read(plain(stated), locale, what)
    if unit is not None:
        unit = _checked_unit(unit)
        if found and fold(found) != fold(unit):
            raise BadInput(
                f"{what}: the text says {found!r}, but the unit given is {unit!r}",
                "Leave one of them out",
            )
    return _quantity(stated, interval, approx, unit or found)


def _quantity(stated: str, interval: Interval, approx: Approx | None, unit: str | None) -> Quantity:
    return Quantity(
        stated,
        _tidy(interval.lower),
        _tidy(interval.upper),
        interval.lower_open,
        interval.upper_open,
        unit,
        approx,
    )


def _tidy(number: Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(spell(number))


@lru_cache(maxsize=1024)
def _checked_unit(unit: str) -> str:
    """Return a unit given apart from its number, as the same words beside a number would be."""
    name = clean(unit, "unit", 100)
    try:
        interval, approx, found = _read(plain(f"1 {name}"), None, "unit")
    except BadInput:
        found, interval, approx = None, Interval(), None
    if found is None or approx or interval != Interval(Decimal(1), Decimal(1)):
        raise BadInput(f"unit: {name!r} is no unit", "Write a few words such as people or km/h")
    return found


def _usual(text: str, what: str) -> tuple[Interval, Approx | None] | None:
    """Return the reading of *at least 3,428*, *between 3 and 5*, or ``None`` for all else.

    What :func:`_read` comes to, in a fifth of the time: two figures in five are written so.
    """
    found = _USUAL.fullmatch(text)
    said = _all_head(found[1]) if found else None
    if not found or not said:
        return None
    bound, about = said
    first = Decimal(found[2].replace(",", ""))
    if bound == "between" and found[3]:
        second = Decimal(found[3].replace(",", ""))
        return _ordered(first, second, what), "about" if about else None
    if bound in ("between", "from") or found[3]:
        return None
    return _one(Amount(first, 0), bound, about, what)


@lru_cache(maxsize=256)
def _all_head(words: str) -> tuple[str | None, bool] | None:
    """Return what words say before a number, or ``None`` if there are others among them."""
    bound, about, end = head(words + " ", 0)
    return (bound, about) if end == len(words) + 1 else None


Reading = tuple[Interval, Approx | None, str | None]


def _read(phrase: str, locale: str | None, what: str) -> Reading:
    """Read a whole phrase: what stands before the number, the number, what stands after."""
    rest, tail = tail_end(_DATED.sub("", phrase))
    bound, about, start = head(rest, 0)
    first = scan(rest, start, locale, what)
    overread = _OVERREAD.search(rest, 0, start) if first is None else None
    if overread:
        bound, about, _ = head(rest[: overread.start()], 0)
        first = scan(rest, overread.start(), locale, what)
    if first is None:
        raise BadInput(f"{what}: no number that can be read in {phrase!r}", HINT)
    end = first.end
    if bound not in ("between", "from"):
        after, end = after_number(rest, end)
        about = about or "about" in (after, tail)
        bounds = [said for said in (bound, after, tail) if said and said != "about"]
        if len(bounds) > 1:
            raise BadInput(f"{what}: {phrase!r} sets two bounds", "Write one: at least 3,428")
        bound = bounds[0] if bounds else None
        also = _ALSO.match(rest, end) if bound in _AT_LEAST else None
        if also:
            second = _upper_bound(rest, also.end(), locale, what)
            if second:
                return _two_bounds(rest, (first, bound == "more"), second, about, what)
    elif tail not in (None, "about"):
        raise BadInput(f"{what}: {phrase!r} sets two bounds", "Write one: between 3 and 5")
    about = about or tail == "about"
    if bound in (None, "between", "from"):
        found = _plus_minus(rest, first, about, locale, what) or _range(
            rest, first, bound, about, locale, what
        )
        if found:
            return found
        if bound:
            raise BadInput(
                f"{what}: {phrase!r} names one end only", "Write between 3,000 and 3,500"
            )
    interval, approx = _one(first, bound, about, what)
    return interval, approx, read_unit(rest, end, (first.unit,), what)


def _one(
    amount: Amount, bound: str | None, about: bool, what: str
) -> tuple[Interval, Approx | None]:
    """Return the reading of one number under one bound."""
    number, vague = amount.number, amount.approx == "vague"
    approx: Approx | None = "about" if about and not vague else amount.approx
    if bound == "exactly" and approx:
        raise BadInput(f"{what}: exactly and approximately at once", "Leave one of them out")
    if vague and bound in _AT_MOST:
        raise BadInput(
            f"{what}: a vague number is no upper bound", "Write a number: fewer than 100"
        )
    if bound in _AT_MOST:
        return Interval(None, number, False, bound == "fewer"), approx
    if bound in _AT_LEAST or vague:
        return Interval(number, None, bound == "more"), approx
    if amount.scale is None or approx or bound == "exactly":
        return Interval(number, number), approx
    half = exact(Decimal(10) ** (amount.scale - amount.decimals), "*", Decimal("0.5"))
    return Interval(number, number).widened(half, half), "rounded"


def _upper_bound(
    phrase: str, start: int, locale: str | None, what: str
) -> tuple[Amount, bool] | None:
    """Return the second bound of *at least 3 and fewer than 5*, and whether its end is open."""
    bound, _, start = head(phrase, start)
    amount = scan(phrase, start, locale, what) if bound in _AT_MOST else None
    return (amount, bound == "fewer") if amount else None


def _two_bounds(
    phrase: str, lower: tuple[Amount, bool], upper: tuple[Amount, bool], about: bool, what: str
) -> Reading:
    (first, lower_open), (second, upper_open) = lower, upper
    interval = _ordered(first.number, second.number, what)
    interval = Interval(interval.lower, interval.upper, lower_open, upper_open)
    if interval.lower == interval.upper and (lower_open or upper_open):
        raise BadInput(f"{what}: no number lies within these bounds", "Write the bounds anew")
    unit = read_unit(phrase, second.end, (first.unit, second.unit), what)
    return interval, "about" if about else None, unit


def _range(
    phrase: str, first: Amount, bound: str | None, about: bool, locale: str | None, what: str
) -> Reading | None:
    """Return the reading of *A to B*, *between A and B*, or ``None`` if there is no B."""
    joined = (_AND if bound == "between" else _TO).match(phrase, first.end)
    if not joined:
        return None
    second_bound, second_about, start = head(phrase, joined.end())
    second = scan(phrase, start, locale, what)
    if second is None or second_bound or "vague" in (first.approx, second.approx):
        return None
    lower = first.number
    if second.scale and not first.scale:
        scaled = exact(lower, "*", Decimal(10) ** second.scale)
        lower = scaled if scaled <= second.number else lower
    interval = _ordered(checked(lower, what), second.number, what)
    between = joined["unit"] and read_unit(joined["unit"], 0, (first.unit,), what)
    unit = read_unit(phrase, second.end, (between or first.unit, second.unit), what)
    blurred = about or second_about or "about" in (first.approx, second.approx)
    return interval, "about" if blurred else None, unit


def _ordered(lower: Decimal, upper: Decimal, what: str) -> Interval:
    if lower > upper:
        raise BadInput(
            f"{what}: the range runs from {lower:,f} down to {upper:,f}",
            f"Write between {upper:,f} and {lower:,f}",
        )
    return Interval(lower, upper)


def _plus_minus(
    phrase: str, first: Amount, about: bool, locale: str | None, what: str
) -> Reading | None:
    """Return the reading of *A ± B*; B may be a share of A in per cent."""
    sign = _PLUS_MINUS.match(phrase, first.end)
    if not sign:
        return None
    second = scan(phrase, sign.end(), locale, what)
    if second is None or second.number < 0 or first.approx or second.approx:
        raise BadInput(f"{what}: no number after ±", "Write 3,400 ± 100")
    centre, width = first.number, second.number
    if second.scale and not first.scale and centre.copy_abs() < Decimal(10) ** second.scale:
        centre = exact(centre, "*", Decimal(10) ** second.scale)
    if first.scale and not second.scale and second.unit != "%" and width < 1000:
        raise BadInput(
            f"{what}: after a scaled number, ± {width} can be scaled or not",
            "Write the scale twice: 5.3 million ± 0.1 million",
        )
    units: tuple[str | None, ...] = (first.unit, second.unit)
    if second.unit == "%" and first.unit != "%":
        if first.unit is None and centre.copy_abs() <= 100:
            raise BadInput(
                f"{what}: ± {width} % can be a share of the number or percentage points",
                f"Write {centre} % ± {width} %, or the two ends",
            )
        width, units = (
            exact(centre.copy_abs(), "*", exact(width, "*", Decimal("0.01"))),
            (first.unit,),
        )
    point = Interval(checked(centre, what), checked(centre, what))
    interval = point.widened(checked(width, what), width)
    unit = read_unit(phrase, second.end, units, what)
    return interval, "about" if about else None, unit
