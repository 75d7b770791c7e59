"""The Home tab: what waits for a person, and their runs. What was said in private channels is not told there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.commands import known_zone
from adapters.slack.calls import Client
from adapters.slack.limits import VIEW_BLOCKS
from adapters.slack.people import People, Person
from adapters.slack.places import PLATFORM, Place, is_open, is_ts, permalink
from adapters.slack.rich import Block, line, link, plain, rich_text, span
from adapters.slack.troubles import beside_the_point
from adapters.slack.workspaces import Workspaces
from agent_core.characters import revealed
from agent_core.ports import RunSummary
from agent_core.presenter import ROOT
from agent_core.presenter.home_words import HomeWords, home_words
from agent_core.presenter.lists import one_line
from agent_core.presenter.schedules import standing_words
from agent_core.presenter.words import status_word
from agent_core.recurring import Listed
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
        waiting: list[tuple[RunSummary, str]] = []
        if not person.actor.guest:  # guests decide nothing, so nothing waits for them
            asked = await self.service.waiting_for(person.actor)
            waiting = [(run, approval.subject) for run, approval in asked if _is_here(run, team)]
        runs = await self.service.runs(actor=person.actor, limit=MOST_LISTED)
        own = [(run, ROOT) for run in runs if _is_here(run, team)]
        with beside_the_point():
            looking = _Looking(self.service, await self.workspaces.client(team), person)
            listed = [each for each in await self._schedules(person) if each.schedule.origin.workspace == team]
            lines = await looking.lines(waiting), await looking.lines(own), await looking.schedules(listed)
            view = home_view(*lines, home_words(person.language))
            await looking.client.views_publish(user_id=user, view=view)

    async def _schedules(self, person: Person) -> Sequence[Listed]:
        found = await self.service.schedules.list(owner=person.actor, limit=MOST_LISTED)
        return [each for each in found if each.schedule.origin.platform == PLATFORM]


@dataclass(frozen=True, slots=True)
class _Looking:
    """What of Runs a person may be shown on the tab, and where their messages are."""

    service: Service
    client: Client
    person: Person
    open_channels: dict[str, bool] = field(default_factory=dict[str, bool])

    async def lines(self, cards: Sequence[tuple[RunSummary, str]]) -> list[Line]:
        """Return Cards of Runs, as many as a list holds, as the tab may show them to this person."""
        return [await self._line(run, card_id) for run, card_id in cards[:MOST_LISTED]]

    async def schedules(self, listed: Sequence[Listed]) -> list[Line]:
        """Return a person's Schedules: what, when next, and how it went last."""
        zone = known_zone(self.person.zone) or self.service.schedules.zone
        found: list[Line] = []
        for each in listed:
            shown = await self._may_be_told(each.schedule.origin.channel, own=True)
            goal = one_line(each.schedule.terms.goal) if shown else ""
            found.append(Line(goal, standing_words(each, zone, self.person.language), ""))
        return found

    async def _line(self, run: RunSummary, card_id: str) -> Line:
        goal = one_line(run.goal) if await self._may_be_shown(run) else ""
        return Line(goal, status_word(run.status, self.person.language), await self._url(run, card_id))

    async def _may_be_shown(self, run: RunSummary) -> bool:
        return await self._may_be_told(run.origin.channel, own=run.actor == self.person.actor)

    async def _may_be_told(self, channel: str, *, own: bool) -> bool:
        if channel.startswith("D") and own:
            return True  # what one wrote to Nod oneself
        if channel not in self.open_channels:
            self.open_channels[channel] = await is_open(self.client, channel)
        return self.open_channels[channel]

    async def _url(self, run: RunSummary, card_id: str) -> str:
        reference = await self.service.threads.message_of(run.run_id, card_id)
        if reference:
            return await permalink(self.client, Place.of(reference))
        if is_ts(run.origin.thread):
            return await permalink(self.client, Place(run.origin.workspace, run.origin.channel, run.origin.thread))
        return ""


def home_view(waiting: Sequence[Line], runs: Sequence[Line], schedules: Sequence[Line], words: HomeWords) -> Block:
    """Return the view of a Home tab. Pure."""
    blocks = [
        *_listed(words.waiting, waiting, words.nothing_waits, words.private_run),
        {"type": "divider"},
        *_listed(words.runs, runs, words.no_runs, words.private_run),
        {"type": "divider"},
        *_listed(words.schedules, schedules, words.no_schedules, words.private_schedule),
    ]
    return {"type": "home", "blocks": blocks[:VIEW_BLOCKS]}


def _listed(title: str, lines: Sequence[Line], nothing: str, private: str) -> list[Block]:
    shown = [_line(each, private) for each in lines] or [line(span(nothing))]
    return [_title(title), rich_text(shown)]


def _line(of: Line, private: str) -> Any:
    goal = revealed(of.goal) if of.goal else private
    named = link(of.url, goal) if of.url else span(goal)
    return line(named, span(f" · {of.status}"))


def _title(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def _is_here(run: RunSummary, team: str) -> bool:
    return (run.origin.platform, run.origin.workspace) == (PLATFORM, team)
