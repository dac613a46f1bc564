"""`wherefrom history --plot`: what was said over time as a picture."""

import builtins
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from commands import Wherefrom

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

TOLLS = """
    subject,predicate,value,unit,as_of,claimant,published,modality,scope.place
    storm,deaths,100,people,2026-02-05,Red Cross,2026-02-06,,
    storm,deaths,140,people,2026-02-05,Red Cross,2026-02-08,,
    storm,deaths,at least 150,people,2026-02-06,Red Cross,2026-02-08,,
    storm,deaths,90,people,2026-02-05,Mayor & Sons,2026-02-06,,
    storm,deaths,at most 12,people,2026-02-07,Mayor & Sons,2026-02-08,,
    storm,deaths,about 1300,people,2026-02-08,Mayor & Sons,2026-02-08,,
    storm,deaths,99999999999999999999.5,people,2026-02-09,Le Matin,2026-02-09,denied,
    storm,deaths,7,tents,2026-02-05,Red Cross,2026-02-06,,Oman
    storm,start,2026-02-03,,,Red Cross,2026-02-06,,
    storm,start,2026-02/..,,,Le Matin,2026-02-07,,
    storm,landfall,Muscat,,2026-02-04,Red Cross,2026-02-06,,
    storm,landfall,Sur,,2026-02-04,Le Matin,2026-02-06,,
"""


@pytest.fixture
def tolls(tmp_path: Path) -> Wherefrom:
    wherefrom = Wherefrom(tmp_path)
    wherefrom("define", "start", "--type", "day", "--over-time", "constant")
    wherefrom("define", "landfall", "--type", "entity")
    wherefrom.table(TOLLS)
    return wherefrom


def drawn(wherefrom: Wherefrom, predicate: str, *options: str) -> str:
    """The SVG of a history."""
    path = wherefrom.folder / "drawn.svg"
    wherefrom("history", "storm", predicate, "--plot", path, *options)
    return path.read_text(encoding="utf-8")


def labels(svg: str) -> list[str]:
    """What is written in a picture."""
    return re.findall(r"<text [^>]*>([^<]+)</text>", svg)


def test_a_picture_has_a_title_axes_with_units_dates_and_a_legend(tolls: Wherefrom) -> None:
    written = labels(drawn(tolls, "deaths", "--about", "2026-02-05/2026-02-08"))
    assert {"storm: deaths", "deaths (people)", "deaths (tents)", "place: Oman, tents"} <= {
        *written
    }
    assert {"as of", "5 Feb 2026", "6 Feb 2026", "1,000"} <= {*written}
    assert {"claimant", "Red Cross", "Mayor &amp; Sons", "standing", "stands no longer"} <= {
        *written
    }
    assert {"finding", "contradiction"} <= {*written}


def test_without_a_contradiction_or_a_revision_the_legend_says_nothing_of_them(
    tolls: Wherefrom,
) -> None:
    written = labels(drawn(tolls, "deaths", "--about", "2026-02-06"))
    assert not {"finding", "standing"} & {*written}


def test_dates_and_names_are_drawn_on_axes_of_their_own(tolls: Wherefrom) -> None:
    assert {"said on", "start", "1 Feb 2026"} <= {*labels(drawn(tolls, "start"))}
    assert {"said on", "landfall", "Muscat", "Sur"} <= {*labels(drawn(tolls, "landfall"))}


@pytest.mark.parametrize("ending", ["svg", "png", "html"])
def test_equal_input_makes_an_equal_picture(tolls: Wherefrom, ending: str) -> None:
    first, second = (tolls.folder / f"{name}.{ending}" for name in "ab")
    told = tolls("history", "storm", "deaths", "--plot", first)
    assert told.out == f"Drew 8 statements by 3 claimants to {first}\n"
    tolls("history", "storm", "deaths", "--plot", second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(
        {"png": b"\x89PNG", "svg": b"<svg", "html": b"<!DOCTYPE"}[ending]
    )


def test_a_page_needs_nothing_from_elsewhere(tolls: Wherefrom) -> None:
    path = tolls.folder / "drawn.html"
    tolls("history", "storm", "deaths", "--plot", path)
    page = path.read_text(encoding="utf-8")
    assert "Content-Security-Policy\" content=\"default-src 'none'" in page
    assert not re.search(r"<(?:script|link)[^>]* (?:src|href)=", page)
    assert "vega-lite" in page


def test_the_data_forms_are_told_as_without_it(tolls: Wherefrom) -> None:
    path = tolls.folder / "drawn.svg"
    told = tolls("history", "storm", "start", "--plot", path, "--json")
    assert told.json == tolls("history", "storm", "start", "--json").json
    assert told.err.startswith("Drew 2 statements")


def test_a_name_is_no_markup(tmp_path: Path) -> None:
    wherefrom = Wherefrom(tmp_path)
    evil = "</script><script>alert(1)</script><!--"
    wherefrom("add", "storm", "deaths", "5", "--claimant", evil, "--published", "2026-02-06")
    path = tmp_path / "drawn.html"
    wherefrom("history", "storm", "deaths", "--plot", path)
    page = path.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert r"\u003cscript>alert(1)" in page


def test_a_file_is_replaced_and_the_ledger_never(tolls: Wherefrom) -> None:
    path = tolls.folder / "drawn.svg"
    path.write_text("before", encoding="utf-8")
    assert drawn(tolls, "start").startswith("<svg")
    assert stat.S_IMODE(path.stat().st_mode) & 0o400
    os.symlink(tolls.db, tolls.folder / "own.svg")
    told = tolls("history", "storm", "start", "--plot", tolls.folder / "own.svg", code=2)
    assert "this is a file of the ledger" in told.err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["storm", "deaths", "--plot", "drawn.pdf"], "End it in .svg, .png or .html"),
        (["storm", "deaths", "--plot", "drawn"], "End it in .svg, .png or .html"),
        (["storm", "deaths", "--plot", "/nowhere/x.svg"], "/nowhere/x.svg: "),
        (["storm", "deaths", "--plot", "x.svg", "--about", "1999"], "nothing is held"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    tolls: Wherefrom, arguments: list[str], complaint: str
) -> None:
    assert complaint in tolls("history", *arguments, code=2).err


def test_without_the_extra_one_line_says_how_to_get_it(
    tolls: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "altair":
            raise ModuleNotFoundError("No module named 'altair'")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    told = tolls("history", "storm", "deaths", "--plot", "x.svg", code=2)
    assert told.err.count("\n") == 1
    assert "pip install 'wherefrom[plot]'" in told.err


def test_a_long_series_is_a_line_for_each_claimant(tmp_path: Path) -> None:
    wherefrom = Wherefrom(tmp_path)
    rows = [
        {"subject": "storm", "predicate": "deaths", "value": str(day * 10), "claimant": who,
         "published": "2026-06-01", "as_of": f"2026-{1 + day // 28:02}-{1 + day % 28:02}"}
        for day in range(100) for who in ("Ann", "Ben")
    ]  # fmt: skip
    file = wherefrom.file("rows.jsonl", "\n".join(map(json.dumps, rows)))
    wherefrom("import", file)
    svg = drawn(wherefrom, "deaths")
    assert len(re.findall(r'aria-roledescription="line mark"', svg)) == 2
