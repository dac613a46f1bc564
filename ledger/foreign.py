"""What another ledger recorded, before it comes in: can this program read it?

An event that came in stays for good, and answers are put together from all of them. One event that
cannot be read would stop every answer, and no command could take it out again. That a ledger
verifies says only that its events are those that were recorded, whatever they are. So of every
event that is new here the body has to be one that this program could have written itself, and a
reading of this program's version the one that it gives the same words.

Types that begin with ``x-`` are for others to make up: they are kept and have no meaning here. Of
any other type, or version of a type, that this program does not know, a later one may make an
answer that this one cannot give; it is refused until the program is updated.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import attrs
import orjson

from ledger.act_drafts import REFERENCES, check_rating
from ledger.canonical import canonical
from ledger.codec import MAX_BODY, UnknownEvent, decode, encode, fingerprint_of
from ledger.dates import read_day
from ledger.decimals import checked
from ledger.errors import BadInput, Damaged
from ledger.events import (
    Claim,
    ClaimAsserted,
    EntitiesMatched,
    EntitiesUnmatched,
    Event,
    PredicateDefined,
    RecordingCorrected,
    ReviewPublished,
)
from ledger.fields import share_of
from ledger.grammar import read_value
from ledger.heads import HEAD_VERSION, commitment
from ledger.names import fold
from ledger.store import Row
from ledger.values import Day, Entity, Quantity, Several, Text, Truth, Value, ValueType

_TYPES: Final[dict[type[Value], ValueType]] = {
    Quantity: "quantity",
    Day: "day",
    Entity: "entity",
    Text: "text",
    Truth: "truth",
}

_ID: Final = re.compile(r"[0-9a-f]{64}")

MADE_UP = "x-"
"""What the types begin with that have no meaning here."""


def is_as_sealed(row: Row, type_: str, body: str) -> bool:
    """Whether body, salt and fingerprint are those that the head commits to by ``body``."""
    if row.body is None or row.salt is None:
        return row.body is row.salt is row.fingerprint is None
    return (
        commitment(row.salt, row.body) == body
        and fingerprint_of(type_, row.body) == row.fingerprint
    )


def refuse_unreadable(row: Row, head: Mapping[str, Any]) -> None:
    """Raise ``BadInput`` where the event in this row of another ledger could not be read here.

    One whose body was erased can be, whatever it was.
    """
    where, type_, schema = f"there, position {row.position}", head["type"], head["schema"]
    if head["v"] != HEAD_VERSION:
        raise BadInput(f"{where}: an event in format {head['v']}", _LATER)
    if row.body is None:
        return
    try:
        event = check_body(type_, schema, row.body)
    except Damaged as error:
        raise BadInput(f"{where}: {error.message}", _REFUSED) from error
    if isinstance(event, UnknownEvent) and not type_.startswith(MADE_UP):
        raise BadInput(
            f"{where}: an event of type {type_[:40]} (schema {schema}), which this version "
            "does not know",
            _LATER,
        )


def check_body(type_: str, schema: int, body: bytes) -> Event | UnknownEvent:
    """Return the event whose body this is, if this program could have written it just so.

    What it does not know has only to be written canonically. Raises ``Damaged`` for a body that
    is not of its type's form, is written another way, or whose reading is not that of its words:
    a claim that says 5 and is read as 5,000.
    """
    if len(body) > MAX_BODY:
        raise Damaged(f"a body of {len(body):,} bytes")
    try:
        event = decode(type_, schema, body)
        for value in _values(event):  # before it is spelled: a figure may be too long to be
            _refuse_odd(value)
        again = None if isinstance(event, UnknownEvent) else encode(event).data
        if again != body and canonical(orjson.loads(body)) != body:
            raise Damaged("a body not written in the one way there is")
        if isinstance(event, UnknownEvent) or again is None:
            return event
        _refuse_unusable(event)
        written = again == body or _without_version(again) == _without_version(body)
        if isinstance(event, EntitiesMatched | EntitiesUnmatched):
            written &= bool(fold(event.a) and fold(event.b))
        if written and again == body:  # else another version of the reading may say another thing
            _refuse_misread(type_, event)
    except (BadInput, LookupError, AttributeError, TypeError, ValueError, ArithmeticError) as error:
        raise Damaged(f"not of the form of {type_} ({error!r})") from error
    if not written:
        raise Damaged(f"not of the form of {type_}")
    return event


def _refuse_unusable(event: Event) -> None:
    """Raise ``BadInput`` for what the views have to make use of and cannot."""
    for name in REFERENCES:
        named = getattr(event, name, None)
        if isinstance(named, str) and not _ID.fullmatch(named):
            raise BadInput(f"{name}: {named[:80]!r} is no id")
    if isinstance(event, PredicateDefined) and event.tolerance is not None:
        share_of(event.tolerance, "tolerance")
    if isinstance(event, ReviewPublished):
        check_rating(event)


def _refuse_misread(type_: str, event: Event) -> None:
    """Raise ``Damaged`` where a reading of this version is not the one that the words have."""
    claim = event.claim if isinstance(event, ClaimAsserted | RecordingCorrected) else None
    stated = event if claim is None else claim
    fields = [field.name for field in attrs.fields(type(stated)) if field.name != "value"]
    days = [day for name in fields if isinstance(day := getattr(stated, name), Day)]
    read = all(read_day(day.stated) == day for day in days)
    if not read or (claim is not None and _read_again(claim) != claim.value):
        raise Damaged(f"{type_}: its reading is not that of its words")


def _read_again(claim: Claim) -> Value:
    """Return what the words of a claim's value say, to whom reads them as they were read."""
    value = claim.value
    several = isinstance(value, Several)
    items = value.items if isinstance(value, Several) else (value,)
    kind = _TYPES[type(items[0])] if items else None
    return read_value(
        value.stated, kind, multi_valued=several, unit=claim.unit, locale=claim.locale
    )


def _values(value: Any) -> Iterator[Any]:
    """Yield a value and all that it is made of."""
    yield value
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _values(item)


def _refuse_odd(value: Any) -> None:
    """Raise ``ValueError`` for what the form allows and no reading gives."""
    match value:
        case Decimal():
            try:
                checked(value)
            except BadInput as error:
                raise ValueError(error.message) from None
        case Quantity(lower=Decimal() as lower, upper=Decimal() as upper) if lower > upper:
            raise ValueError("an interval that ends before it starts")
        case Day(earliest=earliest, latest=latest):
            ends = [end for end in (earliest, latest) if end is not None]
            if ends != sorted(ends):
                raise ValueError("a time that ends before it starts")


_LATER = "Nothing was pulled; update wherefrom, and pull again"
_REFUSED = (
    "Nothing was pulled: no version of wherefrom records that; ask whoever keeps that ledger "
    "how it came there"
)


def _without_version(body: bytes) -> bytes:
    """Return a body without the version of its reading, which says only which program read it.

    As bytes: to Python 1 is 1.0 and true.
    """
    tree = orjson.loads(body)
    tree["reading"].pop("version", None)
    return canonical(tree)
