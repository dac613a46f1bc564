"""How an event is written down: one statement, one sequence of bytes, read back as it was.

Measured against ``rfc8785``, an implementation of RFC 8785 that is not ours.
"""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import claims, events, printable

from ledger.canonical import canonical
from ledger.codec import (
    UnknownEvent,
    _statement_and_reading,
    decode,
    encode,
    encode_claim,
    fingerprint_of,
    statement,
)
from ledger.dates import read_day
from ledger.errors import BadInput, Damaged
from ledger.events import (
    EVENT_TYPES,
    Claim,
    ClaimAsserted,
    ClaimsLinked,
    EntitiesMatched,
    EntitiesUnmatched,
    Event,
    ReviewPublished,
)
from ledger.heads import (
    MAX_HEAD,
    Head,
    check_written,
    commitment,
    decode_head,
    encode_head,
    next_head,
    read_time,
    write_time,
)
from ledger.values import Quantity, Truth

VALUE = Quantity("at least 3,428 people", lower=Decimal(3428), unit="people")
CLAIM = Claim(
    subject="Iran protests",
    predicate="protester deaths",
    value=VALUE,
    claimant="Iran Human Rights",
    published=read_day("2026-02-06"),
    as_of=read_day("2026-02-06"),
)

BODY = (
    b'{"reading":{"as_of":{"earliest":1770336000,"latest":1770422399},'
    b'"published":{"earliest":1770336000,"latest":1770422399},'
    b'"value":{"lower":"3428","type":"quantity","unit":"people"},"version":1},'
    b'"statement":{"as_of":"2026-02-06","claimant":"Iran Human Rights",'
    b'"predicate":"protester deaths","published":"2026-02-06",'
    b'"subject":"Iran protests","value":"at least 3,428 people"}}'
)

HEAD = Head(
    type="claim-asserted",
    origin="5eed" * 8,
    seq=0,
    recorder="desk",
    recorded_at="2026-02-06T18:30:00.000000Z",
    body="ab" * 32,
)


def test_the_body_is_the_one_that_the_format_shows() -> None:
    """These bytes are final: a ledger written today is read for ever."""
    assert encode(ClaimAsserted(claim=CLAIM)).data == BODY


def test_a_unit_that_was_filed_apart_is_stated_and_one_that_was_read_is_not() -> None:
    """A better reading of "3,428 people" must not make the claim a new one."""
    said = statement(ClaimAsserted(claim=CLAIM))
    assert "unit" not in said
    apart = ClaimAsserted(claim=attrs.evolve(CLAIM, unit="people"))
    assert statement(apart) == {**said, "unit": "people"}
    assert decode(apart.TYPE, 1, encode(apart).data) == apart
    read_otherwise = attrs.evolve(CLAIM, value=attrs.evolve(VALUE, unit="persons"))
    again = encode(ClaimAsserted(claim=read_otherwise))
    assert again.fingerprint == encode(ClaimAsserted(claim=CLAIM)).fingerprint


def test_a_qualifier_beyond_the_basic_plane_is_refused() -> None:
    """RFC 8785 orders keys by UTF-16 code units, which differ there from code points."""
    with pytest.raises(BadInput, match="U\\+FFFF"):
        encode(ClaimAsserted(claim=attrs.evolve(CLAIM, scope={"\U0001f600": "a"})))


def test_the_head_is_the_one_that_the_format_shows() -> None:
    assert encode_head(HEAD) == (
        b'{"body":"' + b"ab" * 32 + b'","origin":"' + b"5eed" * 8 + b'",'
        b'"recorded_at":"2026-02-06T18:30:00.000000Z","recorder":"desk","schema":1,"seq":0,'
        b'"type":"claim-asserted","v":1}'
    )


@given(events())
def test_every_event_is_read_back_as_it_was(event: Event) -> None:
    body = encode(event)
    assert decode(body.type, body.schema, body.data) == event


@given(events())
def test_bodies_are_canonical_json(event: Event) -> None:
    data = encode(event).data
    assert data == rfc8785.dumps(json.loads(data))


