"""``at least 3,428 people`` → an interval with a unit.

What is read, besides plain figures (:mod:`ledger.numerals`):

=============================================  ============================  ===========
stated                                         reading                       approx
=============================================  ============================  ===========
``at least 3,428`` ``3,428 or more`` ``3,428+``  [3428, ∞)
``more than 3,000`` ``plus de 3 000``          (3000, ∞)
``between 3,000 and 3,500`` ``3,000–3,500``    [3000, 3500]
``3,400 ± 100``                                [3300, 3500]
``about 3,400`` ``environ 3 400``              [3400, 3400]                  ``about``
``about 3,000 to 3,500``                       [3000, 3500]                  ``about``
``5.3 million``                                [5250000, 5350000]            ``rounded``
``at least 5.3 million``                       [5300000, ∞)
``between 3 and 5 million``                    [3000000, 5000000]
``dozens`` ``des dizaines``                    [24, ∞) and [20, ∞)           ``vague``
``a dozen`` ``une centaine``                   [12, 12] and [100, 100]       ``about``
=============================================  ============================  ===========

A scale word makes a number rounded only where the number stands alone: a bound on a scaled
number is a bound at the number stated, and an *about* keeps its centre, because how wide it
is depends on the predicate. *Two thousand* in words is a numeral, hence exact; *2 thousand*,
*two million* are rounded.

The reading depends on nothing but the text, the unit and the locale.
"""

import re
import unicodedata
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

import attrs

from ledger import phrases
from ledger.decimals import checked, exact
from ledger.errors import BadInput
from ledger.names import clean, fold, refuse_controls
from ledger.numerals import FIGURE, SCALES, BadFigure, read_figure, read_number_words
from ledger.values import Approx, Quantity

MAX_STATED: Final = 300
"""Characters a quantity may have."""

MAX_UNIT_WORDS: Final = 6

PLAIN: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
"""A number as programs write it, read without looking any further."""

HINT: Final = "Write a number such as 3428, 3,428.5, at least 3,428 or 5.3 million"

CURRENCIES: Final = "$€£¥₽₴₪₹₺₩"

_PLAIN_FORMS = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u2032\u0060\u00b4\uff07"), "'"),
    **dict.fromkeys((0x00AD, 0x200B, 0xFEFF), None),
}
_HALF = Decimal("0.5")
_WORD = re.compile(r"[ -]?([^\W\d_]+)")
_SIGN = re.compile(
    rf"([+-]?) ?((?:US|CA?|AU?|NZ|HK)?[{CURRENCIES}]"
    r"|(?:USD|EUR|GBP|CHF|JPY|CNY|RUB|UAH|IRR|OMR|AED|SAR|TRY|INR|ILS|CAD|AUD)(?![^\W\d]))? ?"
    r"([+-]?)(?=\d)",
    re.ASCII,
)
_PERCENT = re.compile(r" ?(?:%|(?:per ?cent|pour ?cent)(?!\w))", re.IGNORECASE)
_SCALE = re.compile(r" ?(" + "|".join(SCALES) + r")(?!\w)", re.IGNORECASE)
_SHORT_SCALE = re.compile(r"(k)(?!\w)")
_MONEY_SCALE = re.compile(r"([kKmMbB])(?!\w)")
_OF = re.compile(r" (?:of|de(?!\w)|d')(?! ?\d) ?", re.IGNORECASE)
_UNIT = re.compile(r"[^\W\d_](?:[\w .%/'²³°&-]*[\w.%²³°'])?|[%‰°" + CURRENCIES + r"][\w /°]*")
_EXPONENT = re.compile(r" ?[eE][+-]?\d")
_PLUS_MINUS = re.compile(r" ?(?:±|\+/-|\+-|plus or minus(?!\w)|plus ou moins(?!\w)) ?", re.IGNORECASE)
_TO = re.compile(r"(?: ?-|(?: (?P<unit>[^\d]{1,40}?))? (?:to|à)(?!\w)) ?", re.IGNORECASE)
_AND = re.compile(r"(?: (?P<unit>[^\d]{1,40}?))? (?:and|et)(?!\w) ", re.IGNORECASE)
_SECOND_BOUND = re.compile(r" (?:and|but|et|mais) (?=\D)", re.IGNORECASE)


class Amount(NamedTuple):
    """One number of the text: what it is, how exact, and where in the text it ends."""

    number: Decimal
    end: int
    unit: str | None = None
    step: Decimal | None = None
    """One in the last stated digit, where a scale word follows the number."""
    scale: Decimal | None = None
    approx: Approx | None = None


@attrs.frozen
class Heads:
    """What stands before a number."""

    bound: str | None
    about: bool
    end: int
