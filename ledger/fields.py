"""One field of an event, from the text a person typed or a file holds.

Every reader takes the text and the field's name, returns what the event keeps, and raises
``BadInput`` whose message begins with that name. The readers of names, dates and scopes
remember what they read: an import reads the same claimant a hundred thousand times.
"""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeVar
from unicodedata import category

from ledger.canonical import LAST_OF_KEYS
from ledger.decimals import MAX_DIGITS, checked, spell
from ledger.errors import BadInput
from ledger.names import clean, fold
from ledger.quantities import read_quantity

MAX_WORDING: Final = 20_000
"""Code points of a wording, a quote or a reason: a long paragraph, not a document."""

MAX_URL: Final = 4_000
MAX_NAMES: Final = 100
"""Names of a chain of relays, aliases, or qualifiers of a scope."""

URL_SCHEMES: Final = ("https", "http", "ftp", "doi", "urn", "ipfs")
"""What an address may begin with: a report links to it, so nothing that a browser runs."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):\S+")
_PLAIN_URL = re.compile(r"https?://[0-9A-Za-z][!-~]*")
_WITH_HOST = re.compile(r"[a-z]+://[^/?#]")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}|[A-Za-z]{5,8})(?:-[A-Za-z0-9]{1,8})*|[xi]-[A-Za-z0-9-]+")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8})*")
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_COUNT = re.compile(r"\d{1,15}", re.ASCII)
_TRUE: Final = frozenset(("true", "yes", "1"))
_FALSE: Final = frozenset(("false", "no", "0"))

Choice = TypeVar("Choice", bound=str)


@lru_cache(maxsize=65_536)
def read_name(text: str, what: str) -> str:
    """Return a name, trimmed and in NFC (:func:`ledger.names.clean`)."""
    return clean(text, what)


def read_names(given: str | Collection[str], what: str) -> tuple[str, ...]:
    """Return the names of a list: a collection, or one text with ``;`` between them."""
    return _split_names(given, what) if isinstance(given, str) else _all_names(given, what)


@lru_cache(maxsize=65_536)
def _split_names(text: str, what: str) -> tuple[str, ...]:
    return _all_names(text.strip().removesuffix(";").split(";"), what)


def _all_names(names: Collection[str], what: str) -> tuple[str, ...]:
    if len(names) > MAX_NAMES:
        raise BadInput(f"{what}: {len(names):,} names, more than {MAX_NAMES}", "Name fewer")
    return tuple([read_name(name, what) for name in names])


@lru_cache(maxsize=65_536)
def _read_qualifier(name: str, text: str) -> tuple[str, str]:
    qualifier = clean(name, "scope")
    if max(qualifier) > LAST_OF_KEYS:
        raise BadInput(
            f"scope: the qualifier {qualifier!r} has a character beyond U+FFFF", "Name it in words"
        )
    return qualifier, clean(text, f"scope.{qualifier}")


def read_scope(given: Mapping[str, str]) -> dict[str, str]:
    """Return a scope: qualifiers and what each says."""
    if len(given) > MAX_NAMES:
        raise BadInput(f"scope: more than {MAX_NAMES} qualifiers", "Name fewer")
    scope = dict([_read_qualifier(name, text) for name, text in given.items()])
    if len({fold(name) for name in scope}) < len(given):
        raise BadInput("scope: the same qualifier twice", "Write each qualifier once")
    return scope


def read_choice(text: str, what: str, choices: Collection[Choice]) -> Choice:
    """Return the one of ``choices`` that ``text`` is."""
    for choice in choices:
        if choice == text.strip():
            return choice
    raise BadInput(f"{what}: {text.strip()!r} is unknown", f"Write one of {', '.join(choices)}")


def read_url(text: str, what: str) -> str:
    """Return an absolute address as given; only schemes that a report may link to."""
    if len(text) <= MAX_URL and _PLAIN_URL.fullmatch(text):
        return text
    url = text.strip()
    found = _URL.fullmatch(url)
    if len(url) > MAX_URL:
        raise BadInput(
            f"{what}: {len(url):,} characters, more than the {MAX_URL:,} allowed",
            "Write a shorter address of the page, or archive it and write that address",
        )
    if not found or not url.isprintable():
        raise BadInput(f"{what}: {_shown(url)} is no address", "Write https://example.org/page")
    scheme = found[1].lower()
    if scheme not in URL_SCHEMES:
        raise BadInput(
            f"{what}: an address may not begin with {scheme}:",
            f"Write one that begins with {', '.join(URL_SCHEMES[:-1])} or {URL_SCHEMES[-1]}",
        )
    if scheme in ("https", "http", "ftp") and not _WITH_HOST.match(url.lower()):
        raise BadInput(f"{what}: {_shown(url)} is no address", "Write https://example.org/page")
    return url


@lru_cache(maxsize=4_096)
def read_sha256(text: str, what: str) -> str:
    """Return the 64 hexadecimal digits of a SHA-256, in lower case."""
    digits = text.strip().lower()
    if not _SHA256.fullmatch(digits):
        raise BadInput(
            f"{what}: {_shown(digits)} is no SHA-256",
            "Write its 64 hexadecimal digits, as `sha256sum FILE` prints them",
        )
    return digits


@lru_cache(maxsize=1_024)
def read_language(text: str, what: str) -> str:
    """Return a language tag of the form that BCP 47 (RFC 5646, section 2.1) gives it."""
    tag = text.strip()
    if len(tag) > 35 or not _LANGUAGE.fullmatch(tag):
        raise BadInput(f"{what}: {_shown(tag)} is no language tag", "Write fr, en-GB or fa")
    return tag


@lru_cache(maxsize=1_024)
def read_locale(text: str, what: str) -> str:
    """Return the name of a locale that number formats are known for."""
    from babel import Locale, UnknownLocaleError

    name = text.strip()
    try:
        if not _LOCALE.fullmatch(name):
            raise ValueError(name)
        Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise BadInput(
            f"{what}: {_shown(name)} is no known locale", "Write fr, de_CH or en_US"
        ) from None
    return name


@lru_cache(maxsize=1_024)
def read_unit(text: str, what: str) -> str:
    """Return a unit as it would be read beside a number: a few words, or a sign."""
    unit = read_quantity("1", unit=text, what=what).unit
    assert unit is not None
    return unit


def read_count(text: str, what: str) -> int:
    """Return a whole number from 0 on."""
    digits = text.strip()
    if not _COUNT.fullmatch(digits):
        raise BadInput(f"{what}: {_shown(digits)} is no whole number", "Write digits only, as 214")
    return int(digits)


def read_decimal(text: str, what: str) -> str:
    """Return a decimal number, such as ``3.5`` or ``-1``, in its one canonical spelling."""
    digits = text.strip()
    if len(digits) > MAX_DIGITS + 2 or not _DECIMAL.fullmatch(digits):
        raise BadInput(f"{what}: {_shown(digits)} is no number", "Write digits, as 4 or 3.5")
    return spell(checked(Decimal(digits), what))


def read_flag(text: str, what: str) -> bool:
    """Return a yes or no."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word not in _FALSE:
        raise BadInput(f"{what}: {_shown(word)} is neither true nor false", "Write true or false")
    return False


