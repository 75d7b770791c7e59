"""Nod as it is deployed, `python -m bot` with settings for Slack, beside the Slack of the tests."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from adapters.slack.manifest import SCOPES
from tests.bot.nod import COMMAND, environment
from tests.peers.slack import SlackPeer

SECONDS = 60  # a bound: the machine may be busy


@dataclass
class Whole:
    """A Nod that runs, as people in Slack meet it."""

    slack: SlackPeer
    process: asyncio.subprocess.Process
    url: str

    async def ready(self) -> dict[str, Any]:
        """What /readyz says."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/readyz") as answer:
            return await answer.json()

    async def until_ready(self, wanted: bool = True) -> dict[str, Any]:
        """Wait until /readyz says that all is well, or is not."""
        async with asyncio.timeout(SECONDS):
            while True:  # it says so when it is asked, and at no other time
                said = await self.ready()
                if said["ready"] is wanted:
                    return said

    async def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """End it, and return its code and what it logged."""
        self.process.send_signal(number)
        _, said = await asyncio.wait_for(self.process.communicate(), SECONDS)
        return self.process.returncode or 0, said.decode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def named(slack: SlackPeer, way: str) -> dict[str, str]:
    """The settings that connect Nod one way."""
    tokens = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": slack.bot_token}
    if way == "socket":
        return {**tokens, "SLACK_APP_TOKEN": slack.app.app_token}
    return {**tokens, "SLACK_SIGNING_SECRET": slack.app.signing_secret}


@asynccontextmanager
async def whole(slack: SlackPeer, folder: Path, way: str, **more: str) -> AsyncIterator[Whole]:
    """Run Nod with its data in a folder, with no more rights than its manifest asks for."""
    slack.installation.scopes = set(SCOPES)
    port = free_port()
    settings = {**named(slack, way), "PORT": str(port), "NO_PROXY": "*", **more}
    if "SLACK_CLIENT_ID" in settings:
        settings["NOD_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        cwd=folder,
        env=environment(**settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    running = Whole(slack, process, f"http://127.0.0.1:{port}")
    try:
        line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
        assert b"Nod runs" in line, (line, await process.stderr.read() if process.stderr else b"")
        if way == "socket":
            slack.over_sockets()
            await slack.sockets.connected()
        else:
            slack.over_http(f"{running.url}/slack/events")
        yield running
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)
            await process.communicate()


async def asked(slack: SlackPeer, channel: str, *, or_else: Callable[[], Any] = lambda: False) -> dict[str, Any] | None:
    """Wait for a message that can be approved, and return it; or for something else, and return None."""

    def found() -> list[dict[str, Any] | None]:
        roots = slack.messages(channel)
        messages = [*roots, *(reply for root in roots for reply in slack.messages(channel, root["ts"])[1:])]
        asking = [message for message in messages if "Approve" in buttons(message)]
        return [*asking[:1], *([None] if or_else() else [])]

    return (await slack.until(found, SECONDS))[0]


def buttons(message: dict[str, Any]) -> list[str]:
    """What is written on the buttons of a message."""
    blocks = [block for block in message.get("blocks", []) if block["type"] == "actions"]
    return [element["text"]["text"] for block in blocks for element in block["elements"] if "text" in element]
