"""The reviews that are held, each with the claim as it should read now."""

from collections.abc import Iterator, Sequence

import attrs
import orjson

from projections import schema
from projections.acts import family_of
from projections.filed import Filed, Json, read_filed
from projections.views import Views


@attrs.frozen(eq=False)
class Reviewed:
    """A review's statement, and the recording that stands for the claim it is about.

    ``claim`` is ``None`` where that is not held, or its text was erased.
    """

    said: Json
    claim: Filed | None


def reviews(views: Views, wanted: Sequence[int] | None = None) -> Iterator[Reviewed]:
    """Yield the reviews, in the order in which they were recorded.

    Where ``wanted`` is given, only those at whose position it has a true value.
    """
    rows = views.connection.execute(
        "SELECT position, target, said FROM acts WHERE type = 'review-published' ORDER BY position"
    )
    for position, target, said in rows.fetchall():
        if wanted is None or wanted[position]:
            yield Reviewed(orjson.loads(said), _reviewed(views, target))


def _reviewed(views: Views, id_: str) -> Filed | None:
    family = [bytes.fromhex(member) for member in family_of(views.connection, id_)]
    row = views.connection.execute(
        f"SELECT position FROM claims WHERE id IN ({', '.join('?' * len(family))}) "
        f"ORDER BY standing = {schema.CORRECTED}, position LIMIT 1",
        family,
    ).fetchone()
    filed = None if row is None else read_filed(views.store, row[0])
    return None if filed is None or filed.said is None else filed
