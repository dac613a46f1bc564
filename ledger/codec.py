"""How an event is written down: the stored form, final from the first commit.

An event is a *head* and a *body*, both canonical JSON (:mod:`ledger.canonical`).

The body of a claim, with line breaks added::

    {"reading":{"as_of":{"earliest":1770336000,"latest":1770422399},
                "published":{"earliest":1770336000,"latest":1770422399},
                "value":{"lower":"3428","type":"quantity","unit":"people"},
                "version":1},
     "statement":{"as_of":"2026-02-06","claimant":"Iran Human Rights",
                  "predicate":"protester deaths","published":"2026-02-06",
                  "subject":"Iran protests","value":"at least 3,428 people"}}

``statement`` is what was said and filed, in the very words of a line of JSON Lines (the unit
only where it was filed apart from the value);
``reading`` is how this program understood it then (``version`` is the grammar's): intervals,
instants, the type of the value. A better grammar later reads anew without changing what was
recorded. Nothing in a body depends on other events, and defaults are not written.

The head, which is what gets hashed into the ledger's Merkle tree::

    {"body":"<sha256 of salt and body>","origin":"<128 random bits that name the ledger>",
     "recorded_at":"2026-02-06T18:30:00.000000Z","recorder":"desk","schema":1,"seq":0,
     "type":"claim-asserted","v":1}

``v`` is the head's format, ``schema`` the version of that type's body, ``seq`` counts without
gaps per origin, ``recorded_at`` (UTC, microseconds) strictly increases per origin. The body is
committed to with a random salt of 16 bytes, so that it can be erased and not be guessed back.
The event's **id** is the RFC 6962 leaf hash of the head's bytes.

A body that has more to say than the first version of its type could gets the next ``schema``,
so that an older program keeps it unread instead of misreading it; one that has not is written
as ever. Version 2 of ``review-published`` adds ``rating_value``, ``worst_rating``,
``best_rating``, ``title``, ``lang``, ``author_url`` and ``explanation``.

The **fingerprint** is sha256 over the type, a line feed and the canonical statement. It tells
whether the same thing was recorded before; it leaves out the reading, so that a better grammar
does not make every claim new.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import attrs

from ledger.canonical import Json, canonical, parse, sha256
from ledger.claim_trees import check_scope, fields_of, statement_and_reading
from ledger.errors import BadInput, Damaged
from ledger.events import EVENT_TYPES, Claim, ClaimAsserted, Event, RecordingCorrected
from ledger.grammar import READING_VERSION
from ledger.heads import FIRST_SCHEMA
from ledger.structure import structure, unstructure
from ledger.values import Day

ADDED: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "review-published": (
        frozenset(
            (
                "rating_value",
                "worst_rating",
                "best_rating",
                "title",
                "lang",
                "author_url",
                "explanation",
            )
        ),
    )
}
"""The fields that each later version of a type's body added to the one before, from 2 on."""

MAX_BODY = 1_048_576


class Body(NamedTuple):
    """An event's canonical body, and the fingerprint of its type and statement."""

    type: str
    data: bytes
    fingerprint: bytes
    schema: int = FIRST_SCHEMA


@attrs.frozen
class UnknownEvent:
    """An event of a type, or of a version of a type, that this program does not know."""

    type: str
    schema: int
    body: Json


_DAY_FIELDS: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(field.name for field in attrs.fields(kind) if field.type in (Day, Day | None))
    for kind in (Claim, *EVENT_TYPES.values())
}


def _split(tree: Json, days: tuple[str, ...]) -> tuple[Json, Json]:
    """Split an unstructured event into its statement and its reading."""
    reading: Json = {"version": READING_VERSION}
    for name in days:
        day = tree.get(name)
        if day is not None:
            tree[name] = day.pop("stated")
            reading[name] = day
    value = tree.get("value")
    if isinstance(value, dict):
        tree["value"] = value.pop("stated")
        if "unit" in tree:  # filed apart: then the statement has it, and the reading need not
            del value["unit"]
        reading["value"] = value
    return tree, reading


