"""Nod's side of the benchmark: plan → 4 × (propose → approve → execute → judge), on a real SQLite file."""

import argparse
import asyncio
import importlib.metadata
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from agent_core.cards import Verb
from agent_core.domain import CheckKind, RunStatus, Usage
from agent_core.forms import CriterionForm, PlanForm, SubtaskForm, VerdictForm
from agent_core.journal.events import ModelCalled
from agent_core.journal.state import RunState
from agent_core.ports import Filled, Message, ModelToolCall, Turn
from agent_core.projections import approvals_of
from tests.agent_core.team import ALICE, WEB, Team, open_team
from tests.bench.measure import Start, fsync_ms, measure_throughput, measure_waiting, say_ready
from tests.bench.report import SideResult, Tokens, to_json
from tests.bench.script import GOAL, Piece, piece, pieces

CONCURRENCIES = (1, 8, 32)
TOKEN_GOALS = (2, 4, 8, 12)  # Subtasks
CHARACTERS_A_TOKEN = 4  # the usual estimate for English


@dataclass(frozen=True, slots=True)
class Script:
    """A model that says what tests.bench.script says, at once; its usage is counted from the prompts."""

    subtasks: int = len(pieces())
    name: str = "scripted"
    rehearsal: bool = False

    async def fill(self, messages: Sequence[Message], form: type[PlanForm | VerdictForm]) -> Filled:
        """Fill in the plan; verdicts are all checked by code."""
        made = PlanForm(question="", why="", subtasks=[_subtask(each) for each in pieces(self.subtasks)])
        return Filled(made, (_usage(messages),))

    async def turn(self, messages: Sequence[Message], _tools: object) -> Turn:
        """Propose the Subtask's one Step, and report when it ran."""
        usages = (_usage(messages),)
        if messages[-1].role == "tool":
            return Turn("It is written.", (), usages)
        title = messages[2].text.partition("# Your subtask: ")[2].partition("\n")[0]
        part = piece(int(title.rpartition(" ")[2]))
        arguments = {"why": part.reason, "path": part.path, "content": part.content}
        return Turn("", (ModelToolCall("call", "write_file", arguments),), usages)


def _subtask(part: Piece) -> SubtaskForm:
    exists = CriterionForm(text=part.criterion, check=CheckKind.FILE_EXISTS, path=part.path, number=0, needle="")
    after = list(part.after)
    return SubtaskForm(key=part.id, title=part.title, instructions=part.instructions, criteria=[exists], after=after)


