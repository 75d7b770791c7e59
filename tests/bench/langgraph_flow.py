"""LangGraph's side of the benchmark: plan, then 4 × propose, approve, execute, judge, each approval an `interrupt()`.

Runs in .venv-langgraph and imports nothing of Nod. Everything is LangGraph's default: one AsyncSqliteSaver on a file
(WAL), durability "async" (the checkpoint is written while the next node runs); synchronous=FULL is set, as Nod sets it.
"sync" writes it before the next node runs; "exit", the fastest, only where the run waits.
"""

import argparse
import asyncio
import contextlib
import operator
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TypedDict

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from tests.bench.measure import Start, fsync_ms, measure_throughput, measure_waiting, say_ready
from tests.bench.report import SideResult, Throughput, to_json
from tests.bench.script import GOAL, SUBTASKS, piece, pieces

DATABASE = "langgraph.db"
DEFAULT = "async"  # LangGraph's own default durability
APPROVED = {"outcome": "approved", "actor": "nod:alice"}


class State(TypedDict, total=False):
    """What is checkpointed: no more than the flow needs."""

    goal: str
    folder: str
    plan: list[dict[str, Any]]
    number: int
    call: dict[str, Any]
    decision: dict[str, str]
    results: Annotated[list[str], operator.add]
    verdicts: Annotated[list[dict[str, Any]], operator.add]


def write_file(folder: Path, path: str, content: str) -> str:
    """Write a file of the run's folder: the effect that is approved."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(content, encoding="utf-8")
    return f"Wrote {path}."


def is_filled(path: Path) -> bool:
    """Whether there is a file that is not empty: the criterion that is judged."""
    return path.is_file() and path.stat().st_size > 0


async def plan(state: State) -> State:
    """Plan the goal."""
    fields = ("id", "title", "instructions", "criterion", "after")
    return {"plan": [{name: getattr(each, name) for name in fields} for each in pieces()], "number": 1}


async def approve_plan(state: State) -> State:
    """Ask a person for the plan."""
    return {"decision": interrupt({"plan": state["plan"]})}


async def propose(state: State) -> State:
    """Propose the Step of the Subtask that is next."""
    said = piece(state["number"])
    arguments = {"path": said.path, "content": said.content}
    return {"call": {"tool": "write_file", "arguments": arguments, "reason": said.reason}}


async def approve(state: State) -> State:
    """Ask a person for the Step."""
    return {"decision": interrupt(state["call"])}


async def execute(state: State) -> State:
    """Write the file that was approved."""
    return {"results": [write_file(Path(state["folder"]), **state["call"]["arguments"])]}


async def judge(state: State) -> State:
    """Judge the Subtask, and go on to the next."""
    said = piece(state["number"])
    met = is_filled(Path(state["folder"]) / said.path)
    verdict = {"criterion": said.criterion, "met": met, "evidence": [f"step:{said.id}"], "note": said.note}
    return {"verdicts": [verdict], "number": state["number"] + 1}


def after_judge(state: State) -> str:
    """Return the node that follows a judgement."""
    return "propose" if state["number"] <= SUBTASKS else END


class Engine:
    """The compiled graph, its saver, and the folder the files go to."""

    def __init__(self, saver: AsyncSqliteSaver, files: Path, durability: Any) -> None:
        graph = StateGraph(State)
        for node in (plan, approve_plan, propose, approve, execute, judge):
            graph.add_node(node.__name__, node)
        for before, after in (
            (START, "plan"),
            ("plan", "approve_plan"),
            ("approve_plan", "propose"),
            ("propose", "approve"),
            ("approve", "execute"),
            ("execute", "judge"),
        ):
            graph.add_edge(before, after)
        graph.add_conditional_edges("judge", after_judge, ["propose", END])
        self.graph = graph.compile(checkpointer=saver)
        self.files = files
        self.durability = durability

    async def start(self, number: int) -> None:
        """Submit a goal and leave it waiting for the plan's approval."""
        given: State = {"goal": GOAL, "folder": str(self.files / f"run-{number}"), "results": [], "verdicts": []}
        state = await self.graph.ainvoke(given, _config(number), durability=self.durability)
        assert state["__interrupt__"], "the plan must be asked"

    async def decide(self, number: int) -> dict[str, Any]:
        """Approve what a run waits for and return its state at the next proposal, or at its end."""
        return await self.graph.ainvoke(Command(resume=APPROVED), _config(number), durability=self.durability)

    async def play(self, number: int) -> list[float]:
        """Play a whole run; see measure.Play."""
        await self.start(number)
        latencies = []
        for _ in range(SUBTASKS):
            begin = time.perf_counter()
            state = await self.decide(number)
            latencies.append(time.perf_counter() - begin)
            assert state["__interrupt__"], "a step must be asked"
        state = await self.decide(number)
        assert "__interrupt__" not in state, "the run must be over"
        assert [verdict["met"] for verdict in state["verdicts"]] == [True] * SUBTASKS, "every subtask must be done"
        return latencies


