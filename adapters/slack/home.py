"""The Home tab: what waits for a person, and their runs. What was said in private channels is not told there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.commands import known_zone
from adapters.slack.calls import Client
from adapters.slack.limits import VIEW_BLOCKS
from adapters.slack.people import People, Person
from adapters.slack.places import PLATFORM, Place, is_open, is_ts, permalinks
from adapters.slack.rich import Block, leading, line, link, plain, rich_text, span
from adapters.slack.troubles import beside_the_point
from adapters.slack.workspaces import Workspaces
from agent_core.characters import revealed
from agent_core.domain import Origin
from agent_core.ports import RunSummary
from agent_core.presenter import ROOT
from agent_core.presenter.home_words import HomeWords, home_words
from agent_core.presenter.lists import one_line
from agent_core.presenter.schedules import standing_words
from agent_core.presenter.words import status_word
from agent_core.recurring import Schedule
from agent_core.service import Service

MOST_LISTED = 15  # lines of each list; of more it is said how many, and where they are
MOST_COUNTED = 200  # of each: beyond that it is only said that there are more


@dataclass(frozen=True, slots=True)
class Line:
    """A Run on the tab. `goal` is empty where it may not be shown; `url` leads to its message."""

    goal: str
    status: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """One list of the tab. `more` is how many there are that it does not show, empty for none."""

    lines: Sequence[Line] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Shows people their Home tab. `public_url` is the web page that people have, if they have one."""

    workspaces: Workspaces
    service: Service
    people: People
    public_url: str = ""

    async def opened(self, team: str, user: str) -> None:
        """Show a person's Home tab as it is now."""
        person = await self.people.person(team, user)
        waiting: list[tuple[RunSummary, str]] = []
        if not person.actor.guest:  # guests decide nothing, so nothing waits for them
            here = Origin(PLATFORM, team, "")
            asked = await self.service.waiting_for(person.actor, workspace=here, limit=MOST_COUNTED)
            waiting = [(run, approval.subject) for run, approval in asked]
        runs = await self.service.runs(actor=person.actor, limit=MOST_COUNTED)
        own = [(run, ROOT) for run in runs if _is_here(run, team)]
        with beside_the_point():
            looking = _Looking(self.service, await self.workspaces.client(team), person)
            kept = await self.service.schedules.store.schedules(owner=person.actor, limit=MOST_COUNTED)
            schedules = [each for each in kept if _is_here(each, team)]
            parts = (
                Part(await looking.lines(waiting), _more(waiting)),
                Part(await looking.lines(own), _more(own)),
                Part(await looking.schedules(schedules), _more(schedules)),
            )
            view = home_view(*parts, home_words(person.language), self.public_url)
            await looking.client.views_publish(user_id=user, view=view)


@dataclass(frozen=True, slots=True)
class _Looking:
    """What of Runs a person may be shown on the tab, and where their messages are."""

    service: Service
    client: Client
    person: Person
    open_channels: dict[str, bool] = field(default_factory=dict[str, bool])

    async def lines(self, cards: Sequence[tuple[RunSummary, str]]) -> list[Line]:
        """Return Cards of Runs, as many as a list holds, as the tab may show them to this person."""
        cards = cards[:MOST_LISTED]
        urls = await self._urls([(run.run_id, run.origin, card_id) for run, card_id in cards])
        found: list[Line] = []
        for (run, _), url in zip(cards, urls, strict=True):
            shown = await self._may_be_told(run.origin.channel, own=run.actor == self.person.actor)
            found.append(Line(one_line(run.goal) if shown else "", status_word(run.status, self.person.language), url))
        return found

    async def schedules(self, schedules: Sequence[Schedule]) -> list[Line]:
        """Return a person's Schedules: what, when next, and how it went last."""
        zone = known_zone(self.person.zone) or self.service.schedules.zone
        schedules = schedules[:MOST_LISTED]
        # the Run that kept a Schedule has the same id
        urls = await self._urls([(each.schedule_id, each.origin, ROOT) for each in schedules])
        found: list[Line] = []
        for each, url in zip(schedules, urls, strict=True):
            shown = await self._may_be_told(each.origin.channel, own=True)
            standing = standing_words(await self.service.schedules.listed(each, firings=1), zone, self.person.language)
            found.append(Line(one_line(each.terms.goal) if shown else "", standing, url))
        return found

    async def _may_be_told(self, channel: str, *, own: bool) -> bool:
        if channel.startswith("D") and own:
            return True  # what one wrote to Nod oneself
        if channel not in self.open_channels:
            self.open_channels[channel] = await is_open(self.client, channel)
        return self.open_channels[channel]

    async def _urls(self, cards: Sequence[tuple[str, Origin, str]]) -> Sequence[str]:
        """Return the addresses of the messages that show Cards."""
        return await permalinks(self.client, [await self._place(*card) for card in cards])

    async def _place(self, run_id: str, origin: Origin, card_id: str) -> Place | None:
        reference = await self.service.threads.message_of(run_id, card_id)
        if reference:
            return Place.of(reference)
        return Place(origin.workspace, origin.channel, origin.thread) if is_ts(origin.thread) else None


def home_view(waiting: Part, runs: Part, schedules: Part, words: HomeWords, public_url: str = "") -> Block:
    """Return the view of a Home tab. Pure."""
    web = public_url.rstrip("/")
    blocks = [
        *_listed(words.waiting, waiting, words.nothing_waits, words.private_run),
        *_rest(waiting, words.more_runs, words.on_the_web, web),
        {"type": "divider"},
        *_listed(words.runs, runs, words.no_runs, words.private_run),
        *_rest(runs, words.more_runs, words.on_the_web, web),
        {"type": "divider"},
        *_listed(words.schedules, schedules, words.no_schedules, words.private_schedule),
        *_rest(schedules, words.more_schedules, words.on_the_web, web and f"{web}/schedules"),
    ]
    return {"type": "home", "blocks": blocks[:VIEW_BLOCKS]}


def _listed(title: str, part: Part, nothing: str, private: str) -> list[Block]:
    shown = [_line(each, private) for each in part.lines] or [line(span(nothing))]
    return [_title(title), rich_text(shown)]


def _rest(part: Part, more: str, on_the_web: str, url: str) -> list[Block]:
    """Return the line that says how many more there are, and where."""
    if not part.more:
        return []
    way = [span(" · "), link(url, on_the_web)] if url else []
    return [rich_text([line(span(more.format(count=part.more)), *way)])]


def _more(found: Sequence[object]) -> str:
    """Return how many of these no list shows, an empty string for none."""
    left = len(found) - MOST_LISTED
    return f"{left}{'+' if len(found) >= MOST_COUNTED else ''}" if left > 0 else ""


def _line(of: Line, private: str) -> Any:
    goal = revealed(of.goal) if of.goal else private
    return line(*leading(of.url, goal), span(f" · {of.status}"))


def _title(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def _is_here(what: RunSummary | Schedule, team: str) -> bool:
    return (what.origin.platform, what.origin.workspace) == (PLATFORM, team)
