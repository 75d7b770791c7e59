"""Emulate's Web API as the front uses it: one emulator for each workspace."""

import json
from typing import Any

import aiohttp

from tests.peers.slack.emulate import TEAM
from tests.peers.slack.errors import SlackError


class Store:
    """The emulator of one workspace. What it says is rewritten to name the front and the workspace's own team id."""

    def __init__(self, http: aiohttp.ClientSession, url: str, front: str, team: str, domain: str) -> None:
        self.http = http
        self.address = url.replace("localhost", "127.0.0.1")
        self.names = {f"{url}/archives": f"https://{domain}.slack.com/archives", url: front, TEAM: team}

    async def call(self, method: str, token: str, **arguments: Any) -> dict[str, Any]:
        """Call a method as the person or bot of this token.

        Raises:
            SlackError: emulate refuses it.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        headers = {"Authorization": f"Bearer {token}"}
        async with self.http.post(f"{self.address}/api/{method}", json=given, headers=headers) as answer:
            said = self._own(await answer.text())
        if not said.pop("ok"):
            raise SlackError(said.pop("error"), **said)
        return said

    async def upload(self, file_id: str, content: bytes) -> None:
        """Store the bytes of a file whose upload URL was asked for."""
        url = f"{self.address}/upload/v1/{file_id}"
        async with self.http.post(url, data=content, headers={"Content-Type": "application/octet-stream"}) as answer:
            assert answer.status == 200, await answer.text()

    async def download(self, path: str, token: str) -> tuple[int, bytes, str]:
        """A file's status, bytes and media type."""
        async with self.http.get(f"{self.address}{path}", headers={"Authorization": f"Bearer {token}"}) as answer:
            return answer.status, await answer.read(), answer.content_type

    def _own(self, text: str) -> dict[str, Any]:
        for theirs, ours in self.names.items():
            text = text.replace(theirs, ours)
        return dict(json.loads(text))
