"""The options that say what a claim is, for `add` and `correct`, and what they come to.

Options are turned into a draft: texts by field, which :class:`ledger.drafts.Drafts` reads.
An option given as an empty text takes the field away, which matters to `correct` and `--like`.
"""

from collections.abc import Callable
from typing import Any, Final

import click

from ledger.errors import BadInput
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
    click.option(
        "--evidence",
        metavar="FILE",
        help="The document, or the first digits of a captured one: its SHA-256 is filed.",
    ),
    click.option(
        "--evidence-sha256", metavar="HEX", help="The SHA-256, where the file is not here."
    ),
    click.option(
        "--quote", metavar="TEXT", help="The passage; its place in the document is found."
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

    What ``--evidence`` and ``--quote`` come to is up to :mod:`cli.quoting`. Raises ``BadInput``
    for a scope that is no NAME=TEXT, and for two options that say different things.
    """
    draft = {name: given for name, given in options.items() if given not in (None, ())}
    short = [word for word in SHORT_MODALITIES if draft.pop(word, False)]
    if short:
        if len(short) > 1 or draft.get("modality") not in (None, short[0]):
            other = f"--{short[1]}" if len(short) > 1 else "--modality"
            raise BadInput(f"modality: --{short[0]} and {other} at once", "Give one of them")
        draft["modality"] = short[0]
    if "scope" in draft:
        draft["scope"] = _scope(draft["scope"])
    if "via" in draft:
        draft["via"] = [name for name in draft["via"] if name]
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
