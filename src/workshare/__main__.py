"""``python -m workshare`` is the command ``workshare``."""

from __future__ import annotations

from workshare.cli.main import run

if __name__ == "__main__":
    run()
