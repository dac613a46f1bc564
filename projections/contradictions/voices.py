"""One voice: which of a claimant's own statements still stand, and the rule ``revision``.

Of one claimant's claims of one instant, an earlier one is *revised* by a later-said one that
cannot be true with it, or by one that is linked ``revises`` (then of any as-of). *Later* means
that its first instant lies after the other's last. Where neither is later both stand, and the
claimant contradicts itself. A list is revised item by item, so that what was not taken back of it
goes on standing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import attrs

from ledger.values import Day, Quantity, Several
from projections.contradictions.clash import (
    Context,
    Gap,
    clash,
    gap_between,
    one_instant,
    wider_gap,
)
from projections.contradictions.finding import (
    Camp,
    Finding,
    Key,
    Verdict,
    claim_pair,
    finding_id,
    make_camp,
)
from projections.contradictions.items import clashing as clashing_items
from projections.held import WISHED, Held, is_daily
from projections.outcomes import CONFLICT, TENSION
from projections.remaining import ONLY, Items

_GRAVEST_FIRST: tuple[Verdict, ...] = ("contradiction", "tension", "revision", "altered")


@attrs.frozen(eq=False)
class Step:
    """One change of a voice's statement: from ``earlier`` to ``later``."""

    earlier: Held
    later: Held
    verdict: Verdict
    linked: bool


@attrs.define(eq=False, slots=False)
class Voice:
    """The claims of one voice at one instant of one key.

    ``claims`` are its recordings that were not corrected; those ``retracted`` still revise what
    they revised. ``revisers`` are, by the position of the claim they revise, those linked
    ``revises``.
    """

    key: Key
    name: str
    instant: object
    claims: tuple[Held, ...]
    revisers: Mapping[int, Sequence[Held]]
    context: Context
    retracted: Collection[int] = ()

    @cached_property
    def changes(self) -> "Changes":
        """What changed within the voice, see ``changes_of``."""
        return changes_of(self)


@attrs.frozen(eq=False)
class Changes:
    """The changes within a voice.

    ``revised`` are the positions of the claims of which nothing stands any more, each with that of
    the claim that revised it (of a list, the last of it); ``items`` those of the lists that stand
    in part, with the items that do not.
    """

    steps: Sequence[Step] = ()
    revised: Mapping[int, int] = attrs.field(factory=dict)
    items: Mapping[int, Items] = attrs.field(factory=dict)


NO_CHANGES = Changes()


def changes_of(voice: Voice) -> Changes:
    """Return the changes within a voice, in the order in which things were said.

    Each claim that was revised is set against what revised it: what is linked so, or the next
    statement that cannot be true with it; a list against the next one for each of its items.
    Each that stands is set against the one it clashes with most gravely, if any, and of several
    against the one it has clashed with longest.
    """
    said = sorted(voice.claims, key=lambda held: (held.said, held.order))
    steps: list[Step] = []
    others: list[Step] = []
    whole: dict[int, int] = {}
    items: dict[int, Items] = {}
    for at, earlier in enumerate(said):
        linked = voice.revisers.get(earlier.position, ())
        if linked:
            last = max(linked, key=lambda held: (held.said, held.order))
            steps.append(Step(earlier, last, "revision", True))
            whole[earlier.position] = last.position
            continue
        gone: dict[int, str] = {}
        for later in said[at + 1 :]:
            step = _step(earlier, later, voice.context)
            if step is None:
                continue
            if step.verdict != "revision":
                others.append(step)
                continue
            clashing = clashing_items(earlier, later, voice.context)
            if clashing is None or clashing.keys() - gone:
                steps.append(step)
            gone |= clashing or {}
            if clashing is None or _is_whole(earlier, gone):
                whole[earlier.position] = later.position
                break
        if gone and earlier.position not in {*whole, *voice.retracted}:
            items[earlier.position] = gone
    stand = _Standing(voice, items, {*whole, *voice.retracted})
    return Changes([*steps, *stand.clashes(others)], whole, items)


def _is_whole(held: Held, items: Collection[int]) -> bool:
    """Whether these are all items of a list; that it was closed does not stand alone."""
    return isinstance(held.value, Several) and len({*items} - {ONLY}) == len(held.value.items)


