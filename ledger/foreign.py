"""What another ledger recorded, before it comes in: can this program read it?

An event that came in stays for good, and answers are put together from all of them. One event that
cannot be read would stop every answer, and no command could take it out again. That a ledger
verifies says only that its events are those that were recorded, whatever they are. So of every
event that is new here the body has to be one that this program could have written itself.

Types that begin with ``x-`` are for others to make up: they are kept and have no meaning here. Of
any other type, or version of a type, that this program does not know, a later one may make an
answer that this one cannot give; it is refused until the program is updated.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs
import orjson

from ledger.canonical import canonical
from ledger.codec import MAX_BODY, UnknownEvent, decode, encode, fingerprint_of
from ledger.decimals import checked
from ledger.errors import BadInput, Damaged
from ledger.events import EntitiesMatched, EntitiesUnmatched
from ledger.heads import HEAD_VERSION, commitment
from ledger.names import fold
from ledger.store import Row
from ledger.values import Day, Quantity

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
    if len(row.body) > MAX_BODY:
        raise BadInput(f"{where}: a body of {len(row.body):,} bytes", _REFUSED)
    try:
        event = decode(type_, schema, row.body)
        for value in _values(event):  # before it is spelled: a figure may be too long to be
            _refuse_odd(value)
        again = None if isinstance(event, UnknownEvent) else encode(event).data
        if again != row.body and canonical(orjson.loads(row.body)) != row.body:
            raise BadInput(f"{where}: a body not written in the one way there is", _REFUSED)
        if again is None:
            if type_.startswith(MADE_UP):
                return
            raise BadInput(
                f"{where}: an event of type {type_[:40]} (schema {schema}), which this version "
                "does not know",
                _LATER,
            )
        written = again == row.body or _without_version(again) == _without_version(row.body)
        if isinstance(event, EntitiesMatched | EntitiesUnmatched):
            written &= bool(fold(event.a) and fold(event.b))
    except Damaged as error:
        raise BadInput(f"{where}: {error.message}", _REFUSED) from error
    except BadInput:
        raise
    except (LookupError, AttributeError, TypeError, ValueError, ArithmeticError) as error:
        raise BadInput(f"{where}: not of the form of {type_} ({error!r})", _REFUSED) from error
    if not written:
        raise BadInput(f"{where}: not of the form of {type_}", _REFUSED)


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


def _without_version(body: bytes) -> object:
    """Return a body without the version of its reading, which says only which program read it."""
    tree = orjson.loads(body)
    tree["reading"].pop("version", None)
    return tree