@given(claims(), st.booleans())
def test_the_short_way_to_the_body_of_a_claim_is_that_of_every_event(
    claim: Claim, apart: bool
) -> None:
    """``apart``: the unit was filed apart from the value."""
    if apart and isinstance(claim.value, Quantity) and claim.value.unit:
        claim = attrs.evolve(claim, unit=claim.value.unit)
    event = ClaimAsserted(claim=claim)
    stated, reading = _statement_and_reading(event)
    data = canonical({"reading": reading, "statement": stated})
    assert encode(event) == (event.TYPE, data, fingerprint_of(event.TYPE, data), 1)
    fields = attrs.asdict(claim, recurse=False)
    said = {name: value for name, value in fields.items() if value is not None}
    assert encode_claim(said) == encode(event)


@given(events())
def test_encoding_again_what_was_decoded_changes_no_byte(event: Event) -> None:
    body = encode(event)
    again = decode(body.type, body.schema, body.data)
    assert not isinstance(again, UnknownEvent)
    assert encode(again) == body


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF)),
            inner,
            max_size=4,
        )
    ),
)


@given(st.dictionaries(st.text(st.characters(max_codepoint=0xD7FF)), JSON))
def test_canonical_bytes_are_those_of_rfc_8785(tree: dict[str, Any]) -> None:
    assert canonical(tree) == rfc8785.dumps(tree)


@pytest.mark.parametrize("number", [2**53, -(2**53)])
def test_a_number_that_a_float_cannot_hold_is_refused(number: int) -> None:
    with pytest.raises(TypeError):
        canonical({"size": number})


def test_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(BadInput, match="surrogate"):
        canonical({"name": "\ud800"})


@given(st.builds(attrs.evolve, st.just(HEAD), recorder=printable(), seq=st.integers(0, 10**9)))
def test_heads_are_canonical_and_read_back(head: Head) -> None:
    data = encode_head(head)
    assert data == rfc8785.dumps(json.loads(data))
    assert decode_head(data) == head
    assert len(data) <= MAX_HEAD


@given(
    st.builds(
        attrs.evolve,
        st.just(HEAD),
        recorder=printable(),
        seq=st.integers(0, 10**9),
        schema=st.integers(1, 3),
    )
)
@example(attrs.evolve(HEAD, recorder='"seq":0 "recorded_at":"" %s {"body":""'))
def test_the_next_head_is_written_as_any_head_is(head: Head) -> None:
    place = (head.seq, head.recorded_at, head.body)
    assert next_head(head.origin, head.recorder, head.type, head.schema, *place) == encode_head(
        head
    )


def test_the_longest_recorder_still_fits_a_head() -> None:
    """Control characters take six bytes each; nothing takes more."""
    assert len(encode_head(attrs.evolve(HEAD, recorder="\x01" * 200))) <= MAX_HEAD
    with pytest.raises(BadInput, match="200"):
        encode_head(attrs.evolve(HEAD, recorder="x" * 201))


# --- the fingerprint -------------------------------------------------------------------------


def test_the_fingerprint_is_that_of_the_type_and_the_statement() -> None:
    said = BODY.partition(b',"statement":')[2][:-1]
    expected = hashlib.sha256(b"claim-asserted\n" + said).digest()
    assert encode(ClaimAsserted(claim=CLAIM)).fingerprint == expected


def test_a_better_reading_of_the_same_words_is_no_new_statement() -> None:
    bounded = attrs.evolve(VALUE, upper=Decimal(9999), approx="vague")
    later = attrs.evolve(CLAIM, value=bounded, published=attrs.evolve(CLAIM.published, latest=0))
    one, other = encode(ClaimAsserted(claim=CLAIM)), encode(ClaimAsserted(claim=later))
    assert one.data != other.data
    assert one.fingerprint == other.fingerprint