@attrs.frozen(eq=False)
class _Standing:
    """What still stands of a voice's claims, and how that clashes."""

    voice: Voice
    items: Mapping[int, Items]
    gone: Collection[int]

    def clashes(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Yield the gravest of these clashes for each claim that stands."""
        first: dict[int, Step] = {}
        for step in sorted(filter(None, map(self._standing, steps)), key=_graver):
            for held in (step.earlier, step.later):
                first.setdefault(held.position, step)
        yield from dict.fromkeys(first.values())

    def _standing(self, step: Step) -> Step | None:
        """Return a clash as far as both its sides stand; ``None`` where they no longer clash."""
        positions = {step.earlier.position, step.later.position}
        if not positions.isdisjoint(self.gone):
            return None
        if positions.isdisjoint(self.items):
            return step
        earlier, later = (
            held.without(self.items.get(held.position, ())) for held in (step.earlier, step.later)
        )
        return _step(earlier, later, self.voice.context)


def _graver(step: Step) -> tuple[int, object, object]:
    """What orders steps: the gravest first, of equals the one that was complete first."""
    first, last = sorted((step.earlier.order, step.later.order))
    return (_GRAVEST_FIRST.index(step.verdict), last, first)


def _step(earlier: Held, later: Held, context: Context) -> Step | None:
    """Return how the statement said later stands to the one said earlier, if they clash."""
    wishes = earlier.claim.modality in WISHED
    if not wishes and not one_instant(earlier, later, context.definition.over_time):
        return None
    if not _replaces(earlier, later, context):
        return None
    if bool(earlier.claim.via) != bool(later.claim.via):
        return Step(earlier, later, "tension", False)
    if later.said[0] > earlier.said[1]:
        return Step(earlier, later, "revision", False)
    coarse = not (is_daily(earlier.said) and is_daily(later.said))
    excused = clash(earlier, later, context) == TENSION
    soft = coarse or excused or _may_change(earlier, later, context)
    return Step(earlier, later, "tension" if soft else "contradiction", False)


def _replaces(earlier: Held, later: Held, context: Context) -> bool:
    """Whether a voice's two statements cannot both be its last word.

    The soft bounds excuse two speakers whose figures differ by rounding; one who said 1,900
    and then 1,918 has changed the figure.
    """
    outcome = clash(earlier, later, context)
    numeric = all(isinstance(held.value, Quantity | Day) for held in (earlier, later))
    return outcome == CONFLICT or (outcome == TENSION and numeric)


def _may_change(a: Held, b: Held, context: Context) -> bool:
    """Whether both were said on the very day they are about, of a value that changes."""
    if context.definition.over_time == "constant":
        return False
    return all(held.daily and held.span[0] <= held.said[1] <= held.span[1] for held in (a, b))


def revision(voice: Voice) -> Iterator[Finding]:
    """A source changed its own figure; one finding per claimant and instant, listing its steps.

    Fires for "3,428" said on Monday beside "6,000" said on Tuesday, both of the same day; not
    for "at least 3,428" and then "6,000", which can be true together. *Silent* unless linked.
    """
    steps = voice.changes.steps
    if not steps:
        return
    definition = voice.context.definition
    gap: Gap | None = None
    for step in steps:
        gap = wider_gap(gap, gap_between(step.earlier.value, step.later.value, definition))
    verdict = min((step.verdict for step in steps), key=_GRAVEST_FIRST.index)
    gravest = [step for step in steps if step.verdict == verdict]
    first = steps[0].earlier
    over = definition.over_time == "constant" or first.claim.modality in WISHED
    yield Finding(
        id=finding_id("revision", voice.key, voice.name, _instant(voice)),
        rule="revision",
        verdict=verdict,
        key=voice.key,
        as_of=None if over else (first.claim.as_of or first.claim.published).stated,
        camps=_statements(steps, voice),
        gap=gap,
        since=min(
            max(step.earlier.recorded_at, step.later.recorded_at, definition.recorded_at)
            for step in gravest
        ),
        explanation=_explain(steps, voice, verdict),
        pairs=frozenset(claim_pair(step.earlier, step.later) for step in steps),
    )


def _instant(voice: Voice) -> object:
    """Return what names the instant: a voice's wishes, and what does not change, have none."""
    if voice.claims[0].claim.modality in WISHED:
        return "wishes"
    return "" if voice.context.definition.over_time == "constant" else voice.instant


def _statements(steps: Sequence[Step], voice: Voice) -> tuple[Camp, ...]:
    """One camp for each statement, in the order in which they were said."""
    claims = {held.position: held for step in steps for held in (step.earlier, step.later)}
    said = sorted(claims.values(), key=lambda held: (held.said, held.order))
    changes = {(step.earlier.position, step.later.position) for step in steps}
    groups: list[list[Held]] = []
    for held in said:
        if groups and (groups[-1][-1].position, held.position) not in changes:
            groups[-1].append(held)
        else:
            groups.append([held])
    return tuple(make_camp(group, voice.context.definition) for group in groups)


def _explain(steps: Sequence[Step], voice: Voice, verdict: Verdict) -> str:
    who = steps[0].earlier.claim.claimant
    claims = [steps[0].earlier.claim, *(step.later.claim for step in steps)]
    told = [claim.value.stated for claim in claims]
    if len({claim.modality for claim in claims}) > 1:
        told = [f"{claim.modality}: {claim.value.stated}" for claim in claims]
    steps_told = " → ".join(dict.fromkeys(told))
    if verdict == "contradiction":
        return f"{who} says both, and they cannot both hold: {steps_told}"
    if verdict == "tension":
        return f"{who} says both, and they may not both hold: {steps_told}"
    how = "" if all(step.linked for step in steps) else " silently"
    this = "this" if voice.changes.revised else "part of this"
    return f"{who} revised {this}{how}: {steps_told}"
