"""Texts that do harm where they are shown as they are, and a ledger that holds them everywhere.

No command records such a ledger: names, dates and wordings are checked when they come in. It is
what a peer could send or a thief write, and whatever shows it has only itself to rely on.
"""

import random
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from ledger.events import (
    BodyErased,
    Claim,
    ClaimAsserted,
    ClaimRetracted,
    ClaimsLinked,
    ContradictionAdjudicated,
    EntitiesMatched,
    EvidenceCaptured,
    LedgerMerged,
    PredicateDefined,
    RecordingCorrected,
    ReviewPublished,
    SourceDescribed,
)
from ledger.log import Ledger
from ledger.sqlite import SqliteStore
from ledger.values import Day, Quantity

CONTROLS = (
    "\x1b[2J\x1b[H",  # clears the screen
    "\x1b]8;;http://evil.example/\x07here\x1b]8;;\x07",  # turns a word into a link
    "\x1b]52;c;ZXZpbA==\x07",  # writes the clipboard
    "\x9b31m\x90\x9c",  # the same with one byte each
    "one\rtwo\b\b\b",  # writes over what was there
    "\r\nposition 0: forged\n\x0b\x0c\x00\x7f\x85",  # lines of its own
)
TURNING = "\u202e\u202d\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
UNSEEN = "\u200b\ufeff\u2060\u2063\u034f\u3164\u115f\U000e0041\U000e007f\u2028\u2029\ufff9"
OUT_OF_PLACE = "Reu\u200dters R\u200cT x\ufe0fy z\U000e0101\U000e0102"
MARKUP = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> [x](javascript:alert(1)) "
    "![x](data:text/html,x) `` | _ * # ~~ {{7*7}} {% raw %} </bdi></title>-->"
)
FORMULAS = ";=HYPERLINK(1);\t@SUM(1)\n+cmd|' /C calc'!A0&\"\"\n-2+3"

PRINTABLE = TURNING + UNSEEN.replace("\u2028\u2029", "") + OUT_OF_PLACE + MARKUP
"""What passes for a text that can be recorded."""

EVERYTHING = "".join(CONTROLS) + TURNING + UNSEEN + OUT_OF_PLACE + MARKUP + FORMULAS

_DAY = Day("2026-02-06", 1_770_336_000, 1_770_422_399)
_STYLE = re.compile(r"\x1b\[[\d;]*m")


def harm(text: str, *, allowed: str = "\n", terminal: bool = False) -> set[str]:
    """Return the characters of an answer that do harm to who reads it; nothing is the aim.

    On a terminal our own colours are none. The reference for ``cli.harmless``, from the
    properties of the characters alone.
    """
    if terminal:
        text = _STYLE.sub("", text)
    found = set()
    before = ""
    for character in text:
        if character not in allowed and (
            unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")
            or unicodedata.bidirectional(character)
            in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
            or character in "\u200e\u200f\u061c"
            or (_is_unseen(character) and not _belongs(character, before))
        ):
            found.add(f"U+{ord(character):04X}")
        before = character
    return found


def _is_unseen(character: str) -> bool:
    """Whether a character shows nothing by itself; the ones that count on paper do (U+0600)."""
    name = unicodedata.name(character, "")
    return (
        "VARIATION SELECTOR" in name
        or (name.startswith(("HANGUL", "HALFWIDTH HANGUL")) and name.endswith("FILLER"))
        or character in "\u034f\u17b4\u17b5\u2065"
        or "\ufff0" <= character <= "\ufffb"
        or 0xE0000 <= ord(character) <= 0xE0FFF
        or (
            unicodedata.category(character) == "Cf"
            and character != "\u00ad"
            and unicodedata.bidirectional(character) == "BN"
            and not name.startswith(("KAITHI", "EGYPTIAN"))
        )
    )


def _belongs(character: str, before: str) -> bool:
    """Whether what shows nothing changes how the character before it is shown, as it should."""
    name = unicodedata.name(character, "")
    if not ((name.startswith("ZERO WIDTH") and "JOINER" in name) or "VARIATION" in name):
        return False
    return before >= "\u0300" and (
        not _is_unseen(before)
        or (character == "\u200d" and before != "\u200d" and "VARIATION" in _name(before))
    )


