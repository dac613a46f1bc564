"""`wherefrom evidence`: is what we quote still where we say, in documents that are unchanged?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import click

from cli.documents import documents_at_hand, documents_option, texts
from cli.moments import read_about, time_options, views_at
from cli.output import Form, emit, output_options, paint, wrapped
from cli.phrasing import counted, sentence, short, speaker
from cli.progress import Watched, progress_bar
from cli.session import SHORT, Session, pass_session
from ledger.errors import Damaged, NotFound
from projections.trail import claim_json

if TYPE_CHECKING:
    from ledger.document_text import DocumentText
    from ledger.kept import Kept
    from projections.checking import Checked
    from projections.contradictions.finding import Finding
    from projections.evidence import Texts
    from projections.views import Views

Row = Mapping[str, Any]
"""What was found out about a passage, or about a document that nothing points into, as JSON."""

COLUMNS = (
    "id state sha256 start end quote places passage subject predicate finding problem position"
).split()

_DIGITS: Final = 12
_FAILED: Final = ("altered", "moved", "missing")
_COLOURS: Final = {"altered": "red", "missing": "red", "moved": "yellow"}
_DOCUMENTS: Final = ("altered", "no-text", "not-kept")
_NOT_KEPT: Final = "not kept here; `wherefrom capture FILE` keeps it"
_WORDS: Final = {
    "found": "found where we say",
    "unquoted": "without words to compare",
    "moved": "moved",
    "missing": "missing",
    "altered": "in altered documents",
    "no-text": "in documents without text here",
    "not-kept": "in documents that are not kept",
}


@click.command("evidence")
@click.argument("claims", nargs=-1, metavar="[CLAIM]…")
@documents_option
@time_options
@output_options
@pass_session
def evidence_command(
    session: Session,
    claims: tuple[str, ...],
    documents: tuple[str, ...],
    known_at: str | None,
    about: str | None,
    form: Form,
) -> None:
    """Check every quoted passage again: do the words stand where the claim says?

    Of every CLAIM named, or of all that are neither corrected nor retracted. The documents are
    those that were captured; each is also checked against its SHA-256. Exit 1 if a passage has
    moved or is missing, or if a document has been altered. A document that is not kept is named,
    and no failure.
    """
    from projections.asking import about as about_condition
    from projections.checking import check, finding_of
    from projections.loading import Loader

    condition = about_condition(read_about(about))
    given = documents_at_hand(documents)
    ids = [session.resolve(claim, "claim") for claim in claims]
    intact = _Intact(session.kept, texts(session, given))
    states: Counter[str] = Counter()
    with views_at(session, known_at) as views, progress_bar("Checking") as progress:
        positions = [_position(views, id_) for id_ in ids] or None
        loader = Loader(views.connection, views.store)
        views.store = Watched(views.store, progress)
        rows: Iterator[Row] = (
            _told(one, finding_of(loader, one))
            for one in check(views, intact, positions, condition)
        )
        if not claims and about is None:
            rows = chain(rows, intact.others())
        rows = _counting(rows, states)
        if form == "text":
            _say(rows)
        else:
            emit(form, rows, COLUMNS, _cells)
    if any(states[state] for state in _FAILED):
        raise click.exceptions.Exit(1)


def _counting(rows: Iterable[Row], states: Counter[str]) -> Iterator[Row]:
    """Pass the rows on, and count them by their state."""
    for row in rows:
        states[row["state"]] += 1
        yield row


class _Intact:
    """Texts of documents whose bytes are still those they are named after."""

    def __init__(self, kept: "Kept", texts: "Texts") -> None:
        self._kept = kept
        self._texts = texts
        self._looked_at: set[str] = set()

    def __call__(self, sha256: str) -> "DocumentText | None":
        """Return a document's text; raise ``Damaged`` when the document was altered."""
        if self._kept.holds(sha256):
            self._looked_at.add(sha256)
            problem = self._kept.problem(sha256)
            if problem:
                raise Damaged(problem)
        return self._texts(sha256)

    def others(self) -> Iterator[Row]:
        """Yield what is wrong with kept documents that no claim which was checked points into."""
        for sha256 in self._kept.find(""):
            problem = None if sha256 in self._looked_at else self._kept.problem(sha256)
            if problem:
                yield {
                    **dict.fromkeys(COLUMNS), "state": "altered", "sha256": sha256, "places": [],
                    "problem": problem,
                }  # fmt: skip


def _position(views: "Views", id_: str) -> int:
    found = views.find(id_)
    if not found:
        raise NotFound(f"claim: {id_[:SHORT]} was not recorded by then", "Ask about a later time")
    return found[0][1]


def _told(checked: "Checked", finding: "Finding | None") -> Row:
    said, passage = checked.said, checked.passage
    return {
        "id": checked.filed.id,
        "state": passage.state,
        "sha256": said["evidence_sha256"],
        "start": said.get("start"),
        "end": said.get("end"),
        "quote": said.get("quote"),
        "places": [list(place) for place in passage.places],
        "passage": passage.text,
        "text_by": passage.by or None,
        "subject": said["subject"],
        "predicate": said["predicate"],
        "claim": claim_json(said),
        "finding": finding and str(finding.id),
        "explanation": finding and finding.explanation,
        "problem": passage.problem,
        "position": checked.filed.position,
    }


def _cells(row: Row) -> list[Any]:
    places = "; ".join(f"{start}-{end}" for start, end in row["places"])
    return [{**row, "places": places}[column] for column in COLUMNS]


def _say(rows: Iterable[Row]) -> None:
    """Write what does not hold, then which documents are not at hand, then how many there are."""
    passages: Counter[str] = Counter()
    cited: Counter[tuple[str, str]] = Counter()
    problems: dict[tuple[str, str], str] = {}
    wrong = []
    for row in rows:
        state, sha256 = row["state"], row["sha256"]
        passages[state] += row["id"] is not None
        if row["finding"]:
            wrong.append(row)
        elif state in _DOCUMENTS:
            cited[state, sha256] += row["id"] is not None
            problems[state, sha256] = row["problem"] or _NOT_KEPT
    for row in wrong:
        _say_finding(row)
    for state, sha256 in sorted(problems, key=lambda place: _DOCUMENTS.index(place[0])):
        number = cited[state, sha256]
        what = f"document {sha256[:_DIGITS]}" + (f", {counted(number, 'passage')}" * bool(number))
        told = wrapped(f"{what}: {problems[state, sha256]}", "", "    ")
        click.echo(paint(told, fg=_COLOURS.get(state)))
    if not passages.total():
        click.echo("No claim that was neither corrected nor retracted points into a document.")
        return
    each = ", ".join(f"{passages[state]:,} {_WORDS[state]}" for state in _WORDS if passages[state])
    click.echo(wrapped(f"{counted(passages.total(), 'passage')}: {each}."))


def _say_finding(row: Row) -> None:
    id_ = short(row["id"])
    indent = " " * (len(id_) + 2)
    state = f"{row['state']}: {row['explanation']}"
    click.echo(
        f"{paint(id_, fg='cyan')}  "
        + paint(wrapped(state, indent).removeprefix(indent), fg=_COLOURS[row["state"]])
    )
    click.echo(wrapped(f"{sentence(row['claim'])}, {speaker(row['claim'])}", indent))
    for label, text in (("quoted", row["quote"]), ("there now", row["passage"])):
        if text is not None:
            click.echo(wrapped(f"{label}: “{' '.join(text.split())}”", indent))
    click.echo()