def _config(number: int) -> Any:
    return {"configurable": {"thread_id": f"run-{number}"}}


@contextlib.asynccontextmanager
async def open_engine(folder: Path, durability: str) -> AsyncIterator[Engine]:
    """Open the database in `folder` and compile the graph on it."""
    async with aiosqlite.connect(folder / DATABASE) as connection:
        await connection.execute("PRAGMA synchronous=FULL")
        saver = AsyncSqliteSaver(connection)
        await saver.setup()
        yield Engine(saver, folder / "files", durability)


async def measure(folder: Path, options: argparse.Namespace) -> SideResult:
    """Measure everything in `folder`, a new one."""
    apart, busy = folder / "waiting", folder / "throughput"
    apart.mkdir()
    busy.mkdir()

    @contextlib.asynccontextmanager
    async def open_start() -> AsyncIterator[Start]:
        async with open_engine(apart, options.durability) as engine:
            yield engine.start

    def restarted(number: int) -> list[str]:
        again = [sys.executable, "-m", "tests.bench.langgraph_flow", "--durability", options.durability]
        return [*again, "--ready", str(apart), "--number", str(number)]

    waiting = await measure_waiting(open_start, restarted, runs=options.waiting)
    throughputs: list[Throughput] = []
    async with open_engine(busy, options.durability) as engine:
        await engine.play(0)  # what a first run loads lazily is not counted
        for index, concurrency in enumerate(options.concurrency):
            first = 1 + index * options.runs
            throughputs.append(
                await measure_throughput(
                    engine.play, busy / DATABASE, concurrency=concurrency, runs=options.runs, first=first
                )
            )
    return SideResult(
        engine="LangGraph" if options.durability == DEFAULT else f"LangGraph, {options.durability}",
        version=", ".join(f"{name} {version(name)}" for name in ("langgraph", "langgraph-checkpoint-sqlite")),
        settings=f"AsyncSqliteSaver (WAL, synchronous=FULL), durability={options.durability}, interrupt()",
        fsync_ms=fsync_ms(folder),
        throughputs=tuple(throughputs),
        waiting=waiting,
    )


async def get_ready(folder: Path, number: int, durability: str) -> None:
    """Be a restarted process: say when a decision on any run can be taken, and take one to show it."""
    async with open_engine(folder, durability) as engine:
        say_ready()
        state = await engine.decide(number)
        assert state["__interrupt__"], "a step must be asked"


def main() -> None:
    """Print LangGraph's SideResult as JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--runs", type=int, default=150, help="runs played at each concurrency")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--waiting", type=int, default=10_000, help="runs left waiting")
    parser.add_argument("--durability", choices=["sync", "async", "exit"], default=DEFAULT)
    parser.add_argument("--folder", type=Path, default=Path("data"), help="on the disk to measure")
    parser.add_argument("--ready", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ready:
        asyncio.run(get_ready(options.ready, options.number, options.durability))
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="bench-langgraph-") as folder:
        sys.stdout.write(to_json(asyncio.run(measure(Path(folder), options))) + "\n")


if __name__ == "__main__":
    main()