def test_another_unit_or_word_is_a_new_statement() -> None:
    apart = attrs.evolve(CLAIM, unit="deaths", value=attrs.evolve(VALUE, unit="deaths"))
    for claim in (apart, attrs.evolve(CLAIM, value=Truth("yes"))):
        other = encode(ClaimAsserted(claim=claim))
        assert other.fingerprint != encode(ClaimAsserted(claim=CLAIM)).fingerprint


def test_the_same_words_under_another_type_are_a_new_statement() -> None:
    matched, unmatched = EntitiesMatched(a="x", b="y"), EntitiesUnmatched(a="x", b="y")
    assert statement(matched) == statement(unmatched)
    assert encode(matched).fingerprint != encode(unmatched).fingerprint


@given(events())
def test_the_fingerprint_can_be_computed_from_the_stored_body(event: Event) -> None:
    body = encode(event)
    assert fingerprint_of(body.type, body.data) == body.fingerprint


@given(claims(), st.sampled_from(['","statement":{}', ',"statement":', '\\",\\"statement\\":']))
def test_words_that_look_like_the_format_mislead_nobody(claim: Claim, words: str) -> None:
    told = attrs.evolve(claim, subject=f"x{words}", wording=words, quote=words)
    body = encode(ClaimAsserted(claim=told))
    assert fingerprint_of(body.type, body.data) == body.fingerprint
    assert decode(body.type, 1, body.data) == ClaimAsserted(claim=told)


def test_a_unit_that_looks_like_the_format_misleads_nobody() -> None:
    """The unit is a statement's; the reading before it holds no words of anybody's."""
    value = attrs.evolve(VALUE, unit=',"statement":')
    body = encode(ClaimAsserted(claim=attrs.evolve(CLAIM, value=value)))
    assert fingerprint_of(body.type, body.data) == body.fingerprint


# --- what is not written, and what is not known ----------------------------------------------


@given(events())
def test_defaults_are_never_written(event: Event) -> None:
    told = json.loads(encode(event).data)
    for part in (told["statement"], told["reading"], told["reading"].get("value", {})):
        for name, value in part.items():
            assert value not in (None, [], {}), name
            assert not isinstance(value, bool) or value or name == "yes", name


def test_the_type_of_every_event_is_written_as_it_was_from_the_first() -> None:
    """Never a class path; a renamed class would make old ledgers unreadable."""
    assert set(EVENT_TYPES) == {
        "claim-asserted",
        "recording-corrected",
        "claim-retracted",
        "claims-linked",
        "predicate-defined",
        "source-described",
        "entities-matched",
        "entities-unmatched",
        "evidence-captured",
        "review-published",
        "contradiction-adjudicated",
        "body-erased",
        "ledger-merged",
    }


def test_types_and_versions_of_tomorrow_are_kept_unread() -> None:
    body = b'{"new":{"thing":1}}'
    unknown = decode("claim-forgotten", 1, body)
    assert unknown == UnknownEvent("claim-forgotten", 1, {"new": {"thing": 1}})
    assert decode("claim-asserted", 2, body) == UnknownEvent(
        "claim-asserted", 2, {"new": {"thing": 1}}
    )


def test_a_review_is_of_the_first_version_that_has_a_place_for_what_it_says() -> None:
    """What older programs can read stays readable for them; the rest they keep unread."""
    review = ReviewPublished(
        claim="ab" * 32, rating="False", author="X", published=read_day("2026-02-06")
    )
    plain = encode(review)
    assert plain.schema == 1
    assert decode(plain.type, 1, plain.data) == decode(plain.type, 2, plain.data) == review
    titled = attrs.evolve(review, title="No")
    body = encode(titled)
    assert body.schema == 2
    assert decode(body.type, 2, body.data) == titled
    assert isinstance(decode(body.type, 3, body.data), UnknownEvent)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"reading":{"version":1}}',
        b'{"statement":{"claim":"a","other":"b","relation":"relays"}}',
        b'{"reading":{"version":1},"statement":{"claim":"a"}}',
        b'{"reading":{"version":1},"statement":{"claim":"a","more":1,"other":"b","relation":"x"}}',
        b'{"reading":{"version":1},"statement":[]}',
        b'{"reading":[],"statement":{}}',
    ],
)
def test_a_body_of_another_form_is_damage(body: bytes) -> None:
    with pytest.raises(Damaged):
        decode("claims-linked", 1, body)


