"""Hypothesis strategies for histories: what a desk might file, one event after another.

The alphabet is small, so that events meet: a few subjects, predicates, claimants, days and
values, in more than one spelling. A history is a list of *moves*; a move names what it speaks
of by counting ("the second claim so far"), because ids are known only once it is recorded.
:class:`Desk` plays moves on a ledger in memory.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, TypeVar

import attrs
from hypothesis import strategies as st

from ledger.codec import Body, encode
from ledger.dates import read_day
from ledger.erasing import is_erasable
from ledger.events import (
    MATCH_RELATIONS,
    MODALITIES,
    OVER_TIME,
    BodyErased,
    Claim,
    ClaimAsserted,
    ClaimRetracted,
    ClaimsLinked,
    ContradictionAdjudicated,
    Decision,
    EntitiesMatched,
    EntitiesUnmatched,
    Event,
    Modality,
    OverTime,
    PredicateDefined,
    RecordingCorrected,
    Relation,
    ReviewPublished,
    SourceDescribed,
    SourceKind,
)
from ledger.grammar import read_value
from ledger.heads import SALT_BYTES, Head, commitment, encode_head, write_time
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.merkle import HASH_BYTES, Frontier, leaf_hash
from ledger.store import Row, Store
from ledger.values import Value, ValueType

T = TypeVar("T")

ORIGIN = "5eed" * 8
START = datetime(2026, 2, 6, 18, 30, tzinfo=UTC)

SUBJECTS = ("iran", "Iran", "Persia", "Oman")
PREDICATES = ("toll", "Toll", "deaths", "wounded")
CLAIMANTS = ("Ann", "ann", "Ben", "Cleo", "US officials", "not stated")
OUTLETS = ("FT", "Le Monde")
PLACES = ("Muscat", "Oman", "Muscat palace", "Geneva", "muscat")

NUMBERS = (
    "5",
    "6",
    "100",
    "103",
    "1000",
    "at least 5",
    "at least 103",
    "at most 6",
    "more than 6",
    "fewer than 6",
    "between 5 and 100",
    "about 100",
    "about 1000",
    "1.1 thousand",
    "dozens",
    "6 tonnes",
    "6000 kg",
    "5 tonnes",
    "at least 7 kg",
    "-5",
)
DAYS = ("2026-02-06", "2026-02-07", "2026-02-09", "2026-02", "2026", "2026-02-06?", "2026-02/..")
TRUTHS = ("yes", "no", "oui")
LISTS = ("x", "x; y", "only x", "only x; y", "y", "x; y; z", "only muscat; geneva", "Geneva; Oman")

AS_OFS = (
    "2026-02-06",
    "2026-02-06",
    "2026-02-07",
    "2026-02-09",
    "2026-02",
    "2026",
    "2026-02-06~",
    "2026-02-06T08:30:00Z",
    "2026-02-06T00:00:00Z",
    "2026-02-07T10:00+01:00",
    "2026-02-05/2026-02-07",
    "../2026-02-07",
    "2026-02-07/..",
)
PUBLISHED = ("2026-02-06", "2026-02-07", "2026-02-08", "2026-02", "2026-02-07T08:00:00Z")

MOODS: tuple[tuple[Modality, ...], ...] = (
    ("asserted",),
    ("asserted", "denied"),
    ("demanded", "refused"),
    ("asserted", "asserted", "alleged"),
)

Theme = tuple[Sequence[str], ValueType | None, bool]
AMOUNTS: Theme = (NUMBERS, "quantity", False)
THEMES: tuple[Theme, ...] = (
    *(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS),
    (PLACES, "entity", False),
    (PLACES, "text", False),
    (DAYS, "day", False),
    (TRUTHS, "truth", False),
    (LISTS, "text", True),
    (("5", "2026", "yes", "Muscat", "only 5", "2026-02"), None, False),
)


def _told(claim: Claim) -> str:
    """Return a claim in one line, for the reader of a failing example."""
    said = f", said {claim.said.stated}" if claim.said else ""
    via = f", via {'; '.join(claim.via)}" if claim.via else ""
    scope = f" {dict(claim.scope)}" if claim.scope else ""
    as_of = claim.as_of.stated if claim.as_of else "?"
    return (
        f"{claim.claimant}: {claim.subject} {claim.predicate}{scope} = {claim.value.stated!r} "
        f"as of {as_of} ({claim.modality}, published {claim.published.stated}{said}{via})"
    )


@attrs.frozen(repr=False)
class Say:
    """Somebody claims something."""

    claim: Claim

    def __repr__(self) -> str:
        return f"<{_told(self.claim)}>"


@attrs.frozen(repr=False)
class Correct:
    """A recording was typed wrong; it should read as ``claim``."""

    of: int
    claim: Claim

    def __repr__(self) -> str:
        return f"<correct #{self.of} {_told(self.claim)}>"


@attrs.frozen
class Retract:
    """A claimant takes a claim back."""

    of: int


@attrs.frozen
class Link:
    """One claim relays, revises, … another."""

    one: int
    relation: Relation
    other: int


@attrs.frozen
class Verdict:
    """A verdict as a review has it, where it stands from 0 to 1, and the step of its scale."""

    rating: str
    place: float | None
    step: float = 0.25
    scale: tuple[str, ...] = ()
    figures: tuple[str | None, str | None, str | None] = (None, None, None)


_GRADES = ("Nul", "Passable", "Bon")
VERDICTS = (
    Verdict("False", 0),
    Verdict("MOSTLY FALSE!", 0.25),
    Verdict("half-true", 0.5),
    Verdict("Vrai", 1),
    Verdict("Satire", None),
    Verdict("Passable", 0.5, 0.5, _GRADES),
    Verdict("Bon", 1, 0.5, _GRADES),
    Verdict("Nul", None),
    Verdict("Three stars", 0.5, 0.25, (), ("3", "1", "5")),
    Verdict("Three stars", 1, 0.5, (), ("3", "1", "3")),
    Verdict("True", None, 0.25, (), ("1", "1", "5")),
)
"""Verdicts that say where they stand by a word, by a scale, by a figure; or do not, or twice."""


@attrs.frozen
class Review:
    """Somebody publishes a verdict on a claim."""

    of: int
    author: str
    verdict: Verdict
    published: str


@attrs.frozen(repr=False)
class Act:
    """A definition, description, match or unmatch; ``replacing`` the last of its kind."""

    event: PredicateDefined | SourceDescribed | EntitiesMatched | EntitiesUnmatched
    replacing: bool

    def __repr__(self) -> str:
        said = attrs.asdict(self.event, filter=lambda _, value: value not in (None, (), False))
        return f"<{self.event.TYPE} {said}{', replacing' if self.replacing else ''}>"


@attrs.frozen
class Adjudicate:
    """Somebody decides about a finding that is shown now."""

    of: int
    decision: Decision


@attrs.frozen
class Pull:
    """An event comes in from another ledger, whose desk recorded the very same."""

    of: int
    ledger: int


@attrs.frozen
class Erase:
    """A desk erases an event: this one, or another whose word does not remove the bytes here."""

    of: int
    elsewhere: bool


Own = Say | Correct | Retract | Link | Review | Act | Adjudicate
"""What a desk does itself."""

Move = Own | Pull | Erase


@cache
def value_of(text: str, kind: ValueType | None, several: bool) -> Value:
    """Return what a person means who types ``text`` for such a predicate."""
    return read_value(text, kind, multi_valued=several)


@attrs.frozen
class Palette:
    """What one history is made of: few of everything, so that its events meet."""

    theme: Theme
    subjects: Sequence[str]
    predicates: Sequence[str]
    claimants: Sequence[str]
    as_ofs: Sequence[str | None]
    texts: Sequence[int]
    modalities: Sequence[Modality]
    over_time: OverTime
    spread: Sequence[int] = (0, 0, 0, 0, 0, 1)
    """Which of its predicates each of six choices means."""


def _some(of: Sequence[Any], count: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(of), min_size=count, max_size=count)


PALETTES = st.builds(
    Palette,
    st.sampled_from(THEMES),
    _some(SUBJECTS, 2),
    _some(PREDICATES, 3),
    _some(CLAIMANTS, 3),
    _some((*AS_OFS, None), 3),
    _some(range(len(NUMBERS)), 4),
    st.sampled_from(MOODS) | _some(MODALITIES, 3),
    st.sampled_from(("instant", "constant", "period", *["cumulative-up"] * 2, "cumulative-down")),
    st.sampled_from(((0, 0, 0, 0, 0, 1), (0, 0, 0, 1, 1, 2), (0, 0, 1, 1, 2, 2))),
)

_CHOICES = st.lists(st.integers(0, 5), min_size=6, max_size=6)
_CIRCUMSTANCES = st.tuples(
    st.sampled_from(PUBLISHED),
    st.sampled_from((None, None, None, "2026-02-05", "2026-02-06")),
    st.sampled_from(((), (), *((one,) for one in OUTLETS), OUTLETS)),
    st.sampled_from(({}, {}, {}, {}, {"place": "Muscat"}, {"Place": "muscat"})),
)
Circumstances = tuple[str, str | None, tuple[str, ...], dict[str, str]]
Drawn = tuple[list[int], Circumstances]


def claim_of(palette: Palette, drawn: Drawn) -> Claim:
    """Return the claim that six choices from a palette mean; most share subject and predicate."""
    (subject, predicate, text, claimant, as_of, modality), (published, said, via, scope) = drawn
    texts, kind, several = palette.theme
    about = _nth(palette.as_ofs, as_of)
    return Claim(
        subject=palette.subjects[subject // 5],
        predicate=palette.predicates[palette.spread[predicate]],
        value=value_of(_nth(texts, _nth(palette.texts, text)), kind, several),
        claimant=_nth(palette.claimants, claimant),
        published=read_day(published),
        scope=scope,
        as_of=None if about is None else read_day(about),
        modality=_nth(palette.modalities, modality),
        via=via,
        said=None if said is None else read_day(said),
    )


def _nth(of: Sequence[T], at: int) -> T:
    return of[at % len(of)]


CLAIMS = st.tuples(_CHOICES, _CIRCUMSTANCES)


def definitions(theme: Theme) -> st.SearchStrategy[PredicateDefined]:
    """Draw a definition, mostly one that fits the theme."""
    kinds = [(kind, several) for _, kind, several in (*[theme] * 5, *THEMES) if kind]
    return st.builds(
        lambda name, kind, over_time, tolerance, unit, other, parts: PredicateDefined(
            name=name,
            value_type=kind[0],
            multi_valued=kind[1],
            over_time=over_time,
            tolerance=tolerance,
            unit=unit,
            **_neighbours(kind[0], other, parts),
        ),
        st.sampled_from(PREDICATES),
        st.sampled_from(kinds),
        st.sampled_from((*OVER_TIME, "cumulative-up")),
        st.sampled_from((None, None, "2%", "30%")),
        st.sampled_from((None, None, "tonnes")),
        st.sampled_from((None, *PREDICATES)),
        st.sampled_from(((), (), PREDICATES[1:], PREDICATES[:2], PREDICATES[2:])),
    )


def _neighbours(kind: str, other: str | None, parts: tuple[str, ...]) -> dict[str, Any]:
    """What a definition of a kind can say of other predicates."""
    if kind == "quantity":
        return {"part_of": other, "disjoint": parts}
    return {"not_before": other} if kind == "day" else {}


_DEFINITIONS = {theme: definitions(theme) for theme in THEMES}


def descriptions() -> st.SearchStrategy[SourceDescribed]:
    """Draw a description: whom a source acts for, what else it is called, is it anonymous."""
    names = st.sampled_from((*CLAIMANTS[:5], *OUTLETS))
    kinds: tuple[SourceKind, ...] = ("person", "government", "anonymous")
    return st.builds(
        SourceDescribed,
        name=names,
        kind=st.sampled_from(kinds),
        acts_for=st.none() | names,
        aliases=st.lists(names, max_size=1).map(tuple),
    )


def matches() -> st.SearchStrategy[EntitiesMatched | EntitiesUnmatched]:
    """Draw a match or an unmatch of two names that stand in one place of a claim."""
    pools = (SUBJECTS, PREDICATES, CLAIMANTS[:5], PLACES, (*OUTLETS, "AP"))
    pairs = [(a, b) for pool in pools for a in pool for b in pool]
    return st.builds(
        lambda kind, pair, relation: kind(a=pair[0], b=pair[1], relation=relation),
        st.sampled_from((EntitiesMatched, EntitiesMatched, EntitiesUnmatched)),
        st.sampled_from(pairs),
        st.sampled_from(MATCH_RELATIONS),
    )


def reviews() -> st.SearchStrategy[Review]:
    """Draw a review, mostly of one of the first claims."""
    return st.builds(
        Review,
        st.sampled_from((0, 0, 0, 1)),
        st.sampled_from(CLAIMANTS[:5]),
        st.sampled_from((*VERDICTS, *VERDICTS[:4])),
        st.sampled_from(PUBLISHED),
    )


Topic = Literal["links", "reviews"] | None
"""What a history is rich in."""

TOPICS: tuple[Topic, ...] = (None, "links", "reviews")


def _moves(theme: Theme, topic: Topic) -> st.SearchStrategy[Callable[[Palette], Move]]:
    which = st.integers(0, 7)
    relations: tuple[Relation, ...] = ("revises", "revises", "relays", "translates", "confirms")
    if topic == "links":
        relations = ("relays", "relays", "relays", "translates", "revises", "corrects")
    decisions: tuple[Decision, ...] = ("dismissed", "confirmed")
    say = CLAIMS.map(lambda drawn: lambda palette: Say(claim_of(palette, drawn)))
    correct = st.tuples(which, CLAIMS).map(
        lambda drawn: lambda palette: Correct(drawn[0], claim_of(palette, drawn[1]))
    )
    others = st.one_of(
        st.builds(Retract, which),
        st.builds(Link, which, st.sampled_from(relations), which),
        st.builds(Act, _DEFINITIONS[theme] | descriptions() | matches(), st.booleans()),
        st.builds(Act, _DEFINITIONS[theme] | descriptions() | matches(), st.booleans()),
        st.builds(Adjudicate, which, st.sampled_from(decisions)),
    ).map(lambda move: lambda palette: move)
    told = (
        reviews()
        if topic == "reviews"
        else st.builds(Link, which, st.sampled_from(relations), which)
    )
    of_claims: st.SearchStrategy[Move] = told
    more = of_claims.map(lambda move: lambda palette: move)
    times = {"links": 3, "reviews": 9, None: 0}[topic]
    kinds = (say, say, say, say, correct, others, others, *[more] * times)
    return st.sampled_from(kinds).flatmap(lambda of: of)


_MOVES = {(theme, topic): _moves(theme, topic) for theme in THEMES for topic in TOPICS}
_FIRST = {theme: st.lists(drawn, max_size=1) for theme, drawn in _DEFINITIONS.items()}


@st.composite
def histories(draw: st.DrawFn) -> list[Move]:
    """Draw a history in which most values are of one kind, with that kind defined or not.

    In every fourth one claims are linked to each other more often than not, in every fourth they
    are reviewed.
    """
    palette = draw(PALETTES)
    least = draw(st.sampled_from((1, 8, 14)))
    topic = draw(st.sampled_from((None, *TOPICS)))
    drawn = draw(st.lists(_MOVES[palette.theme, topic], min_size=least, max_size=22))
    first = [
        Act(one, False)
        for definition in draw(_FIRST[palette.theme])
        for one in (
            attrs.evolve(definition, name=palette.predicates[0], over_time=palette.over_time),
            *(_beside(palette) if draw(st.booleans()) else ()),
        )
    ]
    return [*first, *(move(palette) for move in drawn)]


NAMED_TWICE = (("iran", "Persia"), ("toll", "deaths"), ("Ann", "Ben"), ("Ben", "Cleo"))
"""Names that a quarrel's matches join and take apart: of subjects, predicates and claimants."""


