"""Two names matched are one everywhere at once, and come apart again when they are unmatched."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import Wherefrom

TOLLS = """
    subject,predicate,value,unit,as_of,claimant,published,via
    Mascate,arrests,12,people,2026-02-05,Red Cross,2026-02-06,Le Matin
    Muscat,arrests,40,people,2026-02-05,Police,2026-02-06,
    Muscat,arrests,40,people,2026-02-06,Police,2026-02-07,
"""

Told = Callable[[Wherefrom], Any]


@pytest.fixture
def tolls(tmp_path: Path) -> Wherefrom:
    wherefrom = Wherefrom(tmp_path)
    wherefrom.table(TOLLS)
    wherefrom("describe", "Croix-Rouge", "--kind", "organisation")
    return wherefrom


def shown(wherefrom: Wherefrom) -> Any:
    """Under either name, what is held: subject, values, contradicted or not."""
    return [
        [(h["subject"], [c["stated"] for c in h["camps"]], h["contradicted"]) for h in held]
        for name in ("Muscat", "MASCATE")
        for held in [wherefrom("show", name, "--all", "--json").json]
    ]


def in_history(wherefrom: Wherefrom) -> Any:
    told = wherefrom("history", "Mascate", "arrests", "--json").json
    return [(one["subject"], one["claimant"], len(one["statements"])) for one in told]


def searched(wherefrom: Wherefrom) -> Any:
    """A claim keeps the name it is filed under, and is found by that."""
    return [
        sorted(claim["subject"] for claim in wherefrom("search", word, "--json").json)
        for word in ("Mascate", "Muscat")
    ]


def traced(wherefrom: Wherefrom) -> Any:
    [told] = wherefrom("trace", "Mascate", "--json").json
    return told["standing"], len(told["contradictions"])


def reported(wherefrom: Wherefrom) -> Any:
    told = wherefrom("contradictions", "--json").json
    filtered = wherefrom("contradictions", "--subject", "Muscat", "--json").json
    return [(f["subject"], f["rule"], f["status"]) for f in told], len(filtered)


def of_sources(wherefrom: Wherefrom) -> Any:
    told = wherefrom("sources", "--json").json
    return [(one["name"], one["aliases"], one["claims"]) for one in told if one["claims"]]


APART: dict[Told, Any] = {
    shown: [[("Muscat", ["40"], False)] * 2, [("Mascate", ["12"], False)]],
    in_history: [("Mascate", "Red Cross", 1)],
    searched: [["Mascate"], ["Muscat", "Muscat"]],
    traced: ("stands", 0),
    reported: ([], 0),
    of_sources: [("Police", [], 2), ("Red Cross", [], 1)],
}
TOGETHER: dict[Told, Any] = {
    shown: [[("Mascate", ["40"], False), ("Mascate", ["12", "40"], True)]] * 2,
    in_history: [("Mascate", "Police", 2), ("Mascate", "Red Cross", 1)],
    searched: APART[searched],
    traced: ("stands", 1),
    reported: ([("Mascate", "value", "open")], 1),
    of_sources: APART[of_sources],
}


@pytest.mark.parametrize("told", TOGETHER, ids=lambda told: told.__name__)
def test_a_match_shows_in_every_answer_and_an_unmatch_takes_it_back(
    tolls: Wherefrom, told: Told
) -> None:
    assert told(tolls) == APART[told]
    tolls("match", "Muscat", "Mascate")
    assert told(tolls) == TOGETHER[told]
    tolls("unmatch", "Mascate", "Muscat")
    assert told(tolls) == APART[told]
    tolls("match", "Mascate", "Muscat")
    tolls("rebuild")
    assert told(tolls) == TOGETHER[told]


def test_claimants_that_are_matched_are_one_source_with_one_voice(tolls: Wherefrom) -> None:
    tolls("match", "Muscat", "Mascate")
    tolls("match", "Police", "Red Cross")
    assert of_sources(tolls) == [("Police", ["Red Cross"], 3)]
    assert [f["rule"] for f in tolls("contradictions", "--json").json] == ["revision"]
    assert in_history(tolls) == [("Mascate", "Red Cross", 3)]


def test_a_decision_outlives_a_match_that_gives_its_finding_another_id(tolls: Wherefrom) -> None:
    tolls("match", "Muscat", "Mascate")
    [finding] = tolls("contradictions", "--json").json
    tolls("adjudicate", finding["id"], "--dismiss", "--reason", "two places")
    tolls("match", "Mascate", "Maskat")
    tolls("match", "Mascate", "Al Masqat")
    [moved] = tolls("contradictions", "--json").json
    assert moved["id"] != finding["id"]
    assert moved["status"] == "dismissed"
    assert moved["adjudication"]["reason"] == "two places"
    assert "dismissed on" in tolls("contradictions").out


def test_deciding_again_under_another_id_replaces_what_was_decided(tolls: Wherefrom) -> None:
    tolls("match", "Muscat", "Mascate")
    [finding] = tolls("contradictions", "--json").json
    first = tolls("adjudicate", finding["id"], "--dismiss", "--reason", "x", "--json").json["id"]
    tolls("match", "Mascate", "Al Masqat")
    [moved] = tolls("contradictions", "--json").json
    tolls("adjudicate", moved["id"], "--confirm", "--reason", "y")
    [event] = tolls("log", "--last", 1, "--json").json
    assert event["statement"]["after"] == first
    assert tolls("contradictions", "--json").json[0]["status"] == "confirmed"


# what may be the same


SPELLED = """
    subject,predicate,value,claimant,published,via
    Mascate,arrests,12,Badr al-Busaidi,2026-02-06,Le Matin
    Muscat,arrests,40,Badr Albusaidi,2026-02-06,Le Matins
    Muscat,arrests,41,Police,2026-02-06,
    Muscat,visitor,Steve Witkoff,Police,2026-02-06,
    Muscat,visitor,Steven Witkoff,Police,2026-02-06,
    North Korea,arrests,41,Police,2026-02-06,
    South Korea,arrests,41,Police,2026-02-06,
