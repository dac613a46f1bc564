"""What a relay makes of its origin, what becomes of that, and claims that lead back to themselves.

The rules ``relay``, ``stale-relay`` and ``circular``: an example on each side of every line.
"""

from contextlib import closing
from typing import Any

import pytest
from projected import Projection
from told import Told

from ledger.dates import read_day
from ledger.events import (
    ClaimRetracted,
    ClaimsLinked,
    EntitiesMatched,
    RecordingCorrected,
    Relation,
)
from projections.acts import settle
from projections.contradictions.clash import Context
from projections.families import FamilyJudge
from projections.family_reach import FamilyReach
from projections.held import Held
from projections.loading import Loader

AMOUNT: dict[str, Any] = {"value_type": "quantity"}
PLACE: dict[str, Any] = {"value_type": "entity"}
DATE: dict[str, Any] = {"value_type": "day", "over_time": "constant"}
TOPICS: dict[str, Any] = {"value_type": "text", "multi_valued": True}


def passed_on(origin: str, relay: str, relation: Relation = "relays", **defined: Any) -> Told:
    """A ledger in which Ann says the one, and Daily passes on the other."""
    told = Told(**defined)
    first, second = told.tell(f"Ann {origin}\nDaily {relay}")
    told.record(ClaimsLinked(claim=second, relation=relation, other=first))
    return told


def change(told: Told) -> str | None:
    """What the relay is found to have made of its origin, if that is all that is found."""
    found = told.findings()
    assert {(one.rule, one.verdict) for one in found} <= {("relay", "altered")}
    assert len(found) < 2
    return found[0].change if found else None


# --- relay: amounts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "relay", "made"),
    [
        ("at least 3,428", "at least 3,428", None),
        ("at least 3,428", "at least 3,000", None),
        ("3,428", "at least 3,428", None),
        ("3,428", "more than 3,400", None),
        ("3,428", "about 3,400", None),
        ("3,428", "dozens", None),
        ("at least 3,428", "3,428", "strengthened"),
        ("at least 3,428", "3,400", "strengthened"),
        ("at least 3,000", "at least 3,428", "strengthened"),
        ("about 3,400", "3,400", "strengthened"),
        ("between 3,000 and 4,000", "3,700", "strengthened"),
        ("dozens", "37", "strengthened"),
        ("at least 3,428", "at most 6,000", "shifted"),
        ("between 3,000 and 4,000", "between 3,600 and 5,000", "shifted"),
        ("3,428", "6,000", "misreported"),
        ("3,428", "at least 3,500", "misreported"),
        ("at least 3,428", "at most 3,000", "misreported"),
        ("3,428", "at most 3,400", "misreported"),
        ("8 km", "5 miles", None),
        ("8 km", "8,000 metres", None),
        ("8 km", "8 miles", "misreported"),
        ("at most 8 km", "at least 8 miles", "misreported"),
        ("8 km", "8 tonnes", None),
    ],
)
def test_an_amount_that_is_passed_on(origin: str, relay: str, made: str | None) -> None:
    told = passed_on(f"says {origin} as of 2026-02-06", f"says {relay} as of 2026-02-06", **AMOUNT)
    assert change(told) == made


@pytest.mark.parametrize(
    ("origin", "relay", "made"),
    [
        ("3,428", "3,400", None),
        ("3,428", "3,430", None),
        ("3,450", "3,500", None),
        ("3,470", "3,400", "misreported"),
        ("3,428", "3,429", "misreported"),
        ("1,060", "1,000", "misreported"),
        ("1,050", "1,000", None),
        ("0.37", "0.4", "misreported"),
        ("0.39", "0.4", None),
        ("0.2", "0", "misreported"),
        ("5,349,000", "5.3 million", None),
        ("5.34 million", "5.3 million", None),
        ("5.35 million", "5.4 million", None),
        ("5.3 million", "5.31 million", "strengthened"),
        ("5.3 million", "5,300,000", None),
        ("about 3,428", "about 3,400", None),
        ("about 3,428", "about 3,600", "misreported"),
        ("at least 3,428", "at least 3,430", None),
        ("at least 3,428", "at least 3,500", "strengthened"),
        ("at least 3,000", "more than 3,000", None),
        ("-3,428", "-3,400", None),
    ],
)
def test_rounding_is_faithful_to_the_last_digit_that_is_not_0_and_within_5_per_cent(
    origin: str, relay: str, made: str | None
) -> None:
    told = passed_on(f"says {origin} as of 2026-02-06", f"says {relay} as of 2026-02-06", **AMOUNT)
    assert change(told) == made


