"""The text of a document, in which the places of its passages are counted.

Three kinds of document have a text; which kind one is follows from its bytes alone, never from
its name, so whoever has the file counts in the same text:

====  ===================================  ===================================================
PDF   ``%PDF-`` in the first 1,024 bytes   the text of its pages, as pypdf takes it
HTML  it begins with a tag of HTML         all that stands in its body, as trafilatura takes it
text  anything else that is UTF-8          the file itself, byte order mark and line ends included
====  ===================================  ===================================================

A text that a library takes out of a file depends on that library's version, and on what is done
here around it, so it comes with the name of what took it (``by``). Of HTML it is the whole body
that is taken, navigation and captions too: a passage that a reader sees on the page must not be
refused because a heuristic held it for no part of the article. Scripts and styles are left out,
and runs of spaces are one.
"""

import io
import logging
import re
from collections.abc import Callable
from typing import Final, Literal

import attrs

from ledger.errors import BadInput

Kind = Literal["pdf", "html", "text", "other"]

MAX_READ: Final = 64 * 1024 * 1024
"""Bytes of a document from which text is taken: what is larger is no page, and fills the memory."""

MAX_DRAWN: Final = 32 * 1024 * 1024
"""Bytes of what draws the pages of a PDF, unpacked: a thousandth of it can be in the file."""

TAKING_VERSION: Final = 1
"""The version of what is done here to take a text; another text of any file is another version."""

