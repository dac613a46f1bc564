"""What people and programs write where a figure, a date or a name should be, and documents.

Any text is read or refused with the program's own error, and what is read says the same again.
"""

import resource
import string
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import get_args

import documents
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mutations import mutated

from ledger import document_text
from ledger.dates import read_day
from ledger.document_text import NoText, read_text
from ledger.errors import BadInput
from ledger.fields import read_decimal, read_language, read_locale, read_share, read_url
from ledger.grammar import read_value
from ledger.passages import find_passage
from ledger.quantities import read_quantity
from ledger.values import ValueType

FIGURES = (
    """
at least 3,428 people|more than 3,000|3,400 ± 100|between 3,000 and 3,500|about 3,400|5.3 million
dozens|au moins 3 428 morts|environ 12 % du PIB|$5 billion|two thirds|quatre-vingt-dix-sept|-5
up to 100|3 to 5 km/h|only A; B|uniquement le nucléaire; les sanctions|yes|non|1.5e3|0x1F|NaN|½
moins de 3 000|entre 3 et 5|10–12 °C|¥1,234.56|1'000|1.234,5|٣٬٤٢٨|१२३|10 000 €/jour|1/3|III|MMXXVI
""".strip()
    .replace("\n", "|")
    .split("|")
)
DATES = (
    """
2026-02-06|2026-02|2026|202X|2026-XX-12|2026-02-06T18:30:00+02:00|../2026|2026/..|2026-21|Y-17000000
2026-02~|1984?/2004-06%|06/02/2026|6 février 2026|Feb 6, 2026|20260206|2026-W06|2026-037|2026-02-30
-0044-03-15|2026-02-06T24:00|{2026,2027}|[2026..2028]|156X-12-25|1560-12-25~/..|2026-X2|X026
""".strip()
    .replace("\n", "|")
    .split("|")
)
LOCALES = [None, None, "fr", "de", "de_CH", "en_IN", "ar", "fa", "hi", "pl", "pt-BR", "bg"]


def texts(valid: list[str]) -> st.SearchStrategy[str]:
    """Draw texts that are nearly those, and any others."""
    changed = mutated([text.encode() for text in valid])
    near = changed.map(lambda data: data.decode("utf-8", "replace"))
    return near | near | st.text(max_size=80) | st.text(string.printable + "±–½٣१", max_size=40)


@given(
    texts(FIGURES + DATES),
    st.sampled_from([None, *get_args(ValueType)]),
    st.booleans(),
    st.sampled_from([None, "people", "%", "km"]),
    st.sampled_from(LOCALES),
)
@example("1" * 2_000, "quantity", False, None, None)
@example("(" * 2_000, None, True, None, "fr")
def test_any_value_is_read_or_refused(
    text: str, kind: ValueType | None, several: bool, unit: str | None, locale: str | None
) -> None:
    try:
        value = read_value(text, kind, multi_valued=several, unit=unit, locale=locale)
    except BadInput:
        return
    again = read_value(value.stated, kind, multi_valued=several, unit=unit, locale=locale)
    assert again == value


@given(texts(DATES))
def test_any_date_is_read_or_refused(text: str) -> None:
    try:
        day = read_day(text)
    except BadInput:
        return
    assert read_day(day.stated) == day
    assert day.earliest is None or day.latest is None or day.earliest <= day.latest


