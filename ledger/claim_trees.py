"""The statement and the reading of a claim, made straight from its fields.

Nearly every event is a claim, and an import encodes them by the hundred thousand. What
:mod:`ledger.structure` does for every event, by way of a tree of the whole claim that the codec
then parts, is done here for claims alone in little more than half of the time, and without
cattrs, whose import a command would feel. A property test holds the two to the same bytes.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ledger.canonical import LAST_OF_KEYS, Json
from ledger.decimals import spell
from ledger.errors import BadInput
from ledger.events import Claim
from ledger.grammar import READING_VERSION
from ledger.structure import unstructure_value
from ledger.values import Day, Entity, Quantity, Value

_NAMES = tuple(field.name for field in attrs.fields(Claim))
_DAYS = tuple(field.name for field in attrs.fields(Claim) if field.type in (Day, Day | None))
_DEFAULTS: Final[Json] = {"modality": "asserted", "scope": {}, "via": ()}
"""What fields are when they say nothing, but for those that are ``None`` then."""


def fields_of(claim: Claim) -> Json:
    """Return the fields of a claim by their names."""
    return {name: getattr(claim, name) for name in _NAMES}


def statement_and_reading(fields: Mapping[str, Any]) -> tuple[Json, Json]:
    """Return what a claim with these fields states, and how it was read.

    Fields that say nothing may be left out. Raises ``BadInput`` for a scope as
    :func:`check_scope` does.
    """
    stated = {name: field for name, field in fields.items() if field is not None}
    value = stated["value"]
    stated["value"] = value.stated
    reading: Json = {"version": READING_VERSION, "value": _value(value)}
    if "unit" in stated:  # filed apart: then the statement has it, and the reading need not
        del reading["value"]["unit"]
    for name in _DAYS:
        if name in stated:
            day = stated[name]
            stated[name] = day.stated
            reading[name] = _span(day)
    for name, default in _DEFAULTS.items():
        if name in stated and stated[name] == default:
            del stated[name]
    if "scope" in stated:
        check_scope(stated["scope"])
    return stated, reading


def check_scope(scope: Mapping[str, str]) -> None:
    """Raise ``BadInput`` at a qualifier that cannot be put in order (:mod:`ledger.canonical`)."""
    for qualifier in scope:
        if max(qualifier, default="") > LAST_OF_KEYS:
            raise BadInput(
                "scope: a qualifier has a character beyond U+FFFF",
                "Name it in plainer characters, without emoji; its text may hold any",
            )


def _span(day: Day) -> Json:
    tree: Json = {}
    if day.earliest is not None:
        tree["earliest"] = day.earliest
    if day.latest is not None:
        tree["latest"] = day.latest
    if day.uncertain:
        tree["uncertain"] = True
    return tree


def _value(value: Value) -> Json:
    """Return how a value was read; figures and names, the usual ones, by hand."""
    if type(value) is Quantity:
        return _quantity(value)
    if type(value) is Entity:
        return {"type": "entity"}
    tree = unstructure_value(value)
    del tree["stated"]
    return tree


def _quantity(quantity: Quantity) -> Json:
    tree: Json = {"type": "quantity"}
    lower, upper = quantity.lower, quantity.upper
    if lower is not None:
        tree["lower"] = spell(lower)
    if upper is not None:
        tree["upper"] = tree["lower"] if upper is lower else spell(upper)
    if quantity.lower_open:
        tree["lower_open"] = True
    if quantity.upper_open:
        tree["upper_open"] = True
    if quantity.unit is not None:
        tree["unit"] = quantity.unit
    if quantity.approx is not None:
        tree["approx"] = quantity.approx
    return tree
