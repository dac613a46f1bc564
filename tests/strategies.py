"""Hypothesis strategies for what claims are made of.

Each draws only what the ledger accepts, and most draw it together with what it must mean, so
that a test has its reference at hand. Text that must be *refused* is drawn where it is tested.
"""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import attrs
from hypothesis import strategies as st

from ledger.checkpoints import Checkpoint, SignedCheckpoint
from ledger.dates import read_day
from ledger.decimals import spell
from ledger.events import (
    DECISIONS,
    MATCH_RELATIONS,
    MODALITIES,
    OVER_TIME,
    RELATIONS,
    SOURCE_KINDS,
    BodyErased,
    Claim,
    ClaimAsserted,
    ClaimRetracted,
    ClaimsLinked,
    ContradictionAdjudicated,
    EntitiesMatched,
    EntitiesUnmatched,
    Event,
    EvidenceCaptured,
    LedgerMerged,
    PredicateDefined,
    RecordingCorrected,
    ReviewPublished,
    SourceDescribed,
)
from ledger.grammar import write_quantity
from ledger.keys import COSIGNER_KEY, LEDGER_KEY, SEED_BYTES, SignerKey, new_key
from ledger.merkle import HASH_BYTES
from ledger.notes import KEY_ID_BYTES, Note, Signature
from ledger.values import (
    VALUE_TYPES,
    Approx,
    Day,
    Entity,
    Quantity,
    Several,
    Single,
    Text,
    Truth,
    Value,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SPACES = "".join(chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) == "Zs")
"""Every kind of space that may group digits."""

UNITS = (
    "people",
    "deaths",
    "sq km",
    "km/h",
    "°C",
    "%",
    "% of GDP",
    "$",
    "€ per day",
    "morts",
    "m²",
)

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZéèàçñöüßøłאبあ中"

# --- numbers -------------------------------------------------------------------------------


def decimals(digits: int = 40, places: int = 6) -> st.SearchStrategy[Decimal]:
    """Draw exact numbers of either sign: small ones often, some longer than a float or a
    default decimal context can hold.
    """
    limit = 10**digits - 1
    return st.one_of(
        st.integers(-20, 20).map(Decimal),
        st.integers(-(10**9), 10**9).map(Decimal),
        st.integers(-limit, limit).map(lambda number: Decimal(f"{number}e-{places}")),
    )


@st.composite
def figures(draw: st.DrawFn) -> tuple[str, Decimal]:
    """Draw a number that is not negative, in one of the spellings of a figure: (text, number)."""
    whole = draw(st.one_of(st.integers(0, 9999), st.integers(0, 10**15)))
    decimals = draw(st.one_of(st.just(""), st.text("0123456789", min_size=1, max_size=6)))
    separator = draw(st.sampled_from(["", ",", "'", "’", *SPACES]))
    grouped = f"{whole:,}".replace(",", separator)
    point = f".{decimals}" if decimals else ""
    return grouped + point, Decimal(f"{whole}{point}")


def units() -> st.SearchStrategy[str | None]:
    """Draw a unit, or none."""
    return st.sampled_from([None, *UNITS])


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    """Draw every kind of quantity that the grammar can read, stated in its canonical words."""
    unit = draw(units())
    approx: Approx | None = draw(st.sampled_from([None, "about", "rounded", "vague"]))
    lower_open = upper_open = False
    lower: Decimal | None
    upper: Decimal | None
    if approx == "rounded":
        scale = draw(st.sampled_from([3, 6, 9, 12]))
        stated = draw(st.decimals(-9999, 9999, allow_nan=False, places=draw(st.integers(0, 3))))
        exponent = stated.as_tuple().exponent
        assert isinstance(exponent, int)
        step = Decimal(10) ** (scale + exponent)
        lower, upper = (stated * 10**scale + half * step for half in map(Decimal, ("-0.5", "0.5")))
    elif approx == "vague":
        lower = Decimal(draw(st.sampled_from([1, 2, 20, 24, 30, 200, 2000, 20_000, 2 * 10**6])))
        lower_open, upper = draw(st.booleans()), None
    else:
        ends = sorted((draw(decimals()), draw(decimals())))
        lower = draw(st.sampled_from([None, ends[0]]))
        upper = draw(st.sampled_from([lower, ends[1]] if lower is not None else [ends[1]]))
        upper = None if lower is not None and draw(st.booleans()) else upper
        if lower is None or upper is None or lower < upper:
            lower_open = lower is not None and draw(st.booleans())
            upper_open = upper is not None and draw(st.booleans())
    drawn = Quantity("", lower, upper, lower_open, upper_open, unit, approx)
    return Quantity(write_quantity(drawn), lower, upper, lower_open, upper_open, unit, approx)


