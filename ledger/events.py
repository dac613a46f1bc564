"""What can happen: the events, in the past tense.

An event is a frozen record of one statement. It is made by people (``ClaimAsserted``: this
source says that), about what people recorded (``RecordingCorrected``: we typed it wrong), or
about the words themselves (``PredicateDefined``, ``EntitiesMatched``). Nothing is ever
updated: what changes is said by a later event, which names the earlier one by its id, the
64 hexadecimal digits under which the ledger keeps it.

Each class carries, as ``TYPE``, the kebab-case name under which it is stored; the fields are
the fields of the stored statement and of a line of JSON Lines (see :mod:`ledger.codec`).
"""

from collections.abc import Mapping
from typing import ClassVar, Literal, get_args

import attrs

from ledger.values import Day, Value, ValueType

Modality = Literal[
    "asserted", "denied", "alleged", "probable", "possible", "forecast", "demanded", "refused"
]
Relation = Literal["relays", "revises", "confirms", "disputes", "corrects", "translates"]
OverTime = Literal["constant", "instant", "period", "cumulative-up", "cumulative-down"]
SourceKind = Literal[
    "person", "organisation", "outlet", "government", "document", "dataset", "anonymous"
]
MatchRelation = Literal["same", "within"]
Decision = Literal["dismissed", "confirmed"]

MODALITIES: tuple[Modality, ...] = get_args(Modality)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
OVER_TIME: tuple[OverTime, ...] = get_args(OverTime)
SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
MATCH_RELATIONS: tuple[MatchRelation, ...] = get_args(MatchRelation)
DECISIONS: tuple[Decision, ...] = get_args(Decision)

NOT_STATED = "not stated"
"""The claimant of a claim whose source does not say who says so; no two are one voice."""


@attrs.frozen(kw_only=True)
class Claim:
    """Who says what, about what, when, and where it was read.

    ``claimant`` says that ``subject``'s ``predicate`` is ``value`` within ``scope`` as of
    ``as_of``; it was read via ``via`` (nearest first: the outlet that was read, then the one
    it cites), in something ``published`` on that day; ``said`` is when the claimant said it.
    ``unit`` is the value's unit where it was filed apart from the value's words.

    The evidence: ``url`` and ``archive_url``, ``evidence_sha256`` of the document's bytes,
    ``start`` and ``end`` (code points of the decoded document, end excluded: W3C Web
    Annotation, TextPositionSelector), ``quote`` with ``quote_prefix`` and ``quote_suffix``
    (TextQuoteSelector). ``wording`` is what was said, in ``lang`` (BCP 47). ``locale`` is the
    locale in which the value is written, where it is not English or French.
    """

    subject: str
    predicate: str
    value: Value
    claimant: str
    published: Day
    unit: str | None = None
    scope: Mapping[str, str] = attrs.field(factory=dict)
    as_of: Day | None = None
    modality: Modality = "asserted"
    via: tuple[str, ...] = ()
    said: Day | None = None
    url: str | None = None
    archive_url: str | None = None
    evidence_sha256: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    quote_prefix: str | None = None
    quote_suffix: str | None = None
    wording: str | None = None
    lang: str | None = None
    locale: str | None = None


@attrs.frozen(kw_only=True)
class ClaimAsserted:
    """A source says so."""

    TYPE: ClassVar[str] = "claim-asserted"
    claim: Claim


@attrs.frozen(kw_only=True)
class RecordingCorrected:
    """We typed it wrong: ``claim`` as it should read replaces the recording ``corrects``.

    No change of mind of the source; that is a claim of its own, linked ``revises``.
    """

    TYPE: ClassVar[str] = "recording-corrected"
    corrects: str
    claim: Claim


@attrs.frozen(kw_only=True)
class ClaimRetracted:
    """The claimant took the claim back, as ``published`` somewhere, for that ``reason``."""

    TYPE: ClassVar[str] = "claim-retracted"
    claim: str
    published: Day
    reason: str
    url: str | None = None
    archive_url: str | None = None
    evidence_sha256: str | None = None


@attrs.frozen(kw_only=True)
class ClaimsLinked:
    """``claim`` relays (revises, confirms, …) ``other``."""

    TYPE: ClassVar[str] = "claims-linked"
    claim: str
    relation: Relation
    other: str


@attrs.frozen(kw_only=True)
class PredicateDefined:
    """What a predicate's values are and how two of them compare.

    ``over_time``: ``constant`` (as-of is ignored), ``instant`` (a level; the default),
    ``period`` (summed over its as-of), ``cumulative-up`` or ``-down`` (a count that can only
    grow or fall). ``tolerance`` is a share, such as ``5%``, within which plain numbers agree.
    ``part_of`` names the whole of which this is a part; ``disjoint`` names parts of this one of
    which no two overlap, so that it is at least their sum (being named makes them parts);
    ``not_before`` names the date that this one cannot precede.
    ``after`` names the definition this one replaces.
    """

    TYPE: ClassVar[str] = "predicate-defined"
    name: str
    value_type: ValueType
    unit: str | None = None
    over_time: OverTime = "instant"
    tolerance: str | None = None
    multi_valued: bool = False
    part_of: str | None = None
    not_before: str | None = None
    disjoint: tuple[str, ...] = ()
    after: str | None = None


