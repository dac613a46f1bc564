"""Relays, circles and wordings as they are read on a terminal and by other programs."""

import json
from typing import Any

from commands import Wherefrom

STORY = """
    {"type": "predicate-defined", "name": "deaths", "value_type": "quantity", "unit": "people"}
    {"label": "ngo", "subject": "Protests", "predicate": "deaths", "value": "at least 3,428", \
"claimant": "Watch", "published": "2026-02-05", "as_of": "2026-02-04"}
    {"label": "daily", "subject": "Protests", "predicate": "deaths", "value": "3,428", \
"claimant": "Watch", "via": ["Daily"], "published": "2026-02-06"}
    {"type": "claims-linked", "claim": "@daily", "relation": "relays", "other": "@ngo"}
"""
WORDS = "Some {} people had been killed in the protests, the group counted"


def said(claimant: str, value: str = "3,428", **more: Any) -> str:
    row = {
        "subject": "Protests",
        "predicate": "deaths",
        "value": value,
        "claimant": claimant,
        "published": "2026-02-05",
        "as_of": "2026-02-04",
        **more,
    }
    return json.dumps(row)


def test_the_report_says_what_a_relay_made_of_its_origin(wherefrom: Wherefrom) -> None:
    wherefrom("import", wherefrom.file("story.jsonl", STORY))
    lines = wherefrom("contradictions").lines
    assert lines[:2] == [
        "Protests: deaths",
        "  altered (relay): Daily, passing on what Watch said",
    ]
    assert lines[2].endswith("strengthened: at least 3,428 (Watch) → 3,428 (Daily)")
    assert lines[-1] == "1 finding: 1 altered (relay)."
    [finding] = wherefrom("contradictions", "--verdict", "altered", "--json").json
    assert (finding["rule"], finding["change"], finding["gap"]) == ("relay", "strengthened", None)
    assert finding["sides"] == ["Daily", "Watch"]
    assert [camp["stated"] for camp in finding["camps"]] == ["at least 3,428", "3,428"]
    assert wherefrom("contradictions", "--rule", "relay", "--fail").code == 0


def test_what_a_link_shows_of_a_relay_is_said_at_once(wherefrom: Wherefrom) -> None:
    rows = [said("Watch", "at least 3,428"), said("Watch", via=["Daily"])]
    wherefrom("import", wherefrom.file("rows.jsonl", "\n".join(rows)))
    [origin, relay] = [row["id"] for row in wherefrom("search", "Watch", "--json").json]
    if wherefrom("trace", relay, "--json").json[0]["claim"]["via"] == []:
        origin, relay = relay, origin
    told = wherefrom("link", relay, "relays", origin)
    assert told.out.startswith("Recorded as ")
    assert told.err.startswith("Warning: altered ")
    assert "strengthened: at least 3,428 (Watch) → 3,428 (Daily)" in told.err
    [finding] = wherefrom("link", relay, "relays", origin, "--json").json["findings"]
    assert finding["rule"] == "relay"
    assert wherefrom("link", origin, "confirms", relay).err == ""


def test_a_relay_of_what_was_taken_back_is_reported_as_that(wherefrom: Wherefrom) -> None:
    wherefrom("import", wherefrom.file("story.jsonl", STORY))
    [origin] = [row["id"] for row in wherefrom("search", "Watch", "--json").json if not row["via"]]
    wherefrom("retract", origin, "--reason", "miscounted", "--published", "2026-02-08")
    lines = wherefrom("contradictions", "--rule", "stale-relay").lines
    assert lines[1] == "  tension (stale-relay): Daily, passing on what Watch said"
    told = " ".join(line.strip() for line in lines[2:4])
    assert told.endswith("passes on what was taken back: 3,428 (Daily), of Watch: at least 3,428")


def test_a_trace_tells_what_links_make_of_a_claim_apart_from_what_contradicts_it(
    wherefrom: Wherefrom,
) -> None:
    wherefrom("import", wherefrom.file("story.jsonl", STORY))
    [relay] = [row["id"] for row in wherefrom("search", "Daily", "--json").json]
    lines = wherefrom("trace", relay).lines
    assert "  contradicted  by nothing held here" in lines
    assert any(line.startswith("  links         altered ") for line in lines)
    assert "  origins       1 independent: Watch" in lines
    [told] = wherefrom("trace", relay, "--json").json
    assert (told["independent_origins"], told["origins"]) == (1, ["Watch"])


def test_show_does_not_mark_a_figure_for_what_relays_make_of_it(wherefrom: Wherefrom) -> None:
    wherefrom("import", wherefrom.file("story.jsonl", STORY))
    later = said("Watch", "exactly 4,000", published="2026-02-08")
    wherefrom("import", wherefrom.file("later.jsonl", later))
    [held] = wherefrom("show", "Protests", "--json").json
    assert {finding["rule"] for finding in held["findings"]} <= {"stale-relay", "relay"}
    assert "may not both hold" not in wherefrom("show", "Protests").out


