"""Discord's REST by ids alone, through discord.py's client: nothing has to be in a cache, and no gateway is needed.

Nothing sent here pings anybody, whatever stands in it.
"""

import io
from collections.abc import Sequence
from typing import Any, Protocol, cast

import aiohttp
import discord
import structlog
from discord.http import MultipartParameters, Route, handle_message_parameters
from discord.utils import MISSING

from adapters.discord.fitting import Upload
from adapters.discord.limits import ARCHIVE_AFTER, PAGE
from adapters.discord.payloads import Data
from adapters.discord.views import Shown

Json = dict[str, Any]

# codes of Discord's ("JSON Error Codes") that the rest of this adapter acts on
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK = 10003, 10008, 10015
TOO_LARGE, TOO_MANY_OLD_EDITS = 40005, 30046
TOKEN_OVER, ARCHIVED = 50027, 50083
ALREADY_ANSWERED, UNKNOWN_INTERACTION = 40060, 10062
HAS_THREAD, LOCKED = 160004, 160005

log = structlog.get_logger(__name__)

_NOBODY = discord.AllowedMentions.none()


class Connected(Protocol):
    """What is needed of the connection."""

    @property
    def client(self) -> discord.Client:
        """The client, logged in over REST. Raises an aiohttp.ClientError while it is not."""
        ...


