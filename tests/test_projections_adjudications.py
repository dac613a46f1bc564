"""What was decided about a finding holds for it under whatever names it goes now."""

from collections.abc import Sequence
from contextlib import closing

import pytest
from histories import holding, new_ledger
from projected import Projection, dump, findings, to_cover, whole

from ledger.dates import read_day
from ledger.events import (
    Claim,
    ClaimAsserted,
    ClaimRetracted,
    ContradictionAdjudicated,
    Decision,
    EntitiesMatched,
    EntitiesUnmatched,
    Event,
    SourceDescribed,
)
from ledger.grammar import read_value
from ledger.store import Row


class Desk:
    """A ledger about tolls as of one day, and what a desk sees and decides."""

    def __init__(self) -> None:
        self.ledger = new_ledger()

    def says(self, claimant: str, number: str, subject: str = "Persia", **other: str) -> "Desk":
        """Ann says 5 of Persia's toll."""
        published = read_day(other.get("published", "2026-02-07"))
        claim = Claim(
            subject=subject,
            predicate=other.get("predicate", "toll"),
            value=read_value(number, "quantity"),
            claimant=claimant,
            published=published,
            as_of=read_day("2026-02-06"),
        )
        return self.record(ClaimAsserted(claim=claim))

    def match(self, a: str, b: str) -> "Desk":
        return self.record(EntitiesMatched(a=a, b=b))

    def unmatch(self, a: str, b: str) -> "Desk":
        return self.record(EntitiesUnmatched(a=a, b=b))

    def record(self, *events: Event) -> "Desk":
        self.ledger.append(events, "desk")
        return self

    def decides(
        self, decision: Decision = "dismissed", number: int = 0, after: str | None = None
    ) -> "Desk":
        """Decide about one of the findings that are shown, as they conflict now."""
        with closing(self.views()) as views:
            id_, pairs = to_cover(views.connection)[number]
        return self.record(
            ContradictionAdjudicated(
                finding=id_, decision=decision, reason="seen", pairs=pairs, after=after
            )
        )

    def last(self) -> str:
        """The id of the last event."""
        return list(self.ledger.read())[-1].id

    def views(self) -> Projection:
        return Projection(self.ledger.store, self.ledger.size())

    def statuses(self) -> dict[str, str]:
        """The status of each finding, by the subject's root; the same event by event."""
        with closing(Projection(self.ledger.store)) as live:
            for size in range(1, self.ledger.size() + 1):
                live.catch_up(size)
            assert dump(live.connection) == whole(self.ledger.store)
            return {found.identity.subject: found.status for found in findings(live.connection)}


def differing(subject: str = "Persia") -> Desk:
    """Ann and Ben differ about a subject."""
    return Desk().says("Ann", "5", subject).says("Ben", "100", subject)


def test_a_match_that_gives_the_subject_another_root_keeps_the_decision() -> None:
    desk = differing().decides().match("Persia", "Iran")
    assert desk.statuses() == {"iran": "dismissed"}


def test_so_does_one_of_the_predicate() -> None:
    assert differing().decides().match("toll", "deaths").statuses() == {"persia": "dismissed"}


def test_and_one_of_a_claimant_even_of_a_voice_that_contradicts_itself() -> None:
    assert differing().decides().match("Ben", "Abe").statuses() == {"persia": "dismissed"}
    alone = Desk().says("Ben", "5").says("Ben", "100").decides().match("Ben", "Abe")
    assert alone.statuses() == {"persia": "dismissed"}


def test_an_alias_that_joins_a_claimant_with_another_keeps_it_too() -> None:
    desk = Desk().says("Ben", "5").says("Ben", "100").decides()
    desk.record(SourceDescribed(name="Ben", kind="person", aliases=("Abe",)))
    assert desk.statuses() == {"persia": "dismissed"}


def test_an_unmatch_keeps_what_was_decided_while_names_were_matched() -> None:
    desk = differing().match("Persia", "Iran").decides().unmatch("Iran", "Persia")
    assert desk.statuses() == {"persia": "dismissed"}
    claimants = differing().match("Ben", "Abe").decides().unmatch("Ben", "Abe")
    assert claimants.statuses() == {"persia": "dismissed"}


def test_a_source_without_one_voice_is_known_by_the_name_it_is_filed_under() -> None:
    desk = Desk().record(SourceDescribed(name="officials", kind="anonymous", aliases=("aides",)))
    desk.says("officials", "5").says("Ben", "100").decides()
    assert desk.statuses() == {"persia": "dismissed"}


