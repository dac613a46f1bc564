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

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import attrs

from ledger.canonical import Json, canonical, parse, sha256
from ledger.claim_trees import check_scope, fields_of, statement_and_reading
from ledger.errors import BadInput, Damaged
from ledger.events import EVENT_TYPES, Claim, ClaimAsserted, Event, RecordingCorrected
from ledger.grammar import READING_VERSION
from ledger.structure import structure, unstructure
from ledger.values import Day

HEAD_VERSION = 1
SCHEMA = 1
"""The first version of every type's body."""

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

MAX_HEAD = 65_535
MAX_BODY = 1_048_576
MAX_RECORDER = 200

SALT_BYTES = 16

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


@attrs.frozen
class Head:
    """The head of an event; see the module's text for what each field says."""

    type: str
    origin: str
    seq: int
    recorder: str
    recorded_at: str
    body: str
    schema: int = SCHEMA
    v: int = HEAD_VERSION


class Body(NamedTuple):
    """An event's canonical body, and the fingerprint of its type and statement."""

    type: str
    data: bytes
    fingerprint: bytes
    schema: int = SCHEMA


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
    schema = SCHEMA
    for version, added in enumerate(ADDED.get(type_, ()), SCHEMA + 1):
        if not added.isdisjoint(stated):
            schema = version
    return schema


def newest_schema(type_: str) -> int:
    """Return the last version of the type's body that this program knows."""
    return SCHEMA + len(ADDED.get(type_, ()))


def fingerprint_of(type_: str, body: bytes) -> bytes:
    """Return the fingerprint of a stored body, computed anew from its bytes.

    In canonical JSON a quotation mark inside a text follows a backslash, so the first
    ``,"statement":`` is the member itself and the rest of the body is its value.
    """
    said = body.partition(b',"statement":')[2][:-1]
    return sha256(type_.encode() + b"\n" + said)


def is_known(type_: str, schema: int) -> bool:
    """Whether this program knows this version of this type of event."""
    return type_ in EVENT_TYPES and SCHEMA <= schema <= newest_schema(type_)


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


def encode_head(head: Head) -> bytes:
    """Return the canonical bytes of a head, below 64 KiB since its only free text is bounded.

    Raises ``BadInput`` when ``recorder`` is longer than 200 code points.
    """
    if len(head.recorder) > MAX_RECORDER:
        raise BadInput("recorder: longer than 200 characters", "Name the desk more shortly")
    return canonical(
        {
            "body": head.body,
            "origin": head.origin,
            "recorded_at": head.recorded_at,
            "recorder": head.recorder,
            "schema": head.schema,
            "seq": head.seq,
            "type": head.type,
            "v": head.v,
        }
    )


def next_head(
    origin: str, recorder: str, type_: str, schema: int, seq: int, recorded_at: str, body: str
) -> bytes:
    """Return what :func:`encode_head` does, in a third of the time.

    Of the heads that a recorder writes only the last three fields, a number and two texts
    without anything to escape, differ from one to the next; the rest is written once.
    """
    return (_template(origin, recorder, type_, schema) % (body, recorded_at, seq)).encode()


@lru_cache(maxsize=256)
def _template(origin: str, recorder: str, type_: str, schema: int) -> str:
    """Return a head with marks where heads differ.

    In canonical JSON a quotation mark inside a text follows a backslash, so the first place that
    looks like one of these members is the member.
    """
    head = encode_head(Head(type_, origin, 0, recorder, "", "", schema))
    template = head.decode().replace("%", "%%")
    for member, marked in (
        ('{"body":""', '{"body":"%s"'),
        ('"recorded_at":""', '"recorded_at":"%s"'),
        ('"seq":0', '"seq":%d'),
    ):
        template = template.replace(member, marked, 1)
    return template


def decode_head(data: bytes) -> Head:
    """Return the head whose bytes are ``data``; raise ``Damaged`` when they are none."""
    if len(data) > MAX_HEAD:
        raise Damaged("head: longer than 65,535 bytes")
    tree = parse(data, "head")
    try:
        head = Head(**tree)
    except TypeError as error:
        raise Damaged(f"head: {error}") from None
    texts = (head.type, head.origin, head.recorder, head.recorded_at, head.body)
    numbers = (head.seq, head.schema, head.v)
    if not all(type(text) is str for text in texts):
        raise Damaged("head: a field that should be text is none")
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise Damaged("head: a field that should be a whole number is none")
    return head


def commitment(salt: bytes, body: bytes) -> str:
    """Return what a head says of its body: sha256(salt ‖ body) in hex."""
    return hashlib.sha256(salt + body).hexdigest()


def write_time(moment: datetime) -> str:
    """Return an aware time as the ledger spells it: ``2026-02-06T18:30:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_time(text: str) -> datetime:
    """Return the time that ``write_time`` spelled; raise ``Damaged`` for anything else."""
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:  # the thirtieth of February
        pass
    raise Damaged(f"recorded_at: {text!r} is not a time")
