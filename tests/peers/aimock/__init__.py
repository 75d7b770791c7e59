"""Runs aimock, the npm package pinned in package-lock.json here: a server of the OpenAI protocol that is not ours."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
READY = re.compile(r"server listening on (http://\S+)")


@dataclass(frozen=True)
class Aimock:
    """A running aimock."""

    base_url: str


@contextmanager
def run_aimock(fixtures: Sequence[dict[str, Any]]) -> Iterator[Aimock]:
    """Serve these fixtures on a free port until the end; without aimock's files, fail in CI and skip elsewhere."""
    node = shutil.which("node")
    if node is None or not PROGRAM.exists():
        missing = f"aimock is not installed; run `make test`, or `npm ci` in {HERE.name} with Node.js 20.15 or newer."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "fixtures.json")
        script.write_text(json.dumps({"fixtures": fixtures}))
        command = [node, str(PROGRAM), "--port", "0", "--fixtures", str(script), "--strict", "--validate-on-load"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            try:
                yield Aimock(_address(process) + "/v1")
            finally:
                process.terminate()


def _address(process: "subprocess.Popen[str]") -> str:
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        ready = READY.search(line)
        if ready:
            return ready[1]
    pytest.fail(f"aimock did not start: {''.join(said)}")
