"""Dates as people write them, and the EDTF to write instead.

A ledger takes EDTF alone, because ``06/02/2026`` is two different days and nobody can tell
which afterwards. What is written otherwise is refused with the spelling that was probably
meant: one where there is one, both where there are two.
"""

import re
from datetime import date

from ledger.names import fold

_MONTHS = (
    ("january", "janvier", "jan", "janv"),
    ("february", "fevrier", "février", "feb", "fev", "fév", "févr", "fevr"),
    ("march", "mars", "mar"),
    ("april", "avril", "apr", "avr"),
    ("may", "mai"),
    ("june", "juin", "jun"),
    ("july", "juillet", "jul", "juil"),
    ("august", "août", "aout", "aug"),
    ("september", "septembre", "sept", "sep"),
    ("october", "octobre", "oct"),
    ("november", "novembre", "nov"),
    ("december", "décembre", "decembre", "dec", "déc"),
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}

_FIGURES = re.compile(r"(\d{1,4})[-/. ](\d{1,2})(?:[-/. ](\d{1,4}))?(?!\d)", re.ASCII)
_RUN_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_CLOCK = re.compile(r"(\d{4}-\d\d-\d\d)[ Tt](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(.{0,6})", re.ASCII)
_UNKNOWN_DIGITS = re.compile(
    r"-?\d{1,3}[xXuU]{1,3}[?~%]?|\d{4}(?:-[xXuU]{2}){1,2}|\d{4}-\d\d-[xXuU]{2}", re.ASCII
)
_FULL_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_TOKEN = re.compile(r"\d+|[^\W\d_]+")

_FILLERS = frozenset(
    "st nd rd th er of de the le du on monday tuesday wednesday thursday friday saturday sunday"
    " lundi mardi mercredi jeudi vendredi samedi dimanche".split()
)


def suggest(text: str) -> str:
    """Return a hint that spells ``text`` in EDTF, or an empty one when it is no date known here."""
    clock = _CLOCK.fullmatch(text)
    if clock:
        return f"Write {clock[1]}T{clock[2]}Z, or +01:00 in the place of Z"
    days = _from_figures(text) or _from_words(text)
    if not days:
        return _suggest_notation(text)
    if len(days) == 1:
        return f"Write {days[0]}"
    return "Write " + " or ".join(f"{day} for {_in_words(day)}" for day in days)


def is_spelt_date(text: str) -> bool:
    """Whether the whole of ``text`` is a date in another spelling, and not just holds one."""
    if _FIGURES.fullmatch(text):
        return bool(_FULL_YEAR.search(text) and _from_figures(text))
    tokens = _TOKEN.findall(fold(text))
    dated = [token for token in tokens if token not in _FILLERS]
    months = sum(token in _MONTH_NUMBER for token in dated)
    numbers = sum(token.isdigit() and len(token) <= 4 for token in dated)
    return months == 1 and 1 <= numbers <= 2 and months + numbers == len(dated)


def _from_figures(text: str) -> list[str]:
    """Return the days that figures alone can mean: 06/02/2026, 2026/02/06, 20260206."""
    together = _RUN_TOGETHER.fullmatch(text)
    if together:
        return _days((int(together[1]), int(together[2]), int(together[3])))
    figures = _FIGURES.match(text)
    if not figures:
        return []
    first, second, third = figures.groups()
    if len(first) == 4:
        month, day = int(second), int(third or 0)
        if third is None:
            return [f"{first}-{month:02d}"] if 1 <= month <= 12 else []
        return _days((int(first), month, day))
    if third is None or len(third) != 4:
        return []
    year, one, other = int(third), int(first), int(second)
    return _days((year, other, one), (year, one, other))


def _from_words(text: str) -> list[str]:
    """Return the day or month that words mean: 6 février 2026, Feb 6th, 2026, March 2026."""
    tokens: list[str] = _TOKEN.findall(fold(text))
    months = [_MONTH_NUMBER[token] for token in tokens if token in _MONTH_NUMBER]
    years = [int(token) for token in tokens if token.isascii() and re.fullmatch(r"\d{4}", token)]
    days = [int(token) for token in tokens if token.isascii() and re.fullmatch(r"\d\d?", token)]
    if len(months) != 1 or len(years) != 1 or len(days) > 1:
        return []
    if days:
        return _days((years[0], months[0], days[0]))
    return [f"{years[0]:04d}-{months[0]:02d}"]


def _suggest_notation(text: str) -> str:
    """Return a hint for what is nearly EDTF."""
    if _UNKNOWN_DIGITS.fullmatch(text):
        return f"Write {text.upper().replace('U', 'X')}"
    if re.fullmatch(r"(c|ca|circa|about|vers|environ)\.? ?\d{4}", fold(text)):
        return f"Write {text[-4:]}~"
    if re.fullmatch(r"\d{4} ?[-–] ?\d{4}", text):
        return f"Write {text[:4]}/{text[-4:]}"
    if re.fullmatch(r"Y?[-+]?\d{5,}", text):
        return "Write a year of more than four digits as Y12026 or Y-12026"
    return ""


def _days(*candidates: tuple[int, int, int]) -> list[str]:
    """Return those of the (year, month, day) that are in the calendar, each once, in ISO."""
    found = []
    for year, month, day in candidates:
        try:
            found.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _in_words(day: str) -> str:
    year, month, number = day.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1][0].capitalize()} {year}"
