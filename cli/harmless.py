"""Texts that others wrote, made harmless for the one who reads them.

A claim, the name of a file or a message may quote anything, and three kinds of it do harm:

* what a terminal obeys: control characters (ECMA-48), which move the cursor, clear the screen,
  write the clipboard or turn words into links that lead elsewhere;
* what shows other words than are there: marks that turn the direction of writing (Unicode
  Standard Annex 9, section 2), separators of lines and paragraphs, and characters that nobody
  sees (``Default_Ignorable_Code_Point``; Unicode Technical Standard 39), by which two names that
  look the same are two. Joiners and variation selectors stay where Persian, the scripts of India,
  names in ideographs and emoji need them: one of a kind, after a character that is not Latin;
* what a spreadsheet computes: a cell that begins like a formula (OWASP, *CSV injection*).

What persons read shows the first two as escapes, ``\\x1b`` (:func:`plain`). JSON is the same
JSON with the escapes of RFC 8259, section 7 (:func:`json_text`). A cell of CSV or TSV keeps its
line breaks, its tabs and the marks that Arabic and Hebrew are written with, and a formula gets
an apostrophe (:func:`cell`).
"""

import re
from typing import Final

_CONTROLS: Final = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_MARKS: Final = "\u061c\u200e\u200f"
_TURNING: Final = "\u202a-\u202e\u2066-\u2069"
_UNSEEN: Final = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    "\U000e01f0-\U000e0fff"
)
_VARIATIONS: Final = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_NON_JOINER, _JOINER = "\u200c", "\u200d"

_ALWAYS: Final = f"{_CONTROLS}{_MARKS}{_TURNING}{_UNSEEN}"
_BASE: Final = f"[^\x00-\u02ff{_ALWAYS}{_VARIATIONS}{_NON_JOINER}{_JOINER}]"
"""What a variation selector or a joiner may follow; a joiner also one with its selector."""

_OUT_OF_PLACE: Final = (
    f"(?<!{_BASE})[{_VARIATIONS}{_NON_JOINER}]|(?<!{_BASE})(?<!{_BASE}[{_VARIATIONS}]){_JOINER}"
)
_UNSAFE: Final = re.compile(f"[{_ALWAYS}]|{_OUT_OF_PLACE}")
_UNSAFE_BUT_MARKS: Final = re.compile(f"[{_CONTROLS}{_TURNING}{_UNSEEN}]|{_OUT_OF_PLACE}")
_UNSAFE_IN_CELL: Final = re.compile(f"(?![\t\n])(?:{_UNSAFE_BUT_MARKS.pattern})")
_SHORT: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}

_FORMULA: Final = re.compile(
    r"""
    (?: ^ | (?<=[;\t\n]) )                      # where a cell begins, or would in another locale
    (?! [ ]* [+-]? \d [\d., ]* (?:[;\t\n]|$) )   # and no number follows
    (?= [ ]* '* [=+@\uff1d\uff0b\uff20\uff0d-] )
    """,
    re.VERBOSE,
)


def plain(text: str) -> str:
    """Return ``text`` as a person can read it, line breaks and all that does harm as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_escape, text)


def plain_but_marks(text: str) -> str:
    """Return what :func:`plain` does, but with the marks that Arabic and Hebrew need as they are.

    For pages that isolate every text, so that such a mark reaches no other.
    """
    return _UNSAFE_BUT_MARKS.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return _SHORT.get(found[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def json_text(text: str) -> str:
    """Return a text that is JSON as the same JSON, with all that does harm as escapes."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _UNSAFE.sub(_json_escape, text)


def _json_escape(found: re.Match[str]) -> str:
    """A line break stands between the parts of a JSON text, and is no harm there."""
    code = ord(found[0])
    if code < 0x20:
        return found[0]
    if code > 0xFFFF:  # as the two halves of UTF-16
        high, low = divmod(code - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
    return f"\\u{code:04x}"


def json_bytes(line: bytes) -> bytes:
    """Return what :func:`json_text` does, of JSON in UTF-8."""
    if line.isascii() and b"\x7f" not in line:
        return line
    return json_text(line.decode("utf-8")).encode("utf-8")


def cell(text: str) -> str:
    """Return a cell of a table that a spreadsheet may open: no control, no formula in it.

    An apostrophe stands before ``=``, ``+``, ``-`` and ``@`` where a cell begins with them, or
    where one would begin for a program that separates at semicolons, tabs or line breaks. Numbers
    keep their sign.
    """
    if not text.isascii() or not text.isprintable():
        text = _UNSAFE_IN_CELL.sub(_escape, text.replace("\r\n", "\n"))
    return _FORMULA.sub("'", text)
