"""What is shipped: an installation has all that the program imports, and says its types."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = {"cli/plotting.py": "plot", "ledger/document_text.py": "pdf"}
"""Modules that need an extra, and say so to who has it not."""

PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def imported(source: str) -> Iterator[str]:
    """The top-level name of every module that ``source`` imports, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def normalized(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_what_is_imported_is_found_inside_functions_too() -> None:
    source = """
        import os.path, attr
        from . import sibling
        def command():
            from rich.table import Table
    """
    indented = "if True:\n" + source
    assert list(imported(indented)) == ["os", "attr", "rich"]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_import_is_a_declared_dependency(package: str) -> None:
    always = PROJECT["project"]["dependencies"]
    own = {*PACKAGES, *sys.stdlib_module_names}
    distributions = packages_distributions()
    for path in sorted((ROOT / package).rglob("*.py")):
        extra = EXTRAS.get(path.relative_to(ROOT).as_posix())
        extras = PROJECT["project"]["optional-dependencies"]
        declared = {
            normalized(re.match(r"[\w.-]+", line).group())  # type: ignore[union-attr]
            for line in [*always, *(extras[extra] if extra else ())]
        }
        for name in set(imported(path.read_text(encoding="utf-8"))) - own:
            offered = {normalized(found) for found in distributions.get(name, [])}
            assert offered & declared, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