@pytest.mark.parametrize("text", ["2026-X2", "X" * 30, "20-X-1", "2026-0X-1", "-X-X-X-", "YYYY"])
def test_what_the_library_fails_on_is_no_date(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing of what it prints then reaches an answer."""
    with pytest.raises(BadInput):
        read_day(text)
    assert capsys.readouterr() == ("", "")


@given(texts(FIGURES), st.sampled_from(LOCALES))
def test_any_figure_is_read_or_refused(text: str, locale: str | None) -> None:
    for read in (
        lambda: read_quantity(text, locale=locale),
        lambda: read_decimal(text, "rating"),
        lambda: read_share(text, "tolerance"),
    ):
        with suppress(BadInput):
            read()


@given(texts(["fr", "en-GB", "de_CH", "https://example.org/a?b#c", "doi:10.1000/182", "x-klingon"]))
def test_any_tag_and_any_address_is_read_or_refused(text: str) -> None:
    for read in (read_language, read_locale, read_url):
        with suppress(BadInput):
            read(text, "field")


# Documents


PAGES = [
    documents.page(),
    b"<!DOCTYPE html><html><head><title>t</title><script>x</script></head><body><p>some words"
    b"<table><tr><td>a<td>b</table><ul><li>c<li>d</ul><noscript>e</noscript></body></html>",
    "<html><meta charset=utf-16><p>été".encode("utf-16"),
    b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "x">]><html><p>&a;&#0;&#x110000;',
]
PAPERS = [documents.pdf(["The toll rose to", "3,428 people"]), documents.pdf(["x"])]


@given(mutated(PAGES + PAPERS) | st.binary(max_size=200))
def test_any_document_has_a_text_or_none(data: bytes) -> None:
    try:
        taken = read_text(data)
    except NoText:
        return
    assert read_text(data) == taken
    assert not any(mark in taken.text for mark in ("\x00", "\x1b")) or not taken.by


@given(st.text("ab -\u00ad\u0301é\n", max_size=12), st.text("ab -\u00ad\u0301é\n", max_size=60))
def test_any_quote_is_found_or_refused(quote: str, document: str) -> None:
    try:
        passage = find_passage(document, quote)
    except BadInput:
        return
    assert document[passage.start : passage.end] == passage.quote


def test_a_paper_of_endless_instructions_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_text, "MAX_DRAWN", 20)
    with pytest.raises(NoText, match="more than 20 bytes of instructions"):
        read_text(documents.pdf(["The toll rose to", "3,428 people"]))


def _drawn(instructions: bytes) -> bytes:
    """A paper of one page that is drawn so, packed."""
    packed = zlib.compress(instructions, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 9 9] >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
    ]
    data, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        data
        + b"xref\n0 5\n0000000000 65535 f \n%btrailer << /Size 5 /Root 1 0 R >>\n" % (table)
        + b"startxref\n%d\n%%%%EOF" % len(data)
    )


ENDLESS = {
    "deep.html": b"<html><body>" + b"<div>" * 1_000_000 + b"x",
    "bold.html": b"<html><body>" + b"<b>" * 300_000 + b"x",
    "tables.html": b"<html><body>" + b"<table><tr><td>" * 100_000 + b"x",
    "scripts.html": b"<html><body>" + b"<script>x</script>y" * 300_000,
    "titles.html": b"<html><head>" + b"<title>x</title>y" * 100_000,
    "attributes.html": b"<html><body " + b"a=b " * 500_000 + b">x",
    "comments.html": b"<!--" * 500_000 + b"<html>",
    "blanks.html": b"<html>" + b" " * 5_000_000 + b"x",
    "lists.html": b"<html><ul>" + b"<li>x<ul>" * 100_000,
    "blanks.pdf": _drawn(b" " * 600_000_000),
    "quotes.pdf": _drawn(b"(" * 3_000_000),
    "arrays.pdf": _drawn(b"[" * 3_000_000),
    "objects.pdf": b"%PDF-1.4\n" + b"1 0 obj\n<< >>\nendobj\n" * 100_000 + b"startxref\n0\n%%EOF",
    "ends.pdf": b"%PDF-1.4\n" + b"%%EOF\n" * 500_000,
}


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (90, 90))
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))


def test_endless_documents_take_bounded_time_and_memory(tmp_path: Path) -> None:
    for name, data in ENDLESS.items():
        (tmp_path / name).write_bytes(data)
    program = (
        "import sys; from cli.main import run\n"
        "for name in sys.argv[1:]:\n"
        "    print(name, run(['--db', 'facts.db', 'capture', name, '--json']), flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *ENDLESS],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parent.parent)},
        preexec_fn=bounded,
        capture_output=True,
        text=True,
        check=False,
    )
    ended = [line for line in done.stdout.splitlines() if line.startswith(tuple(ENDLESS))]
    assert ended == [f"{name} 0" for name in ENDLESS], done.stderr[-2_000:]
