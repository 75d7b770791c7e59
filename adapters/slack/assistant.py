"""Slack's view for agents: what somebody who opens it can begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.calls import Client, inner
from adapters.slack.limits import ASSISTANT_TITLE, PROMPTS
from adapters.slack.people import People
from adapters.slack.troubles import beside_the_point
from adapters.slack.workspaces import Workspaces
from agent_core.presenter.chat_words import prompts


def suggested(language: str) -> list[dict[str, str]]:
    """Return the Goals to begin with, as Slack takes them. Pure."""
    return [{"title": each, "message": each} for each in prompts(language)[:PROMPTS]]


def titled(goal: str) -> str:
    """Return what the thread of a Goal is called: its beginning, with an ellipsis where more follows. Pure."""
    line = " ".join(goal.split())
    return line if len(line) <= ASSISTANT_TITLE else f"{line[: ASSISTANT_TITLE - 1]}…"


@dataclass(frozen=True, slots=True)
class Assistant:
    """Offers Goals to begin with."""

    workspaces: Workspaces
    people: People

    async def opened(self, team: str, body: Mapping[str, Any]) -> None:
        """Suggest Goals to somebody who opens their messages with Nod, in their language."""
        event = inner(body, "event")
        # without a thread: with one, Slack shows nothing in the view for agents
        await self._suggest(team, str(event.get("user", "")), {"channel_id": event.get("channel")})

    async def started(self, team: str, body: Mapping[str, Any]) -> None:
        """Suggest Goals in a new thread of the view that apps had before there was one for agents."""
        thread = inner(inner(body, "event"), "assistant_thread")
        where = {name: thread.get(name) for name in ("channel_id", "thread_ts")}
        await self._suggest(team, str(thread.get("user_id", "")), where)

    async def _suggest(self, team: str, user: str, where: Mapping[str, Any]) -> None:
        person = await self.people.person(team, user)
        client: Client = await self.workspaces.client(team)
        with beside_the_point():
            await client.assistant_threads_setSuggestedPrompts(**where, prompts=suggested(person.language))
