"""The Home tab: what waits for a person, and their runs. What was said in private channels is not told there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.calls import Client
from adapters.slack.limits import VIEW_BLOCKS
from adapters.slack.people import People
from adapters.slack.places import PLATFORM, Place, is_open, is_ts, permalink
from adapters.slack.rich import Block, line, link, plain, rich_text, span
from adapters.slack.troubles import beside_the_point
from adapters.slack.workspaces import Workspaces
from agent_core.domain import Actor
from agent_core.ports import RunSummary
from agent_core.presenter import ROOT
from agent_core.presenter.characters import revealed
from agent_core.presenter.home_words import HomeWords, home_words
from agent_core.presenter.lists import one_line
from agent_core.presenter.words import status_word
from agent_core.service import Service

MOST_LISTED = 15  # lines of each list; more is for the web page


@dataclass(frozen=True, slots=True)
class Line:
    """A Run on the tab. `goal` is empty where it may not be shown; `url` leads to its message."""

    goal: str
    status: str
    url: str


@dataclass(frozen=True, slots=True)
class Home:
    """Shows people their Home tab."""

    workspaces: Workspaces
    service: Service
    people: People

    async def opened(self, team: str, user: str) -> None:
        """Show a person's Home tab as it is now."""
        person = await self.people.person(team, user)
        client: Client = await self.workspaces.client(team)
        waiting = [
            await self._line(client, person.actor, run, approval.subject, person.language)
            for run, approval in await self.service.waiting_for(person.actor)
            if _is_here(run, team)
        ]
        runs = await self.service.runs(actor=person.actor, limit=MOST_LISTED)
        own = [
            await self._line(client, person.actor, run, ROOT, person.language) for run in runs if _is_here(run, team)
        ]
        view = home_view(waiting[:MOST_LISTED], own, home_words(person.language))
        with beside_the_point():
            await client.views_publish(user_id=user, view=view)

    async def _line(self, client: Client, actor: Actor, run: RunSummary, card_id: str, language: str) -> Line:
        reference = await self.service.threads.message_of(run.run_id, card_id)
        where = Place.of(reference) if reference else None
        if where is None and is_ts(run.origin.thread):
            where = Place(run.origin.workspace, run.origin.channel, run.origin.thread)
        own = run.origin.channel.startswith("D") and run.actor == actor
        shown = own or await is_open(client, run.origin.channel)
        goal = one_line(run.goal) if shown else ""
        return Line(goal, status_word(run.status, language), await permalink(client, where) if where else "")


def home_view(waiting: Sequence[Line], runs: Sequence[Line], words: HomeWords) -> Block:
    """Return the view of a Home tab. Pure."""
    blocks = [
        *_listed(words.waiting, waiting, words.nothing_waits, words),
        {"type": "divider"},
        *_listed(words.runs, runs, words.no_runs, words),
        {"type": "divider"},
        _title(words.schedules),
        rich_text([line(span(words.no_schedules))]),
    ]
    return {"type": "home", "blocks": blocks[:VIEW_BLOCKS]}


def _listed(title: str, lines: Sequence[Line], nothing: str, words: HomeWords) -> list[Block]:
    shown = [_line(each, words) for each in lines] or [line(span(nothing))]
    return [_title(title), rich_text(shown)]


def _line(of: Line, words: HomeWords) -> Any:
    goal = revealed(of.goal) if of.goal else words.private
    named = link(of.url, goal) if of.url else span(goal)
    return line(named, span(f" · {of.status}"))


def _title(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def _is_here(run: RunSummary, team: str) -> bool:
    return (run.origin.platform, run.origin.workspace) == (PLATFORM, team)