def test_what_the_predicate_tolerates_is_faithful() -> None:
    lines = ("says 100 as of 2026-02-06", "says 104 as of 2026-02-06")
    assert change(passed_on(*lines, **AMOUNT)) == "misreported"
    assert change(passed_on(*lines, **AMOUNT, tolerance="5%")) is None


# --- relay: dates, names, lists, truths ------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "relay", "made"),
    [
        ("2026-02-06", "2026-02", None),
        ("2026-02-06", "2026-02-06", None),
        ("2026-02", "2026-02-06", "strengthened"),
        ("2026-02-06?", "2026-02-06", "strengthened"),
        ("2026-02-05/2026-02-07", "2026-02-07/2026-02-09", "shifted"),
        ("2026-02-06", "2026-02-09", "misreported"),
    ],
)
def test_a_date_that_is_passed_on(origin: str, relay: str, made: str | None) -> None:
    assert change(passed_on(f"says {origin}", f"says {relay}", **DATE)) == made


@pytest.mark.parametrize(
    ("origin", "relay", "made"),
    [
        ("Muscat", "muscat", None),
        ("Muscat", "Oman", None),
        ("Oman", "Muscat", "strengthened"),
        ("Muscat", "Geneva", "misreported"),
        ("Busaidi", "Badr Busaidi", None),
    ],
)
def test_a_name_that_is_passed_on(origin: str, relay: str, made: str | None) -> None:
    told = passed_on(f"says {origin}", f"says {relay}", **PLACE)
    told.record(EntitiesMatched(a="Muscat", b="Oman", relation="within"))
    assert change(told) == made


def test_names_that_are_not_defined_as_single_valued_are_not_compared() -> None:
    assert change(passed_on("says Muscat", "says Geneva")) is None


def test_a_translation_has_other_words_and_the_same_figures() -> None:
    assert change(passed_on("says Muscat", "says Mascate", "translates", **PLACE)) is None
    assert change(passed_on("says Muscat", "says Mascate", **PLACE)) == "misreported"
    lines = ("says 5 as of 2026-02-06", "says 7 as of 2026-02-06")
    assert change(passed_on(*lines, "translates", **AMOUNT)) == "misreported"


@pytest.mark.parametrize(
    ("origin", "relay", "made"),
    [
        ("missiles; sanctions", "missiles", None),
        ("only missiles; sanctions", "missiles; sanctions", None),
        ("only missiles; sanctions", "missiles", None),
        ("missiles", "missiles; sanctions", "strengthened"),
        ("missiles; sanctions", "only missiles; sanctions", "strengthened"),
        ("missiles; sanctions", "missiles; detainees", "shifted"),
        ("missiles", "sanctions", "shifted"),
        ("only missiles; sanctions", "missiles; detainees", "misreported"),
        ("only missiles; sanctions", "only missiles", "misreported"),
        ("missiles; sanctions", "only missiles", "misreported"),
    ],
)
@pytest.mark.parametrize("verb", ["says", "demands"])
def test_a_list_that_is_passed_on(verb: str, origin: str, relay: str, made: str | None) -> None:
    """Who drops an item, or the *only*, says less; who adds one says more."""
    told = passed_on(f"{verb} {origin}", f"{verb} {relay}", **TOPICS)
    assert change(told) == made


@pytest.mark.parametrize(
    ("origin", "relay", "made"),
    [
        ("says yes", "says yes", None),
        ("says yes", "says no", "misreported"),
        ("denies no", "says yes", None),
        ("denies yes", "says yes", "misreported"),
        ("denies yes", "denies no", "misreported"),
    ],
)
def test_a_yes_or_no_that_is_passed_on(origin: str, relay: str, made: str | None) -> None:
    assert change(passed_on(origin, relay, value_type="truth")) == made


