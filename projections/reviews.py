"""The reviews that are held: those of one claim, and all, each with the claim as it reads now."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import attrs
import orjson

from ledger.dates import read_day
from ledger.names import fold
from projections import schema
from projections.acts import family_of
from projections.contradictions.family import Review
from projections.contradictions.verdicts import place_of
from projections.filed import Filed, Json, read_filed
from projections.held import Names, span_of
from projections.speakers import voice_or_name

if TYPE_CHECKING:
    from projections.views import Views


@attrs.frozen(eq=False)
class Reviewed:
    """A review's statement, and the recording that stands for the claim it is about.

    ``claim`` is ``None`` where that is not held, or its text was erased.
    """

    said: Json
    claim: Filed | None


def reviews(views: "Views", wanted: Sequence[int] | None = None) -> Iterator[Reviewed]:
    """Yield the reviews, in the order in which they were recorded.

    Where ``wanted`` is given, only those at whose position it has a true value.
    """
    rows = views.connection.execute(
        "SELECT position, target, said FROM acts WHERE type = 'review-published' ORDER BY position"
    )
    for position, target, said in rows.fetchall():
        if wanted is None or wanted[position]:
            yield Reviewed(orjson.loads(said), _reviewed(views, target))


def _reviewed(views: "Views", id_: str) -> Filed | None:
    family = [bytes.fromhex(member) for member in family_of(views.connection, id_)]
    row = views.connection.execute(
        f"SELECT position FROM claims WHERE id IN ({', '.join('?' * len(family))}) "
        f"ORDER BY standing = {schema.CORRECTED}, position LIMIT 1",
        family,
    ).fetchone()
    filed = None if row is None else read_filed(views.store, row[0])
    return None if filed is None or filed.said is None else filed


def reviews_of(
    connection: sqlite3.Connection, names: Names, family: Collection[str]
) -> list[Review]:
    """Return the reviews of a family of recordings; nothing where there is one at most.

    Of a review that several ledgers recorded the first recording says when it was filed.
    """
    rows = connection.execute(
        "SELECT id, recorded_at, said FROM acts WHERE type = 'review-published' "
        f"AND target IN ({', '.join('?' * len(family))})",
        tuple(family),
    ).fetchall()
    if len(rows) < 2:
        return []
    first: dict[bytes, Review] = {}
    for id_, recorded_at, text in sorted(rows, key=lambda row: (row[1], row[0])):
        said = orjson.loads(text)
        content = orjson.dumps({**said, "claim": None}, option=orjson.OPT_SORT_KEYS)
        if content not in first:
            first[content] = _review(id_, recorded_at, said, names)
    return list(first.values())


def _review(id_: str, recorded_at: str, said: Json, names: Names) -> Review:
    figures = None
    if "rating_value" in said:
        figures = said["rating_value"], said["worst_rating"], said["best_rating"]
    return Review(
        id=id_,
        author=said["author"],
        voice=voice_or_name(fold(said["author"]), names),
        rating=said["rating"],
        day=said["published"],
        published=span_of(read_day(said["published"]))[1],
        recorded_at=recorded_at,
        place=place_of(said["rating"], tuple(said.get("scale", ())), figures),
    )