def _usage(messages: Sequence[Message]) -> Usage:
    called = (text for message in messages for call in message.calls for text in call.arguments.values())
    characters = sum(len(message.text) for message in messages) + sum(map(len, called))
    return Usage("scripted", characters // CHARACTERS_A_TOKEN, 50, cost=0.0)


@dataclass(frozen=True, slots=True)
class Bench:
    """An open Nod, and who waits for which Run to rest; it is told of every change, and takes no turn of its own."""

    team: Team
    waiting: dict[str, asyncio.Future[RunState]] = field(default_factory=dict[str, "asyncio.Future[RunState]"])

    async def until_asked(self, run_id: str) -> RunState:
        """Return the Run's state once it asks somebody, or is over."""
        state = await self.team.recorder.latest(run_id)
        if state.status is not RunStatus.RUNNING:
            return state
        self.waiting[run_id] = asyncio.get_running_loop().create_future()
        return await self.waiting[run_id]

    def look(self, run_id: str) -> None:
        """Tell who waits for the Run if it rests now."""
        state = self.team.recorder.known(run_id)
        if run_id in self.waiting and state is not None and state.status is not RunStatus.RUNNING:
            self.waiting.pop(run_id).set_result(state)

    async def decide(self, state: RunState) -> None:
        """Approve what is asked."""
        asked, service = approvals_of(state)[0], self.team.service
        await service.decide(state.run_id, asked.subject, Verb.APPROVE, actor=ALICE, via="button", digest=asked.digest)

    async def start(self) -> str:
        """Submit the goal and return its Run's id."""
        return await self.team.service.submit(GOAL, origin=WEB, actor=ALICE)

    async def play(self) -> list[float]:
        """Play a whole run; see measure.Play."""
        run_id = await self.start()
        state, latencies = await self.until_asked(run_id), list[float]()
        while not state.status.over:
            begin = time.perf_counter()
            await self.decide(state)
            state = await self.until_asked(run_id)
            latencies.append(time.perf_counter() - begin)
        return latencies[:-1]  # after the last decision nothing is proposed


@asynccontextmanager
async def opened(folder: Path, subtasks: int = len(pieces())) -> AsyncIterator[Bench]:
    """Open Nod on the folder as the owner of its database, in real time."""
    async with open_team(folder, Script(subtasks), clock=lambda: datetime.now(UTC), sweeps=True) as team:
        bench = Bench(team)
        with team.recorder.changes.listening(bench.look):
            yield bench


def waiting_id(folder: Path, number: int) -> Path:
    """The file that keeps the id of the waiting Run of that number."""
    return folder / f"waiting-{number}"


async def measure(folder: Path, options: argparse.Namespace) -> SideResult:
    """Measure everything; waiting runs first, in a folder of their own."""
    for name in ("waiting", "runs", *(f"tokens-{count}" for count in TOKEN_GOALS)):
        (folder / name).mkdir()

    @asynccontextmanager
    async def open_start() -> AsyncIterator[Start]:
        async with opened(folder / "waiting") as bench:

            async def start(number: int) -> None:
                run_id = await bench.start()
                await bench.until_asked(run_id)
                waiting_id(folder, number).write_text(run_id)

            yield start

    def restarted(number: int) -> list[str]:
        return [sys.executable, "-m", "tests.bench.nod_flow", "--folder", str(folder), "--decide", str(number)]

    waiting = await measure_waiting(open_start, restarted, runs=options.waiting)
    async with opened(folder / "runs") as bench:
        await bench.play()

        async def numbered(_: int) -> list[float]:
            return await bench.play()

        throughputs = [
            await measure_throughput(
                numbered, folder / "runs" / "nod.db", concurrency=concurrency, runs=options.runs, first=1
            )
            for concurrency in CONCURRENCIES
        ]
    return SideResult(
        engine="Nod",
        version=importlib.metadata.version("nod-agent"),
        settings="WAL, synchronous=FULL, group commit",
        fsync_ms=fsync_ms(folder),
        throughputs=tuple(throughputs),
        waiting=waiting,
        tokens=tuple([await tokens(folder / f"tokens-{count}", count) for count in TOKEN_GOALS]),
    )


async def tokens(folder: Path, count: int) -> Tokens:
    """Return the prompt tokens of one Run with that many Subtasks."""
    async with opened(folder, count) as bench:
        await bench.play()
        [summary] = await bench.team.service.runs()
        entries = await bench.team.recorder.entries(summary.run_id)
        prompts = (entry.event.usage.prompt_tokens for entry in entries if isinstance(entry.event, ModelCalled))
        return Tokens(count, sum(prompts))


async def get_ready(folder: Path, number: int) -> None:
    """Open as a restarted process, say so, and decide the Run of that number."""
    async with opened(folder / "waiting") as bench:
        say_ready()
        state = await bench.team.service.state(waiting_id(folder, number).read_text())
        if approvals_of(state):
            await bench.decide(state)
            await bench.until_asked(state.run_id)


def main() -> None:
    """Print a SideResult as JSON."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path("data"), help="on the disk to measure")
    parser.add_argument("--runs", type=int, default=1000, help="at each concurrency")
    parser.add_argument("--waiting", type=int, default=10_000, help="runs that wait")
    parser.add_argument("--decide", type=int, help="get ready on that folder, and decide that waiting run")
    options = parser.parse_args()
    if options.decide is not None:
        asyncio.run(get_ready(options.folder, options.decide))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        sys.stdout.write(to_json(asyncio.run(measure(Path(folder), options))) + "\n")


if __name__ == "__main__":
    main()