def _figure(subject: str, predicate: str, number: str, claimant: str) -> Say:
    return Say(
        Claim(
            subject=subject,
            predicate=predicate,
            value=value_of(number, "quantity", False),
            claimant=claimant,
            published=read_day("2026-02-07"),
            as_of=read_day("2026-02-06"),
        )
    )


_FIGURES = st.builds(
    _figure,
    st.sampled_from(NAMED_TWICE[0]),
    st.sampled_from(("toll", "toll", "deaths")),
    st.sampled_from(("5", "100")),
    st.sampled_from(("Ann", "Ben", "Cleo")),
)
_QUARREL_MOVES = st.one_of(
    st.builds(Adjudicate, st.integers(0, 3), st.sampled_from(("dismissed", "confirmed"))),
    st.builds(
        lambda kind, pair, replacing: Act(kind(a=pair[0], b=pair[1]), replacing),
        st.sampled_from((EntitiesMatched, EntitiesUnmatched)),
        st.sampled_from((NAMED_TWICE[0], *NAMED_TWICE)),
        st.booleans(),
    ),
    _FIGURES
    | st.builds(Retract, st.integers(0, 3))
    | st.sampled_from(((), ("Cleo",), ("Ben", "Zoe"))).map(
        lambda names: Act(SourceDescribed(name="Ann", kind="person", aliases=names), False)
    ),
)