_LIBRARIES: Final[dict[Kind, tuple[str, ...]]] = {
    "pdf": ("pypdf",),
    "html": ("trafilatura", "lxml"),
}
_HEAD: Final = 1_024
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TAGS: Final = (
    "!doctype html|html|head|script|iframe|h[1-6]|div|font|table|a|style|title|b|body|br|p|"
    "article|section|main|header|nav|meta|link|span|ul|ol|dl|blockquote|figure|form|img"
)
_HTML: Final = re.compile(
    rf"\ufeff?(?:\s+|<!--.*?-->|<\?xml\b[^>]*>)*+<(?:{_TAGS})[\s/>]", re.IGNORECASE | re.DOTALL
)
"""How HTML begins: the tags of the MIME Sniffing Standard (WHATWG, section 7.1), and some that
newer pages are saved with; before them spaces, comments and an XML declaration."""
_CHARSET: Final = re.compile(rb"""<meta[^>]+?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NO_TEXT: Final = "//script|//style|//noscript|//template|//head/title"
_WITHOUT_TEXT: Final = {
    "pdf": "It may be a scan; quote from a document that holds its text",
    "html": "A script may write it; save the page as the browser shows it, or as PDF",
}


class NoText(BadInput):
    """No text can be taken from a document, or not here."""


@attrs.frozen
class DocumentText:
    """A document's text, and what took it: ``html-1+trafilatura-2.3.1``, ``pdf-1+pypdf-7.1.0``.

    ``by`` is empty where the text is the file itself.
    """

    text: str
    by: str = ""


def kind_of(data: bytes) -> Kind:
    """Return which kind of document these bytes are."""
    if b"%PDF-" in data[:_HEAD]:
        return "pdf"
    beginning = data[: 4 * _HEAD]
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "latin-1")
    if _HTML.match(beginning.decode(encoding, errors="replace")):
        return "html"
    return "text" if b"\x00" not in data and _is_utf8(data) else "other"


def read_text(data: bytes) -> DocumentText:
    """Return the text of a document.

    Raises ``NoText`` where there is none, or where the library that takes it is not installed;
    the message goes on after the document's name.
    """
    if len(data) > MAX_READ:
        raise too_large_to_read(len(data))
    kind = kind_of(data)
    if kind == "other":
        raise NoText(_not_utf8(data), "Save its text as UTF-8, or leave the quote out")
    if kind == "text":
        return DocumentText(data.decode("utf-8"))
    taken = _taken(_text_of_pdf if kind == "pdf" else _text_of_html, data, kind.upper())
    if not taken.text.strip():
        raise NoText(f"no text can be taken from this {kind.upper()}", _WITHOUT_TEXT[kind])
    return taken


def too_large_to_read(size: int) -> NoText:
    """Return the error for a document of so many bytes, from which no text is taken."""
    return NoText(
        f"{size:,} bytes, more than the {MAX_READ:,} from which text is taken",
        "Save the passage as a document of its own",
    )


def taken_by(kind: Kind) -> str | None:
    """Return what would take the text of such a document here; ``None`` where nothing can."""
    from importlib import metadata

    names = _LIBRARIES.get(kind, ())
    try:
        libraries = [f"{name}-{metadata.version(name)}" for name in names]
        return "+".join((f"{kind}-{TAKING_VERSION}", *libraries)) if libraries else ""
    except metadata.PackageNotFoundError:
        return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _not_utf8(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start} (0x{data[error.start]:02X}) is no UTF-8, so it has no text"
    return f"byte {data.index(0)} is a NUL, so it has no text"


def _taken(take: Callable[[bytes], str], data: bytes, kind: str) -> DocumentText:
    """Take a text with a library; whatever that makes of a broken file is one kind of error.

    Both libraries parse what strangers wrote and say that a broken file may raise anything.
    """
    try:
        text = take(data)
    except ImportError as error:
        name = (error.name or "a library").partition(".")[0]
        raise NoText(
            f"{name}, which takes the text of a {kind}, is not installed",
            f"Install it where wherefrom is: pip install {name} (or uv tool install --with {name})",
        ) from None
    except NoText:
        raise
    except Exception as error:
        raise NoText(
            f"cannot be read as {kind} ({type(error).__name__})", "Fetch it again, or save its text"
        ) from error
    by = taken_by("pdf" if kind == "PDF" else "html") or kind
    return DocumentText(_UNPRINTABLE.sub(" ", text.replace("\r\n", "\n")), by)


def _text_of_html(data: bytes) -> str:
    for name in ("trafilatura", "lxml", "charset_normalizer"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    from lxml.html import HTMLParser, document_fromstring
    from trafilatura import html2txt

    # Without huge_tree what is nested more than 255 deep would be left out in silence.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    tree = document_fromstring(_html_source(data).encode("utf-8"), parser=parser)
    for element in tree.xpath(_NO_TEXT):  # emptied: to drop one copies the text on both its sides
        element.clear(keep_tail=True)
        element.tag = "span"
    for body in tree.iter("body"):  # else html2txt passes over what the parser put before it
        body.tag = "div"
    return str(html2txt(tree, clean=False))


def _html_source(data: bytes) -> str:
    """Decode HTML: by its byte order mark, as UTF-8, as it says itself, as Windows-1252.

    What a page says of itself comes after UTF-8, since pages are saved anew in UTF-8 and keep
    their declaration; a text in another encoding is hardly ever UTF-8 by chance. The last is
    the fallback of the Encoding Standard (WHATWG) for most locales.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, errors="replace")
    if _is_utf8(data):
        return data.decode("utf-8")
    declared = _CHARSET.search(data[:_HEAD])
    try:
        return data.decode(declared[1].decode("ascii") if declared else "cp1252", errors="replace")
    except (LookupError, UnicodeError):
        return data.decode("cp1252", errors="replace")


def _text_of_pdf(data: bytes) -> str:
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise NoText("the PDF wants a password", "Save it without one, or save its text")
    drawn, pages = 0, []
    for page in reader.pages:
        contents = page.get_contents()
        drawn += 0 if contents is None else len(contents.get_data())
        if drawn > MAX_DRAWN:
            raise NoText(
                f"its pages are drawn by more than {MAX_DRAWN:,} bytes of instructions",
                "Save the pages that matter as a document of their own",
            )
        pages.append(page.extract_text())
    text = "\n\n".join(pages)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", errors="replace")


def media_type_of(beginning: bytes, name: str, has_text: bool) -> str:
    """Return a document's media type: by its beginning, else by its name where that goes with it.

    The name is looked up in the table that Python brings, not in the machine's.
    """
    kind = kind_of(beginning)
    if kind == "pdf":
        return "application/pdf"
    if kind == "html":
        return "text/html"
    from mimetypes import MimeTypes

    guess = MimeTypes(()).guess_type(name.rpartition("/")[2] or name)[0]
    if has_text:
        return guess if guess and guess.startswith("text/") else "text/plain"
    if guess and not guess.startswith("text/") and guess not in ("application/pdf",):
        return guess
    return "application/octet-stream"