# --- names and words -----------------------------------------------------------------------


def names() -> st.SearchStrategy[str]:
    """Draw names as the ledger keeps them: NFC, trimmed, in several scripts."""
    word = st.text(_LETTERS, min_size=1, max_size=8)
    joined = st.lists(word, min_size=1, max_size=4)
    return st.tuples(joined, st.sampled_from(" -’'\u2011")).map(
        lambda drawn: unicodedata.normalize("NFC", drawn[1].join(drawn[0]))
    )


def printable(max_size: int = 40) -> st.SearchStrategy[str]:
    """Draw any text without control characters and lone surrogates; it may be blank."""
    return st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=max_size)


# --- dates ---------------------------------------------------------------------------------


def seconds(moment: datetime) -> int:
    """Return the whole seconds from 1970 to ``moment``."""
    return (moment - EPOCH) // timedelta(seconds=1)


def midnight(day: date) -> int:
    """Return the first second of a day in UTC."""
    return seconds(datetime(day.year, day.month, day.day, tzinfo=UTC))


@st.composite
def iso_dates(draw: st.DrawFn) -> tuple[str, int, int]:
    """Draw an ISO year, month, day or instant: (text, first second, last second)."""
    day = draw(st.dates(date(1, 1, 2), date(9998, 12, 30)))
    kind = draw(st.sampled_from(["day", "day", "month", "year", "minute", "second"]))
    if kind == "day":
        return day.isoformat(), midnight(day), midnight(day + timedelta(1)) - 1
    if kind == "month":
        start = day.replace(day=1)
        end = (start + timedelta(31)).replace(day=1)
        return day.isoformat()[:7], midnight(start), midnight(end) - 1
    if kind == "year":
        start, end = date(day.year, 1, 1), date(day.year + 1, 1, 1)
        return day.isoformat()[:4], midnight(start), midnight(end) - 1
    clock = draw(st.times().map(lambda time: time.replace(microsecond=0)))
    ahead = draw(st.sampled_from([0, 0, 60, 330, -210, 840]))
    zone = timezone(timedelta(minutes=ahead))
    if kind == "minute":
        moment = datetime.combine(day, clock.replace(second=0), zone)
        return moment.isoformat("T", "minutes"), seconds(moment), seconds(moment) + 59
    moment = datetime.combine(day, clock, zone)
    return moment.isoformat(), seconds(moment), seconds(moment)


@st.composite
def edtf_dates(draw: st.DrawFn) -> tuple[str, int | None, int | None]:
    """Draw EDTF of level 0 or 1 between the years 1 and 9998: (text, first, last second)."""
    text, first, last = draw(iso_dates())
    kind = draw(st.sampled_from(["plain", "marked", "decade", "from", "until", "interval"]))
    if kind == "marked" and "T" not in text:
        return text + draw(st.sampled_from("?~%")), first, last
    if kind == "decade":
        decade = draw(st.integers(1, 998)) * 10
        start, end = date(decade, 1, 1), date(decade + 10, 1, 1)
        return f"{decade // 10:03d}X", midnight(start), midnight(end) - 1
    if kind == "from":
        return text + draw(st.sampled_from(["/..", "/"])), first, None
    if kind == "until":
        return draw(st.sampled_from(["../", "/"])) + text, None, last
    if kind == "interval":
        other = draw(iso_dates())
        if first <= other[2]:
            return f"{text}/{other[0]}", first, other[2]
        return f"{other[0]}/{text}", other[1], last
    return text, first, last


