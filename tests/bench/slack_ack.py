"""From a slash command to its acknowledgement: Nod beside a bare Bolt app, over HTTP and Socket Mode, in the same run.

The Slack here answers everything, at once or after four seconds. All apps of a way run at the same time and are asked
in turns, so that whatever else the machine does meets all of them.
"""

import argparse
import asyncio
import itertools
import json
import os
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.app.async_server import AsyncSlackAppServer
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.acks import BARE, BEGIN, END, NOD, AckResult, Acks, markdown, to_json
from tests.bench.measure import fsync_ms, percentile
from tests.bench.report import this_machine, with_figures
from tests.peers.slack.delivering import signed

SECRET, APP_TOKEN, BOT_TOKEN = "the-signing-secret", "xapp-1-bench", "xoxb-bench"
POLLING = "bare Bolt, its defaults"  # it looks every 10 ms whether a listener has acknowledged
KEEPING = "bare Bolt that keeps the command"  # in SQLite, as durably as Nod does, before it acknowledges
SLOW = 4.0  # seconds that Slack's API takes
ROUNDS, EACH, AT_ONCE = 4, 50, 16
PAUSE = 0.02  # seconds between commands that come one after the other: people's come further apart
COMMAND = {
    "team_id": "T1",
    "team_domain": "acme",
    "channel_id": "C1",
    "channel_name": "general",
    "user_id": "U1",
    "user_name": "ann",
    "command": "/agent",
    "text": "help",
    "api_app_id": "A1",
}

Send = Callable[[], Awaitable[float]]
count = itertools.count(1)


def command(address: str) -> dict[str, str]:
    """A command of its own: what is sent twice is one command."""
    number = next(count)
    return {**COMMAND, "trigger_id": f"{number}.bench", "response_url": f"{address}/respond/{number}"}


@dataclass
class Slack:
    """All that the apps need of Slack: an API that takes its time, and Socket Mode."""

    api_seconds: float
    address: str = ""
    sockets: dict[str, web.WebSocketResponse] = field(default_factory=dict)
    waiting: dict[str, "asyncio.Future[float]"] = field(default_factory=dict)
    connected: asyncio.Event = field(default_factory=asyncio.Event)

    async def api(self, request: web.Request) -> web.Response:
        """Answer any call, whatever it asks."""
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "")
        if method == "apps.connections.open":  # else nobody is ever connected
            return web.json_response({"ok": True, "url": f"{self.address.replace('http', 'ws')}/link"})
        await asyncio.sleep(self.api_seconds)
        known = {
            "team": "Acme",
            "team_id": "T1",
            "user": "nod",
            "user_id": "U0",
            "bot_id": "B0",
            "url": "https://acme/",
        }
        user = {"id": "U1", "name": "ann", "locale": "en-US", "profile": {}}
        said = {"ok": True, "ts": "1.1", "channel": "C1", "user": user, **(known if method == "auth.test" else {})}
        return web.json_response(said, headers={"x-oauth-scopes": "commands"} if token else {})

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """Serve a connection of Socket Mode."""
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        await opened.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}})
        self.sockets["newest"] = opened
        self.connected.set()
        async for frame in opened:
            waited = self.waiting.pop(json.loads(frame.data)["envelope_id"], None)
            if waited is not None:
                waited.set_result(time.perf_counter())
        return opened