@st.composite
def quarrels(draw: st.DrawFn) -> list[Move]:
    """Draw a history of one figure under two names each, decided about between match and unmatch.

    Two claimants differ from the first, so that there is something to decide about.
    """
    subject = draw(st.sampled_from(NAMED_TWICE[0]))
    first = [_figure(subject, "toll", "5", "Ann"), _figure(subject, "toll", "100", "Ben")]
    more = draw(st.lists(_FIGURES, max_size=4))
    return [*first, *more, *draw(st.lists(_QUARREL_MOVES, min_size=3, max_size=14))]


_TOPICS = (
    "x",
    "y",
    "x; y",
    "x; y; z",
    "y; w",
    "only x",
    "only x; y",
    "only y; z",
    "muscat",
    "oman",
)
_KINDS: tuple[tuple[Modality, ...], ...] = (
    ("demanded", "refused"),
    ("demanded", "demanded", "refused"),
    ("asserted", "denied"),
    ("asserted", "asserted", "alleged"),
)


@st.composite
def changes_of_mind(draw: st.DrawFn) -> list[Move]:
    """Draw a history in which two or three parties say, and later say otherwise, what lists hold.

    Some claims are corrected or taken back in between, and names of items are matched.
    """
    kinds = draw(st.sampled_from(_KINDS))
    spoken = st.builds(
        lambda text, who, day, modality, via: Claim(
            subject="iran",
            predicate="agenda",
            value=value_of(text, "text", True),
            claimant=who,
            published=read_day(f"2026-02-0{day}"),
            as_of=None if "demanded" in kinds else read_day("2026-02-01"),
            modality=modality,
            via=via,
        ),
        st.sampled_from(_TOPICS),
        st.sampled_from(("Ann", "Ann", "Ben", "US officials")),
        st.integers(1, 6),
        st.sampled_from(kinds),
        st.sampled_from(((), (), (), ("FT",))),
    )
    which = st.integers(0, 9)
    said = st.builds(Say, spoken)
    move = st.one_of(
        *[said] * 5,
        st.builds(Correct, which, spoken),
        st.builds(Retract, which),
        st.builds(Link, which, st.just("revises"), which),
        st.builds(
            lambda kind, relation: Act(kind(a="muscat", b="oman", relation=relation), True),
            st.sampled_from((EntitiesMatched, EntitiesUnmatched)),
            st.sampled_from(MATCH_RELATIONS),
        ),
    )
    defined = PredicateDefined(name="agenda", value_type="text", multi_valued=True)
    return [Act(defined, False), *draw(st.lists(said, min_size=2)), *draw(st.lists(move))]