# --- relay: certainty ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "relay", "made"),
    [
        ("alleges 5", "says 5", "strengthened"),
        ("supposes 5", "says at least 4", "strengthened"),
        ("forecasts 5", "says 5", "strengthened"),
        ("says 5", "alleges 5", None),
        ("says at least 3", "supposes 5", None),
        ("alleges 5", "supposes 5", None),
        ("says 5", "alleges 7", "misreported"),
        ("denies more than 5", "says 7", "misreported"),
        ("denies more than 5", "says 3", None),
        ("says 7", "denies more than 5", "misreported"),
        ("says 3", "denies more than 5", None),
        ("denies more than 5", "denies more than 6", None),
        ("denies more than 6", "denies more than 5", "strengthened"),
        ("denies 5", "denies 7", "shifted"),
        ("demands 5", "says 5", None),
        ("demands 5", "demands 7", "misreported"),
        ("demands 5", "refuses 5", "misreported"),
    ],
)
def test_with_what_certainty_a_claim_is_passed_on(
    origin: str, relay: str, made: str | None
) -> None:
    assert change(passed_on(origin, relay, **AMOUNT)) == made


# --- relay: about one thing ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "relay", "over_time", "made"),
    [
        ("as of 2026-02-06", "", "instant", "misreported"),
        ("", "as of 2026-02-06", "instant", "misreported"),
        ("as of 2026-02-06", "as of 2026-02", "instant", "misreported"),
        ("as of 2026-02-06", "as of 2026-02-07", "instant", None),
        ("as of 2026-02-06", "as of 2026-02-07", "constant", "misreported"),
        ("as of 2026-02-06", "as of 2026-02-07", "cumulative-up", None),
        ("as of 2025", "as of 2025-03", "period", None),
        ("as of 2025", "as of 2025", "period", "misreported"),
        ("(place Tehran)", "", "instant", None),
        ("(place Tehran)", "(Place tehran)", "instant", "misreported"),
        ("(unit people)", "(unit tonnes)", "instant", None),
        ("(subject another)", "", "instant", None),
    ],
)
def test_only_what_is_about_the_same_is_compared(
    origin: str, relay: str, over_time: str, made: str | None
) -> None:
    """A relay that states no time means that of its origin."""
    told = passed_on(f"says 5 {origin}".strip(), f"says 7 {relay}".strip(), over_time=over_time,
                     **AMOUNT)  # fmt: skip
    assert change(told) == made


def test_what_one_of_two_origins_bears_out_is_not_strengthened() -> None:
    told = passed_on("says at least 3", "says 5", **AMOUNT)
    assert change(told) == "strengthened"
    [other] = told.tell("Ben says 5 (said 2026-03-02)")
    relay = [entry.id for entry in told.ledger.read()][2]
    told.record(ClaimsLinked(claim=relay, relation="relays", other=other))
    assert change(told) is None


def test_a_relay_is_read_as_it_was_corrected_and_not_at_all_once_it_was_taken_back() -> None:
    told = passed_on("says 5 as of 2026-02-06", "says 7 as of 2026-02-06", **AMOUNT)
    origin, relay = [entry.id for entry in told.ledger.read()][1:3]
    [before] = told.findings()
    told.record(RecordingCorrected(corrects=relay, claim=told.read("Daily says 8").claim))
    [after] = told.findings()
    assert (after.id, after.change) == (before.id, "misreported")
    told.record(RecordingCorrected(corrects=origin, claim=told.read("Ann says at most 8").claim))
    assert [one.change for one in told.findings()] == ["strengthened"]
    told.record(ClaimRetracted(claim=relay, published=read_day("2026-03-03"), reason="a slip"))
    assert told.findings() == []


def test_a_finding_keeps_its_id_when_another_outlet_passes_on_the_same() -> None:
    told = passed_on("says 5", "says 7", **AMOUNT)
    [first] = told.findings()
    origin = [entry.id for entry in told.ledger.read()][1]
    [another] = told.tell("Weekly says 8")
    told.record(ClaimsLinked(claim=another, relation="relays", other=origin))
    assert first in told.findings()
    assert len(told.findings()) == 2


# --- stale-relay -----------------------------------------------------------------------------