def test_a_word_that_is_none_of_a_choice_is_refused() -> None:
    for relation in ('"same as"', "[]", "null", "5"):
        body = '{"reading":{},"statement":{"a":"x","b":"y","relation":' + relation + "}}"
        with pytest.raises(Damaged, match="not of that form"):
            decode("entities-matched", 1, body.encode())


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": None},
        {"published": "6 February"},
        {"value": {"type": "number"}},
        {"value": {"lower": "x", "type": "quantity"}},
        {"value": {"type": "quantity", "more": 1}},
        {"value": None},
    ],
)
def test_a_claim_whose_reading_is_of_another_form_is_damage(change: dict[str, Any]) -> None:
    tree = json.loads(BODY)
    tree["reading"] |= change
    tree["reading"] = {name: value for name, value in tree["reading"].items() if value is not None}
    with pytest.raises(Damaged):
        decode("claim-asserted", 1, canonical(tree))


@pytest.mark.parametrize(
    "change",
    [
        {"seq": None},
        {"more": 1},
        {"seq": "0"},
        {"seq": -1},
        {"type": 5},
        {"origin": ["5eed"]},
        {"recorded_at": 0},
        {"schema": "1"},
        {"v": True},
        {"body": 1},
        {"recorder": {}},
    ],
)
def test_a_head_of_another_form_is_damage(change: dict[str, Any]) -> None:
    tree = {**json.loads(encode_head(HEAD)), **change}
    tree = {name: value for name, value in tree.items() if value is not None}
    with pytest.raises(Damaged):
        decode_head(canonical(tree))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\x00", b'{"v":1}', b" " * 65_536])
def test_bytes_that_are_no_head_are_damage(data: bytes) -> None:
    with pytest.raises(Damaged):
        decode_head(data)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"type":', '"type": '),
        ('{"body"', ' {"body"'),
        ('"seq":7', '"seq":7e0'),
        ('"v":1', '"v":1,"v":1'),
        ("desk", "\\u0064esk"),
        ('"5eed', '"5EED'),
        ('"5eed', '"../../5eed'),
        ('"seq":7', f'"seq":{2**53}'),
        ("desk", "d" * 201),
    ],
)
def test_a_head_that_is_not_written_in_the_one_way_is_damage(before: str, after: str) -> None:
    data = encode_head(attrs.evolve(HEAD, seq=7))
    check_written(decode_head(data), data)
    assert before in data.decode()
    other = data.decode().replace(before, after).encode()
    with pytest.raises(Damaged):
        check_written(decode_head(other), other)


def test_a_body_larger_than_a_body_may_be_is_refused() -> None:
    with pytest.raises(BadInput, match="1,048,576"):
        encode(ClaimAsserted(claim=attrs.evolve(CLAIM, wording="x" * 1_048_576)))


def test_a_body_is_committed_to_with_its_salt() -> None:
    assert commitment(b"salt", b"body") == hashlib.sha256(b"saltbody").hexdigest()


def test_an_event_names_another_by_its_id_only() -> None:
    link = ClaimsLinked(claim="a" * 64, relation="relays", other="b" * 64)
    assert statement(link) == {"claim": "a" * 64, "relation": "relays", "other": "b" * 64}


@given(
    st.datetimes(datetime(1970, 1, 1)).map(
        lambda moment: moment.isoformat(timespec="microseconds") + "Z"
    )
)
def test_times_are_spelled_in_one_way(text: str) -> None:
    assert write_time(read_time(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "18:30",
        "2026-02-06",
        "2026-02-06T18:30:00Z",
        "2026-02-30T18:30:00.000000Z",
        "2026-W06-5T18:30:00.000000Z",
    ],
)
def test_a_time_in_another_spelling_is_damage(text: str) -> None:
    with pytest.raises(Damaged):
        read_time(text)
