"""Every selector of the ledger checked against the documents that are at hand.

Files are no events, so nothing of this is kept in the views: it is worked out when asked, and
where a report is to show it, written into tables that last as long as the asking.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from ledger.document_text import DocumentText
from ledger.store import consecutive
from projections import schema
from projections.agreeing import held_of
from projections.asking import ANYTHING, Condition
from projections.contradictions.finding import Finding
from projections.contradictions.passages import Cited, evidence
from projections.evidence import Passage, Texts, passage_in
from projections.filed import Filed, Json, read_all_filed
from projections.findings import Findings
from projections.loading import Loader
from projections.narrow import SliceKey
from projections.views import Views

_CITES = b'"evidence_sha256":"'
"""What the bytes of a body hold where the claim names a document; few do by chance."""

_AT_ONCE = 500
_TEXTS = 16
"""Texts of documents that are held at a time: claims from one document mostly lie together."""


@attrs.frozen(eq=False)
class Checked:
    """A claim that points into a document, and what became of its passage."""

    filed: Filed
    said: Json
    passage: Passage


def check(
    views: Views,
    texts: Texts,
    positions: Iterable[int] | None = None,
    condition: Condition = ANYTHING,
) -> Iterator[Checked]:
    """Yield every claim that points into a document and is of this ``condition``, in their order.

    Left out are recordings that were corrected, and claims that were taken back; with
    ``positions`` it is those claims, whatever became of them.
    """
    texts = _remembering(texts)
    if positions is None:
        positions = _citing(views, condition)
    for filed in read_all_filed(views.store, positions):
        if filed.said is not None:
            passage = passage_in(filed.said, texts)
            if passage is not None:
                yield Checked(filed, filed.said, passage)


def finding_of(loader: Loader, checked: Checked) -> Finding | None:
    """Return what the rule ``evidence`` says of one claim; its id is that of the whole finding."""
    return next((finding for _, finding in _placed(loader, [checked])), None)


def lay_out(views: Views, texts: Texts) -> None:
    """Put what the rule ``evidence`` finds beside the other findings, for this connection only.

    Tables of the schema ``temp`` come before those of the same name in the file
    (https://sqlite.org/lang_naming.html); they go with the connection, or when the views are let
    go of.
    """
    loader = Loader(views.connection, views.store)
    placed = list(_placed(loader, check(views, texts)))
    for table in ("findings", "finding_claims"):
        views.connection.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table}")
    writer = Findings(views.connection)
    at: dict[SliceKey, list[Finding]] = {}
    for place, finding in placed:
        at.setdefault(place, []).append(finding)
    for place, all_of_it in at.items():
        writer.write(place, ("evidence",), all_of_it)


def _placed(loader: Loader, checked: Iterable[Checked]) -> Iterator[tuple[SliceKey, Finding]]:
    """Yield the findings with their places; claims of one key that cite one place make one."""
    cited: dict[tuple[int, int, tuple[Any, ...]], list[Checked]] = {}
    for one in checked:
        if one.passage.state in ("moved", "missing"):
            row = loader.connection.execute(
                "SELECT topics.key, claims.scope FROM claims JOIN topics ON topics.id = topic "
                "WHERE claims.position = ?",
                (one.filed.position,),
            ).fetchone()
            place = tuple(one.said.get(name) for name in ("evidence_sha256", "start", "end"))
            cited.setdefault((*row, place), []).append(one)
    for (key, scope, _), together in cited.items():
        topic = loader.key(key)
        claims = [held_of(one.filed, topic.context, loader) for one in together]
        shown = loader.shown_key(key, scope)
        for finding in evidence(Cited(shown, topic.context, claims, together[0].passage)):
            yield SliceKey(key, scope, *claims[0].span), finding


def _citing(views: Views, condition: Condition) -> Iterator[int]:
    """Yield the positions of the claims that name a document and are in force."""
    size = views.size()
    wanted = bytearray(size)
    for (position,) in views.connection.execute(
        f"SELECT position FROM claims WHERE standing IN (?, ?) AND {condition.sql}",
        (schema.STANDS, schema.RELAYS, *condition.parameters),
    ):
        wanted[position] = True
    for row in consecutive(views.store, 0, size):
        if row.body is not None and _CITES in row.body and wanted[row.position]:
            yield row.position


def _remembering(texts: Texts) -> Texts:
    """Return the same texts, the last few of which are remembered, and so are errors."""
    held: dict[str, DocumentText | Exception | None] = {}

    def find(sha256: str) -> DocumentText | None:
        if sha256 not in held:
            if len(held) >= _TEXTS:
                held.pop(next(iter(held)))
            try:
                held[sha256] = texts(sha256)
            except Exception as error:
                held[sha256] = error
        found = held[sha256]
        if isinstance(found, Exception):
            raise found
        return found

    return find
