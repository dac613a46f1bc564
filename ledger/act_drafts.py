"""Fields as text → any event but a claim: retractions, links, definitions, matches, decisions.

Which reader a field gets follows from its name, because a name means the same in every event;
which fields an event has, and which it must have, follow from its class.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final

import attrs

from ledger import fields
from ledger.dates import read_day
from ledger.errors import BadInput
from ledger.events import (
    DECISIONS,
    MATCH_RELATIONS,
    OVER_TIME,
    RELATIONS,
    SOURCE_KINDS,
    ClaimsLinked,
    Event,
    PredicateDefined,
    ReviewPublished,
)
from ledger.names import clean, fold
from ledger.values import VALUE_TYPES

Resolve = Callable[[str, str], str]
"""Takes a reference and the field it stands in; returns the id of the event it names."""

REFERENCES: Final = ("claim", "other", "corrects", "after", "event")
"""The fields that name another event, in every event that has them."""

Pairs = tuple[tuple[tuple[str, str], tuple[str, str]], ...]


def _one_of(choices: tuple[str, ...]) -> Callable[[str, str], str]:
    return lambda text, what: fields.read_choice(text, what, choices)


def _listed(given: Any, what: str) -> tuple[str, ...]:
    """Return a list of names; in one text they are separated by commas or semicolons."""
    if isinstance(given, str):
        given = given.replace(",", ";")
    return fields.read_names(given, what)


def _pairs(given: Any, what: str) -> Pairs:
    """Return the conflicts that a decision covers: two sides, each a claimant and a value."""
    try:
        return tuple(((_side(one, what), _side(other, what))) for one, other in given)
    except (TypeError, ValueError):
        raise BadInput(
            f"{what}: not a list of pairs",
            'Write [[["claimant", "value"], ["claimant", "value"]], …]',
        ) from None


def _side(given: Any, what: str) -> tuple[str, str]:
    claimant, value = given
    return fields.read_name(claimant, what), fields.read_wording(value, what)


def _short(text: str, what: str) -> str:
    return clean(text, what, 100)


_READERS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "a": fields.read_name,
    "acts_for": fields.read_name,
    "aliases": fields.read_names,
    "archive_url": fields.read_url,
    "author": fields.read_name,
    "author_url": fields.read_url,
    "b": fields.read_name,
    "best_rating": fields.read_decimal,
    "by": fields.read_name,
    "captured": read_day,
    "country": _short,
    "decision": _one_of(DECISIONS),
    "disjoint": _listed,
    "evidence_sha256": fields.read_sha256,
    "explanation": fields.read_wording,
    "finding": _short,
    "ground": fields.read_wording,
    "home_page": fields.read_url,
    "kind": _one_of(SOURCE_KINDS),
    "lang": fields.read_language,
    "language": fields.read_language,
    "media_type": _short,
    "multi_valued": fields.read_flag,
    "name": fields.read_name,
    "not_before": fields.read_name,
    "origin": _short,
    "over_time": _one_of(OVER_TIME),
    "pairs": _pairs,
    "part_of": fields.read_name,
    "published": read_day,
    "rating": fields.read_name,
    "rating_value": fields.read_decimal,
    "reason": fields.read_wording,
    "relation": _one_of(MATCH_RELATIONS),
    "root": fields.read_sha256,
    "scale": _listed,
    "sha256": fields.read_sha256,
    "size": fields.read_count,
    "title": fields.read_name,
    "tolerance": fields.read_share,
    "unit": fields.read_unit,
    "url": fields.read_url,
    "value_type": _one_of(VALUE_TYPES),
    "worst_rating": fields.read_decimal,
}


def read_act(kind: type[Event], draft: Mapping[str, Any], resolve: Resolve) -> Event:
    """Return the event of class ``kind`` that the draft describes.

    Raises ``BadInput`` naming the field that is unknown, missing or cannot be read, or that
    does not go with another.
    """
    known = {field.name: field for field in attrs.fields(kind)}
    for name in draft:
        if name not in known and name != "type":
            raise unknown_field(name, known, kind.TYPE)
    read: dict[str, Any] = {}
    for name, field in known.items():
        given = draft.get(name)
        if given is None or given == "":
            if field.default is attrs.NOTHING:
                raise BadInput(f"{name}: missing", f"{kind.TYPE} needs it")
        elif name in REFERENCES:
            read[name] = resolve(given, name)
        elif name == "relation" and kind is ClaimsLinked:
            read[name] = fields.read_choice(given, name, RELATIONS)
        else:
            read[name] = _READERS[name](given, name)
    event = kind(**read)
    _check(event)
    return event


def unknown_field(name: str, known: Mapping[str, Any] | tuple[str, ...], where: str) -> BadInput:
    """Return the error for a field that ``where`` does not have, with the nearest it has."""
    close = get_close_matches(name, [*known, "type", "label"], 1, 0.6)
    hint = f"Did you mean {close[0]}?" if close else f"It has {', '.join(known)}"
    return BadInput(f"{name}: {where} has no such field", hint)


_NEEDS_TYPE: Final = {"unit": "quantity", "tolerance": "quantity", "not_before": "day"}


_DIFFER: Final = (
    ("a", "b"),
    ("claim", "other"),
    ("name", "acts_for"),
    ("name", "part_of"),
    ("name", "not_before"),
)
"""Fields of which no event may name one thing twice."""


def _check(event: Event) -> None:
    """Refuse what is well written and means nothing."""
    if isinstance(event, PredicateDefined):
        for name, wanted in _NEEDS_TYPE.items():
            if getattr(event, name) is not None and event.value_type != wanted:
                raise BadInput(
                    f"{name}: only a {wanted} has one, and the type is {event.value_type}",
                    f"Leave it out, or define the predicate as a {wanted}",
                )
        if event.over_time.startswith("cumulative") and event.value_type != "quantity":
            raise BadInput(
                f"over_time: only a quantity can be {event.over_time}",
                "Write instant or constant, or define the predicate as a quantity",
            )
        if len({fold(part) for part in event.disjoint}) < len(event.disjoint):
            raise BadInput("disjoint: the same part twice", "Name different ones")
        if fold(event.name) in map(fold, event.disjoint):
            raise BadInput("disjoint: the same as name", "Name the parts, not the whole")
    if isinstance(event, ReviewPublished):
        check_rating(event)
    for one, other in _DIFFER:
        left, right = getattr(event, one, None), getattr(event, other, None)
        if isinstance(left, str) and isinstance(right, str) and fold(left) == fold(right):
            raise BadInput(f"{other}: the same as {one}", "Name two different ones")


def check_rating(review: ReviewPublished) -> None:
    """Raise ``BadInput`` for a figure without the two ends of its scale, or beyond them."""
    figures = {
        name: getattr(review, name) for name in ("rating_value", "worst_rating", "best_rating")
    }
    absent = [name for name, figure in figures.items() if figure is None]
    if len(absent) == len(figures):
        return
    if absent:
        raise BadInput(
            f"{absent[0]}: missing",
            "A figure needs its scale: write rating_value, worst_rating and best_rating, or none",
        )
    value, worst, best = map(Decimal, figures.values())
    if worst == best:
        raise BadInput(
            f"best_rating: the same as worst_rating, {best}", "Write the two ends of the scale"
        )
    if not min(worst, best) <= value <= max(worst, best):
        raise BadInput(
            f"rating_value: {value} is not on the scale from {worst} to {best}",
            "Write the figure that the review gives",
        )