def read_wording(text: str, what: str) -> str:
    """Return words as they were said, unchanged: neither trimmed nor normalised.

    They may run over several lines; other control characters are refused.
    """
    if not text.strip():
        raise BadInput(f"{what}: empty", "Write what was said, or leave it out")
    return read_context(text, what)


def read_context(text: str, what: str) -> str:
    """Return what stands around a quote: like a wording, but it may be blank."""
    if len(text) > MAX_WORDING:
        raise BadInput(
            f"{what}: {len(text):,} characters, more than the {MAX_WORDING:,} allowed",
            "Keep the sentences that matter; evidence is a document of its own",
        )
    if not text.isprintable():
        for at, character in enumerate(text):
            if category(character) in ("Cc", "Cs") and character not in "\n\r\t":
                raise BadInput(
                    f"{what}: control character U+{ord(character):04X} at character {at + 1}",
                    "Remove it; write text that can be printed",
                )
    return text


@lru_cache(maxsize=1_024)
def read_share(text: str, what: str) -> str:
    """Return a share such as ``5%`` or ``0.05`` as it was written; 0 up to, not with, 100 %."""
    share_of(text, what)
    return text.strip()


def share_of(text: str, what: str) -> Decimal:
    """Return a share such as ``5%`` or ``0.05`` as a number; 0 up to, not with, 1."""
    quantity = read_quantity(text, what=what)
    if not quantity.plain or quantity.lower is None or quantity.unit not in (None, "%"):
        raise BadInput(f"{what}: {_shown(text)} is not a share", "Write a percentage, such as 5%")
    number = quantity.lower / 100 if quantity.unit else quantity.lower
    if not 0 <= number < 1:
        raise BadInput(f"{what}: {_shown(text)} is not between 0% and 100%", "Write, say, 5%")
    return number


def _shown(text: str) -> str:
    """Return a text as a message can show it: quoted, short, nothing a terminal would obey."""
    short = text if len(text) < 60 else text[:57] + "…"
    return repr(short) if short.isprintable() else ascii(short)
