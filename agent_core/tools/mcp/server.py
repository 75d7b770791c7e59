"""One MCP server: its connection belongs to one owner, whatever asks it for something puts that into a queue."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx2
import structlog
from mcp import types
from mcp.client import Client
from mcp.client.session import ClientSession, IncomingMessage
from mcp.client.subscriptions import ListenNotSupportedError
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from agent_core.errors import BasisChanged, NodError
from agent_core.tools.mcp.connection import McpConnection
from agent_core.tools.mcp.definition import MOST_TOOLS, Definition
from agent_core.tools.mcp.errors import (
    HungUp,
    ServerCut,
    ServerRefused,
    ServerSlow,
    ServerTrouble,
    ServerUnclear,
    ToolGone,
    first_error,
    in_short,
)
from agent_core.tools.mcp.program import Line
from agent_core.tools.mcp.transports import transport_of

SETTLE_SECONDS = 10.0  # that a turn waits for a server at most; later its tools come in with a later turn
START_SECONDS = 30.0  # that a server gets to start and to list its tools
PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0)  # seconds between tries; the last one goes on for ever
LASTED = 60.0  # seconds after which a connection that ends is begun anew without a pause
_MOST_PAGES = 50
#: what says that a call was not made; after any other error (JSON-RPC 2.0, 5.1) it may have been
_REFUSALS = (
    *(types.INVALID_REQUEST, types.METHOD_NOT_FOUND, types.INVALID_PARAMS, types.URL_ELICITATION_REQUIRED),
    *(types.HEADER_MISMATCH, types.MISSING_REQUIRED_CLIENT_CAPABILITY, types.UNSUPPORTED_PROTOCOL_VERSION),
)
_CUT = ("Connection closed", "SSE stream")  # how the SDK's own words for it begin; its code is used for anything

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Request:
    """What somebody wants of a server. `sent`: whether a call has gone out that may have an effect."""

    work: Callable[[ClientSession, "_Request"], Awaitable[Any]]
    future: asyncio.Future[Any]
    sent: bool = False


class McpServer:
    """A server that is started when it is first needed, and again when it ended. `changed` hears of new definitions."""

    def __init__(
        self,
        name: str,
        connection: McpConnection,
        changed: Callable[[Sequence[Definition]], None],
        auth: Callable[[], httpx2.Auth] | None = None,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self.name = name
        self.connection = connection
        self.trouble = ""
        self._changed = changed
        self._auth = auth
        self._pauses = pauses
        self._queue: asyncio.Queue[_Request] = asyncio.Queue()
        self._settled = asyncio.Event()
        self._relist = asyncio.Event()
        self._owner: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Begin the connection if that was not done, and wait, a while at most, until it is there or failed."""
        if self._owner is None:
            # an own context: the server outlives the Run that needed it first, whose name is in the log's lines
            self._owner = asyncio.create_task(self._own(), name=f"mcp:{self.name}", context=contextvars.Context())
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._settled.wait()

    async def close(self) -> None:
        """End the connection, and the program with it."""
        if self._owner is not None:
            self._owner.cancel()
            await asyncio.wait([self._owner])

    async def definition(self, tool: str) -> Definition:
        """Return what the server says of its tool now.

        Raises:
            NodError: it cannot be asked, or does not offer the tool.
        """

        async def look(session: ClientSession, _: _Request) -> Definition:
            return self._found(await self._listed(session), tool)

        return await self._ask(look)

    async def call(self, tool: str, arguments: dict[str, Any], digest: str) -> types.CallToolResult:
        """Call the tool, if the server still says of it what has this digest.

        Raises:
            BasisChanged: it says something else by now; nothing was called.
            NodError: it cannot be asked, does not offer the tool, refused, or was cut off while it ran.
        """
        asked = types.CallToolRequest(params=types.CallToolRequestParams(name=tool, arguments=arguments))

        async def run(session: ClientSession, request: _Request) -> types.CallToolResult:
            if self._found(await self._listed(session), tool).digest != digest:
                raise BasisChanged
            request.sent = True
            # not the session's call_tool: that checks the answer by the server's own regular expressions
            return await session.send_request(
                asked, types.CallToolResult, request_read_timeout_seconds=self.connection.timeout
            )

        return await self._ask(run)

    def _found(self, definitions: Sequence[Definition], tool: str) -> Definition:
        found = next((each for each in definitions if each.name == tool), None)
        if found is None:
            raise ToolGone(server=self.name)
        return found

    async def _ask(self, work: Callable[[ClientSession, _Request], Awaitable[Any]]) -> Any:
        await self.ready()
        if self.trouble:
            raise ServerTrouble(server=self.name)
        request = _Request(work, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(request)
        return await request.future

    # --- the owner ---

    async def _own(self) -> None:
        """Keep a connection until cancelled. Everything that opens or closes it happens in this one task."""
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            began, line = loop.time(), Line()
            try:
                await self._connected(line)
            except Exception as error:  # noqa: BLE001  (whatever a server does, Nod goes on without it)
                if not isinstance(first_error(error), HungUp):
                    self._fail(in_short(first_error(error)), line.said)
            failures = 0 if loop.time() - began > LASTED else failures + 1
            log.warning("mcp_server_ended", server=self.name, failures=failures, failed=bool(self.trouble))
            await asyncio.sleep(self._pauses[min(failures, len(self._pauses)) - 1] if failures else 0)

    async def _connected(self, line: Line) -> None:
        """Serve what is asked for as long as one connection lasts. Raises HungUp when it is over."""
        transport = transport_of(self.connection, line, self._auth() if self._auth else None)
        starting = asyncio.timeout(START_SECONDS)
        async with starting:
            client = Client(
                transport,
                read_timeout_seconds=START_SECONDS,
                cache=None,
                message_handler=self._heard,
                client_info=types.Implementation(name="nod", version="1"),
            )
            async with client, asyncio.TaskGroup() as work:
                await self._listed(client.session)
                starting.reschedule(None)
                self.trouble = ""
                self._settled.set()
                log.info("mcp_server_connected", server=self.name)
                work.create_task(_hang_up(line))
                work.create_task(self._keep_listed(client.session))
                work.create_task(self._listen(client))
                while True:
                    request = await self._queue.get()
                    task = work.create_task(self._answer(client.session, request))
                    request.future.add_done_callback(partial(_give_up, task))

    def _fail(self, reason: str, said: str) -> None:
        self.trouble = f"{reason}; it said: {said}" if said else reason
        self._changed(())
        self._settled.set()
        while not self._queue.empty():
            waiting = self._queue.get_nowait().future
            if not waiting.done():
                waiting.set_exception(ServerTrouble(server=self.name))

    async def _answer(self, session: ClientSession, request: _Request) -> None:
        """Do what was asked, and tell whoever asked. Raises HungUp when the connection is of no more use."""
        future = request.future
        try:
            result = await request.work(session, request)
        except asyncio.CancelledError:
            self._put_back(request)
            raise
        except NodError as error:
            _tell(future, error)
        except MCPError as error:
            if not request.sent:
                self._put_back(request)
                raise HungUp from None
            _tell(future, self._said(error))
        except Exception as error:  # noqa: BLE001  (a server must not end what looks after it)
            log.warning("mcp_call_failed", server=self.name, error=type(error).__name__)
            _tell(future, ServerUnclear(server=self.name, reason=in_short(error)))
        else:
            if not future.done():
                future.set_result(result)

    def _said(self, error: MCPError) -> NodError:
        """Return in a sentence how a call ended that was sent and came to nothing."""
        if error.code == types.REQUEST_TIMEOUT:
            return ServerSlow(server=self.name, seconds=self.connection.timeout)
        if error.message.startswith(_CUT):
            return ServerCut(server=self.name)
        if error.code in _REFUSALS:
            return ServerRefused(server=self.name, reason=in_short(error))
        return ServerUnclear(server=self.name, reason=in_short(error))

    def _put_back(self, request: _Request) -> None:
        """Ask again over the next connection, unless something may have taken effect over this one."""
        if request.future.done():
            return
        if request.sent:
            request.future.set_exception(ServerCut(server=self.name))
        else:
            self._queue.put_nowait(request)

    # --- what the server offers ---

    async def _listed(self, session: ClientSession) -> Sequence[Definition]:
        """Return every tool that is offered now, after telling of them."""
        found: dict[str, Definition] = {}
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
            for tool in page.tools:
                if self.connection.offers(tool.name) and len(found) < MOST_TOOLS:
                    found.setdefault(tool.name, _definition(tool))
            cursor = page.next_cursor
            if not cursor:
                break
        definitions = tuple(found.values())
        self._changed(definitions)
        return definitions

    async def _heard(self, message: IncomingMessage) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._relist.set()

    async def _keep_listed(self, session: ClientSession) -> None:
        while True:
            await self._relist.wait()
            self._relist.clear()
            try:
                await self._listed(session)
            except (MCPError, ValidationError):
                raise HungUp from None

    async def _listen(self, client: Client) -> None:
        """Hear of changes from a server of the protocol's newer kind, which tells only who listens."""
        while True:
            try:
                async with client.listen(tools_list_changed=True) as events:
                    self._relist.set()  # what changed before nobody told
                    async for _ in events:
                        self._relist.set()
            except ListenNotSupportedError:
                return  # the older kind tells everybody, see _heard
            except Exception as error:  # noqa: BLE001  (the tools are looked at before every call in any case)
                log.debug("mcp_server_not_listened_to", server=self.name, error=type(error).__name__)
            await asyncio.sleep(self._pauses[-1])


async def _hang_up(line: Line) -> None:
    await line.closed.wait()
    raise HungUp


def _definition(tool: types.Tool) -> Definition:
    hints = tool.annotations or types.ToolAnnotations()
    said = {
        "readOnly": hints.read_only_hint,
        "destructive": hints.destructive_hint,
        "idempotent": hints.idempotent_hint,
        "openWorld": hints.open_world_hint,
    }
    claims = tuple((name, value) for name, value in said.items() if value is not None)
    return Definition(tool.name, tool.description or "", tool.input_schema, claims, tool.title or hints.title or "")


def _give_up(task: asyncio.Task[None], asked: asyncio.Future[Any]) -> None:
    if asked.cancelled():
        task.cancel()


def _tell(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
