"""A claim's trail, what became of it, and who stands behind it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest
from histories import (
    Desk,
    Move,
    changes_of_mind,
    histories,
    holding,
    new_ledger,
    shared,
)
from hypothesis import given
from hypothesis import strategies as st
from projected import Projection
from strategies import values

from ledger.dates import read_day
from ledger.errors import NotFound
from ledger.events import (
    BodyErased,
    Claim,
    ClaimAsserted,
    ClaimRetracted,
    ClaimsLinked,
    Event,
    PredicateDefined,
    RecordingCorrected,
    ReviewPublished,
    SourceDescribed,
)
from ledger.grammar import read_value
from ledger.log import Ledger
from ledger.store import Reader
from ledger.values import Value
from projections import claims, provenance, sources, timeline
from projections.contradictions.clash import clash
from projections.evidence import by_hash, passage_in
from projections.filed import CLAIM_TYPES, read_filed
from projections.held import Held
from projections.loading import Loader
from projections.origins import Origins
from projections.outcomes import AGREE
from projections.provenance import claims_of_event, to_json, trace
from projections.views import Views


def claim(value: str = "5", claimant: str = "Ann", **more: object) -> Claim:
    fields: dict[str, object] = {
        "subject": "protests",
        "predicate": "deaths",
        "as_of": read_day("2026-02-05"),
        "published": read_day("2026-02-06"),
        **more,
    }
    return Claim(value=read_value(value), claimant=claimant, **fields)  # type: ignore[arg-type]


class Case:
    """A ledger that is filled event by event, and what is asked of it."""

    def __init__(self) -> None:
        self.ledger = new_ledger()

    def file(self, *events: Event | Claim) -> str:
        """Record events; return the id of the last."""
        whole = [ClaimAsserted(claim=one) if isinstance(one, Claim) else one for one in events]
        return self.ledger.append(whole, "desk")[-1].id

    def trace(self, id_: str) -> dict[str, Any]:
        with views_of(self.ledger.store) as views:
            [(_, position, _)] = views.find(id_)
            return to_json(trace(views, position))


@pytest.fixture
def case() -> Case:
    return Case()


@contextmanager
def views_of(store: Reader) -> Iterator[Views]:
    """Open the views of a store, in memory."""
    projection = Projection(store, store.size())
    try:
        yield Views(projection.connection, store)
    finally:
        projection.close()


def steps(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["step"], step["who"]) for step in told["trail"]]


# The trail


def test_the_trail_goes_from_our_recording_back_to_who_said_it(case: Case) -> None:
    case.file(SourceDescribed(name="US officials", kind="anonymous", country="US"))
    id_ = case.file(
        claim(
            claimant="US officials",
            via=("X", "Financial Times"),
            url="https://x.example/1",
            said=read_day("2026-02-04"),
        )
    )
    told = case.trace(id_)
    assert steps(told) == [
        ("recorded", "desk"),
        ("read-in", "X"),
        ("relayed-by", "Financial Times"),
        ("said-by", "US officials"),
    ]
    recorded, read, relayed, said = told["trail"]
    assert recorded["when"] == "2026-02-06T18:30:02.000000Z"
    assert (read["when"], read["url"]) == ("2026-02-06", "https://x.example/1")
    assert (relayed["when"], relayed["url"]) == (None, None)
    assert (said["when"], said["kind"], said["country"]) == ("2026-02-04", "anonymous", "US")
    assert {step["event"] for step in told["trail"]} == {id_}


def test_a_claim_read_from_the_claimant_has_its_day_and_address_there(case: Case) -> None:
    told = case.trace(case.file(claim(url="https://ann.example")))
    assert steps(told) == [("recorded", "desk"), ("said-by", "Ann")]
    assert told["trail"][-1]["when"] == "2026-02-06"
    assert told["trail"][-1]["url"] == "https://ann.example"


def test_when_somebody_said_it_is_unknown_where_only_the_relay_is_dated(case: Case) -> None:
    told = case.trace(case.file(claim(via=("X",))))
    assert told["trail"][-1]["when"] is None


def test_corrections_share_one_trail(case: Case) -> None:
    first = case.file(claim("55"))
    second = case.file(RecordingCorrected(corrects=first, claim=claim("5")))
    old, new = case.trace(first), case.trace(second)
    assert (old["standing"], new["standing"]) == ("corrected", "stands")
    for told in (old, new):
        assert [
            (step["step"], step["event"])
            for step in told["trail"]
            if step["step"] in ("recorded", "corrected")
        ] == [("recorded", first), ("corrected", second)]
    assert old["claim"]["value"] == "55"
    assert new["claim"]["value"] == "5"


def test_a_retraction_is_told_with_its_day_and_reason(case: Case) -> None:
    id_ = case.file(claim())
    case.file(ClaimRetracted(claim=id_, published=read_day("2026-02-09"), reason="a slip"))
    told = case.trace(id_)
    assert told["standing"] == "retracted"
    last = told["trail"][-1]
    assert (last["step"], last["who"], last["when"]) == ("retracted", "Ann", "2026-02-09")
    assert last["reason"] == "a slip"


def test_a_revision_is_told_by_the_standing_and_its_finding(case: Case) -> None:
    old = case.file(claim("5"))
    case.file(claim("60", published=read_day("2026-02-08")))
    told = case.trace(old)
    assert told["standing"] == "revised"
    assert [finding["rule"] for finding in told["findings"]] == ["revision"]
    assert told["contradictions"] == []


def test_links_are_told_at_both_ends_with_what_the_other_claim_says(case: Case) -> None:
    origin = case.file(claim("at least 5"))
    relay = case.file(claim("at least 5", "Ben", via=("X",)))
    link = case.file(ClaimsLinked(claim=relay, relation="relays", other=origin))
    for here, there in ((origin, "Ben"), (relay, "Ann")):
        last = case.trace(here)["trail"][-1]
        assert (last["step"], last["who"], last["event"]) == ("linked", "desk", link)
        assert last["relation"] == "relays"
        assert last["linked_claim"]["claimant"] == there
    assert case.trace(relay)["standing"] == "stands"


def test_a_link_is_told_from_the_side_of_the_claim_also_where_its_recording_was_corrected(
    case: Case,
) -> None:
    first = case.file(claim())
    origin = case.file(claim(claimant="Ben"))
    case.file(ClaimsLinked(claim=first, relation="relays", other=origin))
    last = case.file(RecordingCorrected(corrects=first, claim=claim(claimant="Anne")))
    for id_, from_here in ((first, True), (last, True), (origin, False)):
        [link] = [step for step in case.trace(id_)["trail"] if step["step"] == "linked"]
        assert link["from_here"] == from_here


@pytest.mark.parametrize("erased", [False, True])
def test_a_text_that_is_gone_was_erased_or_is_missing(case: Case, erased: bool) -> None:
    """Both are *erased* to other programs; whether an event says so is told beside it."""
    id_ = case.file(claim())
    if erased:
        case.file(BodyErased(event=id_, by="the desk", ground="Art. 17 GDPR"))
    rows = list(case.ledger.store.rows())
    with views_of(case.ledger.store) as views:
        views.store = holding([rows[0]._replace(salt=None, body=None), *rows[1:]])
        told = to_json(trace(views, 0))
    assert (told["standing"], told["claim"], told["missing"]) == ("erased", {}, not erased)


def test_reviews_are_told(case: Case) -> None:
    id_ = case.file(claim())
    review = ReviewPublished(
        claim=id_, rating="mostly so", author="Cleo", published=read_day("2026-03-01")
    )
    case.file(review)
    last = case.trace(id_)["trail"][-1]
    assert (last["step"], last["who"], last["when"]) == ("reviewed", "Cleo", "2026-03-01")
    assert last["rating"] == "mostly so"


def test_what_speaks_against_a_claim_is_named(case: Case) -> None:
    one = case.file(claim("5"))
    other = case.file(claim("60", "Ben"))
    told = case.trace(one)
    assert told["contradictions"] == case.trace(other)["contradictions"]
    [finding] = told["findings"]
    assert told["contradictions"] == [finding["id"]]
    assert (finding["rule"], finding["verdict"], finding["status"]) == (
        "value",
        "contradiction",
        "open",
    )


def test_the_ledger_is_named_by_its_size_and_root(case: Case) -> None:
    told = case.trace(case.file(claim(), claim("6", "Ben")))
    assert told["ledger"] == {"position": 1, "size": 2, "root": case.ledger.root()}


def test_an_event_about_a_claim_leads_to_the_claim(case: Case) -> None:
    id_ = case.file(claim())
    case.file(ClaimRetracted(claim=id_, published=read_day("2026-02-09"), reason="a slip"))
    case.file(SourceDescribed(name="Ann", kind="person"))
    with views_of(case.ledger.store) as views:
        events = [(entry.id, entry.position, entry.head.type) for entry in case.ledger.read()]
        assert claims_of_event(views, *events[0]) == [0]
        assert claims_of_event(views, *events[1]) == [0]
        with pytest.raises(NotFound, match="is no claim but a source-described"):
            claims_of_event(views, *events[2])


# Who stands behind it


def behind(case: Case, id_: str) -> list[str]:
    found: list[str] = case.trace(id_)["origins"]
    return found


def test_five_reprints_of_one_wire_story_are_one_origin(case: Case) -> None:
    for relay in "ABCDE":
        id_ = case.file(claim("at least 5", "AFP", via=(relay,)))
    assert behind(case, id_) == ["AFP"]


def test_who_speaks_for_another_is_no_origin_apart(case: Case) -> None:
    case.file(
        SourceDescribed(name="Washington", kind="government"),
        SourceDescribed(name="Rubio", kind="person", acts_for="Washington"),
    )
    case.file(claim("at least 5", "Washington"))
    assert behind(case, case.file(claim("at least 5", "Rubio"))) == ["Washington"]


def test_an_origin_is_shown_by_the_name_under_which_it_is_described(case: Case) -> None:
    case.file(SourceDescribed(name="United States", kind="government", aliases=("Etats-Unis",)))
    assert behind(case, case.file(claim("5", "Etats-Unis"))) == ["United States"]


def test_unnamed_sources_through_one_outlet_are_one_origin(case: Case) -> None:
    case.file(
        SourceDescribed(name="US officials", kind="anonymous"),
        SourceDescribed(name="an envoy", kind="anonymous"),
    )
    case.file(claim("5", "US officials", via=("X", "FT")), claim("5", "an envoy", via=("FT",)))
    assert behind(case, case.file(claim("5", "Ben"))) == [
        "unnamed sources through FT",
        "Ben",
    ]


def test_those_who_are_not_stated_are_counted_apart(case: Case) -> None:
    for number in range(3):
        id_ = case.file(claim("5", "not stated", url=f"https://x.example/{number}"))
    assert behind(case, id_) == ["a source that is not stated"] * 3


def test_only_what_can_be_true_together_counts(case: Case) -> None:
    case.file(claim("at most 4", "Ben"), claim("at least 2", "Cleo"))
    case.file(claim("5", "Dan", as_of=read_day("2026-02-04")))
    case.file(claim("5", "Eve", scope={"place": "Oman"}))
    assert behind(case, case.file(claim("5"))) == ["Ann", "Cleo"]


def test_words_that_nothing_defines_count_where_they_are_the_same(case: Case) -> None:
    case.file(claim("calm", "Ben"), claim("tense", "Cleo"))
    assert behind(case, case.file(claim("Calm"))) == ["Ann", "Ben"]


def test_a_claim_that_does_not_stand_does_not_count(case: Case) -> None:
    id_ = case.file(claim())
    case.file(ClaimRetracted(claim=id_, published=read_day("2026-02-09"), reason="a slip"))
    assert behind(case, id_) == []
    case.file(claim("5", "Ben"))
    assert behind(case, id_) == ["Ben"]


def test_what_a_source_revised_is_no_longer_behind_it(case: Case) -> None:
    case.file(claim("5"), claim("60", published=read_day("2026-02-08")))
    assert behind(case, case.file(claim("5", "Ben"))) == ["Ben"]


def test_approximate_amounts_are_told_apart_by_their_words(case: Case) -> None:
    case.file(claim("dozens", "Cleo"), claim("at least 24", "Dan"))
    assert behind(case, case.file(claim("30", "Ben"))) == ["Ben", "Cleo", "Dan"]


def test_a_relay_has_the_origin_that_it_relays(case: Case) -> None:
    origin = case.file(claim("5", "Ann", as_of=read_day("2026-02-01")))
    relay = case.file(claim("5", "Ben"))
    case.file(ClaimsLinked(claim=relay, relation="relays", other=origin))
    assert behind(case, relay) == ["Ann"]


def test_wishes_have_no_instant(case: Case) -> None:
    case.file(PredicateDefined(name="deaths", value_type="text", multi_valued=True))
    wish: dict[str, Any] = {"modality": "demanded", "as_of": None}
    case.file(claim("a", "Ben", **wish, published=read_day("2026-01-01")))
    assert behind(case, case.file(claim("b", **wish))) == ["Ann", "Ben"]


# The passage


@pytest.mark.parametrize(
    ("said", "text", "found"),
    [
        ({"start": 3, "end": 8}, "été f", None),
        ({"quote": "été froid"}, "été froid", True),
        ({"quote": "été froid", "start": 3, "end": 12}, "été froid", True),
        ({"quote": "été froid", "start": 4, "end": 13}, "té froid,", False),
        ({"quote": "hiver"}, None, False),
        ({"start": 10, "end": 99}, None, None),
    ],
)
def test_a_passage_is_looked_up_by_code_points(
    said: dict[str, Any], text: str | None, found: bool | None
) -> None:
    document = "Un été froid, dit-on".encode()
    told = {"evidence_sha256": hashlib.sha256(document).hexdigest(), **said}
    passage = passage_in(told, by_hash([b"another", document]))
    assert passage is not None
    assert (passage.text, passage.quote_found) == (text, found)


def test_what_is_not_at_hand_or_points_nowhere_says_nothing() -> None:
    absent = passage_in({"evidence_sha256": "00", "quote": "x"}, by_hash([b"another"]))
    assert absent is not None
    assert (absent.state, absent.text, absent.quote_found) == ("not-kept", None, None)
    assert passage_in({"evidence_sha256": "00"}, by_hash([b"another"])) is None
    assert passage_in({}, by_hash([b"another"])) is None


# For any history


def play(history: list[Move]) -> Ledger:
    desk = Desk()
    for move in history:
        desk.play(move)
    return desk.ledger


def positions_of_claims(ledger: Ledger) -> list[int]:
    return [entry.position for entry in ledger.read() if entry.head.type in CLAIM_TYPES]


@given(histories() | shared())
def test_every_trail_ends_at_events_that_the_ledger_holds(history: list[Move]) -> None:
    ledger = play(history)
    held = {entry.id: entry for entry in ledger.read()}
    with views_of(ledger.store) as views:
        for position in positions_of_claims(ledger):
            told = to_json(trace(views, position))
            assert told["id"] in held
            assert all(step["event"] in held for step in told["trail"])
            kinds = [step["step"] for step in told["trail"]]
            assert kinds[0] == "recorded"
            assert kinds.count("said-by") == 1
            recorded = held[told["trail"][0]["event"]]
            assert told["trail"][0]["who"] == recorded.head.recorder
            assert told["trail"][0]["when"] == recorded.head.recorded_at
            since = [held[step["event"]] for step in told["trail"][kinds.index("said-by") + 1 :]]
            assert since == sorted(since, key=lambda entry: (entry.head.recorded_at, entry.id))


@given(histories())
def test_a_claim_is_read_by_hand_as_the_codec_reads_it(history: list[Move]) -> None:
    ledger = play(history)
    for entry in ledger.read():
        if isinstance(entry.event, ClaimAsserted | RecordingCorrected):
            assert read_filed(ledger.store, entry.position).claim == entry.event.claim


@given(values())
def test_every_value_is_read_by_hand_as_the_codec_reads_it(value: Value) -> None:
    ledger = new_ledger()
    event = ClaimAsserted(claim=attrs.evolve(claim(), value=value))
    ledger.append([event], "desk")
    assert read_filed(ledger.store, 0).claim == event.claim


def test_every_field_of_a_claim_is_read_by_hand() -> None:
    whole = claim(
        scope={"place": "Oman"},
        modality="demanded",
        via=("X", "Y"),
        said=read_day("2026-02~"),
        url="https://x.example",
        archive_url="https://archive.example",
        evidence_sha256="ab" * 32,
        start=3,
        end=9,
        quote="q",
        quote_prefix="p",
        quote_suffix="s",
        wording="w",
        lang="fr",
        locale="fr",
    )
    event = ClaimAsserted(claim=whole)
    ledger = new_ledger()
    ledger.append([event], "desk")
    assert read_filed(ledger.store, 0).claim == whole


@given(histories(), st.integers(0, 22))
def test_what_was_known_then_is_what_a_ledger_of_those_events_knows(
    history: list[Move], size: int
) -> None:
    ledger = play(history)
    size = min(size, ledger.size())
    prefix = holding(list(ledger.store.rows(0, size)))
    with Views.prefix(ledger.store, size) as then, views_of(prefix) as alone:
        assert everything(then) == everything(alone)


def everything(views: Views) -> list[object]:
    """Return the answers to every question that can be asked."""
    at = [p for (p,) in views.connection.execute("SELECT position FROM claims ORDER BY 1")]
    keys = views.connection.execute(
        "SELECT DISTINCT s.shown, p.shown FROM topics JOIN names AS s ON s.id = subject "
        "JOIN names AS p ON p.id = predicate JOIN claims ON topic = topics.id ORDER BY 1, 2"
    ).fetchall()
    return [
        [to_json(trace(views, position)) for position in at],
        [
            [claims.to_json(one) for one in claims.holdings(views, *key, every_instant=True)]
            for key in keys
        ],
        [[timeline.to_json(one) for one in timeline.timelines(views, *key)] for key in keys],
        [sources.to_json(source) for source in sources.sources(views.connection)],
        list(provenance.listed_json(views, at)),
    ]


@given(histories() | changes_of_mind())
def test_origins_are_those_of_all_standing_claims_that_agree(history: list[Move]) -> None:
    """Against comparing the claim with every other one."""
    ledger = play(history)
    with views_of(ledger.store) as views:
        everyone = list(standing_claims(views))
        for position in positions_of_claims(ledger):
            row = place_of(views, position)
            loader = Loader(views.connection, views.store)
            context = loader.key(row[0]).context
            mine = loader.held(position, context)
            expected = {
                other.origin
                for other, place in everyone
                if alike(place, row, context.definition.over_time)
                and (
                    clash(mine, other, context) == AGREE
                    or mine.position == other.position
                    or (clash(mine, other, context) is None and says_the_same(mine, other, views))
                )
            }
            if standing_of(views, position) == 3:
                continue
            assert Origins(views).behind(read_filed(ledger.store, position)) == sorted(expected)


Place = tuple[int, int, int, int, int]


def place_of(views: Views, position: int) -> Place:
    row: Place = views.connection.execute(
        "SELECT key, scope, earliest, latest, mode FROM claims JOIN topics ON topics.id = topic "
        "WHERE position = ?",
        (position,),
    ).fetchone()
    return row


def standing_of(views: Views, position: int) -> int:
    [(standing,)] = views.connection.execute(
        "SELECT standing FROM claims WHERE position = ?", (position,)
    )
    return int(standing)


def standing_claims(views: Views) -> Iterator[tuple[Held, Place]]:
    loader = Loader(views.connection, views.store)
    for (position,) in views.connection.execute(
        "SELECT position FROM claims WHERE standing = 0 AND revised = 0"
    ).fetchall():
        place = place_of(views, position)
        yield loader.held(position, loader.key(place[0]).context), place


def alike(one: Place, other: Place, over_time: str) -> bool:
    """Whether two claims have one key, scope and instant; wishes have none."""
    wishes = [place[4] in (3, 4) for place in (one, other)]
    same_time = all(wishes) or over_time == "constant" or one[2:4] == other[2:4]
    return one[:2] == other[:2] and wishes[0] == wishes[1] and same_time


def says_the_same(one: Held, other: Held, views: Views) -> bool:
    if one.value is None or other.value is None:
        return False
    names = Loader(views.connection, views.store).names
    same = one.value == other.value or (
        type(one.value) is type(other.value)
        and not hasattr(one.value, "lower")
        and not hasattr(one.value, "items")
        and names.entity(one.value.stated.casefold()) == names.entity(other.value.stated.casefold())
    )
    return same and one.claim.modality == other.claim.modality
