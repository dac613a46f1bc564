"""`contradictions --format md|html`: what the pages tell, and that nothing in them is obeyed."""

import json
import re
from typing import Any

import pytest
from commands import Wherefrom
from hypothesis import given
from hypothesis import strategies as st
from pages import Page, markdown_text, markdown_tokens

from cli import report_html, report_markdown
from cli.harmless import plain_but_marks
from cli.output import plain

TOLLS = """
    subject,predicate,value,unit,as_of,claimant,via,published,url,archive_url
    storm,deaths,100,people,2026-02-06,Red Cross,Post,2026-02-07,https://post.example/1,https://kept.example/1
    storm,deaths,140,people,2026-02-06,government,,2026-02-07,https://gov.example/2,
    storm,deaths,150,people,2026-02-08,Red Cross,Post,2026-02-09,,
    storm,deaths,220,people,2026-02-08,government,,2026-02-09,,
    storm,injured,1000,people,2026-02-06,Red Cross,,2026-02-07,,
    storm,injured,1010,people,2026-02-06,Red Cross,,2026-02-10,,
    flood,deaths,12,people,2026-03-01,Red Cross,,2026-03-02,,
    flood,deaths,at least 15,people,2026-03-01,radio,,2026-03-02,,
"""

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</bdi></style><b>&amp;&lt;",
    "[click](javascript:alert(1)) ![x](http://x.example/y.png)",
    "**bold** _it_ `code` ~~gone~~ | cell | <!-- c --> $x$",
    "# heading",
    "- item",
    "1. item",
    "> quoted",
    "A\u202eB\u2066C\u200f",
    "{{ 7 * 7 }} {% raw %}",
    "=1+2",
    "https://x.example/ www.x.example",
    "&copy; &#60;b&#62;",
    "\\",
]

OURS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "nav", "section",
    "article", "h1", "h2", "h3", "h4", "p", "a", "code", "ol", "ul", "li", "dl", "div", "dt", "dd",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "bdi",
}  # fmt: skip


@pytest.fixture
def tolls(wherefrom: Wherefrom) -> Wherefrom:
    wherefrom.table(TOLLS)
    return wherefrom


def page(wherefrom: Wherefrom, *options: object) -> Page:
    return Page(wherefrom("contradictions", "--format", "html", *options).out)


def markdown(wherefrom: Wherefrom, *options: object) -> str:
    return wherefrom("contradictions", "--format", "md", *options).out


def html_text(wherefrom: Wherefrom, *options: object) -> str:
    return " ".join(page(wherefrom, *options).isolated)


def md_text(wherefrom: Wherefrom, *options: object) -> str:
    return markdown_text(markdown_tokens(markdown(wherefrom, *options)))


BOTH = pytest.mark.parametrize("told", [html_text, md_text])


# What they tell


@BOTH
def test_every_claim_comes_with_its_trail(tolls: Wherefrom, told: Any) -> None:
    text = told(tolls)
    for words in (
        "100 people, according to Red Cross",
        "Post, published 2026-02-07",
        "contradiction (value)",
        "40 people (28.6%) apart",
        "position 0",
        "(1 independent origin)",
        "Red Cross, 1 figure, by at most 10 people",
    ):
        assert words in text


@BOTH
def test_a_page_does_not_say_of_a_kept_document_that_it_is_not_at_hand(
    wherefrom: Wherefrom, told: Any
) -> None:
    """A page is of the ledger alone: no document is opened for it."""
    article = wherefrom.folder / "article.txt"
    article.write_text("On Friday, five people died.", encoding="utf-8")
    wherefrom("capture", article)
    said = ("--published", "2026-02-06", "--as-of", "2026-02-06", "--yes")
    quoted = ("--evidence", article, "--quote", "five people died")
    wherefrom("add", "storm", "deaths", "5", "--claimant", "Ann", *said, *quoted)
    wherefrom("add", "storm", "deaths", "9", "--claimant", "Ben", *said)
    assert "“five people died”" in told(wherefrom)
    assert "at hand" not in told(wherefrom)


@pytest.mark.parametrize("form", ["html", "md"])
def test_every_source_is_linked(tolls: Wherefrom, form: str) -> None:
    urls = ["https://post.example/1", "https://kept.example/1", "https://gov.example/2"]
    if form == "html":
        assert [link for link in page(tolls).links if not link.startswith("#")] == urls
    else:
        tokens = markdown_tokens(markdown(tolls))
        assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == urls


