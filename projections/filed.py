"""A claim as it was filed, straight from its bytes: what is shown, not what is judged.

Asking reads single claims and answers at once, so nothing is structured by machinery that
takes longer to import than the answer takes to find; ``claim`` builds by hand what
:func:`ledger.codec.decode` builds.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import attrs
import orjson

from ledger.erasing import Notice
from ledger.errors import Damaged
from ledger.events import Claim, Modality
from ledger.heads import Head, commitment, decode_head
from ledger.merkle import HASH_BYTES, leaf_hash
from ledger.names import fold
from ledger.store import Reader, Row
from ledger.values import Day, Entity, Quantity, Several, Single, Text, Truth, Value
from projections import schema

Json = dict[str, Any]

CLAIM_TYPES = ("claim-asserted", "recording-corrected")

Standing = Literal["stands", "corrected", "retracted", "revised", "erased"]

STANDINGS: dict[int, Standing] = {
    schema.STANDS: "stands",
    schema.CORRECTED: "corrected",
    schema.RETRACTED: "retracted",
    schema.RELAYS: "stands",
    schema.RETRACTED_RELAY: "retracted",
}
"""``claims.standing`` in words; a claim that stands and is ``revised`` is that."""

_SINGLE: dict[str, type[Entity | Text | Truth]] = {"entity": Entity, "text": Text, "truth": Truth}


def notice_json(notice: Notice | None) -> Json | None:
    """Return who erased a text, on which ground and when, and the event that says so."""
    if notice is None:
        return None
    return {
        "by": notice.by,
        "ground": notice.ground,
        "when": notice.recorded_at,
        "recorder": notice.recorder,
        "event": notice.id,
    }


@attrs.define(eq=False, slots=False)
class Filed:
    """A claim's recording: where it lies, who recorded it when, its statement and its reading.

    ``said`` is the statement as a line of JSON Lines has it, defaults left out; it and
    ``reading`` are ``None`` once the body is erased.
    """

    position: int
    id: str
    head: Head
    said: Json | None
    reading: Json | None

    @cached_property
    def claim(self) -> Claim:
        """The claim as the events have it; not to be asked for once the body is erased."""
        assert self.said is not None
        assert self.reading is not None
        return _claim(self.said, self.reading)

    @property
    def value(self) -> Json:
        """The value with its reading, as a camp's value has it: ``type``, ``stated``, ends …"""
        assert self.said is not None
        assert self.reading is not None
        value = {"type": None, "stated": self.said["value"], **self.reading["value"]}
        if "unit" in self.said:
            value["unit"] = self.said["unit"]
        return value


def read_filed(store: Reader, position: int) -> Filed:
    """Return the claim at a position; raise ``IndexError`` when there is no event.

    Raises ``Damaged`` where the text is not the one that was recorded: it is shown to nobody.
    """
    return _filed(store.row(position))


def read_all_filed(store: Reader, positions: Iterable[int]) -> Iterator[Filed]:
    """Return the claims at these positions; raise ``Damaged`` as :func:`read_filed` does."""
    return map(_filed, store.at(list(positions)))


def _filed(row: Row) -> Filed:
    head, id_ = decode_head(row.head), row.hashes[:HASH_BYTES]
    intact = row.body is None or commitment(row.salt or b"", row.body) == head.body
    if not intact or leaf_hash(row.head) != id_:
        what = "head" if intact else "body"
        raise Damaged(
            f"position {row.position}: the {what} is not the one that was recorded",
            "Run `wherefrom verify`",
        )
    body: Json = {} if row.body is None else orjson.loads(row.body)
    return Filed(
        position=row.position,
        id=id_.hex(),
        head=head,
        said=body.get("statement"),
        reading=body.get("reading"),
    )


def claim_in(row: Row) -> tuple[Claim, str]:
    """Return the claim that a row of the ledger holds, and when it was recorded.

    Raises ``Damaged`` where there is none.
    """
    if row.body is None:
        raise Damaged(f"position {row.position}: the body is missing", "Run `wherefrom verify`")
    try:
        body = orjson.loads(row.body)
        return _claim(body["statement"], body["reading"]), orjson.loads(row.head)["recorded_at"]
    except (LookupError, AttributeError, ValueError, TypeError, ArithmeticError) as error:
        raise Damaged(
            f"position {row.position}: not of the form of a claim ({error!r})",
            "Run `wherefrom verify`",
        ) from error


def _claim(said: Json, reading: Json) -> Claim:
    as_of, when = reading.get("as_of"), reading.get("said")
    modality: Modality = said.get("modality", "asserted")
    return Claim(
        subject=said["subject"],
        predicate=said["predicate"],
        value=_value({"stated": said["value"], "unit": said.get("unit"), **reading["value"]}),
        claimant=said["claimant"],
        published=_day({"stated": said["published"], **reading["published"]}),
        scope=said.get("scope", {}),
        as_of=None if as_of is None else _day({"stated": said["as_of"], **as_of}),
        modality=modality,
        via=tuple(said.get("via", ())),
        said=None if when is None else _day({"stated": said["said"], **when}),
        **{name: said[name] for name in _PLAIN & said.keys()},
    )


_PLAIN = {field.name for field in attrs.fields(Claim) if field.type in (str | None, int | None)}
"""The fields of a claim that are kept as they are."""


def _value(tree: Json) -> Value:
    if tree["type"] != "several":
        return _single(tree)
    items = tuple(map(_single, tree.get("items", ())))
    return Several(tree["stated"], items, tree.get("closed", False))


def _single(tree: Json) -> Single:
    kind, stated = tree["type"], tree["stated"]
    if kind == "quantity":
        return Quantity(
            stated,
            _number(tree.get("lower")),
            _number(tree.get("upper")),
            tree.get("lower_open", False),
            tree.get("upper_open", False),
            tree.get("unit"),
            tree.get("approx"),
        )
    if kind == "day":
        return _day(tree)
    if kind == "truth":
        return Truth(stated, tree.get("yes", True))
    return _SINGLE[kind](stated)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(tree: Json) -> Day:
    uncertain = tree.get("uncertain", False)
    return Day(tree["stated"], tree.get("earliest"), tree.get("latest"), uncertain)


def shown_value(said: Json, unit: str | None = None) -> str:
    """Return a claim's value as it was stated, with its unit where the words name none.

    ``unit`` is the predicate's, for a number that has none of its own.
    """
    stated: str = said["value"]
    if stated.isascii() and stated.isdigit() and len(stated) > 4:
        stated = f"{int(stated):,}"
    unit = said.get("unit", unit)
    return stated if unit is None or _names_unit(stated, unit) else f"{stated} {unit}"


def with_modality(text: str, modality: str) -> str:
    """Return what is said of a value, as ``denied: 3,428``, or only what where it is asserted."""
    return text if modality == "asserted" else f"{modality}: {text}"


def _names_unit(stated: str, unit: str) -> bool:
    """Whether the words of a value hold the unit as a word: not the m of *5 million*."""
    pattern = re.escape(fold(unit))
    if unit[0].isalpha():
        pattern = rf"(?<![^\W\d_]){pattern}"
    if unit[-1].isalpha():
        pattern = rf"{pattern}(?!\w)"
    return re.search(pattern, fold(stated)) is not None
