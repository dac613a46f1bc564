"""The threat model names the tests that hold it; here it is held to that."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "threat-model.md"

NAMED = re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8"))
DEFINED = {
    node.name
    for path in TESTS.glob("test_*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef)
}


def test_every_test_that_the_page_names_is_there() -> None:
    assert len(NAMED) > 20
    assert [name for name in NAMED if name not in DEFINED] == []


def test_every_promise_names_what_holds_it() -> None:
    promised = PAGE.read_text(encoding="utf-8").partition("## Against whom")[0]
    rows = [line for line in promised.splitlines() if line.startswith("| ")]
    promises = [row for row in rows if not row.startswith(("| promise", "|---"))]
    assert len(promises) > 10
    assert [row for row in promises if "`test_" not in row and "(durability.md)" not in row] == []
