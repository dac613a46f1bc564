"""Documents to capture, made here: a page of HTML and a PDF with the lines they are given."""

from collections.abc import Sequence

PAGE = """\
<!doctype html>
<html><head><meta charset="{charset}"><title>Storm | The Paper</title>
<style>p {{ color: red }}</style></head>
<body><nav>Home News</nav>
<h1>Storm over the coast</h1>
<p>The toll rose to <b>3,</b>428&nbsp;people, the ministry said.</p>
<script>var toll = "9,999 people";</script><noscript>Enable scripts</noscript>
<figure><figcaption>The harbour on Friday</figcaption></figure>
<table><tr><td>Dead</td><td>3,428</td></tr></table>
<aside>Café “Lido” was closed.</aside>
<footer>© The Paper</footer></body></html>
"""


def page(charset: str = "utf-8") -> bytes:
    """Return a page that is written in this encoding, and says so."""
    return PAGE.format(charset=charset).encode(charset)


def pdf(*pages: Sequence[str]) -> bytes:
    """Return a PDF (ISO 32000-1, 7.5) of these pages, each a list of lines in Latin-1."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = b" T* ".join(b"(" + _escaped(line) + b") Tj" for line in lines)
        content = b"BT /F1 12 Tf 14 TL 72 720 Td " + shown + b" ET"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    written = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    )


def _escaped(line: str) -> bytes:
    escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return escaped.encode("latin-1")
