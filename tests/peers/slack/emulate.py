"""Runs emulate, the npm package pinned in package-lock.json here: a Slack Web API that is not ours."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROGRAM = HERE / "emulate.mjs"
TEAM = "T000000001"  # the id that emulate gives the team of every emulator


@dataclass(frozen=True)
class Emulate:
    """The running process; it opens an emulator, with a store of its own, for each workspace."""

    process: "subprocess.Popen[str]"

    def open(self, seed: dict[str, Any]) -> str:
        """Start an emulator with these users, apps and tokens; return its address."""
        return str(self._ask(command="open", seed={"slack": seed})["url"])

    def close(self, url: str) -> None:
        """Stop the emulator at this address."""
        self._ask(command="close", url=url)

    def _ask(self, **values: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(values) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer
        return answer


@contextmanager
def run_emulate() -> Iterator[Emulate]:
    """Run emulate until the end; without its files, fail in CI and skip elsewhere."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "emulate").exists():
        missing = (
            f"emulate is not installed; run `make test`, or `npm ci` in peers/{HERE.name} with Node.js 20 or newer."
        )
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    # its addresses come from its ports alone
    environment = {
        name: value for name, value in os.environ.items() if name not in ("EMULATE_BASE_URL", "PORTLESS_URL")
    }
    with subprocess.Popen(
        [node, str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield Emulate(process)
        finally:
            process.terminate()