class Rest:
    """What Nod asks of Discord. Methods raise discord.HTTPException, and aiohttp's errors where nothing answers."""

    def __init__(self, connection: Connected) -> None:
        self._connection = connection

    @property
    def _client(self) -> discord.Client:
        return self._connection.client

    @property
    def me(self) -> str:
        """The bot's own user id."""
        return str(self._client.user.id) if self._client.user else ""

    @property
    def reads_contents(self) -> bool:
        """Whether the privileged intent for what people write is on."""
        return self._client.intents.message_content

    # --- messages ---

    async def send(self, channel: str, shown: Shown, *, nonce: str, reply_to: str = "") -> str:
        """Post a message and return its id; with the same nonce again, within minutes, it is the same message."""
        params = handle_message_parameters(
            view=shown.view,
            files=_with_files(shown.uploads) or MISSING,
            nonce=cast("Any", nonce),  # discord.py's own type is that of its numbers; Discord takes texts
            allowed_mentions=_NOBODY,
            message_reference=_reference(reply_to) if reply_to else MISSING,
        )
        with params:
            sent = await self._client.http.send_message(int(channel), params=params)
        return str(sent["id"])

    async def edit(self, channel: str, message: str, shown: Shown) -> None:
        """Make a message show this, with these files and no others."""
        params = handle_message_parameters(
            view=shown.view, attachments=_with_files(shown.uploads), allowed_mentions=_NOBODY
        )
        with params:
            await self._client.http.edit_message(int(channel), int(message), params=params)

    async def message(self, channel: str, message: str) -> Json:
        """Return a message."""
        return cast("Json", await self._client.http.get_message(int(channel), int(message)))

    async def newest(self, channel: str, *, before: str = "", limit: int = PAGE) -> Sequence[Json]:
        """Return messages of a channel, newest first, those before one if that is given."""
        found = await self._client.http.logs_from(int(channel), limit, before=int(before) if before else None)
        return cast("Sequence[Json]", found)

    async def direct_channel(self, user: str) -> str:
        """Return the channel for direct messages to a person."""
        found = await self._client.http.start_private_message(int(user))
        return str(found["id"])

    # --- threads, channels, people ---

    async def start_thread(self, channel: str, message: str, name: str, *, asker: str = "") -> None:
        """Start the thread of a message, whose id it will have; one that is there already is left as it is.

        Who asked is brought into it, or Discord would tell them of nothing that is written there.
        """
        try:
            await self._client.http.start_thread_with_message(
                int(channel), int(message), name=name, auto_archive_duration=ARCHIVE_AFTER
            )
        except discord.HTTPException as error:
            # asking again after a lost answer, or after another process
            if error.code != HAS_THREAD:
                raise
        await self._bring(asker, message)

    async def start_post(self, forum: str, name: str, shown: Shown, *, tags: Sequence[str], asker: str = "") -> str:
        """Open a post in a forum and return its id, which its first message has too; who asked is brought into it.

        Discord knows no nonce for posts: after a fault it is for the caller to look for the post before another try.
        """
        params = handle_message_parameters(
            view=shown.view,
            files=_with_files(shown.uploads) or MISSING,
            allowed_mentions=_NOBODY,
            channel_payload={"name": name, "auto_archive_duration": ARCHIVE_AFTER, "applied_tags": list(tags)},
        )
        opening = Route("POST", "/channels/{channel_id}/threads", channel_id=int(forum))
        started = await self._request_once(opening, params, {"use_nested_fields": 1})
        await self._bring(asker, str(started["id"]))
        return str(started["id"])

    async def active_threads(self, guild: str) -> Sequence[Json]:
        """Return the threads and posts of a server that are not archived."""
        return cast("Sequence[Json]", (await self._client.http.get_active_threads(int(guild)))["threads"])

    async def _bring(self, asker: str, thread: str) -> None:
        if not asker:
            return
        try:
            await self._client.http.add_user_to_thread(int(thread), int(asker))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:  # they find it by themselves
            log.info("asker_not_in_thread", error=type(error).__name__)

    async def unarchive(self, thread: str) -> None:
        """Wake an archived thread."""
        await self._client.http.edit_channel(int(thread), archived=False)

    async def channel(self, channel: str) -> Json:
        """Return a channel or thread."""
        return cast("Json", await self._client.http.get_channel(int(channel)))

    async def member(self, guild: str, user: str) -> Json:
        """Return a member of a server."""
        return cast("Json", await self._client.http.get_member(int(guild), int(user)))

    async def user(self, user: str) -> Json:
        """Return a user."""
        return cast("Json", await self._client.http.get_user(int(user)))

    async def guild(self, guild: str) -> Json:
        """Return a server, with its roles."""
        return cast("Json", await self._client.http.get_guild(int(guild), with_counts=False))

    async def channels(self, guild: str) -> Sequence[Json]:
        """Return a server's channels, those that Nod cannot see, too."""
        return cast("Sequence[Json]", await self._client.http.get_all_guild_channels(int(guild)))

    async def boost_tier(self, guild: str) -> int:
        """Return a server's boost level, 0 to 3."""
        return int((await self.guild(guild))["premium_tier"])

    async def download(self, address: str) -> bytes:
        """Return what is attached to a message."""
        return await self._client.http.get_from_cdn(address)

    # --- interactions ---

    async def answer(self, data: Data, answer: Json) -> None:
        """Give the first answer to an interaction; only within three seconds."""
        # named so, the token is what its rate limit is counted by, and no answer waits for another
        route = Route(
            "POST",
            "/interactions/{interaction}/{webhook_token}/callback",
            interaction=data["id"],
            webhook_token=data["token"],
        )
        await self._client.http.request(route, json=answer)

    async def fill_in(self, data: Data, shown: Shown) -> None:
        """Fill in the answer that was put off; within a quarter of an hour."""
        await self._request(_webhook("PATCH", "/messages/@original", data), whispered(shown))

    async def whisper(self, data: Data, shown: Shown) -> None:
        """Say what one person sees, after a click that was answered; within a quarter of an hour."""
        await self._request_once(_webhook("POST", "", data), whispered(shown))

    async def take_back(self, data: Data) -> None:
        """Delete the message that was clicked, which only one person sees; after the click was answered."""
        await self._client.http.request(_webhook("DELETE", "/messages/@original", data))

    async def _request(self, route: Route, params: MultipartParameters) -> None:
        with params:
            if params.files:
                await self._client.http.request(route, files=params.files, form=params.multipart)
            else:
                await self._client.http.request(route, json=params.payload)

    async def _request_once(self, route: Route, params: MultipartParameters, query: Json | None = None) -> Json:
        """Request what must not happen twice, and raise ConnectionError where discord.py would ask again by itself."""
        with params:
            body: Json = {"form": params.multipart} if params.files else {"json": params.payload}
            files = [*(params.files or ()), cast("discord.File", _SentOnce())]
            return cast("Json", await self._client.http.request(route, files=files, params=query or {}, **body))


class _SentOnce:
    """Among the files of a request, which discord.py rewinds before each try, it lets the first try alone begin."""

    def reset(self, *, seek: int | bool = True) -> None:
        """Begin a try, of which `seek` were before."""
        if seek:
            raise ConnectionError("Discord did not say whether it took this")


def _webhook(method: str, path: str, data: Data) -> Route:
    """Return a route of the webhook that an interaction's token is for."""
    root = "/webhooks/{webhook_id}/{webhook_token}"
    return Route(method, root + path, webhook_id=int(data["application_id"]), webhook_token=data["token"])


def _with_files(uploads: Sequence[Upload]) -> list[discord.File]:
    return [discord.File(io.BytesIO(each.content), each.name) for each in uploads]


def whispered(shown: Shown) -> MultipartParameters:
    """Return what a message is to Discord that only one person sees."""
    return handle_message_parameters(
        view=shown.view,
        files=_with_files(shown.uploads) or MISSING,
        flags=discord.MessageFlags(ephemeral=True),
        allowed_mentions=_NOBODY,
    )


def _reference(message: str) -> Any:
    return {"message_id": message, "fail_if_not_exists": False}
