"""Fields as text → an event that may be recorded: what `add`, `import` and the acts share.

A draft maps the name of a field to its text, as a row of CSV or a line of JSON Lines gives it;
its ``type`` is ``claim-asserted`` unless it says otherwise. ``Drafts`` checks every field and
reads the claim's value as its predicate is defined. What it does not know itself it is given:
the definitions, and how a reference (an id, a prefix of one, a label) is resolved.

>>> drafts = Drafts(lambda predicate: UNDEFINED)
>>> event = drafts.read({"subject": "protests", "predicate": "deaths", "value": "at least 3,428",
...                      "claimant": "Iran Human Rights", "published": "2026-02-06"})
>>> event.claim.value.lower
Decimal('3428')
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final, Protocol

import attrs

from ledger import fields
from ledger.act_drafts import Resolve, read_act, unknown_field
from ledger.dates import read_day
from ledger.errors import BadInput
from ledger.events import (
    EVENT_TYPES,
    MODALITIES,
    Claim,
    ClaimAsserted,
    Event,
    PredicateDefined,
    RecordingCorrected,
)
from ledger.grammar import read_value
from ledger.names import fold
from ledger.values import Quantity, Value, ValueType

Fields = Mapping[str, Any]
"""Texts by field; ``via`` may be a list of texts, ``scope`` is a mapping of texts."""


class Defined(Protocol):
    """What of a predicate's definition decides how a value is read."""

    @property
    def value_type(self) -> ValueType | None:
        """The type of its values; ``None`` where that is to be inferred."""

    @property
    def multi_valued(self) -> bool:
        """Whether a value is a list."""


@attrs.frozen
class Reading:
    """How values of a predicate are read."""

    value_type: ValueType | None = None
    multi_valued: bool = False


UNDEFINED: Final = Reading()

REQUIRED: Final = ("subject", "predicate", "value", "claimant", "published")

_READERS: Final[dict[str, Callable[[Any, str], Any]]] = {
    "subject": fields.read_name,
    "predicate": fields.read_name,
    "claimant": fields.read_name,
    "published": read_day,
    "scope": lambda given, _: fields.read_scope(given),
    "as_of": read_day,
    "via": fields.read_names,
    "said": read_day,
    "modality": lambda text, what: fields.read_choice(text, what, MODALITIES),
    "url": fields.read_url,
    "archive_url": fields.read_url,
    "evidence_sha256": fields.read_sha256,
    "start": fields.read_count,
    "end": fields.read_count,
    "quote": fields.read_wording,
    "quote_prefix": fields.read_context,
    "quote_suffix": fields.read_context,
    "wording": fields.read_wording,
    "lang": fields.read_language,
    "locale": fields.read_locale,
}

CLAIM_FIELDS: Final = tuple(dict.fromkeys((*REQUIRED, "unit", *_READERS)))
"""The fields of a claim, in the order in which a person would look for them."""

_HINTS: Final = {
    "subject": "Say what or whom the claim is about",
    "predicate": "Say what is claimed of it: deaths, venue, date",
    "value": "Write what is claimed, such as at least 3,428",
    "claimant": "Say who says so; 'not stated' where the source does not tell",
    "published": "Write the day of the document that was read, such as 2026-02-06",
}


def reject_reference(text: str, what: str) -> str:
    """Refuse every reference: the :data:`Resolve` of where there is nothing to refer to."""
    raise BadInput(f"{what}: {text!r} names no event", "Name one by the digits of its id")


class Drafts:
    """Reads drafts, one after the other; a definition counts for the claims after it."""

    def __init__(
        self, definition: Callable[[str], Defined], resolve: Resolve = reject_reference
    ) -> None:
        self._definition = definition
        self._resolve = resolve
        self._defined_here: dict[str, Defined] = {}
        self._readings: dict[str, Defined] = {}

    def read(self, draft: Fields) -> Event:
        """Return the event that the draft describes; raise ``BadInput`` naming the field."""
        type_ = draft.get("type") or ClaimAsserted.TYPE
        if type_ == ClaimAsserted.TYPE:
            return ClaimAsserted(claim=self.claim(draft))
        kind = EVENT_TYPES.get(type_)
        if kind is None:
            close = get_close_matches(type_, EVENT_TYPES, 1, 0.5)
            hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(EVENT_TYPES)}"
            raise BadInput(f"type: {type_!r} is unknown", hint)
        if kind is RecordingCorrected:
            if not draft.get("corrects"):
                raise BadInput("corrects: missing", "Name the recording that was typed wrong")
            return RecordingCorrected(
                corrects=self._resolve(draft["corrects"], "corrects"),
                claim=self.claim({name: draft[name] for name in draft if name != "corrects"}),
            )
        event = read_act(kind, draft, self._resolve)
        if isinstance(event, PredicateDefined):
            self._defined_here[fold(event.name)] = Reading(event.value_type, event.multi_valued)
            self._readings.clear()
        return event

    @property
    def defined_here(self) -> Mapping[str, Defined]:
        """How values are read under the definitions that were read here, by folded name."""
        return self._defined_here

    def reading(self, predicate: str) -> Defined:
        """Return how the values of ``predicate`` are read."""
        found = self._readings.get(predicate)
        if found is None:
            found = self._defined_here.get(fold(predicate)) or self._definition(predicate)
            self._readings[predicate] = found
        return found

    def claim(self, draft: Fields) -> Claim:
        """Return the claim that the draft describes; raise ``BadInput`` naming the field."""
        return Claim(**self.claim_fields(draft))

    def claim_fields(self, draft: Fields) -> dict[str, Any]:
        """Return the fields of the claim that the draft describes, those that say something.

        For :func:`ledger.codec.encode_claim`. Raises ``BadInput`` naming the field.
        """
        read: dict[str, Any] = {}
        for name, given in draft.items():
            if given:
                reader = _READERS.get(name)
                if reader is not None:
                    read[name] = reader(given, name)
                elif name not in ("value", "unit", "type"):
                    raise unknown_field(name, CLAIM_FIELDS, "a claim")
        text: str = draft.get("value") or ""
        for name in REQUIRED:
            if name not in read and (name != "value" or not text):
                raise BadInput(f"{name}: missing", _HINTS[name])
        value = self._value(text, draft.get("unit"), read)
        read["value"] = value
        if draft.get("unit") and isinstance(value, Quantity):
            read["unit"] = value.unit
        if "start" in read or "end" in read:
            _check_position(read.get("start"), read.get("end"))
        return read

    def _value(self, text: str, unit: str | None, read: Mapping[str, Any]) -> Value:
        reading = self.reading(read["predicate"])
        value = read_value(
            text,
            reading.value_type,
            multi_valued=reading.multi_valued,
            unit=unit or None,
            locale=read.get("locale"),
        )
        if unit and not isinstance(value, Quantity):
            raise BadInput(
                f"unit: the value {value.stated!r} is no number",
                "Leave the unit out, or define the predicate with --type quantity",
            )
        return value


def _check_position(start: int | None, end: int | None) -> None:
    """Refuse half a passage and one that ends before it starts."""
    if start is None or end is None:
        absent = "start" if start is None else "end"
        raise BadInput(f"{absent}: missing", "A passage has a start and an end, or neither")
    if start >= end:
        raise BadInput(
            f"end: the passage ends at {end}, but starts at {start}",
            "Count code points from 0; the end is the place after the last",
        )
