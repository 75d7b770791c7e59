"""What Nod offers to MCP clients. A client may be steered by anything it reads, so it cannot decide for a person."""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from agent_core.cards import Card
from agent_core.domain import Actor, Origin
from agent_core.errors import NodError
from agent_core.i18n import format_cost
from agent_core.journal.state import RunState
from agent_core.presenter import cards_of, run_word
from agent_core.service import Service

ORIGIN = Origin("mcp")
MOST_RUNS = 100
INSTRUCTIONS = (
    "Nod does work for a team and acts only with people's approval. Submit a goal, then look at its run. "
    "People decide in Nod's own doors (web workspace, terminal, chat); nothing can be approved here."
)

T = TypeVar("T")
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


def make_server(service: Service, actor: Actor) -> MCPServer:
    """Return the server; goals are submitted in the name of `actor`, whose word is still asked for elsewhere."""
    server = MCPServer("nod", instructions=INSTRUCTIONS)

    @server.tool(annotations=ToolAnnotations(read_only_hint=False, destructive_hint=False))
    async def submit_goal(  # pyright: ignore[reportUnusedFunction]  (the server calls it, as it does the others)
        goal: Annotated[str, Field(description="What to do, in a sentence or more")],
    ) -> dict[str, Any]:
        """Submit a goal to Nod. It is planned at once; people then approve the plan and each step elsewhere."""
        run_id = await _told(service.submit(goal, origin=ORIGIN, actor=actor))
        return {"run_id": run_id, "next": "people decide in Nod's own doors; look with show_run"}

    @server.tool(annotations=_READS)
    async def list_runs(  # pyright: ignore[reportUnusedFunction]
        limit: Annotated[int, Field(ge=1, le=MOST_RUNS, description="How many, newest first")] = 20,
    ) -> list[dict[str, Any]]:
        """List the newest runs with where each is."""
        return [
            {
                "run_id": each.run_id,
                "status": run_word(each, "en"),
                "goal": each.goal,
                "cost": "rehearsal" if each.rehearsal else format_cost(each.cost),
                "updated_at": each.updated_at.isoformat(),
            }
            for each in await _told(service.runs(limit=limit))
        ]

    @server.tool(annotations=_READS)
    async def show_run(  # pyright: ignore[reportUnusedFunction]
        run_id: Annotated[str, Field(description="The run's id, as submit_goal and list_runs give it")],
    ) -> dict[str, Any]:
        """Show a run: where it is, its plan and steps as people see them, its result and its files."""
        state = await _told(service.state(run_id))
        files = await _told(service.files(run_id))
        return {**_run(state), "files": [file.path for file in files]}

    return server


def _run(state: RunState) -> dict[str, Any]:
    return {
        "run_id": state.run_id,
        "status": run_word(state, "en"),
        "goal": state.goal,
        "result": state.result,
        "rehearsal": state.rehearsal,
        "cards": [_card(card) for card in cards_of(state)],
    }


def _card(card: Card) -> dict[str, Any]:
    """Return a Card without what decides it: neither buttons nor digest."""
    return {
        "title": card.title,
        "status": card.status,
        "facts": {fact.label: fact.value for fact in card.facts},
        "sections": [{"label": section.label, "text": section.text} for section in card.sections],
    }


async def _told(work: Awaitable[T]) -> T:
    try:
        return await work
    except NodError as error:
        raise ToolError(str(error)) from None
