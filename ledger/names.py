"""Names as people write them, and the folded form under which they are matched.

One person is written ``al‑Busaidi`` (U+2011, a hyphen that does not break) in one article
and ``al-Busaidi`` in the next; a claim keeps the name as it was written (NFC, trimmed), and
everything that *compares* names compares their folded form.
"""

import re
import unicodedata
from functools import lru_cache

from ledger.errors import BadInput

MAX_NAME = 500
"""Code points a name may have; a longer one is a sentence in the wrong column."""

_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u2032\u0060\u00b4\uff07"), "'")
_FOLDS = {**_HYPHENS, **_APOSTROPHES, 0x00AD: None, 0x200B: None, 0xFEFF: None}


def refuse_controls(text: str, what: str) -> None:
    """Raise ``BadInput`` if ``text`` holds a control character or a lone surrogate.

    ``what`` names the field in the message. Tabs and line breaks count: a name or a number
    never needs one, and a terminal would obey it.
    """
    for at, character in enumerate(text):
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise BadInput(
                f"{what}: control character U+{ord(character):04X} at character {at + 1}",
                "Remove it; write text that can be printed",
            )


def clean(name: str, what: str = "name", limit: int = MAX_NAME) -> str:
    """Return ``name`` as the ledger keeps it: NFC, trimmed.

    Raises ``BadInput`` when it is empty, longer than ``limit`` code points, or holds a
    control character; ``what`` names the field in the message.
    """
    if name.isascii() and name.isprintable():
        kept = name.strip()
    else:
        kept = unicodedata.normalize("NFC", name).strip()
        refuse_controls(kept, what)
        if kept and all(unicodedata.category(mark) in ("Cf", "Zs") for mark in kept):
            raise BadInput(f"{what}: nothing but invisible characters", "Write a name")
    if not kept:
        raise BadInput(f"{what}: empty", "Write a name")
    if len(kept) > limit:
        raise BadInput(
            f"{what}: {len(kept):,} characters, more than the {limit:,} allowed",
            "Keep it short; long text belongs in --wording",
        )
    return kept


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """Return the form under which ``name`` is matched.

    Case, runs of spaces of any kind, kinds of hyphen and kinds of apostrophe make no
    difference; letters and accents do.

    >>> fold("Badr  al\u2011Busaidi") == fold("badr al-busaidi")
    True
    """
    if not name.isascii():
        name = unicodedata.normalize("NFC", name).translate(_FOLDS)
        name = unicodedata.normalize("NFC", name.casefold())
        return " ".join(name.split())
    return " ".join(name.translate(_FOLDS).casefold().split())


def words(name: str) -> frozenset[str]:
    """Return the folded words of ``name``: letters and digits, without punctuation."""
    return frozenset(re.findall(r"\w+", fold(name)))
