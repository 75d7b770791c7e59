"""A process that lives the same Run over and over, each time killed at another place; `python -m` it with a folder.

It imports once and forks for every life, before it opens anything. Each life is a Nod of its own on its folder.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from agent_core.cards import Verb
from agent_core.domain import Observation, Risk, RunStatus
from agent_core.journal import events as e
from agent_core.journal.state import StepStatus
from agent_core.tools.toolbox import ToolContext, tool
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, plan, report, subtask, title_of
from tests.agent_core.team import ALICE, WEB, Team, open_team

TEXTS = ("one", "two", "three", "four")
DEADLINE = 60  # seconds a life may take; it takes a fraction of one


@dataclass(frozen=True)
class Death:
    """Where a life ends: at its append number `at`, before or after it, or inside the Tool `tool`, after its effect."""

    at: int = 0
    after: bool = False
    tool: str = ""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def note(path: Path, line: str) -> None:
    """Add a line to a file outside of Nod, durably."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.fsync(descriptor)
    os.close(descriptor)


def noted(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


class CountingStore:
    """A store that writes down what was acknowledged, and dies at an append."""

    def __init__(self, store, folder: Path, death: Death) -> None:
        self.store, self.folder, self.death, self.count = store, folder, death, 0

    def __getattr__(self, name):
        return getattr(self.store, name)

    async def create(self, commit, key=""):
        if noted(self.folder / "acknowledged"):
            return await self.store.create(commit, key)  # the key was used before, so nothing is stored
        return await self._count(commit, self.store.create(commit, key))

    async def append(self, commit, hold=None):
        return await self._count(commit, self.store.append(commit, hold))

    async def _count(self, commit, work):
        self.count += 1
        dies = self.count == self.death.at
        if dies and not self.death.after:
            die()
        result = await work
        for record in commit.records if not isinstance(result, str) or result == commit.summary.run_id else ():
            note(self.folder / "acknowledged", f"{record.seq} {record.digest}")
        if dies:
            die()
        return result


def tools(folder: Path, death: Death) -> list:
    async def _send(context: ToolContext, text: Annotated[str, Field(description="What")]) -> Observation:
        """Send a text into the world."""
        note(folder / "sent", text)
        if death.tool == "send":
            die()
        return Observation(f"sent {text}")

    async def _look(context: ToolContext) -> Observation:
        """Look at the world."""
        note(folder / "looked", "looked")
        if death.tool == "look":
            die()
        return Observation("it is there")

    return [
        tool(risk=Risk.SEND, outside=False, name="send")(_send),
        tool(risk=Risk.READ, outside=False, name="look")(_look),
    ]


def model(named: str) -> ScriptedModel:
    """A model that plans four Subtasks in a chain, and in each calls the Tool `named` once."""

    def turns(messages):
        if answered(messages):
            return report()
        arguments = {"text": title_of(messages).removeprefix("Do ")} if named == "send" else {}
        return calls(call(named, **arguments))

    chain = [subtask(text, *TEXTS[max(at - 1, 0) : at]) for at, text in enumerate(TEXTS)]
    return ScriptedModel(lambda _: plan(*chain), turns)


async def live(folder: Path, named: str, death: Death) -> None:
    """Go on with the Run of this folder until it is over, or until death."""
    stores: list[CountingStore] = []

    def counting(store):
        stores.append(CountingStore(store, folder, death))
        return stores[0]

    async with (
        asyncio.timeout(DEADLINE),
        open_team(folder, model(named), tools=tools(folder, death), store=counting) as team,
    ):
        await team.dispatcher.void_leases()
        for run_id in await team.recorder.store.due(team.clock()):
            await team.dispatcher.wake(run_id)
        run_id = await team.service.submit("the goal", origin=WEB, actor=ALICE, key="the only one")
        while not (await settled(team, run_id)).status.over:
            pass
        await tell(team, run_id, folder, stores[0].count)


async def settled(team: Team, run_id: str):
    """Decide what is asked as a person would who knows the world, and return the state after it."""
    await team.dispatcher.idle()
    state = await team.state(run_id)
    if state.status.over:
        return state
    if not state.rest_approved:
        await team.service.control(run_id, Verb.APPROVE_REST, actor=ALICE, via="button")
        return state
    asked = await team.open(run_id)
    assert asked, f"the run waits for nobody: {state.status}"
    subject, digest = next(iter(asked.items()))
    step = state.steps.get(subject.removeprefix("step:"))
    verb = Verb.APPROVE
    if step and step.status is StepStatus.UNCERTAIN:
        verb = Verb.HAPPENED if step.call.arguments["text"] in noted(team.folder / "sent") else Verb.AGAIN
    return await team.service.decide(run_id, subject, verb, actor=ALICE, via="button", digest=digest)


async def tell(team: Team, run_id: str, folder: Path, appends: int) -> None:
    """Write down how the Run came out."""
    entries = await team.recorder.entries(run_id)
    digests = {str(entry.seq): entry.digest for entry in entries}
    acknowledged = dict(line.split() for line in noted(folder / "acknowledged"))
    state = await team.state(run_id)
    told = {
        "finished": state.status is RunStatus.FINISHED,
        "said": [said.text for said in await team.service.conversations.recent(state.origin)],
        "result": state.result,
        "verified": await team.service.verify(run_id) == len(entries),
        "lost": [seq for seq, digest in acknowledged.items() if digests.get(seq) != digest],
        "kinds": [type(entry.event).__name__ for entry in entries],
        "choices": [entry.event.choice for entry in entries if isinstance(entry.event, e.StepResolved)],
        "sent": noted(folder / "sent"),
        "looked": noted(folder / "looked"),
        "appends": appends,
    }
    (folder / "told.json").write_text(json.dumps(told))


def lives(folder: Path, named: str, *deaths: Death) -> int:
    """Live through each death, and then to the end; return how often it really died."""
    folder.mkdir()
    died = 0
    for death in (*deaths, Death()):
        child = os.fork()
        if child == 0:
            asyncio.run(live(folder, named, death))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        died += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"{folder.name}: it failed; see above"
    return died


def main(folder: Path, which: str) -> None:
    """Live as `which` says: the Run killed before each append, or after each, or inside a Tool."""
    match which:
        case "before" | "after":
            lives(folder / "whole", "send")
            appends = json.loads((folder / "whole" / "told.json").read_text())["appends"]
            for at in range(1, appends + 1):
                assert lives(folder / f"{at}", "send", Death(at, after=which == "after")) == 1
        case "always":
            # two appends a life, so that one can carry a Step from its start to its end
            assert lives(folder / "whole", "send", *[Death(2, after=True)] * 40) < 40
        case named:
            assert lives(folder / "whole", named, Death(tool=named), Death(tool=named)) == 2


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
