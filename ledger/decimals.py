"""Decimal numbers: one spelling on disk, one sortable text in SQL; never a float.

``spell`` gives the one canonical spelling that goes into an event. ``sort_key`` gives a
text that sorts, byte by byte, exactly as the numbers do, so that SQLite can compare
9007199254740993 with 9007199254740992 (REAL cannot) and 0.1 with 10**40 (INTEGER cannot).
"""

from decimal import Context, Decimal

from ledger.errors import BadInput

MAX_DIGITS = 60
"""Digits of a number, zeros before or behind the point included, that a claim may state."""

_NINES = str.maketrans("0123456789", "9876543210")


def checked(number: Decimal, what: str = "number") -> Decimal:
    """Return ``number`` if a claim may state it; raise ``BadInput`` if not.

    NaN and infinity are no figures; more than 60 digits are a slip of the keyboard (or an
    attempt to make ``1e999999999`` fill the memory).
    """
    if not number.is_finite():
        raise BadInput(f"{what}: {number} is not a figure", "Write a number, or leave the row out")
    exponent = number.adjusted()
    last = number.as_tuple().exponent
    assert isinstance(last, int)
    if number and (max(exponent, 0) - min(last, 0) + 1 > MAX_DIGITS):
        raise BadInput(f"{what}: more than {MAX_DIGITS} digits", "Write fewer digits")
    return number


def spell(number: Decimal) -> str:
    """Return the canonical spelling: no exponent, no leading or trailing zeros, no ``-0``.

    >>> spell(Decimal("3428.50")), spell(Decimal("5.3e6")), spell(Decimal("-0.0"))
    ('3428.5', '5300000', '0')
    """
    if not number:
        return "0"
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("+")


def sort_key(number: Decimal) -> str:
    """Return a text whose byte order is the numeric order of finite decimals.

    Sign, then the decimal exponent (biased by 500, three digits), then the significant
    digits; for negatives exponent and digits are complemented to nine and closed by ``~``,
    which sorts after every digit.

    >>> keys = [sort_key(Decimal(n)) for n in ("-12", "-1.2", "0", "0.5", "5", "49")]
    >>> keys == sorted(keys)
    True
    """
    if not number:
        return "5"
    significant = f"{number.copy_abs():f}".replace(".", "").strip("0")
    exponent = f"{number.adjusted() + 500:03d}"
    if number.is_signed():
        return "4" + (exponent + significant).translate(_NINES) + "~"
    return "6" + exponent + significant


def unsorted(key: str) -> Decimal:
    """Return the number whose sort key is ``key``.

    >>> [unsorted(sort_key(Decimal(n))) for n in ("-12.5", "0", "49000")]
    [Decimal('-12.5'), Decimal('0'), Decimal('4.9E+4')]
    """
    if key[0] == "5":
        return Decimal(0)
    negative = key[0] == "4"
    digits = key[1:-1].translate(_NINES) if negative else key[1:]
    significant = tuple(map(int, digits[3:]))
    return Decimal((int(negative), significant, int(digits[:3]) - 500 - len(significant) + 1))


def mirrored(key: str) -> str:
    """Return the sort key of the negative of the number whose sort key is ``key``."""
    if key[0] == "6":
        return "4" + key[1:].translate(_NINES) + "~"
    return "6" + key[1:-1].translate(_NINES) if key[0] == "4" else key


_EXACT = Context(prec=6 * MAX_DIGITS)
"""Room for what two numbers of so many digits make together, before or after the point."""


def exact(left: Decimal, operation: str, right: Decimal) -> Decimal:
    """Return ``left + right``, ``left - right`` or ``left * right`` without rounding."""
    if operation == "+":
        return _EXACT.add(left, right)
    return (_EXACT.subtract if operation == "-" else _EXACT.multiply)(left, right)
