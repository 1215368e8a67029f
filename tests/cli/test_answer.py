"""`workshare answer`: serves one participant on loopback, and refuses plainly."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "workshare", "answer", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_answers_until_interrupted() -> None:
    process = start("islands", "--participant", "AMB", "--port", "0")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    with urllib.request.urlopen(f"{url}/parts", timeout=10) as reply:
        assert json.load(reply)["owner"] == "AMB"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in told


def test_an_unknown_participant_and_a_taken_port_are_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        cases = [("XXX", "0", "AMB, BEL"), ("AMB", port, "cannot listen")]
        for code, number, text in cases:
            process = start("islands", "--participant", code, "--port", number)
            _, told = process.communicate(timeout=20)
            assert process.returncode == 2
            assert text in " ".join(told.split())
            assert "Traceback" not in told
