"""Tools for the run's own files: list, read, write."""

import asyncio
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from agent_core.domain import Observation, Preview, Risk, digest_of
from agent_core.errors import WorkspaceError
from agent_core.i18n import translator
from agent_core.tools.arguments import OURS
from agent_core.tools.diffs import diff
from agent_core.tools.paths import checked_path
from agent_core.tools.toolbox import ToolContext, tool
from agent_core.tools.workspace import basis_of

READ_CHARACTERS = 20_000  # in one call: about 5,000 tokens of English, so one file cannot fill a prompt


def _path_in_workspace(path: str) -> str:
    try:
        return checked_path(path)
    except WorkspaceError as error:
        raise PydanticCustomError(OURS, "{reason}", {"reason": error.fields["reason"]}) from error


WorkspacePath = Annotated[
    str, AfterValidator(_path_in_workspace), Field(description="Path in the workspace, for example notes/plan.md")
]


async def _list_files(context: ToolContext) -> Observation:
    """List the files of this run's workspace with their sizes in bytes."""
    refs = await asyncio.to_thread(context.workspace.list)
    _ = translator(context.language)
    if not refs:
        return Observation(_("The workspace has no files."))
    # whoever wrote an untrusted file may have chosen its name, and a name can speak to the model
    foreign = tuple(_source(ref.path) for ref in refs if not context.trusts(ref.path, ref.digest))
    text = "\n".join(_("{path} ({size:,} bytes)").format(path=ref.path, size=ref.size) for ref in refs)
    return Observation(text, trusted=not foreign, sources=foreign)


async def _read_file(
    context: ToolContext,
    path: WorkspacePath,
    offset: Annotated[int, Field(ge=0, description="Characters to pass over from the start")] = 0,
    limit: Annotated[int, Field(ge=1, le=READ_CHARACTERS, description="Most characters to return")] = READ_CHARACTERS,
) -> Observation:
    """Read a text file of this run's workspace, or the part of it from `offset` on."""
    content = await asyncio.to_thread(context.workspace.read, path)
    trusted = context.trusts(path, digest_of(content))
    sources = () if trusted else (_source(path),)
    text, _ = text_of(content), translator(context.language)
    if text is None:
        kind = PurePosixPath(path).suffix or "?"
        said = _("{path} is not text in UTF-8: {size:,} bytes, type {kind}, SHA-256 {digest}.")
        said = said.format(path=path, size=len(content), kind=kind, digest=digest_of(content))
        return Observation(said, trusted=trusted, sources=sources)
    if not text:
        return Observation(_("{path} is empty.").format(path=path), trusted=trusted, sources=sources)
    if offset >= len(text):
        said = _("{path} has {count:,} characters; read it with an offset below that.")
        said = said.format(path=path, count=len(text))
        return Observation(said, ok=False, trusted=trusted, sources=sources)
    end = min(offset + limit, len(text))
    rest = _("[{count:,} more characters; read on with offset={offset}]").format(count=len(text) - end, offset=end)
    said = text[offset:end] + (f"\n\n{rest}" if end < len(text) else "")
    return Observation(said, trusted=trusted, sources=sources)


async def _write_file(
    context: ToolContext,
    path: WorkspacePath,
    content: Annotated[
        str, Field(description="The whole new content of the file, from its first character to its last")
    ],
) -> Observation:
    """Write a text file in this run's workspace. It replaces what the file held; people see the difference first."""
    written = await asyncio.to_thread(context.workspace.write, path, content.encode("utf-8"), context.basis)
    _ = translator(context.language)
    said = _("Wrote {path} ({size:,} bytes).").format(path=written.path, size=written.size)
    return Observation(said, files=(written,))


async def _preview_write(context: ToolContext, path: str, content: str) -> Preview:
    """Show the difference the write makes, from what the file holds now."""
    _ = translator(context.language)

    def compare() -> Preview:
        old = context.workspace.replaced(path, len(content.encode("utf-8")))
        before = None if old is None else text_of(old)
        if old is not None and before is None:
            said = _("{path} now holds {size:,} bytes that are not text; all of it is replaced.")
            return Preview(said.format(path=path, size=len(old)), basis_of(old))
        same = _("{path} already holds exactly this.").format(path=path)
        return Preview(diff(path, before, content) or same, basis_of(old))

    return await asyncio.to_thread(compare)


def text_of(content: bytes) -> str | None:
    """Return the bytes as text, or None when they are not text in UTF-8."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _source(path: str) -> str:
    return f"file {path}"


list_files = tool(risk=Risk.READ, outside=False)(_list_files)
read_file = tool(risk=Risk.READ, outside=False)(_read_file)
write_file = tool(risk=Risk.WRITE, outside=False, preview=_preview_write, keeps_basis=True)(_write_file)