AFTER = "(published 2026-03-02)"


@pytest.mark.parametrize(
    ("origin", "relay", "then", "stale"),
    [
        ("3", "3", f"6 as of 2026-02-06 {AFTER}", True),
        ("3", "at least 2", f"6 as of 2026-02-06 {AFTER}", False),
        ("at least 3", "at least 3", f"6 as of 2026-02-06 {AFTER}", False),
        ("3", "3", f"6 as of 2026-02-07 {AFTER}", False),
        ("3", "3", "6 as of 2026-02-06", False),
        ("3,428", "3,400", f"3,429 as of 2026-02-06 {AFTER}", False),
    ],
)
def test_a_relay_of_what_its_origin_has_revised(
    origin: str, relay: str, then: str, stale: bool
) -> None:
    told = passed_on(f"says {origin} as of 2026-02-06", f"says {relay}", **AMOUNT)
    told.tell(f"Ann says {then}")
    found = {rule: verdict for rule, verdict in told.found().items() if rule != "revision"}
    assert found == ({"stale-relay": "tension"} if stale else {})


def test_a_relay_of_what_was_retracted() -> None:
    told = passed_on("says 3", "says at least 2", **AMOUNT)
    origin = [entry.id for entry in told.ledger.read()][1]
    assert told.found() == {}
    told.record(ClaimRetracted(claim=origin, published=read_day("2026-03-03"), reason="a slip"))
    assert told.found() == {"stale-relay": "tension"}


def test_the_successor_that_stands_counts_by_any_number_of_steps() -> None:
    told = passed_on("says 3 as of 2026-02-06", "says 3", **AMOUNT)
    told.tell(f"Ann says 6 as of 2026-02-06 {AFTER}")
    assert told.found()["stale-relay"] == "tension"
    [last] = told.tell("Ann says 3 as of 2026-02-06 (published 2026-03-04)")
    assert "stale-relay" not in told.found()
    told.record(ClaimRetracted(claim=last, published=read_day("2026-03-05"), reason="a slip"))
    assert "stale-relay" not in told.found(), "nothing stands in its place"


@pytest.mark.parametrize(
    ("who", "relation", "stale"),
    [("Ann", "corrects", True), ("Ben", "corrects", False), ("Ann", "confirms", False)],
)
def test_a_correction_by_the_claimant_takes_the_place_of_its_claim(
    who: str, relation: Relation, stale: bool
) -> None:
    told = passed_on("says at least 3", "says 4", **AMOUNT)
    assert told.found() == {"relay": "altered"}
    origin = [entry.id for entry in told.ledger.read()][1]
    [later] = told.tell(f"{who} says at least 9")
    told.record(ClaimsLinked(claim=later, relation=relation, other=origin))
    assert told.found() == {"relay": "altered"} | ({"stale-relay": "tension"} if stale else {})


# --- circular --------------------------------------------------------------------------------


def circle(*relations: Relation) -> Told:
    """Claims of which each is linked to the next, and the last to the first."""
    told = Told(**AMOUNT)
    ids = told.tell("\n".join(f"Outlet {at} says 5" for at in range(len(relations))))
    for at, relation in enumerate(relations):
        told.record(ClaimsLinked(claim=ids[at], relation=relation, other=ids[(at + 1) % len(ids)]))
    return told


@pytest.mark.parametrize(
    ("relations", "fires"),
    [
        (("relays", "relays"), True),
        (("relays", "translates", "relays"), True),
        (("relays", "revises"), True),
        (("revises", "revises"), True),
        (("confirms", "confirms"), False),
        (("disputes", "disputes"), False),
        (("corrects", "corrects"), False),
        (("relays", "confirms"), False),
    ],
)
def test_claims_that_lead_back_to_themselves(relations: tuple[Relation, ...], fires: bool) -> None:
    assert circle(*relations).found() == ({"circular": "tension"} if fires else {})


def test_two_relays_of_one_claim_are_no_circle() -> None:
    told = Told(**AMOUNT)
    first, second, origin = told.tell("A says 5\nB says 5\nC says 5")
    for one in (first, second):
        told.record(ClaimsLinked(claim=one, relation="relays", other=origin))
    told.record(ClaimsLinked(claim=first, relation="relays", other=second))
    assert told.found() == {}