"""


@pytest.fixture
def spelled(tmp_path: Path) -> Wherefrom:
    wherefrom = Wherefrom(tmp_path)
    wherefrom("define", "visitor", "--type", "entity", "--multi-valued")
    wherefrom.table(SPELLED)
    return wherefrom


def suggested(wherefrom: Wherefrom, *options: str) -> set[tuple[str, str]]:
    return {
        (one["a"], one["b"]) for one in wherefrom("match", "--suggest", "--json", *options).json
    }


MUSCAT = ("Mascate", "Muscat")
BUSAIDI = ("Badr al-Busaidi", "Badr Albusaidi")
WITKOFF = ("Steve Witkoff", "Steven Witkoff")
MATIN = ("Le Matin", "Le Matins")


def test_subjects_claimants_values_and_relays_are_compared(spelled: Wherefrom) -> None:
    assert suggested(spelled) == {MUSCAT, BUSAIDI, WITKOFF, MATIN}
    assert spelled("match", "--suggest", "--limit", 2, "--json").json[0]["score"] == 97


def test_a_suggestion_is_shown_with_the_command_that_takes_it(spelled: Wherefrom) -> None:
    told = spelled("match", "--suggest").out
    assert " 82  Mascate (1 claim) and Muscat (4 claims)" in told
    assert '     wherefrom match "Mascate" "Muscat"' in told
    assert "4 likely pairs; nothing is filed" in told
    assert spelled("log", "--type", "entities-matched").out == ""
    assert "1 of 4 likely pairs" in spelled("match", "--suggest", "--limit", 1).out


def test_what_was_said_of_two_names_already_is_not_suggested(spelled: Wherefrom) -> None:
    spelled("match", *BUSAIDI)
    spelled("match", *WITKOFF, "--within")
    spelled("match", *MUSCAT)
    assert suggested(spelled) == {MATIN}
    spelled("unmatch", *MUSCAT)
    assert suggested(spelled) == {MATIN}
    spelled("describe", "Le Matin", "--kind", "outlet", "--alias", "Le Matins")
    assert suggested(spelled) == set()
    assert spelled("match", "--suggest").out == "No two names here look like one.\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["Muscat"], "a second name is missing"),
        ([], "two names are missing"),
        (["--suggest", "Muscat"], "--suggest takes no names"),
        (["--suggest", "--within"], "--suggest takes no names"),
    ],
)
def test_match_wants_two_names_or_none(
    spelled: Wherefrom, arguments: list[str], complaint: str
) -> None:
    assert complaint in spelled("match", *arguments, code=2).err


def test_a_name_that_a_shell_would_read_is_quoted_whole(tmp_path: Path) -> None:
    wherefrom = Wherefrom(tmp_path)
    for name in ("Banque $uper", "Banque $uperr"):
        wherefrom("add", name, "debt", "5", "--claimant", "x", "--published", "2026")
    [pair] = wherefrom("match", "--suggest", "--json").json
    assert pair["command"] == "wherefrom match 'Banque $uper' 'Banque $uperr'"
