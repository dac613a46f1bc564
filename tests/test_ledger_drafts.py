"""Fields as text become events that may be recorded, or an error that names the field."""

import doctest
from collections.abc import Mapping
from typing import Any

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from ledger import drafts as module
from ledger.codec import encode, statement
from ledger.drafts import CLAIM_FIELDS, REQUIRED, UNDEFINED, Drafts, Reading
from ledger.errors import BadInput, LedgerError
from ledger.events import (
    EVENT_TYPES,
    MODALITIES,
    Claim,
    ClaimAsserted,
)
from ledger.fields import read_url
from ledger.grammar import read_value
from ledger.names import clean
from ledger.values import Entity, Quantity, Several, Text

CLAIM = {
    "subject": "storm",
    "predicate": "deaths",
    "value": "at least 3,428",
    "claimant": "Red Cross",
    "published": "2026-02-06",
}
ID = "ab" * 32


def undefined(predicate: str) -> Reading:
    return UNDEFINED


def itself(text: str, what: str) -> str:
    """A reference that is resolved to itself."""
    return text


def read(fields: Mapping[str, Any]) -> Any:
    return Drafts(undefined, itself).read(fields)


def test_the_example_in_its_docstring() -> None:
    assert doctest.testmod(module).attempted
    assert not doctest.testmod(module).failed


# Claims


def names() -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co"))
    return st.text(letters, min_size=1, max_size=20).filter(lambda text: bool(text.strip()))


