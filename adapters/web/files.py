"""A run's files: shown as text, sanitised Markdown or a picture, or downloaded. Nothing in them runs in our pages."""

import asyncio
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from adapters.web.failures import FileUnknown
from adapters.web.web import Web, page, signed_in
from agent_core.domain import FileRef
from agent_core.errors import FileRefused

MOST_SHOWN = 1_000_000  # bytes of a text that a page shows; larger ones are for downloading
UNTRUSTED = {
    # a browser that opened the file after all would open it as a stranger's, without scripts
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
# raster pictures only, known by their first bytes: an SVG is a document with scripts
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

router = APIRouter(include_in_schema=False)


class Look(StrEnum):
    """How a page shows a file."""

    MARKDOWN = "markdown"
    TEXT = "text"
    PICTURE = "picture"
    NONE = "none"  #: by its size only


def picture_type(content: bytes) -> str:
    """Return the media type of a raster picture by its first bytes, an empty string for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in _SIGNATURES if content.startswith(signature)), "")


def look(path: str, content: bytes) -> tuple[Look, str]:
    """Return how to show a file, and its text where it is one."""
    if picture_type(content):
        return Look.PICTURE, ""
    if len(content) > MOST_SHOWN or b"\x00" in content:
        return Look.NONE, ""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return Look.NONE, ""
    markdown = PurePosixPath(path).suffix.lower() in (".md", ".markdown")
    return (Look.MARKDOWN if markdown else Look.TEXT), text


def download(path: str, content: bytes) -> Response:
    """Return a file for keeping: never opened in the page, whatever is in it."""
    name = PurePosixPath(path).name
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%' else "_" for char in name)
    encoded = quote(name.encode("utf-8", "replace"), safe="")
    headers = UNTRUSTED | {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"}
    return Response(content, media_type="application/octet-stream", headers=headers)


async def read(request: Request, run_id: str, path: str) -> tuple[FileRef, bytes]:
    """Return a file of a run. Raises RunUnknown, FileUnknown, StorageError."""
    service = Web.of(request).service
    ref = next((ref for ref in await service.files(run_id) if ref.path == path), None)
    if ref is None:
        raise FileUnknown(path=path)
    try:
        return ref, await service.read_file(run_id, path)
    except FileRefused:
        raise FileUnknown(path=path) from None


@router.get("/runs/{run_id}/files/{path:path}")
async def downloaded(request: Request, run_id: str, path: str) -> Response:
    """Send a file for keeping."""
    signed_in(request)
    _, content = await read(request, run_id, path)
    return download(path, content)


@router.get("/runs/{run_id}/picture/{path:path}")
async def picture(request: Request, run_id: str, path: str) -> Response:
    """Send a raster picture for a page to show."""
    signed_in(request)
    _, content = await read(request, run_id, path)
    kind = picture_type(content)
    if not kind:
        raise FileUnknown(path=path)
    return Response(content, media_type=kind, headers=UNTRUSTED)


@router.get("/runs/{run_id}/view/{path:path}")
async def viewed(request: Request, run_id: str, path: str) -> Response:
    """Show a file."""
    signed_in(request)
    ref, content = await read(request, run_id, path)
    state = await Web.of(request).service.state(run_id)
    how, text = look(path, content)
    # beside the event loop: a long text takes its time
    return await asyncio.to_thread(page, request, "file.html", state=state, file=ref, look=how.value, text=text)