@attrs.frozen(kw_only=True)
class SourceDescribed:
    """Who a source is, whom it ``acts_for`` (PROV's actedOnBehalfOf), what else it is called.

    ``after`` names the description this one replaces.
    """

    TYPE: ClassVar[str] = "source-described"
    name: str
    kind: SourceKind
    acts_for: str | None = None
    country: str | None = None
    language: str | None = None
    home_page: str | None = None
    aliases: tuple[str, ...] = ()
    after: str | None = None


@attrs.frozen(kw_only=True)
class EntitiesMatched:
    """``a`` and ``b`` are two names of the same, or ``a`` lies within ``b`` (SKOS broadMatch).

    ``after`` names the unmatching that this one takes back.
    """

    TYPE: ClassVar[str] = "entities-matched"
    a: str
    b: str
    relation: MatchRelation = "same"
    after: str | None = None


@attrs.frozen(kw_only=True)
class EntitiesUnmatched:
    """``a`` and ``b`` are not; ``after`` names the matching that is taken back."""

    TYPE: ClassVar[str] = "entities-unmatched"
    a: str
    b: str
    relation: MatchRelation = "same"
    after: str | None = None


@attrs.frozen(kw_only=True)
class EvidenceCaptured:
    """A document was fetched and kept under the sha256 of its bytes."""

    TYPE: ClassVar[str] = "evidence-captured"
    sha256: str
    media_type: str
    captured: Day
    title: str | None = None
    url: str | None = None
    archive_url: str | None = None


@attrs.frozen(kw_only=True)
class ReviewPublished:
    """Somebody's verdict on a claim, on that somebody's scale (schema.org ClaimReview).

    ``rating`` is the verdict in the reviewer's word; ``scale`` is the words that the reviewer
    chooses from, from the worst to the best. Where the reviewer gives a figure, ``rating_value``
    lies between ``worst_rating`` and ``best_rating``; each is a decimal number as a text.
    ``title``, ``lang`` (BCP 47) and ``explanation`` are the review's, ``author_url`` is the
    reviewer's site.
    """

    TYPE: ClassVar[str] = "review-published"
    claim: str
    rating: str
    author: str
    published: Day
    url: str | None = None
    scale: tuple[str, ...] = ()
    rating_value: str | None = None
    worst_rating: str | None = None
    best_rating: str | None = None
    title: str | None = None
    lang: str | None = None
    author_url: str | None = None
    explanation: str | None = None


@attrs.frozen(kw_only=True)
class ContradictionAdjudicated:
    """Somebody decided about a finding: ``dismissed`` or ``confirmed``, and why.

    ``pairs`` are the conflicts that the decision covers: each names two sides, and each side
    is a claimant and a value as stated. A conflict that arises later is not covered.
    ``after`` names the decision this one replaces.
    """

    TYPE: ClassVar[str] = "contradiction-adjudicated"
    finding: str
    decision: Decision
    reason: str
    pairs: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = ()
    after: str | None = None


@attrs.frozen(kw_only=True)
class BodyErased:
    """The body of ``event`` was removed, by whom and on which legal ground."""

    TYPE: ClassVar[str] = "body-erased"
    event: str
    by: str
    ground: str


@attrs.frozen(kw_only=True)
class LedgerMerged:
    """Another ledger's events, up to ``size`` and ``root``, were pulled in."""

    TYPE: ClassVar[str] = "ledger-merged"
    origin: str
    size: int
    root: str


Event = (
    ClaimAsserted
    | RecordingCorrected
    | ClaimRetracted
    | ClaimsLinked
    | PredicateDefined
    | SourceDescribed
    | EntitiesMatched
    | EntitiesUnmatched
    | EvidenceCaptured
    | ReviewPublished
    | ContradictionAdjudicated
    | BodyErased
    | LedgerMerged
)

EVENT_TYPES: dict[str, type[Event]] = {
    kind.TYPE: kind
    for kind in (
        ClaimAsserted,
        RecordingCorrected,
        ClaimRetracted,
        ClaimsLinked,
        PredicateDefined,
        SourceDescribed,
        EntitiesMatched,
        EntitiesUnmatched,
        EvidenceCaptured,
        ReviewPublished,
        ContradictionAdjudicated,
        BodyErased,
        LedgerMerged,
    )
}
"""The stored name of every type of event this version knows."""