@asynccontextmanager
async def served(slack: Slack) -> AsyncIterator[None]:
    """Serve a Slack on loopback."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.api)
    app.router.add_post("/respond/{number}", lambda _: asyncio.sleep(slack.api_seconds, web.Response()))
    app.router.add_get("/link", slack.link)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield
    finally:
        for opened in slack.sockets.values():
            await opened.close()
        await runner.cleanup()


async def bare(app_name: str, way: str, api_url: str, port: int, database: str) -> None:
    """Run an app of Slack's framework that acknowledges, and does nothing else but keep the command if it is to."""
    app = AsyncApp(
        client=AsyncWebClient(token=BOT_TOKEN, base_url=api_url),
        signing_secret=SECRET,
        process_before_response=app_name != POLLING,
    )
    kept = sqlite3.connect(database, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE commands (body TEXT)"):
        kept.execute(statement)

    async def acknowledge(ack: Any, body: dict[str, Any]) -> None:
        if app_name == KEEPING:
            kept.execute("INSERT INTO commands VALUES (?)", (json.dumps(body),))
        await ack()

    app.command("/agent")(acknowledge)
    if way == "Socket Mode":
        await AsyncSocketModeHandler(app, APP_TOKEN).start_async()
        return
    server = AsyncSlackAppServer(port=port, path="/slack/events", app=app, host="127.0.0.1")
    runner = web.AppRunner(server.web_app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


@asynccontextmanager
async def started(app: str, way: str, slack: Slack, folder: Path, http: aiohttp.ClientSession) -> AsyncIterator[Send]:
    """Run an app in a process of its own; yields what sends it a command and returns the seconds it took."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    api_url = f"{slack.address}/api/"
    slack.connected.clear()
    if app == NOD:
        connects = {"SLACK_APP_TOKEN": APP_TOKEN} if way == "Socket Mode" else {"SLACK_SIGNING_SECRET": SECRET}
        settings = {"SLACK_API_URL": api_url, "SLACK_BOT_TOKEN": BOT_TOKEN, "PORT": str(port), "NOD_LOG": "error"}
        data = {"NOD_DATA": str(folder), "DATABASE_URL": f"sqlite:///{folder}/{way[:4]}-{slack.api_seconds:g}.db"}
        arguments, more = ["-m", "bot"], {**settings, **connects, **data}
    else:
        database = f"{folder}/bare-{next(count)}.db"
        arguments, more = ["-m", "tests.bench.slack_ack", "--bare", app, way, api_url, str(port), database], {}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **more}, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        if way == "Socket Mode":
            await slack.connected.wait()
            send = _by_socket(slack, slack.sockets["newest"])
        else:
            await _listening(port)
            send = _by_http(slack, http, f"http://127.0.0.1:{port}/slack/events")
        await send()  # the first one has what comes once: imports, and who the bot is
        yield send
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


def _by_http(slack: Slack, http: aiohttp.ClientSession, url: str) -> Send:
    async def send() -> float:
        body = urlencode(command(slack.address))
        proof = signed(SECRET, body, str(int(time.time())))
        headers = {**proof, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        async with http.post(url, data=body.encode(), headers=headers) as answer:
            await answer.read()
            assert answer.status == 200, await answer.text()
        return time.perf_counter() - began

    return send


def _by_socket(slack: Slack, opened: web.WebSocketResponse) -> Send:
    async def send() -> float:
        envelope_id = f"envelope-{next(count)}"
        waited = slack.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        payload = command(slack.address)
        envelope = {"envelope_id": envelope_id, "type": "slash_commands", "accepts_response_payload": True}
        text = json.dumps({**envelope, "payload": payload})
        began = time.perf_counter()
        await opened.send_str(text)
        return await waited - began

    return send


async def measured(way: str, api_seconds: float, folder: Path) -> list[Acks]:
    """Return the figures of all apps connected one way, asked in turns."""
    async with AsyncExitStack() as stack:
        slack = Slack(api_seconds)
        await stack.enter_async_context(served(slack))
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        sends: dict[str, Send] = {}
        for app in (BARE, POLLING, KEEPING, NOD):
            sends[app] = await stack.enter_async_context(started(app, way, slack, folder, http))
        seconds: dict[str, list[float]] = {app: [] for app in sends}
        rates: dict[str, list[float]] = {app: [] for app in sends}
        for _ in range(ROUNDS):
            for _ in range(EACH):
                for app, send in sends.items():  # command by command: a busy disk is busy for all of them
                    seconds[app].append(await send())
                    await asyncio.sleep(PAUSE)
            for app, send in sends.items():
                began = time.perf_counter()
                await asyncio.gather(*(_several(send, EACH * 4 // AT_ONCE) for _ in range(AT_ONCE)))
                rates[app].append(EACH * 4 // AT_ONCE * AT_ONCE / (time.perf_counter() - began))
        return [
            Acks(
                app,
                way,
                api_seconds,
                commands=len(seconds[app]),
                p50_ms=percentile(seconds[app], 0.5) * 1000,
                p99_ms=percentile(seconds[app], 0.99) * 1000,
                per_second=percentile(rates[app], 0.5),
            )
            for app in sends
        ]


async def _several(send: Send, number: int) -> None:
    for _ in range(number):
        await send()


async def measure(folder: Path) -> AckResult:
    """Measure both ways, with a Slack that answers at once and with one that takes four seconds."""
    acks: list[Acks] = []
    for way in ("HTTP", "Socket Mode"):
        for api_seconds in (0.0, SLOW):
            acks += await measured(way, api_seconds, folder)
    return AckResult(fsync_ms(folder), tuple(acks))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as JSON, and write their table into a Markdown page between its markers."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, help="where the database lies; a folder of the system's if not given")
    parser.add_argument("--page", type=Path, help="the Markdown page, for example docs/benchmarks.md")
    parser.add_argument("--bare", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.bare:
        app, way, api_url, port, database = options.bare
        asyncio.run(bare(app, way, api_url, int(port), database))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        result = asyncio.run(measure(Path(folder)))
    machine = this_machine()
    if options.page:
        page = with_figures(options.page.read_text(encoding="utf-8"), markdown(result, machine), BEGIN, END)
        options.page.write_text(page, encoding="utf-8")
    sys.stdout.write(to_json(result, machine) + "\n")


if __name__ == "__main__":
    main()
