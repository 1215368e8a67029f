"""Imports point only down: every import of the package against the table in docs/architecture.md.

Imports inside functions and under ``TYPE_CHECKING`` count: a ring hidden in a function is a ring.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "workshare"
FACE = {"workshare", "workshare.__main__"}  # the public face: imports all, imported by none


def read_layers(page: Path) -> dict[str, int]:
    """Return the level of every package and top-level module, from the page's table."""
    layers: dict[str, int] = {}
    for level, names in re.findall(r"^\| (\d+) \| ((?:`\w+`(?:, )?)+) \|", page.read_text(), re.M):
        layers.update(dict.fromkeys(re.findall(r"`(\w+)`", names), int(level)))
    return layers


def module_name(path: Path, package: Path) -> str:
    """Return the dotted name of a source file."""
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_imports(package: Path) -> dict[str, set[str]]:
    """Return, for every module of the package, the modules of the package it imports anywhere."""
    files = {module_name(path, package): path for path in sorted(package.rglob("*.py"))}
    imports: dict[str, set[str]] = {}
    for name, path in files.items():
        wanted: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                wanted.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = absolute_base(node, name, path)
                for alias in node.names:
                    full = f"{base}.{alias.name}"
                    wanted.add(full if full in files else base)
        top = package.name
        imports[name] = {w for w in wanted if w == top or w.startswith(f"{top}.")}
    return imports


def absolute_base(node: ast.ImportFrom, name: str, path: Path) -> str:
    """Return the absolute module that a ``from`` import names, relative ones resolved."""
    if node.level == 0:
        return node.module or ""
    parts = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    base = parts[: len(parts) - (node.level - 1)]
    return ".".join([*base, *([node.module] if node.module else [])])


def violations(imports: dict[str, set[str]], layers: dict[str, int]) -> list[str]:
    """Return every import that does not point down, in words."""
    found = []
    for name, wanted in imports.items():
        if name in FACE:
            continue
        home = name.split(".")[1]
        for target in sorted(wanted):
            if target in FACE:
                found.append(f"{name} imports the public face {target}")
                continue
            other = target.split(".")[1]
            if (
                other != home
                and layers[other] >= layers[home]
                and not both_base(home, other, layers)
            ):
                found.append(
                    f"{name} (level {layers[home]}) imports {target} (level {layers[other]})"
                )
    return found


def both_base(home: str, other: str, layers: dict[str, int]) -> bool:
    """Return whether both stand on level 0, whose single modules may use each other."""
    return layers[home] == layers[other] == 0


def find_cycle(imports: dict[str, set[str]]) -> list[str]:
    """Return one ring of modules that import each other, or nothing."""
    finished: set[str] = set()

    def follow(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in finished:
            return []
        for target in sorted(imports.get(name, ())):
            ring = follow(target, [*trail, name])
            if ring:
                return ring
        finished.add(name)
        return []

    for name in imports:
        ring = follow(name, [])
        if ring:
            return ring
    return []


def test_imports_point_down() -> None:
    layers = read_layers(ROOT / "docs" / "architecture.md")
    assert violations(read_imports(PACKAGE), layers) == []


def test_no_ring_of_modules() -> None:
    assert find_cycle(read_imports(PACKAGE)) == []


def test_the_table_names_exactly_the_folders_and_modules() -> None:
    layers = read_layers(ROOT / "docs" / "architecture.md")
    present = {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__")}
    present |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(layers) == present


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("low/a.py", "import workshare.high.b", "workshare.low.a (level 1) imports"),
        ("low/a.py", "def f():\n    from workshare.high import b", "workshare.low.a (level 1)"),
        (
            "low/a.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..high.b import x",
            "workshare.low.a (level 1)",
        ),
        ("low/a.py", "import workshare.sibling", "imports workshare.sibling (level 1)"),
        ("high/b.py", "from workshare import read", "imports the public face"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, path: str, text: str, message: str) -> None:
    package = plant(tmp_path, {path: text})
    layers = {"low": 1, "sibling": 1, "high": 2}
    found = violations(read_imports(package), layers)
    assert len(found) == 1
    assert message in found[0]


def test_imports_that_point_down_are_no_violation(tmp_path: Path) -> None:
    package = plant(tmp_path, {"high/b.py": "from workshare.low import a\nimport json"})
    assert violations(read_imports(package), {"low": 1, "sibling": 1, "high": 2}) == []


def test_a_planted_ring_is_found(tmp_path: Path) -> None:
    package = plant(
        tmp_path,
        {"low/a.py": "def f():\n    from . import c", "low/c.py": "from workshare.low.a import f"},
    )
    ring = find_cycle(read_imports(package))
    assert set(ring) == {"workshare.low.a", "workshare.low.c"}


def plant(folder: Path, texts: dict[str, str]) -> Path:
    """Write a small package with three parts and the given files; return its folder."""
    package = folder / "workshare"
    for part in ("", "low", "sibling", "high"):
        (package / part).mkdir(parents=True, exist_ok=True)
        (package / part / "__init__.py").write_text("")
    for name in ("low/a.py", "low/c.py", "high/b.py"):
        (package / name).write_text("")
    for name, text in texts.items():
        (package / name).write_text(text)
    return package