def statement(event: Event) -> Json:
    """Return what the event states, as a line of JSON Lines without its ``type``."""
    return _statement_and_reading(event)[0]


def _statement_and_reading(event: Event) -> tuple[Json, Json]:
    tree = unstructure(event)
    days = _DAY_FIELDS[type(event)]
    if isinstance(event, ClaimAsserted | RecordingCorrected):
        tree.update(tree.pop("claim"))
        days = _DAY_FIELDS[Claim]
        check_scope(event.claim.scope)
    return _split(tree, days)


def encode(event: Event) -> Body:
    """Return the event's body.

    Raises ``BadInput`` when it is larger than a body may be (1 MiB) or holds text that is
    not Unicode.
    """
    if isinstance(event, ClaimAsserted):
        return encode_claim(fields_of(event.claim))
    return _body(event.TYPE, *_statement_and_reading(event))


def encode_claim(fields: Mapping[str, Any]) -> Body:
    """Return the body of ``ClaimAsserted`` with these fields of a claim.

    For an import, which has read the fields and need not make a claim of them. Raises what
    ``encode`` does.
    """
    return _body(ClaimAsserted.TYPE, *statement_and_reading(fields))


def _body(kind: str, stated: Json, reading: Json) -> Body:
    said = canonical(stated)
    data = b'{"reading":' + canonical(reading) + b',"statement":' + said + b"}"
    if len(data) > MAX_BODY:
        raise BadInput(
            f"event of {len(data):,} bytes, more than the {MAX_BODY:,} allowed",
            "Shorten the wording",
        )
    return Body(kind, data, sha256(kind.encode() + b"\n" + said), _schema_of(kind, stated))


def _schema_of(type_: str, stated: Json) -> int:
    """Return the first version of the type's body that has every field of the statement."""
    schema = FIRST_SCHEMA
    for version, added in enumerate(ADDED.get(type_, ()), FIRST_SCHEMA + 1):
        if not added.isdisjoint(stated):
            schema = version
    return schema


def newest_schema(type_: str) -> int:
    """Return the last version of the type's body that this program knows."""
    return FIRST_SCHEMA + len(ADDED.get(type_, ()))


def fingerprint_of(type_: str, body: bytes) -> bytes:
    """Return the fingerprint of a stored body, computed anew from its bytes.

    In canonical JSON a quotation mark inside a text follows a backslash, so the first
    ``,"statement":`` is the member itself and the rest of the body is its value.
    """
    said = body.partition(b',"statement":')[2][:-1]
    return sha256(type_.encode() + b"\n" + said)


def is_known(type_: str, schema: int) -> bool:
    """Whether this program knows this version of this type of event."""
    return type_ in EVENT_TYPES and FIRST_SCHEMA <= schema <= newest_schema(type_)


def decode(type_: str, schema: int, data: bytes) -> Event | UnknownEvent:
    """Return the event whose body is ``data``.

    Types and schema versions that this program does not know come back as ``UnknownEvent``.
    Raises ``Damaged`` when the body is not of its type's form.
    """
    body = parse(data, f"body of {type_}")
    if not is_known(type_, schema):
        return UnknownEvent(type_, schema, body)
    kind = EVENT_TYPES[type_]
    try:
        tree = _joined(dict(body["statement"]), body["reading"], kind)
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"{type_}: not of that form ({error!r})") from error
    return structure(tree, kind)


def _joined(tree: Json, reading: Json, kind: type[Event]) -> Json:
    """Join a statement and its reading into the tree of an event."""
    has_claim = kind in (ClaimAsserted, RecordingCorrected)
    for name in _DAY_FIELDS[Claim if has_claim else kind]:
        if name in tree:
            tree[name] = {"stated": tree[name], **reading[name]}
    if not has_claim:
        return tree
    tree["value"] = {"stated": tree["value"], **reading["value"]}
    if "unit" in tree:
        tree["value"]["unit"] = tree["unit"]
    corrects = tree.pop("corrects", None)
    return {"claim": tree} if corrects is None else {"claim": tree, "corrects": corrects}
