"""What `wherefrom erase` is going to do, and what it tells before: nothing is changed here."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from cli.output import paint, wrapped
from cli.phrasing import short
from cli.session import Session
from ledger.errors import BadInput, NotFound

if TYPE_CHECKING:
    from ledger.appending import Recorded
    from ledger.erasing import Notice
    from projections.names import NameBook
    from projections.repeats import Going, Repeat
    from projections.views import Views

FOR_GOOD: Final = (
    "What is erased cannot be brought back. It stays in what was made of this ledger before: "
    "backups, exports, receipts, and the ledgers of desks that have pulled it."
)
DIGITS: Final = 12
"""Of a document's name that are shown."""

_SHOWN: Final = 5
_MOST: Final = 300
"""Characters of a summary that are shown; a reason can be as long as its author liked."""


@attrs.frozen
class Document:
    """A document that an event which goes was read in, and what else cites it."""

    sha256: str
    kept: bool
    cited_by: "tuple[Going, ...]"
    goes: bool


@attrs.frozen
class Plan:
    """What is erased: events and documents; beside them what was erased before, and what stays."""

    events: "Sequence[Going]"
    already: "Sequence[Notice]"
    others: "Sequence[Repeat]" = ()
    documents: Sequence[Document] = ()

    def to_json(
        self, recorded: "Sequence[Recorded]" = (), *, finished: bool = False
    ) -> dict[str, Any]:
        """Return it as other programs get it; ``recorded`` is what says so, once it is done."""
        return {
            "erased": [
                {
                    "id": event.id,
                    "position": event.position,
                    "type": event.type,
                    "event": says_so.id,
                }
                for event, says_so in zip(self.events, recorded, strict=False)
            ],
            "already_erased": [
                {"id": one.event, "by": one.by, "ground": one.ground, "when": one.recorded_at}
                for one in self.already
            ],
            "repeats": [one.to_json() for one in self.others if one.repeats],
            "names": [one.to_json() for one in self.others if not one.repeats],
            "documents": [
                {
                    "sha256": one.sha256,
                    "kept": one.kept,
                    "cited_by": [event.id for event in one.cited_by],
                    "removed": one.goes and bool(recorded),
                }
                for one in self.documents
            ],
            "finished": finished,
        }


def plan_of(
    session: Session, names: Iterable[str], *, repeats: bool, document: bool, even_if_cited: bool
) -> Plan:
    """Find the events that are named, what repeats them, and the documents they were read in.

    With ``repeats`` what repeats them goes, too, with ``document`` the documents that nothing
    else cites, or with ``even_if_cited`` all of them. Raises ``BadInput`` for an event that
    cannot be erased, ``NotFound`` for one that is not there.
    """
    from ledger.erasing import is_erasable, notices
    from ledger.merkle import HASH_BYTES
    from projections.names import NameBook
    from projections.repeats import going, repeats_of, with_repeats

    positions: dict[int, None] = {}
    for name in names:
        # whoever repeats an erasure that was cut short takes no other claim with it
        id_ = session.last_claim("event", erased=True) if name == "last" else name
        found, position, type_ = session.named(id_, "event")
        if not is_erasable(type_):
            raise BadInput(
                f"event: {short(found)} is a {type_}, which is never erased",
                "Without it a missing text could not be told from a damaged one",
            )
        positions[position] = None
    store = session.ledger().store
    rows = store.at(list(positions))
    bare = [row.hashes[:HASH_BYTES].hex() for row in rows if row.body is None]
    known = notices(store) if bare else {}
    if lost := [id_ for id_ in bare if id_ not in known]:
        raise NotFound(f"event: the text of {short(lost[0])} is missing", "Run `wherefrom verify`")
    events = [going(row) for row in rows if row.body is not None]
    already = [known[id_] for id_ in bare]
    if not events:
        return Plan(events, already)

    def find(views: "Views") -> "tuple[list[Going], list[Repeat]]":
        root = _roots(NameBook(views.connection))
        found = with_repeats(store, events, root) if repeats else events
        return found, repeats_of(store, found, root)

    events, others = session.ask(find)
    documents = tuple(_documents(session, events, document, even_if_cited))
    return Plan(events, already, others, documents)


def _roots(names: "NameBook") -> Callable[[str], str]:
    """Return what says by which name, folded, a source is known."""
    from ledger.names import fold

    return cache(lambda name: names.source(fold(name)))


def _documents(
    session: Session, events: "Sequence[Going]", remove: bool, even_if_cited: bool
) -> Iterator[Document]:
    from projections.repeats import citing

    ids = {event.id for event in events}
    store = session.ledger().store
    for sha256 in dict.fromkeys(event.document for event in events):
        if sha256:
            cited_by = tuple(
                one
                for one in citing(store, sha256)
                if one.id not in ids and "evidence_sha256" in one.said
            )
            kept = session.kept.holds(sha256)
            goes = kept and remove and (even_if_cited or not cited_by)
            yield Document(sha256, kept, cited_by, goes)


def tell(plan: Plan) -> None:
    """Say what goes, what repeats it, what only names it, and what cannot be reached."""
    tell_already(plan)
    gone = {event.id for event in plan.events}
    click.echo(paint("To be erased", bold=True))
    for event in plan.events:
        _line(event.id, event.type, event.summary)
        if then := event.then(gone):
            click.echo(wrapped(f"then {then}", "      ", "      "))
    repeats = [one for one in plan.others if one.repeats]
    if repeats:
        click.echo(paint("Repeated in", bold=True) + " (--repeats erases these as well)")
        _tell_others(repeats)
    names = [one for one in plan.others if not one.repeats]
    if names:
        click.echo(paint("Named in", bold=True) + " (these stay)")
        _tell_others(names)
    for document in plan.documents:
        _tell_document(document)
    click.echo(wrapped(FOR_GOOD))


def tell_already(plan: Plan) -> None:
    """Say of what was erased before when, by whom and on which ground."""
    for one in plan.already:
        told = f"on {one.recorded_at[:10]} by {one.by}, ground given: {one.ground}"
        click.echo(wrapped(f"Already erased: {short(one.event)}, {told}"))


def _tell_others(others: "Iterable[Repeat]") -> None:
    for one in others:
        _line(one.id, one.type, one.summary)
        click.echo(wrapped(f"{one.why} ({short(one.of)})", "      ", "      "))


def _line(id_: str, type_: str, summary: str) -> None:
    summary = summary if len(summary) <= _MOST else summary[:_MOST] + "…"
    text = wrapped(f"{short(id_)}  {type_}: {summary}", "  ", "    ")
    click.echo(text.replace(short(id_), paint(short(id_), fg="cyan"), 1))


def _tell_document(document: Document) -> None:
    cited, name = document.cited_by, f"document {document.sha256[:DIGITS]}"
    some = ", ".join(short(event.id) for event in cited[:_SHOWN])
    more = f" and {len(cited) - _SHOWN:,} more" if len(cited) > _SHOWN else ""
    cite = "cites" if len(cited) == 1 else "cite"
    by = f"{some}{more} {cite} it, too" if cited else "nothing else cites it"
    option = "--document with --even-if-cited" if cited else "--document"
    fate = "It goes, too." if document.goes else f"It stays: {option} removes it."
    if document.kept:
        click.echo(wrapped(f"Kept here is {name}; {by}. {fate}"))
    elif cited:
        click.echo(wrapped(f"It was read in {name}, which is not kept here; {by}."))
