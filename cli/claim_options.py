"""The options that say what a claim is, for `add` and `correct`, and what they come to.

Options are turned into a draft: texts by field, which :class:`ledger.drafts.Drafts` reads.
An option given as an empty text takes the field away, which matters to `correct` and `--like`.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import click

from ledger.errors import BadInput, StorageError
from ledger.names import fold

Draft = dict[str, Any]

SHORT_MODALITIES: Final = ("denied", "demanded", "refused", "alleged", "forecast")

_OPTIONS: Final = (
    click.option("--claimant", metavar="NAME", help="Who says so; 'not stated' is an answer."),
    click.option(
        "--via", metavar="NAME", multiple=True, help="Who relayed it, the one you read first."
    ),
    click.option("--published", metavar="DATE", help="Day of the document you read."),
    click.option("--said", metavar="DATE", help="When the claimant said it."),
    click.option("--as-of", metavar="DATE", help="The time the value is about."),
    click.option("--unit", metavar="UNIT", help="Unit of the value, such as people."),
    click.option(
        "--scope", metavar="NAME=TEXT", multiple=True, help="What narrows it: place=Tehran."
    ),
    click.option(
        "--modality",
        metavar="WORD",
        help="asserted, denied, alleged, probable, possible, forecast, demanded or refused.",
    ),
    *(
        click.option(f"--{word}", word, is_flag=True, help=f"Short for --modality {word}.")
        for word in SHORT_MODALITIES
    ),
    click.option("--url", metavar="URL", help="Address of the document."),
    click.option("--archive-url", metavar="URL", help="Address of an archived copy."),
    click.option("--evidence", metavar="FILE", help="The document: its SHA-256 is kept."),
    click.option(
        "--evidence-sha256", metavar="HEX", help="The SHA-256, where the file is not here."
    ),
    click.option(
        "--quote", metavar="TEXT", help="The passage; with --evidence its place is found."
    ),
    click.option("--start", metavar="N", help="Where the passage starts, in code points from 0."),
    click.option("--end", metavar="N", help="Where it ends: the place after its last."),
    click.option("--wording", metavar="TEXT", help="What was said, in its own words."),
    click.option("--lang", metavar="TAG", help="Language of the wording: fr, en-GB."),
    click.option("--locale", metavar="NAME", help="Whose way of writing numbers: fr, de_CH."),
)


def claim_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a claim; they arrive as keywords named after the fields."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def draft_of(options: dict[str, Any]) -> Draft:
    """Return the draft that the options make; what was not given is left out.

    ``--evidence`` and ``--quote`` become the fields that a claim keeps. Raises ``BadInput``
    for a scope that is no NAME=TEXT, for two options that say different things, and for a
    quote that is not in the document, and
    ``StorageError`` for a document that cannot be read.
    """
    draft = {name: given for name, given in options.items() if given not in (None, ())}
    short = [word for word in SHORT_MODALITIES if draft.pop(word, False)]
    if short:
        if len(short) > 1 or draft.get("modality") not in (None, short[0]):
            other = f"--{short[1]}" if len(short) > 1 else "--modality"
            raise BadInput(f"modality: --{short[0]} and {other} at once", "Give one of them")
        draft["modality"] = short[0]
    evidence = draft.pop("evidence", None)
    if "scope" in draft:
        draft["scope"] = _scope(draft["scope"])
    if "via" in draft:
        draft["via"] = [name for name in draft["via"] if name]
    if evidence:
        document = read_file(evidence)
        digest = sha256(document).hexdigest()
        if draft.get("evidence_sha256", digest).strip().lower() not in ("", digest):
            raise BadInput(
                f"--evidence {evidence}: its SHA-256 is {digest}, not that of --evidence-sha256",
                "Give one of them",
            )
        draft["evidence_sha256"] = digest
        if draft.get("quote"):
            draft.update(_passage(document, draft["quote"], evidence))
    return draft


def _scope(given: tuple[str, ...]) -> dict[str, str]:
    scope: dict[str, str] = {}
    for name, said in (_qualifier(text) for text in given if text):
        if fold(name) in map(fold, scope):
            raise BadInput(f"scope: {name!r} is given twice", "Write each qualifier once")
        scope[name] = said
    return scope


def _qualifier(text: str) -> tuple[str, str]:
    name, equals, said = text.partition("=")
    if not equals or not name.strip() or not said.strip():
        raise BadInput(f"scope: {text!r} is not NAME=TEXT", "Write --scope place=Tehran")
    return name, said


def read_file(path: str) -> bytes:
    """Return a document's bytes; raise ``StorageError`` when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise StorageError(
            f"--evidence {path}: {error.strerror}", "Name a file that is here"
        ) from None


def _passage(document: bytes, quote: str, path: str) -> Draft:
    from ledger.passages import find_passage

    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"--evidence {path}: byte {error.start} (0x{document[error.start]:02X}) is no UTF-8, "
            "so the quote has no place in it",
            "Save its text as UTF-8, or leave --quote out",
        ) from None
    found = find_passage(text, quote)
    return {
        "start": str(found.start),
        "end": str(found.end),
        "quote": found.quote,
        "quote_prefix": found.prefix,
        "quote_suffix": found.suffix,
    }