@st.composite
def shared(draw: st.DrawFn) -> list[Move]:
    """Draw a history of which other ledgers recorded some events as well, before or after."""
    moves = draw(histories() | changes_of_mind())
    for pull in draw(st.lists(st.builds(Pull, st.integers(0, 30), st.integers(0, 1)), max_size=8)):
        moves.insert(draw(st.integers(1, len(moves))), pull)
    return moves


@st.composite
def erased(draw: st.DrawFn) -> list[Move]:
    """Draw a history of which some events are erased, by the desk itself or by others."""
    moves = draw(histories() | changes_of_mind() | shared() | quarrels())
    some = st.lists(st.builds(Erase, st.integers(0, 30), st.booleans()), min_size=1, max_size=6)
    for erase in draw(some):
        moves.insert(draw(st.integers(1, len(moves))), erase)
    return moves


def _beside(palette: Palette) -> list[PredicateDefined]:
    """Definitions that make the palette's predicates a whole and its parts, or begin and end."""
    whole, *others = palette.predicates
    _, kind, _ = palette.theme
    rest = [other for other in others if other.casefold() != whole.casefold()]
    if kind not in ("quantity", "day"):
        return []
    defined = [
        PredicateDefined(
            name=other,
            value_type=kind,
            over_time=palette.over_time if kind == "quantity" else "constant",
            **_neighbours(kind, whole, ()),
        )
        for other in rest
    ]
    if kind == "day":
        return defined
    sums = PredicateDefined(
        name=whole, value_type=kind, over_time=palette.over_time, disjoint=tuple(rest)
    )
    return [*defined, sums]