@BOTH
def test_what_matters_most_comes_first_and_the_rest_as_an_annex(
    tolls: Wherefrom, told: Any
) -> None:
    text = told(tolls, "--top", "1")
    storm, flood = tolls("contradictions", "--json", "--verdict", "contradiction").json[1:]
    assert (
        text.index(storm["id"][:10]) < text.rindex("flood: deaths") < text.index(flood["id"][:10])
    )
    assert "15 people, according to radio" not in text
    assert "15 people, according to radio" in told(tolls)


@BOTH
def test_who_decided_what_and_why_is_told(tolls: Wherefrom, told: Any) -> None:
    first, _, third = tolls("contradictions", "--json", "--verdict", "contradiction").json
    tolls("adjudicate", first["id"], "--confirm", "--reason", "both on the record")
    tolls("adjudicate", third["id"], "--dismiss", "--reason", "two rivers")
    text = told(tolls)
    assert re.search(r"confirmed on 20\S+ by .+: both on the record", text)
    assert re.search(r"dismissed on 20\S+ by .+: two rivers", text)


@BOTH
def test_it_is_counted_by_rule_and_by_pair_of_claimants(tolls: Wherefrom, told: Any) -> None:
    text = told(tolls)
    assert "Several claimants, the same instant, amounts that are disjoint." in text
    if told is html_text:
        assert "government Red Cross" in text
        assert "radio Red Cross" in text
    else:
        rows = re.findall(r"^\| (.*) \| (.*) \| (\d+) \|$", markdown(tolls), re.MULTILINE)
        assert ("government", "Red Cross", "2") in rows
        assert ("radio", "Red Cross", "1") in rows


@BOTH
def test_filters_hold_and_are_told(tolls: Wherefrom, told: Any) -> None:
    text = told(tolls, "--subject", "flood", "--about", "2026-03")
    assert "Narrowed to subject flood; about 2026-03." in text
    assert "storm" not in text
    tolls("contradictions", "--format", "md", "--fail", code=1)
    tolls("contradictions", "--format", "html", "--fail", "--rule", "revision", code=0)
    assert "government" not in told(tolls, "--known-at", "0")


@BOTH
def test_an_empty_report_says_so(wherefrom: Wherefrom, told: Any) -> None:
    wherefrom.table("subject,predicate,value,claimant,published\nstorm,deaths,1,X,2026-02-07")
    assert "No findings." in told(wherefrom)


@BOTH
def test_no_page_says_who_is_right(wherefrom: Wherefrom, told: Any) -> None:
    wherefrom.seeds()
    words = set(re.findall(r"\w+", told(wherefrom).lower()))
    assert words.isdisjoint({"true", "false", "wrong", "lie", "authentic", "proven"})


@BOTH
def test_the_seeds_topics_stand_side_by_side(wherefrom: Wherefrom, told: Any) -> None:
    wherefrom.seeds()
    text = re.sub(r"\s+", " ", told(wherefrom))
    joint = " " if told is html_text else ""
    assert joint.join(["×", "ballistic missiles", "demanded", "demanded", "refused"]) in text


@pytest.mark.parametrize("form", ["html", "md"])
def test_the_same_ledger_gives_the_same_bytes(tolls: Wherefrom, form: str) -> None:
    first = tolls("contradictions", "--format", form).out
    tolls("rebuild")
    assert tolls("contradictions", "--format", form).out == first


def test_a_page_loads_nothing_and_runs_nothing(tolls: Wherefrom) -> None:
    seen = page(tolls)
    assert not {"script", "link", "img", "iframe", "object", "form"} & seen.tags
    assert {
        name for _, name in seen.attributes if name.startswith("on") or name == "style"
    } == set()


# Whatever the ledger holds is text


@given(st.text() | st.sampled_from(HOSTILE))
def test_html_shows_just_the_text(said: str) -> None:
    seen = Page(f"<p>{report_html.text(said)}</p>")
    assert seen.isolated == [plain_but_marks(said)]
    assert (seen.tags, seen.attributes, seen.strange) == ({"p", "bdi"}, set(), [])


@given(st.text() | st.sampled_from(HOSTILE))
def test_an_attribute_holds_just_the_text(said: str) -> None:
    seen = Page(f'<a href="{report_html.attribute(said)}">x</a>')
    assert seen.links == [plain_but_marks(said)]
    assert seen.attributes == {("a", "href")}


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_page_holds_no_raw_mark_that_an_editor_or_terminal_obeys(said: str) -> None:
    written = str(report_html.text(said))
    assert plain(written) == written


