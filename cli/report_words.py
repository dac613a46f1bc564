"""The report of contradictions in words, the same in every form of it.

Neutral throughout: claims *cannot both hold*, wishes *cannot both be met*; which side is right
is not for a program to say. Texts are as the ledger has them; whoever writes them somewhere
escapes them for that place.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from cli import trail_words
from cli.phrasing import clock, counted, sentence, short, speaker, with_revised
from ledger.names import fold
from projections.contradictions import OF_REVIEWS
from projections.decisions import Decided
from projections.filed import shown_value, with_modality
from projections.report import Encounter, Group, Listed, Sides, sides_of

if TYPE_CHECKING:
    from projections.claimant_pairs import ClaimantPair
    from projections.dossier import Imprint, Told
    from projections.side_by_side import SideBySide

MARK: Final = "×"
"""Marks what cannot be met for all."""

SOME: Final = 3
"""So many names or claims are told where there may be many."""

_SHORT_ENOUGH: Final = 80
"""Characters that the statements of a camp may take where they are told together."""

_PASSED_ON: Final = ("relay", "stale-relay")


def topic(group: Group) -> str:
    """Return what a group is about: subject, predicate and scope."""
    return _topic(group.subject, group.predicate, group.scope)


def about(finding: Mapping[str, Any]) -> str:
    """Return what a finding is about: subject, predicate and scope."""
    return _topic(finding["subject"], finding["predicate"], finding["scope"])


def _topic(subject: str, predicate: str, scope: Mapping[str, str]) -> str:
    narrowed = "; ".join(f"{name}: {text}" for name, text in scope.items())
    return f"{subject}: {predicate}" + (f" ({narrowed})" if narrowed else "")


def kind(rule: str, verdict: str) -> str:
    """Return verdict and rule: ``contradiction (value)``, ``revision``."""
    return verdict if rule == verdict else f"{verdict} ({rule})"


def who(encounter: Encounter) -> str:
    """Return who stands against whom."""
    return _against(encounter.rule, encounter.verdict, encounter.sides)


def parties(finding: Mapping[str, Any]) -> str:
    """Return who stands against whom in a finding."""
    return _against(finding["rule"], finding["verdict"], sides_of(finding))


def _against(rule: str, verdict: str, sides: Sides) -> str:
    """Return sides in words; one that is there twice stands against itself."""
    if verdict == "revision" or rule == "evidence":
        return _some(sides[0])
    if rule in _PASSED_ON:
        relay, origin = map(_some, sides)
        return f"{relay}, passing on what {origin} said"
    if rule == "circular":
        return " and ".join(map(_some, sides))
    if rule in OF_REVIEWS:
        return ", ".join(map(_some, sides))
    if len(sides) == 2 and sides[0] == sides[1]:
        return f"{_some(sides[0])} against itself"
    return " against ".join(map(_some, sides))


def how_much(encounter: Encounter) -> str:
    """Return on how many instants, and by how much at most; of one alone only how far apart."""
    number = encounter.count
    instants = f", on {number:,} instants" if number > 1 else ""
    if encounter.gap is None:
        return instants
    most = "at most " if number > 1 else ""
    return f"{instants}, {most}{_widest(encounter)} apart"


def revised(revisions: Encounter) -> str:
    """Return who revised how many figures, and by how much at most."""
    number = revisions.count
    instants = "1 figure" if number == 1 else f"{number:,} figures"
    gap = "" if revisions.gap is None else f", by at most {_widest(revisions)}"
    return f"{who(revisions)}, {instants}{gap}"


def _widest(encounter: Encounter) -> str:
    return distance(encounter.gap or "0", encounter.share, encounter.unit)


def distance(gap: str, share: str | None, unit: str | None) -> str:
    """Return a gap in words: ``1,918 people (6.6%)``, ``3 days``."""
    amount = f"{Decimal(gap):,f}"
    percent = "" if share is None else f" ({Decimal(share) * 100:.1f}%)"
    return f"{amount} {unit or ''}".strip() + percent


def statement(finding: Mapping[str, Any]) -> str:
    """Return what a finding says, with the time that it is about."""
    as_of = finding["as_of"]
    dated = f"{as_of}: " if as_of and as_of not in finding["explanation"] else ""
    return f"{dated}{finding['explanation']}"


def status(finding: Mapping[str, Any], decision: Decided | None) -> str:
    """Return since when a finding stands, who backs its camps, and what was decided about it."""
    if finding["status"] == "dismissed" and decision is not None:
        return decided(decision)
    origins = [camp["independent_origins"] for camp in finding["camps"]]
    told = f"{finding['status']}, since {finding['since'][:10]}"
    if max(origins, default=0) > 1:
        told += f"; independent origins: {' against '.join(map(str, origins))}"
    alike = [
        name
        for camp in finding["camps"]
        for group in camp["suspected_dependence"]
        for name in group["claimants"]
    ]
    if alike:
        told += f"; worded alike: {', '.join(dict.fromkeys(alike))}"
    if decision is not None and decision.covers:
        told += f"; {decided(decision)}"
    elif decision is not None:
        told += (
            f"; {decision.decision} on {decision.recorded_at[:10]} by {decision.by} "
            f"({decision.reason}), which does not cover all that conflicts now"
        )
    return told


def decided(decision: Decided) -> str:
    """Return what was decided about a finding, when, by whom and why."""
    return f"{decision.decision} on {decision.recorded_at[:10]} by {decision.by}: {decision.reason}"


def closing(counts: Mapping[tuple[str, str], int]) -> str:
    """Return how many findings there are, by rule and verdict."""
    if not counts:
        return "No findings."
    told = []
    for (rule, verdict), number in counts.items():
        several = verdict if number == 1 else f"{verdict}s"
        told.append(f"{number:,} {several if rule == verdict else f'{several} ({rule})'}")
    return f"{counted(sum(counts.values()), 'finding')}: {', '.join(told)}."


def stances(table: "SideBySide") -> list[list[str]]:
    """Return the rows of a table of wishes: a mark, the item, and what each party says of it."""
    return [
        [MARK if item.disputed else "", item.name, *(" and ".join(s) for s in item.stances)]
        for item in table.items
    ]


TITLE: Final = "Which claims cannot all hold"


def preamble(
    imprint: "Imprint", narrowed: Sequence[str], before: int | None = None
) -> Iterator[str]:
    """Yield what a reader has to know: of which ledger, narrowed to what, in which order.

    ``before`` is how many events the ledger held that it is compared with.
    """
    held = counted(imprint.size, "event")
    recorded = imprint.last_recorded
    last = "" if recorded is None else f", the last of {clock(recorded)}"
    yield f"Read from a ledger of {held}{last}, with the root {imprint.root}."
    if before is not None:
        yield f"Compared with what its first {counted(before, 'event')} had said."
    if narrowed:
        yield f"Narrowed to {'; '.join(narrowed)}."
    yield (
        "It says which claims cannot hold together, and who says so; which of them holds, it "
        "does not say. What matters most comes first: severity, from 0 to 100, counts verdict, "
        "distance, independent origins and how new the finding is."
    )


def opponents(pair: "ClaimantPair") -> tuple[str, str]:
    """Return who stands against whom."""
    return pair.one, "itself" if pair.other == pair.one else pair.other


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SOME} more" if len(names) > SOME else ""
    return ", ".join(names[:SOME]) + more


def facts(told: "Told", decision: Decided | None) -> str:
    """Return how severe a finding is, its id, how far apart, since when, and what was decided."""
    finding = told.finding
    apart = ""
    if finding["gap"] is not None:
        gap = finding["gap"]
        apart = f"{distance(gap['absolute'], gap['relative'], gap['unit'])} apart; "
    stands = status(finding, decision)
    return f"Severity {told.severity}; {apart}{stands}; finding {short(finding['id'])}."


def camp(camp: Mapping[str, Any]) -> str:
    """Return what a camp says, who is in it, and how many independent origins stand behind it."""
    said = [
        with_modality(value.get("stands", value["value"]), value["modality"])
        for value in camp["values"]
    ]
    together = " | ".join(said)
    if len(together) > _SHORT_ENOUGH and len(said) > 1:
        together = counted(len(said), "statement")
    origins = counted(camp["independent_origins"], "independent origin")
    what = f"{camp['predicate']} " if "predicate" in camp else ""
    return f"{_some(camp['claimants'])}: {what}{together} ({origins})"


def claim(account: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    """Return what a claim of a finding says, and who says so; its subject where that differs."""
    told = account["claim"]
    if not told:
        return "its text is missing"
    same = all(fold(told[name]) == fold(finding[name]) for name in ("subject", "predicate"))
    said = shown_value(dict(told)) if same else sentence(told)
    return f"{said}, {speaker(told)}"


def trail(claim: Mapping[str, Any]) -> Iterator[trail_words.Line]:
    """Yield the trail of a claim, what became of it, and what links say of it."""
    yield from trail_words.way(claim, looked_up=False)
    became = "; ".join(trail_words.standing(claim))
    standing = with_revised(claim["standing"], claim)
    if standing != "stands" or became:
        yield trail_words.Line("standing", standing + (f": {became}" if became else ""))
    yield from trail_words.links(claim)


def in_short(listed: Listed, decision: Decided | None, topic: str | None = None) -> str:
    """Return a finding in a line, with its topic where that is not told already."""
    finding = listed.told
    on = "" if topic is None else f"{topic}, "
    said = f"{on}{kind(finding['rule'], finding['verdict'])}: {statement(finding)}"
    named = f"{short(finding['id'])}, severity {listed.row.severity}"
    return f"{named}, {said}; {status(finding, decision)}"
