"""The report of contradictions as Markdown (CommonMark with the tables of GitHub).

Whatever the ledger holds is text here and nothing else: control characters and marks that turn
the direction of writing come out as escapes, and every character that Markdown would take for
markup stands behind a backslash (CommonMark 0.31, section 2.4).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cli import change_words
from cli import report_words as words
from cli.output import plain
from cli.phrasing import counted, short
from projections.changes import Change
from projections.changes_page import ChangesPage
from projections.decisions import Decided
from projections.dossier import Chapter, Dossier, Told, ToldCamp, by_severity
from projections.filed import Json
from projections.report import Group, Listed
from projections.selecting import VERDICTS
from projections.side_by_side import SideBySide

_MARKUP: Final = re.compile(
    r"[\\`*_\[\]<>&|~$#@!]|:(?=//)|(?<=www)\.|^[-+=]|^(?<!\d)\d{1,9}(?=[.)])"
)
_LINK: Final = re.compile(r"https?://[!-;=?-~]+")
PAIRS: Final = 10
"""So many pairs of claimants are listed."""


def text(said: str) -> str:
    """Return a text as Markdown that shows just this text."""
    shown = plain(said).strip()
    return _MARKUP.sub(_escaped, shown)


def _escaped(found: re.Match[str]) -> str:
    """A number at the very beginning is followed by what would make it an item of a list."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def link(url: str) -> str:
    """Return an address as a link where it leads to a page, else as text."""
    return f"<{url}>" if _LINK.fullmatch(url) else text(url)


def markdown(dossier: Dossier, narrowed: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the report; ``narrowed`` says what it was narrowed to."""
    yield f"# {words.TITLE}"
    yield ""
    yield from _summary(dossier, narrowed)
    for number, chapter in enumerate(dossier.chapters, 1):
        yield from _chapter(number, chapter, dossier)
    if dossier.annex or dossier.quiet:
        yield "## Annex"
        yield ""
    for group in dossier.annex:
        yield f"**{text(words.topic(group))}**"
        yield ""
        yield from _list(by_severity(group), dossier)
        yield from _also_revised(group)
    yield from _revisions(dossier.quiet)


def _summary(dossier: Dossier, narrowed: Sequence[str]) -> Iterator[str]:
    yield text(words.closing(dossier.counts))
    yield ""
    for told in words.preamble(dossier.imprint, narrowed):
        yield text(told)
        yield ""
    if dossier.counts:
        verdicts = [v for v in VERDICTS if any(v == verdict for _, verdict in dossier.counts)]
        rows = [
            [rule, *(f"{dossier.counts.get((rule, v), 0):,}" for v in verdicts), what]
            for rule, what in dossier.rules.items()
        ]
        yield from _table(["rule", *verdicts, "looks for"], rows)
    if dossier.pairs:
        rows = [[*words.opponents(pair), f"{pair.count:,}"] for pair in dossier.pairs[:PAIRS]]
        yield from _table(["claimant", "against", "findings"], rows)
        if len(dossier.pairs) > PAIRS:
            yield f"… and {counted(len(dossier.pairs) - PAIRS, 'more pair')}."
            yield ""


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(map(text, columns))} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(map(text, row))} |"
    yield ""


def _chapter(number: int, chapter: Chapter, dossier: Dossier) -> Iterator[str]:
    yield f"## {number}. {text(words.topic(chapter.group))}"
    yield ""
    for told in chapter.told:
        yield from finding(told, dossier.decided.get(told.finding["id"]), "###")
    yield from _also_revised(chapter.group)
    if chapter.rest:
        yield "Also here:"
        yield ""
        yield from _list(chapter.rest, dossier)


def _also_revised(group: Group) -> Iterator[str]:
    for revisions in group.revisions:
        yield f"Also revised: {text(words.revised(revisions))}."
        yield ""


def finding(told: Told, decision: Decided | None, heading: str) -> Iterator[str]:
    """Yield the lines of a finding told in full, under a heading of that level."""
    one = told.finding
    yield f"{heading} {text(words.kind(one['rule'], one['verdict']))}: {text(words.parties(one))}"
    yield ""
    yield text(words.statement(one))
    yield ""
    yield text(words.facts(told, decision))
    yield ""
    if told.table is not None:
        yield from _wishes(told.table)
    seen: set[str] = set()
    for camp in told.camps:
        yield from _camp(camp, one, seen)


def _wishes(table: SideBySide) -> Iterator[str]:
    columns = ["", "", *(party.name for party in table.parties)]
    yield from _table(columns, words.stances(table))


def _camp(camp: ToldCamp, finding: Json, seen: set[str]) -> Iterator[str]:
    yield f"**{text(words.camp(camp.camp))}**"
    yield ""
    for claim in camp.claims:
        yield f"- `{short(claim['id'])}` {text(words.claim(claim, finding))}"
        if claim["id"] in seen:
            yield "  - as above"
            continue
        seen.add(claim["id"])
        yield from _trail(claim)
    if camp.more:
        yield f"- … and {counted(camp.more, 'more claim')}"
    yield ""


def _trail(claim: Json) -> Iterator[str]:
    for line in words.trail(claim):
        if line.url is None or line.url == line.text:
            told = text(line.text) if line.url is None else link(line.url)
        else:
            told = f"{text(line.text)}, {link(line.url)}"
        yield f"  - {line.label}: {told}"


def _list(listed: Sequence[Listed], dossier: Dossier) -> Iterator[str]:
    for one in listed:
        yield f"- {text(words.in_short(one, dossier.decided.get(one.row.id)))}"
    yield ""


def _revisions(groups: Sequence[Group]) -> Iterator[str]:
    if groups:
        yield "**Revised only**"
        yield ""
        for group in groups:
            for revisions in group.revisions:
                yield f"- {text(f'{words.topic(group)}: {words.revised(revisions)}')}"
        yield ""


def markdown_of_changes(page: ChangesPage, narrowed: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the page of changes; ``narrowed`` says what it was narrowed to."""
    yield f"# {change_words.TITLE}"
    yield ""
    for told in (
        change_words.changed(page.counts),
        *words.preamble(page.imprint, narrowed, page.before),
    ):
        yield text(told)
        yield ""
    if page.counts["opened"]:
        yield "## Opened"
        yield ""
    for one in page.told:
        yield f"**{text(words.about(one.finding))}**"
        yield ""
        yield from finding(one, page.decided.get(one.finding["id"]), "###")
    if page.more_opened:
        yield "Also opened:"
        yield ""
        for change in page.more_opened:
            found = change.finding
            told = words.in_short(found, page.decided.get(found.row.id), words.about(found.told))
            yield f"- {text(told)}"
        yield ""
    for kind, changes in page.others:
        yield f"## {kind.capitalize()}"
        yield ""
        yield from (f"- {text(_became(change, page))}" for change in changes)
        yield ""
    if page.revised:
        yield "## Revised"
        yield ""
        yield from (f"- {text(change_words.revised_since(one))}" for one in page.revised)


def _became(change: Change, page: ChangesPage) -> str:
    found = change.finding
    kind = words.kind(found.row.rule, found.row.verdict)
    said = f"{words.about(found.told)}: {kind}: {words.statement(found.told)}"
    return f"{short(found.row.id)}, {said}; {change_words.became(change, page.decided)}"
