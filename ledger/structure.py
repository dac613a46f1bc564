"""Events as trees of plain JSON values, and back, by cattrs.

Defaults are left out, unknown fields are refused, decimals are spelled canonically, and a value
carries its ``type``. cattrs is imported on first use: most commands never structure an event.
"""

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from ledger.canonical import Json
from ledger.decimals import spell
from ledger.errors import Damaged
from ledger.events import EVENT_TYPES, Claim, Event
from ledger.values import Day, Entity, Quantity, Several, Single, Text, Truth, Value

if TYPE_CHECKING:
    from cattrs import Converter

_VALUE_CLASSES: dict[str, type[Value]] = {
    "quantity": Quantity,
    "day": Day,
    "entity": Entity,
    "text": Text,
    "truth": Truth,
    "several": Several,
}
_VALUE_NAMES = {kind: name for name, kind in _VALUE_CLASSES.items()}


def _finite(text: Any, _: Any) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(f"{text!r} is no number")
    return number


@cache
def _converter() -> "Converter":
    from cattrs import Converter
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

    # Without the detailed validation, which collects every error, structuring takes half as long.
    converter = Converter(forbid_extra_keys=True, omit_if_default=True, detailed_validation=False)
    converter.register_unstructure_hook(Decimal, spell)
    converter.register_structure_hook(Decimal, _finite)

    def structure_value(tree: Json, _: Any) -> Value:
        fields = dict(tree)
        return converter.structure(fields, _VALUE_CLASSES[fields.pop("type")])

    def unstructure_value(value: Value) -> Json:
        tree: Json = converter.unstructure(value, unstructure_as=type(value))
        tree["type"] = _VALUE_NAMES[type(value)]
        return tree

    for union in (Single, Value):
        converter.register_structure_hook(union, structure_value)
        converter.register_unstructure_hook(union, unstructure_value)
    for kind in (Claim, *EVENT_TYPES.values(), *get_args(Value)):
        converter.register_unstructure_hook(
            kind, make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True)
        )
        converter.register_structure_hook(
            kind, make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)
        )
    return converter


def unstructure(event: Event) -> Json:
    """Return the event as a tree of plain values, its defaults left out."""
    tree: Json = _converter().unstructure(event)
    return tree


def structure(tree: Json, kind: type[Event]) -> Event:
    """Return the event of class ``kind`` that ``tree`` spells; raise ``Damaged`` if it is none."""
    from cattrs.errors import CattrsError  # an unknown field, or a word that is none of a choice

    wrong = (CattrsError, LookupError, AttributeError, ValueError, TypeError)
    try:
        return _converter().structure(tree, kind)
    except (*wrong, ArithmeticError) as error:  # the last is a decimal that is none
        raise Damaged(f"{kind.TYPE}: not of that form ({error})") from error


def structure_value(tree: Json) -> Value:
    """Return the value that ``tree`` spells: its ``type``, its ``stated`` and its reading."""
    value: Value = _converter().structure(tree, Value)  # type: ignore[arg-type]
    return value


def unstructure_value(value: Value) -> Json:
    """Return the value as a tree: its ``type``, its ``stated`` and its reading."""
    tree: Json = _converter().unstructure(value, unstructure_as=Value)
    return tree
