"""How long a sandbox takes to run a program that does nothing, beside a bare process that runs the same.

Both are started in turns, so that whatever else the machine does meets both.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_core.tools.code.bubblewrap import environment
from agent_core.tools.code.finding import find_bubblewrap
from agent_core.tools.code.monty import Monty
from agent_core.tools.code.packages import TESTING
from agent_core.tools.code.providing import Provided
from agent_core.tools.code.sandbox import Work
from tests.bench.measure import percentile
from tests.bench.report import Machine, this_machine, with_figures

BEGIN, END = "<!-- sandboxes: written by make bench -->", "<!-- end of sandboxes -->"
BARE = "a bare process"
ROUNDS, WARM = 100, 5


@dataclass(frozen=True, slots=True)
class Start:
    """What one way to run a program took, in milliseconds."""

    way: str
    p50_ms: float
    p90_ms: float


def measured(ways: Mapping[str, Callable[[], object]], rounds: int) -> Sequence[Start]:
    """Run each way once a round, and return what they took; the first rounds do not count."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds + WARM):
        for way, run in ways.items():
            begun = time.perf_counter()
            run()
            if number >= WARM:
                taken[way].append((time.perf_counter() - begun) * 1000)
    return [Start(way, percentile(each, 0.5), percentile(each, 0.9)) for way, each in taken.items()]


def markdown(starts: Sequence[Start], machine: Machine) -> str:
    """Return the table for the page."""
    bare = next(each for each in starts if each.way == BARE)
    where = f"{machine.cpu}, {machine.cores} cores, {machine.system}, Python {machine.python}"
    lines = [
        f"Measured on {machine.measured_at}: {where}.",
        "",
        "| way | p50 | p90 | more than a bare process, at the median |",
        "|---|---:|---:|---:|",
        *(
            f"| {each.way} | {each.p50_ms:.1f} ms | {each.p90_ms:.1f} ms | {each.p50_ms - bare.p50_ms:+.1f} ms |"
            for each in starts
        ),
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print JSON, and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--page", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    said = parser.parse_args()
    work = Work(("python", "main.py"), [("main.py", b"")])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        folder.chmod(0o755)
        (folder / "main.py").touch()
        found = find_bubblewrap("nobody", [])
        sandbox = stack.enter_context(Provided(found, folder, {"tests": TESTING}))
        command = (found.host.python, str(folder / "main.py"))
        bare = dict(environment(found.host, ""))
        ways: dict[str, Callable[[], object]] = {
            BARE: lambda: subprocess.run(command, env=bare, capture_output=True, check=True),
            "bubblewrap": lambda: sandbox.run(work, threading.Event()),
            "Monty": lambda: Monty().run(work, threading.Event()),
        }
        starts = measured(ways, said.rounds)
    machine = this_machine()
    told = {"machine": dataclasses.asdict(machine), "starts": [dataclasses.asdict(each) for each in starts]}
    sys.stdout.write(json.dumps(told) + "\n")
    if said.page:
        page = said.page.read_text(encoding="utf-8")
        said.page.write_text(with_figures(page, markdown(starts, machine), BEGIN, END), encoding="utf-8")


if __name__ == "__main__":
    main()
