"""The report of contradictions as one page of HTML: no script, nothing to load.

The template writes every tag; whatever the ledger holds can only be text. Jinja escapes it, and
on its way each text is put into an element of its own that isolates its direction (``bdi``; HTML
Living Standard, 4.5.24), so that an Arabic name does not turn the English around it. Marks of
direction are written as character references; control characters, which HTML cannot hold, and
what overrides or embeds a direction, which could turn the rest of a sentence around (Unicode
Technical Report 36, section 2.10), as the escapes of every other form.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from cli import change_words
from cli import report_words as words
from cli.harmless import plain_but_marks
from cli.phrasing import short
from projections.changes_page import ChangesPage
from projections.dossier import Dossier, by_severity
from projections.selecting import VERDICTS

PAIRS: Final = 10
"""So many pairs of claimants are listed."""

_MARK: Final = re.compile("[\u061c\u200e\u200f]")
_PAGE: Final = re.compile(r"https?://[!-~]+")


def text(said: str) -> Markup:
    """Return a text as HTML that shows just this text, whatever is around it."""
    return Markup("<bdi>{}</bdi>").format(attribute(said))


def attribute(said: str) -> Markup:
    """Return a text as the value of an attribute between quotation marks."""
    escaped = escape(plain_but_marks(said))
    marked = _MARK.sub(lambda found: f"&#x{ord(found[0]):x};", escaped)
    return Markup(marked)  # noqa: S704  (escaped above)


def link(url: str) -> Markup:
    """Return an address as a link where it leads to a page, else as text."""
    if not _PAGE.fullmatch(url):
        return text(url)
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(attribute(url))


def html(dossier: Dossier, narrowed: Sequence[str]) -> Iterator[str]:
    """Yield the page in pieces; ``narrowed`` says what it was narrowed to."""
    verdicts = [v for v in VERDICTS if any(v == verdict for _, verdict in dossier.counts)]
    return _template("report.html").generate(
        title=words.TITLE,
        lead=words.closing(dossier.counts),
        preamble=words.preamble(dossier.imprint, narrowed),
        dossier=dossier,
        verdicts=verdicts,
        most_pairs=PAIRS,
    )


def html_of_changes(page: ChangesPage, narrowed: Sequence[str]) -> Iterator[str]:
    """Yield the page of changes in pieces; ``narrowed`` says what it was narrowed to."""
    return _template("changes.html").generate(
        title=change_words.TITLE,
        lead=change_words.changed(page.counts),
        preamble=words.preamble(page.imprint, narrowed, page.before),
        page=page,
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_isolated,
    )
    environment.filters |= {"attribute": attribute, "link": link, "short": short}
    environment.globals |= {
        "words": words,
        "change_words": change_words,
        "by_severity": by_severity,
    }
    return environment.get_template(name)


def _isolated(value: Any) -> Any:
    """What is printed is isolated, unless it is HTML of ours or a number."""
    return text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
