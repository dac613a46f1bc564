"""`wherefrom capture`: documents into the folder beside the ledger, each with its event.

First every file is looked at, then all are written aside, then each gets its name, then the
events are recorded together. So nothing is recorded that is not kept, and what stops half-way
leaves documents that no event speaks of, which the next capture of the same file takes up.
"""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import attrs
import click

from cli.complaints import tell
from cli.file_kinds import ENOUGH, PRIVATE_KEY, kind_of
from cli.input_files import shown_name
from cli.output import plain
from cli.recording import Draft, json_option, read_draft
from cli.session import SHORT, Session, pass_session
from ledger.errors import BadInput, StorageError

if TYPE_CHECKING:
    from ledger.document_text import DocumentText
    from ledger.events import Event
    from ledger.kept import Aside, Kept

_DESCRIBING: Final = ("title", "url", "archive_url", "captured", "media_type")
_OPEN: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
"""No symbolic link is followed, and a pipe that nobody writes to is not waited for."""


@attrs.define
class _Captured:
    """One document on its way: where it came from, where it is kept, what is recorded of it."""

    file: str
    aside: "Aside"
    new: bool = False
    text: "DocumentText | None" = None
    media_type: str = ""
    draft: Draft = attrs.field(factory=dict)
    before: dict[str, Any] | None = None
    """The event that says the same already."""
    event: dict[str, Any] = attrs.field(factory=dict)


@click.command("capture")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--title", metavar="TEXT", help="What the document is called.")
@click.option("--url", metavar="URL", help="The address it was fetched from.")
@click.option("--archive-url", metavar="URL", help="Address of an archived copy.")
@click.option("--captured", metavar="DATE", help="When it was fetched; now, if not given.")
@click.option("--media-type", metavar="TYPE", help="Such as text/html; by its content, if not.")
@json_option
@pass_session
def capture_command(
    session: Session, /, files: tuple[str, ...], as_json: bool, **options: str | None
) -> None:
    """Keep documents beside the ledger, each under the SHA-256 of its bytes; - is standard input.

    `facts.db` has them in the folder `facts.evidence`. What is kept is never overwritten and
    never fetched: save the page first, then capture the file. With a PDF or a page of HTML its
    text is kept, too, in which `add --quote` finds a passage:

    \b
    wherefrom capture page.html --url https://example.org/article
    wherefrom add … --evidence 340f2a --quote "at least 3,428 people"
    """
    describing = {name: options[name] for name in _DESCRIBING if options[name]}
    if len(files) > 1 and (
        given := [name for name in ("title", "url", "archive_url") if describing.get(name)]
    ):
        option = f"--{given[0].replace('_', '-')}"
        raise BadInput(
            f"{option}: given for {len(files)} files", "Capture each with its own, one by one"
        )
    kept = session.kept
    with ExitStack() as stack:
        streams = [(path, stack.enter_context(_opened(path))) for path in files]
        _check(session, describing)
        captured = [
            _Captured(path, stack.enter_context(kept.aside(stream, shown_name(path))))
            for path, stream in streams
        ]
        for one in captured:
            one.new = kept.keep(one.aside)
            _describe(session, kept, one, describing)
    _record(session, captured)
    if as_json:
        import json

        from cli.output import emit_json

        emit_json((json.dumps(_as_json(kept, one), ensure_ascii=False) for one in captured), "json")
    else:
        for one in captured:
            _say(kept, one)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """Open an ordinary file, or standard input.

    Raises ``BadInput`` for what is no ordinary file, and for one that is empty or too large;
    ``StorageError`` for one that cannot be read.
    """
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        number = os.open(path, _OPEN)
    except OSError as error:
        if error.errno == errno.ELOOP or os.path.islink(path):
            raise BadInput(
                f"{path}: a symbolic link", f"Name the file itself: {os.path.realpath(path)}"
            ) from None
        raise StorageError(f"{path}: {error.strerror}", "Name a file that can be read") from None
    try:
        _refuse(path, os.fstat(number))
    except BadInput:
        os.close(number)
        raise
    with os.fdopen(number, "rb") as file:
        if kind_of(file.read(ENOUGH)) == PRIVATE_KEY:
            raise BadInput(
                f"{path}: a private key, and no document", "Keep it where only you can read it"
            )
        file.seek(0)
        yield file