def test_a_match_that_brings_another_voice_opens_the_finding() -> None:
    desk = differing().decides().says("Cleo", "50", "Iran").match("Iran", "Persia")
    assert desk.statuses() == {"iran": "open"}
    assert desk.unmatch("Iran", "Persia").statuses() == {"persia": "dismissed"}


def test_a_match_taken_back_before_the_decision_passes_nothing_on() -> None:
    """Two countries once taken for one: what is decided about one is not about the other."""
    desk = differing().says("Ann", "5", "Iran").says("Ben", "100", "Iran")
    desk.match("Persia", "Iran").unmatch("Persia", "Iran")
    with closing(desk.views()) as views:
        number = [found.identity.subject for found in findings(views.connection)].index("iran")
    assert desk.decides("dismissed", number).statuses() == {"iran": "dismissed", "persia": "open"}


def test_what_was_decided_about_both_holds_for_both_when_they_come_apart() -> None:
    desk = differing().says("Ann", "5", "Iran").says("Ben", "100", "Iran")
    desk.match("Persia", "Iran").decides("confirmed").unmatch("Persia", "Iran")
    assert desk.statuses() == {"iran": "confirmed", "persia": "confirmed"}


def test_of_two_that_were_decided_about_apart_the_decision_that_covers_all_holds() -> None:
    desk = differing("Iran").decides("dismissed")
    desk.says("Cleo", "5", "Persia").says("Dan", "60", "Persia")
    with closing(desk.views()) as views:
        number = [found.identity.subject for found in findings(views.connection)].index("persia")
    desk.decides("confirmed", number)
    assert desk.statuses() == {"iran": "dismissed", "persia": "confirmed"}
    assert desk.match("Iran", "Persia").statuses() == {"iran": "open"}
    same = differing("Iran").decides("dismissed").says("Ann", "5", "Persia")
    same.match("Iran", "Persia").decides("confirmed")
    assert same.statuses() == {"iran": "confirmed"}


def test_the_later_of_two_decisions_may_cover_less_than_the_earlier() -> None:
    """Iran's covers three voices; Persia's, made later, two of them: Iran's is still in force."""
    desk = differing("Iran").says("Cleo", "50", "Iran").decides("dismissed")
    desk.says("Ann", "5", "Persia").says("Ben", "100", "Persia")
    with closing(desk.views()) as views:
        number = [found.identity.subject for found in findings(views.connection)].index("persia")
    desk.decides("confirmed", number).match("Iran", "Persia")
    assert desk.statuses() == {"iran": "dismissed"}


def test_a_decision_that_was_replaced_under_another_name_counts_no_more() -> None:
    """It covered three voices; what replaced it when one had gone covers two, and she is back."""
    desk = differing().says("Cleo", "50").decides("dismissed")
    first, cleo = desk.last(), list(desk.ledger.read())[2].id
    gone = ClaimRetracted(claim=cleo, published=read_day("2026-02-08"), reason="a slip")
    desk.record(gone).match("Persia", "Iran").decides("confirmed", after=first)
    assert desk.statuses() == {"iran": "confirmed"}
    assert desk.says("Cleo", "50", published="2026-02-09").statuses() == {"iran": "open"}


ARRIVALS = [
    pytest.param([0, 1, 3, 4, 2], id="the decision last"),
    pytest.param([0, 1, 2, 4, 3], id="the match last"),
    pytest.param([0, 1, 4, 2, 3], id="the unmatch first"),
    pytest.param([2, 3, 4, 1, 0], id="backwards"),
]


@pytest.mark.parametrize("order", ARRIVALS)
def test_a_decision_and_a_match_may_arrive_in_any_order(order: Sequence[int]) -> None:
    desk = differing().match("Persia", "Iran").decides().unmatch("Persia", "Iran")
    arrives(list(desk.ledger.store.rows()), order)


def test_a_match_of_a_name_that_was_matched_once_may_arrive_last() -> None:
    """Persia was Iran, which was Elam, when it was decided; that Iran was Elam is learnt last."""
    desk = differing().match("Iran", "Persia").match("Iran", "Elam").decides()
    desk.unmatch("Iran", "Persia").unmatch("Iran", "Elam")
    assert desk.statuses() == {"persia": "dismissed"}
    arrives(list(desk.ledger.store.rows()), [0, 1, 2, 4, 5, 6, 3])


def arrives(rows: list[Row], order: Sequence[int]) -> None:
    """What is seen event by event is what is seen at once, whatever the order."""
    with closing(Projection(holding([rows[at] for at in order]))) as live:
        for size in range(1, len(rows) + 1):
            live.catch_up(size)
        assert dump(live.connection) == whole(holding(rows))