@st.composite
def claims(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the fields of a claim, most of them with some of the optional ones."""
    day = st.dates().map(str)
    fields: dict[str, Any] = {
        "subject": draw(names()),
        "predicate": draw(names()),
        "claimant": draw(names()),
        "published": draw(day),
        "value": draw(st.one_of(st.integers(0, 10**9).map(str), strategies.figures().map(first))),
    }
    optional = {
        "as_of": day,
        "said": day,
        "via": st.lists(names(), min_size=1, max_size=3),
        "scope": st.dictionaries(st.sampled_from([" place", "été"]), names(), min_size=1),
        "modality": st.sampled_from(MODALITIES),
        "url": st.sampled_from(["https://example.org/é?a=b#c", "doi:10.1000/182"]),
        "evidence_sha256": st.binary(min_size=32, max_size=32).map(bytes.hex),
        "wording": names(),
        "lang": st.sampled_from(["fr", "en-GB", "zh-Hant-TW"]),
        "quote": names(),
    }
    for name in draw(st.sets(st.sampled_from(sorted(optional)))):
        fields[name] = draw(optional[name])
    return fields


def first(pair: tuple[str, Any]) -> str:
    return pair[0]


@given(claims())
def test_a_claim_keeps_every_field_that_it_was_given(fields: dict[str, Any]) -> None:
    try:
        claim = read(fields).claim
    except BadInput:
        with pytest.raises(BadInput):
            read_value(fields["value"])
        return
    for name in ("subject", "predicate", "claimant"):
        assert getattr(claim, name) == clean(fields[name])
    for name in ("published", "as_of", "said"):
        day = getattr(claim, name)
        assert (day.stated if day else None) == fields.get(name)
    assert claim.value == read_value(fields["value"])
    assert claim.via == tuple(map(clean, fields.get("via", ())))
    assert claim.scope == {clean(n): clean(t) for n, t in fields.get("scope", {}).items()}
    assert claim.modality == fields.get("modality", "asserted")
    for name in ("url", "evidence_sha256", "wording", "lang", "quote"):
        assert getattr(claim, name) == fields.get(name)


@given(claims())
def test_what_a_claim_states_reads_as_the_same_claim(fields: dict[str, Any]) -> None:
    """What `export` writes, `import` reads back: the same fingerprint, the same reading."""
    try:
        event = read(fields)
    except BadInput:
        return
    assert encode(read(statement(event))) == encode(event)


@given(claims(), st.sampled_from(sorted(set(CLAIM_FIELDS) - {"unit"})))
def test_an_empty_text_is_an_absent_field(fields: dict[str, Any], name: str) -> None:
    without = {field: text for field, text in fields.items() if field != name}
    assert outcome({**fields, name: ""}) == outcome(without)


ADDRESSES = st.text("abcXYZ019:/?#.-%é \t", max_size=30)


@given(st.sampled_from(["https://", "http://", "HTTP://", "ftp:", ""]), ADDRESSES)
def test_a_plain_address_is_read_as_every_address_is(begin: str, rest: str) -> None:
    """A space before it is no part of an address, but only the long way sets it aside."""

    def read_or_refused(text: str) -> str:
        try:
            return read_url(text, "url")
        except BadInput as error:
            return str(error)

    assert read_or_refused(begin + rest) == read_or_refused(f" {begin}{rest}")


def outcome(fields: Mapping[str, Any]) -> Any:
    """The event that the fields come to, or what is said of them."""
    try:
        return read(fields)
    except LedgerError as error:
        return str(error)


@pytest.mark.parametrize("name", REQUIRED)
def test_what_a_claim_needs(name: str) -> None:
    fields = {field: text for field, text in CLAIM.items() if field != name}
    with pytest.raises(BadInput, match=f"^{name}: missing") as caught:
        read(fields)
    assert caught.value.hint


def test_a_field_that_nobody_knows_is_named_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"^claimnt: a claim has no such field") as caught:
        read({**CLAIM, "claimnt": "x"})
    assert caught.value.hint == "Did you mean claimant?"


@given(st.dictionaries(st.sampled_from([*CLAIM_FIELDS, "type", "x"]), st.text(max_size=30)))
def test_whatever_is_typed_is_read_or_refused_with_a_hint(fields: dict[str, str]) -> None:
    fields = {name: text for name, text in fields.items() if name != "scope"}
    said = outcome({**CLAIM, **fields})
    if isinstance(said, str):
        assert ":" in said
        assert "\n" not in said
    else:
        encode(said)


def test_via_is_a_list_or_one_text_with_semicolons() -> None:
    assert read({**CLAIM, "via": "A; B;"}).claim.via == ("A", "B")
    assert read({**CLAIM, "via": ["A; B", "C"]}).claim.via == ("A; B", "C")
    with pytest.raises(BadInput, match=r"^via: empty"):
        read({**CLAIM, "via": "A;;B"})


def test_a_wording_is_kept_to_the_letter() -> None:
    said = " l’e\u0301cole :\n\t« 3\u202f428 » "
    assert read({**CLAIM, "wording": said}).claim.wording == said


# Definitions


def test_a_value_is_read_as_its_predicate_is_defined() -> None:
    known = {"deaths": Reading("quantity"), "venue": Reading("entity")}
    drafts = Drafts(lambda predicate: known.get(predicate, UNDEFINED))
    assert isinstance(drafts.claim(CLAIM).value, Quantity)
    assert isinstance(drafts.claim({**CLAIM, "predicate": "venue"}).value, Entity)
    assert isinstance(drafts.claim({**CLAIM, "predicate": "x", "value": "storm"}).value, Text)


def test_a_definition_among_the_drafts_counts_from_there_on() -> None:
    drafts = Drafts(undefined)
    listed = {**CLAIM, "predicate": "Agenda", "value": "only A; B"}
    assert isinstance(drafts.claim(listed).value, Text)
    drafts.read(
        {
            "type": "predicate-defined",
            "name": "agenda",
            "value_type": "text",
            "multi_valued": "true",
        }
    )
    value = drafts.claim(listed).value
    assert isinstance(value, Several)
    assert value.closed
    assert [item.stated for item in value.items] == ["A", "B"]


def test_a_definition_s_unit_is_not_written_into_a_claim() -> None:
    """What a claim says does not depend on what was defined before it."""
    drafts = Drafts(undefined)
    drafts.read(
        {"type": "predicate-defined", "name": "deaths", "value_type": "quantity", "unit": "people"}
    )
    value = drafts.claim(CLAIM).value
    assert isinstance(value, Quantity)
    assert value.unit is None


# Every other event


EVENTS: dict[str, dict[str, Any]] = {
    "recording-corrected": {**CLAIM, "corrects": ID},
    "claim-retracted": {"claim": ID, "published": "2026", "reason": "an error", "url": "doi:1"},
    "claims-linked": {"claim": ID, "relation": "relays", "other": "cd" * 32},
    "predicate-defined": {
        "name": "end",
        "value_type": "day",
        "over_time": "constant",
        "not_before": "start",
    },
    "source-described": {"name": "K", "kind": "person", "aliases": ["L; M"], "language": "fr"},
    "entities-matched": {"a": "Muscat", "b": "Oman", "relation": "within", "after": ID},
    "entities-unmatched": {"a": "Muscat", "b": "Mascate", "after": ID},
    "evidence-captured": {"sha256": ID, "media_type": "text/html", "captured": "2026-02-06"},
    "review-published": {
        "claim": ID,
        "rating": "false",
        "author": "X",
        "published": "2026",
        "rating_value": "2",
        "worst_rating": "1",
        "best_rating": "5",
        "title": "No",
        "lang": "en",
        "author_url": "https://example.org/",
        "explanation": "counted twice",
    },
    "contradiction-adjudicated": {
        "finding": "abcdef",
        "decision": "dismissed",
        "reason": "two storms",
        "pairs": [[["a", "100"], ["b", "140"]]],
    },
    "body-erased": {"event": ID, "by": "desk", "ground": "a court's order"},
    "ledger-merged": {"origin": "f" * 32, "size": "12", "root": ID},
}


def test_there_is_an_example_of_every_event() -> None:
    assert {*EVENTS, ClaimAsserted.TYPE} == set(EVENT_TYPES)


@pytest.mark.parametrize("type_", EVENTS)
def test_an_event_says_what_its_fields_say(type_: str) -> None:
    event = read({"type": type_, **EVENTS[type_]})
    assert type_ == event.TYPE
    said = statement(event)
    assert {name: as_given(text) for name, text in said.items()} == EVENTS[type_]
    again = {
        name: str(given) if isinstance(given, int) and given is not True else given
        for name, given in said.items()
    }
    assert encode(read({"type": type_, **again})) == encode(event)


def as_given(said: Any) -> Any:
    """What was stated as JSON holds it: lists for tuples, texts for numbers."""
    if isinstance(said, list | tuple):
        return [as_given(item) for item in said]
    return str(said) if isinstance(said, int) else said


@pytest.mark.parametrize("type_", EVENTS)
def test_an_event_without_one_of_its_fields(type_: str) -> None:
    for name in EVENTS[type_]:
        fields = {field: text for field, text in EVENTS[type_].items() if field != name}
        said = outcome({"type": type_, **fields})
        assert not isinstance(said, str) or said.startswith(f"{name}: missing")


def test_references_are_resolved_and_nothing_else_is() -> None:
    asked: list[tuple[str, str]] = []

    def resolve(text: str, what: str) -> str:
        asked.append((text, what))
        return text

    drafts = Drafts(undefined, resolve)
    for type_, fields in EVENTS.items():
        drafts.read({"type": type_, **fields})
    assert [what for _, what in asked] == [
        "corrects",
        "claim",
        "claim",
        "other",
        "after",
        "after",
        "claim",
        "event",
    ]


def test_without_anything_to_refer_to_a_reference_is_refused() -> None:
    with pytest.raises(BadInput, match=r"claim: .* names no event"):
        Drafts(undefined).read({"type": "claim-retracted", **EVENTS["claim-retracted"]})


def test_a_field_of_another_event_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^reason: claims-linked has no such field"):
        read({"type": "claims-linked", **EVENTS["claims-linked"], "reason": "x"})


def test_an_event_of_no_known_type() -> None:
    with pytest.raises(BadInput, match=r"^type: 'claim-made' is unknown"):
        read({**CLAIM, "type": "claim-made"})


def test_a_claim_is_what_is_meant_where_no_type_is_given() -> None:
    assert isinstance(read(CLAIM), ClaimAsserted)
    assert isinstance(read({**CLAIM, "type": "claim-asserted"}), ClaimAsserted)
    assert isinstance(read(CLAIM).claim, Claim)
