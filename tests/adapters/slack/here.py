"""A Nod in Slack, for tests: the real core on a real SQLite file, Slack's peer, and a model that does as it is told."""

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
import pytest

from adapters.slack.handling import Handling
from adapters.slack.messenger import SlackMessenger
from adapters.slack.workspaces import Workspaces
from agent_core.delivery import Deliverer
from agent_core.domain import Actor, Policy, PolicyName
from agent_core.inbox import Inbox
from storage.inbox_store import SqlInboxStore
from tests.adapters.slack.direct import Direct
from tests.agent_core.scripted import ScriptedModel, plan, subtask
from tests.agent_core.team import Team, open_team
from tests.peers.slack import SlackPeer


@dataclass
class Here:
    """What a test holds: people act through `slack`, and `settled` waits until Nod has done all that follows."""

    slack: SlackPeer
    team: Team
    inbox: Inbox
    deliverer: Deliverer
    workspaces: Workspaces
    channel: str = ""

    @property
    def service(self):
        return self.team.service

    async def settled(self):
        async with asyncio.timeout(30):
            await self.slack.settled()
            await self.inbox.idle()
            await self.team.dispatcher.idle()
            await self.deliverer.settled()
            await self.slack.settled()
            await self.inbox.idle()

    async def client(self):
        """Slack's client as Nod has it."""
        return await self.workspaces.client(self.slack.team.id)

    async def agent(self, text, who="ann", channel=None):
        """Use /agent; return what is in the channel afterwards."""
        channel = channel or self.channel
        await self.slack.slash(who, channel, "/agent", text)
        await self.settled()
        return self.slack.messages(channel)

    async def press(self, button, message, who="ann", **more):
        """Press a button of a message, by what is written on it."""
        answer = await self.slack.click(who, message["channel"], message["ts"], button, **more)
        await self.settled()
        return answer

    async def react(self, emoji, message, who="ann"):
        await self.slack.react(who, message["channel"], message["ts"], emoji)
        await self.settled()

    async def reply(self, text, root, who="ann", **more):
        """Write in the thread that a message begins."""
        said = await self.slack.reply(who, root["channel"], root["ts"], text, **more)
        await self.settled()
        return said

    def root(self, channel=None):
        """The newest message of a channel by Nod."""
        channel = channel or self.channel
        return self.at([m for m in self.slack.messages(channel) if m.get("bot_id")][-1], channel)

    def thread(self, root):
        """The replies in a thread, the oldest first."""
        return [self.at(message, root["channel"]) for message in self.slack.messages(root["channel"], root["ts"])[1:]]

    def at(self, message, channel):
        return {**message, "channel": channel}

    def now(self, message):
        """The message as it is now."""
        return self.at(self.slack.message(message["ts"]), message["channel"])

    def words(self, message):
        return self.slack.words(self.now(message))

    def asking(self, root):
        """The messages of a thread that have buttons, the oldest first."""
        return [message for message in [root, *self.thread(root)] if buttons(self.now(message))]

    def told(self, who):
        """What was said to one person alone, in order."""
        return [self.slack.words(message) for message in self.slack.ephemerals(who)]

    async def state(self, root=None):
        """The state of the newest Run."""
        runs = await self.service.runs(limit=1)
        return await self.service.state(runs[0].run_id)


def buttons(message):
    """What is written on the buttons of a message."""
    actions = [block for block in message.get("blocks", []) if block["type"] == "actions"]
    return [element["text"]["text"] for block in actions for element in block["elements"]]


def decides(message):
    """The buttons that decide on this very message, without those for the run as a whole."""
    return [
        name for name in buttons(message) if not re.match("Pause|Resume|Stop|Approve the rest|暂停|停止|继续", name)
    ]


@asynccontextmanager
async def open_here(slack, folder, model, **more):
    """Open a Nod in Slack on a folder; again on the same folder is a restart."""
    policy = more.pop("policy", None) or Policy(PolicyName.EVERY_STEP, (Actor("slack", slack.users["ben"], "Ben"),))
    guests, public_url = more.pop("guests_may_ask", False), more.pop("public_url", "")
    async with open_team(folder, model, policy=policy, **more) as team, aiohttp.ClientSession() as session:
        if guests:
            team.service = replace(team.service, guests_may_ask=True)
        workspaces = Workspaces(slack.api_url, session, token=slack.bot_token, between_posts=0)
        inbox = Inbox("slack", SqlInboxStore(team.database), team.clock, lambda payload: handling.handle(payload))  # noqa: PLW0108  (made below)
        handling = Handling(
            workspaces,
            team.service,
            inbox,
            lambda workspace: deliverer.returned("slack", workspace),
            public_url=public_url,
        )
        messenger = SlackMessenger(workspaces, team.service)
        deliverer = Deliverer({"slack": messenger}, team.service.threads.deliveries, team.service.state)
        slack.slack.transport = Direct(inbox, handling)
        with team.recorder.changes.listening(deliverer.changed):
            running = [asyncio.create_task(deliverer.run()), asyncio.create_task(deliverer.catch_up())]
            async with inbox:
                try:
                    yield Here(slack, team, inbox, deliverer, workspaces)
                finally:
                    for each in running:
                        each.cancel()
                    await asyncio.wait(running)


@pytest.fixture
def scripted():
    """The model of `here`; a test may give it other plans and turns."""
    return ScriptedModel(plans=lambda _: plan(subtask("one"), subtask("two", "one")))


@pytest.fixture
async def here(slack, tmp_path, scripted):
    """Nod in a channel of Slack, with Ann who asks and Ben who may decide too."""
    async with open_here(slack, tmp_path, scripted) as nod:
        nod.channel = await slack.channel("general")
        yield nod