FRAMES = ["{}", "- {}", "**{}**", "# {}", "| a |\n| --- |\n| {} |", "said: {}"]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("said", HOSTILE)
def test_markdown_shows_just_what_is_hostile(said: str, frame: str) -> None:
    shows_just_the_text(said, frame)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(FRAMES))
def test_markdown_shows_just_the_text(said: str, frame: str) -> None:
    shows_just_the_text(said, frame)


@given(st.text(r"\\`*_[]<>&|~$#@!:/.-+=()1 x"), st.sampled_from(FRAMES))
def test_markdown_shows_just_the_punctuation(said: str, frame: str) -> None:
    shows_just_the_text(said, frame)


def shows_just_the_text(said: str, frame: str) -> None:
    shown = plain(said).strip()
    if not shown:
        return
    tokens = markdown_tokens(frame.format(report_markdown.text(said)))
    expected = markdown_tokens(frame.format("x"))
    assert [token.type for token in tokens if token.type != "text"] == [
        token.type for token in expected if token.type != "text"
    ]
    assert markdown_text(tokens) == markdown_text(expected).replace("x", shown)


@given(st.text() | st.sampled_from([*HOSTILE, "javascript:alert(1)", "JAVASCRIPT://x", "data:x"]))
def test_only_addresses_of_pages_are_links(url: str) -> None:
    for link in Page(f"<p>{report_html.link(url)}</p>").links:
        assert re.match(r"https?://", link)
        assert link == url
    tokens = markdown_tokens(f"- {report_markdown.link(url)}")
    for token in tokens:
        if token.type == "link_open":
            assert re.match(r"https?://", str(token.attrs["href"]))


def hostile_rows() -> list[dict[str, Any]]:
    """Two claims that cannot both hold for each hostile text, which stands wherever it can."""
    rows: list[dict[str, Any]] = []
    for number, text in enumerate(HOSTILE):
        for value in ("1", "9"):
            rows.append(
                {
                    "subject": f"{text} {number}",
                    "predicate": text,
                    "value": value,
                    "as_of": "2026-02-06",
                    "claimant": f"{text} {value}",
                    "via": [text],
                    "published": "2026-02-07",
                    "url": f"https://x.example/?{number}&\"'<b>({value})",
                    "scope": {"place": text},
                    "wording": text,
                    "quote": text,
                }
            )
    return rows


@pytest.fixture
def hostile(wherefrom: Wherefrom) -> Wherefrom:
    lines = "\n".join(json.dumps(row) for row in hostile_rows())
    (wherefrom.folder / "claims.jsonl").write_text(lines + "\n", encoding="utf-8")
    wherefrom("import", wherefrom.folder / "claims.jsonl")
    for finding in wherefrom("contradictions", "--json").json[:3]:
        wherefrom("adjudicate", finding["id"], "--confirm", "--reason", HOSTILE[0])
    return wherefrom


@pytest.mark.parametrize("top", [0, 5, 100])
def test_a_page_of_hostile_texts_is_a_page_of_ours(hostile: Wherefrom, top: int) -> None:
    seen = page(hostile, "--top", top)
    assert seen.tags <= OURS
    assert seen.strange == ["DOCTYPE html"] or seen.strange == []
    assert all(re.match("#c[0-9]+$|https://x.example/", link) for link in seen.links)
    together = "\n".join(seen.isolated)
    assert all(plain_but_marks(text) in together for text in HOSTILE)


@pytest.mark.parametrize("top", [0, 5, 100])
def test_markdown_of_hostile_texts_has_marks_of_ours_only(hostile: Wherefrom, top: int) -> None:
    tokens = markdown_tokens(markdown(hostile, "--top", top))
    kinds = {token.type for token in tokens}
    assert (
        not {"html_block", "html_inline", "image", "s_open", "em_open", "blockquote_open"} & kinds
    )
    assert not {"fence", "code_block", "ordered_list_open", "hr"} & kinds
    for token in tokens:
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith("https://x.example/")
    together = markdown_text(tokens)
    assert all(plain(text) in together for text in HOSTILE)


def test_text_and_cells_of_hostile_texts_are_harmless(hostile: Wherefrom) -> None:
    assert "\u202e" not in hostile("contradictions").out
    for line in hostile("contradictions", "--csv").lines[1:]:
        assert not re.search(r"(^|,)[=+@-]", line)