def test_a_circle_is_one_finding_whoever_joins_it_and_ends_with_a_retraction() -> None:
    told = circle("relays", "relays")
    [before] = told.findings()
    first, second = sorted(before.claims)
    [another] = told.tell("Outlet 9 says 5")
    told.record(ClaimsLinked(claim=another, relation="relays", other=first))
    told.record(ClaimsLinked(claim=second, relation="relays", other=another))
    [after] = told.findings()
    assert (after.id, after.since) == (before.id, before.since)
    assert after.claims == {first, second, another}
    told.record(ClaimRetracted(claim=second, published=read_day("2026-03-03"), reason="a slip"))
    assert "circular" not in {one.rule for one in told.findings()}


# --- what it takes ---------------------------------------------------------------------------


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The claims that are judged by what is said of them, as it happens."""
    ids: list[str] = []
    judge = FamilyJudge._judge

    def noting(self: FamilyJudge, family: frozenset[str]) -> None:
        ids.extend(family)
        judge(self, family)

    monkeypatch.setattr(FamilyJudge, "_judge", noting)
    return ids


def reprinted(times: int) -> tuple[Told, str]:
    """A story, and so many that relay it word for word."""
    told = Told(**AMOUNT)
    [origin] = told.tell("Ann says 5 as of 2026-02-06")
    for relay in told.tell("\n".join(f"Outlet {at} says 5" for at in range(times))):
        told.record(ClaimsLinked(claim=relay, relation="relays", other=origin))
    return told, origin


def test_a_new_reprint_has_nobody_judged_again_but_itself(judged: list[str]) -> None:
    told, origin = reprinted(50)
    with closing(Projection(told.ledger.store, told.ledger.size())) as built:
        judged.clear()
        [relay] = told.tell("Weekly says 7")
        told.record(ClaimsLinked(claim=relay, relation="relays", other=origin))
        built.catch_up()
        assert judged == [relay]
        told.record(ClaimRetracted(claim=origin, published=read_day("2026-03-03"), reason="x"))
        built.catch_up()
        assert len(judged) == 1 + 52


def test_a_faithful_reprint_is_judged_without_being_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told, _ = reprinted(20)
    loaded: list[int] = []
    held = Loader.held

    def noting(self: Loader, position: int, context: Context) -> Held:
        loaded.append(position)
        return held(self, position, context)

    monkeypatch.setattr(Loader, "held", noting)
    with closing(Projection(told.ledger.store, told.ledger.size())):
        assert loaded == []


def test_looking_back_from_a_claim_uses_indexes() -> None:
    told, _ = reprinted(1)
    with closing(Projection(told.ledger.store, told.ledger.size())) as built:
        for sql, index in (
            ("SELECT id FROM findings WHERE about <> '' AND about IN (?, ?)", "findings_by_claim"),
            ("SELECT id FROM claims WHERE reviser = ?", "claims_by_reviser"),
            ("SELECT id FROM claims WHERE wording = ?", "claims_by_wording"),
        ):
            plan = built.connection.execute(f"EXPLAIN QUERY PLAN {sql}", ["x"] * sql.count("?"))
            assert index in str(plan.fetchall())


def test_however_many_reprints_a_story_has_only_what_a_new_one_needs_is_read() -> None:
    """Counted in steps of SQLite's machine, in the judging of what links say."""

    def steps(reprints: int) -> int:
        told, origin = reprinted(reprints)
        with closing(Projection(told.ledger.store, told.ledger.size())) as built:
            [relay] = told.tell("Weekly says 5")
            told.record(ClaimsLinked(claim=relay, relation="relays", other=origin))
            built.catch_up()
            counted = 0

            def count() -> int:
                nonlocal counted
                counted += 1
                return 0

            built.connection.set_progress_handler(count, 1)
            loader = Loader(built.connection, told.ledger.store)
            reached = FamilyReach(built.connection).families([relay])
            FamilyJudge(built.connection, loader).judge(reached)
            settle(built.connection, [relay, origin])
            built.connection.set_progress_handler(None, 0)
            return counted

    assert steps(120) < 1.2 * steps(20)
