"""How long a user waits before anything happens, and how much the installation takes."""

from __future__ import annotations

import sys
from pathlib import Path

from measure import best_of, figure


def main() -> None:
    """Measure the start of Python, of the package and of the command, and the installed size."""
    figure("python that does nothing", best_of(5, ["-c", ""]), "s")
    figure("import workshare", best_of(5, ["-c", "import workshare"]), "s")
    figure("workshare --help", best_of(5, ["-m", "workshare", "--help"]), "s", 0.4)
    if sys.prefix != sys.base_prefix:
        files = (path for path in Path(sys.prefix).rglob("*") if path.is_file())
        figure("environment on disk", sum(path.lstat().st_size for path in files) / 1e6, "MB")


main()