_PARTS = ("toll", "deaths", "wounded")
_BOUNDS = (
    *("5", "6", "at least 5", "at most 6", "more than 6", "3", "10", "12", "2", "at most 9"),
    *("100", "about 100", "dozens", "6 tonnes", "5000 kg", "at least 7 kg", "5 %", "$7"),
)
_BOUND_TIMES = ("2026-02-06", "2026-02-07", "2026-02-09", "2026-02", "2026-02-06~", None)


@st.composite
def neighbour_histories(draw: st.DrawFn) -> list[Move]:
    """Draw a history in which wholes and parts, or starts and ends, are spoken of side by side."""
    dates = draw(st.integers(0, 3)) == 0
    theme: Theme = (DAYS, "day", False) if dates else (_BOUNDS, "quantity", False)
    over_time = draw(st.sampled_from(OVER_TIME))
    palette = Palette(
        theme=theme,
        subjects=("iran", draw(st.sampled_from(("iran", "Persia")))),
        predicates=_PARTS,
        claimants=("Ann", "Ben", draw(st.sampled_from(CLAIMANTS))),
        as_ofs=draw(_some(_BOUND_TIMES, 2)),
        texts=draw(_some(range(len(_BOUNDS)), 5)),
        modalities=("asserted", "asserted", "asserted", draw(st.sampled_from(MODALITIES))),
        over_time=over_time,
        spread=(0, 0, 1, 1, 2, 2),
    )
    define = _DEFINITIONS[AMOUNTS if not dates else THEMES[6]]
    moves: list[Move] = [Act(one, False) for one in _beside(palette)]
    if not draw(st.booleans()):
        moves = []
    for _ in range(draw(st.integers(4, 14))):
        kind = draw(st.integers(0, 12))
        if kind == 9:
            moves.append(Correct(draw(st.integers(0, 7)), claim_of(palette, draw(CLAIMS))))
        elif kind == 10:
            moves.append(Retract(draw(st.integers(0, 7))))
        elif kind == 11:
            moves.append(Act(draw(define | matches()), draw(st.booleans())))
        elif kind == 12:
            moves.append(Act(draw(st.sampled_from(_beside(palette))), False))
        else:
            moves.append(Say(claim_of(palette, draw(CLAIMS))))
    return moves


