"""Which other events hold again what an event says: what to look at before it is erased.

An erasure takes one event's text. A correction carries the text once more, a decision about a
contradiction keeps who said which value, another desk may have recorded the same, another claim
may quote the same passage. Those *repeat* it. Others only *name* it by its id (a link, a
retraction, a review) and hold nothing of it, or name whom it names: who the claimant is stands in
an event of its own.

The whole ledger is read, as bytes, since the text may stand in any field of any event; only what
holds one of the texts is looked at more closely. Found is what is spelled the same. Who says the
same in other words is for a person to find, by `wherefrom search`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

import attrs
import orjson

from ledger.canonical import Json, parse
from ledger.heads import decode_head
from ledger.merkle import HASH_BYTES
from ledger.names import fold
from ledger.store import Reader, Row
from ledger.values import Several
from projections.contradictions.finding import value_text
from projections.filed import CLAIM_TYPES, claim_in, with_modality
from projections.listing import summary

_TEXTS: Final = ("wording", "quote", "reason", "explanation", "title")
"""The fields that hold sentences."""

_LONG: Final = 12
"""From so many characters on a text is found within others; a shorter one only as a whole."""

_NAMING: Final = {
    ("recording-corrected", "corrects"): "corrects it",
    ("claim-retracted", "claim"): "retracts it",
    ("claims-linked", "claim"): "links it",
    ("claims-linked", "other"): "is linked to it",
    ("review-published", "claim"): "reviews it",
}

_OF_NAMES: Final = {
    "source-described": ("describes", ("name", "aliases", "acts_for")),
    "entities-matched": ("matches", ("a", "b")),
    "entities-unmatched": ("takes back a match of", ("a", "b")),
}
"""What events that are about names do with one, and in which fields it stands."""

_MARKS: Final = tuple(f'"type":"{type_}"'.encode() for type_ in _OF_NAMES)

_THEN: Final = {
    "recording-corrected": "the recording that it corrects stands again, as it was typed",
    "claim-retracted": "the claim that it takes back stands again",
    "claims-linked": "the two claims are not linked any more",
    "predicate-defined": "the definition before it counts again, if there was one",
    "source-described": "the description before it counts again, if there was one",
    "entities-matched": "the two names are two again, unless another match says otherwise",
    "entities-unmatched": "a match that it takes back counts again",
    "contradiction-adjudicated": "the finding that it is about is open again",
}


@attrs.frozen
class Repeat:
    """Another event that has to do with one that is to be erased, and what.

    ``of`` is the id of that one; ``repeats`` says whether it holds the text, too.
    """

    position: int
    id: str
    type: str
    summary: str
    of: str
    why: str
    repeats: bool

    def to_json(self) -> Json:
        """Return it as other programs get it."""
        told = attrs.asdict(self)
        del told["repeats"]
        return told


@attrs.define(eq=False, slots=False)
class Going:
    """An event that is to be erased, as far as it takes to find it elsewhere."""

    row: Row
    type: str
    said: Json

    @property
    def position(self) -> int:
        """Where it lies."""
        return self.row.position

    @cached_property
    def id(self) -> str:
        """Its id."""
        return self.row.hashes[:HASH_BYTES].hex()

    @property
    def summary(self) -> str:
        """What it says, in one line."""
        return summary(self.type, self.said)

    def then(self, gone: Collection[str]) -> str | None:
        """Return what is otherwise once it is gone, where that is not plain.

        Nothing where the claims that it is about are among those that go as well.
        """
        about = [self.said[name] for name in ("corrects", "claim", "other") if name in self.said]
        return None if about and all(id_ in gone for id_ in about) else _THEN.get(self.type)

    @property
    def document(self) -> str | None:
        """The SHA-256 of the document that it cites, or that it says was captured."""
        return self.said.get("evidence_sha256") or self.said.get("sha256")

    @cached_property
    def values(self) -> frozenset[str]:
        """What a claim says, in the words under which a decision remembers it."""
        claim, _ = claim_in(self.row)
        items = claim.value.items if isinstance(claim.value, Several) else ()
        return frozenset(
            with_modality(value_text(value), claim.modality) for value in (claim.value, *items)
        )


def going(row: Row) -> Going:
    """Return what a row, which has its body, says."""
    type_ = decode_head(row.head).type
    assert row.body is not None
    said: Json = parse(row.body, f"body of {type_}").get("statement", {})
    return Going(row, type_, said)


Root = Callable[[str], str]
"""Returns by which name, folded, a source is known that is filed under this folded name."""


def repeats_of(reader: Reader, events: Sequence[Going], root: Root = str) -> list[Repeat]:
    """Return the events that repeat or name some of these, in order; each once.

    Told is the event of which it repeats most.
    """
    ids = {event.id for event in events}
    needles = {needle for event in events for needle in _needles(event)}
    names = {orjson.dumps(name) for event in events for _, name in _names(event)}
    corrected = {event.said["corrects"]: event for event in events if "corrects" in event.said}
    found = []
    for row in reader.rows():
        if row.body is None:
            continue
        id_ = row.hashes[:HASH_BYTES].hex()
        if id_ in ids or not (
            id_ in corrected
            or b'"type":"contradiction-adjudicated"' in row.head
            or any(needle in row.body for needle in needles)
            or (any(mark in row.head for mark in _MARKS) and any(n in row.body for n in names))
        ):
            continue
        other = going(row)
        if other.type == "body-erased":
            continue
        reasons = [
            (*reason, event.id) for event in events for reason in _reasons(event, other, root)
        ]
        if reasons:
            repeats, why, of = max(reasons, key=lambda reason: reason[0])
            found.append(
                Repeat(row.position, id_, other.type, other.summary, of, why, repeats=repeats)
            )
    return found


def with_repeats(reader: Reader, events: Iterable[Going], root: Root = str) -> list[Going]:
    """Return these events and all that repeat them, and what repeats those, in order."""
    all_ = {event.id: event for event in events}
    new = list(all_.values())
    while new:
        rows = reader.at([one.position for one in repeats_of(reader, new, root) if one.repeats])
        new = [event for event in map(going, rows) if event.id not in all_]
        all_ |= {event.id: event for event in new}
    return sorted(all_.values(), key=lambda event: event.position)


def citing(reader: Reader, sha256: str) -> list[Going]:
    """Return the events that cite a document, or say that it was captured, in order."""
    needle = f'sha256":"{sha256}"'.encode()
    rows = (row for row in reader.rows() if row.body is not None and needle in row.body)
    return [event for event in map(going, rows) if event.document == sha256]


def _needles(event: Going) -> Iterator[bytes]:
    """Yield what stands in the bytes of every event that has to do with one."""
    yield event.id.encode()
    for _, text in _texts(event.said):
        spelled = orjson.dumps(text)
        yield spelled[1:-1] if len(text) >= _LONG else spelled
    if event.document and "start" in event.said:
        yield event.document.encode()
    if event.type in CLAIM_TYPES:
        yield b'"value":' + orjson.dumps(event.said["value"])


def _texts(said: Json) -> Iterator[tuple[str, str]]:
    for name in _TEXTS:
        if isinstance(said.get(name), str):
            yield name, said[name]


def _names(event: Going) -> Iterator[tuple[str, str]]:
    """Yield whom a claim names, and as what; whoever relayed it is in print already."""
    if event.type in CLAIM_TYPES:
        yield "its claimant", event.said["claimant"]
        yield "its subject", event.said["subject"]


def _reasons(event: Going, other: Going, root: Root) -> Iterator[tuple[bool, str]]:
    """Yield what an event has to do with one that goes: whether it repeats it, and how."""
    if other.row.fingerprint == event.row.fingerprint:
        yield True, "says the same, recorded by another desk"
    for name in (name for type_, name in _NAMING if type_ == other.type):
        if other.said.get(name) == event.id:
            yield name == "corrects", _NAMING[other.type, name]
    if event.said.get("corrects") == other.id:
        yield True, "is the recording that it corrects"
    if other.said.get("after") == event.id:
        yield False, "replaces it"
    if other.type in _OF_NAMES:
        does, fields = _OF_NAMES[other.type]
        held = [other.said.get(field, ()) for field in fields]
        folded = {fold(name) for one in held for name in ([one] if isinstance(one, str) else one)}
        for role, name in _names(event):
            if fold(name) in folded:
                yield False, f"{does} {role} by name"
    for mine, text in _texts(event.said):
        for its, words in _texts(other.said):
            if words == text and mine == its:
                yield True, f"has the same {its}"
            elif len(text) >= _LONG and text in words:
                yield True, f"holds its {mine} in the {its}"
    if event.type in CLAIM_TYPES:
        yield from _reasons_of_claim(event, other, root)
    if event.document and other.document == event.document and _overlap(event.said, other.said):
        yield "quote" in other.said or "wording" in other.said, "is from the same passage"


def _reasons_of_claim(event: Going, other: Going, root: Root) -> Iterator[tuple[bool, str]]:
    said, claimant = event.said, root(fold(event.said["claimant"]))
    if other.type in CLAIM_TYPES and fold(said["subject"]) == fold(other.said["subject"]):
        same = said["value"] == other.said["value"]
        if same and root(fold(other.said["claimant"])) == claimant:
            yield True, "says the same of the same subject"
    if other.type == "contradiction-adjudicated":
        sides = (side for pair in other.said.get("pairs", ()) for side in pair)
        if any(root(who) == claimant and _is_of(event.values, value) for who, value in sides):
            yield True, "decides about it, and holds its claimant and its value"


def _is_of(values: frozenset[str], decided: str) -> bool:
    """Whether a decision means one of these values; its unit may be its predicate's."""
    return any(decided == value or decided.startswith(f"{value} ") for value in values)


def _overlap(one: Json, other: Json) -> bool:
    """Whether two places in one document share a code point."""
    if None in (one.get("start"), other.get("start")):
        return False
    return bool(one["start"] < other["end"] and other["start"] < one["end"])
