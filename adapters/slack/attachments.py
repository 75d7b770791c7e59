"""Files that people attach in Slack, fetched to become workspace files."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.slack.calls import Client, inner
from adapters.slack.troubles import persistently
from agent_core.asking import Attachment
from agent_core.errors import FileRefused
from agent_core.i18n import N_
from agent_core.tools.workspace import FILE_BYTES

MOST_FILES = 20  # of one message
MOST_BYTES = 40 * 1024 * 1024  # of all files of one message
SECONDS = 120  # for one file

_HOSTS = ("slack.com", "slack-gov.com", "slack-files.com")  # whom the bot's token is shown


class _Refused(Exception):
    """Slack gave something else than the file."""


async def attachments_of(client: Client, files: Sequence[Mapping[str, Any]]) -> tuple[Attachment, ...]:
    """Return what the files of a message hold.

    Raises:
        FileRefused: one is too large, there are too many, or Slack does not hold or give it.
    """
    if len(files) > MOST_FILES:
        raise FileRefused(path=_name(files[MOST_FILES]), reason=N_("too many files at once; attach at most 20."))
    taken: dict[str, Attachment] = {}
    for file in files:
        name = _unused(_name(file), taken)
        taken[name] = Attachment(name, await _content(client, file, name))
        if sum(len(each.content) for each in taken.values()) > MOST_BYTES:
            raise FileRefused(path=name, reason=N_("together the files are too large; attach at most 40 MB."))
    return tuple(taken.values())


async def _content(client: Client, file: Mapping[str, Any], name: str) -> bytes:
    if not file.get("url_private"):  # in shared channels a message says only which file it is
        file = inner(await persistently(lambda: client.files_info(file=file["id"])), "file")
    if file.get("is_external") or file.get("mode") == "external":
        raise FileRefused(path=name, reason=N_("it does not lie in Slack; attach the file itself."))
    if int(file.get("size") or 0) > FILE_BYTES:
        raise FileRefused(path=name, reason=N_("it is larger than 10 MB; attach a smaller one."))
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    if not may_see_the_token(url, str(client.base_url)):
        raise FileRefused(path=name, reason=N_("it does not lie in Slack; attach the file itself."))
    try:
        return await persistently(lambda: _fetched(url, str(client.token), name, str(file.get("mimetype") or "")))
    except _Refused:
        raise FileRefused(path=name, reason=N_("Slack did not give it; attach it once more.")) from None


async def _fetched(url: str, token: str, name: str, kind: str) -> bytes:
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, headers=headers, allow_redirects=False) as answer,
    ):
        if answer.status >= 500:  # noqa: PLR2004  (then it is Slack's trouble, and passes)
            answer.raise_for_status()
        # without the right to read files Slack answers with the page people sign in on
        is_page = answer.content_type == "text/html" and kind != "text/html"
        if answer.status != 200 or is_page:  # noqa: PLR2004
            raise _Refused
        content = await answer.content.read(FILE_BYTES + 1)
        while len(content) <= FILE_BYTES and (more := await answer.content.read(FILE_BYTES + 1 - len(content))):
            content += more
    if len(content) > FILE_BYTES:
        raise FileRefused(path=name, reason=N_("it is larger than 10 MB; attach a smaller one."))
    return content


def may_see_the_token(url: str, api: str) -> bool:
    """Whether an address is Slack's own, so that a token may go there."""
    parts, ours = urlsplit(url), urlsplit(api)
    if (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
        return True
    host = parts.hostname or ""
    return parts.scheme == "https" and any(host == each or host.endswith(f".{each}") for each in _HOSTS)


def _name(file: Mapping[str, Any]) -> str:
    """Return a file's name without folders; what else may be wrong with it the workspace says."""
    name = str(file.get("name") or file.get("title") or file.get("id") or "file")
    return name.replace("\\", "/").rpartition("/")[2].replace(":", "-").strip(" .") or "file"


def _unused(name: str, taken: Mapping[str, Attachment]) -> str:
    path, number = PurePosixPath(name), 2
    while name in taken:
        name = f"{path.stem}-{number}{path.suffix}"
        number += 1
    return name
