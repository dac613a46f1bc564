"""May this event be taken into a ledger? What comes from elsewhere is read as strictly as a file.

An event that another ledger recorded is kept as it is, to the byte, so it cannot be mended on the
way in; and what is kept is read by every desk from then on. So it has to be one that this
program could have recorded itself: written in the one way there is
(:func:`ledger.codec.check_form`), every field what :mod:`ledger.drafts` would take, every
reference an id, and the reading that of the words: a claim that says 5 and is read as 5,000 is
none.

What this version does not know (a later type, a later reading) is taken unread.
"""

import re
from typing import Any, Final

from ledger.canonical import parse
from ledger.codec import UnknownEvent, check_form, decode, statement
from ledger.drafts import UNDEFINED, Defined, Drafts, Reading
from ledger.errors import BadInput, Damaged
from ledger.events import Claim, ClaimAsserted, RecordingCorrected
from ledger.grammar import READING_VERSION
from ledger.values import Day, Entity, Quantity, Several, Text, Truth, Value, ValueType

_ID: Final = re.compile(r"[0-9a-f]{64}")
_TYPES: Final[dict[type[Value], ValueType]] = {
    Quantity: "quantity",
    Day: "day",
    Entity: "entity",
    Text: "text",
    Truth: "truth",
}


def check_event(type_: str, schema: int, data: bytes) -> None:
    """Raise ``Damaged`` unless a body is one that this program could have recorded."""
    check_form(type_, schema, data)
    event = decode(type_, schema, data)
    if isinstance(event, UnknownEvent):
        return
    said = statement(event)
    claim = event.claim if isinstance(event, ClaimAsserted | RecordingCorrected) else None
    drafts = Drafts(lambda _: UNDEFINED if claim is None else _read_as(claim), _whole_id)
    try:
        again = drafts.read({"type": type_, **{name: _text(one) for name, one in said.items()}})
    except BadInput as error:
        raise Damaged(f"{type_}: {error.message}") from error
    version = parse(data, type_)["reading"]["version"]
    if statement(again) != said or (version == READING_VERSION and again != event):
        raise Damaged(f"{type_}: its reading is not that of its words")


def _read_as(claim: Claim) -> Defined:
    """Return how the values of a claim's predicate were read when it was recorded."""
    value = claim.value
    if isinstance(value, Several):
        kind = _TYPES.get(type(value.items[0])) if value.items else None
        return Reading(kind, multi_valued=True)
    return Reading(_TYPES[type(value)])


def _whole_id(text: str, what: str) -> str:
    if not _ID.fullmatch(text):
        raise BadInput(f"{what}: {text!r} is no id")
    return text


def _text(said: Any) -> Any:
    """Return a part of a statement as a draft has it."""
    if isinstance(said, bool):
        return "true" if said else "false"
    return str(said) if isinstance(said, int) else said
