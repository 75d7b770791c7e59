"""The gateway's side of its protocol: HELLO, IDENTIFY, RESUME, heartbeats, members in chunks, close codes."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.peers.discord import limits
from tests.peers.discord.faults import Faults
from tests.peers.discord.gateway.compression import compressor
from tests.peers.discord.gateway.intents import Intent, refusal
from tests.peers.discord.gateway.session import Connection, Session
from tests.peers.discord.payloads import guild_create_json, member_json, user_json
from tests.peers.discord.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    0,
    1,
    2,
    3,
    6,
    7,
    8,
    9,
    10,
    11,
)
SESSION_OVER = (4007, 4009)  # a new session is to be begun (docs, Gateway Close Event Codes)
LEFT_FOR_GOOD = (1000, 1001)  # a client that closes so gives its session up (docs, Initiating a Disconnect)


class GatewayServer:
    """Serves websockets for a world."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world, self.faults = world, faults
        self.url = ""
        self.heartbeat_interval = 41.25  # seconds, as Discord's
        self.identified = 0  #: IDENTIFYs accepted
        self.resumed = 0  #: RESUMEs accepted
        self.heartbeats = 0
        self.closed: list[int] = []  #: the close codes sent to clients
        self._connections: dict[Connection, Session | None] = {}

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one connection until it is over."""
        if self.faults.gateway_refused:
            return web.Response(status=503)
        socket = web.WebSocketResponse(timeout=1)
        await socket.prepare(request)
        connection = Connection(socket, request, compressor(request.query.get("compress")))
        self._connections[connection] = None
        pump = asyncio.create_task(connection.pump())
        connection.send(
            {"op": HELLO, "t": None, "s": None, "d": {"heartbeat_interval": self.heartbeat_interval * 1000}}
        )
        if request.query.get("v") != "10":
            self.close(connection, 4012)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._hear(connection, message.data)
        finally:
            self._forget(connection, socket.close_code)
            if not connection.closing:
                pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)
        return socket

    def close(self, connection: Connection, code: int) -> None:
        """Close with this code, and forget the session if the code says that it is over."""
        self.closed.append(code)
        session = self._connections.get(connection)
        if code in SESSION_OVER and session is not None:
            self.world.sessions.pop(session.id, None)
        connection.close(code)

    @property
    def connections(self) -> list[Connection]:
        """The connections that are open."""
        return list(self._connections)

    def _forget(self, connection: Connection, code: int | None) -> None:
        session = self._connections.pop(connection)
        if session is not None and session.connection is connection:
            session.connection = None
            if code in LEFT_FOR_GOOD and not connection.closing:
                self.world.sessions.pop(session.id, None)
        self.world.bell.ring()

    def _hear(self, connection: Connection, text: str) -> None:
        now = asyncio.get_running_loop().time()
        connection.received = [each for each in connection.received if now - each < limits.GATEWAY_WINDOW] + [now]
        if len(connection.received) > limits.GATEWAY_EVENTS:
            return self.close(connection, 4008)
        try:
            frame = json.loads(text)
            operation, data = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            return self.close(connection, 4002)
        session = self._connections[connection]
        if operation == HEARTBEAT:
            self.heartbeats += 1
            connection.send({"op": ACK, "t": None, "s": None, "d": None})
        elif operation == IDENTIFY:
            self.close(connection, 4005) if session else self._identify(connection, data)
        elif operation == RESUME:
            self.close(connection, 4005) if session else self._resume(connection, data)
        elif session is None:
            self.close(connection, 4003)
        elif operation == MEMBERS:
            self._chunk(session, data)
        elif operation != PRESENCE:
            self.close(connection, 4001)
        return self.world.bell.ring()

    def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        app = self.world.app
        if data.get("token") != app.token:
            return self.close(connection, 4004)
        refused = refusal(data["intents"], app)
        if refused:
            return self.close(connection, refused)
        self.identified += 1
        session = Session(f"session{self.world.new_id():x}", Intent(data["intents"]), connection)
        self._connections[connection] = session
        self.world.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if guild.has(app.bot)]
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": {**user_json(app.bot), "verified": True, "mfa_enabled": True, "email": None, "flags": 0},
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": self.url,
                "shard": data.get("shard", [0, 1]),
                "application": {"id": str(app.id), "flags": app.flags},
                "private_channels": [],
                "user_settings": {},
                "relationships": [],
                "presences": [],
                "geo_ordered_rtc_regions": [],
                "_trace": [],
            },
        )
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                session.dispatch("GUILD_CREATE", guild_create_json(guild, app.bot))
        return None

    def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        if data.get("token") != self.world.app.token:
            return self.close(connection, 4004)
        session = self.world.sessions.get(str(data.get("session_id")))
        if session is None or self.faults.resume_refused():
            self.world.sessions.pop(str(data.get("session_id")), None)
            return connection.send({"op": INVALID, "t": None, "s": None, "d": False})
        if data["seq"] is None or data["seq"] > session.sequence:
            return self.close(connection, 4007)
        self.resumed += 1
        if session.connection is not None:
            session.connection.drop()  # one connection a session: the newer has it
        session.connection, session.held_after = connection, None
        self._connections[connection] = session
        session.replay(data["seq"])
        return session.dispatch("RESUMED", {"_trace": []})

    def _chunk(self, session: Session, data: dict[str, Any]) -> None:
        guild = self.world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = data.get("user_ids")
        members = list(guild.members.values())
        if wanted is not None:
            ids = {int(each) for each in (wanted if isinstance(wanted, list) else [wanted])}
            members = [member for member in members if member.user.id in ids]
        elif not session.intents & Intent.GUILD_MEMBERS and not data.get("query"):
            members = [member for member in members if member.user is self.world.app.bot]
        elif data.get("query"):
            members = [member for member in members if member.user.name.startswith(data["query"])][
                : data["limit"] or 100
            ]
        size = limits.MEMBERS_CHUNK
        pieces = [members[start : start + size] for start in range(0, len(members), size)] or [[]]
        for index, piece in enumerate(pieces):
            chunk = {
                "guild_id": str(guild.id),
                "members": [member_json(member) for member in piece],
                "chunk_index": index,
                "chunk_count": len(pieces),
                "not_found": [],
            }
            if data.get("nonce"):
                chunk["nonce"] = data["nonce"]
            session.dispatch("GUILD_MEMBERS_CHUNK", chunk)