def days() -> st.SearchStrategy[Day]:
    """Draw a date as it was read."""
    return edtf_dates().map(lambda drawn: read_day(drawn[0]))


# --- values --------------------------------------------------------------------------------


def single_values() -> st.SearchStrategy[Single]:
    """Draw a value that is no list."""
    return st.one_of(
        quantities(),
        days(),
        names().map(Entity),
        names().map(Text),
        st.sampled_from([Truth("yes", True), Truth("non", False)]),
    )


def values() -> st.SearchStrategy[Value]:
    """Draw any value; a list is of one type, as its predicate has it."""
    kinds: list[st.SearchStrategy[Single]] = [
        names().map(Entity),
        names().map(Text),
        quantities(),
        days(),
    ]
    items = st.sampled_from(kinds).flatmap(
        lambda kind: st.lists(kind, min_size=1, max_size=4, unique_by=lambda item: item.stated)
    )
    several = st.tuples(items, st.booleans()).map(
        lambda drawn: Several(
            ("only " if drawn[1] else "") + "; ".join(item.stated for item in drawn[0]),
            tuple(drawn[0]),
            drawn[1],
        )
    )
    return st.one_of(single_values(), several)


# --- events --------------------------------------------------------------------------------


def _ids() -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=64, max_size=64)


def _optional(of: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | of


def claims() -> st.SearchStrategy[Claim]:
    """Draw claims with any of their fields, whether or not it makes sense to say that."""
    name, text = names(), printable()
    return st.builds(
        Claim,
        subject=name,
        predicate=name,
        value=values(),
        claimant=name,
        published=days(),
        scope=st.dictionaries(name, name, max_size=2),
        as_of=st.none() | days(),
        modality=st.sampled_from(MODALITIES),
        via=st.lists(name, max_size=2).map(tuple),
        said=st.none() | days(),
        url=_optional(text),
        archive_url=_optional(text),
        evidence_sha256=_optional(_ids()),
        start=st.none() | st.integers(0, 10**6),
        end=st.none() | st.integers(0, 10**6),
        quote=_optional(text),
        quote_prefix=_optional(text),
        quote_suffix=_optional(text),
        wording=_optional(text),
        lang=_optional(st.sampled_from(["en", "fr", "fa-IR"])),
        locale=_optional(st.sampled_from(["de", "fa"])),
    ).map(_as_written)


def _as_written(claim: Claim) -> Claim:
    """Return the claim as its value was written: without a locale where figures are as here."""
    drawn = claim.value.items if isinstance(claim.value, Several) else (claim.value,)
    figures = any(isinstance(item, Quantity) for item in drawn)
    return attrs.evolve(claim, locale=None) if figures else claim


def _on_a_scale(review: ReviewPublished) -> st.SearchStrategy[ReviewPublished]:
    """Draw the review without a figure, or with one that lies on its scale."""
    figures = st.lists(decimals(), min_size=3, max_size=3, unique=True).map(sorted)
    return st.just(review) | figures.map(
        lambda drawn: attrs.evolve(
            review,
            worst_rating=spell(drawn[0]),
            rating_value=spell(drawn[1]),
            best_rating=spell(drawn[2]),
        )
    )


def events() -> st.SearchStrategy[Event]:
    """Draw an event of every type."""
    name, text, id_ = names(), printable(), _ids()
    side = st.tuples(name, text)
    matched = {
        "a": name,
        "b": name,
        "relation": st.sampled_from(MATCH_RELATIONS),
        "after": _optional(id_),
    }
    return st.one_of(
        st.builds(ClaimAsserted, claim=claims()),
        st.builds(RecordingCorrected, corrects=id_, claim=claims()),
        st.builds(
            ClaimRetracted,
            claim=id_,
            published=days(),
            reason=text,
            url=_optional(text),
            archive_url=_optional(text),
            evidence_sha256=_optional(id_),
        ),
        st.builds(ClaimsLinked, claim=id_, relation=st.sampled_from(RELATIONS), other=id_),
        st.builds(
            PredicateDefined,
            name=name,
            value_type=st.sampled_from(VALUE_TYPES),
            unit=_optional(st.sampled_from(UNITS)),
            over_time=st.sampled_from(OVER_TIME),
            tolerance=_optional(st.sampled_from(["5%", "0.05"])),
            multi_valued=st.booleans(),
            part_of=_optional(name),
            not_before=_optional(name),
            disjoint=st.lists(name, max_size=2).map(tuple),
            after=_optional(id_),
        ),
        st.builds(
            SourceDescribed,
            name=name,
            kind=st.sampled_from(SOURCE_KINDS),
            acts_for=_optional(name),
            country=_optional(name),
            language=_optional(name),
            home_page=_optional(text),
            aliases=st.lists(name, max_size=2).map(tuple),
            after=_optional(id_),
        ),
        st.builds(EntitiesMatched, **matched),
        st.builds(EntitiesUnmatched, **matched),
        st.builds(
            EvidenceCaptured,
            sha256=id_,
            media_type=text,
            captured=days(),
            title=_optional(text),
            url=_optional(text),
            archive_url=_optional(text),
        ),
        st.builds(
            ReviewPublished,
            claim=id_,
            rating=text,
            author=name,
            published=days(),
            url=_optional(text),
            scale=st.lists(text, max_size=3).map(tuple),
            title=_optional(name),
            lang=_optional(name),
            author_url=_optional(text),
            explanation=_optional(text),
        ).flatmap(_on_a_scale),
        st.builds(
            ContradictionAdjudicated,
            finding=st.text("0123456789abcdef", min_size=16, max_size=16),
            decision=st.sampled_from(DECISIONS),
            reason=text,
            pairs=st.lists(st.tuples(side, side), max_size=2).map(tuple),
            after=_optional(id_),
        ),
        st.builds(BodyErased, event=id_, by=name, ground=text),
        st.builds(LedgerMerged, origin=name, size=st.integers(0, 2**53 - 1), root=id_),
    )


# --- signed notes --------------------------------------------------------------------------

KEY_NAMES = st.text("abcdé./-_1", min_size=1, max_size=12)


def keys() -> st.SearchStrategy[SignerKey]:
    """Draw keys of ledgers and of cosigners."""
    kinds = st.sampled_from([LEDGER_KEY, COSIGNER_KEY])
    seeds = st.binary(min_size=SEED_BYTES, max_size=SEED_BYTES)
    return st.builds(new_key, KEY_NAMES, kinds, seeds)


def signatures() -> st.SearchStrategy[Signature]:
    """Draw what looks like a signature, and was made by nobody."""
    ids = st.binary(min_size=KEY_ID_BYTES, max_size=KEY_ID_BYTES)
    return st.builds(Signature, KEY_NAMES, ids, st.binary(min_size=1, max_size=80))


def notes() -> st.SearchStrategy[Note]:
    """Draw notes of several lines, empty ones among them, with signatures by nobody."""
    lines = st.lists(st.text("ab — é\u2028\x7f", max_size=6), max_size=5)
    some = st.lists(signatures(), min_size=1, max_size=4).map(tuple)
    return st.builds(Note, lines.map(lambda them: "\n".join(them) + "\n"), some)


@st.composite
def signed_checkpoints(draw: st.DrawFn) -> SignedCheckpoint:
    """Draw checkpoints with signatures by nobody, some with a proof that proves nothing."""
    hashes = st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES)
    lines = st.text("ab — é\u2028", min_size=1, max_size=6)
    origin = draw(lines.map(lambda line: f"log {line}"))
    head = Checkpoint(
        origin,
        draw(st.integers(0, 2**63 - 1)),
        draw(hashes),
        tuple(draw(st.lists(lines, max_size=2))),
    )
    note = Note(head.text, tuple(draw(st.lists(signatures(), min_size=1, max_size=3))))
    if draw(st.booleans()):
        return SignedCheckpoint(head, note)
    proof = tuple(draw(st.lists(hashes, max_size=4)))
    return SignedCheckpoint(head, note, draw(st.integers(0, 2**63 - 1)), proof)
