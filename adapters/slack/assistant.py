"""Slack's view for agents: what a new thread there begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.calls import Client, inner
from adapters.slack.limits import PROMPTS
from adapters.slack.people import People
from adapters.slack.troubles import beside_the_point
from adapters.slack.workspaces import Workspaces
from agent_core.presenter.chat_words import prompts


@dataclass(frozen=True, slots=True)
class Assistant:
    """Offers Goals to begin with."""

    workspaces: Workspaces
    people: People

    async def started(self, team: str, body: Mapping[str, Any]) -> None:
        """Suggest Goals in a new thread."""
        thread = inner(inner(body, "event"), "assistant_thread")
        person = await self.people.person(team, str(thread.get("user_id", "")))
        client: Client = await self.workspaces.client(team)
        offered = [{"title": each, "message": each} for each in prompts(person.language)[:PROMPTS]]
        with beside_the_point():
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=thread.get("channel_id"), thread_ts=thread.get("thread_ts"), prompts=offered
            )