def test_a_circle_is_read_in_its_order(wherefrom: Wherefrom) -> None:
    names = ("Alpha", "Beta", "Gamma")
    rows = [said(name, label=name, published="2026-02-05") for name in names]
    rows += [
        json.dumps(
            {"type": "claims-linked", "claim": f"@{a}", "relation": "relays", "other": f"@{b}"}
        )
        for a, b in zip(names, (*names[1:], names[0]), strict=True)
    ]
    wherefrom("import", wherefrom.file("circle.jsonl", "\n".join(rows)))
    lines = wherefrom("contradictions").lines
    assert lines[1] == "  tension (circular): Alpha and Beta and Gamma"
    assert lines[2].endswith("each leads to the next: Alpha → Beta → Gamma → Alpha")


# --- independence ----------------------------------------------------------------------------


def test_five_reprints_of_a_story_are_one_origin_by_chains_and_by_links(
    wherefrom: Wherefrom,
) -> None:
    wherefrom("import", wherefrom.file("story.jsonl", STORY.replace("at least 3,428", "3,428")))
    by_chain = [said("Watch", via=[outlet, "AFP"]) for outlet in ("Le Monde", "Times")]
    by_link = [said(outlet, label=outlet, wording=WORDS) for outlet in ("Post", "Sun")]
    [origin] = [row["id"] for row in wherefrom("search", "Watch", "--json").json if not row["via"]]
    links = [
        json.dumps(
            {"type": "claims-linked", "claim": f"@{one}", "relation": "relays", "other": origin}
        )
        for one in ("Post", "Sun")
    ]
    wherefrom("import", wherefrom.file("more.jsonl", "\n".join(by_chain + by_link + links)))
    [held] = wherefrom("show", "Protests", "--json").json
    assert held["independent_origins"] == 1
    assert [camp["independent_origins"] for camp in held["camps"]] == [1]
    assert held["suspected_dependence"] == [], "what is known to depend is not suspected"
    for row in wherefrom("search", "Protests", "--json").json:
        [told] = wherefrom("trace", row["id"], "--json").json
        assert told["origins"] == ["Watch"], told["claim"]


def test_whose_source_is_not_stated_counts_apart(wherefrom: Wherefrom) -> None:
    rows = [said("not stated", via=[outlet]) for outlet in ("Post", "Sun")]
    wherefrom("import", wherefrom.file("rows.jsonl", "\n".join(rows)))
    [held] = wherefrom("show", "Protests", "--json").json
    assert held["independent_origins"] == 2


def test_the_same_words_of_two_claimants_are_shown_and_not_counted_out(
    wherefrom: Wherefrom,
) -> None:
    rows = [
        said("Post", wording=WORDS.format("3,428")),
        said("Sun", wording=WORDS.format("3428").upper() + "!"),
        said("Times", wording="In the protests at least 3,428 people were killed, it was told"),
        said("Gazette", wording="3,428 dead"),
        said("Herald", wording="3,428 dead"),
        said("ministry", "2,000"),
    ]
    wherefrom("import", wherefrom.file("rows.jsonl", "\n".join(rows)))
    [held] = wherefrom("show", "Protests", "--json").json
    assert held["independent_origins"] == 6
    [group] = held["suspected_dependence"]
    assert group["claimants"] == ["Post", "Sun"]
    assert [camp["suspected_dependence"] for camp in held["camps"]] == [[group], []]
    shown = wherefrom("show", "Protests").lines
    assert any(line.rstrip().endswith("5 ≈") for line in shown)
    assert "≈ some of these are worded alike, and may have it from one another" in shown
    [finding] = wherefrom("contradictions", "--json").json
    assert finding["camps"] == held["camps"]
    report = " ".join(wherefrom("contradictions").out.split())
    assert "independent origins: 5 against 1; worded alike: Post, Sun" in report

    [post] = [row["id"] for row in wherefrom("search", "Post", "--json").json]
    [sun] = [row["id"] for row in wherefrom("search", "Sun", "--json").json]
    [told] = wherefrom("trace", post, "--json").json
    assert told["independent_origins"] == 5
    assert told["suspected_dependence"] == [
        {"claim": sun, "claimant": "Sun", "via": [], "published": "2026-02-05"}
    ]
    assert (
        f"  worded alike  Sun ({sun[:10]}, published 2026-02-05): " in wherefrom("trace", post).out
    )


def test_who_acts_for_another_is_not_suspected_beside_it(wherefrom: Wherefrom) -> None:
    wherefrom("describe", "Sun", "--kind", "outlet", "--acts-for", "Post")
    rows = [said(name, wording=WORDS.format("3,428")) for name in ("Post", "Sun")]
    wherefrom("import", wherefrom.file("rows.jsonl", "\n".join(rows)))
    [held] = wherefrom("show", "Protests", "--json").json
    assert (held["independent_origins"], held["suspected_dependence"]) == (1, [])
