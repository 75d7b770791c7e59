"""What an MCP tool returned -> Observation: untrusted, capped, with what is no text as files of the workspace."""

import asyncio
import base64
import binascii
import json
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mcp import types

from agent_core.domain import FileRef, Observation, digest_of
from agent_core.errors import WorkspaceError
from agent_core.i18n import sentence, translator
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.workspace import FILE_BYTES

SHOWN = 20_000  # characters of a result in a prompt: about 5,000 tokens of English, as of a file that is read
MOST_FILES = 20  # of one result
_NAME = re.compile(r"[^a-zA-Z0-9-]+")
_MARK = 8  # hexadecimal digits of a file's digest in its name
_ENDINGS = {"text/plain": ".txt", "image/jpeg": ".jpg", "application/json": ".json", "text/markdown": ".md"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a result that is no text."""

    content: bytes
    mime: str


async def observation_of(result: types.CallToolResult, context: ToolContext, server: str, tool: str) -> Observation:
    """Return what a call returned, with long text and everything that is no text in files of the workspace."""
    _ = translator(context.language)
    folder = f"mcp/{_plain(server)}"
    texts: list[str] = []
    files: list[FileRef] = []
    for block in _blocks(result, _("(an image, sound or file that cannot be read)")):
        if isinstance(block, str):
            texts.append(block)
        elif len(files) == MOST_FILES:
            texts.append(_("[one more file, which was left out: {most} are the most]").format(most=MOST_FILES))
        else:
            texts.append(await _kept(block, f"{folder}/{_plain(tool)}", context, files))
    text = "\n".join(texts).strip()
    if len(text) > SHOWN:
        rest = await _kept(_Part(_cut(text), "text/plain"), f"{folder}/{_plain(tool)}", context, files)
        text = f"{text[:SHOWN]}\n\n" + _("[{count:,} more characters] {rest}").format(
            count=len(text) - SHOWN, rest=rest
        )
    return Observation(
        text or _("The tool returned nothing."),
        ok=not result.is_error,
        trusted=False,
        sources=(source_of(server),),
        files=tuple(files),
    )


def source_of(server: str) -> str:
    """Return what an Observation names as the place its content came from."""
    return f"MCP server {server}"


def _blocks(result: types.CallToolResult, unreadable: str) -> Iterator[str | _Part]:
    for block in result.content:
        match block:
            case types.TextContent(text=text):
                yield text
            case types.ImageContent() | types.AudioContent():
                yield _part(block.data, block.mime_type) or unreadable
            case types.EmbeddedResource(resource=types.TextResourceContents(text=text)):
                yield text
            case types.EmbeddedResource(resource=types.BlobResourceContents() as blob):
                yield _part(blob.blob, blob.mime_type or "") or unreadable
            case types.ResourceLink():
                yield f"{block.title or block.name}: {block.uri}"
            case _:
                yield unreadable
    if result.structured_content is not None and not any(isinstance(b, types.TextContent) for b in result.content):
        yield json.dumps(result.structured_content, ensure_ascii=False, indent=1)


def _part(data: str, mime: str) -> _Part | None:
    try:
        return _Part(base64.b64decode(data, validate=True), mime)
    except (binascii.Error, ValueError):
        return None


async def _kept(part: _Part, name: str, context: ToolContext, files: list[FileRef]) -> str:
    """Write a piece to the workspace, add it to `files`, and return a line that says where it is or why it is not."""
    _ = translator(context.language)
    ending = _ENDINGS.get(part.mime) or mimetypes.guess_extension(part.mime or "") or ".bin"
    path = f"{name}-{digest_of(part.content)[:_MARK]}{ending}"
    try:
        written = await asyncio.to_thread(context.workspace.write, path, part.content)
    except WorkspaceError as error:
        return sentence(error, context.language)
    files.append(written)
    return _("[in the file {path}, {size:,} bytes]").format(path=path, size=written.size)


def _cut(text: str) -> bytes:
    """Return the text in UTF-8, as much of it as a file can hold."""
    return text[:FILE_BYTES].encode("utf-8", "replace")[:FILE_BYTES].decode("utf-8", "ignore").encode()


def _plain(name: str) -> str:
    return _NAME.sub("-", name).strip("-")[:40] or "tool"
