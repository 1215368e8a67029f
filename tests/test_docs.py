"""The documentation cannot drift: its examples run, and its lists are compared with the code."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import workshare
from workshare import errors
from workshare.cli import exits
from workshare.cli.main import all_commands, app

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SOURCES = sorted((ROOT / "src" / "workshare").rglob("*.py"))
COMMAND_PAGE = ROOT / "docs" / "command-line.md"


def page_id(page: Path) -> str:
    """Return a page's path in the repository, as the test's name."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> Iterator[tuple[int, str]]:
    """Give the line and text of every fenced block of one language."""
    text = page.read_text(encoding="utf-8")
    for match in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.M | re.S):
        yield text[: match.start(1)].count("\n"), match[1]


# --- examples run ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(blocks(page, "python"))], ids=page_id
)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for line, text in blocks(page, "python"):
        # blank lines first, so that a traceback shows the line of the page
        exec(compile("\n" * line + text, str(page), "exec"), namespace)


@pytest.mark.parametrize("source", SOURCES, ids=page_id)
def test_docstring_examples_run(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ">>>" not in source.read_text(encoding="utf-8"):
        return
    monkeypatch.chdir(tmp_path)
    name = ".".join(source.relative_to(ROOT / "src").with_suffix("").parts)
    module = importlib.import_module(name.removesuffix(".__init__"))
    outcome = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.slow
@pytest.mark.parametrize("script", sorted(ROOT.glob("docs/**/*.py")), ids=page_id)
def test_scripts_of_the_documentation_run(script: Path) -> None:
    assert len(script.read_text(encoding="utf-8").splitlines()) < 15
    subprocess.run([sys.executable, str(script)], check=True, stdout=subprocess.DEVNULL)


# --- lists agree ----------------------------------------------------------------------------------


def command_of(name: str) -> Any:
    """Return a command by its words."""
    found: Any = typer.main.get_command(app)
    for word in name.split():
        found = found.commands[word]
    return found


def command_options(name: str) -> set[str]:
    """Return the long options of a command, ``--help`` apart."""
    command = command_of(name)
    long = {option for item in command.params for option in item.opts if option.startswith("--")}
    return long - {"--help"}


def section(page: Path, heading: str) -> str:
    """Return what a page says under a heading of the second level."""
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)",
        page.read_text(encoding="utf-8"),
        re.M | re.S,
    )
    assert found, f"{page_id(page)} has no heading '## {heading}'"
    return found[1]


@pytest.mark.parametrize("name", all_commands())
def test_every_command_is_documented_with_all_its_options(name: str) -> None:
    documented = set(re.findall(r"`(--[a-z-]+)", section(COMMAND_PAGE, f"workshare {name}")))
    assert documented == command_options(name)


def test_no_command_is_documented_that_does_not_exist() -> None:
    headings = re.findall(r"^## workshare (.+)$", COMMAND_PAGE.read_text(), re.M)
    assert headings == list(all_commands())


def test_every_command_says_what_it_does() -> None:
    for name in all_commands():
        command = command_of(name)
        assert command.help, name
        for item in command.params:
            assert getattr(item, "help", None) or "--help" in item.opts, f"{name} {item.name}"


def test_exit_codes_agree_with_their_table() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", section(COMMAND_PAGE, "Exit codes"), re.M)
    assert {int(code): meaning for code, meaning in rows} == exits.MEANINGS


def test_every_exception_is_documented() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    documented = set(re.findall(r"^\| `(\w+Error)` \|", page, re.M))
    defined = {
        name
        for name, item in inspect.getmembers(errors, inspect.isclass)
        if issubclass(item, Exception)
    }
    assert documented == defined


@pytest.mark.parametrize("package", ["studies", "coordination", "response", "market"])
def test_the_architecture_names_every_file(package: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    if package == "studies":
        named = set(re.findall(r"^\| `(\w+\.py)` \|", page, re.M))
    else:
        row = re.search(rf"^\| `{package}` \|.*\.py.*$", page, re.M)
        assert row
        named = set(re.findall(r"`(\w+\.py)`", row[0]))
    there = {path.name for path in (ROOT / "src" / "workshare" / package).glob("*.py")}
    assert named == there - {"__init__.py"}


def test_every_public_name_is_documented() -> None:
    page = (ROOT / "docs" / "python.md").read_text()
    documented = set(re.findall(r"^\| `(\w+)", page, re.M))
    assert documented == set(workshare.__all__)


def test_statuses_agree_with_their_table() -> None:
    from workshare.results import Status

    rows = re.findall(
        r"^\| `(\w+)` \|", section(ROOT / "docs" / "errors.md", "Statuses of a result"), re.M
    )
    assert rows == [status.value for status in Status]


# --- notation -------------------------------------------------------------------------------------

WORDS = {"minimise", "over", "in", "sum"}


def formula_letters(text: str) -> set[str]:
    """Return the letters a formula uses; ``sum_i`` counts as its index."""
    tokens = set(re.findall(r"[A-Za-z]\w*\*?", text.replace("sum_", "")))
    return tokens - WORDS


def test_every_letter_of_a_formula_is_listed() -> None:
    listed = set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/notation.md").read_text(), re.M))
    used: set[str] = set()
    for page in PAGES:
        for _, text in blocks(page, "formula"):
            used |= formula_letters(text)
    assert used == listed


def test_formula_letters_are_read() -> None:
    assert formula_letters("minimise sum_i f_i(x_i) - p (z - z*)") == {
        "i",
        "f_i",
        "x_i",
        "p",
        "z",
        "z*",
    }


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


def test_every_page_can_be_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in ROOT.glob("docs/**/*.md")}
    linked = set(re.findall(r"\]\(([^)#\s]+\.md)", index))
    assert pages - {"index.md"} - linked == set()