class Ticking:
    """A clock that moves on by a second whenever it is read."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def new_ledger() -> Ledger:
    """Return an empty ledger in memory whose clock and dice are the same every time."""
    return Ledger(MemoryStore(ORIGIN), clock=Ticking(), random=random.Random(7).randbytes)


def holding(rows: Iterable[Row]) -> MemoryStore:
    """Return a store that holds these very rows, in this order."""
    store = MemoryStore(ORIGIN)
    with store.appending() as writer:
        writer.add(row._replace(position=at) for at, row in enumerate(rows))
    return store


class Elsewhere:
    """Another ledger, of which only what is pulled from it is seen."""

    def __init__(self, origin: str, start: datetime) -> None:
        self.origin = origin
        self._clock = Ticking(start)
        self._heads: dict[bytes, bytes] = {}

    def pull(self, store: Store, body: Body) -> Row | None:
        """Put its recording of a body into a store, as the next row, unless it is there."""
        if body.fingerprint in self._heads:
            return None
        salt = body.fingerprint[:SALT_BYTES]
        head = encode_head(
            Head(
                type=body.type,
                origin=self.origin,
                seq=len(self._heads),
                recorder="another desk",
                recorded_at=write_time(self._clock()),
                body=commitment(salt, body.data),
            )
        )
        self._heads[body.fingerprint] = head
        size = store.size()
        frontier = Frontier.load(size, lambda at: [row.hashes for row in store.at(at)])
        hashes = frontier.append(leaf_hash(head))
        row = Row(size, head, hashes, salt, body.data, body.fingerprint)
        with store.appending() as writer:
            writer.add([row])
        return row


class Desk:
    """Plays moves on a ledger in memory, into which events of two others are pulled.

    ``findings`` says what the desk sees when it adjudicates: the findings shown now, each with
    the pairs that a decision has to cover.
    """

    def __init__(self) -> None:
        self.ledger = new_ledger()
        self.findings: Callable[[], Sequence[tuple[str, Any]]] = tuple
        self._elsewhere = (
            Elsewhere("f00d" * 8, START - timedelta(days=1)),
            Elsewhere("beef" * 8, START + timedelta(days=1)),
        )
        self._claims: list[str] = []
        self._acts: dict[object, str] = {}

    def play(self, move: Move) -> Event | None:
        """Record what the move says; a move that speaks of nothing is passed over."""
        if isinstance(move, Pull):
            self._pull(move)
            return None
        if isinstance(move, Erase):
            self._erase(move)
            return None
        event = self._event(move)
        if event is None:
            return None
        [recorded] = self.ledger.append([event], "desk")
        if isinstance(event, ClaimAsserted | RecordingCorrected) and recorded.new:
            self._claims.append(recorded.id)
        self._acts[_toggled(event)] = recorded.id
        return event

    def _pull(self, move: Pull) -> None:
        store = self.ledger.store
        if store.size():
            entry = self.ledger.entry(move.of % store.size())
            if entry.event is None:
                return
            body = encode(entry.event)  # type: ignore[arg-type]
            row = self._elsewhere[move.ledger].pull(store, body)
            if row is not None and isinstance(entry.event, ClaimAsserted | RecordingCorrected):
                self._claims.append(row.hashes[:HASH_BYTES].hex())

    def _erase(self, move: Erase) -> None:
        store = self.ledger.store
        entries = [entry for entry in self.ledger.read() if is_erasable(entry.head.type)]
        if not entries:
            return
        entry = entries[move.of % len(entries)]
        if move.elsewhere:
            said = BodyErased(event=entry.id, by="another desk", ground="asked to")
            self._elsewhere[0].pull(store, encode(said))
        else:
            self.ledger.erase([entry.position], "desk", by="the desk", ground="asked to")

    def _event(self, move: Own) -> Event | None:
        match move:
            case Say(claim):
                return ClaimAsserted(claim=claim)
            case Act(event, replacing):
                after = self._acts.get(_toggled(event)) if replacing else None
                return attrs.evolve(event, after=after)
            case Adjudicate(of, decision):
                shown = self.findings()
                if not shown:
                    return None
                id_, pairs = shown[of % len(shown)]
                return ContradictionAdjudicated(
                    finding=id_, decision=decision, reason="looked into", pairs=pairs
                )
        if not self._claims:
            return None
        match move:
            case Correct(of, claim):
                return RecordingCorrected(corrects=self._claim(of), claim=claim)
            case Retract(of):
                return ClaimRetracted(
                    claim=self._claim(of), published=read_day("2026-02-08"), reason="a slip"
                )
            case Review(of, author, verdict, published):
                value, worst, best = verdict.figures
                return ReviewPublished(
                    claim=self._claim(of),
                    rating=verdict.rating,
                    author=author,
                    published=read_day(published),
                    scale=verdict.scale,
                    rating_value=value,
                    worst_rating=worst,
                    best_rating=best,
                )
            case Link(one, relation, other):
                return ClaimsLinked(
                    claim=self._claim(one), relation=relation, other=self._claim(other)
                )

    def _claim(self, number: int) -> str:
        return self._claims[number % len(self._claims)]


def _toggled(event: Event) -> object:
    """Return what two acts share that toggle one thing."""
    match event:
        case PredicateDefined(name=name) | SourceDescribed(name=name):
            return event.TYPE, name
        case (
            EntitiesMatched(a=a, b=b, relation=relation)
            | EntitiesUnmatched(a=a, b=b, relation=relation)
        ):
            return a, b, relation
    return None