def _name(character: str) -> str:
    return unicodedata.name(character, "")


def filled(kind: type, poison: str, /, **given: Any) -> Any:
    """Return an event or a claim each of whose free texts is its field's name and the poison."""
    fields = {}
    for field in attrs.fields(kind):
        said = f"={field.name}{poison}"
        if field.name in given:
            fields[field.name] = given[field.name]
        elif field.type in (str, str | None):
            fields[field.name] = said
        elif field.type == tuple[str, ...]:
            fields[field.name] = (said, f"@{said}")
        elif field.type in (Day, Day | None):
            fields[field.name] = Day(f"2026-02-06{said}", 1_770_336_000, 1_770_422_399)
    return kind(**fields)


def hostile_claim(poison: str, value: int, who: str = "", **given: Any) -> Claim:
    """Return a claim that holds the poison in every text."""
    number = Decimal(value)
    claim = filled(
        Claim,
        poison,
        **{
            "value": Quantity(f"{value}=value{poison}", number, number, unit=f"=unit{poison}"),
            "unit": None,
            "claimant": f"=claimant{who}{poison}",
            "scope": {f"=key{_plain_keys(poison)}": f"=scoped{poison}"},
            "as_of": _DAY,
            "modality": "asserted",
            "start": 1,
            "end": 9,
            **given,
        },
    )
    assert isinstance(claim, Claim)
    return claim


def _plain_keys(poison: str) -> str:
    return "".join(character for character in poison if character < "\U00010000")


def ticking() -> Callable[[], datetime]:
    """Return a clock that goes on by a second whenever it is read."""
    seconds = iter(range(10**9))
    return lambda: datetime(2026, 2, 7, tzinfo=UTC) + timedelta(seconds=next(seconds))


def ledger_at(path: Path) -> Ledger:
    """Open, or make, a ledger that is the same whenever it is made in the same steps."""
    store = SqliteStore.open(path, "ab" * 16)
    return Ledger(store, clock=ticking(), random=random.Random(1).randbytes)


def fill(path: Path, poison: str = EVERYTHING) -> list[str]:
    """Make a ledger that holds every event with the poison in every text; return the ids."""
    ledger = ledger_at(path)
    recorder = f"=recorder{poison}"[:200]

    def append(*events: Any) -> list[str]:
        return [one.id for one in ledger.append(events, recorder)]

    a, b, c, d = append(
        *(
            ClaimAsserted(claim=hostile_claim(poison, value, who))
            for value, who in ((5, "A"), (9, "B"), (7, "C"), (8, "D"))
        )
    )
    ids = append(
        RecordingCorrected(corrects=c, claim=hostile_claim(poison, 71, "C")),
        filled(ClaimRetracted, poison, claim=d),
        ClaimsLinked(claim=b, relation="relays", other=a),
        ClaimAsserted(claim=hostile_claim(poison, 11, "E", via=(f"=via{poison}",))),
        filled(
            PredicateDefined, poison, name=f"=predicate{poison}", value_type="quantity",
            over_time="instant", tolerance="5%", multi_valued=False, after=None,
        ),
        filled(
            SourceDescribed, poison, name=f"=claimantA{poison}", kind="person", after=None,
        ),
        filled(EntitiesMatched, poison, a=f"=subject{poison}", relation="same", after=None),
        filled(EvidenceCaptured, poison, sha256="a" * 64),
        filled(
            ReviewPublished, poison, claim=a, rating_value="1", worst_rating="1",
            best_rating="5", published=_DAY,
        ),
        filled(
            ReviewPublished, f" other{poison}", claim=a, rating_value="5", worst_rating="1",
            best_rating="5", published=_DAY,
        ),
        filled(
            ContradictionAdjudicated, poison, finding="0" * 16, decision="dismissed",
            pairs=(((f"=claimantA{poison}", "5"), (f"=claimantE{poison}", "11")),), after=None,
        ),
        filled(BodyErased, poison, event="0" * 64),
        filled(LedgerMerged, poison, size=4),
    )  # fmt: skip
    ledger.store.close()
    return [a, b, c, d, *ids]