def _refuse(path: str, found: os.stat_result) -> None:
    """Raise ``BadInput`` for what is no document, by what the system says of it."""
    from ledger.kept import MAX_DOCUMENT, too_large

    if stat.S_ISDIR(found.st_mode):
        raise BadInput(f"{path}: a folder", "Name the files in it")
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{path}: no ordinary file", "Save what it gives, or pipe it into -")
    if not found.st_size:
        raise BadInput(f"{path}: empty", "Save the document again; there is nothing to keep")
    if found.st_size > MAX_DOCUMENT:
        raise too_large(path)


def _check(session: Session, describing: Draft) -> None:
    """Read what describes the documents before anything is written."""
    read_draft(session, _draft("0" * 64, {"media_type": "x/x", "captured": "2026", **describing}))


def _draft(sha256: str, described: Draft) -> Draft:
    return {"type": "evidence-captured", "sha256": sha256, **described}


def _describe(session: Session, kept: "Kept", one: _Captured, describing: Draft) -> None:
    """Take the document's text, and work out what is to be recorded of it, if anything."""
    from ledger.document_text import NoText, media_type_of

    sha256 = one.aside.sha256
    try:
        one.text = kept.keep_text(sha256)
    except NoText as error:
        tell(
            f"Note: {shown_name(one.file)}: {error.message}; it is kept, but cannot be quoted from"
        )
    with kept.path(sha256).open("rb") as file:
        one.media_type = media_type_of(file.read(1 << 16), one.file, one.text is not None)
    one.before = _same(session, sha256, describing)
    if one.before is None:
        captured = session.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        one.draft = _draft(
            sha256, {"media_type": one.media_type, "captured": captured, **describing}
        )


def _same(session: Session, sha256: str, describing: Draft) -> dict[str, Any] | None:
    """Return the event that says of a document what is given here; ``None`` where none does."""
    if not session.exists:
        return None
    from cli import lookups

    for act in session.ask(lambda views: lookups.captures_of(views, sha256)):
        if all(act.said.get(name) == text.strip() for name, text in describing.items()):
            return {"id": act.id, "position": act.position, "recorded": False}
    return None


def _record(session: Session, captured: list[_Captured]) -> None:
    """Record the events that are new, all or none."""
    fresh: dict[str, Event] = {}
    for one in captured:
        if one.before is None and one.aside.sha256 not in fresh:
            fresh[one.aside.sha256] = read_draft(session, one.draft)
    if fresh:
        ledger = session.ledger(create=True)
        done = dict(zip(fresh, ledger.append(fresh.values(), session.recorder), strict=True))
    for one in captured:
        if one.before is not None:
            one.event = one.before
        else:
            recorded = done[one.aside.sha256]
            one.event = {"id": recorded.id, "position": recorded.position, "recorded": recorded.new}


def _as_json(kept: "Kept", one: _Captured) -> dict[str, Any]:
    return {
        "file": one.file,
        "sha256": one.aside.sha256,
        "size": one.aside.size,
        "media_type": one.media_type,
        "kept": str(kept.path(one.aside.sha256)),
        "new": one.new,
        "text": one.text and {"code_points": len(one.text.text), "by": one.text.by or None},
        **one.event,
    }


def _say(kept: "Kept", one: _Captured) -> None:
    name = plain(shown_name(one.file))
    click.echo(f"{one.aside.sha256}  {name}")
    path = plain(str(kept.path(one.aside.sha256)))
    how = "Kept as" if one.new else "Kept already as"
    words = "recorded as" if one.event["recorded"] else "already recorded as"
    click.echo(f"{how} {path}, {words} {one.event['id'][:SHORT]}, position {one.event['position']}")
    if one.text:
        by = f" ({one.text.by})" if one.text.by else ""
        click.echo(f"Its text has {len(one.text.text):,} code points{by}")
