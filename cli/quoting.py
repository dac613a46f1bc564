"""The document behind a claim and the passage that is quoted from it.

A document is named by its file, by its SHA-256, or by the first digits of one that is kept
beside the ledger (`wherefrom capture`). Where its text is at hand, a quote is looked up in it,
and the claim gets the passage as the document has it, with its place.
"""

import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli.complaints import tell
from cli.documents import refuse_device
from cli.session import SHORT, Session
from ledger.errors import BadInput, NotFound, StorageError

if TYPE_CHECKING:
    from ledger.document_text import DocumentText

Draft = dict[str, Any]

_BLOCK: Final = 1024 * 1024
_DIGITS: Final = re.compile(r"[0-9a-f]{6,64}")


def with_passage(session: Session, draft: Draft, sha256_before: str | None = None) -> Draft:
    """Return the draft with its ``evidence`` as ``evidence_sha256``, and its quote with its place.

    ``sha256_before`` is the document of the claim that the draft changes. Where the document is
    not at hand, a quote stays as it was typed. Raises ``BadInput`` for a quote that is not in
    the document or more than once, for one from a document without text, and for two documents
    at once; ``NotFound`` and ``StorageError`` for a document that cannot be found or read.
    """
    draft = dict(draft)
    given = draft.pop("evidence", None)
    digest, data = _document(session, given) if given else (None, None)
    stated = draft.get("evidence_sha256")
    if digest:
        if stated and stated.strip().lower() != digest:
            raise BadInput(
                f"--evidence {given}: its SHA-256 is {digest}, not that of --evidence-sha256",
                "Give one of them",
            )
        draft["evidence_sha256"] = digest
    elif stated is None:
        digest = sha256_before
    else:
        digest = stated.strip().lower()
    if draft.get("quote") and digest:
        text = _text(session, digest, data, given)
        if text is not None:
            draft.update(_passage(text, draft))
        elif "start" not in draft:
            tell(
                f"Note: document {digest[:SHORT]} is not kept here, so the quote was not looked "
                "up in it; `wherefrom capture FILE` keeps it"
            )
    return draft


def read_document(path: str) -> tuple[str, bytes | None]:
    """Return the SHA-256 of a file, and its bytes unless there are too many to take text from.

    Raises ``StorageError`` when it cannot be read, ``BadInput`` for a device or a pipe.
    """
    from ledger.document_text import MAX_READ

    refuse_device(path)
    try:
        with Path(path).open("rb") as file:
            beginning = file.read(MAX_READ + 1)
            digest = sha256(beginning)
            if len(beginning) <= MAX_READ:
                return digest.hexdigest(), beginning
            while block := file.read(_BLOCK):
                digest.update(block)
            return digest.hexdigest(), None
    except OSError as error:
        raise StorageError(
            f"--evidence {path}: {error.strerror}", "Name a file that is here"
        ) from None


def _document(session: Session, given: str) -> tuple[str, bytes | None]:
    """Return the hash of a document, and its bytes if a file was named that is not too large."""
    digits = given.strip().lower()
    if not _DIGITS.fullmatch(digits) or Path(given).exists():
        return read_document(given)
    found = session.kept.find(digits)
    if not found:
        raise NotFound(
            f"--evidence {given}: no such file, and no document kept here begins so",
            "Name the file, or keep it first with `wherefrom capture`",
        )
    if len(found) > 1:
        some = ", ".join(name[: len(digits) + 4] for name in found[:5])
        raise NotFound(f"--evidence {given}: could be {some}", "Write more digits")
    return found[0], None


def _text(
    session: Session, digest: str, data: bytes | None, given: str | None
) -> "DocumentText | None":
    """Return the text of a document that is at hand; ``None`` where it is not."""
    from ledger.document_text import NoText, read_text, too_large_to_read

    kept = session.kept
    name = f"--evidence {given}" if given else f"document {digest[:SHORT]}"
    try:
        if kept.holds(digest):
            return kept.text(digest)
        if data is None and given:
            raise too_large_to_read(Path(given).stat().st_size)
        if data is None:
            return None
        text = read_text(data)
    except NoText as error:
        raise BadInput(f"{name}: {error.message}", error.hint) from None
    if text.by:
        tell(
            f"Note: the place counts in the text that {text.by} takes from {given}; "
            "`wherefrom capture` keeps that text with the document"
        )
    return text


def _passage(document: "DocumentText", draft: Draft) -> Draft:
    from ledger.fields import read_count
    from ledger.passages import find_passage

    start, end = draft.get("start"), draft.get("end")
    found = find_passage(
        document.text, draft["quote"], read_count(start, "start") if start else None
    )
    if end and read_count(end, "end") != found.end:
        raise BadInput(
            f"end: the quote that starts at {found.start} ends at {found.end}", "Leave --end out"
        )
    return {
        "start": str(found.start),
        "end": str(found.end),
        "quote": found.quote,
        "quote_prefix": found.prefix,
        "quote_suffix": found.suffix,
    }
