"""Pages of the report, read back: what a browser or a reader of Markdown makes of them."""

from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

VOID = {"meta"}


class Page(HTMLParser):
    """A page of HTML as its elements, their attributes, and the texts that it isolates."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.isolated: list[str] = []
        self.strange: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag == "bdi":
            self.isolated.append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "bdi" in self._open:
            self.isolated[-1] += data

    def handle_comment(self, data: str) -> None:
        self.strange.append(data)

    def handle_pi(self, data: str) -> None:
        self.strange.append(data)

    def unknown_decl(self, data: str) -> None:
        self.strange.append(data)


def markdown_tokens(text: str) -> list[Token]:
    """Return what Markdown makes of a text, inline marks included, as a flat list."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [token for block in reader.parse(text) for token in (block, *(block.children or ()))]


def markdown_text(tokens: list[Token]) -> str:
    """Return the text that is shown."""
    return "".join(token.content for token in tokens if token.type in ("text", "code_inline"))
